package verify

import (
	"context"
	"fmt"
	"math"
	"math/big"

	"gonum.org/v1/gonum/mat"
)

// Quadratic verifies the certificate of a quadratic game, of the problem it holds.
func Quadratic(ctx context.Context, c *Claim) ([]Finding, error) {
	if c.Form != "quadratic" {
		return nil, fmt.Errorf("form: found %q, expected \"quadratic\"", c.Form)
	}
	q, err := readQuadratic(c.Problem)
	if err != nil {
		return nil, err
	}
	if len(q.Blocks) != len(c.Blocks) || len(c.Mu) != len(c.Blocks) || len(c.Coupling) != len(c.Blocks) || len(c.Ell) != len(c.Blocks) {
		return nil, fmt.Errorf("blocks: found %d with %d mu, %d ell and %d rows of coupling, expected %d of each", len(c.Blocks), len(c.Mu), len(c.Ell), len(c.Coupling), len(q.Blocks))
	}
	r := c.ladder("exact")
	r.findings = append(r.findings, c.SameDigest(c.ProblemDigest()))
	field := "plain"
	if q.Natural {
		field = "natural"
	}
	r.plain("field", c.Field == field, fmt.Sprintf("claimed %q, the problem has %q", c.Field, field))
	v := &quadraticCheck{report: r, q: q, w: floats(c.Weights)}
	for _, part := range []func(){v.constants, v.margins, v.weightings, v.spectrum, v.steps, v.place} {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		part()
	}
	return r.findings, nil
}

type quadraticCheck struct {
	*report
	q *quadratic
	w []float64

	mu, ell   []float64
	coupling  [][]float64
	alpha     float64 // claimed, as beta and c, which is cocoercivity
	beta, c   float64
	symmetric bool // own blocks of K
}

// constants are mu, ell and coupling.
func (v *quadraticCheck) constants() {
	q, c := v.q, v.claim
	v.mu, v.ell = floats(c.Mu), floats(c.Ell)
	v.symmetric = true
	for i := range q.Blocks {
		own, p := q.block(q.a, i, i), q.block(q.p, i, i)
		mu := v.mu[i]
		ok := finite(mu) && semidefinite(minus(symmetric(own), times(rat(below(mu, v.ell[i])), p)))
		v.add(fmt.Sprintf("mu[%d]", i), mu, math.NaN(), ok, "least eigenvalue of the own block")
		v.add(fmt.Sprintf("ell[%d]", i), v.ell[i], math.NaN(), bounds(above(v.ell[i], q.size), p, own, p), "norm of the own block")
		for r := range own {
			for s := range r {
				d := math.Abs(float(sub(own[r][s], own[s][r])))
				v.symmetric = v.symmetric && d <= 1e-11*math.Abs(v.ell[i])*math.Sqrt(float(p[r][r]))*math.Sqrt(float(p[s][s]))
			}
		}
		row := floats(c.Coupling[i])
		v.coupling = append(v.coupling, row)
		for j, l := range row {
			if i == j {
				v.add(fmt.Sprintf("coupling[%d][%d]", i, j), l, 0, l == 0, "")
				continue
			}
			ok := bounds(above(l, q.size), p, q.block(q.a, i, j), q.block(q.p, j, j))
			v.add(fmt.Sprintf("coupling[%d][%d]", i, j), l, math.NaN(), ok, "norm of a block")
		}
	}
}

// signs bounds ‖w_i K_ij + w_j K_ji'‖₂ for all pairs: guesses of floating point,
// raised until they are proved.
func (v *quadraticCheck) signs(w []float64) (func(i, j int) *big.Rat, bool) {
	q := v.q
	n := len(w)
	found := newMatrix(n, n)
	for i := range n {
		for j := range i {
			b := newMatrix(q.Blocks[i], q.Blocks[j])
			for r := range b {
				for s := range b[r] {
					x, y := q.a[q.first[i]+r][q.first[j]+s], q.a[q.first[j]+s][q.first[i]+r]
					b[r][s] = add(mul(rat(w[i]), x), mul(rat(w[j]), y))
				}
			}
			p, o := q.block(q.p, i, i), q.block(q.p, j, j)
			guess := normGuess(p, b, o)
			ok := false
			for _, slack := range []float64{1e-12, 1e-11, 1e-10} {
				l := guess*(1+slack) + slack*math.Sqrt(w[i]*w[j])*q.size*1e-1
				if ok = bounds(l, p, b, o); ok {
					found[i][j], found[j][i] = rat(l), rat(l)
					break
				}
			}
			if !ok {
				return nil, false
			}
		}
	}
	return func(i, j int) *big.Rat { return found[i][j] }, true
}

// normGuess is ‖p^-½ b r^-½‖₂ in floating point.
func normGuess(p, b, r matrix) float64 {
	dense := func(m matrix) *mat.Dense {
		out := mat.NewDense(len(m), len(m[0]), nil)
		for i := range m {
			for j := range m[i] {
				out.Set(i, j, float(m[i][j]))
			}
		}
		return out
	}
	inverse := func(m matrix) *mat.Dense {
		n := len(m)
		s := mat.NewSymDense(n, nil)
		for i := range n {
			for j := range n {
				s.SetSym(i, j, float(m[i][j]))
			}
		}
		var c mat.Cholesky
		if !c.Factorize(s) {
			return nil
		}
		var l mat.TriDense
		c.LTo(&l)
		out := mat.NewDense(n, n, nil)
		one := mat.NewDense(n, n, nil)
		for i := range n {
			one.Set(i, i, 1)
		}
		if out.Solve(&l, one) != nil {
			return nil
		}
		return out
	}
	left, right := inverse(p), inverse(r)
	if left == nil || right == nil {
		return math.NaN()
	}
	var k mat.Dense
	k.Product(left, dense(b), right.T())
	var svd mat.SVD
	if !allFinite(k.RawMatrix().Data) || !svd.Factorize(&k, mat.SVDNone) {
		return math.NaN()
	}
	return svd.Values(nil)[0]
}

// margin tells whether a margin of a kind is proved at weights w, without slack.
func (v *quadraticCheck) margin(kind string, w []float64, x float64) bool {
	if !finite(x) || !allFinite(v.mu) || len(w) != len(v.q.Blocks) {
		return false
	}
	for _, y := range w {
		if !(y > 0) || !finite(2*y) {
			return false
		}
	}
	switch kind {
	case "sgn":
		return smallGain(w, v.mu, v.coupling, x)
	case "signed":
		off, ok := v.signs(w)
		return ok && semidefinite(comparison(w, v.mu, x, off))
	case "true_block":
		a := symmetric(v.q.weighted(w, v.q.a))
		return semidefinite(minus(a, times(rat(x), v.q.weighted(w, v.q.p))))
	}
	return false
}

func (v *quadraticCheck) size(w []float64) float64 { return sizeOf(v.mu, v.coupling, w) }

// best tells whether a margin at weights of its own is proved.
func (v *quadraticCheck) best(b Best) bool {
	w := floats(b.Weights)
	return len(w) == len(v.w) && v.margin(b.Kind, w, below(float64(b.Margin), v.size(w)))
}

func (v *quadraticCheck) margins() {
	c, q := v.claim, v.q
	alpha := float64(c.Margin)
	for _, x := range []struct {
		kind    string
		claimed Number
	}{{"sgn", c.Margins.SGN}, {"signed", c.Margins.Signed}, {"true_block", c.Margins.TrueBlock}} {
		if !math.IsNaN(float64(x.claimed)) {
			v.add("margins."+x.kind, float64(x.claimed), math.NaN(), v.margin(x.kind, v.w, below(float64(x.claimed), v.size(v.w))), "at the weights, exact")
		}
	}
	v.add("margin", alpha, math.NaN(), v.margin(c.Source, v.w, below(alpha, v.size(v.w))), "by the "+c.Source+" test at the weights")
	if c.Certified {
		v.plain("margin above 0", alpha > 0 && v.margin(c.Source, v.w, alpha/2), "half of it, without slack")
	}
	for i, b := range c.Best {
		v.add(fmt.Sprintf("best[%d]: %s", i, b.Kind), float64(b.Margin), math.NaN(), v.best(b), "at its weights")
	}
	v.alpha, v.beta, v.c = alpha, float64(c.Lipschitz), float64(c.Cocoercive)
	a, p := q.weighted(v.w, q.a), q.weighted(v.w, q.p)
	if !math.IsNaN(v.beta) {
		v.add("lipschitz", v.beta, math.NaN(), bounds(above(v.beta, 0), p, a, p), "norm of the Jacobian in the metric")
	}
	if !math.IsNaN(v.c) {
		ok := v.c <= 0
		if co := below(v.c, 0); co > 0 {
			// sym(WA) ≥ c (WA)' M⁻¹ (WA), without the inverse.
			ok = finite(1/co) && semidefinite(pencil(times(rat(1/co), p), a, symmetric(a)))
		}
		v.add("cocoercivity", v.c, math.NaN(), ok, "in the metric")
	}
	j := newMatrix(q.n, q.n)
	for r, row := range q.Matrix {
		for s, x := range row {
			j[r][s] = rat(x)
		}
	}
	unit := newMatrix(q.n, q.n)
	for i := range q.n {
		unit[i][i] = big.NewRat(1, 1)
	}
	v.between("euclidean_margin", float64(c.Euclidean), q.size, func(x float64) bool {
		return semidefinite(minus(symmetric(j), times(rat(x), unit)))
	})
}

// between checks a number that is claimed as the largest for which something is
// true: it is true a little below, and not a little above.
func (v *quadraticCheck) between(what string, x, size float64, holds func(float64) bool) {
	if math.IsNaN(x) {
		return
	}
	slack := 1e-8*math.Abs(x) + 1e-10*size
	ok := finite(x) && holds(below(x, size)) && !holds(x+slack)
	v.add(what, x, math.NaN(), ok, "true below, false above")
}

// weightings are what is said of other weights: gain, supremum, bands.
func (v *quadraticCheck) weightings() {
	c, n := v.claim, len(v.w)
	if !allFinite(v.mu) {
		return
	}
	reached := func(x float64) bool { return dominated(curved(1, v.mu, x, v.coupling)) }
	size := v.size(ones(n))
	v.between("supremum", float64(c.Supremum), size, reached)
	v.between("margins.blockmax", float64(c.Margins.BlockMax), size, reached)
	if !math.IsNaN(float64(c.Margins.BlockMax)) {
		v.plain("margins.blockmax: own blocks", v.symmetric, "symmetric")
	}
	if gain := float64(c.Gain); finite(gain) {
		v.add("gain", gain, math.NaN(), gainAtMost(gain, v.mu, v.coupling), "spectral radius of diag(mu)^-1 L at most this")
	}
	inside := func(w []float64) bool { return v.margin("sgn", w, 0) }
	if c.Band != nil {
		v.plain("timescale_band", ratios(c.Band, v.mu, v.coupling), "margins at both ends")
	}
	for i, band := range c.Bands {
		if len(band) != 2 || i >= n {
			v.plain(fmt.Sprintf("bands[%d]", i), false, "expected two numbers for a block")
			continue
		}
		if math.IsNaN(float64(band[0])) {
			continue
		}
		ok := true
		low, high := ends(band)
		for _, x := range []float64{low, high} {
			w := append([]float64(nil), v.w...)
			if w[i] = x; band[0] != band[1] {
				ok = ok && inside(w)
			}
		}
		v.plain(fmt.Sprintf("bands[%d]", i), ok, "margins at both ends")
	}
	if k := float64(c.BoxFactor); k > 1 && n <= 10 {
		k = min(k*(1-1e-6), 1e30)
		ok := true
		for corner := range 1 << (n - 1) {
			w := append([]float64(nil), v.w...)
			for i := 1; i < n; i++ {
				if corner>>(i-1)&1 == 0 {
					w[i] *= k
				} else {
					w[i] /= k
				}
			}
			ok = ok && (k <= 1 || inside(w))
		}
		v.add("box_factor", float64(c.BoxFactor), math.NaN(), ok, "margins at all corners")
	}
}

func ones(n int) []float64 {
	w := make([]float64, n)
	for i := range w {
		w[i] = 1
	}
	return w
}

// spectrum compares eigenvalues in floating point, and checks the pair that
// refutes.
func (v *quadraticCheck) spectrum() {
	c, q := v.claim, v.q
	if u := c.Unstable; u != nil {
		v.unstable(u, q.g)
	}
	values := v.balanced()
	if values == nil {
		return
	}
	least := math.Inf(1)
	for _, x := range values {
		least = min(least, real(x))
	}
	// A multiple eigenvalue is only known to the root of the rounding.
	tolerance := 1e-7 * (v.size(v.w) + q.size)
	if !math.IsNaN(float64(c.Abscissa)) {
		v.same("spectral_abscissa", float64(c.Abscissa), least, tolerance)
		v.same("margins.lyapunov", float64(c.Margins.Lyapunov), float64(c.Abscissa), 0)
	}
	if c.Certified {
		v.atMost("margin and abscissa", float64(c.Margin), least+tolerance, 0)
	}
}

// balanced are the eigenvalues of G, in the units of the weights.
func (v *quadraticCheck) balanced() []complex128 {
	q := v.q
	m := mat.NewDense(q.n, q.n, nil)
	for i := range q.Blocks {
		for r := q.first[i]; r < q.first[i+1]; r++ {
			for j := range q.Blocks {
				for s := q.first[j]; s < q.first[j+1]; s++ {
					x := q.g[r][s] * math.Sqrt(v.w[i]/v.w[j])
					if !finite(x) {
						return nil
					}
					m.Set(r, s, x)
				}
			}
		}
	}
	var e mat.Eigen
	if !e.Factorize(m, mat.EigenNone) {
		return nil
	}
	return e.Values(nil)
}
