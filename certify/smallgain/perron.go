package smallgain

import (
	"math"
	"slices"

	"arbiter/internal/interval"
)

// Perron gives the smallest real eigenvalue of an irreducible Z-matrix b (no
// positive entry off the diagonal) and its positive right eigenvector, sum 1.
// That is minus the Perron root of -b.
//
// Noda's iteration (Numer. Math. 17, 1971): solve (b - λ) y = x with λ the lower
// Collatz-Wielandt bound at x. It climbs to the root from below, in the end
// quadratically, whatever the gap between the eigenvalues. b - λ is an M-matrix
// all the way, so that elimination without pivoting adds only numbers of one sign
// off the diagonal and keeps y positive and accurate in every entry. On a
// reducible b the result is a lower bound and the vector that shows it.
func Perron(b [][]float64) (root float64, x []float64) {
	n := len(b)
	if n == 1 {
		return b[0][0], []float64{1}
	}
	x = balanced(b)
	scale := 0.0
	for i := range b {
		scale = max(scale, math.Abs(b[i][i]))
	}
	root, upper := Collatz(b, x)
	for range 200 {
		if upper-root <= 4e-16*max(scale, math.Abs(root)) {
			break
		}
		y := solveM(b, root, x)
		if y == nil {
			break
		}
		lower, above := Collatz(b, y)
		if !(lower > root) && !(above-lower < upper-root) {
			break
		}
		root, upper, x = max(root, lower), above, y
	}
	return root, x
}

// balanced is a start for perron: D with the rows and the columns of D⁻¹bD about
// equally large, which spares the iteration units far apart.
func balanced(b [][]float64) []float64 {
	d := make([]float64, len(b))
	for i := range d {
		d[i] = 1
	}
	for range 20 {
		for i := range b {
			row, column := 0.0, 0.0
			for j := range b {
				if j != i {
					row -= b[i][j] * d[j] / d[i]
					column -= b[j][i] / d[j] * d[i]
				}
			}
			if f := math.Sqrt(row) / math.Sqrt(column); f > 1e-100 && f < 1e100 {
				d[i] *= f
			}
		}
	}
	sum := 0.0
	for _, v := range d {
		sum += v
	}
	for i := range d {
		d[i] /= sum
		if !(d[i] > 0) || math.IsInf(d[i], 0) {
			for k := range d {
				d[k] = 1 / float64(len(d))
			}
			break
		}
	}
	return d
}

// Collatz gives the least and the largest (b x)_i / x_i, between which the root
// lies if b is an irreducible Z-matrix and x positive.
func Collatz(b [][]float64, x []float64) (lower, upper float64) {
	lower, upper = math.Inf(1), math.Inf(-1)
	for i, row := range b {
		s := 0.0
		for j, v := range row {
			if j != i {
				s += float64(v * x[j])
			}
		}
		q := row[i] + s/x[i]
		lower, upper = min(lower, q), max(upper, q)
	}
	return lower, upper
}

// solveM solves (b - shift) y = x for a Z-matrix b whose smallest real eigenvalue
// is not below shift, and x ≥ 0; y sums to 1. A pivot lost to rounding is lifted,
// as in inverse iteration. It gives nil if y is not positive and finite.
func solveM(b [][]float64, shift float64, x []float64) []float64 {
	n := len(b)
	m := make([][]float64, n)
	y := slices.Clone(x)
	for i := range b {
		m[i] = slices.Clone(b[i])
		m[i][i] -= shift
	}
	for k := range n {
		least := 1e-17 * max(math.Abs(b[k][k]), math.Abs(shift), math.SmallestNonzeroFloat64*1e20)
		m[k][k] = max(m[k][k], least)
		for i := k + 1; i < n; i++ {
			if m[i][k] == 0 {
				continue
			}
			f := m[i][k] / m[k][k]
			for j := k + 1; j < n; j++ {
				m[i][j] -= float64(f * m[k][j])
			}
			y[i] -= float64(f * y[k])
		}
	}
	sum := 0.0
	for i := n - 1; i >= 0; i-- {
		for j := i + 1; j < n; j++ {
			y[i] -= float64(m[i][j] * y[j])
		}
		y[i] /= m[i][i]
		sum += y[i]
	}
	for i := range y {
		y[i] /= sum
		if !(y[i] > 0) || math.IsInf(y[i], 0) {
			return nil
		}
	}
	return y
}

// Classes gives for every index its strong class in the graph of the nonzero
// entries of l off the diagonal, and its weak class; classes are numbered by
// their first member.
func Classes(l [][]float64) (strong, weak []int) {
	n := len(l)
	forward := func(i, j int) bool { return l[i][j] != 0 }
	backward := func(i, j int) bool { return l[j][i] != 0 }
	strong, weak = make([]int, n), make([]int, n)
	for i := range n {
		strong[i], weak[i] = -1, -1
	}
	for i := range n {
		if weak[i] < 0 {
			for j, is := range reached(i, n, func(i, j int) bool { return forward(i, j) || backward(i, j) }) {
				if is {
					weak[j] = i
				}
			}
		}
		if strong[i] < 0 {
			from := reached(i, n, backward)
			for j, is := range reached(i, n, forward) {
				if is && from[j] {
					strong[j] = i
				}
			}
		}
	}
	return strong, weak
}

// reached tells which of n nodes paths from the given one lead to.
func reached(from, n int, edge func(i, j int) bool) []bool {
	seen := make([]bool, n)
	seen[from] = true
	todo := []int{from}
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for j := range n {
			if !seen[j] && edge(i, j) {
				seen[j] = true
				todo = append(todo, j)
			}
		}
	}
	return seen
}

// Members lists the indices of a class, ascending.
func Members(class []int, of int) (at []int) {
	for i, c := range class {
		if c == of {
			at = append(at, i)
		}
	}
	return at
}

// Principal is the part of m on the indices at.
func Principal(m [][]float64, at []int) [][]float64 {
	out := make([][]float64, len(at))
	for i, a := range at {
		out[i] = make([]float64, len(at))
		for j, b := range at {
			out[i][j] = m[a][b]
		}
	}
	return out
}

func transposed(m [][]float64) [][]float64 {
	out := make([][]float64, len(m))
	for i := range m {
		out[i] = make([]float64, len(m))
		for j := range m {
			out[i][j] = m[j][i]
		}
	}
	return out
}

// CurvatureMinusCoupling is B = diag(mu) - L, a Z-matrix.
func CurvatureMinusCoupling(mu []float64, l [][]float64) [][]float64 {
	b := make([][]float64, len(mu))
	for i := range b {
		b[i] = make([]float64, len(mu))
		for j := range b {
			b[i][j] = -l[i][j]
		}
		b[i][i] = mu[i]
	}
	return b
}

// Supremum is the best margin any weights come near to, -s(L - diag mu): the
// least over the strong classes.
func Supremum(mu []float64, l [][]float64) float64 {
	strong, _ := Classes(l)
	return supremumOf(strong, mu, l)
}

// supremumOf is supremum with the strong classes of l.
func supremumOf(strong []int, mu []float64, l [][]float64) float64 {
	b := CurvatureMinusCoupling(mu, l)
	least := math.Inf(1)
	for i, c := range strong {
		if c == i {
			root, _ := Perron(Principal(b, Members(strong, c)))
			least = min(least, root)
		}
	}
	return least
}

// Gain is the spectral radius of diag(mu)⁻¹L, +Inf unless every mu is positive.
func Gain(mu []float64, l [][]float64) float64 {
	a := make([][]float64, len(mu))
	for i := range a {
		if !(mu[i] > 0) {
			return math.Inf(1)
		}
		a[i] = make([]float64, len(mu))
		for j := range a {
			if j != i {
				a[i][j] = l[i][j] / mu[i]
			}
		}
	}
	return max(0, -Supremum(make([]float64, len(mu)), a))
}

// lowerMargin is a number surely not above alpha(w), for curvatures surely not
// below mu and couplings not above l: Collatz-Wielandt in outward rounded
// arithmetic, min_i (C(w) y)_i / (2 w_i y_i), true for any positive y and sharp
// at an eigenvector. Weights, curvatures and couplings are taken as the exact
// numbers they are. It is -Inf if no vector was found.
func lowerMargin(w, mu []float64, l [][]float64) float64 {
	_, z := Perron(normalised(w, mu, l))
	y := make([]float64, len(w))
	for i := range y {
		y[i] = z[i] / math.Sqrt(w[i])
		if !(y[i] > 0) || math.IsInf(y[i], 0) {
			return math.Inf(-1)
		}
	}
	least := math.Inf(1)
	for i := range w {
		wi, yi := interval.Point(w[i]), interval.Point(y[i])
		sum := interval.Point(0)
		for j := range w {
			if j == i || l[i][j] == 0 && l[j][i] == 0 {
				continue
			}
			c := wi.Scale(l[i][j]).Add(interval.Point(w[j]).Scale(l[j][i]))
			sum = sum.Add(c.Scale(y[j]))
		}
		bound := interval.Point(mu[i]).Sub(sum.Div(wi.Mul(yi).Scale(2)))
		least = min(least, bound.Lo)
	}
	return least
}

// LowerMaxMargin is a number surely not above min_i (B xi)_i / xi_i, the margin
// in the max norm with weights xi > 0 and a lower bound of the best margin; same
// terms as lowerMargin.
func LowerMaxMargin(xi, mu []float64, l [][]float64) float64 {
	least := math.Inf(1)
	for i := range xi {
		if !(xi[i] > 0) || math.IsInf(xi[i], 0) {
			return math.Inf(-1)
		}
		sum := interval.Point(0)
		for j := range xi {
			if j != i && l[i][j] != 0 {
				sum = sum.Add(interval.Point(l[i][j]).Scale(xi[j]))
			}
		}
		bound := interval.Point(mu[i]).Sub(sum.Div(interval.Point(xi[i])))
		least = min(least, bound.Lo)
	}
	return least
}

// PerronVector is a positive vector near the right eigenvector of the largest
// eigenvalue of a matrix [n × n] that is not negative beside its diagonal; 1 where
// there is nothing beside it.
func PerronVector(a []float64, n int) []float64 {
	shift, most := 0.0, 0.0
	for i := range n {
		sum := 0.0
		for j := range n {
			if i != j {
				sum += a[i*n+j]
				most = max(most, a[i*n+j])
			}
		}
		shift = max(shift, sum/2-a[i*n+i])
	}
	x, y := make([]float64, n), make([]float64, n)
	for i := range x {
		x[i] = 1
	}
	if most == 0 {
		return x
	}
	small := 1e-9 * most // makes every block reach every other
	for range 5000 {
		low, high, top := math.Inf(1), 0.0, 0.0
		for i := range n {
			y[i] = shift * x[i]
			for j := range n {
				y[i] += (a[i*n+j] + small) * x[j]
			}
			low, high, top = min(low, y[i]/x[i]), max(high, y[i]/x[i]), max(top, y[i])
		}
		if !(top > 0) || !Finite(top) {
			break
		}
		for i := range n {
			x[i] = max(y[i]/top, 1e-100)
		}
		if high-low <= 1e-14*high {
			break
		}
	}
	for i := n - 1; i >= 0; i-- {
		x[i] /= x[0]
	}
	return x
}
