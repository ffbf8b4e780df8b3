package smooth

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"arbiter/certify"
	"arbiter/certify/certifytest"
	"arbiter/certify/enclose"
	"arbiter/dice"
)

func smooth(t testing.TB, dims []int, field []string, lower, upper []float64) *Game {
	t.Helper()
	g, err := New("smooth", dims, field, lower, upper)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// tanhReference is a part of testdata/enclosure.json.
type tanhReference struct {
	Tanh struct {
		C, A, B, Rho float64
		Mu, Ell      []float64
		L            [][]float64
		Alpha        float64   `json:"alpha_star"`
		Weights      []float64 `json:"w_star"`
		Band         []float64
		Beta         float64 `json:"beta_from_block_norms"`
		Euler        float64 `json:"euler_paper_max"`
		Best         float64 `json:"euler_best"`
		Factor       float64 `json:"euler_best_factor"`
		Blockmax     struct {
			Max    float64 `json:"eta_max"`
			Best   float64 `json:"best_eta"`
			Factor float64 `json:"best_factor"`
		}
		Ball  float64 `json:"metric_ball_radius_inside_box"`
		Gamma float64 `json:"euclid_gamma_at_0"`
	}
}

func tanhNumbers(t testing.TB) (r tanhReference) {
	t.Helper()
	body, err := os.ReadFile("../testdata/enclosure.json")
	if err == nil {
		err = json.Unmarshal(body, &r)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func tanhGame(t testing.TB, r tanhReference) *Game {
	c := r.Tanh
	field := func(own, other int, gain float64) string {
		return fmt.Sprintf("x%d-%v*x%d^3/3+%v*tanh(x%d)", own, c.C, own, gain, other)
	}
	return smooth(t, []int{1, 1}, []string{field(1, 2, c.A), field(2, 1, c.B)}, []float64{-c.Rho, -c.Rho}, []float64{c.Rho, c.Rho})
}

// Global bounds give the closed form from below to 1e-12; the margin per cell is
// larger; the certificate holds in simulation.
func TestTanhBox(t *testing.T) {
	r := tanhNumbers(t)
	g := tanhGame(t, r)
	c, err := g.Certify(context.Background(), enclose.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := r.Tanh
	if d := want.Alpha - c.Margins.SGN; d < -1e-15 || d > 1e-9 {
		t.Errorf("sgn margin %v, expected %v", c.Margins.SGN, want.Alpha)
	}
	if !(c.Margin > c.Margins.SGN) || !c.Certified() || c.Verdict() != certify.Proven || c.Margins.TrueBlock > c.Abscissa {
		t.Errorf("margin %v, %+v, abscissa %v", c.Margin, c.Margins, c.Abscissa)
	}
	for i := range 2 {
		if math.Abs(c.Mu[i]-want.Mu[i]) > 1e-12 || c.Mu[i] > want.Mu[i] || math.Abs(c.Ell[i]-want.Ell[i]) > 1e-12 || c.Ell[i] < want.Ell[i] || math.Abs(c.Weights[i]/want.Weights[i]-1) > 1e-6 {
			t.Errorf("player %d: mu %v, ell %v, weight %v", i, c.Mu[i], c.Ell[i], c.Weights[i])
		}
		for j := range 2 {
			if x := c.Coupling.Rows[i][j]; math.Abs(x-want.L[i][j]) > 1e-12 || x < want.L[i][j] {
				t.Errorf("coupling %d,%d: %v, expected %v", i, j, x, want.L[i][j])
			}
		}
		if math.Abs(c.Band[i]/want.Band[i]-1) > 1e-8 {
			t.Errorf("band %v, expected %v", c.Band, want.Band)
		}
	}
	if c.Euclidean > want.Gamma || c.Lipschitz > want.Beta*(1+1e-9) {
		t.Errorf("gamma %v, beta %v", c.Euclidean, c.Lipschitz)
	}
	if !c.Region.Unique || math.Abs(c.Region.Ball-want.Ball) > 1e-9 || c.Residual > 1e-12 {
		t.Errorf("region %+v, residual %g", *c.Region, c.Residual)
	}
	if ratio := simulate(t, g, c, 100, 50); ratio > 0 {
		t.Errorf("a step missed its factor by %g", ratio)
	}
	// Points of the region are not below the margin.
	s, err := g.Sampled(context.Background(), enclose.Sample{Grid: 9, Random: 200, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if s.Certified() || s.Verdict() != certify.SampledEvidence || s.Samples != 281 || s.Margins.Signed < c.Margins.Signed-1e-9 || math.Abs(s.Margin-want.Alpha) > 1e-9 {
		t.Errorf("sampled: %v, %+v, %d points", s.Verdict(), s.Margins, s.Samples)
	}
	if e := s.Steps[0].Max/want.Euler - 1; math.Abs(e) > .02 {
		t.Errorf("sampled step %v, expected near %v", s.Steps[0].Max, want.Euler)
	}
}

// simulate plays Euler and RK4 steps of random pairs from the invariant ball at
// the steps of c's theorems; it returns the largest excess over a factor, 0 for
// none.
func simulate(t *testing.T, g *Game, c *certify.Certificate, pairs, length int) float64 {
	t.Helper()
	n := len(c.Equilibrium)
	key := dice.New(17)
	at, excess := 0, 0.0
	u := func() float64 { at++; return 2*dice.Float64(key.Word(at)) - 1 }
	scale := make([]float64, n)
	k := 0
	for i, d := range g.Dims {
		for range d {
			scale[k] = math.Sqrt(c.Weights[i])
			if c.Norm == certify.Max {
				scale[k] = 1 / c.Xi[i]
			}
			k++
		}
	}
	size := func(x, y []float64) float64 {
		sum, most := 0.0, 0.0
		for k := range x {
			e := math.Abs(x[k]-y[k]) * scale[k]
			sum, most = sum+e*e, max(most, e)
		}
		if c.Norm == certify.Max {
			return most
		}
		return math.Sqrt(sum)
	}
	field := func(x []float64) []float64 {
		out := make([]float64, n)
		if err := g.At(out, x); err != nil {
			t.Fatal(err)
		}
		return out
	}
	move := func(x, d []float64, h float64) []float64 {
		out := make([]float64, n)
		for k := range out {
			out[k] = x[k] - h*d[k]
		}
		return out
	}
	tried := 0
	for _, s := range c.Steps {
		if s.Status != certify.Theorem || math.IsNaN(s.Factor) || s.Bound == certify.EulerBlockMax || (s.Bound.Norm() == certify.Max) != (c.Norm == certify.Max) {
			continue
		}
		tried++
		for range pairs {
			var pair [2][]float64
			radius := c.Region.Invariant
			if s.Scheme == certify.RK4 {
				hb := s.Best * c.Lipschitz
				radius /= 1 + hb + hb*hb/2
			}
			for p := range pair {
				z := make([]float64, n)
				for k := range z {
					z[k] = u()
				}
				shrink := radius * math.Pow(math.Abs(u()), .3) / size(z, make([]float64, n))
				for k := range z {
					z[k] = c.Equilibrium[k] + shrink*z[k]
				}
				pair[p] = z
			}
			for range length {
				before := size(pair[0], pair[1])
				for p, x := range pair {
					if s.Scheme == certify.Euler {
						pair[p] = move(x, field(x), s.Best)
						continue
					}
					h := s.Best
					k1 := field(x)
					k2 := field(move(x, k1, h/2))
					k3 := field(move(x, k2, h/2))
					k4 := field(move(x, k3, h))
					pair[p] = move(move(x, k1, h/6), k4, h/6)
					pair[p] = move(move(pair[p], k2, h/3), k3, h/3)
				}
				excess = max(excess, size(pair[0], pair[1])-s.Factor*before-1e-13)
			}
		}
	}
	if tried == 0 {
		t.Error("no step was tried")
	}
	return excess
}

// A narrow dip of the curvature between the points of a grid: the sample is
// content, the enclosure is not; beside the dip it certifies.
func TestNeedle(t *testing.T) {
	field := []string{"x1-1.5*0.02*sqrt(pi)/2*(erf((x1-0.37)/0.02)+erf(0.37/0.02))+0.4*x2", "x2+0.4*x1"}
	ctx := context.Background()
	full := smooth(t, []int{1, 1}, field, []float64{-1, -1}, []float64{1, 1})
	s, err := full.Sampled(ctx, enclose.Sample{Grid: 3})
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(s.Margin-.6) > 1e-9 || s.Certified() || s.Verdict() != certify.SampledEvidence {
		t.Errorf("sampled: %v, %v", s.Margin, s.Verdict())
	}
	for _, cells := range []int{1, 50, 2500} {
		c, err := full.Certify(ctx, enclose.Options{MaxCells: cells})
		if err != nil {
			t.Fatal(err)
		}
		if c.Certified() || c.Verdict() == certify.Proven || c.Margins.SGN > -.6 || c.Margins.BlockMax > 0 {
			t.Errorf("%d cells: %v, %+v", cells, c.Verdict(), c.Margins)
		}
		if text := strings.Join(c.Reasons, "\n"); c.Unstable == nil && (!strings.Contains(text, "not divergence") || !strings.Contains(text, "curvature of player 0")) {
			t.Errorf("reasons: %v", c.Reasons)
		}
	}
	part := smooth(t, []int{1, 1}, field, []float64{-1, -1}, []float64{.3, 1})
	c, err := part.Certify(ctx, enclose.Options{})
	if err != nil {
		t.Fatal(err)
	}
	const want = 0.5999964111458562
	if !c.Certified() || c.Margin > want+1e-12 || c.Margin < want*(1-2e-3) || math.Abs(c.Margins.SGN-want) > 2e-3 {
		t.Errorf("part: margin %v, %+v, expected %v; %v", c.Margin, c.Margins, want, c.Reasons)
	}
	t.Logf("part: margin %v, sgn %v, exact %v", c.Margin, c.Margins.SGN, want)
	if simulate(t, part, c, 50, 50) > 0 {
		t.Error("a step missed its factor")
	}
}

// randomSmooth is smooth of a random field.
func randomSmooth(t testing.TB, seed int) *Game {
	dims, field, lower, upper := certifytest.RandomField(seed)
	return smooth(t, dims, field, lower, upper)
}

// Random games with vector blocks and all functions: certified ones contract in
// simulation, in either norm, and a margin never exceeds that of a point.
func TestSmoothCertificatesHold(t *testing.T) {
	ctx := context.Background()
	certified := 0
	for seed := range 8 {
		g := randomSmooth(t, seed)
		dims := g.Dims
		for _, norm := range []certify.Norm{certify.L2, certify.Max} {
			few, err := g.Certify(ctx, enclose.Options{MaxCells: 4, Norm: norm})
			if err != nil {
				t.Fatal(err)
			}
			c, err := g.Certify(ctx, enclose.Options{MaxCells: 32, Norm: norm})
			if err != nil {
				t.Fatal(err)
			}
			if c.Margins.BlockMax < few.Margins.BlockMax || c.Margins.TrueBlock < few.Margins.TrueBlock-1e-12 {
				t.Errorf("game %d: more cells lowered %+v to %+v", seed, few.Margins, c.Margins)
			}
			s, err := g.Sampled(ctx, enclose.Sample{Random: 100})
			if err != nil {
				t.Fatal(err)
			}
			if !(c.Margins.SGN <= c.Margins.Signed && c.Margins.Signed <= c.Margins.TrueBlock) || c.Margin > 0 && c.Region.Unique && c.Margin > c.Abscissa+1e-9 {
				t.Errorf("game %d: %+v, abscissa %v", seed, c.Margins, c.Abscissa)
			}
			for i := range dims {
				if c.Mu[i] > s.Mu[i]+1e-12 || c.Ell[i] < s.Ell[i]-1e-9 {
					t.Errorf("game %d: points have mu %v, ell %v, the region %v, %v", seed, s.Mu, s.Ell, c.Mu, c.Ell)
				}
			}
			if c.Certified() && c.Region.Unique {
				certified++
				if x := simulate(t, g, c, 20, 20); x > 0 {
					t.Errorf("game %d, %s: a step missed its factor by %g", seed, norm, x)
				}
			}
		}
	}
	if certified < 6 {
		t.Errorf("only %d certificates", certified)
	}
}

func TestSmoothRefusals(t *testing.T) {
	file := func(field, lower, upper string) string {
		return `{"kind":"smooth_game","blocks":[1,1],"field":` + field + `,"region":{"lower":` + lower + `,"upper":` + upper + `}}`
	}
	for text, want := range map[string]string{
		`{"kind":"smooth"}`:                    `kind: found "smooth"`,
		`{"kind":"smooth_game","x":1}`:         "g.json:1",
		file(`["x1"]`, "[0,0]", "[1,1]"):       "field: found 1 formulas, expected 2",
		file(`["x1","x2"]`, "[0]", "[1,1]"):    "region.lower: found 1",
		file(`["x1","x2"]`, "[0,1]", "[1,1]"):  "region: x2 is from 1 to 1",
		file(`["x1","x2+"]`, "[0,0]", "[1,1]"): `field[1]: "x2+", position 4`,
		`{"kind":"smooth_game","blocks":[0],"field":[],"region":{"lower":[],"upper":[]}}`: "blocks[0]: found 0",
		`{"kind":"smooth_game","blocks":[],"field":[],"region":{"lower":[],"upper":[]}}`:  "blocks: found 0 coordinates",
	} {
		if _, err := Read([]byte(text), "g.json", "g"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, expected %q", text, err, want)
		}
	}
	ctx := context.Background()
	for text, want := range map[string]string{
		"log(x1)":           `region outside the domain: `,
		"1/x1":              `"1/x1": the divisor`,
		"sqrt(x1-0.123)":    `"sqrt(x1-0.123)": the argument`,
		"x1^0.5":            `"x1^0.5": the base of a power`,
		"1/(x1-0.12345)":    `"1/(x1-0.12345)": the divisor`,
		"x1+x2+log(1.2-x2)": "",
	} {
		g := smooth(t, []int{1, 1}, []string{text, "x2"}, []float64{-1, -1}, []float64{1, 1})
		_, err := g.Certify(ctx, enclose.Options{MaxCells: 200})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: error %v, expected %q", text, err, want)
		}
	}
	// No zero inside: said, and proved; the contraction is there all the same.
	g := smooth(t, []int{1, 1}, []string{"x1+5", "x2+0.1*x1"}, []float64{-1, -1}, []float64{1, 1})
	c, err := g.Certify(ctx, enclose.Options{})
	if err != nil || !c.Certified() || c.Equilibrium != nil || !strings.Contains(strings.Join(c.Reasons, "\n"), "no equilibrium in the region") || c.Attained {
		t.Errorf("no zero: %+v, %v", c, err)
	}
	// An unstable zero refutes.
	g = smooth(t, []int{1, 1}, []string{"x1+2*x2", "x2+2*x1"}, []float64{-1, -1}, []float64{1, 1})
	c, err = g.Certify(ctx, enclose.Options{})
	if err != nil || c.Verdict() != certify.Refuted || math.Abs(c.Unstable.Re+1) > 1e-9 {
		t.Errorf("unstable: %v, %v", c.Verdict(), err)
	}
	// One player, one coordinate, no coupling at all.
	g = smooth(t, []int{1}, []string{"2*x1"}, []float64{-1}, []float64{3})
	c, err = g.Certify(ctx, enclose.Options{})
	if err != nil || !c.Certified() || math.Abs(c.Margin-2) > 1e-12 || c.Region.Ball > 1 {
		t.Errorf("one player: %+v, %v", c, err)
	}
}
