package catalog

import (
	"context"

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
