package softmarkov

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"

	"arbiter/certify"
	"arbiter/games/markov"
	"arbiter/internal/interval"
)

// ErrStages says which games Stages is for.
var ErrStages = errors.New("form soft-shapley is for two players whose rewards sum to 0, with a discount below 1; form markov, which is taken without --form, is for all rewards")

// Stages certifies regularised value iteration of a zero-sum game with a discount,
// tau[i] the temperature of player i: with Q_V the game of a state in which values V
// come afterwards,
//
//	(TV)(s) = max over x, min over y of x'Q_V y - τ₀ KL(x‖even) + τ₁ KL(y‖even).
//
// T is monotone and T(V+c) differs from TV by at most the discount times |c| times the
// mass of a row of transitions, so that it contracts in the max norm at every
// temperature, to the one value of the soft equilibrium. The even mixtures show that TV
// is between the least and the largest number of Q_V, which bounds values once and for
// all, and so what the players of a state can do to one another. A stage game is zero-sum
// as well: its payoffs are skew and cancel, and it has the certificate of section 9b at
// weights 1 (the margin is the lesser temperature T, steps go to T/L²).
func Stages(ctx context.Context, g *markov.Game, tau []float64) (*certify.Certificate, error) {
	if len(tau) != 2 || !g.ZeroSum() || g.Horizon > 0 {
		return nil, ErrStages
	}
	for k, x := range tau {
		if !(x > 0) || math.IsInf(x, 1) {
			return nil, fmt.Errorf("temperature of player %d: found %g, expected a finite number above 0", k, x)
		}
	}
	n := len(g.States)
	one, discount := big.NewRat(1, 1), new(big.Rat).SetFloat64(g.Discount)
	modulus := new(big.Rat)
	var low, high *big.Rat
	rows := make([][]line, n)
	for s, joints := range g.Steps[0] {
		for _, list := range joints {
			mass, reward, l := new(big.Rat), new(big.Rat), line{}
			for _, o := range list {
				p := new(big.Rat).SetFloat64(o.Prob)
				reward.Add(reward, new(big.Rat).Mul(p, new(big.Rat).SetFloat64(o.Reward[0])))
				if o.Next != markov.End && o.Prob > 0 {
					mass.Add(mass, p)
					l.to = append(l.to, arrow{o.Next, interval.Point(o.Prob)})
				}
			}
			l.reward = interval.Interval{Lo: under(reward), Hi: over(reward)}
			l.gather()
			rows[s] = append(rows[s], l)
			weight := mass.Mul(mass, discount)
			if weight.Cmp(modulus) > 0 {
				modulus = weight
			}
			rest := new(big.Rat).Sub(one, weight)
			if rest.Sign() <= 0 {
				return nil, fmt.Errorf("%s: a row of transitions has a discounted mass of %s, expected below 1", g.States[s], weight.FloatString(6))
			}
			at := new(big.Rat).Quo(reward, rest) // the value of this row for ever
			if low == nil || at.Cmp(low) < 0 {
				low = at
			}
			if high == nil || at.Cmp(high) > 0 {
				high = at
			}
		}
	}
	st := &certify.Stages{Regulariser: "kl", Discount: g.Discount, Contraction: over(modulus), Lower: under(low), Upper: over(high), Rate: min(tau[0], tau[1])}
	if math.IsInf(st.Lower, 0) || math.IsInf(st.Upper, 0) || math.IsInf(st.Upper-st.Lower, 0) {
		return nil, fmt.Errorf("rewards: values from %g to %g are too large for a certificate", st.Lower, st.Upper)
	}
	worst := 0.0
	for s := range rows {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		d := crossed(rows[s], g.Actions[1][s], g.Discount, st.Lower, st.Upper)
		l := interval.Point(d).Scale(.25).Hi
		if d == 0 {
			l = 0
		}
		step, factor := prox(l, st.Rate)
		st.Interaction, st.Lipschitz = append(st.Interaction, d), append(st.Lipschitz, l)
		st.Step, st.Factor = append(st.Step, step), append(st.Factor, factor)
		worst = max(worst, l)
	}
	nan := math.NaN()
	c := certify.New()
	c.Form, c.Concept, c.Field, c.Norm, c.Method = "soft-shapley", "soft_qre", "regularised value iteration", certify.Max, certify.Analytic
	c.Blocks, c.Stages, c.Witnesses = slices.Clone(g.States), st, &certify.Witnesses{}
	c.Weights, c.Xi, c.Attained = slices.Repeat([]float64{1}, n), slices.Repeat([]float64{1}, n), true
	c.Margin = under(new(big.Rat).Sub(one, modulus))
	c.Margins.BlockMax, c.Source, c.Rate = c.Margin, certify.ByBlockMax, c.Margin
	c.Gain = st.Contraction
	c.Everywhere("max")
	step, factor := prox(worst, st.Rate)
	c.Steps = []certify.Step{
		{Scheme: certify.Flow, Bound: certify.FlowExp, Max: math.Inf(1), Best: nan, Factor: nan, Status: certify.Theorem},
		{Scheme: certify.Sweep, Bound: certify.SweepMax, Max: 1, Best: 1, Factor: st.Contraction, Status: certify.Theorem},
		{Scheme: certify.Flow, Bound: certify.FlowStages, Max: math.Inf(1), Best: nan, Factor: nan, Status: certify.Theorem},
		{Scheme: certify.Prox, Bound: certify.ProxStages, Max: step, Best: step, Factor: factor, Status: certify.Theorem},
	}
	return c, nil
}

// prox is the largest step of section 9b, rounded down, and its factor, rounded up.
func prox(l, t float64) (step, factor float64) {
	if l > 0 {
		step = interval.Point(t).Div(interval.Point(l).Sqr()).Lo
	}
	if l == 0 || step > math.MaxFloat64/2 {
		return math.Inf(1), 0
	}
	step = max(0, step)
	return step, min(1, interval.Point(1).Div(interval.Point(1).Add(interval.Point(step).Scale(t))).Hi)
}

// under and over round a number to the safe side.
func under(x *big.Rat) float64 {
	f, exact := x.Float64()
	if !exact && new(big.Rat).SetFloat64(f) != nil && new(big.Rat).SetFloat64(f).Cmp(x) > 0 {
		f = math.Nextafter(f, math.Inf(-1))
	}
	return f
}

func over(x *big.Rat) float64 { return -under(new(big.Rat).Neg(x)) }

// arrow is a probability of going to a state, line what a joint action leads to: states
// in order, none twice.
type arrow struct {
	next int
	p    interval.Interval
}

type line struct {
	to     []arrow
	reward interval.Interval
}

// gather puts the arrows in order and adds up those of the same state.
func (l *line) gather() {
	slices.SortFunc(l.to, func(a, b arrow) int { return a.next - b.next })
	out := l.to[:0]
	for _, x := range l.to {
		if k := len(out); k > 0 && out[k-1].next == x.next {
			out[k-1].p = out[k-1].p.Add(x.p)
		} else {
			out = append(out, x)
		}
	}
	l.to = out
}

// less is a - b, exactly 0 where the two are equal numbers.
func (a line) less(b line) line {
	d := line{make([]arrow, 0, len(a.to)+len(b.to)), exactZero(a.reward, b.reward)}
	i, j := 0, 0
	for i < len(a.to) || j < len(b.to) {
		switch {
		case j == len(b.to) || i < len(a.to) && a.to[i].next < b.to[j].next:
			d.to = append(d.to, a.to[i])
			i++
		case i == len(a.to) || b.to[j].next < a.to[i].next:
			d.to = append(d.to, arrow{b.to[j].next, b.to[j].p.Neg()})
			j++
		default:
			d.to = append(d.to, arrow{a.to[i].next, exactZero(a.to[i].p, b.to[j].p)})
			i++
			j++
		}
	}
	return d
}

// crossed bounds D of a stage game of n columns for values from low to high: about
// their middle c, Σ d V is within (high-low)/2 Σ|d| of c Σ d.
func crossed(rows []line, n int, discount, low, high float64) float64 {
	middle, half := low/2+high/2, interval.Point(high).Sub(interval.Point(low)).Scale(.5)
	// The middle is a number of its own: half the range around it reaches both ends.
	half.Hi = max(half.Hi, interval.Point(high).Sub(interval.Point(middle)).Hi, interval.Point(middle).Sub(interval.Point(low)).Hi)
	most := 0.0
	for a := range len(rows) / n {
		for e := range a {
			over := make([]line, n)
			for b := range over {
				over[b] = rows[a*n+b].less(rows[e*n+b])
				for f := range b {
					d := over[b].less(over[f])
					sum, size := interval.Point(0), 0.0
					for _, x := range d.to {
						if x.p != interval.Point(0) {
							sum, size = sum.Add(x.p), interval.Point(size).Add(interval.Point(x.p.Mag())).Hi
						}
					}
					if size == 0 {
						most = max(most, d.reward.Mag())
						continue
					}
					reach := half.Scale(size)
					if middle != 0 {
						sum = sum.Scale(middle)
					} else {
						sum = interval.Point(0)
					}
					most = max(most, d.reward.Add(sum.Add(reach).Scale(discount)).Hi, reach.Sub(sum).Scale(discount).Sub(d.reward).Hi)
				}
			}
		}
	}
	return most
}
