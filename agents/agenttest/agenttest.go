// Package agenttest checks that an agent keeps the contract of agents. Tabular or
// not, every agent runs it.
package agenttest

import (
	"context"
	"slices"
	"testing"

	"arbiter/agents"
	"arbiter/dice"
	"arbiter/games"
)

// Run seats the agent everywhere in g and plays: moves are legal, the same keys
// give the same matches, also from several goroutines at once.
func Run(t *testing.T, name string, a agents.Agent, g games.Game) {
	t.Helper()
	const matches = 50
	info := g.Info()
	play := func() ([][]float64, error) {
		seats, state := slices.Repeat([]agents.Agent{a}, info.Seats), g.Start()
		all := make([][]float64, matches)
		for i := range all {
			all[i] = make([]float64, info.Seats)
			key := dice.New(17).Sub(uint64(i))
			if err := agents.Play(context.Background(), state, info.Perfect, seats, key, key.Sub(0), all[i]); err != nil {
				return nil, err
			}
		}
		return all, nil
	}
	want, err := play()
	if err != nil {
		t.Fatalf("%s in %s: %v", name, info.Name, err)
	}
	const at = 3
	got, errs, done := make([][][]float64, at), make([]error, at), make(chan int)
	for i := range at {
		go func() { got[i], errs[i] = play(); done <- i }()
	}
	for range at {
		i := <-done
		if errs[i] != nil || !slices.EqualFunc(got[i], want, slices.Equal) {
			t.Errorf("%s in %s: matches of the same keys differ (%v)", name, info.Name, errs[i])
		}
	}
}
