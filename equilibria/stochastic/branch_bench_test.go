package stochastic_test

import (
	"context"
	"testing"

	"arbiter/equilibria/stochastic"
	"arbiter/games/markov"
)

func BenchmarkMarkovLogit(b *testing.B) {
	trace := func(name string, g *markov.Game, o stochastic.Options) {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				if br, err := stochastic.Trace(context.Background(), g, []float64{.5, 3, 12}, o); err != nil || br.Limit == nil {
					b.Fatal(err, br.Status)
				}
			}
		})
	}
	g, _ := gs1(b)
	trace("GS1", g, own)
	trace("Folds", randomMarkov(b, 44, .9, 0, [][]int{{2, 2}, {2, 2}, {2, 2}}), own)
	wide := [][]int{}
	for range 5 {
		wide = append(wide, []int{3, 3})
	}
	trace("5States", randomMarkov(b, 7, .8, 0, wide), stochastic.Options{Variant: stochastic.Plain})
}
