// Package markov holds Markov games: finitely many states, all seats choose at
// once in each, rewards are added up and discounted or end at a horizon. Games
// come from rules or from files, are played like others and, for policies by
// state, at tens of millions of joint moves per second.
package markov

import (
	"fmt"
	"math"
	"slices"

	"arbiter/games"
)

// Outcome is one way a joint action can end.
type Outcome struct {
	Prob   float64   // in [0, 1]; those of a joint action sum to 1 within 1e-9
	Next   int       // state, or End
	Reward []float64 // per player; shared, read only
}

// End is the Next of an outcome that ends the game.
const End = -1

// Game is a Markov game, as data. It is immutable once checked.
type Game struct {
	Name     string       // canonical spec
	Players  int          // seats, at least 1
	States   []string     // their names, at least one
	Actions  [][]int      // [player][state]: how many
	Labels   [][][]string // [player][state]: names of the actions, nil for none
	Start    []float64    // probabilities of the states
	Discount float64      // in [0, 1), if Horizon is 0
	Horizon  int          // steps, if positive; nothing is discounted then
	// Steps[h][s][joint] are the outcomes, joint actions row-major with the last
	// player fastest. There is one step if they do not depend on it.
	Steps [][][][]Outcome

	Idle   []int        // per player, an action that does nothing in every state; nil: there is none
	Varied []games.Axis // see games.Info
}

// Step is the outcomes of step h by state and joint action.
func (g *Game) Step(h int) [][][]Outcome {
	if len(g.Steps) == 1 {
		return g.Steps[0]
	}
	return g.Steps[h]
}

// Joint is the number of joint actions of a state.
func (g *Game) Joint(state int) int {
	n := 1
	for _, a := range g.Actions {
		n *= a[state]
	}
	return n
}

// Discounting is the weight of the next step: Discount, or 1 with a horizon.
func (g *Game) Discounting() float64 {
	if g.Horizon > 0 {
		return 1
	}
	return g.Discount
}

// sumTolerance is how far from 1 probabilities may sum.
const sumTolerance = 1e-9

// Check reports what is wrong with a game.
func (g *Game) Check() error {
	switch {
	case g.Players < 1:
		return fmt.Errorf("players: found %d, expected at least 1", g.Players)
	case len(g.States) == 0:
		return fmt.Errorf("states: found none, expected at least one")
	case g.Horizon < 0:
		return fmt.Errorf("horizon: found %d, expected at least 1", g.Horizon)
	case g.Horizon == 0 && !(g.Discount >= 0 && g.Discount < 1):
		return fmt.Errorf("discount: found %g, expected a number from 0 to below 1", g.Discount)
	case len(g.Steps) != 1 && len(g.Steps) != g.Horizon:
		return fmt.Errorf("steps: found %d, expected 1 or the horizon, %d", len(g.Steps), g.Horizon)
	case len(g.Start) != len(g.States):
		return fmt.Errorf("start: found %d probabilities, expected %d", len(g.Start), len(g.States))
	}
	seen := map[string]bool{}
	for s, name := range g.States {
		if name == "" || seen[name] {
			return fmt.Errorf("states[%d]: found %q, expected a name that no other state has", s, name)
		}
		seen[name] = true
	}
	sum := 0.0
	for s, p := range g.Start {
		if !(p >= 0) {
			return fmt.Errorf("start[%d]: found %g, expected a probability", s, p)
		}
		sum += p
	}
	if math.Abs(sum-1) > sumTolerance {
		return fmt.Errorf("start: probabilities sum to %g, expected 1", sum)
	}
	for h, step := range g.Steps {
		for s, joints := range step {
			for j, list := range joints {
				sum := 0.0
				for _, o := range list {
					if !(o.Prob >= 0) || o.Next < End || o.Next >= len(g.States) {
						return fmt.Errorf("step %d, state %s, joint action %d: found probability %g of state %d", h, g.States[s], j, o.Prob, o.Next)
					}
					sum += o.Prob
				}
				if math.Abs(sum-1) > sumTolerance {
					return fmt.Errorf("step %d, state %s, joint action %d: probabilities sum to %g, expected 1", h, g.States[s], j, sum)
				}
			}
		}
	}
	return nil
}

// ZeroSum tells whether two players' rewards always sum to 0, up to the rounding of
// the two.
func (g *Game) ZeroSum() bool {
	return g.Players == 2 && g.every(func(o Outcome) bool {
		return math.Abs(o.Reward[0]+o.Reward[1]) <= 0x1p-50*math.Abs(o.Reward[0])
	})
}

func (g *Game) every(holds func(Outcome) bool) bool {
	for _, step := range g.Steps {
		for _, joints := range step {
			for _, list := range joints {
				if slices.ContainsFunc(list, func(o Outcome) bool { return !holds(o) }) {
					return false
				}
			}
		}
	}
	return true
}

// RewardRange is the largest range of a player's rewards.
func (g *Game) RewardRange() float64 {
	size := 0.0
	for k := range g.Players {
		lo, hi := math.Inf(1), math.Inf(-1)
		g.every(func(o Outcome) bool {
			lo, hi = min(lo, o.Reward[k]), max(hi, o.Reward[k])
			return true
		})
		size = max(size, hi-lo)
	}
	return size
}

// Depth is the number of steps a policy tells apart: the horizon, or 1.
func (g *Game) Depth() int { return max(1, g.Horizon) }

// Key names a state at a step: with a horizon state@step, else the state.
func (g *Game) Key(step, state int) string {
	if g.Horizon > 0 {
		return fmt.Sprintf("%s@%d", g.States[state], step)
	}
	return g.States[state]
}

// Policy is the behaviour of all players: [player][step·states + state][action].
type Policy = []games.Behaviour

// Uniform mixes all actions evenly.
func (g *Game) Uniform() Policy {
	p := make(Policy, g.Players)
	for k := range p {
		for range g.Depth() {
			for s := range g.States {
				row := make([]float64, g.Actions[k][s])
				for i := range row {
					row[i] = 1 / float64(len(row))
				}
				p[k] = append(p[k], row)
			}
		}
	}
	return p
}

// weights calls visit for every joint action of a state with its probability.
func (g *Game) weights(rows [][]float64, visit func(joint int, p float64)) {
	var walk func(k, joint int, p float64)
	walk = func(k, joint int, p float64) {
		if k == len(rows) {
			visit(joint, p)
			return
		}
		for a, q := range rows[k] {
			if q > 0 {
				walk(k+1, joint*len(rows[k])+a, p*q)
			}
		}
	}
	walk(0, 0, 1)
}

// at are the players' rows at a step and state.
func (g *Game) at(p Policy, step, state int, rows [][]float64) [][]float64 {
	rows = rows[:0]
	for k := range p {
		rows = append(rows, p[k][step*len(g.States)+state])
	}
	return rows
}
