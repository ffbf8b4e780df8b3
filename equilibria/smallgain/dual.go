package smallgain

import (
	"context"
	"math"
	"math/big"

	"gonum.org/v1/gonum/mat"

	"arbiter/internal/interval"
)

// The largest true-block margin over weights is a generalised eigenvalue problem
// in them (Boyd and El Ghaoui, Linear Algebra Appl. 188, 1993): the largest t with
// S(w) = Σ w_i (E_i K + K'E_i)/2 - t Σ w_i E_i ⪰ 0, E_i the projection on block i.
// Its dual are semidefinite Z ≠ 0: <Z, S(w)> = Σ w_i (tr E_i K Z - t tr E_i Z), so
// that no weights reach a margin above
//
//	max_i tr(E_i K Z) / tr(E_i Z)
//
// over the blocks where Z is not zero. The weights and Z are found together, by
// analytic centres; both ends are worked out exactly by the caller.

// blockOptimum is the search for weights and a dual of a true-block margin.
type blockOptimum struct {
	k     *mat.Dense // of norm about 1, at the weights of the start
	first []int
	n     int
}

// dualRatios are tr(E_i K Z)/tr(E_i Z), -Inf where Z has no block i.
func (b *blockOptimum) ratios(z *mat.SymDense) []float64 {
	out := make([]float64, len(b.first)-1)
	for i := range out {
		up, down := 0.0, 0.0
		for r := b.first[i]; r < b.first[i+1]; r++ {
			down += z.At(r, r)
			for c := range b.n {
				up += b.k.At(r, c) * z.At(c, r)
			}
		}
		if out[i] = math.Inf(-1); down > 0 {
			out[i] = up / down
		}
	}
	return out
}

// without is z with the blocks that are dropped set to zero.
func (b *blockOptimum) without(z *mat.SymDense, dropped []bool) *mat.SymDense {
	out := mat.NewSymDense(b.n, nil)
	in := make([]bool, b.n)
	for i, d := range dropped {
		for r := b.first[i]; r < b.first[i+1]; r++ {
			in[r] = !d
		}
	}
	for r := range b.n {
		for c := r; c < b.n; c++ {
			if in[r] && in[c] {
				out.SetSym(r, c, z.At(r, c))
			}
		}
	}
	return out
}

// bound is the least bound that z shows, also without the blocks that matter least,
// and the z that shows it.
func (b *blockOptimum) bound(z *mat.SymDense) (float64, *mat.SymDense) {
	blocks := len(b.first) - 1
	dropped := make([]bool, blocks)
	best, shown := math.Inf(1), z
	for range blocks {
		ratios := b.ratios(z)
		most, at := math.Inf(-1), -1
		for i, r := range ratios {
			if r > most {
				most, at = r, i
			}
		}
		if at < 0 {
			break
		}
		if most < best {
			best, shown = most, z
		}
		dropped[at] = true
		z = b.without(z, dropped)
	}
	return best, shown
}

// slack is S(w) at t.
func (b *blockOptimum) slack(w []float64, t float64) *mat.SymDense {
	of := b.blockOf()
	s := mat.NewSymDense(b.n, nil)
	for r := range b.n {
		for c := r; c < b.n; c++ {
			v := (w[of[r]]*b.k.At(r, c) + w[of[c]]*b.k.At(c, r)) / 2
			if r == c {
				v -= t * w[of[r]]
			}
			s.SetSym(r, c, v)
		}
	}
	return s
}

func (b *blockOptimum) blockOf() []int {
	of := make([]int, b.n)
	for i := range len(b.first) - 1 {
		for r := b.first[i]; r < b.first[i+1]; r++ {
			of[r] = i
		}
	}
	return of
}

// margin is the least eigenvalue of the symmetric part of K_w.
func (b *blockOptimum) margin(w []float64) float64 {
	return least((&blocked{first: b.first, k: b.k}).weighted(w))
}

// centre takes Newton steps to the analytic centre of S(w) at t with Σ c_i w_i
// bounded; it gives Z, the inverse of S there, and the direction in which the
// centre moves with t. ok is false if w is not inside.
func (b *blockOptimum) centre(w, c []float64, t float64) (z *mat.SymDense, tangent []float64, ok bool) {
	blocks := len(w)
	of := b.blockOf()
	for range 40 {
		var chol mat.Cholesky
		if !chol.Factorize(b.slack(w, t)) {
			return nil, nil, false
		}
		z = mat.NewSymDense(b.n, nil)
		if chol.InverseTo(z) != nil {
			return nil, nil, false
		}
		// Y = (K - t) Z by rows; tr(E_i K Z) are sums of its diagonal. With
		// F_i = (E_i A + A'E_i)/2, A = K - t: tr(Z F_i Z F_j) needs A Z and A Z A'.
		var az, aza mat.Dense
		a := mat.DenseCopyOf(b.k)
		for r := range b.n {
			a.Set(r, r, a.At(r, r)-t)
		}
		az.Mul(a, z)
		aza.Mul(&az, a.T())
		gradient := mat.NewVecDense(blocks, nil)
		hessian := mat.NewSymDense(blocks, nil)
		moved := make([]float64, blocks)
		for i := range blocks {
			gradient.SetVec(i, -float64(b.n)*c[i])
		}
		for r := range b.n {
			i := of[r]
			gradient.SetVec(i, gradient.AtVec(i)+az.At(r, r))
			for s := range b.n {
				j := of[s]
				// tr Z F_i Z F_j over r in i, s in j.
				h := (az.At(r, s)*az.At(s, r) + aza.At(r, s)*z.At(r, s)) / 2
				if i <= j {
					hessian.SetSym(i, j, hessian.At(i, j)+h)
				}
				// The change of tr Z F_i with t: Z falls with W, F_i with E_i.
				moved[i] += w[j] * az.At(r, s) * z.At(s, r)
			}
			moved[i] -= z.At(r, r)
		}
		var solve mat.Cholesky
		// Near the end it is steep along what bounds and flat along the common scale.
		most := mat.Max(hessian)
		for lift := 1e-16; !solve.Factorize(hessian); lift *= 10 {
			if !(lift < 1e-8) {
				return z, nil, true
			}
			for i := range blocks {
				hessian.SetSym(i, i, hessian.At(i, i)+lift*most)
			}
		}
		var step, along mat.VecDense
		for x, b := range map[*mat.VecDense]*mat.VecDense{&step: gradient, &along: mat.NewVecDense(blocks, moved)} {
			if err := solve.SolveVecTo(x, b); err != nil {
				if _, ok := err.(mat.Condition); !ok {
					return z, nil, true
				}
			}
		}
		decrement := math.Sqrt(max(0, mat.Dot(&step, gradient)))
		tangent = append([]float64{}, along.RawVector().Data...)
		if decrement < 1e-6 {
			return z, tangent, true
		}
		damp := 1.0
		if decrement > .25 {
			damp = 1 / (1 + decrement)
		}
		for i := range w {
			w[i] += damp * step.AtVec(i)
			if !(w[i] > 0) {
				return nil, nil, false
			}
		}
	}
	return z, tangent, true
}

// inside tells whether S(w) at t is definite and w positive.
func (b *blockOptimum) inside(w []float64, t float64) bool {
	for _, x := range w {
		if !(x > 0) || math.IsInf(x, 0) {
			return false
		}
	}
	var chol mat.Cholesky
	return chol.Factorize(b.slack(w, t))
}

// search improves weights, which start at 1, and a bound until they meet or no
// progress is made.
func (b *blockOptimum) search(ctx context.Context) (w []float64, z *mat.SymDense, err error) {
	blocks := len(b.first) - 1
	w = make([]float64, blocks)
	c := make([]float64, blocks)
	for i := range w {
		w[i] = 1
	}
	bestW := append([]float64{}, w...)
	low := b.margin(w)
	high := math.Inf(1)
	offer := func(candidate *mat.SymDense) {
		if bound, shown := b.bound(candidate); bound < high {
			high, z = bound, shown
		}
	}
	for i := range blocks { // the curvature of a block bounds all
		offer(b.leastVector(b.first[i], b.first[i+1]))
	}
	for _, v := range eigenDuals(b.k) {
		offer(v)
	}
	const enough = 1e-10
	t := low - .1*max(math.Abs(low), 1e-3)
	for round := 0; round < 120 && high-low > enough*max(math.Abs(high), 1e-3); round++ {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		for i := range c { // units in which the weights are 1 now
			c[i] = 1 / (float64(blocks) * w[i])
		}
		inverse, tangent, ok := b.centre(w, c, t)
		if !ok {
			break
		}
		offer(inverse)
		if m := b.margin(w); m > low {
			low = m
			copy(bestW, w)
		}
		// As far along the tangent as keeps inside, by halving.
		next := make([]float64, blocks)
		gap := high - t
		moved := false
		for try := 0; tangent != nil && try < 30; try++ {
			d := gap * (1 - math.Ldexp(1, -12+min(try, 11)))
			if try >= 12 {
				d = gap * math.Ldexp(1, -(try-11))
			}
			for i := range next {
				next[i] = w[i] + d*tangent[i]
			}
			if d > 0 && b.inside(next, t+d/.95) {
				copy(w, next)
				t += d
				moved = true
				break
			}
		}
		if !moved {
			m := b.margin(w)
			if !(m-t > 1e-13*max(1e-3, math.Abs(t))) {
				break
			}
			t += .8 * (m - t)
		}
	}
	return bestW, z, nil
}

// leastVector is v v' of the vector of the least eigenvalue of a diagonal block.
func (b *blockOptimum) leastVector(from, to int) *mat.SymDense {
	out := mat.NewSymDense(b.n, nil)
	var e mat.EigenSym
	if !e.Factorize(symmetric(b.k.Slice(from, to, from, to)), true) {
		return out
	}
	var v mat.Dense
	e.VectorsTo(&v)
	for r := from; r < to; r++ {
		for c := r; c < to; c++ {
			out.SetSym(r, c, v.At(r-from, 0)*v.At(c-from, 0))
		}
	}
	return out
}

// eigenDuals are Re v v* of the eigenvectors of the least real parts: a margin
// above that part is one of no metric whatever.
func eigenDuals(k *mat.Dense) (out []*mat.SymDense) {
	n, _ := k.Dims()
	var e mat.Eigen
	if !e.Factorize(k, mat.EigenRight) {
		return nil
	}
	values := e.Values(nil)
	at := 0
	for i, v := range values {
		if real(v) < real(values[at]) {
			at = i
		}
	}
	var v mat.CDense
	e.VectorsTo(&v)
	z := mat.NewSymDense(n, nil)
	for r := range n {
		for c := r; c < n; c++ {
			x, y := v.At(r, at), v.At(c, at)
			z.SetSym(r, c, real(x)*real(y)+imag(x)*imag(y))
		}
	}
	return append(out, z)
}

// bestWhole seeks the weights of the largest true-block margin from those of start,
// and proves how far from it they may be: Margin and Bound are exact ends, Dual
// the rows y of Z = Σ y y' in the coordinates of the game.
func (f *quadraticForm) bestWhole(ctx context.Context, start []float64) (*Optimum, error) {
	kw := f.k.weighted(start)
	scale := norm2(kw)
	if !(scale > 0) || math.IsInf(scale, 0) {
		scale = 1
	}
	kw.Scale(1/scale, kw)
	b := &blockOptimum{k: kw, first: f.first, n: len(f.a.m)}
	w, z, err := b.search(ctx)
	if err != nil {
		return nil, err
	}
	for i := range w {
		w[i] *= start[i]
	}
	for i := len(w) - 1; i >= 0; i-- {
		w[i] /= w[0]
	}
	out := &Optimum{Margin: math.Inf(-1), Weights: start, Bound: math.NaN(), Lipschitz: math.NaN(), Cocoercivity: math.NaN()}
	for _, candidate := range [][]float64{start, w} {
		if soundWeights(candidate) {
			if m := f.whole(candidate); m > out.Margin {
				out.Margin, out.Weights = m, candidate
			}
		}
	}
	if z != nil {
		out.Dual = f.dualRows(z, start)
		if out.Bound = f.dualBound(out.Dual); math.IsInf(out.Bound, 0) || math.IsNaN(out.Bound) {
			out.Bound, out.Dual = math.NaN(), nil
		}
	}
	out.Margin = found(out.Margin)
	return out, nil
}

// soundWeights tells whether weights are numbers that a certificate may have.
func soundWeights(w []float64) bool {
	for _, x := range w {
		if !(x > 1e-150 && x < 1e150) {
			return false
		}
	}
	return true
}

// dualRows are vectors y with Σ y y' about z, which is in the normalised
// coordinates of weights w, in those of the game.
func (f *quadraticForm) dualRows(z *mat.SymDense, w []float64) [][]float64 {
	var e mat.EigenSym
	if !e.Factorize(z, true) {
		return nil
	}
	values := e.Values(nil)
	var v mat.Dense
	e.VectorsTo(&v)
	n := len(values)
	of := (&blockOptimum{first: f.first, n: n}).blockOf()
	var out [][]float64
	for k := n - 1; k >= 0; k-- {
		if !(values[k] > 1e-18*values[n-1]) {
			continue
		}
		y := make([]float64, n)
		for r := range y {
			if z.At(r, r) > 0 {
				// K_w = √W K √W⁻¹, and the ratio of a block has its weight once each way.
				y[r] = v.At(r, k) * math.Sqrt(values[k]/values[n-1]) / math.Sqrt(w[of[r]])
			}
		}
		out = append(out, f.toGame(y))
	}
	return out
}

// toGame takes a vector of normalised coordinates to those of the game: L⁻ᵀ y.
func (f *quadraticForm) toGame(y []float64) []float64 {
	if f.root == nil {
		return y
	}
	for b := range f.g.Blocks {
		from, to := f.first[b], f.first[b+1]
		for i := to - 1; i >= from; i-- {
			for m := i + 1; m < to; m++ {
				y[i] -= f.root[m][i] * y[m]
			}
			y[i] /= f.root[i][i]
		}
	}
	return y
}

// allDigits are enough for sums of products of any float64 to be exact.
const allDigits = 1 << 13

// dualBound is the bound that rows y prove: the least float64 not below
// max_i Σ_y (y·P G y)_i / Σ_y (y·P y)_i, sums over block i.
func (f *quadraticForm) dualBound(rows [][]float64) float64 {
	if len(rows) == 0 {
		return math.NaN()
	}
	blocks := len(f.g.Blocks)
	up, down := make([]*big.Float, blocks), make([]*big.Float, blocks)
	for i := range up {
		up[i], down[i] = new(big.Float).SetPrec(allDigits).SetMode(big.ToPositiveInf), new(big.Float).SetPrec(allDigits)
	}
	product := new(big.Float).SetPrec(allDigits)
	for _, y := range rows {
		column := make([][]float64, len(y))
		for r := range y {
			column[r] = []float64{y[r]}
		}
		e := exactly(column)
		if e == nil {
			return math.NaN()
		}
		ay, py := f.a.times(e), f.p.times(e)
		for i := range blocks {
			for r := f.first[i]; r < f.first[i+1]; r++ {
				up[i].Add(up[i], product.Mul(e.wide(r, 0), ay.wide(r, 0)))
				down[i].Add(down[i], product.Mul(e.wide(r, 0), py.wide(r, 0)))
			}
		}
	}
	most := math.Inf(-1)
	for i := range blocks {
		if down[i].Sign() <= 0 {
			continue
		}
		x, rounding := up[i].Quo(up[i], down[i]).Float64()
		if rounding == big.Below {
			x = interval.Up(x)
		}
		most = max(most, x)
	}
	return most
}
