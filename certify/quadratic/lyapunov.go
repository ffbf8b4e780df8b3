package quadratic

import (
	"math"
	"math/cmplx"

	"gonum.org/v1/gonum/mat"

	"arbiter/certify"
	"arbiter/certify/gate"
	"arbiter/certify/smallgain"
)

// conditionAtMost is that of a Lyapunov metric if there is a choice.
const conditionAtMost = 1e6

// bestLyapunov seeks a metric of a margin near the spectral abscissa and proves the
// margin; nil if none was found. The metric comes with what the field does in it.
func (f *quadraticForm) bestLyapunov(s *spectrum) (*certify.Lyapunov, *metricOf) {
	w, kw, values := s.w, s.k, s.values
	n := len(values)
	low, size := math.Inf(1), 0.0
	for _, v := range values {
		low, size = min(low, real(v)), max(size, cmplx.Abs(v))
	}
	type candidate struct {
		m                 *mat.SymDense
		moved             *mat.Dense
		margin, condition float64
	}
	var best *candidate
	offer := func(m *mat.SymDense) bool {
		if m == nil {
			return false
		}
		moved, condition, ok := inCoordinates(m, kw)
		if !ok {
			return false
		}
		c := &candidate{m, moved, smallgain.Least(moved), condition}
		if best == nil || c.margin > 0 && (best.condition > conditionAtMost || !(best.margin > 0)) {
			best = c
		}
		return best.margin > 0 && best.condition <= conditionAtMost
	}
	if !offer(s.form(nil)) {
		for _, gap := range []float64{1e-6, 1e-4, 1e-3, .01, .1, .5} {
			step := gap * math.Abs(low)
			if low == 0 {
				step = gap * size
			}
			if step > 0 && offer(smallgain.Smith(kw, values, low-step)) {
				break
			}
		}
	}
	if best == nil {
		return nil, nil
	}
	// In the coordinates of the game: x = L⁻ᵀ W^-½ z.
	of := (&blockOptimum{first: f.first, n: n}).blockOf()
	m := mat.NewDense(n, n, nil)
	for r := range n {
		for c := range n {
			m.Set(r, c, best.m.At(r, c)*math.Sqrt(w[of[r]])*math.Sqrt(w[of[c]]))
		}
	}
	if f.root != nil {
		root := denseOf(f.root)
		m.Product(root, m, root.T())
	}
	out := &certify.Lyapunov{Condition: best.condition}
	scale := mat.Max(m)
	if !(scale > 0) || math.IsInf(scale, 0) {
		return nil, nil
	}
	_, e := math.Frexp(scale)
	for r := range n {
		out.Metric = append(out.Metric, make([]float64, n))
		for c := range n {
			out.Metric[r][c] = math.Ldexp(m.At(min(r, c), max(r, c)), -e)
		}
	}
	in := f.proveLyapunov(out, best.margin, max(size, smallgain.RoughNorm(kw)))
	if in == nil {
		return nil, nil
	}
	in.k = best.moved
	return out, in
}

// blockLyapunov is the metric of the weights of o as one of all coordinates, nil if
// its margin was not proved.
func (f *quadraticForm) blockLyapunov(o *certify.Optimum) (*certify.Lyapunov, *metricOf) {
	n := len(f.g.Matrix)
	low, high, most := math.Inf(1), 0.0, 0.0
	y := &certify.Lyapunov{}
	for range n {
		y.Metric = append(y.Metric, make([]float64, n))
	}
	for b, w := range o.Weights {
		low, high = min(low, w), max(high, w)
		for r := f.first[b]; r < f.first[b+1]; r++ {
			for c := f.first[b]; c < f.first[b+1]; c++ {
				y.Metric[r][c] = w * f.p.Number(r, c)
				most = max(most, math.Abs(y.Metric[r][c]))
			}
		}
	}
	if !(most > 0) || math.IsInf(most, 0) {
		return nil, nil
	}
	_, e := math.Frexp(most)
	for r := range n {
		for c := range n {
			y.Metric[r][c] = math.Ldexp(y.Metric[r][c], -e)
		}
	}
	y.Condition = high / low
	kw := f.k.weighted(o.Weights)
	in := f.proveLyapunov(y, o.Margin, max(math.Abs(o.Margin), smallgain.RoughNorm(kw)))
	if in == nil {
		return nil, nil
	}
	in.k = kw
	return y, in
}

// proveLyapunov fills in the margin of the metric; nil if none was proved.
func (f *quadraticForm) proveLyapunov(y *certify.Lyapunov, guess, size float64) *metricOf {
	m := gate.Exactly(y.Metric)
	if m == nil {
		return nil
	}
	for b := range f.g.Blocks { // elimination in fractions takes its time
		if f.g.Natural && f.g.Metric != nil && f.first[b+1]-f.first[b] > gate.ExactOrder {
			return nil
		}
	}
	g, denominator := f.jacobian()
	metric := m.ByNumber(denominator)
	in := &metricOf{left: m.Times(g), metric: metric}
	if y.Margin = in.inequality().Lower(guess, size); math.IsInf(y.Margin, 0) {
		return nil
	}
	return in
}

// inCoordinates is k where m is the identity, and the condition of m.
func inCoordinates(m *mat.SymDense, k *mat.Dense) (*mat.Dense, float64, bool) {
	var e mat.EigenSym
	if !e.Factorize(m, false) {
		return nil, 0, false
	}
	spectrum := e.Values(nil)
	n := len(spectrum)
	var chol mat.Cholesky
	if !(spectrum[0] > 0) || !chol.Factorize(m) {
		return nil, 0, false
	}
	var upper, back mat.TriDense
	var moved mat.Dense
	chol.UTo(&upper)
	if back.InverseTri(&upper) != nil {
		return nil, 0, false
	}
	moved.Product(&upper, k, &back)
	return &moved, spectrum[n-1] / spectrum[0], true
}

// form is Re V⁻* D V⁻¹ of a basis V of eigenvectors, for a diagonal d that is alike at
// conjugate vectors; without d it is a metric in which the least real part of an
// eigenvalue is reached. Nil if there is no basis.
func (s *spectrum) form(d []float64) *mat.SymDense {
	n := len(s.values)
	if !s.sought {
		s.inverse, s.sought = invertedVectors(s.vectors), true
	}
	if s.inverse == nil {
		return nil
	}
	m := make([]float64, n*n)
	for k, row := range s.inverse {
		x := 1.0
		if d != nil {
			x = d[k]
		}
		for r, v := range row {
			re, im := x*real(v), x*imag(v)
			for c := r; c < n; c++ {
				m[r*n+c] += float64(re*real(row[c])) + float64(im*imag(row[c]))
			}
		}
	}
	if !smallgain.Finite(smallgain.MostOf(m)) {
		return nil
	}
	return mat.NewSymDense(n, m)
}

// invertedVectors is the inverse of v, vectors of a spectrum, with columns of length 1; nil if it is
// singular to rounding.
func invertedVectors(v *mat.CDense) [][]complex128 {
	if n, _ := v.Dims(); n > pairsAbove {
		return invertPairs(v)
	}
	return invertComplex(v)
}

// pairsAbove is the order above which vectors are inverted as a real matrix: for
// small ones, of whatever condition, every digit of invertComplex is kept.
const pairsAbove = 8

// invertPairs is invertComplex where columns are real or, as neighbours, conjugates
// x + iy and x - iy (nil otherwise): the inverse is that of a real matrix of columns x
// and y, of which rows r and s give (r - is)/2 and (r + is)/2. For large orders it
// takes a fifth of the time.
func invertPairs(v *mat.CDense) [][]complex128 {
	n, _ := v.Dims()
	of := v.RawCMatrix()
	length := columnLengths(v)
	m, paired := make([]float64, n*n), make([]bool, n)
	for j := 0; j < n; j++ {
		pair := false
		for i := range n {
			pair = pair || imag(of.Data[i*of.Stride+j]) != 0
		}
		paired[j] = pair
		if pair && j+1 == n {
			return nil
		}
		for i := range n {
			x := of.Data[i*of.Stride+j]
			if pair && of.Data[i*of.Stride+j+1] != cmplx.Conj(x) {
				return nil
			}
			m[i*n+j] = real(x) / length[j]
			if pair {
				m[i*n+j+1] = imag(x) / length[j]
			}
		}
		if pair {
			j++
		}
	}
	inverse := invertReal(m, n)
	if inverse == nil {
		return nil
	}
	numbers := make([]complex128, n*n)
	out := make([][]complex128, n)
	for j := range out {
		out[j] = numbers[j*n : (j+1)*n]
	}
	for j := 0; j < n; j++ {
		if !paired[j] {
			for i := range n {
				out[j][i] = complex(inverse[j*n+i], 0)
			}
			continue
		}
		for i := range n {
			x, y := inverse[j*n+i]/2, inverse[(j+1)*n+i]/2
			out[j][i], out[j+1][i] = complex(x, -y), complex(x, y)
		}
		j++
	}
	return out
}

// columnLengths are the Euclidean lengths of columns, which are not above 1e150.
func columnLengths(v *mat.CDense) []float64 {
	n, _ := v.Dims()
	of := v.RawCMatrix()
	length := make([]float64, n)
	for i := range n {
		for j, x := range of.Data[i*of.Stride : i*of.Stride+n] {
			length[j] += float64(real(x)*real(x)) + float64(imag(x)*imag(x))
		}
	}
	for j, x := range length {
		length[j] = math.Sqrt(x)
	}
	return length
}

// invertReal is the inverse of m, row by row, which is overwritten, by elimination with
// exchanges of rows; nil if a pivot is not above 1e-13.
func invertReal(m []float64, n int) []float64 {
	row := make([]int, n) // the row that stands at each place
	for k := range n {
		p := k
		for i := k; i < n; i++ {
			if math.Abs(m[i*n+k]) > math.Abs(m[p*n+k]) {
				p = i
			}
		}
		row[k] = p
		top := m[k*n : (k+1)*n]
		if p != k {
			other := m[p*n : (p+1)*n]
			for j := range top {
				top[j], other[j] = other[j], top[j]
			}
		}
		if !(math.Abs(top[k]) > 1e-13) {
			return nil
		}
		f := 1 / top[k]
		top[k] = 1
		for j := range top {
			top[j] *= f
		}
		for i := range n {
			if i == k {
				continue
			}
			at := m[i*n : (i+1)*n]
			g := at[k]
			if g == 0 {
				continue
			}
			at[k] = 0
			for j, x := range top {
				at[j] -= float64(g * x)
			}
		}
	}
	for k := n - 1; k >= 0; k-- { // rows exchanged are columns of the inverse
		if p := row[k]; p != k {
			for i := range n {
				m[i*n+k], m[i*n+p] = m[i*n+p], m[i*n+k]
			}
		}
	}
	return m
}

// invertComplex is the inverse of v with columns of length 1, by elimination; nil
// if it is singular to rounding.
func invertComplex(v *mat.CDense) [][]complex128 {
	n, _ := v.Dims()
	m := make([][]complex128, n)
	for i := range m {
		m[i] = make([]complex128, 2*n)
		m[i][n+i] = 1
	}
	for j := range n {
		length := 0.0
		for i := range n {
			length = math.Hypot(length, cmplx.Abs(v.At(i, j)))
		}
		for i := range n {
			m[i][j] = v.At(i, j) / complex(length, 0)
		}
	}
	for k := range n {
		p := k
		for i := k; i < n; i++ {
			if cmplx.Abs(m[i][k]) > cmplx.Abs(m[p][k]) {
				p = i
			}
		}
		m[k], m[p] = m[p], m[k]
		if !(cmplx.Abs(m[k][k]) > 1e-13) {
			return nil
		}
		f := 1 / m[k][k]
		for j := range m[k] {
			m[k][j] *= f
		}
		for i := range m {
			if g := m[i][k]; i != k && g != 0 {
				for j := k; j < 2*n; j++ {
					m[i][j] -= g * m[k][j]
				}
			}
		}
	}
	for i := range m {
		m[i] = m[i][n:]
	}
	return m
}
