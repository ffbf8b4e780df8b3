// Package stages says what the inequalities of certify/verify are made of for regularised
// value iteration of a zero-sum Markov game: the discount and the masses of rows, values
// that sweeps cannot leave, and by how much the players of a state can sway one another
// for values there, all from the tables of the game and in rationals.
//
// That is what the theorem needs: sweeps are monotone and shift with values by at most
// the discounted mass, hence contract by it at every temperature; stage games of zero
// sum have, at weights 1, the lesser temperature as margin (section 9b).
package stages

import (
	"context"
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"

	"arbiter/certify/verify"
	"arbiter/certify/verify/rational"
	"arbiter/games/markov"
)

var rat = rational.Of

// row is what a joint action leads to: its expected reward for player 0, and the
// probabilities of states that come next.
type row struct {
	reward *big.Rat
	to     map[int]*big.Rat
}

// rows are those of a state.
func rows(list [][]markov.Outcome) (out []row) {
	for _, outcomes := range list {
		r := row{new(big.Rat), map[int]*big.Rat{}}
		for _, o := range outcomes {
			r.reward.Add(r.reward, rational.Mul(rat(o.Prob), rat(o.Reward[0])))
			if o.Next == markov.End {
				continue
			}
			if r.to[o.Next] == nil {
				r.to[o.Next] = new(big.Rat)
			}
			r.to[o.Next].Add(r.to[o.Next], rat(o.Prob))
		}
		out = append(out, r)
	}
	return out
}

// less is r - a.
func (r row) less(a row) row {
	d := row{rational.Sub(r.reward, a.reward), maps.Clone(r.to)}
	for s, p := range a.to {
		if q := d.to[s]; q != nil {
			d.to[s] = rational.Sub(q, p)
		} else {
			d.to[s] = new(big.Rat).Neg(p)
		}
	}
	return d
}

// most is the largest |reward + discount Σ p V| for values from low to high: every state
// takes the end that its sign asks for.
func (r row) most(discount, low, high *big.Rat) *big.Rat {
	up, down := new(big.Rat), new(big.Rat)
	for _, p := range r.to {
		top, bottom := high, low
		if p.Sign() < 0 {
			top, bottom = low, high
		}
		if p.Sign() != 0 {
			up.Add(up, rational.Mul(p, top))
			down.Add(down, rational.Mul(p, bottom))
		}
	}
	up = rational.Add(r.reward, up.Mul(up, discount))
	down = rational.Add(r.reward, down.Mul(down, discount))
	if down.Neg(down).Cmp(up) > 0 {
		return down
	}
	return up
}

// check is one of value iteration; nil numbers were not decided.
type check struct {
	*verify.Check
	g         *markov.Game
	mass      *big.Rat // the largest of a row, discounted
	cold      *big.Rat // the lesser temperature
	alpha     float64  // margin that holds, NaN if it does not
	low, high *big.Rat // values that sweeps do not leave
	lipschitz float64  // of all stage games, NaN if it was not decided
}

// Verify checks the certificate of value iteration of g, whose digest is that; errors
// say that the game is none it could be about.
func Verify(ctx context.Context, c *verify.Claim, g *markov.Game, digest string) (*verify.Result, error) {
	if g.Players != 2 || g.Horizon > 0 || !g.ZeroSum() {
		return nil, fmt.Errorf("game: found one that is not zero-sum with a discount, expected one for form soft-shapley")
	}
	k := &check{Check: verify.NewCheck(c), g: g, mass: new(big.Rat), alpha: math.NaN(), lipschitz: math.NaN()}
	k.Digest(digest)
	names, _ := k.Get("blocks").([]any)
	if len(names) != len(g.States) {
		return nil, fmt.Errorf("blocks: found %d, the game has %d states", len(names), len(g.States))
	}
	for i, x := range names {
		if x != g.States[i] {
			k.Is(verify.At("blocks", i), false, "expected "+g.States[i])
		}
	}
	k.Is("method", k.Text("method") == "analytic" && k.Text("norm") == "max" && k.Text("source") == "blockmax", "analytic, in the max norm")
	k.Is("concept", k.Text("concept") == "soft_qre" && k.Text("field") == "regularised value iteration", "of this form")
	k.Is("stages.regulariser", k.Text("stages.regulariser") == "kl", "the divergence from even play")
	k.Is("stages.discount", k.Num("stages.discount") == g.Discount, "that of the game")
	for _, path := range []string{"weights", "xi"} {
		x := verify.Positive(k.Get(path), len(g.States))
		k.Is(path, x != nil && !slices.ContainsFunc(x, func(y float64) bool { return y != 1 }), "1 for every state: the norm has no weights")
	}
	t := verify.Positive(k.Get("temperature"), 2)
	if !k.Is("temperature", t != nil, "numbers above 0, one per player") {
		return k.Rest(), nil
	}
	k.cold = rat(slices.Min(t))
	table := make([][]row, len(g.States))
	for s, list := range g.Steps[0] {
		table[s] = rows(list)
	}
	k.sweeps(table)
	if err := k.games(ctx, table); err != nil {
		return nil, err
	}
	k.steps()
	k.place()
	return k.Rest(), nil
}

// sweeps checks by how much they contract and where values stay.
func (k *check) sweeps(table [][]row) {
	discount := rat(k.g.Discount)
	masses := make([][]*big.Rat, len(table))
	for s, list := range table {
		for _, r := range list {
			m := new(big.Rat)
			for _, p := range r.to {
				m.Add(m, p)
			}
			m.Mul(m, discount)
			masses[s] = append(masses[s], m)
			if m.Cmp(k.mass) > 0 {
				k.mass = m
			}
		}
	}
	for _, path := range []string{"stages.contraction", "gain"} {
		k.Decide(path, math.Inf(1), func(x float64) bool { return rat(x).Cmp(k.mass) >= 0 }, "discounted mass of every row of transitions")
	}
	margin := func(x float64) bool { return rational.Add(rat(x), k.mass).Cmp(rational.Whole(1)) <= 0 }
	const why = "1 less the discounted mass of every row of transitions"
	if k.Decide("margin", math.Inf(-1), margin, why) {
		k.alpha = k.Num("margin")
	}
	k.Decide("margins.blockmax", math.Inf(-1), margin, why)
	k.Decide("rate", math.Inf(-1), margin, why)
	// Sweeps of values from low to high are between the least and the largest number of
	// stage games.
	every := func(x float64, sign int) bool {
		for s, list := range table {
			for j, r := range list {
				if rational.Add(r.reward, rational.Mul(masses[s][j], rat(x))).Cmp(rat(x))*sign < 0 {
					return false
				}
			}
		}
		return true
	}
	low := k.Decide("stages.lower", math.NaN(), func(x float64) bool { return every(x, 1) }, "reward + discounted mass times it is not below it, in every row")
	high := k.Decide("stages.upper", math.NaN(), func(x float64) bool { return every(x, -1) }, "reward + discounted mass times it is not above it, in every row")
	if low && high && k.Is("stages.range", k.Num("stages.lower") <= k.Num("stages.upper"), "lower is not above upper") {
		k.low, k.high = rat(k.Num("stages.lower")), rat(k.Num("stages.upper"))
	}
}

// sway is D of the game of a state of n columns.
func (k *check) sway(list []row, n int) *big.Rat {
	discount, most := rat(k.g.Discount), new(big.Rat)
	for a := range len(list) / n {
		for e := range a {
			var over []row
			for b := range n {
				over = append(over, list[a*n+b].less(list[e*n+b]))
				for f := range b {
					if d := over[b].less(over[f]).most(discount, k.low, k.high); d.Cmp(most) > 0 {
						most = d
					}
				}
			}
		}
	}
	return most
}

// games checks what is said of the game of every state.
func (k *check) games(ctx context.Context, table [][]row) error {
	lists := map[string][]any{}
	for _, name := range []string{"interaction", "lipschitz", "step", "factor"} {
		lists[name], _ = k.Get("stages." + name).([]any)
		if len(lists[name]) != len(table) {
			k.Is("stages."+name, false, "one per state")
			return nil
		}
	}
	rate := k.Decide("stages.rate", math.Inf(-1), func(x float64) bool { return x > 0 && rat(x).Cmp(k.cold) <= 0 }, "the lesser temperature: payoffs of zero sum cancel")
	if k.low == nil || !rate {
		for name := range lists {
			k.Open("stages."+name, "the values or the rate they are for were not decided")
		}
		return nil
	}
	t, one := rat(k.Num("stages.rate")), rational.Whole(1)
	wrong := map[string]string{}
	decide := func(name string, s int, holds bool) {
		if !holds && wrong[name] == "" {
			wrong[name] = fmt.Sprintf("; not of state %d, %s", s, k.g.States[s])
		}
	}
	k.lipschitz = 0
	for s, list := range table {
		if err := ctx.Err(); err != nil {
			return err
		}
		d := k.sway(list, k.g.Actions[1][s])
		number := func(name string) float64 { return verify.Number(lists[name][s]) }
		x, l, h, f := number("interaction"), number("lipschitz"), number("step"), number("factor")
		decide("interaction", s, verify.Finite(x) && rat(x).Cmp(d) >= 0)
		decide("lipschitz", s, verify.Finite(l) && rational.Mul(rational.Whole(4), rat(l)).Cmp(d) >= 0)
		k.lipschitz = max(k.lipschitz, l)
		if math.IsInf(h, 1) {
			decide("step", s, l == 0)
			decide("factor", s, f == 0)
			continue
		}
		decide("step", s, verify.Finite(h) && h > 0 && k.prox(rat(h), l))
		decide("factor", s, verify.Finite(h) && h > 0 && verify.Finite(f) && rational.Mul(rat(f), rational.Add(one, rational.Mul(rat(h), t))).Cmp(one) >= 0)
	}
	for _, x := range [][2]string{
		{"interaction", "the largest over actions and values, in every state"}, {"lipschitz", "a quarter of the interaction, in every state"},
		{"step", "η L² ≤ T, in every state"}, {"factor", "1/(1+ηT) at the step, in every state"},
	} {
		k.Is("stages."+x[0], wrong[x[0]] == "", x[1]+wrong[x[0]])
	}
	if wrong["lipschitz"] != "" {
		k.lipschitz = math.NaN()
	}
	return nil
}

// prox tells whether proximal steps may be h in a game of Lipschitz constant l.
func (k *check) prox(h *big.Rat, l float64) bool {
	return verify.Finite(l) && rational.Mul(h, rational.Mul(rat(l), rat(l))).Cmp(k.cold) <= 0
}

// steps checks the four rows there are.
func (k *check) steps() {
	one := rational.Whole(1)
	t := math.NaN()
	if k.State("stages.rate") == verify.Holds {
		t = k.Num("stages.rate")
	}
	outer, inner := verify.Metric{Alpha: k.alpha}, verify.Metric{Alpha: t, Beta: k.lipschitz}
	rules := map[string]struct {
		verify.Metric
		verify.Rule
	}{
		"flow exp(-alpha t)": {outer, verify.Rule{Status: verify.Theorem}},
		"sweep V + η(TV - V), η ≤ 1: max norm times 1-ηα": {outer, verify.Rule{
			Status: verify.Theorem, Within: func(h *big.Rat) bool { return h.Cmp(one) <= 0 },
			Square: func(h *big.Rat) *big.Rat {
				x := rational.Sub(one, rational.Mul(h, rat(k.alpha)))
				return rational.Mul(x, x)
			},
		}},
		"flow stage games, values fixed: V(t) ≤ e^{-Tt} V(0), V = Σ KL(π*_i‖π_i)": {verify.Metric{Alpha: t}, verify.Rule{Status: verify.Theorem}},
		"prox stage games, values fixed: η ≤ T/L²: V+ ≤ V/(1+ηT)": {inner, verify.Rule{
			Status: verify.Theorem, Within: func(h *big.Rat) bool { return k.prox(h, k.lipschitz) },
			Square: func(h *big.Rat) *big.Rat {
				x := rational.Quo(one, rational.Add(one, rational.Mul(h, rat(t))))
				return rational.Mul(x, x)
			},
		}},
	}
	list, _ := k.Get("steps").([]any)
	for i := range list {
		at := verify.At("steps", i)
		r, ok := rules[k.Text(at+".scheme")+" "+k.Text(at+".bound")]
		k.See(at+".scheme", at+".bound", at+".metric")
		switch {
		case !ok:
			k.Is(at, false, "a row of no name that is known")
		case r.Square != nil && math.IsInf(k.Num(at+".max"), 1):
			k.Is(at, k.lipschitz == 0 && k.Text(at+".scheme") == "prox" && k.Text(at+".status") == verify.Theorem && k.Num(at+".factor") == 0, "any step where nothing sways")
		default:
			k.Row(at, r.Rule, r.Metric)
		}
	}
}

// place checks the region, which is everywhere, and the verdict.
func (k *check) place() {
	certified := k.Claim.Certified && k.alpha > 0
	k.Verdict(k.alpha > 0, false, "proven")
	k.Is("region.shape", k.Text("region.shape") == "all" && k.Text("region.norm") == "max", "everywhere, in the max norm")
	k.See("region.norm", "region.radius", "region.ball")
	k.Is("cells", k.Num("cells") == 0 && k.Num("samples") == 0, "of no cover and no points")
	k.See("samples")
	for _, what := range []string{"region.unique", "converges"} {
		x, _ := k.Get(what).(bool)
		k.Is(what, !x || certified, "what contracts everywhere has one fixed point")
	}
	if k.Get("region.invariant") != nil {
		k.Is("region.invariant", !k.Claim.Certified || certified && math.IsInf(k.Num("region.invariant"), 1), "every start")
	}
	k.See("attained", "entropy")
	for _, none := range []string{"equilibrium", "unstable", "use", "best.signed", "best.true_block", "best.lyapunov"} {
		if k.Get(none) != nil {
			k.Is(none, false, "this form has none")
		}
	}
}
