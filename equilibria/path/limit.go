package path

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// Indifference is the end of a curve of responses, a Nash equilibrium, as a system:
// moves in use pay the value of their set, and their probabilities sum to 1. Unknown
// are the log probabilities of moves in use and the value of every set.
type Indifference struct {
	Moves  []int // in use: places in x
	Equal  []int // that pay the value of their set: Moves are among them
	Sets   []int // of Equal
	Count  int   // of all sets
	Column []int // per place in x: that in Moves, or -1

	// Pay writes what moves pay at x; false if nothing can be said.
	Pay func(x, pay []float64) bool
	// Slope is the derivatives by all of x of what a move paid when Pay was asked last;
	// it is not kept.
	Slope func(move int) []float64
}

// Size is the number of unknowns.
func (e *Indifference) Size() int { return len(e.Moves) + e.Count }

// Add tells of a move of a set whether it is in use, and if not whether it is equal.
func (e *Indifference) Add(move, set int, used, equal bool) {
	e.Column, e.Count = append(e.Column, -1), max(e.Count, set+1)
	if used {
		e.Column[move] = len(e.Moves)
		e.Moves = append(e.Moves, move)
	}
	if used || equal {
		e.Equal, e.Sets = append(e.Equal, move), append(e.Sets, set)
	}
}

// Solve goes to a solution near x by Newton's method, in place. Where the system's
// condition is above most, it goes by the shortest steps, as it does where equilibria
// are a continuum and where there are more equations than unknowns, or if that is not
// wanted gives up.
func (e *Indifference) Solve(x []float64, most float64, shortest bool) bool {
	moves, equations := len(e.Moves), len(e.Equal)+e.Count
	if !shortest && equations != e.Size() {
		return false
	}
	pay, values := make([]float64, len(x)), make([]float64, e.Count)
	jac, g := mat.NewDense(equations, e.Size(), nil), mat.NewVecDense(equations, nil)
	for round := range 20 {
		if !e.Pay(x, pay) {
			return false
		}
		jac.Zero()
		g.Zero()
		for i := range e.Count {
			g.SetVec(len(e.Equal)+i, -1)
		}
		for k, a := range e.Equal {
			if round == 0 {
				values[e.Sets[k]] = pay[a]
			}
		}
		for k, a := range e.Equal {
			i := e.Sets[k]
			g.SetVec(k, pay[a]-values[i])
			for j, v := range e.Slope(a) {
				if to := e.Column[j]; to >= 0 {
					jac.Set(k, to, v)
				}
			}
			jac.Set(k, moves+i, -1)
			if to, sum := e.Column[a], len(e.Equal)+i; to >= 0 {
				jac.Set(sum, to, math.Exp(x[a]))
				g.SetVec(sum, g.AtVec(sum)+math.Exp(x[a]))
			}
		}
		var step mat.VecDense
		var lu mat.LU
		if most > 0 {
			lu.Factorize(jac)
		}
		if most > 0 && lu.Cond() <= most {
			if lu.SolveVecTo(&step, false, g) != nil {
				return false
			}
		} else {
			var svd mat.SVD
			if !shortest || !svd.Factorize(jac, mat.SVDThin) {
				return false
			}
			svd.SolveVecTo(&step, g, svd.Rank(1e-11))
		}
		far := 0.0
		for k, a := range e.Moves {
			x[a] -= step.AtVec(k)
			far = max(far, math.Abs(step.AtVec(k)))
		}
		for i := range values {
			values[i] -= step.AtVec(moves + i)
		}
		// The limit is near, or this is not the way to it.
		if math.IsNaN(far) || far > 1 {
			return false
		}
		if far < 1e-15 || round > 5 && far < 1e-13 {
			return true
		}
	}
	return true
}
