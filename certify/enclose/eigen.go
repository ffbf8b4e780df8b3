package enclose

import (
	"math"

	"arbiter/certify/smallgain"
	"arbiter/internal/interval"
)

// eigenBounds has the room to bound eigenvalues of symmetric interval matrices up
// to a size. Every bound it gives is proved: computed vectors are guesses, what is
// claimed of them is evaluated in outward-rounded arithmetic (section 8).
type eigenBounds struct {
	y        []float64
	mid, vec []float64           // n × n
	half     []interval.Interval // n × n
	turned   []interval.Interval // n × n
}

func newEigenBounds(n int) *eigenBounds {
	return &eigenBounds{
		make([]float64, n), make([]float64, n*n), make([]float64, n*n),
		make([]interval.Interval, n*n), make([]interval.Interval, n*n),
	}
}

// below is how far under the computed eigenvalue, relative to the entries, the
// proved one is looked for.
const below = 1e-12

// compared is a lower bound of the smallest eigenvalue of all symmetric matrices
// in s [n × n]: that of the comparison matrix M, lower ends on the diagonal and
// the largest absolute values, negative, beside it. For any y > 0 it is at least
// the smallest (My)ᵢ/yᵢ (Collatz, Wielandt). With t a little below the computed
// eigenvalue (M - t)y = 1 has a positive solution, as M - t is an M-matrix, and My
// = ty + 1; unlike an eigenvector it is far from 0 in every part of M.
func (e *eigenBounds) compared(s []interval.Interval, n int) float64 {
	if n == 1 {
		return s[0].Lo
	}
	m, size := e.mid[:n*n], 0.0
	for i := range n {
		for j := range n {
			m[i*n+j] = s[i*n+i].Lo
			if i != j {
				m[i*n+j] = -max(s[i*n+j].Mag(), s[j*n+i].Mag())
			}
			size = max(size, math.Abs(m[i*n+j]))
		}
	}
	if !smallgain.Finite(size) {
		return math.Inf(-1)
	}
	smallgain.Rotate(m, nil, n)
	t := m[0]
	for i := range n {
		t = min(t, m[i*n+i])
	}
	t -= below * size
	for i := range n {
		for j := range n {
			m[i*n+j] = s[i*n+i].Lo - t
			if i != j {
				m[i*n+j] = -max(s[i*n+j].Mag(), s[j*n+i].Mag())
			}
		}
	}
	y := e.y[:n]
	for i := range y {
		y[i] = 1
	}
	for k := range n {
		for i := k + 1; i < n; i++ {
			factor := m[i*n+k] / m[k*n+k]
			for j := k + 1; j < n; j++ {
				m[i*n+j] -= float64(factor * m[k*n+j])
			}
			y[i] -= float64(factor * y[k])
		}
	}
	for i := n - 1; i >= 0; i-- {
		for j := i + 1; j < n; j++ {
			y[i] -= float64(m[i*n+j] * y[j])
		}
		y[i] /= m[i*n+i]
		if !(y[i] > 0) || !smallgain.Finite(y[i]) {
			y[i] = 1 // rounding has won; any vector gives a bound
		}
	}
	bound := math.Inf(1)
	for i := range n {
		x := interval.Point(s[i*n+i].Lo).Scale(y[i])
		for j := range n {
			if j != i {
				x = x.Sub(interval.Point(s[i*n+j].Mag()).Scale(y[j]))
			}
		}
		bound = min(bound, x.Div(interval.Point(y[i])).Lo)
	}
	return bound
}

// least is a lower bound of the smallest eigenvalue of all symmetric matrices in s
// [n × n]. Beside the comparison matrix of s it takes that of V'sV, V near the
// eigenvectors of the middle: λ(s) |Vu|² is reached at u'V'sVu ≥ λ(V'sV) |u|².
func (e *eigenBounds) least(s []interval.Interval, n int) float64 {
	plain := e.compared(s, n)
	if n == 1 || math.IsInf(plain, -1) {
		return plain
	}
	for i := range n {
		for j := range n {
			e.mid[i*n+j] = s[i*n+j].Mid()
		}
	}
	smallgain.Rotate(e.mid[:n*n], e.vec[:n*n], n)
	middle := e.mid[0]
	for i := range n {
		middle = min(middle, e.mid[i*n+i])
	}
	if middle-plain <= closeEnough*math.Abs(middle) {
		return plain // no bound of s is above the eigenvalue of its middle
	}
	defect := 0.0 // of V'V from the identity, in the largest row sum
	for i := range n {
		row := interval.Point(0)
		for j := range n {
			x := interval.Point(0)
			for k := range n {
				x = x.Add(interval.Point(e.vec[k*n+i]).Scale(e.vec[k*n+j]))
			}
			if i == j {
				x = x.Sub(interval.Point(1))
			}
			row = row.Add(interval.Point(x.Mag()))
		}
		defect = max(defect, row.Hi)
	}
	if !(defect < .5) {
		return plain
	}
	for i := range n {
		for j := range n {
			x := interval.Point(0)
			for k := range n {
				x = x.Add(s[i*n+k].Scale(e.vec[k*n+j]))
			}
			e.half[i*n+j] = x
		}
	}
	for i := range n {
		for j := range n {
			x := interval.Point(0)
			for k := range n {
				x = x.Add(e.half[k*n+j].Scale(e.vec[k*n+i]))
			}
			e.turned[i*n+j] = x
		}
	}
	// V'sV is symmetric, so one of two enclosures of an entry holds for both.
	turned := e.compared(e.turned[:n*n], n)
	scale := interval.Point(1).Add(interval.Of(-defect, defect))
	return max(plain, interval.Point(turned).Div(scale).Lo)
}

// norm is an upper bound of the largest singular value of all matrices in a
// [rows × cols], whose entries are apart by stride: the better of the root of
// largest row sum times largest column sum and, from A'A, of the largest
// eigenvalue, unless the first is not above enough.
func (e *eigenBounds) norm(a []interval.Interval, rows, cols, stride int, enough float64) float64 {
	if rows == 1 && cols == 1 {
		return a[0].Mag()
	}
	row, col := 0.0, 0.0
	for i := range rows {
		x := interval.Point(0)
		for j := range cols {
			x = x.Add(interval.Point(a[i*stride+j].Mag()))
		}
		row = max(row, x.Hi)
	}
	for j := range cols {
		x := interval.Point(0)
		for i := range rows {
			x = x.Add(interval.Point(a[i*stride+j].Mag()))
		}
		col = max(col, x.Hi)
	}
	bound := interval.Point(row).Scale(col).Sqrt().Hi
	if math.IsInf(bound, 1) || bound <= enough {
		return bound
	}
	square := make([]interval.Interval, cols*cols)
	for i := range cols {
		for j := range cols {
			x := interval.Point(0)
			for k := range rows {
				p, q := a[k*stride+i], a[k*stride+j]
				if i == j {
					x = x.Sub(p.Sqr())
				} else {
					x = x.Sub(p.Mul(q))
				}
			}
			square[i*cols+j] = x
		}
	}
	if largest := -e.least(square, cols); largest >= 0 {
		bound = min(bound, interval.Point(largest).Sqrt().Hi)
	}
	return bound
}
