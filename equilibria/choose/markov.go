package choose

import (
	"context"
	"fmt"
	"slices"

	"arbiter/equilibria"
	"arbiter/equilibria/stochastic"
	"arbiter/games/markov"
)

// branch is the logit solver on a Markov game.
func (t *Game) branch(ctx context.Context, l logit, o Settings) (*Answer, error) {
	g := t.Markov
	options := stochastic.Options{Variant: l.variant, Regulariser: l.regulariser, Temperature: l.temperature}
	if l.variant == "" {
		if options.Variant = stochastic.OwnEntropy; g.ZeroSum() {
			options.Variant = stochastic.Saddle
		}
	}
	lambdas := l.lambdas
	if l.temperature != nil {
		lambdas = []float64{1}
	}
	options.Own = len(lambdas) == 0
	s := &Answer{Temperature: l.temperature, Variant: options.Variant, Status: equilibria.Converged, Concept: equilibria.SoftQRE}
	if options.Variant == stochastic.Plain {
		s.Concept = equilibria.AgentQRE
	} else {
		s.Regulariser = l.regulariser
	}
	end := 0.0
	switch {
	case options.Variant == stochastic.Saddle && len(lambdas) > 0 && g.Players == 2 && l.starts == 0:
		// There is one, which is found without a branch.
		for _, lambda := range lambdas {
			if lambda == 0 {
				return nil, fmt.Errorf("lambda 0 of the saddle variant: expected a positive number")
			}
			temperature := [2]float64{1 / lambda, 1 / lambda}
			if l.temperature != nil {
				temperature = [2]float64(l.temperature)
			}
			limits := o.Limits
			limits.Tolerance *= t.scaleOf(0)
			found, err := stochastic.Soft(ctx, g, temperature, l.regulariser, limits)
			if err != nil {
				return nil, err
			}
			s.Iterations += found.Iterations
			s.Points = append(s.Points, Point{Lambda: lambda, Crossing: 1, Policy: found.Policy, Values: minus(found.Value), Residual: found.Error / t.scaleOf(0), Unique: true, Index: 1})
		}
	case g.Horizon == 0:
		br, err := stochastic.Trace(ctx, g, lambdas, options)
		if err != nil {
			return nil, err
		}
		s.MarkovBranch, s.Iterations, end = &br, br.Steps, br.Last.Lambda
		if len(lambdas) == 0 {
			s.seeking = true
			s.Concept, s.Policy, s.Regulariser, s.Variant, s.Selection = equilibria.Nash, br.Limit, "", options.Variant, "the limit of the principal branch"
			for _, gain := range br.LimitGains {
				s.Residual = max(s.Residual, gain)
			}
			if br.Limit == nil {
				s.stall(markovPoint(br.Last), options.Variant)
			}
			return s, nil
		}
		for _, lambda := range lambdas {
			for _, p := range br.Points {
				if p.Lambda == lambda {
					s.Points = append(s.Points, markovPoint(p))
				}
			}
		}
	case len(lambdas) == 0:
		return nil, fmt.Errorf("%s has a horizon: expected --lambda or --temperature; --solver nash finds one, stage by stage from the last", t.Name)
	default:
		for _, lambda := range lambdas {
			p, folded, err := stochastic.BackwardLogit(ctx, g, lambda, options)
			if err != nil {
				return nil, err
			}
			if folded > 0 {
				s.Warnings = append(s.Warnings, fmt.Sprintf("at lambda %g the branches of %d stage games turn back before: their first crossings are taken", lambda, folded))
			}
			p.Lambda, p.Number = lambda, 1
			s.Points = append(s.Points, markovPoint(p))
			end = max(end, lambda)
		}
	}
	s.choose(lambdas, o.Limits.Tolerance, end)
	if s.Policy == nil {
		s.stall(markovPoint(s.MarkovBranch.Last), options.Variant)
	}
	if l.starts > 0 {
		if g.Horizon > 0 || len(lambdas) != 1 {
			return nil, fmt.Errorf("starts: expected a discounted Markov game and one lambda or temperature")
		}
		if err := t.startsOf(ctx, s, lambdas[0], options, l.starts, o.Seed); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// startsOf adds the solutions that random starts lead to.
func (t *Game) startsOf(ctx context.Context, s *Answer, lambda float64, options stochastic.Options, starts int, seed uint64) error {
	all, err := stochastic.Multistart(ctx, t.Markov, lambda, options, starts, seed)
	if err != nil {
		return err
	}
	t.list(s, all)
	return nil
}

// list adds the solutions that random starts led to.
func (t *Game) list(s *Answer, all stochastic.Solutions) {
	s.Several = true
	for i, p := range all.Points {
		s.Others = append(s.Others, p.Policy)
		s.Indices = append(s.Indices, p.Index)
		if p.Unique {
			s.Complete = &p.Unique
		}
		s.Hits = append(s.Hits, all.Hits[i])
	}
	if all.Index != 1 {
		s.Warnings = append(s.Warnings, fmt.Sprintf("the indices of the solutions found sum to %d instead of 1: some are missing or singular", all.Index))
	}
}

func markovPoint(p stochastic.Point) Point {
	return Point{Lambda: p.Lambda, Crossing: p.Number, Policy: p.Policy, Values: p.Value, Residual: p.Residual, Unique: p.Unique, Index: p.Index}
}

// stall makes the last point of a branch what is shown: a response, not an
// equilibrium.
func (s *Answer) stall(p Point, variant stochastic.Variant) {
	p.Status = equilibria.Stalled
	s.Policy, s.Values, s.Status, s.Residual = p.Policy, p.Values, equilibria.Stalled, p.Residual
	s.Selection = fmt.Sprintf("the last point of the principal branch, at lambda %.6g", p.Lambda)
	if s.Concept == equilibria.Nash {
		s.Concept = equilibria.SoftQRE
		if variant == stochastic.Plain {
			s.Concept = equilibria.AgentQRE
		}
	}
	if len(s.Points) == 0 {
		s.Points = []Point{p}
	}
}

// choose marks the points by tolerance, tells which lambdas were not reached and
// puts the first crossing of the last lambda on top.
func (s *Answer) choose(lambdas []float64, tolerance, end float64) {
	s.Selection = "the first crossing by the principal branch"
	var all []Point
	for i, l := range lambdas {
		first := slices.IndexFunc(s.Points, func(p Point) bool { return p.Lambda == l })
		if first < 0 {
			all = append(all, Point{Lambda: l, Status: equilibria.Stalled})
			s.Status = equilibria.Stalled
			s.Warnings = append(s.Warnings, fmt.Sprintf("lambda %g was not reached: the branch was followed to %.6g", l, end))
			continue
		}
		for _, p := range s.Points[first:] {
			if p.Lambda != l {
				break
			}
			p.Status = equilibria.Converged
			if !(p.Residual <= tolerance) {
				p.Status = equilibria.AtLimit
				if s.Status == equilibria.Converged {
					s.Status = equilibria.AtLimit
				}
			}
			all = append(all, p)
		}
		if p := s.Points[first]; i == len(lambdas)-1 {
			s.Policy, s.Values, s.Residual = p.Policy, p.Values, p.Residual
		}
	}
	s.Points = all
}

// minus are values of player 0 and those of its opponent in a zero-sum game.
func minus(v [][]float64) markov.Values {
	other := make([][]float64, len(v))
	for h, row := range v {
		for _, x := range row {
			other[h] = append(other[h], -x)
		}
	}
	return markov.Values{v, other}
}
