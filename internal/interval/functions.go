package interval

import "math"

// widen moves both ends by absolute e, beside four numbers.
func widen(lo, hi, e float64) Interval {
	r := library(lo, hi)
	return Interval{Down(r.Lo - e), Up(r.Hi + e)}
}

const (
	// mostAngle is up to where math.Sin and math.Cos are trusted, to sineError.
	mostAngle = 1 << 20
	sineError = 0x1p-50
)

// Sin is the sine of a. Beyond 2²⁰ it is [-1, 1].
func (a Interval) Sin() Interval {
	return a.wave(math.Sin, .25)
}

// Cos is the cosine of a. Beyond 2²⁰ it is [-1, 1].
func (a Interval) Cos() Interval {
	return a.wave(math.Cos, 0)
}

// wave encloses sine or cosine, whose tops lie at shift + k turns.
func (a Interval) wave(f func(float64) float64, shift float64) Interval {
	if !(a.Mag() <= mostAngle) || a.Width() >= 6 {
		return Interval{-1, 1}
	}
	x, y := f(a.Lo), f(a.Hi)
	r := widen(min(x, y), max(x, y), sineError)
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
	r := library(math.Tanh(a.Lo), math.Tanh(a.Hi))
	return Interval{max(-1, r.Lo), min(1, r.Hi)}
}

// Erf is the error function of a.
func (a Interval) Erf() Interval {
	r := library(math.Erf(a.Lo), math.Erf(a.Hi))
	return Interval{max(-1, r.Lo), min(1, r.Hi)}
}

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
