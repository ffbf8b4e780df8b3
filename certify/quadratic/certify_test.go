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

func (c *quadraticCase) game() *QuadraticGame {
	g := &QuadraticGame{Name: c.Name, Blocks: c.Dims, Matrix: c.J, Offset: c.C, Metric: c.P, Natural: c.Field == "natural"}
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
			c, err := Quadratic(context.Background(), g, QuadraticOptions{})
			if err != nil {
				t.Fatal(err)
			}
			check := func(what string, got, want float64) { t.Helper(); certifytest.CloseTo(t, what, got, want, 1e-8) }
			for i := range want.Mu {
				check("mu", c.Mu[i], want.Mu[i])
				check("ell", c.Ell[i], want.Ell[i])
				for j := range want.Mu {
					check("L", c.Coupling[i][j], want.L[i][j])
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
			check("alpha_sgn", smallgain.SmallGainMargin(ones, c.Mu, c.Coupling), number(t, want.Unit, "alpha_sgn"))
			check("alpha_signed", b.signed(ones), number(t, want.Unit, "alpha_signed"))
			check("alpha_true", smallgain.Least(b.k), number(t, want.Unit, "alpha_true"))
			check("beta", smallgain.Norm2(b.k), number(t, want.Unit, "beta"))
			best := smallgain.BestWeights(c.Mu, c.Coupling)
			if want.SGN.W != nil {
				for i := range want.SGN.W {
					check("w over reference", best.W[i]/want.SGN.W[i], 1)
					check("xi over reference", best.Xi[i]/want.SGN.Xi[i], 1)
				}
				check("signed at w", b.signed(best.W), *want.SGN.Signed)
				check("true at w", smallgain.Least(b.weighted(best.W)), *want.SGN.True)
			}
			if want.Band.Zero != nil {
				half, _ := smallgain.RatioBand(c.Mu, c.Coupling, want.SGN.Alpha/2)
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
			row := func(scheme, bound string) certify.Step {
				for _, s := range c.Steps {
					if s.Scheme == scheme && strings.HasPrefix(s.Bound, bound) {
						return s
					}
				}
				return certify.Step{Factor: 1}
			}
			for key, got := range map[string]float64{
				"euler_paper_max":             row("euler", "2 alpha").Max,
				"euler_best":                  row("euler", "2 alpha").Best,
				"euler_best_factor":           row("euler", "2 alpha").Factor,
				"euler_metric_exact_max":      row("euler", "2c").Max,
				"euler_spectral_max":          row("euler", "spectral").Max,
				"rk4_paper_2p5_over_beta":     row("rk4", "2.5/beta").Max,
				"rk4_spectral_guarantee":      row("rk4", "2.6156").Max,
				"rk4_spectral_exact_max":      row("rk4", "spectral").Max,
				"rk4_metric_guarantee_linear": row("rk4", "2 r c").Max,
				"rk4_metric_exact_max":        row("rk4", "norm at most 1, measured").Max,
				"blockmax_euler_max":          row("euler", "rho").Max,
			} {
				if want := number(t, want.Steps, key); want != 0 || got != 0 { // no step, no row
					check(key, got, want)
				}
			}
			certifytest.CloseTo(t, "best factor in the max norm", row("euler", "rho").Factor, number(t, want.Steps, "blockmax_best_factor"), 2e-8)
			if got, paper := row("rk4", "h < 2c").Max, number(t, want.Steps, "rk4_metric_guarantee_nonlinear"); got < paper*(1-1e-12) {
				t.Errorf("nonlinear RK4 step %g is below the weaker bound %g", got, paper)
			}
		})
	}
}

// randomQuadratic draws a game; its couplings are small enough to be certified
// now and then.
func randomQuadratic(rng *rand.Rand, blocks, most int) *QuadraticGame {
	g := &QuadraticGame{}
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
		c, err := Quadratic(context.Background(), g, QuadraticOptions{Weights: w})
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

// Simulated steps never shrink by less than was certified: a million of them, of
// random certified games at the steps of the table and below; and just above 2c
// some vector grows.
func TestStepsHold(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	total, goal := 0, 1_000_000
	if testing.Short() {
		goal = 50_000
	}
	games := 0
	for total < goal {
		g := randomQuadratic(rng, 1+rng.IntN(3), 2)
		f, err := g.form()
		if err != nil {
			t.Fatal(err)
		}
		c, err := f.certify(context.Background(), QuadraticOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if !c.Certified() {
			continue
		}
		games++
		kw := f.k.weighted(c.Weights)
		if c.Source == "lyapunov" {
			kw = f.lyapunov.k
		}
		n := len(g.Matrix)
		alpha, beta, co := c.Margin, c.Lipschitz, c.Cocoercivity
		for _, s := range c.Steps {
			if s.Status == smallgain.IsAsymptotic || s.Status == smallgain.IsGuideline || s.Scheme == "flow" || s.Scheme == "optimistic" || strings.Contains(s.Bound, "no norm") {
				continue
			}
			for _, part := range []float64{0.05, 0.5, 0.999} {
				h := part * s.Max
				factor := 1.0
				switch {
				case s.Bound == "2 alpha/beta^2":
					factor = math.Sqrt(1 - 2*h*alpha + h*h*beta*beta)
				case s.Bound == "2c":
					factor = smallgain.EulerFactor(alpha, co, h)
				case s.Bound == "h < 2c":
					factor = smallgain.Rk4Factor(alpha, beta, co, h)
				case s.Scheme == "extragradient":
					room, gain := 1-h*h*beta*beta, 2*h*alpha
					factor = math.Sqrt(1 - gain*room/(room+gain))
				case strings.HasPrefix(s.Bound, "h <= 2c"):
					factor = smallgain.Rk4FromEuler(smallgain.EulerFactor(alpha, co, h))
				}
				if strings.Contains(s.Bound, "block max") {
					continue // below
				}
				e, next := make([]float64, n), make([]float64, n)
				for range 40 {
					before := 0.0
					for k := range e {
						e[k] = rng.NormFloat64()
						before += e[k] * e[k]
					}
					for range 25 {
						switch s.Scheme {
						case "euler":
							series(next, kw, e, h, 1)
						case "extragradient": // e - hK(e - hKe)
							ahead := make([]float64, n)
							series(ahead, kw, e, h, 1)
							series(next, kw, ahead, h, 1)
							for k := range next {
								next[k] += e[k] - ahead[k]
							}
						default:
							series(next, kw, e, h, 4)
						}
						after := 0.0
						for _, v := range next {
							after += v * v
						}
						if math.Sqrt(after) > (factor+1e-12)*math.Sqrt(before) {
							t.Fatalf("game %d, %s %s at %g: ratio %.15g, factor %.15g", games, s.Scheme, s.Bound, h, math.Sqrt(after/before), factor)
						}
						total++
						if before = after; before < 1e-200 {
							break
						}
						copy(e, next)
					}
				}
			}
			if s.Bound == "2c" {
				m := mat.NewDense(n, n, nil)
				m.Scale(-s.Max*1.0001, kw)
				for k := range n {
					m.Set(k, k, m.At(k, k)+1)
				}
				if norm := smallgain.Norm2(m); norm <= 1 {
					t.Errorf("game %d: no vector grows just above 2c: %.15g", games, norm)
				}
			}
		}
	}
	t.Logf("%d steps of %d games", total, games)
}

// series puts the first terms of exp(-hK)e into dst: what Euler (1) and the
// classical Runge-Kutta scheme (4) do with a linear field.
func series(dst []float64, k *mat.Dense, e []float64, h float64, terms int) {
	n := len(e)
	term, next := append([]float64(nil), e...), make([]float64, n)
	copy(dst, e)
	for m := 1; m <= terms; m++ {
		for i := range n {
			next[i] = 0
			for j := range n {
				next[i] -= k.At(i, j) * term[j]
			}
			next[i] *= h / float64(m)
			dst[i] += next[i]
		}
		copy(term, next)
	}
}

func TestQuadraticRefusals(t *testing.T) {
	nan := math.NaN()
	good := func() *QuadraticGame {
		return &QuadraticGame{Blocks: []int{1, 1}, Matrix: [][]float64{{1, 2}, {0.1, 1}}}
	}
	for name, c := range map[string]struct {
		change func(*QuadraticGame, *QuadraticOptions)
		says   string
	}{
		"no blocks":      {func(g *QuadraticGame, o *QuadraticOptions) { g.Blocks = nil }, "blocks"},
		"empty block":    {func(g *QuadraticGame, o *QuadraticOptions) { g.Blocks = []int{2, 0} }, "blocks[1]"},
		"misblocked":     {func(g *QuadraticGame, o *QuadraticOptions) { g.Blocks = []int{1, 2} }, "matrix: 2 rows, expected 3"},
		"not square":     {func(g *QuadraticGame, o *QuadraticOptions) { g.Matrix[1] = []float64{1} }, "matrix[1]"},
		"not a number":   {func(g *QuadraticGame, o *QuadraticOptions) { g.Matrix[1][0] = nan }, "matrix[1][0]"},
		"offset":         {func(g *QuadraticGame, o *QuadraticOptions) { g.Offset = []float64{1} }, "offset"},
		"offset number":  {func(g *QuadraticGame, o *QuadraticOptions) { g.Offset = []float64{1, math.Inf(1)} }, "offset[1]"},
		"metrics":        {func(g *QuadraticGame, o *QuadraticOptions) { g.Metric = [][][]float64{{{1}}} }, "metric: 1"},
		"metric":         {func(g *QuadraticGame, o *QuadraticOptions) { g.Metric = [][][]float64{{{1}}, {{-1}}} }, "metric[1]: not positive definite"},
		"weights":        {func(g *QuadraticGame, o *QuadraticOptions) { o.Weights = []float64{1} }, "weights"},
		"weight of zero": {func(g *QuadraticGame, o *QuadraticOptions) { o.Weights = []float64{1, 0} }, "weights[1]"},
		"radius":         {func(g *QuadraticGame, o *QuadraticOptions) { o.Radius = -1 }, "radius"},
		"centre":         {func(g *QuadraticGame, o *QuadraticOptions) { o.Centre = []float64{1, nan} }, "centre[1]"},
	} {
		g, o := good(), QuadraticOptions{}
		c.change(g, &o)
		if _, err := Quadratic(context.Background(), g, o); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: error %v, expected one with %q", name, err, c.says)
		}
	}
	singular := good()
	singular.Matrix = [][]float64{{1, 1}, {1, 1}}
	c, err := Quadratic(context.Background(), singular, QuadraticOptions{})
	if err != nil || c.Certified() || c.Equilibrium != nil || !strings.Contains(fmt.Sprint(c.Reasons), "singular") {
		t.Errorf("singular: %v, %+v", err, c)
	}
	far, err := Quadratic(context.Background(), good(), QuadraticOptions{Radius: 0.1, Centre: []float64{5, 5}})
	if err != nil || far.Region.Unique || !strings.Contains(fmt.Sprint(far.Reasons), "residual") {
		t.Errorf("a centre far away: %v, %+v", err, far)
	}
	ball, err := Quadratic(context.Background(), good(), QuadraticOptions{Radius: 0.1})
	if err != nil || !ball.Region.Unique || ball.Region.Invariant != 0.1 {
		t.Errorf("a ball: %v, %+v", err, ball.Region)
	}
}

func suiteGame(rng *rand.Rand, lambda float64) *QuadraticGame {
	n := 32
	draw := func() *mat.Dense {
		m := mat.NewDense(n, n, nil)
		for i := range n {
			for j := range n {
				m.Set(i, j, rng.NormFloat64())
			}
		}
		return m
	}
	rows := func(m *mat.Dense) (out [][]float64) {
		for i := range n {
			out = append(out, append([]float64(nil), m.RawRowView(i)...))
		}
		return out
	}
	q := [2]mat.Dense{}
	for k := range q {
		r := draw()
		q[k].Mul(r.T(), r)
		for i := range n {
			q[k].Set(i, i, q[k].At(i, i)+1)
		}
	}
	r := draw()
	r.Scale(1/smallgain.Norm2(r), r)
	return &QuadraticGame{Blocks: []int{n, n}, Matrix: suiteMatrix(rows(&q[0]), rows(&q[1]), rows(r), 10*lambda, 0.05*lambda)}
}

func BenchmarkTwoPlayers64(b *testing.B) {
	g := suiteGame(rand.New(rand.NewPCG(1, 1)), 0.8333)
	for b.Loop() {
		if _, err := Quadratic(context.Background(), g, QuadraticOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTwoPlayers64SignsMatter(b *testing.B) {
	g := suiteGame(rand.New(rand.NewPCG(1, 1)), 2.5)
	for b.Loop() {
		if _, err := Quadratic(context.Background(), g, QuadraticOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTenPlayers(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	g := randomQuadratic(rng, 10, 1)
	n := 100
	g.Blocks, g.Matrix, g.Offset = nil, nil, nil
	for range 10 {
		g.Blocks = append(g.Blocks, 10)
	}
	for i := range n {
		g.Matrix = append(g.Matrix, make([]float64, n))
		for j := range n {
			if i/10 != j/10 {
				g.Matrix[i][j] = 0.01 * rng.NormFloat64()
			}
		}
		g.Matrix[i][i] = 1
	}
	for b.Loop() {
		if _, err := Quadratic(context.Background(), g, QuadraticOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

// Euler below the first kink shrinks the largest |e_i|/xi_i by 1 - eta alpha*.
func TestMaxNormSteps(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	steps := 0
	for range 200 {
		g := randomQuadratic(rng, 1+rng.IntN(4), 2)
		c, err := Quadratic(context.Background(), g, QuadraticOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if !(c.Supremum > 0) || !c.Attained {
			continue
		}
		f, _ := g.form()
		b := f.k
		norm := func(e []float64) float64 {
			m := 0.0
			for i := range g.Blocks {
				s := 0.0
				for _, v := range e[b.first[i]:b.first[i+1]] {
					s += v * v
				}
				m = max(m, math.Sqrt(s)/c.Xi[i])
			}
			return m
		}
		kink := math.Inf(1)
		for i := range c.Mu {
			kink = min(kink, 2/(c.Mu[i]+c.Ell[i]))
		}
		e, next := make([]float64, len(g.Matrix)), make([]float64, len(g.Matrix))
		for range 100 {
			at := 0
			for i, d := range g.Blocks {
				for range d {
					e[at] = rng.NormFloat64() * c.Xi[i]
					at++
				}
			}
			eta := kink * rng.Float64()
			series(next, b.k, e, eta, 1)
			if after, before := norm(next), norm(e); after > (1-eta*c.Supremum+1e-12)*before {
				t.Fatalf("ratio %.15g, factor %.15g", after/before, 1-eta*c.Supremum)
			}
			steps++
		}
	}
	if steps < 2000 {
		t.Errorf("only %d steps", steps)
	}
}

// An eigenvector that refutes is one, in the coordinates of the game.
func TestUnstableGamesAreRefuted(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	refuted := 0
	for range 200 {
		g := randomQuadratic(rng, 2, 3)
		for i := range g.Matrix {
			g.Matrix[i][i] -= 1
		}
		for _, d := range g.Blocks {
			p := make([][]float64, d)
			for i := range p {
				p[i] = make([]float64, d)
				p[i][i] = math.Exp(rng.NormFloat64())
			}
			g.Metric = append(g.Metric, p)
		}
		g.Natural = true
		c, err := Quadratic(context.Background(), g, QuadraticOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if c.Unstable == nil {
			continue
		}
		if c.Verdict() != certify.Refuted || c.Certified() || c.Steps != nil {
			t.Fatalf("%s, %v", c.Verdict(), c.Steps)
		}
		if c.Unstable.Im != 0 {
			continue
		}
		refuted++
		linear := *g
		linear.Offset = nil
		for k, v := range linear.Field(c.Unstable.Vector) {
			certifytest.CloseTo(t, "field along the eigenvector", v, c.Unstable.Re*c.Unstable.Vector[k], 1e-10)
		}
	}
	if refuted < 20 {
		t.Errorf("only %d were refuted", refuted)
	}
}

// Blocks in other orthonormal coordinates, and natural fields in other units, are
// the same game.
func TestQuadraticInvariance(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 14))
	for range 30 {
		g := randomQuadratic(rng, 3, 1)
		g.Metric = [][][]float64{{{1}}, {{2}}, {{0.5}}}
		g.Natural = true
		scaled := &QuadraticGame{Blocks: g.Blocks, Natural: true}
		units := []float64{3, 0.2, 11}
		for i := range 3 {
			scaled.Metric = append(scaled.Metric, [][]float64{{g.Metric[i][0][0] / (units[i] * units[i])}})
			scaled.Matrix = append(scaled.Matrix, make([]float64, 3))
			for j := range 3 {
				scaled.Matrix[i][j] = g.Matrix[i][j] / units[i] / units[j]
			}
		}
		a, err := Quadratic(context.Background(), g, QuadraticOptions{})
		if err != nil {
			t.Fatal(err)
		}
		b, err := Quadratic(context.Background(), scaled, QuadraticOptions{})
		if err != nil {
			t.Fatal(err)
		}
		certifytest.CloseTo(t, "margin", b.Margin, a.Margin, 1e-9)
		certifytest.CloseTo(t, "supremum", b.Supremum, a.Supremum, 1e-11)
		certifytest.CloseTo(t, "abscissa", b.Abscissa, a.Abscissa, 1e-11)
		turned := randomQuadratic(rng, 2, 1)
		turned.Blocks, turned.Offset = []int{2, 1}, nil
		turned.Matrix = [][]float64{{1, 0.2, rng.NormFloat64()}, {0.2, 1.5, rng.NormFloat64()}, {0.1, -0.2, 1}}
		s, c := math.Sincos(rng.Float64())
		q := mat.NewDense(3, 3, []float64{c, -s, 0, s, c, 0, 0, 0, 1})
		j, m := mat.NewDense(3, 3, nil), mat.Dense{}
		for r, row := range turned.Matrix {
			j.SetRow(r, row)
		}
		m.Product(q, j, q.T())
		other := &QuadraticGame{Blocks: turned.Blocks, Matrix: [][]float64{m.RawRowView(0), m.RawRowView(1), m.RawRowView(2)}}
		x, err := Quadratic(context.Background(), turned, QuadraticOptions{})
		if err != nil {
			t.Fatal(err)
		}
		y, err := Quadratic(context.Background(), other, QuadraticOptions{})
		if err != nil {
			t.Fatal(err)
		}
		certifytest.CloseTo(t, "turned supremum", y.Supremum, x.Supremum, 1e-11)
		certifytest.CloseTo(t, "turned true margin", y.Margins.TrueBlock, x.Margins.TrueBlock, 1e-6)
	}
}

// The norm grows at 2.5/beta although the Euclidean margin is positive: no row
// claims otherwise.
func TestRungeKuttaGuidelineIsNoTheorem(t *testing.T) {
	for _, want := range quadraticCases(t) {
		if want.Name != "rk4_step_bound_counterexample" {
			continue
		}
		c, err := Quadratic(context.Background(), want.game(), QuadraticOptions{Weights: []float64{1, 1, 1}})
		if err != nil {
			t.Fatal(err)
		}
		if !c.Certified() || c.Source != "true_block" {
			t.Fatalf("margin %g of %s", c.Margin, c.Source)
		}
		for _, s := range c.Steps {
			if s.Scheme == "rk4" && s.Max >= smallgain.Rk4Paper/c.Lipschitz && (s.Status == smallgain.IsTheorem || s.Status == smallgain.IsConstant && !strings.Contains(s.Bound, "no norm")) {
				t.Errorf("%s is claimed up to %g", s.Bound, s.Max)
			}
			if strings.HasPrefix(s.Bound, "2.5") && s.Status != smallgain.IsGuideline {
				t.Errorf("2.5/beta is called %s", s.Status)
			}
		}
		return
	}
	t.Error("the case is missing")
}

func BenchmarkRandomSuite(b *testing.B) {
	for b.Loop() {
		rng := rand.New(rand.NewPCG(1, 2))
		for range 30 {
			for k := range 7 {
				if _, err := Quadratic(context.Background(), suiteGame(rng, float64(k)*2.5/6), QuadraticOptions{}); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
}

// Degenerate games give a certificate or an error, and none is certified that a
// look at its eigenvalues denies.
func TestDegenerateQuadraticGames(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 16))
	values := []float64{0, 0, 1, 1, -1, 2, 1e-12, 1e12, 1e90, 1e-90, -1e12}
	for range 200 {
		g := &QuadraticGame{}
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
		for _, o := range []QuadraticOptions{{}, {Radius: 1, Centre: make([]float64, n)}} {
			c, err := Quadratic(context.Background(), g, o)
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
