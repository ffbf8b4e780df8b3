// Package gametest checks that a game keeps its contract. Every game runs it.
package gametest

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"arbiter/agents"
	"arbiter/dice"
	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/games/markov"
)

// Run plays g at random and reports what breaks the contract: matches end,
// odds sum to 1, clones are independent, Reset goes back, payoffs keep to Info.
// A game that compiles is also played on its Board or Arena: every match to the same
// end, and their mean is the value.
func Run(t *testing.T, g games.Game) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	info := g.Info()
	s := g.Start()
	first := s.Turn()
	payoff, again := make([]float64, info.Seats), make([]float64, info.Seats)
	for range 200 {
		s.Reset()
		if s.Turn() != first {
			t.Fatalf("%s: after Reset it is the turn of %d, at the start of %d", info.Name, s.Turn(), first)
		}
		for turns := 0; s.Turn() != games.Over; turns++ {
			if turns > 10_000 {
				t.Fatalf("%s: a match does not end", info.Name)
			}
			c := s.Clone()
			seed := r.Uint64()
			step(t, info, s, rand.New(rand.NewPCG(seed, 0)))
			if c.Turn() == games.Over {
				t.Fatalf("%s: playing on changed the clone", info.Name)
			}
			step(t, info, c, rand.New(rand.NewPCG(seed, 0)))
			if c.Turn() != s.Turn() {
				t.Fatalf("%s: the same move leads to turn %d and, in a clone, %d", info.Name, s.Turn(), c.Turn())
			}
			s = c
		}
		s.Payoff(payoff)
		s.Payoff(again)
		sum := 0.0
		for k, x := range payoff {
			sum += x
			if !(x >= info.Lo[k] && x <= info.Hi[k]) || x != again[k] || info.Binary && x != 0 && x != 1 {
				t.Fatalf("%s: seat %d is paid %g, then %g; range [%g, %g]", info.Name, k, x, again[k], info.Lo[k], info.Hi[k])
			}
		}
		if info.ConstantSum && math.Abs(sum-info.Sum) > 1e-9 {
			t.Fatalf("%s: payoffs %v sum to %g, want %g", info.Name, payoff, sum, info.Sum)
		}
	}
	if c := compiled(g); c != nil {
		sameMatches(t, g, c)
	}
}

// form is a compiled game: it judges behaviour and plays it.
type form interface {
	games.Judge
	games.Deck
}

// compiled is the game with all its information states, nil if that is too large.
func compiled(g games.Game) form {
	if m, ok := g.(*markov.Playable); ok && !m.History {
		return markov.NewArena(m.Game)
	}
	b, err := flat.Compile(g, 1<<20)
	if err != nil {
		return nil
	}
	return b
}

func step(t *testing.T, info games.Info, s games.State, r *rand.Rand) {
	t.Helper()
	switch turn := s.Turn(); turn {
	case games.Chance:
		odds := s.Odds()
		if odds == nil {
			s.(games.Roller).Roll(r)
			return
		}
		sum := 0.0
		for _, x := range odds {
			sum += x
		}
		if math.Abs(sum-1) > 1e-9 {
			t.Fatalf("%s: odds %v sum to %g", info.Name, odds, sum)
		}
		m := r.IntN(len(odds))
		for odds[m] == 0 {
			m = r.IntN(len(odds))
		}
		s.Play(m)
	case games.Everyone:
		var moves []int
		for seat := range info.Seats {
			moves = append(moves, r.IntN(s.Moves(seat)))
		}
		s.(games.Joint).PlayAll(moves)
	default:
		s.Play(r.IntN(s.Moves(int(turn))))
	}
}

// hidden is a tabular agent that does not say so.
type hidden struct{ agents.Agent }

// sameMatches plays random policies in the compiled form and through the State.
func sameMatches(t *testing.T, g games.Game, c form) {
	t.Helper()
	info := g.Info()
	p := random(c, rand.New(rand.NewPCG(3, 4)))
	agent := hidden{agents.FromPolicy(c.Policy(p))}
	tables := make([][]dice.Slot, info.Seats)
	seats := make([]agents.Agent, info.Seats)
	for k := range seats {
		tables[k], seats[k] = c.Bind(k, p[k]), agent
	}
	slow, fast := make([]float64, len(seats)), make([]float64, len(seats))
	sums, squares := make([]float64, len(seats)), make([]float64, len(seats))
	state := g.Start()
	const n = 20_000
	for i := range uint64(n) {
		chance := dice.New(9).Sub(i)
		moves := chance.Sub(0)
		c.Match(tables, chance, moves, fast)
		if err := agents.Play(context.Background(), state, info.Perfect, seats, chance, moves, slow); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(slow, fast) {
			t.Fatalf("%s: match %d pays %v through the State and %v compiled", info.Name, i, slow, fast)
		}
		for k, x := range fast {
			sums[k] += x
			squares[k] += x * x
		}
	}
	// Five standard errors: a false alarm in 2 million, were the seed not fixed.
	value := make([]float64, len(seats))
	c.Values(value, p)
	for k, v := range value {
		mean := sums[k] / n
		se := math.Sqrt(max(0, squares[k]/n-mean*mean) / n)
		if math.Abs(mean-v) > 5*se+1e-9*math.Abs(v) {
			t.Errorf("%s: %d matches pay seat %d %g ± %g, the value is %g", info.Name, n, k, mean, se, v)
		}
	}
}

// random is behaviour with zeros in it.
func random(c form, r *rand.Rand) []games.Behaviour {
	p := c.Uniform()
	for _, s := range p {
		for _, row := range s {
			sum := 0.0
			for m := range row {
				row[m] = r.ExpFloat64() * float64(r.IntN(3))
				sum += row[m]
			}
			if sum == 0 {
				row[0], sum = 1, 1
			}
			for m := range row {
				row[m] /= sum
			}
		}
	}
	return p
}
