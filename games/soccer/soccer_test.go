package soccer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"arbiter/dice"
	"arbiter/games/gametest"
	"arbiter/games/markov"
	"arbiter/games/soccer"
)

func game(t testing.TB, discount float64, loose bool) *markov.Game {
	t.Helper()
	g, err := soccer.New("soccer", discount, loose)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestContract(t *testing.T) {
	for _, loose := range []bool{false, true} {
		gametest.Run(t, markov.NewPlayable(game(t, .9, loose), false))
	}
	if _, err := soccer.New("soccer", 1, false); err == nil || !strings.Contains(err.Error(), "discount: found 1") {
		t.Errorf("discount 1: %v", err)
	}
}

func BenchmarkMatch(b *testing.B) {
	g := game(b, .9, false)
	a := markov.NewArena(g)
	p := g.Uniform()
	tables := [][]dice.Slot{a.Bind(0, p[0]), a.Bind(1, p[1])}
	dst := make([]float64, 2)
	i := uint64(0)
	b.ReportAllocs()
	for b.Loop() {
		unit := dice.New(1).Sub(i)
		a.Match(tables, unit, unit.Sub(0), dst)
		i++
	}
	b.ReportMetric(length(g, p)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mmoves/s")
}

// length is the mean number of joint moves of a match: the value of 1 a move.
func length(g *markov.Game, p markov.Policy) float64 {
	counted := *g
	counted.Steps = [][][][]markov.Outcome{nil}
	for _, joints := range g.Steps[0] {
		var lists [][]markov.Outcome
		for _, list := range joints {
			list = slices.Clone(list)
			for i := range list {
				list[i].Reward = []float64{1, 1}
			}
			lists = append(lists, list)
		}
		counted.Steps[0] = append(counted.Steps[0], lists)
	}
	return counted.AtStart(counted.Value(0, p))
}

func Example() {
	g, err := soccer.New("soccer", .9, false)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.4f\n", g.Evaluate(g.Uniform()).NashConv)
	// Output: 1.1074
}
