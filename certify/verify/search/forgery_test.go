package search

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"arbiter/certify/enclose"
	"arbiter/certify/quadratic"
	"arbiter/certify/smooth"
	"arbiter/games/markov"
	"arbiter/games/normal"
)

// scale multiplies a number of a certificate file; the path is of fields and
// indices.
func scale(m any, by float64, path ...any) {
	for _, p := range path[:len(path)-1] {
		m = step(m, p)
	}
	last := path[len(path)-1]
	set(m, last, step(m, last).(float64)*by)
}

func step(m, p any) any {
	switch m := m.(type) {
	case map[string]any:
		return m[p.(string)]
	case []any:
		return m[p.(int)]
	}
	return nil
}

func set(m, p, value any) {
	switch m := m.(type) {
	case map[string]any:
		m[p.(string)] = value
	case []any:
		m[p.(int)] = value
	}
}

func region(m map[string]any) map[string]any { return m["region"].(map[string]any) }

func rowOf(t testing.TB, m map[string]any, scheme, bound string) map[string]any {
	t.Helper()
	for _, s := range m["steps"].([]any) {
		if row := s.(map[string]any); row["scheme"] == scheme && strings.HasPrefix(row["bound"].(string), bound) {
			return row
		}
	}
	t.Fatalf("no step %s, %s", scheme, bound)
	return nil
}

func copied(x any) any {
	switch x := x.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, v := range x {
			out[k] = copied(v)
		}
		return out
	case []any:
		var out []any
		for _, v := range x {
			out = append(out, copied(v))
		}
		return out
	}
	return x
}

// forgery changes a certificate in a way that must be found, in a claim whose name
// begins with one of found.
type forgery struct {
	name  string
	forge func(m map[string]any)
	found []string
}

// of the ladder, in any form.
var ladder = []forgery{
	{"margin at 0 and certified", func(m map[string]any) { m["margin"] = 0.0 }, []string{"certified"}},
	{"no margin and certified", func(m map[string]any) { m["margin"] = nil }, []string{"certified"}},
	{"not certified but called so", func(m map[string]any) { m["certified"] = false }, []string{"certified"}},
	{"an infinite margin", func(m map[string]any) { m["margin"], m["rate"] = "inf", "inf" }, []string{"margin", "rate", "certified"}},
	{"steps of any length", func(m map[string]any) { m["euler_max_step"] = "inf" }, []string{"euler_max_step"}},
	{"a better verdict", func(m map[string]any) { m["verdict"] = "sampled evidence only" }, []string{"verdict"}},
	{"a method that proves nothing", func(m map[string]any) { m["method"] = "sampled" }, []string{"certified", "method"}},
	{"a method there is not", func(m map[string]any) { m["method"] = "guess" }, []string{"method"}},
	{"rate above the margin", func(m map[string]any) { m["rate"] = 2 * m["margin"].(float64) }, []string{"rate"}},
	{"largest Euler step ten times as long", func(m map[string]any) { scale(m, 10, "euler_max_step") }, []string{"euler_max_step"}},
}

func forged(t *testing.T, file map[string]any, verify func(c *Claim) (*Result, error), list []forgery) {
	t.Helper()
	f, err := verify(claimOf(t, file))
	confirmed(t, "unforged", f, err)
	for _, x := range list {
		m := copied(file).(map[string]any)
		x.forge(m)
		f, err := verify(claimOf(t, m))
		refused(t, x.name, f, err, x.found...)
		if f.Holds() {
			t.Errorf("%s: holds", x.name)
		}
	}
}

func TestForgedQuadraticCertificates(t *testing.T) {
	verify := func(c *Claim) (*Result, error) { return Quadratic(context.Background(), c) }
	forged(t, quadraticFile(t, miniToy(), quadratic.Options{}), verify, append(slices.Clone(ladder), []forgery{
		{"margin up by 1 %", func(m map[string]any) { scale(m, 1.01, "margin") }, []string{"margin"}},
		{"all margins up by 1 %", func(m map[string]any) {
			for _, k := range []string{"sgn", "signed", "true_block"} {
				scale(m, 1.01, "margins", k)
			}
		}, []string{"margins.sgn"}},
		{"a margin of a larger test", func(m map[string]any) {
			m["source"] = "lyapunov"
			m["best"].(map[string]any)["lyapunov"] = nil
		}, []string{"margin"}},
		{"weights changed", func(m map[string]any) { scale(m, 1.5, "weights", 1) }, []string{"margin"}},
		{"coupling lowered", func(m map[string]any) { scale(m, .99, "coupling", 0, 1) }, []string{"coupling[0][1]"}},
		{"mu raised", func(m map[string]any) { scale(m, 1.01, "mu", 0) }, []string{"mu[0]"}},
		{"ell lowered", func(m map[string]any) { scale(m, .99, "ell", 1) }, []string{"ell[1]"}},
		{"Lipschitz constant lowered", func(m map[string]any) { scale(m, .99, "lipschitz") }, []string{"lipschitz"}},
		{"cocoercivity raised", func(m map[string]any) { scale(m, 1.01, "cocoercivity") }, []string{"cocoercivity"}},
		{"supremum raised", func(m map[string]any) { scale(m, 1.01, "supremum") }, []string{"supremum"}},
		{"gain lowered", func(m map[string]any) { scale(m, .99, "gain") }, []string{"gain"}},
		{"Euclidean margin raised", func(m map[string]any) { scale(m, .99, "euclidean_margin") }, []string{"euclidean_margin"}},
		{"abscissa raised", func(m map[string]any) { scale(m, 1.01, "spectral_abscissa") }, []string{"spectral_abscissa"}},
		{"band widened", func(m map[string]any) { scale(m, 1.01, "timescale_band", 1) }, []string{"timescale_band"}},
		{"band of a block widened", func(m map[string]any) { scale(m, .99, "bands", 1, 0) }, []string{"bands[1]"}},
		{"box factor raised", func(m map[string]any) { scale(m, 1.01, "box_factor") }, []string{"box_factor"}},
		{"Euler step doubled", func(m map[string]any) { scale(rowOf(t, m, "euler", "2c"), 2, "max") }, []string{"steps["}},
		{"block max step raised", func(m map[string]any) { scale(rowOf(t, m, "euler", "rho(T"), 1.01, "max") }, []string{"steps["}},
		{"block max factor lowered", func(m map[string]any) { scale(rowOf(t, m, "euler", "rho(T"), .99, "factor") }, []string{"steps["}},
		{"spectral step raised", func(m map[string]any) { scale(rowOf(t, m, "rk4", "spectral"), 1.01, "max") }, []string{"steps["}},
		{"factor lowered", func(m map[string]any) { scale(rowOf(t, m, "euler", "2 alpha"), .999, "factor") }, []string{"steps["}},
		{"RK4 guideline called a theorem", func(m map[string]any) { rowOf(t, m, "rk4", "2.5/beta")["status"] = "theorem" }, []string{"steps["}},
		{"RK4 guideline with a factor", func(m map[string]any) { rowOf(t, m, "rk4", "2.5/beta")["factor"] = .9 }, []string{"steps["}},
		{"RK4 without its condition", func(m map[string]any) { rowOf(t, m, "rk4", "2 r c")["status"] = "theorem" }, []string{"steps["}},
		{"largest RK4 step raised", func(m map[string]any) { scale(m, 3, "rk4_max_step") }, []string{"rk4_max_step"}},
		{"equilibrium moved", func(m map[string]any) { scale(m, 1.001, "equilibrium", 0) }, []string{"residual"}},
		{"digest changed", func(m map[string]any) { m["digest"] = strings.Repeat("0", 64) }, []string{"digest"}},
		{"another field", func(m map[string]any) { m["field"] = "natural" }, []string{"field"}},
		{"problem changed, digest not", func(m map[string]any) {
			g := miniToy()
			g.Offset[0] += .1
			m["problem"] = json.RawMessage(problemOf(t, g))
		}, []string{"digest"}},
		{"a cube", func(m map[string]any) { region(m)["shape"] = "box" }, []string{"region."}},
		{"refuted without an eigenvalue", func(m map[string]any) {
			m["certified"], m["verdict"] = false, "refuted"
			m["unstable"] = map[string]any{"re": -1., "im": 0., "vector": []any{1., 0.}}
		}, []string{"unstable"}},
	}...))
	forged(t, quadraticFile(t, miniToy(), quadratic.Options{Radius: 2, Centre: []float64{-4.5, .42}}), verify, []forgery{
		{"ball larger than the region", func(m map[string]any) { scale(m, 2, "region", "ball") }, []string{"region.ball"}},
		{"starts that leave", func(m map[string]any) { scale(m, 2, "region", "invariant") }, []string{"region.invariant"}},
		{"distance halved", func(m map[string]any) { scale(m, .5, "region", "distance") }, []string{"region.distance"}},
		{"centre moved away", func(m map[string]any) { region(m)["centre"] = []any{5., 5.} }, []string{"region.distance", "region.unique"}},
	})
	unstable := &quadratic.Game{Blocks: []int{1, 2}, Matrix: [][]float64{{1, 3, 0}, {3, 1, -2}, {0, 2, 1}}}
	called := func(g *quadratic.Game, concept string) map[string]any {
		m := quadraticFile(t, g, quadratic.Options{})
		m["concept"] = concept
		return m
	}
	forged(t, called(unstable, "zero"), verify, []forgery{
		{"a zero of no gradient called an equilibrium", func(m map[string]any) { m["concept"] = "nash" }, []string{"concept"}},
		{"another direction", func(m map[string]any) { m["unstable"].(map[string]any)["vector"] = []any{0., 1., 0.} }, []string{"unstable"}},
		{"certified although refuted", func(m map[string]any) { m["certified"] = true }, []string{"certified"}},
		{"not refuted any more", func(m map[string]any) {
			m["unstable"], m["margin"], m["certified"], m["verdict"] = nil, .1, true, "exact up to rounding"
		}, []string{"margin"}},
	})
	// Slack must not make a margin of nothing.
	skew := &quadratic.Game{Blocks: []int{1, 1}, Matrix: [][]float64{{0, 1}, {-1, 0}}}
	m := quadraticFile(t, skew, quadratic.Options{})
	m["margin"], m["certified"], m["verdict"], m["source"], m["unstable"] = 1e-13, true, "exact up to rounding", "signed", nil
	m["weights"] = []any{1., 1.}
	f, err := verify(claimOf(t, m))
	refused(t, "a margin of nothing", f, err, "certified")
	// One that turns.
	unstable.Matrix = [][]float64{{-.1, 3, 0}, {-3, -.1, .5}, {0, .5, 1}}
	forged(t, called(unstable, "first_order_nash"), verify, []forgery{
		{"a minimum of no convex cost", func(m map[string]any) { m["concept"] = "nash" }, []string{"concept"}},
		{"another eigenvalue", func(m map[string]any) { m["unstable"].(map[string]any)["im"] = .3 }, []string{"unstable"}},
	})
}

func TestForgedEntropyCertificates(t *testing.T) {
	table := normal.Table{
		Strategies: [][]string{{"a", "b", "c"}, {"d", "e"}},
		Payoffs:    [][]float64{{1, -.5, .25, .75, 0, .3}, {.2, .9, -.4, .1, .6, .55}},
	}
	list := append(slices.Clone(ladder), []forgery{
		{"margin up by 1 %", func(m map[string]any) {
			scale(m, 1.01, "margin")
			scale(m, 1.01, "margins", "signed")
		}, []string{"margin"}},
		{"weights changed", func(m map[string]any) { scale(m, 30, "weights", 1) }, []string{"margin"}},
		{"D lowered", func(m map[string]any) { scale(m, .99, "entropy", "interaction", 0, 1) }, []string{"entropy.interaction"}},
		{"D raised and called exact", func(m map[string]any) { scale(m, 1.01, "entropy", "interaction", 0, 1) }, []string{"entropy.exact"}},
		{"D(w) lowered", func(m map[string]any) { scale(m, .99, "entropy", "swayed", 0, 1) }, []string{"entropy.swayed"}},
		{"coupling lowered", func(m map[string]any) { scale(m, .99, "coupling", 1, 0) }, []string{"coupling"}},
		{"mu raised", func(m map[string]any) { scale(m, 1.01, "mu", 0) }, []string{"mu"}},
		{"temperature raised", func(m map[string]any) {
			for _, k := range []string{"mu", "ell", "temperature"} {
				scale(m, 1.2, k, 0)
			}
			scale(m, 1.2, "entropy", "temperature", 0)
		}, []string{"residual"}},
		{"span margin up", func(m map[string]any) {
			scale(m, 1.01, "entropy", "unsigned")
			scale(m, 1.01, "margins", "sgn")
		}, []string{"entropy.unsigned"}},
		{"Lipschitz constant lowered", func(m map[string]any) { scale(m, .99, "lipschitz") }, []string{"lipschitz"}},
		{"prox step doubled", func(m map[string]any) { scale(rowOf(t, m, "prox", "η ≤ α/L_w²"), 2, "max") }, []string{"steps["}},
		{"prox factor lowered", func(m map[string]any) { scale(rowOf(t, m, "prox", "η ≤ α/L_w²"), .99, "factor") }, []string{"steps["}},
		{"threshold lowered", func(m map[string]any) { scale(m, .99, "entropy", "threshold") }, []string{"entropy.threshold"}},
		{"equilibrium moved", func(m map[string]any) {
			p := m["equilibrium"].([]any)
			p[0], p[1] = p[0].(float64)+.001, p[1].(float64)-.001
		}, []string{"residual"}},
		{"no distribution", func(m map[string]any) { scale(m, 1.1, "equilibrium", 0) }, []string{"equilibrium"}},
		{"a region", func(m map[string]any) { region(m)["shape"] = "box" }, []string{"region."}},
	}...)
	forged(t, normalFile(t, table, []float64{.6, .6}), func(c *Claim) (*Result, error) {
		return Normal(context.Background(), c, table, data)
	}, list)
	changed := table
	changed.Payoffs = [][]float64{slices.Clone(table.Payoffs[0]), table.Payoffs[1]}
	changed.Payoffs[0][2] += .05
	f, err := Normal(context.Background(), claimOf(t, normalFile(t, table, []float64{.6, .6})), changed, data)
	refused(t, "one payoff changed", f, err, "residual")

	b := kuhnBoard(t)
	forged(t, agentFile(t, b, .3), func(c *Claim) (*Result, error) {
		return Agent(context.Background(), c, b, data)
	}, append(slices.Clone(ladder), []forgery{
		{"margin up by 1 %", func(m map[string]any) {
			scale(m, 1.01, "margin")
			scale(m, 1.01, "margins", "signed")
		}, []string{"margin"}},
		{"temperature above a threshold that is lowered", func(m map[string]any) { scale(m, .9, "entropy", "threshold") }, []string{"entropy.threshold"}},
	}...))
	forged(t, sequenceFile(t, b, []float64{.1, .2}), func(c *Claim) (*Result, error) {
		return Sequence(context.Background(), c, b, data)
	}, append(slices.Clone(ladder)[:7], []forgery{
		{"margin above the temperature", func(m map[string]any) { scale(m, 1.01, "margin") }, []string{"margin"}},
		{"Lipschitz constant lowered", func(m map[string]any) { scale(m, .99, "lipschitz") }, []string{"lipschitz"}},
		{"prox step raised", func(m map[string]any) { scale(rowOf(t, m, "prox", "η"), 1.01, "max") }, []string{"steps["}},
		{"equilibrium moved", func(m map[string]any) {
			p := m["equilibrium"].([]any)
			p[0], p[1] = p[0].(float64)+.001, p[1].(float64)-.001
		}, []string{"residual"}},
		{"weights", func(m map[string]any) { scale(m, 2, "weights", 1) }, []string{"weights"}},
	}...))
}

func TestForgedMarkovCertificates(t *testing.T) {
	g := paperGame()
	verify := func(c *Claim) (*Result, error) { return Markov(context.Background(), c, g, data) }
	forged(t, closedFile(t, g, []float64{14, 14}), verify, append(slices.Clone(ladder), []forgery{
		{"margin up by 1 %", func(m map[string]any) {
			scale(m, 1.01, "margin")
			scale(m, 1.01, "margins", "blockmax")
		}, []string{"margin"}},
		{"coupling lowered", func(m map[string]any) { scale(m, .99, "coupling", 0, 3) }, []string{"coupling"}},
		{"xi changed", func(m map[string]any) { scale(m, 2, "xi", 1) }, []string{"margin"}},
		{"equilibrium moved", func(m map[string]any) { m["equilibrium"].([]any)[1] = .01 }, []string{"residual"}},
	}...))
	forged(t, boxFile(t, g, []float64{1, 1}, .1), verify, append(slices.Clone(ladder[:2]), []forgery{
		{"a margin that a point refutes", func(m map[string]any) {
			scale(m, 1.2, "margin")
			scale(m, 1.2, "margins", "true_block")
		}, []string{"margin"}},
		{"mu raised", func(m map[string]any) { scale(m, 1.02, "mu", 2) }, []string{"mu[2]"}},
		{"coupling lowered", func(m map[string]any) { scale(m, .9, "coupling", 0, 2) }, []string{"coupling[0][2]"}},
		{"Lipschitz constant lowered", func(m map[string]any) { scale(m, .9, "lipschitz") }, []string{"lipschitz"}},
		{"radius doubled", func(m map[string]any) { scale(m, 2, "region", "radius") }, []string{"region.radius"}},
		{"starts beyond the ball", func(m map[string]any) { scale(m, 1.1, "region", "invariant") }, []string{"region.invariant"}},
		{"ball beyond the box", func(m map[string]any) { scale(m, 1.1, "region", "ball") }, []string{"region.ball"}},
		{"step above the diagonal", func(m map[string]any) { scale(rowOf(t, m, "euler", diagonalStep), 1.1, "max") }, []string{"steps["}},
		{"centre moved", func(m map[string]any) {
			m["equilibrium"].([]any)[0] = .01
			region(m)["centre"].([]any)[0] = .01
		}, []string{"residual"}},
	}...))
	if testing.Short() {
		return
	}
	m := boxFile(t, g, []float64{1, 1}, .1)
	c := claimOf(t, m)
	other := paperGame()
	other.Steps[0][0][0] = []markov.Outcome{{Prob: .9, Next: 0, Reward: []float64{4, 1}}, {Prob: .1, Next: 1, Reward: []float64{1, 1}}}
	f, err := Markov(context.Background(), c, other, data)
	refused(t, "one reward changed", f, err, "margin", "residual")
	r := region(m)
	r["lower"], r["upper"], r["radius"] = []any{-2., -2., -2., -2.}, []any{2., 2., 2., 2.}, 2.
	f, err = verify(claimOf(t, m))
	refused(t, "a box where there is no margin", f, err, "margin")
}

// A needle of negative curvature between the points of a grid: samples have a
// margin, and a certificate made of them must not pass as an enclosure.
func TestNeedleIsFound(t *testing.T) {
	body := smoothBody(t, []int{1, 1}, []string{"2*x1+x2/2-1.5*tanh(1000*(x1-0.3137))/1000*2", "2*x2-x1/2"}, []float64{-1, -1}, []float64{1, 1})
	g, err := smooth.Read(body, "needle.json", "needle.json")
	if err != nil {
		t.Fatal(err)
	}
	c, err := g.Sampled(context.Background(), enclose.Sample{Grid: 9})
	if err != nil {
		t.Fatal(err)
	}
	m := written(t, c, "smooth", body, nil)
	if !(m["margin"].(float64) > 1) || m["certified"] != false {
		t.Fatalf("the trap is none: margin %v", m["margin"])
	}
	f, err := Smooth(context.Background(), claimOf(t, m))
	confirmed(t, "sampled", f, err)
	m["certified"], m["verdict"] = true, "proven"
	f, err = Smooth(context.Background(), claimOf(t, m))
	refused(t, "sampled, certified", f, err, "certified")
	refused(t, "sampled, certified", f, err, "certified")
	m["method"], m["margins"].(map[string]any)["true_block"] = "interval", m["margin"]
	f, err = Smooth(context.Background(), claimOf(t, m))
	refused(t, "needle", f, err, "margin")
	region(m)["upper"] = []any{.3, 1.}
	f, err = Smooth(context.Background(), claimOf(t, m))
	refused(t, "smaller box", f, err, "region.")
}

func TestForgedSmoothCertificates(t *testing.T) {
	forged(t, tanhGame(t), func(c *Claim) (*Result, error) { return Smooth(context.Background(), c) }, append(slices.Clone(ladder), []forgery{
		{"mu raised", func(m map[string]any) { scale(m, 1.02, "mu", 0) }, []string{"mu[0]"}},
		{"coupling lowered", func(m map[string]any) { scale(m, .98, "coupling", 0, 1) }, []string{"coupling[0][1]"}},
		{"weights of 1", func(m map[string]any) { m["weights"] = []any{1., 1.} }, []string{"margin"}},
		{"Lipschitz constant lowered", func(m map[string]any) { scale(m, .95, "lipschitz") }, []string{"lipschitz"}},
		{"starts beyond the ball", func(m map[string]any) { scale(m, 1.1, "region", "invariant") }, []string{"region.invariant"}},
		{"problem changed", func(m map[string]any) {
			m["problem"] = json.RawMessage(strings.Replace(string(m["problem"].(json.RawMessage)), "0.3*x1^3", "0.4*x1^3", 1))
		}, []string{"digest"}},
	}...))
}

func TestFilesThatAreNoCertificates(t *testing.T) {
	good := quadraticFile(t, miniToy(), quadratic.Options{})
	for name, forge := range map[string]func(m map[string]any){
		"schema":         func(m map[string]any) { m["schema"] = "arbiter/solution/v1" },
		"margin":         func(m map[string]any) { delete(m, "margin") },
		"weights":        func(m map[string]any) { m["weights"] = []any{1.} },
		"weights[1]":     func(m map[string]any) { m["weights"] = []any{1., -1.} },
		"coupling[1]":    func(m map[string]any) { m["coupling"] = []any{[]any{0., 1.}, []any{0.}} },
		"form":           func(m map[string]any) { m["form"] = "cube" },
		"problem":        func(m map[string]any) { delete(m, "problem") },
		"blocks":         func(m map[string]any) { m["blocks"] = []any{} },
		"timescale":      func(m map[string]any) { m["timescale_band"] = []any{1.} },
		"found \"much\"": func(m map[string]any) { m["margin"] = "much" },
	} {
		m := copied(good).(map[string]any)
		forge(m)
		body, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Read(body, "file.json")
		if err == nil || !strings.HasPrefix(err.Error(), "file.json:") {
			t.Errorf("%s: error %v", name, err)
		}
	}
	body, _ := json.Marshal(good)
	if _, err := Read(append([]byte(`{"margin": 1, `), body[1:]...), "file.json"); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("margin twice: error %v", err)
	}
	for _, text := range []string{"", "{", "null", "[]", "{}", "1"} {
		if _, err := Read([]byte(text), "file.json"); err == nil {
			t.Errorf("%q is read", text)
		}
	}
}

// Any number may be replaced by any other: errors or findings, never a panic, and
// nothing that raises the margin holds.
func TestExtremeNumbers(t *testing.T) {
	table := randomTable(4)
	g := paperGame()
	for name, x := range map[string]struct {
		file   map[string]any
		verify func(c *Claim) (*Result, error)
	}{
		"quadratic": {quadraticFile(t, randomQuadratic(3), quadratic.Options{Radius: 1}), func(c *Claim) (*Result, error) { return Quadratic(context.Background(), c) }},
		"normal": {normalFile(t, table, slices.Repeat([]float64{1}, len(table.Strategies))), func(c *Claim) (*Result, error) {
			return Normal(context.Background(), c, table, data)
		}},
		"closed": {closedFile(t, g, []float64{14, 14}), func(c *Claim) (*Result, error) { return Markov(context.Background(), c, g, data) }},
	} {
		var paths [][]any
		var walk func(at any, path []any)
		walk = func(at any, path []any) {
			switch at := at.(type) {
			case float64:
				paths = append(paths, slices.Clone(path))
			case []any:
				for i, y := range at {
					walk(y, append(path, i))
				}
			case map[string]any:
				for _, k := range slices.Sorted(maps.Keys(at)) {
					walk(at[k], append(path, k))
				}
			}
		}
		walk(x.file, nil)
		if len(paths) < 30 {
			t.Fatalf("%s: only %d numbers", name, len(paths))
		}
		for i, path := range paths {
			for k, value := range []any{0., -1., 1e308, -1e-308, nil, "inf"} {
				if testing.Short() && (i+k)%7 != 0 {
					continue
				}
				m := copied(x.file)
				at := m
				for _, p := range path[:len(path)-1] {
					at = step(at, p)
				}
				set(at, path[len(path)-1], value)
				body, err := json.Marshal(m)
				if err != nil {
					t.Fatal(err)
				}
				c, err := Read(body, "file.json")
				if err != nil {
					continue
				}
				f, err := x.verify(c)
				if path[0] == "margin" && len(path) == 1 && (value == 1e308 || value == "inf") && (err != nil || f.Holds()) {
					t.Errorf("%s: margin %v: %v", name, value, err)
				}
			}
		}
	}
}
