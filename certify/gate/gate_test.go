package gate

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"arbiter/certify/certifytest"
)

// The gate against rationals, on matrices at and beside the border of
// definiteness, of units far apart.
func TestGateDecidesAsRationalsDo(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 22))
	trials := 800
	if testing.Short() {
		trials = 200
	}
	yes := 0
	for range trials {
		n := 1 + rng.IntN(5)
		if rng.IntN(40) == 0 {
			n = 9 + rng.IntN(4)
		}
		rank := 1 + rng.IntN(n+1)
		a, b := make([][]float64, n), make([][]float64, n)
		f := make([][]float64, n)
		unit := make([]float64, n)
		for i := range n {
			a[i], b[i] = make([]float64, n), make([]float64, n)
			unit[i] = math.Ldexp(1, rng.IntN(60)-30)
			for range rank {
				f[i] = append(f[i], float64(rng.IntN(9)-4))
			}
		}
		for i := range n {
			for j := range n {
				for k := range rank {
					a[i][j] += f[i][k] * f[j][k] * unit[i] * unit[j]
				}
				skew := float64(rng.IntN(5)-2) * unit[i] * unit[j]
				if i < j {
					a[i][j] += skew
					a[j][i] -= skew
				}
			}
			b[i][i] = unit[i] * unit[i]
		}
		margin := 0.0
		switch rng.IntN(4) {
		case 0: // one entry off by a unit in the last place
			i, j := rng.IntN(n), rng.IntN(n)
			a[i][j] = math.Nextafter(a[i][j], math.Inf(1-2*rng.IntN(2)))
		case 1:
			margin = rng.NormFloat64()
		case 2:
			margin = math.Ldexp(rng.NormFloat64(), -200)
		}
		q := InequalityOf(a, b)
		want := certifytest.InRationals(certifytest.Rationals(a), certifytest.Rationals(b), new(big.Rat).SetFloat64(margin), false)
		if got := Holds(q, margin); got != want {
			t.Fatalf("gate says %v of %v, metric %v, margin %g", got, a, b, margin)
		}
		if want {
			yes++
		}
		// A metric that is only semidefinite is no metric.
		b[n-1][n-1] = 0
		if Holds(InequalityOf(a, b), 0) {
			t.Fatalf("a metric with a zero passes")
		}
		low := q.Lower(leastEigenvalue(a), 1)
		if math.IsInf(low, -1) {
			continue
		}
		if !certifytest.InRationals(certifytest.Rationals(a), certifytest.Rationals(q.metricFloats(unit)), new(big.Rat).SetFloat64(low), false) {
			t.Fatalf("lower gives %g, which is false", low)
		}
	}
	if yes < trials/10 || yes > trials*9/10 {
		t.Errorf("%d of %d hold: the test has lost its mixture", yes, trials)
	}
}

// metricFloats is the metric of units of TestGateDecidesAsRationalsDo.
func (q *Inequality) metricFloats(unit []float64) [][]float64 {
	b := make([][]float64, len(unit))
	for i := range b {
		b[i] = make([]float64, len(unit))
		b[i][i] = unit[i] * unit[i]
	}
	return b
}

// What lower finds is the largest margin to a part of it, however small, and has
// the right sign.
func TestLowerFindsSmallMargins(t *testing.T) {
	for _, want := range []float64{1, .3, 1e-9, 1e-17, 1e-25, 1e-60, 0, -1e-20, -1} {
		// [[1, x], [x, x² + d]] has the least eigenvalue d/(1 + x²), nearly, of a
		// metric with x² + 1 in the second place.
		const x = 3
		a := [][]float64{{1 + want, x, 0}, {x, x * x, 0}, {0, 0, 1}}
		if want < 1e-15 {
			a = [][]float64{{want, 0, 0}, {0, 1, 0}, {0, 0, 1}}
		}
		q := InequalityOf(a, nil)
		exactly := want
		if want >= 1e-15 { // the least root of z² - (1+w+9) z + 9 w
			s := 10 + want
			exactly = 2 * 9 * want / (s + math.Sqrt(s*s-36*want))
		}
		for _, guess := range []float64{exactly, exactly + 1e-16, exactly - 1e-16, exactly * (1 + 1e-13), 0} {
			got := q.Lower(guess, 10)
			if math.Abs(guess-exactly) > 1e-12 {
				continue
			}
			if !Holds(q, got) || (got > 0) != (exactly > 0) || exactly >= 0 && math.Abs(got-exactly) > 1e-6*exactly {
				t.Errorf("margin %g, guess %g: found %g", exactly, guess, got)
			}
		}
	}
}

// Orders above ExactOrder are decided by rounded factors: never true where
// rationals say false, and true a little inside.
func TestGateOfLargeMatrices(t *testing.T) {
	rng := rand.New(rand.NewPCG(23, 24))
	n := ExactOrder + 3
	a := make([][]float64, n)
	for i := range a {
		a[i] = make([]float64, n)
	}
	for i := range n {
		for j := range i {
			x := float64(rng.IntN(5) - 2)
			a[i][j], a[j][i] = x, x
			a[i][i] += math.Abs(x)
			a[j][j] += math.Abs(x)
		}
	}
	for i := range n { // the vector of ones is in the kernel
		a[i][i] = 0
		for j := range n {
			if j != i {
				a[i][i] -= a[i][j]
			}
		}
	}
	low := leastEigenvalue(a)
	q := InequalityOf(a, nil)
	got := q.Lower(low, 100)
	if !Holds(q, got) || math.Abs(got-low) > 1e-11 {
		t.Errorf("least eigenvalue %g, found %g", low, got)
	}
	if Holds(q, low+1e-11) {
		t.Errorf("the gate passes %g", low+1e-11)
	}
	a[3][3] -= 1e-13
	if low < 1e-14 && Holds(InequalityOf(a, nil), 0) {
		t.Error("a matrix with a negative direction passes")
	}
}

// Rows with a witness: the margin of a max norm.
func TestGateOfWitnesses(t *testing.T) {
	q := InequalityOf([][]float64{{1, -.5}, {-.25, 1}}, nil)
	q.Witness = []float64{2, 1}
	if !Holds(q, .5) || Holds(q, math.Nextafter(.5, 1)) {
		t.Error("the margin of {1, -.5; -.25, 1} at (2, 1) is 1/2")
	}
	q.Witness = []float64{1, -1}
	if Holds(q, -5) {
		t.Error("a negative witness passes")
	}
}

func leastEigenvalue(a [][]float64) float64 {
	m := mat.NewSymDense(len(a), nil)
	for i := range a {
		for j := range i + 1 {
			m.SetSym(i, j, a[i][j]/2+a[j][i]/2)
		}
	}
	var e mat.EigenSym
	e.Factorize(m, false)
	return e.Values(nil)[0]
}
