package lp

import (
	"context"
	"fmt"
	"math/big"
)

// Proof is an exact solution: X satisfies the constraints, Y those of the dual,
// and their values are equal, all checked in rational arithmetic.
type Proof struct {
	X, Y  []*big.Rat
	Value *big.Rat // Cost·X
}

// Ratios are the numbers of a Problem as they are, where floating point rounds
// them; they stand where its numbers do.
type Ratios struct {
	Cost  []*big.Rat   // per variable
	Value [][]*big.Rat // per row, as its Index
	Right []*big.Rat   // per row
}

// ratios takes the numbers of p as they are.
func (p Problem) ratios() Ratios {
	var r Ratios
	for _, c := range p.Cost {
		r.Cost = append(r.Cost, rat(c))
	}
	for _, row := range p.Rows {
		var values []*big.Rat
		for _, v := range row.Value {
			values = append(values, rat(v))
		}
		r.Value, r.Right = append(r.Value, values), append(r.Right, rat(row.Right))
	}
	return r
}

// Prove solves p in floating point, its last basis again in rationals, and checks
// the result against p, whose numbers are taken as they are. Work grows with the
// cube of the number of rows. ErrNumeric says that the basis is not optimal.
func Prove(ctx context.Context, p Problem) (Proof, error) {
	return ProveRatios(ctx, p, p.ratios())
}

// ProveRatios is Prove for a programme in ratios that p rounds; p may be in other
// units if that leaves the same bases optimal.
func ProveRatios(ctx context.Context, p Problem, r Ratios) (Proof, error) {
	if err := p.Check(); err != nil {
		return Proof{}, err
	}
	t := newTableau(p, roundings[0])
	if err := t.solve(ctx, 0, defaultPivots(p)); err != nil {
		return Proof{}, err
	}
	m, n := len(p.Rows), len(p.Cost)
	b, right, cost := make([][]*big.Rat, m), make([]*big.Rat, m), make([]*big.Rat, m)
	where := make(map[int]int, m)
	for i := range p.Rows {
		b[i], right[i] = zeros(m), r.Right[i]
	}
	for k, v := range t.basis() {
		if cost[k] = new(big.Rat); v >= n {
			b[v-n][k].SetInt64(1)
		} else {
			where[v] = k
			cost[k].Set(r.Cost[v])
		}
	}
	transposed := make([][]*big.Rat, m)
	for i, row := range p.Rows {
		for k, j := range row.Index {
			if at, ok := where[j]; ok {
				b[i][at].Set(r.Value[i][k])
			}
		}
	}
	for k := range transposed {
		for i := range m {
			transposed[k] = append(transposed[k], b[i][k])
		}
	}
	x, ok := SolveRational(b, right)
	y, also := SolveRational(transposed, cost)
	if !ok || !also {
		return Proof{}, fmt.Errorf("%w: the basis is singular", ErrNumeric)
	}
	proof := Proof{zeros(n), y, new(big.Rat)}
	for j, k := range where {
		proof.X[j] = x[k]
	}
	return proof, p.prove(r, &proof)
}

// prove checks all that makes a solution and sets its value.
func (p Problem) prove(r Ratios, s *Proof) error {
	wrong := func(what string, at int) error {
		return fmt.Errorf("%w: %s %d does not hold exactly", ErrNumeric, what, at)
	}
	product := new(big.Rat)
	reduced := make([]*big.Rat, len(p.Cost))
	dual := new(big.Rat)
	for j, c := range r.Cost {
		reduced[j] = new(big.Rat).Set(c)
		s.Value.Add(s.Value, product.Mul(c, s.X[j]))
		if free := p.Free != nil && p.Free[j]; !free && s.X[j].Sign() < 0 {
			return wrong("sign of variable", j)
		}
	}
	for i, row := range p.Rows {
		sum := new(big.Rat).Neg(r.Right[i])
		for k, j := range row.Index {
			v := r.Value[i][k]
			sum.Add(sum, product.Mul(v, s.X[j]))
			reduced[j].Sub(reduced[j], product.Mul(v, s.Y[i]))
		}
		dual.Add(dual, product.Mul(r.Right[i], s.Y[i]))
		sign, multiplier := sum.Sign(), s.Y[i].Sign()
		if row.Relation == AtLeast {
			sign, multiplier = -sign, -multiplier
		}
		if sign > 0 || row.Relation == Equal && sign != 0 {
			return wrong("row", i)
		}
		if row.Relation != Equal && multiplier > 0 {
			return wrong("sign of multiplier", i)
		}
	}
	for j, c := range reduced {
		if free := p.Free != nil && p.Free[j]; c.Sign() < 0 || free && c.Sign() != 0 {
			return wrong("reduced cost", j)
		}
	}
	if dual.Cmp(s.Value) != 0 {
		return fmt.Errorf("%w: primal and dual values differ", ErrNumeric)
	}
	return nil
}

func rat(x float64) *big.Rat { return new(big.Rat).SetFloat64(x) }

func zeros(n int) []*big.Rat {
	z := make([]*big.Rat, n)
	for i := range z {
		z[i] = new(big.Rat)
	}
	return z
}

// SolveRational solves a·x = b, for square a, exactly; ok is false if a is
// singular. a and b stay as they are.
func SolveRational(a [][]*big.Rat, b []*big.Rat) (x []*big.Rat, ok bool) {
	n := len(a)
	rows := make([][]*big.Rat, n)
	for i := range rows {
		for _, v := range append(append([]*big.Rat(nil), a[i]...), b[i]) {
			rows[i] = append(rows[i], new(big.Rat).Set(v))
		}
	}
	product := new(big.Rat)
	for c := range n {
		// The shortest row keeps the numbers small.
		best, length := -1, 0
		for r := c; r < n; r++ {
			if rows[r][c].Sign() == 0 {
				continue
			}
			l := 0
			for _, v := range rows[r][c:] {
				if v.Sign() != 0 {
					l++
				}
			}
			if best < 0 || l < length {
				best, length = r, l
			}
		}
		if best < 0 {
			return nil, false
		}
		rows[c], rows[best] = rows[best], rows[c]
		inv := new(big.Rat).Inv(rows[c][c])
		for k := c; k <= n; k++ {
			rows[c][k].Mul(rows[c][k], inv)
		}
		for r := range n {
			if r == c || rows[r][c].Sign() == 0 {
				continue
			}
			f := new(big.Rat).Set(rows[r][c])
			for k := c; k <= n; k++ {
				if rows[c][k].Sign() != 0 {
					rows[r][k].Sub(rows[r][k], product.Mul(f, rows[c][k]))
				}
			}
		}
	}
	for i := range rows {
		x = append(x, rows[i][n])
	}
	return x, true
}
