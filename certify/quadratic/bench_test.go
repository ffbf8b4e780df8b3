package quadratic

import (
	"context"
	"math/rand/v2"
	"testing"
)

// Games of up to four dimensions, as in the long test.
func BenchmarkSmallQuadratic(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	var games []*Game
	for range 50 {
		games = append(games, randomQuadratic(rng, 1+rng.IntN(4), 1))
	}
	for i := 0; b.Loop(); i++ {
		if _, err := Certify(context.Background(), games[i%50], Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// Games of the long test, up to four dimensions, and one of 64.
func BenchmarkCertifyQuadratic(b *testing.B) {
	var hard []*Game
	for seed := range uint64(200) {
		hard = append(hard, hardGame(rand.New(rand.NewPCG(seed, 77))))
	}
	for name, games := range map[string][]*Game{
		"4":  hard,
		"64": {suiteGame(rand.New(rand.NewPCG(1, 1)), .8333)},
	} {
		b.Run(name, func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				if _, err := Certify(context.Background(), games[i%len(games)], Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
