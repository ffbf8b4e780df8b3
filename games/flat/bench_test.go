package flat_test

import (
	"testing"

	"arbiter/dice"
	"arbiter/equilibria/learn"
	"arbiter/games/flat"
	"arbiter/games/kuhn"
)

func kuhnTables(tb testing.TB) (*flat.Board, [][]dice.Slot) {
	tb.Helper()
	g, _ := kuhn.New(2)
	b, err := flat.Compile(g, 1<<20)
	if err != nil {
		tb.Fatal(err)
	}
	p := learn.CFR(b, 1000)
	return b, [][]dice.Slot{b.Bind(0, p[0]), b.Bind(1, p[1])}
}

func BenchmarkPlayKuhn(b *testing.B) {
	board, tables := kuhnTables(b)
	b.ReportAllocs()
	key, i, sum := dice.New(1), uint64(0), 0.0
	for b.Loop() {
		unit := key.Sub(i)
		sum += board.Payoff(board.Play(tables, unit, unit.Sub(0)))[0]
		i++
	}
}

func TestPlayDoesNotAllocate(t *testing.T) {
	board, tables := kuhnTables(t)
	i := uint64(0)
	if n := testing.AllocsPerRun(1000, func() {
		board.Play(tables, dice.New(1).Sub(i), dice.New(2).Sub(i))
		i++
	}); n != 0 {
		t.Errorf("a match allocates %g times", n)
	}
}
