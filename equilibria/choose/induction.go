package choose

import (
	"context"
	"fmt"

	"arbiter/equilibria"
	"arbiter/equilibria/exact"
	"arbiter/spec"
)

// roundedWarning says why nothing that hangs on exact ties is claimed.
const roundedWarning = "the game's numbers are known only as they were rounded: equilibria that hang on an exact tie may be missing"

func solveInduction(ctx context.Context, t *Game, knobs spec.Args, _ Settings) (*Answer, error) {
	board, err := t.Board()
	if err != nil {
		return nil, err
	}
	found, err := exact.Induct(ctx, board)
	if err != nil {
		return nil, err
	}
	decisions, chance, _ := board.Sizes()
	s := &Answer{
		Policy: found.Policy, Status: equilibria.Converged, Iterations: decisions + chance, Induction: found,
		Selection: "the subgame-perfect equilibrium",
	}
	if len(found.Ties) > 0 {
		s.Selection = "the subgame-perfect equilibrium of the first move on ties"
	}
	if !found.Exact {
		s.Selection = "the equilibrium of backward induction in floating point"
		s.Warnings = append(s.Warnings, roundedWarning)
	}
	return s, t.makeExact(ctx, s, "backward-induction", knobs)
}

// fewRows is the number of information sets of both players up to which backward
// induction is shown beside all extreme equilibria.
const fewRows = 12

// nashByInduction solves a tree of perfect information, nil if the game is none. A
// small one of two players has all its extreme equilibria listed too: backward
// induction selects among them.
func (t *Game) nashByInduction(ctx context.Context, rule string, o Settings) (*Answer, error) {
	board, err := t.Board()
	if err != nil {
		return nil, nil
	}
	if _, _, _, shared := exact.Shared(board); shared {
		return nil, nil
	}
	s, err := t.Solve(ctx, "backward-induction", o)
	if err != nil {
		return nil, err
	}
	s.Chosen = "backward-induction"
	if board.Info().Seats == 2 && len(board.Rows(0))+len(board.Rows(1)) <= fewRows {
		if b, err := t.bimatrix(ctx); err == nil && len(b.kept[0])+len(b.kept[1]) <= fewStrategies {
			if all, err := t.Solve(ctx, "extreme", o); err == nil {
				s.Several, s.Normal, s.Others, s.Mixed, s.Eliminated = true, all.Normal, all.Others, all.Mixed, all.Eliminated
				s.rational, s.Evaluations = all.rational, all.Evaluations
				s.Complete, s.Degenerate, s.Components, s.NashSubsets = all.Complete, all.Degenerate, all.Components, all.NashSubsets
			}
		}
	}
	if rule != "" {
		if !s.Several {
			return nil, fmt.Errorf("%w; --solver extreme lists them", selectionError(s.Solver))
		}
		if err := t.choose(ctx, s, rule); err != nil {
			return nil, err
		}
	}
	return s, ctx.Err()
}
