package liar

import (
	"math"
	"testing"

	"arbiter/games/flat"
	"arbiter/games/gametest"
)

// Sizes and values of uniform play, by an independent evaluator.
func TestSizesAndValues(t *testing.T) {
	for _, c := range []struct {
		sides, states, decisions, chance, terminals int
		value, first, second                        float64 // of uniform play and of best responses
	}{
		{3, 96, 576, 4, 567, 1. / 54, 16. / 27, 14. / 27},
		{6, 12288, 147456, 7, 147420, -0.0324074074074074, 0.795491622574956, 0.7659970238095237},
	} {
		g, err := New(c.sides)
		if err != nil {
			t.Fatal(err)
		}
		b, err := flat.Compile(g, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		decisions, chance, terminals := b.Sizes()
		if decisions != c.decisions || chance != c.chance || terminals != c.terminals || len(b.Rows(0)) != c.states || len(b.Rows(1)) != c.states {
			t.Errorf("%d sides: %d + %d states, %d decisions, %d chance nodes, %d terminals; expected %+v", c.sides, len(b.Rows(0)), len(b.Rows(1)), decisions, chance, terminals, c)
		}
		e := b.Evaluate(b.Uniform())
		for i, want := range []float64{c.value, c.first, c.second} {
			if found := []float64{e.Values[0], e.BestResponseValues[0], e.BestResponseValues[1]}[i]; math.Abs(found-want) > 1e-12 {
				t.Errorf("%d sides: number %d is %.16g, expected %.16g", c.sides, i, found, want)
			}
		}
	}
}

func TestContract(t *testing.T) {
	g, err := New(4)
	if err != nil {
		t.Fatal(err)
	}
	gametest.Run(t, g)
	s := g.Start()
	for _, move := range []int{2, 3, 0, 4} { // faces 3 and 4, bids 1-1 and 2-2
		s.Play(move)
	}
	if key := s.Key(0); key != "3 1-1 2-2" {
		t.Errorf("key %q, expected 3 1-1 2-2", key)
	}
	s.Play(s.Moves(0) - 1)
	got := make([]float64, 2)
	if s.Payoff(got); got[0] != 1 || got[1] != -1 {
		t.Errorf("payoffs %v: there is one 4 and no 2, so player 1 lied", got)
	}
	for _, sides := range []int{-1, 1, 9} {
		if _, err := New(sides); err == nil {
			t.Errorf("%d sides passed", sides)
		}
	}
}

func BenchmarkEvaluate(b *testing.B) {
	g, _ := New(6)
	board, err := flat.Compile(g, 1<<20)
	if err != nil {
		b.Fatal(err)
	}
	p := board.Uniform()
	for b.Loop() {
		board.Evaluate(p)
	}
}
