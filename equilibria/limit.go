package equilibria

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"arbiter/games/flat"
)

// limit looks for the Nash equilibrium that the branch leads to and keeps it if
// its regret is at most tolerance times the payoff range.
func (br *Branch) limit(t *tracer, tolerance float64) bool {
	regret := func(p []flat.Strategy) float64 {
		worst := 0.0
		for _, g := range t.b.Evaluate(p).Gaps {
			worst = max(worst, g)
		}
		return worst
	}
	p := t.r.behaviour(t.y[:t.n])
	least := regret(p)
	if x, ok := t.polish(); ok {
		q := t.r.behaviour(x)
		if r := regret(q); r <= least {
			p, least = q, r
		}
	}
	if !(least <= tolerance*t.scale) {
		return false
	}
	br.Limit, br.Regret = p, least
	return true
}

// support is the least probability of a move that an equilibrium may use.
const support = 1e-4

// polish solves for equal values of the moves with more than support at every set,
// gives the others no weight and returns log probabilities; those of sets that
// are not reached depend on how unlikely the others were. It starts where twice
// the lambda would lead if probabilities went like 1/lambda.
func (t *tracer) polish() (x []float64, ok bool) {
	n := t.n
	x = slices.Clone(t.y[:n])
	var moves, sets []int // in support, and their sets
	for i, s := range t.list {
		for a := s.first; a < s.first+s.count; a++ {
			if x[a] > math.Log(support) {
				moves, sets = append(moves, a), append(sets, i)
			}
		}
	}
	at := func(i int) int { return len(moves) + i } // unknown of a set: its value
	size := len(moves) + len(t.list)
	if size > mostMoves {
		return nil, false
	}
	lambda := t.y[n]
	// dp/d(1/λ) = -λ² dp/dλ along the branch; the limit is at 1/λ = 0.
	if slope := t.tangent[n]; slope > 0 {
		for _, a := range moves {
			x[a] += lambda * t.tangent[a] / slope
		}
	}
	d := newBlocks(append(firsts(t.list), n), t.plain.pattern())
	w, dl := make([]float64, n), make([]float64, n)
	values := make([]float64, len(t.list))
	t.plain.at(x, 1, w, dl, nil)
	for k, a := range moves {
		values[sets[k]] = w[a]
	}
	jac, g := mat.NewDense(size, size, nil), mat.NewVecDense(size, nil)
	column := make([]int, n) // of a move, or -1
	for a := range column {
		column[a] = -1
	}
	for k, a := range moves {
		column[a] = k
	}
	for round := range 20 {
		d.clear()
		t.plain.at(x, 1, w, dl, d)
		jac.Zero()
		g.Zero()
		for k, a := range moves {
			i := sets[k]
			g.SetVec(k, w[a]-values[i])
			row := d.row(i, a-t.list[i].first)
			for _, j := range d.cols[i] {
				for c := range t.list[j].count {
					if to := column[t.list[j].first+c]; to >= 0 {
						jac.Set(k, to, row[int(d.at[i][j])+c])
					}
				}
			}
			jac.Set(k, at(i), -1)
			p := math.Exp(x[a])
			jac.Set(at(i), k, p)
			g.SetVec(at(i), g.AtVec(at(i))+p)
		}
		for i := range t.list {
			g.SetVec(at(i), g.AtVec(at(i))-1)
		}
		var step mat.VecDense
		var lu mat.LU
		if lu.Factorize(jac); lu.Cond() < 1e10 {
			if lu.SolveVecTo(&step, false, g) != nil {
				return nil, false
			}
		} else {
			// The shortest step: where equilibria are a continuum the system is singular.
			var svd mat.SVD
			if size > mostMoves/3 || !svd.Factorize(jac, mat.SVDThin) {
				return nil, false
			}
			svd.SolveVecTo(&step, g, svd.Rank(1e-11))
		}
		far := 0.0
		for k, a := range moves {
			x[a] -= step.AtVec(k)
			far = max(far, math.Abs(step.AtVec(k)))
		}
		for i := range values {
			values[i] -= step.AtVec(at(i))
		}
		// The limit is near, or this is not the way to it.
		if math.IsNaN(far) || far > 1 {
			return nil, false
		}
		if far < 1e-15 || round > 5 && far < 1e-13 {
			break
		}
	}
	for a := range x {
		if column[a] < 0 {
			x[a] = math.Inf(-1)
		} else if math.Abs(math.Exp(x[a])-math.Exp(t.y[a])) > 1e-2 {
			return nil, false
		}
	}
	return x, true
}

func firsts(list []set) []int {
	var out []int
	for _, s := range list {
		out = append(out, s.first)
	}
	return out
}
