package quantal_test

import (
	"context"
	"fmt"
	"testing"

	"arbiter/equilibria/quantal"
	"arbiter/equilibria/solvertest"
	"arbiter/games/flat"
	"arbiter/games/leduc"
)

func BenchmarkLogit(b *testing.B) {
	trace := func(name string, o quantal.Options, boards ...*flat.Board) {
		b.Run(name, func(b *testing.B) {
			for i := range b.N {
				br, err := quantal.Trace(context.Background(), boards[i%len(boards)], o)
				if err != nil || !br.Status.Followed() {
					b.Fatal(err, br.Status)
				}
			}
		})
	}
	twenty := func(shape ...int) (out []*flat.Board) {
		for seed := range uint64(20) {
			out = append(out, solvertest.Table(b, fmt.Sprint(shape), solvertest.Uniform(seed, shape...)))
		}
		return out
	}
	trace("10x10", quantal.Options{}, twenty(10, 10)...)
	trace("5x5x5", quantal.Options{}, twenty(5, 5, 5)...)
	trace("50x50", quantal.Options{}, twenty(50, 50)...)
	trace("Kuhn", quantal.Options{}, solvertest.Kuhn(b))
	trace("LeducTemperature0.1", quantal.Options{Lambdas: []float64{10}}, solvertest.Compile(b, leduc.New()))
}
