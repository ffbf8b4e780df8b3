package smallgain

import (
	"context"
	"fmt"
	"math"

	"arbiter/internal/interval"
)

// Entropy is what a certificate of an entropy-regularised game says beyond the
// common fields. Numbers that do not apply are NaN.
type Entropy struct {
	Temperature []float64 // per block
	// Interaction[i][j] is D_ij: by how much block j can sway the comparison of two
	// actions of block i, the largest |B_ab - B_a'b - B_ab' + B_a'b'| over the
	// actions and the pure profiles of the other blocks, B = ∂q_i/∂π_j.
	Interaction [][]float64
	// Exact tells whether all of them are these maxima up to rounding, or upper
	// bounds.
	Exact bool
	// Swayed[i][j] is D_ij(w), of w_i B + w_j B', at the weights of the certificate.
	Swayed [][]float64
	// Unsigned is the margin in the weighted span norm max_i s_i/Xi[i] of logits,
	// s = half the range; UnsignedWeights are the best of the Euclidean test with
	// the same constants.
	Unsigned        float64
	Xi              []float64
	UnsignedWeights []float64
	// Lipschitz is L_w of the payoffs, for the prox step.
	Lipschitz float64
	// Optimal tells that no weights have a better signed margin (within 1e-9 of it),
	// up to rounding.
	Optimal bool
	// UnsignedThreshold and Threshold are temperatures, the same for all blocks,
	// above which the span norm and the signed margin certify.
	UnsignedThreshold, Threshold float64
	// Primal is the Euclidean test on the simplex, up to rounding.
	Primal Primal
	// Distance bounds sqrt(Σ w_i |π_i - π*_i|₁²) of the equilibrium given from the
	// exact one, up to rounding.
	Distance float64
}

// Primal is projected gradient play on the simplex: curvature 2τ, couplings
// ‖Π A_ij Π‖₂. Its steps need a least probability.
type Primal struct {
	Mu       []float64
	Coupling [][]float64
	Margin   float64
}

// Entropic is a game whose blocks, players or information sets, maximise
// expected payoff plus temperature times entropy. It knows how blocks sway one
// another, which does not depend on the temperatures. It belongs to one
// goroutine.
type Entropic struct {
	game    string
	concept string
	names   []string
	sizes   []int  // actions per block
	pairs   []pair // that interact, in order
	exact   bool
	play    multilinear

	primal [][]float64 // ‖Π A_ij Π‖₂, nil if not worked out
}

// multilinear are the values of actions given the mixtures of the others.
type multilinear interface {
	// values writes q_i(a), shaped as p.
	values(dst, p [][]float64)
	// slopes visits the entries ∂q_i(a)/∂π_j(b), i ≠ j; one may come in parts.
	slopes(p [][]float64, visit func(i, a, j, b int, value float64))
	// work is the number of operations of values, roughly.
	work() int
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

// piece is D_ij(w)/sqrt(w_i w_j) = a e^{t/2} + b e^{-t/2}, t = log w_i - log w_j,
// for what is worst at some t; it is nowhere above that for what is worst there.
type piece struct{ a, b float64 }

func (p piece) at(t float64) (value, slope float64) {
	x, y := p.a*math.Exp(t/2), p.b*math.Exp(-t/2)
	return x + y, (x - y) / 2
}

// worst is the piece at t.
func (p *pair) worst(t float64) piece {
	if p.same {
		return piece{p.di, p.di}
	}
	x, y := math.Exp(t/2), math.Exp(-t/2)
	a, b := p.extreme(x, y)
	if a*x+b*y < 0 {
		a, b = -a, -b
	}
	return piece{a, b}
}

// farthest is how far a ratio of weights is sought, as a logarithm.
const farthest = 20

// least is the smallest value over all t, and where, by cutting planes: between a
// piece that falls and one that rises the lower of them is nowhere below the
// value, and where its smallest value is reached nothing can be better.
func (p *pair) least() (value, t float64) {
	if p.same {
		return 2 * p.di, 0
	}
	if value, _ = p.worst(0).at(0); value <= 1e-12*(p.di+p.dj) {
		return value, 0
	}
	lo, hi := -2.*farthest, 2.*farthest
	falls, rises := p.worst(lo), p.worst(hi)
	if v, slope := falls.at(lo); slope >= 0 {
		return v, lo
	}
	if v, slope := rises.at(hi); slope <= 0 {
		return v, hi
	}
	for range 200 {
		// The model is smallest where the pieces cross, or where one of them turns
		// on its own side of that.
		cross := math.Log((rises.b - falls.b) / (falls.a - rises.a))
		t = cross
		if own := math.Log(falls.b / falls.a); own < cross || falls == rises {
			t = own
		} else if own := math.Log(rises.b / rises.a); own > cross {
			t = own
		}
		inside := t > lo && t < hi
		if !inside {
			t = lo/2 + hi/2
		}
		now := p.worst(t)
		v, slope := now.at(t)
		l, _ := falls.at(t)
		r, _ := rises.at(t)
		value = v
		if inside && v <= max(l, r)*(1+1e-15) || slope == 0 || hi-lo < 1e-13 {
			break
		}
		if slope < 0 {
			lo, falls = t, now
		} else {
			hi, rises = t, now
		}
	}
	return value, t
}

// checkTemperature wants one finite temperature above 0 per block.
func (g *Entropic) checkTemperature(tau []float64) error {
	if len(tau) != len(g.sizes) {
		return fmt.Errorf("%d temperatures for %d blocks", len(tau), len(g.sizes))
	}
	for i, x := range tau {
		if !(x > 0) || math.IsInf(x, 1) {
			return fmt.Errorf("temperature of block %s is %g, expected a finite number above 0", g.names[i], x)
		}
	}
	return nil
}

// Blocks are the names of the blocks, in order: of a tree, seat by seat.
func (g *Entropic) Blocks() []string { return append([]string(nil), g.names...) }

// matrix is a sparse matrix of the pairs, off the given diagonal.
func (g *Entropic) matrix(diagonal []float64, entries func(p *pair) (ij, ji float64)) sparse {
	a := sparse{diagonal, make([][]entry, len(diagonal))}
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

// unsigned is the small-gain test in the span norm: the margin min_i τ_i - Σ_j
// D_ij ξ_j/(4 ξ_i), rounded down, at the Perron vector ξ of D/4 - diag τ, and
// the weights v/ξ of the left vector v.
func (g *Entropic) unsigned(tau []float64) (margin float64, xi, weights []float64) {
	largest := 0.0
	for _, p := range g.pairs {
		largest = max(largest, p.di, p.dj)
	}
	// Where only one of two sways the other the best margin is a supremum: a little
	// is added to come near it.
	some := func(x float64) float64 { return max(x/4, 1e-9*largest/4) }
	minus := negated(tau)
	_, _, xi = g.matrix(minus, func(p *pair) (float64, float64) { return some(p.di), some(p.dj) }).perron()
	_, _, left := g.matrix(minus, func(p *pair) (float64, float64) { return some(p.dj), some(p.di) }).perron()
	weights = make([]float64, len(tau))
	for i := range weights {
		weights[i] = left[i] / xi[i] / (left[0] / xi[0])
	}
	margin = -g.matrix(minus, func(p *pair) (float64, float64) { return p.di / 4, p.dj / 4 }).worst(xi)
	return margin, xi, weights
}

// signed is the margin of the Kullback-Leibler test at weights w, rounded down:
// ½ λ_min(W^-½ C W^-½) with C_ii = 2 w_i τ_i, C_ij = -D_ij(w)/4, by the bound
// min_i (C y)_i/(2 w_i y_i) for positive y.
func (g *Entropic) signed(tau, w []float64) (margin float64, swayed []float64) {
	swayed = make([]float64, len(g.pairs))
	k := 0
	a := g.matrix(negated(tau), func(p *pair) (float64, float64) {
		d := p.sway(w[p.i], w[p.j])
		swayed[k] = d
		k++
		x := d / (8 * math.Sqrt(w[p.i]) * math.Sqrt(w[p.j]))
		return x, x
	})
	_, _, y := a.perron()
	for i := range y {
		y[i] /= math.Sqrt(w[i])
	}
	k = 0
	c := g.matrix(negated(tau), func(p *pair) (float64, float64) {
		d := swayed[k] / 8
		k++
		return quotientUp(d, w[p.i]), quotientUp(d, w[p.j])
	})
	return -c.worst(y), swayed
}

// quotientUp is x/y for x ≥ 0, y > 0.
func quotientUp(x, y float64) float64 {
	if x == 0 {
		return 0
	}
	return interval.Up(x / y)
}

// lipschitz is at least L_w = ‖[sqrt(w_i/w_j) D_ij/4]‖₂, which is the Perron root
// of [0 M; M' 0].
func (g *Entropic) lipschitz(w []float64) float64 {
	n := len(w)
	a := sparse{make([]float64, 2*n), make([][]entry, 2*n)}
	put := func(i, j int, d float64) {
		if d > 0 {
			x := interval.Point(w[i]).Div(interval.Point(w[j])).Sqrt().Scale(d).Hi / 4
			a.rows[i] = append(a.rows[i], entry{n + j, x})
			a.rows[n+j] = append(a.rows[n+j], entry{i, x})
		}
	}
	for _, p := range g.pairs {
		put(p.i, p.j, p.di)
		put(p.j, p.i, p.dj)
	}
	_, _, y := a.perron()
	return max(0, a.worst(y))
}

// mostBlocks is up to how many blocks weights are optimised with proof where no
// simple ones are the best.
const mostBlocks = 16

// weigh finds weights of large signed margin and tells whether none have a
// larger one. D_ij(w)/sqrt(w_i w_j) is smallest at a ratio of each pair; weights
// of these ratios, if there are such, are the best, since the margin falls in
// each entry. Else the margin, concave in log w, is climbed.
func (g *Entropic) weigh(ctx context.Context, tau, unsigned []float64) (weights []float64, optimal bool, err error) {
	n := len(tau)
	unit, tree := make([]float64, n), make([]float64, n)
	for i := range unit {
		unit[i] = 1
	}
	type arc struct {
		to int
		t  float64 // log w of the other end minus that of this one
	}
	arcs := make([][]arc, n)
	k, values := 0, make([]float64, len(g.pairs))
	for k := range g.pairs {
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
		p := &g.pairs[k]
		v, t := p.least()
		values[k] = v
		arcs[p.i] = append(arcs[p.i], arc{p.j, -t})
		arcs[p.j] = append(arcs[p.j], arc{p.i, t})
	}
	limit := g.matrix(negated(tau), func(*pair) (float64, float64) { k++; return values[k-1] / 8, values[k-1] / 8 })
	roots, _, _ := limit.perron()
	best := math.Inf(1)
	for _, r := range roots {
		best = min(best, -r)
	}
	scale := 0.0
	for _, p := range g.pairs {
		scale = max(scale, p.di, p.dj)
	}
	near := 1e-10 * scale
	seen := make([]bool, n)
	for root := range seen {
		if seen[root] {
			continue
		}
		tree[root], seen[root] = 1, true
		for queue := []int{root}; len(queue) > 0; queue = queue[1:] {
			i := queue[0]
			for _, a := range arcs[i] {
				if !seen[a.to] {
					seen[a.to] = true
					tree[a.to] = tree[i] * math.Exp(max(-farthest, min(farthest, a.t)))
					queue = append(queue, a.to)
				}
			}
		}
	}
	found := math.Inf(-1)
	for _, w := range [][]float64{unit, unsigned, tree} {
		ok := true
		for _, x := range w {
			ok = ok && x > 1e-30 && x < 1e30
		}
		if !ok {
			continue
		}
		if m, _ := g.signed(tau, w); m > found {
			found, weights = m, w
		}
		if found >= best-near {
			return scaled(weights), true, nil
		}
	}
	improve := g.climb
	if n > mostBlocks {
		improve = g.descend
	}
	w, optimal, err := improve(ctx, tau, weights, near, -best)
	if err != nil {
		return nil, false, err
	}
	if m, _ := g.signed(tau, w); m > found {
		weights = w
	}
	return scaled(weights), optimal, nil
}

// scaled makes the first weight 1.
func scaled(w []float64) []float64 {
	out := make([]float64, len(w))
	for i, x := range w {
		out[i] = x / w[0]
	}
	return out
}

// slope is minus the signed margin at log weights x, not rounded outward, and a
// subgradient, both of a convex function.
func (g *Entropic) slope(tau, x []float64) (value float64, gradient []float64) {
	slopes := make([]float64, len(g.pairs))
	k := 0
	a := g.matrix(negated(tau), func(p *pair) (float64, float64) {
		t := x[p.i] - x[p.j]
		v, s := p.worst(t).at(t)
		slopes[k] = s
		k++
		return v / 8, v / 8
	})
	roots, component, y := a.perron()
	top := 0
	for c, r := range roots {
		if r > roots[top] {
			top = c
		}
	}
	norm := 0.0
	for i := range y {
		if component[i] != top {
			y[i] = 0
		}
		norm += y[i] * y[i]
	}
	gradient = make([]float64, len(x))
	for k, p := range g.pairs {
		d := 2 * y[p.i] * y[p.j] / norm * slopes[k] / 8
		gradient[p.i] += d
		gradient[p.j] -= d
	}
	return roots[top], gradient
}

// climb maximises the signed margin over log weights within farthest of the
// start by the ellipsoid method (Yudin and Nemirovski 1976), the first weight
// fixed; it is proved optimal, up to rounding, within near.
func (g *Entropic) climb(ctx context.Context, tau, start []float64, near, _ float64) (weights []float64, optimal bool, err error) {
	n := len(start)
	m := n - 1
	x := make([]float64, n)
	for i, w := range start {
		x[i] = math.Log(w / start[0])
	}
	best, at := math.Inf(1), append([]float64(nil), x...)
	if m == 1 {
		lo, hi := -2.*farthest, 2.*farthest
		for range 200 {
			x[1] = lo/2 + hi/2
			v, d := g.slope(tau, x)
			if v < best {
				best = v
				copy(at, x)
			}
			switch {
			case d[1] > 0:
				hi = x[1]
			case d[1] < 0:
				lo = x[1]
			}
			if d[1] == 0 || math.Abs(d[1])*(hi-lo) <= near {
				optimal = true
				break
			}
		}
	}
	// The ellipsoid is {x + root u: |u| ≤ 1}; keeping a root of its matrix keeps it
	// an ellipsoid in spite of rounding.
	root := make([]float64, m*m)
	for i := range m {
		root[i*m+i] = farthest * math.Sqrt(float64(m))
	}
	inner, step := make([]float64, m), make([]float64, m)
	for round := 0; m > 1 && round < 60*m*m+100; round++ {
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
		v, d := g.slope(tau, x)
		if v < best {
			best = v
			copy(at, x)
		}
		size := 0.0
		for j := range m {
			inner[j] = 0
			for i := range m {
				inner[j] += root[i*m+j] * d[i+1]
			}
			size += inner[j] * inner[j]
		}
		size = math.Sqrt(size)
		if v-size >= best-near {
			optimal = true
			break
		}
		f := float64(m)
		grow, flat := f/math.Sqrt(f*f-1), 1-math.Sqrt((f-1)/(f+1))
		for i := range m {
			step[i] = 0
			for j := range m {
				step[i] += root[i*m+j] * inner[j] / size
			}
			x[i+1] -= step[i] / (f + 1)
		}
		for i := range m {
			for j := range m {
				root[i*m+j] = grow * (root[i*m+j] - flat*step[i]*inner[j]/size)
			}
		}
	}
	weights = make([]float64, n)
	for i, v := range at {
		weights[i] = math.Exp(v)
	}
	return weights, optimal, nil
}

// descend improves weights without proof, by subgradient steps towards the middle
// of the best value and a bound of all values (Polyak 1969).
func (g *Entropic) descend(ctx context.Context, tau, start []float64, near, bound float64) (weights []float64, optimal bool, err error) {
	x, best := make([]float64, len(start)), math.Inf(1)
	for i, w := range start {
		x[i] = math.Log(w)
	}
	weights = make([]float64, len(start))
	effort := 1
	for _, p := range g.pairs {
		if effort++; !p.same {
			effort += p.effort
		}
	}
	for range max(1, min(300, 100_000_000/effort)) {
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
		v, d := g.slope(tau, x)
		if v < best {
			best = v
			for i := range x {
				weights[i] = math.Exp(x[i])
			}
		}
		size := 0.0
		for _, y := range d {
			size += y * y
		}
		if optimal = best-bound <= near; optimal || size == 0 {
			break
		}
		for i, y := range d {
			x[i] -= (v - best/2 - bound/2) / size * y
		}
	}
	return weights, optimal, nil
}
