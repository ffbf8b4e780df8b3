// Package enclose bounds the Jacobian of a field over boxes, cut into cells: margins,
// norms and curvatures that hold at every point. It also places the equilibrium and says
// which steps stay in the region. A Field is all it knows of a game.
package enclose

import (
	"cmp"
	"container/heap"
	"context"
	"fmt"
	"math"

	"arbiter/internal/interval"
)

// Encloser holds the Jacobian of a field over boxes of its n coordinates.
type Encloser interface {
	// Jacobian writes DG over the box to dst [n × n, row-major] and tells whether
	// it could. A smaller box gives entries inside.
	Jacobian(dst []interval.Interval, lower, upper []float64) bool
}

// BoxCell is a part of the region and the margin that is proved there.
type BoxCell struct {
	Lower, Upper []float64 // corners
	margin       float64
	number       int // in order of making
	stale        int // halvings that brought nothing
}

type boxCells []BoxCell

// Len and the next four make a heap of boxCells.
func (c boxCells) Len() int { return len(c) }
func (c boxCells) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(c[i].margin, c[j].margin), cmp.Compare(c[i].number, c[j].number)) < 0
}
func (c boxCells) Swap(i, j int) { c[i], c[j] = c[j], c[i] }
func (c *boxCells) Push(x any)   { *c = append(*c, x.(BoxCell)) }
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

// Cover is a box cut into cells by bisection of the worst.
type Cover struct {
	Field Encloser                            // what is enclosed
	Test  func(k []interval.Interval) float64 // proved margin of all matrices in k
	K     []interval.Interval                 // room of the Jacobian, n × n
	list  boxCells
	made  int       // cells evaluated
	Reach float64   // smallest margin of a point: no bisection gets further
	Worst []float64 // cell of the least margin
}

// idler knows coordinates on which no entry of its Jacobian depends: a cell that is
// halved along one has the same margin.
type idler interface{ Idle(k int) bool }

// Bisect covers the box by at most most cells, of which each has a margin by
// test; always the cell with the smallest is halved, along its widest side
// relative to the box, of those that are not idle. It ends early when the margin is
// that of a point, or proved while halving brings nothing.
func Bisect(ctx context.Context, field Encloser, test func([]interval.Interval) float64, lower, upper []float64, most int) (*Cover, error) {
	n := len(lower)
	c := &Cover{Field: field, Test: test, K: make([]interval.Interval, n*n), Reach: math.Inf(1)}
	lazy, _ := field.(idler)
	c.Add(lower, upper, nil)
	for len(c.list) < most {
		if c.made%64 == 1 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		at := c.list[0]
		mid := make([]float64, n)
		axis, widest := -1, 0.0
		for k := range mid {
			mid[k] = at.Lower[k]/2 + at.Upper[k]/2
			if lazy != nil && lazy.Idle(k) {
				continue
			}
			side := upper[k] - lower[k]
			if w := (at.Upper[k] - at.Lower[k]) / side; w > widest && at.Lower[k] < mid[k] && mid[k] < at.Upper[k] {
				axis, widest = k, w
			}
		}
		if field.Jacobian(c.K, mid, mid) {
			if x := test(c.K); x < c.Reach {
				c.Reach, c.Worst = x, mid
			}
		}
		if axis < 0 || c.Reach-at.margin <= closeEnough*math.Abs(c.Reach) || at.margin > 0 && at.stale >= mostStale {
			break
		}
		heap.Pop(&c.list)
		low, high := append([]float64(nil), at.Upper...), append([]float64(nil), at.Lower...)
		low[axis], high[axis] = mid[axis], mid[axis]
		c.Add(at.Lower, low, &at)
		c.Add(high, at.Upper, &at)
	}
	return c, nil
}

// Add evaluates a cell. What was proved of its parent holds for it too.
func (c *Cover) Add(lower, upper []float64, parent *BoxCell) {
	margin, stale := math.Inf(-1), 0
	if c.Field.Jacobian(c.K, lower, upper) {
		margin = c.Test(c.K)
	}
	if parent != nil {
		if margin = max(margin, parent.margin); margin-parent.margin <= 1e-9*math.Abs(margin) {
			stale = parent.stale + 1
		}
	}
	heap.Push(&c.list, BoxCell{lower, upper, margin, c.made, stale})
	c.made++
}

// Margin is that of the whole box: the smallest of a cell.
func (c *Cover) Margin() float64 { return c.list[0].margin }

// Metric is a block partition of n coordinates with a weight per block, and room
// to evaluate matrices in it.
type Metric struct {
	n       int
	offset  []int // of blocks, and n at the end
	weights []float64
	scale   []interval.Interval // √(w of row / w of column) [n × n]
	form    []interval.Interval // [n × n]
	eigen   *eigenBounds
}

// NewMetric is that of weights, one per block.
func NewMetric(dims []int, weights []float64) *Metric {
	m := &Metric{offset: []int{0}, weights: weights}
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

// Monotone bounds from below λ_min of the symmetric part of K_w, for all K in k.
func (m *Metric) Monotone(k []interval.Interval) float64 {
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

// Dominant bounds from below the rate in the norm max|eₖ|/ξ, ξ = 1/√w per block:
// the smallest K_ii - Σ|K_ij| ξ_j/ξ_i. Coordinates count one by one.
func (m *Metric) Dominant(k []interval.Interval) float64 {
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

// Bounds are what is proved of all cells together.
type Bounds struct {
	Mu, Ell []float64   // per block
	L       [][]float64 // [i][j]: of couplings, from above
	Beta    float64     // of K_w in the metric
	Gamma   float64     // λ_min of the symmetric part, unit weights
	Signed  float64     // smallest signed margin of a cell (section 5)
}

// NewBounds are those of no point yet.
func NewBounds(blocks int) *Bounds {
	b := &Bounds{Mu: make([]float64, blocks), Ell: make([]float64, blocks), Gamma: math.Inf(1), Signed: math.Inf(1)}
	for i := range b.Mu {
		b.Mu[i] = math.Inf(1)
		b.L = append(b.L, make([]float64, blocks))
	}
	return b
}

// Join widens b by the matrices in k, seen in m. euclid may be nil.
func (b *Bounds) Join(k []interval.Interval, m, euclid *Metric) {
	n, blocks := m.n, len(b.Mu)
	signed := make([]interval.Interval, blocks*blocks)
	sum := make([]interval.Interval, n*n)
	for i := range b.Mu {
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
		b.Mu[i] = min(b.Mu[i], mu)
		signed[i*blocks+i] = interval.Point(mu)
		for j := range b.Mu {
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
			most := &b.L[i][j]
			if i == j {
				most = &b.Ell[i]
			}
			*most = max(*most, m.eigen.norm(k[from*n+to:], d, m.offset[j+1]-to, n, *most))
		}
	}
	b.Signed = min(b.Signed, m.eigen.compared(signed, blocks))
	if euclid != nil {
		b.Gamma = min(b.Gamma, euclid.Monotone(k))
	}
	for i := range k {
		m.form[i] = k[i].Mul(m.scale[i])
	}
	b.Beta = max(b.Beta, m.eigen.norm(m.form, n, n, n, b.Beta))
}

// sgn is a proved lower bound of the small-gain margin of the bounds at weights.
func (b *Bounds) sgn(weights []float64) float64 {
	n := len(b.Mu)
	s := make([]interval.Interval, n*n)
	for i := range n {
		for j := range n {
			if i == j {
				s[i*n+i] = interval.Point(b.Mu[i])
				continue
			}
			up := interval.Point(weights[i]).Div(interval.Point(weights[j])).Sqrt()
			down := interval.Point(weights[j]).Div(interval.Point(weights[i])).Sqrt()
			s[i*n+j] = up.Scale(b.L[i][j]).Add(down.Scale(b.L[j][i])).Scale(.5)
		}
	}
	return newEigenBounds(n).compared(s, n)
}

// blockBeta is a bound of ‖K_w‖ from the norms of blocks alone (section 6).
func (b *Bounds) blockBeta(weights []float64) float64 {
	n := len(b.Mu)
	s := make([]interval.Interval, n*n)
	for i := range n {
		for j := range n {
			x := b.L[i][j]
			if i == j {
				x = b.Ell[i]
			}
			s[i*n+j] = interval.Point(weights[i]).Div(interval.Point(weights[j])).Sqrt().Scale(x)
		}
	}
	return newEigenBounds(n).norm(s, n, n, n, 0)
}

// diagonal is at least every entry of the diagonal in every cell.
func (c *Cover) diagonal(n int) float64 {
	most := 0.0
	for _, x := range c.list {
		if !c.Field.Jacobian(c.K, x.Lower, x.Upper) {
			return math.Inf(1)
		}
		for i := range n {
			most = max(most, c.K[i*n+i].Hi)
		}
	}
	return most
}

// bounds evaluates all cells again, in the order in which they were made last.
func (c *Cover) bounds(m, euclid *Metric) (*Bounds, error) {
	b := NewBounds(len(m.weights))
	for _, x := range c.list {
		if !c.Field.Jacobian(c.K, x.Lower, x.Upper) {
			return nil, fmt.Errorf("cell %v to %v: the Jacobian is not bounded there", x.Lower, x.Upper)
		}
		b.Join(c.K, m, euclid)
	}
	return b, nil
}
