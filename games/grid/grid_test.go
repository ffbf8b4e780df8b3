package grid_test

import (
	"math"
	"testing"

	"arbiter/games/gametest"
	"arbiter/games/grid"
	"arbiter/games/markov"
)

func game(t *testing.T, number int) *markov.Game {
	t.Helper()
	g, err := grid.New("grid", number)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestContract(t *testing.T) {
	for _, number := range []int{1, 2} {
		gametest.Run(t, markov.NewPlayable(game(t, number), false))
	}
	if _, err := grid.New("grid", 3); err == nil {
		t.Error("there is a third game")
	}
}

// The equilibria of the grid games that Hu and Wellman's rules lead to.
func TestGridGames(t *testing.T) {
	move := func(g *markov.Game, p markov.Policy, k int, cells, name string) {
		for s, at := range g.States {
			if at != cells {
				continue
			}
			for a, label := range g.Names(k, s) {
				if p[k][s][a] = 0; label == name {
					p[k][s][a] = 1
				}
			}
		}
	}
	g := game(t, 1)
	p := g.Uniform()
	for _, step := range []struct{ cells, a, b string }{{"0|2", "right", "up"}, {"1|5", "right", "up"}, {"2|8", "up", "left"}, {"5|7", "up", "left"}} {
		move(g, p, 0, step.cells, step.a)
		move(g, p, 1, step.cells, step.b)
	}
	if v := []float64{g.AtStart(g.Value(0, p)), g.AtStart(g.Value(1, p))}; math.Abs(v[0]-97.0299) > 1e-9 || math.Abs(v[1]-97.0299) > 1e-9 {
		t.Errorf("game 1: the shortest way is worth %v, expected 97.0299", v)
	}
	// Game 2: agent 0 goes sideways, agent 1 tries the barrier.
	g = game(t, 2)
	p = g.Uniform()
	for _, step := range []struct{ cells, a, b string }{
		{"0|2", "right", "up"}, {"1|5", "up", "up"}, {"4|8", "up", "left"}, {"1|2", "up", "up"}, {"4|2", "up", "up"}, {"4|5", "up", "up"},
	} {
		move(g, p, 0, step.cells, step.a)
		move(g, p, 1, step.cells, step.b)
	}
	if v := []float64{g.AtStart(g.Value(0, p)), g.AtStart(g.Value(1, p))}; math.Abs(v[0]-98.01) > 1e-9 || math.Abs(v[1]-49.005) > 1e-9 {
		t.Errorf("game 2: %v, expected 98.01 and 49.005", v)
	}
}
