package ranking

import (
	"fmt"
	"math"

	"arbiter/profile"
)

// Limit is the reading of infinite alpha as the limit of Finite's law for alpha
// towards infinity, at m ≥ 2 individuals per population. It weighs several
// sinks by how deep they are. Payoffs tie as in Response at tie Rounding.
//
// A rate behaves like c·t^w with t = e^-((m-1)·alpha), under population selection
// e^-(alpha/(m-1)): 1 for an advantage, 1/m for a tie, t^loss for a loss. Elimination subtracts nothing, so working with
// leading terms alone gives the leading term of every mass; masses of a higher
// order than the least vanish. Whether two exponents are equal decides all, so
// they are sums of payoffs in twice the precision, with what the last digits
// of just these payoffs may be wrong by.
func Limit(p Payoffs, m int, sel Selection) (Law, error) {
	if err := p.Check(); err != nil {
		return Law{}, err
	}
	if m < 2 {
		return Law{}, fmt.Errorf("population size: found %d, expected at least 2", m)
	}
	if sel == Population && !p.Single {
		return Law{}, fmt.Errorf("population selection needs a single population")
	}
	n := p.N()
	rates := make([]power, n*n)
	steepest := 0.0
	for _, e := range p.Edges() {
		u, v := int(e.U), int(e.V)
		var up, down power
		if sel == Population {
			t, k := p.M[0], p.Shape[0]
			up = mixedPower(t[v*k+v], t[v*k+u], t[u*k+v], t[u*k+u], m)
			down = mixedPower(t[u*k+u], t[u*k+v], t[v*k+u], t[v*k+v], m)
		} else {
			from, to := p.ends(e)
			up, down = power{c: 1}, power{c: 1}
			switch Direction(from, to, Rounding) {
			case profile.Tie:
				up.c, down.c = 1/float64(m), 1/float64(m)
			case profile.Up:
				down.w = payoff(to).minus(payoff(from))
			default:
				up.w = payoff(from).minus(payoff(to))
			}
		}
		steepest = max(steepest, up.w.hi, down.w.hi)
		rates[u*n+v], rates[v*n+u] = up, down
	}
	if !(steepest < largestLoss) {
		return Law{}, fmt.Errorf("payoffs: found a loss of %g, expected less than %g", steepest, largestLoss)
	}
	// Beyond it doubles can tell, whatever their rounding on the longest way.
	clear := 1e-9 * steepest
	for k := n - 1; k > 0; k-- {
		out := rates[k*n : k*n+k]
		d := power{}
		for _, r := range out {
			d = d.add(r)
		}
		for i := range k {
			in := rates[i*n+k]
			if in.c == 0 {
				continue
			}
			f := power{in.c / d.c, in.w.minus(d.w)}
			rates[i*n+k] = f
			row := rates[i*n : i*n+k]
			for j, r := range out {
				if r.c == 0 || j == i || row[j].c != 0 && f.w.hi+r.w.hi-row[j].w.hi > clear {
					continue
				}
				row[j] = row[j].add(power{f.c * r.c, f.w.plus(r.w)})
			}
		}
	}
	x := make([]power, n)
	x[0] = power{c: 1}
	least := power{c: 1}
	for k := 1; k < n; k++ {
		for i := range k {
			if r := rates[i*n+k]; r.c != 0 {
				x[k] = x[k].add(power{x[i].c * r.c, x[i].w.plus(r.w)})
			}
		}
		if x[k].w.compare(least.w) < 0 {
			least = x[k]
		}
	}
	law := Law{make([]float64, n), make([]float64, n)}
	total := 0.0
	for _, a := range x {
		if a.w.compare(least.w) == 0 {
			total += a.c
		}
	}
	for i, a := range x {
		law.LogMass[i] = math.Inf(-1)
		if a.w.compare(least.w) == 0 {
			law.Mass[i], law.LogMass[i] = a.c/total, math.Log(a.c/total)
		}
	}
	return law, nil
}

// largestLoss keeps sums of losses, each as often as there are individuals and
// profiles, in the doubles.
const largestLoss = 1e290

// power is c·t^w for t towards 0, the zero if c is 0.
type power struct {
	c float64
	w exponent
}

// add keeps the leading terms.
func (a power) add(b power) power {
	switch {
	case a.c == 0:
		return b
	case b.c == 0:
		return a
	}
	switch a.w.compare(b.w) {
	case -1:
		return a
	case 1:
		return b
	}
	w := a.w
	w.slack = max(a.w.slack, b.w.slack)
	return power{a.c + b.c, w}
}

// exponent is a sum of payoffs hi + lo, of about 32 digits, that may be wrong
// by slack.
type exponent struct{ hi, lo, slack float64 }

// payoff is a payoff as an exponent. Whole numbers and short binary fractions
// are taken to be what they are, others to be rounded or worked out: then the
// last digits do not count.
func payoff(x float64) exponent {
	const short = 1<<20 - 1 // last bits of a fraction of 33
	if x == math.Trunc(x) && math.Abs(x) <= 1<<53 || math.Float64bits(x)&short == 0 {
		return exponent{hi: x}
	}
	return exponent{hi: x, slack: Rounding * math.Abs(x)}
}

func (a exponent) plus(b exponent) exponent {
	s := a.hi + b.hi
	t := s - a.hi
	low := (a.hi - (s - t)) + (b.hi - t) // exact (Knuth)
	low += a.lo + b.lo
	hi := s + low
	return exponent{hi, low - (hi - s), a.slack + b.slack}
}

func (a exponent) minus(b exponent) exponent {
	b.hi, b.lo = -b.hi, -b.lo
	return a.plus(b)
}

// times is exact for whole numbers n up to 2^53 but for the rounding of lo.
func (a exponent) times(n float64) exponent {
	p := n * a.hi
	low := math.FMA(n, a.hi, -p) + n*a.lo
	hi := p + low
	return exponent{hi, low - (hi - p), math.Abs(n) * a.slack}
}

// compare is -1 if a is the lower one, 1 if b is, 0 if that cannot be told.
func (a exponent) compare(b exponent) int {
	d, slack := (a.hi-b.hi)+(a.lo-b.lo), a.slack+b.slack+0x1p-90*(math.Abs(a.hi)+math.Abs(b.hi))
	switch {
	case d < -slack:
		return -1
	case d > slack:
		return 1
	}
	return 0
}

// mixedPower is the leading term of logFixationMixed: 1 over a sum of powers.
func mixedPower(rr, rs, sr, ss float64, m int) power {
	fm := float64(m)
	sum, deepest := exponent{}, exponent{}
	sums := []exponent{sum}
	for p := 1; p < m; p++ {
		fp := float64(p)
		gain := payoff(rr).times(fp - 1).plus(payoff(rs).times(fm - fp))
		gain = gain.minus(payoff(ss).times(fm - fp - 1)).minus(payoff(sr).times(fp))
		sum = sum.minus(gain)
		sums = append(sums, sum)
		if sum.compare(deepest) > 0 {
			deepest = sum
		}
	}
	count := 0.0
	for _, s := range sums {
		if s.compare(deepest) == 0 {
			count++
		}
	}
	return power{1 / count, deepest}
}
