package stochastic_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"arbiter/equilibria"
	"arbiter/equilibria/solvertest"
	"arbiter/equilibria/stochastic"
	"arbiter/games/markov"
	"arbiter/games/soccer"
)

func soccerGame(t testing.TB, discount float64, loose bool) *markov.Game {
	t.Helper()
	g, err := soccer.New("soccer", discount, loose)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

type markovReference struct {
	ZeroSum []struct {
		Name  string
		Gamma float64
		R     [][][]float64
		P     [][][][]float64
		V     []float64
		Soft  []struct {
			TauP     float64   `json:"tau_p"`
			TauA     float64   `json:"tau_a"`
			Entropy  []float64 `json:"V_entropy"`
			KL       []float64 `json:"V_kl"`
			X, Y     [][]float64
			XKL      [][]float64 `json:"x_kl"`
			YKL      [][]float64 `json:"y_kl"`
			NashConv []float64
		}
	} `json:"zero_sum"`
	Soft []struct {
		Tau, NashConv float64   `json:"-"`
		T             float64   `json:"tau"`
		Entropy       float64   `json:"V_entropy_kick_A"`
		KL            float64   `json:"V_kl_kick_A"`
		X             []float64 `json:"x_kick_A"`
		Worst         float64   `json:"nashconv_max"`
	} `json:"soccer_soft"`
	Values  map[string]float64 `json:"soccer_values"`
	Horizon map[string]struct {
		Start []float64 `json:"value_at_start_states"`
		Sum   float64   `json:"sum_abs_values"`
	} `json:"soccer_horizon"`
}

func readMarkov(t testing.TB) (r markovReference) {
	t.Helper()
	body, err := os.ReadFile("../../testdata/markov.json")
	if err == nil {
		err = json.Unmarshal(body, &r)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// zeroSum is a game of rewards and transitions, by way of a file.
func zeroSum(t testing.TB, name string, gamma float64, r [][][]float64, p [][][][]float64) *markov.Game {
	t.Helper()
	var states []string
	actions := [][]int{nil, nil}
	minus := make([][][]float64, len(r))
	for s := range r {
		states = append(states, fmt.Sprint("s", s))
		actions[0], actions[1] = append(actions[0], len(r[s])), append(actions[1], len(r[s][0]))
		for _, row := range r[s] {
			var line []float64
			for _, x := range row {
				line = append(line, -x)
			}
			minus[s] = append(minus[s], line)
		}
	}
	body, err := json.Marshal(map[string]any{"kind": "markov_game", "players": 2, "states": states, "actions": actions, "discount": gamma, "rewards": []any{r, minus}, "transitions": p})
	if err != nil {
		t.Fatal(err)
	}
	g, err := markov.Read(body, name, name)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

var exactly = equilibria.Limits{Iterations: 10_000, Tolerance: 1e-11}

func TestShapleyAgainstReference(t *testing.T) {
	ctx := context.Background()
	for _, z := range readMarkov(t).ZeroSum {
		g := zeroSum(t, z.Name, z.Gamma, z.R, z.P)
		s, err := stochastic.Shapley(ctx, g, exactly)
		if err != nil || s.Status != equilibria.Converged {
			t.Fatalf("%s: %s, %v", z.Name, s.Status, err)
		}
		e := g.Evaluate(s.Policy)
		if off := solvertest.Far(s.Value, [][]float64{z.V}); off > 1e-9 || e.Worst > 1e-9 {
			t.Errorf("%s: values off by %g, NashConv %g", z.Name, off, e.Worst)
		}
		for _, soft := range z.Soft {
			for _, kind := range []stochastic.Regulariser{stochastic.Entropy, stochastic.KL} {
				v, x, y := soft.Entropy, soft.X, soft.Y
				if kind == stochastic.KL {
					v, x, y = soft.KL, soft.XKL, soft.YKL
				}
				s, err := stochastic.Soft(ctx, g, [2]float64{soft.TauP, soft.TauA}, kind, exactly)
				if err != nil || s.Status != equilibria.Converged {
					t.Errorf("%s at %g, %g: %s, residual %g, %v", z.Name, soft.TauP, soft.TauA, s.Status, s.Residual, err)
					continue
				}
				if off := solvertest.Far(s.Value, [][]float64{v}); off > 1e-9 {
					t.Errorf("%s at %g, %g with %s: values off by %g", z.Name, soft.TauP, soft.TauA, kind, off)
				}
				if off := max(solvertest.Far(s.Policy[0], x), solvertest.Far(s.Policy[1], y)); off > 1e-8 {
					t.Errorf("%s at %g, %g with %s: policies off by %g", z.Name, soft.TauP, soft.TauA, kind, off)
				}
			}
		}
	}
}

func TestSoccerAgainstReference(t *testing.T) {
	ctx := context.Background()
	ref := readMarkov(t)
	for loose, states := range map[bool]int{true: 1444, false: 760} {
		g := soccerGame(t, .9, loose)
		if len(g.States) != states {
			t.Errorf("%d states, expected %d", len(g.States), states)
		}
		s, err := stochastic.Shapley(ctx, g, exactly)
		if err != nil || s.Status != equilibria.Converged {
			t.Fatal(s.Status, err)
		}
		for i, name := range g.States {
			if want, ok := ref.Values[name]; !ok || math.Abs(s.Value[0][i]-want) > 1e-10 {
				t.Fatalf("state %s: value %.12g, expected %.12g", name, s.Value[0][i], want)
			}
		}
		e := g.Evaluate(s.Policy)
		if e.Worst > 1e-9 || math.Abs(e.Values[0]) > 1e-10 {
			t.Errorf("NashConv %g, value %g", e.Worst, e.Values[0])
		}
		t.Logf("%d states, %d sweeps, error at most %.1g", states, s.Iterations, s.Error)
	}
	g := soccerGame(t, .9, false)
	kick := 0
	for g.States[kick] != "21|13|A" {
		kick++
	}
	if v := g.Value(0, g.Uniform()); math.Abs(v[0][kick]-0.0177703353228264) > 1e-12 {
		t.Errorf("uniform play is worth %.16g", v[0][kick])
	}
	if v, _ := g.BestResponse(0, g.Uniform()); math.Abs(v[0][kick]-0.6915715140834634) > 1e-12 {
		t.Errorf("the best response to uniform play is worth %.16g", v[0][kick])
	}
	for _, soft := range ref.Soft {
		for kind, want := range map[stochastic.Regulariser]float64{stochastic.Entropy: soft.Entropy, stochastic.KL: soft.KL} {
			s, err := stochastic.Soft(ctx, g, [2]float64{soft.T, soft.T}, kind, exactly)
			if err != nil || s.Status != equilibria.Converged {
				t.Errorf("at %g: %s after %d sweeps, error %g, %v", soft.T, s.Status, s.Iterations, s.Error, err)
				continue
			}
			e := g.Evaluate(s.Policy)
			if off := math.Abs(s.Value[0][kick] - want); off > 1e-10 || solvertest.Far(s.Policy[0][kick:kick+1], [][]float64{soft.X}) > 1e-8 || math.Abs(e.Worst-soft.Worst) > 1e-8 {
				t.Errorf("at %g with %s: value off by %g, NashConv %.12g, expected %.12g", soft.T, kind, off, e.Worst, soft.Worst)
			}
			t.Logf("temperature %g, %s: %d sweeps", soft.T, kind, s.Iterations)
		}
	}
	// With a horizon and no discount.
	loose := soccerGame(t, 0, true)
	for text, want := range ref.Horizon {
		fmt.Sscan(text, &loose.Horizon)
		s, err := stochastic.Shapley(ctx, loose, exactly)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for _, v := range s.Value[0] {
			sum += math.Abs(v)
		}
		if e := loose.Evaluate(s.Policy); e.Worst > 1e-12 {
			t.Errorf("%s moves left: NashConv %g", text, e.Worst)
		}
		if loose.Horizon > 10 {
			continue // the table is off by 1e-8 there: best responses leave 4e-13 to our values
		}
		if math.Abs(s.Value[0][0]-want.Start[0]) > 1e-9 || math.Abs(s.Value[0][1]-want.Start[1]) > 1e-9 || math.Abs(sum-want.Sum) > 1e-8 {
			t.Errorf("%s moves left: values %g, %g, sum %g; expected %+v", text, s.Value[0][0], s.Value[0][1], sum, want)
		}
	}
}

func TestShapleyAtHighDiscount(t *testing.T) {
	g := soccerGame(t, .99, true)
	s, err := stochastic.Shapley(context.Background(), g, equilibria.Limits{Iterations: 10_000, Tolerance: 1e-9})
	if err != nil || s.Status != equilibria.Converged {
		t.Fatal(s.Status, s.Error, err)
	}
	if e := g.Evaluate(s.Policy); e.Worst > 1e-9 {
		t.Errorf("NashConv %g", e.Worst)
	}
	t.Logf("%d sweeps, error at most %.1g", s.Iterations, s.Error)
}

func BenchmarkShapleySoccer(b *testing.B) {
	for _, c := range []struct {
		discount float64
		loose    bool
	}{{.9, false}, {.9, true}, {.99, true}} {
		g := soccerGame(b, c.discount, c.loose)
		b.Run(fmt.Sprintf("%g/%d", c.discount, len(g.States)), func(b *testing.B) {
			for b.Loop() {
				s, err := stochastic.Shapley(context.Background(), g, equilibria.Limits{Iterations: 10_000, Tolerance: 1e-9})
				if err != nil || s.Status != equilibria.Converged {
					b.Fatal(s.Status, err)
				}
				b.ReportMetric(float64(s.Iterations), "sweeps")
			}
		})
	}
}

func BenchmarkSoftSoccer(b *testing.B) {
	g := soccerGame(b, .9, false)
	for _, t := range []float64{1, .1, .01} {
		b.Run(fmt.Sprint(t), func(b *testing.B) {
			for b.Loop() {
				s, err := stochastic.Soft(context.Background(), g, [2]float64{t, t}, stochastic.KL, equilibria.Limits{Iterations: 10_000, Tolerance: 1e-9})
				if err != nil || s.Status != equilibria.Converged {
					b.Fatal(s.Status, err)
				}
				b.ReportMetric(float64(s.Iterations), "sweeps")
			}
		})
	}
}
