package verify

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"math/cmplx"
	"slices"

	"gonum.org/v1/gonum/mat"

	"arbiter/internal/strict"
)

// mostOrder bounds the matrices of quadratic games that are verified.
const mostOrder = 256

type quadraticProblem struct {
	Kind       string
	Provenance string
	Blocks     []int
	Matrix     [][]float64
	Offset     []float64
	Metric     [][][]float64
	Natural    bool
}

// quadratic is a quadratic game in rationals. With P the metrics and G the
// Jacobian of the field, K = P^½ G P^-½ is never formed: a = P G (J if natural),
// and what is claimed of K becomes, by congruence with P^½, a claim about a and P.
type quadratic struct {
	quadraticProblem
	first []int
	n     int
	p     matrix // all metrics, block-diagonal
	a     matrix // P G
	g     [][]float64
	size  float64 // of G, roughly
}

func readQuadratic(body []byte) (*quadratic, error) {
	q := &quadratic{}
	if line, err := strict.Decode(body, "problem", &q.quadraticProblem); err != nil {
		return nil, fmt.Errorf("problem, line %d: %w", line, err)
	}
	if q.Kind != "quadratic_game" {
		return nil, fmt.Errorf("problem.kind: found %q, expected \"quadratic_game\"", q.Kind)
	}
	for i, d := range q.Blocks {
		if d < 1 || d > mostOrder {
			return nil, fmt.Errorf("problem.blocks[%d]: found %d, expected 1 to %d", i, d, mostOrder)
		}
		q.first = append(q.first, q.n)
		if q.n += d; q.n > mostOrder {
			return nil, fmt.Errorf("problem.blocks: more than %d dimensions, too many to verify", mostOrder)
		}
	}
	q.first = append(q.first, q.n)
	var err error
	square := func(name string, m [][]float64, n int) {
		if err == nil && len(m) != n {
			err = fmt.Errorf("problem.%s: found %d rows, expected %d", name, len(m), n)
		}
		for r, row := range m {
			if err == nil && len(row) != n {
				err = fmt.Errorf("problem.%s[%d]: found %d numbers, expected %d", name, r, len(row), n)
			}
		}
	}
	square("matrix", q.Matrix, q.n)
	if q.Metric != nil && len(q.Metric) != len(q.Blocks) {
		return nil, fmt.Errorf("problem.metric: found %d matrices, expected %d", len(q.Metric), len(q.Blocks))
	}
	large := func(name string, x float64) {
		if err == nil && math.Abs(x) > 1e100 {
			err = fmt.Errorf("problem.%s: found %g, expected at most 1e100 in size", name, x)
		}
	}
	for _, row := range append(append([][]float64{q.Offset}, q.Matrix...), slices.Concat(q.Metric...)...) {
		for _, x := range row {
			large("matrix, offset and metric", x)
		}
	}
	for i, p := range q.Metric {
		square(fmt.Sprintf("metric[%d]", i), p, q.Blocks[i])
	}
	if q.Offset == nil {
		q.Offset = make([]float64, q.n)
	}
	if err == nil && len(q.Offset) != q.n {
		err = fmt.Errorf("problem.offset: found %d numbers, expected %d", len(q.Offset), q.n)
	}
	if err != nil {
		return nil, err
	}
	return q, q.form()
}

// form fills p, a and g.
func (q *quadratic) form() error {
	n := q.n
	j := newMatrix(n, n)
	full := mat.NewDense(n, n, nil)
	for r, row := range q.Matrix {
		for c, x := range row {
			j[r][c] = rat(x)
			full.Set(r, c, x)
		}
	}
	q.p, q.a = newMatrix(n, n), j
	for i := range n {
		q.p[i][i] = big.NewRat(1, 1)
	}
	for b, m := range q.Metric {
		block := newMatrix(len(m), len(m))
		for r, row := range m {
			for c := range row {
				block[r][c] = rat(row[c])
			}
		}
		block = symmetric(block)
		trace := new(big.Rat)
		for r := range block {
			trace.Add(trace, block[r][r])
		}
		little := newMatrix(len(m), len(m))
		for r := range block {
			little[r][r] = mul(rat(1e-15), trace)
		}
		if trace.Sign() <= 0 || !semidefinite(minus(block, little)) {
			return fmt.Errorf("problem.metric[%d]: not positive definite", b)
		}
		for r := range block {
			copy(q.p[q.first[b]+r][q.first[b]:], block[r])
		}
	}
	if q.Metric != nil && !q.Natural {
		q.a = newMatrix(n, n)
		for b := range q.Metric {
			for r := q.first[b]; r < q.first[b+1]; r++ {
				for c := range n {
					for k := q.first[b]; k < q.first[b+1]; k++ {
						q.a[r][c].Add(q.a[r][c], mul(q.p[r][k], j[k][c]))
					}
				}
			}
		}
	}
	g := full
	if q.Metric != nil && q.Natural {
		p := mat.NewDense(n, n, nil)
		for r := range n {
			for c := range n {
				p.Set(r, c, float(q.p[r][c]))
			}
		}
		g = mat.NewDense(n, n, nil)
		if err := g.Solve(p, full); err != nil {
			return fmt.Errorf("problem.metric: %w", err)
		}
	}
	for r := range n {
		q.g = append(q.g, append([]float64(nil), g.RawRowView(r)...))
	}
	q.size = mat.Norm(g, 2)
	return nil
}

// block is the part of m with the rows of block i and the columns of block j.
func (q *quadratic) block(m matrix, i, j int) matrix {
	out := newMatrix(q.first[i+1]-q.first[i], 0)
	for r := range out {
		out[r] = m[q.first[i]+r][q.first[j]:q.first[j+1]]
	}
	return out
}

// weighted multiplies the rows of every block of m by its weight.
func (q *quadratic) weighted(w []float64, m matrix) matrix {
	out := newMatrix(q.n, 0)
	for i := range q.Blocks {
		x := rat(w[i])
		for r := q.first[i]; r < q.first[i+1]; r++ {
			for _, v := range m[r] {
				out[r] = append(out[r], mul(x, v))
			}
		}
	}
	return out
}

// bounds tells whether ‖P^-½ b R^-½‖₂ ≤ l, p and r positive definite: whether
// [[l p, b], [b', l r]] is semidefinite.
func bounds(l float64, p, b, r matrix) bool {
	if !finite(l) || l < 0 {
		return false
	}
	return semidefinite(pencil(times(rat(l), p), b, times(rat(l), r)))
}

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

// margin tells whether a margin of a kind is proved at weights w.
func (v *quadraticCheck) margin(kind string, w []float64, x float64) bool {
	if !finite(x) || !allFinite(v.mu) || len(w) != len(v.q.Blocks) {
		return false
	}
	for _, y := range w {
		if !(y > 0) || !finite(2*y) {
			return false
		}
	}
	x = below(x, v.size(w))
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

func (v *quadraticCheck) margins() {
	c, q := v.claim, v.q
	alpha := float64(c.Margin)
	for _, x := range []struct {
		kind    string
		claimed Number
	}{{"sgn", c.Margins.SGN}, {"signed", c.Margins.Signed}, {"true_block", c.Margins.TrueBlock}} {
		if !math.IsNaN(float64(x.claimed)) {
			v.add("margins."+x.kind, float64(x.claimed), math.NaN(), v.margin(x.kind, v.w, float64(x.claimed)), "at the weights, exact")
		}
	}
	v.add("margin", alpha, math.NaN(), v.margin(c.Source, v.w, alpha), "by the "+c.Source+" test at the weights")
	for i, b := range c.Best {
		v.add(fmt.Sprintf("best[%d]: %s", i, b.Kind), float64(b.Margin), math.NaN(), v.margin(b.Kind, floats(b.Weights), float64(b.Margin)), "at its weights")
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

// unstable checks that the vector claimed is the real part of an eigenvector of g
// whose eigenvalue has a negative real part: (g² - 2 re g + |λ|²) v = 0, or g v =
// re v.
func (r *report) unstable(u *Unstable, g [][]float64) {
	n := len(g)
	if len(u.Vector) != n {
		r.plain("unstable.vector", false, fmt.Sprintf("found %d numbers, expected %d", len(u.Vector), n))
		return
	}
	x := floats(u.Vector)
	re, im := float64(u.Re), float64(u.Im)
	apply := func(x []float64) ([]float64, float64) {
		out, size := make([]float64, n), 0.0
		for i := range n {
			for j := range n {
				out[i] += g[i][j] * x[j]
				size = max(size, math.Abs(g[i][j]))
			}
		}
		return out, size
	}
	y, size := apply(x)
	residual := make([]float64, n)
	scale := size * float64(n)
	for i := range residual {
		residual[i] = y[i] - re*x[i]
	}
	if im != 0 {
		z, _ := apply(y)
		for i := range residual {
			residual[i] = z[i] - 2*re*y[i] + (re*re+im*im)*x[i]
		}
		scale *= size * float64(n)
	}
	norm := func(x []float64) (s float64) {
		for _, v := range x {
			s = math.Hypot(s, v)
		}
		return s
	}
	found := norm(residual) / norm(x) / scale
	r.add("unstable", re, found, re < 0 && found <= 1e-7, "relative residual of the eigenpair")
}

// constants of the stability region of RK4 (section 6).
const (
	rk4Disc     = 1.392646781702641
	rk4HalfDisc = 2.615587688256707
)

func eulerFactor(alpha, c, h float64) float64 {
	return math.Sqrt(max(0, 1-alpha*(2*h-h*h/c)))
}

func rk4Factor(alpha, beta, c, h float64) float64 {
	x := h * beta
	p, q := max(0, 1-x/2), max(0, 1-x*(1+x/2))
	return math.Sqrt(max(0, 1-alpha*(2*h-h*h/c)*(1./6+2./3*p*p+q*q/6)))
}

func (v *quadraticCheck) steps() {
	c := v.claim
	if len(c.Steps) > 0 && !(c.Margin > 0) {
		v.plain("steps", false, "found rows without a positive margin")
		return
	}
	alpha, beta, co := v.alpha, v.beta, v.c
	plainEuler := alpha / (beta * beta)
	values := v.balanced()
	for _, s := range c.Steps {
		constant := false // of those Jacobians only
		switch s.Scheme + " " + s.Bound {
		case "flow exp(-alpha t)":
			v.flow(s)
		case "euler 2 alpha/beta^2":
			v.row(s, 2*plainEuler, func(h float64) float64 { return math.Sqrt(max(0, 1-2*h*alpha+h*h*beta*beta)) })
		case "euler 2c":
			v.row(s, 2*co, func(h float64) float64 { return eulerFactor(alpha, co, h) })
		case "rk4 h < 2c":
			v.row(s, 2*co, func(h float64) float64 { return rk4Factor(alpha, beta, co, h) })
		case "euler rho(T(eta)) < 1, block max norm":
			v.blockMax(s)
		case "rk4 2 r c, r = 1.3926: norm at most 1":
			constant = true
			v.row(s, 2*rk4Disc*co, nil)
		case "rk4 h <= 2c: 3/8 + q/3 + q^2/4 + q^4/24, q the Euler factor":
			constant = true
			v.row(s, 2*co, func(h float64) float64 {
				q := eulerFactor(alpha, co, h)
				return 3./8 + q/3 + q*q/4 + q*q*q*q/24
			})
		case "rk4 2.6156/beta: spectral radius < 1, no norm":
			constant = true
			v.row(s, rk4HalfDisc/beta, nil)
		default:
			v.unknown(s)
			v.eigenSteps(s, values)
			continue
		}
		if constant && s.Status == "theorem" {
			v.plain("step "+s.Scheme+", "+s.Bound+": status", false, "a theorem of constant Jacobians only")
		}
	}
	v.largest()
}

// blockMax checks ρ(T(η)) < 1 just below the largest step, and the factor.
func (v *quadraticCheck) blockMax(s Step) {
	n := len(v.mu)
	less := func(eta, bound float64) bool { // ρ(T(eta)) < bound
		if !finite(eta) || !(eta > 0) {
			return false
		}
		m := newMatrix(n, n)
		e, one := rat(eta), big.NewRat(1, 1)
		for i := range n {
			t := new(big.Rat).Abs(sub(one, mul(e, rat(v.mu[i]))))
			if u := new(big.Rat).Abs(sub(one, mul(e, rat(v.ell[i])))); u.Cmp(t) > 0 {
				t = u
			}
			for j := range n {
				m[i][j] = new(big.Rat).Neg(mul(e, rat(v.coupling[i][j])))
			}
			m[i][i] = sub(rat(bound), t)
		}
		return dominated(m)
	}
	what := "step " + s.Scheme + ", " + s.Bound
	if s.Max == 0 && s.Best == 0 && s.Factor == 1 {
		v.plain(what, true, "no step is claimed")
		return
	}
	v.add(what+": max", float64(s.Max), math.NaN(), v.symmetric && less(float64(s.Max)*(1-1e-9), 1), "spectral radius below 1 just under it")
	v.add(what+": factor", float64(s.Factor), math.NaN(), s.Best <= s.Max && less(float64(s.Best), float64(s.Factor)+1e-9), "spectral radius at the best step")
}

// eigenSteps compares what is said of eigenvalues in floating point.
func (v *quadraticCheck) eigenSteps(s Step, values []complex128) {
	if s.Bound != "spectral radius < 1" {
		return
	}
	h := float64(s.Max) * (1 - 1e-6)
	worst := 0.0
	for _, l := range values {
		z := -complex(h, 0) * l
		p := 1 + z
		if s.Scheme == "rk4" {
			p = 1 + z*(1+z/2*(1+z/3*(1+z/4)))
		}
		worst = max(worst, cmplx.Abs(p))
	}
	v.add("step "+s.Scheme+", "+s.Bound+": radius just below max", 1, worst, worst <= 1+1e-9, "floating point")
}

// place checks the zero and the region (section 7).
func (v *quadraticCheck) place() {
	c, q := v.claim, v.q
	if c.Equilibrium != nil {
		x := floats(c.Equilibrium)
		if len(x) != q.n || !allFinite(x) {
			v.plain("equilibrium", false, fmt.Sprintf("found %d numbers, expected %d finite ones", len(x), q.n))
			return
		}
		found, size := q.residual(x)
		rounding := float64(q.n+1) * ulp * size
		v.add("residual", float64(c.Residual), found, found <= above(float64(c.Residual), 0)+rounding && found <= 1e-6*size, "of J x + c, exact")
	}
	g := c.Region
	if g == nil {
		v.plain("region", false, "none")
		return
	}
	if g.Shape != "all" && g.Shape != "ball" {
		v.plain("region", false, fmt.Sprintf("found a %q, expected all or ball: the Jacobian is the same everywhere, a cube is no basin", g.Shape))
		return
	}
	centre := floats(g.Centre)
	if g.Shape == "all" {
		centre = floats(c.Equilibrium)
	}
	if g.Shape == "ball" {
		v.atMost("region.ball", float64(g.Ball), float64(g.Radius), 0)
	}
	if !g.Unique {
		if i := float64(g.Invariant); i > 0 {
			v.add("region.invariant", i, 0, false, "no zero is claimed inside")
		}
		return
	}
	if !c.Certified || len(centre) != q.n || !allFinite(centre) {
		v.plain("region.unique", false, "needs a certificate and a centre")
		return
	}
	r, size := q.inMetric(v.w, centre)
	rounding := 4 * float64(q.n+1) * ulp * size
	distance := r / v.alpha
	v.add("region.distance", float64(g.Distance), distance, float64(g.Distance) >= below(distance, 0)-rounding/v.alpha, "residual over margin, in the metric")
	if g.Shape == "ball" {
		v.add("region.unique", float64(g.Radius), distance, distance <= above(float64(g.Radius), 0), "the zero lies inside")
		v.atMost("region.invariant", float64(g.Invariant), float64(g.Radius)-2*distance+2*rounding/v.alpha, 0)
	}
}

// field is F(x) exactly, and the size of the numbers summed.
func (q *quadratic) field(x []float64) (f []*big.Rat, size float64) {
	for r, row := range q.Matrix {
		sum, big := rat(q.Offset[r]), math.Abs(q.Offset[r])
		for k, y := range row {
			sum.Add(sum, mul(rat(y), rat(x[k])))
			big += math.Abs(y * x[k])
		}
		f = append(f, sum)
		size = math.Hypot(size, big)
	}
	return f, size
}

func (q *quadratic) residual(x []float64) (norm, size float64) {
	f, size := q.field(x)
	for _, y := range f {
		norm = math.Hypot(norm, float(y))
	}
	return norm, size
}

// inMetric is |G(x)| in the metric and the size of the numbers it is made of.
func (q *quadratic) inMetric(w, x []float64) (norm, size float64) {
	f, big := q.field(x)
	sum, weight := 0.0, 0.0
	for i := range q.Blocks {
		from, to := q.first[i], q.first[i+1]
		part := mat.NewVecDense(to-from, nil)
		p := mat.NewDense(to-from, to-from, nil)
		for r := from; r < to; r++ {
			part.SetVec(r-from, float(f[r]))
			for s := from; s < to; s++ {
				p.Set(r-from, s-from, float(q.p[r][s]))
			}
		}
		var y mat.VecDense
		if q.Natural && q.Metric != nil {
			// |P⁻¹F|_P² = F' P⁻¹ F
			if y.SolveVec(p, part) != nil {
				return math.NaN(), math.NaN()
			}
			weight = max(weight, math.Sqrt(w[i]*mat.Norm(p, 2)))
		} else {
			y.MulVec(p, part)
			weight = max(weight, math.Sqrt(w[i]*mat.Norm(p, 2)))
		}
		sum += w[i] * mat.Dot(&y, part)
	}
	return math.Sqrt(max(0, sum)), big * weight
}
