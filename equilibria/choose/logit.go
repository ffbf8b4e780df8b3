package choose

import (
	"context"
	"fmt"
	"math"
	"slices"

	"arbiter/equilibria"
	"arbiter/equilibria/quantal"
	"arbiter/games"
	"arbiter/games/markov"
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

func solveLogit(ctx context.Context, t *Game, o Settings) (*Answer, error) {
	if t.Markov != nil {
		return t.solveMarkovLogit(ctx, o)
	}
	if o.Starts > 0 || o.Variant != "" {
		return nil, fmt.Errorf("%s is no Markov game: --starts and --variant are for these", t.Name)
	}
	board, err := t.Board()
	if err != nil {
		return nil, err
	}
	lambdas, ratio := unique(o.Lambdas), []float64(nil)
	if o.Temperature != nil {
		lambdas = []float64{1 / o.Temperature[0]}
		for k, x := range o.Temperature {
			if r := o.Temperature[0] / x; r == 0 || math.IsInf(r, 0) {
				return nil, fmt.Errorf("temperature: found %g for player %d beside %g, expected numbers nearer to each other", x, k, o.Temperature[0])
			}
			ratio = append(ratio, o.Temperature[0]/x)
		}
	}
	br, err := quantal.Trace(ctx, board, quantal.Options{Form: o.Form, Lambdas: lambdas, Ratio: ratio, Own: len(lambdas) == 0, Arms: o.Arms, First: o.First})
	if err != nil {
		return nil, err
	}
	// What the tracer says of itself counts only where nothing else can be said.
	rejudge(br, func(c *quantal.Crossing) {
		precision := slices.Repeat([]float64{c.Lambda}, board.Info().Seats)
		for k, x := range ratio {
			precision[k] *= x
		}
		if off, judged := departure(board, c.Policy, o.Form, precision, o.Limits.Tolerance); judged || off > c.Residual {
			c.Residual = off
		}
	})
	s := &Answer{Branch: br, Iterations: br.Steps, Temperature: o.Temperature, Status: equilibria.Converged}
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
