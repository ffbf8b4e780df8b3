package search

import "math"

// sparse is a matrix that is not negative, by rows.
type sparse [][]weighed

type weighed struct {
	at int
	x  float64
}

// over is an upper bound of (a y)_i / y_i.
func (a sparse) over(i int, y []float64) float64 {
	sum := 0.0
	for _, e := range a[i] {
		sum = addUp(sum, mulUp(e.x, y[e.at]))
	}
	return divUp(sum, y[i])
}

// below is a lower bound of the largest x for which diag(d) - a - x is an M-matrix,
// by the positive vectors given and one of its own (Collatz, Wielandt): the least
// d_i - (a y)_i/y_i.
func (a sparse) below(d []float64, given ...[]float64) float64 {
	best := math.Inf(-1)
	at := func(y []float64) float64 {
		low := math.Inf(1)
		for i := range a {
			low = min(low, addDown(d[i], -a.over(i, y)))
		}
		return low
	}
	for _, y := range given {
		if len(y) == len(a) {
			best = max(best, at(y))
		}
	}
	// Powers of a + shift - diag(d).
	n := len(a)
	y, next, shift := ones(n), make([]float64, n), 0.0
	for i := range a {
		shift = max(shift, math.Abs(d[i]), a.over(i, y))
	}
	for round := range 400 {
		top := 0.0
		for i := range a {
			next[i] = (2*shift - d[i]) * y[i]
			for _, e := range a[i] {
				next[i] += e.x * y[e.at]
			}
			top = max(top, next[i])
		}
		for i := range y {
			y[i] = max(next[i]/top, 1e-200)
		}
		if round%20 == 19 {
			if x := at(y); x > best {
				best = x
			}
		}
	}
	return best
}

// transposed is a'.
func (a sparse) transposed() sparse {
	out := make(sparse, len(a))
	for i, row := range a {
		for _, e := range row {
			out[e.at] = append(out[e.at], weighed{i, e.x})
		}
	}
	return out
}

// norm bounds ‖D^½ a D^-½‖₂, D = diag(w), from above: where a v ≤ p u and D^-1 a' D u
// ≤ q v, its square is at most pq. Vectors are given, and some of its own tried.
func (a sparse) norm(w []float64, u, v []float64) float64 {
	n := len(a)
	back := a.transposed()
	for i := range back {
		for k := range back[i] {
			e := &back[i][k]
			e.x = divUp(mulUp(e.x, w[e.at]), w[i])
		}
	}
	best := math.Inf(1)
	ratio := func(m sparse, x, y []float64) float64 { // largest (m x)_i / y_i
		most := 0.0
		for i := range m {
			sum := 0.0
			for _, e := range m[i] {
				sum = addUp(sum, mulUp(e.x, x[e.at]))
			}
			most = max(most, divUp(sum, y[i]))
		}
		return most
	}
	try := func(u, v []float64) {
		best = min(best, bracket{0, mulUp(ratio(a, v, u), ratio(back, u, v))}.sqrt().hi)
	}
	if len(u) == n && len(v) == n {
		try(u, v)
	}
	step := func(m sparse, x, y []float64) {
		top := 0.0
		next := make([]float64, n)
		for i := range m {
			for _, e := range m[i] {
				next[i] += e.x * x[e.at]
			}
			top = max(top, next[i])
		}
		for i := range y {
			y[i] = 1e-200
			if top > 0 {
				y[i] = max(next[i]/top, 1e-14)
			}
		}
	}
	x, y := ones(n), ones(n)
	for range 200 {
		step(a, x, y)
		step(back, y, x)
	}
	try(y, x)
	return best
}
