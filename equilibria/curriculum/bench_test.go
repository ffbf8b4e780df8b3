package curriculum_test

import (
	"context"
	"testing"

	"arbiter/equilibria"
	"arbiter/equilibria/curriculum"
	"arbiter/equilibria/stochastic"
	"arbiter/games/markov"
	"arbiter/games/soccer"
)

func soccerGame(b testing.TB) *markov.Game {
	g, err := soccer.New("soccer", .9, false)
	if err != nil {
		b.Fatal(err)
	}
	return g
}

// A temperature of a path, solved from the one before and judged, divided by their
// number; the polish alone, from the last temperature; and both from nothing.
func BenchmarkPath(b *testing.B) {
	all := games(b)
	all["soccer"] = soccerGame(b)
	ctx := context.Background()
	for _, name := range []string{"Z1", "Z2", "Z3", "soccer"} {
		g := all[name]
		list := []float64{1, .3, .1, .03, .01}
		b.Run(name+"/temperature", func(b *testing.B) {
			for b.Loop() {
				if _, err := curriculum.Solve(ctx, g, curriculum.Settings{TauP: list, Unpolished: true}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(list))/1000, "ms/temperature")
		})
		b.Run(name+"/cold", func(b *testing.B) {
			for b.Loop() {
				if _, err := curriculum.Solve(ctx, g, curriculum.Settings{TauP: list[2:3], Unpolished: true}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/polish", func(b *testing.B) {
			limits := equilibria.Limits{Iterations: 1000, Tolerance: 1e-11}
			for b.Loop() {
				a, err := stochastic.NewAnnealer(g, stochastic.KL)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := a.Nash(ctx, limits); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
