// Package entropic says what the inequalities of certify/verify are made of in payoff
// tables and trees with entropy: by how much blocks sway one another, worked out from
// the game alone, and the margins of section 9 at the vectors that the certificate
// holds; of sequence forms, how far payoffs reach. What is said of the equilibrium, which takes logarithms, is not checked here.
package entropic

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"slices"

	"arbiter/certify/verify"
	"arbiter/games/flat"
	"arbiter/games/normal"
)

// check is one of a game with entropy.
type check struct {
	*verify.Check
	*game
	n           int
	norm        string // of divergences, as files write it
	tau, w      []float64
	d, both     [][]float64 // D_ij and D_ij(w) as claimed, which are not below; nil where one is
	alpha, span float64     // margins that hold, NaN if they do not
	lipschitz   float64     // likewise
}

// Table checks the certificate of a payoff table with entropy, Board that of the agent
// form of a tree; digest is that of the game at hand. An error says that the certificate
// has not the shape it must have, or that the game is too large.
func Table(ctx context.Context, c *verify.Claim, t normal.Table, digest string) (*verify.Result, error) {
	g, err := ofTable(t)
	if err != nil {
		return nil, err
	}
	return run(ctx, c, g, digest, "logit_qre")
}

// Board: see Table.
func Board(ctx context.Context, c *verify.Claim, b *flat.Board, digest string) (*verify.Result, error) {
	g, err := ofBoard(b)
	if err != nil {
		return nil, err
	}
	return run(ctx, c, g, digest, "reach_weighted_agent_qre")
}

func run(ctx context.Context, c *verify.Claim, g *game, digest, concept string) (*verify.Result, error) {
	nan := math.NaN()
	k := &check{Check: verify.NewCheck(c), game: g, n: len(g.sizes), norm: "kl", alpha: nan, span: nan, lipschitz: nan}
	k.Digest(digest)
	names, _ := k.Get("blocks").([]any)
	if len(names) != k.n {
		return nil, fmt.Errorf("blocks: found %d, the game has %d", len(names), k.n)
	}
	for i, x := range names {
		if x != k.names[i] {
			k.Is(verify.At("blocks", i), false, "expected "+k.names[i])
		}
	}
	k.Is("method", k.Text("method") == "analytic" && k.Text("norm") == "kl" && k.Text("source") == "signed", "analytic, in divergences, by the signed margin")
	k.Is("concept", k.Text("concept") == concept && k.Text("field") == "natural gradient on logits", "of this form")
	k.w = verify.Positive(k.Get("weights"), k.n)
	if !k.Is("weights", k.w != nil && k.w[0] == 1, "numbers above 0, one per block, the first 1") || !k.temperatures() {
		return k.Rest(), nil
	}
	for _, part := range []func(context.Context){k.interactions, k.margins, k.steps, k.place} {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		part(ctx)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return k.Rest(), nil
}

// temperatures are those of the players, at every block of theirs.
func (k *check) temperatures() bool {
	players := slices.Max(k.owner) + 1
	t := verify.Positive(k.Get("temperature"), players)
	if !k.Is("temperature", t != nil, "numbers above 0, one per player") {
		return false
	}
	for _, o := range k.owner {
		k.tau = append(k.tau, t[o])
	}
	k.Is("entropy.temperature", slices.Equal(k.Vec("entropy.temperature", k.n), k.tau), "that of each block's owner")
	for i, x := range k.tau {
		k.AtMost(verify.At("mu", i), x, "the temperature")
		k.AtLeast(verify.At("ell", i), x, "the temperature")
	}
	return true
}

// interactions compares what the certificate says of pairs with what the game allows.
func (k *check) interactions(ctx context.Context) {
	one, nought := whole(1), new(big.Rat)
	for _, x := range []struct {
		field string
		over  int64
		to    *[][]float64
		w     func(i, j int) (wi, wj *big.Rat)
	}{
		{"entropy.interaction", 1, &k.d, func(i, j int) (*big.Rat, *big.Rat) { return one, nought }},
		{"coupling", 4, nil, func(i, j int) (*big.Rat, *big.Rat) { return one, nought }},
		{"entropy.swayed", 1, &k.both, func(i, j int) (*big.Rat, *big.Rat) { return rat(k.w[i]), rat(k.w[j]) }},
	} {
		m := k.Square(x.field, k.n)
		if m == nil {
			k.Open(x.field, "no square matrix of blocks")
			continue
		}
		ok, bound, worst := true, false, ""
		for i := range k.n {
			for j := range k.n {
				if ctx.Err() != nil {
					return
				}
				claimed := mul(whole(x.over), rat(m[i][j]))
				if i == j {
					ok = ok && claimed.Sign() == 0
					continue
				}
				wi, wj := x.w(i, j)
				if d, free := k.sway(i, j, wi, wj); claimed.Sign() < 0 || claimed.Cmp(d) < 0 {
					ok, bound, worst = false, bound || free, fmt.Sprintf(", which entry [%d][%d] is below", i, j)
				}
			}
		}
		switch {
		case !ok && bound:
			k.Open(x.field, "of sets with too many moves at once"+worst)
		case k.Is(x.field, ok, "the largest over all that the others may play"+worst) && x.to != nil:
			*x.to = m
		}
	}
}

// rows decides for all i that left_i ≥ Σ_j a_ij y_j, all in rationals.
func rows(a [][]float64, y []float64, left func(i int) *big.Rat) bool {
	if a == nil || y == nil {
		return false
	}
	for i, row := range a {
		sum := new(big.Rat)
		for j, x := range row {
			if x != 0 {
				sum.Add(sum, mul(rat(x), rat(y[j])))
			}
		}
		if left(i).Cmp(sum) < 0 {
			return false
		}
	}
	return true
}

// margins are those of section 9 at vectors of the file.
func (k *check) margins(context.Context) {
	low, high := math.Inf(-1), math.Inf(1)
	vector := func(path string) []float64 {
		k.See(path)
		return verify.Positive(k.Get(path), k.n)
	}
	y, xi, z := vector("entropy.witness"), vector("entropy.xi"), vector("entropy.gain_witness")
	four, eight := whole(4), whole(8)
	// 2 w_i (τ_i - x) y_i ≥ Σ_j D_ij(w) y_j/4 of temperatures τ.
	signed := func(tau []float64, x float64) bool {
		return rows(k.both, y, func(i int) *big.Rat {
			return mul(mul(eight, rat(k.w[i])), mul(sub(rat(tau[i]), rat(x)), rat(y[i])))
		})
	}
	span := func(tau []float64, x float64) bool {
		return rows(k.d, xi, func(i int) *big.Rat { return mul(four, mul(sub(rat(tau[i]), rat(x)), rat(xi[i]))) })
	}
	at := func(field string, holds func(tau []float64, x float64) bool, why string) float64 {
		if k.Decide(field, low, func(x float64) bool { return holds(k.tau, x) }, why) {
			return k.Num(field)
		}
		return math.NaN()
	}
	k.alpha = at("margin", signed, "2 w (τ - margin) y ≥ D(w) y/4")
	at("margins.signed", signed, "2 w (τ - margin) y ≥ D(w) y/4")
	k.AtMost("rate", k.alpha, "the margin")
	k.span = at("entropy.unsigned", span, "(τ - margin) ξ ≥ D ξ/4")
	at("margins.sgn", span, "(τ - margin) ξ ≥ D ξ/4")
	k.Decide("gain", high, func(x float64) bool {
		return rows(k.d, z, func(i int) *big.Rat { return mul(mul(four, rat(x)), mul(rat(k.tau[i]), rat(z[i]))) })
	}, "gain τ z ≥ D z/4")
	u, v := vector("entropy.lipschitz_witness[0]"), vector("entropy.lipschitz_witness[1]")
	for _, field := range []string{"lipschitz", "entropy.lipschitz"} {
		if k.Decide(field, high, func(l float64) bool {
			if k.d == nil || u == nil || v == nil {
				return false
			}
			back := make([][]float64, k.n) // D'
			for j := range back {
				for i := range k.n {
					back[j] = append(back[j], k.d[i][j])
				}
			}
			return rows(k.d, v, func(i int) *big.Rat { return mul(mul(four, rat(l)), rat(u[i])) }) && k.weighted(back, u, func(j int) *big.Rat {
				return mul(mul(four, rat(l)), mul(rat(k.w[j]), rat(v[j])))
			})
		}, "D v/4 ≤ L u and D'W u/4 ≤ L W v") {
			k.lipschitz = k.Num(field)
		}
	}
	if slices.Max(k.tau) != slices.Min(k.tau) {
		k.Open("entropy.threshold", "of temperatures that differ")
		k.Open("entropy.unsigned_threshold", "of temperatures that differ")
		return
	}
	zero := make([]float64, k.n)
	k.Decide("entropy.threshold", high, func(t float64) bool { return t >= 0 && signed(zero, -t) }, "2 w threshold y ≥ D(w) y/4")
	k.Decide("entropy.unsigned_threshold", high, func(t float64) bool { return t >= 0 && span(zero, -t) }, "threshold ξ ≥ D ξ/4")
}

// weighted decides that left_j ≥ Σ_i a_ji w_i u_i.
func (k *check) weighted(a [][]float64, u []float64, left func(j int) *big.Rat) bool {
	for j, row := range a {
		sum := new(big.Rat)
		for i, x := range row {
			if x != 0 {
				sum.Add(sum, mul(rat(x), mul(rat(k.w[i]), rat(u[i]))))
			}
		}
		if left(j).Cmp(sum) < 0 {
			return false
		}
	}
	return true
}

// steps checks the rows of section 9.
func (k *check) steps(context.Context) {
	hot, one := rat(slices.Max(k.tau)), whole(1)
	a, span, l := rat(k.alpha), rat(k.span), rat(k.lipschitz)
	inverse := func(x *big.Rat) *big.Rat { x = quo(one, add(one, x)); return mul(x, x) } // (1/(1+x))²
	prox := func(h *big.Rat) bool { return mul(h, mul(l, l)).Cmp(a) <= 0 }
	cool := func(h *big.Rat) *big.Rat { // η of h = η/(1+ητ); nil if there is none
		if rest := sub(one, mul(h, hot)); rest.Sign() > 0 {
			return quo(h, rest)
		}
		return nil
	}
	byMargin, bySpan := verify.Metric{Alpha: k.alpha, Beta: k.lipschitz}, verify.Metric{Alpha: k.span}
	rules := map[string]known{
		"flow V(t) ≤ e^{-αt} V(0), V = Σ w_i KL(π*_i‖π_i)": {verify.Metric{Alpha: k.alpha}, verify.Rule{Status: verify.Theorem}},
		"euler logits, η ≤ 1/max τ: the span norm max_i s_i/ξ_i falls by 1-ηα, α of the span norm": {bySpan, verify.Rule{
			Status: verify.Theorem, Within: func(h *big.Rat) bool { return mul(h, hot).Cmp(one) <= 0 },
			Square: func(h *big.Rat) *big.Rat { x := sub(one, mul(h, span)); return mul(x, x) },
		}},
		"prox η ≤ α/L_w²: V+ ≤ V/(1+ηα)": {byMargin, verify.Rule{Status: verify.Theorem, Within: prox, Square: func(h *big.Rat) *big.Rat { return inverse(mul(h, a)) }}},
	}
	if slices.Max(k.tau) == slices.Min(k.tau) {
		rules["euler logits, η/(1+ητ) of the prox step: V+ ≤ V/(1+ηα)"] = known{byMargin, verify.Rule{
			Status: verify.Theorem, Within: func(h *big.Rat) bool { x := cool(h); return x != nil && prox(x) },
			Square: func(h *big.Rat) *big.Rat {
				if x := cool(h); x != nil {
					return inverse(mul(x, a))
				}
				return one
			},
		}}
	}
	k.known(rules)
}

// known is what a row of steps means, and in what metric.
type known struct {
	verify.Metric
	verify.Rule
}

// known checks rows by what they mean, by scheme and bound.
func (k *check) known(rules map[string]known) {
	list, _ := k.Get("steps").([]any)
	longest, loose := 0.0, false
	for i := range list {
		row := verify.At("steps", i)
		scheme, status := k.Text(row+".scheme"), k.Text(row+".status")
		r, ok := rules[scheme+" "+k.Text(row+".bound")]
		k.See(row+".scheme", row+".bound", row+".metric")
		if k.Text(row+".metric") != "weights" {
			k.Is(row+".metric", false, "expected weights: there is no other metric")
			continue
		}
		switch {
		case !ok && status != verify.Theorem && status != verify.Constant:
			k.See(row + ".status")
			for _, f := range []string{".max", ".best", ".factor"} {
				k.Open(row+f, status)
			}
			continue
		case !ok:
			k.Is(row, false, "a theorem of no name that is known")
			continue
		case math.IsInf(k.Num(row+".max"), 1) && r.Square != nil:
			k.Open(row, "of payoffs that nothing sways: any step")
		default:
			ok = k.Row(row, r.Rule, r.Metric)
		}
		if scheme == "euler" && status == verify.Theorem {
			longest, loose = max(longest, k.Num(row+".max")), loose || !ok
		}
	}
	if loose {
		k.Open("euler_max_step", "of a row that does not hold")
	} else {
		k.AtMost("euler_max_step", longest, "the longest step of a theorem")
	}
}

// place checks the region, which is everywhere, and the verdict.
func (k *check) place(context.Context) {
	certified := k.Claim.Certified && k.alpha > 0
	k.Verdict(k.alpha > 0, false, "proven")
	k.Is("region.shape", k.Text("region.shape") == "all" && k.Text("region.norm") == k.norm, "everywhere, in divergences")
	k.Is("region.radius", math.IsInf(k.Num("region.radius"), 1) && math.IsInf(k.Num("region.ball"), 1), "everywhere: no radius, no ball")
	k.See("region.norm", "region.ball")
	flag := func(what string, ok bool, why string) {
		x, _ := k.Get(what).(bool)
		k.Is(what, !x || ok, why)
	}
	flag("region.unique", certified, "what contracts everywhere has one zero")
	flag("converges", certified, "what contracts everywhere has one zero")
	if k.Get("region.invariant") != nil {
		k.Is("region.invariant", !k.Claim.Certified || certified && math.IsInf(k.Num("region.invariant"), 1), "every start")
	}
}
