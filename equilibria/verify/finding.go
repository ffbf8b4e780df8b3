package verify

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Finding is a claim, what was found of it, and whether it holds. Numbers that do
// not apply are NaN.
type Finding struct {
	What    string
	Claimed float64
	Found   float64
	Holds   bool
	Note    string
}

// Holds tells whether all findings do, and that there are some.
func Holds(findings []Finding) bool {
	return len(findings) > 0 && !slices.ContainsFunc(findings, func(f Finding) bool { return !f.Holds })
}

// Relative and absolute slack of claims: see the package.
const relative, absolute = 1e-9, 1e-12

// below is x less the slack, above x and the slack; size is that of the numbers x
// is made of.
func below(x, size float64) float64 { return x - relative*math.Abs(x) - absolute*size }
func above(x, size float64) float64 { return x + relative*math.Abs(x) + absolute*size }

// report collects findings.
type report struct {
	claim    *Claim
	findings []Finding
}

func (r *report) add(what string, claimed, found float64, holds bool, note string) {
	r.findings = append(r.findings, Finding{what, claimed, found, holds, note})
}

// plain is a finding without numbers.
func (r *report) plain(what string, holds bool, note string) {
	r.add(what, math.NaN(), math.NaN(), holds, note)
}

// atMost wants the claim at most what was found, for safe steps and radii; atLeast
// the reverse, for factors and bounds.
func (r *report) atMost(what string, claimed, found, size float64) {
	r.add(what, claimed, found, claimed <= above(found, size), "")
}

func (r *report) atLeast(what string, claimed, found, size float64) {
	r.add(what, claimed, found, claimed >= below(found, size), "")
}

// same wants both equal up to slack, or both not to apply.
func (r *report) same(what string, claimed, found, tolerance float64) {
	holds := claimed == found || math.IsNaN(claimed) && math.IsNaN(found) || math.Abs(claimed-found) <= tolerance
	r.add(what, claimed, found, holds, "")
}

func proves(method string) bool {
	switch method {
	case "exact", "analytic", "interval", "grid+lipschitz":
		return true
	}
	return false
}

// ladder checks that certified and verdict are what method and margin allow, and
// that the method is one of the form.
func (c *Claim) ladder(methods ...string) *report {
	r := &report{claim: c}
	m := float64(c.Margin)
	r.plain("method", slices.Contains(methods, c.Method), fmt.Sprintf("%s, of the %s form", c.Method, c.Form))
	certified := proves(c.Method) && m > 0 && !math.IsInf(m, 1) && c.Unstable == nil
	r.add("certified", m, math.NaN(), c.Certified == certified, fmt.Sprintf("claimed %t; method %s and margin make it %t", c.Certified, c.Method, certified))
	verdict := "sampled evidence only"
	switch {
	case c.Unstable != nil:
		verdict = "refuted"
	case !(m > 0):
		verdict = "not certified"
	case c.Method == "exact":
		verdict = "exact up to rounding"
	case proves(c.Method):
		verdict = "proven"
	}
	r.plain("verdict", c.Verdict == verdict, fmt.Sprintf("claimed %q; method and margin make it %q", c.Verdict, verdict))
	if rate := float64(c.Rate); !math.IsNaN(rate) {
		r.atMost("rate", rate, m, 0)
	}
	return r
}

// sampled is all there is to say of points.
func (r *report) sampled() []Finding {
	r.plain("sampled", !r.claim.Certified, fmt.Sprintf("%d points prove nothing about what lies between them: nothing to verify", r.claim.Samples))
	return r.findings
}

// largest steps are those of rows that are theorems.
func (r *report) largest() {
	most := map[string]float64{"euler": 0, "rk4": 0}
	for _, s := range r.claim.Steps {
		if s.Status == "theorem" {
			most[s.Scheme] = max(most[s.Scheme], float64(s.Max))
		}
	}
	for _, x := range []struct {
		what, scheme string
		claimed      Number
	}{{"euler_max_step", "euler", r.claim.EulerMax}, {"rk4_max_step", "rk4", r.claim.RK4Max}} {
		if !math.IsNaN(float64(x.claimed)) {
			r.atMost(x.what, float64(x.claimed), most[x.scheme], 0)
		}
	}
}

// row checks a step whose largest value and factor at a step are known. NaN claims
// nothing. largest may be +Inf.
func (r *report) row(s Step, largest float64, factor func(h float64) float64) {
	what := fmt.Sprintf("step %s, %s", s.Scheme, s.Bound)
	if !math.IsNaN(float64(s.Max)) {
		r.atMost(what+": max", float64(s.Max), largest, 0)
	}
	if math.IsNaN(float64(s.Factor)) {
		return
	}
	h := float64(s.Best)
	if factor == nil || math.IsNaN(h) || h > above(largest, 0) || h <= 0 {
		r.add(what+": factor", float64(s.Factor), math.NaN(), false, "no factor is a theorem there")
		return
	}
	// Factors are roots: near 0 their squares are what rounding allows to compare.
	claimed, found := float64(s.Factor), factor(h)
	r.add(what+": factor", claimed, found, claimed >= below(found, 1) || claimed >= 0 && claimed*claimed >= found*found-absolute, "")
}

// unknown is a row of which no theorem is known here; it must claim none.
func (r *report) unknown(s Step) {
	theorem := strings.HasPrefix(s.Status, "theorem")
	r.plain(fmt.Sprintf("step %s, %s", s.Scheme, s.Bound), !theorem && math.IsNaN(float64(s.Factor)),
		fmt.Sprintf("status %q; no theorem of this row is known", s.Status))
}

// flow is the row of continuous time.
func (r *report) flow(s Step) {
	r.plain("step flow, "+s.Bound, r.claim.Margin > 0 && math.IsNaN(float64(s.Factor)), "holds for every time at a positive margin")
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
