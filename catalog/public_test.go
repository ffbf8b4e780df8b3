package catalog_test

import (
	"context"
	"errors"
	"math"
	"testing"

	"arbiter/catalog"
	"arbiter/equilibria"
	"arbiter/equilibria/choose"
)

// The right answers to games of public bug reports: see testdata/public/README.md.
// Whatever solver says converged has them.
func TestGamesOfPublicReports(t *testing.T) {
	both := []string{"nash", "extreme", "lemke-howson", "support-enumeration", "logit"}
	for _, c := range []struct {
		file    string
		solvers []string
		value   float64 // of player 0 in every equilibrium; NaN: they differ
		extreme int     // equilibria, 0: not asked
		parts   int     // connected components
	}{
		{"nashpy41.json", append(both, "lp"), math.NaN(), 1, 1},
		{"nashpy222.json", both, math.NaN(), 2, 1},
		{"nashpy64.json", both, math.NaN(), 3, 3},
		{"gambit876.efg", append(both, "lp", "backward-induction"), 2, 1, 1},
		{"quantecon951.efg", append(both, "lp"), 1, 0, 0},
		{"gambit660.efg", both, math.NaN(), 2, 1},
		{"openspiel955.efg", both, -1, 2, 0},
		{"jacobian1932.json", append(both, "lp"), 1, 0, 0},
		{"quantecon326.json", both, math.NaN(), 3, 2},
		{"quantecon951small.json", both, math.NaN(), 3, 3},
		{"quantecon951large.json", both, math.NaN(), 3, 3},
		{"gametheory236.json", both, math.NaN(), 3, 3},
		{"grid.json", []string{"nash"}, 280. / 9, 0, 0},
		{"discrete27.json", []string{"nash", "shapley"}, 63. / 11, 0, 0},
		{"discrete27loop.json", []string{"nash", "shapley"}, 630. / 11, 0, 0},
	} {
		for _, name := range c.solvers {
			g, err := catalog.Standard().Open("testdata/public/"+c.file, "")
			if err != nil {
				t.Fatal(err)
			}
			s, err := g.Solve(context.Background(), name, choose.Settings{Limits: equilibria.Limits{Iterations: 100_000}})
			if err != nil {
				if name != "support-enumeration" || !errors.Is(err, equilibria.ErrNoAnswer) {
					t.Errorf("%s: %s: %v", c.file, name, err)
				}
				continue
			}
			if s.Status != equilibria.Converged {
				if name != "logit" { // which may say that it lost the branch
					t.Errorf("%s: %s: %s", c.file, name, s.Status)
				}
				continue
			}
			if off := math.Abs(s.Evaluation.Values[0] - c.value); off > 1e-8*max(1, math.Abs(c.value)) {
				t.Errorf("%s: %s: value %g, expected %g", c.file, name, s.Evaluation.Values[0], c.value)
			}
			if name == "extreme" && c.extreme > 0 && (len(s.Others) != c.extreme || c.parts > 0 && len(s.Components) != c.parts) {
				t.Errorf("%s: %d extreme equilibria in %d components, expected %d in %d", c.file, len(s.Others), len(s.Components), c.extreme, c.parts)
			}
			if name == "lemke-howson" && (s.Degenerate != nil || s.Complete != nil) {
				t.Errorf("%s: lemke-howson says degenerate or complete, which it does not look at", c.file)
			}
		}
	}
}
