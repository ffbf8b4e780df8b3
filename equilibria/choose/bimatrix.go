package choose

import (
	"context"
	"fmt"
	"math/big"
	"slices"

	"arbiter/equilibria"
	"arbiter/equilibria/exact"
	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/spec"
)

// bimatrix is the reduced normal form of a game of two players without the
// strategies that iterated strict dominance leaves out.
type bimatrix struct {
	*exact.Bimatrix
	normal *exact.Normal
	kept   [][]int
}

func (t *Game) bimatrix(ctx context.Context) (*bimatrix, error) {
	if t.form != nil {
		return t.form, nil
	}
	if seats := t.Game.Info().Seats; seats != 2 {
		return nil, fmt.Errorf("%s has %d players: %w; use --solver mmd or cce", t.Name, seats, exact.ErrTwoPlayers)
	}
	n, err := t.Normal()
	if err != nil {
		return nil, err
	}
	b := &bimatrix{normal: n}
	if b.kept, err = n.Undominated(ctx); err != nil {
		return nil, err
	}
	if b.Bimatrix, err = exact.NewBimatrix(n.Restrict(b.kept)); err != nil {
		return nil, err
	}
	t.form = b
	return b, nil
}

// policy is a profile of what was kept in all strategies, and its behaviour.
func (b *bimatrix) policy(p exact.Mixed) (mixed [][]float64, out []games.Behaviour) {
	for k, kept := range p.Float() {
		all := make([]float64, b.normal.Shape[k])
		for i, x := range kept {
			all[b.kept[k][i]] = x
		}
		mixed, out = append(mixed, all), append(out, b.normal.Behaviour(k, all))
	}
	return mixed, out
}

// rational is the behaviour of a profile in ratios.
func (b *bimatrix) rational(p exact.Mixed) (out []flat.ExactBehaviour) {
	for k, kept := range p {
		all := make([]*big.Rat, b.normal.Shape[k])
		for i := range all {
			all[i] = new(big.Rat)
		}
		for i, x := range kept {
			all[b.kept[k][i]] = x
		}
		out = append(out, b.normal.ExactBehaviour(k, all))
	}
	return out
}

func (b *bimatrix) solution(list []exact.Mixed) *Answer {
	s := &Answer{Status: equilibria.Converged, Several: true, Normal: b.normal}
	if b.normal.Rounded {
		s.Warnings = append(s.Warnings, roundedWarning)
	}
	for _, p := range list {
		mixed, policy := b.policy(p)
		s.Mixed, s.Others = append(s.Mixed, mixed), append(s.Others, policy)
		s.rational = append(s.rational, b.rational(p))
	}
	s.Policy = s.Others[0]
	for k, kept := range b.kept {
		for i := range b.normal.Shape[k] {
			if !slices.Contains(kept, i) {
				s.Eliminated = append(s.Eliminated, [2]int{k, i})
			}
		}
	}
	return s
}

func solveExtreme(ctx context.Context, t *Game, knobs spec.Args, _ Settings) (*Answer, error) {
	b, err := t.bimatrix(ctx)
	if err != nil {
		return nil, err
	}
	e, err := b.Extreme(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.Name, err)
	}
	s := b.solution(e.Equilibria)
	all := !b.normal.Rounded
	s.Complete, s.Degenerate, s.Iterations = &all, &e.Degenerate, e.Bases
	s.Components, s.NashSubsets = e.Components, e.Subsets
	s.Selection = "the first in order of enumeration"
	return t.settle(ctx, s, "extreme", knobs)
}

func solveLemkeHowson(ctx context.Context, t *Game, knobs spec.Args, _ Settings) (*Answer, error) {
	b, err := t.bimatrix(ctx)
	if err != nil {
		return nil, err
	}
	// All labels where that is quick, else the first.
	labels := len(b.kept[0]) + len(b.kept[1])
	if labels > 60 {
		labels = 1
	}
	var found []exact.Mixed
	total := 0
	for label := range labels {
		p, pivots, err := b.LemkeHowson(ctx, label)
		if err != nil {
			return nil, err
		}
		total += pivots
		if !slices.ContainsFunc(found, func(q exact.Mixed) bool { return same(p, q) }) {
			found = append(found, p)
		}
	}
	s := b.solution(found)
	s.Iterations, s.Selection = total, "the end of the path of the first label"
	return t.settle(ctx, s, "lemke-howson", knobs)
}

func same(p, q exact.Mixed) bool {
	equal := func(x, y *big.Rat) bool { return x.Cmp(y) == 0 }
	return slices.EqualFunc(p[0], q[0], equal) && slices.EqualFunc(p[1], q[1], equal)
}

func solveSupports(ctx context.Context, t *Game, knobs spec.Args, _ Settings) (*Answer, error) {
	find := supportsOfTwo
	if t.Game.Info().Seats != 2 {
		find = func(ctx context.Context, t *Game) (*Answer, error) { return solveMany(ctx, t, knobs.Int("starts")) }
	} else if knobs.Int("starts") > 0 {
		return nil, fmt.Errorf("%s has two players: starts are for more", t.Name)
	}
	s, err := find(ctx, t)
	if err != nil {
		return nil, err
	}
	return t.settle(ctx, s, "support-enumeration", knobs)
}

// supportsOfTwo finds the equilibria of two players.
func supportsOfTwo(ctx context.Context, t *Game) (*Answer, error) {
	b, err := t.bimatrix(ctx)
	if err != nil {
		return nil, err
	}
	found, err := b.Supports(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.Name, err)
	}
	if len(found.Equilibria) == 0 {
		return nil, equilibria.NoAnswerf("%s is degenerate: no equilibrium has supports of equal size; use --solver extreme", t.Name)
	}
	s := b.solution(found.Equilibria)
	all := found.Complete && !b.normal.Rounded
	s.Complete, s.Iterations = &all, found.Pairs
	if degenerate := slices.ContainsFunc(found.Equilibria, b.Degenerate); degenerate || found.Complete {
		s.Degenerate = &degenerate
	}
	s.Selection = "the smallest supports"
	if !found.Complete {
		s.Warnings = append(s.Warnings, "the game is degenerate or nearly so: there may be more equilibria, see --solver extreme")
	}
	return s, nil
}
