package equilibria_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"testing"

	"arbiter/equilibria"
	"arbiter/games/flat"
)

type logitReference struct {
	ID  string
	QRE struct {
		Branch []struct {
			Lambda   float64
			Crossing int
			Profile  [][]float64
		} `json:"principal_branch"`
		Turning     []float64 `json:"turning_point_lambdas_approx"`
		Bifurcation []float64 `json:"bifurcation_lambdas"`
		Limit       struct {
			Index   *int `json:"equilibrium_index"`
			Profile [][]float64
		}
	}
}

// inOrder lists the rows of a policy as the references do.
func inOrder(b *flat.Board, p []flat.Strategy) [][]float64 {
	var out [][]float64
	for _, rows := range b.Policy(p).Seats {
		out = append(out, rows.Probs...)
	}
	return out
}

func TestLogitAgainstReference(t *testing.T) {
	body, err := os.ReadFile("../testdata/equilibria.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Games []logitReference }
	if err := json.Unmarshal(body, &file); err != nil {
		t.Fatal(err)
	}
	for i, ref := range references(t) {
		q := file.Games[i].QRE
		b, _ := ref.board(t)
		var lambdas []float64
		for _, p := range q.Branch {
			if len(lambdas) == 0 || lambdas[len(lambdas)-1] != p.Lambda {
				lambdas = append(lambdas, p.Lambda)
			}
		}
		br, err := equilibria.Logit(context.Background(), b, equilibria.LogitOptions{Lambdas: lambdas})
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range q.Branch {
			found := false
			for _, c := range br.Crossings {
				if c.Lambda != want.Lambda || c.Number != max(1, want.Crossing) {
					continue
				}
				found = true
				if off := far(inOrder(b, c.Policy), want.Profile); off > 1e-9 || c.Residual > 1e-11 {
					t.Errorf("%s at lambda %g, crossing %d: off by %g, residual %g", ref.ID, c.Lambda, c.Number, off, c.Residual)
				}
			}
			if !found {
				t.Errorf("%s: no crossing %d of lambda %g", ref.ID, want.Crossing, want.Lambda)
			}
		}
		limit := q.Limit.Profile
		if q.Limit.Index != nil {
			limit = ref.Nash.Equilibria[*q.Limit.Index].Profile
		}
		off := math.NaN()
		if br.Limit != nil && limit != nil {
			off = far(inOrder(b, br.Limit), limit)
		}
		t.Logf("%s: %d steps to %.3g, turning %.6g (%.6g), bifurcations %v (%.6g), limit off by %g, regret %g, stalled %t", ref.ID, br.Steps, br.End, br.Turning, q.Turning, lambdasOf(br.Bifurcations), q.Bifurcation, off, br.Regret, br.Stalled)
	}
}

func lambdasOf(list []equilibria.Bifurcation) (out []float64) {
	for _, f := range list {
		out = append(out, f.Lambda)
	}
	return out
}
