package approx

import "math"

// Adam walks down gradients by steps of about its Rate in every number, whatever
// their size (Kingma and Ba 2015, algorithm 1 with the constants given there).
type Adam struct {
	Rate float64 // of a step, above 0

	steps       uint64
	mean, power []float64 // of the gradients and of their squares, fading
}

const (
	fadeMean, fadePower = .9, .999
	least               = 1e-8 // added to the root of the power
)

// Step moves weights by a gradient. All steps are of the same weights; it panics
// where there are others than before.
func (a *Adam) Step(weights, grad []float64) {
	if a.mean == nil {
		a.mean, a.power = make([]float64, len(weights)), make([]float64, len(weights))
	}
	mean, power := a.mean, a.power
	if len(weights) != len(mean) || len(grad) != len(mean) {
		panic("approx: a step of other weights than before")
	}
	a.steps++
	t := float64(a.steps)
	rate := a.Rate / (1 - math.Pow(fadeMean, t))
	scale := 1 / math.Sqrt(1-math.Pow(fadePower, t))
	for i, g := range grad {
		m := float64(fadeMean*mean[i]) + float64((1-fadeMean)*g)
		p := float64(fadePower*power[i]) + float64((1-fadePower)*g*g)
		mean[i], power[i] = m, p
		weights[i] -= rate * m / (float64(scale*math.Sqrt(p)) + least)
	}
}
