package choose

import (
	"fmt"
	"math"
	"slices"

	"arbiter/equilibria"
	"arbiter/games"
)

// Ranges are those of the players' payoffs: what tolerances are relative to. They
// are 0 for players to whom nothing matters.
func (t *Game) Ranges() ([]float64, error) {
	if t.Markov != nil {
		return t.Markov.Ranges(), nil
	}
	b, err := t.Board()
	if err != nil {
		return nil, err
	}
	var out []float64
	for _, s := range b.Scales() {
		out = append(out, s.Range)
	}
	return out, nil
}

// Judge works out how far a policy is from equilibrium, by code that no solver
// shares. Of Markov games worst are the largest gaps of the players in any state,
// else the gaps. Numbers that are not finite are an error.
func (t *Game) Judge(p []games.Behaviour) (e games.Evaluation, worst []float64, err error) {
	if err := finite(t.Name, p); err != nil {
		return e, nil, err
	}
	if t.Markov != nil {
		m := t.Markov.Evaluate(p)
		e = m.Evaluation
		for k := range m.Regret {
			worst = append(worst, e.Gaps[k])
			for _, row := range m.Regret[k] {
				for _, x := range row {
					worst[k] = max(worst[k], x)
				}
			}
		}
	} else {
		b, err := t.Board()
		if err != nil {
			return e, nil, err
		}
		e = b.Evaluate(p)
		worst = e.Gaps
	}
	// Gaps that rounding makes negative are 0.
	e.NashConv = 0
	for k := range e.Gaps {
		e.Gaps[k] = max(0, e.Gaps[k])
		e.BestResponseValues[k] = e.Values[k] + e.Gaps[k]
		e.NashConv += e.Gaps[k]
	}
	e.Exploitability = e.NashConv / float64(len(e.Gaps))
	for _, x := range append(append([]float64{e.NashConv}, e.Values...), e.BestResponseValues...) {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return e, nil, equilibria.NoAnswerf("%s: values overflow, found %g; divide the payoffs by a number", t.Name, x)
		}
	}
	return e, worst, nil
}

// finite checks that a policy is one: probabilities that sum to 1.
func finite(game string, p []games.Behaviour) error {
	for k := range p {
		for row, probs := range p[k] {
			sum := 0.0
			for _, x := range probs {
				if !(x >= 0 && x <= 1+1e-9) {
					return equilibria.NoAnswerf("%s: rounding errors are too large: probability %g of player %d at information state %d", game, x, k, row)
				}
				sum += x
			}
			if math.Abs(sum-1) > 1e-9 {
				return equilibria.NoAnswerf("%s: rounding errors are too large: probabilities of player %d at information state %d sum to %g", game, k, row, sum)
			}
		}
	}
	return nil
}

// judge sets the status of a solution by what was worked out here, not by what the
// solver thinks: converged only if every player's gap is within tolerance times the
// range of its own payoffs.
func (t *Game) judge(s *Answer) error {
	ranges, err := t.Ranges()
	if err != nil {
		return err
	}
	// within names the first player whose gap is not, or -1.
	within := func(gaps []float64) int {
		for k, gap := range gaps {
			if !(gap <= s.Tolerance*ranges[k]) {
				return k
			}
		}
		return -1
	}
	settle := func(gaps []float64, what string) {
		k := within(gaps)
		switch {
		case k < 0:
			s.Status = equilibria.Converged
		case s.Status == equilibria.Converged:
			s.Status = equilibria.Stalled
			s.Warnings = append(s.Warnings, fmt.Sprintf("the %s of player %d is %.3g of its payoff range, above the tolerance %.3g", what, k, gaps[k]/ranges[k], s.Tolerance))
		}
	}
	switch {
	case s.Correlated != nil:
		settle(s.Correlated.Gains, "gain by deviating")
		return nil
	case s.Stages != nil:
		settle(s.Stages.Gains, "gain by deviating")
		return nil
	}
	var worst []float64
	if s.Evaluation, worst, err = t.Judge(s.Policy); err != nil {
		return err
	}
	if s.seeking && s.Concept != equilibria.Nash && within(worst) < 0 {
		s.accept(worst)
	}
	if s.Concept == equilibria.Nash {
		settle(worst, "gap")
	}
	for i, p := range s.Others {
		e, gaps, err := t.Judge(p)
		if err != nil {
			return err
		}
		s.Evaluations = append(s.Evaluations, e)
		if s.Concept != equilibria.Nash {
			continue
		}
		if k := within(gaps); k >= 0 {
			s.Status = equilibria.Stalled
			s.Warnings = append(s.Warnings, fmt.Sprintf("equilibrium %d is none within the tolerance: the gap of player %d is %.3g of its payoff range", i+1, k, gaps[k]/ranges[k]))
		}
	}
	return nil
}

// accept takes the last point of a branch for its limit, where nobody gains more than
// the tolerance by leaving it: gaps are what they gain.
func (s *Answer) accept(gaps []float64) {
	s.Concept, s.Points, s.Regulariser, s.Residual = equilibria.Nash, nil, "", slices.Max(gaps)
	s.Values = nil
	s.Selection += ", where nobody gains more than the tolerance"
	if br := s.Branch; br != nil {
		br.Limit, br.Regret, br.Status = s.Policy, s.Residual, equilibria.Whole(len(br.Turning))
	}
	if br := s.MarkovBranch; br != nil {
		br.Limit, br.LimitGains, br.Status = s.Policy, gaps, equilibria.Whole(len(br.Folds))
	}
}
