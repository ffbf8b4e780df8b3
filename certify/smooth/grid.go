package smooth

import (
	"context"
	"fmt"
	"math"

	"arbiter/certify"
	"arbiter/certify/enclose"
	"arbiter/internal/interval"
)

// Grid says how finely a region is looked at.
type Grid struct {
	Points int          // per axis, the centres of equal cells; 0: 16
	Norm   certify.Norm // as in enclose.Options
}

const defaultPoints = 16

// GridLipschitz certifies from the Jacobian at the centres c of equal cells and
// proved bounds between them (section 8, rung 4): on a cell of half widths r the
// entry J_ij is J_ij(c) ± Σₖ Hᵢⱼₖ rₖ, H the largest absolute second derivatives
// there, enclosed with outward rounding. Errors are those of Certify, and where a
// second derivative is not bounded.
func (g *Game) GridLipschitz(ctx context.Context, o Grid) (*certify.Certificate, error) {
	if o.Points == 0 {
		o.Points = defaultPoints
	}
	if o.Points < 1 {
		return nil, fmt.Errorf("points: found %d per axis, expected at least 1", o.Points)
	}
	e := enclose.Options{MaxCells: 1, Norm: o.Norm}
	if err := e.Check(); err != nil {
		return nil, err
	}
	cells, n := 1, len(g.Lower)
	for range n {
		if cells *= o.Points; cells > enclose.MostPoints {
			return nil, fmt.Errorf("points: %d per axis of %d are more than %d cells", o.Points, n, enclose.MostPoints)
		}
	}
	return g.certify(ctx, 0, func(b *enclose.Box, c *certify.Certificate) error {
		field, err := newCentred(g)
		if err != nil {
			return err
		}
		l2, most := enclose.NewMetric(g.Dims, b.Weights), enclose.NewMetric(g.Dims, enclose.RootsOf(b.Xi))
		high, err := field.cover(ctx, l2.Monotone, o.Points, cells)
		if err != nil {
			return err
		}
		wide, err := field.cover(ctx, most.Dominant, o.Points, cells)
		if err != nil {
			return err
		}
		c.Method, c.Lattice = certify.GridLipschitz, &certify.Lattice{Points: o.Points, Slope: field.slope}
		return b.Conclude(ctx, c, o.Norm, l2, high, wide, 0)
	})
}

// centred encloses the Jacobian of a smooth game by its value at the middle of a
// box and its derivatives over it.
type centred struct {
	*Game
	room  []interval.Interval
	mid   []float64
	slope float64 // largest second derivative so far
}

func newCentred(g *Game) (*centred, error) {
	room, err := g.tape.Room()
	return &centred{Game: g, room: room, mid: make([]float64, len(g.Lower))}, err
}

// Jacobian: see encloser. Halves of a box need not give entries inside.
func (f *centred) Jacobian(dst []interval.Interval, lower, upper []float64) bool {
	n := len(lower)
	for k := range f.mid {
		f.mid[k] = lower[k]/2 + upper[k]/2
	}
	if !f.Game.Jacobian(dst, f.mid, f.mid) || !f.run(lower, upper, true) {
		return false
	}
	if !f.tape.Second(f.room) {
		f.fault = f.tape.Fault()
		return false
	}
	for i := range n {
		twice := f.tape.Curved(f.room, i)
		for j := range n {
			moved := interval.Point(0)
			for k := range n {
				h := twice[j*n+k].Mag()
				f.slope = max(f.slope, h)
				r := interval.Up(max(upper[k]-f.mid[k], f.mid[k]-lower[k]))
				moved = moved.Add(interval.Point(h).Scale(r))
			}
			dst[i*n+j] = dst[i*n+j].Add(interval.Interval{Lo: -moved.Hi, Hi: moved.Hi})
		}
	}
	return true
}

// cover cuts the region into equal cells, points per axis, and tests each. Its
// reach is the smallest margin of a centre.
func (f *centred) cover(ctx context.Context, test func([]interval.Interval) float64, points, cells int) (*enclose.Cover, error) {
	n := len(f.Lower)
	c := &enclose.Cover{Field: f, Test: test, K: make([]interval.Interval, n*n), Reach: math.Inf(1)}
	edge := func(k, i int) float64 {
		switch i {
		case 0:
			return f.Lower[k]
		case points:
			return f.Upper[k]
		}
		t := float64(i) / float64(points)
		return min(max(float64(f.Lower[k]*(1-t))+float64(f.Upper[k]*t), f.Lower[k]), f.Upper[k])
	}
	for p := range cells {
		if p%64 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		lower, upper, mid := make([]float64, n), make([]float64, n), make([]float64, n)
		rest := p
		for k := range n {
			i := rest % points
			rest /= points
			lower[k], upper[k] = edge(k, i), edge(k, i+1)
			mid[k] = lower[k]/2 + upper[k]/2
		}
		c.Add(lower, upper, nil)
		if math.IsInf(c.Margin(), -1) && f.fault != "" {
			return nil, fmt.Errorf("cell %.6g to %.6g: %s", lower, upper, f.fault)
		}
		if f.Game.Jacobian(c.K, mid, mid) {
			if x := test(c.K); x < c.Reach {
				c.Reach, c.Worst = x, mid
			}
		}
	}
	return c, nil
}
