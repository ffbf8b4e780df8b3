package catalog_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"arbiter/catalog"
	"arbiter/equilibria"
	"arbiter/equilibria/choose"
	"arbiter/equilibria/stochastic"
)

// Of every solver the values are those of the policy: with the gaps they make what
// best responses are worth, also beside soft values.
func TestValuesArePlain(t *testing.T) {
	games := []string{"chicken", "testdata/public/discrete27loop.json", "testdata/horizon.json", "kuhn_poker"}
	if testing.Short() {
		games = games[:3] // all equilibria of Kuhn poker take most of the time
	}
	for _, game := range games {
		for _, solver := range catalog.Standard().Solvers {
			for _, knobs := range []string{"", "(temperature=0.5)"} {
				g, err := catalog.Standard().Open(game, "")
				if err != nil {
					t.Fatal(err)
				}
				s, err := g.Solve(context.Background(), solver.Name+knobs, choose.Settings{Limits: equilibria.Limits{Iterations: 50}})
				if err != nil || s.Policy == nil {
					continue
				}
				game, err := g.Compiled()
				if err != nil {
					t.Fatal(err)
				}
				plain := make([]float64, len(s.Policy))
				game.Values(plain, s.Policy)
				for k, v := range plain {
					best, _ := game.BestResponse(k, s.Policy)
					e := s.Evaluation
					if math.Abs(e.Values[k]-v) > 1e-12 || math.Abs(e.BestResponseValues[k]-best) > 1e-9 || e.BestResponseValues[k] != e.Values[k]+e.Gaps[k] {
						t.Errorf("%s: %s%s: player %d: value %g, best response %g, gap %g; expected %g, %g", g.Name, solver.Name, knobs, k, e.Values[k], e.BestResponseValues[k], e.Gaps[k], v, best)
					}
				}
			}
		}
	}
}

// The residual of soft values bounds their error: it is compared with a solution that
// is a million times finer, wherever sweeps end.
func TestSoftResidualIsABound(t *testing.T) {
	g, err := catalog.Standard().Open("markov_soccer(discount=0.9)", "")
	if err != nil {
		t.Fatal(err)
	}
	temperatures := []float64{1, .1, .01}
	if testing.Short() {
		temperatures = temperatures[:1]
	}
	for _, temperature := range temperatures {
		for _, kind := range []stochastic.Regulariser{stochastic.KL, stochastic.Entropy} {
			solve := func(iterations int) *choose.Answer {
				s, err := g.Solve(context.Background(), fmt.Sprintf("soft-shapley(regulariser=%s,temperature=%g)", kind, temperature), choose.Settings{
					Limits: equilibria.Limits{Iterations: iterations, Tolerance: 1e-14},
				})
				if err != nil {
					t.Fatal(err)
				}
				return s
			}
			fine := solve(20)
			for _, n := range []int{1, 3} {
				s := solve(n)
				off := 0.0
				for i, v := range s.Values[0][0] {
					off = max(off, math.Abs(v-fine.Values[0][0][i]))
				}
				if !(off <= s.Residual+fine.Residual) {
					t.Errorf("temperature %g, %s, %d sweeps: values are off by %g, the residual says %g", temperature, kind, n, off, s.Residual)
				}
			}
		}
	}
}
