package smallgain

import (
	"context"
	"math/rand/v2"
	"testing"
)

// Games of up to four dimensions, as in the long test.
func BenchmarkSmallQuadratic(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	var games []*QuadraticGame
	for range 50 {
		games = append(games, randomQuadratic(rng, 1+rng.IntN(4), 1))
	}
	for i := 0; b.Loop(); i++ {
		if _, err := Quadratic(context.Background(), games[i%50], QuadraticOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
