package learn_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"testing"

	"arbiter/equilibria"
	"arbiter/equilibria/learn"
	"arbiter/equilibria/linear"
	"arbiter/equilibria/solvertest"
	"arbiter/games/flat"
	"arbiter/games/normal"
)

func classic(t testing.TB, name string) *flat.Board {
	t.Helper()
	for _, c := range normal.Classics() {
		if c.Name == name {
			return solvertest.Table(t, name, c.Table)
		}
	}
	t.Fatalf("no %s", name)
	return nil
}

// Every dynamic comes close in zero-sum games; the last policies of the optimistic
// ones do.
func TestDynamicsConverge(t *testing.T) {
	for _, name := range []string{"regret-matching", "omwu", "extra-gradient", "replicator", "mmd", "mmd-annealed"} {
		for _, c := range []struct {
			b   *flat.Board
			gap float64
		}{{classic(t, "biased_rock_paper_scissors"), 1e-2}, {classic(t, "matching_pennies"), 1e-2}, {solvertest.Kuhn(t), 5e-2}} {
			if name == "replicator" && c.b.Info().Name == "kuhn_poker(players=2)" {
				continue
			}
			if name == "mmd-annealed" {
				c.gap = .1 // falls as 1/√t
			}
			s, err := learn.Run(context.Background(), c.b, name, learn.Options{Limits: equilibria.Limits{Iterations: 50_000, Tolerance: c.gap}})
			if err != nil || s.Status != equilibria.Converged {
				t.Errorf("%s on %s: %s, NashConv %g, %v", name, c.b.Info().Name, s.Status, s.Curve[len(s.Curve)-1].NashConv, err)
			}
			t.Logf("%s on %s: %d iterations", name, c.b.Info().Name, s.Iterations)
		}
	}
}

// A learner that starts at an equilibrium stays near; one that starts where another
// ended goes on from there.
func TestWarmStart(t *testing.T) {
	b := solvertest.Kuhn(t)
	nash, _, err := linear.SequenceForm(context.Background(), b)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range learn.Methods() {
		s, err := learn.Run(context.Background(), b, l.Name, learn.Options{Limits: equilibria.Limits{Iterations: 2}, From: nash})
		if err != nil {
			t.Fatal(err)
		}
		cold, _ := learn.Run(context.Background(), b, l.Name, learn.Options{Limits: equilibria.Limits{Iterations: 2}})
		if warm := s.Curve[0].NashConv; warm > .7*cold.Curve[0].NashConv {
			t.Errorf("%s: NashConv %g after an iteration from an equilibrium, %g from even play", l.Name, warm, cold.Curve[0].NashConv)
		}
	}
}

// Fictitious play and the replicator go round in Shapley's game.
func TestShapleysGameCycles(t *testing.T) {
	b := classic(t, "shapleys_game")
	for _, name := range []string{"fictitious-play"} {
		s, err := learn.Run(context.Background(), b, name, learn.Options{Limits: equilibria.Limits{Iterations: 100_000, Tolerance: 1e-2}})
		if err != nil || s.Status != equilibria.AtLimit {
			t.Errorf("%s: %s, %v; it does not converge there", name, s.Status, err)
		}
	}
}

// Logit equilibria of the reference tables, where they are contractions enough.
func TestMagneticQREAgainstReference(t *testing.T) {
	body, err := os.ReadFile("../../testdata/equilibria.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Games []struct {
			ID  string
			QRE struct {
				Concept string
				Branch  []struct {
					Lambda   float64
					Crossing *int
					Profile  [][]float64
				} `json:"principal_branch"`
			}
		}
	}
	if err := json.Unmarshal(body, &file); err != nil {
		t.Fatal(err)
	}
	compared := 0
	for i, ref := range solvertest.References(t) {
		b, _ := ref.Board(t)
		policy := b.Uniform()
		for _, point := range file.Games[i].QRE.Branch {
			info := b.Info()
			spread := 0.0
			for k := range info.Lo {
				spread = max(spread, info.Hi[k]-info.Lo[k])
			}
			if point.Lambda == 0 || point.Lambda*spread*float64(info.Seats-1) >= 2 {
				continue // more than one equilibrium may exist
			}
			temperature := make([]float64, info.Seats)
			for k := range temperature {
				temperature[k] = 1 / point.Lambda
			}
			q, err := learn.MagneticQRE(context.Background(), b, temperature, learn.Options{Limits: equilibria.Limits{Iterations: 100_000, Tolerance: 1e-12}})
			if err != nil || q.Status != equilibria.Converged {
				t.Errorf("%s at lambda %g: residual %g, %v", ref.ID, point.Lambda, q.Residual, err)
				continue
			}
			compared++
			if ref.Kind == "normal" {
				for k := range policy {
					if off := solvertest.Far(q.Policy[k], point.Profile[k:k+1]); off > 1e-10 {
						t.Errorf("%s at lambda %g: off by %g", ref.ID, point.Lambda, off)
					}
				}
				continue
			}
			at := 0
			for _, rows := range b.Policy(q.Policy).Seats {
				for _, row := range rows.Probs {
					for m, x := range row {
						if math.Abs(x-point.Profile[at][m]) > 1e-10 {
							t.Errorf("%s at lambda %g: set %d is %v, expected %v", ref.ID, point.Lambda, at, row, point.Profile[at])
						}
					}
					at++
				}
			}
		}
	}
	if compared < 20 {
		t.Errorf("only %d points were compared", compared)
	}
}
