package quadratic

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"arbiter/certify"
	"arbiter/certify/certifytest"
	"arbiter/certify/smallgain"
)

// end is a number, "inf" or null.
type end float64

func (e *end) UnmarshalJSON(body []byte) error {
	switch string(body) {
	case "null":
		*e = end(math.NaN())
		return nil
	case `"inf"`:
		*e = end(math.Inf(1))
		return nil
	}
	return json.Unmarshal(body, (*float64)(e))
}

type quadraticCase struct {
	Name, Field  string
	Dims         []int
	P            [][][]float64
	J, R, Q1, Q2 [][]float64
	C            []float64
	Lambda       float64 `json:"lambda_"`
	A, B         float64
	Equilibrium  []float64
	Abscissa     float64 `json:"spectral_abscissa_min_re"`
	Stable       bool    `json:"dynamics_stable"`
	Euclid       struct{ Gamma float64 }
	Mu, Ell      []float64
	L            [][]float64
	Unit         map[string]json.RawMessage `json:"unit_weights"`
	SGN          struct {
		Rho      float64 `json:"rho_small_gain"`
		Alpha    float64 `json:"alpha_star"`
		Attained bool
		W        []float64 `json:"w_star"`
		Xi       []float64 `json:"max_norm_weights_xi"`
		Signed   *float64  `json:"alpha_signed_at_w"`
		True     *float64  `json:"alpha_true_at_w"`
	}
	Band struct {
		Zero      []end    `json:"alpha0"`
		Half      []end    `json:"alpha_half_star"`
		Intervals [][]end  `json:"coordinate_intervals_of_w_i"`
		Box       *float64 `json:"box_factor"`
	}
	Signed *struct{ Alpha float64 }
	True   *struct{ Alpha float64 } `json:"true_block"`
	Steps  map[string]json.RawMessage
}

func (c *quadraticCase) game() *Game {
	g := &Game{Name: c.Name, Blocks: c.Dims, Matrix: c.J, Offset: c.C, Metric: c.P, Natural: c.Field == "natural"}
	if g.Matrix == nil {
		g.Matrix, g.Offset = suiteMatrix(c.Q1, c.Q2, c.R, c.Lambda*c.A, c.Lambda*c.B), nil
	}
	return g
}

// suiteMatrix is [[q1, a r], [b r', q2]].
func suiteMatrix(q1, q2, r [][]float64, a, b float64) [][]float64 {
	n := len(q1)
	out := make([][]float64, 2*n)
	for i := range out {
		out[i] = make([]float64, 2*n)
	}
	for i := range n {
		for j := range n {
			out[i][j], out[n+i][n+j] = q1[i][j], q2[i][j]
			out[i][n+j], out[n+j][i] = a*r[i][j], b*r[i][j]
		}
	}
	return out
}

func quadraticCases(t testing.TB) []*quadraticCase {
	t.Helper()
	body, err := os.ReadFile("../testdata/quadratic.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []*quadraticCase }
	if err := json.Unmarshal(body, &file); err != nil {
		t.Fatal(err)
	}
	return file.Cases
}

func number(t *testing.T, m map[string]json.RawMessage, key string) float64 {
	t.Helper()
	var e end
	if m[key] == nil {
		t.Fatalf("no %s", key)
	}
	if err := e.UnmarshalJSON(m[key]); err != nil {
		t.Fatal(err)
	}
	return float64(e)
}

func TestQuadraticReference(t *testing.T) {
	for _, want := range quadraticCases(t) {
		t.Run(want.Name, func(t *testing.T) {
			g := want.game()
			c, err := Certify(context.Background(), g, Options{})
			if err != nil {
				t.Fatal(err)
			}
			check := func(what string, got, want float64) { t.Helper(); certifytest.CloseTo(t, what, got, want, 1e-8) }
			for i := range want.Mu {
				check("mu", c.Mu[i], want.Mu[i])
				check("ell", c.Ell[i], want.Ell[i])
				for j := range want.Mu {
					check("L", c.Coupling.Rows[i][j], want.L[i][j])
				}
			}
			check("gamma", c.Euclidean, want.Euclid.Gamma)
			check("gain", c.Gain, want.SGN.Rho)
			check("supremum", c.Supremum, want.SGN.Alpha)
			check("abscissa", c.Abscissa, want.Abscissa)
			for k := range want.Equilibrium {
				check("equilibrium", c.Equilibrium[k], want.Equilibrium[k])
			}
			if (c.Unstable == nil) != want.Stable || c.Attained != want.SGN.Attained {
				t.Errorf("unstable %v, attained %v", c.Unstable, c.Attained)
			}
			f, err := g.form()
			if err != nil {
				t.Fatal(err)
			}
			b := f.k
			ones := make([]float64, len(g.Blocks))
			for i := range ones {
				ones[i] = 1
			}
			check("alpha_sgn", smallgain.SmallGainMargin(ones, c.Mu, c.Coupling.Rows), number(t, want.Unit, "alpha_sgn"))
			check("alpha_signed", b.signed(ones), number(t, want.Unit, "alpha_signed"))
			check("alpha_true", smallgain.Least(b.k), number(t, want.Unit, "alpha_true"))
			check("beta", smallgain.Norm2(b.k), number(t, want.Unit, "beta"))
			best := smallgain.BestWeights(c.Mu, c.Coupling.Rows)
			if want.SGN.W != nil {
				for i := range want.SGN.W {
					check("w over reference", best.W[i]/want.SGN.W[i], 1)
					check("xi over reference", best.Xi[i]/want.SGN.Xi[i], 1)
				}
				check("signed at w", b.signed(best.W), *want.SGN.Signed)
				check("true at w", smallgain.Least(b.weighted(best.W)), *want.SGN.True)
			}
			if want.Band.Zero != nil {
				half, _ := smallgain.RatioBand(c.Mu, c.Coupling.Rows, want.SGN.Alpha/2)
				for k := range 2 {
					check("band", c.Band[k], float64(want.Band.Zero[k]))
					check("half band", half[k], float64(want.Band.Half[k]))
				}
			}
			for i, ends := range want.Band.Intervals {
				for k := range ends {
					check("interval", c.Bands[i][k], float64(ends[k]))
				}
			}
			if want.Band.Box != nil {
				check("box factor", c.BoxFactor, *want.Band.Box)
			}
			for k, optimum := range []*struct{ Alpha float64 }{want.Signed, want.True} {
				best := []*certify.Optimum{c.Best.Signed, c.Best.TrueBlock}[k]
				if optimum != nil && !(math.Abs(best.Margin-optimum.Alpha) <= 1e-6 || best.Margin > optimum.Alpha && best.Margin <= c.Abscissa+1e-12) {
					t.Errorf("best margin %d is %.12g, want %.12g", k, best.Margin, optimum.Alpha)
				}
			}
			if b := c.Best.TrueBlock; !(b.Bound-b.Margin <= 1e-7*max(1, c.Lipschitz)) {
				t.Errorf("best true-block margin %.12g, proved bound %.12g", b.Margin, b.Bound)
			}
			if want.Steps == nil {
				return
			}
			var w []float64
			if err := json.Unmarshal(want.Steps["w"], &w); err != nil {
				t.Fatal(err)
			}
			for i := range w {
				check("weight of the steps", c.Weights[i]/w[i], 1)
			}
			check("alpha", c.Margin, number(t, want.Steps, "alpha"))
			check("beta", c.Lipschitz, number(t, want.Steps, "beta"))
			check("cocoercivity", c.Cocoercivity, number(t, want.Steps, "cocoercivity"))
			row := func(scheme certify.Scheme, bound certify.Bound) certify.Step {
				for _, s := range c.StepsIn(certify.InWeights) {
					if s.Scheme == scheme && s.Bound == bound {
						return s
					}
				}
				return certify.Step{Factor: 1}
			}
			for key, got := range map[string]float64{
				"euler_paper_max":             row(certify.Euler, certify.Euler2AB).Max,
				"euler_best":                  row(certify.Euler, certify.Euler2AB).Best,
				"euler_best_factor":           row(certify.Euler, certify.Euler2AB).Factor,
				"euler_metric_exact_max":      row(certify.Euler, certify.Euler2C).Max,
				"euler_spectral_max":          row(certify.Euler, certify.Spectral).Max,
				"rk4_paper_2p5_over_beta":     row(certify.RK4, certify.LinearGuide).Max,
				"rk4_spectral_guarantee":      row(certify.RK4, certify.RK4HalfDisc).Max,
				"rk4_spectral_exact_max":      row(certify.RK4, certify.Spectral).Max,
				"rk4_metric_guarantee_linear": row(certify.RK4, certify.RK4Disc).Max,
				"rk4_metric_exact_max":        row(certify.RK4, certify.RK4Measured).Max,
				"blockmax_euler_max":          row(certify.Euler, certify.EulerBlockMax).Max,
			} {
				if want := number(t, want.Steps, key); want != 0 || got != 0 { // no step, no row
					check(key, got, want)
				}
			}
			certifytest.CloseTo(t, "best factor in the max norm", row(certify.Euler, certify.EulerBlockMax).Factor, number(t, want.Steps, "blockmax_best_factor"), 2e-8)
			if got, paper := row(certify.RK4, certify.RK42C).Max, number(t, want.Steps, "rk4_metric_guarantee_nonlinear"); got < paper*(1-1e-12) {
				t.Errorf("nonlinear RK4 step %g is below the weaker bound %g", got, paper)
			}
		})
	}
}

// randomQuadratic draws a game; its couplings are small enough to be certified
// now and then.
func randomQuadratic(rng *rand.Rand, blocks, most int) *Game {
	g := &Game{}
	n := 0
	for range blocks {
		g.Blocks = append(g.Blocks, 1+rng.IntN(most))
		n += g.Blocks[len(g.Blocks)-1]
	}
	units := make([]float64, n)
	first := 0
	for _, d := range g.Blocks {
		u := math.Exp(rng.NormFloat64())
		for k := range d {
			units[first+k] = u
		}
		first += d
	}
	strength := 0.8 * rng.Float64() / math.Sqrt(float64(n))
	for i := range n {
		g.Matrix = append(g.Matrix, make([]float64, n))
		for j := range n {
			g.Matrix[i][j] = strength * rng.NormFloat64() * units[i] / units[j]
		}
		g.Offset = append(g.Offset, rng.NormFloat64())
	}
	first = 0
	for _, d := range g.Blocks {
		for i := first; i < first+d; i++ {
			for j := first; j < i; j++ {
				g.Matrix[i][j] = g.Matrix[j][i]
			}
			g.Matrix[i][i] = 0.8 + rng.Float64()
		}
		first += d
	}
	return g
}

// The order of the margins at any weights, and the slopes of those that are
// climbed against differences.
func TestMarginsAreOrdered(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	trials := 100
	if testing.Short() {
		trials = 30
	}
	for trial := range trials {
		g := randomQuadratic(rng, 1+rng.IntN(4), 3)
		if trial%3 == 0 { // signs that cancel
			for i := range g.Matrix {
				for j := range i {
					g.Matrix[i][j] *= 6
					g.Matrix[j][i] *= -3
				}
			}
		}
		f, err := g.form()
		if err != nil {
			t.Fatal(err)
		}
		b := f.k
		w := certifytest.RandomWeights(rng, len(g.Blocks), 1)
		c, err := Certify(context.Background(), g, Options{Weights: w})
		if err != nil {
			t.Fatal(err)
		}
		tol := 1e-10 * max(1, c.Lipschitz)
		m := c.Margins
		if m.SGN > m.Signed+tol || m.Signed > m.TrueBlock+tol || m.TrueBlock > c.Abscissa+tol || m.SGN > c.Supremum+tol {
			t.Errorf("trial %d: %+v, abscissa %g, supremum %g", trial, m, c.Abscissa, c.Supremum)
		}
		if y := c.Best.Lyapunov; y == nil || y.Margin > c.Abscissa+tol || y.Margin < c.Abscissa-0.011*math.Abs(c.Abscissa)-1e-9 {
			t.Errorf("trial %d: Lyapunov metric %+v, abscissa %g, %v", trial, y, c.Abscissa, c.Reasons)
		} else {
			// sym(M J) - margin M by another route: a plain product.
			var q, p mat.Dense
			q.Mul(denseOf(y.Metric), denseOf(g.Matrix))
			p.Scale(y.Margin, denseOf(y.Metric))
			q.Sub(&q, &p)
			if low := smallgain.Least(&q); low < -1e-11*max(1, c.Lipschitz) {
				t.Errorf("trial %d: the Lyapunov inequality fails by %g", trial, low)
			}
		}
		for kind, o := range map[string]*certify.Optimum{"signed": c.Best.Signed, "true_block": c.Best.TrueBlock} {
			at := m.Signed
			if kind == "true_block" {
				at = m.TrueBlock
				if !(o.Bound-o.Margin <= 1e-5*max(1, c.Lipschitz)) {
					t.Errorf("trial %d: best true-block margin %.12g, proved bound %.12g", trial, o.Margin, o.Bound)
				}
			}
			if o.Margin < at-tol || o.Margin > c.Abscissa+tol {
				t.Errorf("trial %d: best %s margin %g, at the weights %g, abscissa %g", trial, kind, o.Margin, at, c.Abscissa)
			}
			for range 20 { // nothing near or far is better
				v := certifytest.RandomWeights(rng, len(w), math.Pow(10, -4*rng.Float64()))
				for i := range v {
					v[i] *= o.Weights[i]
				}
				other := b.signed(v)
				if kind == "true_block" {
					other = smallgain.Least(b.weighted(v))
				}
				if other > o.Margin+1e-6 {
					t.Errorf("trial %d: best %s margin %g, but %g at %v", trial, kind, o.Margin, other, v)
				}
			}
		}
	}
}

func TestQuadraticRefusals(t *testing.T) {
	nan := math.NaN()
	good := func() *Game {
		return &Game{Blocks: []int{1, 1}, Matrix: [][]float64{{1, 2}, {0.1, 1}}}
	}
	for name, c := range map[string]struct {
		change func(*Game, *Options)
		says   string
	}{
		"no blocks":      {func(g *Game, o *Options) { g.Blocks = nil }, "blocks"},
		"empty block":    {func(g *Game, o *Options) { g.Blocks = []int{2, 0} }, "blocks[1]"},
		"misblocked":     {func(g *Game, o *Options) { g.Blocks = []int{1, 2} }, "matrix: 2 rows, expected 3"},
		"not square":     {func(g *Game, o *Options) { g.Matrix[1] = []float64{1} }, "matrix[1]"},
		"not a number":   {func(g *Game, o *Options) { g.Matrix[1][0] = nan }, "matrix[1][0]"},
		"offset":         {func(g *Game, o *Options) { g.Offset = []float64{1} }, "offset"},
		"offset number":  {func(g *Game, o *Options) { g.Offset = []float64{1, math.Inf(1)} }, "offset[1]"},
		"metrics":        {func(g *Game, o *Options) { g.Metric = [][][]float64{{{1}}} }, "metric: 1"},
		"metric":         {func(g *Game, o *Options) { g.Metric = [][][]float64{{{1}}, {{-1}}} }, "metric[1]: not positive definite"},
		"weights":        {func(g *Game, o *Options) { o.Weights = []float64{1} }, "weights"},
		"weight of zero": {func(g *Game, o *Options) { o.Weights = []float64{1, 0} }, "weights[1]"},
		"radius":         {func(g *Game, o *Options) { o.Radius = -1 }, "radius"},
		"centre":         {func(g *Game, o *Options) { o.Centre = []float64{1, nan} }, "centre[1]"},
	} {
		g, o := good(), Options{}
		c.change(g, &o)
		if _, err := Certify(context.Background(), g, o); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: error %v, expected one with %q", name, err, c.says)
		}
	}
	singular := good()
	singular.Matrix = [][]float64{{1, 1}, {1, 1}}
	c, err := Certify(context.Background(), singular, Options{})
	if err != nil || c.Certified() || c.Equilibrium != nil || !strings.Contains(fmt.Sprint(c.Reasons), "singular") {
		t.Errorf("singular: %v, %+v", err, c)
	}
	far, err := Certify(context.Background(), good(), Options{Radius: 0.1, Centre: []float64{5, 5}})
	if err != nil || far.Region.Unique || !strings.Contains(fmt.Sprint(far.Reasons), "residual") {
		t.Errorf("a centre far away: %v, %+v", err, far)
	}
	ball, err := Certify(context.Background(), good(), Options{Radius: 0.1})
	if err != nil || !ball.Region.Unique || ball.Region.Invariant != 0.1 {
		t.Errorf("a ball: %v, %+v", err, ball.Region)
	}
}

// Degenerate games give a certificate or an error, and none is certified that a
// look at its eigenvalues denies.
func TestDegenerateQuadraticGames(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 16))
	values := []float64{0, 0, 1, 1, -1, 2, 1e-12, 1e12, 1e90, 1e-90, -1e12}
	for range 200 {
		g := &Game{}
		n := 0
		for range 1 + rng.IntN(3) {
			g.Blocks = append(g.Blocks, 1+rng.IntN(2))
			n += g.Blocks[len(g.Blocks)-1]
		}
		most := 6 + rng.IntN(len(values)-5)
		for i := range n {
			g.Matrix = append(g.Matrix, make([]float64, n))
			for j := range n {
				g.Matrix[i][j] = values[rng.IntN(most)]
			}
		}
		for _, o := range []Options{{}, {Radius: 1, Centre: make([]float64, n)}} {
			c, err := Certify(context.Background(), g, o)
			if err != nil {
				continue
			}
			if c.Certified() && most <= 6 && c.Abscissa < c.Margin-1e-6*max(1, c.Lipschitz) {
				t.Errorf("%v %v: margin %g of %s, abscissa %g", g.Blocks, g.Matrix, c.Margin, c.Source, c.Abscissa)
			}
			if !c.Certified() && len(c.Reasons) == 0 {
				t.Errorf("%v %v: no reason", g.Blocks, g.Matrix)
			}
		}
	}
}
