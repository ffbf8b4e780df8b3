package interval

import (
	"math"
	"math/big"
	"testing"

	"arbiter/dice"
)

// numbers are of all signs and sizes.
func numbers(n int) []float64 {
	key := dice.New(5)
	out := []float64{0, 1, -1, 0.1, -0.1, 1e-300, 1e300, -1e300, math.SmallestNonzeroFloat64, math.MaxFloat64}
	for i := range n {
		x := (2*dice.Float64(key.Word(2*i)) - 1) * math.Exp(40*(dice.Float64(key.Word(2*i+1))-.5))
		out = append(out, x)
	}
	return out
}

// Exact results in rationals lie inside.
func TestOperationsHoldTheExactResult(t *testing.T) {
	inside := func(a Interval, x *big.Rat) bool {
		lo, hi := new(big.Rat), new(big.Rat)
		if !math.IsInf(a.Lo, -1) && lo.SetFloat64(a.Lo).Cmp(x) > 0 {
			return false
		}
		return math.IsInf(a.Hi, 1) || hi.SetFloat64(a.Hi).Cmp(x) >= 0
	}
	rat := func(x float64) *big.Rat { return new(big.Rat).SetFloat64(x) }
	list := numbers(60)
	for i, x := range list {
		for j, y := range list {
			a, b := Of(x, list[(i+7)%len(list)]), Of(y, list[(j+3)%len(list)])
			if s := new(big.Rat).Add(rat(x), rat(y)); !inside(a.Add(b), s) || !inside(Point(x).Add(Point(y)), s) {
				t.Fatalf("%g + %g", x, y)
			}
			if s := new(big.Rat).Sub(rat(x), rat(y)); !inside(a.Sub(b), s) {
				t.Fatalf("%g - %g", x, y)
			}
			if s := new(big.Rat).Mul(rat(x), rat(y)); !inside(a.Mul(b), s) || !inside(Point(x).Mul(Point(y)), s) {
				t.Fatalf("%g · %g", x, y)
			}
			if y != 0 {
				if s := new(big.Rat).Quo(rat(x), rat(y)); !inside(a.Div(b), s) || !inside(Point(x).Div(Point(y)), s) {
					t.Fatalf("%g / %g", x, y)
				}
			}
		}
		if s := new(big.Rat).Mul(rat(x), rat(x)); !inside(Of(x, list[(i+7)%len(list)]).Sqr(), s) {
			t.Fatalf("%g squared", x)
		}
	}
}

// exp and log by 200 digits.
func TestExpAndLogHoldTheExactResult(t *testing.T) {
	exp := bigExp
	key := dice.New(6)
	for i := range 2000 {
		x := (dice.Float64(key.Word(i)) - .5) * 200
		want := exp(x)
		got := Point(x).Exp()
		if big.NewFloat(got.Lo).Cmp(want) > 0 || big.NewFloat(got.Hi).Cmp(want) < 0 {
			t.Fatalf("exp %v: %v does not hold %v", x, got, want)
		}
		// log y lies in a iff exp(a.Lo) ≤ y ≤ exp(a.Hi).
		y := math.Exp(x)
		a := Point(y).Log()
		if exp(a.Lo).Cmp(big.NewFloat(y)) > 0 || exp(a.Hi).Cmp(big.NewFloat(y)) < 0 {
			t.Fatalf("log %v: %v", y, a)
		}
	}
	// exp cannot be asked about subnormal numbers: 1e-310 is 2^-100 of a normal one.
	if a, b := Point(0x1p-1060).Log(), 1060*math.Ln2; !(a.Lo <= -b && -b <= a.Hi) || a.Width() > 1e-11 {
		t.Errorf("log 2^-1060: %v, expected %v", a, -b)
	}
	if r := (Interval{-1, 1}).Div(Interval{-1, 2}); r != All() {
		t.Errorf("division by 0: %v", r)
	}
	if r := (Interval{-2, 1}).Sqr(); r.Lo != 0 || r.Hi < 4 {
		t.Errorf("square: %v", r)
	}
}
