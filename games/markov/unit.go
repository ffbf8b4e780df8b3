package markov

import (
	"math"
	"slices"

	"arbiter/games"
	"arbiter/games/flat"
)

// Scales are those of the players' rewards: see flat.Scale. Rewards are shifted
// only where nothing ends play but the horizon, so that all policies pay the shift
// equally often. Ranges may be infinite; where play can end they include 0, what is
// paid afterwards.
func (g *Game) Scales() []flat.Scale {
	ends := g.ends()
	out := make([]flat.Scale, g.Players)
	for k := range out {
		lo, hi := math.Inf(1), math.Inf(-1)
		if ends {
			lo, hi = 0, 0
		}
		g.every(func(o Outcome) bool {
			if o.Prob > 0 {
				lo, hi = min(lo, o.Reward[k]), max(hi, o.Reward[k])
			}
			return true
		})
		if lo > hi {
			lo, hi = 0, 0
		}
		out[k] = flat.ScaleOf(lo, hi)
		if ends {
			out[k].Shift = 0
		}
	}
	return out
}

// Unit is the game with every player's rewards in units of its own range, up to a
// power of two: what solvers look at. It shares all but the rewards; g itself if
// that is what it is.
func (g *Game) Unit() *Game {
	scales := g.Scales()
	same := true
	for _, s := range scales {
		same = same && s.Shift == 0 && s.Exp == 0
	}
	if same {
		return g
	}
	u := *g
	u.Steps = make([][][][]Outcome, len(g.Steps))
	for h, step := range g.Steps {
		u.Steps[h] = make([][][]Outcome, len(step))
		for s, joints := range step {
			u.Steps[h][s] = make([][]Outcome, len(joints))
			for j, list := range joints {
				out := make([]Outcome, len(list))
				rewards := make([]float64, len(list)*g.Players)
				for i, o := range list {
					row := rewards[i*g.Players : (i+1)*g.Players]
					for k, x := range o.Reward {
						row[k] = scales[k].Down(x)
					}
					out[i] = Outcome{o.Prob, o.Next, row}
				}
				u.Steps[h][s][j] = out
			}
		}
	}
	return &u
}

// Rewards are the least and the largest reward of player k.
func (g *Game) Rewards(k int) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	g.every(func(o Outcome) bool {
		lo, hi = min(lo, o.Reward[k]), max(hi, o.Reward[k])
		return true
	})
	return min(lo, math.MaxFloat64), max(hi, -math.MaxFloat64)
}

// Total is what a reward of 1 in every step is worth from a step on.
func (g *Game) Total(step int) float64 {
	if g.Horizon > 0 {
		return float64(g.Horizon - step)
	}
	return 1 / (1 - g.Discount)
}

// Ranges are those of the players' payoffs: of what policies can differ in at most.
func (g *Game) Ranges() []float64 {
	var out []float64
	for _, s := range g.Scales() {
		out = append(out, s.Range*g.Total(0))
	}
	return out
}

// Restore turns values of the unit, in place, into those of g.
func (g *Game) Restore(v Values) {
	for k, s := range g.Scales() {
		for h := range v[k] {
			for i, x := range v[k][h] {
				v[k][h][i] = s.Up(x)
				if s.Shift != 0 {
					v[k][h][i] += s.Shift * g.Total(h)
				}
			}
		}
	}
}

// ends tells whether play can end before the horizon.
func (g *Game) ends() bool {
	return !g.every(func(o Outcome) bool { return o.Next >= 0 || o.Prob == 0 })
}

// rounding is how far numbers of size 1 may be from being equal: a few roundings.
// far is what may be given to the rounding of numbers that are far from 0.
const rounding, far = 0x1p-49, 1e-11

// Competitive tells whether two players' rewards have the same sum in every outcome
// once both are in units of their ranges, 0 where play can end: such a game has the
// equilibria of one that is zero-sum.
func (g *Game) Competitive() bool {
	if g.Players != 2 {
		return false
	}
	s := g.Scales()
	if s[0].Range == 0 || s[1].Range == 0 {
		return s[0].Range == s[1].Range
	}
	first, seen := 0.0, g.ends()
	return g.every(func(o Outcome) bool {
		if o.Prob == 0 {
			return true
		}
		// Numbers far from 0 are rounded more coarsely.
		off := rounding
		for k, x := range o.Reward {
			off += min(0x1p-51*math.Abs(x)/s[k].Range, far)
		}
		sum := (o.Reward[0]-s[0].Shift)/s[0].Range + (o.Reward[1]-s[1].Shift)/s[1].Range
		if !seen {
			first, seen = sum, true
		}
		return math.Abs(sum-first) <= off
	})
}

// Chooser is the only player who ever has more than one action, 0 if there is none;
// ok is false if there are several.
func (g *Game) Chooser() (k int, ok bool) {
	found := -1
	for k, row := range g.Actions {
		if slices.Max(row) == 1 {
			continue
		}
		if found >= 0 {
			return 0, false
		}
		found = k
	}
	return max(found, 0), true
}

// Best is a best response of player k to p in every state, as BestResponse has it, in
// units of its own rewards.
func (g *Game) Best(k int, p Policy) games.Behaviour {
	_, actions := g.Unit().BestResponse(k, p)
	return g.pure(k, actions)
}

// pure is the strategy of actions by step and state.
func (g *Game) pure(k int, actions [][]int) games.Behaviour {
	var s games.Behaviour
	for _, row := range actions {
		for state, action := range row {
			probs := make([]float64, g.Actions[k][state])
			probs[action] = 1
			s = append(s, probs)
		}
	}
	return s
}
