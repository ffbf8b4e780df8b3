// Package smooth certifies games given by formulas on a box: by intervals, by a grid and
// bounds between its points, or, as evidence only, at points.
package smooth

import (
	"context"
	"fmt"
	"math"

	"arbiter/certify"
	"arbiter/certify/enclose"
	"arbiter/certify/smallgain"
	"arbiter/internal/formula"
	"arbiter/internal/interval"
)

// Game is a game by its pseudo-gradient, in formulas, on a box. It may be used
// by one goroutine at a time.
type Game struct {
	Name               string    // in certificates
	Digest             string    // SHA-256 of the file, hex
	Dims               []int     // coordinates per player
	Field              []string  // a formula per coordinate
	Costs              []string  // nil if the field is given
	Lower, Upper       []float64 // of the region, per coordinate
	BoxLower, BoxUpper []float64 // nil if play is not constrained

	tape     *formula.Tape
	gradient bool   // whether the field is of every player's own gradient
	fault    string // of the last evaluation that was refused
}

// run evaluates all formulas over a box.
func (g *Game) run(lower, upper []float64, derive bool) bool {
	if g.tape.Evaluate(lower, upper, derive) {
		return true
	}
	g.fault = g.tape.Fault()
	return false
}

// Jacobian: see enclose.Encloser.
func (g *Game) Jacobian(dst []interval.Interval, lower, upper []float64) bool {
	if !g.run(lower, upper, true) {
		return false
	}
	n := len(lower)
	for k := range n {
		copy(dst[k*n:(k+1)*n], g.tape.Gradient(k))
	}
	return true
}

// Value: see enclose.Field.
func (g *Game) Value(dst []interval.Interval, lower, upper []float64) bool {
	if !g.run(lower, upper, false) {
		return false
	}
	for k := range dst {
		dst[k] = g.tape.Value(k)
	}
	return true
}

// Idle tells whether the Jacobian does not depend on coordinate k.
func (g *Game) Idle(k int) bool { return !g.tape.Bent(k) }

// At writes the field at x to dst, to rounding; it is an error where the field is
// not defined.
func (g *Game) At(dst, x []float64) error {
	if !g.run(x, x, false) {
		return fmt.Errorf("at %v: %s", x, g.fault)
	}
	for k := range dst {
		dst[k] = g.tape.Value(k).Mid()
	}
	return nil
}

func (g *Game) certificate() *certify.Certificate {
	c := certify.New()
	c.Game, c.Digest, c.Form, c.Dims = g.Name, g.Digest, "smooth", g.Dims
	c.Concept, c.Field = "nash", "plain"
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
func (g *Game) Certify(ctx context.Context, o enclose.Options) (*certify.Certificate, error) {
	return g.certify(ctx, o.MaxCells, func(b *enclose.Box, c *certify.Certificate) error { return b.Certify(ctx, o, c) })
}

// certify makes a certificate of which prove fills the numbers; most bounds the
// cells of a proof that there is no zero, 0: 2500.
func (g *Game) certify(ctx context.Context, most int, prove func(b *enclose.Box, c *certify.Certificate) error) (*certify.Certificate, error) {
	points, err := g.sample(ctx, enclose.Sample{Random: weightSample})
	if err != nil {
		return nil, err
	}
	b := &enclose.Box{Field: g, Dims: g.Dims, Lower: g.Lower, Upper: g.Upper, WallLower: g.BoxLower, WallUpper: g.BoxUpper}
	best := smallgain.BestWeights(points.Mu, points.L)
	b.Weights, b.Xi = enclose.Moderate(best.W), enclose.Moderate(best.Xi)
	b.Centre = g.zero()
	g.fault = "" // of points on the way to the zero
	c := g.certificate()
	if err := prove(b, c); err != nil {
		return nil, err
	}
	if math.IsInf(c.Margins.TrueBlock, -1) && g.fault != "" {
		return nil, fmt.Errorf("region outside the domain: %s", g.fault)
	}
	c.Attained = smallgain.Connected(points.L)
	if err := g.places(ctx, c, most); err != nil {
		return nil, err
	}
	g.names(c)
	return c, nil
}

// places says why no equilibrium is proved to be in the region.
func (g *Game) places(ctx context.Context, c *certify.Certificate, most int) error {
	switch {
	case c.Region == nil || c.Region.Unique:
	case c.Region.Centre == nil:
		none, err := g.empty(ctx, most)
		if err != nil {
			return err
		}
		if none {
			c.Reasons = append(c.Reasons, "no equilibrium in the region: enclosures of the field exclude a zero")
		} else {
			c.Reasons = append(c.Reasons, "no equilibrium was found in the region")
		}
	case c.Margin > 0:
		c.Reasons = append(c.Reasons, fmt.Sprintf("an equilibrium is not proved to be in the region: it is at most %.6g from the point found, whose distance from the edge is %.6g", c.Region.Distance, c.Region.Ball))
	}
	return nil
}

// names says what a zero of the field is. A zero is Nash where every player's cost
// is convex in its own coordinates; a field that is not of gradients has no costs.
func (g *Game) names(c *certify.Certificate) {
	if !g.gradient {
		c.Concept = "zero"
		c.Reasons = append(c.Reasons, "the field is not known to be of gradients: the Jacobian of a player's own coordinates is not symmetric by its formulas; a zero of it is no equilibrium of costs")
		return
	}
	for i, name := range c.Blocks {
		if i >= len(c.Mu) || !(c.Mu[i] >= 0) {
			c.Concept = "first_order_nash"
			c.Reasons = append(c.Reasons, fmt.Sprintf("costs of %s are not proved convex in its own coordinates: a zero is Nash to first order only", name))
		}
	}
}
