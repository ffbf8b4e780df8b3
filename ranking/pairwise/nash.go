package pairwise

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
	// Mass is the equilibrium of maximum entropy, which is unique. Where it is
	// the only equilibrium, copies of an agent share what the agent would have;
	// elsewhere more copies have more entropy and so take more.
	Mass []float64
	// Rating is the advantage over an opponent drawn from Mass: 0 for agents
	// with mass, at most Exploitability for all.
	Rating []float64
	// Exploitability is the most that an agent scores above ½ against Mass.
	Exploitability float64
}

// NashAverage computes the Nash average of a record. Differences below about
// 1e-10 of the largest advantage may count as none. It is an error if what is
// left cannot be told apart in floating point, as can happen where ties, gaps
// and advantages of 1e-3 and less beside large ones come together.
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
		return Nash{}, errUnresolved
	}
	rating := mat.NewVecDense(r.N, nil)
	rating.MulVec(a, mat.NewVecDense(r.N, mass))
	n := Nash{mass, rating.RawVector().Data, 0}
	n.Exploitability = max(0, floats.Max(n.Rating))
	return n, nil
}

var errUnresolved = errors.New("Nash averaging: advantages of very different size decide the equilibrium by differences that floating point does not resolve")

// maxEntropy is the distribution of maximum entropy among those p with A·p ≤ 0,
// for an antisymmetric A with entries up to 1. Such p form the face {A·p = 0 on
// E, A·p ≤ 0 elsewhere, p = 0 outside E}, where E are the strategies with mass
// in any equilibrium: complementary, as pᵀA·q = 0 for equilibria p and q. The
// entropy is strictly concave and steep where a mass vanishes, so its maximum
// has mass on all of E.
func maxEntropy(a *mat.Dense) []float64 {
	const (
		steps = 100
		tries = 12 // past them rounding has taken over
	)
	path := newPath(a)
	for step, tried := 0, 0; step < steps && tried < tries; step++ {
		if path.mu() <= centered {
			if mass := spreadOver(a, path.inside(), path.x); mass != nil {
				return mass
			}
			tried++
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
	if len(in) == 0 {
		return nil
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

// slacks are the rows c of c·p ≥ 0: -A outside E, and the masses themselves.
// The entropy alone keeps these positive, but as slacks they balance the others
// at the start, the analytic center of them all.
func slacks(a *mat.Dense, out, in []int) *mat.Dense {
	c := mat.NewDense(len(out)+len(in), len(in), nil)
	for k, i := range in {
		c.Set(len(out)+k, k, 1)
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
	if !solved(p.lu.SolveVecTo(p.dx, false, p.right)) {
		return false
	}
	for i, w := range want {
		p.dz[i] = w/p.x[i] - p.z[i] - p.z[i]/p.x[i]*p.dx.AtVec(i)
	}
	return !math.IsNaN(floats.Sum(p.dz))
}

// solved tells whether there is a solution, be it of an ill-conditioned system:
// near the end of a path the weights are far apart by design.
func solved(err error) bool {
	var doubt mat.Condition
	return err == nil || errors.As(err, &doubt) && !math.IsInf(float64(doubt), 1)
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
// slack·p ≥ 0. It starts with all slacks positive, and maximises the entropy
// plus mu times the sum of their logarithms for smaller and smaller mu. That
// function over mu is self-concordant, so Newton's method, with a step no shorter
// than 1/(1+λ) at decrement λ², cannot fail (Boyd and Vandenberghe 2004, sections
// 9.6 and 11.3); the entropy ends within mu per slack of the maximum.
func climb(p []float64, basis, slack *mat.Dense) bool {
	n, _ := basis.Dims()
	m, _ := slack.Dims()
	s := make([]float64, m)
	mat.NewVecDense(m, s).MulVec(slack, mat.NewVecDense(n, p))
	if !(floats.Min(s) > 0) {
		return false
	}
	var along mat.Dense // how the slacks change along the basis
	along.Mul(slack, basis)
	const (
		end     = 1e-14 // last mu
		content = 1e-9  // largest mu with which to end where rounding is in the way
		near    = .01   // λ² at which to go on to the next mu
		sharp   = 1e-12 // and at which to end
		steps   = 1000
	)
	mu, last := 1.0, math.Inf(1)
	for range steps {
		up, dy, ok := newton(p, s, basis, &along, mu)
		if !ok {
			return mu <= content
		}
		lambda2 := mat.Dot(up, dy) / mu
		switch {
		case math.IsNaN(lambda2):
			return mu <= content
		case lambda2 <= near && mu > end:
			mu, last = max(mu/10, end), math.Inf(1)
			continue
		case lambda2 <= near && (lambda2 <= sharp || lambda2 >= last):
			return true
		}
		last = lambda2
		var vp, vs mat.VecDense
		vp.MulVec(basis, dy)
		vs.MulVec(&along, dy)
		dp, ds := vp.RawVector().Data, vs.RawVector().Data
		// rising tells whether the function still grows at step t.
		rising := func(t float64) bool {
			d := 0.0
			for i, x := range p {
				d -= math.Log(x+t*dp[i]) * dp[i]
			}
			for j, x := range s {
				d += mu * ds[j] / (x + t*ds[j])
			}
			return d >= 0
		}
		safe := 1.0
		if lambda2 > near {
			safe = 1 / (1 + math.Sqrt(lambda2))
		}
		t := min(1, .99*longestStep(p, dp), .99*longestStep(s, ds))
		for t > safe && !rising(t) {
			t = max(t/2, safe)
		}
		floats.AddScaled(p, t, dp)
		floats.AddScaled(s, t, ds)
	}
	return false
}

// newton returns the slope up of the function of climb along the basis, and the
// Newton step dy.
func newton(p, s []float64, basis, along *mat.Dense, mu float64) (up, dy *mat.VecDense, ok bool) {
	logs, pull := mat.NewVecDense(len(p), nil), mat.NewVecDense(len(s), nil)
	curved, weighed := mat.DenseCopyOf(basis), mat.DenseCopyOf(along)
	for i, x := range p {
		logs.SetVec(i, -math.Log(x))
		floats.Scale(1/math.Sqrt(x), curved.RawRowView(i))
	}
	for j, x := range s {
		pull.SetVec(j, mu/x)
		floats.Scale(math.Sqrt(mu)/x, weighed.RawRowView(j))
	}
	up, dy = new(mat.VecDense), new(mat.VecDense)
	var more mat.VecDense
	up.MulVec(basis.T(), logs)
	more.MulVec(along.T(), pull)
	up.AddVec(up, &more)

	var h, barrier mat.SymDense
	h.SymOuterK(1, curved.T())
	barrier.SymOuterK(1, weighed.T())
	h.AddSym(&h, &barrier)
	var chol mat.Cholesky
	return up, dy, chol.Factorize(&h) && solved(chol.SolveVecTo(dy, up))
}
