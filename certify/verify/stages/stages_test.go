package stages

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"arbiter/certify/softmarkov"
	"arbiter/certify/verify"
	"arbiter/games/markov"
	"arbiter/games/soccer"
	"arbiter/games/wind"
	"arbiter/internal/document"
)

const data = "digest of the data"

func windy(t *testing.T) *markov.Game {
	g, err := wind.New("wind_grid", wind.Layout{Rows: 3, Cols: 4, Start: wind.Cell{2, 0}, Goal: wind.Cell{2, 3}, Pits: []wind.Cell{{2, 1}}, Wind: .2, Step: -.03, Reach: 1, Fall: -.5, Discount: .97})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// fileOf is the file of the certificate of g.
func fileOf(t *testing.T, g *markov.Game, tau ...float64) []byte {
	t.Helper()
	c, err := softmarkov.Stages(context.Background(), g, tau)
	if err != nil {
		t.Fatal(err)
	}
	c.Game, c.Digest, c.Temperature = g.Name, data, tau
	body, err := document.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func verified(t *testing.T, body []byte, g *markov.Game) *verify.Result {
	t.Helper()
	c, err := verify.Read(body, "c.json")
	if err != nil {
		t.Fatal(err)
	}
	if !c.Witnessed() {
		t.Fatal("no witnesses")
	}
	r, err := Verify(context.Background(), c, g, data)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// What the builder writes holds, number by number, and nothing is left open.
func TestHonest(t *testing.T) {
	list := []*markov.Game{windy(t)}
	if !testing.Short() {
		g, err := soccer.New("soccer", .9, false)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, g)
	}
	for _, g := range list {
		for i, tau := range [][]float64{{.1, .1}, {1e-9, 3}, {1e9, 1e9}} {
			if i > 0 && len(g.States) > 100 {
				break
			}
			r := verified(t, fileOf(t, g, tau...), g)
			for _, f := range r.Findings {
				if f.State != verify.Holds {
					t.Errorf("%s at %v: %+v", g.Name, tau, f)
				}
			}
			if !r.Confirmed() || len(r.Findings) < 30 {
				t.Errorf("%s at %v: %d findings", g.Name, tau, len(r.Findings))
			}
		}
	}
}

// Every number that is bettered, by a millionth of itself, and every word that is
// changed is refused, and by its own name.
func TestMutants(t *testing.T) {
	g := windy(t)
	body := fileOf(t, g, .1, .3)
	busiest := func(m map[string]any) int {
		l := m["stages"].(map[string]any)["interaction"].([]any)
		at := 0
		for i, x := range l {
			if x.(float64) > l[at].(float64) {
				at = i
			}
		}
		return at
	}
	stage := func(name string, by float64) func(m map[string]any) {
		return func(m map[string]any) {
			l := m["stages"].(map[string]any)[name].([]any)
			i := busiest(m)
			l[i] = l[i].(float64) * by
		}
	}
	in := func(of map[string]any, name string, by float64) { of[name] = of[name].(float64) * by }
	top := func(name string, by float64) func(m map[string]any) {
		return func(m map[string]any) { in(m, name, by) }
	}
	part := func(of, name string, by float64) func(m map[string]any) {
		return func(m map[string]any) { in(m[of].(map[string]any), name, by) }
	}
	row := func(i int, name string, by float64) func(m map[string]any) {
		return func(m map[string]any) { in(m["steps"].([]any)[i].(map[string]any), name, by) }
	}
	set := func(name string, x any) func(m map[string]any) {
		return func(m map[string]any) { m[name] = x }
	}
	const up, down = 1 + 1e-6, 1 - 1e-6
	for _, x := range []struct {
		what   string
		change func(m map[string]any)
		fails  string
	}{
		{"a larger margin", top("margin", up), "margin"},
		{"a larger rate", top("rate", up), "rate"},
		{"a larger margin of the norm", part("margins", "blockmax", up), "margins.blockmax"},
		{"a smaller contraction", part("stages", "contraction", down), "stages.contraction"},
		{"a smaller gain", top("gain", down), "gain"},
		{"another discount", part("stages", "discount", down), "stages.discount"},
		{"values higher from below", part("stages", "lower", down), "stages.lower"},
		{"values lower from above", part("stages", "upper", down), "stages.upper"},
		{"a larger rate of stage games", part("stages", "rate", up), "stages.rate"},
		{"a smaller interaction", stage("interaction", down), "stages.interaction"},
		{"a smaller Lipschitz constant", stage("lipschitz", down), "stages.lipschitz"},
		{"a larger step", stage("step", up), "stages.step"},
		{"a smaller factor", stage("factor", down), "stages.factor"},
		{"any step", func(m map[string]any) { m["stages"].(map[string]any)["step"].([]any)[busiest(m)] = "inf" }, "stages.step"},
		{"no number", func(m map[string]any) { m["stages"].(map[string]any)["interaction"].([]any)[0] = nil }, "stages.interaction"},
		{"a state less", func(m map[string]any) {
			st := m["stages"].(map[string]any)
			st["step"] = st["step"].([]any)[1:]
		}, "stages.step"},
		{"another regulariser", func(m map[string]any) { m["stages"].(map[string]any)["regulariser"] = "entropy" }, "stages.regulariser"},
		{"a longer sweep", row(1, "max", up), "steps[1].max"},
		{"a better sweep", row(1, "factor", down), "steps[1].factor"},
		{"a longer step of a row", row(3, "max", up), "steps[3].max"},
		{"a better factor of a row", row(3, "factor", down), "steps[3].factor"},
		{"a row of its own", func(m map[string]any) { m["steps"].([]any)[0].(map[string]any)["bound"] = "always" }, "steps[0]"},
		{"a colder game", set("temperature", []any{.05, .3}), "stages.rate"},
		{"no temperature", set("temperature", []any{.1, 0.}), "temperature"},
		{"weights", func(m map[string]any) { m["weights"].([]any)[1] = 2. }, "weights"},
		{"vectors", func(m map[string]any) { m["xi"].([]any)[1] = 2. }, "xi"},
		{"another concept", set("concept", "nash"), "concept"},
		{"another norm", set("norm", "l2"), "method"},
		{"another digest", set("digest", "of other data"), "digest"},
		{"another verdict", set("verdict", "exact up to rounding"), "verdict"},
		{"an equilibrium from nowhere", set("equilibrium", []any{0.}), "equilibrium"},
		{"another state", func(m map[string]any) { m["blocks"].([]any)[1] = "9:9" }, "blocks[1]"},
	} {
		var m map[string]any
		if err := json.Unmarshal(body, &m); err != nil {
			t.Fatal(err)
		}
		x.change(m)
		changed, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		r := verified(t, changed, g)
		if r.Confirmed() || r.State(x.fails) != verify.Fails {
			t.Errorf("%s: confirmed %v, %s %s", x.what, r.Confirmed(), x.fails, r.State(x.fails))
		}
	}
}

// Of a certificate of less, what is not there is not confirmed, and of another game
// than one of zero sum nothing is said.
func TestShapes(t *testing.T) {
	g := windy(t)
	body := fileOf(t, g, .1, .3)
	var m map[string]any
	if err := json.Unmarshal(body, &m); err != nil {
		t.Fatal(err)
	}
	delete(m, "stages")
	bare, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if r := verified(t, bare, g); r.Confirmed() {
		t.Errorf("without stages: %+v", r.Findings)
	}
	c, err := verify.Read(body, "c.json")
	if err != nil {
		t.Fatal(err)
	}
	other, err := soccer.New("soccer", .9, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Verify(context.Background(), c, other, data); err == nil || !strings.Contains(err.Error(), "blocks") {
		t.Errorf("%v", err)
	}
	general := *g
	general.Steps = [][][][]markov.Outcome{slices.Clone(g.Steps[0])}
	general.Steps[0][0] = slices.Clone(general.Steps[0][0])
	o := general.Steps[0][0][0][0]
	o.Reward = []float64{o.Reward[0], math.Pi}
	general.Steps[0][0][0] = []markov.Outcome{o}
	if _, err := Verify(context.Background(), c, &general, data); err == nil || !strings.Contains(err.Error(), "zero-sum") {
		t.Errorf("%v", err)
	}
}
