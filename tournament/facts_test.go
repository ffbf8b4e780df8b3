package tournament

import (
	"math"
	"slices"
	"strings"
	"testing"

	"arbiter/agents"
	"arbiter/games/flat"
	"arbiter/games/kuhn"
	"arbiter/sampling"
)

// A plan says of its game what the game says, or is refused by the name of the
// field: by whoever seats agents, and by whoever reads it from a store.
func TestPlansThatDoNotFit(t *testing.T) {
	g, _ := kuhn.New(2)
	b, err := flat.Compile(g, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	good := Plan{
		Name: "good", Game: g.Info().Name, Agents: [][]string{{"a", "b"}}, Labels: [][]string{{"a", "b"}}, Population: "single",
		Scheme: "count-weighted", Bound: "auto", Level: "simultaneous", Delta: .05, Batch: .05,
	}
	if err := good.Complete(g.Info()); err != nil {
		t.Fatal(err)
	}
	if good.Bound != "bernstein" || good.MatchesPerPlay != 2 || good.Rule != sampling.Rule || good.Lo[0] != -2 || good.Hi[0] != 2 {
		t.Errorf("completed: %+v", good)
	}
	pool := func(n int) []agents.Agent { return slices.Repeat([]agents.Agent{agents.Uniform()}, n) }
	if _, err := NewField(good, g, [][]agents.Agent{pool(2)}, b); err != nil {
		t.Fatal(err)
	}
	for field, spoil := range map[string]func(*Plan){
		"lo:":               func(p *Plan) { p.Lo = []float64{-1, -1} },
		"hi:":               func(p *Plan) { p.Hi = []float64{1e-3, 2} },
		"lo, hi":            func(p *Plan) { p.Lo, p.Hi = []float64{-2}, []float64{2} },
		"lo, hi:":           func(p *Plan) { p.Lo = []float64{math.Inf(-1), -2} },
		"constant_sum":      func(p *Plan) { p.ConstantSum = false },
		"sum:":              func(p *Plan) { p.Sum = 1 },
		"binary":            func(p *Plan) { p.Binary = true },
		"signs":             func(p *Plan) { p.Signs = true },
		"symmetric":         func(p *Plan) { p.Symmetric = true },
		"unbounded":         func(p *Plan) { p.Unbounded, p.Scheme = true, "fixed-budget" },
		"matches_per_play":  func(p *Plan) { p.MatchesPerPlay = 0 },
		"matches_per_play:": func(p *Plan) { p.MatchesPerPlay = 1 },
		"population":        func(p *Plan) { p.Population = "double" },
		"agents":            func(p *Plan) { p.Agents = [][]string{{"a"}} },
		"agents:":           func(p *Plan) { p.Agents = nil },
		"labels":            func(p *Plan) { p.Labels = [][]string{{"a"}} },
		"labels:":           func(p *Plan) { p.Labels = nil },
		"rule":              func(p *Plan) { p.Rule = sampling.Rule + 1 },
		"scheme":            func(p *Plan) { p.Scheme = "" },
		"bound":             func(p *Plan) { p.Bound = "pair" },
		"level":             func(p *Plan) { p.Level = "" },
		"delta":             func(p *Plan) { p.Delta = 1 },
		"batch":             func(p *Plan) { p.Batch = -1 },
	} {
		p := good
		p.Agents, p.Labels = slices.Clone(good.Agents), slices.Clone(good.Labels)
		spoil(&p)
		if _, err := NewField(p, g, [][]agents.Agent{pool(2)}, b); err == nil || !strings.Contains(err.Error(), "plan: "+strings.TrimSuffix(field, ":")) {
			t.Errorf("%s: %v, expected an error that names it", field, err)
		}
	}
	for what, pools := range map[string][][]agents.Agent{
		"a short pool": {pool(1)}, "a long pool": {pool(3)}, "no pools": nil, "two pools": {pool(2), pool(2)}, "nobody": {{agents.Uniform(), nil}},
	} {
		if _, err := NewField(good, g, pools, b); err == nil || !strings.Contains(err.Error(), "agents") {
			t.Errorf("%s: %v, expected an error that names the agents", what, err)
		}
	}
	three, _ := kuhn.New(3)
	if _, err := NewField(good, three, [][]agents.Agent{pool(2)}, nil); err == nil || !strings.Contains(err.Error(), "players") {
		t.Errorf("a plan of two players for a game of three: %v", err)
	}
}

// A stored plan is taken only as it was written: any change of a byte is found.
func TestStoredPlanIsChecked(t *testing.T) {
	f := kuhnPair(t, open)
	body, identity := f.plan.Encode(), f.plan.Identity()
	if _, err := DecodePlan(body, identity); err != nil {
		t.Fatal(err)
	}
	named := f.plan
	named.Name = "renamed" // no part of the identity
	if _, err := DecodePlan(named.Encode(), identity); err != nil {
		t.Error(err)
	}
	nameEnds := strings.Index(string(body), `"stream"`)
	for i := range body {
		for bit := range 8 {
			bad := slices.Clone(body)
			bad[i] ^= 1 << bit
			if p, err := DecodePlan(bad, identity); err == nil && (i >= nameEnds || p.Identity() != identity) {
				t.Errorf("byte %d, bit %d: taken for the plan that was written", i, bit)
			}
		}
	}
	if _, err := DecodePlan(body, identity[1:]+"0"); err == nil {
		t.Error("a plan was taken for that of another run")
	}
}

// A run of an older rule or of other streams is not played on.
func TestOlderRunsAreNotContinued(t *testing.T) {
	for _, age := range []func(*Plan){func(p *Plan) { p.Rule = 2 }, func(p *Plan) { p.Stream-- }} {
		f := kuhnPair(t, open)
		age(&f.plan)
		if _, err := f.Run(t.Context(), Options{MaxMatches: 100}); err == nil {
			t.Error("an older run was continued")
		}
		if _, err := Replay(f.plan, nil); err != nil {
			t.Errorf("an older run is not shown: %v", err)
		}
	}
}
