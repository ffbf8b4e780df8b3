package quadratic

import (
	"context"
	"math"
	"testing"

	"arbiter/certify"
	"arbiter/certify/smallgain"
)

// Games that floating point takes for others, and games that only a metric of all
// coordinates certifies, in any units.
func TestQuadraticVerdictsAreExact(t *testing.T) {
	near := [][][]float64{{{4, 7714}, {7714, 14876450}}} // of determinant 4
	for name, x := range map[string]struct {
		g         Game
		verdict   certify.Verdict
		source    certify.Source
		concept   string
		margin    float64 // NaN: not looked at
		converges bool
	}{
		"an eigenvalue of -7e-9 in a metric near singular": {Game{Blocks: []int{2}, Natural: true, Metric: near,
			Matrix: [][]float64{{12, 23142}, {23142, 44629346.99999999}}}, certify.Refuted, certify.BySGN, "first_order_nash", -7.4505806e-9, false},
		"three times the metric": {Game{Blocks: []int{2}, Natural: true, Metric: near,
			Matrix: [][]float64{{12, 23142}, {23142, 44629350}}}, certify.ExactToRounding, certify.BySGN, "nash", 3, true},
		"a generative game with a gradient penalty": {Game{Blocks: []int{1, 1},
			Matrix: [][]float64{{0, 1}, {-1, .5}}}, certify.ExactToRounding, certify.ByLyapunov, "nash", .25, true},
		"bilinear, one player regularised": {Game{Blocks: []int{2, 2},
			Matrix: [][]float64{{.1, 0, 1, 2}, {0, .2, -1, 1}, {-1, 1, 0, 0}, {-2, -1, 0, 0}}}, certify.ExactToRounding, certify.ByLyapunov, "nash", math.NaN(), true},
		"bilinear": {Game{Blocks: []int{1, 1},
			Matrix: [][]float64{{0, 1}, {-1, 0}}}, certify.NotCertified, certify.BySGN, "nash", -1, false},
		"no gradients": {Game{Blocks: []int{2},
			Matrix: [][]float64{{2, 1}, {-1, 2}}}, certify.ExactToRounding, certify.BySGN, "zero", 2, true},
		"stable and not convex": {Game{Blocks: []int{1, 1},
			Matrix: [][]float64{{-.5, 2}, {-2, 1}}}, certify.ExactToRounding, certify.ByLyapunov, "first_order_nash", .25, true},
		"a saddle by a millionth": {Game{Blocks: []int{1, 1},
			Matrix: [][]float64{{1, 1}, {1.000001, 1}}}, certify.Refuted, certify.BySGN, "nash", math.NaN(), false},
	} {
		for _, unit := range []float64{1, 0x1p-27, 0x1p27} {
			g := x.g
			g.Matrix = nil
			for _, row := range x.g.Matrix {
				g.Matrix = append(g.Matrix, nil)
				for _, v := range row {
					g.Matrix[len(g.Matrix)-1] = append(g.Matrix[len(g.Matrix)-1], v*unit)
				}
			}
			c, err := Certify(context.Background(), &g, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if c.Verdict() != x.verdict || c.Source != x.source || c.Concept != x.concept || c.Converges() != x.converges {
				t.Errorf("%s, unit %g: %s by %s, %s, converges %v", name, unit, c.Verdict(), c.Source, c.Concept, c.Converges())
			}
			if want := x.margin * unit; !math.IsNaN(want) && !(math.Abs(c.Margin-want) <= 1e-8*math.Abs(want)) {
				t.Errorf("%s, unit %g: margin %g, expected %g", name, unit, c.Margin, want)
			}
			if c.Certified() != (c.Use != nil) {
				t.Errorf("%s, unit %g: certified %v, step %+v", name, unit, c.Certified(), c.Use)
			}
		}
	}
}

// Couplings of exactly zero stay zero, weights stay of a size that a metric may
// have, and no factor is claimed that no norm has.
func TestOneWayGames(t *testing.T) {
	g := &Game{Blocks: []int{1, 1, 1}, Matrix: [][]float64{{1, 1e8, 0}, {0, 1, 3}, {0, 0, 2}}}
	c, err := Certify(context.Background(), g, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !c.Certified() || c.Attained || c.Coupling.Rows[1][0] != 0 || c.Coupling.Rows[0][2] != 0 || c.Region.Distance != 0 {
		t.Errorf("%+v", c)
	}
	if c.Supremum != 1 || !(c.Rate > .9999) || c.Best.TrueBlock.Bound != 1 {
		t.Errorf("supremum %g, rate %g, bound %g", c.Supremum, c.Rate, c.Best.TrueBlock.Bound)
	}
	if c.Use.Bound == certify.EulerBlockMax || !(c.Use.Factor > 0) {
		t.Errorf("%+v", c.Use)
	}
	for _, s := range c.Steps {
		if theorem := s.Status == certify.Theorem || s.Status == certify.ConstantTheorem; theorem && (!(s.Max > 0) || s.Factor > 1) {
			t.Errorf("%+v", s)
		}
	}
}

// Players learn at rates of their own: the band of a Lyapunov metric holds inside
// its ends, by eigenvalues.
func TestLearningRates(t *testing.T) {
	g := &Game{Blocks: []int{1, 1}, Matrix: [][]float64{{0, 1}, {-1, .5}}}
	c, err := Certify(context.Background(), g, Options{})
	if err != nil || c.Rates == nil || !(c.Rates.Low < 1 && c.Rates.High > 1) || !math.IsNaN(c.Rates.Rate) {
		t.Fatalf("%v, %+v", err, c.Rates)
	}
	for _, r := range []float64{c.Rates.Low, 1, c.Rates.High} {
		m, scaled := denseOf(c.Best.Lyapunov.Metric), denseOf([][]float64{{0, 1}, {-r, .5 * r}})
		m.Mul(m, scaled)
		if low := smallgain.Least(m); low < -1e-12 {
			t.Errorf("ratio %g: %g", r, low)
		}
	}
	g.Matrix[0][0] = 1
	if c, err = Certify(context.Background(), g, Options{}); err != nil || c.Rates.Low != 0 || !math.IsInf(c.Rates.High, 1) || !(c.Rates.Rate > 0) {
		t.Errorf("%v, %+v", err, c.Rates)
	}
}
