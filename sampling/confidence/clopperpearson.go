package confidence

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// ClopperPearson is the exact binomial interval of x successes in n
// trials, at one look: the level/2 quantile of Beta(x, n-x+1) and the 1-level/2
// quantile of Beta(x+1, n-x) (Clopper and Pearson 1934).
func ClopperPearson(n, x, level float64) Interval {
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
