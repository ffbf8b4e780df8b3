package quadratic

import (
	"context"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"arbiter/certify"
)

func exactRat(x float64) *big.Rat { return new(big.Rat).SetFloat64(x) }

// leastOf is the smaller real eigenvalue of [[a, b], [c, d]] if a+d > 0, of exact
// numbers with 2000 bits; ok is false if they are complex.
func leastOf(m [][]float64) (v float64, ok bool) {
	trace := new(big.Rat).Add(exactRat(m[0][0]), exactRat(m[1][1]))
	det := new(big.Rat).Mul(exactRat(m[0][0]), exactRat(m[1][1]))
	det.Sub(det, new(big.Rat).Mul(exactRat(m[0][1]), exactRat(m[1][0])))
	disc := new(big.Rat).Mul(trace, trace)
	disc.Sub(disc, new(big.Rat).Mul(det, big.NewRat(4, 1)))
	if disc.Sign() < 0 {
		return 0, false
	}
	wide := func(x *big.Rat) *big.Float { return new(big.Float).SetPrec(2000).SetRat(x) }
	root := wide(disc)
	root.Sqrt(root)
	x := new(big.Float).SetPrec(2000).Sub(wide(trace), root)
	v, _ = x.Mul(x, big.NewFloat(.5)).Float64()
	return v, true
}

// inBand tells whether 4 m1 m2 r > (l12 + r l21)².
func inBand(mu []float64, l [][]float64, r float64) bool {
	left := new(big.Rat).Mul(exactRat(mu[0]), exactRat(mu[1]))
	left.Mul(left, new(big.Rat).Mul(exactRat(r), big.NewRat(4, 1)))
	right := new(big.Rat).Mul(exactRat(r), exactRat(l[1][0]))
	right.Add(right, exactRat(l[0][1]))
	return mu[0] > 0 && mu[1] > 0 && left.Cmp(right.Mul(right, right)) > 0
}

func checkUnits(t *testing.T, m [][]float64) *certify.Certificate {
	t.Helper()
	c, err := Certify(context.Background(), &Game{Blocks: []int{1, 1}, Matrix: m}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want, real := leastOf(m)
	if real && !(math.Abs(c.Abscissa-want) <= 1e-6*math.Abs(want)) && !math.IsNaN(c.Abscissa) {
		t.Errorf("%v: abscissa %g, expected %g", m, c.Abscissa, want)
	}
	if real && want < 0 != (c.Unstable != nil) {
		t.Errorf("%v: eigenvalue %g, %s", m, want, c.Verdict())
	}
	if c.Supremum < c.Margins.SGN || c.Abscissa < c.Rate || c.Margins.Lyapunov < c.Rate {
		t.Errorf("%v: supremum %g, abscissa %g, lyapunov %g, margins %+v, rate %g", m, c.Supremum, c.Abscissa, c.Margins.Lyapunov, c.Margins, c.Rate)
	}
	if y := c.Best.Lyapunov; c.Certified() && y != nil && y.Margin < c.Margin {
		t.Errorf("%v: best.lyapunov %g, margin %g", m, y.Margin, c.Margin)
	}
	for k, r := range c.Band {
		if r > 0 && !math.IsInf(r, 0) && !inBand(c.Mu, c.Coupling.Rows, r) {
			t.Errorf("%v: end %d of the band, %g, is not inside", m, k, r)
		}
	}
	for i, band := range c.Bands {
		for _, x := range band {
			if r := x / c.Weights[0]; x > 0 && !math.IsInf(x, 0) {
				if i == 0 {
					// C(x, w2): the same with the players exchanged.
					mu := []float64{c.Mu[1], c.Mu[0]}
					l := [][]float64{{0, c.Coupling.Rows[1][0] * c.Weights[1]}, {c.Coupling.Rows[0][1], 0}}
					left := new(big.Rat).Mul(exactRat(mu[0]), exactRat(mu[1]))
					left.Mul(left, new(big.Rat).Mul(exactRat(x), exactRat(c.Weights[1])))
					left.Mul(left, big.NewRat(4, 1))
					right := new(big.Rat).Mul(exactRat(c.Coupling.Rows[1][0]), exactRat(c.Weights[1]))
					right.Add(right, new(big.Rat).Mul(exactRat(x), exactRat(l[1][0])))
					if left.Cmp(right.Mul(right, right)) <= 0 {
						t.Errorf("%v: end %g of a band is not inside", m, x)
					}
				} else if !inBand(c.Mu, c.Coupling.Rows, r) {
					t.Errorf("%v: end %g of a band is not inside", m, x)
				}
			}
		}
	}
	if k := c.BoxFactor; k > 1 && !math.IsInf(k, 0) && !(inBand(c.Mu, c.Coupling.Rows, c.Weights[1]*k) && inBand(c.Mu, c.Coupling.Rows, c.Weights[1]/k)) {
		t.Errorf("%v: box factor %g", m, k)
	}
	for _, s := range c.StepsIn(certify.InWeights) {
		if !(s.Max > 0) {
			t.Errorf("%v: a step of %g of %s, %s", m, s.Max, s.Scheme, s.Bound)
		}
	}
	return c
}

// Units far apart: what floating point loses is not printed.
func TestQuadraticUnitsFarApart(t *testing.T) {
	c := checkUnits(t, [][]float64{{1e-8, .3}, {.3, 1e8}})
	if !c.Certified() || !(math.Abs(c.Abscissa-9.1e-9) < 1e-14) || !(math.Abs(c.Supremum-9.1e-9) < 1e-14) {
		t.Errorf("abscissa %g, supremum %g", c.Abscissa, c.Supremum)
	}
	for _, m := range [][][]float64{
		{{0.008151517970485824, 37.53656288676361}, {46.708979488855746, 215088.10411840733}},
		{{0.0023983805599658813, -2881917.5682174773}, {-2991200.637494859, 2645652705941450.5}},
	} {
		if c := checkUnits(t, m); c.Verdict() != certify.Refuted || !(c.Abscissa < 0) {
			t.Errorf("%v: %s, abscissa %g", m, c.Verdict(), c.Abscissa)
		}
	}
	checkUnits(t, [][]float64{{1511931818507.5815, -368894435991.0202}, {-304939621938.9379, 74401853621.64346}})
	checkUnits(t, [][]float64{{6.8807025e-07, 3.649799852213702}, {3.6498001477862974, 19360000}})
	rng := rand.New(rand.NewPCG(61, 62))
	for range 200 {
		u, v := math.Pow(10, 16*rng.Float64()-8), math.Pow(10, 16*rng.Float64()-8)
		a, d := .5+rng.Float64(), .5+rng.Float64()
		skew := math.Exp(rng.NormFloat64())
		near := 1 - math.Pow(10, -2-13*rng.Float64())*float64(1-2*rng.IntN(2))
		g := math.Sqrt(a*d) * near
		sign := float64(1 - 2*rng.IntN(2))
		checkUnits(t, [][]float64{{a * u * u, sign * g * skew * u * v}, {sign * g / skew * u * v, d * v * v}})
	}
}

// Three blocks in units far apart: the sign is right or unknown.
func TestQuadraticThreeUnits(t *testing.T) {
	c, err := Certify(context.Background(), &Game{Blocks: []int{1, 1, 1},
		Matrix: [][]float64{{1e-8, .3, 1e-9}, {.3, 1e8, 1e-3}, {1e-9, 1e-3, 1}}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !c.Certified() || c.Abscissa < c.Rate || c.Supremum < c.Margins.SGN || !(c.Supremum > 9.0e-9) {
		t.Errorf("%s, abscissa %g, supremum %g, margins %+v", c.Verdict(), c.Abscissa, c.Supremum, c.Margins)
	}
}
