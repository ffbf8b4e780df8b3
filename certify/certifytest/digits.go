package certifytest

import (
	"math"
	"math/big"
)

// BigOf is x with all its digits.
func BigOf(x float64) *big.Float { return new(big.Float).SetPrec(Bits).SetFloat64(x) }

// BigAdd is x + y.
func BigAdd(x, y *big.Float) *big.Float { return new(big.Float).SetPrec(Bits).Add(x, y) }

// BigSub is x - y.
func BigSub(x, y *big.Float) *big.Float { return new(big.Float).SetPrec(Bits).Sub(x, y) }

// BigMul is x y.
func BigMul(x, y *big.Float) *big.Float { return new(big.Float).SetPrec(Bits).Mul(x, y) }

// BigQuo is x/y.
func BigQuo(x, y *big.Float) *big.Float { return new(big.Float).SetPrec(Bits).Quo(x, y) }

// BigSqrt is the root of x.
func BigSqrt(x *big.Float) *big.Float { return new(big.Float).SetPrec(Bits).Sqrt(x) }

// BigScale is x 2^k.
func BigScale(x *big.Float, k int) *big.Float { return new(big.Float).SetPrec(Bits).SetMantExp(x, k) }

// BigExp halves its argument 40 times.
func BigExp(x *big.Float) *big.Float {
	v := BigScale(x, -40)
	sum, term := BigOf(1), BigOf(1)
	for k := 1.0; k < 16; k++ {
		term = BigQuo(BigMul(term, v), BigOf(k))
		sum = BigAdd(sum, term)
	}
	for range 40 {
		sum = BigMul(sum, sum)
	}
	return sum
}

// BigLog by Halley's steps from a number of the right size.
func BigLog(x *big.Float) *big.Float {
	m := new(big.Float)
	e := x.MantExp(m)
	f, _ := m.Float64()
	y := BigOf(math.Log(f) + float64(e)*math.Ln2)
	for range 5 {
		z := BigExp(y)
		y = BigAdd(y, BigScale(BigQuo(BigSub(x, z), BigAdd(x, z)), 1))
	}
	return y
}

// BigWave is sine (start 1) or cosine (start 0).
func BigWave(x *big.Float, start int) *big.Float {
	turn := BigScale(BigPi, 1)
	k, _ := BigQuo(x, turn).Int(nil)
	x = BigSub(x, BigMul(turn, new(big.Float).SetPrec(Bits).SetInt(k)))
	term := BigOf(1)
	if start == 1 {
		term = x
	}
	sum, square := BigOf(0), BigMul(x, x)
	for i := start + 1; i < 120; i += 2 {
		sum = BigAdd(sum, term)
		term = BigQuo(BigMul(term, square), BigOf(-float64(i*(i+1))))
	}
	return sum
}

// BigErf has terms of one sign; far out 1 is right to all digits.
func BigErf(x *big.Float) *big.Float {
	f, _ := x.Float64()
	if math.Abs(f) > 13.5 {
		return BigOf(math.Copysign(1, f))
	}
	square := BigMul(x, x)
	sum, term := BigOf(0), x
	for k := 1.0; k < 900 && (term.Sign() == 0 || sum.Sign() == 0 || term.MantExp(nil) > sum.MantExp(nil)-Bits); k++ {
		sum = BigAdd(sum, term)
		term = BigQuo(BigMul(term, BigScale(square, 1)), BigOf(2*k+1))
	}
	return BigMul(BigQuo(BigOf(2), BigSqrt(BigPi)), BigMul(sum, BigExp(new(big.Float).Neg(square))))
}

// BigLogistic is 1/(1 + exp(-x)), to all digits however small it is.
func BigLogistic(x *big.Float) *big.Float {
	if f, _ := x.Float64(); f < -1e6 {
		return BigOf(0)
	} else if f > 1e6 {
		return BigOf(1)
	}
	return BigQuo(BigOf(1), BigAdd(BigOf(1), BigExp(new(big.Float).Neg(x))))
}

// Bits of the arithmetic that certificates are judged by: 77 digits.
const Bits = 256

// BigPi is by Machin's formula.
var BigPi = func() *big.Float {
	atan := func(n float64) *big.Float {
		sum, power := BigOf(0), BigQuo(BigOf(1), BigOf(n))
		for k := 0.0; k < 200; k++ {
			term := BigQuo(power, BigOf(2*k+1))
			if int(k)%2 == 1 {
				term.Neg(term)
			}
			sum, power = BigAdd(sum, term), BigQuo(power, BigOf(n*n))
		}
		return sum
	}
	return BigSub(BigMul(BigOf(16), atan(5)), BigMul(BigOf(4), atan(239)))
}()
