package entropic

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/gonum/mat"

	"arbiter/games/normal"
)

// mostPayoff is the largest payoff of which bounds are formed: their squares must
// be numbers.
const mostPayoff = 1e100

func checkPayoff(x float64, where string) error {
	if !(math.Abs(x) <= mostPayoff) {
		return fmt.Errorf("%s: payoff %g, expected at most %g in size", where, x, mostPayoff)
	}
	return nil
}

// NormalForm prepares the entropy-regularised game of a payoff table: block i is
// player i, q_i(a) = u_i(a, π_-i), equilibria are its logit QRE. All D are exact
// up to outward rounding. The table must not change afterwards.
func NormalForm(ctx context.Context, t normal.Table) (*Game, error) {
	if err := t.Check(); err != nil {
		return nil, err
	}
	t = t.Multi()
	n := &tensors{payoffs: t.Payoffs, sizes: make([]int, len(t.Strategies)), stride: make([]int, len(t.Strategies))}
	g := &Game{form: "normal", concept: "logit_qre", exact: true, Play: n}
	cells := 1
	for i := len(n.sizes) - 1; i >= 0; i-- {
		n.sizes[i], n.stride[i] = len(t.Strategies[i]), cells
		cells *= n.sizes[i]
	}
	for i, m := range t.Payoffs {
		g.names = append(g.names, "player "+strconv.Itoa(i))
		most := 0.0
		for _, x := range m {
			if err := checkPayoff(x, g.names[i]); err != nil {
				return nil, err
			}
			most = max(most, math.Abs(x))
		}
		n.largest = append(n.largest, most)
	}
	g.Sizes = n.sizes
	players := len(n.sizes)
	g.primal = make([][]float64, players)
	for i := range g.primal {
		g.primal[i] = make([]float64, players)
	}
	for i := range players {
		for j := i + 1; j < players; j++ {
			c := tensorPair{n, i, j, n.bases(i, j)}
			p := pair{i: i, j: j, bound: c.bound}
			if p.di, p.dj = c.bound(1, 0), c.bound(0, 1); p.di == 0 && p.dj == 0 {
				continue
			}
			points, err := c.points(ctx)
			if err != nil {
				return nil, err
			}
			p.effort = len(points)
			p.extreme = func(wi, wj float64) (a, b float64) { return farthestOf(points, wi, wj) }
			g.pairs = append(g.pairs, p)
			g.primal[i][j], g.primal[j][i] = c.spectral(i), c.spectral(j)
		}
	}
	return g, nil
}

// tensors are payoffs [player][profile], the last player's action fastest.
type tensors struct {
	payoffs [][]float64
	sizes   []int
	stride  []int
	largest []float64 // of the payoffs of each player, in size
}

// bases are the profiles in which i and j take their first action.
func (n *tensors) bases(i, j int) []int {
	out := []int{0}
	for k, size := range n.sizes {
		if k == i || k == j {
			continue
		}
		var next []int
		for _, b := range out {
			for a := range size {
				next = append(next, b+a*n.stride[k])
			}
		}
		out = next
	}
	return out
}

// Work: see multilinear.
func (n *tensors) Work() int { return 4 * len(n.sizes) * len(n.payoffs[0]) }

func (n *tensors) values(dst, p [][]float64) {
	for _, q := range dst {
		clear(q)
	}
	players := len(n.sizes)
	at, others := make([]int, players), make([]float64, players)
	for cell := range n.payoffs[0] {
		product := 1.0
		for i := range at {
			others[i] = product
			product *= p[i][at[i]]
		}
		product = 1
		for i := players - 1; i >= 0; i-- {
			dst[i][at[i]] += others[i] * product * n.payoffs[i][cell]
			product *= p[i][at[i]]
		}
		for i := players - 1; i >= 0; i-- {
			if at[i]++; at[i] < n.sizes[i] {
				break
			}
			at[i] = 0
		}
	}
}

func (n *tensors) slopes(p [][]float64, visit func(i, a, j, b int, value float64)) {
	players := len(n.sizes)
	at := make([]int, players)
	for cell := range n.payoffs[0] {
		for i := range players {
			at[i] = cell / n.stride[i] % n.sizes[i]
		}
		for i := range players {
			for j := range players {
				if i == j {
					continue
				}
				others := 1.0
				for k, a := range at {
					if k != i && k != j {
						others *= p[k][a]
					}
				}
				if others != 0 {
					visit(i, at[i], j, at[j], others*n.payoffs[i][cell])
				}
			}
		}
	}
}

// tensorPair are the matrices of two players, one per profile of the others.
type tensorPair struct {
	n     *tensors
	i, j  int
	bases []int
}

// bound is D_ij(w): over pairs of rows of i, the range of the row difference. Rows
// that rounding could not lift above the most so far are passed over.
func (c tensorPair) bound(wi, wj float64) float64 {
	n := c.n
	u, v := n.payoffs[c.i], n.payoffs[c.j]
	si, sj := n.stride[c.i], n.stride[c.j]
	most := 0.0
	// A range of four products of two numbers is off by less than 2^-48 of the
	// largest; too small ones could lose more.
	slack := math.Abs(wi)*n.largest[c.i] + math.Abs(wj)*n.largest[c.j]
	if slack *= 0x1p-48; slack < 0x1p-800 {
		slack = math.Inf(1)
	}
	for _, base := range c.bases {
		for a := range n.sizes[c.i] {
			for a2 := range a {
				x, y := base+a*si, base+a2*si
				low, high := math.Inf(1), math.Inf(-1)
				for range n.sizes[c.j] {
					d := float64(wi*(u[x]-u[y])) + float64(wj*(v[x]-v[y]))
					low, high = min(low, d), max(high, d)
					x, y = x+sj, y+sj
				}
				if high-low+slack < most {
					continue
				}
				low, high = math.Inf(1), math.Inf(-1)
				for b := range n.sizes[c.j] {
					x, y := base+a*si+b*sj, base+a2*si+b*sj
					lo := sumDown(productDown(wi, sumDown(u[x], -u[y])), productDown(wj, sumDown(v[x], -v[y])))
					hi := sumUp(productUp(wi, sumUp(u[x], -u[y])), productUp(wj, sumUp(v[x], -v[y])))
					low, high = min(low, lo), max(high, hi)
				}
				most = max(most, sumUp(high, -low))
			}
		}
	}
	return most
}

// points are the combinations (of i, of j) among which every D_ij(w) is reached,
// in floating point: corners of their convex hull.
func (c tensorPair) points(ctx context.Context) ([][2]float64, error) {
	n := c.n
	u, v := n.payoffs[c.i], n.payoffs[c.j]
	si, sj := n.stride[c.i], n.stride[c.j]
	var all [][2]float64
	row := make([][2]float64, 0, n.sizes[c.j])
	for _, base := range c.bases {
		for a := range n.sizes[c.i] {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			for a2 := range a {
				row = row[:0]
				for b := range n.sizes[c.j] {
					x, y := base+a*si+b*sj, base+a2*si+b*sj
					row = append(row, [2]float64{u[x] - u[y], v[x] - v[y]})
				}
				// Extreme differences are those of extreme points.
				corners := hull(row)
				for k, p := range corners {
					for _, q := range corners[:k] {
						all = append(all, [2]float64{p[0] - q[0], p[1] - q[1]})
					}
				}
				if len(all) > 4096 {
					all = slices.Clone(hull(all))
				}
			}
		}
	}
	return slices.Clone(hull(all)), nil
}

// hull returns the corners of the convex hull, in place (Andrew 1979).
func hull(points [][2]float64) [][2]float64 {
	slices.SortFunc(points, func(p, q [2]float64) int {
		switch {
		case p[0] < q[0]:
			return -1
		case p[0] > q[0]:
			return 1
		case p[1] < q[1]:
			return -1
		case p[1] > q[1]:
			return 1
		}
		return 0
	})
	points = slices.Compact(points)
	if len(points) < 3 {
		return points
	}
	half := func(next func(func([2]float64))) (out [][2]float64) {
		next(func(p [2]float64) {
			for k := len(out); k >= 2; k = len(out) {
				a, b := out[k-2], out[k-1]
				if (b[0]-a[0])*(p[1]-a[1])-(b[1]-a[1])*(p[0]-a[0]) > 0 {
					break
				}
				out = out[:k-1]
			}
			out = append(out, p)
		})
		return out
	}
	lower := half(func(add func([2]float64)) {
		for _, p := range points {
			add(p)
		}
	})
	upper := half(func(add func([2]float64)) {
		for i := len(points) - 1; i >= 0; i-- {
			add(points[i])
		}
	})
	return append(lower[:len(lower)-1], upper[:len(upper)-1]...)
}

// spectral is the largest ‖Π A Π‖₂ over what the others play, A = ∂q_i/∂π_j of
// the player i named and the other of the pair, Π the projection to sum 0.
func (c tensorPair) spectral(i int) float64 {
	n, j := c.n, c.i+c.j-i
	rows, columns := n.sizes[i], n.sizes[j]
	most := 0.0
	for _, base := range c.bases {
		m := mat.NewDense(rows, columns, nil)
		size := 0.0
		for a := range rows {
			for b := range columns {
				x := n.payoffs[i][base+a*n.stride[i]+b*n.stride[j]]
				m.Set(a, b, x)
				size = max(size, math.Abs(x))
			}
		}
		for a := range rows {
			r := m.RawRowView(a)
			mean := 0.0
			for _, x := range r {
				mean += x / float64(columns)
			}
			for b := range r {
				r[b] -= mean
			}
		}
		for b := range columns {
			mean := 0.0
			for a := range rows {
				mean += m.At(a, b) / float64(rows)
			}
			for a := range rows {
				m.Set(a, b, m.At(a, b)-mean)
			}
		}
		var svd mat.SVD
		if size > 0 && svd.Factorize(m, mat.SVDNone) {
			most = max(most, svd.Values(nil)[0])
		}
	}
	return most
}
