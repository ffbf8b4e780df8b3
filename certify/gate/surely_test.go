package gate

import (
	"math"
	"math/rand/v2"
	"testing"
)

// What elimination in float64 alone calls definite is so in whole numbers, with the
// least eigenvalue moved to within 1e-17 to 1e-9 of 0 and rows in units of their own; and
// what is clearly definite it finds.
func TestSurelyDefiniteIsDefinite(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 5))
	found, clear := 0, 0
	const games = 300
	for range games {
		n := pairOrder + 1 + rng.IntN(5)
		factor := make([][]float64, n)
		for i := range factor {
			factor[i] = make([]float64, n)
			for j := range n - 1 { // singular up to rounding
				factor[i][j] = rng.NormFloat64()
			}
		}
		left, metric := make([][]float64, n), make([][]float64, n)
		for i := range n {
			left[i], metric[i] = make([]float64, n), make([]float64, n)
			metric[i][i] = math.Ldexp(1, 2*rng.IntN(20))
			for j := range i + 1 {
				for k := range n {
					left[i][j] += factor[i][k] * factor[j][k]
				}
				left[i][j] *= math.Sqrt(metric[i][i]) * math.Sqrt(metric[j][j])
				left[j][i] = left[i][j]
			}
		}
		a, m := Exactly(left), Exactly(metric)
		for _, shift := range []float64{0, 1e-17, 1e-15, 1e-13, 1e-9, -1e-15, -1e-3} {
			truth := bareiss(a.Minus(shift, m).Whole().M, false)
			surely := surelyDefinite(n, func(i, j int) (x, off float64) {
				x, off = a.near[i*n+j].rounded(1)
				y, more := m.near[i*n+j].rounded(shift)
				return x - y, off + more + math.Abs(x-y)*0x1p-52
			})
			if surely && !truth {
				t.Errorf("order %d, shift %g: called definite", n, shift)
			}
			if got := a.semidefiniteAbove(shift, m); got != truth {
				t.Errorf("order %d, shift %g: %t, in whole numbers %t", n, shift, got, truth)
			}
			if truth {
				found++
			}
			if surely && shift == -1e-3 {
				clear++
			}
		}
	}
	if clear < games || found < games {
		t.Errorf("%d of %d clear ones found, %d definite in all", clear, games, found)
	}
}
