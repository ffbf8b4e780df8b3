package search

import (
	"fmt"
	"math"
	"math/big"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// constants of the stability region of RK4 (section 6).
const (
	rk4Disc     = 1.392646781702641
	rk4HalfDisc = 2.615587688256707
)

// Statuses of rows.
var (
	theorem    = []string{"theorem"}
	constantly = []string{"theorem, constant Jacobian"}
	guideline  = []string{"guideline", "guideline, no certificate"}
)

// constants are what the rows of steps rest on in one metric: the margin from
// below, the Lipschitz constant from above, cocoercivity from below; all proved.
type constants struct{ alpha, beta, c float64 }

// rule is what is known of a row: the largest step, and the factor at a step, nil
// if no factor is known.
type rule struct {
	status []string
	max    float64 // proved; NaN if nothing is
	factor func(h float64) float64
}

// root is that of a square of a factor, 0 if that is no more than its rounding.
func root(x float64) float64 {
	if x < 8*ulp {
		return 0
	}
	return math.Sqrt(x)
}

func eulerFactor(alpha, c, h float64) float64 { return root(1 - alpha*(2*h-h*h/c)) }

func rk4Factor(alpha, beta, c, h float64) float64 {
	x := h * beta
	p, q := max(0, 1-x/2), max(0, 1-x*(1+x/2))
	return root(1 - alpha*(2*h-h*h/c)*(1./6+2./3*p*p+q*q/6))
}

// monotone is the rule of a row that holds of all fields with these constants on a
// convex region, linear or not; ok is false of other rows.
func (k constants) monotone(s Step) (rule, bool) {
	a, b := k.alpha, k.beta
	e := a / b / b
	plain := func(h float64) float64 { return root(1 - 2*h*a + h*h*b*b) }
	switch s.Scheme + " " + s.Bound {
	case "flow exp(-alpha t)":
		return rule{theorem, math.Inf(1), nil}, true
	case "euler 2 alpha/beta^2", "euler 0 < eta < 2 alpha/beta^2, l2 in the metric":
		return rule{theorem, 2 * e, plain}, true
	case "euler 2c":
		return rule{theorem, 2 * k.c, func(h float64) float64 { return eulerFactor(a, k.c, h) }}, true
	case "rk4 h < 2c":
		return rule{theorem, 2 * k.c, func(h float64) float64 { return rk4Factor(a, b, k.c, h) }}, true
	case "rk4 0 < h < 2 alpha/beta^2, stage points in the region, no projection":
		return rule{theorem, 2 * e, func(h float64) float64 { return rk4Factor(a, b, e, h) }}, true
	case "rk4 2.5/beta", "rk4 h <= 2.5/beta":
		return rule{guideline, 2.5 / b, nil}, true
	case "extragradient h < 1/beta":
		// |x+|² ≤ |x|² - (1-h²β²)|x-y|² - 2hα|y|², y the middle point; the least of
		// the last two where their distances sum to |x|.
		return rule{theorem, 1 / b, func(h float64) float64 {
			m := 1 - h*b*h*b
			return root(1 - 2*h*a*m/(m+2*h*a))
		}}, true
	case "optimistic h <= 1/(alpha+sqrt(alpha^2+4beta^2))":
		// From 2hα + 4h²β² ≤ 1, in |x|² + h²β²|y-y'|² of the last two middle points.
		return rule{theorem, 1 / (a + math.Sqrt(a*a+4*b*b)), func(h float64) float64 { return root(1 - h*a) }}, true
	}
	return rule{}, false
}

// ofConstant is the rule of a row that holds of constant Jacobians only.
func (k constants) ofConstant(s Step) (rule, bool) {
	switch s.Scheme + " " + s.Bound {
	case "rk4 2 r c, r = 1.3926: norm at most 1":
		return rule{constantly, 2 * rk4Disc * k.c, nil}, true
	case "rk4 h <= 2c: 3/8 + q/3 + q^2/4 + q^4/24, q the Euler factor":
		return rule{constantly, 2 * k.c, func(h float64) float64 {
			q := eulerFactor(k.alpha, k.c, h)
			return 3./8 + q/3 + q*q/4 + q*q*q*q/24
		}}, true
	case "rk4 2.6156/beta: spectral radius < 1, no norm":
		return rule{constantly, rk4HalfDisc / k.beta, nil}, true
	}
	return rule{}, false
}

// inMetricOf wants row i to speak of a metric there is.
func (r *report) inMetricOf(i int, s Step, right ...string) {
	if r.has("steps.metric") {
		r.is(pathOf("steps", i)+".metric", s.Metric, "of the row", append(right, "weights")...)
	}
}

// row checks row i by its rule and tells the largest step that is a theorem of it.
func (r *report) row(i int, s Step, k rule) float64 {
	at := pathOf("steps", i)
	text := s.Scheme + ", " + s.Bound
	r.seen("steps.scheme", "steps.bound")
	r.inMetricOf(i, s, r.metrics...)
	r.is(at+".status", s.Status, text, k.status...)
	r.atMost(at+".max", float64(s.Max), k.max, text)
	if proved := k.status[0] != guideline[0]; proved && !(k.max > 0) {
		r.plain(at, false, text+": no step of this row is proved")
	}
	h, claimed := float64(s.Best), float64(s.Factor)
	if k.factor == nil {
		r.silent(i, s, text+": no step is best and no factor is known")
		h, claimed = math.NaN(), math.NaN()
	}
	if !math.IsNaN(h) {
		r.add(at+".best", h, k.max, h > 0 && (h <= k.max || finite(h) && h-k.max <= r.slack*h), text)
	} else {
		r.seen("steps.best")
	}
	if !math.IsNaN(claimed) {
		found := math.NaN()
		if k.factor != nil && h > 0 {
			found = k.factor(min(h, k.max))
		}
		// What is claimed is by how much a square falls, up to its rounding.
		holds := claimed >= 0 && (claimed >= found || 1-claimed*claimed <= (1-found*found)*(1+r.slack)+4*ulp)
		r.add(at+".factor", claimed, found, holds, text)
	} else {
		r.seen("steps.factor")
	}
	if k.status[0] != theorem[0] || !(k.max > 0) {
		return 0
	}
	return k.max
}

// silent wants a row to name neither a best step nor a factor.
func (r *report) silent(i int, s Step, why string) {
	r.seen("steps.best", "steps.factor")
	for field, x := range map[string]Number{"best": s.Best, "factor": s.Factor} {
		if !math.IsNaN(float64(x)) {
			r.add(pathOf("steps", i)+"."+field, float64(x), math.NaN(), false, why)
		}
	}
}

// strange is a row of which nothing is known here.
func (r *report) strange(i int, s Step) {
	r.seen("steps.scheme", "steps.max", "steps.best", "steps.factor", "steps.status", "steps.metric")
	r.plain(pathOf("steps", i)+".bound", false, fmt.Sprintf("%.40s, %.80s: no theorem of this row is known", s.Scheme, s.Bound))
}

// largest are the longest steps of rows that are theorems, as proved.
func (r *report) largest(most map[string]float64) {
	r.atMost("euler_max_step", float64(r.claim.EulerMax), most["euler"], "the longest of a theorem")
	r.atMost("rk4_max_step", float64(r.claim.RK4Max), most["rk4"], "the longest of a theorem")
}

// blockNorm is the norm of [√(wᵢ/wⱼ) Bᵢⱼ], of ell on and couplings off the diagonal,
// raised by its rounding.
func (g *gains) blockNorm(w []float64) float64 {
	n := len(w)
	b := mat.NewDense(n, n, nil)
	for i := range w {
		for j := range w {
			b.Set(i, j, math.Sqrt(w[i]/w[j])*g.l[i][j])
		}
		b.Set(i, i, g.ell[i])
	}
	var svd mat.SVD
	if !allFinite(b.RawMatrix().Data) || !svd.Factorize(b, mat.SVDNone) {
		return math.Inf(1)
	}
	return svd.Values(nil)[0] * (1 + 16*float64(n)*ulp)
}

// transition tells whether ρ(T(eta)) < bound, T(eta) as in section 5: the factor
// of Euler steps in a max norm over blocks whose own Jacobians are symmetric.
func (g *gains) transition(eta, bound float64) bool {
	if !finite(eta) || !(eta > 0) || !finite(bound) || !g.finite() || !allFinite(g.ell) {
		return false
	}
	n := len(g.mu)
	m := newMatrix(n, n)
	e, one := rat(eta), big.NewRat(1, 1)
	for i := range n {
		t := new(big.Rat).Abs(sub(one, mul(e, rat(g.mu[i]))))
		if u := new(big.Rat).Abs(sub(one, mul(e, rat(g.ell[i])))); u.Cmp(t) > 0 {
			t = u
		}
		for j := range n {
			m[i][j] = new(big.Rat).Neg(mul(e, rat(g.l[i][j])))
		}
		m[i][i] = sub(rat(bound), t)
	}
	return dominated(m)
}

// blockMaxRow checks ρ(T(η)) < 1 at the largest step, which proves all below it as
// ρ is convex in η and 1 at 0, and the factor. conditional tells that the status may only
// say what symmetric blocks would give.
func (r *report) blockMaxRow(i int, s Step, symmetric bool, g *gains) float64 {
	at, text := pathOf("steps", i), s.Scheme+", "+s.Bound
	r.seen("steps.scheme", "steps.bound", "steps.max", "steps.best", "steps.factor")
	r.inMetricOf(i, s)
	status := []string{"theorem if own blocks are symmetric"}
	if symmetric {
		status = append(status, "theorem")
	}
	r.is(at+".status", s.Status, text, status...)
	longest := 0.0
	if s.Max > 0 {
		if x := attain(func(h float64) bool { return g.transition(h, 1) }, float64(s.Max), float64(s.Max)); x > 0 {
			longest = x
		}
	}
	r.atMost(at+".max", float64(s.Max), longest, text+": spectral radius below 1")
	h, factor := float64(s.Best), float64(s.Factor)
	if !math.IsNaN(h) {
		r.add(at+".best", h, longest, h > 0 && (h <= longest || finite(h) && h-longest <= r.slack*h), text)
	}
	if factor >= 1 {
		r.add(at+".factor", factor, 1, true, text+": nothing is claimed")
	} else if !math.IsNaN(factor) {
		proved := least(func(x float64) bool { return g.transition(h, x) }, 1, factor)
		holds := factor >= proved || 1-factor <= (1-proved)*(1+r.slack)+8*ulp
		r.add(at+".factor", factor, proved, holds, text+": spectral radius at the best step")
	}
	if s.Status == "theorem" {
		return longest
	}
	return 0
}

// pathOf is a path with indices.
func pathOf(field string, index ...int) string {
	for _, i := range index {
		field += fmt.Sprintf("[%d]", i)
	}
	return field
}

// advice checks use, noise, model_error and learning_rates: by the rows, whose
// constants of metrics are given.
func (r *report) advice(of map[string]constants, rate float64) {
	c := r.claim
	if u := c.Use; u != nil {
		r.seen("use.scheme", "use.bound", "use.metric")
		k := slices.IndexFunc(c.Steps, func(s Step) bool { return s.Scheme == u.Scheme && s.Bound == u.Bound && s.Metric == u.Metric })
		if k < 0 {
			r.plain("use", false, "no row of steps is this one")
			r.seen("use.step", "use.factor")
		} else {
			s := c.Steps[k]
			r.plain("use", s.Status == "theorem", "a row that is a theorem")
			r.add("use.step", float64(u.Step), float64(s.Best), u.Step > 0 && u.Step <= s.Max && u.Step == s.Best, "the best step of the row")
			r.add("use.factor", float64(u.Factor), float64(s.Factor), u.Factor == s.Factor, "that of the row")
		}
	}
	if n := c.Noise; n != nil {
		// E|x+|² ≤ q² E|x|² + h²σ² of steps with the factor q.
		found := math.Inf(1)
		h := float64(n.Step)
		for _, s := range c.Steps {
			if s.Scheme != n.Scheme || n.Scheme != "euler" || s.Metric != n.Metric {
				continue
			}
			if k, ok := of[n.Metric].monotone(s); ok && k.factor != nil && h > 0 && h < k.max {
				q := k.factor(h)
				found = min(found, h/math.Sqrt(1-q*q))
			}
		}
		r.seen("noise.scheme", "noise.step", "noise.metric")
		r.atLeast("noise.per_noise", float64(n.PerNoise), found, "step over sqrt(1 - factor²), at its step")
	}
	if m := c.ModelError; m != nil {
		r.seen("model_error.metric")
		rate := rate
		if k, ok := of[m.Metric]; ok {
			rate = k.alpha
		} else if r.has("model_error.metric") {
			rate = math.NaN()
		}
		r.atLeast("model_error.distance", float64(m.Distance), 1/rate, "one over the margin in its metric")
		r.atMost("model_error.jacobian", float64(m.Jacobian), rate, "the margin in its metric")
	}
}
