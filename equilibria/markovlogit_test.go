package equilibria_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"arbiter/equilibria"
	"arbiter/games/markov"
)

type generalReference struct {
	Games []struct {
		Name      string
		Gamma     float64
		R1, R2    [][][]float64
		P         [][][][]float64
		Principal []generalPoint `json:"principal_branch"`
		All       []struct {
			Tau       float64
			Count     int
			Index     int `json:"index_sum"`
			Solutions []struct {
				generalPoint
				Sign int `json:"index_sign"`
			}
		} `json:"all_found"`
	} `json:"general_sum"`
	Variants struct {
		Saddle struct{ X, Y [][]float64 }
		Own    struct{ X, Y [][]float64 } `json:"own_entropy"`
		Plain  struct{ X, Y [][]float64 } `json:"unregularised_continuation"`
	} `json:"variants_Z1_tau_0.3"`
}

type generalPoint struct {
	Tau   float64
	X, Y  [][]float64
	V1    []float64 `json:"V1_soft"`
	V2    []float64 `json:"V2_soft"`
	Gain1 []float64 `json:"deviation_gain_1"`
	Gain2 []float64 `json:"deviation_gain_2"`
}

func readGeneral(t testing.TB) (r generalReference) {
	t.Helper()
	body, err := os.ReadFile("../testdata/markov_general_sum.json")
	if err == nil {
		err = json.Unmarshal(body, &r)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// markovOf is a game of rewards [player][state][joint action] and transitions
// [state][joint action][state], whose rows may sum to less than 1.
func markovOf(t testing.TB, name string, gamma float64, actions [][]int, reward [][][]float64, to [][][]float64) *markov.Game {
	t.Helper()
	g := &markov.Game{Name: name, Players: len(actions), Actions: actions, Discount: gamma, Labels: make([][][]string, len(actions))}
	var step [][][]markov.Outcome
	for s := range to {
		g.States = append(g.States, fmt.Sprint("s", s))
		g.Start = append(g.Start, 1/float64(len(to)))
		var joints [][]markov.Outcome
		for j := range to[s] {
			var r []float64
			for k := range actions {
				r = append(r, reward[k][s][j])
			}
			var list []markov.Outcome
			rest := 1.0
			for next, p := range to[s][j] {
				if p > 0 {
					list = append(list, markov.Outcome{Prob: p, Next: next, Reward: r})
					rest -= p
				}
			}
			if rest > 1e-12 {
				list = append(list, markov.Outcome{Prob: rest, Next: markov.End, Reward: r})
			}
			joints = append(joints, list)
		}
		step = append(step, joints)
	}
	g.Steps = [][][][]markov.Outcome{step}
	if err := g.Check(); err != nil {
		t.Fatal(err)
	}
	return g
}

func flatten(a [][][]float64) (out [][]float64) {
	for _, s := range a {
		var row []float64
		for _, line := range s {
			row = append(row, line...)
		}
		out = append(out, row)
	}
	return out
}

func gs1(t testing.TB) (*markov.Game, generalReference) {
	t.Helper()
	r := readGeneral(t)
	g := r.Games[0]
	var to [][][]float64
	for _, s := range g.P {
		var rows [][]float64
		for _, line := range s {
			rows = append(rows, line...)
		}
		to = append(to, rows)
	}
	n := len(g.R1)
	two := make([]int, n)
	for i := range two {
		two[i] = 2
	}
	return markovOf(t, g.Name, g.Gamma, [][]int{two, two}, [][][]float64{flatten(g.R1), flatten(g.R2)}, to), r
}

var own = equilibria.MarkovOptions{Variant: equilibria.OwnEntropy, Regulariser: equilibria.Entropy}

func TestMarkovLogitAgainstReference(t *testing.T) {
	g, r := gs1(t)
	var lambdas []float64
	for _, p := range r.Games[0].Principal {
		lambdas = append(lambdas, 1/p.Tau)
	}
	br, err := equilibria.MarkovLogit(context.Background(), g, lambdas, own)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(br.Status, br.Steps, br.Folds, br.Bifurcations, br.Last.Lambda, br.Last.Residual, br.LimitGains, br.Limit)
	if br.Status != equilibria.Complete || br.Limit == nil || len(br.Points) != len(lambdas) {
		t.Fatalf("status %s, limit %v, %d points, expected %d", br.Status, br.Limit, len(br.Points), len(lambdas))
	}
	for i, p := range r.Games[0].Principal {
		got := br.Points[i]
		off := max(far(p.X, got.Policy[0]), far(p.Y, got.Policy[1]), far([][]float64{p.V1, p.V2}, [][]float64{got.Value[0][0], got.Value[1][0]}))
		if off > 1e-9 || got.Residual > 1e-12 || got.Index != 1 {
			t.Errorf("tau %g: off %.2g, residual %.2g, index %d", p.Tau, off, got.Residual, got.Index)
		}
		most := []float64{0, 0}
		for s := range p.Gain1 {
			most[0], most[1] = max(most[0], p.Gain1[s]), max(most[1], p.Gain2[s])
		}
		if far([][]float64{most}, [][]float64{got.Gains}) > 1e-9 {
			t.Errorf("tau %g: gains %v, expected %v", p.Tau, got.Gains, most)
		}
	}
}

// All solutions that the reference has are found, and no more.
func TestMarkovMultistart(t *testing.T) {
	g, r := gs1(t)
	for _, all := range r.Games[0].All {
		found, err := equilibria.MarkovMultistart(context.Background(), g, 1/all.Tau, own, 30, 1)
		if err != nil {
			t.Fatal(err)
		}
		t.Log(all.Tau, found.Hits, found.Index, found.Failed)
		if len(found.Points) != all.Count || found.Index != all.Index {
			t.Errorf("tau %g: %d solutions of index %d, expected %d of %d", all.Tau, len(found.Points), found.Index, all.Count, all.Index)
		}
		for _, e := range all.Solutions {
			met := false
			for _, p := range found.Points {
				off := max(far(e.X, p.Policy[0]), far(e.Y, p.Policy[1]), far([][]float64{e.V1, e.V2}, [][]float64{p.Value[0][0], p.Value[1][0]}))
				met = met || off < 1e-9 && p.Index == e.Sign && p.Residual < 1e-11
			}
			if !met {
				t.Errorf("tau %g: %v was not found", all.Tau, e.X)
			}
		}
	}
}

func zOne(t testing.TB) *markov.Game {
	t.Helper()
	for _, z := range readMarkov(t).ZeroSum {
		if z.Name == "Z1" {
			return zeroSum(t, z.Name, z.Gamma, z.R, z.P)
		}
	}
	t.Fatal("no Z1")
	return nil
}

func TestMarkovVariants(t *testing.T) {
	g, r := zOne(t), readGeneral(t).Variants
	for v, e := range map[equilibria.Variant]struct{ X, Y [][]float64 }{
		equilibria.Saddle: r.Saddle, equilibria.OwnEntropy: r.Own, equilibria.Plain: r.Plain,
	} {
		for _, regulariser := range []equilibria.Regulariser{equilibria.Entropy, equilibria.KL} {
			br, err := equilibria.MarkovLogit(context.Background(), g, []float64{1 / .3}, equilibria.MarkovOptions{Variant: v, Regulariser: regulariser, End: 1 / .3})
			if err != nil {
				t.Fatal(err)
			}
			p := br.Points[0]
			if off := max(far(e.X, p.Policy[0]), far(e.Y, p.Policy[1])); len(br.Points) != 1 || off > 1e-9 || p.Residual > 1e-12 {
				t.Errorf("%s, %s: off %.2g, residual %.2g", v, regulariser, off, p.Residual)
			}
			if p.Unique != (v == equilibria.Saddle) {
				t.Errorf("%s: unique %v", v, p.Unique)
			}
		}
	}
}
