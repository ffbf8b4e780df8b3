package smallgain

import (
	"math"
	"math/cmplx"

	"gonum.org/v1/gonum/mat"
)

// Smith solves A'M + MA = I for A = K - a I, every eigenvalue of which has a
// positive real part, by the squared Smith method (SIAM J. Appl. Math. 16, 1968):
// with S = (A + p)⁻¹(A - p), M = S'MS + 2p (A + p)⁻ᵀ(A + p)⁻¹. Nil where that is
// singular to rounding.
func Smith(k *mat.Dense, values []complex128, a float64) *mat.SymDense {
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
		return nil
	}
	s.Mul(&inverse, minus)
	m.Mul(inverse.T(), &inverse)
	m.Scale(2*p, &m)
	for range 60 {
		step.Product(s.T(), &m, &s)
		m.Add(&m, &step)
		norm := mat.Norm(&m, 2)
		if math.IsNaN(norm) || math.IsInf(norm, 0) {
			return nil
		}
		if mat.Norm(&step, 2) <= 1e-16*norm {
			break
		}
		square.Mul(&s, &s)
		s.CloneFrom(&square)
	}
	m.Scale(1/mat.Norm(&m, 2), &m)
	return Symmetric(&m)
}

// Symmetric is the symmetric part of m.
func Symmetric(m mat.Matrix) *mat.SymDense {
	n, _ := m.Dims()
	s := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			s.SetSym(i, j, m.At(i, j)/2+m.At(j, i)/2)
		}
	}
	return s
}
