package equilibria_test

import (
	"context"
	"fmt"
	"testing"

	"arbiter/dice"
	"arbiter/equilibria"
	"arbiter/games/flat"
	"arbiter/games/leduc"
	"arbiter/games/normal"
)

// uniformTable has payoffs drawn evenly from 0 to 1.
func uniformTable(seed uint64, shape ...int) normal.Table {
	table := normal.Table{}
	size := 1
	for _, n := range shape {
		var names []string
		for i := range n {
			names = append(names, fmt.Sprint(i))
		}
		table.Strategies = append(table.Strategies, names)
		size *= n
	}
	for k := range shape {
		key := dice.New(seed).Sub(uint64(k))
		row := make([]float64, size)
		for i := range row {
			row[i] = dice.Float64(key.Word(i))
		}
		table.Payoffs = append(table.Payoffs, row)
	}
	return table
}

func BenchmarkLogit(b *testing.B) {
	trace := func(name string, o equilibria.LogitOptions, boards ...*flat.Board) {
		b.Run(name, func(b *testing.B) {
			for i := range b.N {
				br, err := equilibria.Logit(context.Background(), boards[i%len(boards)], o)
				if err != nil || br.Stalled {
					b.Fatal(err, br.Stalled)
				}
			}
		})
	}
	twenty := func(shape ...int) (out []*flat.Board) {
		for seed := range uint64(20) {
			out = append(out, tableBoard(b, fmt.Sprint(shape), uniformTable(seed, shape...)))
		}
		return out
	}
	trace("10x10", equilibria.LogitOptions{}, twenty(10, 10)...)
	trace("5x5x5", equilibria.LogitOptions{}, twenty(5, 5, 5)...)
	trace("50x50", equilibria.LogitOptions{}, twenty(50, 50)...)
	trace("Kuhn", equilibria.LogitOptions{}, kuhn2(b))
	trace("LeducTemperature0.1", equilibria.LogitOptions{Lambdas: []float64{10}}, board(b, leduc.New()))
}

func BenchmarkMany(b *testing.B) {
	for _, shape := range [][]int{{2, 2, 2}, {3, 3, 3}, {4, 4, 4}} {
		b.Run(fmt.Sprint(shape), func(b *testing.B) {
			var forms []*equilibria.Normal
			for seed := range uint64(20) {
				table := uniformTable(seed, shape...)
				forms = append(forms, normalForm(b, tableBoard(b, fmt.Sprint(shape), table), table.Rationals()))
			}
			for i := range b.N {
				m, err := forms[i%len(forms)].Many(context.Background(), equilibria.ManyLimits{})
				if err != nil || !m.Complete {
					b.Fatal(err, m.Complete)
				}
			}
		})
	}
}
