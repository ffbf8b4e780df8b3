package smooth

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"

	"arbiter/certify/smallgain"
	"arbiter/internal/formula"
	"arbiter/internal/strict"
)

// Problem is a game in formulas. Each player has its cost, which it lowers by
// moving its own coordinates; or there is a formula per coordinate for the field.
type Problem struct {
	Blocks     []int              // coordinates per player
	Costs      []string           // one per player; nil if Field is given
	Field      []string           // one per coordinate; nil if Costs are given
	Parameters map[string]float64 // by name, each a number
	// Region is where it is looked at; none if Box has no open side, then that.
	RegionLower, RegionUpper []float64
	// Box constrains play, where ±Inf is no constraint; nil if there is none.
	BoxLower, BoxUpper []float64
}

type smoothFile struct {
	Kind       string
	Provenance string
	Blocks     []int
	Field      *[]string
	Costs      *[]string
	Parameters map[string]*float64
	Region     *corners
	Box        *corners
}

// corners of a box; null is no number.
type corners struct{ Lower, Upper []*float64 }

// Kind is the "kind" of files that Read reads.
const Kind = "smooth_game"

// Read reads
//
//	{"kind": "smooth_game", "blocks": [1, 1], "costs": ["x1^2/2+a*x1*x2", "x2^2/2-x1*x2"],
//	 "parameters": {"a": 1.5}, "region": {"lower": [-1, -1], "upper": [1, 1]}}
//
// with "field", a formula per coordinate, instead of "costs", and "box" as
// docs/formats.md describes. Errors name the file and the line or field. name is the
// game's canonical spec.
func Read(body []byte, file, name string) (*Game, error) {
	var f smoothFile
	if line, err := strict.Decode(body, "game", &f); err != nil {
		return nil, fmt.Errorf("%s:%d: %w", file, line, err)
	}
	if f.Kind != Kind {
		return nil, fmt.Errorf("%s: kind: found %.60q, expected %q", file, f.Kind, Kind)
	}
	p, err := f.problem()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	g, err := p.Game(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	sum := sha256.Sum256(body)
	g.Digest = hex.EncodeToString(sum[:])
	return g, nil
}

func (f *smoothFile) problem() (Problem, error) {
	p := Problem{Blocks: f.Blocks}
	switch {
	case f.Field != nil && f.Costs != nil:
		return p, fmt.Errorf("field and costs: found both, expected one of them: costs are differentiated, a field is taken as it is")
	case f.Field == nil && f.Costs == nil:
		return p, fmt.Errorf("costs: found none, expected one formula per block (or field, one per coordinate)")
	case f.Field != nil:
		p.Field = append([]string{}, *f.Field...)
	default:
		p.Costs = append([]string{}, *f.Costs...)
	}
	if len(f.Parameters) > 0 {
		p.Parameters = map[string]float64{}
		for name, x := range f.Parameters {
			if x == nil {
				return p, fmt.Errorf("parameters: found null for %.60q, expected a number", name)
			}
			p.Parameters[name] = *x
		}
	}
	numbers := func(field string, list []*float64, null float64) ([]float64, error) {
		out := make([]float64, len(list))
		for k, x := range list {
			switch {
			case x != nil:
				out[k] = *x
			case null == 0:
				return nil, fmt.Errorf("%s[%d]: found null, expected a number", field, k)
			default:
				out[k] = null
			}
		}
		return out, nil
	}
	var err error
	if f.Region != nil {
		if p.RegionLower, err = numbers("region.lower", f.Region.Lower, 0); err != nil {
			return p, err
		}
		if p.RegionUpper, err = numbers("region.upper", f.Region.Upper, 0); err != nil {
			return p, err
		}
	}
	if f.Box != nil {
		p.BoxLower, _ = numbers("box.lower", f.Box.Lower, math.Inf(-1))
		p.BoxUpper, _ = numbers("box.upper", f.Box.Upper, math.Inf(1))
	}
	return p, nil
}

// New makes a game of len(dims) players, player i with dims[i] coordinates,
// from one formula per coordinate and the corners of the region. Slices are kept.
func New(name string, dims []int, field []string, lower, upper []float64) (*Game, error) {
	return Problem{Blocks: dims, Field: field, RegionLower: lower, RegionUpper: upper}.Game(name)
}

// Game checks the problem, reads its formulas and differentiates costs. Slices are
// kept. Errors name the field.
func (p Problem) Game(name string) (*Game, error) {
	n := 0
	for i, d := range p.Blocks {
		if d < 1 || d > formula.MostVariables {
			return nil, fmt.Errorf("blocks[%d]: found %d, expected 1 to %d", i, d, formula.MostVariables)
		}
		n += d
	}
	switch {
	case n == 0 || n > formula.MostVariables || len(p.Blocks) > formula.MostVariables:
		return nil, fmt.Errorf("blocks: found %d coordinates, expected 1 to %d", n, formula.MostVariables)
	case p.Costs == nil && len(p.Field) != n:
		return nil, fmt.Errorf("field: found %d formulas, expected %d, the sum of blocks", len(p.Field), n)
	case p.Costs != nil && len(p.Costs) != len(p.Blocks):
		return nil, fmt.Errorf("costs: found %d formulas, expected %d, one per block", len(p.Costs), len(p.Blocks))
	}
	g := &Game{Name: name, Dims: p.Blocks, Field: p.Field, Costs: p.Costs}
	if err := g.place(p, n); err != nil {
		return nil, err
	}
	return g, g.read(p, n)
}

// place takes over region and box.
func (g *Game) place(p Problem, n int) error {
	g.Lower, g.Upper = p.RegionLower, p.RegionUpper
	if p.BoxLower != nil || p.BoxUpper != nil {
		g.BoxLower, g.BoxUpper = p.BoxLower, p.BoxUpper
		switch {
		case len(p.BoxLower) != n:
			return fmt.Errorf("box.lower: found %d numbers, expected %d (null for an open side)", len(p.BoxLower), n)
		case len(p.BoxUpper) != n:
			return fmt.Errorf("box.upper: found %d numbers, expected %d (null for an open side)", len(p.BoxUpper), n)
		}
		for k := range n {
			if !(p.BoxLower[k] < p.BoxUpper[k]) {
				return fmt.Errorf("box: x%d is from %g to %g, expected two numbers, the lower first", k+1, p.BoxLower[k], p.BoxUpper[k])
			}
		}
		if g.Lower == nil && g.Upper == nil {
			for k := range n {
				if !smallgain.Finite(p.BoxLower[k]) || !smallgain.Finite(p.BoxUpper[k]) {
					return fmt.Errorf("region: found none, expected one, as box leaves x%d open", k+1)
				}
			}
			g.Lower, g.Upper = p.BoxLower, p.BoxUpper
		}
	}
	switch {
	case len(g.Lower) != n:
		return fmt.Errorf("region.lower: found %d numbers, expected %d", len(g.Lower), n)
	case len(g.Upper) != n:
		return fmt.Errorf("region.upper: found %d numbers, expected %d", len(g.Upper), n)
	}
	for k := range n {
		if !smallgain.Finite(g.Lower[k]) || !smallgain.Finite(g.Upper[k]) || !(g.Lower[k] < g.Upper[k]) || !smallgain.Finite(g.Upper[k]-g.Lower[k]) {
			return fmt.Errorf("region: x%d is from %g to %g, expected two numbers, the lower first", k+1, g.Lower[k], g.Upper[k])
		}
		if g.BoxLower != nil && (g.Lower[k] < g.BoxLower[k] || g.Upper[k] > g.BoxUpper[k]) {
			return fmt.Errorf("region: x%d is from %g to %g, expected within the box, %g to %g", k+1, g.Lower[k], g.Upper[k], g.BoxLower[k], g.BoxUpper[k])
		}
	}
	return nil
}

// read reads formulas. The field of costs is the gradient of each by its player's
// own coordinates; costs are evaluated beside it so that they are defined. A given
// field is one of gradients if own blocks of the Jacobian are symmetric by their
// making.
func (g *Game) read(p Problem, n int) error {
	sheet, err := formula.NewSheet(n, p.Parameters)
	if err != nil {
		return err
	}
	read := func(what string, list []string) ([]formula.Root, error) {
		var roots []formula.Root
		for k, text := range list {
			label := fmt.Sprintf("%s[%d]", what, k)
			sheet.From(label)
			f, err := sheet.Read(text)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", label, err)
			}
			roots = append(roots, f)
		}
		return roots, nil
	}
	g.gradient = true
	var field, costs []formula.Root
	if p.Costs == nil {
		if field, err = read("field", p.Field); err != nil {
			return err
		}
		g.gradient = symmetric2(sheet, field, g.Dims)
	} else {
		if costs, err = read("costs", p.Costs); err != nil {
			return err
		}
		k := 0
		for i, d := range g.Dims {
			sheet.From(fmt.Sprintf("costs[%d]", i))
			for range d {
				f, err := sheet.Derive(costs[i], k)
				if err != nil {
					return fmt.Errorf("costs[%d]: %w", i, err)
				}
				field = append(field, f)
				k++
			}
		}
	}
	g.tape, err = sheet.Tape(field, costs)
	return err
}

// symmetric2 tells whether second derivatives by two coordinates of one player are
// the same whichever is first.
func symmetric2(sheet *formula.Sheet, field []formula.Root, dims []int) bool {
	from := 0
	for _, d := range dims {
		for p := from; p < from+d; p++ {
			for q := from; q < p; q++ {
				a, err := sheet.Derive(field[p], q)
				if err != nil {
					return false
				}
				b, err := sheet.Derive(field[q], p)
				if err != nil || !sheet.Same(a, b) {
					return false
				}
			}
		}
		from += d
	}
	return true
}
