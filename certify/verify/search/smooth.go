package search

import (
	"context"
	"fmt"
	"math"
	"slices"

	"arbiter/internal/strict"
)

// mostVariables bounds the coordinates of a smooth game.
const mostVariables = 64

type smoothProblem struct {
	Kind       string
	Provenance string
	Blocks     []int
	Field      []string
	Costs      []string
	Parameters map[string]float64
	Region     *struct{ Lower, Upper []float64 }
	Box        *struct{ Lower, Upper []*float64 }
}

// formulas are a field and its derivatives in symbols, and room to evaluate them.
type formulas struct {
	sheet
	n          int
	fields     []int
	slopes     []int // [n × n]
	values     []bracket
	ofField    []bool // terms that the field needs
	ofSlopes   []bool
	elementary functions
}

// newFormulas derives what p says: a field, or costs, one per block.
func newFormulas(p *smoothProblem, n int) (*formulas, error) {
	f := &formulas{n: n}
	if p.Costs == nil {
		for k, text := range p.Field {
			i, err := f.read(text, n, p.Parameters)
			if err != nil {
				return nil, fmt.Errorf("problem.field[%d]: %w", k, err)
			}
			f.fields = append(f.fields, i)
		}
	}
	for k, text := range p.Costs {
		i, err := f.read(text, n, p.Parameters)
		if err != nil {
			return nil, fmt.Errorf("problem.costs[%d]: %w", k, err)
		}
		for range p.Blocks[k] {
			f.fields = append(f.fields, f.derive(i, len(f.fields), map[int]int{}))
		}
		if len(f.terms) > mostTerms {
			return nil, fmt.Errorf("problem.costs: more than %d operations with derivatives, too many to be verified", mostTerms)
		}
	}
	done := make([]map[int]int, n)
	for v := range done {
		done[v] = map[int]int{}
	}
	for _, i := range f.fields {
		for v := range n {
			f.slopes = append(f.slopes, f.derive(i, v, done[v]))
			if len(f.terms) > mostTerms {
				return nil, fmt.Errorf("problem.field: more than %d operations with derivatives, too many to be verified", mostTerms)
			}
		}
	}
	f.values = make([]bracket, len(f.terms))
	needed := func(roots ...[]int) []bool {
		out := make([]bool, len(f.terms))
		for _, list := range roots {
			for _, i := range list {
				out[i] = true
			}
		}
		for i := len(out) - 1; i >= 0; i-- {
			t := f.terms[i]
			if !out[i] || t.op == '#' || t.op == 'x' {
				continue
			}
			out[t.l], out[t.r] = true, true
			if t.op == 'U' {
				out[t.n] = true
			}
		}
		return out
	}
	// A slope says nothing where its field is not defined.
	f.ofField, f.ofSlopes = needed(f.fields), needed(f.fields, f.slopes)
	return f, nil
}

func (f *formulas) value(dst []bracket, lower, upper []float64) bool {
	if !f.evaluate(f.values, f.ofField, lower, upper, &f.elementary) {
		return false
	}
	for k, i := range f.fields {
		dst[k] = f.values[i]
	}
	return true
}

func (f *formulas) jacobian(dst []bracket, lower, upper []float64) bool {
	if !f.evaluate(f.values, f.ofSlopes, lower, upper, &f.elementary) {
		return false
	}
	for k, i := range f.slopes {
		dst[k] = f.values[i]
	}
	return true
}

// gradient tells whether the field is known to be every player's own gradient: own
// blocks of one coordinate, or costs, or slopes that are the same in symbols.
func (f *formulas) gradient(blocks []int) bool {
	from := 0
	for _, d := range blocks {
		for r := from; r < from+d; r++ {
			for c := from; c < r; c++ {
				if f.slopes[r*f.n+c] != f.slopes[c*f.n+r] {
					return false
				}
			}
		}
		from += d
	}
	return true
}

// readSmooth reads the problem, n its coordinates; region and walls are resolved.
func readSmooth(body []byte) (p *smoothProblem, n int, w *walls, err error) {
	p = &smoothProblem{}
	if line, err := strict.Decode(body, "problem", p); err != nil {
		return nil, 0, nil, fmt.Errorf("problem, line %d: %w", line, err)
	}
	for i, d := range p.Blocks {
		if d < 1 || d > mostVariables {
			return nil, 0, nil, fmt.Errorf("problem.blocks[%d]: found %d, expected 1 to %d", i, d, mostVariables)
		}
		n += d
	}
	switch {
	case p.Kind != "smooth_game":
		return nil, 0, nil, fmt.Errorf("problem.kind: found %.60q, expected \"smooth_game\"", p.Kind)
	case n == 0 || n > mostVariables:
		return nil, 0, nil, fmt.Errorf("problem.blocks: found %d coordinates, expected 1 to %d", n, mostVariables)
	case (p.Field == nil) == (p.Costs == nil):
		return nil, 0, nil, fmt.Errorf("problem: expected one of field and costs")
	case p.Field != nil && len(p.Field) != n:
		return nil, 0, nil, fmt.Errorf("problem.field: found %d formulas, expected %d", len(p.Field), n)
	case p.Costs != nil && len(p.Costs) != len(p.Blocks):
		return nil, 0, nil, fmt.Errorf("problem.costs: found %d formulas, expected %d as in blocks", len(p.Costs), len(p.Blocks))
	}
	if b := p.Box; b != nil {
		w = &walls{}
		side := func(field string, list []*float64, none float64) (out []float64) {
			if list != nil && len(list) != n {
				err = fmt.Errorf("problem.box.%s: found %d numbers, expected %d", field, len(list), n)
			}
			for k := range n {
				out = append(out, none)
				if k < len(list) && list[k] != nil {
					out[k] = *list[k]
				}
			}
			return out
		}
		w.lower, w.upper = side("lower", b.Lower, math.Inf(-1)), side("upper", b.Upper, math.Inf(1))
		if err != nil {
			return nil, 0, nil, err
		}
		if p.Region == nil {
			p.Region = &struct{ Lower, Upper []float64 }{slices.Clone(w.lower), slices.Clone(w.upper)}
		}
	}
	if p.Region == nil || len(p.Region.Lower) != n || len(p.Region.Upper) != n {
		return nil, 0, nil, fmt.Errorf("problem.region: expected %d numbers for lower and for upper", n)
	}
	for k := range n {
		low, high := p.Region.Lower[k], p.Region.Upper[k]
		if w != nil && (low < w.lower[k] || high > w.upper[k]) || !finite(low) || !finite(high) {
			return nil, 0, nil, fmt.Errorf("problem.region: coordinate %d from %g to %g, expected finite numbers within the box", k, low, high)
		}
	}
	return p, n, w, nil
}

// Smooth verifies the certificate of a smooth game, of the problem it holds: all
// constants by an enclosure of its own over the problem's region.
func Smooth(ctx context.Context, c *Claim) (*Result, error) {
	if c.Form != "smooth" {
		return nil, fmt.Errorf("form: found %q, expected \"smooth\"", c.Form)
	}
	p, n, w, err := readSmooth(c.Problem)
	if err != nil {
		return nil, err
	}
	if len(c.Blocks) != len(p.Blocks) {
		return nil, fmt.Errorf("blocks: found %d, the problem has %d", len(c.Blocks), len(p.Blocks))
	}
	r := newReport(c)
	r.common(c.ProblemDigest())
	r.players()
	r.is("method", c.Method, "of smooth games", "interval", "grid+lipschitz", "sampled")
	r.is("field", c.Field, "as the problem has it", "plain")
	if c.Method == "sampled" {
		return r.sampled(), nil
	}
	f, err := newFormulas(p, n)
	if err != nil {
		return nil, err
	}
	if g := c.Region; g != nil {
		r.plain("region.lower", slices.Equal(floats(g.Lower), p.Region.Lower), "that of the problem")
		r.plain("region.upper", slices.Equal(floats(g.Upper), p.Region.Upper), "that of the problem")
	}
	return r.enclosed(ctx, f, p.Blocks, w, func(v *cube) {
		// Curvature not below 0 on all of the region.
		convex := len(v.g.mu) > 0 && !slices.ContainsFunc(v.g.mu, func(x float64) bool { return !(x >= 0) })
		if !(v.alpha > 0) {
			r.pass("no certificate, so that nothing was proved of curvature", "concept")
			return
		}
		r.concept(f.gradient(p.Blocks), convex)
	})
}

// sampled is all there is to say of points.
func (r *report) sampled() *Result {
	c := r.claim
	r.plain("certified", !c.Certified, fmt.Sprintf("%d points prove nothing about what lies between them", c.Samples))
	verdict := []string{"sampled evidence only", "not certified"}
	if c.Unstable != nil {
		verdict = []string{"refuted"}
	}
	r.is("verdict", c.Verdict, "of points", verdict...)
	r.converges(false)
	for _, v := range c.values {
		if !v.empty && !r.checked[v.field] {
			r.pass("from points, which prove nothing", v.field)
		}
	}
	return r.close()
}
