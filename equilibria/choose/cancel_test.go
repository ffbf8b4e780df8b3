package choose_test

import (
	"context"
	"errors"
	"testing"

	"arbiter/equilibria/choose"
	"arbiter/games/kuhn"
	"arbiter/games/markov"
	"arbiter/games/posed"
)

// A cancelled question has no answer, whichever way the solver goes.
func TestCancelledIsAnError(t *testing.T) {
	poker, err := kuhn.New(2)
	if err != nil {
		t.Fatal(err)
	}
	asked := []*posed.Game{posed.New(poker)}
	for _, body := range []string{
		`{"kind":"markov_game","players":2,"states":["s"],"actions":[[2],[2]],"horizon":2,"rewards":[[[[1,0],[0,2]]],[[[0,1],[1,0]]]],"transitions":[[[[1],[1]],[[1],[1]]]]}`,
		`{"kind":"markov_game","players":1,"states":["s"],"actions":[[2]],"discount":0.5,"rewards":[[[1,0]]],"transitions":[[[1],[1]]]}`,
	} {
		g, err := markov.Read([]byte(body), "g.json", "g")
		if err != nil {
			t.Fatal(err)
		}
		asked = append(asked, posed.New(markov.NewPlayable(g, false)))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, g := range asked {
		if _, err := choose.New(g, choose.Solvers()).Solve(t.Context(), "nash", choose.Settings{}); err != nil {
			t.Errorf("%s: %v", g.Name, err)
		}
		if a, err := choose.New(g, choose.Solvers()).Solve(ctx, "nash", choose.Settings{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: cancelled, it answers %+v, %v", g.Name, a, err)
		}
	}
}
