package smallgain

import (
	"context"
	"fmt"
	"math"

	"arbiter/internal/interval"
)

// sample bounds the Jacobian at points, with unit weights.
func (g *Smooth) sample(ctx context.Context, s Sample) (*bounds, error) {
	n := len(g.Lower)
	points, err := s.check(n)
	if err != nil {
		return nil, err
	}
	return g.join(ctx, s, points, ones(len(g.Dims)))
}

func (g *Smooth) join(ctx context.Context, s Sample, points int, weights []float64) (*bounds, error) {
	n := len(g.Lower)
	k := make([]interval.Interval, n*n)
	m, euclid := newMetric(g.Dims, weights), newMetric(g.Dims, ones(len(g.Dims)))
	b := newBounds(len(g.Dims))
	err := s.visit(ctx, points, g.Lower, g.Upper, func(x []float64) error {
		if !g.jacobian(k, x, x) {
			return fmt.Errorf("region outside the domain: at %v: %s", x, g.fault)
		}
		b.join(k, m, euclid)
		return nil
	})
	return b, err
}

// Sampled is the paper's pipeline: the smallest curvature and the largest
// couplings at points, the best weights and the largest ‖K_w‖ for them. It is
// evidence about these points and no certificate, whatever the margin: one narrow
// place between them suffices to break it.
func (g *Smooth) Sampled(ctx context.Context, s Sample) (*Certificate, error) {
	points, err := s.check(len(g.Lower))
	if err != nil {
		return nil, err
	}
	b, err := g.sample(ctx, s)
	if err != nil {
		return nil, err
	}
	c := g.certificate()
	best := bestWeights(b.mu, b.l)
	weights, xi := moderate(best.W), moderate(best.Xi)
	if b, err = g.join(ctx, s, points, weights); err != nil {
		return nil, err
	}
	c.Xi = xi
	b.sampled(c, weights)
	c.Attained = connected(b.l)
	c.Samples, c.Seed = points+s.Random, s.Seed
	c.Region = &Region{Shape: "box", Norm: "max", Lower: g.Lower, Upper: g.Upper, Ball: math.NaN(), Invariant: math.NaN(), Distance: math.NaN(), Radius: math.Inf(1)}
	for k := range g.Lower {
		c.Region.Radius = min(c.Region.Radius, (g.Upper[k]-g.Lower[k])/2)
	}
	box := &box{field: g, dims: g.Dims, centre: g.zero(), wallLower: g.BoxLower, wallUpper: g.BoxUpper}
	if box.centre != nil {
		c.Region.Centre, c.Equilibrium = box.centre, box.centre
		values := make([]interval.Interval, len(box.centre))
		if g.value(values, box.centre, box.centre) {
			c.Residual = 0
			for k, v := range values {
				c.Residual = math.Hypot(c.Residual, box.push(k, box.centre[k], v))
			}
		}
		box.spectrum(c)
	}
	c.Reasons = append(c.Reasons, fmt.Sprintf("%d points: a grid of %d per axis and %d independent uniform ones, seed %d", c.Samples, s.Grid, s.Random, s.Seed))
	if s.Random > 0 && b.signed > 0 {
		c.Reasons = append(c.Reasons, fmt.Sprintf("with confidence 0.95 at most %.3g of the region's volume has no margin; that says nothing about contraction", min(1, math.Log(20)/float64(s.Random))))
	}
	return c, nil
}
