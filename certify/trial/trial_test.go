package trial

import (
	"context"
	"math"
	"os"
	"testing"

	"arbiter/certify"
	"arbiter/certify/certifytest"
	"arbiter/certify/enclose"
	"arbiter/certify/entropic"
	"arbiter/certify/quadratic"
	"arbiter/certify/smallgain"
	"arbiter/certify/smooth"
	"arbiter/certify/softmarkov"
	"arbiter/dice"
	"arbiter/games/normal"
)

// draws gives numbers from -1 to 1.
func draws(seed uint64) func() float64 {
	s := dice.New(seed).At(0)
	return func() float64 { return 2*dice.Float64(s.Uint64()) - 1 }
}

// coupled has convex players and couplings so strong that some games are
// certified and some are not; every third has a metric, half of those the natural
// field.
func coupled(random func() float64, at int) *quadratic.Game {
	g := &quadratic.Game{}
	n := 0
	for range 2 + at%3 {
		d := 1 + int(1.5*math.Abs(random())*2)
		g.Blocks, n = append(g.Blocks, d), n+d
	}
	strength := math.Exp(2*random() - 1)
	for range n {
		row := make([]float64, n)
		for k := range row {
			row[k] = strength * random()
		}
		g.Matrix, g.Offset = append(g.Matrix, row), append(g.Offset, random())
	}
	first := 0
	for _, d := range g.Blocks {
		for r := range d {
			for c := range r {
				g.Matrix[first+r][first+c] = g.Matrix[first+c][first+r]
			}
			g.Matrix[first+r][first+r] = 1 + float64(d)*strength + math.Abs(random())
		}
		first += d
		if at%3 == 0 {
			p := smallgain.Square(d)
			for r := range d {
				for c := range r {
					p[r][c] = .3 * random()
					p[c][r] = p[r][c]
				}
				p[r][r] = 1 + math.Abs(random())
			}
			g.Metric = append(g.Metric, p)
		}
	}
	g.Natural = at%6 == 0
	return g
}

// Of random certified games no step, of any row that states a factor, shrinks less
// than it says: a million steps, fewer in short runs.
func TestSimulationsNeverFalsify(t *testing.T) {
	want := 1_000_000
	if testing.Short() || certifytest.Slowed {
		want = 50_000
	}
	ctx := context.Background()
	steps, certified, sources := 0, 0, map[certify.Source]int{}
	random := draws(1)
	for at := 0; steps < want; at++ {
		g := coupled(random, at)
		c, err := quadratic.Certify(ctx, g, quadratic.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !c.Certified() {
			continue
		}
		certified++
		sources[c.Source]++
		trials, err := Quadratic(ctx, g, c, Trials{Starts: 4, Steps: 25, Seed: uint64(at)})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range trials {
			if steps += x.Steps; !x.Holds() {
				t.Errorf("game %d: %+v", at, x)
			}
		}
	}
	if certified < 20 || sources[certify.BySGN] == 0 || sources[certify.BySGN] == certified {
		t.Errorf("%d games, %v: too few or of one kind", certified, sources)
	}
}

// Of regions of random smooth and Markov games that are certified no step shrinks
// less than it says: a million steps with ARBITER_LONG=1.
func TestSimulationsOfRegions(t *testing.T) {
	want := 60_000
	if os.Getenv("ARBITER_LONG") != "" {
		want = 1_000_000
	}
	ctx := context.Background()
	certified := map[string]int{}
	judge := func(kind string, at int, c *certify.Certificate, trials []certify.Trial, err error) (steps int) {
		if err != nil {
			t.Fatal(err)
		}
		if certified[kind]++; !c.Certified() {
			t.Fatal("not certified")
		}
		for _, x := range trials {
			if steps += x.Steps; !x.Holds() {
				t.Errorf("%s game %d: %+v", kind, at, x)
			}
		}
		return steps
	}
	for at, steps := 0, 0; steps < want/2; at++ {
		g := smoothOf(t, at)
		c, err := g.Certify(ctx, enclose.Options{MaxCells: 32})
		if err != nil || !c.Certified() {
			continue
		}
		trials, err := Smooth(ctx, g, c, Trials{Starts: 30, Steps: 60, Seed: uint64(at)})
		steps += judge("smooth", at, c, trials, err)
	}
	for at, steps := 0, 0; steps < want/2; at++ {
		g := certifytest.RandomMarkov(t, at)
		tau := []float64{1 + float64(at%4), 1 + float64(at%4)}
		c, err := softmarkov.Interval(ctx, g, tau, .3, enclose.Options{MaxCells: 32})
		if err != nil || !c.Certified() {
			continue
		}
		trials, err := Markov(ctx, g, tau, c, Trials{Starts: 30, Steps: 60, Seed: uint64(at)})
		steps += judge("Markov", at, c, trials, err)
	}
	if certified["smooth"] < 2 || certified["Markov"] < 2 {
		t.Errorf("%v games: too few", certified)
	}
	t.Logf("%v games", certified)
}

// Random payoff tables above their signed threshold.
func TestSimulationsOfTables(t *testing.T) {
	ctx := context.Background()
	random := draws(2)
	for at := range 20 {
		shape := [][]int{{2, 2}, {3, 2}, {2, 3, 2}, {4, 4}}[at%4]
		table, cells := normal.Table{}, 1
		for _, m := range shape {
			table.Strategies = append(table.Strategies, []string{"a", "b", "c", "d"}[:m])
			cells *= m
		}
		for range shape {
			p := make([]float64, cells)
			for k := range p {
				p[k] = random()
			}
			table.Payoffs = append(table.Payoffs, p)
		}
		g, err := entropic.NormalForm(ctx, table)
		if err != nil {
			t.Fatal(err)
		}
		_, threshold, err := g.Thresholds(ctx)
		if err != nil {
			t.Fatal(err)
		}
		c, err := g.Certify(ctx, constant(1.05*threshold+.02+math.Abs(random()), len(shape)))
		if err != nil || !c.Certified() {
			t.Fatalf("game %d: %v, margin %g", at, err, c.Margin)
		}
		trials, err := Entropic(ctx, g, c, Trials{Starts: 10, Steps: 30, Seed: uint64(at)})
		if err != nil || len(trials) < 3 {
			t.Fatalf("game %d: %v, %v", at, err, trials)
		}
		for _, x := range trials {
			if !x.Holds() || x.Steps < 10 {
				t.Errorf("game %d: %+v", at, x)
			}
		}
	}
}

// A factor that is too good, and a step beyond 2c, are found out.
func TestSimulationsFindFalseClaims(t *testing.T) {
	ctx := context.Background()
	g := &quadratic.Game{Blocks: []int{1, 1}, Matrix: [][]float64{{1, 10}, {.05, 1}}}
	for _, spoil := range []func(s *certify.Step){
		func(s *certify.Step) { s.Factor = .8 },                  // at c the factor is 0.91, seen 0.828
		func(s *certify.Step) { s.Best *= 2.01; s.Factor = .99 }, // 2c and a little more
	} {
		c, err := quadratic.Certify(ctx, g, quadratic.Options{})
		if err != nil {
			t.Fatal(err)
		}
		spoil(&c.Steps[2])
		trials, err := Quadratic(ctx, g, c, Trials{})
		if err != nil {
			t.Fatal(err)
		}
		wrong := 0
		for _, x := range trials {
			if !x.Holds() {
				wrong++
			}
		}
		if wrong != 1 {
			t.Errorf("%d of %+v were found wrong, expected 1", wrong, trials)
		}
	}
}

func constant(x float64, n int) []float64 {
	out := smallgain.Ones(n)
	for i := range out {
		out[i] = x
	}
	return out
}

// The distance to the equilibrium of a divergence agrees with its definition.
func TestDivergence(t *testing.T) {
	p, q := []float64{.2, .3, .5}, []float64{.6, .3, .1}
	lp, lq := make([]float64, 3), make([]float64, 3)
	want := 0.0
	for a := range p {
		lp[a], lq[a] = math.Log(p[a]), math.Log(q[a])
		want += p[a] * math.Log(p[a]/q[a])
	}
	if got := divergence(p, lp, lq); math.Abs(got-want) > 1e-15 {
		t.Errorf("divergence %g, expected %g", got, want)
	}
	if got := divergence([]float64{1, 0}, []float64{0, math.Inf(-1)}, []float64{math.Log(.5), math.Log(.5)}); math.Abs(got-math.Ln2) > 1e-15 {
		t.Errorf("divergence from a corner %g, expected ln 2", got)
	}
}

func smoothOf(t *testing.T, seed int) *smooth.Game {
	t.Helper()
	dims, field, lower, upper := certifytest.RandomField(seed)
	g, err := smooth.New("smooth", dims, field, lower, upper)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// Metrics of all coordinates hold in play as well (games of the smooth room's tests).
func TestSimulationsInLyapunovMetrics(t *testing.T) {
	for _, body := range []string{
		`"costs":["-softplus(-x1*x2)","softplus(-x1*x2)+g/2*x2^2"],"parameters":{"g":1},"region":{"lower":[-0.2,-0.2],"upper":[0.2,0.2]}`,
		`"costs":["-softplus(-x1*x2)","softplus(-x1*x2)+g/2*x2^2"],"parameters":{"g":2},"region":{"lower":[-0.1,-0.1],"upper":[0.1,0.1]}`,
		`"costs":["x1*x2+x1^2/2","-x1*x2"],"region":{"lower":[-2,-2],"upper":[2,2]}`,
		`"costs":["3*x1*x2","-3*x1*x2+x2^2/8-x2"],"region":{"lower":[-9,-9],"upper":[9,9]}`,
	} {
		g, err := smooth.Read([]byte(`{"kind":"smooth_game","blocks":[1,1],`+body+`}`), "g.json", "g.json")
		if err != nil {
			t.Fatal(err)
		}
		c, err := g.Certify(context.Background(), enclose.Options{})
		if err != nil || c.Source != certify.ByLyapunov {
			t.Fatalf("%s: %v, source %s", body, err, c.Source)
		}
		trials, err := Smooth(context.Background(), g, c, Trials{Seed: 3})
		if err != nil || len(trials) < 3 {
			t.Fatalf("%s: %d trials, %v", body, len(trials), err)
		}
		for _, x := range trials {
			if !x.Holds() || math.IsNaN(x.Worst) {
				t.Errorf("%s: %+v", body, x)
			}
		}
	}
}

// Couplings of one way only, and payoffs at the ends of the range, can be played.
func TestSimulationsAtTheEnds(t *testing.T) {
	ctx := context.Background()
	q := &quadratic.Game{Blocks: []int{1, 1, 1}, Matrix: [][]float64{{1, 1e8, 0}, {0, 1, 3}, {0, 0, 2}}}
	c, err := quadratic.Certify(ctx, q, quadratic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if trials, err := Quadratic(ctx, q, c, Trials{Starts: 3, Steps: 5}); err != nil || len(trials) < 5 {
		t.Errorf("%v, %v", trials, err)
	}
	played := 0
	for _, size := range []float64{5e-324, 1e-300, 1e-160, 1e99} {
		g, err := entropic.NormalForm(ctx, normal.Table{
			Strategies: [][]string{{"a", "b"}, {"a", "b"}},
			Payoffs:    [][]float64{{size, -size, -size, size}, {size, -size, -size, size}},
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range []float64{.3, 1, 3} {
			tau := x * size
			if tau == 0 {
				continue
			}
			c, err := g.Certify(ctx, []float64{tau, tau})
			if err != nil {
				continue
			}
			played++
			if _, err := Entropic(ctx, g, c, Trials{Starts: 2, Steps: 3}); err != nil {
				t.Error(err)
			}
		}
	}
	if played < 6 {
		t.Errorf("only %d games were played", played)
	}
}
