package enclose

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"arbiter/certify"
	"arbiter/certify/smallgain"
	"arbiter/internal/interval"
)

// fullMetric is a constant metric M, positive definite, that is not one of weighted
// blocks, and room to evaluate matrices in it. S is near M^-½: with B = S'MS, near
// the identity, and A = S'MKS it is
//
//	sym(MK) ⪰ t M  if  λ(sym A) ≥ t λ(B),  |K|_M ≤ ‖A‖ / λ_min(B)
//
// as |v|_M² = u'Bu and Kv = S B⁻¹Au for v = Su. All of B and A is enclosed.
type fullMetric struct {
	n         int
	Metric    [][]float64
	root      []float64           // S
	left      []interval.Interval // S'M
	low, high float64             // of the eigenvalues of B
	half, a   []interval.Interval
	eigen     *eigenBounds
}

// newFullMetric is nil if m is not proved to be positive definite.
func newFullMetric(m [][]float64) *fullMetric {
	n := len(m)
	sym := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			if !smallgain.Finite(m[i][j]) {
				return nil
			}
			sym.SetSym(i, j, m[i][j])
		}
	}
	var chol mat.Cholesky
	if !chol.Factorize(sym) {
		return nil
	}
	var upper, back mat.TriDense
	chol.UTo(&upper)
	if back.InverseTri(&upper) != nil {
		return nil
	}
	f := &fullMetric{n: n, Metric: m, root: make([]float64, n*n), left: make([]interval.Interval, n*n), half: make([]interval.Interval, n*n), a: make([]interval.Interval, n*n), eigen: newEigenBounds(n)}
	for i := range n {
		for j := range n {
			f.root[i*n+j] = back.At(i, j)
			if !smallgain.Finite(f.root[i*n+j]) {
				return nil
			}
		}
	}
	for i := range n {
		for j := range n {
			for k := range n {
				f.left[i*n+j] = f.left[i*n+j].Add(interval.Point(m[k][j]).Scale(f.root[k*n+i]))
			}
		}
	}
	b := make([]interval.Interval, n*n)
	f.times(b, f.left)
	f.low = f.eigen.least(b, n)
	for i := range b {
		b[i] = b[i].Neg()
	}
	if f.high = -f.eigen.least(b, n); !(f.low > .5) || !(f.high < 2) {
		return nil
	}
	return f
}

// times is x·S.
func (f *fullMetric) times(dst, x []interval.Interval) {
	n := f.n
	for i := range n {
		for j := range n {
			sum := interval.Point(0)
			for k := range n {
				if s := f.root[k*n+j]; s != 0 {
					sum = sum.Add(x[i*n+k].Scale(s))
				}
			}
			dst[i*n+j] = sum
		}
	}
}

// seen encloses A for all K in k.
func (f *fullMetric) seen(k []interval.Interval) {
	n := f.n
	for i := range n {
		for j := range n {
			sum := interval.Point(0)
			for l := range n {
				sum = sum.Add(f.left[i*n+l].Mul(k[l*n+j]))
			}
			f.half[i*n+j] = sum
		}
	}
	f.times(f.a, f.half)
}

// Monotone bounds from below the t with sym(MK) ⪰ t M for all K in k.
func (f *fullMetric) Monotone(k []interval.Interval) float64 {
	f.seen(k)
	n := f.n
	for i := range n {
		for j := range i {
			x := f.a[i*n+j].Add(f.a[j*n+i]).Scale(.5)
			f.a[i*n+j], f.a[j*n+i] = x, x
		}
	}
	a := f.eigen.least(f.a, n)
	scale := f.high
	if a < 0 {
		scale = f.low
	}
	return interval.Point(a).Div(interval.Point(scale)).Lo
}

// norm bounds |K|_M from above for all K in k.
func (f *fullMetric) norm(k []interval.Interval) float64 {
	f.seen(k)
	return interval.Point(f.eigen.norm(f.a, f.n, f.n, f.n, 0)).Div(interval.Point(f.low)).Hi
}

// length bounds |v|_M from above for all v in the box.
func (f *fullMetric) length(v []interval.Interval) float64 {
	sum := interval.Point(0)
	for i := range f.n {
		for j := range f.n {
			sum = sum.Add(v[i].Mul(v[j]).Scale(f.Metric[i][j]))
		}
	}
	return interval.Point(max(0, sum.Hi)).Sqrt().Hi
}

// reach bounds from below the M-length of what leaves a box by coordinate k, side
// away: side/√(M⁻¹)_kk, M⁻¹ = S B⁻¹ S'.
func (f *fullMetric) reach(k int, side float64) float64 {
	sum := interval.Point(0)
	for j := range f.n {
		sum = sum.Add(interval.Point(f.root[k*f.n+j]).Sqr())
	}
	return interval.Point(side).Div(sum.Div(interval.Point(f.low)).Sqrt()).Lo
}

// gaps are how far below the spectral abscissa, relatively, Lyapunov equations are
// solved: near it the metric is extreme, far below it the margin is lost.
var gaps = []float64{.02, .1, .3, .6, .95}

// mostLyapunov bounds the coordinates for which a metric is sought.
const mostLyapunov = 32

// Full finds a metric in which the Jacobian at the equilibrium has a margin, of
// several that which points of the region like best; nil if there is none.
func (b *Box) Full() *fullMetric {
	n := len(b.Lower)
	if b.Centre == nil || b.WallLower != nil || n > mostLyapunov {
		return nil
	}
	k := make([]interval.Interval, n*n)
	if !b.Field.Jacobian(k, b.Centre, b.Centre) {
		return nil
	}
	m := mat.NewDense(n, n, nil)
	for i := range k {
		if !smallgain.Finite(k[i].Mid()) {
			return nil
		}
		m.Set(i/n, i%n, k[i].Mid())
	}
	var e mat.Eigen
	if !e.Factorize(m, mat.EigenNone) {
		return nil
	}
	values := e.Values(nil)
	abscissa := math.Inf(1)
	for _, v := range values {
		abscissa = min(abscissa, real(v))
	}
	if !(abscissa > 0) {
		return nil
	}
	var best *fullMetric
	most := math.Inf(-1)
	for _, gap := range gaps {
		metric := lyapunovMetric(m, values, abscissa*(1-gap))
		if metric == nil {
			continue
		}
		f := newFullMetric(metric)
		if f == nil {
			continue
		}
		if margin := b.worst(f, k); margin > most {
			best, most = f, margin
		}
	}
	return best
}

// lyapunovMetric solves sym(M(K - a)) = 1 and scales M to its largest entry, so that
// numbers stay exact.
func lyapunovMetric(k *mat.Dense, values []complex128, a float64) [][]float64 {
	m := smallgain.Smith(k, values, a)
	if m == nil {
		return nil
	}
	n, _ := k.Dims()
	out := make([][]float64, n)
	for i := range out {
		for j := range n {
			out[i] = append(out[i], m.At(i, j))
		}
	}
	return out
}

// mostCorners bounds the points that metrics are compared at.
const mostCorners = 64

// worst is the smallest margin of the centre and of corners; k is room.
func (b *Box) worst(f *fullMetric, k []interval.Interval) float64 {
	n := len(b.Lower)
	margin := math.Inf(1)
	x := slices.Clone(b.Centre)
	corners := mostCorners
	if n < 6 {
		corners = 1 << n
	}
	for p := -1; p < corners; p++ {
		for i := range x {
			switch {
			case p < 0:
			case p>>(i%6)&1 == 0:
				x[i] = b.Lower[i]
			default:
				x[i] = b.Upper[i]
			}
		}
		if !b.Field.Jacobian(k, x, x) {
			return math.Inf(-1)
		}
		margin = min(margin, f.Monotone(k))
	}
	return margin
}

// certifyFull certifies in a metric of all coordinates what has no margin in one of
// weighted blocks, with at most most cells. Projections on products are not
// Euclidean in it.
func (b *Box) certifyFull(ctx context.Context, c *certify.Certificate, most int) error {
	f := b.Full()
	if f == nil {
		return nil
	}
	cover, err := Bisect(ctx, b.Field, f.Monotone, b.Lower, b.Upper, most)
	if err != nil {
		return err
	}
	alpha := cover.Margin()
	c.Margins.Lyapunov = alpha
	if !(alpha > 0) {
		return nil
	}
	n := len(b.Lower)
	k := make([]interval.Interval, n*n)
	beta := 0.0
	for _, cell := range cover.list {
		if !b.Field.Jacobian(k, cell.Lower, cell.Upper) {
			return nil
		}
		beta = max(beta, f.norm(k))
	}
	b.metric = f
	c.Source, c.Norm, c.Margin, c.Cells, c.Lipschitz = certify.ByLyapunov, certify.L2, alpha, len(cover.list), beta
	c.Best.Lyapunov = &certify.Lyapunov{Margin: alpha, Metric: f.Metric, Condition: conditionOf(f.Metric), Lipschitz: beta, Cocoercivity: math.NaN()}
	return nil
}

// conditionOf is the condition of a symmetric matrix, to rounding.
func conditionOf(m [][]float64) float64 {
	n := len(m)
	sym := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			sym.SetSym(i, j, m[i][j])
		}
	}
	var e mat.EigenSym
	if !e.Factorize(sym, false) {
		return math.NaN()
	}
	values := e.Values(nil)
	return values[n-1] / values[0]
}
