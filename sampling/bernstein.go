package sampling

import "math"

// Bernstein is for bounded payoffs: one e-process per edge and direction, from
// sums and squares.
const Bernstein = "bernstein"

var bernstein = boundKind{name: Bernstein, interval: anytime, bets: onSums{}}

// onSums bets on sums of differences, at the price of their squares.
type onSums struct{}

func (onSums) match(c *Config, w *wager, sum *Sum) {
	lo, hi := c.Lo[0]-c.Hi[1], c.Hi[0]-c.Lo[1]
	if c.ConstantSum {
		lo, hi = 2*c.Lo[0]-c.Sum, 2*c.Hi[0]-c.Sum
	}
	if r := max(-lo, hi); r > 0 {
		d := sum.difference().scaled(0, r)
		w.sums(-d.X, d.XX)
	}
}

func (onSums) blocks(w *wager, x, y tally, m float64) {
	w.sums(y.X-x.X, about(x, m)+about(y, m))
}

// anytime is the interval of means beside the tests: by the Beta mixture for 0/1
// payoffs, else by Bernstein.
func anytime(binary bool, t tally, _ *Histogram, level float64) Interval {
	if binary {
		return MixtureInterval(t.N, t.X, level)
	}
	return BernsteinInterval(t.N, t.X, t.XX, level)
}

// BernsteinInterval is the time-uniform interval for n values in [0,1] with
// sum x and squares xx: all m that neither of two e-processes exp(b·Σ±(X-m) -
// ψ(b)Σ(X-m)²), mixed over the bets b < ½, has rejected at level/2 (Fan et al.
// 2015; see evidence.go). Bets below ½ make both monotone in m.
func BernsteinInterval(n, x, xx, level float64) Interval {
	goal := math.Log(2 / level)
	evidence := func(m, sign float64) float64 {
		s, v := sign*(x-float64(n*m)), about(tally{n, x, xx}, m)
		var l [len(fractions)]float64
		for k, b := range fractions {
			b /= 2
			l[k] = float64(b*s) + float64(v*(b+math.Log1p(-b)))
		}
		return mixed(&l)
	}
	return inside(x/n, goal, evidence)
}
