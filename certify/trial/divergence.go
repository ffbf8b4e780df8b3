package trial

import (
	"math"
	"slices"
)

// divergence is Σ p log(p/r) of distributions with logarithms lp and lr, without
// cancellation.
func divergence(p, lp, lr []float64) float64 {
	sum := 0.0
	for a, x := range p {
		if d := lr[a] - lp[a]; x > 0 {
			sum += x * (math.Expm1(d) - d)
		} else {
			sum += math.Exp(lr[a])
		}
	}
	return sum
}

// logarithms writes the logarithms of the softmax of y.
func logarithms(dst, y []float64) {
	top := slices.Max(y)
	sum := 0.0
	for _, x := range y {
		sum += math.Exp(x - top)
	}
	log := top + math.Log(sum)
	for a, x := range y {
		dst[a] = x - log
	}
}

// noise is how far the divergence of l, logarithms of a distribution, from p may be
// off: logarithms by so much, p by distance in all.
func noise(p, lp, l []float64, logarithm, distance float64) float64 {
	most, sum := 0.0, 0.0
	for a, x := range p {
		d := l[a] - lp[a]
		most = max(most, math.Abs(d))
		sum += x * math.Abs(math.Expm1(d))
		if x > 0 {
			sum += x * logarithm // of second order
		}
	}
	return sum*logarithm + distance*(most+distance/slices.Min(p))
}
