package approx

import "math"

// Activation is what a layer ends with.
type Activation uint8

// The activations there are.
const (
	Linear     Activation = iota // what the product gave
	Relu                         // max(x, 0), of slope 0 at 0
	Tanh                         // between -1 and 1
	Softplus                     // ln(1 + exp(x)), above 0
	LogSoftmax                   // logarithms of probabilities: x - ln Σ exp(x) over the row
)

// apply changes rows of n numbers into what the activation makes of them.
func (a Activation) apply(y []float64, n int) {
	switch a {
	case Relu:
		for i, x := range y {
			y[i] = max(x, 0)
		}
	case Tanh:
		for i, x := range y {
			y[i] = math.Tanh(x)
		}
	case Softplus:
		for i, x := range y {
			y[i] = max(x, 0) + math.Log1p(math.Exp(-math.Abs(x)))
		}
	case LogSoftmax:
		for ; len(y) > 0; y = y[n:] {
			row, top, sum := y[:n], math.Inf(-1), 0.0
			for _, x := range row {
				top = max(top, x)
			}
			for _, x := range row {
				sum += math.Exp(x - top)
			}
			top += math.Log(sum)
			for i := range row {
				row[i] -= top
			}
		}
	}
}

// back changes derivatives in what apply made, which is y, into those in what it was
// given.
func (a Activation) back(d, y []float64, n int) {
	switch a {
	case Relu:
		for i, x := range y {
			if !(x > 0) {
				d[i] = 0
			}
		}
	case Tanh:
		for i, x := range y {
			d[i] *= 1 - float64(x*x)
		}
	case Softplus: // exp(-y) is 1 minus the slope
		for i, x := range y {
			d[i] *= -math.Expm1(-x)
		}
	case LogSoftmax:
		for ; len(y) > 0; d, y = d[n:], y[n:] {
			sum := 0.0
			for _, x := range d[:n] {
				sum += x
			}
			for i, x := range y[:n] {
				d[i] -= float64(sum * math.Exp(x))
			}
		}
	}
}
