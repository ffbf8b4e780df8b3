package verify

import (
	"math"
	"math/big"
)

// sizeOf is roughly that of K_w of constants mu and l.
func sizeOf(mu []float64, l [][]float64, w []float64) float64 {
	most := 0.0
	for i := range w {
		most = max(most, math.Abs(mu[i]))
		for j, x := range l[i] {
			most = max(most, x*math.Sqrt(w[i]/w[j]))
		}
	}
	return most
}

// comparison is C(w) - 2xW, with the entries off its diagonal -off.
func comparison(w, mu []float64, x float64, off func(i, j int) *big.Rat) matrix {
	n := len(w)
	m := newMatrix(n, n)
	for i := range n {
		for j := range n {
			if i == j {
				m[i][i] = mul(mul(big.NewRat(2, 1), rat(w[i])), sub(rat(mu[i]), rat(x)))
			} else {
				m[i][j] = new(big.Rat).Neg(off(i, j))
			}
		}
	}
	return m
}

// smallGain tells whether the small-gain margin of mu and l at weights w is at
// least x.
func smallGain(w, mu []float64, l [][]float64, x float64) bool {
	if !allFinite(w) || !allFinite(mu) || !finite(x) {
		return false
	}
	for _, row := range l {
		if !allFinite(row) {
			return false
		}
	}
	return semidefinite(comparison(w, mu, x, func(i, j int) *big.Rat {
		return add(mul(rat(w[i]), rat(l[i][j])), mul(rat(w[j]), rat(l[j][i])))
	}))
}

// curved is diag(x mu - y) - L: an M-matrix for x = 1 if y is below the best
// margin, for y = 0 if x is above the gain.
func curved(x float64, mu []float64, y float64, l [][]float64) matrix {
	m := newMatrix(len(mu), len(mu))
	for i := range m {
		for j := range m {
			m[i][j] = rat(-l[i][j])
		}
		m[i][i] = sub(mul(rat(x), rat(mu[i])), rat(y))
	}
	return m
}

// gainAtMost tells whether the spectral radius of diag(mu)⁻¹ L is at most x.
func gainAtMost(x float64, mu []float64, l [][]float64) bool {
	return allFinite(mu) && dominated(curved(above(x, 1), mu, 0, l))
}

// ends are a little inside a band of weights, and finite.
func ends(band []Number) (low, high float64) {
	return max(float64(band[0])*(1+1e-6), 1e-60), min(float64(band[1])*(1-1e-6), 1e60)
}

// ratios tells whether a margin of two blocks is positive in a band of w₂/w₁; the
// margin is concave in its logarithm, so the ends suffice.
func ratios(band []Number, mu []float64, l [][]float64) bool {
	if len(mu) != 2 || !(band[0] < band[1]) {
		return false
	}
	low, high := ends(band)
	return smallGain([]float64{1, low}, mu, l, 0) && smallGain([]float64{1, high}, mu, l, 0)
}
