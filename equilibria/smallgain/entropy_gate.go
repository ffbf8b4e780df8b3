package smallgain

import (
	"math"
	"math/big"
)

// exactly is a sum of products of numbers without rounding, as a multiple of
// 2^-depth.
type exactly struct{ sum, term, factor big.Int }

// depth holds the products of four numbers, of which none is finer than 2^-1074.
const depth = 4 * 1074

// add adds sign times the product of up to four finite numbers.
func (e *exactly) add(sign int64, factors ...float64) {
	e.term.SetInt64(sign)
	shift := depth
	for _, x := range factors {
		if x == 0 {
			return
		}
		m, exponent := math.Frexp(x)
		e.term.Mul(&e.term, e.factor.SetInt64(int64(m*(1<<53))))
		shift += exponent - 53
	}
	if shift < 0 { // numbers below 2^-1022 have fewer bits
		e.term.Rsh(&e.term, uint(-shift))
	} else {
		e.term.Lsh(&e.term, uint(shift))
	}
	e.sum.Add(&e.sum, &e.term)
}

// sign is that of the sum, which is 0 afterwards.
func (e *exactly) sign() int {
	s := e.sum.Sign()
	e.sum.SetInt64(0)
	return s
}

// dominates decides in exact arithmetic whether (d_i - t) y_i ≥ Σ_j a_ij y_j for all
// i, with every y > 0: then no eigenvalue of the matrix diag d - a, a ≥ 0, has a
// real part below t (Collatz 1942). scale, nil for ones, multiplies d_i - t. It is
// the gate of all margins of games with entropy: what it says holds for the
// numbers as they are written.
func dominates(d, scale []float64, t float64, a sparse, y []float64) bool {
	if math.IsNaN(t) || math.IsInf(t, 0) {
		return false
	}
	var e exactly
	for i, row := range a.rows {
		if !(y[i] > 0) || math.IsInf(y[i], 1) {
			return false
		}
		c := 1.0
		if scale != nil {
			c = scale[i]
		}
		e.add(1, c, d[i], y[i])
		e.add(-1, c, t, y[i])
		for _, x := range row {
			if !(x.value >= 0) || math.IsInf(x.value, 1) {
				return false
			}
			e.add(-1, x.value, y[x.at])
		}
		if e.sign() < 0 {
			return false
		}
	}
	return true
}
