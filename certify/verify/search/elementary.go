package search

import (
	"math"
	"math/big"
)

// digits of the working precision, in bits; series below are cut where what is left
// is far below 2^-120 of the result or, for sine and cosine, of 1.
const digits = 192

func wide(x float64) *big.Float { return new(big.Float).SetPrec(digits).SetFloat64(x) }
func zero() *big.Float          { return new(big.Float).SetPrec(digits) }

func constant(text string) *big.Float {
	x, _, err := big.ParseFloat(text, 10, digits, big.ToNearestEven)
	if err != nil {
		return zero()
	}
	return x
}

var (
	pi      = constant("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803")
	logTwo  = constant("0.69314718055994530941723212145817656807550013436025525412068000949339362196969471560586")
	twoPi   = zero().Mul(pi, wide(2))
	rootPi  = zero().Sqrt(pi)
	piRange = outward(pi)
)

// outward is the bracket of a number known to 2^-100 of itself.
func outward(x *big.Float) bracket {
	f, _ := x.Float64()
	return bracket{down(f), up(f)}
}

// functions are enclosures of elementary functions; values at points are kept,
// since cells share their corners.
type functions struct {
	seen map[call]bracket
}

type call struct {
	name byte
	x    float64
}

func (f *functions) at(name byte, x float64, work func(x float64) bracket) bracket {
	if y, ok := f.seen[call{name, x}]; ok {
		return y
	}
	if f.seen == nil || len(f.seen) > 1<<18 {
		f.seen = map[call]bracket{}
	}
	y := work(x)
	f.seen[call{name, x}] = y
	return y
}

// rising is a function that never falls, from its brackets at the ends.
func (f *functions) rising(name byte, x bracket, work func(x float64) bracket) bracket {
	return bracket{f.at(name, x.lo, work).lo, f.at(name, x.hi, work).hi}
}

func (f *functions) exp(x bracket) bracket  { return f.rising('e', x, expAt) }
func (f *functions) log(x bracket) bracket  { return f.rising('l', x, logAt) } // x.lo > 0
func (f *functions) tanh(x bracket) bracket { return f.rising('t', x, tanhAt) }
func (f *functions) erf(x bracket) bracket  { return f.rising('f', x, erfAt) }
func (f *functions) sigmoid(x bracket) bracket {
	return f.rising('S', x, sigmoidAt)
}
func (f *functions) softplus(x bracket) bracket { return f.rising('P', x, softplusAt) }
func (f *functions) sin(x bracket) bracket      { return f.wave('s', x, .25, sinAt) }
func (f *functions) cos(x bracket) bracket      { return f.wave('c', x, 0, cosAt) }

// bigExp is e^x for moderate x: e^(r/2^8) squared, r = x - k log 2.
func bigExp(x float64) *big.Float {
	k := math.Round(x / math.Ln2)
	r := zero().Sub(wide(x), zero().Mul(wide(k), logTwo))
	r.SetMantExp(r, -8)
	sum, term := wide(1), wide(1)
	for n := 1; n <= 18; n++ {
		term.Mul(term, r)
		term.Quo(term, wide(float64(n)))
		sum.Add(sum, term)
	}
	for range 8 {
		sum.Mul(sum, sum)
	}
	return sum.SetMantExp(sum, int(k))
}

func expAt(x float64) bracket {
	switch {
	case x == 0:
		return point(1)
	case !(x <= 709):
		return bracket{math.MaxFloat64 / 4, math.Inf(1)}
	case x < -740:
		return bracket{0, 1e-320}
	}
	return outward(bigExp(x))
}

// logAt: log m 2^e = e log 2 + 2 artanh((m-1)/(m+1)), ½ ≤ m < 1.
func logAt(x float64) bracket {
	if x == 1 {
		return point(0)
	}
	if math.IsInf(x, 1) {
		return bracket{709, math.Inf(1)}
	}
	m, e := math.Frexp(x)
	y := zero().Quo(zero().Sub(wide(m), wide(1)), zero().Add(wide(m), wide(1)))
	square, power, sum := zero().Mul(y, y), zero().Set(y), zero()
	for n := 1; n < 120; n += 2 {
		sum.Add(sum, zero().Quo(power, wide(float64(n))))
		power.Mul(power, square)
	}
	sum.Mul(sum, wide(2))
	return outward(sum.Add(sum, zero().Mul(wide(float64(e)), logTwo)))
}

// tanhAt: 1 - 2/(e^2x + 1); near 0 it lies between x - x³/3 and x.
func tanhAt(x float64) bracket {
	switch {
	case x == 0:
		return point(0)
	case x < 0:
		return tanhAt(-x).neg()
	case x > 20:
		return bracket{down(1), 1}
	case x < 0x1p-27:
		return bracket{down(x) - mulUp(mulUp(x, x), x), x}
	}
	e := bigExp(2 * x)
	e.Add(e, wide(1))
	return outward(zero().Sub(wide(1), zero().Quo(wide(2), e)))
}

// erfAt: 2/√π Σ (-1)^n x^(2n+1)/(n! (2n+1)), whose terms stay below e^36.
func erfAt(x float64) bracket {
	switch {
	case x == 0:
		return point(0)
	case x < 0:
		return erfAt(-x).neg()
	case x > 6:
		return bracket{down(1), 1}
	case x < 1e-100:
		return bracket{x, mulUp(x, 1.2)}
	}
	square := zero().Mul(wide(x), wide(x))
	term, sum := wide(x), wide(x)
	for n := 1; n < 250; n++ {
		term.Mul(term, square)
		term.Quo(term, wide(float64(-n)))
		sum.Add(sum, zero().Quo(term, wide(float64(2*n+1))))
	}
	sum.Mul(sum, wide(2))
	y := outward(sum.Quo(sum, rootPi))
	return bracket{y.lo, min(1, y.hi)}
}

// sigmoidAt: 1/(1 + e^-x), and softplusAt: log(1 + e^x), for x ≤ 0 2 artanh(e/(2+e))
// with e = e^x, and x more for x > 0.
func sigmoidAt(x float64) bracket {
	switch {
	case x == 0:
		return point(.5)
	case x < -740:
		return bracket{0, 1e-320}
	case x > 40:
		return bracket{down(1), 1}
	}
	e := bigExp(x)
	return outward(zero().Quo(e, zero().Add(wide(1), e)))
}

func softplusAt(x float64) bracket {
	switch {
	case x < -740:
		return bracket{0, 1e-320}
	case x > 740:
		return bracket{x, up(x)}
	}
	e := bigExp(-math.Abs(x))
	y := zero().Quo(e, zero().Add(wide(2), e))
	square, power, sum := zero().Mul(y, y), zero().Set(y), zero()
	for n := 1; n < 120; n += 2 {
		sum.Add(sum, zero().Quo(power, wide(float64(n))))
		power.Mul(power, square)
	}
	sum.Mul(sum, wide(2))
	if x > 0 {
		sum.Add(sum, wide(x))
	}
	return outward(sum)
}

// farthest argument of sine and cosine that is reduced.
const farthest = 1e5

// sinAt sums the series at x less a multiple of 2π; near a zero it is known to
// 2^-100 absolutely.
func sinAt(x float64) bracket { return series(x, 1) }
func cosAt(x float64) bracket { return series(x, 0) }

func series(x float64, start int) bracket {
	k := math.Round(x / (2 * math.Pi))
	r := zero().Sub(wide(x), zero().Mul(wide(k), twoPi))
	term := wide(1)
	if start == 1 {
		term.Set(r)
	}
	sum, square := zero().Set(term), zero().Mul(r, r)
	for n := start + 1; n < 80; n += 2 {
		term.Mul(term, square)
		term.Quo(term, wide(-float64(n)*float64(n+1)))
		sum.Add(sum, term)
	}
	if x == 0 {
		return point(1 - float64(start))
	}
	y := outward(sum)
	return bracket{max(-1, addDown(y.lo, -0x1p-100)), min(1, addUp(y.hi, 0x1p-100))}
}

// wave is sine or cosine, whose maxima are at shift + k turns.
func (f *functions) wave(name byte, x bracket, shift float64, work func(x float64) bracket) bracket {
	if !(x.mag() <= farthest) {
		return bracket{-1, 1}
	}
	a, b := f.at(name, x.lo, work), f.at(name, x.hi, work)
	y := bracket{min(a.lo, b.lo), max(a.hi, b.hi)}
	const slack = 1e-9 // of turns, far above their rounding
	turns := func(shift float64) bool {
		return math.Ceil(x.lo/(2*math.Pi)-shift-slack) <= math.Floor(x.hi/(2*math.Pi)-shift+slack)
	}
	if turns(shift) {
		y.hi = 1
	}
	if turns(shift + .5) {
		y.lo = -1
	}
	return y
}
