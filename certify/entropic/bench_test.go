package entropic

import (
	"context"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"arbiter/games/normal"
)

// randomTable has payoffs from -1 to 1.
func randomTable(rng *rand.Rand, sizes ...int) normal.Table {
	var t normal.Table
	cells := 1
	for _, m := range sizes {
		var names []string
		for a := range m {
			names = append(names, strconv.Itoa(a))
		}
		t.Strategies = append(t.Strategies, names)
		cells *= m
	}
	for range sizes {
		row := make([]float64, cells)
		for k := range row {
			row[k] = 2*rng.Float64() - 1
		}
		t.Payoffs = append(t.Payoffs, row)
	}
	return t
}

// Random payoff tables, built and certified, at one temperature and at another
// for each player; at the higher ones they are certified.
func BenchmarkCertifyTable(b *testing.B) {
	for _, sizes := range [][]int{{3, 3}, {10, 10}, {3, 3, 3}, {5, 5, 5}, {3, 3, 3, 3}} {
		for _, tau := range []float64{.3, 3} {
			for _, common := range []bool{true, false} {
				name := ""
				for _, m := range sizes {
					name += strconv.Itoa(m) + "x"
				}
				name = name[:len(name)-1] + " at " + strconv.FormatFloat(tau, 'g', -1, 64)
				temperature := slices.Repeat([]float64{tau}, len(sizes))
				if !common {
					temperature[0] *= 2
					name += " and twice"
				}
				b.Run(name, func(b *testing.B) {
					rng := rand.New(rand.NewPCG(1, 1))
					var tables []normal.Table
					for range 10 {
						tables = append(tables, randomTable(rng, sizes...))
					}
					for i := 0; b.Loop(); i++ {
						g, err := NormalForm(context.Background(), tables[i%10])
						if err != nil {
							b.Fatal(err)
						}
						if _, err := g.Certify(context.Background(), temperature); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}
