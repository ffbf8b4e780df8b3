package qarl

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"

	"arbiter/agents"
	"arbiter/dice"
	"arbiter/games"
)

// Agent plays what l has learned until now: at seat 0 the protagonist, as if the
// adversary were rational, at seat 1 the adversary as it learns, at the temperature that
// the teacher expects, but with all its force. An adversary that did not learn does
// nothing or plays evenly, as the spec of l says. Where states have names the agent is
// tabular and plays Policy, evenly at states that were never met. What l learns later
// does not change it.
func (l *Learner) Agent() agents.Agent {
	if len(l.info.Vector) > 0 {
		return newSeated(l)
	}
	var rows [2]map[string][]float64
	for seat, r := range l.Policy().Seats {
		rows[seat] = r.Index()
	}
	idle, learned := l.idle(), l.o.adversary == "learned"
	return agents.ByRow(func(v games.View, dst []float64) error {
		if v.Seat > adversary {
			return fmt.Errorf("qarl: found seat %d, expected 0 or 1", v.Seat)
		}
		row, met := rows[v.Seat][v.Key]
		switch {
		case v.Seat == adversary && idle >= 0:
			if idle >= len(dst) {
				return fmt.Errorf("qarl: found %d moves at %q, expected more than %d", len(dst), v.Key, idle)
			}
			clear(dst)
			dst[idle] = 1
		case !met || v.Seat == adversary && !learned:
			for i := range dst {
				dst[i] = 1 / float64(len(dst))
			}
		case len(row) != len(dst):
			return fmt.Errorf("qarl: found %d moves at %q, expected %d as before", len(dst), v.Key, len(row))
		default:
			copy(dst, row)
		}
		return nil
	})
}

// idle is the move of an adversary who does nothing, -1 if it is to do something.
func (l *Learner) idle() int {
	if l.o.adversary == "none" {
		return l.info.Idle[adversary]
	}
	return -1
}

// seated plays at games on vectors.
type seated struct {
	terms   [2]terms // by seat
	numbers int      // of a vector
	idle    int      // the move of the adversary, -1: as it learned
	frozen  [2]pupil
	// Pupils think in place: a move borrows one that nobody else has.
	free [2]sync.Pool
}

func newSeated(l *Learner) *seated {
	s := &seated{terms: [2]terms{l.resting(l.o.adversary), l.terms(l.teacher.Mean())}, numbers: len(l.info.Vector), idle: l.idle()}
	for seat := range s.frozen {
		// A copy even of what frozen pupils share, which l may go on to learn.
		s.frozen[seat] = l.players[seat].frozen()
		if p, ok := s.frozen[seat].(*player); ok {
			p.weights = slices.Clone(p.weights)
		}
		s.free[seat].New = func() any { return s.frozen[seat].frozen() }
	}
	return s
}

// Move draws from the softmax of the values with one word of src.
func (s *seated) Move(_ context.Context, v games.View, src rand.Source) (int, error) {
	if v.Seat > adversary || len(v.Vector) != s.numbers {
		return 0, fmt.Errorf("qarl: found seat %d with a view of %d numbers, expected 0 or 1 and %d", v.Seat, len(v.Vector), s.numbers)
	}
	ticket := dice.Float64(src.Uint64())
	if v.Seat == adversary && s.terms[adversary].adversary != "learned" {
		if s.idle >= 0 {
			return s.idle, nil
		}
		return min(int(ticket*float64(v.Moves)), v.Moves-1), nil
	}
	p := s.free[v.Seat].Get().(pupil)
	defer s.free[v.Seat].Put(p)
	p.begin(0, v.Seat, s.terms[v.Seat])
	return p.move(v, ticket, false)
}
