package search

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// cube is a certificate on a box, of the method interval or of a grid with a proved
// slope: all constants on all of the box, by enclosures of the field.
type cube struct {
	*report
	*cells
	w      []float64
	metric *metric // of the source lyapunov, else nil
	walls  *walls  // of constrained play, else nil

	g     gains
	alpha float64 // proved
	beta  float64
	true_ float64  // true-block margin at the weights, proved
	block float64  // margin of the max norm, proved
	after []func() // checks that wait for what is proved together
}

// ofRegion are the fields that are statements about all of the region.
var ofRegion = []string{
	"mu", "ell", "coupling", "coupling.i", "coupling.j", "coupling.value", "gain", "margin", "margins.sgn", "margins.signed", "margins.true_block",
	"margins.blockmax", "margins.lyapunov", "euclidean_margin", "timescale_band", "lipschitz", "cocoercivity", "xi", "weights", "rate", "source", "norm",
	"best.signed.value", "best.signed.weights", "best.true_block.value", "best.true_block.weights", "best.lyapunov.value", "best.lyapunov.metric",
	"supremum", "bands", "box_factor",
}

// enclosed verifies it. dims are the coordinates per block.
func (r *report) enclosed(ctx context.Context, f field, dims []int, walls *walls, concept func(*cube)) (*Result, error) {
	c := r.claim
	v := &cube{report: r, cells: &cells{ctx: ctx, field: f, first: []int{0}}, w: floats(c.Weights), walls: walls}
	for _, d := range dims {
		v.n += d
		v.first = append(v.first, v.n)
	}
	v.k = make([]bracket, v.n*v.n)
	g := c.Region
	if g == nil || g.Shape != "box" || len(g.Lower) != v.n || len(g.Upper) != v.n {
		r.plain("region.shape", false, fmt.Sprintf("expected a box of %d coordinates", v.n))
		return r.close(), nil
	}
	r.plain("region.shape", true, "a box")
	r.is("region.norm", g.Norm, "of the radius", "max")
	v.lower, v.upper = floats(g.Lower), floats(g.Upper)
	r.seen("region.lower", "region.upper")
	for i := range v.n {
		if !(v.lower[i] < v.upper[i]) || !finite(v.upper[i]-v.lower[i]) {
			r.plain(pathOf("region.lower", i), false, fmt.Sprintf("this coordinate is from %g to %g", v.lower[i], v.upper[i]))
			return r.close(), nil
		}
	}
	v.alpha = math.NaN()
	if c.Certified {
		v.marginOn()
	}
	v.refutedAt()
	r.ladder(v.alpha > 0, "proven")
	if !(v.alpha > 0) {
		r.pass("no certificate, so that nothing was proved on the region", ofRegion...)
		for i, s := range c.Steps {
			r.strange(i, s)
		}
		v.around()
		r.largest(map[string]float64{})
		concept(v)
		return r.close(), ctx.Err()
	}
	v.constantsOn(len(dims) == v.n)
	v.around()
	concept(v)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return r.close(), nil
}

// l2 tests a margin of the symmetric part of K_w, max one of the row sums in the
// max norm with ξ.
func (v *cells) l2(w []float64) func(k []bracket, x float64) bool {
	scale, all := v.roots(w), [2]int{0, v.n}
	return func(k []bracket, x float64) bool { return monotone(symmetrised(v.part(k, all, all, scale)), x) }
}

func (v *cells) max(xi []float64) func(k []bracket, x float64) bool {
	of := make([]float64, v.n)
	for b, x := range xi {
		for i := v.first[b]; i < v.first[b+1]; i++ {
			of[i] = x
		}
	}
	return func(k []bracket, x float64) bool {
		for i := range v.n {
			sum := k[i*v.n+i].lo
			for j := range v.n {
				if j != i {
					sum = addDown(sum, -mulUp(k[i*v.n+j].mag(), divUp(of[j], of[i])))
				}
			}
			if !(sum >= x) {
				return false
			}
		}
		return true
	}
}

// marginOn proves the margin of the certificate, as claimed less the slack.
func (v *cube) marginOn() {
	c := v.claim
	claimed := float64(c.Margin)
	var holds func(k []bracket, x float64) bool
	source, norm := "true_block", "l2"
	switch {
	case c.Source == "lyapunov" && v.walls == nil:
		source = "lyapunov"
		if v.metric = newMetric(c.Best.Lyapunov, v.n); v.metric == nil {
			v.plain("best.lyapunov.metric", false, fmt.Sprintf("expected %d by %d, symmetric and positive definite", v.n, v.n))
			return
		}
		v.plain("best.lyapunov.metric", true, "symmetric and positive definite")
		holds = v.metric.monotone
		v.atMost("best.lyapunov.value", float64(c.Best.Lyapunov.Value), claimed, "the margin")
		v.atMost("margins.lyapunov", float64(c.Margins.Lyapunov), claimed, "the margin")
	case c.Norm == "max" && len(c.Xi) == len(c.Blocks):
		source, norm = "blockmax", "max"
		holds = v.max(floats(c.Xi))
		v.seen("xi")
	default:
		holds = v.l2(v.w)
	}
	v.is("norm", c.Norm, "of the statement", norm)
	v.is("source", c.Source, "whose margin it is", source)
	if !(claimed > 0) || !finite(claimed) {
		v.plain("margin", false, "expected a finite number above 0")
		return
	}
	whole := [2]int{0, v.n}
	b := &batch{cube: v}
	b.add("margin", claimed, -1, whole, whole, &v.alpha, holds)
	b.prove()
}

// constantsOn are mu, ell, coupling, the Lipschitz constant, the margins beside
// that of the certificate, and what follows from them; scalar: blocks have one
// coordinate each.
func (v *cube) constantsOn(scalar bool) {
	c, blocks := v.claim, len(v.claim.Blocks)
	all := &batch{cube: v}
	v.g = gains{mu: nans(blocks), ell: nans(blocks)}
	v.seen("coupling.i", "coupling.j", "coupling.value", "weights")
	v.plain("weights", c.Weights[0] == 1, "margins are proved at them; the first is 1")
	given := len(c.Mu) == blocks && len(c.Ell) == blocks && !c.Coupling.none()
	for i := range blocks {
		v.g.l = append(v.g.l, nans(blocks))
		v.g.l[i][i] = 0
		if !given {
			continue
		}
		own := [2]int{v.first[i], v.first[i+1]}
		all.add(pathOf("mu", i), float64(c.Mu[i]), -1, own, own, &v.g.mu[i], func(k []bracket, x float64) bool {
			return monotone(symmetrised(v.part(k, own, own, nil)), x)
		})
		for j := range blocks {
			other := [2]int{v.first[j], v.first[j+1]}
			what, x, to := pathOf("coupling", i, j), c.Coupling.at(i, j), &v.g.l[i][j]
			if i == j {
				if x != 0 {
					v.add(what, x, 0, false, "expected 0 on the diagonal")
				}
				what, x, to = pathOf("ell", i), float64(c.Ell[i]), &v.g.ell[i]
			}
			all.add(what, x, 1, own, other, to, func(k []bracket, x float64) bool { return shorter(v.part(k, own, other, nil), x) })
		}
	}
	scale, whole := v.roots(v.w), [2]int{0, v.n}
	v.true_, v.block, v.beta = math.NaN(), math.NaN(), math.NaN()
	length := func(k []bracket, x float64) bool { return shorter(v.part(k, whole, whole, scale), x) }
	if v.metric != nil {
		length = v.metric.shorter
	}
	all.add("lipschitz", float64(c.Lipschitz), 1, whole, whole, &v.beta, length)
	var unit float64
	all.add("euclidean_margin", float64(c.Euclidean), -1, whole, whole, &unit, v.l2(ones(blocks)))
	if c.Source == "true_block" {
		v.true_ = v.alpha
		v.atMost("margins.true_block", float64(c.Margins.TrueBlock), v.alpha, "the margin")
	} else {
		all.add("margins.true_block", float64(c.Margins.TrueBlock), -1, whole, whole, &v.true_, v.l2(v.w))
	}
	if c.Source == "blockmax" {
		v.block = v.alpha
		v.atMost("margins.blockmax", float64(c.Margins.BlockMax), v.alpha, "the margin")
	} else if len(c.Xi) == blocks {
		all.add("margins.blockmax", float64(c.Margins.BlockMax), -1, whole, whole, &v.block, v.max(floats(c.Xi)))
	}
	v.seen("xi")
	for _, o := range c.Best.list() {
		at := "best." + o.kind
		if o.o == nil || o.kind == "lyapunov" {
			continue
		}
		v.seen(at + ".weights")
		if w := floats(o.o.Weights); len(w) == blocks {
			// Of every kind, as that of the signed one is no more than this.
			var x float64
			all.add(at+".value", float64(o.o.Value), -1, whole, whole, &x, v.l2(w))
		}
		v.bound(at, o.o)
	}
	if o := c.Best.Lyapunov; o != nil {
		v.seen("best.lyapunov.metric")
		if m := newMetric(o, v.n); m != nil && v.metric == nil {
			var x float64
			var beta float64
			all.add("best.lyapunov.value", float64(o.Value), -1, whole, whole, &x, m.monotone)
			all.add("best.lyapunov.lipschitz", float64(o.Lipschitz), 1, whole, whole, &beta, m.shorter)
			v.after = append(v.after, func() {
				v.atMost("best.lyapunov.cocoercivity", float64(o.Cocoercive), x/beta/beta, "margin over Lipschitz constant squared")
			})
			if !math.IsNaN(float64(c.Margins.Lyapunov)) {
				v.atMost("margins.lyapunov", float64(c.Margins.Lyapunov), float64(o.Value), "that of best")
			}
		}
		if v.metric != nil {
			v.after = append(v.after, func() {
				v.atLeast("best.lyapunov.lipschitz", float64(o.Lipschitz), v.beta, "that of the certificate")
				v.atMost("best.lyapunov.cocoercivity", float64(o.Cocoercive), v.alpha/v.beta/v.beta, "margin over Lipschitz constant squared")
			})
		}
		v.pass("of the metric, nothing rests on it", "best.lyapunov.condition")
	}
	longest := math.NaN()
	for _, s := range c.Steps {
		if s.Bound == diagonalStep {
			var x float64
			all.add("steps.max", divUp(1, float64(s.Max)), 1, whole, whole, &x, func(k []bracket, x float64) bool {
				for i := range v.n {
					if !(k[i*v.n+i].hi <= x) {
						return false
					}
				}
				return true
			})
			v.after = append(v.after, func() { longest = 1 / x })
		}
	}
	all.prove()
	for _, f := range v.after {
		f()
	}
	v.gainsOf(given)
	v.stepsOn(scalar, longest)
}

// bound of optima on a region has no witness that is known here.
func (v *cube) bound(at string, o *Optimum) {
	v.seen(at+".dual", at+".bound")
	if !math.IsNaN(float64(o.Bound)) {
		v.pass("that no weights do better is not checked on a region", at+".bound")
	}
}

// gainsOf are the claims that follow from mu, ell and coupling.
func (v *cube) gainsOf(given bool) {
	c := v.claim
	if given {
		v.seen("mu", "ell", "coupling")
	}
	v.margin("margins.sgn", float64(c.Margins.SGN), v.g.margin(v.w, float64(c.Margins.SGN)), v.g.size(v.w), "of mu and coupling at the weights")
	v.atLeast("gain", float64(c.Gain), v.g.gain(float64(c.Gain)), "spectral radius of diag(mu)^-1 L")
	v.atMost("supremum", float64(c.Supremum), v.g.supremum(float64(c.Supremum)), "some weights have this small-gain margin")
	v.bands(&v.g, v.w)
	v.margin("margins.signed", float64(c.Margins.Signed), v.true_, v.g.size(v.w), "no more than the true-block margin, which is proved")
	v.atMost("rate", float64(c.Rate), v.alpha, "the margin")
}

// diagonalStep bounds Euler steps in the max norm by the diagonal.
const diagonalStep = "0 < eta <= 1/max K_ii, max norm"

// stepsOn checks the steps of a nonlinear field. longest is that of the diagonal.
func (v *cube) stepsOn(scalar bool, longest float64) {
	c := v.claim
	k := constants{alpha: v.true_, beta: v.beta}
	if v.metric != nil {
		k.alpha = v.alpha
	}
	k.c = k.alpha / k.beta / k.beta
	v.atMost("cocoercivity", float64(c.Cocoercive), k.c, "margin over Lipschitz constant squared")
	most := map[string]float64{}
	for i, s := range c.Steps {
		if v.walls != nil && s.Scheme == "rk4" {
			v.strange(i, s)
			continue
		}
		switch s.Scheme + " " + s.Bound {
		case "euler 0 < eta < 2 alpha/beta^2, alpha sgn, beta of block norms":
			sgn, beta := v.g.margin(v.w), v.g.blockNorm(v.w)
			rule, _ := constants{alpha: sgn, beta: beta}.monotone(Step{Scheme: "euler", Bound: "2 alpha/beta^2"})
			most["euler"] = max(most["euler"], v.row(i, s, rule))
			continue
		case "euler rho(T(eta)) < 1, block max norm":
			most["euler"] = max(most["euler"], v.blockMaxRow(i, s, scalar, &v.g))
			continue
		case "euler " + diagonalStep:
			x := v.block
			most["euler"] = max(most["euler"], v.row(i, s, rule{theorem, longest, func(h float64) float64 { return 1 - h*x }}))
			if !(x > 0) {
				v.plain(pathOf("steps", i), false, "no margin of the max norm is proved")
			}
			continue
		}
		rule, ok := k.monotone(s)
		if s.Scheme == "flow" && (v.alpha > 0) {
			ok = ok && s.Bound == "exp(-alpha t)"
		} else if !(k.alpha > 0) {
			ok = false
		}
		if !ok {
			v.strange(i, s)
			continue
		}
		most[s.Scheme] = max(most[s.Scheme], v.row(i, s, rule))
	}
	v.largest(most)
	v.advice(map[string]constants{"weights": k}, v.alpha)
}

func nans(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = math.NaN()
	}
	return out
}

// refutedAt checks the eigenvalue that refutes, and the least real part, at the
// equilibrium.
func (v *cube) refutedAt() {
	c := v.claim
	if len(c.Equilibrium) != v.n {
		if c.Unstable != nil {
			v.seen("unstable.im", "unstable.vector")
			v.plain("unstable.re", false, "without an equilibrium")
		}
		return
	}
	x := floats(c.Equilibrium)
	if !allFinite(x) || !v.field.jacobian(v.k, x, x) {
		v.plain("equilibrium", false, "the Jacobian is not defined there")
		return
	}
	m := mat.NewDense(v.n, v.n, nil)
	for i := range v.n {
		for j := range v.n {
			m.Set(i, j, v.k[i*v.n+j].middle())
		}
	}
	if !allFinite(m.RawMatrix().Data) {
		v.plain("equilibrium", false, "the Jacobian is not bounded there")
		return
	}
	if u := c.Unstable; u != nil {
		v.seen("unstable.im", "unstable.vector")
		y := floats(u.Vector)
		if len(y) != v.n || !allFinite(y) {
			v.plain("unstable.re", false, fmt.Sprintf("expected a vector of %d finite numbers", v.n))
		} else {
			off := pairOff(m, y, float64(u.Re), float64(u.Im))
			v.add("unstable.re", float64(u.Re), off, u.Re < 0 && off <= 1e-7, "found is the relative residual of the eigenpair")
		}
	}
	v.abscissa(m)
}

// abscissa compares the least real part of eigenvalues, on which nothing rests, in
// floating point.
func (r *report) abscissa(m *mat.Dense) {
	a := float64(r.claim.Abscissa)
	var e mat.Eigen
	if math.IsNaN(a) {
		r.seen("spectral_abscissa")
		return
	}
	if !e.Factorize(m, mat.EigenNone) {
		r.pass("eigenvalues were not found", "spectral_abscissa")
		return
	}
	least := math.Inf(1)
	for _, z := range e.Values(nil) {
		least = min(least, real(z))
	}
	r.add("spectral_abscissa", a, least, math.Abs(a-least) <= 1e-7*mat.Norm(m, 2), "of the Jacobian at the equilibrium, in floating point")
}
