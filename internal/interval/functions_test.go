package interval

import (
	"math"
	"math/big"
	"testing"

	"arbiter/dice"
)

const digits = 600

func wide(x float64) *big.Float { return new(big.Float).SetPrec(digits).SetFloat64(x) }

func quotient(x, y *big.Float) *big.Float { return new(big.Float).SetPrec(digits).Quo(x, y) }

// series sums x^start (c₀ + c₁x² + …) where next(k) is cₖ₊₁/cₖ.
func series(x *big.Float, start int, first float64, next func(k int) (num, den float64)) *big.Float {
	square := new(big.Float).SetPrec(digits).Mul(x, x)
	term := wide(first)
	for range start {
		term.Mul(term, x)
	}
	sum := new(big.Float).SetPrec(digits).Set(term)
	for k := 0; k < 2000; k++ {
		num, den := next(k)
		term.Mul(term, square)
		term.Mul(term, wide(num))
		term.Quo(term, wide(den))
		sum.Add(sum, term)
		if term.Sign() == 0 || term.MantExp(nil) < -500 {
			break
		}
	}
	return sum
}

func bigSine(x float64) *big.Float {
	return series(wide(x), 1, 1, func(k int) (float64, float64) { return -1, float64((2*k + 2) * (2*k + 3)) })
}

func bigCosine(x float64) *big.Float {
	return series(wide(x), 0, 1, func(k int) (float64, float64) { return -1, float64((2*k + 1) * (2*k + 2)) })
}

func bigTangent(x float64) *big.Float {
	s := series(wide(x), 1, 1, func(k int) (float64, float64) { return 1, float64((2*k + 2) * (2*k + 3)) })
	return quotient(s, series(wide(x), 0, 1, func(k int) (float64, float64) { return 1, float64((2*k + 1) * (2*k + 2)) }))
}

// pi by Machin's formula.
func pi() *big.Float {
	atan := func(n float64) *big.Float {
		return series(quotient(wide(1), wide(n)), 1, 1, func(k int) (float64, float64) { return -float64(2*k + 1), float64(2*k + 3) })
	}
	p := new(big.Float).SetPrec(digits).Mul(wide(16), atan(5))
	return p.Sub(p, new(big.Float).SetPrec(digits).Mul(wide(4), atan(239)))
}

func bigError(x float64) *big.Float {
	s := series(wide(x), 1, 2, func(k int) (float64, float64) { return -float64(2*k + 1), float64((k + 1) * (2*k + 3)) })
	return s.Quo(s, new(big.Float).SetPrec(digits).Sqrt(pi()))
}

// Enclosures of points and of intervals around them hold the sum of the series to
// 150 digits, and are not much wider than rounding.
func TestFunctionsHoldTheExactResult(t *testing.T) {
	functions := []struct {
		name  string
		of    func(Interval) Interval
		exact func(float64) *big.Float
		most  float64
	}{
		{"sin", Interval.Sin, bigSine, 40},
		{"cos", Interval.Cos, bigCosine, 40},
		{"tanh", Interval.Tanh, bigTangent, 12},
		{"erf", Interval.Erf, bigError, 6},
	}
	key := dice.New(9)
	for _, f := range functions {
		list := []float64{0, 1e-8, -1e-8, 1e-300, math.Pi, math.Pi / 2, -math.Pi, 3 * math.Pi / 2}
		for i := range 300 {
			list = append(list, f.most*(2*dice.Float64(key.Word(i))-1))
		}
		for i, x := range list {
			if math.Abs(x) > f.most {
				continue
			}
			want := f.exact(x)
			r := 2 * dice.Float64(key.Word(1000+i))
			for _, a := range []Interval{Point(x), Of(x, x+r), Of(x-r, x), Of(x-r, x+r), Of(x-5*r, x+r/8)} {
				got := f.of(a)
				if wide(got.Lo).Cmp(want) > 0 || wide(got.Hi).Cmp(want) < 0 {
					t.Fatalf("%s of %v: %v does not hold that of %v, %v", f.name, a, got, x, want)
				}
			}
			if w := f.of(Point(x)).Width(); w > 1e-14 {
				t.Errorf("%s %v: width %g", f.name, x, w)
			}
		}
	}
	// A long way out and unbounded.
	for _, a := range []Interval{All(), Of(1e7, 1e7+.1), {0, math.Inf(1)}} {
		if a.Sin() != (Interval{-1, 1}) || a.Cos() != (Interval{-1, 1}) {
			t.Errorf("%v: bigSine %v", a, a.Sin())
		}
		if r := a.Tanh(); math.IsNaN(r.Lo) || r.Hi > 1 {
			t.Errorf("%v: tanh %v", a, r)
		}
	}
	// Turning points inside: exact ranges by hand.
	if r := Of(0, 3).Sin(); r.Hi != 1 || r.Lo > 0 || r.Lo < -1e-14 {
		t.Errorf("sin on [0,3]: %v", r)
	}
	if r := Of(3, 4).Cos(); r.Lo != -1 || r.Hi > -.65 {
		t.Errorf("cos on [3,4]: %v", r)
	}
}

func TestPowers(t *testing.T) {
	for i, x := range numbers(40) {
		if math.Abs(x) > 1e30 || math.Abs(x) < 1e-30 {
			continue
		}
		for n := -7; n <= 7; n++ {
			want := new(big.Rat).SetInt64(1)
			for range max(n, -n) {
				want.Mul(want, new(big.Rat).SetFloat64(x))
			}
			if n < 0 {
				want.Inv(want)
			}
			for _, a := range []Interval{Point(x), Of(x, x*1.5), Of(x, x+float64(i))} {
				got := a.Whole(n)
				lo, hi := new(big.Rat), new(big.Rat)
				if !math.IsInf(got.Lo, 0) && lo.SetFloat64(got.Lo).Cmp(want) > 0 || !math.IsInf(got.Hi, 0) && hi.SetFloat64(got.Hi).Cmp(want) < 0 {
					t.Fatalf("%v to the %d: %v", a, n, got)
				}
			}
		}
	}
	if r := Of(-2, 1).Whole(3); r.Lo > -8 || r.Lo < -8.001 || r.Hi < 1 || r.Hi > 1.001 {
		t.Errorf("cube: %v", r)
	}
	if r := Of(-2, 1).Whole(4); r.Lo < 0 || r.Hi < 16 || r.Hi > 16.001 {
		t.Errorf("fourth power: %v", r)
	}
	if r := Of(-1, 2).Whole(-1); r != All() {
		t.Errorf("inverse around 0: %v", r)
	}
	// 4^1.5 = 8, 2^0.5 squared is 2.
	if r := Point(4).Pow(Point(1.5)); !r.Holds(8) || r.Width() > 1e-12 {
		t.Errorf("4^1.5: %v", r)
	}
	if r := Point(2).Pow(Point(.5)).Sqr(); !r.Holds(2) || r.Width() > 1e-12 {
		t.Errorf("root: %v", r)
	}
}
