package fit_test

import (
	"context"
	"fmt"

	"arbiter/certify/fit"
	"arbiter/games/kuhn"
	"arbiter/games/posed"
)

// Does gradient play of Kuhn poker with entropy at temperature 2 converge, provably?
func ExampleGame() {
	game, err := kuhn.New(2)
	if err != nil {
		fmt.Println(err)
		return
	}
	const scale = 4 // payoffs go from -2 to 2
	c, err := fit.Game(context.Background(), fit.Forms(), posed.New(game), scale, fit.Options{Temperature: []float64{2}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("certified %v at rate %.3f\n", c.Certified(), c.Rate)
	// Output:
	// certified true at rate 1.750
}
