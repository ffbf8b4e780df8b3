package linear_test

import (
	"context"
	"errors"
	"math"
	"testing"

	"arbiter/equilibria/linear"
	"arbiter/equilibria/solvertest"
	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/games/kuhn"
	"arbiter/games/leduc"
	"arbiter/games/normal"
)

func TestSequenceForm(t *testing.T) {
	kuhn3, _ := kuhn.New(3)
	pennies, _ := normal.New("p", normal.Table{Strategies: [][]string{{"h", "t"}, {"h", "t"}}, Payoffs: [][]float64{{1, 0, 0, 1}, {0, 1, 1, 0}}}, normal.Options{Noise: normal.None})
	for _, c := range []struct {
		b     *flat.Board
		value float64
	}{{solvertest.Kuhn(t), -1. / 18}, {solvertest.Compile(t, leduc.New()), -0.08560642407800}, {solvertest.Compile(t, pennies), .5}} {
		p, s, err := linear.SequenceForm(context.Background(), c.b)
		if err != nil {
			t.Fatal(err)
		}
		e := c.b.Evaluate(p)
		if e.NashConv > 1e-12 || math.Abs(e.Values[0]-c.value) > 1e-11 {
			t.Errorf("%s: NashConv %g, value %.14g, expected %.14g", c.b.Info().Name, e.NashConv, e.Values[0], c.value)
		}
		t.Logf("%s: %d pivots", c.b.Info().Name, s.Pivots)
	}
	if _, _, err := linear.SequenceForm(context.Background(), solvertest.Compile(t, kuhn3)); !errors.Is(err, linear.ErrNotZeroSum) {
		t.Errorf("three players: %v", err)
	}
}

func BenchmarkSequenceForm(b *testing.B) {
	for _, g := range []games.Game{leduc.New()} {
		l := solvertest.Compile(b, g)
		b.Run(g.Info().Name, func(b *testing.B) {
			for b.Loop() {
				if _, _, err := linear.SequenceForm(context.Background(), l); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
