package choose

import (
	"context"
	"fmt"
	"math"
	"slices"

	"arbiter/equilibria"
	"arbiter/equilibria/exact"
	"arbiter/equilibria/many"
	"arbiter/equilibria/quantal"
	"arbiter/games"
	"arbiter/spec"
)

// principalBranch selects the equilibrium that the principal logit branch leads to.
const principalBranch = "principal-branch"

// Selections are the rules by which one of several equilibria is put on top.
func Selections() []string { return append(exact.Selections(), principalBranch) }

// settle puts the equilibrium that the rule of a solver of several selects on top and
// adds ratios, if it was told so.
func (t *Game) settle(ctx context.Context, s *Answer, by string, knobs spec.Args) (*Answer, error) {
	if rule := given(knobs, "selection"); rule != "" {
		if err := t.choose(ctx, s, rule); err != nil {
			return nil, err
		}
	}
	return s, t.makeExact(ctx, s, by, knobs)
}

// selectionError refuses to select what a solver found.
func selectionError(solver string) error {
	return fmt.Errorf("selection is for solvers that list several Nash equilibria; %s does not", solver)
}

// choose puts the equilibrium that a rule selects on top.
func (t *Game) choose(ctx context.Context, s *Answer, rule string) error {
	if rule != principalBranch {
		i, err := s.Normal.Select(s.Mixed, rule)
		if err != nil {
			return err
		}
		s.Policy, s.Selection = s.Others[i], fmt.Sprintf("equilibrium %d, by %s", i+1, rule)
		return nil
	}
	board, err := t.Board()
	if err != nil {
		return err
	}
	br, err := quantal.Trace(ctx, board, quantal.Options{Own: true})
	if err != nil {
		return err
	}
	if br.Limit == nil {
		return fmt.Errorf("selection %s: the branch stalled at lambda %.6g", rule, br.End)
	}
	s.Policy, s.Selection = br.Limit, "the limit of the principal logit branch, none of those listed alone"
	const same = 1e-6
	near := func(p []games.Behaviour) bool {
		for k := range p {
			for row := range p[k] {
				for m, x := range p[k][row] {
					if math.Abs(x-br.Limit[k][row][m]) > same {
						return false
					}
				}
			}
		}
		return true
	}
	if i := slices.IndexFunc(s.Others, near); i >= 0 {
		s.Policy, s.Selection = s.Others[i], fmt.Sprintf("equilibrium %d, the limit of the principal logit branch", i+1)
	}
	return nil
}

// solveMany finds the equilibria of games of any number of players.
func solveMany(ctx context.Context, t *Game, starts int) (*Answer, error) {
	n, err := t.Normal()
	if err != nil {
		return nil, err
	}
	m, err := many.Solve(ctx, n, many.Limits{Starts: starts})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.Name, err)
	}
	if len(m.Equilibria) == 0 {
		return nil, equilibria.NoAnswerf("%s: no equilibrium was found, %d of %d support profiles are not settled; use --solver logit", t.Name, m.Open, m.Supports)
	}
	m.Complete = m.Complete && !n.Rounded
	s := &Answer{
		Status: equilibria.Converged, Several: true, Normal: n, Complete: &m.Complete,
		Components: m.Components, Sampled: m.Sampled, NashSubsets: m.Subsets, Iterations: m.Supports, Selection: "the smallest supports",
	}
	if m.Degenerate || m.Complete {
		s.Degenerate = &m.Degenerate
	}
	for _, e := range m.Equilibria {
		var p []games.Behaviour
		for k, mixed := range e.Profile {
			p = append(p, n.Behaviour(k, mixed))
		}
		s.Mixed, s.Others = append(s.Mixed, e.Profile), append(s.Others, p)
		s.Indices, s.Proved = append(s.Indices, e.Index), append(s.Proved, e.Proved)
	}
	s.Policy = s.Others[0]
	if n.Rounded {
		s.Warnings = append(s.Warnings, roundedWarning)
	}
	if m.Open > 0 {
		s.Warnings = append(s.Warnings, fmt.Sprintf("%d of %d support profiles are not settled: there may be more equilibria", m.Open, m.Supports))
	}
	if m.Unjoined {
		s.Warnings = append(s.Warnings, "not all pairs of singular points were tried: components may be connected with each other")
	}
	if !m.Degenerate && m.IndexSum != 1 {
		s.Warnings = append(s.Warnings, fmt.Sprintf("the indices of the equilibria found sum to %d instead of 1: something is missing", m.IndexSum))
	}
	return s, nil
}
