package catalog

import (
	"context"
	"math"

	"arbiter/equilibria/choose"
	"arbiter/games"
)

// Solve runs a solver by name and judges what it found: see choose.Game.Solve.
func (t *Table) Solve(ctx context.Context, name string, o choose.Settings) (*choose.Answer, error) {
	return t.chooser().Solve(ctx, name, o)
}

// Judge works out how far a policy is from equilibrium: see choose.Game.Judge.
func (t *Table) Judge(p []games.Behaviour) (e games.Evaluation, worst []float64, err error) {
	return t.chooser().Judge(p)
}

// Ranges are those of the players' payoffs: see choose.Game.Ranges.
func (t *Table) Ranges() ([]float64, error) { return t.chooser().Ranges() }

// Verdict is the account of an answer: see choose.Game.Verdict.
func (t *Table) Verdict(found *choose.Answer) (*choose.Verdict, error) {
	return t.chooser().Verdict(found)
}

func (t *Table) chooser() *choose.Game {
	if t.solving == nil {
		t.solving = choose.New(t.Game, t.catalog.Solvers)
		t.solving.CertifiedStep = t.certifiedStep
	}
	return t.solving
}

// scale is the largest range of payoffs, of Markov games of values, or 1.
func (t *Table) scale() float64 {
	info, size := t.Game.Info(), 0.0
	for k := range info.Lo {
		size = max(size, info.Hi[k]-info.Lo[k])
	}
	if g := t.Markov; g != nil && g.Horizon == 0 {
		size = g.RewardRange() / (1 - g.Discount)
	}
	if size == 0 || math.IsInf(size, 1) {
		return 1
	}
	return size
}
