package smallgain

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"math"
	"math/cmplx"
	"strings"

	"gonum.org/v1/gonum/mat"
)

// QuadraticGame is a game of quadratic costs: F(x) = J x + c stacks the gradients
// of the players' costs in their own blocks.
type QuadraticGame struct {
	Name   string
	Blocks []int         // dimensions, at least one block, each at least 1
	Matrix [][]float64   // J, n by n, n the sum of Blocks
	Offset []float64     // c, length n; nil for zero
	Metric [][][]float64 // P_i, symmetric positive definite, one per block; nil for identities
	// Natural makes the field P_i⁻¹F_i, and not F_i.
	Natural bool
}

// Check tells what is wrong with g, naming the field.
func (g *QuadraticGame) Check() error {
	if len(g.Blocks) == 0 {
		return fmt.Errorf("blocks: none, expected at least one dimension")
	}
	n := 0
	for i, d := range g.Blocks {
		if d < 1 {
			return fmt.Errorf("blocks[%d]: %d, expected a dimension of at least 1", i, d)
		}
		if n += d; n > 1<<20 || n < 0 {
			return fmt.Errorf("blocks: more than %d dimensions", 1<<20)
		}
	}
	if err := checkMatrix("matrix", g.Matrix, n); err != nil {
		return err
	}
	if g.Offset != nil && len(g.Offset) != n {
		return fmt.Errorf("offset: %d numbers, expected %d as in blocks", len(g.Offset), n)
	}
	for k, v := range g.Offset {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("offset[%d]: %g, expected a finite number", k, v)
		}
	}
	if g.Metric == nil {
		return nil
	}
	if len(g.Metric) != len(g.Blocks) {
		return fmt.Errorf("metric: %d matrices, expected one for each of %d blocks", len(g.Metric), len(g.Blocks))
	}
	for i, p := range g.Metric {
		name := fmt.Sprintf("metric[%d]", i)
		if err := checkMatrix(name, p, g.Blocks[i]); err != nil {
			return err
		}
		for r := range p {
			for c := range r {
				if a, b := p[r][c], p[c][r]; math.Abs(a-b) > 1e-12*max(math.Abs(a), math.Abs(b)) {
					return fmt.Errorf("%s: not symmetric, [%d][%d] is %g and [%d][%d] is %g", name, r, c, a, c, r, b)
				}
			}
		}
		if _, _, err := roots(p); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func checkMatrix(name string, m [][]float64, n int) error {
	if len(m) != n {
		return fmt.Errorf("%s: %d rows, expected %d as in blocks", name, len(m), n)
	}
	for r, row := range m {
		if len(row) != n {
			return fmt.Errorf("%s[%d]: %d numbers, expected %d as in blocks", name, r, len(row), n)
		}
		for c, v := range row {
			if math.IsNaN(v) || math.Abs(v) > 1e100 {
				return fmt.Errorf("%s[%d][%d]: %g, expected a finite number below 1e100", name, r, c, v)
			}
		}
	}
	return nil
}

// roots are P^{1/2} and P^{-1/2}.
func roots(p [][]float64) (root, inverse *mat.Dense, err error) {
	n := len(p)
	s := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			s.SetSym(i, j, p[i][j]/2+p[j][i]/2)
		}
	}
	var e mat.EigenSym
	if !e.Factorize(s, true) {
		return nil, nil, fmt.Errorf("no eigenvalues were found")
	}
	values := e.Values(nil)
	if !(values[0] > 1e-14*values[n-1]) {
		return nil, nil, fmt.Errorf("not positive definite to rounding, its eigenvalues go from %g to %g", values[0], values[n-1])
	}
	var v, scaled mat.Dense
	e.VectorsTo(&v)
	power := func(f func(float64) float64) *mat.Dense {
		scaled.Apply(func(_, j int, x float64) float64 { return x * f(values[j]) }, &v)
		out := mat.NewDense(n, n, nil)
		out.Mul(&scaled, v.T())
		return out
	}
	return power(math.Sqrt), power(func(x float64) float64 { return 1 / math.Sqrt(x) }), nil
}

// QuadraticOptions say what to work out. The zero value takes the best small-gain
// weights, everywhere.
type QuadraticOptions struct {
	Weights []float64 // of the blocks, positive; nil for the best
	// Optimise seeks the best weights of the signed and the true-block margin, too,
	// which is done anyway where the small-gain test fails, and a Lyapunov metric.
	Optimise bool
	// Radius, if positive, bounds the region to the ball of this radius, in the
	// metric, around Centre.
	Radius float64
	Centre []float64 // nil for the equilibrium
}

// blocked is a Jacobian in normalised coordinates, K, and its blocks.
type blocked struct {
	first []int // first index of every block, and n
	k     *mat.Dense
}

func (b *blocked) count() int { return len(b.first) - 1 }

func (b *blocked) block(i, j int) *mat.Dense {
	return b.k.Slice(b.first[i], b.first[i+1], b.first[j], b.first[j+1]).(*mat.Dense)
}

// weighted is K_w, the block K_ij times sqrt(w_i/w_j).
func (b *blocked) weighted(w []float64) *mat.Dense {
	out := mat.DenseCopyOf(b.k)
	for i := range w {
		for j := range w {
			if i != j {
				part := out.Slice(b.first[i], b.first[i+1], b.first[j], b.first[j+1]).(*mat.Dense)
				part.Scale(math.Sqrt(w[i])/math.Sqrt(w[j]), part)
			}
		}
	}
	return out
}

// normalise gives K of g.
func (g *QuadraticGame) normalise() (*blocked, error) {
	b := &blocked{first: []int{0}}
	for _, d := range g.Blocks {
		b.first = append(b.first, b.first[len(b.first)-1]+d)
	}
	n := len(g.Matrix)
	b.k = mat.NewDense(n, n, nil)
	for r, row := range g.Matrix {
		b.k.SetRow(r, row)
	}
	if g.Metric == nil {
		return b, nil
	}
	left, right := make([]*mat.Dense, len(g.Blocks)), make([]*mat.Dense, len(g.Blocks))
	for i, p := range g.Metric {
		var err error
		if left[i], right[i], err = roots(p); err != nil {
			return nil, fmt.Errorf("metric[%d]: %w", i, err)
		}
		if g.Natural {
			left[i] = right[i]
		}
	}
	for i := range g.Blocks {
		for j := range g.Blocks {
			var m mat.Dense
			m.Product(left[i], b.block(i, j), right[j])
			b.block(i, j).Copy(&m)
		}
	}
	return b, nil
}

// symmetric is the symmetric part of m.
func symmetric(m mat.Matrix) *mat.SymDense {
	n, _ := m.Dims()
	s := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			s.SetSym(i, j, m.At(i, j)/2+m.At(j, i)/2)
		}
	}
	return s
}

// least is the smallest eigenvalue of the symmetric part of m, NaN if it was not
// found.
func least(m mat.Matrix) float64 {
	var e mat.EigenSym
	if !e.Factorize(symmetric(m), false) {
		return math.NaN()
	}
	return e.Values(nil)[0]
}

// norm2 is the largest singular value of m, NaN if it was not found. It is zero
// exactly for a zero matrix: couplings of zero decide what is attained.
func norm2(m mat.Matrix) float64 {
	scale := mat.Max(m)
	if low := mat.Min(m); scale == 0 && low == 0 {
		return 0
	}
	if r, c := m.Dims(); r == 1 && c == 1 {
		return math.Abs(m.At(0, 0))
	}
	var svd mat.SVD
	if !svd.Factorize(m, mat.SVDNone) {
		return math.NaN()
	}
	return svd.Values(nil)[0]
}

// roundingPart of the dimension times the norm of the Jacobian is how far rounding
// may move a margin; none that small is claimed.
const roundingPart = 1e-15

// Quadratic certifies g, or says why not. The numbers are right up to rounding.
// It errs on a game or options that make no sense.
func Quadratic(ctx context.Context, g *QuadraticGame, o QuadraticOptions) (*Certificate, error) {
	if err := g.Check(); err != nil {
		return nil, err
	}
	n, blocks := len(g.Matrix), len(g.Blocks)
	if o.Weights != nil && len(o.Weights) != blocks {
		return nil, fmt.Errorf("weights: %d numbers, expected one for each of %d blocks", len(o.Weights), blocks)
	}
	for i, w := range o.Weights {
		if !(w > 1e-100 && w < 1e100) {
			return nil, fmt.Errorf("weights[%d]: %g, expected a number between 1e-100 and 1e100", i, w)
		}
	}
	if o.Radius < 0 || math.IsNaN(o.Radius) {
		return nil, fmt.Errorf("radius: %g, expected a positive number, or 0 for everywhere", o.Radius)
	}
	if o.Centre != nil && len(o.Centre) != n {
		return nil, fmt.Errorf("centre: %d numbers, expected %d as in blocks", len(o.Centre), n)
	}
	for k, v := range o.Centre {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("centre[%d]: %g, expected a finite number", k, v)
		}
	}
	b, err := g.normalise()
	if err != nil {
		return nil, err
	}
	nan := math.NaN()
	c := &Certificate{
		Game: g.Name, Digest: g.digest(), Concept: "nash", Field: "plain", Norm: "l2", Method: Exact,
		Margin: nan, Rate: nan, EulerMax: nan, RK4Max: nan, Lipschitz: nan, Cocoercivity: nan, Residual: nan,
		Margins: Margins{nan, nan, nan, nan, nan}, Band: [2]float64{nan, nan}, BoxFactor: nan,
	}
	if g.Natural {
		c.Field = "natural"
	}
	full := mat.NewDense(n, n, nil)
	for r, row := range g.Matrix {
		full.SetRow(r, row)
	}
	c.Euclidean = least(full)
	convex, symmetricBlocks := true, true
	for i := range blocks {
		c.Blocks = append(c.Blocks, fmt.Sprintf("player %d", i))
		own := b.block(i, i)
		c.Mu = append(c.Mu, least(own))
		c.Ell = append(c.Ell, norm2(own))
		row := make([]float64, blocks)
		for j := range blocks {
			if j != i {
				row[j] = norm2(b.block(i, j))
			}
		}
		c.Coupling = append(c.Coupling, row)
		d := mat.DenseCopyOf(full.Slice(b.first[i], b.first[i+1], b.first[i], b.first[i+1]))
		convex = convex && least(d) >= 0
		var skew mat.Dense
		skew.Sub(own, own.T())
		symmetricBlocks = symmetricBlocks && max(mat.Max(&skew), -mat.Min(&skew)) <= 1e-12*c.Ell[i]
	}
	if err := finiteBounds(c); err != nil {
		return nil, err
	}

	best := bestWeights(c.Mu, c.Coupling)
	c.Supremum, c.Attained, c.Xi = best.Supremum, best.Attained, best.Xi
	c.Gain = gain(c.Mu, c.Coupling)
	w := best.W
	if o.Weights != nil {
		w = make([]float64, blocks)
		for i := range w {
			w[i] = o.Weights[i] / o.Weights[0]
		}
	}
	c.Weights, c.Source = w, "sgn"
	margin := smallGainMargin(w, c.Mu, c.Coupling)
	if o.Weights == nil {
		margin = best.Margin
	}
	if symmetricBlocks {
		c.Margins.BlockMax = best.Supremum
	}

	// At the best weights units are balanced, which eigenvalues need.
	balancedK := b.weighted(best.W)
	var eigen mat.Eigen
	if !eigen.Factorize(balancedK, mat.EigenRight) {
		return nil, fmt.Errorf("matrix: its eigenvalues were not found")
	}
	values := eigen.Values(nil)
	at := 0
	for k, v := range values {
		if real(v) < real(values[at]) {
			at = k
		}
	}
	c.Abscissa = real(values[at])
	c.Margins.Lyapunov = c.Abscissa

	if c.Abscissa < -1e-12*norm2(balancedK) {
		var vectors mat.CDense
		eigen.VectorsTo(&vectors)
		c.Unstable = &Eigenpair{Re: real(values[at]), Im: imag(values[at]), Vector: g.unnormalise(b, best.W, &vectors, at)}
	}

	if o.Optimise {
		// A hundredth below the abscissa, where the metric is still well conditioned.
		if c.Lyapunov, err = lyapunov(b.k, values, c.Abscissa-0.01*math.Abs(c.Abscissa)); err != nil {
			c.Reasons = append(c.Reasons, err.Error())
		}
	}
	signed, whole := b.signed(w), least(b.weighted(w))
	if o.Optimise || o.Weights == nil && !(margin > 0) {
		for _, kind := range []string{"signed", "true_block"} {
			optimum, err := b.optimise(ctx, kind, w, c.Abscissa)
			if err != nil {
				return nil, err
			}
			c.Best = append(c.Best, optimum)
		}
	}
	if !(margin > 0) {
		choice := c.Best
		if o.Weights != nil {
			choice = []Optimum{{"signed", signed, w}, {"true_block", whole, w}}
		}
		for _, optimum := range choice {
			if optimum.Margin > roundingPart*float64(n)*norm2(b.weighted(optimum.Weights)) {
				c.Source, c.Weights, w = optimum.Kind, optimum.Weights, optimum.Weights
				margin = optimum.Margin
				signed, whole = b.signed(w), least(b.weighted(w))
				break
			}
		}
	}
	kw := b.weighted(w)
	c.Lipschitz = norm2(kw)
	if margin > 0 && margin <= roundingPart*float64(n)*c.Lipschitz {
		c.Reasons = append(c.Reasons, fmt.Sprintf("the margin %.3g is zero to rounding", margin))
		margin = 0
	}
	c.Margins.SGN = smallGainMargin(w, c.Mu, c.Coupling)
	c.Margins.Signed, c.Margins.TrueBlock = signed, whole
	c.Margin = margin
	c.Bands = bands(w, c.Mu, c.Coupling, 0)
	if blocks == 2 {
		c.Band, _ = ratioBand(c.Mu, c.Coupling, 0)
	}
	k, exact := boxFactor(w, c.Mu, c.Coupling, 0)
	if c.BoxFactor = k; !exact {
		c.Reasons = append(c.Reasons, fmt.Sprintf("the box factor is a lower bound: %d blocks have too many corners", blocks))
	}

	if err := g.equilibrium(c, full); err != nil {
		c.Reasons = append(c.Reasons, err.Error())
	}
	if c.Margin > 0 && c.Unstable == nil {
		var inverse mat.Dense
		if err := inverse.Inverse(kw); err == nil {
			c.Cocoercivity = least(&inverse)
		}
		c.Rate = c.Margin
		c.steps(kw, values, symmetricBlocks)
	}
	if !convex {
		c.Reasons = append(c.Reasons, "an own block of the matrix has a negative eigenvalue: the zero need not be a Nash equilibrium")
	}
	c.place(g, o)
	c.explain()
	return c, nil
}

func finiteBounds(c *Certificate) error {
	for i, row := range c.Coupling {
		for _, v := range append([]float64{c.Mu[i], c.Ell[i], c.Euclidean}, row...) {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("matrix: the bounds of block %d are %g, expected finite numbers", i, v)
			}
		}
	}
	return nil
}

// steps fills in the rows of section 6 with K_w and the eigenvalues of K.
func (c *Certificate) steps(kw *mat.Dense, values []complex128, symmetricBlocks bool) {
	nan := math.NaN()
	alpha, beta, co := c.Margin, c.Lipschitz, c.Cocoercivity
	c.Steps = monotoneSteps(alpha, beta, co)
	if symmetricBlocks {
		most, best, factor := blockMax(c.Mu, c.Ell, c.Coupling)
		c.Steps = append(c.Steps, Step{"euler", "rho(T(eta)) < 1, block max norm", most, best, factor, isTheorem})
	}
	linear := 2 * rk4Disc * co
	spectral := rk4Spectral(values)
	c.Steps = append(c.Steps,
		Step{"euler", "spectral radius < 1", eulerSpectral(values), nan, nan, isAsymptotic},
		Step{"rk4", "2 r c, r = 1.3926: norm at most 1", linear, nan, nan, isConstant},
		Step{"rk4", "h <= 2c: 3/8 + q/3 + q^2/4 + q^4/24, q the Euler factor", 2 * co, co, rk4FromEuler(eulerFactor(alpha, co, co)), isConstant},
		Step{"rk4", "2.6156/beta: spectral radius < 1, no norm", rk4HalfDisc / beta, nan, nan, isConstant},
		Step{"rk4", "spectral radius < 1", spectral, nan, nan, isAsymptotic},
		Step{"rk4", "norm at most 1, measured", rk4Metric(kw, linear, spectral), nan, nan, "measured, quadratic games"},
	)
	c.longest()
}

// equilibrium solves J x = -c.
func (g *QuadraticGame) equilibrium(c *Certificate, full *mat.Dense) error {
	n := len(g.Matrix)
	rhs := mat.NewVecDense(n, nil)
	for k, v := range g.Offset {
		rhs.SetVec(k, -v)
	}
	var lu mat.LU
	lu.Factorize(full)
	if cond := lu.Cond(); !(cond < 1e15) {
		return fmt.Errorf("the matrix is singular to rounding (condition number %.3g): no equilibrium is the only one", cond)
	}
	var x, r mat.VecDense
	if err := lu.SolveVecTo(&x, false, rhs); err != nil {
		return fmt.Errorf("the matrix is singular to rounding: no equilibrium is the only one")
	}
	r.MulVec(full, &x)
	r.SubVec(&r, rhs)
	c.Equilibrium = append([]float64{}, x.RawVector().Data...)
	c.Residual = mat.Norm(&r, 2)
	return nil
}

// inMetric is |v|_M, where v is a difference of strategies.
func (g *QuadraticGame) inMetric(w []float64, v []float64) float64 {
	sum, at := 0.0, 0
	for i, d := range g.Blocks {
		for r := range d {
			if g.Metric == nil {
				sum += w[i] * v[at+r] * v[at+r]
				continue
			}
			for s := range d {
				sum += w[i] * v[at+r] * g.Metric[i][r][s] * v[at+s]
			}
		}
		at += d
	}
	return math.Sqrt(max(0, sum))
}

// field is G(x).
func (g *QuadraticGame) field(x []float64) []float64 {
	out := make([]float64, len(x))
	for r, row := range g.Matrix {
		if g.Offset != nil {
			out[r] = g.Offset[r]
		}
		for k, v := range row {
			out[r] += float64(v * x[k])
		}
	}
	if g.Natural && g.Metric != nil {
		at := 0
		for i, d := range g.Blocks {
			copy(out[at:at+d], solveSPD(g.Metric[i], out[at:at+d]))
			at += d
		}
	}
	return out
}

// place states the region: everywhere, or a ball with its zero and the starts
// that surely stay (section 7).
func (c *Certificate) place(g *QuadraticGame, o QuadraticOptions) {
	inf := math.Inf(1)
	if o.Radius == 0 || math.IsInf(o.Radius, 1) {
		c.Region = &Region{Shape: "all", Norm: "l2 in the metric", Radius: inf, Ball: inf, Invariant: math.NaN(), Distance: math.NaN()}
		if c.Certified() && c.Equilibrium != nil {
			c.Region.Invariant, c.Region.Unique = inf, true
			c.Region.Distance = g.inMetric(c.Weights, g.field(c.Equilibrium)) / c.Margin
		}
		return
	}
	centre := o.Centre
	if centre == nil {
		centre = c.Equilibrium
	}
	c.Region = &Region{Shape: "ball", Norm: "l2 in the metric", Centre: centre, Radius: o.Radius, Ball: o.Radius, Invariant: math.NaN(), Distance: math.NaN()}
	if centre == nil || !c.Certified() {
		return
	}
	residual := g.inMetric(c.Weights, g.field(centre))
	if residual > c.Margin*o.Radius {
		c.Reasons = append(c.Reasons, fmt.Sprintf("the centre is not an equilibrium: the residual %.6g is above margin times radius, %.6g, so that the ball need not hold one", residual, c.Margin*o.Radius))
		return
	}
	c.Region.Unique, c.Region.Distance = true, residual/c.Margin
	c.Region.Invariant = max(0, o.Radius-2*residual/c.Margin)
}

// explain names the reason why there is no certificate.
func (c *Certificate) explain() {
	if c.Certified() {
		if c.Source != "sgn" {
			c.Reasons = append(c.Reasons, fmt.Sprintf("signs matter: the small-gain margin is at most %.6g, the %s margin is %.6g", c.Supremum, c.Source, c.Margin))
		}
		if !c.Attained {
			c.Reasons = append(c.Reasons, fmt.Sprintf("the supremum %.6g is not attained by finite weights", c.Supremum))
		}
		return
	}
	if c.Unstable != nil {
		c.Reasons = append(c.Reasons, fmt.Sprintf("the equilibrium is unstable: eigenvalue %.6g%+.6gi", c.Unstable.Re, c.Unstable.Im))
		return
	}
	low := false
	for i, m := range c.Mu {
		if !(m > 0) {
			low = true
			c.Reasons = append(c.Reasons, fmt.Sprintf("%s is not strongly convex: curvature %.6g", c.Blocks[i], m))
		}
	}
	if !low && !(c.Gain < 1) {
		c.Reasons = append(c.Reasons, fmt.Sprintf("the product of gains is too large: spectral radius %.6g, Perron vector %s", c.Gain, strings.Join(formatted(c.Xi), " ")))
	}
	if c.Supremum > 0 {
		c.Reasons = append(c.Reasons, fmt.Sprintf("the weights are outside the band: the best reach %.6g", c.Supremum))
	}
	for _, optimum := range c.Best {
		if optimum.Margin > 0 {
			c.Reasons = append(c.Reasons, fmt.Sprintf("the %s margin reaches %.6g at other weights", optimum.Kind, optimum.Margin))
		}
	}
	c.Reasons = append(c.Reasons, "this is not divergence")
}

func formatted(x []float64) (out []string) {
	for _, v := range x {
		out = append(out, fmt.Sprintf("%.4g", v))
	}
	return out
}

// unnormalise takes an eigenvector of K_w back to the coordinates of the game, as a
// real vector of length 1 in the direction of its largest entry.
func (g *QuadraticGame) unnormalise(b *blocked, w []float64, vectors *mat.CDense, column int) []float64 {
	n := len(g.Matrix)
	big := complex(0, 0)
	for r := range n {
		if v := vectors.At(r, column); cmplx.Abs(v) > cmplx.Abs(big) {
			big = v
		}
	}
	out := make([]float64, n)
	for r := range n {
		out[r] = real(vectors.At(r, column) / big)
	}
	for i := range g.Blocks {
		for r := b.first[i]; r < b.first[i+1]; r++ {
			out[r] /= math.Sqrt(w[i])
		}
	}
	for i := range g.Metric {
		part := out[b.first[i]:b.first[i+1]]
		_, inverse, err := roots(g.Metric[i])
		if err != nil {
			continue
		}
		var v mat.VecDense
		v.MulVec(inverse, mat.NewVecDense(len(part), append([]float64{}, part...)))
		copy(part, v.RawVector().Data)
	}
	length := mat.Norm(mat.NewVecDense(n, out), 2)
	for r := range out {
		out[r] /= length
	}
	return out
}

func (g *QuadraticGame) digest() string {
	h := sha256.New()
	write := func(h hash.Hash, v any) { binary.Write(h, binary.LittleEndian, v) }
	for _, d := range g.Blocks {
		write(h, int64(d))
	}
	write(h, g.Natural)
	for _, row := range g.Matrix {
		write(h, row)
	}
	offset := make([]float64, len(g.Matrix))
	copy(offset, g.Offset)
	write(h, offset)
	for _, p := range g.Metric {
		for _, row := range p {
			write(h, row)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// denseOf is m as gonum has it.
func denseOf(m [][]float64) *mat.Dense {
	out := mat.NewDense(len(m), len(m[0]), nil)
	for r, row := range m {
		out.SetRow(r, row)
	}
	return out
}
