package wind_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"arbiter/equilibria"
	"arbiter/equilibria/stochastic"
	"arbiter/games/gametest"
	"arbiter/games/markov"
	"arbiter/games/wind"
	"arbiter/internal/num"
)

// reference is of testdata/environments.json.
type reference struct {
	Start, Goal wind.Cell
	Pits        []wind.Cell
	Rows, Cols  int
	Wind        float64 `json:"p_wind"`
	Slip        float64
	Step        float64 `json:"step_reward"`
	Reach       float64 `json:"goal_reward"`
	Fall        float64 `json:"pit_reward"`
	Gamma       float64
	States      int
	Nash        struct {
		Start float64   `json:"V_start"`
		All   []float64 `json:"V_all_row_major_nonterminal"`
	}
	Policies map[string]struct {
		None    float64 `json:"vs_none"`
		Uniform float64 `json:"vs_uniform"`
		Worst   float64 `json:"worst_case"`
	}
	Path []struct {
		TauP    float64 `json:"tau_p"`
		TauA    float64 `json:"tau_a"`
		Value   float64 `json:"V_kl_start"`
		Return  float64 `json:"return_start"`
		Worst   float64 `json:"worst_case_start"`
		None    float64 `json:"vs_none_start"`
		Entropy float64 `json:"mean_entropy_y"`
	}
	Grid struct {
		Wind     []float64              `json:"p_wind"`
		Slip     []float64              `json:"slip"`
		Policies map[string][][]float64 `json:"policies"`
	} `json:"robustness_grid"`
}

func read(t *testing.T) (r reference) {
	t.Helper()
	var all struct{ Wind *reference }
	all.Wind = &r
	body, err := os.ReadFile("../../testdata/environments.json")
	if err == nil {
		err = json.Unmarshal(body, &all)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (r reference) layout() wind.Layout {
	return wind.Layout{Rows: r.Rows, Cols: r.Cols, Start: r.Start, Goal: r.Goal, Pits: r.Pits, Wind: r.Wind, Slip: r.Slip, Step: r.Step, Reach: r.Reach, Fall: r.Fall, Discount: r.Gamma}
}

func open(t *testing.T, l wind.Layout) *markov.Game {
	t.Helper()
	g, err := wind.New("wind_grid", l)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// against is the policy of the wind that always plays an action, beside p's
// protagonist.
func against(g *markov.Game, p markov.Policy, action int) markov.Policy {
	q := g.Uniform()
	for _, row := range q[1] {
		clear(row)
		row[action] = 1
	}
	q[0] = p[0]
	return q
}

// worst is what p's protagonist gets from the start against the worst wind.
func worst(g *markov.Game, p markov.Policy) float64 {
	v, _ := g.BestResponse(1, p)
	return -g.AtStart(v)
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-9) {
		t.Errorf("%s is %.12g, expected %.12g", what, got, want)
	}
}

func shapley(t *testing.T, g *markov.Game) stochastic.Solution {
	t.Helper()
	s, err := stochastic.Shapley(context.Background(), g, equilibria.Limits{Iterations: 1000, Tolerance: 1e-12})
	if err != nil || s.Status != equilibria.Converged {
		t.Fatalf("%v, %v", s.Status, err)
	}
	return s
}

// Nash values of all cells, and what the equilibrium gets against every wind.
func TestNash(t *testing.T) {
	r := read(t)
	g := open(t, r.layout())
	if len(g.States) != r.States || r.States != 38 {
		t.Fatalf("%d states, expected %d", len(g.States), r.States)
	}
	s := shapley(t, g)
	near(t, "the value at the start", g.AtStart(s.Value), .116387036714)
	near(t, "the worst case of the equilibrium", worst(g, s.Policy), r.Nash.Start)
	value := map[string]float64{}
	for i, name := range g.States {
		value[name] = s.Value[0][i]
	}
	at := 0
	for row := range r.Rows {
		for col := range r.Cols {
			name := wind.Cell{row, col}.String()
			if v, ok := value[name]; ok {
				near(t, "the value of "+name, v, r.Nash.All[at])
				at++
			}
		}
	}
	if at != len(r.Nash.All) {
		t.Errorf("%d cells were compared", at)
	}
}

// What is best against no wind and against an even one; those policies themselves
// are not unique.
func TestBestAgainstFixedWinds(t *testing.T) {
	r := read(t)
	g := open(t, r.layout())
	v, _ := g.BestResponse(0, against(g, g.Uniform(), 4))
	near(t, "the best without wind", g.AtStart(v), r.Policies["nominal_no_adversary"].None)
	v, _ = g.BestResponse(0, g.Uniform())
	near(t, "the best in an even wind", g.AtStart(v), r.Policies["best_response_to_uniform_wind"].Uniform)
}

// The quantal path from an irrational to a rational wind.
func TestPath(t *testing.T) {
	r := read(t)
	g := open(t, r.layout())
	for _, x := range r.Path {
		// A temperature of 1000 is carried to 1e-12 of itself, and that is in the bound.
		s, err := stochastic.Soft(context.Background(), g, [2]float64{x.TauP, x.TauA}, stochastic.KL, equilibria.Limits{Iterations: 1000, Tolerance: 1e-9})
		if err != nil || s.Status != equilibria.Converged {
			t.Errorf("temperature %g: %v, %v", x.TauA, s.Status, err)
			continue
		}
		near(t, "the soft value", g.AtStart(s.Value), x.Value)
		near(t, "the return", g.AtStart(g.Value(0, s.Policy)), x.Return)
		near(t, "the worst case", worst(g, s.Policy), x.Worst)
		near(t, "the return without wind", g.AtStart(g.Value(0, against(g, s.Policy, 4))), x.None)
		entropy := 0.0
		for _, row := range s.Policy[1] {
			entropy += num.Entropy(row) / float64(len(s.Policy[1]))
		}
		near(t, "the mean entropy of the wind", entropy, x.Entropy)
	}
	if len(r.Path) != 10 {
		t.Errorf("%d temperatures", len(r.Path))
	}
}

// In other weather: what the equilibrium of every cell of the robustness grid is
// worth bounds from above what any policy gets there in the worst case.
func TestRobustnessGrid(t *testing.T) {
	r := read(t)
	for i, p := range r.Grid.Wind {
		for j, slip := range r.Grid.Slip {
			if testing.Short() && (i+j)%3 != 0 {
				continue
			}
			l := r.layout()
			l.Wind, l.Slip = p, slip
			g := open(t, l)
			s := shapley(t, g)
			value := g.AtStart(s.Value)
			for name, grid := range r.Grid.Policies {
				if grid[i][j] > value+1e-9 {
					t.Errorf("wind %g, slip %g: %s gets %g of %g", p, slip, name, grid[i][j], value)
				}
			}
			if p == 0 && slip == 0 {
				near(t, "the value without wind", value, r.Grid.Policies["nominal_no_adversary"][i][j])
			}
			for s := range g.States {
				for _, list := range g.Steps[0][s] {
					sum := 0.0
					for _, o := range list {
						sum += o.Prob
					}
					if slip == 0 && sum != 1 || math.Abs(sum-1) > 0x1p-50 {
						t.Fatalf("wind %g, slip %g, state %s: probabilities sum to %.17g", p, slip, g.States[s], sum)
					}
				}
			}
		}
	}
}

func TestContract(t *testing.T) {
	r := read(t)
	gametest.Run(t, markov.NewPlayable(open(t, r.layout()), false))
	l := r.layout()
	l.Slip, l.Wind = 1, 1
	gametest.Run(t, markov.NewPlayable(open(t, l), false))
	info := markov.NewPlayable(open(t, l), false).Info()
	if len(info.Idle) != 2 || info.Idle[1] != 4 || len(info.Varied) != 2 {
		t.Errorf("it says of itself %+v", info)
	}
}

func TestNewRefuses(t *testing.T) {
	for want, change := range map[string]func(*wind.Layout){
		"rows":             func(l *wind.Layout) { l.Rows = 0 },
		"10000 cells":      func(l *wind.Layout) { l.Rows = 1 << 40 },
		"4:0 is outside":   func(l *wind.Layout) { l.Rows = 4 },
		"start 4:8":        func(l *wind.Layout) { l.Start = l.Goal },
		"goal 4:8":         func(l *wind.Layout) { l.Pits = append(l.Pits, l.Goal) },
		"probability 1.5":  func(l *wind.Layout) { l.Wind = 1.5 },
		"probability NaN":  func(l *wind.Layout) { l.Slip = math.NaN() },
		"discount: found1": func(l *wind.Layout) { l.Discount = 1 },
	} {
		l := read(t).layout()
		change(&l)
		if _, err := wind.New("wind_grid", l); err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), "found 1,", "found1,"), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	for _, text := range []string{"", "4", "4:", "4:0+", "a:b", "4:0 4:1"} {
		if c, err := wind.ParseCells(text); err == nil {
			t.Errorf("%q is read as %v", text, c)
		}
	}
	if c, err := wind.ParseCells("2:4+4:2"); err != nil || len(c) != 2 || c[1] != (wind.Cell{4, 2}) {
		t.Errorf("%v, %v", c, err)
	}
}
