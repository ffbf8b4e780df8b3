package leduc_test

import (
	"math"
	"slices"
	"testing"

	"arbiter/dice"
	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/games/gametest"
	"arbiter/games/leduc"
)

func board(tb testing.TB) *flat.Board {
	tb.Helper()
	b, err := flat.Compile(leduc.New(), 1<<20)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func TestContract(t *testing.T) { gametest.Run(t, leduc.New()) }

// prefer plays the named move where it is legal, else call.
func prefer(b *flat.Board, seat int, move string) games.Behaviour {
	s := b.Uniform()[seat]
	if move == "uniform" {
		return s
	}
	for i, r := range b.Rows(seat) {
		clear(s[i])
		at := slices.Index(r.Names, move)
		if at < 0 {
			at = slices.Index(r.Names, "call")
		}
		s[i][at] = 1
	}
	return s
}

// Sizes, values and gaps as fractions from an independent rational tree
// evaluator.
func TestReference(t *testing.T) {
	b := board(t)
	decisions, chance, terminals := b.Sizes()
	if decisions != 3780 || chance != 157 || terminals != 5520 || len(b.Rows(0)) != 468 || len(b.Rows(1)) != 468 {
		t.Errorf("%d decision, %d chance, %d terminal nodes, %d and %d information sets", decisions, chance, terminals, len(b.Rows(0)), len(b.Rows(1)))
	}
	near := func(what string, got, want float64) {
		if math.Abs(got-want) > 1e-12 {
			t.Errorf("%s: found %g, expected %g", what, got, want)
		}
	}
	e := b.Evaluate(b.Uniform())
	near("value of uniform", e.Values[0], -5./64)
	near("best response to uniform of seat 0", e.BestResponseValues[0], 167./80)
	near("best response to uniform of seat 1", e.BestResponseValues[1], 383./144)
	near("NashConv of uniform", e.NashConv, 1709./360)
	kinds := []string{"fold", "call", "raise", "uniform"}
	values := [][]float64{{0, 0, -1, -3. / 4}, {0, 0, 0, 0}, {1, 0, 0, 11. / 9}, {3. / 4, 0, -371. / 144, -5. / 64}}
	gaps := []float64{2, 44. / 15, 71. / 15, 1709. / 360}
	v := make([]float64, 2)
	for i, row := range kinds {
		for j, column := range kinds {
			b.Values(v, []games.Behaviour{prefer(b, 0, row), prefer(b, 1, column)})
			near(row+" against "+column, v[0], values[i][j])
		}
		near("NashConv of "+row, b.Evaluate([]games.Behaviour{prefer(b, 0, row), prefer(b, 1, row)}).NashConv, gaps[i])
	}
}

func TestKeys(t *testing.T) {
	keys := map[string]bool{}
	for seat := range 2 {
		for _, r := range board(t).Rows(seat) {
			keys[r.Key] = true
		}
	}
	for _, k := range []string{"c4|b-||", "c4|b1|crc|r", "c0|b5|cc|crr", "c3|b-|cr|"} {
		if !keys[k] {
			t.Errorf("no information state %q", k)
		}
	}
}

func BenchmarkPlayLeduc(b *testing.B) {
	board := board(b)
	p := board.Uniform()
	tables := [][]dice.Slot{board.Bind(0, p[0]), board.Bind(1, p[1])}
	b.ReportAllocs()
	key, i, sum := dice.New(1), uint64(0), 0.0
	for b.Loop() {
		unit := key.Sub(i)
		sum += board.Payoff(board.Play(tables, unit, unit.Sub(0)))[0]
		i++
	}
}
