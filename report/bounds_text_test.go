package report

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// Printed bounds hold: the lower is not above what it stands for, the upper not below,
// down to the smallest numbers, but for the noise of rounding.
func TestPrintedBoundsHold(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	values := []float64{0, math.SmallestNonzeroFloat64, 1.4e-5, 1.6e-5, 9.7e-300, 4.99e-5, 4.2e-5, 1e-5, 1}
	for range 2000 {
		values = append(values, math.Exp(-800*r.Float64()))
	}
	for _, x := range values {
		var lo, hi float64
		text := bounds(x, x)
		if n, err := fmt.Sscanf(text, "[%g, %g]", &lo, &hi); n != 2 || err != nil {
			t.Fatalf("%g: %s, %v", x, text, err)
		}
		if noise := 1e-10; lo > x && lo > x+noise || hi < x && (hi < x-noise || x < .00005) || lo > x && x < .00005 || x > 0 && hi == 0 {
			t.Errorf("%g is printed as %s", x, text)
		}
	}
}
