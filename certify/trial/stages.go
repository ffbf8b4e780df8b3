package trial

import (
	"context"
	"math"
	"slices"

	"arbiter/certify"
	"arbiter/equilibria/stochastic"
	"arbiter/games/markov"
)

// mostStages is how many games of a state sweeps solve, about.
const mostStages = 100_000

// Stages sweeps over random values of g by the certificate of its value iteration, and
// plays the games of states, by proximal steps, against values that stay.
func Stages(ctx context.Context, g *markov.Game, tau []float64, c *certify.Certificate, s Trials) ([]certify.Trial, error) {
	t, st, n := [2]float64(tau), c.Stages, len(g.States)
	q := make([][][]float64, n)
	for i := range q {
		for range g.Actions[0][i] {
			q[i] = append(q[i], make([]float64, g.Actions[1][i]))
		}
	}
	size := max(math.Abs(st.Lower), math.Abs(st.Upper), st.Upper-st.Lower)
	// between is a random value, now and then at an end.
	between := func(random func() float64) float64 {
		return min(max(st.Lower+(st.Upper-st.Lower)*(.5+random()), st.Lower), st.Upper)
	}
	var out []certify.Trial
	for k, row := range promised(c) {
		var m motion
		trial := certify.Trial{Scheme: row.Scheme, Step: row.Best, Certified: row.Factor}
		run := s
		switch {
		case row.Scheme == certify.Sweep:
			trial.Measure = "distance of two vectors of values, max norm"
			if run.Starts == 0 && run.Steps == 0 && 2*40*60*n > mostStages {
				run.Steps = 20
				run.Starts = max(2, mostStages/(2*run.Steps*n))
			}
			v, w, off := make([]float64, n), make([]float64, n), 0.0
			sweep := func(v []float64) bool {
				now := make([]float64, n)
				for i := range now {
					g.Stage(0, 0, i, v, q[i])
					x, y := make([]float64, g.Actions[0][i]), make([]float64, g.Actions[1][i])
					value, gap, err := stochastic.SoftStage(q[i], t, stochastic.KL, x, y)
					if err != nil {
						return false
					}
					now[i], off = value, max(off, gap)
				}
				copy(v, now)
				return true
			}
			m = motion{
				start: func(random func() float64) {
					off = 0
					for i := range v {
						v[i], w[i] = 3*size*random(), 3*size*random()
					}
				},
				move: func() bool { off = 0; return sweep(v) && sweep(w) },
				measure: func() float64 {
					most := 0.0
					for i := range v {
						most = max(most, math.Abs(v[i]-w[i]))
					}
					return most
				},
				noise: func() float64 { return 2*off + 64*unitRounding*size },
			}
		case math.IsInf(row.Best, 1):
			continue
		default:
			trial.Measure = "divergence from the equilibrium of a stage game"
			busiest := slices.Index(st.Lipschitz, slices.Max(st.Lipschitz))
			v := make([]float64, n)
			var at int
			var p, lp, y, l [2][]float64
			off := 0.0
			m = motion{
				start: func(random func() float64) {
					at = busiest
					if random() > 0 {
						at = min(n-1, int((1+random())/2*float64(n)))
					}
					for i := range v {
						v[i] = between(random)
					}
					g.Stage(0, 0, at, v, q[at])
					for k := range p {
						size := g.Actions[k][at]
						p[k], lp[k], y[k], l[k] = make([]float64, size), make([]float64, size), make([]float64, size), make([]float64, size)
						for a := range y[k] {
							y[k][a] = farLogits * random()
						}
					}
					var err error
					if _, off, err = stochastic.SoftStage(q[at], t, stochastic.KL, p[0], p[1]); err != nil {
						off = math.Inf(1)
					}
					for k := range p {
						for a, x := range p[k] {
							lp[k][a] = math.Log(x)
						}
						logarithms(l[k], y[k])
					}
				},
				move: func() bool {
					eta := row.Best
					var earned [2][]float64
					for k := range earned {
						earned[k] = make([]float64, len(l[k]))
					}
					for a, line := range q[at] {
						for b, u := range line {
							earned[0][a] += u * math.Exp(l[1][b])
							earned[1][b] -= u * math.Exp(l[0][a])
						}
					}
					for k := range l {
						for a := range l[k] {
							y[k][a] = (l[k][a] + eta*earned[k][a]) / (1 + eta*t[k])
						}
						logarithms(l[k], y[k])
					}
					return true
				},
				measure: func() float64 { return divergence(p[0], lp[0], l[0]) + divergence(p[1], lp[1], l[1]) },
				noise: func() float64 {
					sum, far := 0.0, 1.0
					for k := range p {
						for _, x := range l[k] {
							far = max(far, math.Abs(x))
						}
						sum += noise(p[k], lp[k], l[k], unitRounding*64*far, math.Sqrt(2*off/min(t[0], t[1])))
					}
					return sum
				},
			}
		}
		done, err := run.run(ctx, k, m, trial)
		if err != nil {
			return nil, err
		}
		out = append(out, done)
	}
	return out, nil
}
