package enclose

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"arbiter/certify"
	"arbiter/certify/smallgain"
	"arbiter/internal/interval"
)

// Options bounds the work of a certificate by interval enclosure.
type Options struct {
	MaxCells int          // of the cover in each norm; 0: 2500
	Norm     certify.Norm // of the statement: L2 or Max; 0: L2, Max if that alone certifies
}

// DefaultCells is what MaxCells 0 stands for.
const DefaultCells = 2500

// Check fills in defaults and refuses options that make no sense.
func (o *Options) Check() error {
	if o.MaxCells == 0 {
		o.MaxCells = DefaultCells
	}
	switch {
	case o.MaxCells < 1:
		return fmt.Errorf("max cells: found %d, expected at least 1", o.MaxCells)
	case o.Norm != 0 && o.Norm != certify.L2 && o.Norm != certify.Max:
		return fmt.Errorf("norm: found %q, expected l2 or max", o.Norm)
	}
	return nil
}

// Field is a field whose zero is looked for.
type Field interface {
	Encloser
	// Value writes an enclosure of G over the box to dst [n] and tells whether it
	// could.
	Value(dst []interval.Interval, lower, upper []float64) bool
}

// Box is what is to be certified: a field with blocks on a region.
type Box struct {
	Field        Field       // what is enclosed
	Dims         []int       // of blocks
	Weights, Xi  []float64   // per block
	Lower, Upper []float64   // corners of the box
	Centre       []float64   // the equilibrium, nil if none is known
	metric       *fullMetric // that of the certificate, nil if it is one of weights

	// Walls of what play is confined to, ±Inf where there is none, around lower to
	// upper; nil if there are none at all. A step that ends outside is cut coordinate
	// by coordinate, which is the nearest point within and brings no two points
	// further apart in any norm here: l2 with one weight per block, as the box is a
	// product, and the largest of weighted coordinates or blocks.
	WallLower, WallUpper []float64
}

// open tells how far x may move down and up in coordinate k before it leaves the
// region by a face that is no wall.
func (b *Box) open(k int, x float64) (down, up float64) {
	down, up = interval.Down(x-b.Lower[k]), interval.Down(b.Upper[k]-x)
	if b.WallLower != nil && b.WallLower[k] == b.Lower[k] {
		down = math.Inf(1)
	}
	if b.WallUpper != nil && b.WallUpper[k] == b.Upper[k] {
		up = math.Inf(1)
	}
	return down, up
}

// Push is the largest absolute value of g, the field's in coordinate k at x, that
// no wall takes up.
func (b *Box) Push(k int, x float64, g interval.Interval) float64 {
	switch {
	case b.WallLower != nil && x == b.WallLower[k]:
		return max(0, -g.Lo)
	case b.WallUpper != nil && x == b.WallUpper[k]:
		return max(0, g.Hi)
	}
	return g.Mag()
}

// Certify fills the numbers of a certificate whose method is Interval.
func (b *Box) Certify(ctx context.Context, o Options, c *certify.Certificate) error {
	if err := o.Check(); err != nil {
		return err
	}
	l2 := NewMetric(b.Dims, b.Weights)
	high, err := Bisect(ctx, b.Field, l2.Monotone, b.Lower, b.Upper, o.MaxCells)
	if err != nil {
		return err
	}
	most := NewMetric(b.Dims, RootsOf(b.Xi))
	wide, err := Bisect(ctx, b.Field, most.Dominant, b.Lower, b.Upper, o.MaxCells)
	if err != nil {
		return err
	}
	c.Method = certify.Interval
	return b.Conclude(ctx, c, o.Norm, l2, high, wide, o.MaxCells)
}

// Conclude fills a certificate from covers of the region in the l2 metric and in
// the max norm; norm is that of Enclosure. Where neither has a margin a metric of all
// coordinates is tried with at most most cells, if that is not 0.
func (b *Box) Conclude(ctx context.Context, c *certify.Certificate, norm certify.Norm, l2 *Metric, high, wide *Cover, most int) error {
	c.Weights, c.Xi, c.Attained = b.Weights, b.Xi, true
	c.Margins.TrueBlock, c.Margins.BlockMax = high.Margin(), wide.Margin()
	var sum *Bounds
	if !math.IsInf(high.Margin(), -1) {
		var euclid *Metric
		unit := smallgain.Ones(len(b.Dims))
		if !slices.Equal(unit, b.Weights) {
			euclid = NewMetric(b.Dims, unit)
		}
		var err error
		if sum, err = high.bounds(l2, euclid); err != nil {
			return err
		}
		c.Mu, c.Ell, c.Coupling.Rows, c.Euclidean = sum.Mu, sum.Ell, sum.L, sum.Gamma
		if euclid == nil {
			c.Euclidean = high.Margin()
		}
		c.Margins.SGN = sum.sgn(b.Weights)
		c.Margins.Signed = max(sum.Signed, c.Margins.SGN)
		c.Margins.TrueBlock = max(c.Margins.TrueBlock, c.Margins.Signed)
		c.Lipschitz = min(sum.Beta, sum.blockBeta(b.Weights))
		c.Gain = smallgain.Gain(sum.Mu, sum.L)
		if len(b.Dims) == 2 {
			c.Band = smallgain.ProvedRatioBand(sum.Mu, sum.L)
		}
	}
	c.Norm, c.Source, c.Margin, c.Cells = certify.L2, certify.ByTrueBlock, c.Margins.TrueBlock, len(high.list)
	if norm == certify.Max || norm == 0 && !(c.Margin > 0) && c.Margins.BlockMax > 0 {
		c.Norm, c.Source, c.Margin, c.Cells = certify.Max, certify.ByBlockMax, c.Margins.BlockMax, len(wide.list)
	}
	if most > 0 && norm != certify.Max && !(c.Margin > 0) {
		if err := b.certifyFull(ctx, c, most); err != nil {
			return err
		}
	}
	b.steps(c, sum, wide)
	b.region(c)
	b.Spectrum(c)
	if !c.Certified() {
		b.explain(c, high, wide)
	}
	return nil
}

// RootsOf are the weights of which xi are the roots of the inverse.
func RootsOf(xi []float64) []float64 {
	w := make([]float64, len(xi))
	for i, x := range xi {
		w[i] = 1 / x / x
	}
	return w
}

// Weigh replaces weights and ξ that have no margin at the centre by the best for
// the gains between blocks there.
func (b *Box) Weigh() {
	n := len(b.Centre)
	k := make([]interval.Interval, n*n)
	if !b.Field.Jacobian(k, b.Centre, b.Centre) {
		return
	}
	m := NewMetric(b.Dims, b.Weights)
	at := NewBounds(len(b.Dims))
	at.Join(k, m, nil)
	best := smallgain.BestWeights(at.Mu, at.L)
	weights, xi := Moderate(best.W), Moderate(best.Xi)
	if !(m.Monotone(k) > 0) {
		b.Weights = weights
	}
	if !(NewMetric(b.Dims, RootsOf(b.Xi)).Dominant(k) > 0) {
		b.Xi = xi
	}
}

// steps lists what is known of discretisations of a nonlinear field (section 6).
// RK4 has no statement in the max norm. sum are the bounds of all cells, nil if
// there are none.
func (b *Box) steps(c *certify.Certificate, sum *Bounds, wide *Cover) {
	if c.Margin > 0 {
		c.Rate = c.Margin
		c.Steps = append(c.Steps, certify.Step{Scheme: certify.Flow, Bound: certify.FlowExp, Max: math.Inf(1), Best: math.NaN(), Factor: math.NaN(), Status: certify.Theorem})
	}
	alpha, beta := c.Margins.TrueBlock, c.Lipschitz
	if b.metric != nil {
		alpha = c.Margin
	}
	if alpha > 0 && beta > 0 {
		a, h := interval.Point(alpha), interval.Point(beta)
		co := a.Div(h.Sqr()).Lo // cocoercivity α/β²
		c.Cocoercivity = co
		factor := interval.Point(1).Sub(a.Div(h).Sqr()).Sqrt().Hi
		c.Steps = append(c.Steps, certify.Step{Scheme: certify.Euler, Bound: certify.RegionEuler, Max: 2 * co, Best: co, Factor: factor, Status: certify.Theorem})
		// S(h) of section 6 at h = c, where hβ = α/β ≤ 1.
		hb := interval.Point(co).Mul(h)
		one := interval.Point(1)
		first := positive(one.Sub(hb.Scale(.5))).Sqr()
		second := positive(one.Sub(hb.Mul(one.Add(hb.Scale(.5))))).Sqr()
		s := one.Div(interval.Point(6)).Add(first.Mul(interval.Point(2).Div(interval.Point(3)))).Add(second.Div(interval.Point(6)))
		rk := one.Sub(a.Scale(co).Mul(s)).Sqrt().Hi
		c.Steps = append(c.Steps, certify.Step{Scheme: certify.RK4, Bound: certify.RegionRK4, Max: 2 * co, Best: co, Factor: rk, Status: certify.Theorem},
			certify.Step{Scheme: certify.RK4, Bound: certify.RegionGuide, Max: 2.5 / beta, Best: math.NaN(), Factor: math.NaN(), Status: certify.Guideline})
	}
	if sum != nil {
		c.Steps = append(c.Steps, sum.steps(c.Margins.SGN, b.Weights, len(b.Dims) == len(b.Lower))...)
	}
	if alpha := c.Margins.BlockMax; alpha > 0 {
		eta := interval.Point(1).Div(interval.Point(wide.diagonal(len(b.Lower)))).Lo
		factor := interval.Point(1).Sub(interval.Point(eta).Scale(alpha)).Hi
		c.Steps = append(c.Steps, certify.Step{Scheme: certify.Euler, Bound: certify.RegionMax, Max: eta, Best: eta, Factor: factor, Status: certify.Theorem})
	}
	c.Steps = b.sound(c.Steps)
	smallgain.Longest(c)
}

// sound leaves out rows that say nothing, and those of RK4 if there are walls: its
// stage points are not projected.
func (b *Box) sound(steps []certify.Step) []certify.Step {
	var out []certify.Step
	for _, s := range steps {
		theorem := s.Status.Proved()
		switch {
		case s.Scheme == certify.RK4 && b.WallLower != nil:
		case theorem && !(s.Max > 0):
		case theorem && s.Scheme != certify.Flow && !(smallgain.Finite(s.Max) && s.Best > 0 && smallgain.Finite(s.Factor)):
		default:
			if theorem && s.Factor > 1 {
				s.Factor = 1 // rounding: below, but by less than a number
			}
			out = append(out, s)
		}
	}
	return out
}

func positive(x interval.Interval) interval.Interval {
	return interval.Interval{Lo: max(0, x.Lo), Hi: max(0, x.Hi)}
}

// region fills the region, and existence and invariance by section 7. With walls
// the equilibrium x* is that of the variational inequality: the point x found is
// the one of the field less what pushes it without being taken up by a wall, d, so
// that a |x - x*|² ≤ <d, x - x*> and x* is within |d|/a. On the region, which is
// convex and compact, there always is one; it is one of all that the walls leave if
// it is on no other face.
func (b *Box) region(c *certify.Certificate) {
	half := math.Inf(1)
	for k := range b.Lower {
		half = min(half, interval.Down(interval.Down(b.Upper[k]-b.Lower[k])/2))
	}
	r := &certify.Region{Shape: "box", Norm: "max", Lower: b.Lower, Upper: b.Upper, Radius: half, Ball: math.NaN(), Invariant: math.NaN(), Distance: math.NaN()}
	c.Region = r
	if b.Centre == nil {
		return
	}
	r.Centre = b.Centre
	n := len(b.Centre)
	g := make([]interval.Interval, n)
	if !b.Field.Value(g, b.Centre, b.Centre) {
		return
	}
	at, sum, most, ball := 0, interval.Point(0), 0.0, math.Inf(1)
	for i, d := range b.Dims {
		for range d {
			side := min(b.open(at, b.Centre[at]))
			push := b.Push(at, b.Centre[at], g[at])
			switch {
			case b.metric != nil:
				side = b.metric.reach(at, side)
			case c.Norm == certify.L2:
				sum = sum.Add(interval.Point(push).Sqr().Scale(b.Weights[i]))
				side = interval.Point(b.Weights[i]).Sqrt().Scale(side).Lo
			default:
				most = max(most, interval.Point(push).Div(interval.Point(b.Xi[i])).Hi)
				side = interval.Point(side).Div(interval.Point(b.Xi[i])).Lo
			}
			if !math.IsInf(min(b.open(at, b.Centre[at])), 1) {
				ball = min(ball, side)
			}
			at++
		}
	}
	switch {
	case b.metric != nil:
		most = b.metric.length(g)
	case c.Norm == certify.L2:
		most = sum.Sqrt().Hi
	}
	c.Equilibrium, c.Residual, r.Ball = b.Centre, most, max(0, ball)
	if c.Margin > 0 {
		r.Distance = interval.Point(most).Div(interval.Point(c.Margin)).Hi
		r.Unique = r.Distance <= r.Ball && smallgain.Finite(r.Distance)
		if r.Unique {
			r.Invariant = max(0, interval.Point(r.Ball).Sub(interval.Point(r.Distance).Scale(2)).Lo)
			if math.IsInf(r.Ball, 1) {
				r.Invariant = r.Ball
			}
		}
	}
}

// refutes is how far below 0 the real part of an eigenvalue must be, relative to
// the largest, before it counts as one.
const refutes = 1e-9

// Spectrum finds the eigenvalues of the Jacobian at the equilibrium; one with
// negative real part refutes every margin.
func (b *Box) Spectrum(c *certify.Certificate) {
	if b.Centre == nil {
		return
	}
	n := len(b.Centre)
	k := make([]interval.Interval, n*n)
	if !b.Field.Jacobian(k, b.Centre, b.Centre) {
		return
	}
	size := 0.0
	for i := range k {
		size = max(size, k[i].Mag())
	}
	m := mat.NewDense(n, n, nil)
	for i := range k {
		if !(k[i].Hi-k[i].Lo <= refutes*size) || !smallgain.Finite(size) {
			return // a kink: there is no one Jacobian; or none of numbers
		}
		m.Set(i/n, i%n, k[i].Mid())
	}
	for i, x := range b.Centre {
		if b.WallLower != nil && (x == b.WallLower[i] || x == b.WallUpper[i]) {
			return // nothing moves along there
		}
	}
	var e mat.Eigen
	if !e.Factorize(m, mat.EigenRight) {
		return
	}
	values := e.Values(nil)
	at := 0
	for i, v := range values {
		size = max(size, math.Hypot(real(v), imag(v)))
		if real(v) < real(values[at]) {
			at = i
		}
	}
	c.Abscissa = real(values[at])
	if c.Abscissa < -refutes*size {
		var v mat.CDense
		e.VectorsTo(&v)
		pair := &certify.Eigenpair{Re: real(values[at]), Im: imag(values[at]), Shift: math.NaN()}
		for i := range n {
			pair.Vector = append(pair.Vector, real(v.At(i, at)))
		}
		c.Unstable = pair
	}
}

// explain names why there is no certificate.
func (b *Box) explain(c *certify.Certificate, high, wide *Cover) {
	if c.Unstable != nil {
		c.Reasons = append(c.Reasons, fmt.Sprintf("the equilibrium is unstable: an eigenvalue of the Jacobian has real part %.6g", c.Unstable.Re))
		return
	}
	c.Reasons = append(c.Reasons, "this is not divergence: the margin is not proved")
	cover := high
	if c.Norm == certify.Max {
		cover = wide
	}
	at := cover.list[0]
	if math.IsInf(at.margin, -1) {
		c.Reasons = append(c.Reasons, fmt.Sprintf("the Jacobian is not bounded on the cell %.6g to %.6g", at.Lower, at.Upper))
		return
	}
	for i, mu := range c.Mu {
		if mu <= 0 {
			c.Reasons = append(c.Reasons, fmt.Sprintf("the curvature of %s is not proved positive: %.6g, worst in the cell %.6g to %.6g", c.Blocks[i], mu, at.Lower, at.Upper))
		}
	}
	if c.Gain >= 1 {
		c.Reasons = append(c.Reasons, fmt.Sprintf("product of gains too large: spectral radius %.6g, expected below 1", c.Gain))
	}
	if !math.IsNaN(c.Margins.Lyapunov) {
		c.Reasons = append(c.Reasons, fmt.Sprintf("in the best metric of all coordinates together that was found for the Jacobian at the equilibrium the margin is %.6g", c.Margins.Lyapunov))
	}
	if cover.Reach > 0 {
		c.Reasons = append(c.Reasons, fmt.Sprintf("bound loose: points of the region still have margin %.6g; more cells or a smaller region may do", cover.Reach))
	} else {
		c.Reasons = append(c.Reasons, fmt.Sprintf("region too big for these weights: the margin is %.6g at %.6g", cover.Reach, cover.Worst))
	}
}

// Root looks for a zero of a field by damped Newton steps from x, which it
// overwrites, and tells whether it found one to rounding.
func Root(field Field, x []float64) bool {
	n := len(x)
	g, k := make([]interval.Interval, n), make([]interval.Interval, n*n)
	value := func(x []float64) (float64, bool) {
		if !field.Value(g, x, x) {
			return 0, false
		}
		size := 0.0
		for _, v := range g {
			size = max(size, math.Abs(v.Mid()))
		}
		return size, smallgain.Finite(size)
	}
	size, ok := value(x)
	if !ok {
		return false
	}
	next := make([]float64, n)
	for range 200 {
		if size == 0 {
			return true
		}
		if !field.Jacobian(k, x, x) {
			return false
		}
		m, right := mat.NewDense(n, n, nil), mat.NewVecDense(n, nil)
		for i := range k {
			m.Set(i/n, i%n, k[i].Mid())
		}
		value(x)
		scale := 0.0
		for i := range g {
			right.SetVec(i, g[i].Mid())
			scale = max(scale, math.Abs(x[i]))
		}
		var lu mat.LU
		lu.Factorize(m)
		var step mat.VecDense
		if err := lu.SolveVecTo(&step, false, right); err != nil && (step.Len() != n || !smallgain.Finite(mat.Norm(&step, 2))) {
			return false
		}
		length := mat.Norm(&step, math.Inf(1))
		if !smallgain.Finite(length) {
			return false
		}
		taken := false
		for damp := 1.0; damp > 1e-6; damp /= 2 {
			for i := range next {
				next[i] = x[i] - damp*step.AtVec(i)
			}
			if s, ok := value(next); ok && s < size {
				copy(x, next)
				size, taken = s, true
				break
			}
		}
		if !taken || length <= 1e-15*max(1, scale) {
			return length <= 1e-8*max(1, scale)
		}
	}
	return false
}

// Moderate is w, or ones if a number of it or its square or the square of a ratio is
// none: what is proved with other weights holds as well.
func Moderate(w []float64) []float64 {
	for _, x := range w {
		if !(x > 1e-75 && x < 1e75) {
			return smallgain.Ones(len(w))
		}
	}
	return w
}
