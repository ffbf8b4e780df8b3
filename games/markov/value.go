package markov

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"arbiter/games"
	"arbiter/games/flat"
)

// Values are expected payoffs: [player][step][state].
type Values [][][]float64

// chain is what is left when policies are fixed: per state a reward and where
// play goes.
type chain struct {
	reward []float64
	to     [][]link
}

type link struct {
	state int
	p     float64
}

// solve finds the value of a chain with discounting, by sweeps that use new
// values at once, and by a factorisation where sweeps do not settle.
func (c chain) solve(discount float64, start []float64) []float64 {
	v := append([]float64(nil), start...)
	scale := 0.0
	for _, r := range c.reward {
		scale = max(scale, math.Abs(r))
	}
	for range 20_000 {
		change := 0.0
		for s, r := range c.reward {
			own, x := 0.0, r
			for _, l := range c.to[s] {
				if l.state == s {
					own += discount * l.p
				} else {
					x += discount * l.p * v[l.state]
				}
			}
			x /= 1 - own
			change = max(change, math.Abs(x-v[s]))
			v[s] = x
			scale = max(scale, math.Abs(x))
		}
		if change <= 0x1p-52*scale {
			return v
		}
	}
	if len(v) > 2000 {
		return v
	}
	return c.factorise(discount)
}

func (c chain) factorise(discount float64) []float64 {
	n := len(c.reward)
	m := mat.NewDense(n, n, nil)
	for s, list := range c.to {
		m.Set(s, s, 1)
		for _, l := range list {
			m.Set(s, l.state, m.At(s, l.state)-discount*l.p)
		}
	}
	var lu mat.LU
	lu.Factorize(m)
	right := mat.NewVecDense(n, append([]float64(nil), c.reward...))
	var v, rest, fix mat.VecDense
	lu.SolveVecTo(&v, false, right)
	rest.MulVec(m, &v)
	rest.SubVec(right, &rest)
	lu.SolveVecTo(&fix, false, &rest)
	v.AddVec(&v, &fix)
	return v.RawVector().Data
}

// fix is the chain of player k under a policy at a step. bonus, if not nil, is
// added to the reward of a state.
func (g *Game) fix(k, step int, p Policy, bonus func(state int) float64) chain {
	n := len(g.States)
	c := chain{make([]float64, n), make([][]link, n)}
	var rows [][]float64
	next := make([]float64, n)
	for s, joints := range g.Step(step) {
		var touched []int
		rows = g.at(p, step, s, rows)
		g.weights(rows, func(j int, q float64) {
			for _, o := range joints[j] {
				c.reward[s] += q * o.Prob * o.Reward[k]
				if o.Next >= 0 {
					if next[o.Next] == 0 {
						touched = append(touched, o.Next)
					}
					next[o.Next] += q * o.Prob
				}
			}
		})
		for _, t := range touched {
			if next[t] > 0 {
				c.to[s] = append(c.to[s], link{t, next[t]})
			}
			next[t] = 0
		}
		if bonus != nil {
			c.reward[s] += bonus(s)
		}
	}
	return c
}

// Stage writes the stage game of player k at a step and state, with values next
// afterwards: dst[a][b] for two players.
func (g *Game) Stage(k, step, state int, next []float64, dst [][]float64) {
	discount := g.Discounting()
	n := g.Actions[1][state]
	for j, list := range g.Step(step)[state] {
		x := 0.0
		for _, o := range list {
			r := o.Reward[k]
			if o.Next >= 0 {
				r += discount * next[o.Next]
			}
			x += o.Prob * r
		}
		dst[j/n][j%n] = x
	}
}

// RegularisedValue is the value of player 0 of a game of two players without horizon,
// from a first guess; bonus, if not nil, is added to the reward of each state.
func (g *Game) RegularisedValue(p Policy, bonus func(x, y []float64) float64, guess []float64) []float64 {
	var extra func(int) float64
	if bonus != nil {
		extra = func(s int) float64 { return bonus(p[0][s], p[1][s]) }
	}
	return g.fix(0, 0, p, extra).solve(g.Discount, guess)
}

// Value is the expected payoff of player k under a policy, [step][state].
func (g *Game) Value(k int, p Policy) [][]float64 {
	return g.backward(func(step int, next []float64) []float64 {
		c := g.fix(k, step, p, nil)
		if g.Horizon == 0 {
			return c.solve(g.Discount, make([]float64, len(g.States)))
		}
		v := c.reward
		for s, list := range c.to {
			for _, l := range list {
				v[s] += l.p * next[l.state]
			}
		}
		return v
	})
}

// backward fills [step][state] from the last step.
func (g *Game) backward(at func(step int, next []float64) []float64) [][]float64 {
	v := make([][]float64, g.Depth())
	next := make([]float64, len(g.States))
	for h := len(v) - 1; h >= 0; h-- {
		v[h] = at(h, next)
		next = v[h]
	}
	return v
}

// gain writes what each action of player k earns at a state, the others keeping
// to p, with values next afterwards.
func (g *Game) gain(k, step, state int, p Policy, next []float64, rows [][]float64, dst []float64) []float64 {
	discount := g.Discounting()
	rows = g.at(p, step, state, rows)
	m := g.Actions[k][state]
	dst = append(dst[:0], make([]float64, m)...)
	joints := g.Step(step)[state]
	stride := 1
	for _, r := range rows[k+1:] {
		stride *= len(r)
	}
	own := rows[k]
	var every [64]float64
	ones := append(every[:0], own...)
	for i := range ones {
		ones[i] = 1
	}
	rows[k] = ones
	g.weights(rows, func(j int, q float64) {
		a := j / stride % m
		for _, o := range joints[j] {
			x := o.Reward[k]
			if o.Next >= 0 {
				x += discount * next[o.Next]
			}
			dst[a] += q * o.Prob * x
		}
	})
	return dst
}

// tied is the difference of values, relative to their size, that rounding makes.
const tied = 1e-12

// BestResponse is the largest expected payoff of player k against the others of
// p, [step][state], and the actions that earn it, the lowest on ties: by policy
// iteration, exact up to rounding.
func (g *Game) BestResponse(k int, p Policy) (v [][]float64, actions [][]int) {
	n := len(g.States)
	actions = make([][]int, g.Depth())
	var rows [][]float64
	var q []float64
	if g.Horizon > 0 {
		v = g.backward(func(step int, next []float64) []float64 {
			now := make([]float64, n)
			actions[step] = make([]int, n)
			for s := range n {
				q = g.gain(k, step, s, p, next, rows, q)
				now[s], actions[step][s] = best(q)
			}
			return now
		})
		return v, actions
	}
	now := g.Value(k, p)[0]
	choice := make([]int, n)
	for s := range choice {
		choice[s] = -1
	}
	mine := append(Policy(nil), p...)
	least := 0.0
	g.every(func(o Outcome) bool {
		least = max(least, math.Abs(o.Reward[k]))
		return true
	})
	for range 1000 {
		scale := least
		for _, x := range now {
			scale = max(scale, math.Abs(x))
		}
		changed := false
		for s := range n {
			q = g.gain(k, 0, s, p, now, rows, q)
			_, a := best(q)
			if choice[s] < 0 || q[a] > q[choice[s]]+tied*scale {
				changed = changed || choice[s] != a
				choice[s] = a
			}
		}
		if !changed {
			break
		}
		mine[k] = make([][]float64, n)
		for s, a := range choice {
			mine[k][s] = make([]float64, g.Actions[k][s])
			mine[k][s][a] = 1
		}
		now = g.fix(k, 0, mine, nil).solve(g.Discount, now)
	}
	actions[0] = choice
	return [][]float64{now}, actions
}

// best is the largest number and its first place, up to rounding.
func best(q []float64) (float64, int) {
	at := 0
	for a, x := range q {
		if x-q[at] > tied*(math.Abs(x)+math.Abs(q[at])) {
			at = a
		}
	}
	return q[at], at
}

// AtStart is the mean of values of the first step over the start.
func (g *Game) AtStart(v [][]float64) float64 {
	x := 0.0
	for s, p := range g.Start {
		x += p * v[0][s]
	}
	return x
}

// Evaluation tells how far a policy is from equilibrium.
type Evaluation struct {
	games.Evaluation        // at the start
	State            Values // of the policy
	Regret           Values // what each player could gain from there on
	// Worst is the largest, over steps and states, of the sum of gaps there.
	Worst float64
}

// Evaluate judges a policy by best responses, which share no code with solvers: up
// to rounding in units of every player's own range of rewards.
func (g *Game) Evaluate(p Policy) Evaluation {
	scales := g.Scales()
	if !slices.ContainsFunc(scales, func(s flat.Scale) bool { return !s.Plain() }) {
		return g.evaluate(p)
	}
	u := g.Unit()
	e := u.evaluate(p)
	e.NashConv, e.Worst = 0, 0
	sums := make([][]float64, g.Depth())
	for k, s := range scales {
		e.Gaps[k] = s.Up(e.Gaps[k])
		e.Values[k] = s.Up(e.Values[k]) + s.Shift*g.Total(0)
		e.BestResponseValues[k] = e.Values[k] + e.Gaps[k]
		e.NashConv += e.Gaps[k]
		for h, row := range e.Regret[k] {
			if k == 0 {
				sums[h] = make([]float64, len(row))
			}
			for i, x := range row {
				row[i] = s.Up(x)
				sums[h][i] += row[i]
				e.Worst = max(e.Worst, sums[h][i])
			}
		}
	}
	g.Restore(e.State)
	e.Exploitability = e.NashConv / float64(g.Players)
	return e
}

func (g *Game) evaluate(p Policy) Evaluation {
	e := Evaluation{}
	sums := make([][]float64, g.Depth())
	for h := range sums {
		sums[h] = make([]float64, len(g.States))
	}
	for k := range g.Players {
		v := g.Value(k, p)
		b, _ := g.BestResponse(k, p)
		regret := make([][]float64, len(v))
		for h := range v {
			regret[h] = make([]float64, len(v[h]))
			for s := range v[h] {
				b[h][s] = max(b[h][s], v[h][s]) // equal but for rounding
				regret[h][s] = b[h][s] - v[h][s]
				sums[h][s] += regret[h][s]
			}
		}
		e.State, e.Regret = append(e.State, v), append(e.Regret, regret)
		e.Values = append(e.Values, g.AtStart(v))
		e.BestResponseValues = append(e.BestResponseValues, g.AtStart(b))
		e.Gaps = append(e.Gaps, e.BestResponseValues[k]-e.Values[k])
		e.NashConv += e.Gaps[k]
	}
	e.Exploitability = e.NashConv / float64(g.Players)
	for _, row := range sums {
		for _, x := range row {
			e.Worst = max(e.Worst, x)
		}
	}
	return e
}
