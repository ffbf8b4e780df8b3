package search

import (
	"fmt"
	"math"
	"math/big"
	"math/cmplx"

	"gonum.org/v1/gonum/mat"
)

// weightings are what is said of other weights: gain, supremum, bands.
func (v *quadraticCheck) weightings() {
	c := v.claim
	v.seen("weights")
	v.plain("weights", c.Weights[0] == 1, "margins are proved at them; the first is 1")
	v.atMost("supremum", float64(c.Supremum), v.g.supremum(float64(c.Supremum)), "some weights have this small-gain margin")
	block := math.NaN()
	if v.symmetric {
		block = v.g.supremum(float64(c.Margins.BlockMax))
	}
	v.atMost("margins.blockmax", float64(c.Margins.BlockMax), block, "of symmetric own blocks")
	if math.IsNaN(block) {
		block = v.g.supremum(float64(c.Supremum))
	}
	v.vector(&v.g, block)
	v.atLeast("gain", float64(c.Gain), v.g.gain(float64(c.Gain)), "spectral radius of diag(mu)^-1 L")
	v.bands(&v.g, v.w)
}

// mostHurwitz is the order up to which signs of real parts are decided exactly.
const mostHurwitz = 10

// spectrum checks the least real part of eigenvalues and the pair that refutes.
func (v *quadraticCheck) spectrum() {
	c, q := v.claim, v.q
	if u := c.Unstable; u != nil {
		v.refuted(u)
	}
	for _, x := range []struct {
		field   string
		claimed Number
	}{{"spectral_abscissa", c.Abscissa}, {"margins.lyapunov", c.Margins.Lyapunov}} {
		a := float64(x.claimed)
		if best, ok := v.of["lyapunov"]; ok && x.field == "margins.lyapunov" && a <= best.alpha {
			v.atMost(x.field, a, best.alpha, "in the metric of best.lyapunov")
			continue
		}
		switch {
		case math.IsNaN(a):
			v.seen(x.field)
		case q.n > mostHurwitz:
			v.pass(fmt.Sprintf("of more than %d coordinates", mostHurwitz), x.field)
		default:
			// A multiple eigenvalue is only known to the root of the rounding.
			off := 1e-7 * (math.Abs(a) + v.spread())
			g := q.jacobian()
			v.add(x.field, a, math.NaN(), finite(a) && stable(g, a-off) && !stable(g, a+off), "no eigenvalue of the Jacobian has a smaller real part, one nearly this: by the criterion of Routh and Hurwitz")
		}
	}
}

// spread is the size of eigenvalues, in the units of the weights.
func (v *quadraticCheck) spread() float64 {
	m := v.balanced()
	if m == nil {
		return v.q.size
	}
	return min(mat.Norm(m, 2), v.q.size)
}

// stable tells whether all eigenvalues of g have real parts above x: by Routh's
// scheme of the characteristic polynomial, in rationals.
func stable(g matrix, x float64) bool {
	n := len(g)
	a := minus(g, times(rat(x), identity(n)))
	// p(s) = det(s + a) by Faddeev and Le Verrier: roots are minus the eigenvalues.
	p := []*big.Rat{big.NewRat(1, 1)}
	m := identity(n)
	for k := 1; k <= n; k++ {
		m = product(a, m)
		trace := new(big.Rat)
		for i := range n {
			trace.Add(trace, m[i][i])
		}
		c := quo(trace, big.NewRat(int64(k), 1))
		p = append(p, c)
		m = times(big.NewRat(-1, 1), minus(m, times(c, identity(n))))
	}
	var upper, lower []*big.Rat
	for k, c := range p {
		if k%2 == 0 {
			upper = append(upper, c)
		} else {
			lower = append(lower, c)
		}
	}
	for len(lower) > 0 {
		if upper[0].Sign() <= 0 || lower[0].Sign() <= 0 {
			return false
		}
		f := quo(upper[0], lower[0])
		var next []*big.Rat
		for k := 1; k < len(upper); k++ {
			x := new(big.Rat).Set(upper[k])
			if k < len(lower) {
				x.Sub(x, mul(f, lower[k]))
			}
			next = append(next, x)
		}
		upper, lower = lower, next
	}
	return true
}

// refuted checks an eigenvalue with negative real part: exactly, by the inertia of
// N with sym(N(G + s)) > 0, s ≥ 0 (Ostrowski and Schneider), or by Routh's scheme; the pair
// itself, which is rounded, by its residual in the units of the weights.
func (v *quadraticCheck) refuted(u *Unstable) {
	q := v.q
	v.seen("unstable.metric", "unstable.direction", "unstable.shift", "unstable.im", "unstable.vector")
	proved := false
	if len(u.Metric) > 0 || len(u.Direction) > 0 {
		n, ok := symmetricOf(u.Metric, q.n)
		x := floats(u.Direction)
		if ok = ok && len(x) == q.n && allFinite(x) && u.Shift >= 0 && finite(float64(u.Shift)) &&
			definite(symmetric(product(n, minus(q.jacobian(), times(rat(-float64(u.Shift)), identity(q.n)))))); ok {
			sum := new(big.Rat)
			for i := range q.n {
				for j := range q.n {
					sum.Add(sum, mul(mul(rat(x[i]), rat(x[j])), n[i][j]))
				}
			}
			ok = sum.Sign() < 0
		}
		v.plain("unstable.metric", ok, "sym(N (G + shift)) > 0 and v'Nv < 0: an eigenvalue has a real part below -shift")
		proved = ok
	}
	if !proved && q.n <= mostHurwitz {
		proved = u.Re < 0 && !stable(q.jacobian(), float64(u.Re)/2)
	}
	g := v.balanced()
	x := floats(u.Vector)
	if g == nil || len(x) != q.n || !allFinite(x) {
		v.plain("unstable.re", false, fmt.Sprintf("expected a vector of %d finite numbers", q.n))
		return
	}
	for i := range q.Blocks {
		for r := q.first[i]; r < q.first[i+1]; r++ {
			x[r] *= math.Sqrt(v.w[i])
		}
	}
	off := pairOff(g, x, float64(u.Re), float64(u.Im))
	v.add("unstable.re", float64(u.Re), off, u.Re < 0 && off <= 1e-7 && (proved || q.n > mostHurwitz), "found is the relative residual of the eigenpair")
}

// pairOff is the relative residual of x as the real part of an eigenvector: of
// (g² - 2 re g + |λ|²) x = 0, or g x = re x.
func pairOff(g *mat.Dense, x []float64, re, im float64) float64 {
	n := len(x)
	v := mat.NewVecDense(n, append([]float64(nil), x...))
	var y, z mat.VecDense
	y.MulVec(g, v)
	size := mat.Norm(g, 2)
	residual := mat.NewVecDense(n, nil)
	if im == 0 {
		residual.AddScaledVec(&y, -re, v)
	} else {
		z.MulVec(g, &y)
		residual.AddScaledVec(&z, -2*re, &y)
		residual.AddScaledVec(residual, re*re+im*im, v)
		size *= size
	}
	return mat.Norm(residual, 2) / mat.Norm(v, 2) / size
}

// balanced is G in the units of the weights; nil if that is not finite.
func (v *quadraticCheck) balanced() *mat.Dense {
	q := v.q
	m := dense(q.jacobian())
	for i := range q.Blocks {
		for r := q.first[i]; r < q.first[i+1]; r++ {
			for j := range q.Blocks {
				for s := q.first[j]; s < q.first[j+1]; s++ {
					m.Set(r, s, m.At(r, s)*math.Sqrt(v.w[i]/v.w[j]))
				}
			}
		}
	}
	if !allFinite(m.RawMatrix().Data) {
		return nil
	}
	return m
}

func (v *quadraticCheck) steps() {
	c := v.claim
	most := map[string]float64{}
	for i, s := range c.Steps {
		k, ok := v.of[s.Metric]
		if !ok || !(k.alpha > 0) {
			v.strange(i, s)
			continue
		}
		switch s.Scheme + " " + s.Bound {
		case "euler rho(T(eta)) < 1, block max norm":
			most["euler"] = max(most["euler"], v.blockMaxRow(i, s, v.symmetric, &v.g))
			continue
		case "euler spectral radius < 1", "rk4 spectral radius < 1":
			v.spectral(i, s)
			continue
		case "rk4 norm at most 1, measured":
			v.is(pathOf("steps", i)+".status", s.Status, "measured", "measured, quadratic games")
			v.seen("steps.scheme", "steps.bound")
			v.inMetricOf(i, s)
			v.pass("measured", pathOf("steps", i)+".max")
			v.silent(i, s, "measured: no step is best and no factor is known")
			continue
		}
		rule, ok := k.monotone(s)
		if !ok {
			rule, ok = k.ofConstant(s)
		}
		if !ok {
			v.strange(i, s)
			continue
		}
		longest := v.row(i, s, rule)
		most[s.Scheme] = max(most[s.Scheme], longest)
	}
	v.largest(most)
	v.advice(v.of, v.rate)
	if x := c.Rates; x != nil {
		v.learning(x)
	}
}

// learning checks ratios of learning rates: of a block metric all, as the metric
// with weights w_i/s_i shows; of another those between two at which sym(M S G) > 0,
// which is linear in them.
func (v *quadraticCheck) learning(x *Rates) {
	low, high := float64(x.Low), float64(x.High)
	block := max(v.of["true_block"].alpha, 0)
	if v.claim.Source != "lyapunov" {
		block = max(block, v.alpha)
	}
	if block > 0 {
		v.seen("learning_rates.low", "learning_rates.high")
		v.plain("learning_rates", low >= 0 && finite(low) && high >= low, "all, of a metric of blocks")
		v.atMost("learning_rates.rate", float64(x.Rate), block, "times the least of the rates")
		return
	}
	o := v.claim.Best.Lyapunov
	ok := false
	if o != nil && len(v.w) == 2 {
		if m, good := metricOf(o.Metric, v.q.n); good {
			ok = low <= high
			for _, s := range []float64{low, high} {
				ok = ok && finite(s) && s > 0
				g := v.q.jacobian()
				for r := v.q.first[1]; ok && r < v.q.n; r++ {
					g[r] = times(rat(s), g[r:r+1])[0]
				}
				ok = ok && definite(symmetric(product(m, g)))
			}
		}
	}
	v.seen("learning_rates.low", "learning_rates.high")
	v.plain("learning_rates", ok, "the Lyapunov metric has a margin at both ends")
	v.atMost("learning_rates.rate", float64(x.Rate), 0, "none is proved")
}

// spectral compares what is said of eigenvalues in floating point.
func (v *quadraticCheck) spectral(i int, s Step) {
	at := pathOf("steps", i)
	v.seen("steps.scheme", "steps.bound")
	v.inMetricOf(i, s)
	v.is(at+".status", s.Status, "of eigenvalues", "asymptotic, quadratic games")
	v.silent(i, s, "of eigenvalues: no step is best and no factor is known")
	h, g := float64(s.Max)*(1-1e-6), v.balanced()
	var e mat.Eigen
	if g == nil || !e.Factorize(g, mat.EigenNone) {
		v.pass("eigenvalues were not found", at+".max")
		return
	}
	worst := 0.0
	for _, l := range e.Values(nil) {
		z := -complex(h, 0) * l
		p := 1 + z
		if s.Scheme == "rk4" {
			p = 1 + z*(1+z/2*(1+z/3*(1+z/4)))
		}
		worst = max(worst, cmplx.Abs(p))
	}
	v.add(at+".max", float64(s.Max), worst, h > 0 && worst <= 1+1e-9, "found is the spectral radius just below, in floating point")
}

// place checks the zero and the region (section 7).
func (v *quadraticCheck) place() {
	c, q := v.claim, v.q
	if x := floats(c.Equilibrium); x != nil {
		if len(x) != q.n || !allFinite(x) {
			v.plain("equilibrium", false, fmt.Sprintf("found %d numbers, expected %d finite ones", len(x), q.n))
			return
		}
		f, size := q.field(x)
		found := norm(f)
		v.plain("equilibrium", found <= 1e-6*norm64(size), "a zero up to rounding")
		v.rounded("residual", float64(c.Residual), found, 4*float64(q.n+1)*ulp*norm64(size), "of J x + c, exact")
	}
	g := c.Region
	if g == nil || g.Shape != "all" && g.Shape != "ball" {
		v.plain("region.shape", false, "expected all or ball: the Jacobian is the same everywhere, a cube is no basin")
		return
	}
	certified := c.Certified && v.alpha > 0
	centre := floats(c.Equilibrium)
	if g.Shape == "all" {
		v.everywhere("l2 in the metric", certified && centre != nil)
		v.converges(certified)
	} else {
		centre = floats(g.Centre)
		v.seen("region.centre", "region.shape", "region.radius")
		v.is("region.norm", g.Norm, "of the radius", "l2 in the metric")
		v.atMost("region.ball", float64(g.Ball), float64(g.Radius), "inside the region")
	}
	if !certified || len(centre) != q.n || !allFinite(centre) {
		v.atLeast("region.distance", float64(g.Distance), math.Inf(1), "needs a certificate and a centre")
		if g.Shape == "ball" {
			v.flag("region.unique", g.Unique, false, "needs a certificate and a centre")
			v.atMost("region.invariant", float64(g.Invariant), 0, "no zero is proved to be inside")
			v.converges(false)
		}
		return
	}
	r, size := v.residual(centre)
	distance, rounding := r/v.alpha, 16*float64(q.n+1)*ulp*size/v.alpha
	v.rounded("region.distance", float64(g.Distance), distance, rounding, "residual over margin, in the metric")
	if g.Shape == "ball" {
		inside := distance <= float64(g.Radius)
		v.flag("region.unique", g.Unique, inside, "whether the zero is proved to lie inside")
		v.converges(inside)
		v.atMost("region.invariant", float64(g.Invariant), max(0, float64(g.Radius)-2*distance)+2*rounding, "of starts that stay")
	}
}

// rounded is atLeast of a number that is worked out of rounded sums: what they lose
// is granted.
func (r *report) rounded(what string, claimed, proved, rounding float64, note string) {
	if claimed >= 0 && claimed < proved && proved-claimed <= rounding {
		r.add(what, claimed, proved, true, note+", up to rounding of the sums")
		return
	}
	r.atLeast(what, claimed, proved, note)
}

// residual is |G(x)| in the metric of the source, exact before its root, and what
// the sums are made of.
func (v *quadraticCheck) residual(x []float64) (norm, size float64) {
	q := v.q
	f, parts := q.field(x)
	m := q.weighted(v.w, q.p)
	if v.claim.Source == "lyapunov" {
		m, _ = symmetricOf(v.claim.Best.Lyapunov.Metric, q.n)
	}
	field := make(matrix, q.n)
	for i := range f {
		field[i] = []*big.Rat{f[i]}
	}
	if q.inverse != nil {
		field = product(q.inverse, field)
	}
	sum := new(big.Rat)
	for i := range field {
		for j := range field {
			sum.Add(sum, mul(mul(field[i][0], field[j][0]), m[i][j]))
		}
		part := parts[i]
		if q.inverse != nil {
			part = 0
			for j := range parts {
				part += math.Abs(float(q.inverse[i][j])) * parts[j]
			}
		}
		size = math.Hypot(size, part*math.Sqrt(math.Abs(float(m[i][i]))))
	}
	return math.Sqrt(max(0, float(sum))) * (1 + 4*ulp), size * math.Sqrt(float64(q.n))
}

func norm(x []*big.Rat) (s float64) {
	for _, y := range x {
		s = math.Hypot(s, float(y))
	}
	return s
}

func norm64(x []float64) (s float64) {
	for _, y := range x {
		s = math.Hypot(s, y)
	}
	return s
}
