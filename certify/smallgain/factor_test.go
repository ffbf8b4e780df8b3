package smallgain

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"arbiter/certify"
)

// Factors of Euler steps are not below their formulas, worked out in fractions at the step
// that is written, also where they are nearly 0 and lose all digits of 1.
func TestEulerFactorsAreNotBelowTheirFormulas(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	rat := func(x float64) *big.Rat { return new(big.Rat).SetFloat64(x) }
	mul := func(x, y *big.Rat) *big.Rat { return new(big.Rat).Mul(x, y) }
	small := 0
	for k := range 2000 {
		alpha := math.Exp(4 * rng.NormFloat64())
		beta := alpha
		if k%2 == 0 {
			beta *= 1 + math.Exp(-30*rng.Float64())
		}
		c := alpha / (beta * beta)
		for _, s := range MonotoneSteps(alpha, beta, c) {
			square := rat(1)
			a, b, h := rat(alpha), rat(beta), s.Best
			switch {
			case s.Bound == certify.Euler2AB: // 1 - 2hα + h²β²
				x := mul(rat(h), b)
				square.Add(square, mul(x, x)).Sub(square, mul(rat(2*h), a))
			case s.Bound == certify.Euler2C: // 1 - α(2h - h²/c), h = c
				square.Sub(square, mul(a, rat(c)))
			default:
				continue
			}
			if mul(rat(s.Factor), rat(s.Factor)).Cmp(square) < 0 {
				t.Fatalf("alpha %.17g, beta %.17g: %s has the factor %.17g, whose square is below", alpha, beta, s.Bound, s.Factor)
			}
			if exact, _ := square.Float64(); s.Factor < 1e-6 {
				small++
				if s.Factor > 1e-15+math.Sqrt(max(0, exact))*(1+1e-6) {
					t.Errorf("alpha %.17g, beta %.17g: %s has the factor %g instead of %g", alpha, beta, s.Bound, s.Factor, math.Sqrt(max(0, exact)))
				}
			}
		}
	}
	if small < 500 {
		t.Errorf("only %d factors near 0", small)
	}
}
