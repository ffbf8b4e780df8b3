// Package softmarkov certifies Markov games with entropy, in closed form or over a box
// around the equilibrium.
package softmarkov

import (
	"fmt"
	"math"
	"slices"

	"arbiter/certify/smallgain"
	"arbiter/games/markov"
	"arbiter/internal/interval"
)

const (
	// mostLogits bounds the coordinates of a Markov game whose Jacobian is enclosed.
	mostLogits = 128
	// mostDifferences bounds the differences of rows that are stored, and the
	// derivatives of occupancies.
	mostDifferences = 1 << 22
)

// softMarkov is a discounted game of two players with entropy, in natural
// gradient on softmax logits (section 10). Coordinates are z(i,s,a) = y(i,s,a) -
// y(i,s,last) by player, state, action; the field is
//
//	G(i,s,a) = τᵢ z(i,s,a) - d(s) (Q̄ᵢ(s,a) - Q̄ᵢ(s,last)),
//
// d the normalised discounted occupancy from Start, Q̄ᵢ the value of an action
// averaged over the other's. Where a row ends the game, one more state of no
// reward absorbs it. Probabilities are taken relative to their sum.
//
// V enters by differences of rows of P only, which sum to 0, so all is written
// relative to the last state, ref: W = V - V(ref) = X(r - r(ref)) and d = ((1-γ)μ
// + γP(ref))X with X = (I - γ(P - 1P(ref)))⁻¹ on the other states. A derivative
// by a logit of row s moves P(s), so that ∂d = γ d(s) ∂P(s) X, ∂W = X(e_s -
// [s=ref]1) (∂r(s) + γ∂P(s)W): no derivative of a solution is enclosed by solving.
type softMarkov struct {
	game    *markov.Game
	tau     []float64
	states  int      // of the game
	all     int      // with the absorbing one
	reduced int      // all - 1
	actions [2][]int // [player][state]
	at      [2][]int // [player][state]: first coordinate
	N       int
	Dims    []int    // of blocks: player and state with a choice
	blocks  []string // their names
	gamma   interval.Interval
	start   []interval.Interval // [all]

	// By the first player's action a, the second's b: rows and rewards.
	p [][]interval.Interval    // [state][(a·m₁+b)·reduced + t]
	r [2][][]interval.Interval // [player][state][a·m₁+b]
	// Differences between own actions a and c where the other plays b:
	// [(a·m+c)·other + b], for rows times reduced.
	dp [2][][]interval.Interval
	dr [2][2][][]interval.Interval // [whose reward][whose action][state]

	// Of the box last evaluated.
	pi     [2][][]interval.Interval // [player][state][action]
	pair   [2][][]interval.Interval // [player][state][a·m+c]: π(a)π(c)
	row    []interval.Interval      // [state · reduced]: P under π
	mean   [2][]interval.Interval   // [player][state]: reward under π
	x      []interval.Interval      // [reduced × reduced]
	work   []interval.Interval
	w      [2][]interval.Interval      // [player][reduced]
	d      []interval.Interval         // [all]
	q      [2][2][][]interval.Interval // [value of][action of][state][a·m+c]: difference of Q̄
	pbar   [2][][]interval.Interval    // [player][state][(a·m+c)·reduced+t]: difference of rows
	moved  []interval.Interval         // [n · all]: ∂d by coordinate
	gain   [2][]interval.Interval      // [value of][n]: ∂r + γ∂P·W of the coordinate's own row
	passed []interval.Interval         // [n · states]: γ ΔP X(e_s - [s=ref]1)
	few    []interval.Interval
	cross  []interval.Interval

	still []bool // coordinates that move nothing but their own temperature's part
}

// Idle: see idler. It holds of logits of actions that all do the same.
func (f *softMarkov) Idle(k int) bool { return f.still[k] }

// newSoftMarkov lays out a game; errors name what of it is not covered.
func NewSoftMarkov(g *markov.Game, tau []float64) (*softMarkov, error) {
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
	f := &softMarkov{game: g, tau: tau, states: len(g.States), gamma: interval.Point(g.Discount)}
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
func (f *softMarkov) tables() {
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

// evaluate encloses policies, occupancies and differences of values over a box of
// logits. It is false if the linear system could not be solved there.
func (f *softMarkov) evaluate(lower, upper []float64) bool {
	for k := range 2 {
		for s, m := range f.actions[k] {
			f.policy(k, s, m, lower, upper)
		}
	}
	m := f.reduced
	for s := range f.states {
		m0, m1 := f.actions[0][s], f.actions[1][s]
		for t := range m {
			for a := range m0 {
				for b := range m1 {
					f.few[b] = f.p[s][(a*m1+b)*m+t]
				}
				f.cross[a] = average(f.pi[1][s], f.few[:m1])
			}
			f.row[s*m+t] = average(f.pi[0][s], f.cross[:m0])
		}
		for i := range 2 {
			for a := range m0 {
				f.cross[a] = average(f.pi[1][s], f.r[i][s][a*m1:(a+1)*m1])
			}
			f.mean[i][s] = average(f.pi[0][s], f.cross[:m0])
		}
	}
	if !f.solve() {
		return false
	}
	for k := range 2 {
		for s, own := range f.actions[k] {
			if own > 1 {
				f.differences(k, s, own)
			}
		}
	}
	return true
}

// policy encloses softmax of a state's logits, the last of which is 0, and the
// products of two probabilities.
func (f *softMarkov) policy(k, s, m int, lower, upper []float64) {
	pi, pair := f.pi[k][s], f.pair[k][s]
	logit := func(a int) interval.Interval {
		if a == m-1 {
			return interval.Point(0)
		}
		return interval.Interval{Lo: lower[f.at[k][s]+a], Hi: upper[f.at[k][s]+a]}
	}
	one := interval.Point(1)
	for a := range m {
		sum := one
		x := logit(a)
		for b := range m {
			if b != a {
				sum = sum.Add(logit(b).Sub(x).Exp())
			}
		}
		pi[a] = one.Div(sum)
		pi[a] = interval.Interval{Lo: max(0, pi[a].Lo), Hi: min(1, pi[a].Hi)}
	}
	for a := range m {
		for c := range a {
			x := pi[a].Mul(pi[c])
			if m == 2 {
				// e^-|z| / (1 + e^-|z|)² falls with |z|.
				z := logit(0)
				near, far := 0.0, z.Mag()
				if z.Lo > 0 || z.Hi < 0 {
					near = min(math.Abs(z.Lo), math.Abs(z.Hi))
				}
				high, low := interval.Point(-near).Exp(), interval.Point(-far).Exp()
				x = interval.Interval{Lo: low.Div(low.Add(one).Sqr()).Lo, Hi: high.Div(high.Add(one).Sqr()).Hi}
			}
			x = interval.Interval{Lo: max(0, x.Lo), Hi: min(.25, x.Hi)}
			pair[a*m+c], pair[c*m+a] = x, x
		}
	}
}

// solve encloses X, W and d.
func (f *softMarkov) solve() bool {
	m := f.reduced
	ref := func(t int) interval.Interval { // P(ref)
		if f.all > f.states {
			return interval.Point(0)
		}
		return f.row[(f.states-1)*m+t]
	}
	for s := range m {
		for t := range m {
			x := f.row[s*m+t].Sub(ref(t)).Mul(f.gamma).Neg()
			if s == t {
				x = x.Add(interval.Point(1))
			}
			f.work[s*m+t] = x
		}
	}
	if !invert(f.x, f.work, m) {
		return false
	}
	rest := interval.Point(1).Sub(f.gamma)
	sum := interval.Point(1)
	for t := range m {
		x := interval.Point(0)
		for s := range m {
			x = x.Add(rest.Mul(f.start[s]).Add(f.gamma.Mul(ref(s))).Mul(f.x[s*m+t]))
		}
		var ok bool
		if f.d[t], ok = x.Intersect(interval.Interval{Lo: max(0, rest.Mul(f.start[t]).Lo), Hi: 1}); !ok {
			return false
		}
		sum = sum.Sub(f.d[t])
	}
	f.d[m] = interval.Interval{Lo: max(0, sum.Lo, rest.Mul(f.start[m]).Lo), Hi: min(1, sum.Hi)}
	if f.d[m].Lo > f.d[m].Hi {
		return false
	}
	for i := range 2 {
		last := f.mean[i][f.all-1] // of the absorbing state it stays 0
		for t := range m {
			x := interval.Point(0)
			for s := range m {
				x = x.Add(f.x[t*m+s].Mul(f.mean[i][s].Sub(last)))
			}
			f.w[i][t] = x
		}
	}
	return true
}

// invert writes the inverse of all matrices in a [n × n], which is overwritten, to
// dst by elimination. It is false if a pivot may be 0.
func invert(dst, a []interval.Interval, n int) bool {
	for i := range n {
		for j := range n {
			dst[i*n+j] = interval.Point(0)
		}
		dst[i*n+i] = interval.Point(1)
	}
	for k := range n {
		p := k
		for i := k + 1; i < n; i++ {
			if math.Abs(a[i*n+k].Mid()) > math.Abs(a[p*n+k].Mid()) {
				p = i
			}
		}
		for j := range n {
			a[k*n+j], a[p*n+j] = a[p*n+j], a[k*n+j]
			dst[k*n+j], dst[p*n+j] = dst[p*n+j], dst[k*n+j]
		}
		pivot := a[k*n+k]
		if pivot.Lo <= 0 && pivot.Hi >= 0 {
			return false
		}
		for j := range n {
			if j > k {
				a[k*n+j] = a[k*n+j].Div(pivot)
			}
			dst[k*n+j] = dst[k*n+j].Div(pivot)
		}
		for i := range n {
			factor := a[i*n+k]
			if i == k || factor == interval.Point(0) {
				continue
			}
			for j := range n {
				if j > k {
					a[i*n+j] = a[i*n+j].Sub(factor.Mul(a[k*n+j]))
				}
				dst[i*n+j] = dst[i*n+j].Sub(factor.Mul(dst[k*n+j]))
			}
		}
	}
	return true
}

// differences encloses, for player k in state s, rows and values of an action less
// those of another, and what a logit moves.
func (f *softMarkov) differences(k, s, own int) {
	m, other := f.reduced, f.actions[1-k][s]
	pi := f.pi[1-k][s]
	for a := range own {
		for c := range own {
			if a == c {
				continue
			}
			at := a*own + c
			for t := range m {
				for b := range other {
					f.few[b] = f.dp[k][s][(at*other+b)*m+t]
				}
				f.pbar[k][s][at*m+t] = average(pi, f.few[:other])
			}
			for i := range 2 {
				for b := range other {
					f.few[b] = f.action(i, k, s, at*other+b)
				}
				f.q[i][k][s][at] = average(pi, f.few[:other])
			}
		}
	}
	for c := range own - 1 {
		col := f.at[k][s] + c
		for i := range 2 {
			f.gain[i][col] = f.covariance(f.q[i][k][s], f.pair[k][s], c, own)
		}
		// ∂P(s), then ∂d.
		rest := interval.Point(0)
		for t := range m {
			f.moved[col*f.all+t] = interval.Point(0)
		}
		for u := range m {
			x := interval.Point(0)
			for a := range own {
				if a != c {
					x = x.Add(f.pair[k][s][c*own+a].Mul(f.pbar[k][s][(c*own+a)*m+u]))
				}
			}
			x = x.Mul(f.gamma).Mul(f.d[s])
			for t := range m {
				f.moved[col*f.all+t] = f.moved[col*f.all+t].Add(x.Mul(f.x[u*m+t]))
			}
		}
		for t := range m {
			rest = rest.Sub(f.moved[col*f.all+t])
		}
		f.moved[col*f.all+m] = rest
		// γ ΔP X(e_t - [t=ref]1).
		at, sum := c*own+own-1, interval.Point(0)
		for t := range m {
			x := interval.Point(0)
			for u := range m {
				x = x.Add(f.pbar[k][s][at*m+u].Mul(f.x[u*m+t]))
			}
			x = x.Mul(f.gamma)
			f.passed[col*f.states+t] = x
			sum = sum.Sub(x)
		}
		if f.all == f.states {
			f.passed[col*f.states+m] = sum
		}
	}
}

// action is the difference of player i's values between two actions of player k
// in state s where the other plays one action: at = (a·m+c)·other + b.
func (f *softMarkov) action(i, k, s, at int) interval.Interval {
	m := f.reduced
	x := interval.Point(0)
	for t, w := range f.w[i] {
		x = x.Add(f.dp[k][s][at*m+t].Mul(w))
	}
	return f.dr[i][k][s][at].Add(f.gamma.Mul(x))
}

// covariance is π(c) Σ π(a)(v(c)-v(a)), the derivative of an average by the logit
// of c; v holds differences.
func (f *softMarkov) covariance(v, pair []interval.Interval, c, m int) interval.Interval {
	x := interval.Point(0)
	for a := range m {
		if a != c {
			x = x.Add(pair[c*m+a].Mul(v[c*m+a]))
		}
	}
	return x
}

// Jacobian: see encloser.
func (f *softMarkov) Jacobian(dst []interval.Interval, lower, upper []float64) bool {
	if !f.evaluate(lower, upper) {
		return false
	}
	for i := range 2 {
		for s, own := range f.actions[i] {
			for a := range own - 1 {
				f.derivatives(dst, i, s, a, own)
			}
		}
	}
	return true
}

// derivatives fills the row of player i, state s, action a.
func (f *softMarkov) derivatives(dst []interval.Interval, i, s, a, own int) {
	row, other := f.at[i][s]+a, f.actions[1-i][s]
	value := f.q[i][i][s][a*own+own-1]
	for j := range 2 {
		for t, m := range f.actions[j] {
			for c := range m - 1 {
				col := f.at[j][t] + c
				change := f.passed[row*f.states+t].Mul(f.gain[i][col])
				if j != i && s == t {
					change = change.Add(f.stage(i, s, a*own+own-1, c, other))
				}
				x := f.d[s].Mul(change).Add(f.moved[col*f.all+s].Mul(value)).Neg()
				if row == col {
					x = x.Add(interval.Point(f.tau[i]))
				}
				dst[row*f.N+col] = x
			}
		}
	}
}

// stage is the derivative of player i's difference at in state s by the other's
// logit of c with values fixed: π(c) Σ π(b) (δ(c) - δ(b)).
func (f *softMarkov) stage(i, s, at, c, other int) interval.Interval {
	m, sum := f.reduced, interval.Point(0)
	pair := f.pair[1-i][s]
	for b := range other {
		if b == c {
			continue
		}
		p, q := at*other+c, at*other+b
		x := interval.Point(0)
		for t, w := range f.w[i] {
			x = x.Add(exactZero(f.dp[i][s][p*m+t], f.dp[i][s][q*m+t]).Mul(w))
		}
		x = f.dr[i][i][s][p].Sub(f.dr[i][i][s][q]).Add(f.gamma.Mul(x))
		sum = sum.Add(pair[c*other+b].Mul(x))
	}
	return sum
}

// Value writes an enclosure of G over the box to dst [n].
func (f *softMarkov) Value(dst []interval.Interval, lower, upper []float64) bool {
	if !f.evaluate(lower, upper) {
		return false
	}
	for i := range 2 {
		for s, own := range f.actions[i] {
			for a := range own - 1 {
				at := f.at[i][s] + a
				z := interval.Interval{Lo: lower[at], Hi: upper[at]}
				dst[at] = z.Scale(f.tau[i]).Sub(f.d[s].Mul(f.q[i][i][s][a*own+own-1]))
			}
		}
	}
	return true
}
