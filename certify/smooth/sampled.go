package smooth

import (
	"context"
	"fmt"
	"math"

	"arbiter/certify"
	"arbiter/certify/enclose"
	"arbiter/certify/smallgain"
	"arbiter/internal/interval"
)

// sample bounds the Jacobian at points, with unit weights.
func (g *Game) sample(ctx context.Context, s enclose.Sample) (*enclose.Bounds, error) {
	n := len(g.Lower)
	points, err := s.Check(n)
	if err != nil {
		return nil, err
	}
	return g.join(ctx, s, points, smallgain.Ones(len(g.Dims)))
}

func (g *Game) join(ctx context.Context, s enclose.Sample, points int, weights []float64) (*enclose.Bounds, error) {
	n := len(g.Lower)
	k := make([]interval.Interval, n*n)
	m, euclid := enclose.NewMetric(g.Dims, weights), enclose.NewMetric(g.Dims, smallgain.Ones(len(g.Dims)))
	b := enclose.NewBounds(len(g.Dims))
	err := s.Visit(ctx, points, g.Lower, g.Upper, func(x []float64) error {
		if !g.Jacobian(k, x, x) {
			return fmt.Errorf("region outside the domain: at %v: %s", x, g.fault)
		}
		b.Join(k, m, euclid)
		return nil
	})
	return b, err
}

// Sampled is the paper's pipeline: the smallest curvature and the largest
// couplings at points, the best weights and the largest ‖K_w‖ for them. It is
// evidence about these points and no certificate, whatever the margin: one narrow
// place between them suffices to break it.
func (g *Game) Sampled(ctx context.Context, s enclose.Sample) (*certify.Certificate, error) {
	points, err := s.Check(len(g.Lower))
	if err != nil {
		return nil, err
	}
	b, err := g.sample(ctx, s)
	if err != nil {
		return nil, err
	}
	c := g.certificate()
	best := smallgain.BestWeights(b.Mu, b.L)
	weights, xi := enclose.Moderate(best.W), enclose.Moderate(best.Xi)
	if b, err = g.join(ctx, s, points, weights); err != nil {
		return nil, err
	}
	c.Xi = xi
	b.Sampled(c, weights)
	c.Attained = smallgain.Connected(b.L)
	c.Samples, c.Seed = points+s.Random, s.Seed
	c.Region = &certify.Region{Shape: "box", Norm: "max", Lower: g.Lower, Upper: g.Upper, Ball: math.NaN(), Invariant: math.NaN(), Distance: math.NaN(), Radius: math.Inf(1)}
	for k := range g.Lower {
		c.Region.Radius = min(c.Region.Radius, (g.Upper[k]-g.Lower[k])/2)
	}
	box := &enclose.Box{Field: g, Dims: g.Dims, Centre: g.zero(), WallLower: g.BoxLower, WallUpper: g.BoxUpper}
	if box.Centre != nil {
		c.Region.Centre, c.Equilibrium = box.Centre, box.Centre
		values := make([]interval.Interval, len(box.Centre))
		if g.Value(values, box.Centre, box.Centre) {
			c.Residual = 0
			for k, v := range values {
				c.Residual = math.Hypot(c.Residual, box.Push(k, box.Centre[k], v))
			}
		}
		box.Spectrum(c)
	}
	c.Reasons = append(c.Reasons, fmt.Sprintf("%d points: a grid of %d per axis and %d independent uniform ones, seed %d", c.Samples, s.Grid, s.Random, s.Seed))
	if s.Random > 0 && b.Signed > 0 {
		c.Reasons = append(c.Reasons, fmt.Sprintf("with confidence 0.95 at most %.3g of the region's volume has no margin; that says nothing about contraction", min(1, math.Log(20)/float64(s.Random))))
	}
	return c, nil
}
