package certifytest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"arbiter/certify"
)

// CloseTo wants got within tol of want, relative to its size.
func CloseTo(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if math.IsInf(want, 0) && got == want {
		return
	}
	if !(math.Abs(got-want) <= tol*max(1, math.Abs(want))) {
		t.Errorf("%s %.17g, want %.17g", what, got, want)
	}
}

// RandomWeights are log-normal: exp of spread times a normal number each.
func RandomWeights(rng *rand.Rand, n int, spread float64) []float64 {
	w := make([]float64, n)
	for i := range w {
		w[i] = math.Exp(spread * rng.NormFloat64())
	}
	return w
}

// Row is the first row of steps with the bound.
func Row(t *testing.T, c *certify.Certificate, bound certify.Bound) certify.Step {
	t.Helper()
	for _, s := range c.Steps {
		if s.Bound == bound {
			return s
		}
	}
	t.Fatal(fmt.Sprintf("no row %s in %+v", bound, c.Steps))
	return certify.Step{}
}
