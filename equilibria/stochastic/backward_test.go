package stochastic_test

import (
	"context"
	"fmt"
	"testing"

	"arbiter/dice"
	"arbiter/equilibria/stochastic"
	"arbiter/games/markov"
)

// Backward induction with three players: no player gains by leaving, by best
// responses of other code.
func TestBackwardInductionOfThree(t *testing.T) {
	for seed := range uint64(5) {
		key := dice.New(seed)
		word := 0
		draw := func() float64 { word++; return dice.Float64(key.Word(word)) }
		g := &markov.Game{Name: fmt.Sprint("random ", seed), Players: 3, States: []string{"a", "b"}, Horizon: 3, Start: []float64{.5, .5}}
		for range 3 {
			g.Actions = append(g.Actions, []int{2, 2})
		}
		step := make([][][]markov.Outcome, 2)
		for s := range step {
			for range 8 {
				p, reward := draw(), []float64{draw(), draw(), draw()}
				step[s] = append(step[s], []markov.Outcome{{Prob: p, Next: 0, Reward: reward}, {Prob: 1 - p, Next: 1, Reward: reward}})
			}
		}
		g.Steps = [][][][]markov.Outcome{step}
		if err := g.Check(); err != nil {
			t.Fatal(err)
		}
		p, err := stochastic.BackwardInduction(context.Background(), g)
		if err != nil {
			t.Fatal(err)
		}
		if e := g.Evaluate(p); e.Worst > 1e-9 {
			t.Errorf("game %d: a player gains %g", seed, e.Worst)
		}
	}
}
