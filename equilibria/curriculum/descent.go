package curriculum

import (
	"context"
	"fmt"
	"math"

	"arbiter/games/markov"
	"arbiter/internal/num"
)

// Descent is what first-order learners do who see the tables: sweeps of simultaneous
// mirror descent on all stage games, with the divergence from even play as regulariser.
// For them a curriculum decides: at a low temperature steps must be so small, no
// larger than about the temperature over L², that from even play they get nowhere.
type Descent struct {
	Temperature func(sweep int) float64 // of both players, by sweep from 0
	// Largest is L, the size of stage games that steps are made for; see Size.
	Largest float64
	// Watch sees sweeps from 1 on: the policies and the values of player 0 with the
	// regulariser, both valid until it returns. It ends the descent with false.
	Watch func(sweep int, p markov.Policy, value []float64) bool
}

// Size is the largest number in the stage games of a zero-sum game at values.
func Size(g *markov.Game, value []float64) (most float64) {
	for s := range g.States {
		q := stage(g, s)
		g.Stage(0, 0, s, value, q)
		for _, row := range q {
			for _, x := range row {
				most = max(most, math.Abs(x))
			}
		}
	}
	return most
}

// stage is room for the stage game of a state.
func stage(g *markov.Game, s int) [][]float64 {
	q := make([][]float64, g.Actions[0][s])
	for a := range q {
		q[a] = make([]float64, g.Actions[1][s])
	}
	return q
}

// Run descends until Watch ends it.
func (d Descent) Run(ctx context.Context, g *markov.Game) error {
	if err := admit(g); err != nil {
		return err
	}
	if !g.ZeroSum() {
		return fmt.Errorf("%s: %w", g.Name, ErrGeneralSum)
	}
	n := len(g.States)
	p, value, now := g.Uniform(), make([]float64, n), make([]float64, n)
	logits, q := [2][][]float64{make([][]float64, n), make([][]float64, n)}, make([][][]float64, n)
	for s := range n {
		q[s] = stage(g, s)
		for k := range logits {
			logits[k][s] = make([]float64, g.Actions[k][s])
		}
	}
	for sweep := 0; ; sweep++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		tau := d.Temperature(sweep)
		step := min(.5, 4*tau/(d.Largest*d.Largest))
		for s := range n {
			g.Stage(0, 0, s, value, q[s])
			now[s] = descend(q[s], tau, step, logits[0][s], logits[1][s], p[0][s], p[1][s])
		}
		copy(value, now)
		if !d.Watch(sweep+1, p, value) {
			return nil
		}
	}
}

// descend takes a step of both players at a stage game, whose value it returns.
func descend(q [][]float64, tau, step float64, u, w, x, y []float64) float64 {
	earned, paid := make([]float64, len(x)), make([]float64, len(y))
	for i, row := range q {
		for j, v := range row {
			earned[i] += v * y[j]
			paid[j] += v * x[i]
		}
	}
	for i, v := range earned {
		u[i] = (1-step*tau)*u[i] + step*v
	}
	for j, v := range paid {
		w[j] = (1-step*tau)*w[j] - step*v
	}
	num.Softmax(x, u, 1)
	num.Softmax(y, w, 1)
	v := 0.0
	for i, row := range q {
		for j, r := range row {
			v += x[i] * y[j] * r
		}
	}
	return v - tau*(math.Log(float64(len(x)))-num.Entropy(x)) + tau*(math.Log(float64(len(y)))-num.Entropy(y))
}
