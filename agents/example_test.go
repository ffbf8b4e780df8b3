package agents_test

import (
	"fmt"

	"arbiter/agents"
	"arbiter/games/kuhn"
	"arbiter/games/posed"
)

// How far random play of Kuhn poker is from equilibrium.
func ExampleEvaluate() {
	game, err := kuhn.New(2)
	if err != nil {
		fmt.Println(err)
		return
	}
	e, err := agents.Evaluate(posed.New(game), agents.Uniform())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("value %.3f, a best response gains %.3f and %.3f\n", e.Values[0], e.Gaps[0], e.Gaps[1])
	// Output:
	// value 0.125, a best response gains 0.375 and 0.542
}
