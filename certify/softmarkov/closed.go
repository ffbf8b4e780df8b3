package softmarkov

import (
	"context"
	"fmt"
	"math"

	"arbiter/certify"
	"arbiter/certify/smallgain"
	"arbiter/games/markov"
	"arbiter/internal/interval"
)

// mostRowPairs bounds the pairs of transition rows that are compared.
const mostRowPairs = 1 << 24

// Up to here closed forms are checked at witnesses, which are none beyond xi: entries of
// pairs of transition rows. What refutes no vector proves.
const witnessEntries = 1 << 18

// ClosedForm bounds, in closed form and on all logits, the gains between the
// blocks (player, state) of natural gradient on softmax logits of a discounted
// game of two players with entropy (section 10), tau[i] the temperature of player
// i. Norm is the span max|eₖ|/ξₖ, e of a block half the range of its logits'
// differences; ξ is Xi. A row that ends the game leads to a state without reward.
//
// Mu is τ less the gain of a block on itself, Ell τ and that gain, Coupling the
// others. The equilibrium of a game of up to 128 logit differences is reported if
// it was found; that there is only one follows from the certificate.
func ClosedForm(ctx context.Context, g *markov.Game, tau []float64) (*certify.Certificate, error) {
	f, err := New(g, tau)
	if err != nil {
		return nil, err
	}
	gains, err := f.gains(ctx)
	if err != nil {
		return nil, err
	}
	n := len(gains)
	c := f.certificate()
	c.Method, c.Norm, c.Source = certify.Analytic, certify.Span, certify.ByBlockMax
	nan := math.NaN()
	c.Attained = true

	of := f.temperatures()
	shifted := make([]float64, n*n) // Λ - diag τ
	for i, row := range gains {
		c.Mu = append(c.Mu, interval.Point(of[i]).Sub(interval.Point(row[i])).Lo)
		c.Ell = append(c.Ell, interval.Point(of[i]).Add(interval.Point(row[i])).Hi)
		c.Coupling.Rows = append(c.Coupling.Rows, append([]float64(nil), row...))
		c.Coupling.Rows[i][i] = 0
		for j, x := range row {
			shifted[i*n+j] = x
		}
		shifted[i*n+i] -= of[i]
	}
	c.Xi = smallgain.PerronVector(shifted, n)
	c.Weights = make([]float64, n)
	for i := range c.Weights {
		c.Weights[i] = c.Xi[0] * c.Xi[0] / (c.Xi[i] * c.Xi[i])
	}
	c.Margin = math.Inf(1)
	c.Gain = 0
	for i, row := range gains {
		sum := interval.Point(0)
		for j, x := range row {
			sum = sum.Add(interval.Point(x).Scale(c.Xi[j]))
		}
		sum = sum.Div(interval.Point(c.Xi[i]))
		c.Margin = min(c.Margin, interval.Point(of[i]).Sub(sum).Lo)
		c.Gain = max(c.Gain, sum.Div(interval.Point(of[i])).Hi)
	}
	c.Margins.BlockMax = c.Margin
	if f.N <= mostLogits {
		if z, err := f.equilibrium(ctx); err == nil {
			c.Equilibrium = z
			values := make([]interval.Interval, f.N)
			if f.Value(values, z, z) {
				c.Residual = 0
				for _, x := range values {
					c.Residual = max(c.Residual, x.Mag())
				}
			}
			f.around(z, 1).Spectrum(c)
		} else if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	if joints := f.joints(); c.Unstable == nil && (joints+1)*(joints+1)/2*(f.states+1) <= witnessEntries {
		c.Witnesses = &certify.Witnesses{}
	}
	c.Everywhere("span")
	c.Region.Unique = c.Margin > 0
	if c.Certified() {
		c.Rate = c.Margin
		eta := interval.Point(1).Div(interval.Point(max(tau[0], tau[1]))).Lo
		c.EulerMax = eta
		factor := interval.Point(1).Sub(interval.Point(eta).Scale(c.Margin)).Hi
		c.Steps = []certify.Step{
			{Scheme: certify.Flow, Bound: certify.FlowExp, Max: math.Inf(1), Best: nan, Factor: nan, Status: certify.Theorem},
			{Scheme: certify.Euler, Bound: certify.EulerSpan, Max: eta, Best: eta, Factor: factor, Status: certify.Theorem},
		}
		return c, nil
	}
	if c.Unstable != nil {
		c.Reasons = []string{fmt.Sprintf("the equilibrium is unstable: an eigenvalue of the Jacobian has real part %.6g", c.Unstable.Re)}
		return c, nil
	}
	c.Reasons = []string{
		"this is not divergence: the margin is not proved",
		fmt.Sprintf("product of gains too large: the spectral radius of diag(tau)^-1 Lambda is at most %.8g, expected below 1; the bound holds on all logits and is loose, an enclosure around the equilibrium may certify a region", c.Gain),
	}
	return c, nil
}

// joints is the number of joint actions of all states.
func (f *Field) joints() int {
	n := 0
	for s := range f.states {
		n += f.game.Joint(s)
	}
	return n
}

// temperatures are those of the blocks.
func (f *Field) temperatures() []float64 {
	var of []float64
	for k := range 2 {
		for _, m := range f.actions[k] {
			if m > 1 {
				of = append(of, f.tau[k])
			}
		}
	}
	return of
}

// gains are upper bounds Λ of what a block's logits do to another's (section 10),
// occupancies bounded by 1. All sums are rounded up.
func (f *Field) gains(ctx context.Context) ([][]float64, error) {
	m := f.reduced
	// Rows of P with their last entry, that of ref.
	full := func(row []interval.Interval) []interval.Interval {
		rest := interval.Point(1)
		for _, p := range row {
			rest = rest.Sub(p)
		}
		return append(append([]interval.Interval(nil), row...), interval.Interval{Lo: max(0, rest.Lo), Hi: max(0, rest.Hi)})
	}
	var rows [][]interval.Interval
	for s := range f.states {
		for j := range f.game.Joint(s) {
			rows = append(rows, full(f.p[s][j*m:(j+1)*m]))
		}
	}
	if f.all > f.states {
		rows = append(rows, full(make([]interval.Interval, m)))
	}
	if len(rows)*len(rows) > mostRowPairs {
		return nil, fmt.Errorf("joint actions: found %d, expected at most %d", len(rows), int(math.Sqrt(mostRowPairs)))
	}
	delta := 0.0
	for i, p := range rows {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		for _, q := range rows[:i] {
			delta = max(delta, variation(func(t int) interval.Interval { return exactZero(p[t], q[t]) }, f.all))
		}
	}
	delta = min(1, delta)
	n := interval.Point(1).Div(interval.Point(1).Sub(f.gamma.Scale(delta))) // of values and occupancies
	var osc [2]interval.Interval
	for i := range osc {
		lo, hi := math.Inf(1), math.Inf(-1)
		for s := range f.states {
			for _, r := range f.r[i][s] {
				lo, hi = min(lo, r.Lo), max(hi, r.Hi)
			}
		}
		if f.all > f.states {
			lo, hi = min(lo, 0), max(hi, 0)
		}
		if lo < hi {
			osc[i] = interval.Point(hi).Sub(interval.Point(lo)).Mul(n)
		}
	}
	// By player and state: d_own, and osc_Q of either player's values.
	own := [2][]float64{make([]float64, f.states), make([]float64, f.states)}
	q := [2][2][]float64{}
	for i := range 2 {
		for k := range 2 {
			q[i][k] = make([]float64, f.states)
		}
	}
	for k := range 2 {
		for s := range f.states {
			rewards := [2]float64{}
			for at := range f.dr[0][k][s] {
				own[k][s] = max(own[k][s], variation(f.last(f.dp[k][s][at*m:(at+1)*m]), f.all))
				for i := range 2 {
					rewards[i] = max(rewards[i], f.dr[i][k][s][at].Mag())
				}
			}
			own[k][s] = min(1, own[k][s])
			for i := range 2 {
				q[i][k][s] = interval.Point(rewards[i]).Add(f.gamma.Scale(own[k][s]).Mul(osc[i])).Hi
			}
		}
	}
	var out [][]float64
	fourth := f.gamma.Mul(n).Scale(.25)
	for i := range 2 {
		for s, mi := range f.actions[i] {
			if mi < 2 {
				continue
			}
			var line []float64
			for j := range 2 {
				for t, mj := range f.actions[j] {
					if mj < 2 {
						continue
					}
					x := fourth.Scale(own[j][t]).Scale(q[i][i][s])
					x = x.Add(fourth.Scale(own[i][s]).Scale(q[i][j][t]))
					if i != j && s == t {
						x = x.Add(f.mixed(i, s, osc[i]).Scale(.25))
					}
					line = append(line, x.Hi)
				}
			}
			out = append(out, line)
		}
	}
	return out, nil
}

// last extends differences of rows, which sum to 0, to ref.
func (f *Field) last(d []interval.Interval) func(int) interval.Interval {
	rest := interval.Point(0)
	for _, x := range d {
		rest = exactZero(rest, x)
	}
	return func(t int) interval.Interval {
		if t == len(d) {
			return rest
		}
		return d[t]
	}
}

// variation is at least half the sum of the absolute values.
func variation(d func(int) interval.Interval, n int) float64 {
	sum := interval.Point(0)
	for t := range n {
		if x := d(t).Mag(); x != 0 {
			sum = sum.Add(interval.Point(x))
		}
	}
	return sum.Scale(.5).Hi
}

// mixed bounds D_Q: the cross difference of player i's values in state s.
func (f *Field) mixed(i, s int, osc interval.Interval) interval.Interval {
	m, other := f.reduced, f.actions[1-i][s]
	reward, nu := 0.0, 0.0
	d := make([]interval.Interval, m)
	for at := 0; at < len(f.dr[i][i][s]); at += other {
		for b := range other {
			for e := range b {
				reward = max(reward, exactZero(f.dr[i][i][s][at+b], f.dr[i][i][s][at+e]).Mag())
				for t := range d {
					d[t] = exactZero(f.dp[i][s][(at+b)*m+t], f.dp[i][s][(at+e)*m+t])
				}
				nu = max(nu, variation(f.last(d), f.all))
			}
		}
	}
	return interval.Point(reward).Add(f.gamma.Scale(nu).Mul(osc))
}
