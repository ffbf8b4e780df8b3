package quadratic

import (
	"fmt"
	"math"
	"math/big"
	"slices"

	"gonum.org/v1/gonum/mat"

	"arbiter/certify/gate"
	"arbiter/certify/smallgain"
	"arbiter/internal/interval"
)

// quadraticForm is a quadratic game as its certificate is decided: in whole
// numbers, with P the metrics of the blocks and G the Jacobian of the field.
type quadraticForm struct {
	g     *Game
	first []int
	j     *gate.Matrix // J
	p     *gate.Matrix // P, block-diagonal, symmetrised
	a     *gate.Matrix // P G, which is J of a natural field
	// K = L⁻¹ (P G) L⁻ᵀ, P = L L', in floating point; blocks of K are those of
	// P^½ G P^-½ up to rotations within blocks, which no margin or norm sees.
	k    *blocked
	root [][]float64 // L, n by n; nil for the identity

	field, over *gate.Matrix // of jacobian
	worked      []*atWeights
	lyapunov    *metricOf // that of Best.Lyapunov of the certificate, nil if there is none
	pairs       *pairs
}

// form prepares g, which was checked.
func (g *Game) form() (*quadraticForm, error) {
	n := len(g.Matrix)
	f := &quadraticForm{g: g, first: smallgain.FirstIndices(g.Blocks), j: gate.Exactly(g.Matrix)}
	f.p = gate.Identity(n)
	if g.Metric != nil {
		metric := smallgain.Identity(n)
		for i, p := range g.Metric {
			for r, row := range p {
				copy(metric[f.first[i]+r][f.first[i]:], row)
			}
		}
		f.p = gate.Exactly(metric).Symmetric()
	}
	f.a = f.j
	if !g.Natural && g.Metric != nil {
		f.a = f.p.Times(f.j)
	}
	f.k = &blocked{first: f.first}
	if g.Metric == nil {
		f.k.k = denseOf(g.Matrix)
		return f, nil
	}
	return f, f.normalise()
}

// normalise fills in k and root. Metrics may be of a condition that floating
// point is lost in, so that this is done with many digits and rounded once.
func (f *quadraticForm) normalise() error {
	n := f.a.Order()
	l := make([][]*big.Float, n)
	x := new(big.Float).SetPrec(gate.WideDigits)
	for b := range f.g.Blocks {
		from, to := f.first[b], f.first[b+1]
		for i := from; i < to; i++ {
			l[i] = make([]*big.Float, n)
			for j := from; j <= i; j++ {
				s := f.p.Wide(i, j)
				for k := from; k < j; k++ {
					s.Sub(s, x.Mul(l[i][k], l[j][k]))
				}
				if i == j {
					if s.Sign() <= 0 {
						return fmt.Errorf("metric[%d]: not positive definite", b)
					}
					s.Sqrt(s)
				} else {
					s.Quo(s, l[j][j])
				}
				l[i][j] = s
			}
		}
	}
	// k = L⁻¹ a L⁻ᵀ by two rounds of substitution.
	k := make([][]*big.Float, n)
	for i := range k {
		k[i] = make([]*big.Float, n)
		for j := range k[i] {
			k[i][j] = f.a.Wide(i, j).SetPrec(gate.WideDigits)
		}
	}
	block := make([]int, n)
	for b := range f.g.Blocks {
		for i := f.first[b]; i < f.first[b+1]; i++ {
			block[i] = f.first[b]
		}
	}
	for i := range n {
		for j := range n {
			for m := block[i]; m < i; m++ {
				k[i][j].Sub(k[i][j], x.Mul(l[i][m], k[m][j]))
			}
			k[i][j].Quo(k[i][j], l[i][i])
		}
	}
	out := mat.NewDense(n, n, nil)
	for i := range n {
		for j := range n {
			for m := block[j]; m < j; m++ {
				k[i][j].Sub(k[i][j], x.Mul(l[j][m], k[i][m]))
			}
			k[i][j].Quo(k[i][j], l[j][j])
			v, _ := k[i][j].Float64()
			if math.IsInf(v, 0) {
				return fmt.Errorf("matrix: its entries are too large in the metric")
			}
			out.Set(i, j, v)
		}
	}
	f.k.k = out
	f.root = make([][]float64, n)
	for i := range n {
		f.root[i] = make([]float64, n)
		for j := block[i]; j <= i; j++ {
			f.root[i][j], _ = l[i][j].Float64()
		}
	}
	return nil
}

// block is block i, j of m.
func (f *quadraticForm) block(m *gate.Matrix, i, j int) *gate.Matrix {
	return m.Part(f.first[i], f.first[i+1], f.first[j], f.first[j+1])
}

// curvature is a proved lower bound of the least eigenvalue of sym K_ii.
func (f *quadraticForm) curvature(i int) float64 {
	own := f.k.block(i, i)
	q := &gate.Inequality{Left: f.block(f.a, i, i), Metric: f.block(f.p, i, i)}
	return q.Lower(smallgain.Least(own), smallgain.RoughNorm(own))
}

// normBelow is a proved upper bound of ‖P_i^-½ b P_j^-½‖₂, near guess, which is right
// up to rounding of numbers of about size.
func normBelow(guess, size float64, p, b, r *gate.Matrix) float64 {
	if b.Zero() {
		return 0
	}
	order := p.Order() + r.Order()
	return gate.LeastHolding(loosened(guess, order), size, func(l float64) bool {
		return l > 0 && gate.PencilSemidefinite(l, p, b, l, r)
	})
}

// loosened raises a guess of a matrix of a large order by what a factor in
// floating point can prove: more digits would be slow.
func loosened(guess float64, order int) float64 {
	if order > gate.ExactOrder/2 {
		return guess * (1 + 0x1p-49*float64(order*order))
	}
	return guess
}

// classMargin is a proved lower bound of the supremum of the small-gain margin over
// all weights, which is also that of the max norm: the least of those of the strong
// classes, each shown by its Perron vector.
func classMargin(mu []float64, l [][]float64) float64 {
	b := smallgain.CurvatureMinusCoupling(mu, l)
	strong, _ := smallgain.Classes(l)
	lowest := math.Inf(1)
	for i, c := range strong {
		if c != i {
			continue
		}
		sub := smallgain.Principal(b, smallgain.Members(strong, c))
		root, x := smallgain.Perron(sub)
		size := math.Abs(root)
		for k := range sub {
			size = max(size, math.Abs(sub[k][k]))
		}
		q := gate.InequalityOf(sub, nil)
		if q == nil {
			return math.Inf(-1)
		}
		q.Witness = x
		margin := q.Lower(root, size)
		if len(sub) > 1 && len(sub) <= wideOrder && math.Abs(margin) <= 1e-4*size {
			margin = max(margin, wideMargin(sub, x))
		}
		lowest = min(lowest, margin)
	}
	return lowest
}

// maxNormMargin is the proved margin of the max norm with weights xi, NaN if none
// was found: least (B xi)_i / xi_i, which is the supremum if that is attained.
func maxNormMargin(xi, mu []float64, l [][]float64) float64 {
	b := smallgain.CurvatureMinusCoupling(mu, l)
	q := gate.InequalityOf(b, nil)
	if q == nil {
		return math.NaN()
	}
	q.Witness = xi
	size := 0.0
	for i := range b {
		size = max(size, math.Abs(b[i][i]))
	}
	guess, _ := smallgain.Collatz(b, xi)
	return found(q.Lower(guess, max(size, math.Abs(guess))))
}

// signedInequality is that of the signed margin at w; ok is false if a norm was not
// bounded.
func (f *quadraticForm) signedInequality(w, mu []float64) (*gate.Inequality, bool) {
	n := len(w)
	norms := make([][]float64, n)
	norms[0] = []float64{}
	c := make([][]float64, n)
	for i := range c {
		c[i] = make([]float64, n)
	}
	scaled := f.weightedMetric(w).left
	if scaled == nil {
		return nil, false
	}
	for i := range n {
		for j := range i {
			var x, y, sum mat.Dense
			x.Scale(w[i], f.k.block(i, j))
			y.Scale(w[j], f.k.block(j, i).T())
			sum.Add(&x, &y)
			both := f.block(scaled, i, j).Plus(f.block(scaled, j, i).Transposed())
			s := normBelow(smallgain.Norm2(&sum), smallgain.RoughNorm(&x)+smallgain.RoughNorm(&y), f.block(f.p, i, i), both, f.block(f.p, j, j))
			if math.IsInf(s, 0) {
				return nil, false
			}
			c[i][j], c[j][i] = -s/2, -s/2
			norms[i] = append(norms[i], s)
		}
	}
	f.at(w).norms = norms
	off, diagonal := gate.Exactly(c), gate.Exactly(diagonalOf(mu))
	first := smallgain.FirstIndices(smallgain.OnesOf(n))
	return &gate.Inequality{Left: diagonal.Scaled(w, first).Plus(off), Metric: gate.Identity(n).Scaled(w, first)}, true
}

func diagonalOf(x []float64) [][]float64 {
	out := make([][]float64, len(x))
	for i := range out {
		out[i] = make([]float64, len(x))
		out[i][i] = x[i]
	}
	return out
}

// atWeights remembers what was worked out at weights w.
type atWeights struct {
	w             []float64
	signed, whole *float64
	norms         [][]float64 // of w_i K_ij + w_j K_ji', i > j, that signed rests on; nil if not bounded
	metric        *metricOf
}

// at is the memory of weights w, which are not changed later.
func (f *quadraticForm) at(w []float64) *atWeights {
	for _, x := range f.worked {
		if slices.Equal(x.w, w) {
			return x
		}
	}
	x := &atWeights{w: slices.Clone(w)}
	f.worked = append(f.worked, x)
	return x
}

// signed is a proved signed margin at w, for the mu of the game, NaN if none was
// found.
func (f *quadraticForm) signed(w, mu []float64) float64 {
	known := f.at(w)
	if known.signed == nil {
		v := f.proveSigned(w, mu)
		known.signed = &v
	}
	return *known.signed
}

func (f *quadraticForm) proveSigned(w, mu []float64) float64 {
	q, ok := f.signedInequality(w, mu)
	if !ok {
		return math.NaN()
	}
	size := 0.0
	for _, m := range mu {
		size = max(size, math.Abs(m))
	}
	if f.pairs == nil {
		f.pairs = f.k.pairs()
	}
	guess, _ := f.pairs.slope(w, false)
	return found(q.Lower(guess, max(size, math.Abs(guess))))
}

// found makes NaN of what was not found.
func found(x float64) float64 {
	if math.IsInf(x, 0) {
		return math.NaN()
	}
	return x
}

// whole is a proved true-block margin at w, NaN if none was found.
func (f *quadraticForm) whole(w []float64) float64 {
	known := f.at(w)
	if known.whole == nil {
		v := math.NaN()
		if m := f.weightedMetric(w); m.left != nil && m.metric != nil {
			v = found(m.inequality().Lower(smallgain.Least(m.k), smallgain.RoughNorm(m.k)))
		}
		known.whole = &v
	}
	return *known.whole
}

// residual is |F(x)|₂ and |G(x)|_M, of weights w, rounded up.
func (f *quadraticForm) residual(w, x []float64) (euclidean, inMetric float64) {
	n := len(x)
	column := make([][]float64, n)
	offset := make([][]float64, n)
	for i := range x {
		column[i], offset[i] = []float64{x[i]}, []float64{0}
		if f.g.Offset != nil {
			offset[i][0] = f.g.Offset[i]
		}
	}
	v := f.j.Times(gate.Exactly(column)).Plus(gate.Exactly(offset))
	sum := new(big.Float).SetPrec(gate.WideDigits)
	y := make([]*big.Float, n)
	t := new(big.Float).SetPrec(gate.WideDigits)
	for i := range y {
		y[i] = v.Wide(i, 0).SetPrec(gate.WideDigits)
		sum.Add(sum, t.Mul(y[i], y[i]))
	}
	if sum.Sign() == 0 {
		return 0, 0
	}
	total := new(big.Float).SetPrec(gate.WideDigits)
	for b := range f.g.Blocks {
		from, to := f.first[b], f.first[b+1]
		part := new(big.Float).SetPrec(gate.WideDigits)
		if f.g.Natural && f.g.Metric != nil {
			// |P⁻¹F|_P² = F' P⁻¹ F
			z := f.solveMetric(b, y[from:to])
			for r := range z {
				part.Add(part, t.Mul(z[r], y[from+r]))
			}
		} else {
			for r := from; r < to; r++ {
				for s := from; s < to; s++ {
					u := new(big.Float).SetPrec(gate.WideDigits).Mul(f.p.Wide(r, s), y[s])
					part.Add(part, u.Mul(u, y[r]))
				}
			}
		}
		total.Add(total, part.Mul(part, t.SetFloat64(w[b])))
	}
	up := func(x *big.Float) float64 {
		if x.Sign() <= 0 {
			return 0
		}
		v, _ := x.Sqrt(x).Float64()
		return interval.Up(v)
	}
	return up(sum), up(total)
}
