package stochastic

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"arbiter/equilibria/path"
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
	var e path.Indifference
	for i, first := range s.first {
		for k, first := range first {
			for a := first; a < first+s.shape[i][k]; a++ {
				used := x[a] > math.Log(support)
				if e.Add(a, i*s.players+k, used, used); !used {
					x[a] = math.Inf(-1)
				}
			}
		}
	}
	s.normalise(x)
	all := mat.NewDense(s.n, s.n, nil)
	e.Pay = func(x, pay []float64) bool {
		ok := s.at(x, 1, all)
		copy(pay, s.y)
		return ok
	}
	e.Slope = all.RawRowView
	if !e.Solve(x, 1e12, true) {
		return nil, nil
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
