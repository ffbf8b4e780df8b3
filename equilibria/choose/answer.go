package choose

import (
	"arbiter/equilibria"
	"arbiter/equilibria/curriculum"
	"arbiter/equilibria/exact"
	"arbiter/equilibria/linear"
	"arbiter/equilibria/quantal"
	"arbiter/equilibria/stochastic"
	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/games/markov"
)

// Answer is what a solver found, with its Status and Evaluation by Game.Judge.
type Answer struct {
	Solver     string             // its name
	Concept    equilibria.Concept // what it was to find
	Chosen     string             // by nash: the solver it chose
	Policy     []games.Behaviour  // per player; nil of correlated equilibria
	Iterations int                // in the solver's own steps
	Status     equilibria.Status
	Curve      []equilibria.Point // of gaps on the way, nil of solvers that do not measure them
	Tolerance  float64            // what it was judged by
	Evaluation games.Evaluation   // of Policy
	Residual   float64            // of quantal responses and Markov games
	Step       string             // of mmd: what its step size rests on, if it was certified
	Selection  string             // which of several
	Warnings   []string           // what keeps the answer from being all that was asked for

	Branch       *quantal.Branch    // of the logit solver
	MarkovBranch *stochastic.Branch // of the logit solver on Markov games
	Variant      stochastic.Variant // of the logit solver on Markov games
	Objective    string             // of correlated equilibria, that they are best by
	Indices      []int              // of Others, where they are known: +1, -1, 0 where singular
	Hits         []int              // of Others: how many starts led there
	Path         []curriculum.Row   // of qarl: what was passed as temperatures fell
	Points       []Point            // of a branch, where lambdas were asked for

	Temperature []float64              // per player, in units of payoff; nil: none
	ByLambda    bool                   // Temperature was asked for by its inverse, lambda
	Regulariser stochastic.Regulariser // of Markov games: what Temperature weighs
	Values      markov.Values          // of a Markov game, with the regulariser

	// Of solvers that find several.
	Several     bool
	Others      [][]games.Behaviour // all of them
	Evaluations []games.Evaluation  // of Others
	Mixed       [][][]float64       // Others in strategies of Normal
	Proved      []bool              // of Others of many players: an exact one is surely near
	Complete    *bool               // nil: not known
	Degenerate  *bool               // after strict dominance; nil: not looked at
	Components  [][]int             // of Others by index: connected
	Sampled     bool                // Components are what was seen to be connected, not proved
	NashSubsets [][]int             // of Others by index: what can be combined and mixed at will
	Eliminated  [][2]int            // player and strategy of the reduced normal form

	Normal  *exact.Normal // the form that was solved, nil for other solvers
	judged  bool
	seeking bool // a Nash equilibrium, whatever Concept says where none was reached

	Induction *exact.Induction // of backward induction

	// With Settings.Exact, nil where they are not known; Warnings say why.
	Exact       *Ratios   // of Policy
	OthersExact []*Ratios // likewise, by solution // of Others

	rational [][]flat.ExactBehaviour // of Others, of two players

	// Of correlated equilibria.
	Correlated *linear.Correlated          // of tables and trees
	Stages     *stochastic.StageCorrelated // of Markov games with a horizon
}
