package search

import (
	"math"
	"math/big"
)

// bracket holds all numbers from lo to hi. Results of operations hold all results
// of what they are given: the error term of a rounded sum, product or quotient is
// itself a float64 and tells on which side of it the exact one lies, so that what
// is exact stays a point.
type bracket struct{ lo, hi float64 }

func point(x float64) bracket { return bracket{x, x} }

var everything = bracket{math.Inf(-1), math.Inf(1)}

// tiny is where products and quotients have error terms that may underflow.
const tiny = 0x1p-900

func down(x float64) float64 { return math.Nextafter(x, math.Inf(-1)) }
func up(x float64) float64   { return math.Nextafter(x, math.Inf(1)) }

// settle is the lower bound of a number near s whose error term has the sign of
// e: s itself if e ≥ 0, else the float64 below.
func settle(s, e float64) float64 {
	switch {
	case math.IsNaN(s) || math.IsNaN(e) && !math.IsInf(s, 0):
		return math.Inf(-1)
	case math.IsInf(s, 1):
		return math.MaxFloat64
	case e < 0:
		return down(s)
	}
	return s
}

func addDown(x, y float64) float64 {
	if math.IsInf(x, -1) || math.IsInf(y, -1) {
		return math.Inf(-1)
	}
	s := x + y
	b := s - x
	e := (x - (s - b)) + (y - b) // Knuth's two-sum
	return settle(s, e)
}

func mulDown(x, y float64) float64 {
	if x == 0 || y == 0 {
		return 0
	}
	p := float64(x * y)
	if math.Abs(p) < tiny {
		return down(p)
	}
	return settle(p, math.FMA(x, y, -p))
}

func divDown(x, y float64) float64 {
	if x == 0 {
		return 0
	}
	q := x / y
	if math.Abs(q) < tiny || math.Abs(x) < tiny {
		return down(q)
	}
	e := math.FMA(-q, y, x) // x - qy
	if y < 0 {
		e = -e
	}
	return settle(q, e)
}

func addUp(x, y float64) float64 { return -addDown(-x, -y) }
func mulUp(x, y float64) float64 { return -mulDown(-x, y) }
func divUp(x, y float64) float64 { return -divDown(-x, y) }

func (x bracket) neg() bracket          { return bracket{-x.hi, -x.lo} }
func (x bracket) add(y bracket) bracket { return bracket{addDown(x.lo, y.lo), addUp(x.hi, y.hi)} }
func (x bracket) sub(y bracket) bracket { return x.add(y.neg()) }

func (x bracket) mul(y bracket) bracket {
	if x.lo == x.hi && y.lo == y.hi {
		return bracket{mulDown(x.lo, y.lo), mulUp(x.lo, y.lo)}
	}
	return bracket{
		min(mulDown(x.lo, y.lo), mulDown(x.lo, y.hi), mulDown(x.hi, y.lo), mulDown(x.hi, y.hi)),
		max(mulUp(x.lo, y.lo), mulUp(x.lo, y.hi), mulUp(x.hi, y.lo), mulUp(x.hi, y.hi)),
	}
}

func (x bracket) has(y float64) bool { return x.lo <= y && y <= x.hi }

// div is everything if y may be 0.
func (x bracket) div(y bracket) bracket {
	if y.has(0) {
		return everything
	}
	return bracket{
		min(divDown(x.lo, y.lo), divDown(x.lo, y.hi), divDown(x.hi, y.lo), divDown(x.hi, y.hi)),
		max(divUp(x.lo, y.lo), divUp(x.lo, y.hi), divUp(x.hi, y.lo), divUp(x.hi, y.hi)),
	}
}

// sqrt needs x.lo ≥ 0.
func (x bracket) sqrt() bracket {
	low := func(x float64) float64 {
		r := math.Sqrt(x)
		if x < tiny {
			return max(0, down(r))
		}
		return settle(r, -math.FMA(r, r, -x))
	}
	high := func(x float64) float64 {
		r := math.Sqrt(x)
		if x == 0 || math.IsInf(x, 1) {
			return r
		}
		if x < tiny {
			return up(r)
		}
		if math.FMA(r, r, -x) < 0 {
			return up(r)
		}
		return r
	}
	return bracket{low(x.lo), high(x.hi)}
}

// power is x to a whole number; everything if that is negative and x may be 0.
func (x bracket) power(n int) bracket {
	if n < 0 {
		return point(1).div(x.power(-n))
	}
	raise := func(x float64, times func(x, y float64) float64) float64 { // x ≥ 0
		y, n := 1.0, n
		for base := x; n > 0; base, n = times(base, base), n>>1 {
			if n&1 == 1 {
				y = times(y, base)
			}
		}
		return y
	}
	low, high := x.least(), x.mag()
	if n%2 == 0 {
		return bracket{max(0, raise(low, mulDown)), raise(high, mulUp)}
	}
	signed := func(x float64, towards, away func(x, y float64) float64) float64 {
		if x < 0 {
			return -raise(-x, away)
		}
		return raise(x, towards)
	}
	return bracket{signed(x.lo, mulDown, mulUp), signed(x.hi, mulUp, mulDown)}
}

// mag is the largest absolute value, least the smallest.
func (x bracket) mag() float64 { return max(math.Abs(x.lo), math.Abs(x.hi)) }
func (x bracket) least() float64 {
	if x.has(0) {
		return 0
	}
	return min(math.Abs(x.lo), math.Abs(x.hi))
}

func (x bracket) middle() float64 { return x.lo/2 + x.hi/2 }

// around is at least as far as both ends are from the middle m.
func (x bracket) around(m float64) float64 { return max(addUp(x.hi, -m), addUp(m, -x.lo)) }

func (x bracket) bounded() bool { return finite(x.lo) && finite(x.hi) }

// bracketed holds an exact number.
func bracketed(x *big.Rat) bracket {
	f, exact := x.Float64()
	if exact {
		return point(f)
	}
	return bracket{down(f), up(f)}
}
