package lp

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// tableau writes the basic variables in terms of the others (Tucker 1960):
// basic = b - a·nonbasic, objective = constant + c·nonbasic. Slacks of rows are
// variables n, n+1, …; AtLeast rows are negated.
//
// Free variables that have become basic stay so, and slacks of equations that
// have left stay out: such rows and columns are no longer kept.
type tableau struct {
	rounding
	p          Problem
	n          int // variables of the problem
	a          [][]float64
	b, bb      []float64 // right-hand sides and their shifts
	c, cc      []float64 // costs and their shifts
	rows, cols []int     // the variables that are basic, those that are not
	out        []int     // basic variables no longer kept
	pivots     int
}

// rounding is what a try takes for rounding: entries below pivotal are no pivots,
// numbers above -small are not negative.
type rounding struct{ pivotal, small float64 }

// roundings are those of the tries: sharp first, because games can turn on
// differences of 1e-11, coarser where errors have grown.
var roundings = []rounding{{1e-11, 1e-14}, {1e-11, 1e-14}, {1e-9, 1e-12}, {1e-9, 1e-11}, {1e-8, 1e-11}, {1e-7, 1e-10}}

func newTableau(p Problem, r rounding) *tableau {
	m, n := len(p.Rows), len(p.Cost)
	t := &tableau{rounding: r, p: p, n: n, c: append([]float64(nil), p.Cost...), bb: make([]float64, m), cc: make([]float64, n)}
	all := make([]float64, m*n)
	for i, row := range p.Rows {
		line, sign := all[i*n:(i+1)*n:(i+1)*n], 1.
		if row.Relation == AtLeast {
			sign = -1
		}
		for k, j := range row.Index {
			line[j] = sign * row.Value[k]
		}
		t.a, t.b, t.rows = append(t.a, line), append(t.b, sign*row.Right), append(t.rows, n+i)
	}
	for j := range n {
		t.cols = append(t.cols, j)
	}
	return t
}

func (t *tableau) free(v int) bool     { return v < t.n && t.p.Free != nil && t.p.Free[v] }
func (t *tableau) equation(v int) bool { return v >= t.n && t.p.Rows[v-t.n].Relation == Equal }

// basis are the variables that are basic.
func (t *tableau) basis() []int { return append(append([]int(nil), t.rows...), t.out...) }

// pivot exchanges the basic variable of row r for that of column s.
func (t *tableau) pivot(r, s int) {
	t.pivots++
	row := t.a[r]
	inv := 1 / row[s]
	row[s] = 1
	floats.Scale(inv, row)
	t.b[r] *= inv
	t.bb[r] *= inv
	used := 0
	for _, x := range row {
		if x != 0 {
			used++
		}
	}
	sparse := used < len(row)/6
	var at []int
	if sparse {
		for j, x := range row {
			if x != 0 {
				at = append(at, j)
			}
		}
	}
	sub := func(to []float64, f float64) {
		to[s] = 0
		if sparse {
			for _, j := range at {
				to[j] -= f * row[j]
			}
			return
		}
		floats.AddScaled(to, -f, row)
	}
	for i, line := range t.a {
		if f := line[s]; i != r && f != 0 {
			sub(line, f)
			t.b[i] -= f * t.b[r]
			t.bb[i] -= f * t.bb[r]
		}
	}
	sub(t.c, t.c[s])
	sub(t.cc, t.cc[s])
	t.rows[r], t.cols[s] = t.cols[s], t.rows[r]
}

// dropRow and dropColumn forget what is settled.
func (t *tableau) dropRow(r int) {
	t.out = append(t.out, t.rows[r])
	last := len(t.a) - 1
	t.a[r], t.b[r], t.bb[r], t.rows[r] = t.a[last], t.b[last], t.bb[last], t.rows[last]
	t.a, t.b, t.bb, t.rows = t.a[:last], t.b[:last], t.bb[:last], t.rows[:last]
}

func (t *tableau) dropColumn(s int) {
	last := len(t.c) - 1
	for i, line := range t.a {
		line[s] = line[last]
		t.a[i] = line[:last]
	}
	t.c[s], t.cc[s], t.cols[s] = t.c[last], t.cc[last], t.cols[last]
	t.c, t.cc, t.cols = t.c[:last], t.cc[:last], t.cols[:last]
}

// settle makes free variables basic and slacks of equations nonbasic.
func (t *tableau) settle() error {
	for s := 0; s < len(t.cols); {
		if !t.free(t.cols[s]) {
			s++
			continue
		}
		// The largest entry, equations first, then the shortest row.
		best, size, length := -1, 0.0, 0
		for r, line := range t.a {
			x := math.Abs(line[s])
			if t.equation(t.rows[r]) {
				x *= 4
			}
			if x < t.pivotal || x < size*(1-1e-9) {
				continue
			}
			if l := count(line); x > size*(1+1e-9) || l < length {
				best, size, length = r, x, l
			}
		}
		if best < 0 { // it is in no row: its cost decides
			if math.Abs(t.c[s]) > tolerance {
				return ErrUnbounded
			}
			t.dropColumn(s)
			continue
		}
		equation := t.equation(t.rows[best])
		t.pivot(best, s)
		t.dropRow(best)
		if equation {
			t.dropColumn(s)
		} else {
			s++
		}
	}
	for r := 0; r < len(t.rows); {
		if !t.equation(t.rows[r]) {
			r++
			continue
		}
		best, size := -1, t.pivotal
		for s, x := range t.a[r] {
			if x = math.Abs(x); x > size*(1+1e-9) {
				best, size = s, x
			}
		}
		if best < 0 { // it follows from the others, or contradicts them
			if math.Abs(t.b[r]) > tolerance {
				return ErrInfeasible
			}
			t.dropRow(r)
			continue
		}
		t.pivot(r, best)
		t.dropColumn(best)
		r++
	}
	return nil
}

func count(line []float64) (n int) {
	for _, x := range line {
		if x != 0 {
			n++
		}
	}
	return n
}

// patience is the number of pivots without progress after which a try is given up.
const patience = 100

// solve drives mu to 0, with shifts drawn by seed.
func (t *tableau) solve(ctx context.Context, seed uint64, maxPivots int) error {
	if err := t.settle(); err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(seed, 0))
	for i := range t.bb {
		t.bb[i] = 1 + r.Float64()
	}
	for j := range t.cc {
		t.cc[j] = 1 + r.Float64()
	}
	least, stalled := math.Inf(1), 0
	for {
		mu, row, col := 0.0, -1, -1
		for i, x := range t.b {
			if x < -t.small && -x > mu*t.bb[i] && t.bb[i] > 0 {
				mu, row = -x/t.bb[i], i
			}
		}
		for j, x := range t.c {
			if x < -t.small && -x > mu*t.cc[j] && t.cc[j] > 0 {
				mu, row, col = -x/t.cc[j], -1, j
			}
		}
		if row < 0 && col < 0 {
			return nil
		}
		// But for rounding mu falls with every pivot.
		if stalled++; mu < least {
			least, stalled = mu, 0
		}
		if stalled > patience {
			return fmt.Errorf("%w: no progress after %d pivots", ErrNumeric, t.pivots)
		}
		if t.pivots >= maxPivots {
			return fmt.Errorf("%w: no answer after %d pivots", ErrNumeric, t.pivots)
		}
		if t.pivots%64 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		if col >= 0 {
			least := math.Inf(1)
			for i, line := range t.a {
				if x := line[col]; x > t.pivotal {
					if q := max(0, t.b[i]+mu*t.bb[i]) / x; q < least {
						least, row = q, i
					}
				}
			}
			if row < 0 {
				return ErrUnbounded
			}
		} else {
			least := math.Inf(1)
			for j, x := range t.a[row] {
				if x < -t.pivotal {
					if q := max(0, t.c[j]+mu*t.cc[j]) / -x; q < least {
						least, col = q, j
					}
				}
			}
			if col < 0 {
				return ErrInfeasible
			}
		}
		t.pivot(row, col)
	}
}

// polish computes the solution of a basis from the data, by one factorisation
// and a step of refinement. It fails where the basis is singular.
func polish(p Problem, basis []int) (Solution, bool) {
	m, n := len(p.Rows), len(p.Cost)
	s := Solution{X: make([]float64, n), Y: make([]float64, m), Basis: basis}
	if m == 0 {
		return s, true
	}
	where := make([]int, n)
	for j := range where {
		where[j] = -1
	}
	cost := mat.NewVecDense(m, nil)
	b := mat.NewDense(m, m, nil)
	for k, v := range basis {
		if v >= n {
			b.Set(v-n, k, 1)
		} else {
			where[v] = k
			cost.SetVec(k, p.Cost[v])
		}
	}
	right := mat.NewVecDense(m, nil)
	for i, r := range p.Rows {
		right.SetVec(i, r.Right)
		for k, j := range r.Index {
			if where[j] >= 0 {
				b.Set(i, where[j], r.Value[k])
			}
		}
	}
	var lu mat.LU
	lu.Factorize(b)
	if math.IsInf(lu.Cond(), 1) {
		return s, false
	}
	solve := func(trans bool, right *mat.VecDense) *mat.VecDense {
		var x, rest, fix mat.VecDense
		lu.SolveVecTo(&x, trans, right) // the residual judges, not the condition
		if trans {
			rest.MulVec(b.T(), &x)
		} else {
			rest.MulVec(b, &x)
		}
		rest.SubVec(right, &rest)
		lu.SolveVecTo(&fix, trans, &rest)
		x.AddVec(&x, &fix)
		return &x
	}
	x, y := solve(false, right), solve(true, cost)
	for k, v := range basis {
		if v < n {
			s.X[v] = x.AtVec(k)
		}
	}
	copy(s.Y, y.RawVector().Data)
	for j, v := range s.X { // rounding alone
		if v < 0 && v > -tolerance && (p.Free == nil || !p.Free[j]) {
			s.X[j] = 0
		}
	}
	for i, v := range s.Y {
		if rel := p.Rows[i].Relation; math.Abs(v) < tolerance && (rel == AtMost && v > 0 || rel == AtLeast && v < 0) {
			s.Y[i] = 0
		}
	}
	for j, c := range p.Cost {
		s.Value += c * s.X[j]
	}
	return s, true
}
