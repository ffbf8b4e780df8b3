package softmarkov

import (
	"context"
	"testing"

	"arbiter/certify"
	"arbiter/certify/certifytest"
	"arbiter/certify/enclose"
	"arbiter/games/markov"
)

// States where actions make no difference cost no cells: with as many the margin is
// that of the game without choices there.
func TestIdleStatesAreNotBisected(t *testing.T) {
	ctx := context.Background()
	game := func(seed, idle, moves int) *markov.Game {
		base := certifytest.RandomMarkov(t, seed)
		n := len(base.States)
		g := &markov.Game{Name: "idle", Players: 2, Discount: base.Discount, Actions: [][]int{nil, nil}, Steps: [][][][]markov.Outcome{nil}}
		for k := range 2 {
			g.Actions[k] = append([]int(nil), base.Actions[k]...)
		}
		g.States = append([]string(nil), base.States...)
		g.Start = append([]float64(nil), base.Start...)
		g.Steps[0] = append(g.Steps[0], base.Steps[0]...)
		for k := range idle {
			g.States = append(g.States, "idle "+string(rune('a'+k)))
			g.Start = append(g.Start, 0)
			var joints [][]markov.Outcome
			for range moves * moves {
				joints = append(joints, []markov.Outcome{{Next: (n + k + 1) % (n + idle), Prob: 1, Reward: []float64{.25, -.25}}})
			}
			g.Steps[0] = append(g.Steps[0], joints)
			for i := range 2 {
				g.Actions[i] = append(g.Actions[i], moves)
			}
		}
		return g
	}
	margin := func(g *markov.Game) float64 {
		if err := g.Check(); err != nil {
			t.Fatal(err)
		}
		c, err := Interval(ctx, g, []float64{4, 4}, 1, enclose.Options{MaxCells: 32, Norm: certify.L2})
		if err != nil {
			t.Fatal(err)
		}
		return c.Margin
	}
	for _, seed := range []int{1, 2} {
		without, with := margin(game(seed, 3, 1)), margin(game(seed, 3, 2))
		t.Logf("game %d: margins %.9g and %.9g", seed, without, with)
		if !(with >= without-1e-9) {
			t.Errorf("game %d: margin %.9g with actions that make no difference, %.9g without", seed, with, without)
		}
	}
}
