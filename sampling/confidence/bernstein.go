package confidence

import "math"

// Bernstein is the time-uniform interval for n values in [0,1] with
// sum x and squares xx: all m that neither of two e-processes exp(b·Σ±(X-m) -
// ψ(b)Σ(X-m)²), mixed over the bets b < ½, has rejected at level/2 (Fan et al.
// 2015; see wager.go). Bets below ½ make both monotone in m.
func Bernstein(n, x, xx, level float64) Interval {
	goal := math.Log(2 / level)
	evidence := func(m, sign float64) float64 {
		s, v := sign*(x-float64(n*m)), Tally{n, x, xx}.About(m)
		var l [len(fractions)]float64
		for k, b := range fractions {
			b /= 2
			l[k] = float64(b*s) + float64(v*(b+math.Log1p(-b)))
		}
		return mixed(&l)
	}
	return inside(x/n, goal, evidence)
}
