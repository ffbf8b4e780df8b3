package formula

import (
	"math"
	"strings"
	"testing"

	"arbiter/dice"
	"arbiter/internal/interval"
)

func taped(t testing.TB, texts ...string) *Tape {
	t.Helper()
	s, err := NewSheet(2, map[string]float64{"a": 1.5, "b_2": -.25, "c": 3})
	if err != nil {
		t.Fatal(err)
	}
	var roots []Root
	for _, text := range texts {
		f, err := s.Read(text)
		if err != nil {
			t.Fatal(err)
		}
		roots = append(roots, f)
	}
	tape, err := s.Tape(roots, nil)
	if err != nil {
		t.Fatal(err)
	}
	return tape
}

// Values by the standard library, derivatives by differences; enclosures over
// boxes hold both.
func TestExpressions(t *testing.T) {
	formulas := []struct {
		text string
		of   func(x, y float64) float64
	}{
		{"x1 - 0.3*x1^3/3 + 3*tanh(x2)", func(x, y float64) float64 { return x - .3*x*x*x/3 + 3*math.Tanh(y) }},
		{"-x1^2", func(x, y float64) float64 { return -x * x }},
		{"2^-2*x2 + (x1)", func(x, y float64) float64 { return y/4 + x }},
		{"2^x1^2", func(x, y float64) float64 { return math.Pow(2, x*x) }},
		{"exp(-(x1-x2)^2/2)*sin(pi*x1)", func(x, y float64) float64 { return math.Exp(-(x-y)*(x-y)/2) * math.Sin(math.Pi*x) }},
		{"log(2+x1)*sqrt(x2+3)-cos(x1*x2)", func(x, y float64) float64 { return math.Log(2+x)*math.Sqrt(y+3) - math.Cos(x*y) }},
		{"erf(x1/2) - x2/(3+x1) - -x2", func(x, y float64) float64 { return math.Erf(x/2) - y/(3+x) + y }},
		{"(x1+2)^x2 + (x2+2)^-1.5 + (x1+3)^-3", func(x, y float64) float64 {
			return math.Pow(x+2, y) + math.Pow(y+2, -1.5) + math.Pow(x+3, -3)
		}},
		{"sigmoid(2*x1)*softplus(x2-x1)", func(x, y float64) float64 {
			return math.Log1p(math.Exp(y-x)) / (1 + math.Exp(-2*x))
		}},
		{"a*x1 + b_2*x2^c", func(x, y float64) float64 { return 1.5*x - .25*y*y*y }},
		{"max(x1,x2,-2,3*x1)+min(x1,x2)", func(x, y float64) float64 { return max(x, y, 3*x) + min(x, y) }},
		{"abs(x1-x2)", func(x, y float64) float64 { return math.Abs(x - y) }},
		{"1.5e-1*x1*x1 + .5*x2^0 + x1^1", func(x, y float64) float64 { return .15*x*x + .5 + x }},
	}
	key := dice.New(3)
	for i, f := range formulas {
		tape := taped(t, f.text)
		for try := range 200 {
			u := func(k int) float64 { return 2*dice.Float64(key.Word(1000*i+4*try+k)) - 1 }
			x, y, r := u(0)*.9, u(1)*.9, .1*math.Abs(u(2))
			const h = 1e-5
			want := []float64{f.of(x, y), (f.of(x+h, y) - f.of(x-h, y)) / (2 * h), (f.of(x, y+h) - f.of(x, y-h)) / (2 * h)}
			for _, r := range []float64{0, r} {
				if !tape.Evaluate([]float64{x - r/2, y - r}, []float64{x + r, y + r/3}, true) {
					t.Fatalf("%s: %s", f.text, tape.Fault())
				}
				for k, got := range append([]interval.Interval{tape.Value(0)}, tape.Gradient(0)...) {
					if want[k] < got.Lo-2e-9 || want[k] > got.Hi+2e-9 {
						t.Fatalf("%s at %g, %g, radius %g: %g is not in %v", f.text, x, y, r, want[k], got)
					}
					if r == 0 && got.Width() > 1e-12 {
						t.Fatalf("%s: width %g at a point", f.text, got.Width())
					}
				}
			}
		}
	}
}

func TestExpressionErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "position 1: found the end",
		"x1+":                             "position 4: found the end",
		"x3":                              `position 1: found "x3", expected x1 to x2`,
		"x1*x01":                          `position 4: found "x01"`,
		"x1 x2":                           `position 4: found "x", expected an operator or the end`,
		"(x1":                             "position 4: found the end, expected )",
		"sin x1":                          `position 5: found "x", expected ( after sin`,
		"1.2.3":                           `position 1: found "1.2.3"`,
		"1e999":                           `found "1e999"`,
		"tan(x1)":                         `position 1: found "tan"`,
		"x1 % 2":                          `position 4: found "%"`,
		"x1^":                             "position 4",
		strings.Repeat("(", 1e5):          "levels",
		strings.Repeat("-", 1e5):          "levels",
		"x1é":                             `position 3: found "é"`,
		"max(x1)":                         `position 7: found ")", expected a comma and another argument of max`,
		"abs(x1,x2)":                      `position 7: found ",", expected )`,
		"y*x1":                            `position 1: found "y", expected x1 to x2, pi`,
		strings.Repeat("x1+", 30) + "y":   `…`,
		strings.Repeat("1", 1<<19):        "letters",
		strings.Repeat("x1+", 1e4) + "x1": "more than",
	} {
		s, _ := NewSheet(2, nil)
		if _, err := s.Read(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20s: error %.120v, expected %q", text, err, want)
		}
	}
}

func TestParameters(t *testing.T) {
	for name, want := range map[string]string{"x1": "one of a variable", "x77": "one of a variable", "pi": "none of pi", "max": "none of pi", "1a": "letters", "": "letters", "a b": "letters", "é": "letters"} {
		if _, err := NewSheet(2, map[string]float64{name: 1}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, expected %q", name, err, want)
		}
	}
	if _, err := NewSheet(2, map[string]float64{"a": math.Inf(1)}); err == nil {
		t.Error("an infinite parameter is taken")
	}
	s, err := NewSheet(2, map[string]float64{"gamma": 2, "x": 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Read("gama*x1"); err == nil || !strings.Contains(err.Error(), "a parameter (gamma, x)") {
		t.Errorf("unknown parameter: %v", err)
	}
}

func FuzzExpression(f *testing.F) {
	f.Add("x1-0.3*x1^3/3+3*tanh(x2)")
	f.Add("-2^-x1/(log(x2)+erf(pi))")
	f.Add("max(abs(x1)^3,0)^2*sigmoid(softplus(a))")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := NewSheet(2, map[string]float64{"a": .5})
		if err != nil {
			t.Fatal(err)
		}
		e, err := s.Read(text)
		if err != nil {
			return
		}
		roots := []Root{e}
		for v := range 2 {
			d, err := s.Derive(e, v)
			if err != nil {
				return
			}
			roots = append(roots, d)
		}
		tape, err := s.Tape(roots, nil)
		if err != nil {
			return
		}
		if room, err := tape.Room(); err == nil && tape.Evaluate([]float64{-1, .5}, []float64{1, 2}, true) {
			tape.Second(room)
		}
		tape.Evaluate([]float64{.3, .5}, []float64{.3, .5}, false)
	})
}

// Second derivatives by hand, at points and over boxes.
func TestSecondDerivatives(t *testing.T) {
	formulas := []struct {
		text string
		of   func(x, y float64) [3]float64 // by x x, x y, y y
	}{
		{"x1^3*x2 - 2*x2 + x1", func(x, y float64) [3]float64 { return [3]float64{6 * x * y, 3 * x * x, 0} }},
		{"(x1+x2)^2", func(x, y float64) [3]float64 { return [3]float64{2, 2, 2} }},
		{"x1*x1", func(x, y float64) [3]float64 { return [3]float64{2, 0, 0} }},
		{"x1^0 + x2^1", func(x, y float64) [3]float64 { return [3]float64{} }},
		{"exp(x1*x2)", func(x, y float64) [3]float64 {
			e := math.Exp(x * y)
			return [3]float64{y * y * e, (1 + x*y) * e, x * x * e}
		}},
		{"-x1/(2+x2)", func(x, y float64) [3]float64 {
			return [3]float64{0, 1 / math.Pow(2+y, 2), -2 * x / math.Pow(2+y, 3)}
		}},
		{"log(2+x1) + sqrt(2+x2)", func(x, y float64) [3]float64 {
			return [3]float64{-1 / math.Pow(2+x, 2), 0, -.25 * math.Pow(2+y, -1.5)}
		}},
		{"sin(x1)*cos(x2)", func(x, y float64) [3]float64 {
			return [3]float64{-math.Sin(x) * math.Cos(y), -math.Cos(x) * math.Sin(y), -math.Sin(x) * math.Cos(y)}
		}},
		{"tanh(x1) + erf(x2)", func(x, y float64) [3]float64 {
			h := math.Tanh(x)
			return [3]float64{-2 * h * (1 - h*h), 0, -4 * y / math.Sqrt(math.Pi) * math.Exp(-y*y)}
		}},
		{"(2+x1)^(2+x2)", func(x, y float64) [3]float64 {
			a, b := 2+x, 2+y
			v, l := math.Pow(a, b), math.Log(a)
			return [3]float64{b * (b - 1) * v / a / a, v / a * (1 + b*l), v * l * l}
		}},
		{"sigmoid(x1)+softplus(x2)", func(x, y float64) [3]float64 {
			s, u := 1/(1+math.Exp(-x)), 1/(1+math.Exp(-y))
			return [3]float64{s * (1 - s) * (1 - 2*s), 0, u * (1 - u)}
		}},
		{"abs(x1+2)*max(x2+3,x1)", func(x, y float64) [3]float64 { return [3]float64{0, 1, 0} }},
		{"(2+x1)^-2", func(x, y float64) [3]float64 { return [3]float64{6 * math.Pow(2+x, -4), 0, 0} }},
	}
	key := dice.New(5)
	for i, f := range formulas {
		tape := taped(t, f.text)
		room, err := tape.Room()
		if err != nil {
			t.Fatal(err)
		}
		for try := range 100 {
			u := func(k int) float64 { return 2*dice.Float64(key.Word(1000*i+4*try+k)) - 1 }
			x, y := u(0), u(1)
			for _, r := range []float64{0, .1 * math.Abs(u(2))} {
				if !tape.Evaluate([]float64{x - r/2, y - r}, []float64{x + r, y + r/3}, true) || !tape.Second(room) {
					t.Fatalf("%s: %s", f.text, tape.Fault())
				}
				want, got := f.of(x, y), tape.Curved(room, 0)
				for k, at := range []int{0, 1, 3} {
					tol := 1e-13 * (1 + math.Abs(want[k]))
					if want[k] < got[at].Lo-tol || want[k] > got[at].Hi+tol || r == 0 && got[at].Width() > 20*tol {
						t.Fatalf("%s at %g, %g, radius %g: %g is not in %v", f.text, x, y, r, want[k], got[at])
					}
				}
				if got[1] != got[2] {
					t.Fatalf("%s: not symmetric", f.text)
				}
			}
		}
	}
}

// Derivatives by symbols of formulas with every function are those by the rules of
// the tape, at points and over boxes, whatever the sheet leaves out.
func TestDerivativesBySymbols(t *testing.T) {
	key := dice.New(8)
	for i, text := range []string{
		"x1^3*x2-2*x2+x1*x1", "exp(x1*x2)/(3+x2)", "log(3+x1)*sqrt(x2+3)", "sin(x1)*cos(x1*x2)", "tanh(x1*x2)+erf(x1-x2)",
		"(2.5+x1)^(1+x2)", "2^x1^2", "sigmoid(x1*x2)*softplus(x2-x1)", "-(-x1)*-x2", "abs(x1+3)*max(x1,x2+4)*min(x2,x1+5)",
		"(x1+3)^-2.5*1e300*1e-300", "x1/(x2+4)/(x2+3)^2*0+x1*1-0*x2", "abs(x1)^3", "abs(x1*x2)^2", "max(0,x1)^2+min(x2,0)^3", "x1*abs(x1)",
		"3*(2*x1)*0.1*x2", "tanh(tanh(x1)+erf(sigmoid(x2)))",
	} {
		s, err := NewSheet(2, nil)
		if err != nil {
			t.Fatal(err)
		}
		f, err := s.Read(text)
		if err != nil {
			t.Fatal(err)
		}
		roots := []Root{f}
		for v := range 2 {
			d, err := s.Derive(f, v)
			if err != nil {
				t.Fatal(err)
			}
			roots = append(roots, d)
		}
		tape, err := s.Tape(roots, nil)
		if err != nil {
			t.Fatal(err)
		}
		for try := range 60 {
			u := func(k int) float64 { return 2*dice.Float64(key.Word(1000*i+4*try+k)) - 1 }
			x, r := []float64{u(0), u(1)}, .05*math.Abs(u(2))
			if !tape.Evaluate(x, x, true) {
				t.Fatalf("%s: %s", text, tape.Fault())
			}
			// Mixed second derivatives are the same either way round.
			if a, b := tape.Gradient(1)[1], tape.Gradient(2)[0]; a.Hi < b.Lo || b.Hi < a.Lo {
				t.Errorf("%s at %v: mixed derivatives %v and %v", text, x, a, b)
			}
			at := []interval.Interval{tape.Value(1), tape.Value(2)}
			for v := range 2 {
				if a, b := tape.Gradient(0)[v], at[v]; a.Hi < b.Lo || b.Hi < a.Lo || b.Width() > 1e-11*(1+b.Mag()) {
					t.Errorf("%s at %v, by x%d: %v by rules, %v by symbols", text, x, v+1, a, b)
				}
			}
			if !tape.Evaluate([]float64{x[0] - r, x[1] - r}, []float64{x[0] + r, x[1] + r}, true) {
				t.Fatalf("%s: %s", text, tape.Fault())
			}
			for v := range 2 {
				if b := tape.Value(1 + v); !(b.Lo <= at[v].Hi && at[v].Lo <= b.Hi) {
					t.Errorf("%s near %v, by x%d: %v does not hold %v", text, x, v+1, b, at[v])
				}
			}
		}
	}
}

// Over a kink derivatives are what is between both sides; a derivative that jumps
// there is refused, one that does not is not.
func TestKinks(t *testing.T) {
	tape := taped(t, "abs(x1)+max(2*x1,-x2)", "min(x1,x2,0)")
	if !tape.Evaluate([]float64{-1, -1}, []float64{1, 1}, true) || !tape.Kinks() {
		t.Fatal(tape.Fault())
	}
	d, e := tape.Gradient(0), tape.Gradient(1)
	if !d[0].Holds(-1) || !d[0].Holds(3) || d[0].Width() > 4.001 || d[1] != interval.Of(-1, 0) || e[0] != interval.Of(0, 1) {
		t.Errorf("derivatives %v, %v", d, e)
	}
	room, _ := tape.Room()
	if tape.Second(room) {
		t.Error("a kink has a second derivative")
	}
	if !tape.Evaluate([]float64{.5, 1.1}, []float64{1, 2}, true) || tape.Kinks() || !tape.Gradient(0)[0].Holds(3) {
		t.Error("off the kink")
	}
	for text, jumps := range map[string]bool{"abs(x1)": true, "max(x1,x2)": true, "abs(x1)*x2": true, "max(0,x1)^2": false, "min(x1,0)^5": false, "abs(x1)^3": false, "abs(x1)*x1": false, "abs(x1)^2": false, "max(x1,x2)^2": true, "sqrt(x1^2)": true} {
		s, _ := NewSheet(2, nil)
		f, err := s.Read(text)
		if err != nil {
			t.Fatal(err)
		}
		g, err := s.Derive(f, 0)
		if err != nil {
			t.Fatal(err)
		}
		tape, err := s.Tape([]Root{g}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if tape.Evaluate([]float64{-1, -1}, []float64{1, 1}, true) == jumps {
			t.Errorf("%s: jumps %v: %s", text, jumps, tape.Fault())
		}
	}
}

// Derivatives may depend on variables that occur in products and functions only.
func TestBentVariables(t *testing.T) {
	tape := taped(t, "3*x1-x2/2+sin(x2)", "x1+tanh(a)*x2")
	if tape.Bent(0) || !tape.Bent(1) {
		t.Errorf("x1 %v, x2 %v", tape.Bent(0), tape.Bent(1))
	}
	if !taped(t, "x1*x2").Bent(0) || !taped(t, "abs(x1)").Bent(0) || taped(t, "x1^1+x2*2").Bent(1) {
		t.Error("product, abs or power")
	}
}
