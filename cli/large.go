package cli

import (
	"fmt"
	"math"

	"arbiter/ranking"
	"arbiter/report"
)

// denseSink is the number of profiles of a sole sink up to which its law is
// solved by elimination, else by iteration.
const denseSink = 3000

// rankLarge ranks a payoff table with more profiles than a dense chain can
// have: by its sinks at infinite alpha, by iteration at finite alpha. Rows are
// limited to those of the table in every format.
func (how reading) rankLarge(p ranking.Payoffs, names report.Names) (*report.Ranking, error) {
	r := &report.Ranking{
		Schema: "arbiter/ranking/v1", Method: "alpharank", Alpha: report.Number(how.alpha), Selection: "local",
		PopulationSize: how.m, Population: "multi", Warnings: []string{},
		Ranking: []report.Row{}, Marginals: []report.Marginal{}, Top: how.top, Limit: how.top,
	}
	switch {
	case len(how.methods) > 1 || how.methods[0] != "alpharank":
		return nil, usagef("ranking.method: %d profiles are too many for other methods than alpharank", p.N())
	case math.IsNaN(how.alpha):
		return nil, usagef("ranking.alpha: auto tries many alphas, too many for %d profiles, expected a number or inf", p.N())
	case how.selection == ranking.Population:
		return nil, usagef("ranking.selection: \"population\" is for a single population")
	case math.IsInf(how.alpha, 1) && (how.infinite == "limit" || how.perturbation > 0):
		return nil, usagef(`ranking.infinite_alpha: %d profiles are too many for limits and finite perturbations, expected "perturbed" or "mcc" without`, p.N())
	}
	sinks := p.Sinks(ranking.Rounding)
	r.SetSinks(names, sinks)
	if !math.IsInf(how.alpha, 1) {
		law, b, err := ranking.FiniteLarge(p, how.alpha, how.m, how.workers)
		if err != nil {
			return nil, usage(err)
		}
		r.SetBalance(b)
		r.SetLaw(names, law, nil, nil)
		return r, nil
	}
	r.Reading = how.infinite
	switch {
	case len(sinks) > 1:
		r.Warnings = append(r.Warnings, fmt.Sprintf("%d sinks and too many profiles to weight them: masses are left out; a finite alpha has an answer", len(sinks)))
		return r, nil
	case len(sinks[0]) > denseSink:
		tieRate := .5
		if how.infinite == "mcc" {
			tieRate = 1 / float64(how.m)
		}
		law, b, err := ranking.SinkLarge(p, sinks[0], ranking.Rounding, tieRate, how.workers)
		if err != nil {
			return nil, err
		}
		r.SetBalance(b)
		r.SetLaw(names, law, nil, nil)
		return r, nil
	}
	inside := p.Inside(sinks[0], ranking.Rounding)
	law, err := ranking.Perturbed(inside, 0)
	if how.infinite == "mcc" {
		law, err = ranking.MCC(inside, how.m)[0], nil
	}
	if err != nil {
		return nil, err
	}
	whole := ranking.Law{Mass: make([]float64, p.N()), LogMass: make([]float64, p.N())}
	for i := range whole.LogMass {
		whole.LogMass[i] = math.Inf(-1)
	}
	for i, id := range sinks[0] {
		whole.Mass[id], whole.LogMass[id] = law.Mass[i], law.LogMass[i]
	}
	r.SetLaw(names, whole, nil, nil)
	return r, nil
}
