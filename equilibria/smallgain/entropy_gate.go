package smallgain

import (
	"math"
	"math/big"
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
// scale_i (d_i - t) y_i ≥ Σ_j a_ij y_j for all i, with every y > 0; nil for scale
// stands for ones. Then no eigenvalue of diag d - (diag scale)⁻¹ a, a ≥ 0, has a
// real part below t (Collatz 1942). What it says holds for the numbers as they
// are written.
func proved(d, scale []float64, t float64, a sparse, y []float64) bool {
	if math.IsNaN(t) || math.IsInf(t, 0) {
		return false
	}
	if scale == nil {
		scale = ones(len(d))
	}
	if n := len(d); n <= exactOrder {
		left, first := square(n), []int{0}
		for i, row := range a.rows {
			for _, e := range row {
				left[i][e.at] = -e.value
			}
			first = append(first, i+1)
		}
		diagonal, rest := exactly(diag(d)), exactly(left)
		if diagonal == nil || rest == nil {
			return false
		}
		metric := exactly(identity(n)).scaled(scale, first)
		if diagonal = diagonal.scaled(scale, first); diagonal == nil || metric == nil {
			return false
		}
		return gate(&inequality{Left: diagonal.plus(rest), Metric: metric, Witness: y}, t)
	}
	return dominates(d, scale, t, a, y)
}

func diag(d []float64) [][]float64 {
	m := square(len(d))
	for i, x := range d {
		m[i][i] = x
	}
	return m
}

// dominates is proved for matrices of any order with few entries.
func dominates(d, scale []float64, t float64, a sparse, y []float64) bool {
	var e wholeSum
	for i, row := range a.rows {
		if !(y[i] > 0) || math.IsInf(y[i], 1) {
			return false
		}
		e.add(1, scale[i], d[i], y[i])
		e.add(-1, scale[i], t, y[i])
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
