package search

import (
	"context"
	"fmt"
	"math"
	"slices"

	"arbiter/games"
	"arbiter/games/flat"
)

// mostVisits bounds sets times nodes of a tree.
const mostVisits = 1 << 26

// Sequence verifies the certificate of the sequence form of a tree of two seats
// and constant sum: that the payoffs are skew, that L is at least half the payoff
// range times sqrt(ρ_0 ρ_1), ρ_k the largest probability over chance's pure plays
// that a set of seat k can be reached, and the saddle as a fixed point of the
// regularised response. That this L is a Lipschitz constant in a norm in which the
// dilated entropy is 1-strongly convex is a theorem that is not proved again here.
// A sum that is constant only up to κ' costs κ/2, κ = κ'/2 sqrt(ρ_0 ρ_1), of the
// margin. digest is that of the game at hand.
func Sequence(ctx context.Context, c *Claim, b *flat.Board, digest string) (*Result, error) {
	if c.Form != "sequence" {
		return nil, fmt.Errorf("form: found %q, expected \"sequence\"", c.Form)
	}
	if seats := b.Info().Seats; seats != 2 {
		return nil, fmt.Errorf("%s: %d seats, expected 2", b.Info().Name, seats)
	}
	if len(c.Blocks) != 2 || len(c.Temperature) != 2 {
		return nil, fmt.Errorf("blocks and temperature: found %d and %d, expected 2 of each", len(c.Blocks), len(c.Temperature))
	}
	tau := floats(c.Temperature)
	for k, t := range tau {
		if !(t > 0) || !finite(t) {
			return nil, fmt.Errorf("temperature[%d]: found %g, expected a finite number above 0", k, t)
		}
	}
	r := newReport(c)
	r.common(digest)
	r.is("method", c.Method, "of sequence forms", "analytic")
	r.is("concept", c.Concept, "of this form", "sequence_qre")
	r.is("field", c.Field, "what moves", "mirror gradient of realisation plans")
	r.is("norm", c.Norm, "of the statement", "kl, dilated")
	r.is("source", c.Source, "whose margin it is", "signed")
	r.names(func(i int) string { return fmt.Sprintf("seat %d", i) })
	r.seen("temperature", "mu", "ell")
	for k := range c.Mu {
		r.atMost(pathOf("mu", k), float64(c.Mu[k]), tau[k], "the temperature")
	}
	for k := range c.Ell {
		r.atLeast(pathOf("ell", k), float64(c.Ell[k]), math.Inf(1), "entropy has no largest curvature")
	}
	r.plain("weights", c.Weights[0] == 1 && c.Weights[1] == 1, "both 1: only then do the payoffs cancel")
	low, high, off, err := constantSum(b)
	if err != nil {
		return nil, err
	}
	rho, err := reachable(ctx, b)
	if err != nil {
		return nil, err
	}
	reach := bracket{0, mulUp(rho[0], rho[1])}.sqrt().hi
	l := mulUp(addUp(high, -low)/2, reach)
	lost, alpha := 0.0, slices.Min(tau)
	if off > 0 {
		lost = mulUp(off/4, reach)
		alpha = addDown(alpha, -lost)
	}
	r.atMost("margin", float64(c.Margin), alpha, "the least temperature, as the payoffs are skew and cancel")
	r.atMost("margins.signed", float64(c.Margins.Signed), alpha, "the least temperature")
	r.atMost("rate", float64(c.Rate), alpha, "the margin")
	r.ladder(alpha > 0, "proven")
	r.atLeast("lipschitz", float64(c.Lipschitz), l, "half the payoff range times sqrt(rho_0 rho_1)")
	r.seen("coupling", "coupling.i", "coupling.j", "coupling.value")
	for i := range 2 {
		if !c.Coupling.none() {
			r.atLeast(pathOf("coupling", i, 1-i), c.Coupling.at(i, 1-i), l, "the Lipschitz constant")
			if x := c.Coupling.at(i, i); x != 0 {
				r.add(pathOf("coupling", i, i), x, 0, false, "expected 0 on the diagonal")
			}
		}
	}
	r.atLeast("gain", float64(c.Gain), l/math.Sqrt(tau[0]*tau[1])*(1+4*ulp), "of couplings over temperatures")
	prox := math.Inf(1)
	if l > 0 {
		prox = alpha / l / l
	}
	most := map[string]float64{}
	for i, s := range c.Steps {
		switch s.Scheme + " " + s.Bound {
		case "flow V(t) ≤ e^{-τt} V(0), V = B(z*,z)":
			most["flow"] = r.row(i, s, rule{theorem, math.Inf(1), nil})
		case "prox η ≤ τ/L²: V+ ≤ V/(1+ητ)":
			most["prox"] = r.row(i, s, rule{theorem, prox, func(h float64) float64 { return 1 / (1 + h*alpha) }})
		default:
			r.strange(i, s)
		}
	}
	r.largest(most)
	r.everywhere("kl, dilated", c.Certified && alpha > 0)
	r.converges(alpha > 0)
	if e := c.Entropy; e != nil {
		r.plain("entropy.temperature", len(e.Temperature) == 0 || slices.Equal(floats(e.Temperature), tau), "that of the seats")
		r.atLeast("entropy.lipschitz", float64(e.Lipschitz), l, "half the payoff range times sqrt(rho_0 rho_1)")
		r.atLeast("entropy.threshold", float64(e.Threshold), lost, "every temperature above it is certified")
		r.seen("entropy.exact")
		r.pass("of sequence forms", "entropy.distance")
	}
	if g := c.Region; g != nil && !math.IsNaN(float64(g.Distance)) {
		r.pass("of sequence forms", "region.distance")
	}
	r.saddle(b, tau)
	return r.close(), nil
}

// constantSum is the range of half the difference of payoffs, and that of their sum
// over all leaves that chance lets happen; an error if that is more than rounding.
func constantSum(b *flat.Board) (low, high, off float64, err error) {
	low, high = math.Inf(1), math.Inf(-1)
	least, most, size := math.Inf(1), math.Inf(-1), 0.0
	b.Leaves(func(_ []flat.Step, chance float64, payoff []float64) {
		if chance == 0 {
			return
		}
		x, y := payoff[0], payoff[1]
		low, high = min(low, addDown(x/2, -y/2)), max(high, addUp(x/2, -y/2))
		least, most, size = min(least, addDown(x, y)), max(most, addUp(x, y)), max(size, math.Abs(x), math.Abs(y))
	})
	if off = addUp(most, -least); !(off <= 1e-9*size) || !finite(high-low) {
		return 0, 0, 0, fmt.Errorf("%s: payoffs of both seats sum to %g and to %g, expected a constant sum", b.Info().Name, least, most)
	}
	return low, high, off, nil
}

// reachable is the largest probability, per seat, over independent draws at all
// chance nodes, that play can get to one of its sets.
func reachable(ctx context.Context, b *flat.Board) ([2]float64, error) {
	var out [2]float64
	decisions, chance, terminals := b.Sizes()
	nodes := decisions + chance + terminals
	if sets := len(b.Rows(0)) + len(b.Rows(1)); sets*nodes > mostVisits {
		return out, fmt.Errorf("%s: %d information sets and %d nodes, too large to be verified", b.Info().Name, sets, nodes)
	}
	// Children have larger numbers than their parents.
	can := make([]float64, nodes)
	for seat := range 2 {
		for row := range b.Rows(seat) {
			if err := ctx.Err(); err != nil {
				return out, err
			}
			for i := nodes - 1; i >= 0; i-- {
				n := b.Node(i)
				can[i] = 0
				switch {
				case n.Turn == games.Over:
				case int(n.Turn) == seat && n.Row == row:
					can[i] = 1
				case n.Turn == games.Chance:
					for m, p := range b.Odds(n.Row) {
						can[i] += p * can[n.First+m]
					}
				default:
					never := 1.0
					for m := range n.Moves {
						never *= 1 - can[n.First+m]
					}
					can[i] = 1 - never
				}
			}
			out[seat] = max(out[seat], min(1, can[0]))
		}
	}
	return out, nil
}

// saddle checks the behaviour claimed against the regularised response to it:
// from the last sets back, V(I) = τ log Σ_a exp((value of a + Σ V behind a)/τ).
func (r *report) saddle(b *flat.Board, tau []float64) {
	c := r.claim
	if c.Equilibrium == nil {
		r.atLeast("residual", float64(c.Residual), math.Inf(1), "of no equilibrium")
		return
	}
	var sizes []int
	for seat := range 2 {
		for _, row := range b.Rows(seat) {
			sizes = append(sizes, row.Moves)
		}
	}
	p, err := policy(c.Equilibrium, sizes)
	if err != nil {
		r.plain("equilibrium", false, err.Error())
		return
	}
	behaviour := [2][][]float64{p[:len(b.Rows(0))], p[len(b.Rows(0)):]}
	var plan, worth [2][][]float64
	for seat := range 2 {
		parents := b.Parents(seat)
		for row, x := range behaviour[seat] {
			reach := 1.0
			if s := parents[row]; s.Row >= 0 {
				reach = plan[seat][s.Row][s.Move]
			}
			plan[seat] = append(plan[seat], times64(reach, x))
			worth[seat] = append(worth[seat], make([]float64, len(x)))
		}
	}
	at := func(seat int, s flat.Step) float64 {
		if s.Row < 0 {
			return 1
		}
		return plan[seat][s.Row][s.Move]
	}
	size := 0.0
	b.Leaves(func(last []flat.Step, chance float64, payoff []float64) {
		half := payoff[0]/2 - payoff[1]/2
		size = max(size, math.Abs(half))
		for seat, s := range last {
			if s.Row >= 0 {
				x := chance * half * at(1-seat, last[1-seat])
				if seat == 1 {
					x = -x
				}
				worth[seat][s.Row][s.Move] += x
			}
		}
	})
	found := 0.0
	for seat := range 2 {
		parents := b.Parents(seat)
		for row := len(parents) - 1; row >= 0; row-- {
			x := times64(1/tau[seat], worth[seat][row])
			response := softmax(x)
			for a, y := range response {
				found = max(found, math.Abs(y-behaviour[seat][row][a]))
			}
			if s := parents[row]; s.Row >= 0 {
				top, sum := slices.Max(x), 0.0
				for _, y := range x {
					sum += math.Exp(y - top)
				}
				worth[seat][s.Row][s.Move] += tau[seat] * (top + math.Log(sum))
			}
		}
	}
	rounding := 256 * ulp * max(1, size/slices.Min(tau)) * float64(len(sizes))
	r.plain("equilibrium", found <= 1e-5, "near a fixed point of the regularised response")
	r.rounded("residual", float64(c.Residual), found, rounding, "largest difference from the regularised response")
}
