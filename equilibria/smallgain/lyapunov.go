package smallgain

import (
	"fmt"
	"math"
	"math/cmplx"

	"gonum.org/v1/gonum/mat"
)

// Lyapunov is a metric of a constant Jacobian that is not one of weighted blocks:
// K'M + MK ≥ 2 Margin M. Projections on products of sets are not Euclidean in it.
type Lyapunov struct {
	Margin    float64     // evaluated at Metric
	Metric    [][]float64 // M, in normalised coordinates, largest eigenvalue 1
	Condition float64     // of M; it explodes as Margin nears the spectral abscissa
}

// lyapunov solves A'M + MA = I for A = K - a I, every eigenvalue of which has a
// positive real part, by the squared Smith method (SIAM J. Appl. Math. 16, 1968):
// with S = (A + p)⁻¹(A - p), M = S'MS + 2p (A + p)⁻ᵀ(A + p)⁻¹.
func lyapunov(k *mat.Dense, values []complex128, a float64) (*Lyapunov, error) {
	n, _ := k.Dims()
	low, high := math.Inf(1), 0.0
	for _, v := range values {
		size := cmplx.Abs(v - complex(a, 0))
		low, high = min(low, size), max(high, size)
	}
	p := math.Sqrt(low) * math.Sqrt(high)
	plus, minus := mat.DenseCopyOf(k), mat.DenseCopyOf(k)
	for i := range n {
		plus.Set(i, i, k.At(i, i)-a+p)
		minus.Set(i, i, k.At(i, i)-a-p)
	}
	var inverse, s, m, step, square mat.Dense
	if err := inverse.Inverse(plus); err != nil {
		return nil, fmt.Errorf("the Lyapunov equation is singular to rounding")
	}
	s.Mul(&inverse, minus)
	m.Mul(inverse.T(), &inverse)
	m.Scale(2*p, &m)
	for range 60 {
		step.Product(s.T(), &m, &s)
		m.Add(&m, &step)
		if mat.Norm(&step, 2) <= 1e-16*mat.Norm(&m, 2) {
			break
		}
		square.Mul(&s, &s)
		s.CloneFrom(&square)
	}
	var e mat.EigenSym
	if !e.Factorize(symmetric(&m), false) {
		return nil, fmt.Errorf("the Lyapunov metric has no eigenvalues")
	}
	spectrum := e.Values(nil)
	m.Scale(1/spectrum[n-1], &m)
	var chol mat.Cholesky
	if !chol.Factorize(symmetric(&m)) {
		return nil, fmt.Errorf("the Lyapunov metric is not positive definite to rounding")
	}
	var upper, back mat.TriDense
	var moved mat.Dense
	chol.UTo(&upper)
	if err := back.InverseTri(&upper); err != nil {
		return nil, fmt.Errorf("the Lyapunov metric is singular to rounding")
	}
	moved.Product(&upper, k, &back)
	out := &Lyapunov{Margin: least(&moved), Condition: spectrum[n-1] / spectrum[0]}
	for i := range n {
		out.Metric = append(out.Metric, mat.Row(nil, i, symmetric(&m)))
	}
	return out, nil
}
