package entropic

import (
	"math"
	"math/big"
	"testing"

	"arbiter/certify/certifytest"
	"arbiter/dice"
)

// The gate decides as rationals do, one unit in the last place above and below the
// threshold of its witness, over all units; rounded numbers never prove what whole
// ones deny.
func TestEntropyGateIsExact(t *testing.T) {
	r := &certifytest.Source{Key: dice.New(41)}
	rat := func(x float64) *big.Rat { return new(big.Rat).SetFloat64(x) }
	decided, quickly := map[bool]int{}, 0
	for range 400 {
		n := 1 + r.Below(4)
		d, scale, y := make([]float64, n), make([]float64, n), make([]float64, n)
		a := sparse{make([]float64, n), make([][]entry, n)}
		size := func() float64 { return math.Exp(40 * (2*r.Float() - 1)) }
		for i := range n {
			d[i], scale[i], y[i] = size()*r.Float(), size(), size()
			for j := range n {
				if j != i && r.Below(3) > 0 {
					a.rows[i] = append(a.rows[i], entry{j, size() * r.Float()})
				}
			}
		}
		// The largest t, in rationals.
		var most *big.Rat
		for i, row := range a.rows {
			sum := new(big.Rat)
			for _, e := range row {
				sum.Add(sum, new(big.Rat).Mul(rat(e.value), rat(y[e.at])))
			}
			x := sum.Quo(sum, new(big.Rat).Mul(rat(scale[i]), rat(y[i])))
			if x.Sub(rat(d[i]), x); most == nil || x.Cmp(most) < 0 {
				most = x
			}
		}
		near, _ := most.Float64()
		for _, at := range []float64{near, math.Nextafter(near, math.Inf(1)), math.Nextafter(near, math.Inf(-1)), 0, near / 2} {
			expected := rat(at).Cmp(most) <= 0
			decided[expected]++
			if got := proved(d, scale, at, a, y); got != expected {
				t.Fatalf("gate at %g: %v, rationals say %v", at, got, expected)
			}
			rounded, whole := true, true // row by row
			var sum wholeSum
			for i, row := range a.rows {
				quick, slow := exceeds(d[i], scale[i], at, row, y, y[i]), sum.exceeds(d[i], scale[i], at, row, y, y[i])
				if quick && !slow {
					t.Fatalf("row %d at %g: rounded numbers prove what is false", i, at)
				}
				rounded, whole = rounded && quick, whole && slow
			}
			if whole != expected {
				t.Fatalf("whole numbers at %g: %v, rationals say %v", at, whole, expected)
			}
			if rounded {
				quickly++
			}
		}
	}
	if decided[true] < 100 || decided[false] < 100 || quickly < decided[true]/2 || quickly == decided[true] {
		t.Errorf("decided %v, %d of them true by rounded numbers", decided, quickly)
	}
}
