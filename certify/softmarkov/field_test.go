package softmarkov

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"arbiter/certify"
	"arbiter/certify/certifytest"
	"arbiter/certify/enclose"
	"arbiter/dice"
	"arbiter/games/grid"
	"arbiter/games/markov"
	"arbiter/games/soccer"
	"arbiter/internal/interval"
)

type enclosureReference struct {
	Markov struct {
		Gamma, Tau float64
		Mu0        []float64
		P          [][][][]float64
		R          [][][][]float64
		Jacobian   [][]float64 `json:"jacobian_at_equilibrium"`
		Global     struct {
			Rho    float64
			Lambda [][]float64
		} `json:"global_closed_form"`
		Boxes             []map[string]float64
		RepoSampledFisher struct {
			Mu, L       []float64
			Alpha, Beta float64
			EtaMax      float64 `json:"eta_max"`
			Ratio       float64 `json:"ratio_best_on_200pt_grid"`
			Band        []float64
		} `json:"repo_sampled_fisher"`
	}
}

func enclosed(t testing.TB) (r enclosureReference) {
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

// judgeField evaluates the field from its definition in plain floating point:
// values and occupancies by linear solves over all states, action by action.
func judgeField(g *markov.Game, tau, z []float64) []float64 {
	n := len(g.States)
	var pi [2][][]float64
	at := 0
	for k := range 2 {
		for s := range n {
			m := g.Actions[k][s]
			row, sum := make([]float64, m), 0.0
			for a := range row {
				row[a] = 1
				if a < m-1 {
					row[a] = math.Exp(z[at])
					at++
				}
				sum += row[a]
			}
			for a := range row {
				row[a] /= sum
			}
			pi[k] = append(pi[k], row)
		}
	}
	system := mat.NewDense(n, n, nil)
	rewards := [2]*mat.VecDense{mat.NewVecDense(n, nil), mat.NewVecDense(n, nil)}
	for s := range n {
		system.Set(s, s, 1+system.At(s, s))
		for j, list := range g.Steps[0][s] {
			q := pi[0][s][j/g.Actions[1][s]] * pi[1][s][j%g.Actions[1][s]]
			for _, o := range list {
				for i := range 2 {
					rewards[i].SetVec(s, rewards[i].AtVec(s)+q*o.Prob*o.Reward[i])
				}
				if o.Next >= 0 {
					system.Set(s, o.Next, system.At(s, o.Next)-g.Discount*q*o.Prob)
				}
			}
		}
	}
	var lu mat.LU
	lu.Factorize(system)
	var v [2]mat.VecDense
	for i := range 2 {
		lu.SolveVecTo(&v[i], false, rewards[i])
	}
	var d mat.VecDense
	lu.SolveVecTo(&d, true, mat.NewVecDense(n, append([]float64(nil), g.Start...)))
	var out []float64
	at = 0
	for i := range 2 {
		for s := range n {
			q := make([]float64, g.Actions[i][s])
			for j, list := range g.Steps[0][s] {
				own := [2]int{j / g.Actions[1][s], j % g.Actions[1][s]}
				for _, o := range list {
					x := o.Reward[i]
					if o.Next >= 0 {
						x += g.Discount * v[i].AtVec(o.Next)
					}
					q[own[i]] += pi[1-i][s][own[1-i]] * o.Prob * x
				}
			}
			for a := range len(q) - 1 {
				out = append(out, tau[i]*z[at]-(1-g.Discount)*d.AtVec(s)*(q[a]-q[len(q)-1]))
				at++
			}
		}
	}
	return out
}

func judgeJacobian(g *markov.Game, tau, z []float64) *mat.Dense {
	n := len(z)
	m := mat.NewDense(n, n, nil)
	const h = 1e-5
	for k := range n {
		up, down := append([]float64(nil), z...), append([]float64(nil), z...)
		up[k] += h
		down[k] -= h
		x, y := judgeField(g, tau, up), judgeField(g, tau, down)
		for i := range n {
			m.Set(i, k, (x[i]-y[i])/(2*h))
		}
	}
	return m
}

// The enclosures hold field and Jacobian as worked out from the definition, at
// points and over boxes, for games with ends and states without a choice.
func TestMarkovEnclosureHoldsTheJacobian(t *testing.T) {
	for seed := range 60 {
		g := certifytest.RandomMarkov(t, seed)
		tau := []float64{.7, 1.3}
		f, err := New(g, tau)
		if err != nil {
			t.Fatal(err)
		}
		key := dice.New(uint64(1000 + seed))
		n := f.N
		centre := make([]float64, n)
		for k := range centre {
			centre[k] = 3 * (2*dice.Float64(key.Word(k)) - 1)
		}
		k, values := make([]interval.Interval, n*n), make([]interval.Interval, n)
		for _, r := range []float64{0, .02, .3} {
			lower, upper := make([]float64, n), make([]float64, n)
			for i, z := range centre {
				lower[i], upper[i] = z-r, z+r
			}
			if !f.Jacobian(k, lower, upper) || !f.Value(values, lower, upper) {
				if r < .1 {
					t.Fatalf("game %d, radius %g: no enclosure", seed, r)
				}
				continue
			}
			for try := range 5 {
				z := make([]float64, n)
				for i := range z {
					z[i] = lower[i] + (upper[i]-lower[i])*dice.Float64(key.Word(1000*(try+1)+i))
				}
				x, want := judgeField(g, tau, z), judgeJacobian(g, tau, z)
				for i := range n {
					if x[i] < values[i].Lo-1e-11 || x[i] > values[i].Hi+1e-11 {
						t.Fatalf("game %d, radius %g: field %g is not in %v", seed, r, x[i], values[i])
					}
					for j := range n {
						if w, e := want.At(i, j), k[i*n+j]; w < e.Lo-1e-8 || w > e.Hi+1e-8 {
							t.Fatalf("game %d, radius %g: entry %d,%d is %g, not in %v", seed, r, i, j, w, e)
						} else if r == 0 && e.Width() > 1e-11 {
							t.Fatalf("game %d: width %g at a point", seed, e.Width())
						}
					}
				}
			}
		}
	}
}

func repoMarkov(t testing.TB) (*markov.Game, enclosureReference) {
	r := enclosed(t)
	return certifytest.Tabular(t, r.Markov.Gamma, r.Markov.Mu0, r.Markov.P, r.Markov.R), r
}

// Margins lie above what 16 equal cells gave another program and below the
// smallest margin of a sample.
func TestMarkovIntervalReference(t *testing.T) {
	g, r := repoMarkov(t)
	ctx := context.Background()
	for _, box := range r.Markov.Boxes {
		c, err := Interval(ctx, g, []float64{1, 1}, box["radius"], enclose.Options{MaxCells: 128})
		if err != nil {
			t.Fatal(err)
		}
		// Below 0 the reference bounds from the other side.
		low := func(x float64) float64 { return min(.98*x, x) }
		if m := c.Margins.TrueBlock; !(m > low(box["alpha_l2_n2"])) || m > box["sampled_upper_l2_true"] {
			t.Errorf("radius %g: l2 margin %g", box["radius"], m)
		}
		if m := c.Margins.BlockMax; !(m > low(box["alpha_max_norm_n2"])) || m > box["sampled_upper_max_norm"] {
			t.Errorf("radius %g: max margin %g", box["radius"], m)
		}
		if !(c.Margins.SGN <= c.Margins.Signed && c.Margins.Signed <= c.Margins.TrueBlock && c.Margins.TrueBlock <= c.Abscissa) {
			t.Errorf("radius %g: margins out of order: %+v, abscissa %g", box["radius"], c.Margins, c.Abscissa)
		}
		if !c.Certified() || !c.Region.Unique || c.Region.Invariant < .999999*box["radius"] || c.Residual > 1e-13 {
			t.Errorf("radius %g: %v, %+v, residual %g", box["radius"], c.Verdict(), *c.Region, c.Residual)
		}
		for k, z := range c.Equilibrium {
			if math.Abs(z) > 1e-12 {
				t.Errorf("equilibrium logit %d is %g, expected 0", k, z)
			}
		}
	}
	l2, err := Interval(ctx, g, []float64{1, 1}, 1, enclose.Options{MaxCells: 500})
	if err != nil || !l2.Certified() || l2.Norm != certify.L2 || l2.Cells > 500 {
		t.Errorf("radius 1: %v, %v", l2.Reasons, err)
	}
	most, err := Interval(ctx, g, []float64{1, 1}, .8, enclose.Options{MaxCells: 500, Norm: certify.Max})
	if err != nil || !most.Certified() || most.Norm != certify.Max {
		t.Errorf("radius 0.8: %v, %v", most.Reasons, err)
	}
	far, err := Interval(ctx, g, []float64{1, 1}, 3, enclose.Options{MaxCells: 20})
	if err != nil || far.Certified() || len(far.Steps) > 2 || !strings.Contains(strings.Join(far.Reasons, "\n"), "this is not divergence") || !strings.Contains(strings.Join(far.Reasons, "\n"), "is certified with as many cells") {
		t.Errorf("radius 3: %v, %v", far.Reasons, err)
	}
	again, _ := Interval(ctx, g, []float64{1, 1}, .3, enclose.Options{MaxCells: 20})
	once, _ := Interval(ctx, g, []float64{1, 1}, .3, enclose.Options{MaxCells: 20})
	if !reflect.DeepEqual(stringOf(again), stringOf(once)) {
		t.Error("two runs differ")
	}
}

// Certified regions keep what they promise: margins of sampled points are not
// smaller, more cells never lower a margin, and Euler steps of pairs inside the
// invariant ball contract by the factor of every theorem.
func TestMarkovCertificatesHold(t *testing.T) {
	ctx := context.Background()
	certified, steps := 0, 0
	for seed := range 6 {
		g := certifytest.RandomMarkov(t, seed)
		tau := []float64{.8, .6}
		few, err := Interval(ctx, g, tau, .4, enclose.Options{MaxCells: 4})
		if err != nil {
			t.Fatal(err)
		}
		c, err := Interval(ctx, g, tau, .4, enclose.Options{MaxCells: 16})
		if err != nil {
			t.Fatal(err)
		}
		if c.Margins.TrueBlock < few.Margins.TrueBlock || c.Margins.BlockMax < few.Margins.BlockMax {
			t.Errorf("game %d: more cells lowered %+v to %+v", seed, few.Margins, c.Margins)
		}
		key := dice.New(uint64(seed + 5))
		at := 0
		u := func() float64 { at++; return 2*dice.Float64(key.Word(at)) - 1 }
		n := len(c.Equilibrium)
		for range 30 {
			z := make([]float64, n)
			for k := range z {
				z[k] = c.Equilibrium[k] + .4*u()
			}
			m := judgeJacobian(g, tau, z)
			sym := mat.NewSymDense(n, nil)
			rows := math.Inf(1)
			for i := range n {
				row := m.At(i, i)
				for j := range n {
					if j != i {
						row -= math.Abs(m.At(i, j))
					}
					sym.SetSym(i, j, (m.At(i, j)+m.At(j, i))/2)
				}
				rows = min(rows, row)
			}
			var e mat.EigenSym
			e.Factorize(sym, false)
			if low := e.Values(nil)[0]; allOnes(c.Weights) && low < c.Margins.TrueBlock-1e-8 || allOnes(c.Xi) && rows < c.Margins.BlockMax-1e-8 {
				t.Fatalf("game %d: a point has margins %g, %g below %+v", seed, low, rows, c.Margins)
			}
		}
		for _, norm := range []certify.Norm{certify.L2, certify.Max} {
			c, err := Interval(ctx, g, tau, .4, enclose.Options{MaxCells: 16, Norm: norm})
			if err != nil {
				t.Fatal(err)
			}
			if !c.Certified() || !c.Region.Unique {
				continue
			}
			certified++
			size := func(e []float64) float64 {
				sum, most := 0.0, 0.0
				for _, x := range e {
					sum, most = sum+x*x, max(most, math.Abs(x))
				}
				if norm == certify.L2 {
					return math.Sqrt(sum)
				}
				return most
			}
			if !allOnes(c.Weights) || !allOnes(c.Xi) {
				continue
			}
			for _, s := range c.Steps {
				if s.Scheme != certify.Euler || s.Bound == certify.EulerBlockMax || (s.Bound.Norm() == certify.Max) != (norm == certify.Max) {
					continue
				}
				for range 20 {
					x, y := make([]float64, n), make([]float64, n)
					for _, z := range [][]float64{x, y} {
						for k := range z {
							z[k] = u()
						}
						scale := math.Abs(u()) * c.Region.Invariant / size(z)
						for k := range z {
							z[k] = c.Equilibrium[k] + scale*z[k]
						}
					}
					for range 5 {
						before := size(minus(x, y))
						for _, z := range [][]float64{x, y} {
							for k, v := range judgeField(g, tau, z) {
								z[k] -= s.Best * v
							}
						}
						steps++
						if after := size(minus(x, y)); after > s.Factor*before+1e-12 {
							t.Fatalf("game %d, %s: ratio %g, factor %g", seed, norm, after/before, s.Factor)
						}
					}
				}
			}
		}
	}
	if certified < 4 || steps < 300 {
		t.Errorf("only %d certificates and %d steps were tried", certified, steps)
	}
}

func minus(x, y []float64) []float64 {
	z := make([]float64, len(x))
	for k := range z {
		z[k] = x[k] - y[k]
	}
	return z
}

func allOnes(w []float64) bool {
	for _, x := range w {
		if x != 1 {
			return false
		}
	}
	return true
}

func TestMarkovRefusals(t *testing.T) {
	g, _ := repoMarkov(t)
	ctx := context.Background()
	three := *g
	three.Players = 3
	horizon := *g
	horizon.Horizon, horizon.Discount = 2, 0
	for _, c := range []struct {
		g      *markov.Game
		tau    []float64
		radius float64
		o      enclose.Options
		want   string
	}{
		{g, []float64{1, 0}, .1, enclose.Options{}, "temperature of player 1: found 0"},
		{g, []float64{math.NaN(), 1}, .1, enclose.Options{}, "temperature of player 0: found NaN"},
		{g, []float64{1}, .1, enclose.Options{}, "temperatures: found 1"},
		{g, []float64{1, 1}, 0, enclose.Options{}, "radius: found 0"},
		{g, []float64{1, 1}, math.Inf(1), enclose.Options{}, "radius: found +Inf"},
		{g, []float64{1, 1}, .1, enclose.Options{MaxCells: -1}, "max cells: found -1"},
		{g, []float64{1, 1}, .1, enclose.Options{Norm: certify.Span}, `norm: found "span"`},
		{&three, []float64{1, 1}, .1, enclose.Options{}, "players: found 3"},
		{&horizon, []float64{1, 1}, .1, enclose.Options{}, "horizon: found 2"},
	} {
		if _, err := Interval(ctx, c.g, c.tau, c.radius, c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("found error %v, expected %q", err, c.want)
		}
	}
	// One action each: nothing to choose.
	none := certifytest.Tabular(t, .5, []float64{1}, [][][][]float64{{{{1}}}}, [][][][]float64{{{{1}}}, {{{1}}}})
	if _, err := ClosedForm(ctx, none, []float64{1, 1}); err == nil {
		t.Error("a game without choices was accepted")
	}
	field, err := soccer.New("soccer", .9, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ClosedForm(ctx, field, []float64{1, 1}); err == nil || !strings.Contains(err.Error(), "states: found") {
		t.Errorf("soccer: %v", err)
	}
	barriers, err := grid.New("grid", 2)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := ClosedForm(ctx, barriers, []float64{1e9, 1e9}); err != nil || !c.Certified() {
		t.Errorf("grid: %v", err)
	}
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := Interval(stopped, g, []float64{1, 1}, .1, enclose.Options{}); err != context.Canceled {
		t.Errorf("stopped: %v", err)
	}
}

func BenchmarkMarkovInterval(b *testing.B) {
	g, _ := repoMarkov(b)
	for b.Loop() {
		if _, err := Interval(context.Background(), g, []float64{1, 1}, 1, enclose.Options{MaxCells: 2999}); err != nil {
			b.Fatal(err)
		}
	}
}
