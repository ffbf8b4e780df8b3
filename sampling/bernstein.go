package sampling

import "arbiter/sampling/confidence"

// Bernstein is for bounded payoffs: one e-process per edge and direction, from
// sums and squares.
const Bernstein = "bernstein"

var bernstein = boundKind{name: Bernstein, interval: anytime, bets: onSums{}}

// onSums bets on sums of differences, at the price of their squares.
type onSums struct{}

func (onSums) match(c *Config, w *confidence.Wager, sum *Sum) {
	lo, hi := c.Lo[0]-c.Hi[1], c.Hi[0]-c.Lo[1]
	if c.ConstantSum {
		lo, hi = 2*c.Lo[0]-c.Sum, 2*c.Hi[0]-c.Sum
	}
	if r := max(-lo, hi); r > 0 {
		d := sum.difference().scaled(0, r)
		w.Sums(-d.X, d.XX)
	}
}

func (onSums) blocks(w *confidence.Wager, x, y confidence.Tally, m float64) {
	w.Sums(y.X-x.X, x.About(m)+y.About(m))
}

// anytime is the interval of means beside the tests: by the Beta mixture for 0/1
// payoffs, else by Bernstein.
func anytime(binary bool, t confidence.Tally, _ *Histogram, level float64) confidence.Interval {
	if binary {
		return confidence.Mixture(t.N, t.X, level)
	}
	return confidence.Bernstein(t.N, t.X, t.XX, level)
}
