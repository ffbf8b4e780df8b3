package control_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"arbiter/agents"
	"arbiter/dice"
	"arbiter/games"
	"arbiter/games/control"
)

// cart is pushed along a line by one and against it by the other; it is paid for being
// near 0.
type cart struct{}

func (cart) Start(state []float64, src rand.Source) {
	state[0], state[1] = control.Even(src, -1, 1), 0
}

func (cart) Step(state []float64, u, d int) (reward float64, over bool) {
	state[1] += .1 * (float64(u-1) - .5*float64(d-1))
	state[0] += .1 * state[1]
	return -math.Abs(state[0]), math.Abs(state[0]) > 2
}

// A task on two real numbers, played by two agents.
func Example() {
	moves := []string{"left", "none", "right"}
	game, err := control.New(control.Task{
		Dynamics: cart{}, Name: "cart",
		State: []games.Axis{{Name: "place", Lo: -2, Hi: 2}, {Name: "speed", Lo: -2, Hi: 2}},
		Moves: [2][]string{moves, moves}, Idle: [2]int{1, 1},
		Horizon: 50, Discount: .95, Lo: -3, Hi: 0,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	seats, pay := []agents.Agent{agents.Always("right"), agents.Uniform()}, make([]float64, 2)
	if err := agents.Play(context.Background(), game.Start(), true, seats, dice.New(1), dice.New(2), pay); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s pays between %.0f and %.0f, this match %.1f and %.1f\n", game.Info().Name, game.Info().Lo[0], game.Info().Hi[0], pay[0], pay[1])
	// Output:
	// cart pays between -150 and 0, this match -16.3 and 16.3
}
