package quadratic

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"arbiter/certify"
	"arbiter/certify/gate"
	"arbiter/certify/smallgain"
)

func (o *Options) check(n, blocks int) error {
	if o.Weights != nil && len(o.Weights) != blocks {
		return fmt.Errorf("weights: %d numbers, expected one for each of %d blocks", len(o.Weights), blocks)
	}
	for i, w := range o.Weights {
		if !(w > 1e-100 && w < 1e100) {
			return fmt.Errorf("weights[%d]: %g, expected a number between 1e-100 and 1e100", i, w)
		}
	}
	if o.Radius < 0 || math.IsNaN(o.Radius) {
		return fmt.Errorf("radius: %g, expected a positive number, or 0 for everywhere", o.Radius)
	}
	if o.Centre != nil && len(o.Centre) != n {
		return fmt.Errorf("centre: %d numbers, expected %d as in blocks", len(o.Centre), n)
	}
	for k, v := range o.Centre {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("centre[%d]: %g, expected a finite number", k, v)
		}
	}
	return nil
}

// Certify certifies g, or says why not. Margins, curvatures and cocoercivities are
// true lower bounds, couplings and Lipschitz constants true upper ones, all within
// rounding of the exact numbers; what is certified has passed the gate. It errs on a
// game or options that make no sense.
func Certify(ctx context.Context, g *Game, o Options) (*certify.Certificate, error) {
	if err := g.Check(); err != nil {
		return nil, err
	}
	if err := o.check(len(g.Matrix), len(g.Blocks)); err != nil {
		return nil, err
	}
	f, err := g.form()
	if err != nil {
		return nil, err
	}
	return f.certify(ctx, o)
}

// certify is Quadratic of a game and options that were checked.
func (f *quadraticForm) certify(ctx context.Context, o Options) (*certify.Certificate, error) {
	g, blocks := f.g, len(f.g.Blocks)
	c := certify.New()
	c.Game, c.Digest, c.Form, c.Dims = g.Name, g.digest(), "quadratic", g.Blocks
	c.Concept, c.Field, c.Norm, c.Method = g.concept(f), "plain", certify.L2, certify.Exact
	if g.Natural {
		c.Field = "natural"
	}
	full := denseOf(g.Matrix)
	c.Euclidean = gate.InequalityOf(g.Matrix, nil).Lower(smallgain.Least(full), smallgain.RoughNorm(full))
	symmetricBlocks := f.bounds(c)
	if err := finiteBounds(c); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}

	best := smallgain.BestWeights(c.Mu, c.Coupling.Rows)
	c.Supremum, c.Attained, c.Xi = classMargin(c.Mu, c.Coupling.Rows), best.Attained, best.Xi
	c.Gain = smallgain.Gain(c.Mu, c.Coupling.Rows)
	if symmetricBlocks {
		c.Margins.BlockMax = maxNormMargin(c.Xi, c.Mu, c.Coupling.Rows)
	}
	spectrum, err := f.spectrum(best.W)
	if err != nil {
		return nil, err
	}
	least, off := spectrum.abscissa()
	c.Abscissa, c.Margins.Lyapunov = least, least
	if math.IsNaN(least) {
		c.Reasons = append(c.Reasons, "the least real part of an eigenvalue is unknown: rounding may hide it")
	}
	if real(spectrum.values[spectrum.least]) < 0 {
		c.Unstable = f.refute(spectrum)
		switch v := spectrum.values[spectrum.least]; {
		case c.Unstable != nil:
		case spectrum.exact: // by its trace and determinant
			c.Unstable = &certify.Eigenpair{Re: real(v), Im: imag(v), Vector: f.unnormalise(spectrum), Shift: math.NaN()}
		case c.Abscissa < 0:
			c.Reasons = append(c.Reasons, fmt.Sprintf("an eigenvalue of floating point is %.6g, which was not proved", v))
		}
	}

	w := best.W
	if o.Weights != nil {
		w = make([]float64, blocks)
		for i := range w {
			w[i] = o.Weights[i] / o.Weights[0]
		}
	}
	if err := f.optima(ctx, c, w, best.W, spectrum); err != nil {
		return nil, err
	}
	f.choose(c, w, o.Weights != nil)
	reconcile(c, off)

	c.Bands = smallgain.ProvedBands(c.Weights, c.Mu, c.Coupling.Rows)
	if blocks == 2 {
		c.Band = smallgain.ProvedRatioBand(c.Mu, c.Coupling.Rows)
	}
	k, exactly := smallgain.ProvedBoxFactor(c.Weights, c.Mu, c.Coupling.Rows)
	if c.BoxFactor = k; !exactly {
		c.Reasons = append(c.Reasons, fmt.Sprintf("the box factor is a lower bound: %d blocks have too many corners", blocks))
	}
	if err := f.equilibrium(c); err != nil {
		c.Reasons = append(c.Reasons, err.Error())
	}
	if c.Certified() {
		f.steps(c, spectrum, symmetricBlocks)
		f.play(c)
	}
	f.place(c, o)
	switch c.Concept {
	case "first_order_nash":
		c.Reasons = append(c.Reasons, "an own block of the matrix has a negative eigenvalue: the zero need not be a Nash equilibrium")
	case "zero":
		c.Reasons = append(c.Reasons, "an own block of the matrix is not symmetric: the field is not made of gradients of costs, and its zero is no equilibrium of such")
	}
	explain(c)
	c.Witnesses = f.witnesses(c)
	return c, nil
}

// reconcile brings what was not proved in line with what was: no supremum is below
// what is reached, by more than off it is unknown.
func reconcile(c *certify.Certificate, off float64) {
	if c.Margins.SGN > c.Supremum {
		c.Supremum = c.Margins.SGN
	}
	proved := math.Inf(-1)
	offer := func(x float64) {
		if x > proved {
			proved = x
		}
	}
	offer(c.Margin)
	offer(c.Margins.TrueBlock)
	offer(c.Best.Signed.Margin)
	offer(c.Best.TrueBlock.Margin)
	y := c.Best.Lyapunov
	if y != nil {
		if y.Margin < proved {
			c.Best.Lyapunov = nil
		}
		offer(y.Margin)
	}
	if c.Abscissa < proved {
		if c.Abscissa = proved; proved > c.Margins.Lyapunov+off {
			c.Abscissa = math.NaN()
		}
		c.Margins.Lyapunov = c.Abscissa
	}
}

// concept is what a zero of the field is: of gradients of costs that are convex in
// the own block a Nash equilibrium. Own blocks count as symmetric up to rounding of
// their entries; their curvature is decided exactly.
func (g *Game) concept(f *quadraticForm) string {
	concept := "nash"
	for i := range g.Blocks {
		from, to := f.first[i], f.first[i+1]
		most, skew := 0.0, 0.0
		for r := from; r < to; r++ {
			for s := from; s < to; s++ {
				most = max(most, math.Abs(g.Matrix[r][s]))
				skew = max(skew, math.Abs(g.Matrix[r][s]-g.Matrix[s][r]))
			}
		}
		if skew > 1e-12*most {
			return "zero"
		}
		if !f.block(f.j, i, i).Symmetric().Semidefinite() {
			concept = "first_order_nash"
		}
	}
	return concept
}

// bounds fills in curvatures and norms, and tells whether own blocks of K are
// symmetric.
func (f *quadraticForm) bounds(c *certify.Certificate) (symmetricBlocks bool) {
	blocks := len(f.g.Blocks)
	symmetricBlocks = true
	for i := range blocks {
		c.Blocks = append(c.Blocks, fmt.Sprintf("player %d", i))
		own := f.k.block(i, i)
		p := f.block(f.p, i, i)
		c.Mu = append(c.Mu, f.curvature(i))
		ell := smallgain.Norm2(own)
		c.Ell = append(c.Ell, normBelow(ell, ell, p, f.block(f.a, i, i), p))
		row := make([]float64, blocks)
		for j := range blocks {
			if j != i {
				guess := smallgain.Norm2(f.k.block(i, j))
				row[j] = normBelow(guess, guess, p, f.block(f.a, i, j), f.block(f.p, j, j))
			}
		}
		c.Coupling.Rows = append(c.Coupling.Rows, row)
		var skew mat.Dense
		skew.Sub(own, own.T())
		symmetricBlocks = symmetricBlocks && max(mat.Max(&skew), -mat.Min(&skew)) <= 1e-12*c.Ell[i]
	}
	return symmetricBlocks
}

func finiteBounds(c *certify.Certificate) error {
	for i, row := range c.Coupling.Rows {
		for _, v := range append([]float64{c.Mu[i], c.Ell[i], c.Euclidean}, row...) {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("matrix: the bounds of block %d are %g, expected finite numbers", i, v)
			}
		}
	}
	return nil
}

// optima fills in the best of every kind.
func (f *quadraticForm) optima(ctx context.Context, c *certify.Certificate, w, balanced []float64, s *spectrum) error {
	whole, err := f.bestWhole(ctx, s)
	if err != nil {
		return err
	}
	if v := f.whole(w); v > whole.Margin || math.IsNaN(whole.Margin) {
		whole.Margin, whole.Weights = v, w
	}
	signed, err := f.bestSigned(ctx, c.Mu, [][]float64{w, balanced, whole.Weights}, c.Abscissa)
	if err != nil {
		return err
	}
	if signed.Weights != nil { // what is signed is also whole
		v := f.whole(signed.Weights)
		if m := f.weightedMetric(signed.Weights); v < signed.Margin && gate.Holds(m.inequality(), signed.Margin) {
			v = signed.Margin
		}
		if v > whole.Margin {
			whole.Margin, whole.Weights = v, signed.Weights
		}
	}
	if !math.IsNaN(whole.Margin) {
		m := f.weightedMetric(whole.Weights)
		whole.Lipschitz, whole.Cocoercivity = found(m.lipschitz()), m.cocoercivity()
	}
	c.Best = certify.BestMargins{Signed: signed, TrueBlock: whole}
	if y, in := f.bestLyapunov(s); y != nil {
		if y.Margin < whole.Margin && gate.Holds(in.inequality(), whole.Margin) {
			y.Margin = whole.Margin
		}
		if y.Margin < whole.Margin {
			if z, at := f.blockLyapunov(whole); z != nil && z.Margin >= whole.Margin {
				y, in = z, at
			}
		}
		y.Lipschitz, y.Cocoercivity = found(in.lipschitz()), in.cocoercivity()
		c.Best.Lyapunov, f.lyapunov = y, in
	}
	return nil
}

// bestSigned seeks the weights of the largest signed margin from several.
func (f *quadraticForm) bestSigned(ctx context.Context, mu []float64, starts [][]float64, ceiling float64) (*certify.Optimum, error) {
	nan := math.NaN()
	out := &certify.Optimum{Margin: nan, Bound: nan, Lipschitz: nan, Cocoercivity: nan}
	offer := func(w []float64) {
		if v := f.signed(w, mu); v > out.Margin || math.IsNaN(out.Margin) && !math.IsNaN(v) {
			out.Margin, out.Weights = v, w
		}
	}
	for _, w := range starts {
		offer(w)
	}
	top := math.Inf(1)
	for _, m := range mu {
		top = min(top, m)
	}
	if len(mu) > 1 && out.Weights != nil && out.Margin < top {
		w, err := f.k.optimise(ctx, out.Weights, ceiling)
		if err != nil {
			return nil, err
		}
		if soundWeights(w) {
			offer(w)
		}
	}
	return out, nil
}

// choose takes the metric that is certified: that of the small-gain margin where it
// is positive, then that of the best signed, true-block and Lyapunov margin. Weights
// that were asked for are kept.
func (f *quadraticForm) choose(c *certify.Certificate, w []float64, asked bool) {
	sgn := func(w []float64) float64 {
		size := c.Lipschitz
		for i := range c.Mu {
			size = max(size, math.Abs(c.Mu[i]))
		}
		guess := smallgain.SmallGainMargin(w, c.Mu, c.Coupling.Rows)
		if size = max(math.Abs(guess), size); math.IsNaN(size) {
			size = math.Abs(guess)
		}
		return found(smallgain.SmallGainInequality(w, c.Mu, c.Coupling.Rows).Lower(guess, size))
	}
	c.Source, c.Weights = certify.BySGN, w
	c.Margins.SGN, c.Margins.Signed, c.Margins.TrueBlock = sgn(w), f.signed(w, c.Mu), f.whole(w)
	c.Margin = c.Margins.SGN
	if !(c.Margin > 0) {
		signed, whole := c.Best.Signed, c.Best.TrueBlock
		switch {
		case asked:
			if c.Margins.Signed > 0 {
				c.Source, c.Margin = certify.BySigned, c.Margins.Signed
			} else if c.Margins.TrueBlock > 0 {
				c.Source, c.Margin = certify.ByTrueBlock, c.Margins.TrueBlock
			}
		case signed.Margin > 0:
			c.Source, c.Margin, c.Weights = certify.BySigned, signed.Margin, signed.Weights
		case whole.Margin > 0:
			c.Source, c.Margin, c.Weights = certify.ByTrueBlock, whole.Margin, whole.Weights
		}
		if y := c.Best.Lyapunov; !(c.Margin > 0) && !asked && y != nil && y.Margin > 0 {
			c.Source, c.Margin = certify.ByLyapunov, y.Margin
			if whole.Weights != nil {
				c.Weights = whole.Weights
			}
		}
		if c.Source != certify.BySGN && !asked {
			c.Margins.SGN, c.Margins.Signed, c.Margins.TrueBlock = sgn(c.Weights), f.signed(c.Weights, c.Mu), f.whole(c.Weights)
		}
	}
	m := f.weightedMetric(c.Weights)
	if c.Source == certify.ByLyapunov {
		c.Lipschitz, c.Cocoercivity = c.Best.Lyapunov.Lipschitz, c.Best.Lyapunov.Cocoercivity
		return
	}
	c.Lipschitz = found(m.lipschitz())
	if c.Margin > 0 {
		c.Cocoercivity = m.cocoercivity()
	}
	if c.Margin > 0 && !gate.Holds(f.restsOn(c), c.Margin) {
		c.Margin = math.NaN()
	}
}

// restsOn is the inequality of the certificate of c: whatever its source, that of
// the weighted metric itself, which the others imply.
func (f *quadraticForm) restsOn(c *certify.Certificate) *gate.Inequality {
	if c.Source == certify.ByLyapunov {
		return f.lyapunov.inequality()
	}
	return f.weightedMetric(c.Weights).inequality()
}
