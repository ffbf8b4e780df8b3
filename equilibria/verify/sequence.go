package verify

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

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
func Sequence(ctx context.Context, c *Claim, b *flat.Board) ([]Finding, error) {
	if c.Form != "sequence" {
		return nil, fmt.Errorf("form: found %q, expected \"sequence\"", c.Form)
	}
	if seats := b.Info().Seats; seats != 2 {
		return nil, fmt.Errorf("%s: %d seats, expected 2", b.Info().Name, seats)
	}
	if len(c.Blocks) != 2 || len(c.Temperature) != 2 || len(c.Mu) != 2 || len(c.Coupling) != 2 {
		return nil, fmt.Errorf("blocks, temperature, mu and coupling: found %d, %d, %d and %d, expected 2 of each", len(c.Blocks), len(c.Temperature), len(c.Mu), len(c.Coupling))
	}
	tau := floats(c.Temperature)
	for k, t := range tau {
		if !(t > 0) || !finite(t) {
			return nil, fmt.Errorf("temperature[%d]: found %g, expected a finite number above 0", k, t)
		}
	}
	r := c.ladder("analytic")
	r.plain("mu", c.Mu[0] == c.Temperature[0] && c.Mu[1] == c.Temperature[1], "the temperatures")
	r.plain("weights", c.Weights[0] == 1 && c.Weights[1] == 1, "both 1: only then do the payoffs cancel")
	low, high, err := constantSum(b)
	if err != nil {
		return nil, err
	}
	r.plain("constant sum", true, "the payoffs are skew and cancel")
	least := slices.Min(tau)
	r.atMost("margin", float64(c.Margin), least, 0)
	r.same("margins.signed", float64(c.Margins.Signed), float64(c.Margin), 0)

	rho, err := reachable(ctx, b)
	if err != nil {
		return nil, err
	}
	l := (high - low) / 2 * math.Sqrt(rho[0]*rho[1])
	claimed := float64(c.Lipschitz)
	r.add("lipschitz", claimed, l, claimed >= below(l, high-low), "half the payoff range times sqrt(rho_0 rho_1)")
	r.plain("coupling", float64(c.Coupling[0][1]) >= below(claimed, 0) && float64(c.Coupling[1][0]) >= below(claimed, 0), "the Lipschitz constant")
	prox := math.Inf(1)
	if claimed > 0 {
		prox = float64(c.Margin) / claimed / claimed
	}
	for _, s := range c.Steps {
		switch {
		case s.Scheme == "flow":
			r.flow(s)
		case s.Scheme == "prox" && strings.HasPrefix(s.Bound, "η ≤ τ/L²") && c.Margin > 0:
			r.row(s, prox, func(h float64) float64 { return 1 / (1 + h*float64(c.Margin)) })
		default:
			r.unknown(s)
		}
	}
	r.largest()
	if c.Unstable != nil {
		r.plain("unstable", false, "a monotone saddle is never unstable")
	}
	if r.claim.Region == nil || r.claim.Region.Shape != "all" {
		r.plain("region", false, "expected everywhere")
	}
	r.saddle(b, tau)
	return r.findings, nil
}

// constantSum is the range of half the difference of payoffs, and an error if
// their sum is not the same at all leaves that chance lets happen.
func constantSum(b *flat.Board) (low, high float64, err error) {
	low, high = math.Inf(1), math.Inf(-1)
	least, most, size := math.Inf(1), math.Inf(-1), 0.0
	b.Leaves(func(_ []flat.Step, chance float64, payoff []float64) {
		if chance == 0 {
			return
		}
		x, y := payoff[0], payoff[1]
		low, high = min(low, x/2-y/2), max(high, x/2-y/2)
		least, most, size = min(least, x+y), max(most, x+y), max(size, math.Abs(x), math.Abs(y))
	})
	if !(most-least <= 1e-9*size) || !finite(high-low) {
		return 0, 0, fmt.Errorf("%s: payoffs of both seats sum to %g and to %g, expected a constant sum", b.Info().Name, least, most)
	}
	return low, high, nil
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
	r.add("residual", float64(c.Residual), found, found <= float64(c.Residual)*(1+1e-6)+rounding, "largest difference from the regularised response")
}
