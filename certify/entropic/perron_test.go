package entropic

import (
	"math"
	"math/big"
	"testing"

	"gonum.org/v1/gonum/mat"

	"arbiter/certify/certifytest"
	"arbiter/certify/smallgain"
	"arbiter/dice"
)

// Directed sums and products are on the right side of the exact ones and, where
// those are numbers, equal to them.
func TestDirectedRounding(t *testing.T) {
	r := &certifytest.Source{Key: dice.New(95)}
	list := []float64{0, 1, -1, .1, 3, 1e-300, -1e-300, 1e-160, 1e90, math.SmallestNonzeroFloat64}
	for range 60 {
		list = append(list, (2*r.Float()-1)*math.Exp(60*(r.Float()-.5)))
	}
	exact := func(x float64) *big.Float { return new(big.Float).SetPrec(4000).SetFloat64(x) }
	for _, x := range list {
		for _, y := range list {
			sum := new(big.Float).SetPrec(4000).Add(exact(x), exact(y))
			product := new(big.Float).SetPrec(4000).Mul(exact(x), exact(y))
			for _, c := range []struct {
				low, high float64
				want      *big.Float
			}{{sumDown(x, y), sumUp(x, y), sum}, {productDown(x, y), productUp(x, y), product}} {
				if exact(c.low).Cmp(c.want) > 0 || exact(c.high).Cmp(c.want) < 0 {
					t.Fatalf("%g and %g: [%g, %g] does not hold %g", x, y, c.low, c.high, c.want)
				}
				near := math.Nextafter(math.Nextafter(c.low, math.Inf(1)), math.Inf(1))
				if c.high > near {
					t.Fatalf("%g and %g: [%g, %g] is too wide", x, y, c.low, c.high)
				}
			}
			if a := x + x; sumUp(x, x) != a || sumDown(x, x) != a {
				t.Fatalf("%g + %[1]g is not exact", x)
			}
		}
	}
}

// Roots are those of a general eigenvalue routine, and the bound is just above.
func TestPerronRoots(t *testing.T) {
	r := &certifytest.Source{Key: dice.New(96)}
	for range 200 {
		n := 1 + r.Below(7)
		if r.Below(40) == 0 {
			n = dense + 5
		}
		a := sparse{make([]float64, n), make([][]entry, n)}
		m := mat.NewDense(n, n, nil)
		for i := range n {
			a.diagonal[i] = -3 * r.Float()
			m.Set(i, i, a.diagonal[i])
			for j := range i {
				if r.Below(3) > 0 {
					continue
				}
				for _, e := range [][2]int{{i, j}, {j, i}} {
					x := math.Exp(6*r.Float() - 3)
					a.rows[e[0]] = append(a.rows[e[0]], entry{e[1], x})
					m.Set(e[0], e[1], x)
				}
			}
		}
		var e mat.Eigen
		e.Factorize(m, mat.EigenNone)
		want := math.Inf(-1)
		for _, v := range e.Values(nil) {
			want = max(want, real(v))
		}
		roots, component, y := a.perron()
		got := math.Inf(-1)
		for _, x := range roots {
			got = max(got, x)
		}
		near(t, "root", got, want, 1e-10)
		if w := a.worst(y); w < want-1e-11*max(1, math.Abs(want)) || w > want+1e-8*max(1, math.Abs(want)) {
			t.Errorf("bound %.14g of root %.14g, %d components, %v", w, want, len(roots), component)
		}
	}
}

// Inverse iteration comes to the Perron vector as near as rounding lets it, judged by
// the quotients of Collatz in rationals, over all units and where others are close.
func TestInverseIteration(t *testing.T) {
	r := &certifytest.Source{Key: dice.New(97)}
	rat := func(x float64) *big.Rat { return new(big.Rat).SetFloat64(x) }
	tried := 0
	for range 400 {
		n := 2 + r.Below(9)
		a := sparse{make([]float64, n), make([][]entry, n)}
		spread := []float64{0, 1, 8, 30}[r.Below(4)]
		size := func() float64 { return math.Exp(spread * (2*r.Float() - 1)) }
		members := make([]int, n)
		for i := range n {
			members[i] = i
			a.diagonal[i] = -size() * r.Float()
			for j := range n {
				// Cycles, or two halves that hardly meet.
				if j == (i+1)%n || j != i && r.Below(2) == 0 {
					x := size()
					if i < n/2 != (j < n/2) {
						x *= 1e-9
					}
					a.rows[i] = append(a.rows[i], entry{j, x})
				}
			}
		}
		y := smallgain.Ones(n)
		if !a.invert(members, y) {
			if spread <= 8 { // else entries of the vector may be too small
				t.Errorf("%v: no Perron vector", a)
			}
			continue
		}
		tried++
		var low, high *big.Rat
		large := 0.0
		for i, row := range a.rows {
			sum := new(big.Rat)
			for _, e := range row {
				sum.Add(sum, new(big.Rat).Mul(rat(e.value), rat(y[e.at])))
			}
			sum.Quo(sum, rat(y[i]))
			s, _ := sum.Float64()
			large = max(large, s, -a.diagonal[i])
			sum.Add(sum, rat(a.diagonal[i]))
			if low == nil || sum.Cmp(low) < 0 {
				low = sum
			}
			if high == nil || sum.Cmp(high) > 0 {
				high = sum
			}
		}
		if width, _ := new(big.Rat).Sub(high, low).Float64(); width > 2e-15*float64(n)*large {
			t.Errorf("%v: quotients differ by %g of %g", a, width, large)
		}
	}
	if tried < 350 {
		t.Errorf("%d vectors found of 400", tried)
	}
}
