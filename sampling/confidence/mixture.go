package confidence

import "math"

// Mixture is the time-uniform interval {p : M/p^x(1-p)^(n-x) <
// 1/level} for x successes in n trials, where M is the likelihood under the
// Beta(½,½) mixture (Robbins 1970). It holds at all n at once with
// probability 1-level, by Ville's inequality.
func Mixture(n, x, level float64) Interval {
	// ln B(½+x, ½+n-x)/B(½,½); the set is where the log likelihood stays
	// above the line.
	mixture := lgamma(.5+x) + lgamma(.5+n-x) - lgamma(1+n) - math.Log(math.Pi)
	line := mixture - math.Log(1/level)
	likely := func(p float64) bool { return logLikelihood(n, x, p) >= line }
	in := Interval{0, 1}
	if x > 0 {
		in.Lo = crossing(0, x/n, likely)
	}
	if x < n {
		in.Hi = crossing(1, x/n, likely)
	}
	return in
}

func logLikelihood(n, x, p float64) float64 {
	l := 0.0
	if x > 0 {
		l += float64(x * math.Log(p))
	}
	if x < n {
		l += float64((n - x) * math.Log1p(-p))
	}
	return l
}
