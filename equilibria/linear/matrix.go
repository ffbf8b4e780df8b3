package linear

import (
	"context"
	"math"

	"arbiter/equilibria/exact"
	"arbiter/lp"
)

// Matrix solves zero-sum matrix games of one shape, one after the other: a
// saddle point, else the supports of the last solution, else a linear programme.
type Matrix struct {
	rows, cols []int // supports of the last solution, of equal size
	turned     [][]float64
}

// Solve returns the value of q to the row player and optimal mixtures, written to
// x and y.
func (g *Matrix) Solve(ctx context.Context, q [][]float64, x, y []float64) (float64, error) {
	lower, row := math.Inf(-1), 0
	for i, line := range q {
		least := math.Inf(1)
		for _, v := range line {
			least = min(least, v)
		}
		if least > lower {
			lower, row = least, i
		}
	}
	upper, col := math.Inf(1), 0
	for j := range y {
		most := math.Inf(-1)
		for i := range q {
			most = max(most, q[i][j])
		}
		if most < upper {
			upper, col = most, j
		}
	}
	clear(x)
	clear(y)
	if lower == upper {
		x[row], y[col] = 1, 1
		return lower, nil
	}
	if len(g.rows) > 0 {
		if v, ok := g.again(q, x, y); ok {
			return v, nil
		}
	}
	return g.programme(ctx, q, x, y)
}

// again tries the supports of the last solution.
func (g *Matrix) again(q [][]float64, x, y []float64) (float64, bool) {
	if g.turned == nil {
		g.turned = make([][]float64, len(y))
		for j := range g.turned {
			g.turned[j] = make([]float64, len(x))
		}
	}
	for i := range q {
		for j, v := range q[i] {
			g.turned[j][i] = v
		}
	}
	wy, v, many := exact.Equaliser(q, g.rows, g.cols)
	wx, _, other := exact.Equaliser(g.turned, g.cols, g.rows)
	if many != 1 || other != 1 {
		return 0, false
	}
	scale := 1e-14 * max(1, math.Abs(v))
	for i := range wx {
		if wx[i] < 0 || wy[i] < 0 {
			return 0, false
		}
	}
	for i := range q {
		earned := 0.0
		for k, j := range g.cols {
			earned += q[i][j] * wy[k]
		}
		if earned > v+scale {
			return 0, false
		}
	}
	for j := range y {
		paid := 0.0
		for k, i := range g.rows {
			paid += q[i][j] * wx[k]
		}
		if paid < v-scale {
			return 0, false
		}
	}
	for k := range wx {
		x[g.rows[k]], y[g.cols[k]] = wx[k], wy[k]
	}
	return v, true
}

func (g *Matrix) programme(ctx context.Context, q [][]float64, x, y []float64) (float64, error) {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, line := range q {
		for _, v := range line {
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	scale := hi - lo
	m, n := len(x), len(y)
	p := lp.Problem{Cost: make([]float64, m+1), Free: make([]bool, m+1), Rows: make([]lp.Row, n+1)}
	p.Cost[m], p.Free[m] = -1, true
	p.Rows[n] = lp.Row{Relation: lp.Equal, Right: 1}
	for i := range m {
		p.Rows[n].Index, p.Rows[n].Value = append(p.Rows[n].Index, i), append(p.Rows[n].Value, 1)
	}
	for j := range n {
		r := lp.Row{Index: []int{m}, Value: []float64{-1}, Relation: lp.AtLeast}
		for i := range m {
			r.Index, r.Value = append(r.Index, i), append(r.Value, (q[i][j]-lo)/scale)
		}
		p.Rows[j] = r
	}
	s, err := lp.Solve(ctx, p, 0)
	if err != nil {
		return 0, err
	}
	g.rows, g.cols = g.rows[:0], g.cols[:0]
	mix := func(dst, from []float64, support []int) []int {
		sum := 0.0
		for i := range dst {
			dst[i] = max(0, from[i])
			sum += dst[i]
		}
		for i := range dst {
			if dst[i] /= sum; dst[i] > 1e-12 {
				support = append(support, i)
			}
		}
		return support
	}
	g.rows, g.cols = mix(x, s.X, g.rows), mix(y, s.Y, g.cols)
	if len(g.rows) != len(g.cols) {
		g.rows, g.cols = g.rows[:0], g.cols[:0]
	}
	return lo - scale*s.Value, nil
}
