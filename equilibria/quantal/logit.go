// Package quantal follows curves of quantal responses of trees and tables, from even
// play to the equilibrium at their end, over turning points and into the branches
// that cross them (Turocy 2005). A kind of response says what a player answers;
// the tracer knows nothing else of the game.
package quantal

import (
	"context"
	"fmt"
	"math"
	"slices"

	"arbiter/equilibria"
	"arbiter/equilibria/exact"
	"arbiter/games"
	"arbiter/games/flat"
)

// Form says which responses of a tree are looked for. In a game of one
// simultaneous choice all are the same.
type Form string

const (
	FormAgent    Form = "agent"          // sets answer the values given that they are reached
	FormWeighted Form = "reach-weighted" // sets answer the values times their reach
	FormSequence Form = "sequence"       // players answer with dilated entropy
	FormReduced  Form = "reduced-normal" // players answer with all their strategies
)

// Forms lists them.
func Forms() []Form { return []Form{FormAgent, FormWeighted, FormSequence, FormReduced} }

// Options say what is traced.
type Options struct {
	Form    Form      // "" is FormAgent
	Lambdas []float64 // precisions of player 0 whose points are wanted
	Ratio   []float64 // precision of every player in units of that of player 0; nil: all alike
	// Own: every player answers at lambda times the range of player 0's payoffs over
	// its own, so that no player's unit matters. Ratio is not looked at.
	Own   bool
	Arms  bool // follow the branches that cross, too
	First bool // end when the lambdas were met once
}

// Crossing is a point of a branch at a lambda that was asked for.
type Crossing struct {
	Lambda   float64           // precision of player 0
	Number   int               // 1, 2, …: a branch may meet a lambda several times
	Policy   []games.Behaviour // per player
	Residual float64           // largest distance of a probability from its response
}

// Bifurcation is where other branches cross.
type Bifurcation struct {
	Lambda float64 // precision of player 0
	Kernel int     // dimension of the directions that lead away: 1, or more with much symmetry
	point  []float64
}

// Branch is a branch of quantal response equilibria as far as it was traced: the
// principal one starts at even play at lambda 0.
type Branch struct {
	Concept      equilibria.Concept     // LogitQRE, AgentQRE, ReachQRE or PlansQRE
	Crossings    []Crossing             // of Options.Lambdas, in the order they were met
	Turning      []float64              // lambdas at which the branch turns back, or forth again
	Bifurcations []Bifurcation          // in the order they were met
	Limit        []games.Behaviour      // the Nash equilibrium it leads to, polished; nil if it was not reached
	Regret       float64                // of the limit, the largest of a player
	Status       equilibria.Status      // Complete, Folded, or Stalled: it could not be followed on, and where it stopped is no equilibrium
	End          float64                // lambda of the last point
	Last         []games.Behaviour      // at End
	Steps        int                    // that were taken
	Path         []equilibria.PathPoint // the points that were passed, in order
	Merged       bool                   // information sets that nothing tells apart were held alike
	Arms         []Arm                  // nil unless Options.Arms
}

// Arm is a branch that leaves the principal one.
type Arm struct {
	From float64 // lambda of the bifurcation
	Branch
}

// Of what is traced: mostMoves bounds the dense Jacobian, manyMoves is the number
// of moves above which sets that are alike are merged and tracing ends at the last
// lambda that was asked for.
const mostMoves, manyMoves = 1500, 400

// Trace follows the principal branch (Turocy 2005) by predictor and corrector in
// log probabilities. It records all crossings of the lambdas asked for, turning
// points and bifurcations, and follows the branch to its limit, judged by its
// regret. Of trees with more than 400 moves whose lambdas were asked for only
// what lies before the last of these is looked at. A cancelled context is an
// error.
func Trace(ctx context.Context, b *flat.Board, o Options) (*Branch, error) {
	seats := b.Info().Seats
	for i, l := range o.Lambdas {
		if !(l >= 0) || math.IsInf(l, 1) {
			return nil, fmt.Errorf("lambda %d: found %g, expected a number not below 0", i, l)
		}
	}
	if o.Ratio == nil {
		o.Ratio = slices.Repeat([]float64{1}, seats)
	}
	if len(o.Ratio) != seats {
		return nil, fmt.Errorf("ratio: found %d numbers, expected %d, one per player", len(o.Ratio), seats)
	}
	for k, x := range o.Ratio {
		if !(x > 0) || math.IsInf(x, 1) {
			return nil, fmt.Errorf("ratio of player %d: found %g, expected a positive number", k, x)
		}
	}
	t, concept, err := newTracer(b, o)
	if err != nil {
		return nil, err
	}
	if t.n == 0 {
		return settled(b, o, concept), nil
	}
	br := &Branch{Concept: concept, Merged: t.merged}
	if err := t.even(); err != nil {
		return nil, fmt.Errorf("%s: %w", b.Info().Name, err)
	}
	if err := t.trace(ctx, br, o.Lambdas); err != nil {
		return nil, err
	}
	if o.Arms {
		for _, f := range br.Bifurcations {
			arms, err := t.arms(ctx, f, o.Lambdas)
			if err != nil {
				return nil, err
			}
			br.Arms = append(br.Arms, arms...)
		}
	}
	return br, nil
}

// settled is the branch of a game in which nobody has a move: there is one policy.
func settled(b *flat.Board, o Options, concept equilibria.Concept) *Branch {
	p := b.Uniform()
	br := &Branch{Concept: concept, Status: equilibria.Complete, Limit: p, Last: p, Path: []equilibria.PathPoint{{Lambda: 0, Policy: p}}}
	for _, l := range o.Lambdas {
		br.Crossings = append(br.Crossings, Crossing{Lambda: l, Number: 1, Policy: p})
		br.End = max(br.End, l)
	}
	return br
}

func newTracer(b *flat.Board, o Options) (*tracer, equilibria.Concept, error) {
	total := 0
	for k := range b.Info().Seats {
		for _, r := range b.Rows(k) {
			total += r.Moves
		}
	}
	merge := total > manyMoves
	unit, scales := b.Unit(), b.Scales()
	t := &tracer{b: b, pace: .35}
	concept := equilibria.LogitQRE
	shape, cells, simple := simultaneous(unit)
	// Every player is seen in units of its own range, and answers at weight times
	// the parameter.
	weigh := func(ranges []float64) []float64 {
		weight := make([]float64, len(ranges))
		if o.Own {
			if t.scale = ranges[0]; t.scale == 0 {
				t.scale = 1
			}
			return slices.Repeat([]float64{1}, len(ranges))
		}
		for k, x := range ranges {
			weight[k] = o.Ratio[k] * x
			t.scale = max(t.scale, weight[k])
		}
		if t.scale == 0 {
			t.scale = 1
		}
		for k := range weight {
			if weight[k] /= t.scale; weight[k] == 0 {
				weight[k] = 1
			}
		}
		return weight
	}
	even := slices.Repeat([]float64{1}, len(scales))
	var ranges []float64
	for _, s := range scales {
		ranges = append(ranges, s.Range)
	}
	if !simple && o.Form != FormReduced { // before they are listed
		listed, least := histories(b)
		if least > mostMoves {
			return nil, "", fmt.Errorf("%s: at least %d moves that differ at all information states, at most %d fit: %w; use --solver mmd", b.Info().Name, least, mostMoves, equilibria.ErrTooLarge)
		}
		if listed > mostListed {
			return nil, "", fmt.Errorf("%s: the histories of the tree have %d moves together, at most %d fit: %w; use --solver mmd", b.Info().Name, listed, mostListed, equilibria.ErrTooLarge)
		}
	}
	switch {
	case simple || o.Form == FormReduced:
		turn := func(_ int, p []float64) games.Behaviour { return games.Behaviour{p} }
		if !simple {
			n, err := exact.NormalForm(b, nil)
			if err != nil {
				return nil, "", err
			}
			shape, turn = n.Shape, n.Behaviour
			cells, ranges = n.Scaled()
			centred(cells)
		} else {
			for k, x := range centred(cells) {
				ranges[k] = scales[k].Up(x)
			}
		}
		w := weigh(ranges)
		t.r = newTensor(shape, cells, w, turn)
		t.plain = newTensor(shape, cells, even, turn)
	case o.Form == FormSequence:
		s := newSequential(unit, merge, weigh(ranges))
		t.r, t.plain, t.merged = s, newAgents(unit, false, merge, even), !s.single
		concept = equilibria.PlansQRE
	case o.Form == FormAgent || o.Form == "":
		s := newAgents(unit, false, merge, weigh(ranges))
		t.r, t.plain, t.merged = s, s, !s.single
		if !slices.Equal(s.ratio, even) {
			t.plain = newAgents(unit, false, merge, even)
		}
		concept = equilibria.AgentQRE
	case o.Form == FormWeighted:
		s := newAgents(unit, true, merge, weigh(ranges))
		t.r, t.plain, t.merged = s, newAgents(unit, false, merge, even), !s.single
		concept = equilibria.ReachQRE
	default:
		return nil, "", fmt.Errorf("form: found %q, expected one of %v", o.Form, Forms())
	}
	if math.IsInf(t.scale, 1) {
		return nil, "", fmt.Errorf("%s: the range of payoffs is infinite, expected at most %g", b.Info().Name, math.MaxFloat64)
	}
	t.list = t.r.sets()
	if t.n = moves(t.list); t.n == 0 {
		return t, concept, nil
	}
	if t.n > mostMoves {
		return nil, "", fmt.Errorf("%s: %d moves that differ at all information states, at most %d fit: %w; use --solver mmd", b.Info().Name, t.n, mostMoves, equilibria.ErrTooLarge)
	}
	t.first = o.First || t.n > manyMoves || t.merged
	t.room()
	return t, concept, nil
}

// centred moves the middle of every player's payoffs to 0 and divides by the
// range, which is returned, or 1.
func centred(cells [][]float64) []float64 {
	ranges := make([]float64, len(cells))
	for k, c := range cells {
		lo, hi := slices.Min(c), slices.Max(c)
		scale := hi - lo
		if ranges[k] = scale; scale == 0 {
			scale = 1
		}
		middle := hi/2 + lo/2
		for i := range c {
			c[i] = (c[i] - middle) / scale
		}
	}
	return ranges
}
