package softmarkov

import (
	"context"
	"math"
	"testing"

	"arbiter/certify"
	"arbiter/certify/certifytest"
	"arbiter/dice"
)

// The closed form gives the reference matrix, certifies above its radius and not
// below, and bounds true gains on random games.
func TestMarkovClosedForm(t *testing.T) {
	g, r := repoMarkov(t)
	ctx := context.Background()
	c, err := ClosedForm(ctx, g, []float64{1, 1})
	if err != nil {
		t.Fatal(err)
	}
	rho := r.Markov.Global.Rho
	if math.Abs(c.Gain-rho) > 1e-8*rho || c.Gain < rho*(1-1e-14) || math.Abs(c.Margin-(1-rho)) > 1e-8*rho || c.Certified() {
		t.Errorf("gain %v, margin %v, expected %v", c.Gain, c.Margin, rho)
	}
	for i, row := range r.Markov.Global.Lambda {
		for j, want := range row {
			got := c.Coupling.Rows[i][j]
			if i == j {
				got = c.Ell[i] - 1
			}
			if math.Abs(got-want) > 1e-8 {
				t.Errorf("gain %d,%d: %v, expected %v", i, j, got, want)
			}
		}
	}
	for tau, want := range map[float64]bool{rho * (1 + 1e-9): true, rho * (1 - 1e-9): false} {
		if c, err := ClosedForm(ctx, g, []float64{tau, tau}); err != nil || c.Certified() != want {
			t.Errorf("temperature %v: certified %v, %v", tau, c.Certified(), err)
		}
	}
	for seed := range 40 {
		g := certifytest.RandomMarkov(t, seed)
		f, err := New(g, []float64{1, 1})
		if err != nil {
			t.Fatal(err)
		}
		gains, err := f.gains(ctx)
		if err != nil {
			t.Fatal(err)
		}
		key := dice.New(uint64(seed + 77))
		largest := 0.0
		for try := range 20 {
			z := make([]float64, f.N)
			for k := range z {
				z[k] = 2 * (2*dice.Float64(key.Word(100*try+k)) - 1)
			}
			m := judgeJacobian(g, []float64{1, 1}, z)
			for row, i := 0, 0; i < len(f.Dims); row, i = row+f.Dims[i], i+1 {
				for col, j := 0, 0; j < len(f.Dims); col, j = col+f.Dims[j], j+1 {
					// The span norm of a block: 0/±1 logits are its extreme points.
					worst := 0.0
					for signs := range 1 << (f.Dims[j] + 1) {
						e := make([]float64, f.Dims[j])
						for c := range e {
							e[c] = float64(signs>>c&1) - float64(signs>>f.Dims[j]&1)
						}
						low, high := 0.0, 0.0
						for a := range f.Dims[i] {
							x := 0.0
							for c := range e {
								v := m.At(row+a, col+c)
								if row+a == col+c {
									v-- // the temperature
								}
								x += v * e[c]
							}
							low, high = min(low, x), max(high, x)
						}
						worst = max(worst, high-low)
					}
					if worst > gains[i][j]+1e-7 {
						t.Fatalf("game %d: gain of block %d on %d is %g, bound %g", seed, j, i, worst, gains[i][j])
					}
					if gains[i][j] > 0 {
						largest = max(largest, worst/gains[i][j])
					}
				}
			}
		}
		if largest <= 0 {
			t.Errorf("game %d: no gain was seen", seed)
		}
	}
}

func stringOf(c *certify.Certificate) []float64 {
	return append(append([]float64{c.Margin, c.Lipschitz, c.Residual, c.EulerMax}, c.Mu...), c.Equilibrium...)
}
