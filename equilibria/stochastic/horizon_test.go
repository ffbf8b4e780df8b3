package stochastic_test

import (
	"context"
	"math"
	"testing"

	"arbiter/equilibria/solvertest"
	"arbiter/equilibria/stochastic"
	"arbiter/games/markov"
)

// With a horizon of one step it is the stationary solution without discount; the
// coarse correlated equilibria of three players stand the definition.
func TestHorizonOfThreePlayers(t *testing.T) {
	shape := [][]int{{2, 3, 2}, {2, 2, 2}}
	g := randomMarkov(t, 9, 0, .3, shape)
	o := stochastic.Options{Variant: stochastic.Plain, End: 4}
	br, err := stochastic.Trace(context.Background(), g, []float64{4}, o)
	if err != nil {
		t.Fatal(err)
	}
	h := *g
	h.Horizon = 3
	p, _, err := stochastic.BackwardLogit(context.Background(), &h, 4, o)
	if err != nil {
		t.Fatal(err)
	}
	for k := range 3 {
		if off := solvertest.Far(br.Points[0].Policy[k], p.Policy[k][4:]); off > 1e-11 {
			t.Errorf("last step of player %d: off by %.2g", k, off)
		}
		if off := solvertest.Far(h.Value(k, p.Policy), p.Value[k]); off > 1e-12 {
			t.Errorf("values of player %d: off by %.2g", k, off)
		}
	}
	c, err := stochastic.BackwardCorrelated(context.Background(), &h, true, "welfare")
	if err != nil {
		t.Fatal(err)
	}
	for step := range 3 {
		for s, joint := range c.Joint[step] {
			u := func(k, j int) (x float64) {
				for _, o := range h.Steps[0][s][j] {
					x += o.Prob * o.Reward[k]
					if o.Next >= 0 && step < 2 {
						x += o.Prob * c.Value[k][step+1][o.Next]
					}
				}
				return x
			}
			stride := 1
			for k := 2; k >= 0; k-- {
				m := shape[s][k]
				value := 0.0
				for j, q := range joint {
					value += q * u(k, j)
				}
				if math.Abs(value-c.Value[k][step][s]) > 1e-9 {
					t.Errorf("step %d, state %d, player %d: value %g, expected %g", step, s, k, c.Value[k][step][s], value)
				}
				for a := range m {
					gain := -value
					for j, q := range joint {
						gain += q * u(k, j+(a-j/stride%m)*stride)
					}
					if gain > 1e-9 {
						t.Errorf("step %d, state %d: player %d gains %g by action %d", step, s, k, gain, a)
					}
				}
				stride *= m
			}
		}
	}
}

// Payoffs c times as large at lambda/c are the same game.
func TestMarkovLogitScale(t *testing.T) {
	g := randomMarkov(t, 21, .8, .4, [][]int{{2, 2, 2}, {2, 3, 1}})
	big := *g
	big.Steps = [][][][]markov.Outcome{nil}
	for _, joints := range g.Steps[0] {
		var rows [][]markov.Outcome
		for _, list := range joints {
			var row []markov.Outcome
			for _, o := range list {
				r := append([]float64(nil), o.Reward...)
				for k := range r {
					r[k] *= 1e6
				}
				row = append(row, markov.Outcome{Prob: o.Prob, Next: o.Next, Reward: r})
			}
			rows = append(rows, row)
		}
		big.Steps[0] = append(big.Steps[0], rows)
	}
	a, err := stochastic.Trace(context.Background(), g, []float64{8}, own)
	if err != nil {
		t.Fatal(err)
	}
	b, err := stochastic.Trace(context.Background(), &big, []float64{8e-6}, own)
	if err != nil {
		t.Fatal(err)
	}
	for k := range 3 {
		if off := solvertest.Far(a.Points[0].Policy[k], b.Points[0].Policy[k]); off > 1e-10 {
			t.Errorf("player %d: off by %.2g", k, off)
		}
	}
}
