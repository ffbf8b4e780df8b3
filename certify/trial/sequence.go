package trial

import (
	"context"
	"math"
	"slices"

	"arbiter/certify"
	"arbiter/certify/entropic"
	"arbiter/games/flat"
)

// Sequence runs the proximal steps of a certificate of the sequence form of
// b; small ones stand for the flow.
func Sequence(ctx context.Context, b *flat.Board, c *certify.Certificate, s Trials) ([]certify.Trial, error) {
	if c.Equilibrium == nil {
		return nil, nil
	}
	f, err := entropic.NewDilated(b)
	if err != nil {
		return nil, err
	}
	f.Tau = c.Entropy.Temperature
	at := 0
	lp, p := entropic.Copies(f.Logits), entropic.Copies(f.Logits)
	for i, l := range f.Logits {
		copy(p[i], c.Equilibrium[at:at+len(l)])
		for a := range l {
			lp[i][a] = math.Log(p[i][a])
			l[a] = lp[i][a]
		}
		at += len(l)
	}
	f.Set()
	reach := slices.Clone(f.Plan)
	var m motion
	m = motion{
		start: func(random func() float64) {
			for _, l := range f.Logits {
				for a := range l {
					l[a] = farLogits * random()
				}
				logarithms(l, slices.Clone(l))
			}
			f.Set()
		},
		measure: func() float64 {
			sum := 0.0
			for i, l := range f.Logits {
				x := 1.0
				if f.Before[i] >= 0 {
					x = reach[f.Before[i]]
				}
				sum += x * divergence(p[i], lp[i], l)
			}
			return sum
		},
		noise: func() float64 {
			sum := 0.0
			for i, l := range f.Logits {
				x, size := 1.0, 1.0
				if f.Before[i] >= 0 {
					x = reach[f.Before[i]]
				}
				for _, v := range l {
					size = max(size, math.Abs(v))
				}
				sum += x * noise(p[i], lp[i], l, unitRounding*float64(64+len(f.Cells))*size, 0)
			}
			// What the saddle is off counts by the root of the divergence, as of a norm.
			off := c.Entropy.Distance
			return sum + 10*off*(math.Sqrt(max(0, m.measure()))+10*off)
		},
	}
	var out []certify.Trial
	for k, row := range promised(c) {
		steps := []float64{row.Best}
		if !math.IsInf(row.Best, 1) {
			steps = append(steps, row.Best/100)
		}
		for j, eta := range steps {
			factor := row.Factor
			if j > 0 {
				factor = 1 / (1 + eta*c.Margin)
			}
			m.move = func() bool { f.Prox(eta); return true }
			t, err := s.run(ctx, 2*k+j, m, certify.Trial{Scheme: row.Scheme, Measure: "dilated divergence from the equilibrium", Step: eta, Certified: factor})
			if err != nil {
				return nil, err
			}
			out = append(out, t)
		}
	}
	return out, nil
}
