package standing

import (
	"fmt"
	"math"

	"arbiter/ranking"
	"arbiter/ranking/large"
)

// denseSink is the number of profiles of a sole sink up to which its law is
// solved by elimination, else by iteration.
const denseSink = 3000

// large ranks a payoff table with more profiles than a dense chain can have: by
// its sinks at infinite alpha, by iteration at finite alpha. Rows are limited to
// those of the settings.
func (s Settings) large(e Evidence, r *AlphaRank) error {
	p, names := e.Payoffs, e.Names
	switch {
	case math.IsNaN(s.Alpha):
		return misfit("ranking.alpha: auto tries many alphas, too many for %d profiles, expected a number or inf", p.N())
	case s.Selection == ranking.Population:
		return misfit("ranking.selection: \"population\" is for a single population")
	case math.IsInf(s.Alpha, 1) && (s.Infinite == "limit" || s.Perturbation > 0):
		return misfit(`ranking.infinite_alpha: %d profiles are too many for limits and finite perturbations, expected "perturbed" or "mcc" without`, p.N())
	}
	r.Alpha = s.Alpha
	sinks := p.Sinks(ranking.Rounding)
	r.setSinks(names, sinks)
	if !math.IsInf(s.Alpha, 1) {
		law, b, err := large.Finite(p, s.Alpha, s.PopulationSize, s.Workers)
		if err != nil {
			return misfitOf(err)
		}
		r.setBalance(b)
		r.setLaw(names, law, nil, nil, s.Rows)
		return nil
	}
	r.Reading = s.Infinite
	switch {
	case len(sinks) > 1:
		r.Warnings = append(r.Warnings, fmt.Sprintf("%d sinks and too many profiles to weight them: masses are left out; a finite alpha has an answer", len(sinks)))
		return nil
	case len(sinks[0]) > denseSink:
		tieRate := .5
		if s.Infinite == "mcc" {
			tieRate = 1 / float64(s.PopulationSize)
		}
		law, b, err := large.Sink(p, sinks[0], ranking.Rounding, tieRate, s.Workers)
		if err != nil {
			return err
		}
		r.setBalance(b)
		r.setLaw(names, law, nil, nil, s.Rows)
		return nil
	}
	inside := p.Inside(sinks[0], ranking.Rounding)
	law, err := ranking.Perturbed(inside, 0)
	if s.Infinite == "mcc" {
		law, err = ranking.MCC(inside, s.PopulationSize)[0], nil
	}
	if err != nil {
		return err
	}
	whole := ranking.Law{Mass: make([]float64, p.N()), LogMass: make([]float64, p.N())}
	for i := range whole.LogMass {
		whole.LogMass[i] = math.Inf(-1)
	}
	for i, id := range sinks[0] {
		whole.Mass[id], whole.LogMass[id] = law.Mass[i], law.LogMass[i]
	}
	r.setLaw(names, whole, nil, nil, s.Rows)
	return nil
}
