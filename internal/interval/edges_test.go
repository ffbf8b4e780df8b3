package interval

import (
	"math"
	"math/big"
	"testing"

	"arbiter/dice"
)

// bigExp is exp(x) = exp(x/2²⁰)^(2²⁰) by Taylor's series, |x| ≤ 2000.
func bigExp(x float64) *big.Float {
	v := quotient(wide(x), wide(1<<20))
	sum, term := wide(1), wide(1)
	for k := 1.0; k < 90; k++ {
		term.Mul(term, v)
		term.Quo(term, wide(k))
		sum.Add(sum, term)
	}
	for range 20 {
		sum.Mul(sum, sum)
	}
	return sum
}

func plus(x, y *big.Float) *big.Float  { return new(big.Float).SetPrec(digits).Add(x, y) }
func times(x, y *big.Float) *big.Float { return new(big.Float).SetPrec(digits).Mul(x, y) }
func minus(x *big.Float) *big.Float    { return new(big.Float).SetPrec(digits).Neg(x) }

// far is from where on the limits at infinity are as good as the value: what is
// left is below 10⁻⁸⁰⁰.
const far = 2000

func bigLogistic(x float64) *big.Float {
	e := bigExp(min(max(x, -far), far))
	return quotient(e, plus(e, wide(1)))
}

func bigBell(x float64) *big.Float {
	e := bigExp(-2 * min(math.Abs(x), far))
	return quotient(times(wide(4), e), times(plus(e, wide(1)), plus(e, wide(1))))
}

func bigHill(x float64) *big.Float { return quotient(bigBell(x/2), wide(4)) }

// bigTanh is 1 - 2/(exp(2x)+1), for which 600 bits leave enough above 2⁻³⁰⁰, and x
// less a third of its cube below.
func bigTanh(x float64) *big.Float {
	if math.Abs(x) < 0x1p-100 {
		v := wide(x)
		return plus(v, minus(quotient(times(v, times(v, v)), wide(3))))
	}
	return plus(wide(1), minus(quotient(wide(2), plus(bigExp(2*min(max(x, -far/2), far/2)), wide(1)))))
}

func bigErf(x float64) *big.Float {
	return bigError(min(max(x, -14), 14))
}

// bigTurn takes x modulo 2π.
func bigTurn(x float64, f func(*big.Float) *big.Float) *big.Float {
	twice := times(wide(2), pi())
	k, _ := quotient(wide(x), twice).Int(nil)
	return f(plus(wide(x), minus(times(twice, new(big.Float).SetPrec(digits).SetInt(k)))))
}

// lies tells whether x is in a; an end of infinity is no bound.
func lies(a Interval, x *big.Float) bool {
	return (math.IsInf(a.Lo, -1) || big.NewFloat(a.Lo).Cmp(x) <= 0) && (math.IsInf(a.Hi, 1) || big.NewFloat(a.Hi).Cmp(x) >= 0)
}

// extremes are numbers of every size and sign, and the edges given with their
// neighbours.
func extremes(n int, edges ...float64) []float64 {
	list := []float64{0, 1, math.MaxFloat64, math.SmallestNonzeroFloat64, 0x1p-1022, 0x1.fffffffffffffp-1023, 1e-300, 1e300, 22, 40, 350, 700, 708, 745.2, 746, 1 << 20}
	key := dice.New(31)
	for i := range n {
		list = append(list, math.Ldexp(1+dice.Float64(key.Word(2*i)), int(dice.Float64(key.Word(2*i+1))*2096)-1073))
		list = append(list, 800*dice.Float64(key.Word(1<<20+i)), 5*dice.Float64(key.Word(1<<21+i)))
	}
	list = append(list, edges...)
	for _, x := range list[:len(list):len(list)] {
		list = append(list, -x, Up(x), Down(x))
	}
	return list
}

// edges of exp: where assembler for it overflows early, where it does overflow,
// where results become subnormal and 0.
var edges = []float64{709.43, 709.44, 709.45, 709.5, 709.78, 709.782712893384, 709.7827128933841, 708.396418532264, 745.1332191019411, 744.4400719213812, 745.14, 1.5, 6.5, 20, .25}

// Over all numbers, to both ends: the enclosure of a point holds the result to 180
// digits, that of an interval holds those of its ends, and where results are
// numbers with all their bits it is a few of them wide.
func TestFunctionsOverAllNumbers(t *testing.T) {
	functions := []struct {
		name string
		of   func(Interval) Interval
		big  func(float64) *big.Float
	}{
		{"exp", Interval.Exp, bigExp}, {"tanh", Interval.Tanh, bigTanh}, {"erf", Interval.Erf, bigErf},
		{"sigmoid", Interval.Sigmoid, bigLogistic}, {"bell", Interval.Bell, bigBell}, {"hill", Interval.Hill, bigHill},
	}
	n := 100
	if testing.Short() {
		n = 10
	}
	for _, f := range functions {
		list := extremes(n, edges...)
		for i, x := range list {
			got := f.of(Point(x))
			if f.name == "exp" && math.Abs(x) > far {
				if x > 0 && !(got.Lo <= math.MaxFloat64 && math.IsInf(got.Hi, 1)) || x < 0 && !(got.Lo <= 0 && got.Hi > 0) {
					t.Errorf("exp %v: %v", x, got)
				}
				continue
			}
			want := f.big(x)
			y := list[(i*7+3)%len(list)]
			for _, a := range []Interval{got, f.of(Of(x, y)), f.of(Of(x, Up(x))), f.of(Of(-math.MaxFloat64, x)), f.of(Interval{x, math.Inf(1)}), f.of(All())} {
				if !lies(a, want) || a.Lo > a.Hi || math.IsNaN(a.Lo+a.Hi) && !math.IsInf(a.Lo, -1) {
					t.Fatalf("%s %v (%x): %v does not hold %v", f.name, x, x, a, want)
				}
			}
			if size := math.Abs(got.Mid()); size > 1e-300 && size < 1e300 && !(got.Hi-got.Lo < 2e-14*size) {
				t.Errorf("%s %v: %v is wide", f.name, x, got)
			}
			if x == 0 && (f.name == "tanh" || f.name == "erf") && got != Point(0) {
				t.Errorf("%s 0: %v", f.name, got)
			}
		}
	}
}

// exp of the ends of a logarithm is around the number, of a softplus around
// 1 + exp.
func TestLogarithmsOverAllNumbers(t *testing.T) {
	n := 100
	if testing.Short() {
		n = 15
	}
	for _, x := range extremes(n, .7071067811865475, .7071067811865476, 1.4142135623730951, 2, .5) {
		if x > 0 {
			for _, a := range []Interval{Point(x).Log(), Of(x, 2).Log(), Interval{x, math.Inf(1)}.Log(), Interval{0, x}.Log(), Interval{-1, x}.Log()} {
				if !math.IsInf(a.Lo, -1) && bigExp(a.Lo).Cmp(wide(x)) > 0 || !math.IsInf(a.Hi, 1) && bigExp(a.Hi).Cmp(wide(x)) < 0 {
					t.Fatalf("log %v: %v", x, a)
				}
			}
			if a := Point(x).Log(); x != 1 && x <= math.MaxFloat64 && !(a.Hi-a.Lo < 2e-14*math.Abs(a.Mid())) || x == 1 && a != Point(0) {
				t.Errorf("log %v: %v is wide", x, a)
			}
		}
		a := Point(x).Softplus()
		switch {
		case x > far:
			if a.Lo > x || a.Hi < x {
				t.Errorf("softplus %v: %v", x, a)
			}
		case x < -far:
			if a.Lo > 0 || a.Hi <= 0 {
				t.Errorf("softplus %v: %v", x, a)
			}
		case a.Hi < 0x1p-500:
			// exp(s) - 1 - exp(x) cancels: log(1+t) is between t - t² and t.
			e := bigExp(x)
			if wide(a.Lo).Cmp(plus(e, minus(times(e, e)))) > 0 || wide(a.Hi).Cmp(e) < 0 {
				t.Fatalf("softplus %v: %v", x, a)
			}
		default:
			want := plus(wide(1), bigExp(x))
			if bigExp(a.Lo).Cmp(want) > 0 || bigExp(a.Hi).Cmp(want) < 0 || a.Lo < 0 {
				t.Fatalf("softplus %v: %v", x, a)
			}
			if a.Hi > 1e-300 && !(a.Hi-a.Lo < 2e-14*a.Hi) {
				t.Errorf("softplus %v: %v is wide", x, a)
			}
		}
	}
}

// Sines and cosines of numbers up to 2²⁰, near multiples of a quarter turn, and
// beyond.
func TestWavesOverAllNumbers(t *testing.T) {
	key := dice.New(32)
	n := 1500
	if testing.Short() {
		n = 300
	}
	list := extremes(n/10, math.Pi, math.Pi/2, 1<<20)
	for i := range n {
		k := math.Floor(dice.Float64(key.Word(i)) * 667_544)
		list = append(list, k*(math.Pi/2), Up(k*(math.Pi/2)), -k*(math.Pi/2), dice.Float64(key.Word(n+i))*(1<<20))
	}
	power := func(start int) func(*big.Float) *big.Float {
		return func(x *big.Float) *big.Float {
			return series(x, start, 1, func(k int) (float64, float64) { return -1, float64((2*k + 1 + start) * (2*k + 2 + start)) })
		}
	}
	for _, x := range list {
		if math.Abs(x) > 1<<30 {
			if Point(x).Sin() != (Interval{-1, 1}) || Point(x).Cos() != (Interval{-1, 1}) {
				t.Errorf("sine of %v: %v", x, Point(x).Sin())
			}
			continue
		}
		sin, cos := bigTurn(x, power(1)), bigTurn(x, power(0))
		for _, a := range []Interval{Point(x), Of(x, Up(x)), Of(x-.1, x), Of(x, x+1.6)} {
			if !lies(a.Sin(), sin) || !lies(a.Cos(), cos) {
				t.Fatalf("%v: sine %v, cosine %v, exactly %v, %v", a, a.Sin(), a.Cos(), sin, cos)
			}
		}
		if math.Abs(x) <= 1<<20 && (Point(x).Sin().Width() > 3e-15 || Point(x).Cos().Width() > 3e-15) {
			t.Errorf("%v: sine %v, cosine %v", x, Point(x).Sin(), Point(x).Cos())
		}
	}
	if Point(0).Sin() != Point(0) {
		t.Errorf("sine of 0: %v", Point(0).Sin())
	}
}

// Zeros of sums and products are exact where the result is, and only there.
func TestZeros(t *testing.T) {
	zero, tiny := Point(0), Point(1e-200)
	for name, a := range map[string]Interval{
		"0+0": zero.Add(zero), "x-x": tiny.Sub(tiny), "0x": zero.Mul(All()), "0/x": zero.Div(tiny), "0²": zero.Sqr(), "√0": zero.Sqrt(), "0³": zero.Whole(3), "0⁴": zero.Whole(4),
	} {
		if a != zero {
			t.Errorf("%s: %v", name, a)
		}
	}
	for name, a := range map[string]Interval{"xy": tiny.Mul(tiny), "x²": tiny.Sqr(), "x/y": tiny.Div(Point(1e200)), "x³": tiny.Whole(3), "x⁴": tiny.Whole(4)} {
		if !(a.Lo <= 0 && a.Hi > 0) {
			t.Errorf("%s underflows to %v", name, a)
		}
	}
	if a := tiny.Neg().Mul(tiny); !(a.Lo < 0 && a.Hi >= 0) {
		t.Errorf("-xy underflows to %v", a)
	}
	// Overflow: a finite end below, none above.
	for name, a := range map[string]Interval{
		"+": Point(1e308).Add(Point(1e308)), "·": Point(1e200).Mul(Point(1e200)), "/": Point(1e200).Div(Point(1e-200)), "²": Point(1e200).Sqr(),
		"ⁿ": Point(10).Whole(1 << 20), "-n": Point(.1).Whole(-1 << 20), "exp": Point(1e308).Exp(), "pow": Point(1e300).Pow(Point(1e300)),
	} {
		if !(a.Lo <= math.MaxFloat64) || !math.IsInf(a.Hi, 1) {
			t.Errorf("%s overflows to %v", name, a)
		}
	}
	if a := Point(.1).Whole(1 << 20); !(a.Lo <= 0 && a.Hi > 0) {
		t.Errorf("a large power of a small number: %v", a)
	}
}
