package gate

import "math"

// ExactOrder is up to which order definiteness is decided in whole numbers.
const ExactOrder = 24

// pairOrder is up to which order elimination in pairs of float64 is tried first;
// beyond it elimination in float64 is, which is faster and decides less.
const pairOrder = 8

// Semidefinite tells whether the symmetric a is positive semidefinite. Above
// ExactOrder true is proved and false need not be so.
func (a *Matrix) Semidefinite() bool { return a.pivots(false) }

// Definite tells whether the symmetric a is positive definite, likewise.
func (a *Matrix) Definite() bool {
	if a.isDefinite == nil {
		is := a.pivots(true)
		a.isDefinite = &is
	}
	return *a.isDefinite
}

func (a *Matrix) pivots(strictly bool) bool {
	n := a.Rows
	if n == 1 {
		s := a.Sign(0, 0)
		return s > 0 || s == 0 && !strictly
	}
	for i := range n {
		if s, known := a.At(i, i).Sign(); known && (s < 0 || strictly && s == 0) {
			return false
		}
	}
	if is, known := a.decided(); known {
		return is
	}
	w := a.Whole()
	for i := range n {
		if s := w.M[i][i].Sign(); s < 0 || strictly && s == 0 {
			return false
		}
	}
	if n > ExactOrder {
		return w.rounded()
	}
	return bareiss(w.M, strictly)
}

// scaledNear are the numbers of the lower triangle of a symmetric matrix, row by row,
// in units, powers of two, that make its diagonal about 1.
type scaledNear struct {
	n      int
	hi, lo []float64
	radius []float64 // of every row the sum of bounds of errors
	trace  float64
	unit   []float64
	off    []float64 // bounds of errors, nil if all are 0
}

// triangle is the place of entry i, j ≤ i.
func triangle(i, j int) int { return i*(i+1)/2 + j }

// scaledNear is nil where a diagonal entry is not known to be positive.
func (a *Matrix) scaledNear() *scaledNear {
	n := a.Rows
	s := &scaledNear{n: n, hi: make([]float64, n*(n+1)/2), lo: make([]float64, n*(n+1)/2), off: make([]float64, n*(n+1)/2),
		radius: make([]float64, n), unit: make([]float64, n)}
	for i := range n {
		x := a.At(i, i)
		if sign, known := x.Sign(); !known || sign <= 0 {
			return nil
		}
		_, e := math.Frexp(x.Hi)
		s.unit[i] = math.Ldexp(1, -e/2) // products of two are no less than 2^-1024
	}
	k := 0
	for i := range n {
		for j := range i + 1 {
			x := a.near[i*n+j]
			f := s.unit[i] * s.unit[j]
			s.hi[k], s.lo[k] = x.Hi*f, x.Lo*f
			s.off[k] = x.Off * f * grown
			s.radius[i] += s.off[k]
			if i != j {
				s.radius[j] += s.off[k]
			}
			k++
		}
		s.trace += s.hi[k-1]
	}
	return s
}

// decided tells in floating point whether a is positive definite, or else has a
// direction in which it is negative; known is false if neither was proved.
func (a *Matrix) decided() (is, known bool) {
	s := a.scaledNear()
	if s == nil {
		return false, false
	}
	if s.n > pairOrder {
		if is, known = s.single(); known {
			return is, known
		}
	}
	return s.double()
}

// smallestPivot is the least positive pivot that elimination goes on with: nothing
// below it is lost by underflow.
const smallestPivot = 1e-60

// single eliminates in float64. With n the order and u = 2^-53, factors found of a
// matrix B with positive pivots are those of B + E exactly, |E| ≤ γ |L||D||L'|, with
// γ = (n+2)u/(1-(n+2)u) for their unsymmetric form, so that |E|₂ ≤ γ/(1-γ) tr B
// (Higham, Accuracy and Stability of Numerical Algorithms, 2002, theorems 9.3 and
// 10.3; Rump, BIT 46, 2006). B is the matrix with its diagonal lowered by that, by
// roundings of its entries and by the sums of the bounds of errors in every row
// (Gershgorin): what it says is true of every matrix within these bounds.
func (s *scaledNear) single() (is, known bool) {
	l, failed := s.eliminated()
	switch {
	case failed == s.n:
		return true, true
	case failed < 0:
		return false, false
	}
	return false, s.negative(l, failed)
}

// eliminated gives the factor l and the number of the first pivot that is not surely
// positive, n if all are; it is negative where entries are too large.
func (s *scaledNear) eliminated() (l []float64, failed int) {
	n := s.n
	const u = 0x1p-53
	both := make([]float64, 2*len(s.hi))
	l, up := both[:len(s.hi)], both[len(s.hi):]
	from := make([]int, n) // zeros at the start of a row stay
	// Leaving out low digits: half a unit in the last place of each entry, and entries
	// are below 4 where the matrix is definite.
	slack := 1.1*u*(float64(n+4)*s.trace+float64(8*n)) + 1e-280
	for i := range n {
		row := i * (i + 1) / 2
		for from[i] < i && s.hi[row+from[i]] == 0 {
			from[i]++
		}
		for j := from[i]; j < i; j++ {
			x := s.hi[row+j]
			if !(math.Abs(x) < 8) {
				return nil, -1
			}
			of := j * (j + 1) / 2
			if k := max(from[i], from[j]); k < j {
				x -= Dot(l[row+k:row+j], up[of+k:of+j])
			}
			up[row+j] = x
			l[row+j] = x / up[of+j]
		}
		// up[row+j] is u_ij as the row of the triangle above, to be read with l.
		x := s.hi[row+i] - slack - s.radius[i]*grown
		x -= Dot(l[row+from[i]:row+i], up[row+from[i]:row+i])
		if !(x > smallestPivot) {
			return l, i
		}
		up[row+i] = x
	}
	return l, n
}

// surelyDefinite tells whether the symmetric matrix of order n with the entries x, j ≤ i,
// that at gives, each off by at most the second number, was proved positive definite
// by elimination in float64, which needs none of what at is made of in pairs. False
// says nothing.
func surelyDefinite(n int, at func(i, j int) (x, off float64)) bool {
	if n <= pairOrder {
		return false
	}
	s := &scaledNear{n: n, hi: make([]float64, n*(n+1)/2), radius: make([]float64, n), unit: make([]float64, n)}
	for i := range n {
		x, off := at(i, i)
		if !(x > off) || x > math.MaxFloat64 {
			return false
		}
		_, e := math.Frexp(x)
		s.unit[i] = math.Ldexp(1, -e/2)
	}
	k := 0
	for i := range n {
		for j := range i + 1 {
			if x, off := at(i, j); x != 0 || off != 0 {
				f := s.unit[i] * s.unit[j]
				s.hi[k] = x * f
				off *= f * grown
				s.radius[i] += off
				if i != j {
					s.radius[j] += off
				}
			}
			k++
		}
		s.trace += s.hi[k-1]
	}
	for _, x := range s.radius {
		if !(x <= 1) {
			return false
		}
	}
	_, failed := s.eliminated()
	return failed == n
}

// rounded is t times the number, rounded, and how far that may be off.
func (a Ball) rounded(t float64) (x, off float64) {
	if a == (Ball{}) {
		return 0, 0
	}
	x = a.Hi * t
	return x, math.Abs(x)*0x1p-51 + math.Abs(t)*a.Off*grown + faintest
}

// PencilSemidefinite tells whether Pencil(l, p, b, k, q) is, as Semidefinite does.
func PencilSemidefinite(l float64, p, b *Matrix, k float64, q *Matrix) bool {
	n := p.Rows
	if surelyDefinite(n+q.Rows, func(i, j int) (x, off float64) {
		switch {
		case i < n:
			return p.near[i*n+j].rounded(l)
		case j < n:
			return b.near[j*b.columns+i-n].rounded(1)
		}
		return q.near[(i-n)*q.columns+j-n].rounded(k)
	}) {
		return true
	}
	return Pencil(l, p, b, k, q).Semidefinite()
}

// semidefiniteAbove tells whether the symmetric a - t·b is positive semidefinite.
func (a *Matrix) semidefiniteAbove(t float64, b *Matrix) bool {
	n := a.Rows
	if surelyDefinite(n, func(i, j int) (x, off float64) {
		x, off = a.near[i*n+j].rounded(1)
		y, more := b.near[i*n+j].rounded(t)
		d := x - y
		return d, (off + more + math.Abs(d)*0x1p-52) * grown
	}) {
		return true
	}
	return a.Minus(t, b).Semidefinite()
}

// Dot is a sum of products in any order.
func Dot(x, y []float64) float64 {
	var a, b, c, d float64
	y = y[:len(x)]
	k := 0
	for ; k+4 <= len(x); k += 4 {
		a += float64(x[k] * y[k])
		b += float64(x[k+1] * y[k+1])
		c += float64(x[k+2] * y[k+2])
		d += float64(x[k+3] * y[k+3])
	}
	for ; k < len(x); k++ {
		a += float64(x[k] * y[k])
	}
	return (a + b) + (c + d)
}

// double is single in pairs of float64, with pairUnit for u.
func (s *scaledNear) double() (is, known bool) {
	n := s.n
	l, low := make([]float64, len(s.hi)), make([]float64, len(s.hi))
	up, ulow := make([]float64, len(s.hi)), make([]float64, len(s.hi))
	slack := 1.1*pairUnit*(float64(n+4)*s.trace+8) + 1e-280
	for i := range n {
		row := i * (i + 1) / 2
		for j := range i + 1 {
			x, y := s.hi[row+j], s.lo[row+j]
			of := j * (j + 1) / 2
			if i == j {
				x, y = pairPlus(x, y, -slack-s.radius[i]*grown, 0)
				of = row
			} else if !(math.Abs(x) < 8) {
				return false, false
			}
			for k := range j {
				p, q := pairTimes(l[row+k], low[row+k], up[of+k], ulow[of+k])
				x, y = pairPlus(x, y, -p, -q)
			}
			up[row+j], ulow[row+j] = x, y
			if i != j {
				l[row+j], low[row+j] = pairOver(x, y, up[of+j], ulow[of+j])
			} else if !(x > smallestPivot) {
				return false, s.negative(l, i)
			}
		}
	}
	return true, true
}

// negative tells whether v'Av < 0 is sure for the v that elimination found, L'v the
// unit vector k: A is then not semidefinite.
func (s *scaledNear) negative(l []float64, k int) bool {
	v := make([]float64, k+1)
	v[k] = 1
	for j := k - 1; j >= 0; j-- {
		for m := j + 1; m <= k; m++ {
			v[j] -= float64(l[triangle(m, j)] * v[m])
		}
		if !(math.Abs(v[j]) < 1e30) {
			return false
		}
	}
	hi, lo, size, off := 0.0, 0.0, 0.0, 0.0
	for i := range k + 1 {
		rh, rl, rs := 0.0, 0.0, 0.0
		for j := range k + 1 {
			at := triangle(max(i, j), min(i, j))
			p, q := pairTimes(s.hi[at], s.lo[at], v[j], 0)
			rh, rl = pairPlus(rh, rl, p, q)
			rs += math.Abs(p)
			off += math.Abs(float64(v[i]*v[j])) * s.off[at]
		}
		p, q := pairTimes(rh, rl, v[i], 0)
		hi, lo = pairPlus(hi, lo, p, q)
		size += rs * math.Abs(v[i])
	}
	// Every term passes two products and up to 2n sums.
	off = (off + pairUnit*float64(2*k+8)*size) * grown
	// Underflow is below 1e-320 before it is multiplied by entries of v.
	return hi+lo+off+1e-250 < 0
}
