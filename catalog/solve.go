package catalog

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"strings"

	"arbiter/agents"
	"arbiter/equilibria/choose"
	"arbiter/games"
	"arbiter/spec"
)

// Solve runs the solver that a spec names and judges what it found: see choose.Game.Solve.
func (t *Table) Solve(ctx context.Context, solver string, o choose.Settings) (*choose.Answer, error) {
	return t.chooser().Solve(ctx, solver, o)
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
		t.solving.CertifiedStep, t.solving.Named = t.certifiedStep, t.named
	}
	return t.solving
}

// named is the policy of an agent by spec, or of a file, at all seats.
func (t *Table) named(text string) ([]games.Behaviour, error) {
	board, err := t.Board()
	if err != nil {
		return nil, err
	}
	if strings.EqualFold(filepath.Ext(text), ".json") {
		text = PolicyFile(text)
	}
	_, p, err := t.Tabulate(text, board)
	return p, err
}

// PolicyFile is the spec of the agent that plays the policy of a file.
func PolicyFile(file string) string {
	return spec.Spec{Name: "policy", Args: []spec.Arg{{Key: "file", Text: file}}}.String()
}

// Tabulate opens the agent a spec names and tabulates it at all seats of a form of the
// game; label is its own. An agent with a memory is an error.
func (t *Table) Tabulate(text string, form games.Form) (label string, p []games.Behaviour, err error) {
	a, err := t.Seat(text)
	if err != nil {
		return "", nil, err
	}
	if p, err = agents.Tabulate(a.Agent, form); err != nil {
		return "", nil, fmt.Errorf("%s: %w", a.Spec, err)
	}
	return a.Label, p, nil
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
