package search

import (
	"math"
	"math/big"
	"testing"

	"arbiter/dice"
)

// numbers of all sizes, with zeros, ones and tiny ones among them.
func numbers(n int) []float64 {
	key := dice.New(11)
	out := []float64{0, 1, -1, .5, 3, 1e-310, -1e-300, 1e300, -1e308}
	for k := range n {
		x := math.Ldexp(2*dice.Float64(key.Word(2*k))-1, int(dice.Float64(key.Word(2*k+1))*60)-30)
		out = append(out, x)
	}
	return out
}

func TestBracketsHoldTheExactResult(t *testing.T) {
	exact := func(x float64) *big.Rat { return new(big.Rat).SetFloat64(x) }
	exactly := true // what is a float64 must be found as a point
	holds := func(what string, b bracket, want *big.Rat) {
		t.Helper()
		low := math.IsInf(b.lo, -1) || !math.IsInf(b.lo, 0) && exact(b.lo).Cmp(want) <= 0
		high := math.IsInf(b.hi, 1) || !math.IsInf(b.hi, 0) && exact(b.hi).Cmp(want) >= 0
		if !low || !high {
			t.Fatalf("%s: %v does not hold %v", what, b, want)
		}
		if f, same := want.Float64(); same && exactly && math.Abs(f) > tiny && b != point(f) {
			t.Fatalf("%s: %v, expected the point %g", what, b, f)
		}
	}
	list := numbers(60)
	for _, x := range list {
		for _, y := range list {
			exactly = min(math.Abs(x), math.Abs(y)) > tiny
			holds("sum", point(x).add(point(y)), add(exact(x), exact(y)))
			holds("difference", point(x).sub(point(y)), sub(exact(x), exact(y)))
			holds("product", point(x).mul(point(y)), mul(exact(x), exact(y)))
			if y != 0 {
				holds("quotient", point(x).div(point(y)), quo(exact(x), exact(y)))
			}
			// The ends are reached.
			a, b := bracket{min(x, y), max(x, y)}, bracket{min(-x, y/2), max(-x, y/2)}
			for _, p := range []float64{a.lo, a.hi} {
				for _, q := range []float64{b.lo, b.hi} {
					if math.IsInf(q, 0) {
						continue
					}
					m, s := a.mul(b), a.add(b)
					r, u := mul(exact(p), exact(q)), add(exact(p), exact(q))
					if !math.IsInf(m.lo, 0) && exact(m.lo).Cmp(r) > 0 || !math.IsInf(m.hi, 0) && exact(m.hi).Cmp(r) < 0 {
						t.Fatalf("%v·%v = %v does not hold %v", a, b, m, r)
					}
					if !math.IsInf(s.lo, 0) && exact(s.lo).Cmp(u) > 0 || !math.IsInf(s.hi, 0) && exact(s.hi).Cmp(u) < 0 {
						t.Fatalf("%v+%v = %v does not hold %v", a, b, s, u)
					}
				}
			}
		}
		if r := point(math.Abs(x)).sqrt(); x != 0 {
			if mul(exact(r.lo), exact(r.lo)).Cmp(exact(math.Abs(x))) > 0 || mul(exact(r.hi), exact(r.hi)).Cmp(exact(math.Abs(x))) < 0 || r.hi > up(up(r.lo)) {
				t.Fatalf("root of %g: %v", x, r)
			}
		}
		for n := -3; n <= 5; n++ {
			if n < 0 && x == 0 || math.Abs(x) > 1e50 || math.Abs(x) < 1e-50 && x != 0 {
				continue
			}
			want := big.NewRat(1, 1)
			for range max(n, -n) {
				want.Mul(want, exact(x))
			}
			if n < 0 {
				want.Inv(want)
			}
			b := point(x).power(n)
			if exact(b.lo).Cmp(want) > 0 || exact(b.hi).Cmp(want) < 0 {
				t.Fatalf("%g^%d: %v", x, n, b)
			}
		}
	}
	if b := (bracket{-2, 3}).power(2); b != (bracket{0, 9}) {
		t.Errorf("[-2, 3]² = %v", b)
	}
	if b := (bracket{-2, 3}).power(3); b != (bracket{-8, 27}) {
		t.Errorf("[-2, 3]³ = %v", b)
	}
}

// Values of the standard library, right to an ulp or two, lie near; identities
// that are exact in the limit tie the functions to each other.
func TestElementaryFunctions(t *testing.T) {
	f := &functions{}
	near := func(what string, x float64, b bracket, want float64) {
		t.Helper()
		slack := 4*ulp*math.Abs(want) + 1e-300
		if !(b.lo <= want+slack && b.hi >= want-slack && b.lo <= b.hi && b.hi-b.lo <= slack+0x1p-98) {
			t.Fatalf("%s(%g) = %v, expected near %.17g", what, x, b, want)
		}
	}
	for _, x := range numbers(300) {
		if math.Abs(x) < 700 {
			near("exp", x, f.exp(point(x)), math.Exp(x))
		}
		if x > 1e-307 { // the library is wrong below, on some machines
			near("log", x, f.log(point(x)), math.Log(x))
		}
		near("tanh", x, f.tanh(point(x)), math.Tanh(x))
		near("erf", x, f.erf(point(x)), math.Erf(x))
		if math.Abs(x) < 1e4 {
			near("sin", x, f.sin(point(x)), math.Sin(x))
			near("cos", x, f.cos(point(x)), math.Cos(x))
			s, c := f.sin(point(x)).power(2), f.cos(point(x)).power(2)
			if !s.add(c).has(1) {
				t.Fatalf("sin² + cos² at %g: %v", x, s.add(c))
			}
		}
		if x > 1e-200 && x < 1e200 && !f.exp(f.log(point(x))).has(x) {
			t.Fatalf("exp log %g: %v", x, f.exp(f.log(point(x))))
		}
	}
	for _, c := range []struct {
		got, want bracket
	}{
		{f.sin(bracket{0, 3}), bracket{0, 1}},
		{f.cos(bracket{-1, 4}), bracket{-1, 1}},
		{f.sin(bracket{-100, 100}), bracket{-1, 1}},
		{f.exp(bracket{math.Inf(-1), 0}), bracket{0, 1}},
	} {
		if c.got != c.want {
			t.Errorf("found %v, expected %v", c.got, c.want)
		}
	}
	if b := f.cos(bracket{.5, 1}); math.Abs(b.lo-math.Cos(1)) > 1e-15 || math.Abs(b.hi-math.Cos(.5)) > 1e-15 {
		t.Errorf("cos [½, 1] = %v", b)
	}
}

// Values by the standard library, derivatives by differences; boxes hold both.
func TestFormulas(t *testing.T) {
	key := dice.New(3)
	for i, c := range []struct {
		text string
		of   func(x, y float64) float64
	}{
		{"x1 - 0.3*x1^3/3 + 3*tanh(x2)", func(x, y float64) float64 { return x - .3*x*x*x/3 + 3*math.Tanh(y) }},
		{"-x1^2 - -x2*2", func(x, y float64) float64 { return -x*x + 2*y }},
		{"2^-2*x2 + (x1)", func(x, y float64) float64 { return y/4 + x }},
		{"2^x1^2", func(x, y float64) float64 { return math.Pow(2, x*x) }},
		{"exp(-(x1-x2)^2/2)*sin(pi*x1)", func(x, y float64) float64 { return math.Exp(-(x-y)*(x-y)/2) * math.Sin(math.Pi*x) }},
		{"log(2+x1)*sqrt(x2+3)-cos(x1*x2)", func(x, y float64) float64 { return math.Log(2+x)*math.Sqrt(y+3) - math.Cos(x*y) }},
		{"erf(x1/2) - x2/(3+x1) - -x2", func(x, y float64) float64 { return math.Erf(x/2) - y/(3+x) + y }},
		{"(x1+2)^x2 + (x2+2)^-1.5 + (x1+3)^-3", func(x, y float64) float64 {
			return math.Pow(x+2, y) + math.Pow(y+2, -1.5) + math.Pow(x+3, -3)
		}},
		{"1.5e-1*x1*x1 + .5*x2^0 + x1^1", func(x, y float64) float64 { return .15*x*x + .5 + x }},
		{"(x1*x2-x1*x2) + tanh(x1*x2)*tanh(x1*x2)", func(x, y float64) float64 { return math.Pow(math.Tanh(x*y), 2) }},
	} {
		f, err := newFormulas(&smoothProblem{Field: []string{c.text, "0"}}, 2)
		if err != nil {
			t.Fatal(err)
		}
		value, slopes := make([]bracket, 2), make([]bracket, 4)
		for try := range 100 {
			u := func(k int) float64 { return 2*dice.Float64(key.Word(1000*i+4*try+k)) - 1 }
			x, y := .9*u(0), .9*u(1)
			const h = 1e-5
			want := []float64{c.of(x, y), (c.of(x+h, y) - c.of(x-h, y)) / (2 * h), (c.of(x, y+h) - c.of(x, y-h)) / (2 * h)}
			for _, r := range []float64{0, .1 * math.Abs(u(2))} {
				lower, upper := []float64{x - r/2, y - r}, []float64{x + r, y + r/3}
				if !f.value(value, lower, upper) || !f.jacobian(slopes, lower, upper) {
					t.Fatalf("%s is refused", c.text)
				}
				for k, got := range []bracket{value[0], slopes[0], slopes[1]} {
					if want[k] < got.lo-2e-9 || want[k] > got.hi+2e-9 || r == 0 && got.hi-got.lo > 1e-12 {
						t.Fatalf("%s at %g, %g, radius %g: %g, found %v", c.text, x, y, r, want[k], got)
					}
				}
			}
		}
	}
	for _, text := range []string{"", "x1+", "x3", "x1 x2", "(x1", "sin x1", "1..2", "X1", "x", "exp", "x1)", "2 ^", "é"} {
		if _, err := newFormulas(&smoothProblem{Field: []string{text, "x2"}}, 2); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
	f, err := newFormulas(&smoothProblem{Field: []string{"log(x1)", "1/x2"}}, 2)
	if err != nil {
		t.Fatal(err)
	}
	if f.value(make([]bracket, 2), []float64{0, 1}, []float64{1, 2}) || f.value(make([]bracket, 2), []float64{1, -1}, []float64{2, 1}) {
		t.Error("values outside the domain are accepted")
	}
}
