package smallgain

import (
	"math"
	"math/big"
)

func bigOf(x float64) *big.Float              { return new(big.Float).SetPrec(bits).SetFloat64(x) }
func bigAdd(x, y *big.Float) *big.Float       { return new(big.Float).SetPrec(bits).Add(x, y) }
func bigSub(x, y *big.Float) *big.Float       { return new(big.Float).SetPrec(bits).Sub(x, y) }
func bigMul(x, y *big.Float) *big.Float       { return new(big.Float).SetPrec(bits).Mul(x, y) }
func bigQuo(x, y *big.Float) *big.Float       { return new(big.Float).SetPrec(bits).Quo(x, y) }
func bigSqrt(x *big.Float) *big.Float         { return new(big.Float).SetPrec(bits).Sqrt(x) }
func bigScale(x *big.Float, k int) *big.Float { return new(big.Float).SetPrec(bits).SetMantExp(x, k) }

// bigExp halves its argument 40 times.
func bigExp(x *big.Float) *big.Float {
	v := bigScale(x, -40)
	sum, term := bigOf(1), bigOf(1)
	for k := 1.0; k < 16; k++ {
		term = bigQuo(bigMul(term, v), bigOf(k))
		sum = bigAdd(sum, term)
	}
	for range 40 {
		sum = bigMul(sum, sum)
	}
	return sum
}

// bigLog by Halley's steps from a number of the right size.
func bigLog(x *big.Float) *big.Float {
	m := new(big.Float)
	e := x.MantExp(m)
	f, _ := m.Float64()
	y := bigOf(math.Log(f) + float64(e)*math.Ln2)
	for range 5 {
		z := bigExp(y)
		y = bigAdd(y, bigScale(bigQuo(bigSub(x, z), bigAdd(x, z)), 1))
	}
	return y
}

// bigWave is sine (start 1) or cosine (start 0).
func bigWave(x *big.Float, start int) *big.Float {
	turn := bigScale(bigPi, 1)
	k, _ := bigQuo(x, turn).Int(nil)
	x = bigSub(x, bigMul(turn, new(big.Float).SetPrec(bits).SetInt(k)))
	term := bigOf(1)
	if start == 1 {
		term = x
	}
	sum, square := bigOf(0), bigMul(x, x)
	for i := start + 1; i < 120; i += 2 {
		sum = bigAdd(sum, term)
		term = bigQuo(bigMul(term, square), bigOf(-float64(i*(i+1))))
	}
	return sum
}

// bigErf has terms of one sign; far out 1 is right to all digits.
func bigErf(x *big.Float) *big.Float {
	f, _ := x.Float64()
	if math.Abs(f) > 13.5 {
		return bigOf(math.Copysign(1, f))
	}
	square := bigMul(x, x)
	sum, term := bigOf(0), x
	for k := 1.0; k < 900 && (term.Sign() == 0 || sum.Sign() == 0 || term.MantExp(nil) > sum.MantExp(nil)-bits); k++ {
		sum = bigAdd(sum, term)
		term = bigQuo(bigMul(term, bigScale(square, 1)), bigOf(2*k+1))
	}
	return bigMul(bigQuo(bigOf(2), bigSqrt(bigPi)), bigMul(sum, bigExp(new(big.Float).Neg(square))))
}

// bigLogistic is 1/(1 + exp(-x)), to all digits however small it is.
func bigLogistic(x *big.Float) *big.Float {
	if f, _ := x.Float64(); f < -1e6 {
		return bigOf(0)
	} else if f > 1e6 {
		return bigOf(1)
	}
	return bigQuo(bigOf(1), bigAdd(bigOf(1), bigExp(new(big.Float).Neg(x))))
}

// bits of the arithmetic that certificates are judged by: 77 digits.
const bits = 256

// bigPi is by Machin's formula.
var bigPi = func() *big.Float {
	atan := func(n float64) *big.Float {
		sum, power := bigOf(0), bigQuo(bigOf(1), bigOf(n))
		for k := 0.0; k < 200; k++ {
			term := bigQuo(power, bigOf(2*k+1))
			if int(k)%2 == 1 {
				term.Neg(term)
			}
			sum, power = bigAdd(sum, term), bigQuo(power, bigOf(n*n))
		}
		return sum
	}
	return bigSub(bigMul(bigOf(16), atan(5)), bigMul(bigOf(4), atan(239)))
}()
