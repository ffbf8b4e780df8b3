// Package entropic certifies games with entropy on tables and trees: how blocks, players
// or information sets, sway one another, the best weights, and steps of mirror and
// logit dynamics. It is larger than 2,500 lines since tables, agent forms and sequence
// forms share one form of couplings, whose parts would be public between two rooms.
package entropic

import (
	"fmt"
	"math"

	"arbiter/certify/smallgain"
	"arbiter/internal/interval"
)

// Game is a game whose blocks, players or information sets, maximise
// expected payoff plus temperature times entropy. It knows how blocks sway one
// another, which does not depend on the temperatures. It belongs to one
// goroutine.
type Game struct {
	game    string
	form    string // of its certificates
	concept string
	names   []string
	Sizes   []int  // actions per block
	pairs   []pair // that interact, in order
	exact   bool
	Play    multilinear // values of actions

	primal [][]float64 // ‖Π A_ij Π‖₂, nil if not worked out
}

// multilinear are the values of actions given the mixtures of the others.
type multilinear interface {
	// values writes q_i(a), shaped as p.
	values(dst, p [][]float64)
	// enclose writes enclosures of q_i(a) at mixtures known to lie in p.
	enclose(dst, p [][]interval.Interval)
	// slopes visits the entries ∂q_i(a)/∂π_j(b), i ≠ j; one may come in parts.
	slopes(p [][]float64, visit func(i, a, j, b int, value float64))
	// work is the number of operations of values, roughly.
	Work() int
}

// pair is two blocks, i < j, that sway one another.
type pair struct {
	i, j int
	// same tells that both have the same payoff: then D_ij(w) = (w_i + w_j) D_ij.
	same bool
	// extreme returns (a, b) of largest |wi·a + wj·b|: the combination of payoffs of
	// i and of j in one choice of actions and of what the others play.
	extreme func(wi, wj float64) (a, b float64)
	// bound is at least D_ij(w), rounded up.
	bound  func(wi, wj float64) float64
	di, dj float64 // D_ij and D_ji
	effort int     // operations of extreme, roughly
}

// sway is bound, by the short way where there is one.
func (p *pair) sway(wi, wj float64) float64 {
	if p.same {
		return productUp(sumUp(wi, wj), p.di)
	}
	return p.bound(wi, wj)
}

// checkTemperature wants one finite temperature above 0 per block.
func (g *Game) checkTemperature(tau []float64) error {
	if len(tau) != len(g.Sizes) {
		return fmt.Errorf("%d temperatures for %d blocks", len(tau), len(g.Sizes))
	}
	for i, x := range tau {
		if !(x > 0) || math.IsInf(x, 1) {
			return fmt.Errorf("temperature of block %s is %g, expected a finite number above 0", g.names[i], x)
		}
	}
	return nil
}

// Blocks are the names of the blocks, in order: of a tree, seat by seat.
func (g *Game) Blocks() []string { return append([]string(nil), g.names...) }

// matrix is a sparse matrix of the pairs, off the given diagonal.
func (g *Game) matrix(diagonal []float64, entries func(p *pair) (ij, ji float64)) sparse {
	a := sparse{diagonal, make([][]entry, len(diagonal))}
	degree, room := make([]int, len(diagonal)), make([]entry, 2*len(g.pairs))
	for k := range g.pairs {
		degree[g.pairs[k].i]++
		degree[g.pairs[k].j]++
	}
	for i, d := range degree {
		a.rows[i], room = room[:0:d], room[d:]
	}
	for k := range g.pairs {
		p := &g.pairs[k]
		ij, ji := entries(p)
		if ij == 0 && ji == 0 {
			continue
		}
		a.rows[p.i] = append(a.rows[p.i], entry{p.j, ij})
		a.rows[p.j] = append(a.rows[p.j], entry{p.i, ji})
	}
	return a
}

func negated(x []float64) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = -v
	}
	return out
}

// scaled makes the first weight 1.
func scaled(w []float64) []float64 {
	out := make([]float64, len(w))
	for i, x := range w {
		out[i] = x / w[0]
	}
	return out
}

// alike tells whether all temperatures are the same.
func alike(tau []float64) bool {
	for _, x := range tau {
		if x != tau[0] {
			return false
		}
	}
	return true
}

// coupling are the entries D_ij/4 of the span norm, rounded up.
func (p *pair) coupling() (ij, ji float64) { return fourthUp(p.di), fourthUp(p.dj) }

// fourthUp is x/4, x ≥ 0; only tiny numbers are rounded.
func fourthUp(x float64) float64 {
	y := x / 4
	if 4*y < x {
		y = interval.Up(y)
	}
	return y
}

// quotientUp is x/y for x ≥ 0, y > 0.
func quotientUp(x, y float64) float64 {
	if x == 0 {
		return 0
	}
	return interval.Up(x / y)
}

// unsigned is the small-gain test in the span norm: the margin min_i τ_i - Σ_j
// D_ij ξ_j/(4 ξ_i), rounded down, at the Perron vector ξ of D/4 - diag τ, and
// the weights v/ξ of the left vector v. Where temperatures are far apart, that
// vector is known to the rounding of the largest only: the one of (diag τ)⁻¹ D/4
// shows a margin wherever there is one.
func (g *Game) unsigned(tau []float64) (margin float64, xi, weights []float64) {
	most := make([]float64, len(tau)) // of each row
	for _, p := range g.pairs {
		most[p.i], most[p.j] = max(most[p.i], p.di), max(most[p.j], p.dj)
	}
	// Where only one of two sways the other the best margin is a supremum: a little
	// is added to come near it.
	some := func(p *pair) (ij, ji float64) {
		return max(p.di, 1e-9*most[p.i]) / 4, max(p.dj, 1e-9*most[p.j]) / 4
	}
	at := func(minus, divide []float64) (float64, []float64, []float64) {
		symmetric := true
		_, _, right := g.matrix(minus, func(p *pair) (float64, float64) {
			ij, ji := some(p)
			ij, ji = ij/divide[p.i], ji/divide[p.j]
			symmetric = symmetric && ij == ji
			return ij, ji
		}).perron()
		left := right
		if !symmetric {
			_, _, left = g.matrix(minus, func(p *pair) (float64, float64) {
				ij, ji := some(p)
				return ji / divide[p.j], ij / divide[p.i]
			}).perron()
		}
		w := make([]float64, len(tau))
		for i := range w {
			w[i] = left[i] / divide[i] / right[i]
		}
		return -g.matrix(negated(tau), (*pair).coupling).worst(right), right, scaled(w)
	}
	margin, xi, weights = at(negated(tau), smallgain.Ones(len(tau)))
	if !alike(tau) {
		if m, x, w := at(make([]float64, len(tau)), tau); m > margin {
			margin, xi, weights = m, x, w
		}
	}
	return margin, xi, weights
}

// gains bounds the spectral radius of (diag τ)⁻¹ D/4 from above, with the vector
// that shows it, of which ξ is tried first.
func (g *Game) gains(tau, xi []float64) (gain float64, z []float64) {
	zero := make([]float64, len(tau))
	a := g.matrix(zero, (*pair).coupling)
	at := func(y []float64) float64 {
		most := 0.0
		for i, row := range a.rows {
			most = max(most, quotientUp(a.row(row, y), productDown(tau[i], y[i])))
		}
		return most
	}
	gain, z = at(xi), xi
	if !alike(tau) {
		_, _, y := g.matrix(zero, func(p *pair) (float64, float64) {
			ij, ji := p.coupling()
			return ij / tau[p.i], ji / tau[p.j]
		}).perron()
		if x := at(y); x < gain {
			gain, z = x, y
		}
	}
	return gain, z
}

// signed is the margin of the Kullback-Leibler test at weights w, rounded down:
// ½ λ_min(W^-½ C W^-½) with C_ii = 2 w_i τ_i, C_ij = -D_ij(w)/4, by the bound
// min_i (C y)_i/(2 w_i y_i) at the positive y that is returned. swayed are the
// D_ij(w) of the pairs.
func (g *Game) signed(tau, w []float64) (margin float64, swayed, y []float64) {
	swayed = make([]float64, len(g.pairs))
	for k := range g.pairs {
		p := &g.pairs[k]
		swayed[k] = p.sway(w[p.i], w[p.j])
	}
	k := 0
	entries := func(divide []float64) func(p *pair) (float64, float64) {
		k = 0
		return func(p *pair) (float64, float64) {
			x := swayed[k] / 8 / math.Sqrt(w[p.i]) / math.Sqrt(w[p.j])
			if k++; divide != nil {
				x = x / math.Sqrt(divide[p.i]) / math.Sqrt(divide[p.j])
			}
			return x, x
		}
	}
	at := func(minus, divide []float64) (float64, []float64) {
		_, _, y := g.matrix(minus, entries(divide)).perron()
		for i := range y {
			if y[i] /= math.Sqrt(w[i]); divide != nil {
				y[i] /= math.Sqrt(divide[i])
			}
		}
		k = 0
		c := g.matrix(negated(tau), func(p *pair) (float64, float64) {
			d := swayed[k]
			k++
			return quotientUp(d, 8*w[p.i]), quotientUp(d, 8*w[p.j])
		})
		return -c.worst(y), y
	}
	margin, y = at(negated(tau), nil)
	if !alike(tau) {
		if m, x := at(make([]float64, len(tau)), tau); m > margin {
			margin, y = m, x
		}
	}
	return margin, swayed, y
}

// swaying is the matrix of the D_ij(w) of the pairs.
func (g *Game) swaying(swayed []float64) sparse {
	k := 0
	return g.matrix(make([]float64, len(g.Sizes)), func(*pair) (float64, float64) {
		d := swayed[k]
		k++
		return d, d
	})
}

// lipschitz is at least L_w = ‖[sqrt(w_i/w_j) D_ij/4]‖₂, the Perron root of [0 M;
// M' 0], by u and v with Σ_j D_ij v_j/4 ≤ L u_i and Σ_i w_i D_ij u_i/4 ≤ L w_j v_j.
func (g *Game) lipschitz(w []float64) (l float64, u, v []float64) {
	n := len(w)
	a := sparse{make([]float64, 2*n), make([][]entry, 2*n)}
	down := sparse{make([]float64, n), make([][]entry, n)} // w_i D_ij/4 by j
	put := func(i, j int, c float64) {
		if c > 0 {
			x := c * math.Sqrt(w[i]) / math.Sqrt(w[j])
			a.rows[i] = append(a.rows[i], entry{n + j, x})
			a.rows[n+j] = append(a.rows[n+j], entry{i, x})
			down.rows[j] = append(down.rows[j], entry{i, productUp(w[i], c)})
		}
	}
	for k := range g.pairs {
		p := &g.pairs[k]
		ij, ji := p.coupling()
		put(p.i, p.j, ij)
		put(p.j, p.i, ji)
	}
	_, _, y := a.perron()
	u, v = y[:n:n], y[n:]
	across := g.matrix(make([]float64, n), (*pair).coupling)
	for i := range n {
		root := math.Sqrt(w[i])
		u[i], v[i] = u[i]/root, v[i]/root
	}
	for i := range n {
		l = max(l, quotientUp(across.row(across.rows[i], v), u[i]), quotientUp(down.row(down.rows[i], u), productDown(w[i], v[i])))
	}
	return l, u, v
}
