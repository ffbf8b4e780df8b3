package pendulum

import (
	"context"
	"math"
	"testing"

	"arbiter/equilibria"
	"arbiter/equilibria/stochastic"
	"arbiter/games/gametest"
	"arbiter/games/markov"
)

// lattice is pendulum_grid of testdata/environments.json.
type lattice struct {
	Angles  int `json:"n_theta"`
	Speeds  int `json:"n_omega"`
	Gamma   float64
	Hanging struct{ I, J int } `json:"hanging_state"`
	Nash    struct {
		Hang float64 `json:"V_hang"`
		Mean float64 `json:"V_mean"`
	}
	Policies map[string]struct {
		None    float64 `json:"vs_none"`
		Uniform float64 `json:"vs_uniform"`
	} `json:"policies_at_hang"`
	Path []pathRow
}

// pathRow is a pair of temperatures and what they come to.
type pathRow struct {
	TauP   float64 `json:"tau_p"`
	TauA   float64 `json:"tau_a"`
	Value  float64 `json:"V_kl"`
	Return float64 `json:"ret"`
	Worst  float64 `json:"worst_case"`
	None   float64 `json:"vs_none"`
}

// idle is the policy of an adversary that does nothing, beside p's protagonist.
func idle(g *markov.Game, p markov.Policy) markov.Policy {
	q := g.Uniform()
	for _, row := range q[1] {
		row[0], row[1], row[2] = 0, 1, 0
	}
	q[0] = p[0]
	return q
}

// Nash values and the quantal path of the lattice, from a model to its solution.
func TestGrid(t *testing.T) {
	var data struct {
		Grid lattice `json:"pendulum_grid"`
	}
	read(t, &data)
	want := data.Grid
	g, err := Grid("pendulum_grid", usual, want.Angles, want.Speeds, want.Gamma)
	if err != nil {
		t.Fatal(err)
	}
	if hanging := want.Hanging.I*want.Speeds + want.Hanging.J; len(g.States) != 441 || g.Start[hanging] != 1 {
		t.Fatalf("%d states, hanging is %d", len(g.States), hanging)
	}
	near := func(what string, got, want float64) {
		t.Helper()
		if !(math.Abs(got-want) <= 1e-8) {
			t.Errorf("%s is %.12g, expected %.12g", what, got, want)
		}
	}
	best := func(seat int, p markov.Policy) float64 {
		v, _ := g.BestResponse(seat, p)
		return g.AtStart(v)
	}
	near("the best without adversary", best(0, idle(g, g.Uniform())), want.Policies["nominal_no_adversary"].None)
	near("the best against an even one", best(0, g.Uniform()), want.Policies["best_response_to_uniform"].Uniform)

	s, err := stochastic.Shapley(context.Background(), g, equilibria.Limits{Iterations: 1000, Tolerance: 1e-9})
	if err != nil || s.Status != equilibria.Converged {
		t.Fatalf("%v, %v", s.Status, err)
	}
	mean := 0.0
	for _, v := range s.Value[0] {
		mean += v / float64(len(g.States))
	}
	near("the value", g.AtStart(s.Value), want.Nash.Hang)
	near("the mean value", mean, want.Nash.Mean)
	near("the worst case of the equilibrium", -best(1, s.Policy), want.Nash.Hang)

	path := want.Path
	if testing.Short() { // the race detector makes 10 seconds of all
		path = []pathRow{path[0], path[len(path)-1]}
	}
	for _, x := range path {
		s, err := stochastic.Soft(context.Background(), g, [2]float64{x.TauP, x.TauA}, stochastic.KL, equilibria.Limits{Iterations: 1000, Tolerance: 5e-9})
		if err != nil || s.Status != equilibria.Converged {
			t.Errorf("temperature %g: %v, %v", x.TauA, s.Status, err)
			continue
		}
		near("the soft value", g.AtStart(s.Value), x.Value)
		near("the return", g.AtStart(g.Value(0, s.Policy)), x.Return)
		near("the worst case", -best(1, s.Policy), x.Worst)
		near("the return without adversary", g.AtStart(g.Value(0, idle(g, s.Policy))), x.None)
	}
}

// Points stay on the lattice, and a lattice that is none is refused.
func TestGridContract(t *testing.T) {
	for _, speeds := range []int{4, 5} {
		g, err := Grid("pendulum_grid", usual, 6, speeds, .9)
		if err != nil {
			t.Fatal(err)
		}
		gametest.Run(t, markov.NewPlayable(g, false))
	}
	if _, err := Grid("pendulum_grid", usual, 1, 5, .9); err == nil {
		t.Error("one angle")
	}
	if _, err := Grid("pendulum_grid", usual, 1<<40, 1<<40, .9); err == nil {
		t.Error("too many points")
	}
	if _, err := Grid("pendulum_grid", usual, 5, 5, 1); err == nil {
		t.Error("discount 1")
	}
}
