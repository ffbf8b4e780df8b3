package entropic

import (
	"cmp"
	"math"
	"slices"

	"arbiter/certify"
	"arbiter/internal/interval"
)

// sumDown and its like say which side a rounded result may err on: the error of a
// sum or a product of two numbers is itself a number, so the neighbour is taken
// only where it must be (Dekker 1971).
func sumDown(x, y float64) float64 { return -sumUp(-x, -y) }

func sumUp(x, y float64) float64 {
	s := x + y
	t := s - x
	if e := (x - (s - t)) + (y - t); !(e <= 0) {
		return interval.Up(s)
	}
	return s
}

func productDown(x, y float64) float64 { return -productUp(-x, y) }

func productUp(x, y float64) float64 {
	if x == 0 || y == 0 {
		return 0
	}
	p := x * y
	// Below, the error of a product is no longer a number.
	if math.Abs(p) < 0x1p-900 || !(math.FMA(x, y, -p) <= 0) {
		return interval.Up(p)
	}
	return p
}

// entry is a coefficient of a sparse row.
type entry struct {
	at    int
	value float64
}

// sparse is a square matrix with any diagonal and entries ≥ 0 off it, whose
// pattern is symmetric.
type sparse struct {
	diagonal []float64
	rows     [][]entry
}

// dense is the size of components whose Perron vectors are found by repeated
// squaring, which does not mind close eigenvalues.
const dense = 100

// perron returns the eigenvalue of largest real part of each component of the
// matrix (Perron and Frobenius), the component of each index, and a positive
// right eigenvector of each component, of largest entry 1. Nothing here is
// rounded outward: see worst.
func (a sparse) perron() (roots []float64, component []int, y []float64) {
	n := len(a.diagonal)
	component, y = make([]int, n), make([]float64, n)
	for i := range component {
		component[i] = -1
	}
	for i := range n {
		if component[i] >= 0 {
			continue
		}
		members := []int{i}
		component[i] = len(roots)
		for k := 0; k < len(members); k++ {
			for _, e := range a.rows[members[k]] {
				if component[e.at] < 0 {
					component[e.at] = len(roots)
					members = append(members, e.at)
				}
			}
		}
		roots = append(roots, a.root(members, y))
	}
	return roots, component, y
}

// root is the Perron root of one component; its vector is written to y.
func (a sparse) root(members []int, y []float64) float64 {
	if len(members) == 1 {
		y[members[0]] = 1
		return a.diagonal[members[0]]
	}
	shift, size := 0.0, 0.0
	for k, i := range members {
		sum := 0.0
		for _, e := range a.rows[i] {
			sum += e.value
		}
		if size = max(size, sum); k == 0 || -a.diagonal[i] > shift {
			shift = -a.diagonal[i]
		}
		y[i] = 1
	}
	shift += size
	if len(members) <= solved {
		if a.invert(members, y) {
			if root, done := a.power(members, shift, y, 20); done {
				return root
			}
		}
		for _, i := range members {
			y[i] = 1
		}
	}
	root, done := a.power(members, shift, y, 1000)
	if !done {
		if len(members) <= dense {
			a.square(members, shift, y)
		}
		root, _ = a.power(members, shift, y, 20000)
	}
	return root
}

// solved is the size of components whose Perron vectors are found by solving.
const solved = 16

// invert comes near the Perron vector, from y, by inverse iteration with the upper
// bound of the root that the vector shows (Noda 1971), which gains digits
// quadratically; it tells whether it did. The matrix that is solved, that bound minus
// the one of the component in units of y, has row sums ≥ 0 and no entry above 0 off its
// diagonal: the diagonal follows from both, so nothing is subtracted that rounding
// would show in (Grassmann, Taksar and Heyman 1985).
func (a sparse) invert(members []int, y []float64) bool {
	n := len(members)
	at := make([]int, len(a.diagonal))
	for k, i := range members {
		at[i] = k
	}
	room := make([]float64, n*n+3*n)
	b, sums, slack, z := room[:n*n], room[n*n:n*n+n], room[n*n+n:n*n+2*n], room[n*n+2*n:]
	last := math.Inf(1)
	for range 40 {
		clear(b)
		high, low, size := math.Inf(-1), math.Inf(1), 0.0
		for k, i := range members {
			sum := 0.0
			for _, e := range a.rows[i] {
				x := e.value * y[e.at] / y[i]
				b[k*n+at[e.at]] += x
				sum += x
			}
			size = max(size, sum, math.Abs(a.diagonal[i]))
			sums[k] = a.diagonal[i] + sum
			high, low = max(high, sums[k]), min(low, sums[k])
		}
		if !(high-low <= math.MaxFloat64) || !(size <= math.MaxFloat64) {
			return false
		}
		// Rounding keeps it from coming nearer, or nearly.
		if high-low <= 0x1p-51*size || high-low <= 0x1p-48*size && high-low >= last/2 {
			return true
		}
		last = high - low
		for k, s := range sums {
			slack[k], z[k] = high-s, 1
		}
		if !eliminate(b, slack, z) {
			return false
		}
		top := 0.0
		for _, x := range z {
			top = max(top, x)
		}
		if !(top > 0) || top > math.MaxFloat64 {
			return false
		}
		most := 0.0
		for k, i := range members {
			y[i] *= z[k] / top
			most = max(most, y[i])
		}
		for _, i := range members {
			if y[i] /= most; !(y[i] > 0x1p-450) {
				return false
			}
		}
	}
	return false
}

// eliminate solves for z, in place, with the matrix of entries -b off its diagonal and
// the row sums slack; it tells whether that is regular.
func eliminate(b, slack, z []float64) bool {
	n := len(slack)
	for k := range n {
		right := b[k*n+k+1 : k*n+n]
		pivot := slack[k]
		for _, x := range right {
			pivot += x
		}
		if !(pivot > 0) {
			return false
		}
		b[k*n+k] = pivot
		for i := k + 1; i < n; i++ {
			below := b[i*n+k : i*n+n]
			if below[0] == 0 {
				continue
			}
			f := below[0] / pivot
			slack[i] += f * slack[k]
			z[i] += f * z[k]
			below = below[1:]
			for j, x := range right {
				below[j] += f * x
			}
			below[i-k-1] = 0
		}
	}
	for k := n - 1; k >= 0; k-- {
		row := b[k*n : k*n+n]
		for j := k + 1; j < n; j++ {
			z[k] += row[j] * z[j]
		}
		z[k] /= row[k]
	}
	return true
}

// power iterates until the bounds of the root agree; where they do not, as in
// components that are not strongly connected, it returns the upper one.
func (a sparse) power(members []int, shift float64, y []float64, rounds int) (root float64, done bool) {
	next := make([]float64, len(members))
	for range rounds {
		top, low, high := 0.0, math.Inf(1), 0.0
		for k, i := range members {
			s := (a.diagonal[i] + shift) * y[i]
			for _, e := range a.rows[i] {
				s += e.value * y[e.at]
			}
			next[k] = s
			top, low, high = max(top, s), min(low, s/y[i]), max(high, s/y[i])
		}
		for k, i := range members {
			// A number too small for its square would make ratios of nothing.
			y[i] = max(next[k]/top, 0x1p-450)
		}
		if high-low <= 4e-15*high {
			return low/2 + high/2 - shift, true
		}
		root = high - shift
	}
	return root, false
}

// square writes the row sums of a high power of the shifted matrix to y.
func (a sparse) square(members []int, shift float64, y []float64) {
	n := len(members)
	at := map[int]int{}
	for k, i := range members {
		at[i] = k
	}
	p, q := make([]float64, n*n), make([]float64, n*n)
	for k, i := range members {
		p[k*n+k] = a.diagonal[i] + shift
		for _, e := range a.rows[i] {
			p[k*n+at[e.at]] += e.value
		}
	}
	for range 40 {
		clear(q)
		top := 0.0
		for i := range n {
			row := q[i*n : i*n+n]
			for k, x := range p[i*n : i*n+n] {
				if x == 0 {
					continue
				}
				for j, v := range p[k*n : k*n+n] {
					row[j] += x * v
				}
			}
			for _, x := range row {
				top = max(top, x)
			}
		}
		change := 0.0
		for i, x := range q {
			q[i] = x / top
			change = max(change, math.Abs(q[i]-p[i]))
		}
		p, q = q, p
		if change <= 1e-16 {
			break
		}
	}
	top := 0.0
	for k, i := range members {
		y[i] = 0
		for _, x := range p[k*n : k*n+n] {
			y[i] += x
		}
		top = max(top, y[i])
	}
	for _, i := range members {
		y[i] = max(y[i]/top, 0x1p-450)
	}
}

// row is Σ_j a_ij y_j of the entries of a row, rounded up.
func (a sparse) row(entries []entry, y []float64) float64 {
	sum := 0.0
	for _, e := range entries {
		sum = sumUp(sum, productUp(e.value, y[e.at]))
	}
	return sum
}

// worst is at least the eigenvalue of largest real part: the largest of
// (A y)_i / y_i for a positive vector y, rounded up (Collatz 1942).
func (a sparse) worst(y []float64) float64 {
	most := math.Inf(-1)
	for i, d := range a.diagonal {
		sum := a.row(a.rows[i], y)
		if sum > 0 {
			sum = interval.Up(sum / y[i])
		}
		most = max(most, sumUp(d, sum))
	}
	return most
}

// listed are the entries of a, sorted.
func (a sparse) listed() certify.Matrix {
	var entries []certify.Coupled
	for i, row := range a.rows {
		for _, e := range row {
			if e.value != 0 {
				entries = append(entries, certify.Coupled{I: i, J: e.at, Value: e.value})
			}
		}
	}
	slices.SortFunc(entries, func(x, y certify.Coupled) int { return cmp.Or(x.I-y.I, x.J-y.J) })
	return certify.MatrixOf(len(a.rows), entries)
}
