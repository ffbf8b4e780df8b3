package choose

import (
	"context"
	"fmt"
	"math"
	"slices"

	"arbiter/equilibria"
	"arbiter/equilibria/quantal"
	"arbiter/equilibria/stochastic"
	"arbiter/games"
	"arbiter/games/markov"
	"arbiter/spec"
)

// Point is a point of a branch at a lambda that was asked for, or tells that
// it was not reached.
type Point struct {
	Lambda   float64           // precision of player 0
	Crossing int               // 1, 2, …; 0 if the lambda was not reached
	Policy   []games.Behaviour // per player; nil if the lambda was not reached
	Values   markov.Values     // of Markov games, with the regulariser
	Residual float64           // largest distance of a probability from its response
	Status   equilibria.Status // Converged if Residual is within the tolerance
	Unique   bool              // of Markov games: proved to be the only one
	Index    int               // of Markov games: its sign
}

// logit is what the logit solver is told. The zero value follows the branch to its limit.
type logit struct {
	temperature []float64 // per player; nil: none
	lambdas     []float64 // whose points are wanted, none twice; nil: none

	// Of trees.
	form  quantal.Form // "" for the agent form
	arms  bool         // also what leaves the branch
	first bool         // end when the lambdas were met once

	// Of Markov games.
	variant     stochastic.Variant     // "" for what fits
	regulariser stochastic.Regulariser // of the variants that have one
	starts      int                    // random starts, to look for other solutions
}

func solveLogit(ctx context.Context, t *Game, knobs spec.Args, o Settings) (*Answer, error) {
	l := logit{
		lambdas: unique(knobs.Floats("lambda")), form: quantal.Form(knobs["form"]), arms: knobs.Bool("arms"), first: knobs["crossings"] == "first",
		variant: stochastic.Variant(given(knobs, "variant")), regulariser: stochastic.Regulariser(knobs["regulariser"]), starts: knobs.Int("starts"),
	}
	var err error
	if l.temperature, err = t.perPlayer(knobs.Floats("temperature")); err != nil {
		return nil, err
	}
	switch {
	case l.temperature != nil && l.lambdas != nil:
		return nil, errBoth
	case t.Markov != nil && (l.form != quantal.FormAgent || l.arms || l.first):
		return nil, fmt.Errorf("%s is a Markov game: form, arms and crossings are for others", t.Name)
	case t.Markov != nil && l.variant == stochastic.Plain && l.regulariser != stochastic.KL:
		return nil, fmt.Errorf("regulariser: found %s, and the variant plain has none", l.regulariser)
	case t.Markov != nil:
		return t.branch(ctx, l, o)
	case l.starts > 0 || l.variant != "" || l.regulariser != stochastic.KL:
		return nil, fmt.Errorf("%s is no Markov game: starts, variant and regulariser are for these", t.Name)
	}
	board, err := t.Board()
	if err != nil {
		return nil, err
	}
	lambdas, ratio := l.lambdas, []float64(nil)
	if l.temperature != nil {
		lambdas = []float64{1 / l.temperature[0]}
		for k, x := range l.temperature {
			if r := l.temperature[0] / x; r == 0 || math.IsInf(r, 0) {
				return nil, fmt.Errorf("temperature: found %g for player %d beside %g, expected numbers nearer to each other", x, k, l.temperature[0])
			}
			ratio = append(ratio, l.temperature[0]/x)
		}
	}
	br, err := quantal.Trace(ctx, board, quantal.Options{Form: l.form, Lambdas: lambdas, Ratio: ratio, Own: len(lambdas) == 0, Arms: l.arms, First: l.first})
	if err != nil {
		return nil, err
	}
	// What the tracer says of itself counts only where nothing else can be said.
	rejudge(br, func(c *quantal.Crossing) {
		precision := slices.Repeat([]float64{c.Lambda}, board.Info().Seats)
		for k, x := range ratio {
			precision[k] *= x
		}
		if off, judged := departure(board, c.Policy, l.form, precision, o.Limits.Tolerance); judged || off > c.Residual {
			c.Residual = off
		}
	})
	s := &Answer{Branch: br, Iterations: br.Steps, Temperature: l.temperature, Status: equilibria.Converged}
	for k, rows := range board.Unreached() {
		for _, row := range rows {
			s.Warnings = append(s.Warnings, fmt.Sprintf("chance never leads to information state %s of player %d: it is played evenly", board.Rows(k)[row].Key, k))
		}
	}
	if br.Merged {
		s.Warnings = append(s.Warnings, "information states that nothing tells apart are held alike; branches that tell them apart are not looked for")
	}
	if len(lambdas) == 0 {
		s.seeking = true
		s.Policy, s.Residual, s.Selection = br.Limit, br.Regret, "the limit of the principal branch"
		if br.Limit == nil {
			// Where it stopped is a response, not an equilibrium.
			s.Concept, s.Policy, s.Status, s.Selection = br.Concept, br.Last, equilibria.Stalled, "the last point of the principal branch"
			s.Points = []Point{{Lambda: br.End, Crossing: 1, Policy: br.Last, Status: equilibria.Stalled}}
		}
		return s, nil
	}
	s.Concept = br.Concept
	for _, c := range br.Crossings {
		s.Points = append(s.Points, Point{Lambda: c.Lambda, Crossing: c.Number, Policy: c.Policy, Residual: c.Residual})
	}
	s.choose(lambdas, o.Limits.Tolerance, br.End)
	if s.Policy == nil {
		s.Policy, s.Selection = br.Last, fmt.Sprintf("the last point of the principal branch, at lambda %.6g", br.End)
	}
	return s, nil
}

// rejudge visits the points of a branch and of those that leave it.
func rejudge(br *quantal.Branch, point func(*quantal.Crossing)) {
	for i := range br.Crossings {
		point(&br.Crossings[i])
	}
	for i := range br.Arms {
		rejudge(&br.Arms[i].Branch, point)
	}
}

// unique leaves out numbers that came before.
func unique(list []float64) (out []float64) {
	for _, x := range list {
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}
