package softmarkov

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"

	"arbiter/certify"
	"arbiter/certify/enclose"
	"arbiter/certify/smallgain"
	"arbiter/games/markov"
	"arbiter/internal/interval"
)

// Interval certifies contraction of natural gradient on softmax logits of a
// discounted game of two players with entropy, temperature tau[i] of player i
// summed over states without weights (section 10), on the box of half width
// radius around an equilibrium, by enclosures of the Jacobian over cells that are
// bisected where the margin is worst. Coordinates are logits less that of the last
// action, by player, state, action; blocks, a player's state each, have the
// Euclidean metric of these differences. In the max norm every coordinate counts
// by itself. Weights are 1 where that has a margin at the equilibrium, else the
// best for the gains there. States without a choice have no block.
//
// A nil error with a certificate that does not certify names its reasons.
func Interval(ctx context.Context, g *markov.Game, tau []float64, radius float64, o enclose.Options) (*certify.Certificate, error) {
	f, err := New(g, tau)
	if err != nil {
		return nil, err
	}
	switch {
	case f.N > mostLogits:
		return nil, fmt.Errorf("logit differences: found %d, expected at most %d", f.N, mostLogits)
	case !(radius > 0) || math.IsInf(radius, 0):
		return nil, fmt.Errorf("radius: found %g, expected a number above 0", radius)
	}
	centre, err := f.equilibrium(ctx)
	if err != nil {
		return nil, err
	}
	c := f.certificate()
	b := f.around(centre, radius)
	b.Weigh()
	if err := b.Certify(ctx, o, c); err != nil {
		return nil, err
	}
	if !c.Certified() && c.Unstable == nil {
		if best, err := f.largest(ctx, centre, radius, o, c.Norm); err != nil {
			return nil, err
		} else if best > 0 {
			c.Reasons = append(c.Reasons, fmt.Sprintf("region too big: radius %.6g is certified with as many cells", best))
		}
	}
	return c, nil
}

func (f *Field) certificate() *certify.Certificate {
	c := certify.New()
	c.Game, c.Digest, c.Form = f.game.Name, markovDigest(f.game), "markov"
	c.Concept, c.Field, c.Blocks, c.Dims = "logit_qre", "natural gradient on logits", f.blocks, f.Dims
	return c
}

// around is the box of half width radius, at least, around centre.
func (f *Field) around(centre []float64, radius float64) *enclose.Box {
	b := &enclose.Box{Field: f, Dims: f.Dims, Centre: centre, Weights: smallgain.Ones(len(f.Dims)), Xi: smallgain.Ones(len(f.Dims))}
	for _, z := range centre {
		b.Lower, b.Upper = append(b.Lower, interval.Down(z-radius)), append(b.Upper, interval.Up(z+radius))
	}
	return b
}

// largest is a radius below radius that is certified in the norm, to some 3%, 0 if
// none was found.
func (f *Field) largest(ctx context.Context, centre []float64, radius float64, o enclose.Options, norm certify.Norm) (float64, error) {
	if err := o.Check(); err != nil {
		return 0, err
	}
	good, bad := 0.0, radius
	for range 10 {
		r := (good + bad) / 2
		if good == 0 {
			r = bad / 2
		}
		b := f.around(centre, r)
		b.Weigh()
		test := enclose.NewMetric(b.Dims, b.Weights).Monotone
		if norm == certify.Max {
			test = enclose.NewMetric(b.Dims, enclose.RootsOf(b.Xi)).Dominant
		}
		c, err := enclose.Bisect(ctx, f, test, b.Lower, b.Upper, o.MaxCells)
		if err != nil {
			return 0, err
		}
		if c.Margin() > 0 {
			good = r
		} else {
			bad = r
		}
		if good > 0 && bad-good < .03*good {
			break
		}
	}
	return good, nil
}

// equilibrium finds logits with τz = dΔQ̄: steps of natural gradient, then damped
// Newton steps.
func (f *Field) equilibrium(ctx context.Context) ([]float64, error) {
	z, best := make([]float64, f.N), make([]float64, f.N)
	g := make([]interval.Interval, f.N)
	eta := .5 / max(f.tau[0], f.tau[1])
	residual := math.Inf(1)
	for round := range 12 {
		for range 200 << min(round, 4) {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if !f.Value(g, z, z) {
				break
			}
			size := 0.0
			for i := range z {
				x := g[i].Mid()
				z[i] -= eta * x
				size = max(size, math.Abs(x))
			}
			if size < residual {
				residual = size
			}
			if size <= 1e-6*max(f.tau[0], f.tau[1]) {
				break
			}
		}
		copy(best, z)
		if enclose.Root(f, best) {
			return best, nil
		}
		eta /= 1.5
	}
	return nil, fmt.Errorf("equilibrium: not found, smallest residual %.3g; natural gradient does not settle at temperatures %g", residual, f.tau)
}

// markovDigest is the SHA-256 of a game's data, in hex.
func markovDigest(g *markov.Game) string {
	body, err := json.Marshal(struct {
		Start    []float64
		Discount float64
		Horizon  int
		Actions  [][]int
		Steps    [][][][]markov.Outcome
	}{g.Start, g.Discount, g.Horizon, g.Actions, g.Steps})
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}
