package smallgain

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"arbiter/certify/gate"
)

// rotatedOrder is up to which order eigenvalues are sought by rotations: beyond it
// the reduction to a band is faster.
const rotatedOrder = 8

// EigenOf gives the eigenvalues of a symmetric matrix, row by row in s, in no order,
// and the vectors, columns of v, unless that is nil; s is overwritten. They are right
// up to rounding of the largest; ok is false if they were not found.
func EigenOf(s, v []float64, n int) (values []float64, ok bool) {
	_, e := math.Frexp(MostOf(s))
	f := math.Ldexp(1, -e)
	for k := range s {
		s[k] *= f
		if !(math.Abs(s[k]) <= 2) {
			return nil, false
		}
	}
	values = make([]float64, n)
	if n <= rotatedOrder {
		Rotate(s, v, n)
		for i := range values {
			values[i] = s[i*n+i]
		}
	} else {
		var eigen mat.EigenSym
		if !eigen.Factorize(mat.NewSymDense(n, s), v != nil) {
			return nil, false
		}
		eigen.Values(values)
		if v != nil {
			out := mat.NewDense(n, n, v)
			eigen.VectorsTo(out)
		}
	}
	for i := range values {
		values[i] = math.Ldexp(values[i], e)
	}
	return values, true
}

// MostOf is the largest absolute value.
func MostOf(x []float64) float64 {
	most := 0.0
	for _, v := range x {
		most = max(most, math.Abs(v))
	}
	return most
}

// Least is the smallest eigenvalue of the symmetric part of m, NaN if it was not
// found.
func Least(m mat.Matrix) float64 {
	n, _ := m.Dims()
	s := make([]float64, n*n)
	for i := range n {
		for j := i; j < n; j++ {
			s[i*n+j] = m.At(i, j)/2 + m.At(j, i)/2
			s[j*n+i] = s[i*n+j]
		}
	}
	if n == 1 {
		return s[0]
	}
	values, ok := EigenOf(s, nil, n)
	if !ok {
		return math.NaN()
	}
	low := math.Inf(1)
	for _, x := range values {
		low = min(low, x)
	}
	return low
}

// Norm2 is the largest singular value of m, NaN if it was not found. It is zero
// exactly for a zero matrix: couplings of zero decide what is attained.
func Norm2(m mat.Matrix) float64 {
	sigma, _, _ := Singular(m, false)
	return sigma
}

// Singular is the largest singular value of m and, if asked for, its vectors: from
// the eigenvalues of the smaller of m m' and m'm, which loses digits of the small
// ones only.
func Singular(m mat.Matrix, vectors bool) (sigma float64, left, right []float64) {
	r, c := m.Dims()
	if r > c {
		sigma, right, left = Singular(m.T(), vectors)
		return sigma, left, right
	}
	most := 0.0
	for i := range r {
		for j := range c {
			x := math.Abs(m.At(i, j))
			if !(x <= math.MaxFloat64) {
				return math.NaN(), nil, nil
			}
			most = max(most, x)
		}
	}
	if r == 1 && c == 1 && !vectors {
		return most, nil, nil
	}
	left, right = make([]float64, r), make([]float64, c)
	if most == 0 {
		left[0], right[0] = 1, 1
		return 0, left, right
	}
	_, e := math.Frexp(most)
	f := math.Ldexp(1, -e)
	rows := make([]float64, r*c)
	for i := range r {
		for j := range c {
			rows[i*c+j] = m.At(i, j) * f
		}
	}
	gram := make([]float64, r*r)
	for i := range r {
		for j := range i + 1 {
			x := gate.Dot(rows[i*c:(i+1)*c], rows[j*c:(j+1)*c])
			gram[i*r+j], gram[j*r+i] = x, x
		}
	}
	var v []float64
	if vectors {
		v = make([]float64, r*r)
	}
	values, ok := EigenOf(gram, v, r)
	if !ok {
		return math.NaN(), nil, nil
	}
	at := 0
	for k, x := range values {
		if x > values[at] {
			at = k
		}
	}
	sigma = math.Sqrt(max(0, values[at]))
	if vectors {
		for i := range r {
			left[i] = v[i*r+at]
			for j := range c {
				right[j] += rows[i*c+j] * left[i] / sigma
			}
		}
	}
	return math.Ldexp(sigma, e), left, right
}

// RoughNorm is at least the largest singular value of m, and not far above it.
func RoughNorm(m mat.Matrix) float64 {
	r, c := m.Dims()
	rows, columns := make([]float64, r), make([]float64, c)
	square := 0.0
	for i := range r {
		for j := range c {
			x := math.Abs(m.At(i, j))
			rows[i] += x
			columns[j] += x
			square += x * x
		}
	}
	return min(math.Sqrt(square), math.Sqrt(MostOf(rows))*math.Sqrt(MostOf(columns)))
}

// Factorised replaces the lower triangle of the symmetric a [n × n] by its Cholesky
// factor, and tells whether a is positive definite up to rounding.
func Factorised(a []float64, n int) bool { return failedPivot(a, n) == n }

// failedPivot is the number of the pivot at which Factorised fails, n if it does not.
func failedPivot(a []float64, n int) int {
	for i := range n {
		row := a[i*n : i*n+i+1]
		for j := range i {
			row[j] = (row[j] - gate.Dot(row[:j], a[j*n:j*n+j])) / a[j*n+j]
		}
		x := row[i] - gate.Dot(row[:i], row[:i])
		if !(x > 0) || x > math.MaxFloat64 {
			return i
		}
		row[i] = math.Sqrt(x)
	}
	return n
}

// Inverted is the inverse of LL', l as factorised leaves it.
func Inverted(l []float64, n int) []float64 {
	back := make([]float64, n*n) // columns of L⁻¹ as rows
	for j := range n {
		b := back[j*n : (j+1)*n]
		b[j] = 1 / l[j*n+j]
		for i := j + 1; i < n; i++ {
			b[i] = -gate.Dot(l[i*n+j:i*n+i], b[j:i]) / l[i*n+i]
		}
	}
	out := make([]float64, n*n)
	for i := range n {
		for j := range i + 1 {
			x := gate.Dot(back[i*n+i:(i+1)*n], back[j*n+i:(j+1)*n])
			out[i*n+j], out[j*n+i] = x, x
		}
	}
	return out
}

// SolvedBy solves LL'x = b in place.
func SolvedBy(l, b []float64, n int) {
	for i := range n {
		b[i] = (b[i] - gate.Dot(l[i*n:i*n+i], b[:i])) / l[i*n+i]
	}
	for i := n - 1; i >= 0; i-- {
		for j := i + 1; j < n; j++ {
			b[i] -= float64(l[j*n+i] * b[j])
		}
		b[i] /= l[i*n+i]
	}
}

// Ones are n ones.
func Ones(n int) []float64 {
	w := make([]float64, n)
	for i := range w {
		w[i] = 1
	}
	return w
}

// Rotate turns the symmetric a [n × n] into the diagonal of its eigenvalues, near
// enough, by cyclic Jacobi rotations, and writes the eigenvectors, as columns, to v
// unless that is nil.
func Rotate(a, v []float64, n int) {
	if v != nil {
		clear(v)
		for i := range n {
			v[i*n+i] = 1
		}
	}
	for range 30 {
		off, all := 0.0, 0.0
		for i := range n {
			all += a[i*n+i] * a[i*n+i]
			for j := range i {
				off += 2 * a[i*n+j] * a[i*n+j]
			}
		}
		if !(off > 1e-30*(all+off)) {
			return
		}
		for p := range n {
			for q := p + 1; q < n; q++ {
				if a[p*n+q] == 0 {
					continue
				}
				theta := (a[q*n+q] - a[p*n+p]) / (2 * a[p*n+q])
				t := 1 / (math.Abs(theta) + math.Sqrt(float64(theta*theta)+1))
				if theta < 0 {
					t = -t
				}
				c := 1 / math.Sqrt(float64(t*t)+1)
				turn(a, n, p, q, c, t*c)
				for k := range n {
					x, y := a[p*n+k], a[q*n+k]
					a[p*n+k], a[q*n+k] = float64(c*x)-float64(t*c*y), float64(t*c*x)+float64(c*y)
				}
				if v != nil {
					turn(v, n, p, q, c, t*c)
				}
			}
		}
	}
}

// Square is n by n zeros.
func Square(n int) [][]float64 {
	out := make([][]float64, n)
	for i := range out {
		out[i] = make([]float64, n)
	}
	return out
}

// turn rotates columns p and q.
func turn(a []float64, n, p, q int, c, s float64) {
	for k := range n {
		x, y := a[k*n+p], a[k*n+q]
		a[k*n+p], a[k*n+q] = float64(c*x)-float64(s*y), float64(s*x)+float64(c*y)
	}
}

// Finite tells whether x is neither infinite nor NaN.
func Finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// Identity is n by n.
func Identity(n int) [][]float64 {
	h := make([][]float64, n)
	for i := range h {
		h[i] = make([]float64, n)
		h[i][i] = 1
	}
	return h
}

// FirstIndices are where blocks of these dimensions begin, and the end of the last.
func FirstIndices(blocks []int) []int {
	first := []int{0}
	for _, d := range blocks {
		first = append(first, first[len(first)-1]+d)
	}
	return first
}

// OnesOf are n ones.
func OnesOf(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = 1
	}
	return out
}
