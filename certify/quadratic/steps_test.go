package quadratic

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"arbiter/certify"
	"arbiter/certify/smallgain"
)

// Simulated steps never shrink by less than was certified: a million of them, of
// random certified games at the steps of the table and below; and just above 2c
// some vector grows.
func TestStepsHold(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	total, goal := 0, 1_000_000
	if testing.Short() {
		goal = 50_000
	}
	games := 0
	for total < goal {
		g := randomQuadratic(rng, 1+rng.IntN(3), 2)
		f, err := g.form()
		if err != nil {
			t.Fatal(err)
		}
		c, err := f.certify(context.Background(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !c.Certified() {
			continue
		}
		games++
		kw := f.k.weighted(c.Weights)
		if c.Source == certify.ByLyapunov {
			kw = f.lyapunov.k
		}
		n := len(g.Matrix)
		alpha, beta, co := c.Margin, c.Lipschitz, c.Cocoercivity
		for _, s := range c.StepsIn(certify.InWeights) {
			if s.Status == certify.Asymptotic || s.Status == certify.LinearGuideline || s.Scheme == certify.Flow || s.Scheme == certify.Optimistic || s.Bound == certify.RK4HalfDisc {
				continue
			}
			for _, part := range []float64{0.05, 0.5, 0.999} {
				h := part * s.Max
				factor := 1.0
				switch {
				case s.Bound == certify.Euler2AB:
					factor = math.Sqrt(1 - 2*h*alpha + h*h*beta*beta)
				case s.Bound == certify.Euler2C:
					factor = smallgain.EulerFactor(alpha, co, h)
				case s.Bound == certify.RK42C:
					factor = smallgain.Rk4Factor(alpha, beta, co, h)
				case s.Scheme == certify.Extragradient:
					room, gain := 1-h*h*beta*beta, 2*h*alpha
					factor = math.Sqrt(1 - gain*room/(room+gain))
				case s.Bound == certify.RK4FromEuler:
					factor = smallgain.Rk4FromEuler(smallgain.EulerFactor(alpha, co, h))
				}
				if s.Bound == certify.EulerBlockMax {
					continue // below
				}
				e, next := make([]float64, n), make([]float64, n)
				for range 40 {
					before := 0.0
					for k := range e {
						e[k] = rng.NormFloat64()
						before += e[k] * e[k]
					}
					for range 25 {
						switch s.Scheme {
						case certify.Euler:
							series(next, kw, e, h, 1)
						case certify.Extragradient: // e - hK(e - hKe)
							ahead := make([]float64, n)
							series(ahead, kw, e, h, 1)
							series(next, kw, ahead, h, 1)
							for k := range next {
								next[k] += e[k] - ahead[k]
							}
						default:
							series(next, kw, e, h, 4)
						}
						after := 0.0
						for _, v := range next {
							after += v * v
						}
						if math.Sqrt(after) > (factor+1e-12)*math.Sqrt(before) {
							t.Fatalf("game %d, %s %s at %g: ratio %.15g, factor %.15g", games, s.Scheme, s.Bound, h, math.Sqrt(after/before), factor)
						}
						total++
						if before = after; before < 1e-200 {
							break
						}
						copy(e, next)
					}
				}
			}
			if s.Bound == certify.Euler2C {
				m := mat.NewDense(n, n, nil)
				m.Scale(-s.Max*1.0001, kw)
				for k := range n {
					m.Set(k, k, m.At(k, k)+1)
				}
				if norm := smallgain.Norm2(m); norm <= 1 {
					t.Errorf("game %d: no vector grows just above 2c: %.15g", games, norm)
				}
			}
		}
	}
	t.Logf("%d steps of %d games", total, games)
}

// series puts the first terms of exp(-hK)e into dst: what Euler (1) and the
// classical Runge-Kutta scheme (4) do with a linear field.
func series(dst []float64, k *mat.Dense, e []float64, h float64, terms int) {
	n := len(e)
	term, next := append([]float64(nil), e...), make([]float64, n)
	copy(dst, e)
	for m := 1; m <= terms; m++ {
		for i := range n {
			next[i] = 0
			for j := range n {
				next[i] -= k.At(i, j) * term[j]
			}
			next[i] *= h / float64(m)
			dst[i] += next[i]
		}
		copy(term, next)
	}
}

// Euler below the first kink shrinks the largest |e_i|/xi_i by 1 - eta alpha*.
func TestMaxNormSteps(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	steps := 0
	for range 200 {
		g := randomQuadratic(rng, 1+rng.IntN(4), 2)
		c, err := Certify(context.Background(), g, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !(c.Supremum > 0) || !c.Attained {
			continue
		}
		f, _ := g.form()
		b := f.k
		norm := func(e []float64) float64 {
			m := 0.0
			for i := range g.Blocks {
				s := 0.0
				for _, v := range e[b.first[i]:b.first[i+1]] {
					s += v * v
				}
				m = max(m, math.Sqrt(s)/c.Xi[i])
			}
			return m
		}
		kink := math.Inf(1)
		for i := range c.Mu {
			kink = min(kink, 2/(c.Mu[i]+c.Ell[i]))
		}
		e, next := make([]float64, len(g.Matrix)), make([]float64, len(g.Matrix))
		for range 100 {
			at := 0
			for i, d := range g.Blocks {
				for range d {
					e[at] = rng.NormFloat64() * c.Xi[i]
					at++
				}
			}
			eta := kink * rng.Float64()
			series(next, b.k, e, eta, 1)
			if after, before := norm(next), norm(e); after > (1-eta*c.Supremum+1e-12)*before {
				t.Fatalf("ratio %.15g, factor %.15g", after/before, 1-eta*c.Supremum)
			}
			steps++
		}
	}
	if steps < 2000 {
		t.Errorf("only %d steps", steps)
	}
}

// The norm grows at 2.5/beta although the Euclidean margin is positive: no row
// claims otherwise.
func TestRungeKuttaGuidelineIsNoTheorem(t *testing.T) {
	for _, want := range quadraticCases(t) {
		if want.Name != "rk4_step_bound_counterexample" {
			continue
		}
		c, err := Certify(context.Background(), want.game(), Options{Weights: []float64{1, 1, 1}})
		if err != nil {
			t.Fatal(err)
		}
		if !c.Certified() || c.Source != certify.ByTrueBlock {
			t.Fatalf("margin %g of %s", c.Margin, c.Source)
		}
		for _, s := range c.StepsIn(certify.InWeights) {
			if s.Scheme == certify.RK4 && s.Max >= smallgain.Rk4Paper/c.Lipschitz && (s.Status == certify.Theorem || s.Status == certify.ConstantTheorem && s.Bound != certify.RK4HalfDisc) {
				t.Errorf("%s is claimed up to %g", s.Bound, s.Max)
			}
			if s.Bound == certify.LinearGuide && s.Status != certify.LinearGuideline {
				t.Errorf("2.5/beta is called %s", s.Status)
			}
		}
		return
	}
	t.Error("the case is missing")
}
