package search

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"
)

// field is G on n coordinates and its Jacobian, over boxes of them. A result false
// says that nothing is known of that box.
type field interface {
	value(dst []bracket, lower, upper []float64) bool
	// jacobian fills dst [n × n], row-major.
	jacobian(dst []bracket, lower, upper []float64) bool
}

// mostCells bounds the cells that one claim is proved by, mostTogether those of
// claims that are proved together.
const mostCells, mostTogether = 10_000, 40_000

// cells prove claims about the Jacobian of a field on a box.
type cells struct {
	ctx          context.Context
	field        field
	n            int
	lower, upper []float64
	first        []int // coordinates of blocks, and n
	k            []bracket
}

// test asks something of the entries of the Jacobian in rows and columns from..to.
type test struct {
	rows, columns [2]int
	holds         func(k []bracket) bool
	most          int // cells after which it is given up
}

// proof is what became of a test of the Jacobians on a box.
type proof struct {
	holds  bool
	at     []float64 // a point where the test fails, nil if none was seen
	within int       // cells looked at
}

// prove tells of every test whether it holds of the Jacobians of all cells of a
// cover of the box: cells are cut in two as long as a test fails, along the side
// that counts most for the first of them. A test is given up at a point where it fails, and after
// mostCells.
func (c *cells) prove(tests ...test) []proof {
	type cell struct {
		lower, upper []float64
		open         []int // tests that are not proved there
	}
	out := make([]proof, len(tests))
	start := cell{lower: c.lower, upper: c.upper}
	for i := range tests {
		start.open = append(start.open, i)
		out[i].holds = true
	}
	stack, wide := []cell{start}, c.widths()
	counts := make([][]float64, len(tests))
	for i, t := range tests {
		counts[i] = wide.of(t)
	}
	for count := 0; len(stack) > 0; count++ {
		if count == mostTogether || count%64 == 0 && c.ctx.Err() != nil {
			for _, at := range stack {
				for _, i := range at.open {
					out[i].holds = false
				}
			}
			return out
		}
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		defined := c.field.jacobian(c.k, at.lower, at.upper)
		var open []int
		for _, i := range at.open {
			if !out[i].holds {
				continue
			}
			if out[i].within++; !defined || !tests[i].holds(c.k) {
				if out[i].within >= tests[i].most {
					out[i].holds = false
					continue
				}
				open = append(open, i)
			}
		}
		if len(open) == 0 {
			continue
		}
		mid := make([]float64, c.n)
		axis, widest := -1, 0.0
		for i := range mid {
			mid[i] = at.lower[i]/2 + at.upper[i]/2
			if w := counts[open[0]][i] * (at.upper[i] - at.lower[i]) / (c.upper[i] - c.lower[i]); w > widest && at.lower[i] < mid[i] && mid[i] < at.upper[i] {
				axis, widest = i, w
			}
		}
		checked := (count < 64 || count%8 == 0) && c.field.jacobian(c.k, mid, mid)
		for _, i := range open {
			if checked && !tests[i].holds(c.k) {
				out[i].holds, out[i].at = false, mid
			} else if axis < 0 {
				out[i].holds = false
			}
		}
		if axis < 0 {
			continue
		}
		low, high := append([]float64(nil), at.upper...), append([]float64(nil), at.lower...)
		low[axis], high[axis] = mid[axis], mid[axis]
		stack = append(stack, cell{at.lower, low, open}, cell{high, at.upper, open})
	}
	return out
}

// widths are, per axis, by how much every entry of the Jacobian of the whole box
// is wider than with this axis shrunk to its middle; nil if that is not known.
type widths struct {
	n  int
	by [][]float64
}

func (c *cells) widths() widths {
	w := widths{n: c.n}
	width := func(lower, upper []float64) []float64 {
		if !c.field.jacobian(c.k, lower, upper) {
			return nil
		}
		out := make([]float64, len(c.k))
		for i, x := range c.k {
			out[i] = x.hi - x.lo
		}
		return out
	}
	all := width(c.lower, c.upper)
	if all == nil || !allFinite(all) {
		return w
	}
	for i := range c.n {
		lower, upper := append([]float64(nil), c.lower...), append([]float64(nil), c.upper...)
		mid := lower[i]/2 + upper[i]/2
		lower[i], upper[i] = mid, mid
		less := width(lower, upper)
		if less == nil {
			return widths{n: c.n}
		}
		for k := range less {
			less[k] = max(0, all[k]-less[k])
		}
		w.by = append(w.by, less)
	}
	return w
}

// of is what the axes count for a test: at most 1, and never nothing.
func (w widths) of(t test) []float64 {
	out, most := make([]float64, w.n), 0.0
	for i, list := range w.by {
		for r := t.rows[0]; r < t.rows[1]; r++ {
			for c := t.columns[0]; c < t.columns[1]; c++ {
				out[i] += list[r*w.n+c]
			}
		}
		most = max(most, out[i])
	}
	if !(most > 0) {
		return ones(w.n)
	}
	for i := range out {
		out[i] = max(out[i]/most, 1./64)
	}
	return out
}

// monotone tells whether all symmetric matrices within a are at least t times the
// identity. With b = a - t that is shown by the comparison matrix of b, which has
// the largest absolute values, negative, beside its diagonal: x'bx ≥ |x|'c|x|; by
// the middle of b less the norm of its radius; or by the comparison matrix of V'bV,
// V near the eigenvectors of the middle.
func monotone(a [][]bracket, t float64) bool {
	n := len(a)
	if n == 1 {
		return a[0][0].bounded() && a[0][0].lo >= t
	}
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
			middle[i][j] = math.Ldexp(middle[i][j], -e)
			radius[i][j] = up(math.Ldexp(radius[i][j], -e))
		}
	}
	if compared(middle, radius) {
		return true
	}
	if !positive(middle, 0) {
		return false // nor are the others
	}
	return positive(middle, spectral(radius)) || turned(middle, radius)
}

// compared tells whether the comparison matrix is positive semidefinite.
func compared(middle, radius [][]float64) bool {
	c := make([][]float64, len(middle))
	for i := range c {
		c[i] = make([]float64, len(c))
		for j := range c {
			c[i][j] = -addUp(math.Abs(middle[i][j]), radius[i][j])
		}
		c[i][i] = addDown(middle[i][i], -radius[i][i])
	}
	return positive(c, 0)
}

// turned asks compared of V'bV, which is semidefinite exactly if b is, as V'V is
// within ½ of the identity.
func turned(middle, radius [][]float64) bool {
	n := len(middle)
	s := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i + 1 {
			s.SetSym(i, j, middle[i][j])
		}
	}
	var e mat.EigenSym
	if !e.Factorize(s, true) {
		return false
	}
	var v, square mat.Dense
	e.VectorsTo(&v)
	square.Mul(v.T(), &v)
	large := mat.NewDense(n, n, nil)
	r := mat.NewDense(n, n, nil)
	for i := range n {
		off := 0.0
		for j := range n {
			x := square.At(i, j)
			if i == j {
				x--
			}
			off += math.Abs(x)
			large.Set(i, j, math.Abs(v.At(i, j)))
			// Rounding of the products below is less than this part of all terms.
			r.Set(i, j, (radius[i][j]+float64(4*n+8)*ulp*math.Abs(middle[i][j]))*(1+float64(4*n+8)*ulp))
		}
		if !(off < .4) {
			return false
		}
	}
	var m, around mat.Dense
	m.Product(v.T(), s, &v)
	around.Product(large.T(), r, large)
	turnedMiddle, turnedRadius := make([][]float64, n), make([][]float64, n)
	for i := range n {
		for j := range n {
			// An entry and its mirror are two enclosures of the same.
			turnedMiddle[i] = append(turnedMiddle[i], m.At(min(i, j), max(i, j)))
			turnedRadius[i] = append(turnedRadius[i], up(around.At(min(i, j), max(i, j))))
		}
	}
	return compared(turnedMiddle, turnedRadius)
}

// spectral bounds the 2-norm of a symmetric matrix that is not negative by the
// largest (ry)_i/y_i (Collatz, Wielandt), y from a few steps of iteration.
func spectral(r [][]float64) float64 {
	n := len(r)
	y, next := ones(n), make([]float64, n)
	bound := math.Inf(1)
	for range 6 {
		ratio, top := 0.0, 0.0
		for i := range n {
			next[i] = 0
			for j := range n {
				next[i] += r[i][j] * y[j]
			}
			ratio = max(ratio, next[i]/y[i])
			top = max(top, next[i])
		}
		bound = min(bound, ratio*(1+float64(n+4)*ulp))
		if top == 0 {
			return bound
		}
		for i := range n {
			y[i] = max(next[i]/top, 1e-6)
		}
	}
	return bound
}

// shorter tells whether all matrices within a have a 2-norm of at most t: whether
// t² - a'a is semidefinite.
func shorter(a [][]bracket, t float64) bool {
	rows, columns := len(a), len(a[0])
	if rows == 1 && columns == 1 {
		return a[0][0].mag() <= t
	}
	square := make([][]bracket, columns)
	for i := range square {
		square[i] = make([]bracket, columns)
		for j := range i + 1 {
			sum := point(0)
			if i == j {
				sum = point(t).power(2)
			}
			for k := range rows {
				if i == j {
					sum = sum.sub(a[k][i].power(2))
				} else {
					sum = sum.sub(a[k][i].mul(a[k][j]))
				}
			}
			square[i][j], square[j][i] = sum, sum
		}
	}
	return t >= 0 && monotone(square, 0)
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
