// Package gate decides inequalities of matrices without rounding: everything called
// certified has passed it. Sums and products of float64 are known as pairs with a bound
// of their error, and as whole numbers where the pairs do not decide. It is a room of
// its own because it knows no games: only matrices, and the margins that they have.
package gate

import "math"

// Inequality is what a certificate rests on, as data: Left and Metric are square
// and of one order. With Witness nil it says of a margin t that
//
//	sym(Left) - t·Metric ⪰ 0   and   Metric ≻ 0,
//
// Metric symmetric. With a witness y it says, row by row and without any symmetry,
//
//	(Left y)_i ≥ t·(Metric y)_i,   (Metric y)_i > 0   and   y > 0,
//
// which is the margin of a max norm, and of Left and Metric without positive
// entries off the diagonal (of Metric: none at all) that of Collatz and Wielandt.
type Inequality struct {
	Left, Metric *Matrix
	Witness      []float64
}

// InequalityOf takes the numbers of dense matrices for the exact numbers they are;
// a nil metric is the identity. It is nil if a number is not finite.
func InequalityOf(left, metric [][]float64) *Inequality {
	if metric == nil {
		return inequalityIn(Exactly(left), Identity(len(left)))
	}
	return inequalityIn(Exactly(left), Exactly(metric))
}

func inequalityIn(l, m *Matrix) *Inequality {
	if l == nil || m == nil {
		return nil
	}
	return &Inequality{Left: l, Metric: m}
}

// Holds decides q at the margin t: the one gate that everything called certified
// has passed. Its answer true is a proof, in whole numbers up to the order
// ExactOrder and beyond it by a Cholesky factor with a bound of its rounding; its
// answer false is exact up to that order only. How to use it: write the inequality
// of the certificate in the numbers that will be printed (bounds already rounded to
// the safe side), ask Holds for the very float64 that will be printed as margin, or
// let Lower find the largest one, and say certified if that is above 0:
//
//	q := InequalityOf(left, metric)    // or with q.Witness = y
//	margin := q.Lower(guess, size)     // guess by floating point
//	if margin > 0 && Holds(q, margin) { … }
func Holds(q *Inequality, t float64) bool {
	if q == nil || math.IsNaN(t) || math.IsInf(t, 0) {
		return false
	}
	if q.Witness != nil {
		return q.rows(t)
	}
	return q.Metric.Definite() && q.Left.Symmetric().semidefiniteAbove(t, q.Metric)
}

// rows is the gate of a witness.
func (q *Inequality) rows(t float64) bool {
	for _, y := range q.Witness {
		if !(y > 0) {
			return false
		}
	}
	y := Column(q.Witness)
	if y == nil {
		return false
	}
	metric := q.Metric.Times(y)
	rest := q.Left.Times(y).Minus(t, metric)
	for i := range rest.Rows {
		if metric.Sign(i, 0) <= 0 || rest.Sign(i, 0) < 0 {
			return false
		}
	}
	return true
}

// Lower is a margin that passes the gate, near the largest that does: guess or
// some rounding below it, where guess is right up to rounding of numbers of about
// size; -Inf if none was found. Margins that rounding of that size would hide are
// looked for by halving, so that the sign is right whatever the size.
func (q *Inequality) Lower(guess, size float64) float64 {
	if math.IsNaN(guess) || math.IsInf(guess, 0) || math.IsNaN(size) || math.IsInf(size, 0) {
		return math.Inf(-1)
	}
	holds := func(t float64) bool { return Holds(q, t) }
	const ulp = 0x1p-52
	if n := float64(q.Left.Order()); n > ExactOrder && q.Witness == nil {
		// What elimination in floating point can prove is proved at once.
		if t := guess - 0x1p-49*n*n*size; t > 0 && holds(t) {
			return t
		}
		if t := guess - 0x1p-51*n*size; t < -1e-4*size && holds(t) {
			return t
		}
	}
	low, high, found := guess, math.Inf(1), false
	if found = holds(low); !found {
		high = guess
		for s := ulp * math.Abs(guess); ; s *= 4 {
			if s == 0 {
				s = ulp * ulp * size
			}
			if low = guess - s; holds(low) {
				found = true
				break
			}
			high = low
			if s > 4*(size+math.Abs(guess)) || math.IsInf(s, 0) || s == 0 {
				return math.Inf(-1)
			}
		}
	}
	if low > 1e-4*size || low < -1e-4*size {
		return low
	}
	if low < 0 {
		if !holds(0) {
			return low
		}
		low = 0
	}
	// The guess says little about a margin this small: its size is found first.
	if low <= 0 {
		top := min(high, size)
		tiny := top
		for k := 0; k < 12; k++ {
			tiny *= math.Ldexp(1, -1<<k)
			if tiny < 1e-290 {
				break
			}
			if holds(tiny) {
				low = tiny
				break
			}
			high = tiny
		}
		if low <= 0 {
			return low
		}
		for math.IsInf(high, 1) || high > 2*low {
			mid := math.Sqrt(low) * math.Sqrt(min(high, 16*size))
			if !(mid > low) || !(mid < high) {
				break
			}
			if holds(mid) {
				low = mid
			} else {
				high = mid
			}
		}
	}
	for s := ulp * max(math.Abs(low), ulp*size); math.IsInf(high, 1); s *= 8 {
		if t := low + s; holds(t) {
			low = t
		} else {
			high = t
		}
	}
	for range 60 {
		mid := low + (high-low)/2
		if !(high-low > 0x1p-44*math.Abs(low)) || mid <= low || mid >= high {
			break
		}
		if holds(mid) {
			low = mid
		} else {
			high = mid
		}
	}
	return low
}

// LeastHolding is the smallest number not below guess, up to rounding, for which holds is
// true, where it is so of all larger ones; +Inf if none was found.
func LeastHolding(guess, size float64, holds func(float64) bool) float64 {
	if holds(guess) {
		return guess
	}
	for s := 0x1p-52 * math.Abs(guess); ; s *= 2 {
		if s == 0 {
			s = 0x1p-104 * size
		}
		if x := guess + s; holds(x) {
			return x
		}
		if !(s <= 4*(size+math.Abs(guess))) || s == 0 {
			return math.Inf(1)
		}
	}
}
