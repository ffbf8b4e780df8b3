package many_test

import (
	"context"
	"fmt"
	"testing"

	"arbiter/equilibria/exact"
	"arbiter/equilibria/many"
	"arbiter/equilibria/solvertest"
)

func BenchmarkMany(b *testing.B) {
	for _, shape := range [][]int{{2, 2, 2}, {3, 3, 3}, {4, 4, 4}} {
		b.Run(fmt.Sprint(shape), func(b *testing.B) {
			var forms []*exact.Normal
			for seed := range uint64(20) {
				table := solvertest.Uniform(seed, shape...)
				forms = append(forms, solvertest.NormalForm(b, solvertest.Table(b, fmt.Sprint(shape), table), table.Rationals()))
			}
			for i := range b.N {
				m, err := many.Solve(context.Background(), forms[i%len(forms)], many.Limits{})
				if err != nil || !m.Complete {
					b.Fatal(err, m.Complete)
				}
			}
		})
	}
}
