package stochastic

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"arbiter/equilibria/path"
)

// curve is a stationary system as a curve: of log probabilities, and of u with
// parameter = bend·sinh u, or u if bend is 0. Length is measured by Σp·dx² + du²
// (Fisher's), in which fast changes of the logarithms of small probabilities, which
// are nearly linear, count for little.
type curve struct {
	*stationary
	bend float64
	jac  *mat.Dense
	lu   mat.LU
}

// newCurve starts at the solution x at u = 0, the way u grows; false if there is no
// direction.
func newCurve(s *stationary, x []float64, bend float64) (*path.Curve, bool) {
	t := &curve{stationary: s, bend: bend, jac: mat.NewDense(s.n+1, s.n+1, nil)}
	c := path.New(t, path.Rules{Straight: .95, Off: .15, Easy: .05, Shrink: .6, Rounds: 3, Growth: 1.5, Careful: 1e-4, Positive: bend > 0})
	return c, c.Begin(append(x[:s.n:s.n], 0), c.Upward(), .1)
}

// lambda is the parameter at u.
func lambda(u, bend float64) float64 {
	if bend == 0 {
		return u
	}
	return bend * math.Sinh(u)
}

// Size is the number of actions in all states.
func (t *curve) Size() int { return t.n }

// Residual writes by how much log probabilities differ from those of responses.
func (t *curve) Residual(y, g []float64) bool {
	return t.residuals(y[:t.n], lambda(y[t.n], t.bend), g, nil)
}

// Factor factorises the Jacobian at y, whose last row is border.
func (t *curve) Factor(y, border, g []float64) bool {
	if !t.residuals(y[:t.n], lambda(y[t.n], t.bend), g, t.jac) {
		return false
	}
	raw := t.jac.RawMatrix()
	if t.bend > 0 {
		slope := t.bend * math.Cosh(y[t.n])
		for a := range t.n {
			raw.Data[a*raw.Stride+t.n] *= slope
		}
	}
	copy(raw.Data[t.n*raw.Stride:], border)
	for _, v := range raw.Data {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	t.lu.Factorize(t.jac)
	return true
}

// Solve solves by the factors of the Jacobian.
func (t *curve) Solve(v []float64) bool {
	x := mat.NewVecDense(len(v), v)
	_ = t.lu.SolveVecTo(x, false, x) // near singular: the caller sees what comes of it
	return !math.IsInf(t.lu.Cond(), 1)
}

// Sign is that of the determinant of the Jacobian.
func (t *curve) Sign() float64 {
	_, sign := t.lu.LogDet()
	return sign
}

// Metric is Fisher's.
func (t *curve) Metric(p path.Point, dst []float64) {
	copy(dst, p.Tangent)
	for a, q := range p.P {
		dst[a] *= q
	}
}

// Along compares directions by the same metric, where the step ends.
func (t *curve) Along(from, to path.Point) float64 {
	u := from.Tangent[t.n]
	along, old := to.Tangent[t.n]*u, u*u
	for a, p := range to.P {
		along += p * to.Tangent[a] * from.Tangent[a]
		old += p * from.Tangent[a] * from.Tangent[a]
	}
	return along / math.Sqrt(old)
}

// Steps are no longer than log lambda grows by a half.
func (t *curve) Steps(path.Point) (shortest, longest float64) { return 1e-11, .5 }

// cold is by how much logits grow.
func (t *curve) cold(y []float64) float64 {
	if t.shift != nil {
		return t.fixed
	}
	return math.Abs(lambda(y[t.n], t.bend))
}

// round is the rounding of logits.
func (t *curve) round(y []float64) float64 { return 1e-10 + 4e-12*t.cold(y)/(1-t.gamma) }

// Newton needs a new matrix all the sooner the larger logits are.
func (t *curve) Newton(y []float64) path.Sizes {
	return path.Sizes{Near: 1e-5 / (1 + t.cold(y)), Still: t.round(y), Rounding: 1e-14}
}

// Enough is at the rounding of logits.
func (t *curve) Enough(y, _ []float64, size float64) bool { return size < t.round(y) }
