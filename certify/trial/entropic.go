package trial

import (
	"context"
	"math"

	"arbiter/certify"
	"arbiter/certify/entropic"
)

// farLogits is how large the logits of random starts are.
const farLogits = 3

// Entropic runs the logit dynamics of g by the rows of its certificate.
func Entropic(ctx context.Context, g *entropic.Game, c *certify.Certificate, s Trials) ([]certify.Trial, error) {
	tau := c.Entropy.Temperature
	x, y := g.Start(tau), g.Start(tau)
	if c.Equilibrium == nil {
		return nil, nil
	}
	var p, lp [][]float64
	at := 0
	for _, n := range g.Sizes {
		p = append(p, c.Equilibrium[at:at+n])
		l := make([]float64, n)
		for a, v := range p[len(p)-1] {
			l[a] = math.Log(v)
		}
		lp = append(lp, l)
		at += n
	}
	scatter := func(s *entropic.State, random func() float64) {
		for _, l := range s.Y {
			for a := range l {
				l[a] = farLogits * random()
			}
		}
		s.Set()
	}
	value := motion{
		start: func(random func() float64) { scatter(x, random) },
		measure: func() float64 {
			sum := 0.0
			for i, l := range x.Y {
				lr := make([]float64, len(l))
				logarithms(lr, l)
				sum += c.Weights[i] * divergence(p[i], lp[i], lr)
			}
			return sum
		},
	}
	terms := 64 + float64(g.Play.Work())
	value.noise = func() float64 {
		if math.IsNaN(c.Entropy.Distance) {
			return math.Inf(1)
		}
		sum := 0.0
		for i, l := range x.Y {
			lr, size := make([]float64, len(l)), 1.0
			logarithms(lr, l)
			for a := range l {
				size = max(size, math.Abs(l[a]), math.Abs(x.Q[i][a])/tau[i])
			}
			sum += c.Weights[i] * noise(p[i], lp[i], lr, unitRounding*terms*size, c.Entropy.Distance/math.Sqrt(c.Weights[i]))
		}
		return sum
	}
	const ofValue = "weighted divergence from the equilibrium"
	var out []certify.Trial
	add := func(k int, m motion, t certify.Trial) error {
		t, err := s.run(ctx, k, m, t)
		out = append(out, t)
		return err
	}
	if c.Rate > 0 {
		h := flowStep / (c.Entropy.Lipschitz + entropic.Largest(tau))
		m := value
		m.move = func() bool { flowStepOf(x, h); return true }
		if err := add(0, m, certify.Trial{Scheme: certify.Flow, Measure: ofValue, Step: h, Certified: math.Exp(-c.Rate * h)}); err != nil {
			return nil, err
		}
	}
	for k, row := range promised(c) {
		m, t := value, certify.Trial{Scheme: row.Scheme, Measure: ofValue, Step: row.Best, Certified: row.Factor}
		switch {
		case row.Scheme == certify.Prox:
			m.move = func() bool { x.Prox(row.Best); return true }
		case row.Bound.Norm() == certify.Span:
			t.Measure = "distance of two points, span norm of logits"
			m.start = func(random func() float64) { scatter(x, random); scatter(y, random) }
			m.move = func() bool { x.Natural(row.Best); y.Natural(row.Best); return true }
			m.measure = func() float64 {
				most := 0.0
				for i := range x.Y {
					low, high := math.Inf(1), math.Inf(-1)
					for a := range x.Y[i] {
						d := x.Y[i][a] - y.Y[i][a]
						low, high = min(low, d), max(high, d)
					}
					most = max(most, (high-low)/2/c.Entropy.Xi[i])
				}
				return most
			}
			m.noise = func() float64 {
				most := 0.0
				for i := range x.Y {
					size := 1.0
					for a := range x.Y[i] {
						size = max(size, math.Abs(x.Y[i][a]), math.Abs(y.Y[i][a]), row.Best*math.Abs(x.Q[i][a]), row.Best*math.Abs(y.Q[i][a]))
					}
					most = max(most, unitRounding*terms*size/c.Entropy.Xi[i])
				}
				return most
			}
		default:
			m.move = func() bool { x.Natural(row.Best); return true }
		}
		if err := add(k+1, m, t); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// flowStepOf is a classical Runge-Kutta step of y' = q(softmax y) - τ y.
func flowStepOf(s *entropic.State, h float64) {
	from, sum := entropic.Copies(s.Y), entropic.Copies(s.Y)
	for _, stage := range []struct{ part, next float64 }{{1. / 6, .5}, {1. / 3, .5}, {1. / 3, 1}, {1. / 6, 0}} {
		for i, q := range s.Q {
			for a := range q {
				slope := q[a] - s.Tau[i]*s.Y[i][a]
				sum[i][a] += h * stage.part * slope
				s.Y[i][a] = from[i][a] + h*stage.next*slope
			}
		}
		if stage.next == 0 {
			for i := range sum {
				copy(s.Y[i], sum[i])
			}
		}
		s.Set()
	}
}
