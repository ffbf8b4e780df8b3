package interval

import "math"

// Functions that rise take their ends from those of the argument; errors are
// relative, at most so large, and an argument of infinity stands for the limit.

// padded moves the ends, which are right to rounding of the functions of
// elementary.go, outward by a relative 2⁻⁴⁸ and one number: twice the largest of
// the errors bounded there. A 0 is exact.
func padded(lo, hi float64) Interval {
	return Interval{spread(lo, -1), spread(hi, 1)}
}

func spread(x, way float64) float64 {
	if x == 0 {
		return 0
	}
	if way < 0 && x > math.MaxFloat64 {
		x = math.MaxFloat64
	}
	y := x + float64(way*math.Abs(x)*0x1p-48)
	if way < 0 {
		return Down(y)
	}
	return Up(y)
}

// Exp is e to the a. Where it is larger than every number the lower end is one
// near the largest.
func (a Interval) Exp() Interval {
	r := Interval{0, math.Inf(1)}
	switch {
	case a.Lo > largestExponent:
		r.Lo = spread(math.MaxFloat64, -1)
	case a.Lo > smallestExponent:
		r.Lo = max(0, spread(exponential(a.Lo), -1))
	}
	switch {
	case a.Hi <= smallestExponent:
		r.Hi = math.SmallestNonzeroFloat64
	case a.Hi < largestExponent:
		r.Hi = max(math.SmallestNonzeroFloat64, spread(exponential(a.Hi), 1))
	}
	return r
}

// Log is the logarithm of what of a is above 0.
func (a Interval) Log() Interval {
	r := All()
	if a.Lo > 0 {
		r.Lo = spread(logarithm(min(a.Lo, math.MaxFloat64)), -1)
	}
	if a.Hi <= 0 {
		return Interval{math.Inf(-1), math.Inf(-1)}
	}
	if !math.IsInf(a.Hi, 1) {
		r.Hi = spread(logarithm(a.Hi), 1)
	}
	return r
}

// mostAngle is up to where angles are reduced, see wave.
const mostAngle = 1 << 20

// Sin is the sine of a. Beyond 2²⁰ it is [-1, 1].
func (a Interval) Sin() Interval { return a.wave(sine, .25) }

// Cos is the cosine of a. Beyond 2²⁰ it is [-1, 1].
func (a Interval) Cos() Interval { return a.wave(cosine, 0) }

// wave encloses sine or cosine, whose tops lie at shift + k turns; f gives a value
// and its largest error.
func (a Interval) wave(f func(float64) (float64, float64), shift float64) Interval {
	if !(a.Mag() <= mostAngle) || a.Width() >= 6 {
		return Interval{-1, 1}
	}
	x, e := f(a.Lo)
	y, d := f(a.Hi)
	r := outward(min(x-e, y-d), max(x+e, y+d))
	// Turns are good to 1e-9: a top or bottom that near counts as inside.
	const near = 1e-9
	from, to := a.Lo/(2*math.Pi)-shift-near, a.Hi/(2*math.Pi)-shift+near
	if math.Ceil(from) <= to {
		r.Hi = 1
	}
	if math.Ceil(from-.5) <= to-.5 {
		r.Lo = -1
	}
	return Interval{max(-1, r.Lo), min(1, r.Hi)}
}

// Tanh is the hyperbolic tangent of a.
func (a Interval) Tanh() Interval {
	r := padded(tangent(a.Lo), tangent(a.Hi))
	return Interval{max(-1, r.Lo), min(1, r.Hi)}
}

// Erf is the error function of a.
func (a Interval) Erf() Interval {
	r := padded(errorFunction(a.Lo), errorFunction(a.Hi))
	return Interval{max(-1, r.Lo), min(1, r.Hi)}
}

// Sigmoid is 1/(1 + exp(-a)).
func (a Interval) Sigmoid() Interval {
	r := padded(logistic(a.Lo), logistic(a.Hi))
	return Interval{tiny(r.Lo, a.Lo), min(1, max(r.Hi, math.SmallestNonzeroFloat64))}
}

// Softplus is log(1 + exp(a)).
func (a Interval) Softplus() Interval {
	r := padded(softplus(a.Lo), softplus(a.Hi))
	return Interval{tiny(r.Lo, a.Lo), max(r.Hi, math.SmallestNonzeroFloat64)}
}

// tiny is the lower end x of what is above 0 and falls with a to 0.
func tiny(x, a float64) float64 {
	if a <= smallestExponent {
		return 0
	}
	return max(0, x)
}

// furthest is from where Bell and Hill, which are below 10⁻³⁰² there, are from 0.
const furthest = 700

// Bell is the derivative of Tanh, 1/cosh².
func (a Interval) Bell() Interval {
	r := Interval{0, min(1, spread(bell(min(a.nearest(), furthest/2)), 1))}
	if a.Mag() < furthest/2 {
		r.Lo = spread(bell(a.Mag()), -1)
	}
	return r
}

// Hill is the derivative of Sigmoid, a quarter of Bell at half of a.
func (a Interval) Hill() Interval {
	r := Interval{0, min(.25, spread(bell(min(a.nearest(), furthest)/2)/4, 1))}
	if a.Mag() < furthest {
		r.Lo = spread(bell(a.Mag()/2)/4, -1)
	}
	return r
}

// Gauss is the derivative of Erf, 2/√π exp(-a²).
func (a Interval) Gauss() Interval {
	return a.Sqr().Neg().Exp().Mul(Interval{twoOverRootPi, Up(twoOverRootPi)})
}

// nearest is the smallest absolute value in a.
func (a Interval) nearest() float64 {
	if a.Lo <= 0 && a.Hi >= 0 {
		return 0
	}
	return min(math.Abs(a.Lo), math.Abs(a.Hi))
}

// Abs is the absolute value of a, exactly.
func (a Interval) Abs() Interval { return Interval{a.nearest(), a.Mag()} }

// Max is the larger of a and b, exactly.
func (a Interval) Max(b Interval) Interval { return Interval{max(a.Lo, b.Lo), max(a.Hi, b.Hi)} }

// Min is the smaller of a and b, exactly.
func (a Interval) Min(b Interval) Interval { return Interval{min(a.Lo, b.Lo), min(a.Hi, b.Hi)} }

// Pi is between two neighbours.
func Pi() Interval { return Interval{math.Pi, Up(math.Pi)} }

// Whole is a to the power n, every number if a holds 0 and n is below 0.
func (a Interval) Whole(n int) Interval {
	switch {
	case n == 0:
		return Point(1)
	case n == 1:
		return a
	case n < 0:
		return Point(1).Div(a.Whole(-n))
	case n%2 == 0:
		half := a.Sqr()
		if n == 2 {
			return half
		}
		r := Point(half.Lo).rise(n / 2).Hull(Point(half.Hi).rise(n / 2))
		return Interval{max(0, r.Lo), r.Hi}
	}
	return Point(a.Lo).rise(n).Hull(Point(a.Hi).rise(n))
}

// rise multiplies a, one number or nearly so, n times by halving n.
func (a Interval) rise(n int) Interval {
	r, square := Point(1), a
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			r = r.Mul(square)
		}
		if n > 1 {
			square = square.Sqr()
		}
	}
	return r
}

// Pow is a to the power b of what of a is above 0.
func (a Interval) Pow(b Interval) Interval { return b.Mul(a.Log()).Exp() }
