// Package num holds the small functions of rows of probabilities and logits that
// solvers share. It knows no game; it allocates nothing, writes to rows it is lent
// and keeps none.
package num

import (
	"math"
	"slices"
)

// Positive writes to p what is proportional to the positive parts of weights, even
// play where there are none: regret matching, and moves by their weights.
func Positive(p, weights []float64) {
	sum := 0.0
	for _, w := range weights {
		sum += max(0, w)
	}
	for m, w := range weights {
		if sum > 0 {
			p[m] = max(0, w) / sum
		} else {
			p[m] = 1 / float64(len(p))
		}
	}
}

// Softmax writes to p what is proportional to exp(scale·logits). Logits may be
// infinite below, not all of them.
func Softmax(p, logits []float64, scale float64) {
	top := math.Inf(-1)
	for _, l := range logits {
		top = max(top, l)
	}
	sum := 0.0
	for i, l := range logits {
		p[i] = math.Exp(scale * (l - top))
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
}

// LogSumExp is log Σ exp(logit), of at least one logit, without overflow.
func LogSumExp(logits []float64) float64 {
	top := slices.Max(logits)
	sum := 0.0
	for _, l := range logits {
		sum += math.Exp(l - top)
	}
	return top + math.Log(sum)
}

// Entropy of a row of probabilities, in nats.
func Entropy(p []float64) (h float64) {
	for _, x := range p {
		if x > 0 {
			h -= x * math.Log(x)
		}
	}
	return h
}
