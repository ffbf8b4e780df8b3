package softmarkov

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"arbiter/games/markov"
	"arbiter/games/soccer"
)

// zeroSum is a random zero-sum game in which play may end.
func zeroSum(random *rand.Rand, states int, scale, shift float64) *markov.Game {
	g := &markov.Game{Name: "random", Players: 2, Discount: random.Float64(), Start: make([]float64, states), Actions: make([][]int, 2), Labels: make([][][]string, 2)}
	g.Start[0] = 1
	var step [][][]markov.Outcome
	for s := range states {
		g.States = append(g.States, string(rune('a'+s)))
		m, n := 1+random.IntN(4), 1+random.IntN(4)
		g.Actions[0], g.Actions[1] = append(g.Actions[0], m), append(g.Actions[1], n)
		var joints [][]markov.Outcome
		for range m * n {
			var list []markov.Outcome
			left := 1.0
			for left > 0 {
				p := min(left, math.Ldexp(float64(1+random.IntN(8)), -3))
				r := scale * (random.Float64() + shift)
				list = append(list, markov.Outcome{Prob: p, Next: random.IntN(states+1) - 1, Reward: []float64{r, -r}})
				left -= p
			}
			joints = append(joints, list)
		}
		step = append(step, joints)
	}
	g.Steps = [][][][]markov.Outcome{step}
	return g
}

// The interaction of a stage game is the largest over actions and over all corners of
// the box of values, which sweeps keep to; steps and factors follow from it.
func TestStagesAreTheCornersOfTheBox(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for k := range 60 {
		g := zeroSum(random, 1+k%4, math.Pow(10, float64(k%7-3)), float64(k%5-2))
		tau := []float64{.01 + random.Float64(), .01 + random.Float64()}
		c, err := Stages(context.Background(), g, tau)
		if err != nil {
			t.Fatal(err)
		}
		st, n := c.Stages, len(g.States)
		if !c.Certified() || !c.Converges() || st.Rate != min(tau[0], tau[1]) {
			t.Fatalf("game %d: %+v", k, c)
		}
		for s := range g.States {
			m, l := g.Actions[0][s], g.Actions[1][s]
			q := make([][]float64, m)
			for a := range q {
				q[a] = make([]float64, l)
			}
			most := 0.0
			for corner := range 1 << n {
				v := make([]float64, n)
				for i := range v {
					if v[i] = st.Lower; corner>>i&1 == 1 {
						v[i] = st.Upper
					}
				}
				g.Stage(0, 0, s, v, q)
				for a := range q {
					for b := range q[a] {
						if x, size := q[a][b], math.Abs(st.Lower)+math.Abs(st.Upper); x < st.Lower-1e-12*size || x > st.Upper+1e-12*size {
							t.Errorf("game %d: a value of %g between %g and %g", k, x, st.Lower, st.Upper)
						}
						for e := range a {
							for f := range b {
								most = max(most, math.Abs(q[a][b]-q[e][b]-q[a][f]+q[e][f]))
							}
						}
					}
				}
			}
			size := math.Abs(st.Lower) + math.Abs(st.Upper)
			if d := st.Interaction[s]; math.Abs(d-most) > 1e-12*size {
				t.Errorf("game %d, state %d: interaction %.17g, expected %.17g", k, s, d, most)
			}
			if x := st.Lipschitz[s]; x < st.Interaction[s]/4 || st.Step[s]*x*x > st.Rate*(1+1e-15) || !math.IsInf(st.Step[s], 1) && math.Abs(st.Factor[s]*(1+st.Step[s]*st.Rate)-1) > 1e-14 {
				t.Errorf("game %d, state %d: Lipschitz %g, step %g, factor %g", k, s, x, st.Step[s], st.Factor[s])
			}
		}
	}
}

// Games that are not zero-sum, end at a horizon, or have no temperature are refused.
func TestStagesRefuses(t *testing.T) {
	g, err := soccer.New("soccer", .9, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Stages(context.Background(), g, []float64{.1, 0}); err == nil || errors.Is(err, ErrStages) {
		t.Errorf("temperature 0: %v", err)
	}
	random := rand.New(rand.NewPCG(3, 4))
	general, ends := zeroSum(random, 3, 1, 0), zeroSum(random, 3, 1, 0)
	general.Steps[0][1][0][0].Reward[1] += 1e-6
	ends.Horizon = 3
	for _, g := range []*markov.Game{general, ends} {
		if _, err := Stages(context.Background(), g, []float64{1, 1}); !errors.Is(err, ErrStages) {
			t.Errorf("%v", err)
		}
	}
	done, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Stages(done, g, []float64{1, 1}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
