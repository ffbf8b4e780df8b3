// Package choose asks solvers by name: which there are, which of them suits a game,
// and how good what they answer is. A Solver is a value; Game.Solve runs one by its
// spec, judges its Answer by code that no solver shares, and sets its Status by that
// alone. It is larger than 2,500 lines since it is where all solvers are asked: a file
// for each that needs more than a call.
package choose

import (
	"context"

	"arbiter/equilibria"
	"arbiter/equilibria/learn"
	"arbiter/spec"
)

// Solver is a solver by name.
type Solver struct {
	Name, Doc string       // of specs; one line of help, Doc
	Params    []spec.Param // keys of its specs, what only it is told; nil: none
	// Concept is what it finds; of correlated ones there is no policy to play.
	Concept equilibria.Concept
	// Tolerance is what it is judged by unless told otherwise, in units of every
	// player's own range of payoffs: the gap, or the error of soft values. Quantal
	// responses are judged by their residual, a probability. 0 is for solvers that ask
	// others, whose tolerance it then is.
	Tolerance float64
	// Shows says which of possibly many solutions is returned, where the solver
	// itself does not.
	Shows string
	// Run solves, without judging: Game.Solve does that. It is told the values of all
	// Params, checked each by itself. A game of another form than the solver is for is
	// an error.
	Run func(ctx context.Context, t *Game, knobs spec.Args, o Settings) (*Answer, error)
}

// Settings are what every solver may be told; what only some are stands in their
// specs. The zero value works.
type Settings struct {
	Limits equilibria.Limits // of solvers that go on and on; 0 iterations stand for Iterations, tolerance 0 for the solver's own
	Seed   uint64            // of all that is random

	untold bool // nobody said a tolerance: it is the solver's own
}

// Iterations is how many a solver may take that is not told.
const Iterations = 100_000

// exactTolerance is that of solvers that end by themselves.
const exactTolerance = 1e-9

// Solvers are those of this program, nash first, which chooses among them.
func Solvers() []Solver {
	all := []Solver{
		{Name: "nash", Concept: equilibria.Nash, Doc: "chooses: backward induction for trees of perfect information, lp with constant sum, shapley for zero-sum Markov games, stage by stage for others with a horizon, extreme or lemke-howson for two players, support-enumeration for few profiles, the limit of logit; else mmd", Params: []spec.Param{starts("random starts per support, where support-enumeration of more than two players is asked"), selection(), fractions()}, Run: chooseNash},
		{Name: "backward-induction", Concept: equilibria.Nash, Tolerance: exactTolerance, Doc: "the subgame-perfect equilibrium of a tree of perfect information, exactly and in linear time, with its ties (Zermelo 1913; Kuhn 1953)", Params: []spec.Param{fractions()}, Run: solveInduction},
		{Name: "lp", Concept: equilibria.Nash, Tolerance: exactTolerance, Shows: "the vertex where the linear programme ended", Doc: "one linear programme over sequences; two players, constant sum (Koller, Megiddo and von Stengel 1996)", Params: []spec.Param{fractions()}, Run: solveLP},
		{Name: "extreme", Concept: equilibria.Nash, Tolerance: exactTolerance, Doc: "all extreme equilibria and their components, exactly; two players (Avis, Rosenberg, Savani and von Stengel 2010)", Params: []spec.Param{selection(), fractions()}, Run: solveExtreme},
		{Name: "lemke-howson", Concept: equilibria.Nash, Tolerance: exactTolerance, Doc: "equilibria at the ends of the paths of Lemke and Howson (1964), exactly; two players", Params: []spec.Param{selection(), fractions()}, Run: solveLemkeHowson},
		{Name: "support-enumeration", Concept: equilibria.Nash, Tolerance: exactTolerance, Doc: "all supports (Porter, Nudelman and Shoham 2008): of two players pairs of equal size, exactly; of more with a proof where none is missing", Params: []spec.Param{starts("random starts per support, of more than two players"), selection(), fractions()}, Run: solveSupports},
		{Name: "logit", Concept: equilibria.Nash, Tolerance: 1e-9, Doc: "the principal branch of quantal responses: at lambdas or a temperature, or the Nash equilibrium it leads to (Turocy 2005)", Params: logitParams(), Run: solveLogit},
		{Name: "shapley", Concept: equilibria.Nash, Tolerance: 1e-9, Shows: "one optimal mixture per state and player; values are unique", Doc: "values and policies of zero-sum Markov games, with a bound (Shapley 1953)", Run: solveShapley},
		{Name: "soft-shapley", Concept: equilibria.SoftQRE, Tolerance: 1e-9, Shows: "the only one", Doc: "the soft equilibrium of zero-sum Markov games, at a temperature", Params: []spec.Param{temperature(), coldness(), regulariser("")}, Run: solveSoft},
		{Name: "qarl", Concept: equilibria.Nash, Tolerance: 1e-9, Doc: "a curriculum of rationality: soft equilibria of a discounted Markov game as temperatures fall, to a temperature or on to a Nash equilibrium; of games that are not zero-sum in variant own-entropy or plain", Params: QARLParams(), Run: solveQARL},
		{Name: "ce", Concept: equilibria.CE, Tolerance: exactTolerance, Shows: "the best by the objective; the first on ties", Doc: "the correlated equilibrium that is best by an objective, of the reduced normal form or of every stage", Params: []spec.Param{objective()}, Run: solveCorrelated(false)},
		{Name: "cce", Concept: equilibria.CCE, Tolerance: exactTolerance, Shows: "the best by the objective; the first on ties", Doc: "the coarse correlated equilibrium that is best by an objective", Params: []spec.Param{objective()}, Run: solveCorrelated(true)},
	}
	for _, l := range learn.Methods() {
		s := Solver{Name: l.Name, Concept: equilibria.Nash, Tolerance: 1e-3, Shows: "where the learner came to", Doc: l.Doc, Params: []spec.Param{from()}, Run: solveLearning(l.Name)}
		if l.Name == "mmd" {
			s.Doc += "; at a temperature the magnet stays even and the logit or agent QRE is looked for"
			s.Params, s.Run = append(s.Params, temperature(), coldness(), step()), solveMagnetic
		}
		all = append(all, s)
	}
	return all
}
