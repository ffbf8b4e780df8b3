package stochastic

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"arbiter/games/markov"
)

// gains are, per player, the most it can gain in a state.
func gains(g *markov.Game, p markov.Policy) []float64 {
	out := make([]float64, g.Players)
	for k, steps := range g.Evaluate(p).Regret {
		for _, row := range steps {
			out[k] = max(out[k], slices.Max(row))
		}
	}
	return out
}

// limit solves for equal earnings of the actions with more than 1e-4 in every
// state, gives the others no weight and keeps the result if it is near and nobody
// gains by leaving it.
func (s *stationary) limit(g *markov.Game, from []float64) (markov.Policy, []float64) {
	const (
		support = 1e-4
		near    = 1e-2
		enough  = 1e-9
	)
	bonus, weight := s.bonus, s.weight
	s.bonus, s.weight = slices.Repeat([][]float64{make([]float64, s.players)}, s.players), slices.Repeat([]float64{1}, s.players)
	defer func() { s.bonus, s.weight = bonus, weight }()
	x := append([]float64(nil), from...)
	var used, sets, state []int
	count := 0
	for i := range s.states {
		for k, first := range s.first[i] {
			for a := first; a < first+s.shape[i][k]; a++ {
				if x[a] > math.Log(support) {
					used, sets, state = append(used, a), append(sets, count), append(state, i)
				} else {
					x[a] = math.Inf(-1)
				}
			}
			count++
		}
	}
	s.normalise(x)
	m := len(used)
	jac, right := mat.NewDense(m+count, m+count, nil), mat.NewVecDense(m+count, nil)
	all := mat.NewDense(s.n, s.n, nil)
	values := make([]float64, count)
	for round := range 20 {
		if !s.at(x, 1, all) {
			return nil, nil
		}
		jac.Zero()
		right.Zero()
		for i, a := range used {
			if round == 0 {
				values[sets[i]] = s.y[a]
			}
		}
		for i, a := range used {
			set := m + sets[i]
			right.SetVec(i, s.y[a]-values[sets[i]])
			for j, b := range used {
				jac.Set(i, j, all.At(a, b))
			}
			jac.Set(i, set, -1)
			jac.Set(set, i, s.p[a])
			right.SetVec(set, right.AtVec(set)+s.p[a])
		}
		for c := range count {
			right.SetVec(m+c, right.AtVec(m+c)-1)
		}
		var lu mat.LU
		var step mat.VecDense
		lu.Factorize(jac)
		if lu.Cond() < 1e12 {
			if lu.SolveVecTo(&step, false, right) != nil {
				return nil, nil
			}
		} else {
			// Where equilibria are a continuum, the shortest step.
			var svd mat.SVD
			if !svd.Factorize(jac, mat.SVDThin) {
				return nil, nil
			}
			svd.SolveVecTo(&step, right, svd.Rank(1e-11))
		}
		far := 0.0
		for i, a := range used {
			x[a] -= step.AtVec(i)
			far = max(far, math.Abs(step.AtVec(i)))
		}
		for c := range values {
			values[c] -= step.AtVec(m + c)
		}
		if !(far < 2) {
			return nil, nil
		}
		if far < 1e-14 {
			break
		}
	}
	s.normalise(x)
	for a := range x {
		if math.Abs(math.Exp(x[a])-math.Exp(from[a])) > near {
			return nil, nil
		}
	}
	p := s.policy(x)
	found := gains(g, p)
	if !s.enough(found, enough) {
		return nil, nil
	}
	return p, found
}

// enough tells whether gains are at most so much of the players' own ranges of
// rewards.
func (s *stationary) enough(gains []float64, part float64) bool {
	for k, gain := range gains {
		if !(gain <= part*s.own[k]) {
			return false
		}
	}
	return true
}
