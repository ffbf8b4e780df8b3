package verify

import (
	"context"
	"fmt"

	"arbiter/internal/strict"
)

// mostVariables bounds the coordinates of a smooth game.
const mostVariables = 64

type smoothProblem struct {
	Kind       string
	Provenance string
	Blocks     []int
	Field      []string
	Region     struct{ Lower, Upper []float64 }
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

func newFormulas(field []string) (*formulas, error) {
	f := &formulas{n: len(field)}
	for k, text := range field {
		i, err := f.read(text, f.n)
		if err != nil {
			return nil, fmt.Errorf("problem.field[%d]: %w", k, err)
		}
		f.fields = append(f.fields, i)
	}
	done := make([]map[int]int, f.n)
	for v := range done {
		done[v] = map[int]int{}
	}
	for _, i := range f.fields {
		for v := range f.n {
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
			if t := f.terms[i]; out[i] && t.op != '#' && t.op != 'x' {
				out[t.l], out[t.r] = true, true
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

// Smooth verifies the certificate of a smooth game, of the problem it holds: all
// constants by an enclosure of its own over the problem's region.
func Smooth(ctx context.Context, c *Claim) ([]Finding, error) {
	if c.Form != "smooth" {
		return nil, fmt.Errorf("form: found %q, expected \"smooth\"", c.Form)
	}
	var p smoothProblem
	if line, err := strict.Decode(c.Problem, "problem", &p); err != nil {
		return nil, fmt.Errorf("problem, line %d: %w", line, err)
	}
	n := 0
	for i, d := range p.Blocks {
		if d < 1 || d > mostVariables {
			return nil, fmt.Errorf("problem.blocks[%d]: found %d, expected 1 to %d", i, d, mostVariables)
		}
		n += d
	}
	switch {
	case p.Kind != "smooth_game":
		return nil, fmt.Errorf("problem.kind: found %q, expected \"smooth_game\"", p.Kind)
	case n == 0 || n > mostVariables || len(p.Field) != n || len(p.Region.Lower) != n || len(p.Region.Upper) != n:
		return nil, fmt.Errorf("problem: %d coordinates, %d formulas, %d and %d corners, expected 1 to %d of each", n, len(p.Field), len(p.Region.Lower), len(p.Region.Upper), mostVariables)
	case len(c.Blocks) != len(p.Blocks):
		return nil, fmt.Errorf("blocks: found %d, the problem has %d", len(c.Blocks), len(p.Blocks))
	}
	r := c.ladder("interval", "grid+lipschitz", "sampled")
	r.findings = append(r.findings, c.SameDigest(c.ProblemDigest()))
	if c.Method == "sampled" {
		return r.sampled(), nil
	}
	f, err := newFormulas(p.Field)
	if err != nil {
		return nil, err
	}
	if g := c.Region; g != nil && len(g.Lower) == n && len(g.Upper) == n {
		same := true
		for k := range n {
			same = same && float64(g.Lower[k]) == p.Region.Lower[k] && float64(g.Upper[k]) == p.Region.Upper[k]
		}
		r.plain("region", same, "that of the problem")
	}
	return r.enclosed(ctx, f, p.Blocks)
}
