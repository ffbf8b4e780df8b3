package curriculum_test

import (
	"context"
	"math"
	"testing"

	"arbiter/equilibria"
	"arbiter/equilibria/curriculum"
	"arbiter/equilibria/stochastic"
)

// The principal branch of a general-sum game, row by row as in the reference, which
// lists the regulariser as entropy; its deviation gains keep to the bound.
func TestBranchAgainstReference(t *testing.T) {
	for _, z := range read(t).GeneralSum {
		g := game(t, z.Name, z.Gamma, z.R1, z.R2, z.P)
		list := []float64{50}
		for _, w := range z.Principal {
			list = append(list, w.Tau)
		}
		br, err := curriculum.Follow(context.Background(), g, stochastic.OwnEntropy, curriculum.Settings{TauP: list, Regulariser: stochastic.Entropy, Unpolished: true}, 0, 1)
		if err != nil || !br.Complete() || br.Followed.Status != equilibria.Complete || len(br.Followed.Folds) > 0 || len(br.Passages) != len(list) {
			t.Fatalf("%v: %+v", err, br)
		}
		for i, w := range z.Principal {
			p := br.Passages[i+1]
			u1, u2 := g.Value(0, p.Policy)[0], g.Value(1, p.Policy)[0]
			if d := max(offs(p.Policy[0], w.X), offs(p.Policy[1], w.Y), off(p.Value[0][0], w.V1), off(p.Value[1][0], w.V2), off(u1, w.U1), off(u2, w.U2)); d > 1e-9 {
				t.Errorf("%s at %g: off by %g", z.Name, w.Tau, d)
			}
			if p.Residual > 1e-11 || p.Index != 1 {
				t.Errorf("%s at %g: residual %g, index %d", z.Name, w.Tau, p.Residual, p.Index)
			}
			for k, gains := range [][]float64{w.Gain1, w.Gain2} {
				most := 0.0
				for _, x := range gains {
					most = max(most, x)
				}
				if math.Abs(p.Gains[k]-most) > 1e-9 || p.Gains[k] > p.Bound[k] {
					t.Errorf("%s at %g: player %d gains %g, expected %g, bound %g", z.Name, w.Tau, k, p.Gains[k], most, p.Bound[k])
				}
			}
		}
		for _, all := range z.All {
			if testing.Short() { // 60 starts
				break
			}
			br, err := curriculum.Follow(context.Background(), g, stochastic.OwnEntropy, curriculum.Settings{TauP: []float64{all.Tau}, Regulariser: stochastic.Entropy, Unpolished: true}, 60, 1)
			if err != nil {
				t.Fatal(err)
			}
			found := 0
			for _, w := range all.Solutions {
				for _, p := range br.Others.Points {
					if p.Residual <= 1e-11 && max(offs(p.Policy[0], w.X), offs(p.Policy[1], w.Y)) <= 1e-9 {
						found++
					}
				}
			}
			t.Logf("%s at %g: %d of %d, indices sum to %d", z.Name, all.Tau, found, all.Count, br.Others.Index)
			if found < min(all.Count, 5) || found == all.Count && br.Others.Index != all.IndexSum {
				t.Errorf("%s at %g: %d of %d solutions, indices sum to %d", z.Name, all.Tau, found, all.Count, br.Others.Index)
			}
		}
	}
}

// What goes by the same name is three different things.
func TestVariantsDiffer(t *testing.T) {
	g, w := games(t)["Z1"], read(t).Variants
	at := curriculum.Settings{TauP: []float64{.3}, Regulariser: stochastic.Entropy, Unpolished: true}
	p := solve(t, g, at)
	if d := max(off(p.Points[0].Value, w.Saddle.V), offs(p.Points[0].Policy[0], w.Saddle.X), offs(p.Points[0].Policy[1], w.Saddle.Y)); d > 1e-9 {
		t.Errorf("saddle off by %g", d)
	}
	for _, x := range []struct {
		variant stochastic.Variant
		v       [][]float64
		x, y    [][]float64
	}{
		{stochastic.Saddle, [][]float64{w.Saddle.V}, w.Saddle.X, w.Saddle.Y},
		{stochastic.OwnEntropy, [][]float64{w.Own.V1, w.Own.V2}, w.Own.X, w.Own.Y},
		{stochastic.Plain, [][]float64{w.Plain.V}, w.Plain.X, w.Plain.Y},
	} {
		if x.variant == stochastic.Plain {
			at.Regulariser = ""
		}
		br, err := curriculum.Follow(context.Background(), g, x.variant, at, 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		q := br.Passages[0]
		d := max(offs(q.Policy[0], x.x), offs(q.Policy[1], x.y))
		for k, v := range x.v {
			d = max(d, off(q.Value[k][0], v))
		}
		if d > 1e-9 || q.Residual > 1e-11 {
			t.Errorf("%s: off by %g, residual %g", x.variant, d, q.Residual)
		}
	}
}
