package smooth

import (
	"context"
	"math"
	"strings"
	"testing"

	"arbiter/certify"
	"arbiter/certify/certifytest"
	"arbiter/certify/enclose"
	"arbiter/certify/smallgain"
	"arbiter/dice"
)

// Bounds hold the exact range of the tanh box and near it with the square of the
// cells' size; so does the margin.
func TestGridLipschitzNearsTheRange(t *testing.T) {
	r := tanhNumbers(t)
	g := tanhGame(t, r)
	last := math.Inf(1)
	for _, points := range []int{4, 8, 16, 32, 64} {
		if testing.Short() && points > 16 {
			break
		}
		c, err := g.GridLipschitz(context.Background(), Grid{Points: points})
		if err != nil {
			t.Fatal(err)
		}
		off := 0.0
		check := func(what string, excess float64) {
			if off = max(off, excess); excess < -1e-15 {
				t.Errorf("%d points: %s is inside the range by %g", points, what, -excess)
			}
		}
		for i := range 2 {
			check("mu", r.Tanh.Mu[i]-c.Mu[i])
			check("ell", c.Ell[i]-r.Tanh.Ell[i])
			check("coupling", c.Coupling.Rows[i][1-i]-r.Tanh.L[i][1-i])
		}
		check("sgn", r.Tanh.Alpha-c.Margins.SGN)
		t.Logf("%3d points per axis: mu %.6f, L %.6f, sgn margin %.6f, margin %.6f; farthest from the range %.2g, slope %.6g", points, c.Mu[0], c.Coupling.Rows[0][1], c.Margins.SGN, c.Margin, off, c.Lattice.Slope)
		if points > 4 && off > last/3 {
			t.Errorf("%d points: off by %g, by %g with half of them", points, off, last)
		}
		last = off
		if want := 3 * 4 / (3 * math.Sqrt(3)); c.Lattice.Slope < want || c.Lattice.Points != points || c.Method != certify.GridLipschitz || c.Cells != points*points {
			t.Errorf("%d points: slope %g, expected %g or more, %s, %d cells", points, c.Lattice.Slope, want, c.Method, c.Cells)
		}
		if points >= 16 && (!c.Certified() || c.Verdict() != certify.Proven || !c.Region.Unique || simulate(t, g, c, 20, 20) > 0) {
			t.Errorf("%d points: %v, %v", points, c.Verdict(), c.Reasons)
		}
	}
	if last > 2.5e-3 && !testing.Short() {
		t.Errorf("64 points: off by %g", last)
	}
}

// The needle is seen through its slope wherever the points are; beside it the
// certificate comes with enough of them.
func TestGridLipschitzNeedle(t *testing.T) {
	field := []string{"x1-1.5*0.02*sqrt(pi)/2*(erf((x1-0.37)/0.02)+erf(0.37/0.02))+0.4*x2", "x2+0.4*x1"}
	ctx := context.Background()
	full := smooth(t, []int{1, 1}, field, []float64{-1, -1}, []float64{1, 1})
	for _, points := range []int{1, 2, 3, 5, 10, 50} {
		if testing.Short() && points > 10 {
			break
		}
		c, err := full.GridLipschitz(ctx, Grid{Points: points})
		if err != nil {
			t.Fatal(err)
		}
		if c.Certified() || c.Mu[0] > -.5 || !strings.Contains(strings.Join(c.Reasons, "\n"), "this is not divergence") && c.Unstable == nil {
			t.Errorf("%d points: %v, mu %v, %v", points, c.Verdict(), c.Mu, c.Reasons)
		}
	}
	for _, r := range []struct {
		upper       float64
		points      int
		want        bool
		least, most float64 // of the margin: most is exact
	}{
		{.3, 1, true, .5, .5999964111458562},
		{.3, 64, true, .5999, .5999964111458562},
		{.34, 2, false, math.Inf(-1), .513279},
		{.34, 20, false, math.Inf(-1), .513279},
		{.34, 200, true, .49, .513279},
	} {
		part := smooth(t, []int{1, 1}, field, []float64{-1, -1}, []float64{r.upper, 1})
		c, err := part.GridLipschitz(ctx, Grid{Points: r.points})
		if err != nil || c.Certified() != r.want || c.Margins.SGN < r.least || c.Margins.SGN > r.most+1e-6 {
			t.Errorf("up to %g, %d points: certified %v, %+v, %v", r.upper, r.points, c.Certified(), c.Margins, err)
		}
		t.Logf("up to %g, %d points per axis: margin %v", r.upper, r.points, c.Margin)
	}
}

func TestGridLipschitzRefusals(t *testing.T) {
	for _, r := range []struct {
		field string
		grid  Grid
		want  string
	}{
		{"x1", Grid{Points: -1}, "points: found -1"},
		{"x1", Grid{Points: 2000}, "more than 1048576 cells"},
		{"x1", Grid{Norm: certify.Span}, `norm: found "span"`},
		{"x1+log(x1+0.9)", Grid{}, "region outside the domain"},
		{"x1+log(x1+0.99999)", Grid{Points: 3}, "the argument"},
		{"x1+sqrt(x1+1)^3", Grid{}, "the argument"},
	} {
		g := smooth(t, []int{1, 1}, []string{r.field, "x2"}, []float64{-1, -1}, []float64{1, 1})
		if _, err := g.GridLipschitz(context.Background(), r.grid); err == nil || !strings.Contains(err.Error(), r.want) {
			t.Errorf("%s: error %v, expected %q", r.field, err, r.want)
		}
	}
	// Linear fields have no slope: one point tells all.
	g := smooth(t, []int{2, 1}, []string{"3*x1+x2", "x1+3*x2+x3", "2*x3-x1"}, []float64{-1, -1, -1}, []float64{1, 1, 1})
	c, err := g.GridLipschitz(context.Background(), Grid{Points: 1})
	if err != nil || c.Lattice.Slope != 0 || math.Abs(c.Mu[0]-2) > 1e-12 || c.Cells != 1 || !c.Certified() {
		t.Errorf("linear: %+v, %v", c, err)
	}
	stop, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := g.GridLipschitz(stop, Grid{}); err != context.Canceled {
		t.Errorf("cancelled: %v", err)
	}
}

// Rows from bounds of the whole box are those of the reference; of vector blocks
// they depend on symmetry, which is said.
func TestRowsOfBounds(t *testing.T) {
	r := tanhNumbers(t)
	c, err := tanhGame(t, r).Certify(context.Background(), enclose.Options{})
	if err != nil {
		t.Fatal(err)
	}
	paper, most := certifytest.Row(t, c, certify.RegionSGN), certifytest.Row(t, c, certify.EulerBlockMax)
	near := func(got, want float64) bool { return math.Abs(got-want) <= 1e-8*want && got <= want*(1+1e-12) }
	if !near(paper.Max, r.Tanh.Euler) || !near(paper.Best, r.Tanh.Best) || math.Abs(paper.Factor-r.Tanh.Factor) > 1e-9 || paper.Factor < r.Tanh.Factor*(1-1e-12) || paper.Status != certify.Theorem {
		t.Errorf("paper's row: %+v", paper)
	}
	b := r.Tanh.Blockmax
	exact := 1 - 2/1.7*r.Tanh.Alpha // at 2/(mu+ell); the reference searched for it
	if !near(most.Max, b.Max) || math.Abs(most.Best-b.Best) > 1e-7 || math.Abs(most.Factor-exact) > 1e-12 || math.Abs(most.Factor-b.Factor) > 1e-8 || most.Status != certify.Theorem {
		t.Errorf("block max row: %+v, expected %+v", most, b)
	}
	if per := certifytest.Row(t, c, certify.RegionEuler); per.Max < paper.Max {
		t.Errorf("per cell %v, below %v of the whole", per.Max, paper.Max)
	}
	g := smooth(t, []int{2, 1}, []string{"3*x1+x2", "x1+3*x2+x3", "2*x3-x1"}, []float64{-1, -1, -1}, []float64{1, 1, 1})
	if c, err = g.Certify(context.Background(), enclose.Options{}); err != nil {
		t.Fatal(err)
	}
	if s := certifytest.Row(t, c, certify.EulerBlockMax); s.Status != certify.SymmetricTheorem {
		t.Errorf("vector blocks: %+v", s)
	}
}

// One step of random pairs of the tanh box contracts by ρ(T(η)) in the norm of
// T(η)'s Perron vector, at the best step and at the longest.
func TestBlockMaxSteps(t *testing.T) {
	g := tanhGame(t, tanhNumbers(t))
	c, err := g.Certify(context.Background(), enclose.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := certifytest.Row(t, c, certify.EulerBlockMax)
	key := dice.New(23)
	for at, eta := range []float64{s.Best, s.Max, s.Best / 2} {
		m := []float64{min(c.Mu[0], 2/eta-c.Ell[0]), min(c.Mu[1], 2/eta-c.Ell[1])}
		w := smallgain.BestWeights(m, c.Coupling.Rows)
		factor, worst := 1-eta*w.Supremum, 0.0
		if at == 0 && math.Abs(factor-s.Factor) > 1e-9 {
			t.Errorf("factor %v, expected %v", s.Factor, factor)
		}
		for try := range 2000 {
			var pair, next [2][]float64
			for p := range pair {
				pair[p], next[p] = make([]float64, 2), make([]float64, 2)
				for k := range 2 {
					pair[p][k] = 2*dice.Float64(key.Word(4*try+2*p+k)) - 1
				}
				if err := g.At(next[p], pair[p]); err != nil {
					t.Fatal(err)
				}
			}
			before, after := 0.0, 0.0
			for k := range 2 {
				d := pair[0][k] - pair[1][k]
				before = max(before, math.Abs(d)/w.Xi[k])
				after = max(after, math.Abs(d-eta*(next[0][k]-next[1][k]))/w.Xi[k])
			}
			worst = max(worst, after/before)
		}
		if worst > factor+1e-9 || worst < .5*factor {
			t.Errorf("step %v: worst ratio %v, factor %v", eta, worst, factor)
		}
	}
}
