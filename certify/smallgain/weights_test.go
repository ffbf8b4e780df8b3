package smallgain

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"arbiter/certify/certifytest"
)

// randomBounds draws curvatures in [0.5, 3] and couplings spread over some
// decades, a share of them zero.
func randomBounds(rng *rand.Rand, n int, zeros float64) (mu []float64, l [][]float64) {
	mu, l = make([]float64, n), make([][]float64, n)
	for i := range mu {
		mu[i] = 0.5 + 2.5*rng.Float64()
		l[i] = make([]float64, n)
		for j := range l[i] {
			if j != i && rng.Float64() >= zeros {
				l[i][j] = math.Exp(2*rng.NormFloat64()-1) / float64(n)
			}
		}
	}
	return mu, l
}

// eigenMargin is alpha(w) by a general eigensolver: the independent judge.
func eigenMargin(w, mu []float64, l [][]float64) float64 {
	n := len(w)
	s := mat.NewSymDense(n, nil)
	for i := range n {
		s.SetSym(i, i, mu[i])
		for j := range i {
			s.SetSym(i, j, -(w[i]*l[i][j]+w[j]*l[j][i])/math.Sqrt(w[i]*w[j])/2)
		}
	}
	var e mat.EigenSym
	if !e.Factorize(s, false) {
		panic("no eigenvalues")
	}
	return e.Values(nil)[0]
}

// metzlerRoot is the smallest real part of an eigenvalue of diag(mu) - l.
func metzlerRoot(mu []float64, l [][]float64) float64 {
	n := len(mu)
	b := mat.NewDense(n, n, nil)
	for i := range n {
		for j := range n {
			b.Set(i, j, -l[i][j])
		}
		b.Set(i, i, mu[i])
	}
	var e mat.Eigen
	if !e.Factorize(b, mat.EigenNone) {
		panic("no eigenvalues")
	}
	least := math.Inf(1)
	for _, v := range e.Values(nil) {
		least = min(least, real(v))
	}
	return least
}

func TestBestWeightsByHand(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		name     string
		mu       []float64
		l        [][]float64
		sup      float64
		attained bool
		w        []float64
		margin   float64
		band     [2]float64
	}{
		{"mini-toy", []float64{1, 1}, [][]float64{{0, 10}, {0.05, 0}}, 1 - math.Sqrt(0.5), true, []float64{1, 200}, 1 - math.Sqrt(0.5), [2]float64{34.31457505076194, 1165.6854249492378}},
		{"one way", []float64{1, 1}, [][]float64{{0, 6}, {0, 0}}, 1, false, []float64{1, 36}, 0.5, [2]float64{9, inf}},
		{"the other way", []float64{1, 1}, [][]float64{{0, 0}, {6, 0}}, 1, false, []float64{1, 1. / 36}, 0.5, [2]float64{0, 1. / 9}},
		{"apart", []float64{1, 2}, [][]float64{{0, 0}, {0, 0}}, 1, true, []float64{1, 1}, 1, [2]float64{0, inf}},
		{"unstable", []float64{1, 1}, [][]float64{{0, 4}, {1, 0}}, -1, true, []float64{1, 4}, -1, [2]float64{math.NaN(), math.NaN()}},
		{"tiny and huge", []float64{1, 1}, [][]float64{{0, 1e60}, {1e-61, 0}}, 1 - math.Sqrt(0.1), true, []float64{1, 1e121}, 1 - math.Sqrt(0.1), [2]float64{0, inf}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := BestWeights(c.mu, c.l)
			certifytest.CloseTo(t, "supremum", got.Supremum, c.sup, 1e-14)
			certifytest.CloseTo(t, "margin", got.Margin, c.margin, 1e-14)
			if got.Attained != c.attained {
				t.Errorf("attained %v", got.Attained)
			}
			for i := range c.w {
				certifytest.CloseTo(t, "weight over what is expected", got.W[i]/c.w[i], 1, 1e-12)
			}
			if c.name == "tiny and huge" {
				return
			}
			band, _ := RatioBand(c.mu, c.l, 0)
			for k := range band {
				if math.IsNaN(c.band[k]) != math.IsNaN(band[k]) {
					t.Errorf("band %v, want %v", band, c.band)
				} else if !math.IsNaN(band[k]) {
					certifytest.CloseTo(t, "band", band[k], c.band[k], 1e-13)
				}
			}
		})
	}
}

// One block; and chains, where the class that reaches the supremum decides
// whether it is attained.
func TestBestWeightsOfReducibleCouplings(t *testing.T) {
	one := BestWeights([]float64{-2}, [][]float64{{0}})
	if one.Supremum != -2 || one.Margin != -2 || !one.Attained || one.W[0] != 1 {
		t.Errorf("one block: %+v", one)
	}
	// Block 0 alone is worst and apart; 1 and 2 are coupled one way.
	l := [][]float64{{0, 0, 0}, {0, 0, 50}, {0, 0, 0}}
	got := BestWeights([]float64{1, 2, 3}, l)
	if !got.Attained || got.Supremum != 1 || got.Margin != 1 {
		t.Errorf("the class that decides is apart: %+v", got)
	}
	// Now 2 is worst, and 1 depends on it.
	got = BestWeights([]float64{3, 2, 1}, l)
	if got.Attained || got.Supremum != 1 || !(got.Margin >= 0.5 && got.Margin < 1) {
		t.Errorf("the class that decides is not apart: %+v", got)
	}
	// A chain of twelve, each disturbed by the next ten times as much as it is curved.
	n := 12
	mu, chain := make([]float64, n), make([][]float64, n)
	for i := range mu {
		mu[i], chain[i] = 1, make([]float64, n)
		if i+1 < n {
			chain[i][i+1] = 10
		}
	}
	got = BestWeights(mu, chain)
	if got.Attained || got.Supremum != 1 || !(got.Margin >= 0.5) || !(lowerMargin(got.W, mu, chain) >= 0.5*(1-1e-12)) {
		t.Errorf("chain: %+v", got)
	}
	if a := LowerMaxMargin(got.Xi, mu, chain); !(a >= 0.5*(1-1e-12)) {
		t.Errorf("chain in the max norm: %g", a)
	}
}

// Best margins against general eigensolvers, no better margin at other weights,
// bounds that bound, concavity, permutation and scale.
func TestBestWeightsProperties(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for trial := range 300 {
		n := 1 + rng.IntN(7)
		zeros := []float64{0, 0.3, 0.7}[trial%3]
		mu, l := randomBounds(rng, n, zeros)
		name := fmt.Sprintf("trial %d: ", trial)
		best := BestWeights(mu, l)
		certifytest.CloseTo(t, name+"supremum", best.Supremum, metzlerRoot(mu, l), 1e-7)
		certifytest.CloseTo(t, name+"margin at the best weights", best.Margin, eigenMargin(best.W, mu, l), 1e-12)
		if best.Attained {
			certifytest.CloseTo(t, name+"attained margin", best.Margin, best.Supremum, 1e-13)
			certifytest.CloseTo(t, name+"in the max norm", LowerMaxMargin(best.Xi, mu, l), best.Supremum, 1e-13)
		}
		if best.Margin > best.Supremum || best.W[0] != 1 || (best.Supremum > 0 && best.Margin < best.Supremum/2*(1-1e-12)) {
			t.Errorf("%s%+v", name, best)
		}
		if g := Gain(mu, l); (g < 1) != (best.Supremum > 0) && math.Abs(g-1) > 1e-12 {
			t.Errorf("%sgain %g, supremum %g", name, g, best.Supremum)
		}
		u, v, middle := certifytest.RandomWeights(rng, n, 2), certifytest.RandomWeights(rng, n, 2), make([]float64, n)
		for i := range middle {
			middle[i] = math.Sqrt(u[i] * v[i])
		}
		a, b, m := SmallGainMargin(u, mu, l), SmallGainMargin(v, mu, l), SmallGainMargin(middle, mu, l)
		certifytest.CloseTo(t, name+"margin", a, eigenMargin(u, mu, l), 1e-12)
		if m < (a+b)/2-1e-12*max(1, math.Abs(a)) || a > best.Supremum+1e-12 {
			t.Errorf("%smargin %g and %g, between %g, best %g", name, a, b, m, best.Supremum)
		}
		for i := range u {
			middle[i] = 7.25 * u[i]
		}
		certifytest.CloseTo(t, name+"scaled weights", SmallGainMargin(middle, mu, l), a, 1e-12)
		low := lowerMargin(u, mu, l)
		if low > a+1e-13*max(1, math.Abs(a)) || low < a-1e-11*max(1, math.Abs(a)) {
			t.Errorf("%slower bound %.17g of %.17g", name, low, a)
		}
		worse, more := make([]float64, n), make([][]float64, n)
		for i := range worse {
			worse[i] = mu[i] - rng.Float64()
			more[i] = make([]float64, n)
			for j := range more[i] {
				if j != i {
					more[i][j] = l[i][j] + 0.1*rng.Float64()
				}
			}
		}
		if lower := SmallGainMargin(u, worse, more); lower > a+1e-12 {
			t.Errorf("%sworse constants raise the margin from %g to %g", name, a, lower)
		}
		scaled, slow := make([]float64, n), make([][]float64, n)
		for i := range scaled {
			s := math.Exp(rng.NormFloat64())
			scaled[i], slow[i] = s*mu[i], make([]float64, n)
			for j := range slow[i] {
				slow[i][j] = s * l[i][j]
			}
		}
		if s := Supremum(scaled, slow); s > 0 != (best.Supremum > 0) && math.Abs(best.Supremum) > 1e-12 {
			t.Errorf("%slearning rates move the supremum from %g to %g", name, best.Supremum, s)
		}
		perm := rng.Perm(n)
		pmu, pl := make([]float64, n), Principal(l, perm)
		for i, p := range perm {
			pmu[i] = mu[p]
		}
		certifytest.CloseTo(t, name+"permuted supremum", Supremum(pmu, pl), best.Supremum, 1e-13)
	}
}

// The ends of every band have the margin alpha0, inside is more, outside less;
// some corner of the box is on the edge.
func TestBandsAndBox(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	boxes := 0
	for trial := range 200 {
		n := 2 + rng.IntN(4)
		mu, l := randomBounds(rng, n, float64(trial%2)*0.4)
		best := BestWeights(mu, l)
		if !(best.Margin > 0.02) {
			continue
		}
		alpha0 := float64(trial%3) * best.Margin / 3
		for i, b := range bands(best.W, mu, l, alpha0) {
			w := append([]float64(nil), best.W...)
			for k, end := range b {
				if end == 0 || math.IsInf(end, 1) {
					w[i] = best.W[i] * math.Pow(1e9, float64(2*k-1))
					if !above(w, mu, l, alpha0) {
						t.Errorf("trial %d, block %d: not above at %g, where nothing bounds the band", trial, i, w[i])
					}
					continue
				}
				w[i] = end
				certifytest.CloseTo(t, fmt.Sprintf("trial %d, block %d: margin at the end %g of the band", trial, i, end), SmallGainMargin(w, mu, l), alpha0, 1e-9*max(1, math.Abs(SmallGainMargin(w, mu, l))))
			}
			if !(b[0] < best.W[i] && best.W[i] < b[1]) {
				t.Errorf("trial %d, block %d: %g is not in the band %v", trial, i, best.W[i], b)
			}
			if n == 2 && i == 1 {
				r, ok := RatioBand(mu, l, alpha0)
				if !ok {
					t.Fatalf("trial %d: no band", trial)
				}
				for k := range r {
					if r[k] != b[k] {
						certifytest.CloseTo(t, "closed form over the parabola", r[k]/b[k], 1, 1e-9)
					}
				}
				if q := l[0][1] / l[1][0]; !math.IsInf(r[1], 1) && r[0] > 0 {
					certifytest.CloseTo(t, "product of the ends", r[0]*r[1]/(q*q), 1, 1e-12)
				}
			}
		}
		k, exact := boxFactor(best.W, mu, l, alpha0)
		if !exact || !(k > 1) {
			t.Fatalf("trial %d: box factor %g, %v", trial, k, exact)
		}
		if math.IsInf(k, 1) {
			continue
		}
		boxes++
		out := math.Inf(1)
		for signs := range 1 << (n - 1) {
			for _, f := range []float64{k * (1 - 1e-9), k * (1 + 1e-9)} {
				w := append([]float64(nil), best.W...)
				for i := 1; i < n; i++ {
					if signs>>(i-1)&1 == 1 {
						w[i] *= f
					} else {
						w[i] /= f
					}
				}
				m := eigenMargin(w, mu, l)
				if f < k && m < alpha0-1e-12*max(1, f) {
					t.Errorf("trial %d: margin %g at a corner inside the box", trial, m)
				}
				if f > k {
					out = min(out, m)
				}
			}
		}
		if out > alpha0+1e-12*max(1, k) {
			t.Errorf("trial %d: no corner beyond the box factor %g fails: %g", trial, k, out)
		}
		for _, inside := range []float64{0.5, 0.9, 1} {
			if aboveInBox(best.W, mu, l, alpha0, k*inside+1e-9*k) && inside == 1 && n > 2 {
				t.Errorf("trial %d: the pairwise bound is above the exact factor %g", trial, k)
			}
		}
	}
	if boxes < 50 {
		t.Errorf("only %d boxes were looked at", boxes)
	}
}
