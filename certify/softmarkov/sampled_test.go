package softmarkov

import (
	"context"
	"math"
	"strings"
	"testing"

	"arbiter/certify"
	"arbiter/certify/certifytest"
)

// The paper's pipeline on the paper's game gives the paper's constants, and no
// certificate.
func TestMarkovSampledReference(t *testing.T) {
	g, r := repoMarkov(t)
	ctx := context.Background()
	c, err := Sampled(ctx, g, []float64{1, 1}, .1, 0)
	if err != nil {
		t.Fatal(err)
	}
	want := r.Markov.RepoSampledFisher
	near := func(what string, got, want float64) {
		if math.Abs(got-want) > 1e-8*math.Abs(want) {
			t.Errorf("%s: %v, expected %v", what, got, want)
		}
	}
	for i := range 2 {
		near("mu", c.Mu[i], want.Mu[i])
		near("L", c.Coupling.Rows[i][1-i], want.L[i])
		near("band", c.Band[i], want.Band[i])
	}
	near("alpha", c.Margin, want.Alpha)
	near("beta", c.Lipschitz, want.Beta)
	near("ratio", c.Weights[1], want.Ratio)
	near("step", certifytest.Row(t, c, certify.PointsEuler).Max, want.EtaMax)
	t.Logf("mu %.6f, L %.6f, alpha %.6f, ratio %.4f, beta %.6f, eta_max %.6f, band %.5f", c.Mu[0], c.Coupling.Rows[0][1], c.Margin, c.Weights[1], c.Lipschitz, c.Steps[0].Max, c.Band)
	if c.Certified() || c.Verdict() != certify.SampledEvidence || c.Samples != 256 || !strings.Contains(strings.Join(c.Reasons, "\n"), "256 points: all vertices") {
		t.Errorf("%v, %d points, %v", c.Verdict(), c.Samples, c.Reasons)
	}
	for _, s := range []struct{ tau, radius, margin, tol float64 }{
		{.8, .1, .1374, 5e-5}, {1, .29, 0, .01}, {1, .28, math.Inf(1), 0}, {1, .30, math.Inf(-1), 0}, {.6, .1, math.Inf(-1), 0}, {.5, .1, math.Inf(-1), 0},
	} {
		c, err := Sampled(ctx, g, []float64{s.tau, s.tau}, s.radius, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("tau %g, radius %g: margin %.6f", s.tau, s.radius, c.Margin)
		switch {
		case math.IsInf(s.margin, 0):
			if c.Margin > 0 != (s.margin > 0) {
				t.Errorf("tau %g, radius %g: margin %v", s.tau, s.radius, c.Margin)
			}
		case math.Abs(c.Margin-s.margin) > s.tol:
			t.Errorf("tau %g, radius %g: margin %v, expected %v", s.tau, s.radius, c.Margin, s.margin)
		}
	}
}

// Second derivatives of a cost are symmetric, which the derivative of the field
// alone is not; refusals name their cause.
func TestFisherMatricesAreHessians(t *testing.T) {
	tau := []float64{.7, 1.3}
	for seed := range 10 {
		g := certifytest.RandomMarkov(t, seed)
		f, err := New(g, tau)
		if err != nil {
			t.Fatal(err)
		}
		z := make([]float64, f.N)
		for k := range z {
			z[k] = math.Sin(float64(3*seed + 5*k))
		}
		got, err := f.fisher(z)
		if err != nil {
			t.Fatal(err)
		}
		// Own blocks are symmetric, as F^{-1/2} H F^{-1/2} with H a Hessian.
		for i := range 2 {
			from, to := 0, f.at[1][0]
			if i == 1 {
				from, to = to, f.N
			}
			for a := from; a < to; a++ {
				for c := from; c < a; c++ {
					if d := math.Abs(got.At(a, c) - got.At(c, a)); d > 1e-10 {
						t.Fatalf("game %d, player %d: entries %d,%d differ by %g", seed, i, a, c, d)
					}
				}
			}
		}
		if c, err := Sampled(context.Background(), g, []float64{20, 20}, .1, 3); err == nil {
			if c.Certified() || !(c.Margin <= math.Min(c.Mu[0], c.Mu[1])) {
				t.Errorf("game %d: %v, mu %v", seed, c.Margin, c.Mu)
			}
		} else if !strings.Contains(err.Error(), "no choice") {
			t.Errorf("game %d: %v", seed, err)
		}
	}
	g, _ := repoMarkov(t)
	for radius, want := range map[float64]string{0: "radius: found 0", math.Inf(1): "radius: found +Inf", -1: "radius: found -1"} {
		if _, err := Sampled(context.Background(), g, []float64{1, 1}, radius, 0); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("radius %g: error %v", radius, err)
		}
	}
}
