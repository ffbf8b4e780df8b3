// Package choose asks solvers by name: which there are, which of them suits a game,
// and how good what they answer is. A Solver is a value; Game.Solve runs one, judges
// its Answer by code that no solver shares, and sets its Status by that alone.
package choose

import (
	"context"
	"errors"
	"fmt"

	"arbiter/equilibria"
	"arbiter/equilibria/learn"
	"arbiter/equilibria/linear"
	"arbiter/equilibria/quantal"
	"arbiter/equilibria/stochastic"
)

// Solver is a solver by name.
type Solver struct {
	Name, Doc string // of specs; one line of help, Doc
	// Concept is what it finds: nash, logit_qre, …
	Concept string
	// Tolerance is what it is judged by unless told otherwise, in units of every
	// player's own range of payoffs: the gap, or the error of soft values. Quantal
	// responses are judged by their residual, a probability.
	Tolerance float64
	// Shows says which of possibly many solutions is returned, where the solver
	// itself does not.
	Shows string
	// Run solves, without judging: Game.Solve does that. A game of another form than the
	// solver is for is an error.
	Run func(ctx context.Context, t *Game, o Settings) (*Answer, error)
}

// Settings are what a solver may be told. The zero value works: Solve puts what
// Iterations, KL and welfare stand for in place of 0 iterations and of a regulariser and
// an objective that are "".
type Settings struct {
	Limits      equilibria.Limits      // of solvers that go on and on
	Temperature []float64              // one for all players, or one per player
	Lambdas     []float64              // of the logit solver: precisions whose points are wanted
	Form        quantal.Form           // of the logit solver, "" for the agent form
	Arms        bool                   // of the logit solver: also what leaves the branch
	First       bool                   // of the logit solver: end when the lambdas were met once
	Variant     stochastic.Variant     // of Markov games, "" for the usual one
	Starts      int                    // random starts: of the logit solver on Markov games, to look for others; of many players
	Selection   string                 // which of several equilibria to put on top, one of Selections; "": the solver's own
	Seed        uint64                 // of the starts
	Regulariser stochastic.Regulariser // of Markov games
	Objective   string                 // of correlated equilibria, as linear.SolveCorrelated has it
	Certified   bool                   // of mmd at a temperature: keep to a certified step
	Exact       bool                   // also ratios, of solvers that know them
}

// Iterations is how many a solver may take that is not told.
const Iterations = 100_000

// exactTolerance is that of solvers that end by themselves.
const exactTolerance = 1e-9

// Solvers are those of this program, nash first, which chooses among them.
func Solvers() []Solver {
	all := []Solver{
		{Name: "nash", Concept: "nash", Tolerance: exactTolerance, Doc: "chooses: backward induction for trees of perfect information, lp with constant sum, shapley for zero-sum Markov games, stage by stage for others with a horizon, extreme or lemke-howson for two players, support-enumeration for few profiles, the limit of logit; else mmd", Run: chooseNash},
		{Name: "backward-induction", Concept: "nash", Tolerance: exactTolerance, Doc: "the subgame-perfect equilibrium of a tree of perfect information, exactly and in linear time, with its ties (Zermelo 1913; Kuhn 1953)", Run: solveInduction},
		{Name: "lp", Concept: "nash", Tolerance: exactTolerance, Shows: "the vertex where the linear programme ended", Doc: "one linear programme over sequences; two players, constant sum (Koller, Megiddo and von Stengel 1996)", Run: solveLP},
		{Name: "extreme", Concept: "nash", Tolerance: exactTolerance, Doc: "all extreme equilibria and their components, exactly; two players (Avis, Rosenberg, Savani and von Stengel 2010)", Run: solveExtreme},
		{Name: "lemke-howson", Concept: "nash", Tolerance: exactTolerance, Doc: "equilibria at the ends of the paths of Lemke and Howson (1964), exactly; two players", Run: solveLemkeHowson},
		{Name: "support-enumeration", Concept: "nash", Tolerance: exactTolerance, Doc: "all supports (Porter, Nudelman and Shoham 2008): of two players pairs of equal size, exactly; of more with a proof where none is missing", Run: solveSupports},
		{Name: "logit", Concept: "nash", Tolerance: 1e-9, Doc: "the principal branch of quantal responses: at --lambda or --temperature, or the Nash equilibrium it leads to (Turocy 2005)", Run: solveLogit},
		{Name: "shapley", Concept: "nash", Tolerance: 1e-9, Shows: "one optimal mixture per state and player; values are unique", Doc: "values and policies of zero-sum Markov games, with a bound (Shapley 1953)", Run: solveShapley},
		{Name: "soft-shapley", Concept: "soft_qre", Tolerance: 1e-9, Shows: "the only one", Doc: "the soft equilibrium of zero-sum Markov games, at --temperature", Run: solveSoft},
		{Name: "ce", Concept: "ce", Tolerance: exactTolerance, Shows: "the best by the objective; the first on ties", Doc: "the correlated equilibrium that is best by --objective, of the reduced normal form or of every stage", Run: solveCorrelated(false)},
		{Name: "cce", Concept: "cce", Tolerance: exactTolerance, Shows: "the best by the objective; the first on ties", Doc: "the coarse correlated equilibrium that is best by --objective", Run: solveCorrelated(true)},
	}
	for _, l := range learn.Methods() {
		s := Solver{Name: l.Name, Concept: "nash", Tolerance: 1e-3, Shows: "where the learner came to", Doc: l.Doc}
		s.Run = func(ctx context.Context, t *Game, o Settings) (*Answer, error) {
			return runLearner(ctx, t, l.Name, o)
		}
		if l.Name == "mmd" {
			s.Doc += "; with --temperature the magnet stays even and the logit or agent QRE is looked for"
		}
		all = append(all, s)
	}
	return all
}

func runLearner(ctx context.Context, t *Game, name string, o Settings) (*Answer, error) {
	board, err := t.Board()
	if err != nil {
		return nil, err
	}
	if o.Certified && (name != "mmd" || o.Temperature == nil) {
		return nil, fmt.Errorf("a certified step is for mmd at a temperature, found %s", name)
	}
	if name == "mmd" && o.Temperature != nil {
		var step string
		if o.Certified {
			if o.Limits.Step, step, err = t.CertifiedStep(ctx, o.Temperature); err != nil {
				return nil, err
			}
		}
		q, err := learn.MagneticQRE(ctx, board, o.Temperature, o.Limits)
		if err != nil {
			return nil, err
		}
		concept := "agent_qre"
		if quantal.Simultaneous(board) {
			concept = "logit_qre"
		}
		return &Answer{Concept: concept, Policy: q.Policy, Iterations: q.Iterations, Status: q.Status, Curve: q.Curve, Residual: q.Residual, Temperature: o.Temperature, Step: step}, nil
	}
	found, err := learn.Run(ctx, board, name, o.Limits)
	if err != nil {
		return nil, err
	}
	s := &Answer{Policy: found.Policy, Iterations: found.Iterations, Status: found.Status, Curve: found.Curve}
	if info := board.Info(); info.Seats != 2 || !info.ConstantSum {
		s.Warnings = append(s.Warnings, "learners converge for two players with constant sum; here nothing but the gap says what was found")
	}
	return s, nil
}

func solveLP(ctx context.Context, t *Game, _ Settings) (*Answer, error) {
	board, err := t.Board()
	if err != nil {
		return nil, err
	}
	p, found, err := linear.SequenceForm(ctx, board)
	if err != nil {
		return nil, err
	}
	return &Answer{Policy: p, Iterations: found.Pivots, Status: equilibria.Converged}, nil
}

func solveShapley(ctx context.Context, t *Game, o Settings) (*Answer, error) {
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

func solveSoft(ctx context.Context, t *Game, o Settings) (*Answer, error) {
	g, err := t.markovOnly()
	if err != nil {
		return nil, err
	}
	if len(o.Temperature) != 2 {
		return nil, errors.New("soft-shapley: expected --temperature T or T,T_1")
	}
	o.Limits.Tolerance *= t.scaleOf(0)
	found, err := stochastic.Soft(ctx, g, [2]float64(o.Temperature), o.Regulariser, o.Limits)
	if err != nil {
		return nil, err
	}
	return &Answer{
		Policy: found.Policy, Iterations: found.Iterations, Status: found.Status, Residual: found.Error,
		Temperature: o.Temperature, Regulariser: o.Regulariser, Values: minus(found.Value), Variant: stochastic.Saddle,
	}, nil
}

func solveCorrelated(coarse bool) func(context.Context, *Game, Settings) (*Answer, error) {
	return func(ctx context.Context, t *Game, o Settings) (*Answer, error) {
		s := &Answer{Status: equilibria.Converged, Objective: o.Objective}
		if t.Markov != nil {
			found, err := stochastic.BackwardCorrelated(ctx, t.Markov, coarse, o.Objective)
			s.Stages = &found
			return s, err
		}
		n, err := t.Normal()
		if err != nil {
			return nil, err
		}
		found, err := linear.SolveCorrelated(ctx, n, coarse, o.Objective, nil)
		s.Normal, s.Correlated, s.Iterations = n, &found, found.Iterations
		return s, err
	}
}
