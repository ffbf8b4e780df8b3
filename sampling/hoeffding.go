package sampling

import "math"

// Hoeffding is for bounded payoffs, at one look each.
const Hoeffding = "hoeffding"

var hoeffding = boundKind{name: Hoeffding, looks: true,
	interval: func(_ bool, t tally, _ *Histogram, level float64) Interval {
		return HoeffdingInterval(t.N, t.X, level)
	}}

// HoeffdingInterval is x/n ± sqrt(ln(2/level)/2n) for n values in [0,1] that
// sum to x, at one look. It is not cut to [0,1].
func HoeffdingInterval(n, x, level float64) Interval {
	mean, r := x/n, math.Sqrt(math.Log(2/level)/(2*n))
	return Interval{mean - r, mean + r}
}
