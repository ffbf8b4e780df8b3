package verify

import (
	"fmt"
	"math"
	"math/big"
	"slices"

	"gonum.org/v1/gonum/mat"

	"arbiter/internal/strict"
)

// mostOrder bounds the matrices of quadratic games that are verified.
const mostOrder = 256

type quadraticProblem struct {
	Kind       string
	Provenance string
	Blocks     []int
	Matrix     [][]float64
	Offset     []float64
	Metric     [][][]float64
	Natural    bool
}

// quadratic is a quadratic game in rationals. With P the metrics and G the
// Jacobian of the field, K = P^½ G P^-½ is never formed: a = P G (J if natural),
// and what is claimed of K becomes, by congruence with P^½, a claim about a and P.
type quadratic struct {
	quadraticProblem
	first []int
	n     int
	p     matrix // all metrics, block-diagonal
	a     matrix // P G
	g     [][]float64
	size  float64 // of G, roughly
}

func readQuadratic(body []byte) (*quadratic, error) {
	q := &quadratic{}
	if line, err := strict.Decode(body, "problem", &q.quadraticProblem); err != nil {
		return nil, fmt.Errorf("problem, line %d: %w", line, err)
	}
	if q.Kind != "quadratic_game" {
		return nil, fmt.Errorf("problem.kind: found %q, expected \"quadratic_game\"", q.Kind)
	}
	for i, d := range q.Blocks {
		if d < 1 || d > mostOrder {
			return nil, fmt.Errorf("problem.blocks[%d]: found %d, expected 1 to %d", i, d, mostOrder)
		}
		q.first = append(q.first, q.n)
		if q.n += d; q.n > mostOrder {
			return nil, fmt.Errorf("problem.blocks: more than %d dimensions, too many to verify", mostOrder)
		}
	}
	q.first = append(q.first, q.n)
	var err error
	square := func(name string, m [][]float64, n int) {
		if err == nil && len(m) != n {
			err = fmt.Errorf("problem.%s: found %d rows, expected %d", name, len(m), n)
		}
		for r, row := range m {
			if err == nil && len(row) != n {
				err = fmt.Errorf("problem.%s[%d]: found %d numbers, expected %d", name, r, len(row), n)
			}
		}
	}
	square("matrix", q.Matrix, q.n)
	if q.Metric != nil && len(q.Metric) != len(q.Blocks) {
		return nil, fmt.Errorf("problem.metric: found %d matrices, expected %d", len(q.Metric), len(q.Blocks))
	}
	large := func(name string, x float64) {
		if err == nil && math.Abs(x) > 1e100 {
			err = fmt.Errorf("problem.%s: found %g, expected at most 1e100 in size", name, x)
		}
	}
	for _, row := range append(append([][]float64{q.Offset}, q.Matrix...), slices.Concat(q.Metric...)...) {
		for _, x := range row {
			large("matrix, offset and metric", x)
		}
	}
	for i, p := range q.Metric {
		square(fmt.Sprintf("metric[%d]", i), p, q.Blocks[i])
	}
	if q.Offset == nil {
		q.Offset = make([]float64, q.n)
	}
	if err == nil && len(q.Offset) != q.n {
		err = fmt.Errorf("problem.offset: found %d numbers, expected %d", len(q.Offset), q.n)
	}
	if err != nil {
		return nil, err
	}
	return q, q.form()
}

// form fills p, a and g.
func (q *quadratic) form() error {
	n := q.n
	j := newMatrix(n, n)
	full := mat.NewDense(n, n, nil)
	for r, row := range q.Matrix {
		for c, x := range row {
			j[r][c] = rat(x)
			full.Set(r, c, x)
		}
	}
	q.p, q.a = newMatrix(n, n), j
	for i := range n {
		q.p[i][i] = big.NewRat(1, 1)
	}
	for b, m := range q.Metric {
		block := newMatrix(len(m), len(m))
		for r, row := range m {
			for c := range row {
				block[r][c] = rat(row[c])
			}
		}
		block = symmetric(block)
		trace := new(big.Rat)
		for r := range block {
			trace.Add(trace, block[r][r])
		}
		little := newMatrix(len(m), len(m))
		for r := range block {
			little[r][r] = mul(rat(1e-15), trace)
		}
		if trace.Sign() <= 0 || !semidefinite(minus(block, little)) {
			return fmt.Errorf("problem.metric[%d]: not positive definite", b)
		}
		for r := range block {
			copy(q.p[q.first[b]+r][q.first[b]:], block[r])
		}
	}
	if q.Metric != nil && !q.Natural {
		q.a = newMatrix(n, n)
		for b := range q.Metric {
			for r := q.first[b]; r < q.first[b+1]; r++ {
				for c := range n {
					for k := q.first[b]; k < q.first[b+1]; k++ {
						q.a[r][c].Add(q.a[r][c], mul(q.p[r][k], j[k][c]))
					}
				}
			}
		}
	}
	g := full
	if q.Metric != nil && q.Natural {
		p := mat.NewDense(n, n, nil)
		for r := range n {
			for c := range n {
				p.Set(r, c, float(q.p[r][c]))
			}
		}
		g = mat.NewDense(n, n, nil)
		if err := g.Solve(p, full); err != nil {
			return fmt.Errorf("problem.metric: %w", err)
		}
	}
	for r := range n {
		q.g = append(q.g, append([]float64(nil), g.RawRowView(r)...))
	}
	q.size = mat.Norm(g, 2)
	return nil
}

// block is the part of m with the rows of block i and the columns of block j.
func (q *quadratic) block(m matrix, i, j int) matrix {
	out := newMatrix(q.first[i+1]-q.first[i], 0)
	for r := range out {
		out[r] = m[q.first[i]+r][q.first[j]:q.first[j+1]]
	}
	return out
}

// weighted multiplies the rows of every block of m by its weight.
func (q *quadratic) weighted(w []float64, m matrix) matrix {
	out := newMatrix(q.n, 0)
	for i := range q.Blocks {
		x := rat(w[i])
		for r := q.first[i]; r < q.first[i+1]; r++ {
			for _, v := range m[r] {
				out[r] = append(out[r], mul(x, v))
			}
		}
	}
	return out
}

// bounds tells whether ‖P^-½ b R^-½‖₂ ≤ l, p and r positive definite: whether
// [[l p, b], [b', l r]] is semidefinite.
func bounds(l float64, p, b, r matrix) bool {
	if !finite(l) || l < 0 {
		return false
	}
	return semidefinite(pencil(times(rat(l), p), b, times(rat(l), r)))
}
