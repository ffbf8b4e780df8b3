package smallgain

import (
	"math"

	"arbiter/internal/interval"
)

// eigenBounds has the room to bound eigenvalues of symmetric interval matrices up
// to a size. Every bound it gives is proved: computed vectors are guesses, what is
// claimed of them is evaluated in outward-rounded arithmetic (section 8).
type eigenBounds struct {
	y, z     []float64
	mid, vec []float64           // n × n
	half     []interval.Interval // n × n
	turned   []interval.Interval // n × n
}

func newEigenBounds(n int) *eigenBounds {
	return &eigenBounds{
		make([]float64, n), make([]float64, n), make([]float64, n*n), make([]float64, n*n),
		make([]interval.Interval, n*n), make([]interval.Interval, n*n),
	}
}

// compared is a lower bound of the smallest eigenvalue of all symmetric matrices
// in s [n × n]: that of the comparison matrix, lower ends on the diagonal and the
// largest absolute values, negative, beside it. For any y > 0 it is at least the
// smallest (My)ᵢ/yᵢ (Collatz, Wielandt).
func (e *eigenBounds) compared(s []interval.Interval, n int) float64 {
	high, size := math.Inf(-1), 0.0
	for i := range n {
		sum := 0.0
		for j := range n {
			if j != i {
				sum += s[i*n+j].Mag()
			}
		}
		high, size = max(high, s[i*n+i].Lo), max(size, sum)
	}
	if math.IsInf(size, 0) || math.IsInf(high, 0) || math.IsNaN(size) {
		return math.Inf(-1)
	}
	// Powers of the nonnegative shift·I - M lead to the vector; half the row sum
	// more keeps an eigenvalue of opposite sign from slowing them.
	y, z := e.y[:n], e.z[:n]
	for i := range y {
		y[i] = 1
	}
	shift := high + size/2
	last, still := math.Inf(1), 0
	for range 400 {
		low, top, most := math.Inf(1), 0.0, 0.0
		for i := range n {
			x := (shift - s[i*n+i].Lo) * y[i]
			for j := range n {
				if j != i {
					x += s[i*n+j].Mag() * y[j]
				}
			}
			z[i] = x
			low, top, most = min(low, x/y[i]), max(top, x/y[i]), max(most, x)
		}
		if most == 0 {
			break
		}
		for i := range n {
			y[i] = max(z[i]/most, 1e-12)
		}
		// The bound is shift - top, which never gets worse.
		if still++; top < last-1e-12*shift {
			last, still = top, 0
		}
		if top-low <= 1e-13*top || still > n {
			break
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
	jacobiVectors(e.mid[:n*n], e.vec[:n*n], n)
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
// eigenvalue.
func (e *eigenBounds) norm(a []interval.Interval, rows, cols, stride int) float64 {
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
	if math.IsInf(bound, 1) {
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

// jacobiVectors writes to v [n × n] the eigenvectors, as columns, of the symmetric
// a, which is overwritten, by cyclic rotations.
func jacobiVectors(a, v []float64, n int) {
	clear(v)
	for i := range n {
		v[i*n+i] = 1
	}
	for range 30 {
		off, all := 0.0, 0.0
		for i := range n {
			for j := range n {
				all += a[i*n+j] * a[i*n+j]
				if i != j {
					off += a[i*n+j] * a[i*n+j]
				}
			}
		}
		if !(off > 1e-32*all) {
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
				s := t * c
				for k := range n {
					x, y := a[k*n+p], a[k*n+q]
					a[k*n+p], a[k*n+q] = float64(c*x)-float64(s*y), float64(s*x)+float64(c*y)
				}
				for k := range n {
					x, y := a[p*n+k], a[q*n+k]
					a[p*n+k], a[q*n+k] = float64(c*x)-float64(s*y), float64(s*x)+float64(c*y)
				}
				for k := range n {
					x, y := v[k*n+p], v[k*n+q]
					v[k*n+p], v[k*n+q] = float64(c*x)-float64(s*y), float64(s*x)+float64(c*y)
				}
			}
		}
	}
}
