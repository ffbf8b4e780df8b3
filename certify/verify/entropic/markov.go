package entropic

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"slices"

	"arbiter/certify/verify"
	"arbiter/certify/verify/rational"
	"arbiter/games/markov"
)

// mostEntries bounds the entries of pairs of rows of transitions that are compared.
const mostEntries = 1 << 18

// Markov checks the closed form of a discounted game of two players with entropy: what
// the logits of a player in a state do to those of another block is at most Λ of section
// 10, which is worked out from the game, and xi is the vector that margin and gain are
// shown by. An error says what has not the shape it must have, or that the game is too
// large.
func Markov(ctx context.Context, c *verify.Claim, g *markov.Game, digest string) (*verify.Result, error) {
	nan := math.NaN()
	k := &check{Check: verify.NewCheck(c), norm: "span", alpha: nan, span: nan, lipschitz: nan}
	if method := k.Text("method"); method != "analytic" {
		return nil, fmt.Errorf("method: found %.40q with witnesses, expected analytic", method)
	}
	s, err := statesOf(ctx, g)
	if err != nil {
		return nil, err
	}
	k.n = len(s.blocks)
	k.Digest(digest)
	list, _ := k.Get("blocks").([]any)
	named := len(list) == k.n
	for i, b := range s.blocks {
		named = named && list[i] == fmt.Sprintf("player %d, state %s", b.player, g.States[b.state])
	}
	if !k.Is("blocks", named, "every player's states with a choice") {
		return k.Rest(), nil
	}
	k.Is("method", k.Text("norm") == k.norm && k.Text("source") == "blockmax", "analytic, in the span norm, whose margin it is")
	k.Is("concept", k.Text("concept") == "logit_qre" && k.Text("field") == "natural gradient on logits", "of this form")
	t, xi := verify.Positive(k.Get("temperature"), 2), verify.Positive(k.Get("xi"), k.n)
	if !k.Is("temperature", t != nil, "numbers above 0, one per player") || !k.Is("xi", xi != nil, "numbers above 0, one per block: margins are decided at them") {
		return k.Rest(), nil
	}
	for _, b := range s.blocks {
		k.tau = append(k.tau, t[b.player])
	}
	k.swayed(s.gains(), xi)
	hot, a, one := rat(slices.Max(t)), rat(k.alpha), whole(1)
	k.known(map[string]known{
		"flow exp(-alpha t)": {verify.Metric{Alpha: k.alpha}, verify.Rule{Status: verify.Theorem}},
		"euler 0 < eta <= 1/max tau, span norm": {verify.Metric{Alpha: k.alpha}, verify.Rule{
			Status: verify.Theorem, Within: func(h *big.Rat) bool { return mul(h, hot).Cmp(one) <= 0 },
			Square: func(h *big.Rat) *big.Rat { x := sub(one, mul(h, a)); return mul(x, x) },
		}},
	})
	k.place(ctx)
	return k.Rest(), nil
}

// swayed checks constants and margins by the gains l between blocks.
func (k *check) swayed(l rational.Matrix, xi []float64) {
	low, high := math.Inf(-1), math.Inf(1)
	sums := make([]*big.Rat, k.n) // Λ ξ
	m := k.Square("coupling", k.n)
	coupled := m != nil
	for i := range k.n {
		own := l[i][i]
		k.Decide(verify.At("mu", i), low, func(x float64) bool { return rat(x).Cmp(sub(rat(k.tau[i]), own)) <= 0 }, "the temperature less the gain on itself")
		k.Decide(verify.At("ell", i), high, func(x float64) bool { return rat(x).Cmp(add(rat(k.tau[i]), own)) >= 0 }, "the temperature and the gain on itself")
		sums[i] = new(big.Rat)
		for j := range k.n {
			sums[i].Add(sums[i], mul(l[i][j], rat(xi[j])))
			if i == j {
				coupled = coupled && m[i][i] == 0
			} else {
				coupled = coupled && rat(m[i][j]).Cmp(l[i][j]) >= 0
			}
		}
	}
	if m == nil {
		k.Open("coupling", "no square matrix of blocks")
	} else {
		k.Is("coupling", coupled, "the gains of section 10")
	}
	margin := func(x float64) bool {
		ok := true
		for i, sum := range sums {
			ok = ok && mul(sub(rat(k.tau[i]), rat(x)), rat(xi[i])).Cmp(sum) >= 0
		}
		return ok
	}
	if k.Decide("margin", low, margin, "(τ - margin) ξ ≥ Λ ξ") {
		k.alpha = k.Num("margin")
	}
	k.Decide("margins.blockmax", low, margin, "(τ - margin) ξ ≥ Λ ξ")
	k.AtMost("rate", k.alpha, "the margin")
	k.Decide("gain", high, func(x float64) bool {
		ok := true
		for i, sum := range sums {
			ok = ok && mul(mul(rat(x), rat(k.tau[i])), rat(xi[i])).Cmp(sum) >= 0
		}
		return ok
	}, "gain τ ξ ≥ Λ ξ")
}

// states are a Markov game in rationals: rows relative to their sums, with the end as one
// more state.
type states struct {
	actions [][]int // [player][state]
	blocks  []choice
	gamma   *big.Rat
	row     [][]rational.Matrix    // [state][action of player 0][action of player 1][next]
	pay     [2][][]rational.Matrix // [player]: as row, one number each
	all     rational.Matrix        // every row there is, that of the end too
	ends    bool
}

// choice is a block: a state where a player has more than one move.
type choice struct{ player, state int }

func statesOf(ctx context.Context, g *markov.Game) (*states, error) {
	if err := g.Check(); err != nil {
		return nil, err
	}
	if g.Players != 2 || g.Horizon != 0 {
		return nil, fmt.Errorf("found %d players and a horizon of %d, expected a discounted game of 2", g.Players, g.Horizon)
	}
	n, joints := len(g.States), 0
	for s := range n {
		joints += g.Joint(s)
	}
	if (joints+1)*(joints+1)/2*(n+1) > mostEntries {
		return nil, fmt.Errorf("%d joint actions in %d states, too many to be decided here: use the search", joints, n)
	}
	s := &states{actions: g.Actions, gamma: rat(g.Discount)}
	zeros := func() []*big.Rat { return rational.All(make([]float64, n+1)) }
	for at := range n {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		rows := make([]rational.Matrix, g.Actions[0][at])
		pays := [2][]rational.Matrix{make([]rational.Matrix, len(rows)), make([]rational.Matrix, len(rows))}
		for j, list := range g.Steps[0][at] {
			row, sum, pay := zeros(), new(big.Rat), [2]*big.Rat{new(big.Rat), new(big.Rat)}
			for _, o := range list {
				to, p := o.Next, rat(o.Prob)
				if to == markov.End {
					to, s.ends = n, s.ends || o.Prob > 0
				}
				row[to].Add(row[to], p)
				sum.Add(sum, p)
				for i := range pay {
					if len(o.Reward) != 2 || !verify.Finite(o.Reward[i]) {
						return nil, fmt.Errorf("state %s, joint action %d: found rewards %v, expected two numbers", g.States[at], j, o.Reward)
					}
					pay[i].Add(pay[i], mul(p, rat(o.Reward[i])))
				}
			}
			for t := range row {
				row[t].Quo(row[t], sum)
			}
			a := j / g.Actions[1][at]
			rows[a], s.all = append(rows[a], row), append(s.all, row)
			for i := range pay {
				pays[i][a] = append(pays[i][a], []*big.Rat{pay[i].Quo(pay[i], sum)})
			}
		}
		s.row = append(s.row, rows)
		for i := range pays {
			s.pay[i] = append(s.pay[i], pays[i])
		}
	}
	if s.ends {
		end := zeros()
		end[n] = whole(1)
		s.all = append(s.all, end)
	}
	for player := range 2 {
		for at, m := range g.Actions[player] {
			if m > 1 {
				s.blocks = append(s.blocks, choice{player, at})
			}
		}
	}
	return s, nil
}

// apart is the sum of the absolute values of Σ ± rows, the signs + - - +.
func apart(rows ...[]*big.Rat) *big.Rat {
	sum := new(big.Rat)
	for t := range rows[0] {
		x := sub(rows[0][t], rows[1][t])
		if len(rows) == 4 {
			x = add(sub(x, rows[2][t]), rows[3][t])
		}
		sum.Add(sum, x.Abs(x))
	}
	return sum
}

// local is what the moves of a block change by themselves.
type local struct {
	own, cross   *big.Rat    // half the distance of rows of two moves; of that for two of the other
	pays         [2]*big.Rat // differences of rewards of two moves, of either player
	acrossReward *big.Rat    // of that of the owner for two of the other
}

func (s *states) local(b choice) local {
	zero, half := new(big.Rat), big.NewRat(1, 2)
	out := local{zero, zero, [2]*big.Rat{zero, zero}, zero}
	raise := func(x **big.Rat, y *big.Rat) {
		if y.Cmp(*x) > 0 {
			*x = y
		}
	}
	of := func(table []rational.Matrix, a, o int) []*big.Rat {
		if b.player == 0 {
			return table[a][o]
		}
		return table[o][a]
	}
	others := s.actions[1-b.player][b.state]
	for a := range s.actions[b.player][b.state] {
		for c := range a {
			for o := range others {
				rows := s.row[b.state]
				raise(&out.own, mul(half, apart(of(rows, a, o), of(rows, c, o))))
				for i := range out.pays {
					raise(&out.pays[i], apart(of(s.pay[i][b.state], a, o), of(s.pay[i][b.state], c, o)))
				}
				for e := range o {
					pays := s.pay[b.player][b.state]
					raise(&out.cross, mul(half, apart(of(rows, a, o), of(rows, c, o), of(rows, a, e), of(rows, c, e))))
					raise(&out.acrossReward, apart(of(pays, a, o), of(pays, c, o), of(pays, a, e), of(pays, c, e)))
				}
			}
		}
	}
	return out
}

// gains is Λ, rounded up to 256 bits: with N = 1/(1-γδ), δ half the largest distance of two
// rows, R_i N the span of the values of player i, and Q the span of what a block's moves
// change of them, Λ_xy = γN/4 (own_y Q_x + own_x Q_y), values those of the owner of x, and a
// quarter of the cross differences where both move in one state.
func (s *states) gains() rational.Matrix {
	one, far := whole(1), new(big.Rat)
	for i, p := range s.all {
		for _, q := range s.all[:i] {
			if x := apart(p, q); x.Cmp(far) > 0 {
				far = x
			}
		}
	}
	grown := quo(one, sub(one, mul(s.gamma, mul(big.NewRat(1, 2), far))))
	var span [2]*big.Rat
	for i := range span {
		var all []*big.Rat
		for _, rows := range s.pay[i] {
			for _, list := range rows {
				for _, x := range list {
					all = append(all, x[0])
				}
			}
		}
		if s.ends {
			all = append(all, new(big.Rat))
		}
		span[i] = mul(grown, sub(slices.MaxFunc(all, (*big.Rat).Cmp), slices.MinFunc(all, (*big.Rat).Cmp)))
	}
	var at []local
	for _, b := range s.blocks {
		at = append(at, s.local(b))
	}
	change := func(block, of int) *big.Rat {
		return add(at[block].pays[of], mul(mul(s.gamma, at[block].own), span[of]))
	}
	quarter := big.NewRat(1, 4)
	return rational.Build(len(at), len(at), func(x, y int) *big.Rat {
		i := s.blocks[x].player
		out := mul(mul(quarter, mul(s.gamma, grown)), add(mul(at[y].own, change(x, i)), mul(at[x].own, change(y, i))))
		if s.blocks[y].player != i && s.blocks[y].state == s.blocks[x].state {
			out = add(out, mul(quarter, add(at[x].acrossReward, mul(mul(s.gamma, at[x].cross), span[i]))))
		}
		up, _ := new(big.Float).SetPrec(256).SetMode(big.ToPositiveInf).SetRat(out).Rat(nil)
		return up
	})
}
