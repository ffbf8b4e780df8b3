package sampling

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Interval bounds one mean.
type Interval struct{ Lo, Hi float64 }

// HoeffdingInterval is x/n ± sqrt(ln(2/level)/2n) for n values in [0,1] that
// sum to x, at one look. It is not cut to [0,1].
func HoeffdingInterval(n, x, level float64) Interval {
	mean, r := x/n, math.Sqrt(math.Log(2/level)/(2*n))
	return Interval{mean - r, mean + r}
}

// look is the part of level that look n of a sum over all n may use:
// level·6/(π²n²) (Rowland et al. 2019, appendix; the parts sum to level).
func look(level, n float64) float64 { return level * 6 / (math.Pi * math.Pi * n * n) }

// ClopperPearsonInterval is the exact binomial interval of x successes in n
// trials, at one look: the level/2 quantile of Beta(x, n-x+1) and the 1-level/2
// quantile of Beta(x+1, n-x) (Clopper and Pearson 1934).
func ClopperPearsonInterval(n, x, level float64) Interval {
	return Interval{lowerTail(n, x, level/2), 1 - lowerTail(n, n-x, level/2)}
}

// lowerTail is the p at which x or more successes in n trials have probability
// a, 0 if x = 0. It searches ln p, so that a tiny quantile keeps its digits.
func lowerTail(n, x, a float64) float64 {
	switch {
	case x <= 0:
		return 0
	case x >= n:
		return math.Exp(math.Log(a) / n)
	}
	// A normal guess, then Newton steps on ln I_p(x, n-x+1) over ln p, kept
	// inside a shrinking bracket.
	lo, hi := math.Inf(-1), 0.
	p := x / n
	sd := math.Sqrt(max(p*(1-p), 1/n) / n)
	guess := p - float64(math.Sqrt(2*math.Log(1/a))*.8*sd)
	if guess <= 0 {
		guess = p / 4
	}
	logP, goal := math.Log(guess), math.Log(a)
	lbeta := lgamma(n+1) - lgamma(x) - lgamma(n-x+1)
	for range 100 {
		tail := mathext.RegIncBeta(x, n-x+1, math.Exp(logP))
		off := math.Log(tail) - goal // -Inf where the tail underflows
		if math.Abs(off) < 1e-14 {
			break
		}
		if off > 0 {
			hi = logP
		} else {
			lo = logP
		}
		// d ln I / d ln p = p·density / I
		next := logP - off*tail/math.Exp(lbeta+float64(x*logP)+float64((n-x)*math.Log1p(-math.Exp(logP))))
		if !(next > lo && next < hi) {
			next = (max(lo, hi-2) + hi) / 2
		}
		if math.Abs(next-logP) < 1e-14*max(1, math.Abs(logP)) {
			break
		}
		logP = next
	}
	return math.Exp(logP)
}

func lgamma(x float64) float64 {
	l, _ := math.Lgamma(x)
	return l
}

// MixtureInterval is the time-uniform interval {p : M/p^x(1-p)^(n-x) <
// 1/level} for x successes in n trials, where M is the likelihood under the
// Beta(½,½) mixture (Robbins 1970). It holds at all n at once with
// probability 1-level, by Ville's inequality.
func MixtureInterval(n, x, level float64) Interval {
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

// crossing bisects between out, which does not belong, and in, which does, and
// returns the last point found outside.
func crossing(out, in float64, belongs func(float64) bool) float64 {
	for range 200 {
		mid := (out + in) / 2
		if mid == out || mid == in {
			break
		}
		if belongs(mid) {
			in = mid
		} else {
			out = mid
		}
	}
	return out
}

// BernsteinInterval is the time-uniform interval for n values in [0,1] with
// sum x and squares xx: all m that neither of two e-processes exp(b·Σ±(X-m) -
// ψ(b)Σ(X-m)²), mixed over the bets b < ½, has rejected at level/2 (Fan et al.
// 2015; see evidence.go). Bets below ½ make both monotone in m.
func BernsteinInterval(n, x, xx, level float64) Interval {
	goal := math.Log(2 / level)
	evidence := func(m, sign float64) float64 {
		s, v := sign*(x-float64(n*m)), about(tally{n, x, xx}, m)
		var l [len(bets)]float64
		for k, b := range bets {
			b /= 2
			l[k] = float64(b*s) + float64(v*(b+math.Log1p(-b)))
		}
		return mixed(&l)
	}
	return inside(x/n, goal, evidence)
}

// inside is the interval around the mean that neither side rejects.
func inside(mean, goal float64, evidence func(m, sign float64) float64) Interval {
	in := Interval{0, 1}
	mean = min(1, max(0, mean))
	if evidence(0, 1) >= goal {
		in.Lo = crossing(0, mean, func(m float64) bool { return evidence(m, 1) < goal })
	}
	if evidence(1, -1) >= goal {
		in.Hi = crossing(1, mean, func(m float64) bool { return evidence(m, -1) < goal })
	}
	return in
}

// BettingInterval is the time-uniform interval of the hedged capital process
// (Waudby-Smith and Ramdas 2024, section 4.4) for values in [0,1] with these
// weights at points 0, 1/(len-1), …, 1: all m that neither the capital Π(1 +
// b(X/m - 1)) nor its mirror image, mixed over the bets b, has rejected at
// level/2. Values between the points may be shared between two of them: the
// logarithm is concave, so that only lowers a capital.
func BettingInterval(weights []float64, level float64) Interval {
	goal := math.Log(2 / level)
	last := float64(len(weights) - 1)
	n, x := 0.0, 0.0
	type point struct{ v, w float64 }
	var points []point
	for i, w := range weights {
		if w > 0 {
			points = append(points, point{float64(i) / last, w})
			n += w
			x += float64(w*float64(i)) / last
		}
	}
	evidence := func(m, sign float64) float64 {
		scale := m
		if sign < 0 {
			scale = 1 - m
		}
		var l [len(bets)]float64
		for k, b := range bets {
			for _, p := range points {
				switch gain := sign * (p.v - m); {
				case scale > 0:
					l[k] += float64(p.w * math.Log1p(b*gain/scale))
				case gain > 0:
					l[k] = math.Inf(1) // a value the null excludes
				}
			}
		}
		return mixed(&l)
	}
	return inside(x/n, goal, evidence)
}
