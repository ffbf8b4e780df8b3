package search

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"slices"

	"arbiter/games/markov"
)

// mostComparisons bounds the entries of transition rows that are compared.
const mostComparisons = 1 << 22

// Markov verifies the certificate of a discounted game of two players with
// entropy: in closed form (method analytic) exactly, or by an enclosure of its own
// over the box (method interval). digest is that of the game at hand.
func Markov(ctx context.Context, c *Claim, g *markov.Game, digest string) (*Result, error) {
	if c.Form != "markov" {
		return nil, fmt.Errorf("form: found %q, expected \"markov\"", c.Form)
	}
	m, err := newSoft(g, floats(c.Temperature))
	if err != nil {
		return nil, err
	}
	r := newReport(c)
	r.common(digest)
	r.seen("temperature") // what is spoken of
	r.is("method", c.Method, "of Markov games", "analytic", "interval", "sampled")
	r.is("field", c.Field, "what moves", "natural gradient on logits")
	if c.Method == "sampled" {
		return r.sampled(), nil
	}
	if len(c.Blocks) != len(m.blocks) {
		return nil, fmt.Errorf("blocks: found %d, the game has %d", len(c.Blocks), len(m.blocks))
	}
	r.names(func(i int) string {
		b := m.blocks[i]
		return fmt.Sprintf("player %d, state %s", b.player, g.States[b.state])
	})
	r.is("concept", c.Concept, "of temperatures above 0", "logit_qre")
	if c.Method == "interval" {
		return r.enclosed(ctx, m, m.dims(), nil, func(*cube) {})
	}
	if len(c.Mu) != len(m.blocks) || len(c.Xi) != len(m.blocks) || len(c.Ell) != len(m.blocks) {
		return nil, fmt.Errorf("mu, ell and xi: expected numbers for each of %d blocks", len(m.blocks))
	}
	if err := r.closed(ctx, m); err != nil {
		return nil, err
	}
	return r.close(), nil
}

// block is a state where a player has a choice.
type block struct{ player, state, actions, first int }

// soft is a game in exact numbers: rows relative to their sum, with the end of the
// game as one more state without reward.
type soft struct {
	game    *markov.Game
	tau     []float64
	states  int
	ends    bool // some outcome ends the game
	blocks  []block
	n       int             // logit differences
	row     [][][]*big.Rat  // [state][joint][next], states+1 of them
	reward  [2][][]*big.Rat // [player][state][joint]
	start   []*big.Rat
	gamma   *big.Rat
	rounded *rounded // for enclosures, made when needed
}

func newSoft(g *markov.Game, tau []float64) (*soft, error) {
	if err := g.Check(); err != nil {
		return nil, err
	}
	switch {
	case g.Players != 2:
		return nil, fmt.Errorf("players: found %d, expected 2", g.Players)
	case g.Horizon != 0:
		return nil, fmt.Errorf("horizon: found %d, expected a discounted game", g.Horizon)
	case len(tau) != 2:
		return nil, fmt.Errorf("temperature: found %d, expected one for each of 2 players", len(tau))
	}
	for k, t := range tau {
		if !(t > 0) || !finite(t) {
			return nil, fmt.Errorf("temperature[%d]: found %g, expected a finite number above 0", k, t)
		}
	}
	m := &soft{game: g, tau: tau, states: len(g.States), gamma: rat(g.Discount)}
	size := 0
	for s := range m.states {
		if size += g.Joint(s) * m.states; size > mostComparisons {
			return nil, fmt.Errorf("states: %d, too many to be verified", m.states)
		}
	}
	total := new(big.Rat)
	for _, p := range g.Start {
		total.Add(total, rat(p))
	}
	for _, p := range g.Start {
		m.start = append(m.start, quo(rat(p), total))
	}
	for s, joints := range g.Steps[0] {
		var rows [][]*big.Rat
		for j, list := range joints {
			row, sum := make([]*big.Rat, m.states+1), new(big.Rat)
			for t := range row {
				row[t] = new(big.Rat)
			}
			pay := [2]*big.Rat{new(big.Rat), new(big.Rat)}
			for _, o := range list {
				if len(o.Reward) != 2 || !allFinite(o.Reward) {
					return nil, fmt.Errorf("state %s, joint action %d: found rewards %v, expected two numbers", g.States[s], j, o.Reward)
				}
				to := o.Next
				if to == markov.End {
					to = m.states
					m.ends = m.ends || o.Prob > 0
				}
				p := rat(o.Prob)
				row[to].Add(row[to], p)
				sum.Add(sum, p)
				for i := range pay {
					pay[i].Add(pay[i], mul(p, rat(o.Reward[i])))
				}
			}
			for t := range row {
				row[t].Quo(row[t], sum)
			}
			rows = append(rows, row)
			for i := range pay {
				for len(m.reward[i]) <= s {
					m.reward[i] = append(m.reward[i], nil)
				}
				m.reward[i][s] = append(m.reward[i][s], pay[i].Quo(pay[i], sum))
			}
		}
		m.row = append(m.row, rows)
	}
	for k := range 2 {
		for s, n := range g.Actions[k] {
			if n > 1 {
				m.blocks = append(m.blocks, block{k, s, n, m.n})
				m.n += n - 1
			}
		}
	}
	if m.n == 0 {
		return nil, fmt.Errorf("actions: no player has a choice in any state")
	}
	return m, nil
}

func (m *soft) dims() []int {
	var out []int
	for _, b := range m.blocks {
		out = append(out, b.actions-1)
	}
	return out
}

// joint is the number of the joint action where player k plays a and the other o.
func (m *soft) joint(k, s, a, o int) int {
	if k == 0 {
		return a*m.game.Actions[1][s] + o
	}
	return o*m.game.Actions[1][s] + a
}

// variation is ½ Σ |Σ_k sign_k row_k|.
func variation(signs []int64, rows ...[]*big.Rat) *big.Rat {
	sum := new(big.Rat)
	for t := range rows[0] {
		x := new(big.Rat)
		for k, row := range rows {
			if signs[k] > 0 {
				x.Add(x, row[t])
			} else {
				x.Sub(x, row[t])
			}
		}
		sum.Add(sum, x.Abs(x))
	}
	return sum.Mul(sum, big.NewRat(1, 2))
}

func largest(x *big.Rat, y *big.Rat) *big.Rat {
	if y.Cmp(x) > 0 {
		return y
	}
	return x
}

// gains is Λ of section 10 with occupancies bounded by 1, exactly.
func (m *soft) gains(ctx context.Context) (matrix, error) {
	var rows [][]*big.Rat
	for _, list := range m.row {
		rows = append(rows, list...)
	}
	if m.ends {
		end := make([]*big.Rat, m.states+1)
		for t := range end {
			end[t] = new(big.Rat)
		}
		end[m.states] = big.NewRat(1, 1)
		rows = append(rows, end)
	}
	if len(rows)*len(rows)/2*m.states > mostComparisons {
		return nil, fmt.Errorf("joint actions: found %d with %d states, too many to be verified", len(rows), m.states)
	}
	two, four := []int64{1, -1}, []int64{1, -1, -1, 1}
	delta := new(big.Rat)
	for i, p := range rows {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for _, q := range rows[:i] {
			delta = largest(delta, variation(two, p, q))
		}
	}
	one := big.NewRat(1, 1)
	n := quo(one, sub(one, mul(m.gamma, delta)))
	var span [2]*big.Rat // of values
	for i := range span {
		var low, high *big.Rat
		see := func(x *big.Rat) {
			if low == nil || x.Cmp(low) < 0 {
				low = x
			}
			if high == nil || x.Cmp(high) > 0 {
				high = x
			}
		}
		for _, list := range m.reward[i] {
			for _, x := range list {
				see(x)
			}
		}
		if m.ends {
			see(new(big.Rat))
		}
		span[i] = mul(sub(high, low), n)
	}
	type local struct {
		own *big.Rat    // d_own
		q   [2]*big.Rat // osc_Q of either player's values
		d   *big.Rat    // D_Q of the owner's values
	}
	at := make([]local, len(m.blocks))
	for k, b := range m.blocks {
		own, pays := new(big.Rat), [2]*big.Rat{new(big.Rat), new(big.Rat)}
		pay, nu := new(big.Rat), new(big.Rat)
		others := m.game.Actions[1-b.player][b.state]
		rows := m.row[b.state]
		for a := range b.actions {
			for c := range a {
				for o := range others {
					x, y := m.joint(b.player, b.state, a, o), m.joint(b.player, b.state, c, o)
					own = largest(own, variation(two, rows[x], rows[y]))
					for i := range pays {
						d := sub(m.reward[i][b.state][x], m.reward[i][b.state][y])
						pays[i] = largest(pays[i], d.Abs(d))
					}
					for e := range o {
						z, w := m.joint(b.player, b.state, a, e), m.joint(b.player, b.state, c, e)
						nu = largest(nu, variation(four, rows[x], rows[y], rows[z], rows[w]))
						r := m.reward[b.player][b.state]
						d := add(sub(sub(r[x], r[y]), r[z]), r[w])
						pay = largest(pay, d.Abs(d))
					}
				}
			}
		}
		at[k].own = own
		for i := range pays {
			at[k].q[i] = add(pays[i], mul(mul(m.gamma, own), span[i]))
		}
		at[k].d = add(pay, mul(mul(m.gamma, nu), span[b.player]))
	}
	fourth := big.NewRat(1, 4)
	moved := mul(mul(fourth, m.gamma), n)
	out := newMatrix(len(m.blocks), len(m.blocks))
	for r, x := range m.blocks {
		for c, y := range m.blocks {
			sum := mul(mul(moved, at[c].own), at[r].q[x.player])
			sum.Add(sum, mul(mul(moved, at[r].own), at[c].q[x.player]))
			if x.player != y.player && x.state == y.state {
				sum.Add(sum, mul(fourth, at[r].d))
			}
			out[r][c] = sum
		}
	}
	return out, nil
}

// closed checks the certificate of all logits.
func (r *report) closed(ctx context.Context, m *soft) error {
	c := r.claim
	lambda, err := m.gains(ctx)
	if err != nil {
		return err
	}
	g, hot := &gains{}, 0.0
	alpha := math.Inf(1)
	r.seen("coupling", "coupling.i", "coupling.j", "coupling.value")
	for i, b := range m.blocks {
		t := m.tau[b.player]
		hot = max(hot, t)
		g.mu = append(g.mu, bracketed(sub(rat(t), lambda[i][i])).lo)
		g.ell = append(g.ell, bracketed(add(rat(t), lambda[i][i])).hi)
		g.l = append(g.l, make([]float64, len(m.blocks)))
		r.atMost(pathOf("mu", i), float64(c.Mu[i]), g.mu[i], "temperature less the own gain of section 10, exact")
		r.atLeast(pathOf("ell", i), float64(c.Ell[i]), g.ell[i], "temperature and the own gain of section 10, exact")
		sum := new(big.Rat)
		for j := range m.blocks {
			sum.Add(sum, mul(lambda[i][j], rat(float64(c.Xi[j]))))
			x := c.Coupling.at(i, j)
			switch {
			case i != j:
				g.l[i][j] = bracketed(lambda[i][j]).hi
				if !c.Coupling.none() {
					r.atLeast(pathOf("coupling", i, j), x, g.l[i][j], "the gain of section 10, exact")
				}
			case x != 0:
				r.add(pathOf("coupling", i, j), x, 0, false, "expected 0 on the diagonal")
			}
		}
		alpha = min(alpha, bracketed(sub(rat(t), quo(sum, rat(float64(c.Xi[i]))))).lo)
	}
	r.plain("xi", true, "the margin is proved with it")
	r.is("norm", c.Norm, "of logits", "span")
	r.is("source", c.Source, "whose margin it is", "blockmax")
	r.atMost("margin", float64(c.Margin), alpha, "with xi, exact")
	r.atMost("margins.blockmax", float64(c.Margins.BlockMax), alpha, "with xi, exact")
	r.atMost("rate", float64(c.Rate), alpha, "the margin")
	r.ladder(alpha > 0, "proven")
	all := &gains{}
	for i, b := range m.blocks {
		all.mu, all.l = append(all.mu, m.tau[b.player]), append(all.l, slices.Clone(g.l[i]))
		all.l[i][i] = bracketed(lambda[i][i]).hi
	}
	r.atLeast("gain", float64(c.Gain), all.gain(float64(c.Gain)), "spectral radius of all gains over temperatures")
	// A metric of weights is not spoken of.
	r.pass("nothing of this form is proved at weights", "weights")
	r.everywhere("span", c.Certified && alpha > 0)
	r.converges(alpha > 0)
	k := constants{alpha: alpha}
	most := map[string]float64{}
	for i, s := range c.Steps {
		rule, ok := k.monotone(s)
		ok = ok && s.Scheme == "flow"
		if s.Scheme+" "+s.Bound == "euler 0 < eta <= 1/max tau, span norm" {
			rule, ok = ruleOfSpan(hot, alpha), true
		}
		if !ok || !(alpha > 0) {
			r.strange(i, s)
			continue
		}
		most[s.Scheme] = max(most[s.Scheme], r.row(i, s, rule))
	}
	r.largest(most)
	return r.softZero(m, alpha)
}

// ruleOfSpan is that of Euler steps on logits: 1 - ητ ≥ 0 is what is left of a
// logit, the rest of the sum is no more than its gains.
func ruleOfSpan(hot, alpha float64) rule {
	return rule{theorem, 1 / hot, func(h float64) float64 { return 1 - h*alpha }}
}
