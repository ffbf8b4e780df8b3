package linear_test

import (
	"context"
	"math"
	"testing"

	"arbiter/equilibria/exact"
	"arbiter/equilibria/linear"
	"arbiter/equilibria/solvertest"
	"arbiter/games/normal"
)

// Payoffs times c plus d, from 1e-9 to 1e9, have the same equilibria.
func TestScaleDoesNotMatter(t *testing.T) {
	ctx := context.Background()
	for _, c := range normal.Classics() {
		table := c.Table.Multi()
		var want [][2][]float64
		var joint []float64
		for _, scale := range []struct{ c, d float64 }{{1, 0}, {1e-9, 0}, {1e9, 0}, {1e-9, 1e-9}, {1e9, -1e9}, {3, 1000}} {
			scaled := normal.Table{Strategies: table.Strategies}
			for _, m := range table.Payoffs {
				row := make([]float64, len(m))
				for i, x := range m {
					row[i] = scale.c*x + scale.d
				}
				scaled.Payoffs = append(scaled.Payoffs, row)
			}
			b := solvertest.Table(t, c.Name, scaled)
			n := solvertest.NormalForm(t, b, scaled.Rationals())
			g, err := exact.NewBimatrix(n)
			if err != nil {
				t.Fatal(err)
			}
			e, err := g.Extreme(ctx)
			if err != nil {
				t.Fatal(err)
			}
			var got [][2][]float64
			for _, p := range e.Equilibria {
				got = append(got, p.Float())
			}
			ce, err := linear.SolveCorrelated(ctx, n, false, "entropy", nil)
			if err != nil {
				t.Fatal(err)
			}
			if want == nil {
				want, joint = got, ce.Joint
			}
			if len(got) != len(want) {
				t.Errorf("%s times %g plus %g: %d equilibria, expected %d", c.Name, scale.c, scale.d, len(got), len(want))
				continue
			}
			for i := range got {
				if solvertest.Far(got[i][:], want[i][:]) > 1e-6 {
					t.Errorf("%s times %g plus %g: %v, expected %v", c.Name, scale.c, scale.d, got[i], want[i])
				}
			}
			if solvertest.Far([][]float64{ce.Joint}, [][]float64{joint}) > 1e-6 {
				t.Errorf("%s times %g plus %g: correlated %v, expected %v", c.Name, scale.c, scale.d, ce.Joint, joint)
			}
			if b.Info().ConstantSum {
				p, _, err := linear.SequenceForm(ctx, b)
				if err != nil {
					t.Fatal(err)
				}
				if gap := b.Evaluate(p).NashConv; gap > 1e-9*scale.c*10+1e-15*math.Abs(scale.d) {
					t.Errorf("%s times %g plus %g: NashConv %g", c.Name, scale.c, scale.d, gap)
				}
			}
		}
	}
}
