package choose

import (
	"context"
	"errors"

	"arbiter/equilibria"
	"arbiter/equilibria/learn"
	"arbiter/equilibria/linear"
	"arbiter/equilibria/quantal"
	"arbiter/equilibria/stochastic"
	"arbiter/spec"
)

// solveLearning runs a learner.
func solveLearning(name string) func(context.Context, *Game, spec.Args, Settings) (*Answer, error) {
	return func(ctx context.Context, t *Game, knobs spec.Args, o Settings) (*Answer, error) {
		board, err := t.Board()
		if err != nil {
			return nil, err
		}
		first, err := t.first(knobs)
		if err != nil {
			return nil, err
		}
		found, err := learn.Run(ctx, board, name, learn.Options{Limits: o.Limits, From: first})
		if err != nil {
			return nil, err
		}
		s := &Answer{Policy: found.Policy, Iterations: found.Iterations, Status: found.Status, Curve: found.Curve}
		if info := board.Info(); info.Seats != 2 || !info.ConstantSum {
			s.Warnings = append(s.Warnings, "learners converge for two players with constant sum; here nothing but the gap says what was found")
		}
		return s, nil
	}
}

// solveMagnetic runs mmd, at a temperature with the even magnet.
func solveMagnetic(ctx context.Context, t *Game, knobs spec.Args, o Settings) (*Answer, error) {
	certified := knobs["step"] == "certified"
	temperature, byLambda, err := t.heat(knobs)
	switch {
	case err != nil:
		return nil, err
	case temperature == nil && certified:
		return nil, errors.New("step=certified is of mmd at a temperature, expected temperature or lambda too")
	case temperature == nil:
		return solveLearning("mmd")(ctx, t, knobs, o)
	}
	board, err := t.Board()
	if err != nil {
		return nil, err
	}
	if o.untold {
		o.Limits.Tolerance = 1e-9 // of probabilities
	}
	options, why := learn.Options{Limits: o.Limits}, ""
	if options.From, err = t.first(knobs); err != nil {
		return nil, err
	}
	if certified {
		if t.CertifiedStep == nil {
			return nil, errors.New("step=certified: nobody knows a certified step here")
		}
		if options.Step, why, err = t.CertifiedStep(ctx, temperature); err != nil {
			return nil, err
		}
	}
	q, err := learn.MagneticQRE(ctx, board, temperature, options)
	if err != nil {
		return nil, err
	}
	concept := equilibria.AgentQRE
	if quantal.Simultaneous(board) {
		concept = equilibria.LogitQRE
	}
	return &Answer{
		Concept: concept, Policy: q.Policy, Iterations: q.Iterations, Status: q.Status, Curve: q.Curve, Residual: q.Residual,
		Tolerance: o.Limits.Tolerance, Temperature: temperature, ByLambda: byLambda, Step: why,
	}, nil
}

func solveLP(ctx context.Context, t *Game, knobs spec.Args, _ Settings) (*Answer, error) {
	board, err := t.Board()
	if err != nil {
		return nil, err
	}
	p, found, err := linear.SequenceForm(ctx, board)
	if err != nil {
		return nil, err
	}
	s := &Answer{Policy: p, Iterations: found.Pivots, Status: equilibria.Converged}
	return s, t.makeExact(ctx, s, "lp", knobs)
}

func solveShapley(ctx context.Context, t *Game, _ spec.Args, o Settings) (*Answer, error) {
	g, err := t.markovOnly()
	if err != nil {
		return nil, err
	}
	o.Limits.Tolerance *= t.scaleOf(0)
	found, err := stochastic.Shapley(ctx, g, o.Limits)
	if err != nil {
		return nil, err
	}
	return &Answer{Policy: found.Policy, Iterations: found.Iterations, Status: found.Status, Residual: found.Error}, nil
}

func solveSoft(ctx context.Context, t *Game, knobs spec.Args, o Settings) (*Answer, error) {
	g, err := t.markovOnly()
	if err != nil {
		return nil, err
	}
	temperature, byLambda, err := t.heat(knobs)
	if err != nil {
		return nil, err
	}
	if len(temperature) != 2 {
		return nil, errors.New("soft-shapley: expected --temperature T or T,T_1")
	}
	o.Limits.Tolerance *= t.scaleOf(0)
	regulariser := stochastic.Regulariser(knobs["regulariser"])
	found, err := stochastic.Soft(ctx, g, [2]float64(temperature), regulariser, o.Limits)
	if err != nil {
		return nil, err
	}
	return &Answer{
		Policy: found.Policy, Iterations: found.Iterations, Status: found.Status, Residual: found.Error,
		Temperature: temperature, ByLambda: byLambda, Regulariser: regulariser, Values: minus(found.Value), Variant: stochastic.Saddle,
	}, nil
}

func solveCorrelated(coarse bool) func(context.Context, *Game, spec.Args, Settings) (*Answer, error) {
	return func(ctx context.Context, t *Game, knobs spec.Args, _ Settings) (*Answer, error) {
		s := &Answer{Status: equilibria.Converged, Objective: knobs["objective"]}
		if t.Markov != nil {
			found, err := stochastic.BackwardCorrelated(ctx, t.Markov, coarse, s.Objective)
			s.Stages = &found
			return s, err
		}
		n, err := t.Normal()
		if err != nil {
			return nil, err
		}
		found, err := linear.SolveCorrelated(ctx, n, coarse, s.Objective, nil)
		s.Normal, s.Correlated, s.Iterations = n, &found, found.Iterations
		return s, err
	}
}
