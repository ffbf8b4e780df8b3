// Package softmarkov certifies Markov games with entropy, in closed form or over a box
// around the equilibrium.
package softmarkov

import (
	"math"

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

// Field is a discounted game of two players with entropy, in natural
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
type Field struct {
	game    *markov.Game
	tau     []float64
	states  int      // of the game
	all     int      // with the absorbing one
	reduced int      // all - 1
	actions [2][]int // [player][state]
	at      [2][]int // [player][state]: first coordinate
	N       int      // number of coordinates
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
func (f *Field) Idle(k int) bool { return f.still[k] }

// evaluate encloses policies, occupancies and differences of values over a box of
// logits. It is false if the linear system could not be solved there.
func (f *Field) evaluate(lower, upper []float64) bool {
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
func (f *Field) policy(k, s, m int, lower, upper []float64) {
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
func (f *Field) solve() bool {
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

// Value writes an enclosure of G over the box to dst [n].
func (f *Field) Value(dst []interval.Interval, lower, upper []float64) bool {
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
