package search

import (
	"context"
	"fmt"
	"math"
	"math/big"

	"gonum.org/v1/gonum/mat"
)

// Quadratic verifies the certificate of a quadratic game, of the problem it holds.
func Quadratic(ctx context.Context, c *Claim) (*Result, error) {
	if c.Form != "quadratic" {
		return nil, fmt.Errorf("form: found %q, expected \"quadratic\"", c.Form)
	}
	q, err := readQuadratic(c.Problem)
	if err != nil {
		return nil, err
	}
	if len(q.Blocks) != len(c.Blocks) {
		return nil, fmt.Errorf("blocks: found %d, the problem has %d", len(c.Blocks), len(q.Blocks))
	}
	v := &quadraticCheck{report: newReport(c), q: q, w: floats(c.Weights), of: map[string]constants{}}
	v.metrics = []string{"true_block", "lyapunov"}
	if 2*q.n > exactOrder {
		v.slack = roundedSlack
	}
	for _, part := range []func(){v.words, v.curvatures, v.margins, v.weightings, v.spectrum, v.steps, v.place} {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		part()
	}
	return v.close(), nil
}

type quadraticCheck struct {
	*report
	q *quadraticGame
	w []float64

	g         gains                // proved
	alpha     float64              // proved, in the metric of the source
	rate      float64              // the largest proved
	of        map[string]constants // by metric of rows
	symmetric bool                 // own blocks of PG, up to rounding of the file
	gradient  bool                 // own blocks of J are symmetric
	convex    bool                 // and semidefinite
}

// words are the fields that say what is spoken of.
func (v *quadraticCheck) words() {
	c, q := v.claim, v.q
	v.common(c.ProblemDigest())
	v.is("game", c.Game, "a problem has no name", "")
	v.is("method", c.Method, "the Jacobian is constant", "exact")
	v.is("norm", c.Norm, "of the quadratic form", "l2")
	field := "plain"
	if q.Natural {
		field = "natural"
	}
	v.is("field", c.Field, "as the problem has it", field)
	v.players()
	v.gradient, v.convex = true, true
	for i := range q.Blocks {
		own := q.block(q.j, i, i)
		v.gradient = v.gradient && symmetricTo(own, 1e-12)
		v.convex = v.convex && semidefinite(symmetric(own))
	}
	v.concept(v.gradient, v.convex)
}

// concept is what a zero of the field is.
func (r *report) concept(gradient, convex bool) {
	right := []string{"zero"}
	if gradient {
		right = append(right, "first_order_nash")
		if convex {
			right = append(right, "nash")
		}
	}
	r.is("concept", r.claim.Concept, fmt.Sprintf("own blocks symmetric: %t, own curvature proved not negative: %t", gradient, gradient && convex), right...)
}

// symmetricTo tells whether m is symmetric up to part of its largest entry.
func symmetricTo(m matrix, part float64) bool {
	most, off := 0.0, 0.0
	for r := range m {
		for s := range m {
			most = max(most, math.Abs(float(m[r][s])))
			off = max(off, math.Abs(float(sub(m[r][s], m[s][r]))))
		}
	}
	return off <= part*most
}

// curvatures are mu, ell and coupling: proved, then compared.
func (v *quadraticCheck) curvatures() {
	q, c := v.q, v.claim
	v.symmetric = true
	v.seen("mu", "ell", "coupling.i", "coupling.j", "coupling.value")
	for i := range q.Blocks {
		own, p := q.block(q.a, i, i), q.block(q.p, i, i)
		s := symmetric(own)
		claimed := func(list []Number) float64 {
			if len(list) == 0 {
				return math.NaN()
			}
			return float64(list[i])
		}
		guess := normGuess(p, own, p)
		ell := least(func(x float64) bool { return bounds(x, p, own, p) }, guess, claimed(c.Ell), guess)
		mu := attain(func(x float64) bool { return semidefinite(minus(s, times(rat(x), p))) }, guess, claimed(c.Mu), formGuess(p, s))
		v.g.mu, v.g.ell = append(v.g.mu, mu), append(v.g.ell, ell)
		v.atMost(pathOf("mu", i), claimed(c.Mu), mu, "least eigenvalue of the own block")
		v.atLeast(pathOf("ell", i), claimed(c.Ell), ell, "norm of the own block")
		v.symmetric = v.symmetric && symmetricTo(own, 1e-12)
		row := make([]float64, len(q.Blocks))
		for j := range q.Blocks {
			l := c.Coupling.at(i, j)
			if i == j || c.Coupling.none() {
				if l != 0 {
					v.add(pathOf("coupling", i, j), l, 0, false, "expected 0 on the diagonal")
				}
				continue
			}
			b, o := q.block(q.a, i, j), q.block(q.p, j, j)
			guess := normGuess(p, b, o)
			row[j] = least(func(x float64) bool { return bounds(x, p, b, o) }, guess, l, guess)
			v.atLeast(pathOf("coupling", i, j), l, row[j], "norm of a block")
		}
		v.g.l = append(v.g.l, row)
	}
	if c.Coupling.none() {
		for i := range q.Blocks {
			for j := range q.Blocks {
				if i != j {
					p, b, o := q.block(q.p, i, i), q.block(q.a, i, j), q.block(q.p, j, j)
					guess := normGuess(p, b, o)
					v.g.l[i][j] = least(func(x float64) bool { return bounds(x, p, b, o) }, guess, guess)
				}
			}
		}
	}
	v.seen("coupling")
}

// signs bounds ‖w_i K_ij + w_j K_ji'‖₂ for all pairs.
func (v *quadraticCheck) signs(w []float64) func(i, j int) *big.Rat {
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
			size := w[i]*v.g.l[i][j] + w[j]*v.g.l[j][i]
			l := least(func(x float64) bool { return bounds(x, p, b, o) }, size, normGuess(p, b, o), size)
			if math.IsNaN(l) {
				return nil
			}
			found[i][j], found[j][i] = rat(l), rat(l)
		}
	}
	return func(i, j int) *big.Rat { return found[i][j] }
}

// dense is m in floating point.
func dense(m matrix) *mat.Dense {
	out := mat.NewDense(len(m), len(m[0]), nil)
	for i := range m {
		for j := range m[i] {
			out.Set(i, j, float(m[i][j]))
		}
	}
	return out
}

// inverseRoot is L⁻¹ of p = LL', nil if it is not found.
func inverseRoot(p matrix) *mat.Dense {
	n := len(p)
	s := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i + 1 {
			s.SetSym(i, j, float(p[i][j]))
		}
	}
	var c mat.Cholesky
	if !c.Factorize(s) {
		return nil
	}
	var l mat.TriDense
	c.LTo(&l)
	out, one := mat.NewDense(n, n, nil), mat.NewDense(n, n, nil)
	for i := range n {
		one.Set(i, i, 1)
	}
	if out.Solve(&l, one) != nil {
		return nil
	}
	return out
}

// normGuess is ‖p^-½ b r^-½‖₂ in floating point, formGuess the least eigenvalue of
// p^-½ s p^-½; NaN if they are not found.
func normGuess(p, b, r matrix) float64 {
	left, right := inverseRoot(p), inverseRoot(r)
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

func formGuess(p, s matrix) float64 {
	root := inverseRoot(p)
	if root == nil {
		return math.NaN()
	}
	var k mat.Dense
	k.Product(root, dense(s), root.T())
	sym := mat.NewSymDense(len(p), nil)
	for i := range len(p) {
		for j := range i + 1 {
			sym.SetSym(i, j, k.At(i, j)/2+k.At(j, i)/2)
		}
	}
	return leastEigenvalue(sym)
}

// margin is what is proved of a margin of a kind at weights w.
func (v *quadraticCheck) margin(kind string, w []float64, claimed float64) float64 {
	for _, y := range w {
		if !(y > 0) || !finite(2*y) {
			return math.NaN()
		}
	}
	if !v.g.finite() || len(w) != len(v.q.Blocks) {
		return math.NaN()
	}
	size := v.g.size(w)
	switch kind {
	case "sgn":
		return v.sharper(kind, w, claimed, v.g.margin(w, claimed))
	case "signed":
		off := v.signs(w)
		if off == nil {
			return math.NaN()
		}
		s := mat.NewSymDense(len(w), nil)
		for i := range w {
			s.SetSym(i, i, v.g.mu[i])
			for j := range i {
				s.SetSym(i, j, -float(off(i, j))/2/math.Sqrt(w[i])/math.Sqrt(w[j]))
			}
		}
		return v.sharper(kind, w, claimed, attain(func(x float64) bool { return finite(x) && semidefinite(comparison(w, v.g.mu, x, off)) }, size, claimed, leastEigenvalue(s)))
	case "true_block":
		a, p := symmetric(v.q.weighted(w, v.q.a)), v.q.weighted(w, v.q.p)
		return attain(func(x float64) bool { return finite(x) && semidefinite(minus(a, times(rat(x), p))) }, size, claimed, formGuess(p, a))
	}
	return math.NaN()
}

// inMetric are the constants in the metric m with m G = a: given are what is
// claimed of them.
func (v *quadraticCheck) inMetric(a, m matrix, alpha, beta, c float64) constants {
	s := symmetric(a)
	guess := normGuess(m, a, m)
	k := constants{alpha: attain(func(x float64) bool { return finite(x) && semidefinite(minus(s, times(rat(x), m))) }, guess, alpha, formGuess(m, s))}
	k.beta = least(func(x float64) bool { return bounds(x, m, a, m) }, guess, beta, guess)
	// sym(A) ≥ c A' M⁻¹ A, without the inverse.
	cocoercive := func(x float64) bool {
		return x > 0 && finite(1/x) && semidefinite(pencil(times(new(big.Rat).Inv(rat(x)), m), a, s))
	}
	k.c = attain(cocoercive, c, c, k.alpha/k.beta/k.beta)
	if !(k.c > 0) {
		k.c = math.NaN()
	}
	return k
}

func (v *quadraticCheck) margins() {
	c, q := v.claim, v.q
	for _, x := range []struct {
		kind    string
		claimed Number
	}{{"sgn", c.Margins.SGN}, {"signed", c.Margins.Signed}, {"true_block", c.Margins.TrueBlock}} {
		v.report.margin("margins."+x.kind, float64(x.claimed), v.margin(x.kind, v.w, float64(x.claimed)), v.g.size(v.w), "at the weights")
	}
	own := v.inMetric(q.weighted(v.w, q.a), q.weighted(v.w, q.p), float64(c.Margins.TrueBlock), float64(c.Lipschitz), float64(c.Cocoercive))
	v.seen("best.kind", "best.margin", "best.weights")
	v.rate = math.Inf(-1)
	v.optima()
	switch c.Source {
	case "sgn", "signed", "true_block":
		v.alpha = v.margin(c.Source, v.w, float64(c.Margin))
	case "lyapunov":
		own = v.of["lyapunov"]
		v.alpha = own.alpha
	default:
		v.alpha = math.NaN()
	}
	v.is("source", c.Source, "whose margin it is", "sgn", "signed", "true_block", "lyapunov")
	own.alpha = v.alpha
	v.of["weights"] = own
	if !v.has("steps.metric") {
		v.of[""] = own
	}
	if v.alpha > v.rate {
		v.rate = v.alpha
	}
	v.report.margin("margin", float64(c.Margin), v.alpha, v.g.size(v.w), "by the "+c.Source+" test")
	v.report.margin("rate", float64(c.Rate), v.rate, v.g.size(v.w), "the largest margin that is proved")
	v.atLeast("lipschitz", float64(c.Lipschitz), own.beta, "norm of the Jacobian in the metric")
	v.atMost("cocoercivity", float64(c.Cocoercive), own.c, "in the metric")
	v.ladder(v.alpha > 0, "exact up to rounding")
	unit := identity(q.n)
	s := symmetric(q.j)
	v.report.margin("euclidean_margin", float64(c.Euclidean), attain(func(x float64) bool { return finite(x) && semidefinite(minus(s, times(rat(x), unit))) }, q.size, float64(c.Euclidean)), q.size, "least eigenvalue of the symmetric matrix")
}

func identity(n int) matrix {
	m := newMatrix(n, n)
	for i := range n {
		m[i][i] = big.NewRat(1, 1)
	}
	return m
}

// optima are the entries of best.
func (v *quadraticCheck) optima() {
	c, q := v.claim, v.q
	for _, b := range c.Best.list() {
		o, at := b.o, "best."+b.kind
		if o == nil {
			continue
		}
		value := float64(o.Value)
		var k constants
		if b.kind == "lyapunov" {
			m, ok := metricOf(o.Metric, q.n)
			v.seen(at + ".metric")
			if !ok {
				if !math.IsNaN(value) || o.Metric != nil {
					v.plain(at+".metric", false, fmt.Sprintf("expected %d by %d, symmetric and positive definite", q.n, q.n))
				}
				v.seen(at + ".value")
				continue
			}
			v.plain(at+".metric", true, "symmetric and positive definite")
			a := product(m, q.jacobian())
			k = v.inMetric(a, m, value, float64(o.Lipschitz), float64(o.Cocoercive))
			v.pass("of the metric, nothing rests on it", at+".condition")
		} else {
			w := floats(o.Weights)
			v.seen(at + ".weights")
			if len(w) != len(v.w) {
				v.plain(at+".weights", math.IsNaN(value) && w == nil, "a margin needs its weights")
				v.seen(at + ".value")
				continue
			}
			k = constants{v.margin(b.kind, w, value), math.NaN(), math.NaN()}
			if b.kind == "true_block" {
				k = v.inMetric(q.weighted(w, q.a), q.weighted(w, q.p), value, float64(o.Lipschitz), float64(o.Cocoercive))
			}
		}
		v.report.margin(at+".value", value, k.alpha, v.g.size(v.w), "at its weights or in its metric")
		v.atLeast(at+".lipschitz", float64(o.Lipschitz), k.beta, "in its metric")
		v.atMost(at+".cocoercivity", float64(o.Cocoercive), k.c, "in its metric")
		v.of[b.kind] = k
		if k.alpha > v.rate {
			v.rate = k.alpha
		}
		v.bound(at, o)
	}
}

// bound checks that no weights do better. Z = Σ y y' proves it of the true-block
// margin: with w > 0 of margin t, Σ w_i (⟨Z, E_i P G⟩ - t ⟨Z, E_i P⟩) ≥ 0, so that
// t ≤ b if all ⟨Z, E_i P G⟩ ≤ b ⟨Z, E_i P⟩ and some right factor is not 0.
func (v *quadraticCheck) bound(at string, o *Optimum) {
	q := v.q
	if math.IsNaN(float64(o.Bound)) {
		v.seen(at+".bound", at+".dual")
		return
	}
	if len(o.Dual) == 0 {
		v.seen(at + ".dual")
		v.pass("that no weights do better was given no witness", at+".bound")
		return
	}
	n := len(q.Blocks)
	left, right := make([]*big.Rat, n), make([]*big.Rat, n)
	for i := range n {
		left[i], right[i] = new(big.Rat), new(big.Rat)
	}
	ok := at == "best.true_block"
	for _, row := range o.Dual {
		y := floats(row)
		if ok = ok && len(y) == q.n && allFinite(y); !ok {
			break
		}
		for i := range n {
			for r := q.first[i]; r < q.first[i+1]; r++ {
				a, p := new(big.Rat), new(big.Rat)
				for s := range q.n {
					a.Add(a, mul(q.a[r][s], rat(y[s])))
					p.Add(p, mul(q.p[r][s], rat(y[s])))
				}
				left[i].Add(left[i], a.Mul(a, rat(y[r])))
				right[i].Add(right[i], p.Mul(p, rat(y[r])))
			}
		}
	}
	found := math.Inf(-1)
	for i := range n {
		switch right[i].Sign() {
		case 1:
			found = max(found, float(quo(left[i], right[i])))
		default:
			ok = ok && left[i].Sign() <= 0
		}
	}
	v.seen(at + ".dual")
	v.add(at+".bound", float64(o.Bound), found, ok && finite(found) && float64(o.Bound) >= found-relative*math.Abs(found), "no weights have a larger margin, by the dual")
}

// metricOf reads a symmetric positive definite matrix.
func metricOf(rows [][]Number, n int) (matrix, bool) {
	m, ok := symmetricOf(rows, n)
	if !ok {
		return nil, false
	}
	// Definite if semidefinite less a little.
	for i := range m {
		if m[i][i].Sign() <= 0 {
			return nil, false
		}
	}
	return m, definite(m)
}

func symmetricOf(rows [][]Number, n int) (matrix, bool) {
	if len(rows) != n {
		return nil, false
	}
	m := newMatrix(n, n)
	for i, row := range rows {
		if len(row) != n || !allFinite(floats(row)) {
			return nil, false
		}
		for j, x := range row {
			if i < len(rows) && len(rows[j]) == n && rows[j][i] != x {
				return nil, false
			}
			m[i][j] = rat(float64(x))
		}
	}
	return m, true
}

// product is a b, exactly.
func product(a, b matrix) matrix {
	out := newMatrix(len(a), len(b[0]))
	for i := range a {
		for k, x := range a[i] {
			if x.Sign() == 0 {
				continue
			}
			for j, y := range b[k] {
				if y.Sign() != 0 {
					out[i][j].Add(out[i][j], mul(x, y))
				}
			}
		}
	}
	return out
}
