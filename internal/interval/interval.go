// Package interval computes with intervals that surely hold the exact result:
// every operation is rounded outward. Go has no directed rounding, so ends are
// moved to the next number; math.Exp and math.Log are trusted to 2 units in the
// last place and moved by 4.
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
// nearest are moved there. Overflow rounds to the largest finite number inward.
func Down(x float64) float64 { return math.Nextafter(x, math.Inf(-1)) }

// Up: see Down.
func Up(x float64) float64 { return math.Nextafter(x, math.Inf(1)) }

// outward moves both ends by one and takes an undefined end for unbounded.
func outward(lo, hi float64) Interval {
	if math.IsNaN(lo) {
		lo = math.Inf(-1)
	}
	if math.IsNaN(hi) {
		hi = math.Inf(1)
	}
	return Interval{Down(lo), Up(hi)}
}

// Neg is -a, exactly.
func (a Interval) Neg() Interval { return Interval{-a.Hi, -a.Lo} }

// Add is a + b.
func (a Interval) Add(b Interval) Interval { return outward(a.Lo+b.Lo, a.Hi+b.Hi) }

// Sub is a - b.
func (a Interval) Sub(b Interval) Interval { return outward(a.Lo-b.Hi, a.Hi-b.Lo) }

// product takes 0 times infinity for 0: an end of 0 is a number, an end of
// infinity a bound.
func product(x, y float64) float64 {
	if x == 0 || y == 0 {
		return 0
	}
	return x * y
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
	p, q, r, s := a.Lo/b.Lo, a.Lo/b.Hi, a.Hi/b.Lo, a.Hi/b.Hi
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
	r := outward(low*low, m*m)
	r.Lo = max(0, r.Lo)
	return r
}

// Sqrt is the square root of what of a is not below 0.
func (a Interval) Sqrt() Interval {
	r := outward(math.Sqrt(max(0, a.Lo)), math.Sqrt(max(0, a.Hi)))
	r.Lo = max(0, r.Lo)
	return r
}

// library moves the ends of what a math function gave by four numbers.
func library(lo, hi float64) Interval {
	r := outward(lo, hi)
	for range 3 {
		r = outward(r.Lo, r.Hi)
	}
	return r
}

// Exp is e to the a.
func (a Interval) Exp() Interval {
	r := library(math.Exp(a.Lo), math.Exp(a.Hi))
	r.Lo = max(0, r.Lo)
	return r
}

// Log is the logarithm of what of a is above 0.
func (a Interval) Log() Interval {
	lo := math.Inf(-1)
	if a.Lo > 0 {
		lo = logarithm(a.Lo)
	}
	return library(lo, logarithm(max(0, a.Hi)))
}

// logarithm is math.Log, which on some machines is wrong below 2^-1022.
func logarithm(x float64) float64 {
	if x > 0 && x < 0x1p-1022 {
		return math.Log(x*0x1p100) - 100*math.Ln2
	}
	return math.Log(x)
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
