package confidence

import "math"

// Hoeffding is x/n ± sqrt(ln(2/level)/2n) for n values in [0,1] that
// sum to x, at one look. It is not cut to [0,1].
func Hoeffding(n, x, level float64) Interval {
	mean, r := x/n, math.Sqrt(math.Log(2/level)/(2*n))
	return Interval{mean - r, mean + r}
}
