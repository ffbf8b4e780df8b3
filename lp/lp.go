// Package lp solves linear programmes and says by how much its answers can be
// off: primal, dual and basis of every programme, checked against the data.
//
// The method is the parametric self-dual simplex (Dantzig 1963; Vanderbei,
// Linear Programming, ch. 7): right-hand sides and costs are shifted by mu times
// random positive numbers, so that the start is optimal for a large mu, and mu is
// driven to 0. There is one phase, and no ties between shifted numbers, so
// degenerate programmes do not stall.
package lp

import (
	"context"
	"errors"
	"fmt"
	"math"
)

// Relation of a row to its right-hand side.
type Relation int

const (
	AtMost  Relation = iota // row·x ≤ Right
	AtLeast                 // row·x ≥ Right
	Equal                   // row·x = Right
)

// Row is a constraint: Value[k] stands at variable Index[k], 0 elsewhere. No
// index stands twice.
type Row struct {
	Index    []int
	Value    []float64
	Relation Relation // zero: AtMost
	Right    float64  // the right-hand side
}

// Problem is to minimise Cost·x subject to Rows, with x_j ≥ 0 unless Free[j].
// Tolerances are absolute: numbers should be of the order of 1.
type Problem struct {
	Cost []float64
	Free []bool // nil: none
	Rows []Row
}

// Solution of a Problem.
type Solution struct {
	X []float64 // per variable
	// Y are the multipliers of the rows: ≥ 0 for AtLeast, ≤ 0 for AtMost, of any
	// sign for Equal; Cost - Rowsᵀ·Y is ≥ 0, and 0 where X > 0 or free. Their
	// product with the right-hand sides is the value too.
	Y     []float64
	Value float64 // Cost·X
	// Basis are the variables that are not 0 by position; len(X)+i is the slack
	// of row i. It is nil where symmetries were used.
	Basis  []int
	Pivots int // exchanges of the basis, over all attempts
	// Error is the largest violation of a constraint of the problem or its dual,
	// and of their values' being equal, as measured.
	Error float64
}

// Errors of Solve, wrapped.
var (
	ErrInfeasible = errors.New("no point satisfies the constraints")
	ErrUnbounded  = errors.New("the objective is not bounded")
	ErrNumeric    = errors.New("rounding errors are too large")
)

// tolerance is the Error up to which a Solution is returned.
const tolerance = 1e-9

// Check reports rows that name no variable and numbers that are not finite.
func (p Problem) Check() error {
	if p.Free != nil && len(p.Free) != len(p.Cost) {
		return fmt.Errorf("free: found %d entries, expected %d, as many as costs", len(p.Free), len(p.Cost))
	}
	for j, c := range p.Cost {
		if math.IsNaN(c) || math.IsInf(c, 0) {
			return fmt.Errorf("cost %d is %g, expected a finite number", j, c)
		}
	}
	for i, r := range p.Rows {
		if len(r.Index) != len(r.Value) {
			return fmt.Errorf("row %d: found %d values for %d variables", i, len(r.Value), len(r.Index))
		}
		seen := map[int]bool{}
		for k, j := range r.Index {
			if j < 0 || j >= len(p.Cost) || seen[j] {
				return fmt.Errorf("row %d: found variable %d, expected each of 0 to %d once at most", i, j, len(p.Cost)-1)
			}
			seen[j] = true
			if v := r.Value[k]; math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("row %d: the value at variable %d is %g, expected a finite number", i, j, v)
			}
		}
		if math.IsNaN(r.Right) || math.IsInf(r.Right, 0) {
			return fmt.Errorf("row %d: the right-hand side is %g, expected a finite number", i, r.Right)
		}
	}
	return nil
}

// sharp is the Error at which no other try is made to lower it.
const sharp = 1e-13

// Solve solves p. maxPivots bounds the work of a try, 0 meaning 20 per row and
// variable; up to six tries are made, with other random numbers and other
// tolerances, and the best one returned. Errors: those of Check, ErrInfeasible,
// ErrUnbounded, ErrNumeric, the context's.
func Solve(ctx context.Context, p Problem, maxPivots int) (Solution, error) {
	if err := p.Check(); err != nil {
		return Solution{}, err
	}
	small, lift := reduce(p)
	if maxPivots <= 0 {
		maxPivots = defaultPivots(small)
	}
	var last error
	var found *Solution
	pivots := 0
	for try, r := range roundings {
		t := newTableau(small, r)
		err := t.solve(ctx, uint64(try), maxPivots)
		pivots += t.pivots
		if ctx.Err() != nil {
			return Solution{}, ctx.Err()
		}
		if err == nil {
			err = fmt.Errorf("%w: the basis is singular", ErrNumeric)
			if s, ok := polish(small, t.basis()); ok {
				s = lift(s)
				s.Error = p.violation(s)
				if s.Error <= tolerance && (found == nil || s.Error < found.Error) {
					found = &s
				}
				err = fmt.Errorf("%w: the answer is off by %.2g", ErrNumeric, s.Error)
			}
		}
		if found != nil {
			if found.Pivots = pivots; found.Error <= sharp || try > 1 {
				return *found, nil
			}
			continue
		}
		// Rounding can make a problem look infeasible: only two verdicts in a row
		// are believed.
		if last != nil && !errors.Is(err, ErrNumeric) && errors.Is(last, err) {
			return Solution{}, err
		}
		last = err
	}
	return Solution{}, last
}

func defaultPivots(p Problem) int { return 20 * (len(p.Cost) + len(p.Rows) + 10) }

// violation is the Error of a solution.
func (p Problem) violation(s Solution) float64 {
	off := 0.0
	worst := func(x float64) {
		if !(x <= off) {
			off = x
		}
	}
	reduced := append([]float64(nil), p.Cost...)
	primal, dual := 0.0, 0.0
	for i, r := range p.Rows {
		sum := -r.Right
		for k, j := range r.Index {
			sum += r.Value[k] * s.X[j]
			reduced[j] -= r.Value[k] * s.Y[i]
		}
		switch r.Relation {
		case AtMost:
			worst(sum)
			worst(s.Y[i])
		case AtLeast:
			worst(-sum)
			worst(-s.Y[i])
		default:
			worst(math.Abs(sum))
		}
		dual += r.Right * s.Y[i]
	}
	for j, x := range s.X {
		primal += p.Cost[j] * x
		if p.Free != nil && p.Free[j] {
			worst(math.Abs(reduced[j]))
			continue
		}
		worst(-x)
		worst(-reduced[j])
	}
	worst(math.Abs(primal-dual) / max(1, math.Abs(primal)))
	return off
}
