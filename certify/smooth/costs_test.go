package smooth

import (
	"context"
	"math"
	"strings"
	"testing"

	"arbiter/certify"
	"arbiter/certify/enclose"
	"arbiter/certify/smallgain"
)

// costed reads a file body.
func costed(t testing.TB, body string) *Game {
	t.Helper()
	g, err := Read([]byte(body), "g.json", "g.json")
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func certifySmooth(t testing.TB, body string) *certify.Certificate {
	t.Helper()
	c, err := costed(t, body).Certify(context.Background(), enclose.Options{})
	if err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return c
}

// A game by its costs is that by its field, differentiated by hand.
func TestCostsAreDifferentiated(t *testing.T) {
	for _, pair := range [][2]string{
		{`"costs":["x1^2/2+a*x1*x2","b*x2^2-x1*x2"],"parameters":{"a":1.5,"b":1}`, `"field":["x1+1.5*x2","2*x2-x1"]`},
		{`"costs":["softplus(x1)+x1^2+x1*tanh(x2)","x2^2+sigmoid(x1)*x2"]`, `"field":["sigmoid(x1)+2*x1+tanh(x2)","2*x2+sigmoid(x1)"]`},
		{`"costs":["max(0,x1)^2+x1^2+x2*x1","abs(x2)^3+x2^2-x1*x2"]`, `"field":["2*max(x1,0)+2*x1+x2","3*x2*abs(x2)+2*x2-x1"]`},
		{`"costs":["exp(x1*x2)+x1^2","log(3+x2)*x2+4*x2^2"]`, `"field":["x2*exp(x1*x2)+2*x1","x2/(3+x2)+log(3+x2)+8*x2"]`},
	} {
		rest := `,"region":{"lower":[-0.5,-0.5],"upper":[0.5,0.75]}}`
		a := certifySmooth(t, `{"kind":"smooth_game","blocks":[1,1],`+pair[0]+rest)
		b := certifySmooth(t, `{"kind":"smooth_game","blocks":[1,1],`+pair[1]+rest)
		near := func(x, y float64) bool { return math.Abs(x-y) <= 2e-3*(math.Abs(x)+math.Abs(y)) }
		if !a.Certified() || !b.Certified() || !near(a.Margin, b.Margin) || !near(a.Lipschitz, b.Lipschitz) || !near(a.Mu[0], b.Mu[0]) || !near(a.Mu[1], b.Mu[1]) || a.Concept != "nash" {
			t.Errorf("%s: margin %v, mu %v, %s; by hand %v, %v", pair[0], a.Margin, a.Mu, a.Concept, b.Margin, b.Mu)
		}
		for k := range a.Equilibrium {
			if math.Abs(a.Equilibrium[k]-b.Equilibrium[k]) > 1e-9 {
				t.Errorf("%s: equilibrium %v, by hand %v", pair[0], a.Equilibrium, b.Equilibrium)
			}
		}
	}
}

// What a zero is: Nash where costs are convex, to first order where they are not
// proved to be, and nothing but a zero of a field that is of no gradients.
func TestWhatAZeroIs(t *testing.T) {
	region := `,"region":{"lower":[-0.25,-0.25,-0.25],"upper":[0.25,0.25,0.25]}}`
	for body, want := range map[string]string{
		`"blocks":[2,1],"costs":["x1^2+x2^2+x1*x2*x3","x3^2+x1*x3"]`:             "nash",
		`"blocks":[2,1],"field":["2*x1+x2","x1+2*x2","x3"]`:                      "nash",
		`"blocks":[2,1],"field":["2*x1+x2*x3","x3*x1+2*x2","x3"]`:                "nash",
		`"blocks":[2,1],"field":["x1+x2","x2-x1","x3"]`:                          "zero",
		`"blocks":[2,1],"field":["x1+x2^2","x2+x1*x2","x3"]`:                     "zero",
		`"blocks":[1,1,1],"field":["x1+3*x2","x2-3*x1","x3"]`:                    "nash",
		`"blocks":[1,1,1],"costs":["x1*x2-x1^2/9","-x1*x2+x2^2","x3^2"]`:         "first_order_nash",
		`"blocks":[2,1],"costs":["x1^2+x2^2-3*x1*x2+x1*x3/9","x3^2"]`:            "first_order_nash",
		`"blocks":[2,1],"costs":["x1^2+x2^2+abs(x1)^3","x3^2+max(x3,x1,0)^2*0"]`: "nash",
	} {
		if c := certifySmooth(t, `{"kind":"smooth_game",`+body+region); c.Concept != want {
			t.Errorf("%s: %s, expected %s; %v", body, c.Concept, want, c.Reasons)
		}
	}
}

// Of games in a box: the equilibrium solves the variational inequality, is proved to
// be in the region where that is the box, and projected steps shrink by the factor.
func TestPlayInABox(t *testing.T) {
	body := func(region string) string {
		return `{"kind":"smooth_game","blocks":[1,1],"costs":["(x1-2)^2/2+0.1*x1*x2","softplus(x2)+x2^2/2-x1*x2/2"],"box":{"lower":[0,0],"upper":[1,1]}` + region + `}`
	}
	c := certifySmooth(t, body(""))
	// Player 0 wants 2 and is held at 1; player 1: sigmoid(x) + x - 1/2 = 0 at 0.
	if !c.Certified() || c.Concept != "nash" || !c.Region.Unique || c.Equilibrium[0] != 1 || math.Abs(c.Equilibrium[1]) > 1e-12 || !math.IsInf(c.Region.Ball, 1) || !math.IsInf(c.Region.Invariant, 1) || c.Residual > 1e-12 {
		t.Errorf("box: %+v, region %+v", c, *c.Region)
	}
	for _, s := range c.Steps {
		if s.Scheme == certify.RK4 {
			t.Errorf("a row of RK4, whose stages no box cuts: %+v", s)
		}
	}
	g := costed(t, body(""))
	project := func(x []float64, h float64) []float64 {
		f := make([]float64, 2)
		if err := g.At(f, x); err != nil {
			t.Fatal(err)
		}
		out := make([]float64, 2)
		for k := range out {
			out[k] = min(max(x[k]-h*f[k], 0), 1)
		}
		return out
	}
	for _, s := range c.Steps {
		if s.Scheme != certify.Euler || s.Bound != certify.RegionEuler {
			continue
		}
		for i := range 11 {
			for j := range 11 {
				x, y := []float64{float64(i) / 10, float64(j) / 10}, []float64{float64(j) / 10, .5}
				far := func(x, y []float64) float64 {
					return math.Sqrt(c.Weights[0]*(x[0]-y[0])*(x[0]-y[0]) + c.Weights[1]*(x[1]-y[1])*(x[1]-y[1]))
				}
				if got := far(project(x, s.Best), project(y, s.Best)); got > s.Factor*far(x, y)+1e-14 {
					t.Errorf("a projected step shrinks %v, %v by %v, certified %v", x, y, got/far(x, y), s.Factor)
				}
			}
		}
	}
	// The same in a part that holds the equilibrium, in one that does not, and in one
	// on whose edge it lies.
	if c := certifySmooth(t, body(`,"region":{"lower":[0.5,0],"upper":[1,0.25]}`)); !c.Certified() || !c.Region.Unique || !(c.Region.Ball > 0) || c.Region.Ball > .5 {
		t.Errorf("part: %+v", *c.Region)
	}
	for _, region := range []string{`,"region":{"lower":[0,0],"upper":[0.5,1]}`, `,"region":{"lower":[0.5,0.5],"upper":[1,1]}`} {
		c := certifySmooth(t, body(region))
		if !c.Certified() || c.Region.Unique || !strings.Contains(strings.Join(c.Reasons, "\n"), "no equilibrium") {
			t.Errorf("part without: %+v, %v", *c.Region, c.Reasons)
		}
	}
	// Open sides, and an interior equilibrium whose Jacobian is looked at.
	c = certifySmooth(t, `{"kind":"smooth_game","blocks":[1,1],"costs":["x1^2-x1","x2^2+x1*x2"],"box":{"lower":[0,null],"upper":[null,null]},"region":{"lower":[0,-1],"upper":[1,1]}}`)
	if !c.Certified() || !c.Region.Unique || math.Abs(c.Equilibrium[0]-.5) > 1e-12 || math.Abs(c.Equilibrium[1]+.25) > 1e-12 || c.Region.Ball > .76 || math.IsNaN(c.Abscissa) {
		t.Errorf("open: %+v %+v", c, *c.Region)
	}
	// A monopoly that is not strongly monotone: no certificate, and no word on where.
	c = certifySmooth(t, `{"kind":"smooth_game","blocks":[1],"costs":["-x1^2"],"box":{"lower":[-1],"upper":[2]}}`)
	if c.Certified() || c.Region.Unique {
		t.Errorf("concave: %+v", c)
	}
}

// An equilibrium is said to be in the region only if it is proved to be, on its edge
// where the field there is exactly 0.
func TestWhereTheEquilibriumIs(t *testing.T) {
	for at, unique := range map[string]bool{"0": true, "0.999": true, "1": true, "1.001": false, "-1": true} {
		c := certifySmooth(t, `{"kind":"smooth_game","blocks":[1],"costs":["(x1-(`+at+`))^2"],"region":{"lower":[-1],"upper":[1]}}`)
		if !c.Certified() || c.Region.Unique != unique || unique == strings.Contains(strings.Join(c.Reasons, "\n"), "equilibrium") {
			t.Errorf("at %s: unique %v, %v", at, c.Region.Unique, c.Reasons)
		}
	}
}

func TestCostRefusals(t *testing.T) {
	for rest, want := range map[string]string{
		`"costs":["x1"],"region":{"lower":[0,0],"upper":[1,1]}`:                              "costs: found 1 formulas, expected 2, one per block",
		`"costs":["x1","x2"],"field":["x1","x2"],"region":{"lower":[0,0],"upper":[1,1]}`:     "field and costs: found both",
		`"region":{"lower":[0,0],"upper":[1,1]}`:                                             "costs: found none",
		`"costs":["x1","a*x2"],"region":{"lower":[0,0],"upper":[1,1]}`:                       `costs[1]: "a*x2", position 1: found "a"`,
		`"costs":["x1","x2"],"parameters":{"x1":2},"region":{"lower":[0,0],"upper":[1,1]}`:   `parameters: found the name "x1"`,
		`"costs":["x1","x2"],"parameters":{"a":null},"region":{"lower":[0,0],"upper":[1,1]}`: `parameters: found null for "a"`,
		`"costs":["x1","x2"],"parameters":{"a":"2"},"region":{"lower":[0,0],"upper":[1,1]}`:  `g.json:1`,
		`"costs":["x1","x2"],"region":{"lower":[0,null],"upper":[1,1]}`:                      "region.lower[1]: found null",
		`"costs":["x1","x2"]`: "region.lower: found 0 numbers",
		`"costs":["x1","x2"],"box":{"lower":[0,0],"upper":[1,null]}`:                                                                    "region: found none, expected one, as box leaves x2 open",
		`"costs":["x1","x2"],"box":{"lower":[0,0],"upper":[1]}`:                                                                         "box.upper: found 1 numbers",
		`"costs":["x1","x2"],"box":{"lower":[0,1],"upper":[1,1]}`:                                                                       "box: x2 is from 1 to 1",
		`"costs":["x1","x2"],"box":{"lower":[0,0],"upper":[1,1]},"region":{"lower":[0,-1],"upper":[1,1]}`:                               "region: x2 is from -1 to 1, expected within the box",
		`"costs":["` + strings.Repeat("(", 400) + `","x2"],"region":{"lower":[0,0],"upper":[1,1]}`:                                      "levels",
		`"costs":["` + strings.Repeat("x1+", 3000) + `1","x2"],"region":{"lower":[0,0],"upper":[1,1]}`:                                  "more than 2000 operations",
		`"costs":["` + strings.Repeat("exp(", 199) + "x1" + strings.Repeat(")", 199) + `","x2"],"region":{"lower":[0,0],"upper":[1,1]}`: "",
	} {
		g, err := Read([]byte(`{"kind":"smooth_game","blocks":[1,1],`+rest+`}`), "g.json", "g")
		if want == "" && err == nil {
			if _, err = g.Certify(context.Background(), enclose.Options{MaxCells: 20}); err == nil || !strings.Contains(err.Error(), "") {
				t.Logf("%.60s: %v", rest, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), want) || len(err.Error()) > 400 {
			t.Errorf("%.80s: error %.300v, expected %q", rest, err, want)
		}
	}
	// A cost whose derivative jumps in the region, or that is not defined there.
	for cost, want := range map[string]string{"abs(x1)+x1^2": "derivative jumps", "max(x1,x2)": "derivative jumps", "log(x1)*0": "the argument"} {
		g := costed(t, `{"kind":"smooth_game","blocks":[1,1],"costs":["`+cost+`","x2^2"],"region":{"lower":[-1,-1],"upper":[1,1]}}`)
		if _, err := g.Certify(context.Background(), enclose.Options{MaxCells: 200}); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "costs[0]") {
			t.Errorf("%s: error %v, expected %q", cost, err, want)
		}
	}
	if c := certifySmooth(t, `{"kind":"smooth_game","blocks":[1,1],"costs":["abs(x1)+x1^2","max(x2,x1-9)+x2^2"],"region":{"lower":[1,-1],"upper":[2,1]}}`); !c.Certified() {
		t.Errorf("off the kinks: %v", c.Reasons)
	}
}

// Coordinates on which the Jacobian does not depend are not bisected, and zeros of
// it are no couplings.
func TestIdleCoordinates(t *testing.T) {
	cells := func(body string) (int, *certify.Certificate) {
		c := certifySmooth(t, body)
		return c.Cells, c
	}
	one, _ := cells(`{"kind":"smooth_game","blocks":[1],"field":["x1+0.9*sin(3*x1)/3"],"region":{"lower":[-1],"upper":[1]}}`)
	four, c := cells(`{"kind":"smooth_game","blocks":[1,1,1,1],"field":["x1+0.9*sin(3*x1)/3","2*x2","3*x3+1e-300*0*x2","4*x4"],"region":{"lower":[-1,-1,-1,-1],"upper":[1,1,1,1]}}`)
	if four != one {
		t.Errorf("%d cells with three idle coordinates, %d without", four, one)
	}
	for i := range c.Coupling.Rows {
		for j, x := range c.Coupling.Rows[i] {
			if i != j && x != 0 {
				t.Errorf("coupling %d, %d is %g", i, j, x)
			}
		}
		if w := c.Weights[i]; !(w > 1e-12 && w < 1e12) {
			t.Errorf("weights %v", c.Weights)
		}
	}
}

// No row of steps says nothing: at both ends of the range of numbers theorems have
// steps above 0 and factors that are numbers.
func TestRowsSaySomething(t *testing.T) {
	for _, body := range []string{
		`{"kind":"smooth_game","blocks":[1],"field":["1e-300*x1"],"region":{"lower":[-1],"upper":[1]}}`,
		`{"kind":"smooth_game","blocks":[1],"field":["1e200*x1"],"region":{"lower":[-1],"upper":[1]}}`,
		`{"kind":"smooth_game","blocks":[1,1],"field":["1e-9*x1+x2","1e-9*x2-x1"],"region":{"lower":[-1,-1],"upper":[1,1]}}`,
		`{"kind":"smooth_game","blocks":[1,1],"field":["1e-200*x1+x2","1e-200*x2-x1"],"region":{"lower":[-1,-1],"upper":[1,1]}}`,
		`{"kind":"smooth_game","blocks":[1],"field":["exp(x1)"],"region":{"lower":[-740],"upper":[709.7]}}`,
		`{"kind":"smooth_game","blocks":[1],"field":["exp(x1)/1.797e308-0.8*x1"],"region":{"lower":[709.45],"upper":[709.5]}}`,
		`{"kind":"smooth_game","blocks":[1],"field":["exp(x1)"],"region":{"lower":[700],"upper":[710]}}`,
	} {
		g := costed(t, body)
		c, err := g.Certify(context.Background(), enclose.Options{MaxCells: 50})
		if err != nil {
			t.Errorf("%s: %v", body, err)
			continue
		}
		if strings.Contains(body, "0.8*x1") && c.Certified() {
			t.Errorf("%s is certified with margin %v", body, c.Margin)
		}
		for _, s := range c.Steps {
			if s.Status.Proved() && (!(s.Max > 0) || s.Scheme != certify.Flow && !(s.Factor <= 1 && smallgain.Finite(s.Max))) {
				t.Errorf("%s: %+v", body, s)
			}
		}
	}
}
