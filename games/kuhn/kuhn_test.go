package kuhn_test

import (
	"math"
	"testing"

	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/games/gametest"
	"arbiter/games/kuhn"
)

func board(t *testing.T, players int) *flat.Board {
	t.Helper()
	g, err := kuhn.New(players)
	if err != nil {
		t.Fatal(err)
	}
	b, err := flat.Compile(g, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Counts, values and gaps of the uniform policy: an independent rational tree
// evaluator, as fractions.
func TestUniform(t *testing.T) {
	for _, c := range []struct {
		players, rows, decisions, chance, terminals int
		value0, best0, nashConv                     float64
	}{
		{2, 6, 24, 4, 30, 1. / 8, 1. / 2, 11. / 12},
		{3, 16, 288, 17, 312, 15. / 64, 25. / 32, 33. / 16},
		{4, 40, 3840, 86, 3960, 0.3098958333333333, 1, 3.476041666666667},
	} {
		b := board(t, c.players)
		decisions, chance, terminals := b.Sizes()
		if decisions != c.decisions || chance != c.chance || terminals != c.terminals {
			t.Errorf("%d players: %d decision, %d chance, %d terminal nodes", c.players, decisions, chance, terminals)
		}
		for seat := range c.players {
			if n := len(b.Rows(seat)); n != c.rows {
				t.Errorf("%d players: seat %d has %d information sets, want %d", c.players, seat, n, c.rows)
			}
		}
		e := b.Evaluate(b.Uniform())
		for _, x := range [][2]float64{{e.Values[0], c.value0}, {e.BestResponseValues[0], c.best0}, {e.NashConv, c.nashConv}, {e.Exploitability, c.nashConv / float64(c.players)}} {
			if math.Abs(x[0]-x[1]) > 1e-12 {
				t.Errorf("%d players: found %g, want %g", c.players, x[0], x[1])
			}
		}
	}
}

// Kuhn's equilibria: a segment for player 0, one strategy for player 1.
func TestEquilibria(t *testing.T) {
	b := board(t, 2)
	for _, a := range []float64{0, .1, .25, 1. / 3} {
		bet := []map[string]float64{
			{"0": a, "1": 0, "2": 3 * a, "0pb": 0, "1pb": 1./3 + a, "2pb": 1},
			{"0p": 1. / 3, "1p": 0, "2p": 1, "0b": 0, "1b": 1. / 3, "2b": 1},
		}
		p := b.Uniform()
		for seat := range p {
			for i, r := range b.Rows(seat) {
				p[seat][i] = []float64{1 - bet[seat][r.Key], bet[seat][r.Key]}
			}
		}
		e := b.Evaluate(p)
		if math.Abs(e.NashConv) > 1e-12 || math.Abs(e.Values[0]+1./18) > 1e-12 {
			t.Errorf("alpha %g: NashConv %g, value %g", a, e.NashConv, e.Values[0])
		}
	}
}

// Three players who always pass (P) or always bet (B): fractions worked out by
// the same evaluator as above.
func TestPureThreePlayers(t *testing.T) {
	b := board(t, 3)
	for name, want := range map[string][3]float64{
		"PPP": {0, 0, 0}, "BPP": {2, -1, -1}, "PBP": {-1, 2, -1}, "BBP": {.5, .5, -1},
		"PPB": {-1, -1, 2}, "BPB": {.5, -1, .5}, "PBB": {-1, .5, .5}, "BBB": {0, 0, 0},
	} {
		p := b.Uniform()
		for seat := range p {
			for i := range p[seat] {
				p[seat][i] = []float64{1, 0}
				if name[seat] == 'B' {
					p[seat][i] = []float64{0, 1}
				}
			}
		}
		v := make([]float64, 3)
		b.Values(v, p)
		for k := range v {
			if math.Abs(v[k]-want[k]) > 1e-12 {
				t.Errorf("%s: values %v, want %v", name, v, want)
			}
		}
	}
}

func TestConformance(t *testing.T) {
	for _, n := range []int{2, 3, 4} {
		g, _ := kuhn.New(n)
		gametest.Run(t, g)
	}
}

func TestPlayersOutOfRange(t *testing.T) {
	for _, n := range []int{-1, 0, 1, 11} {
		if g, err := kuhn.New(n); err == nil {
			t.Errorf("New(%d) = %v", n, g.Info())
		}
	}
	g, err := kuhn.New(10)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := flat.Compile(g, 1<<16); err == nil {
		t.Error("ten players compiled into 65,536 nodes")
	}
	if g.Start().Turn() != games.Chance {
		t.Error("a hand does not begin with the deal")
	}
}
