package entropic

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"slices"

	"arbiter/certify/verify"
	"arbiter/games"
	"arbiter/games/flat"
)

// Sequence checks the certificate of the sequence form of a tree of two seats and
// constant sum, in dilated divergences. All of it follows from four numbers of the game:
// H, half the range of half the differences of payoffs, K, half the range of their sums,
// and ρ_k, the largest probability over chance's pure plays that a set of seat k can be
// reached. Then L ≥ (H + K) √(ρ_0 ρ_1) is a Lipschitz constant in a norm in which the
// entropy is 1-strongly convex, and payoffs that are not of constant sum take K/2 √(ρ_0 ρ_1)
// of the margin; that this is so is a theorem (section 9). Roots are decided by squares.
func Sequence(ctx context.Context, c *verify.Claim, b *flat.Board, digest string) (*verify.Result, error) {
	s, err := reachOf(ctx, b)
	if err != nil {
		return nil, err
	}
	nan := math.NaN()
	k := &check{Check: verify.NewCheck(c), game: &game{owner: []int{0, 1}}, n: 2, norm: "kl, dilated", alpha: nan, span: nan, lipschitz: nan}
	k.Digest(digest)
	list, _ := k.Get("blocks").([]any)
	k.Is("blocks", slices.Equal(list, []any{"seat 0", "seat 1"}), "the two seats")
	k.Is("method", k.Text("method") == "analytic" && k.Text("norm") == k.norm && k.Text("source") == "signed", "analytic, in dilated divergences, by the signed margin")
	k.Is("concept", k.Text("concept") == "sequence_qre" && k.Text("field") == "mirror gradient of realisation plans", "of this form")
	k.w = k.Vec("weights", 2)
	if !k.Is("weights", slices.Equal(k.w, []float64{1, 1}), "both 1: only then do payoffs cancel") {
		return k.Rest(), nil
	}
	if k.tau = verify.Positive(k.Get("temperature"), 2); !k.Is("temperature", k.tau != nil, "numbers above 0, one per seat") {
		return k.Rest(), nil
	}
	k.Is("entropy.temperature", slices.Equal(k.Vec("entropy.temperature", 2), k.tau), "that of the seats")
	for i, t := range k.tau {
		k.AtMost(verify.At("mu", i), t, "the temperature")
		k.AtLeast(verify.At("ell", i), math.Inf(1), "entropy has no largest curvature")
	}
	k.reached(s)
	k.place(ctx)
	return k.Rest(), nil
}

// reach are the numbers of a tree that its certificate rests on: H + K, K, and ρ_0 ρ_1.
type reach struct{ both, off, square *big.Rat }

// root decides x ≥ c √(ρ_0 ρ_1), c ≥ 0.
func (s reach) root(x, c *big.Rat) bool {
	return x.Sign() >= 0 && mul(x, x).Cmp(mul(mul(c, c), s.square)) >= 0
}

// reached are the margin, the constants and the steps.
func (k *check) reached(s reach) {
	low, high, half := math.Inf(-1), math.Inf(1), big.NewRat(1, 2)
	cold := slices.Min(k.tau)
	margin := func(x float64) bool { return s.root(sub(rat(cold), rat(x)), mul(half, s.off)) }
	const least = "the least temperature, less what does not cancel"
	if k.Decide("margin", low, margin, least) {
		k.alpha = k.Num("margin")
	}
	k.Decide("margins.signed", low, margin, least)
	k.AtMost("rate", k.alpha, "the margin")
	bound := func(x float64) bool { return s.root(rat(x), s.both) }
	const most = "half the range of payoffs times √(ρ_0 ρ_1)"
	for _, field := range []string{"lipschitz", "entropy.lipschitz"} {
		if k.Decide(field, high, bound, most) {
			k.lipschitz = k.Num(field)
		}
	}
	if m := k.Square("coupling", 2); m == nil {
		k.Open("coupling", "no square matrix of seats")
	} else {
		k.Is("coupling", m[0][0] == 0 && m[1][1] == 0 && bound(m[0][1]) && bound(m[1][0]), most)
	}
	hot := mul(rat(k.tau[0]), rat(k.tau[1]))
	k.Decide("gain", high, func(x float64) bool { // is rounded to nearest
		x2 := mul(mul(rat(x), add(whole(1), verify.Last)), rat(x))
		return x >= 0 && mul(x2, hot).Cmp(mul(mul(s.both, s.both), s.square)) >= 0
	}, "couplings over the root of both temperatures")
	k.Decide("entropy.threshold", high, func(x float64) bool { return s.root(rat(x), mul(half, s.off)) }, "what does not cancel")
	a, l, one := rat(k.alpha), rat(k.lipschitz), whole(1)
	prox := verify.Rule{
		Status: verify.Theorem, Within: func(h *big.Rat) bool { return mul(h, mul(l, l)).Cmp(a) <= 0 },
		Square: func(h *big.Rat) *big.Rat { x := quo(one, add(one, mul(h, a))); return mul(x, x) },
	}
	k.known(map[string]known{
		"flow V(t) ≤ e^{-τt} V(0), V = B(z*,z)": {verify.Metric{Alpha: k.alpha}, verify.Rule{Status: verify.Theorem}},
		"prox η ≤ τ/L²: V+ ≤ V/(1+ητ)":          {verify.Metric{Alpha: k.alpha, Beta: k.lipschitz}, prox},
	})
}

// reachOf works these numbers out of a tree.
func reachOf(ctx context.Context, b *flat.Board) (reach, error) {
	info, none := b.Info(), reach{}
	if info.Seats != 2 {
		return none, fmt.Errorf("%s: %d seats, expected 2", info.Name, info.Seats)
	}
	t, err := treeOf(b)
	if err != nil {
		return none, err
	}
	var differences, sums []*big.Rat
	size := new(big.Rat)
	for _, l := range t.leaves {
		x, y := rat(l.payoff[0]), rat(l.payoff[1])
		differences, sums = append(differences, mul(big.NewRat(1, 2), sub(x, y))), append(sums, add(x, y))
		for _, z := range []*big.Rat{x, y} {
			if z = new(big.Rat).Abs(z); z.Cmp(size) > 0 {
				size = z
			}
		}
	}
	halfRange := func(x []*big.Rat) *big.Rat {
		return mul(big.NewRat(1, 2), sub(slices.MaxFunc(x, (*big.Rat).Cmp), slices.MinFunc(x, (*big.Rat).Cmp)))
	}
	if len(sums) == 0 {
		return none, fmt.Errorf("%s: chance lets no leaf happen", info.Name)
	}
	s := reach{off: halfRange(sums), square: whole(1)}
	if s.both = add(halfRange(differences), s.off); s.off.Cmp(mul(size, rat(1e-9))) > 0 {
		return none, fmt.Errorf("%s: the payoffs of both seats have no constant sum", info.Name)
	}
	for seat := range 2 {
		most := new(big.Rat)
		for row := range b.Rows(seat) {
			if err := ctx.Err(); err != nil {
				return none, err
			}
			if p := canReach(b, len(t.nodes), seat, row); p.Cmp(most) > 0 {
				most = p
			}
		}
		s.square = mul(s.square, most)
	}
	return s, nil
}

// canReach is the probability, over draws at all nodes of chance, that the seats can play
// to an information set: at most that of chance's moves at a node of chance, elsewhere
// that of one of the moves, whose draws are independent.
func canReach(b *flat.Board, nodes, seat, row int) *big.Rat {
	can, one := make([]*big.Rat, nodes), whole(1)
	for i := nodes - 1; i >= 0; i-- { // children have larger numbers
		n := b.Node(i)
		can[i] = new(big.Rat)
		switch {
		case n.Turn == games.Over:
		case int(n.Turn) == seat && n.Row == row:
			can[i] = one
		case n.Turn == games.Chance:
			for m, p := range b.Odds(n.Row) {
				can[i].Add(can[i], mul(rat(p), can[n.First+m]))
			}
		default:
			never := one
			for m := range n.Moves {
				if x := can[n.First+m]; x.Sign() != 0 {
					never = mul(never, sub(one, x))
				}
			}
			can[i] = sub(one, never)
		}
		if can[i].Cmp(one) > 0 {
			can[i] = one // chance's part is rounded
		}
	}
	return can[0]
}
