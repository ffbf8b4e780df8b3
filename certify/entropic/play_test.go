package entropic

import (
	"context"
	"math"
	"strings"
	"testing"

	"arbiter/certify"
	"arbiter/certify/certifytest"
	"arbiter/dice"
	"arbiter/equilibria/quantal"
	"arbiter/games/normal"
)

// A million steps of random certified games never go against a certificate.
func TestNoStepFalsifies(t *testing.T) {
	r := &certifytest.Source{Key: dice.New(94)}
	total := 1_000_000
	if testing.Short() || certifytest.Slowed {
		total = 50_000
	}
	certified, worst := 0, 0.0
	for steps := 0; steps < total; {
		sizes, payoffs := payoffsOf(r)
		g := entropic(t, sizes, payoffs)
		_, signed, err := g.Thresholds(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		tau := make([]float64, len(sizes))
		low := max(.02, signed*(1+.3*r.Float()*r.Float()))
		for i := range tau {
			tau[i] = low
			if certified%2 == 1 {
				tau[i] *= 1 + r.Float()
			}
		}
		c, err := g.Certify(context.Background(), tau)
		if err != nil {
			t.Fatal(err)
		}
		if !c.Certified() {
			continue
		}
		certified++
		if c.Residual > 1e-12 {
			t.Fatalf("residual %g of %v", c.Residual, payoffs)
		}
		star := blocksOf(sizes, c.Equilibrium)
		a, b := g.Start(tau), g.Start(tau)
		before := copied(a.Y)
		for range 1000 {
			mixtures(r, a.p)
			a.place(a.p)
			for _, row := range c.Steps {
				if math.IsInf(row.Max, 1) && row.Scheme == certify.Flow {
					continue
				}
				eta := row.Max
				if row.Scheme == certify.Prox && r.Below(3) == 0 {
					eta *= r.Float()
				}
				switch {
				case row.Scheme == certify.Prox || row.Bound == certify.EulerProx:
					factor := row.Factor
					if eta != row.Max {
						factor = 1 / (1 + eta*c.Margin)
					}
					for i := range before {
						copy(before[i], a.Y[i])
					}
					for range 5 {
						v := kl(c.Weights, star, a.p)
						if v < 1e-6 {
							break
						}
						if row.Scheme == certify.Prox {
							a.Prox(eta)
						} else {
							a.Natural(eta)
						}
						steps++
						q := kl(c.Weights, star, a.p) / v / factor
						if worst = max(worst, q); q > 1+1e-9 {
							t.Fatalf("V grew by %g times the bound, τ %v, payoffs %v", q, tau, payoffs)
						}
					}
					for i := range before {
						copy(a.Y[i], before[i])
					}
					a.Set()
				case row.Bound == certify.EulerLogits:
					mixtures(r, b.p)
					b.place(b.p)
					for i := range before {
						copy(before[i], a.Y[i])
					}
					for range 5 {
						d := span(c.Entropy.Xi, a, b)
						if d < 1e-6 {
							break
						}
						a.Natural(eta)
						b.Natural(eta)
						steps++
						q := span(c.Entropy.Xi, a, b) / d / row.Factor
						if worst = max(worst, q); q > 1+1e-9 {
							t.Fatalf("span grew by %g times the bound, τ %v, payoffs %v", q, tau, payoffs)
						}
					}
					for i := range before {
						copy(a.Y[i], before[i])
					}
					a.Set()
				}
			}
		}
	}
	t.Logf("%d certified games, worst ratio to the bound %.12f", certified, worst)
}

// span is max_i s(y_i - z_i)/ξ_i.
func span(xi []float64, a, b *State) float64 {
	most := 0.0
	for i := range a.Y {
		low, high := math.Inf(1), math.Inf(-1)
		for k := range a.Y[i] {
			d := a.Y[i][k] - b.Y[i][k]
			low, high = min(low, d), max(high, d)
		}
		most = max(most, (high-low)/2/xi[i])
	}
	return most
}

func TestUnstableEquilibriumRefutes(t *testing.T) {
	g := entropic(t, []int{2, 2}, [][]float64{{1, 0, 0, 1}, {1, 0, 0, 1}})
	c, err := g.Certify(context.Background(), []float64{.2, .2})
	if err != nil {
		t.Fatal(err)
	}
	// J = [τ, -D/4; -D/4, τ] at even play, with D = 2.
	if c.Verdict() != certify.Refuted || c.Certified() || c.Unstable == nil || math.Abs(c.Unstable.Re-(.2-.5)) > 1e-12 {
		t.Errorf("%s, %+v", c.Verdict(), c.Unstable)
	}
	c, err = g.Certify(context.Background(), []float64{.5, .5})
	if err != nil {
		t.Fatal(err)
	}
	if c.Certified() || c.Verdict() != certify.NotCertified {
		t.Errorf("at the threshold: %s, margin %g", c.Verdict(), c.Margin)
	}
	if !strings.Contains(strings.Join(c.Reasons, " "), "not divergence") {
		t.Errorf("reasons %q", c.Reasons)
	}
}

// The equilibrium is the logit equilibrium that the tracer of the principal branch
// meets at lambda = 1/τ.
func TestEquilibriumIsOnTheLogitBranch(t *testing.T) {
	ctx := context.Background()
	r := &certifytest.Source{Key: dice.New(89)}
	for range 4 {
		sizes, payoffs := payoffsOf(r)
		g := entropic(t, sizes, payoffs)
		_, tau, err := g.Thresholds(ctx)
		if err != nil {
			t.Fatal(err)
		}
		tau = max(.3, 1.1*tau)
		c, err := g.Certify(ctx, []float64{tau, tau, tau}[:len(sizes)])
		if err != nil {
			t.Fatal(err)
		}
		played, err := normal.New("random", tableOf(sizes, payoffs), normal.Options{Noise: normal.None})
		b := compiled(t, played, err)
		branch, err := quantal.Trace(ctx, b, quantal.Options{Lambdas: []float64{1 / tau}})
		if err != nil || len(branch.Crossings) != 1 {
			t.Fatalf("%d crossings, %v", len(branch.Crossings), err)
		}
		star := blocksOf(sizes, c.Equilibrium)
		for i, s := range branch.Crossings[0].Policy {
			for a, p := range s[0] {
				near(t, "probability", star[i][a], p, 1e-9)
			}
		}
	}
}
