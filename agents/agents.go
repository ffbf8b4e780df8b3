// Package agents says who may sit at a game, and holds the simplest of them.
// An agent sees Views, never a game's State unless everything is public.
package agents

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"arbiter/dice"
	"arbiter/games"
)

// Agent moves at a seat. Implementations must be safe for concurrent use.
type Agent interface {
	// Move returns one of 0..v.Moves-1. All randomness must come from src,
	// which belongs to this move alone; nothing of v may be kept. An error, or
	// another number, ends the match and no other: the agent failed in it, by
	// the Kind of a Failure if the error is one.
	Move(ctx context.Context, v games.View, src rand.Source) (int, error)
}

// Tabular is an agent whose behaviour depends on the information state only.
// Such agents are compiled; a wrapper that hides this costs the fast way.
type Tabular interface {
	Agent
	// Row writes the probabilities of the moves at v; len(dst) = v.Moves.
	Row(v games.View, dst []float64) error
}

// table makes a Tabular of a row function: its Move draws from the row with
// one word, as a Board does.
type table func(v games.View, dst []float64) error

func (t table) Row(v games.View, dst []float64) error { return t(v, dst) }

func (t table) Move(_ context.Context, v games.View, src rand.Source) (int, error) {
	row := make([]float64, v.Moves)
	err := t(v, row)
	if err == nil {
		err = distribution(v.Key, row)
	}
	if err != nil {
		return 0, err
	}
	slots := make([]dice.Slot, v.Moves)
	dice.Fill(slots, row)
	return dice.Pick(slots, src.Uint64()), nil
}

// ByRow makes a Tabular of a function that writes rows, as Tabular.Row does. It must be
// safe for concurrent use.
func ByRow(row func(v games.View, dst []float64) error) Tabular { return table(row) }

// distribution refuses a row that is none.
func distribution(key string, row []float64) error {
	sum := 0.0
	for _, p := range row {
		if !(p >= 0 && p <= 1+1e-9) {
			return fmt.Errorf("a probability at information state %q is %g, expected 0 to 1", key, p)
		}
		sum += p
	}
	if !(math.Abs(sum-1) <= 1e-9) {
		return fmt.Errorf("the probabilities at information state %q sum to %g, expected 1", key, sum)
	}
	return nil
}

// Uniform mixes all legal moves evenly.
func Uniform() Tabular {
	return table(func(v games.View, dst []float64) error {
		for i := range dst {
			dst[i] = 1 / float64(len(dst))
		}
		return nil
	})
}

// Random plays a fixed random policy: at every information state a row drawn
// evenly from all distributions, by seed, seat and key alone.
func Random(seed uint64) Tabular {
	return table(func(v games.View, dst []float64) error {
		h := fnv.New64a()
		h.Write([]byte(v.Key))
		row := dice.New(seed, uint64(v.Seat), h.Sum64())
		sum := 0.0
		for i := range dst {
			dst[i] = -math.Log(1 - dice.Float64(row.Word(i))) // exponential: the row is Dirichlet(1,…,1)
			sum += dst[i]
		}
		for i := range dst {
			dst[i] /= sum
		}
		return nil
	})
}

// Trembling plays as inner, but with probability epsilon any legal move.
func Trembling(inner Agent, epsilon float64) Agent {
	if t, ok := inner.(Tabular); ok {
		return table(func(v games.View, dst []float64) error {
			if err := t.Row(v, dst); err != nil {
				return err
			}
			for i := range dst {
				dst[i] = float64((1-epsilon)*dst[i]) + epsilon/float64(len(dst)) // rounded alike everywhere
			}
			return nil
		})
	}
	return trembling{inner, epsilon}
}

type trembling struct {
	inner   Agent
	epsilon float64
}

func (t trembling) Move(ctx context.Context, v games.View, src rand.Source) (int, error) {
	if dice.Float64(src.Uint64()) < t.epsilon {
		return int(dice.Float64(src.Uint64()) * float64(v.Moves)), nil
	}
	return t.inner.Move(ctx, v, src)
}

// Always plays the move of that name or, if there is none, of that number.
func Always(action string) Tabular {
	return table(func(v games.View, dst []float64) error {
		move := slices.Index(v.Names, action)
		if n, err := strconv.Atoi(action); err == nil && move < 0 && n >= 0 && n < v.Moves {
			move = n
		}
		if move < 0 {
			legal := "0 to " + strconv.Itoa(v.Moves-1)
			if v.Names != nil {
				legal = strings.Join(v.Names[:min(len(v.Names), 12)], ", ")
			}
			return fmt.Errorf("action %q is not legal at information state %q, expected one of %s", action, v.Key, legal)
		}
		clear(dst)
		dst[move] = 1
		return nil
	})
}

// FromPolicy plays a policy. A row "state" serves for all keys "state@step" that
// have none of their own.
func FromPolicy(p games.Policy) Tabular {
	seats := make([]map[string][]float64, len(p.Seats))
	for k, rows := range p.Seats {
		seats[k] = rows.Index()
	}
	return table(func(v games.View, dst []float64) error {
		if v.Seat >= len(seats) || len(seats[v.Seat]) == 0 {
			return fmt.Errorf("the policy says nothing of player_%d", v.Seat)
		}
		row, ok := seats[v.Seat][v.Key]
		if at := strings.LastIndexByte(v.Key, '@'); !ok && at >= 0 {
			row, ok = seats[v.Seat][v.Key[:at]] // a row for every step
		}
		if !ok {
			return fmt.Errorf("the policy has no row for information state %q of player_%d", v.Key, v.Seat)
		}
		if len(row) != v.Moves {
			return fmt.Errorf("the policy has %d probabilities for information state %q of player_%d, expected %d", len(row), v.Key, v.Seat, v.Moves)
		}
		copy(dst, row)
		return nil
	})
}

// BehaviourOf tabulates an agent at a seat of a game. Information states the
// agent itself never lets it get to need no row; they are filled evenly.
func BehaviourOf(a Tabular, b games.Form, seat int) (games.Behaviour, error) {
	rows := b.Rows(seat)
	s := make(games.Behaviour, len(rows))
	var failed []error
	for i, r := range rows {
		s[i] = make([]float64, r.Moves)
		err := a.Row(games.View{Seat: seat, Key: r.Key, Moves: r.Moves, Names: r.Names}, s[i])
		if err == nil {
			if err = distribution(r.Key, s[i]); err != nil {
				return nil, err // also where it never gets: such a row reaches anywhere
			}
		}
		failed = append(failed, err)
	}
	if !slices.ContainsFunc(failed, func(err error) bool { return err != nil }) {
		return s, nil
	}
	reached := b.Reached(seat, s)
	for i, err := range failed {
		if err == nil {
			continue
		}
		if reached[i] {
			return nil, err
		}
		for m := range s[i] {
			s[i][m] = 1 / float64(len(s[i]))
		}
	}
	return s, nil
}

// Tabulate is what an agent does at every seat of a game. The error is of an agent
// that is not Tabular, or of its rows.
func Tabulate(a Agent, form games.Form) ([]games.Behaviour, error) {
	t, ok := a.(Tabular)
	if !ok {
		return nil, errors.New("it is not tabular: its moves are not a function of the information state")
	}
	p := make([]games.Behaviour, form.Info().Seats)
	for seat := range p {
		var err error
		if p[seat], err = BehaviourOf(t, form, seat); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// Evaluate tells how far an agent that sits at every seat is from equilibrium,
// exactly up to rounding. The game is a posed.Game, asked for no more than is
// needed: rules below that room test themselves with agents.
func Evaluate[J games.Judge](game interface{ Compiled() (J, error) }, a Agent) (games.Evaluation, error) {
	form, err := game.Compiled()
	if err != nil {
		return games.Evaluation{}, err
	}
	p, err := Tabulate(a, form)
	if err != nil {
		return games.Evaluation{}, err
	}
	return form.Evaluate(p), nil
}
