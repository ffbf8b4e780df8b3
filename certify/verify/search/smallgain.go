package search

import (
	"math"
	"math/big"

	"gonum.org/v1/gonum/mat"
)

// gains is what the small-gain test rests on: curvatures mu, which are proved from
// below, and couplings l, from above.
type gains struct {
	mu  []float64
	ell []float64
	l   [][]float64
}

func (g *gains) finite() bool {
	ok := len(g.mu) > 0 && allFinite(g.mu)
	for _, row := range g.l {
		ok = ok && allFinite(row)
	}
	return ok
}

// size is that of K_w, roughly.
func (g *gains) size(w []float64) float64 {
	most := 0.0
	for i := range w {
		most = max(most, math.Abs(g.mu[i]))
		for j, x := range g.l[i] {
			most = max(most, x*math.Sqrt(w[i]/w[j]))
		}
	}
	return most
}

// comparison is C(w) - 2xW, with the entries off its diagonal -off.
func comparison(w, mu []float64, x float64, off func(i, j int) *big.Rat) matrix {
	n := len(w)
	m := newMatrix(n, n)
	for i := range n {
		for j := range n {
			if i == j {
				m[i][i] = mul(mul(big.NewRat(2, 1), rat(w[i])), sub(rat(mu[i]), rat(x)))
			} else {
				m[i][j] = new(big.Rat).Neg(off(i, j))
			}
		}
	}
	return m
}

// margin is a proved small-gain margin at weights w: λ_min(W^-½ C(w) W^-½)/2 or a
// little less.
func (g *gains) margin(w []float64, guesses ...float64) float64 {
	if !g.finite() {
		return math.NaN()
	}
	s := mat.NewSymDense(len(w), nil)
	for i := range w {
		s.SetSym(i, i, g.mu[i])
		for j := range i {
			s.SetSym(i, j, -(g.l[i][j]*math.Sqrt(w[i]/w[j])+g.l[j][i]*math.Sqrt(w[j]/w[i]))/2)
		}
	}
	return attain(func(x float64) bool { return g.reaches(w, x) }, g.size(w), append(guesses, leastEigenvalue(s))...)
}

// reaches tells whether the small-gain margin at weights w is at least x.
func (g *gains) reaches(w []float64, x float64) bool {
	return finite(x) && semidefinite(comparison(w, g.mu, x, func(i, j int) *big.Rat {
		return add(mul(rat(w[i]), rat(g.l[i][j])), mul(rat(w[j]), rat(g.l[j][i])))
	}))
}

// curved is diag(x mu - y) - L: an M-matrix for x = 1 if y is below the best
// margin, for y = 0 if x is above the gain.
func (g *gains) curved(x, y float64) matrix {
	m := newMatrix(len(g.mu), len(g.mu))
	for i := range m {
		for j := range m {
			m[i][j] = rat(-g.l[i][j])
		}
		m[i][i] = sub(sub(mul(rat(x), rat(g.mu[i])), rat(y)), rat(g.l[i][i]))
	}
	return m
}

// supremum is a number below the best margin over all weights, gain one above the
// spectral radius of diag(mu)⁻¹ L. Both are tried from what is claimed.
func (g *gains) supremum(claimed float64) float64 {
	if !g.finite() {
		return math.NaN()
	}
	return attain(func(y float64) bool { return dominated(g.curved(1, y)) }, g.size(ones(len(g.mu))), claimed)
}

func (g *gains) gain(claimed float64) float64 {
	if !g.finite() {
		return math.NaN()
	}
	holds := func(x float64) bool { return dominated(g.curved(x, 0)) }
	if claimed == 0 && holds(1e-30) {
		return 0 // it is below every number tried
	}
	return least(holds, 1e6*math.Abs(claimed), claimed)
}

// edge is a little inside a band of weights, and finite.
func edge(x float64, low bool) float64 {
	if low {
		return max(x*(1+relative), 1e-60)
	}
	return min(x*(1-relative), 1e60)
}

// bandAt tells whether the margin is positive where the weight of block i is x.
func (g *gains) bandAt(w []float64, i int, x float64) bool {
	v := append([]float64(nil), w...)
	v[i] = x
	return finite(x) && x > 0 && g.finite() && g.reaches(v, 0)
}

// bands checks timescale_band, bands and box_factor: where the small-gain margin is
// positive, which is concave in the logarithms of weights, so that ends and corners
// suffice.
func (r *report) bands(g *gains, w []float64) {
	c := r.claim
	for k, x := range c.Band {
		if !math.IsNaN(float64(x)) {
			r.add([]string{"timescale_band[0]", "timescale_band[1]"}[k], float64(x), math.NaN(),
				len(w) == 2 && c.Band[0] <= c.Band[1] && g.bandAt([]float64{1, 1}, 1, edge(float64(x), k == 0)), "a small-gain margin at this end")
		}
	}
	for i, band := range c.Bands {
		for k, x := range band {
			if !math.IsNaN(float64(x)) {
				holds := band[0] == band[1] && float64(x) == w[i] || band[0] <= band[1] && g.bandAt(w, i, edge(float64(x), k == 0))
				r.add(pathOf("bands", i, k), float64(x), math.NaN(), holds, "a small-gain margin at this end")
			}
		}
	}
	k, n := float64(c.BoxFactor), len(w)
	switch {
	case math.IsNaN(k) || k <= 1:
		r.seen("box_factor")
	case n > 10:
		r.pass("too many corners for more than 10 blocks", "box_factor")
	default:
		x, ok := min(k*(1-relative), 1e30), true
		for corner := range 1 << (n - 1) {
			v := append([]float64(nil), w...)
			for i := 1; i < n; i++ {
				if corner>>(i-1)&1 == 0 {
					v[i] *= x
				} else {
					v[i] /= x
				}
			}
			ok = ok && g.finite() && g.reaches(v, 0)
		}
		r.add("box_factor", k, math.NaN(), ok, "a small-gain margin at all corners")
	}
}

// vector checks ξ of the max norm: (Bξ)_i ≥ α ξ_i with B = diag(mu) - L, α what was
// proved of blockmax.
func (r *report) vector(g *gains, alpha float64) {
	c := r.claim
	if len(c.Xi) == 0 {
		return
	}
	found := math.Inf(1)
	ok := g.finite()
	for i := range g.mu {
		if !ok {
			break
		}
		sum, size := mul(rat(g.mu[i]), rat(float64(c.Xi[i]))), math.Abs(g.mu[i])
		for j, x := range g.l[i] {
			sum.Sub(sum, mul(rat(x), rat(float64(c.Xi[j]))))
			size += x * float64(c.Xi[j]/c.Xi[i])
		}
		ratio := float(quo(sum, rat(float64(c.Xi[i]))))
		found = min(found, ratio)
		ok = ratio >= alpha-relative*size
	}
	r.add("xi", math.NaN(), found, ok, "the max norm with ξ contracts at this rate, which is the best margin")
}

func ones(n int) []float64 {
	w := make([]float64, n)
	for i := range w {
		w[i] = 1
	}
	return w
}

// leastEigenvalue is one in floating point, NaN if it is not found.
func leastEigenvalue(s *mat.SymDense) float64 {
	var e mat.EigenSym
	n := s.SymmetricDim()
	for i := range n {
		for j := range i + 1 {
			if !finite(s.At(i, j)) {
				return math.NaN()
			}
		}
	}
	if !e.Factorize(s, false) {
		return math.NaN()
	}
	return e.Values(nil)[0]
}
