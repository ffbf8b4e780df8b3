package entropic

import (
	"math"
	"math/big"

	"arbiter/certify/smallgain"
)

// wholeSum is a sum of products of numbers without rounding, as a multiple of
// 2^-depth.
type wholeSum struct{ sum, term, factor big.Int }

// depth holds the products of four numbers, of which none is finer than 2^-1074.
const depth = 4 * 1074

// add adds sign times the product of up to four finite numbers.
func (e *wholeSum) add(sign int64, factors ...float64) {
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
func (e *wholeSum) sign() int {
	s := e.sum.Sign()
	e.sum.SetInt64(0)
	return s
}

// proved is the gate for games with entropy: it decides without rounding whether
// scale_i (d_i - t) y_i ≥ Σ_j a_ij y_j for all i, with every scale and y > 0; nil
// for scale stands for ones. Then no eigenvalue of diag d - (diag scale)⁻¹ a, a ≥ 0,
// has a real part below t (Collatz 1942). What it says holds for the numbers as they
// are written. Numbers rounded to the safe side prove most rows, whole numbers
// decide the others.
func proved(d, scale []float64, t float64, a sparse, y []float64) bool {
	if math.IsNaN(t) || math.IsInf(t, 0) {
		return false
	}
	if scale == nil {
		scale = smallgain.Ones(len(d))
	}
	for i := range d {
		if math.IsNaN(d[i]) || math.IsInf(d[i], 0) || !sized(scale[i]) || !sized(y[i]) {
			return false
		}
		for _, e := range a.rows[i] {
			if !(e.value >= 0) || math.IsInf(e.value, 1) {
				return false
			}
		}
	}
	var sum wholeSum
	for i, row := range a.rows {
		if !exceeds(d[i], scale[i], t, row, y, y[i]) && !sum.exceeds(d[i], scale[i], t, row, y, y[i]) {
			return false
		}
	}
	return true
}

// sized tells whether x is a finite number above 0.
func sized(x float64) bool { return x > 0 && x <= math.MaxFloat64 }

// exceeds tells whether scale (d-t) own ≥ Σ_j a_j y_j by numbers rounded to the safe
// side: true is a proof, false is not.
func exceeds(d, scale, t float64, row []entry, y []float64, own float64) bool {
	left := productDown(productDown(scale, sumDown(d, -t)), own)
	right := sparse{}.row(row, y)
	return left >= right && right <= math.MaxFloat64
}

// exceeds decides the same without rounding.
func (e *wholeSum) exceeds(d, scale, t float64, row []entry, y []float64, own float64) bool {
	e.add(1, scale, d, own)
	e.add(-1, scale, t, own)
	for _, x := range row {
		e.add(-1, x.value, y[x.at])
	}
	return e.sign() >= 0
}
