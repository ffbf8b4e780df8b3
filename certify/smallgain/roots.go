package smallgain

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Roots are P^{1/2} and P^{-1/2}.
func Roots(p [][]float64) (root, inverse *mat.Dense, err error) {
	n := len(p)
	s := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			s.SetSym(i, j, p[i][j]/2+p[j][i]/2)
		}
	}
	var e mat.EigenSym
	if !e.Factorize(s, true) {
		return nil, nil, fmt.Errorf("no eigenvalues were found")
	}
	values := e.Values(nil)
	if !(values[0] > 1e-14*values[n-1]) {
		return nil, nil, fmt.Errorf("not positive definite to rounding, its eigenvalues go from %g to %g", values[0], values[n-1])
	}
	var v, scaled mat.Dense
	e.VectorsTo(&v)
	power := func(f func(float64) float64) *mat.Dense {
		scaled.Apply(func(_, j int, x float64) float64 { return x * f(values[j]) }, &v)
		out := mat.NewDense(n, n, nil)
		out.Mul(&scaled, v.T())
		return out
	}
	return power(math.Sqrt), power(func(x float64) float64 { return 1 / math.Sqrt(x) }), nil
}
