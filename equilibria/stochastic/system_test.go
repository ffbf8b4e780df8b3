package stochastic

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"arbiter/dice"
	"arbiter/games/markov"
)

// The Jacobian is what differences of residuals say, for all variants, in a game of
// two players of unlike action counts that can end.
func TestStationaryJacobian(t *testing.T) {
	stream := dice.New(4).At(0)
	draw := func() float64 { return dice.Float64(stream.Uint64()) }
	g := &markov.Game{Players: 2, States: []string{"a", "b"}, Actions: [][]int{{2, 3}, {3, 1}}, Discount: .8, Start: []float64{1, 0}}
	step := make([][][]markov.Outcome, 2)
	for s := range step {
		for range g.Joint(s) {
			r, p := draw(), draw()
			pay := []float64{r, -r}
			step[s] = append(step[s], []markov.Outcome{{Prob: .5 * p, Next: 0, Reward: pay}, {Prob: .5, Next: 1, Reward: pay}, {Prob: .5 - .5*p, Next: markov.End, Reward: pay}})
		}
	}
	g.Steps = [][][][]markov.Outcome{step}
	for _, v := range []Variant{OwnEntropy, Plain, Saddle} {
		for _, starting := range []bool{false, true} {
			s := newStationary(g, []float64{1, .3})
			s.variant(Options{Variant: v, Regulariser: Entropy}, []float64{1, .3})
			s.starting = starting
			at := .7
			x := s.random(&stream, 0)
			jac := mat.NewDense(s.n+1, s.n+1, nil)
			residual := func(x []float64, at float64) []float64 {
				g := make([]float64, s.n)
				if !s.residuals(x, at, g, nil) {
					t.Fatal("not solved")
				}
				return g
			}
			if !s.residuals(x, at, make([]float64, s.n), jac) {
				t.Fatal("not solved")
			}
			const h = 1e-5
			for b := range s.n + 1 {
				lo, hi := append([]float64(nil), x...), append([]float64(nil), x...)
				atLo, atHi := at, at
				if b < s.n {
					lo[b] -= h
					hi[b] += h
				} else {
					atLo, atHi = at-h, at+h
				}
				below, above := residual(lo, atLo), residual(hi, atHi)
				for a := range s.n {
					if d := (above[a] - below[a]) / (2 * h); math.Abs(d-jac.At(a, b)) > 1e-8 {
						t.Errorf("%s, starting %v: derivative of %d by %d is %g, expected %g", v, starting, a, b, jac.At(a, b), d)
					}
				}
			}
		}
	}
}
