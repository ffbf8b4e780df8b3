package search

import (
	"fmt"
	"math"
	"math/big"
	"slices"

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

// quadraticGame is a quadratic game in rationals. With P the metrics and G the
// Jacobian of the field, K = P^½ G P^-½ is never formed: a = P G (J if natural),
// and what is claimed of K becomes, by congruence with P^½, a claim about a and P.
type quadraticGame struct {
	quadraticProblem
	first   []int
	n       int
	j       matrix  // as in the file
	p       matrix  // all metrics, block-diagonal, made symmetric
	a       matrix  // P G
	inverse matrix  // P⁻¹ where G = P⁻¹ J, else nil
	g       matrix  // G, made when needed
	size    float64 // of J, roughly
}

func readQuadratic(body []byte) (*quadraticGame, error) {
	q := &quadraticGame{}
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

// form fills what is made of the file.
func (q *quadraticGame) form() error {
	n := q.n
	q.j, q.p = newMatrix(n, n), identity(n)
	for r, row := range q.Matrix {
		for c, x := range row {
			q.j[r][c] = rat(x)
			q.size = max(q.size, math.Abs(x))
		}
	}
	q.a = q.j
	for b, m := range q.Metric {
		block := newMatrix(len(m), len(m))
		for r, row := range m {
			for c := range row {
				block[r][c] = rat(row[c])
			}
		}
		if !symmetricTo(block, 1e-9) {
			return fmt.Errorf("problem.metric[%d]: not symmetric", b)
		}
		if block = symmetric(block); !definite(block) {
			return fmt.Errorf("problem.metric[%d]: not positive definite", b)
		}
		for r := range block {
			copy(q.p[q.first[b]+r][q.first[b]:], block[r])
		}
	}
	switch {
	case q.Metric == nil:
	case q.Natural:
		q.inverse = newMatrix(n, n)
		for b := range q.Metric {
			part := inverted(q.block(q.p, b, b))
			for r := range part {
				copy(q.inverse[q.first[b]+r][q.first[b]:], part[r])
			}
		}
	default:
		q.a = product(q.p, q.j)
	}
	return nil
}

// jacobian is G; its rows may be replaced, its entries may not be changed.
func (q *quadraticGame) jacobian() matrix {
	if q.g == nil {
		if q.g = q.j; q.inverse != nil {
			q.g = product(q.inverse, q.j)
		}
	}
	return append(matrix(nil), q.g...)
}

// field is F(x) exactly, and the sizes of the numbers summed.
func (q *quadraticGame) field(x []float64) (f []*big.Rat, size []float64) {
	for r, row := range q.Matrix {
		sum, big := rat(q.Offset[r]), math.Abs(q.Offset[r])
		for k, y := range row {
			sum.Add(sum, mul(rat(y), rat(x[k])))
			big += math.Abs(y * x[k])
		}
		f, size = append(f, sum), append(size, big)
	}
	return f, size
}

// block is the part of m with the rows of block i and the columns of block j.
func (q *quadraticGame) block(m matrix, i, j int) matrix {
	out := newMatrix(q.first[i+1]-q.first[i], 0)
	for r := range out {
		out[r] = m[q.first[i]+r][q.first[j]:q.first[j+1]]
	}
	return out
}

// weighted multiplies the rows of every block of m by its weight.
func (q *quadraticGame) weighted(w []float64, m matrix) matrix {
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
	if len(p) == 1 && len(r) == 1 {
		return mul(b[0][0], b[0][0]).Cmp(mul(mul(rat(l), rat(l)), mul(p[0][0], r[0][0]))) <= 0
	}
	return semidefinite(pencil(times(rat(l), p), b, times(rat(l), r)))
}
