package softmarkov

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"arbiter/certify"
	"arbiter/certify/enclose"
	"arbiter/certify/smallgain"
	"arbiter/dice"
	"arbiter/games/markov"
	"arbiter/internal/interval"
)

const (
	// mostVertices bounds the corners of a cube that are all looked at.
	mostVertices = 1 << 12
	// ratios is how many w₂/w₁ from 10⁻² to 10², evenly in the logarithm, are tried.
	ratios = 200
)

// Sampled is the paper's pipeline (sections 8 and 10): natural policy gradient
// of a discounted game of two players, temperature tau[i] of player i summed over
// states without weights, with the curvature and the couplings that the Fisher
// metric of each point gives, at the vertices of the cube of half width radius in
// all logits around the equilibrium. Beyond 4096 vertices as many points are drawn
// from the cube instead, independent and uniform, by seed. The ratio of weights is
// the best of 200.
//
// It is evidence and never a certificate: points prove nothing about what lies
// between them, and away from the equilibrium the derivative of the metric is
// missing.
func Sampled(ctx context.Context, g *markov.Game, tau []float64, radius float64, seed uint64) (*certify.Certificate, error) {
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
	for k := range f.at {
		choices := 0
		for _, m := range f.actions[k] {
			choices += m - 1
		}
		if choices == 0 {
			return nil, fmt.Errorf("actions: player %d has no choice in any state, expected at least one", k)
		}
	}
	centre, err := f.equilibrium(ctx)
	if err != nil {
		return nil, err
	}
	raw := 0 // logits
	for k := range f.actions {
		for _, m := range f.actions[k] {
			if m > 1 {
				raw += m
			}
		}
	}
	points, corners := mostVertices, false
	if raw < 63 && 1<<raw <= mostVertices {
		points, corners = 1<<raw, true
	}
	z, y := make([]float64, f.N), make([]float64, raw)
	key := dice.New(seed)
	list := make([]*mat.Dense, 0, points) // K of every point, unit weights
	b := enclose.NewBounds(2)
	first := f.at[1][0]
	for p := range points {
		if p%64 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		for i := range y {
			switch {
			case !corners:
				y[i] = radius * (2*dice.Float64(key.Word(p*raw+i)) - 1)
			case p>>i&1 == 1:
				y[i] = radius
			default:
				y[i] = -radius
			}
		}
		at, from := 0, 0
		for k := range f.actions {
			for _, m := range f.actions[k] {
				for a := range m - 1 {
					z[at] = centre[at] + y[from+a] - y[from+m-1]
					at++
				}
				if m > 1 {
					from += m
				}
			}
		}
		k, err := f.fisher(z)
		if err != nil {
			return nil, fmt.Errorf("at %.6g: %w", z, err)
		}
		meet(b, k, first)
		list = append(list, k)
	}
	ratio, best := 1.0, math.Inf(-1)
	for i := range ratios {
		r := math.Pow(10, -2+4*float64(i)/(ratios-1))
		if m := smallgain.SmallGainMargin([]float64{1, r}, b.Mu, b.L); m > best+1e-12*math.Abs(best) || i == 0 {
			ratio, best = r, m
		}
	}
	b.Signed, b.Gamma = math.NaN(), math.NaN()
	b.Beta = 0
	for _, k := range list {
		scale := math.Sqrt(ratio)
		k.Apply(func(i, j int, x float64) float64 {
			switch {
			case i < first && j >= first:
				return x / scale
			case i >= first && j < first:
				return x * scale
			}
			return x
		}, k)
		b.Beta = max(b.Beta, smallgain.Norm2(k))
	}
	c := f.certificate()
	c.Field = "natural policy gradient, Fisher metric of each point"
	c.Blocks = []string{"player 0", "player 1"}
	b.Sampled(c, []float64{1, ratio})
	c.Margin = best
	c.Margins.SGN, c.Margins.Signed = best, math.NaN()
	c.Attained, c.Samples = smallgain.Connected(b.L), points
	c.Equilibrium = centre
	values := make([]interval.Interval, f.N)
	if f.Value(values, centre, centre) {
		c.Residual = 0
		for _, v := range values {
			c.Residual = math.Hypot(c.Residual, v.Mag())
		}
	}
	(&enclose.Box{Field: f, Centre: centre}).Spectrum(c)
	c.Region = &certify.Region{Shape: "box", Norm: "max in raw logits", Centre: centre, Radius: radius, Ball: math.NaN(), Invariant: math.NaN(), Distance: math.NaN()}
	what := fmt.Sprintf("%d points: all vertices of the cube of half width %g in %d logits", points, radius, raw)
	if !corners {
		c.Seed = seed
		what = fmt.Sprintf("%d points: independent and uniform on the cube of half width %g in %d logits, seed %d", points, radius, raw, seed)
	}
	c.Reasons = append(c.Reasons, what, "away from the equilibrium these constants leave out the derivative of the Fisher metric")
	return c, nil
}

// meet widens b by K at a point, of two blocks of which the second starts at first.
func meet(b *enclose.Bounds, k *mat.Dense, first int) {
	n, _ := k.Dims()
	ends := []int{0, first, n}
	for i := range 2 {
		for j := range 2 {
			part := k.Slice(ends[i], ends[i+1], ends[j], ends[j+1])
			size := smallgain.Norm2(part)
			if i == j {
				b.Mu[i], b.Ell[i] = min(b.Mu[i], smallgain.Least(part)), max(b.Ell[i], size)
			} else {
				b.L[i][j] = max(b.L[i][j], size)
			}
		}
	}
}

// fisher is F^{-1/2} H F^{-1/2} at logits z: H_ij the second derivatives of player
// i's cost by i's logits and j's, F the Fisher matrices of the policies. In
// differences of logits F is positive definite; eigenvalues and norms of blocks are
// those in all logits without the null directions. The gradient is F G, so that H =
// F DG + ∂F·G.
func (f *Field) fisher(z []float64) (*mat.Dense, error) {
	n := f.N
	k, g := make([]interval.Interval, n*n), make([]interval.Interval, n)
	if !f.Jacobian(k, z, z) || !f.Value(g, z, z) {
		return nil, fmt.Errorf("values could not be worked out")
	}
	h, root, f2 := mat.NewDense(n, n, nil), mat.NewDense(n, n, nil), mat.NewDense(n, n, nil)
	dg, extra := mat.NewDense(n, n, nil), mat.NewDense(n, n, nil)
	for i := range k {
		dg.Set(i/n, i%n, k[i].Mid())
	}
	for i := range f.at {
		for s, m := range f.actions[i] {
			if m == 1 {
				continue
			}
			at, d := f.at[i][s], m-1
			p, mean := f.pi[i][s], 0.0
			fisher := make([][]float64, d)
			for a := range d {
				mean += p[a].Mid() * g[at+a].Mid()
				fisher[a] = make([]float64, d)
				for c := range d {
					fisher[a][c] = -p[a].Mid() * p[c].Mid()
					if a == c {
						fisher[a][a] += p[a].Mid()
					}
					f2.Set(at+a, at+c, fisher[a][c])
				}
			}
			_, inverse, err := smallgain.Roots(fisher)
			if err != nil {
				return nil, fmt.Errorf("policy of player %d in state %s: %w", i, f.game.States[s], err)
			}
			for a := range d {
				for c := range d {
					root.Set(at+a, at+c, inverse.At(a, c))
					// ∂F_ab/∂z_c = F_ac (1{a=b} - p_b) - p_a F_bc.
					moved := 0.0
					for b := range d {
						moved += fisher[b][c] * g[at+b].Mid()
					}
					extra.Set(at+a, at+c, fisher[a][c]*(g[at+a].Mid()-mean)-p[a].Mid()*moved)
				}
			}
		}
	}
	h.Mul(f2, dg)
	h.Add(h, extra)
	var left mat.Dense
	left.Mul(root, h)
	h.Mul(&left, root)
	return h, nil
}
