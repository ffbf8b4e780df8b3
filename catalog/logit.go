package catalog

import (
	"context"
	"fmt"

	"arbiter/equilibria"
	"arbiter/games/flat"
)

// LogitPoint is a point of a branch at a lambda that was asked for, or tells that
// it was not reached.
type LogitPoint struct {
	Lambda   float64
	Crossing int // 1, 2, …; 0 if the lambda was not reached
	Policy   []flat.Strategy
	Residual float64
	Status   equilibria.Status
}

func solveLogit(ctx context.Context, t *Table, o SolveOptions) (*Solution, error) {
	board, err := t.Board()
	if err != nil {
		return nil, err
	}
	lambdas, ratio := o.Lambdas, []float64(nil)
	if o.Temperature != nil {
		lambdas = []float64{1 / o.Temperature[0]}
		for _, x := range o.Temperature {
			ratio = append(ratio, o.Temperature[0]/x)
		}
	}
	br, err := equilibria.Logit(ctx, board, equilibria.LogitOptions{Form: o.Form, Lambdas: lambdas, Ratio: ratio, Arms: o.Arms})
	if err != nil {
		return nil, err
	}
	s := &Solution{Branch: br, Iterations: br.Steps, Temperature: o.Temperature, Status: equilibria.Converged}
	for k, rows := range board.Unreached() {
		for _, row := range rows {
			s.Warnings = append(s.Warnings, fmt.Sprintf("chance never leads to information state %s of player %d: it is played evenly", board.Rows(k)[row].Key, k))
		}
	}
	if br.Merged {
		s.Warnings = append(s.Warnings, "information states that nothing tells apart are held alike; branches that tell them apart are not looked for")
	}
	if len(lambdas) == 0 {
		s.Policy, s.Residual, s.Selection = br.Limit, br.Regret, "the limit of the principal branch"
		if br.Limit == nil {
			// Where it stopped is a response, not an equilibrium.
			s.Concept, s.Policy, s.Status, s.Selection = br.Concept, br.Last, equilibria.Stalled, "the last point of the principal branch"
			s.Points = []LogitPoint{{br.End, 1, br.Last, 0, equilibria.Stalled}}
		}
		return s, nil
	}
	s.Concept, s.Selection = br.Concept, "the first crossing by the principal branch"
	for i, l := range lambdas {
		reached := false
		for _, c := range br.Crossings {
			if c.Lambda != l {
				continue
			}
			p := LogitPoint{l, c.Number, c.Policy, c.Residual, equilibria.Converged}
			if !(c.Residual <= o.Limits.Tolerance) {
				p.Status, s.Status = equilibria.AtLimit, equilibria.AtLimit
			}
			s.Points = append(s.Points, p)
			if !reached && i == len(lambdas)-1 {
				s.Policy, s.Residual = c.Policy, c.Residual
			}
			reached = true
		}
		if !reached {
			s.Points = append(s.Points, LogitPoint{Lambda: l, Status: equilibria.Stalled})
		}
	}
	for _, p := range s.Points {
		if p.Status == equilibria.Stalled {
			s.Status = equilibria.Stalled
			s.Warnings = append(s.Warnings, fmt.Sprintf("lambda %g was not reached: the branch was followed to %.6g", p.Lambda, br.End))
		}
	}
	if s.Policy == nil {
		s.Policy, s.Selection = br.Last, fmt.Sprintf("the last point of the principal branch, at lambda %.6g", br.End)
	}
	return s, nil
}
