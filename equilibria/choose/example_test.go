package choose_test

import (
	"context"
	"fmt"

	"arbiter/equilibria/choose"
	"arbiter/games/kuhn"
	"arbiter/games/posed"
)

// The equilibrium of Kuhn poker, judged by other code than the solver's.
func ExampleGame_Solve() {
	game, err := kuhn.New(2)
	if err != nil {
		fmt.Println(err)
		return
	}
	a, err := choose.New(posed.New(game), choose.Solvers()).Solve(context.Background(), "nash", choose.Settings{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s by %s: value %.4f, NashConv below 1e-12: %v\n", a.Status, a.Chosen, a.Evaluation.Values[0], a.Evaluation.NashConv < 1e-12)
	// Output:
	// converged by lp: value -0.0556, NashConv below 1e-12: true
}
