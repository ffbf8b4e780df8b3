package quadratic

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"

	"arbiter/certify/gate"
	"arbiter/certify/smallgain"
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

	room []float64 // of slack
	of   []int     // the block of every index
}

// ratios are tr(E_i K Z)/tr(E_i Z), -Inf where Z has no block i.
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

// slack is S(w) at t, row by row.
func (b *blockOptimum) slack(w []float64, t float64) []float64 {
	n := b.n
	if b.room == nil {
		b.room, b.of = make([]float64, n*n), b.blockOf()
	}
	k := b.k.RawMatrix().Data
	for r := range n {
		wr := w[b.of[r]]
		for c := range r {
			b.room[r*n+c] = (float64(wr*k[r*n+c]) + float64(w[b.of[c]]*k[c*n+r])) / 2
		}
		b.room[r*n+r] = float64(wr*k[r*n+r]) - float64(t*wr)
	}
	return b.room
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
	return smallgain.Least((&blocked{first: b.first, k: b.k}).weighted(w))
}

// centre takes Newton steps to the analytic centre of S(w) at t with Σ c_i w_i
// bounded; it gives Z, the inverse of S there, and the direction in which the
// centre moves with t. ok is false if w is not inside.
func (b *blockOptimum) centre(w, c []float64, t float64) (z []float64, tangent []float64, ok bool) {
	n, blocks := b.n, len(w)
	a, az, aza := make([]float64, n*n), make([]float64, n*n), make([]float64, n*n)
	copy(a, b.k.RawMatrix().Data)
	for r := range n {
		a[r*n+r] -= t
	}
	for range 40 {
		s := b.slack(w, t)
		if !smallgain.Factorised(s, n) {
			return nil, nil, false
		}
		if z = smallgain.Inverted(s, n); !smallgain.Finite(smallgain.MostOf(z)) {
			return nil, nil, false
		}
		// Y = (K - t) Z by rows; tr(E_i K Z) are sums of its diagonal. With
		// F_i = (E_i A + A'E_i)/2, A = K - t: tr(Z F_i Z F_j) needs A Z and A Z A'.
		for r := range n {
			for q := range n { // z is symmetric
				az[r*n+q] = gate.Dot(a[r*n:(r+1)*n], z[q*n:(q+1)*n])
			}
		}
		for r := range n {
			for q := range n {
				aza[r*n+q] = gate.Dot(az[r*n:(r+1)*n], a[q*n:(q+1)*n])
			}
		}
		gradient, moved := make([]float64, blocks), make([]float64, blocks)
		hessian, factor := make([]float64, blocks*blocks), make([]float64, blocks*blocks)
		for i := range blocks {
			gradient[i] = -float64(n) * c[i]
		}
		for r := range n {
			i := b.of[r]
			gradient[i] += az[r*n+r]
			for q := range n {
				j := b.of[q]
				// tr Z F_i Z F_j over r in i, q in j.
				hessian[i*blocks+j] += (az[r*n+q]*az[q*n+r] + aza[r*n+q]*z[r*n+q]) / 2
				// The change of tr Z F_i with t: Z falls with W, F_i with E_i.
				moved[i] += w[j] * az[r*n+q] * z[q*n+r]
			}
			moved[i] -= z[r*n+r]
		}
		// Near the end it is steep along what bounds and flat along the common scale.
		most := smallgain.MostOf(hessian)
		copy(factor, hessian)
		for lift := 1e-16; !smallgain.Factorised(factor, blocks); lift *= 10 {
			if !(lift < 1e-8) {
				return z, nil, true
			}
			for i := range blocks {
				hessian[i*blocks+i] += lift * most
			}
			copy(factor, hessian)
		}
		step := append([]float64{}, gradient...)
		smallgain.SolvedBy(factor, step, blocks)
		smallgain.SolvedBy(factor, moved, blocks)
		square := 0.0
		for i := range step {
			square += float64(step[i] * gradient[i])
		}
		decrement := math.Sqrt(max(0, square))
		tangent = moved
		if decrement < 1e-6 {
			return z, tangent, true
		}
		damp := 1.0
		if decrement > .25 {
			damp = 1 / (1 + decrement)
		}
		for i := range w {
			w[i] += damp * step[i]
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
	return smallgain.Factorised(b.slack(w, t), b.n)
}

// search improves weights, which start at 1, and a bound until they meet or no
// progress is made.
func (b *blockOptimum) search(ctx context.Context, s *spectrum) (w []float64, z *mat.SymDense, err error) {
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
	offer(s.dual())
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
		offer(mat.NewSymDense(b.n, inverse))
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
	if !e.Factorize(smallgain.Symmetric(b.k.Slice(from, to, from, to)), true) {
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

// dual is Re v v* of the eigenvector of the least real part: a margin above that
// part is one of no metric whatever.
func (s *spectrum) dual() *mat.SymDense {
	n := len(s.values)
	z := mat.NewSymDense(n, nil)
	for r := range n {
		for c := r; c < n; c++ {
			x, y := s.vectors.At(r, s.least), s.vectors.At(c, s.least)
			z.SetSym(r, c, real(x)*real(y)+imag(x)*imag(y))
		}
	}
	return z
}
