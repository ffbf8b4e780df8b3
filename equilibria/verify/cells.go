package verify

import (
	"context"
	"math"
)

// field is G on n coordinates and its Jacobian, over boxes of them. A result false
// says that nothing is known of that box.
type field interface {
	value(dst []bracket, lower, upper []float64) bool
	// jacobian fills dst [n × n], row-major.
	jacobian(dst []bracket, lower, upper []float64) bool
}

// mostCells bounds the cells that one claim is proved by.
const mostCells = 30_000

// cells prove claims about the Jacobian of a field on a box.
type cells struct {
	ctx          context.Context
	field        field
	n            int
	lower, upper []float64
	first        []int // coordinates of blocks, and n
	used         int   // cells of all claims
	refuted      []float64
	k            []bracket
}

// prove tells whether test holds of the Jacobians of every cell of some cover of
// the box: cells where it fails are cut in two. It ends early at a point where the
// test fails, refuted, and after mostCells.
func (c *cells) prove(test func(k []bracket) bool) bool {
	type cell struct{ lower, upper []float64 }
	stack := []cell{{c.lower, c.upper}}
	c.refuted = nil
	for count := 0; len(stack) > 0; count++ {
		if count == mostCells || count%64 == 0 && c.ctx.Err() != nil {
			return false
		}
		c.used++
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if c.field.jacobian(c.k, at.lower, at.upper) && test(c.k) {
			continue
		}
		mid := make([]float64, c.n)
		axis, widest := -1, 0.0
		for i := range mid {
			mid[i] = at.lower[i]/2 + at.upper[i]/2
			if w := (at.upper[i] - at.lower[i]) / (c.upper[i] - c.lower[i]); w > widest && at.lower[i] < mid[i] && mid[i] < at.upper[i] {
				axis, widest = i, w
			}
		}
		if axis < 0 {
			return false
		}
		if count%8 == 0 && c.field.jacobian(c.k, mid, mid) && !test(c.k) {
			c.refuted = mid
			return false
		}
		low, high := append([]float64(nil), at.upper...), append([]float64(nil), at.lower...)
		low[axis], high[axis] = mid[axis], mid[axis]
		stack = append(stack, cell{at.lower, low}, cell{high, at.upper})
	}
	return true
}

// mostSigns is up to which order interval matrices are decided by their extreme
// sign patterns.
const mostSigns = 8

// monotone tells whether all symmetric matrices within a are at least t times the
// identity. The worst of them has entries m_ij - z_i z_j r_ij, z of ±1 (Hertz,
// IEEE Trans. Autom. Control 37, 1992); of large ones the norm of r is taken.
func monotone(a [][]bracket, t float64) bool {
	n := len(a)
	middle, radius := make([][]float64, n), make([][]float64, n)
	most := 0.0
	for i := range n {
		middle[i], radius[i] = make([]float64, n), make([]float64, n)
		for j := range n {
			x := a[i][j]
			if i == j {
				x = x.sub(point(t))
				x.hi = x.lo
			}
			if !x.bounded() {
				return false
			}
			middle[i][j] = x.middle()
			radius[i][j] = x.around(middle[i][j])
			most = max(most, x.mag())
		}
		if middle[i][i] < 0 {
			return false
		}
	}
	if most == 0 {
		return true
	}
	// Powers of two bring the entries near 1.
	_, e := math.Frexp(most)
	for i := range n {
		for j := range n {
			middle[i][j], radius[i][j] = math.Ldexp(middle[i][j], -e), up(math.Ldexp(radius[i][j], -e))
		}
	}
	if positive(middle, rowSum(radius)) {
		return true
	}
	if n > mostSigns {
		return false
	}
	worst := make([][]float64, n)
	for i := range worst {
		worst[i] = make([]float64, n)
	}
	for z := range 1 << (n - 1) {
		for i := range n {
			for j := range n {
				r := radius[i][j]
				if (z>>i^z>>j)&1 == 1 {
					r = -r
				}
				worst[i][j] = middle[i][j] - r
			}
		}
		if !positive(worst, 2*ulp*rowSum(worst)) {
			return false
		}
	}
	return true
}

// shorter tells whether all matrices within a have a 2-norm of at most t: whether
// [[t, a], [a', t]] is semidefinite.
func shorter(a [][]bracket, t float64) bool {
	rows, columns := len(a), len(a[0])
	if rows == 1 && columns == 1 {
		return a[0][0].mag() <= t
	}
	whole := make([][]bracket, rows+columns)
	for i := range whole {
		whole[i] = make([]bracket, rows+columns)
		whole[i][i] = point(t)
	}
	for i := range rows {
		for j := range columns {
			whole[i][rows+j], whole[rows+j][i] = a[i][j], a[i][j]
		}
	}
	return monotone(whole, 0)
}

// part are rows from..to and columns of the Jacobian, scaled by scale(i, j).
func (c *cells) part(k []bracket, rows, columns [2]int, scale func(i, j int) bracket) [][]bracket {
	out := make([][]bracket, rows[1]-rows[0])
	for i := range out {
		out[i] = make([]bracket, columns[1]-columns[0])
		for j := range out[i] {
			x := k[(rows[0]+i)*c.n+columns[0]+j]
			if scale != nil {
				x = x.mul(scale(rows[0]+i, columns[0]+j))
			}
			out[i][j] = x
		}
	}
	return out
}

func symmetrised(a [][]bracket) [][]bracket {
	out := make([][]bracket, len(a))
	for i := range a {
		out[i] = make([]bracket, len(a))
		for j := range a {
			out[i][j] = a[i][j]
			if i != j {
				out[i][j] = a[i][j].add(a[j][i]).mul(point(.5))
			}
		}
	}
	return out
}

// roots are sqrt(w_i/w_j) by coordinate.
func (c *cells) roots(w []float64) func(i, j int) bracket {
	of := make([]float64, c.n)
	for b := range w {
		for i := c.first[b]; i < c.first[b+1]; i++ {
			of[i] = w[b]
		}
	}
	table := make([]bracket, c.n*c.n)
	for i, x := range of {
		for j, y := range of {
			table[i*c.n+j] = point(1)
			if x != y {
				table[i*c.n+j] = point(x).div(point(y)).sqrt()
			}
		}
	}
	return func(i, j int) bracket { return table[i*c.n+j] }
}

// best is the largest of a few parts of a margin that are proved, NaN if none is.
func (c *cells) best(claimed float64, prove func(x float64) bool) float64 {
	for _, part := range []float64{1 - relative, .99, .9, .5, .1, .001} {
		if c.ctx.Err() != nil {
			break
		}
		if x := claimed * part; x > 0 && prove(x) {
			return min(claimed, x*(1+2*relative))
		}
	}
	return math.NaN()
}
