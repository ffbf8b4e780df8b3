package smallgain

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"

	"arbiter/internal/dice"
	"arbiter/internal/interval"
	"arbiter/internal/strict"
)

// mostVariables bounds the coordinates of a smooth game.
const mostVariables = 64

// Smooth is a game by its pseudo-gradient, in formulas, on a box. It may be used
// by one goroutine at a time.
type Smooth struct {
	Name         string
	Digest       string // SHA-256 of the file, hex
	Dims         []int  // coordinates per player
	Field        []string
	Lower, Upper []float64

	tapes []*tape
	fault string // of the last evaluation that was refused
}

type smoothFile struct {
	Kind       string
	Provenance string
	Blocks     []int
	Field      []string
	Region     struct{ Lower, Upper []float64 }
}

// SmoothKind is the "kind" of files that ReadSmooth reads.
const SmoothKind = "smooth_game"

// ReadSmooth reads
//
//	{"kind": "smooth_game", "blocks": [1, 1], "field": ["x1+3*tanh(x2)", "x2"],
//	 "region": {"lower": [-1, -1], "upper": [1, 1]}}
//
// Errors name the file and the line or field. name is the game's canonical spec.
func ReadSmooth(body []byte, file, name string) (*Smooth, error) {
	var f smoothFile
	if line, err := strict.Decode(body, "game", &f); err != nil {
		return nil, fmt.Errorf("%s:%d: %w", file, line, err)
	}
	if f.Kind != SmoothKind {
		return nil, fmt.Errorf("%s: kind: found %q, expected %q", file, f.Kind, SmoothKind)
	}
	g, err := NewSmooth(name, f.Blocks, f.Field, f.Region.Lower, f.Region.Upper)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	sum := sha256.Sum256(body)
	g.Digest = hex.EncodeToString(sum[:])
	return g, nil
}

// NewSmooth makes a game of len(dims) players, player i with dims[i] coordinates,
// from one formula per coordinate and the corners of the region. Slices are kept.
func NewSmooth(name string, dims []int, field []string, lower, upper []float64) (*Smooth, error) {
	n := 0
	for i, d := range dims {
		if d < 1 || d > mostVariables {
			return nil, fmt.Errorf("blocks[%d]: found %d, expected 1 to %d", i, d, mostVariables)
		}
		n += d
	}
	switch {
	case n == 0 || n > mostVariables:
		return nil, fmt.Errorf("blocks: found %d coordinates, expected 1 to %d", n, mostVariables)
	case len(field) != n:
		return nil, fmt.Errorf("field: found %d formulas, expected %d, the sum of blocks", len(field), n)
	case len(lower) != n:
		return nil, fmt.Errorf("region.lower: found %d numbers, expected %d", len(lower), n)
	case len(upper) != n:
		return nil, fmt.Errorf("region.upper: found %d numbers, expected %d", len(upper), n)
	}
	for k := range n {
		if !finite(lower[k]) || !finite(upper[k]) || !(lower[k] < upper[k]) || !finite(upper[k]-lower[k]) {
			return nil, fmt.Errorf("region: x%d is from %g to %g, expected two numbers, the lower first", k+1, lower[k], upper[k])
		}
	}
	g := &Smooth{Name: name, Dims: dims, Field: field, Lower: lower, Upper: upper}
	for k, text := range field {
		e, err := parse(text, n)
		if err != nil {
			return nil, fmt.Errorf("field[%d]: %w", k, err)
		}
		g.tapes = append(g.tapes, newTape(e, n))
	}
	return g, nil
}

// run evaluates all formulas over a box.
func (g *Smooth) run(lower, upper []float64, derive bool, each func(k int, t *tape)) bool {
	for k, t := range g.tapes {
		if !t.evaluate(lower, upper, derive) {
			g.fault = fmt.Sprintf("field[%d]: %s", k, t.fault)
			return false
		}
		each(k, t)
	}
	return true
}

func (g *Smooth) jacobian(dst []interval.Interval, lower, upper []float64) bool {
	n := len(g.tapes)
	return g.run(lower, upper, true, func(k int, t *tape) {
		copy(dst[k*n:(k+1)*n], t.d[(len(t.nodes)-1)*n:])
	})
}

func (g *Smooth) value(dst []interval.Interval, lower, upper []float64) bool {
	return g.run(lower, upper, false, func(k int, t *tape) { dst[k] = t.v[len(t.nodes)-1] })
}

// At writes the field at x to dst, to rounding; it is an error where the field is
// not defined.
func (g *Smooth) At(dst, x []float64) error {
	if !g.run(x, x, false, func(k int, t *tape) { dst[k] = t.v[len(t.nodes)-1].Mid() }) {
		return fmt.Errorf("at %v: %s", x, g.fault)
	}
	return nil
}

func (g *Smooth) certificate() *Certificate {
	c := &Certificate{Game: g.Name, Digest: g.Digest, Concept: "nash", Field: "plain"}
	for i := range g.Dims {
		c.Blocks = append(c.Blocks, fmt.Sprintf("player %d", i))
	}
	return c
}

// weightSample is how many random points, beside the grid, weights are chosen by.
const weightSample = 200

// Certify encloses the Jacobian over the region. Weights are the best for bounds
// at sampled points and then fixed: what is proved does not depend on how they
// were found. It is an error if the field is not defined on all of the region; a
// certificate that does not certify names its reasons.
func (g *Smooth) Certify(ctx context.Context, o Enclosure) (*Certificate, error) {
	return g.certify(ctx, o.MaxCells, func(b *box, c *Certificate) error { return b.certify(ctx, o, c) })
}

// certify makes a certificate of which prove fills the numbers; most bounds the
// cells of a proof that there is no zero, 0: 2500.
func (g *Smooth) certify(ctx context.Context, most int, prove func(b *box, c *Certificate) error) (*Certificate, error) {
	points, err := g.sample(ctx, Sample{Random: weightSample})
	if err != nil {
		return nil, err
	}
	b := &box{field: g, dims: g.Dims, lower: g.Lower, upper: g.Upper}
	best := bestWeights(points.mu, points.l)
	b.weights, b.xi = best.W, best.Xi
	b.centre = g.zero()
	g.fault = "" // of points on the way to the zero
	c := g.certificate()
	if err := prove(b, c); err != nil {
		return nil, err
	}
	if math.IsInf(c.Margins.TrueBlock, -1) && g.fault != "" {
		return nil, fmt.Errorf("region outside the domain: %s", g.fault)
	}
	c.Attained = connected(points.l)
	if b.centre == nil {
		none, err := g.empty(ctx, most)
		if err != nil {
			return nil, err
		}
		if none {
			c.Reasons = append(c.Reasons, "no equilibrium in the region: enclosures of the field exclude a zero")
		} else {
			c.Reasons = append(c.Reasons, "no equilibrium was found in the region")
		}
	}
	for i, mu := range c.Mu {
		if mu < 0 {
			c.Concept = "first_order_nash"
			c.Reasons = append(c.Reasons, fmt.Sprintf("costs of %s are not proved convex in its own coordinates: a zero is Nash to first order only", c.Blocks[i]))
		}
	}
	return c, nil
}

// zero looks for a zero inside the region by Newton steps from the centre, then
// from random points; nil if none was found.
func (g *Smooth) zero() []float64 {
	n := len(g.Lower)
	key := dice.New(0)
	for try := range 20 {
		x := make([]float64, n)
		for k := range x {
			x[k] = g.Lower[k]/2 + g.Upper[k]/2
			if try > 0 {
				x[k] = g.Lower[k] + (g.Upper[k]-g.Lower[k])*dice.Float64(key.Word(try*n+k))
			}
		}
		if !root(g, x) {
			continue
		}
		inside := true
		for k := range x {
			inside = inside && g.Lower[k] <= x[k] && x[k] <= g.Upper[k]
		}
		if inside {
			return x
		}
	}
	return nil
}

// empty tells whether enclosures prove that no zero is in the region, with at most
// most of them.
func (g *Smooth) empty(ctx context.Context, most int) (bool, error) {
	if most == 0 {
		most = defaultCells
	}
	n := len(g.Lower)
	values := make([]interval.Interval, n)
	list := []boxCell{{lower: g.Lower, upper: g.Upper}}
	for range most {
		if len(list) == 0 {
			return true, nil
		}
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		at := list[len(list)-1]
		list = list[:len(list)-1]
		out := false
		if g.value(values, at.lower, at.upper) {
			for _, v := range values {
				out = out || !v.Holds(0)
			}
		}
		if out {
			continue
		}
		axis, widest := 0, 0.0
		for k := range n {
			if w := (at.upper[k] - at.lower[k]) / (g.Upper[k] - g.Lower[k]); w > widest {
				axis, widest = k, w
			}
		}
		mid := at.lower[axis]/2 + at.upper[axis]/2
		low, high := append([]float64(nil), at.upper...), append([]float64(nil), at.lower...)
		low[axis], high[axis] = mid, mid
		list = append(list, boxCell{lower: at.lower, upper: low}, boxCell{lower: high, upper: at.upper})
	}
	return len(list) == 0, nil
}

// connected tells whether every block acts on every other, perhaps through others.
func connected(l [][]float64) bool {
	for _, forward := range []bool{true, false} {
		seen := make([]bool, len(l))
		list := []int{0}
		seen[0] = true
		for len(list) > 0 {
			i := list[len(list)-1]
			list = list[:len(list)-1]
			for j := range l {
				x := l[i][j]
				if !forward {
					x = l[j][i]
				}
				if x > 0 && !seen[j] {
					seen[j] = true
					list = append(list, j)
				}
			}
		}
		for _, s := range seen {
			if !s {
				return false
			}
		}
	}
	return true
}
