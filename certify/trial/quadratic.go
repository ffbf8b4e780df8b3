package trial

import (
	"context"
	"math"

	"arbiter/certify"
	"arbiter/certify/quadratic"
	"arbiter/certify/smallgain"
)

// Quadratic runs the field of g by the rows of its certificate, each in the metric
// that it speaks of.
func Quadratic(ctx context.Context, g *quadratic.Game, c *certify.Certificate, s Trials) ([]certify.Trial, error) {
	e := newEuclidean(len(g.Matrix), func(dst, x []float64) bool {
		copy(dst, g.Field(x))
		return true
	})
	e.blocks = func(xi []float64) func([]float64) float64 {
		unit := smallgain.Ones(len(g.Blocks))
		return func(v []float64) float64 {
			most, at := 0.0, 0
			for i, d := range g.Blocks {
				part := make([]float64, len(v))
				copy(part[at:at+d], v[at:at+d])
				most = max(most, g.InMetric(unit, part)/xi[i])
				at += d
			}
			return most
		}
	}
	var out []certify.Trial
	for _, metric := range []certify.Metric{certify.InWeights, certify.InTrueBlock, certify.InLyapunov} {
		own := *c
		own.Steps = c.StepsIn(metric)
		if len(own.Steps) == 0 {
			continue
		}
		own.Rate = c.Margin
		weights, full := c.Weights, c.Best.Lyapunov
		switch {
		case metric == certify.InTrueBlock:
			weights, full = c.Best.TrueBlock.Weights, nil
			own.Rate, own.Lipschitz = c.Best.TrueBlock.Margin, c.Best.TrueBlock.Lipschitz
		case metric == certify.InLyapunov:
			own.Rate, own.Lipschitz = full.Margin, full.Lipschitz
		case c.Source != certify.ByLyapunov:
			full = nil
		}
		norm := func(v []float64) float64 { return g.InMetric(weights, v) }
		if full != nil {
			norm = func(v []float64) float64 { return normIn(full, v) }
		}
		e.norms[certify.L2] = norm
		trials, err := e.trials(ctx, &own, s)
		if err != nil {
			return nil, err
		}
		for _, row := range own.Steps {
			if row.Scheme == certify.Optimistic {
				t, err := playOptimistic(ctx, g, row, own.Lipschitz, norm, s)
				if err != nil {
					return nil, err
				}
				trials = append(trials, t)
			}
		}
		if metric != certify.InWeights {
			for i := range trials {
				trials[i].Note = noted(trials[i].Note, "metric of best "+metric.String())
			}
		}
		out = append(out, trials...)
	}
	return out, nil
}

// noted joins notes that are not empty.
func noted(a, b string) string {
	if a == "" {
		return b
	}
	return a + ", " + b
}

// normIn is √(v'Mv).
func normIn(y *certify.Lyapunov, v []float64) float64 {
	sum := 0.0
	for r, row := range y.Metric {
		for c, m := range row {
			sum += v[r] * m * v[c]
		}
	}
	return math.Sqrt(max(0, sum))
}

// playOptimistic runs that scheme on the difference of two points, which a linear field
// moves by itself.
func playOptimistic(ctx context.Context, g *quadratic.Game, row certify.Step, beta float64, norm func([]float64) float64, s Trials) (certify.Trial, error) {
	linear := *g
	linear.Offset = nil
	n := len(g.Matrix)
	x, last, before, d := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	m := motion{
		start: func(random func() float64) {
			for i := range x {
				x[i] = random()
			}
			copy(last, x)
			copy(before, x)
		},
		move: func() bool {
			step := linear.Field(last)
			copy(before, last)
			for i := range x {
				last[i] = x[i] - row.Best*step[i]
			}
			for i, v := range linear.Field(last) {
				x[i] -= row.Best * v
			}
			return true
		},
		measure: func() float64 {
			for i := range d {
				d[i] = last[i] - before[i]
			}
			return math.Hypot(norm(x), row.Best*beta*norm(d))
		},
		noise: func() float64 { // of coordinates, and of products with the matrix
			for i := range d {
				d[i] = math.Abs(x[i]) + math.Abs(last[i]) + math.Abs(before[i])
			}
			return (8 + 16*float64(n)*row.Best*beta) * unitRounding * norm(d)
		},
	}
	return s.run(ctx, 100, m, certify.Trial{Scheme: row.Scheme, Measure: "distance and last move, l2 norm", Step: row.Best, Certified: row.Factor})
}
