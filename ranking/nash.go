package ranking

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// Nash is Nash averaging (Balduzzi et al. 2018): agents are rated against the
// equilibrium of the game in which two players pick an agent each. The
// advantage of i over j is its score rate less ½, not the log odds of the
// paper, which are infinite where one side won every game; it is 0, a tie,
// where two did not meet.
type Nash struct {
	// Mass is the equilibrium of maximum entropy. It is unique, and copies of
	// an agent share what the agent would have.
	Mass []float64
	// Rating is the advantage over an opponent drawn from Mass: 0 for agents
	// with mass, at most Exploitability for all.
	Rating []float64
	// Exploitability is the most that an agent scores above ½ against Mass.
	Exploitability float64
}

// NashAverage computes the Nash average of a record. Differences of score rates
// below about 1e-10 of the largest advantage count as none.
func NashAverage(r Record) (Nash, error) {
	if err := r.Check(); err != nil {
		return Nash{}, err
	}
	a := mat.NewDense(r.N, r.N, nil)
	for i := range r.N {
		for j := range r.N {
			a.Set(i, j, r.advantage(i, j))
		}
	}
	var unit mat.Dense
	unit.CloneFrom(a)
	if scale := max(mat.Max(a), -mat.Min(a)); scale > 0 {
		unit.Scale(1/scale, a)
	}
	mass := maxEntropy(&unit)
	if mass == nil {
		return Nash{}, errors.New("Nash averaging: the equilibrium was not found")
	}
	rating := mat.NewVecDense(r.N, nil)
	rating.MulVec(a, mat.NewVecDense(r.N, mass))
	n := Nash{mass, rating.RawVector().Data, 0}
	n.Exploitability = max(0, floats.Max(n.Rating))
	return n, nil
}

// maxEntropy is the distribution of maximum entropy among those p with A·p ≤ 0,
// for an antisymmetric A with entries up to 1. Such p form the face {A·p = 0 on
// E, A·p ≤ 0 elsewhere, p = 0 outside E}, where E are the strategies with mass
// in any equilibrium: complementary, as pᵀA·q = 0 for equilibria p and q. The
// entropy is strictly concave and steep where a mass vanishes, so its maximum
// has mass on all of E.
func maxEntropy(a *mat.Dense) []float64 {
	const steps = 200
	path := newPath(a)
	for range steps {
		if path.mu() <= centered {
			if mass := spreadOver(a, path.inside(), path.x); mass != nil {
				return mass
			}
		}
		if !path.step() {
			break
		}
	}
	return nil
}

const (
	// centered is the product x·z on the path at which E can be told: x of its
	// strategies is above the root of it, and z of the others.
	centered = 1e-16
	// exploitable is what a strategy may gain, for advantages up to 1.
	exploitable = 1e-10
)

// spreadOver is the distribution of maximum entropy among equilibria on the
// strategies inside, given weights x from within their face; nil if they have
// none.
func spreadOver(a *mat.Dense, inside []bool, x []float64) []float64 {
	var in, out []int
	var p []float64
	for i, yes := range inside {
		if yes {
			in, p = append(in, i), append(p, x[i])
		} else {
			out = append(out, i)
		}
	}
	basis, ok := face(pick(a, in), p)
	if !ok || basis != nil && !climb(p, basis, slacks(a, out, in)) {
		return nil
	}
	mass := make([]float64, len(inside))
	for k, i := range in {
		mass[i] = p[k]
	}
	var gain mat.VecDense
	gain.MulVec(a, mat.NewVecDense(len(mass), mass))
	if !(mat.Max(&gain) <= exploitable) {
		return nil
	}
	return mass
}

// slacks are the rows c of c·p ≥ 0: -A outside E and, so that there is one, the
// sum of p, which never binds.
func slacks(a *mat.Dense, out, in []int) *mat.Dense {
	c := mat.NewDense(len(out)+1, len(in), nil)
	for k, i := range in {
		c.Set(len(out), k, 1)
		for j, o := range out {
			c.Set(j, k, -a.At(o, i))
		}
	}
	return c
}

func pick(a *mat.Dense, in []int) *mat.Dense {
	out := mat.NewDense(len(in), len(in), nil)
	for r, i := range in {
		for c, j := range in {
			out.Set(r, c, a.At(i, j))
		}
	}
	return out
}

// path is a point on the central path to the face of equilibria, whose analytic
// center has x > 0 exactly on E and z = -A·x > 0 elsewhere (Goldman and Tucker
// 1956). The path is that of the self-dual problem
//
//	z = M·x + q,  M = [-A r; -rᵀ 0],  q = (0, …, 0, n+1),  r = 1 + A·1,  x, z ≥ 0
//
// on which x = z = 1 lies (Jansen, Roos and Terlaky 1994).
type path struct {
	m, k  *mat.Dense // k: workspace
	x, z  []float64  // [n+1]
	off   *mat.VecDense
	lu    mat.LU
	dx    *mat.VecDense
	dz    []float64
	right *mat.VecDense
}

func newPath(a *mat.Dense) *path {
	n, _ := a.Dims()
	m := mat.NewDense(n+1, n+1, nil)
	for i := range n {
		r := 1 + floats.Sum(a.RawRowView(i))
		m.Set(i, n, r)
		m.Set(n, i, -r)
		for j := range n {
			m.Set(i, j, -a.At(i, j))
		}
	}
	n++
	vec := func() *mat.VecDense { return mat.NewVecDense(n, nil) }
	p := &path{m: m, k: mat.NewDense(n, n, nil), off: vec(), dx: vec(), right: vec(), dz: make([]float64, n)}
	for range n {
		p.x, p.z = append(p.x, 1), append(p.z, 1)
	}
	return p
}

// mu is the mean product x·z, which the path leads to 0.
func (p *path) mu() float64 { return floats.Dot(p.x, p.z) / float64(len(p.x)) }

// inside tells which strategies have mass at the end of the path.
func (p *path) inside() []bool {
	in := make([]bool, len(p.x)-1)
	for i := range in {
		in[i] = p.x[i] > p.z[i]
	}
	return in
}

// step goes on along the path, by the predictor and corrector of Mehrotra
// (1992).
func (p *path) step() bool {
	n := len(p.x)
	p.k.Copy(p.m)
	for i := range n {
		p.k.Set(i, i, p.z[i]/p.x[i])
	}
	p.lu.Factorize(p.k)
	p.off.MulVec(p.m, mat.NewVecDense(n, p.x))
	p.off.SetVec(n-1, p.off.AtVec(n-1)+float64(n))
	p.off.SubVec(p.off, mat.NewVecDense(n, p.z))

	want, dx := make([]float64, n), p.dx.RawVector().Data
	if !p.direct(want) {
		return false
	}
	t := min(1, longestStep(p.x, dx), longestStep(p.z, p.dz))
	centering := p.mu() * math.Pow(1-t, 3)
	for i := range want {
		want[i] = centering - dx[i]*p.dz[i]
	}
	if !p.direct(want) {
		return false
	}
	t = min(1, .99*longestStep(p.x, dx), .99*longestStep(p.z, p.dz))
	floats.AddScaled(p.x, t, dx)
	floats.AddScaled(p.z, t, p.dz)
	return true
}

// direct finds dx and dz with z·dx + x·dz = want - x·z and M·dx - dz = -off, by
// eliminating dz; off is what rounding has made of z = M·x + q.
func (p *path) direct(want []float64) bool {
	for i, w := range want {
		p.right.SetVec(i, w/p.x[i]-p.z[i]-p.off.AtVec(i))
	}
	err := p.lu.SolveVecTo(p.dx, false, p.right)
	var doubt mat.Condition // near the end z/x are far apart, by design
	if err != nil && (!errors.As(err, &doubt) || math.IsInf(float64(doubt), 1)) {
		return false
	}
	for i, w := range want {
		p.dz[i] = w/p.x[i] - p.z[i] - p.z[i]/p.x[i]*p.dx.AtVec(i)
	}
	return !math.IsNaN(floats.Sum(p.dz))
}

// longestStep is how often d can be added to x until an entry is 0, up to 1e9.
func longestStep(x, d []float64) float64 {
	t := 1e9
	for i := range x {
		if d[i] < 0 {
			t = min(t, -x[i]/d[i])
		}
	}
	return t
}

// flat is the singular value of the game on E up to which a direction counts
// as one of the face.
const flat = 1e-10

// face moves p into the null space of a, to sum 1, and returns an orthonormal
// basis of the directions in the null space that keep the sum; nil if there are
// none. Not ok if p is not near it.
func face(a *mat.Dense, p []float64) (basis *mat.Dense, ok bool) {
	n := len(p)
	var svd mat.SVD
	if !svd.Factorize(a, mat.SVDFullV) {
		return nil, false
	}
	var v mat.Dense
	svd.VTo(&v)
	rank := 0
	for _, s := range svd.Values(nil) {
		if s > flat {
			rank++
		}
	}
	if rank == n {
		return nil, false
	}
	null := v.Slice(0, n, rank, n).(*mat.Dense)
	d := n - rank
	var along, back mat.VecDense
	along.MulVec(null.T(), mat.NewVecDense(n, p))
	back.MulVec(null, &along)
	copy(p, back.RawVector().Data)
	floats.Scale(1/floats.Sum(p), p)
	if !(floats.Min(p) > 0) {
		return nil, false
	}
	if d == 1 {
		return nil, true
	}
	// Reflect (Householder) the null space so that its first vector takes up
	// the sum; the others then have none.
	ones := mat.NewVecDense(n, nil)
	for i := range n {
		ones.SetVec(i, 1)
	}
	var w mat.VecDense
	w.MulVec(null.T(), ones)
	w.SetVec(0, w.AtVec(0)+math.Copysign(mat.Norm(&w, 2), w.AtVec(0)))
	w.ScaleVec(math.Sqrt2/mat.Norm(&w, 2), &w)
	var nw mat.VecDense
	nw.MulVec(null, &w)
	var turned mat.Dense
	turned.Outer(-1, &nw, &w)
	turned.Add(&turned, null)
	return mat.DenseCopyOf(turned.Slice(0, n, 1, d)), true
}

// climb moves p along the basis to the maximum of entropy among p with
// slack·p ≥ 0, by the primal-dual method of Boyd and Vandenberghe (2004, section
// 11.7). It starts with all slacks positive.
func climb(p []float64, basis, slack *mat.Dense) bool {
	n, _ := basis.Dims()
	m, _ := slack.Dims()
	s, price := make([]float64, m), make([]float64, m)
	mat.NewVecDense(m, s).MulVec(slack, mat.NewVecDense(n, p))
	if !(floats.Min(s) > 0) {
		return false
	}
	for j := range s {
		price[j] = 1 / (float64(m) * s[j])
	}
	var along mat.Dense // how the slacks change along the basis
	along.Mul(slack, basis)

	// slope is that of entropy and priced slacks along the basis, 0 at the
	// maximum; miss adds how far the products of slack and price are from mu.
	slope := func(p, price []float64) *mat.VecDense {
		logs := mat.NewVecDense(n, nil)
		for i, x := range p {
			logs.SetVec(i, -math.Log(x))
		}
		var v, w mat.VecDense
		v.MulVec(basis.T(), logs)
		w.MulVec(along.T(), mat.NewVecDense(m, price))
		v.AddVec(&v, &w)
		return &v
	}
	miss := func(p, s, price []float64, mu float64) float64 {
		sum := mat.Norm(slope(p, price), 2)
		for j := range s {
			sum = math.Hypot(sum, price[j]*s[j]-mu)
		}
		return sum
	}
	const (
		steps = 300
		sharp = 1e-12 // slope, and entropy left to gain, at which to stop
		dull  = 1e-9  // and with which to be content if rounding stops it
	)
	for range steps {
		left := floats.Dot(s, price)
		off := max(left, mat.Norm(slope(p, price), 2))
		if off <= sharp {
			return true
		}
		mu := .1 * left / float64(m)

		scaled, weighed := mat.DenseCopyOf(basis), mat.DenseCopyOf(&along)
		for i, x := range p {
			floats.Scale(1/math.Sqrt(x), scaled.RawRowView(i))
		}
		central := make([]float64, m)
		for j := range s {
			floats.Scale(math.Sqrt(price[j]/s[j]), weighed.RawRowView(j))
			central[j] = mu / s[j]
		}
		var h mat.SymDense
		h.SymOuterK(1, scaled.T())
		var hs mat.SymDense
		hs.SymOuterK(1, weighed.T())
		h.AddSym(&h, &hs)
		var chol mat.Cholesky
		var dy, vp, vs mat.VecDense
		if !chol.Factorize(&h) || chol.SolveVecTo(&dy, slope(p, central)) != nil {
			return false
		}
		vp.MulVec(basis, &dy)
		vs.MulVec(&along, &dy)
		dp, ds, dprice := vp.RawVector().Data, vs.RawVector().Data, make([]float64, m)
		for j := range s {
			dprice[j] = central[j] - price[j] - price[j]/s[j]*ds[j]
		}

		now := miss(p, s, price, mu)
		t := min(1, .99*min(longestStep(p, dp), longestStep(s, ds), longestStep(price, dprice)))
		p1, s1, price1 := make([]float64, n), make([]float64, m), make([]float64, m)
		for ; ; t /= 2 {
			floats.AddScaledTo(p1, p, t, dp)
			floats.AddScaledTo(s1, s, t, ds)
			floats.AddScaledTo(price1, price, t, dprice)
			if miss(p1, s1, price1, mu) <= (1-.01*t)*now {
				break
			}
			if t < 1e-9 {
				return off <= dull
			}
		}
		copy(p, p1)
		copy(s, s1)
		copy(price, price1)
	}
	return false
}
