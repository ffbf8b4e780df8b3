package verify

import (
	"context"
	"fmt"
	"math"
	"math/big"

	"gonum.org/v1/gonum/mat"
)

// enclosed verifies a certificate on a box, of the method interval or of a grid with
// a proved slope: all constants on all of the box, by enclosures of f. dims are the coordinates per block.
func (r *report) enclosed(ctx context.Context, f field, dims []int) ([]Finding, error) {
	c := r.claim
	v := &cells{ctx: ctx, field: f, first: []int{0}}
	for _, d := range dims {
		v.n += d
		v.first = append(v.first, v.n)
	}
	v.k = make([]bracket, v.n*v.n)
	g := c.Region
	if g == nil || g.Shape != "box" || len(g.Lower) != v.n || len(g.Upper) != v.n {
		r.plain("region", false, fmt.Sprintf("expected a box of %d coordinates", v.n))
		return r.findings, nil
	}
	v.lower, v.upper = floats(g.Lower), floats(g.Upper)
	for i := range v.n {
		if !(v.lower[i] < v.upper[i]) || !finite(v.upper[i]-v.lower[i]) {
			r.plain("region", false, fmt.Sprintf("coordinate %d is from %g to %g", i, v.lower[i], v.upper[i]))
			return r.findings, nil
		}
	}
	r.refutedAt(v)
	if !c.Certified {
		r.plain("certified", true, "nothing is claimed on the region, so that nothing is proved of it")
		r.around(v, float64(c.Margin))
		return r.findings, ctx.Err()
	}
	alpha := r.marginOn(v)
	if !(alpha > 0) {
		return r.findings, ctx.Err() // the rest would be of no use
	}
	r.constantsOn(v)
	r.stepsOn(len(dims) == v.n)
	r.around(v, alpha)
	return r.findings, ctx.Err()
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

// marginOn is the margin of the certificate as far as it is proved.
func (r *report) marginOn(v *cells) float64 {
	c := r.claim
	claimed := float64(c.Margin)
	var holds func(k []bracket, x float64) bool
	whole := [2]int{0, v.n}
	switch {
	case c.Norm == "l2":
		holds = v.l2(floats(c.Weights))
		r.same("margins.true_block", float64(c.Margins.TrueBlock), claimed, 0)
	case c.Norm == "max" && len(c.Xi) == len(c.Blocks):
		holds = v.max(floats(c.Xi))
		r.same("margins.blockmax", float64(c.Margins.BlockMax), claimed, 0)
	default:
		r.plain("norm", false, fmt.Sprintf("found %q, expected l2, or max with xi", c.Norm))
		return math.NaN()
	}
	found, last := math.NaN(), proof{}
	var refuted []float64
	for _, part := range []float64{1 - relative, .99, .9, .5, .1, .001} {
		x := claimed * part
		if less := x - absolute*float64(c.Lipschitz); less > 0 {
			x = less
		}
		if refuted != nil && (!v.field.jacobian(v.k, refuted, refuted) || !holds(v.k, x)) {
			continue
		}
		last = v.prove(test{whole, whole, func(k []bracket) bool { return holds(k, x) }})[0]
		if last.holds {
			found = min(claimed, claimed*part*(1+2*relative))
			break
		}
		if last.at != nil {
			refuted = last.at
		}
	}
	note := fmt.Sprintf("proved on all of the region, %d cells", last.within)
	switch {
	case refuted != nil:
		note = fmt.Sprintf("not so at %.6g; proved is %.9g", refuted, found)
	case math.IsNaN(found):
		note = fmt.Sprintf("no part of it was proved within %d cells, which does not refute it", mostCells)
	case found < claimed:
		note = fmt.Sprintf("claimed %.9g; proved here, with %d cells, is %.9g only", claimed, last.within, found)
	}
	r.add("margin", claimed, found, found > 0 && refuted == nil, note)
	return found
}

// constantsOn are mu, ell, coupling, the Lipschitz constant and the margins beside
// that of the certificate.
func (r *report) constantsOn(v *cells) {
	c := r.claim
	blocks := len(c.Blocks)
	all := &batch{cells: v, r: r}
	if len(c.Mu) != blocks || len(c.Ell) != blocks || len(c.Coupling) != blocks {
		r.plain("mu, ell and coupling", len(c.Mu) == 0 && len(c.Ell) == 0 && len(c.Coupling) == 0, "")
	} else {
		for i := range blocks {
			own := [2]int{v.first[i], v.first[i+1]}
			all.add(fmt.Sprintf("mu[%d]", i), float64(c.Mu[i]), -1, own, own, func(k []bracket, x float64) bool {
				return monotone(symmetrised(v.part(k, own, own, nil)), x)
			})
			for j := range blocks {
				what, x := fmt.Sprintf("coupling[%d][%d]", i, j), float64(c.Coupling[i][j])
				if i == j {
					what, x = fmt.Sprintf("ell[%d]", i), float64(c.Ell[i])
				}
				other := [2]int{v.first[j], v.first[j+1]}
				all.add(what, x, 1, own, other, func(k []bracket, x float64) bool { return shorter(v.part(k, own, other, nil), x) })
			}
		}
		mu, l := floats(c.Mu), make([][]float64, blocks)
		for i := range l {
			l[i] = floats(c.Coupling[i])
		}
		w := floats(c.Weights)
		if x := float64(c.Margins.SGN); !math.IsNaN(x) {
			r.add("margins.sgn", x, math.NaN(), smallGain(w, mu, l, below(x, sizeOf(mu, l, w))), "of mu and coupling at the weights, exact")
		}
		if c.Band != nil {
			r.plain("timescale_band", ratios(c.Band, mu, l), "margins at both ends")
		}
		if x := float64(c.Gain); finite(x) {
			r.add("gain", x, math.NaN(), gainAtMost(x, mu, l), "spectral radius of diag(mu)^-1 L at most this")
		}
	}
	w := floats(c.Weights)
	scale, whole := v.roots(w), [2]int{0, v.n}
	all.add("lipschitz", float64(c.Lipschitz), 1, whole, whole, func(k []bracket, x float64) bool { return shorter(v.part(k, whole, whole, scale), x) })
	all.add("euclidean_margin", float64(c.Euclidean), -1, whole, whole, v.l2(ones(blocks)))
	if c.Norm != "l2" {
		all.add("margins.true_block", float64(c.Margins.TrueBlock), -1, whole, whole, v.l2(w))
	}
	if x := float64(c.Margins.BlockMax); c.Norm != "max" && len(c.Xi) == blocks {
		all.add("margins.blockmax", x, -1, whole, whole, v.max(floats(c.Xi)))
	} else if c.Norm != "max" && x > 0 {
		r.plain("margins.blockmax", false, "without xi")
	}
	for _, s := range c.Steps {
		if s.Bound == diagonalStep {
			all.add("step euler, "+s.Bound+": 1/max", divUp(1, float64(s.Max)), 1, whole, whole, func(k []bracket, x float64) bool {
				for i := range v.n {
					if !(k[i*v.n+i].hi <= x) {
						return false
					}
				}
				return true
			})
		}
	}
	all.prove()
	if x := float64(c.Margins.Signed); !math.IsNaN(x) {
		r.add("margins.signed", x, float64(c.Margins.TrueBlock), x <= float64(c.Margins.TrueBlock), "no more than the true-block margin, which is proved")
	}
}

// batch are claims that something holds on all of the box, proved together.
type batch struct {
	*cells
	r       *report
	claimed []float64
	what    []string
	tests   []test
}

// add claims a bound, from below for sign -1; NaN claims nothing.
func (b *batch) add(what string, claimed, sign float64, rows, columns [2]int, holds func(k []bracket, x float64) bool) {
	if math.IsNaN(claimed) {
		return
	}
	size := math.Abs(claimed)
	if l := float64(b.r.claim.Lipschitz); finite(l) {
		size = max(size, l)
	}
	x := claimed + sign*(relative*math.Abs(claimed)+absolute*size)
	b.claimed, b.what = append(b.claimed, claimed), append(b.what, what)
	b.tests = append(b.tests, test{rows, columns, func(k []bracket) bool { return finite(x) && holds(k, x) }})
}

func (b *batch) prove() {
	for i, p := range b.cells.prove(b.tests...) {
		note := fmt.Sprintf("on all of the region, %d cells", p.within)
		if !p.holds && p.at != nil {
			note = fmt.Sprintf("not so at %.6g", p.at)
		} else if !p.holds {
			note = fmt.Sprintf("not proved within %d cells, which does not refute it", mostCells)
		}
		b.r.add(b.what[i], b.claimed[i], math.NaN(), p.holds, note)
	}
}

// diagonalStep bounds Euler steps in the max norm by the diagonal.
const diagonalStep = "0 < eta <= 1/max K_ii, max norm"

// stepsOn checks the steps of a nonlinear field by the constants claimed, which
// are checked themselves; scalar: blocks have one coordinate each.
func (r *report) stepsOn(scalar bool) {
	c := r.claim
	alpha, beta := float64(c.Margins.TrueBlock), float64(c.Lipschitz)
	co := alpha / beta / beta
	if x := float64(c.Cocoercive); !math.IsNaN(x) {
		r.atMost("cocoercivity", x, co, 0)
	}
	for _, s := range c.Steps {
		switch s.Scheme + " " + s.Bound {
		case "flow exp(-alpha t)":
			r.flow(s)
		case "euler 0 < eta < 2 alpha/beta^2, l2 in the metric":
			if alpha > 0 {
				r.row(s, 2*co, func(h float64) float64 { return math.Sqrt(max(0, 1-2*h*alpha+h*h*beta*beta)) })
				continue
			}
			r.unknown(s)
		case "rk4 0 < h < 2 alpha/beta^2, stage points in the region, no projection":
			if alpha > 0 {
				r.row(s, 2*co, func(h float64) float64 { return rk4Factor(alpha, beta, co, h) })
				continue
			}
			r.unknown(s)
		case "euler 0 < eta < 2 alpha/beta^2, alpha sgn, beta of block norms":
			if sgn, beta := float64(c.Margins.SGN), blockNorm(floats(c.Weights), floats(c.Ell), c.Coupling); sgn > 0 {
				r.row(s, 2*sgn/beta/beta, func(h float64) float64 { return math.Sqrt(max(0, 1-2*h*sgn+h*h*beta*beta)) })
				continue
			}
			r.unknown(s)
		case "euler rho(T(eta)) < 1, block max norm":
			r.blockMax(s, scalar || s.Status == "theorem if own blocks are symmetric", floats(c.Mu), floats(c.Ell), c.Coupling)
		case "euler " + diagonalStep:
			x := float64(c.Margins.BlockMax)
			if !(x > 0) {
				r.unknown(s)
				continue
			}
			r.row(s, float64(s.Max), func(h float64) float64 { return 1 - h*x })
		default:
			r.unknown(s)
		}
	}
	r.largest()
}

// blockNorm is the norm of [√(wᵢ/wⱼ) Bᵢⱼ], of ell on and couplings off the diagonal.
func blockNorm(w, ell []float64, coupling [][]Number) float64 {
	b := mat.NewDense(len(w), len(w), nil)
	for i := range w {
		for j := range w {
			b.Set(i, j, math.Sqrt(w[i]/w[j])*float64(coupling[i][j]))
		}
		b.Set(i, i, ell[i])
	}
	var svd mat.SVD
	if !svd.Factorize(b, mat.SVDNone) {
		return math.Inf(1)
	}
	return svd.Values(nil)[0]
}

// blockMax checks ρ(T(η)) < 1 just below the largest step, and the factor.
// symmetric tells whether own blocks are, as the proof of the row takes them to be.
func (r *report) blockMax(s Step, symmetric bool, mu, ell []float64, coupling [][]Number) {
	n := len(mu)
	less := func(eta, bound float64) bool { // ρ(T(eta)) < bound
		if !finite(eta) || !(eta > 0) {
			return false
		}
		m := newMatrix(n, n)
		e, one := rat(eta), big.NewRat(1, 1)
		for i := range n {
			t := new(big.Rat).Abs(sub(one, mul(e, rat(mu[i]))))
			if u := new(big.Rat).Abs(sub(one, mul(e, rat(ell[i])))); u.Cmp(t) > 0 {
				t = u
			}
			for j := range n {
				m[i][j] = new(big.Rat).Neg(mul(e, rat(float64(coupling[i][j]))))
			}
			m[i][i] = sub(rat(bound), t)
		}
		return dominated(m)
	}
	what := "step " + s.Scheme + ", " + s.Bound
	if s.Max == 0 && s.Best == 0 && s.Factor == 1 {
		r.plain(what, true, "no step is claimed")
		return
	}
	r.add(what+": max", float64(s.Max), math.NaN(), symmetric && less(float64(s.Max)*(1-1e-9), 1), "spectral radius below 1 just under it")
	r.add(what+": factor", float64(s.Factor), math.NaN(), s.Best <= s.Max && less(float64(s.Best), float64(s.Factor)+1e-9), "spectral radius at the best step")
}

// around checks the zero and what is said of starts (section 7).
func (r *report) around(v *cells, alpha float64) {
	c, g := r.claim, r.claim.Region
	half := math.Inf(1)
	for i := range v.n {
		half = min(half, (v.upper[i]-v.lower[i])/2)
	}
	r.atMost("region.radius", float64(g.Radius), half, 0)
	if g.Centre == nil {
		r.plain("region.centre", c.Equilibrium == nil && !g.Unique && !(g.Invariant > 0), "no zero is claimed")
		return
	}
	x := floats(g.Centre)
	if len(x) != v.n || !allFinite(x) {
		r.plain("region.centre", false, fmt.Sprintf("found %d numbers, expected %d finite ones", len(x), v.n))
		return
	}
	same := c.Equilibrium == nil || len(c.Equilibrium) == v.n
	for i, y := range c.Equilibrium {
		same = same && y == g.Centre[i]
	}
	r.plain("equilibrium", same, "the centre")
	values := make([]bracket, v.n)
	if !v.field.value(values, x, x) {
		r.plain("residual", false, "the field is not defined at the centre")
		return
	}
	sum, most, ball := 0.0, 0.0, math.Inf(1)
	for b := range c.Blocks {
		for i := v.first[b]; i < v.first[b+1]; i++ {
			side, m, w := min(v.upper[i]-x[i], x[i]-v.lower[i]), values[i].mag(), float64(c.Weights[b])
			if c.Norm == "max" && len(c.Xi) > b {
				most = max(most, m/float64(c.Xi[b]))
				ball = min(ball, side/float64(c.Xi[b]))
			} else {
				sum += w * m * m
				ball = min(ball, side*math.Sqrt(w))
			}
		}
	}
	residual := max(most, math.Sqrt(sum))
	r.add("residual", float64(c.Residual), residual, float64(c.Residual) >= below(residual, 0)-1e-14*float64(v.n)*r.scale(v, x), "in the norm of the certificate")
	r.atMost("region.ball", float64(g.Ball), max(0, ball), 0)
	if !(c.Margin > 0) {
		r.plain("region.unique", !g.Unique && !(g.Invariant > 0), "without a margin nothing is known of zeros")
		return
	}
	distance := residual / alpha
	slack := 1e-14 * float64(v.n) * r.scale(v, x) / alpha
	r.add("region.distance", float64(g.Distance), distance, math.IsNaN(float64(g.Distance)) || float64(g.Distance) >= below(distance, 0)-slack, "residual over margin")
	if g.Unique {
		r.add("region.unique", ball, distance, distance <= above(ball, 0), "a zero lies within the ball")
	}
	if i := float64(g.Invariant); !math.IsNaN(i) {
		r.add("region.invariant", i, ball-2*distance, g.Unique && i <= above(max(0, ball-2*distance+2*slack), 0), "of the starts that stay")
	}
}

// scale is the size of the numbers the field is made of at x.
func (r *report) scale(v *cells, x []float64) float64 {
	if !v.field.jacobian(v.k, x, x) {
		return 0
	}
	most := 0.0
	for i := range v.n {
		for j := range v.n {
			most = max(most, v.k[i*v.n+j].mag()*max(1, math.Abs(x[j])))
		}
	}
	return most
}

// refutedAt checks the eigenvalue that refutes, and the least real part, at the
// equilibrium.
func (r *report) refutedAt(v *cells) {
	c := r.claim
	if len(c.Equilibrium) != v.n {
		if c.Unstable != nil {
			r.plain("unstable", false, "without an equilibrium")
		}
		return
	}
	x := floats(c.Equilibrium)
	if !allFinite(x) || !v.field.jacobian(v.k, x, x) {
		r.plain("equilibrium", false, "the Jacobian is not defined there")
		return
	}
	k := make([][]float64, v.n)
	m := mat.NewDense(v.n, v.n, nil)
	for i := range v.n {
		for j := range v.n {
			k[i] = append(k[i], v.k[i*v.n+j].middle())
			m.Set(i, j, k[i][j])
		}
	}
	if !allFinite(m.RawMatrix().Data) {
		r.plain("equilibrium", false, "the Jacobian is not bounded there")
		return
	}
	if c.Unstable != nil {
		r.unstable(c.Unstable, k)
	}
	var e mat.Eigen
	if math.IsNaN(float64(c.Abscissa)) || !e.Factorize(m, mat.EigenNone) {
		return
	}
	least := math.Inf(1)
	for _, z := range e.Values(nil) {
		least = min(least, real(z))
	}
	r.same("spectral_abscissa", float64(c.Abscissa), least, 1e-7*mat.Norm(m, 2))
}
