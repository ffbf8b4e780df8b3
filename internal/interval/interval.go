// Package interval computes with intervals that surely hold the exact result:
// every operation is rounded outward. Go has no directed rounding, so ends are
// moved to the next number. Nothing is trusted but + - * / and the square root of
// IEEE 754, which the language promises on every machine: exp, log, sin, cos, tanh
// and erf are worked out here, with errors bounded at each (elementary.go), as
// those of package math are assembler on some machines, with other errors, and
// overflow before their results do.
package interval

import "math"

// Interval is all numbers from Lo to Hi. Ends may be infinite, never NaN.
type Interval struct{ Lo, Hi float64 }

// Point is the interval of one number.
func Point(x float64) Interval { return Interval{x, x} }

// Of is the interval of both numbers and all between.
func Of(x, y float64) Interval { return Interval{min(x, y), max(x, y)} }

// All is every number.
func All() Interval { return Interval{math.Inf(-1), math.Inf(1)} }

// Down and Up are the neighbours of x; sums, products and quotients rounded to
// nearest are moved there. An overflow rounds to the largest finite number inward,
// which is right: what rounds to infinity is larger than that.
func Down(x float64) float64 {
	switch {
	case x > 0:
		return math.Float64frombits(math.Float64bits(x) - 1)
	case x == 0:
		return -math.SmallestNonzeroFloat64
	case x >= -math.MaxFloat64:
		return math.Float64frombits(math.Float64bits(x) + 1)
	}
	return x // -Inf, NaN
}

// Up: see Down.
func Up(x float64) float64 { return -Down(-x) }

// outward moves both ends by one and takes an undefined end for unbounded. A 0
// stays: operations give one only where it is exact, see product and ratio.
func outward(lo, hi float64) Interval {
	switch {
	case lo != lo:
		lo = math.Inf(-1)
	case lo != 0:
		lo = Down(lo)
	}
	switch {
	case hi != hi:
		hi = math.Inf(1)
	case hi != 0:
		hi = Up(hi)
	}
	return Interval{lo, hi}
}

// Neg is -a, exactly.
func (a Interval) Neg() Interval { return Interval{-a.Hi, -a.Lo} }

// Add is a + b. A sum that rounds to 0 is 0: sums of numbers do not underflow.
func (a Interval) Add(b Interval) Interval { return outward(a.Lo+b.Lo, a.Hi+b.Hi) }

// Sub is a - b.
func (a Interval) Sub(b Interval) Interval { return outward(a.Lo-b.Hi, a.Hi-b.Lo) }

// product takes 0 times infinity for 0: an end of 0 is a number, an end of
// infinity a bound. Any other product that underflows to 0 is moved off it.
func product(x, y float64) float64 {
	if x == 0 || y == 0 {
		return 0
	}
	z := x * y
	if z == 0 {
		return least(x, y)
	}
	return z
}

// ratio is x/y for y other than 0; a quotient that underflows is moved off 0. Over
// an end of infinity it is 0, the bound of what is nearer.
func ratio(x, y float64) float64 {
	z := x / y
	if z == 0 && x != 0 && !math.IsInf(y, 0) {
		return least(x, y)
	}
	return z
}

// least is the smallest number with the sign of xy.
func least(x, y float64) float64 {
	if (x < 0) != (y < 0) {
		return -math.SmallestNonzeroFloat64
	}
	return math.SmallestNonzeroFloat64
}

// Mul is a · b.
func (a Interval) Mul(b Interval) Interval {
	p, q, r, s := product(a.Lo, b.Lo), product(a.Lo, b.Hi), product(a.Hi, b.Lo), product(a.Hi, b.Hi)
	return outward(min(p, q, r, s), max(p, q, r, s))
}

// Scale is c · a.
func (a Interval) Scale(c float64) Interval { return a.Mul(Point(c)) }

// Div is a / b, every number if b holds 0.
func (a Interval) Div(b Interval) Interval {
	if b.Lo <= 0 && b.Hi >= 0 {
		return All()
	}
	p, q, r, s := ratio(a.Lo, b.Lo), ratio(a.Lo, b.Hi), ratio(a.Hi, b.Lo), ratio(a.Hi, b.Hi)
	if math.IsNaN(p + q + r + s) {
		return All()
	}
	return outward(min(p, q, r, s), max(p, q, r, s))
}

// Sqr is a², never below 0.
func (a Interval) Sqr() Interval {
	m := a.Mag()
	low := 0.0
	if a.Lo > 0 || a.Hi < 0 {
		low = min(math.Abs(a.Lo), math.Abs(a.Hi))
	}
	r := outward(product(low, low), product(m, m))
	r.Lo = max(0, r.Lo)
	return r
}

// Sqrt is the square root of what of a is not below 0.
func (a Interval) Sqrt() Interval {
	r := outward(math.Sqrt(max(0, a.Lo)), math.Sqrt(max(0, a.Hi)))
	r.Lo = max(0, r.Lo)
	return r
}

// Mag is the largest absolute value in a.
func (a Interval) Mag() float64 { return max(math.Abs(a.Lo), math.Abs(a.Hi)) }

// Mid is a number near the middle of a bounded interval.
func (a Interval) Mid() float64 { return a.Lo/2 + a.Hi/2 }

// Width is at least Hi - Lo.
func (a Interval) Width() float64 { return Up(a.Hi - a.Lo) }

// Holds tells whether x is in a.
func (a Interval) Holds(x float64) bool { return a.Lo <= x && x <= a.Hi }

// Hull is the smallest interval around both.
func (a Interval) Hull(b Interval) Interval { return Interval{min(a.Lo, b.Lo), max(a.Hi, b.Hi)} }

// Intersect is what both have; ok is false if that is nothing.
func (a Interval) Intersect(b Interval) (c Interval, ok bool) {
	c = Interval{max(a.Lo, b.Lo), min(a.Hi, b.Hi)}
	return c, c.Lo <= c.Hi
}
