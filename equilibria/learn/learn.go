// Package learn runs learners on compiled games: minimisers of regret, mirror
// descent, fictitious play and dynamics, one update of all players after the other.
// Their gaps are measured by the game, which shares no code with them.
package learn

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"arbiter/equilibria"
	"arbiter/games"
	"arbiter/games/flat"
)

// Solution is an average policy and how it came to be.
type Solution struct {
	Policy     []games.Behaviour  // per player
	Iterations int                // how many were run
	Status     equilibria.Status  // Converged if the gaps were within the tolerance
	Curve      []equilibria.Point // at growing intervals, the last one included
}

// Method is one of the learners there are. They converge to a Nash equilibrium
// for two players with constant sum, by averages or by the last policy as the Doc
// says; elsewhere the measured gap alone says what was found. They look at
// flat.Board.Unit, so that the payoffs of a player may have any scale.
type Method struct {
	Name, Doc string // of the solver in specs
	start     func(b *flat.Board, from []games.Behaviour) learner
}

// learner is a learner at work.
type learner interface {
	iterate(t int)              // t = 1, 2, …
	average() []games.Behaviour // what is returned
}

// Methods lists the learners.
func Methods() []Method {
	family := func(kind minimiser) func(*flat.Board, []games.Behaviour) learner {
		return func(b *flat.Board, from []games.Behaviour) learner { return newRegrets(b, kind, from) }
	}
	return []Method{
		{string(plain), "counterfactual regret minimisation (Zinkevich et al. 2007), alternating updates", family(plain)},
		{string(plus), "CFR+: no negative regret, averages weighted by t (Tammelin 2014)", family(plus)},
		{string(predictivePlus), "predictive CFR+: the last regret predicts the next, averages weighted by t² (Farina et al. 2021)", family(predictivePlus)},
		{string(discounted), "discounted CFR with exponents 1.5, 0 and 2 (Brown and Sandholm 2019)", family(discounted)},
		{"fictitious-play", "extensive-form fictitious play, the lowest move on ties (Heinrich et al. 2015)", func(b *flat.Board, from []games.Behaviour) learner { return newFictitious(b, from) }},
		{"regret-matching", "regret matching at every information state, all players at once; average (Hart and Mas-Colell 2000)", func(b *flat.Board, from []games.Behaviour) learner { return newMatching(b, from) }},
		{"omwu", "optimistic multiplicative weights at every information state; last policy (Daskalakis and Panageas 2019)", func(b *flat.Board, from []games.Behaviour) learner { return newWeights(b, false, from) }},
		{"extra-gradient", "mirror-prox with entropy at every information state; last policy (Korpelevich 1976, Nemirovski 2004)", func(b *flat.Board, from []games.Behaviour) learner { return newWeights(b, true, from) }},
		{"replicator", "replicator dynamics in logits by Runge-Kutta steps; time average (Taylor and Jonker 1978)", func(b *flat.Board, from []games.Behaviour) learner { return newReplicator(b, from) }},
		{"mmd", "magnetic mirror descent whose magnet moves to the policy; last policy (Sokota et al. 2023)", func(b *flat.Board, from []games.Behaviour) learner { return newMagnetic(b, false, from) }},
		{"mmd-annealed", "magnetic mirror descent whose pull to even play and steps shrink as 1/√t; last policy", func(b *flat.Board, from []games.Behaviour) learner { return newMagnetic(b, true, from) }},
	}
}

// Options say how a learner is run.
type Options struct {
	equilibria.Limits // that end it
	// From is the policy to start from, nil for even play: it is what is played first
	// and counts as one iteration in averages.
	From []games.Behaviour
	// Step is that of MagneticQRE, if it is to be kept; 0: found by trying.
	Step float64
}

// Check reports limits that end nothing, and steps that lead nowhere.
func (o Options) Check() error {
	if !(o.Step >= 0) || math.IsInf(o.Step, 1) {
		return fmt.Errorf("step: found %g, expected a finite number not below 0", o.Step)
	}
	return o.Limits.Check()
}

// Run runs the learner of that name. The gap is judged by flat.Board.Evaluate,
// other code than the learner's, after 1, 2, … iterations at intervals that grow
// by a tenth. A cancelled context ends it with the policy so far and ctx.Err().
func Run(ctx context.Context, b *flat.Board, name string, o Options) (Solution, error) {
	all := Methods()
	i := slices.IndexFunc(all, func(l Method) bool { return l.Name == name })
	if i < 0 {
		var names []string
		for _, l := range all {
			names = append(names, l.Name)
		}
		return Solution{}, fmt.Errorf("solver: found %q, expected one of %s", name, strings.Join(names, ", "))
	}
	if err := o.Check(); err != nil {
		return Solution{}, err
	}
	unit := b.Unit()
	l := all[i].start(unit, o.From)
	s := Solution{Status: equilibria.AtLimit}
	for next := 1; s.Iterations < o.Iterations; {
		if err := ctx.Err(); err != nil {
			s.Policy = l.average()
			return s, err
		}
		s.Iterations++
		l.iterate(s.Iterations)
		if s.Iterations == next || s.Iterations == o.Iterations {
			next += 1 + next/10
			s.Policy = l.average()
			e := unit.Evaluate(s.Policy)
			gap := 0.0
			for k, scale := range b.Scales() {
				gap += scale.Up(e.Gaps[k])
			}
			s.Curve = append(s.Curve, equilibria.Point{Iteration: s.Iterations, NashConv: gap})
			if math.IsNaN(gap) {
				return s, equilibria.NoAnswerf("%s: %s: the gap after %d iterations is no number", b.Info().Name, name, s.Iterations)
			}
			if within(unit, e.Gaps, o.Tolerance) {
				s.Status = equilibria.Converged
				return s, nil
			}
		}
	}
	return s, nil
}

// within tells whether the gaps, in units of the seats' own ranges of payoffs, sum to
// at most the tolerance.
func within(b *flat.Board, gaps []float64, tolerance float64) bool {
	sum := 0.0
	for k, scale := range b.Scales() {
		if scale.Range > 0 {
			sum += gaps[k] / scale.Range
		}
	}
	return sum <= tolerance
}
