package smallgain

import (
	"cmp"
	"container/heap"
	"context"
	"fmt"
	"math"

	"arbiter/internal/interval"
)

// encloser holds the Jacobian of a field over boxes of its n coordinates.
type encloser interface {
	// jacobian writes DG over the box to dst [n × n, row-major] and tells whether
	// it could. A smaller box gives entries inside.
	jacobian(dst []interval.Interval, lower, upper []float64) bool
}

// boxCell is a part of the region and the margin that is proved there.
type boxCell struct {
	lower, upper []float64
	margin       float64
	number       int // in order of making
	stale        int // halvings that brought nothing
}

type boxCells []boxCell

func (c boxCells) Len() int { return len(c) }
func (c boxCells) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(c[i].margin, c[j].margin), cmp.Compare(c[i].number, c[j].number)) < 0
}
func (c boxCells) Swap(i, j int) { c[i], c[j] = c[j], c[i] }
func (c *boxCells) Push(x any)   { *c = append(*c, x.(boxCell)) }
func (c *boxCells) Pop() any {
	last := (*c)[len(*c)-1]
	*c = (*c)[:len(*c)-1]
	return last
}

// closeEnough is how near to what points allow, relatively, a margin is bisected.
const closeEnough = 1e-3

// mostStale is after how many halvings of a cell that brought nothing, as none does
// across a kink, a margin above 0 is left as it is.
const mostStale = 10

// cover is a box cut into cells by bisection of the worst.
type cover struct {
	field encloser
	test  func(k []interval.Interval) float64 // proved margin of all matrices in k
	k     []interval.Interval
	list  boxCells
	made  int     // cells evaluated
	reach float64 // smallest margin of a point: no bisection gets further
	worst []float64
}

// idler knows coordinates on which no entry of its Jacobian depends: a cell that is
// halved along one has the same margin.
type idler interface{ idle(k int) bool }

// bisect covers the box by at most most cells, of which each has a margin by
// test; always the cell with the smallest is halved, along its widest side
// relative to the box, of those that are not idle. It ends early when the margin is
// that of a point, or proved while halving brings nothing.
func bisect(ctx context.Context, field encloser, test func([]interval.Interval) float64, lower, upper []float64, most int) (*cover, error) {
	n := len(lower)
	c := &cover{field: field, test: test, k: make([]interval.Interval, n*n), reach: math.Inf(1)}
	lazy, _ := field.(idler)
	c.add(lower, upper, nil)
	for len(c.list) < most {
		if c.made%64 == 1 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		at := c.list[0]
		mid := make([]float64, n)
		axis, widest := -1, 0.0
		for k := range mid {
			mid[k] = at.lower[k]/2 + at.upper[k]/2
			if lazy != nil && lazy.idle(k) {
				continue
			}
			side := upper[k] - lower[k]
			if w := (at.upper[k] - at.lower[k]) / side; w > widest && at.lower[k] < mid[k] && mid[k] < at.upper[k] {
				axis, widest = k, w
			}
		}
		if field.jacobian(c.k, mid, mid) {
			if x := test(c.k); x < c.reach {
				c.reach, c.worst = x, mid
			}
		}
		if axis < 0 || c.reach-at.margin <= closeEnough*math.Abs(c.reach) || at.margin > 0 && at.stale >= mostStale {
			break
		}
		heap.Pop(&c.list)
		low, high := append([]float64(nil), at.upper...), append([]float64(nil), at.lower...)
		low[axis], high[axis] = mid[axis], mid[axis]
		c.add(at.lower, low, &at)
		c.add(high, at.upper, &at)
	}
	return c, nil
}

// add evaluates a cell. What was proved of its parent holds for it too.
func (c *cover) add(lower, upper []float64, parent *boxCell) {
	margin, stale := math.Inf(-1), 0
	if c.field.jacobian(c.k, lower, upper) {
		margin = c.test(c.k)
	}
	if parent != nil {
		if margin = max(margin, parent.margin); margin-parent.margin <= 1e-9*math.Abs(margin) {
			stale = parent.stale + 1
		}
	}
	heap.Push(&c.list, boxCell{lower, upper, margin, c.made, stale})
	c.made++
}

// margin is that of the whole box: the smallest of a cell.
func (c *cover) margin() float64 { return c.list[0].margin }

// metric is a block partition of n coordinates with a weight per block, and room
// to evaluate matrices in it.
type metric struct {
	n       int
	offset  []int // of blocks, and n at the end
	weights []float64
	scale   []interval.Interval // √(w of row / w of column) [n × n]
	form    []interval.Interval // [n × n]
	eigen   *eigenBounds
}

func newMetric(dims []int, weights []float64) *metric {
	m := &metric{offset: []int{0}, weights: weights}
	var of []float64
	for b, d := range dims {
		m.n += d
		m.offset = append(m.offset, m.n)
		for range d {
			of = append(of, weights[b])
		}
	}
	m.scale, m.form = make([]interval.Interval, m.n*m.n), make([]interval.Interval, m.n*m.n)
	for i, x := range of {
		for j, y := range of {
			m.scale[i*m.n+j] = interval.Point(1)
			if x != y {
				m.scale[i*m.n+j] = interval.Point(x).Div(interval.Point(y)).Sqrt()
			}
		}
	}
	m.eigen = newEigenBounds(m.n)
	return m
}

// monotone bounds from below λ_min of the symmetric part of K_w, for all K in k.
func (m *metric) monotone(k []interval.Interval) float64 {
	n := m.n
	for i := range n {
		for j := range i + 1 {
			x := k[i*n+i]
			if i != j {
				x = k[i*n+j].Mul(m.scale[i*n+j]).Add(k[j*n+i].Mul(m.scale[j*n+i])).Scale(.5)
			}
			m.form[i*n+j], m.form[j*n+i] = x, x
		}
	}
	return m.eigen.least(m.form, n)
}

// dominant bounds from below the rate in the norm max|eₖ|/ξ, ξ = 1/√w per block:
// the smallest K_ii - Σ|K_ij| ξ_j/ξ_i. Coordinates count one by one.
func (m *metric) dominant(k []interval.Interval) float64 {
	n, bound := m.n, math.Inf(1)
	for i := range n {
		x := interval.Point(k[i*n+i].Lo)
		for j := range n {
			if j != i {
				x = x.Sub(interval.Point(k[i*n+j].Mag()).Mul(m.scale[i*n+j]))
			}
		}
		bound = min(bound, x.Lo)
	}
	return bound
}

// bounds are what is proved of all cells together.
type bounds struct {
	mu, ell []float64 // per block
	l       [][]float64
	beta    float64 // of K_w in the metric
	gamma   float64 // λ_min of the symmetric part, unit weights
	signed  float64 // smallest signed margin of a cell (section 5)
}

func newBounds(blocks int) *bounds {
	b := &bounds{mu: make([]float64, blocks), ell: make([]float64, blocks), gamma: math.Inf(1), signed: math.Inf(1)}
	for i := range b.mu {
		b.mu[i] = math.Inf(1)
		b.l = append(b.l, make([]float64, blocks))
	}
	return b
}

// join widens b by the matrices in k, seen in m. euclid may be nil.
func (b *bounds) join(k []interval.Interval, m, euclid *metric) {
	n, blocks := m.n, len(b.mu)
	signed := make([]interval.Interval, blocks*blocks)
	sum := make([]interval.Interval, n*n)
	for i := range b.mu {
		from, d := m.offset[i], m.offset[i+1]-m.offset[i]
		own := m.form[:d*d]
		for p := range d {
			for q := range p + 1 {
				x := k[(from+p)*n+from+p]
				if p != q {
					x = k[(from+p)*n+from+q].Add(k[(from+q)*n+from+p]).Scale(.5)
				}
				own[p*d+q], own[q*d+p] = x, x
			}
		}
		mu := m.eigen.least(own, d)
		b.mu[i] = min(b.mu[i], mu)
		signed[i*blocks+i] = interval.Point(mu)
		for j := range b.mu {
			to := m.offset[j]
			if i != j {
				cols := m.offset[j+1] - to
				for p := range d {
					for q := range cols {
						at, back := (from+p)*n+to+q, (to+q)*n+from+p
						sum[p*cols+q] = k[at].Mul(m.scale[at]).Add(k[back].Mul(m.scale[back])).Scale(.5)
					}
				}
				signed[i*blocks+j] = interval.Point(m.eigen.norm(sum, d, cols, cols, 0))
			}
			most := &b.l[i][j]
			if i == j {
				most = &b.ell[i]
			}
			*most = max(*most, m.eigen.norm(k[from*n+to:], d, m.offset[j+1]-to, n, *most))
		}
	}
	b.signed = min(b.signed, m.eigen.compared(signed, blocks))
	if euclid != nil {
		b.gamma = min(b.gamma, euclid.monotone(k))
	}
	for i := range k {
		m.form[i] = k[i].Mul(m.scale[i])
	}
	b.beta = max(b.beta, m.eigen.norm(m.form, n, n, n, b.beta))
}

// sgn is a proved lower bound of the small-gain margin of the bounds at weights.
func (b *bounds) sgn(weights []float64) float64 {
	n := len(b.mu)
	s := make([]interval.Interval, n*n)
	for i := range n {
		for j := range n {
			if i == j {
				s[i*n+i] = interval.Point(b.mu[i])
				continue
			}
			up := interval.Point(weights[i]).Div(interval.Point(weights[j])).Sqrt()
			down := interval.Point(weights[j]).Div(interval.Point(weights[i])).Sqrt()
			s[i*n+j] = up.Scale(b.l[i][j]).Add(down.Scale(b.l[j][i])).Scale(.5)
		}
	}
	return newEigenBounds(n).compared(s, n)
}

// blockBeta is a bound of ‖K_w‖ from the norms of blocks alone (section 6).
func (b *bounds) blockBeta(weights []float64) float64 {
	n := len(b.mu)
	s := make([]interval.Interval, n*n)
	for i := range n {
		for j := range n {
			x := b.l[i][j]
			if i == j {
				x = b.ell[i]
			}
			s[i*n+j] = interval.Point(weights[i]).Div(interval.Point(weights[j])).Sqrt().Scale(x)
		}
	}
	return newEigenBounds(n).norm(s, n, n, n, 0)
}

// diagonal is at least every entry of the diagonal in every cell.
func (c *cover) diagonal(n int) float64 {
	most := 0.0
	for _, x := range c.list {
		if !c.field.jacobian(c.k, x.lower, x.upper) {
			return math.Inf(1)
		}
		for i := range n {
			most = max(most, c.k[i*n+i].Hi)
		}
	}
	return most
}

// bounds evaluates all cells again, in the order in which they were made last.
func (c *cover) bounds(m, euclid *metric) (*bounds, error) {
	b := newBounds(len(m.weights))
	for _, x := range c.list {
		if !c.field.jacobian(c.k, x.lower, x.upper) {
			return nil, fmt.Errorf("cell %v to %v: the Jacobian is not bounded there", x.lower, x.upper)
		}
		b.join(c.k, m, euclid)
	}
	return b, nil
}
