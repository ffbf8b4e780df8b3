package quadratic

import (
	"context"
	"math"
	"math/big"

	"gonum.org/v1/gonum/mat"

	"arbiter/certify"
	"arbiter/certify/gate"
	"arbiter/certify/smallgain"
	"arbiter/internal/interval"
)

// bestWhole seeks the weights of the largest true-block margin from those of s,
// and proves how far from it they may be: Margin and Bound are exact ends, Dual
// the rows y of Z = Σ y y' in the coordinates of the game.
func (f *quadraticForm) bestWhole(ctx context.Context, s *spectrum) (*certify.Optimum, error) {
	start, kw := s.w, mat.DenseCopyOf(s.k)
	scale := smallgain.RoughNorm(kw)
	if !(scale > 0) || math.IsInf(scale, 0) {
		scale = 1
	}
	kw.Scale(1/scale, kw)
	b := &blockOptimum{k: kw, first: f.first, n: f.a.Order()}
	w, z, err := b.search(ctx, s)
	if err != nil {
		return nil, err
	}
	for i := range w {
		w[i] *= start[i]
	}
	for i := len(w) - 1; i >= 0; i-- {
		w[i] /= w[0]
	}
	out := &certify.Optimum{Margin: math.Inf(-1), Weights: start, Bound: math.NaN(), Lipschitz: math.NaN(), Cocoercivity: math.NaN()}
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
// max_i Σ_y (y·P G y)_i / Σ_y (y·P y)_i, sums over block i, or the next one where
// games are too large for the exact sums to be worked out.
func (f *quadraticForm) dualBound(rows [][]float64) float64 {
	if len(rows) == 0 {
		return math.NaN()
	}
	y := gate.Exactly(rows)
	if y == nil {
		return math.NaN()
	}
	columns := y.Transposed()
	ay, py := f.a.Times(columns), f.p.Times(columns)
	most := math.Inf(-1)
	for i := range f.g.Blocks {
		var up, down gate.Ball
		for r := f.first[i]; r < f.first[i+1]; r++ {
			for k := range rows {
				up, down = up.Plus(y.At(k, r).Times(ay.At(r, k))), down.Plus(y.At(k, r).Times(py.At(r, k)))
			}
		}
		if sign, known := down.Sign(); known && sign == 0 {
			continue
		}
		q := up.Over(down)
		if q.Off < 0x1p-60*math.Abs(q.Hi) && math.Abs(q.Hi) < math.MaxFloat64 {
			x := q.Hi
			if q.Lo+q.Off > 0 {
				x = interval.Up(x)
			}
			if math.Abs(q.Lo) > q.Off || f.a.Order() > gate.ExactOrder {
				most = max(most, x)
				continue
			}
		}
		if x, ok := f.dualRatio(i, y, ay, py); ok {
			most = max(most, x)
		}
	}
	return most
}

// dualRatio is the ratio of block i, rounded up; ok is false if Z has no block i.
func (f *quadraticForm) dualRatio(i int, y, ay, py *gate.Matrix) (x float64, ok bool) {
	up, down := new(big.Float).SetPrec(allDigits).SetMode(big.ToPositiveInf), new(big.Float).SetPrec(allDigits)
	product := new(big.Float).SetPrec(allDigits)
	for r := f.first[i]; r < f.first[i+1]; r++ {
		for k := range y.Rows {
			e := y.Wide(k, r)
			up.Add(up, product.Mul(e, ay.Wide(r, k)))
			down.Add(down, product.Mul(e, py.Wide(r, k)))
		}
	}
	if down.Sign() <= 0 {
		return 0, false
	}
	x, rounding := up.Quo(up, down).Float64()
	if rounding == big.Below {
		x = interval.Up(x)
	}
	return x, true
}
