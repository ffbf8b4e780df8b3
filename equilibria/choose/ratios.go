package choose

import (
	"context"
	"fmt"
	"math/big"
	"slices"

	"arbiter/equilibria/exact"
	"arbiter/equilibria/linear"
	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/spec"
)

// Ratios are a policy and what it pays in exact numbers.
type Ratios struct {
	Policy []flat.ExactBehaviour // per player
	Values []*big.Rat            // expected payoffs, per player
}

// mostExact is the number of nodes up to which policies are valued in ratios.
const mostExact = 1 << 18

// makeExact adds ratios to what a solver found, if it was asked to, or a warning that
// says why there are none.
func (t *Game) makeExact(ctx context.Context, s *Answer, by string, knobs spec.Args) error {
	if !knobs.Bool("exact") {
		return nil
	}
	unknown := func(format string, args ...any) error {
		s.Warnings = append(s.Warnings, "no fractions: "+fmt.Sprintf(format, args...))
		return nil
	}
	if !t.takes(by, "exact") {
		return unknown("%s works in floating point", by)
	}
	board, err := t.Board()
	if err != nil {
		return unknown("%v", err)
	}
	if board.Exact() == nil {
		return unknown("%v", linear.ErrRounded)
	}
	if decisions, chance, terminals := board.Sizes(); decisions+chance+terminals > mostExact {
		return unknown("the tree has %d nodes, at most %d are valued in ratios", decisions+chance+terminals, mostExact)
	}
	with := func(p []flat.ExactBehaviour) *Ratios { return &Ratios{p, board.ExactValues(p)} }
	switch {
	case s.Induction != nil && !s.Induction.Exact:
		return unknown("the values of this tree are ratios too long to work with")
	case s.Induction != nil:
		s.Exact = &Ratios{exact.Pure(s.Policy), s.Induction.Values}
	case by == "lp":
		p, err := linear.SequenceFormExact(ctx, board)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return unknown("%v", err)
		}
		s.Exact = with(p) // the same vertex, in its own numbers
	}
	for i, p := range s.Others {
		var ratios []flat.ExactBehaviour
		if s.rational != nil {
			ratios = s.rational[i]
		} else {
			ratios = exact.Pure(p)
		}
		if ratios == nil {
			s.OthersExact = append(s.OthersExact, nil)
			continue
		}
		s.OthersExact = append(s.OthersExact, with(ratios))
		if s.Exact == nil && samePolicy(p, s.Policy) {
			s.Exact = s.OthersExact[i]
		}
	}
	if s.Exact == nil {
		return unknown("mixtures of more than two players are no ratios, or it is not known which")
	}
	return nil
}

// samePolicy reports whether two policies are one.
func samePolicy(p, q []games.Behaviour) bool {
	return slices.EqualFunc(p, q, func(a, b games.Behaviour) bool {
		return slices.EqualFunc(a, b, func(x, y []float64) bool { return slices.Equal(x, y) })
	})
}
