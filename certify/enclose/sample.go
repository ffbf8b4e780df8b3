package enclose

import (
	"context"
	"fmt"
	"math"

	"arbiter/certify"
	"arbiter/certify/smallgain"
	"arbiter/dice"
)

// Sample says at which points of a region a Jacobian is looked at.
type Sample struct {
	Grid   int    // points per axis, ends included; 0: 3; 1: the centre
	Random int    // further points, independent and uniform on the region
	Seed   uint64 // of those
}

// MostPoints bounds a sample.
const MostPoints = 1 << 20

// Check fills in defaults and counts the points of a box of n coordinates, those at random apart.
func (s *Sample) Check(n int) (points int, err error) {
	if s.Grid == 0 {
		s.Grid = 3
		if n > 8 {
			s.Grid = 1
		}
	}
	if s.Grid < 1 || s.Random < 0 {
		return 0, fmt.Errorf("sample: found grid %d and %d random points, expected at least 1 and 0", s.Grid, s.Random)
	}
	points = 1
	for range n {
		if points *= s.Grid; points > MostPoints {
			return 0, fmt.Errorf("sample: a grid of %d per axis of %d has more than %d points", s.Grid, n, MostPoints)
		}
	}
	if points+s.Random > MostPoints {
		return 0, fmt.Errorf("sample: found %d points, expected at most %d", points+s.Random, MostPoints)
	}
	return points, nil
}

// Visit calls at for every point of a sample of a box; x is used again.
func (s Sample) Visit(ctx context.Context, points int, lower, upper []float64, at func(x []float64) error) error {
	n := len(lower)
	x := make([]float64, n)
	key := dice.New(s.Seed)
	for p := range points + s.Random {
		if p%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		rest := p
		for k := range x {
			switch {
			case p >= points:
				x[k] = lower[k] + (upper[k]-lower[k])*dice.Float64(key.Word((p-points)*n+k))
			case s.Grid == 1:
				x[k] = lower[k]/2 + upper[k]/2
			default:
				t := float64(rest%s.Grid) / float64(s.Grid-1)
				x[k] = float64(lower[k]*(1-t)) + float64(upper[k]*t)
				rest /= s.Grid
			}
			x[k] = min(max(x[k], lower[k]), upper[k])
		}
		if err := at(x); err != nil {
			return err
		}
	}
	return nil
}

// Sampled fills a certificate from bounds at points.
func (b *Bounds) Sampled(c *certify.Certificate, weights []float64) {
	c.Method, c.Norm, c.Source, c.Weights = certify.Sampled, certify.L2, certify.BySGN, weights
	c.Mu, c.Ell, c.Coupling.Rows, c.Euclidean, c.Gain = b.Mu, b.Ell, b.L, b.Gamma, smallgain.Gain(b.Mu, b.L)
	c.Margin = b.sgn(weights)
	c.Margins.SGN, c.Margins.Signed, c.Lipschitz = c.Margin, b.Signed, b.Beta
	if len(b.Mu) == 2 {
		c.Band, _ = smallgain.RatioBand(b.Mu, b.L, 0)
	}
	if c.Margin > 0 && b.Beta > 0 {
		best := c.Margin / (b.Beta * b.Beta)
		c.Steps = []certify.Step{{Scheme: certify.Euler, Bound: certify.PointsEuler, Max: 2 * best, Best: best, Factor: math.NaN(), Status: certify.Evidence}}
	}
	c.Reasons = []string{"points prove nothing about what lies between them"}
}
