package softmarkov

import (
	"fmt"
	"math"
	"slices"

	"arbiter/certify/smallgain"
	"arbiter/games/markov"
	"arbiter/internal/interval"
)

// New lays out a game; errors name what of it is not covered.
func New(g *markov.Game, tau []float64) (*Field, error) {
	if err := g.Check(); err != nil {
		return nil, err
	}
	switch {
	case g.Players != 2:
		return nil, fmt.Errorf("players: found %d, expected 2", g.Players)
	case g.Horizon != 0:
		return nil, fmt.Errorf("horizon: found %d, expected a discounted game", g.Horizon)
	case len(tau) != 2:
		return nil, fmt.Errorf("temperatures: found %d, expected one for each of 2 players", len(tau))
	}
	for k, t := range tau {
		if !(t > 0) || math.IsInf(t, 0) {
			return nil, fmt.Errorf("temperature of player %d: found %g, expected a number above 0", k, t)
		}
	}
	f := &Field{game: g, tau: tau, states: len(g.States), gamma: interval.Point(g.Discount)}
	f.all = f.states
	for s, joints := range g.Steps[0] {
		for j, list := range joints {
			for _, o := range list {
				if len(o.Reward) != 2 || !smallgain.Finite(o.Reward[0]) || !smallgain.Finite(o.Reward[1]) {
					return nil, fmt.Errorf("state %s, joint action %d: found rewards %v, expected two numbers", g.States[s], j, o.Reward)
				}
				if o.Next == markov.End && o.Prob > 0 {
					f.all = f.states + 1
				}
			}
		}
	}
	f.reduced = f.all - 1
	for k := range f.at {
		f.actions[k] = g.Actions[k]
		for s, m := range g.Actions[k] {
			f.at[k] = append(f.at[k], f.N)
			if m > 1 {
				f.N += m - 1
				f.Dims = append(f.Dims, m-1)
				f.blocks = append(f.blocks, fmt.Sprintf("player %d, state %s", k, g.States[s]))
			}
		}
	}
	if f.N == 0 {
		return nil, fmt.Errorf("actions: no player has a choice in any state, expected at least one")
	}
	stored := f.N * f.all
	for s := range f.states {
		m0, m1 := f.actions[0][s], f.actions[1][s]
		stored += (m0 + m1) * m0 * m1 * f.reduced
		if stored > mostDifferences {
			return nil, fmt.Errorf("states: found %d of up to %d actions, whose differences of rows are more than %d", f.states, max(m0, m1), mostDifferences)
		}
	}
	f.tables()
	return f, nil
}

// tables fills what does not depend on the policies.
func (f *Field) tables() {
	g, m := f.game, f.reduced
	sum := interval.Point(0)
	for _, p := range g.Start {
		sum = sum.Add(interval.Point(p))
	}
	f.start = make([]interval.Interval, f.all)
	for s, p := range g.Start {
		f.start[s] = share(interval.Point(p), sum)
	}
	for s := range f.states {
		m0, m1 := f.actions[0][s], f.actions[1][s]
		rows := make([]interval.Interval, m0*m1*m)
		rewards := [2][]interval.Interval{make([]interval.Interval, m0*m1), make([]interval.Interval, m0*m1)}
		next := make([]interval.Interval, f.all)
		for j, list := range g.Steps[0][s] {
			sum := interval.Point(0)
			clear(next)
			for _, o := range list {
				sum = sum.Add(interval.Point(o.Prob))
				to := o.Next
				if to == markov.End {
					to = f.states
				}
				if o.Prob == 0 {
					continue
				}
				if next[to] == (interval.Interval{}) {
					next[to] = interval.Point(o.Prob)
				} else {
					next[to] = next[to].Add(interval.Point(o.Prob))
				}
				for i := range rewards {
					rewards[i][j] = rewards[i][j].Add(interval.Point(o.Prob).Scale(o.Reward[i]))
				}
			}
			for t := range m {
				rows[j*m+t] = share(next[t], sum)
			}
			for i := range rewards {
				if sum != interval.Point(1) {
					rewards[i][j] = rewards[i][j].Div(sum)
				}
			}
		}
		f.p = append(f.p, rows)
		for i := range rewards {
			f.r[i] = append(f.r[i], rewards[i])
		}
		for k := range 2 {
			own, other := f.actions[k][s], f.actions[1-k][s]
			joint := func(a, b int) int {
				if k == 0 {
					return a*m1 + b
				}
				return b*m1 + a
			}
			dp := make([]interval.Interval, own*own*other*m)
			var dr [2][]interval.Interval
			for i := range dr {
				dr[i] = make([]interval.Interval, own*own*other)
			}
			for a := range own {
				for c := range own {
					if a == c {
						continue
					}
					for b := range other {
						at := (a*own+c)*other + b
						x, y := g.Steps[0][s][joint(a, b)], g.Steps[0][s][joint(c, b)]
						// Rows and rewards made of the same numbers differ by nothing, though both
						// are rounded outward.
						same := slices.EqualFunc(x, y, func(x, y markov.Outcome) bool { return x.Next == y.Next && x.Prob == y.Prob })
						for t := range m {
							if !same {
								dp[at*m+t] = exactZero(rows[joint(a, b)*m+t], rows[joint(c, b)*m+t])
							}
						}
						for i := range dr {
							if !slices.EqualFunc(x, y, func(x, y markov.Outcome) bool { return x.Prob == y.Prob && x.Reward[i] == y.Reward[i] }) {
								dr[i][at] = exactZero(rewards[i][joint(a, b)], rewards[i][joint(c, b)])
							}
						}
					}
				}
			}
			f.dp[k] = append(f.dp[k], dp)
			for i := range dr {
				f.dr[i][k] = append(f.dr[i][k], dr[i])
			}
			f.pi[k] = append(f.pi[k], make([]interval.Interval, own))
			f.pair[k] = append(f.pair[k], make([]interval.Interval, own*own))
			f.pbar[k] = append(f.pbar[k], make([]interval.Interval, own*own*m))
			for i := range 2 {
				f.q[i][k] = append(f.q[i][k], make([]interval.Interval, own*own))
			}
		}
	}
	f.still = make([]bool, f.N)
	for k := range 2 {
		for s, own := range f.actions[k] {
			moves := false
			for _, d := range [][]interval.Interval{f.dp[k][s], f.dr[0][k][s], f.dr[1][k][s]} {
				for _, x := range d {
					moves = moves || x != interval.Point(0)
				}
			}
			for a := range own - 1 {
				f.still[f.at[k][s]+a] = !moves
			}
		}
	}
	most := 1
	for s := range f.states {
		most = max(most, f.actions[0][s], f.actions[1][s])
	}
	f.row = make([]interval.Interval, f.states*m)
	f.x, f.work = make([]interval.Interval, m*m), make([]interval.Interval, m*m)
	f.d = make([]interval.Interval, f.all)
	f.moved, f.passed = make([]interval.Interval, f.N*f.all), make([]interval.Interval, f.N*f.states)
	for i := range 2 {
		f.mean[i] = make([]interval.Interval, f.all)
		f.w[i] = make([]interval.Interval, m)
		f.gain[i] = make([]interval.Interval, f.N)
	}
	f.few, f.cross = make([]interval.Interval, 2*most), make([]interval.Interval, most)
}

// share is p/sum, between 0 and 1.
func share(p, sum interval.Interval) interval.Interval {
	if p.Hi == 0 {
		return interval.Point(0)
	}
	if sum == interval.Point(1) {
		return p
	}
	x := p.Div(sum)
	return interval.Interval{Lo: max(0, x.Lo), Hi: min(1, x.Hi)}
}

// exactZero is x - y, 0 for two equal points, so that rows that agree stay out of
// all that follows.
func exactZero(x, y interval.Interval) interval.Interval {
	if x == y && x.Lo == x.Hi {
		return interval.Point(0)
	}
	return x.Sub(y)
}

// average encloses Σ π(a) v(a) where Σ π = 1: for any c it is c + Σ π(a)(v(a)-c);
// the best c is one of the ends.
func average(pi, v []interval.Interval) interval.Interval {
	if len(v) == 1 {
		return v[0]
	}
	lo, hi := math.Inf(-1), math.Inf(1)
	for _, c := range v {
		low, high := c.Lo, c.Hi
		for a, p := range pi {
			x := interval.Down(v[a].Lo - c.Lo)
			if v[a].Lo == c.Lo {
				x = 0
			}
			q := p.Lo
			if x < 0 {
				q = p.Hi
			}
			if x != 0 {
				low = interval.Down(low + interval.Down(x*q))
			}
			y := interval.Up(v[a].Hi - c.Hi)
			if v[a].Hi == c.Hi {
				y = 0
			}
			q = p.Hi
			if y < 0 {
				q = p.Lo
			}
			if y != 0 {
				high = interval.Up(high + interval.Up(y*q))
			}
		}
		lo, hi = max(lo, low), min(hi, high)
	}
	return interval.Interval{Lo: lo, Hi: hi}
}
