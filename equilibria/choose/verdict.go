package choose

import (
	"arbiter/equilibria"
	"arbiter/equilibria/curriculum"
	"arbiter/games"
)

// Verdict is what a solver found, judged by other code than the solver's. What only
// some concepts have stands in parts of its own, nil for others.
type Verdict struct {
	Schema      string             `json:"schema"`                // arbiter/solution/v1
	Game        string             `json:"game"`                  // canonical spec
	Solver      string             `json:"solver"`                // its name
	Chosen      string             `json:"chosen,omitempty"`      // by nash
	Concept     equilibria.Concept `json:"concept"`               // what it is
	Selection   string             `json:"selection,omitempty"`   // which of several equilibria this is
	Objective   string             `json:"objective,omitempty"`   // that a correlated equilibrium is best by
	Lambda      any                `json:"lambda,omitempty"`      // a number, or one per player
	Temperature any                `json:"temperature,omitempty"` // likewise
	Regulariser string             `json:"regulariser,omitempty"` // of Markov games: what Temperature weighs
	Variant     string             `json:"variant,omitempty"`     // of logit equilibria of Markov games
	games.Named

	Policy          *games.Policy `json:"policy,omitempty"` // nil of correlated equilibria
	*Fractions                    // of Policy and Values
	*Induced                      // of backward induction
	Values          []float64     `json:"values"`                      // of the policy, without a regulariser
	Gaps            []float64     `json:"gaps"`                        // of correlated equilibria: the largest gain by deviating
	BestResponses   []float64     `json:"best_response_values"`        // what each player could get alone
	SoftValues      []float64     `json:"soft_values,omitempty"`       // with the regulariser
	NashConv        *float64      `json:"nash_conv,omitempty"`         // sum of Gaps; nil of correlated equilibria
	Exploitability  *float64      `json:"exploitability,omitempty"`    // NashConv per player
	StateValues     any           `json:"state_values,omitempty"`      // [player][state], or [step][player][state]
	SoftStateValues any           `json:"soft_state_values,omitempty"` // likewise
	Unreached       [][]string    `json:"unreached,omitempty"`         // by player, where the policy never gets to
	Residual        float64       `json:"residual"`                    // of the concept: for nash the largest gap
	Iterations      int           `json:"iterations"`                  // in the solver's own steps
	Status          string        `json:"status"`                      // converged, limit or stalled
	Tolerance       float64       `json:"tolerance"`                   // up to which Residual is converged, in units of every player's range of payoffs
	Step            string        `json:"step,omitempty"`              // and why it is certified

	*Traced      // of branches of quantal responses
	*Several     // of solvers that find several
	*Correlation // of correlated equilibria

	Path []curriculum.Row `json:"path,omitempty"` // of qarl, by falling temperature

	Warnings []string `json:"warnings"` // never nil
}

// Fractions are a policy and its values in ratios, where they are known and asked for.
type Fractions struct {
	PolicyExact *games.RowRatios `json:"policy_exact,omitempty"` // of all players
	ValuesExact []string         `json:"values_exact,omitempty"` // as "1/3"
}

// Induced is what backward induction knows of its equilibrium.
type Induced struct {
	SubgamePerfect bool  `json:"subgame_perfect"` // true
	Unique         bool  `json:"unique"`          // no other is subgame-perfect
	Ties           []Tie `json:"ties,omitempty"`  // where others differ
}

// Traced tells of a branch of quantal responses.
type Traced struct {
	Points []Passage `json:"points,omitempty"` // where lambdas were asked for
	Branch *Branch   `json:"branch,omitempty"` // nil where none was followed
}

// Several are all equilibria that were found, the one on top included, and what is
// known of them.
type Several struct {
	Solutions  []Equilibrium `json:"solutions,omitempty"` // in the order of the solver
	Complete   *bool         `json:"complete"`            // there are no others; nil: not known
	Degenerate *bool         `json:"degenerate"`          // there may be infinitely many; nil: not known
	// Of Solutions, by index: what is connected, and what can be combined and mixed at
	// will.
	Components        [][]int      `json:"components,omitempty"`
	ComponentsSampled bool         `json:"components_sampled,omitempty"` // seen to be connected, not proved
	NashSubsets       [][]int      `json:"nash_subsets,omitempty"`       // sets that can be combined
	Eliminated        []Eliminated `json:"eliminated,omitempty"`         // what the solver did not look at
}

// Correlation is a correlated equilibrium.
type Correlation struct {
	Joint   []JointAction `json:"joint,omitempty"`   // profiles without probability are left out
	Entropy *float64      `json:"entropy,omitempty"` // of Joint, in nats; nil of Markov games
}

// Equilibrium is one of several.
type Equilibrium struct {
	Policy        games.Policy `json:"policy"`               // of all players
	Values        []float64    `json:"values"`               // expected payoffs, per player
	Gaps          []float64    `json:"gaps"`                 // what each player could gain alone, at least 0
	BestResponses []float64    `json:"best_response_values"` // what each player could get alone
	NashConv      float64      `json:"nash_conv"`            // sum of Gaps
	Unreached     [][]string   `json:"unreached,omitempty"`  // keys by player, where the policy never gets to; nil: none
	Index         *int         `json:"index,omitempty"`      // +1 or -1, 0 where it is singular
	Proved        *bool        `json:"proved,omitempty"`     // an exact one is surely near; nil: not asked

	*Fractions // of Policy and Values
}

// Tie is an information state at which several moves are best, by backward
// induction.
type Tie struct {
	Player int    `json:"player"` // who moves, from 0
	State  string `json:"state"`  // key of the information state
	Moves  []int  `json:"moves"`  // the best ones, ascending
}

// Eliminated is a strategy that iterated strict dominance leaves out.
type Eliminated struct {
	Player   int    `json:"player"`   // from 0
	Strategy string `json:"strategy"` // its name in the reduced normal form
}

// JointAction is a profile of strategies and its probability, at a state (and
// step) of a Markov game.
type JointAction struct {
	State       string   `json:"state,omitempty"` // its name, "" of games without states
	Profile     []string `json:"profile"`         // a strategy or action per player, by name
	Probability float64  `json:"probability"`     // above 0
}

// Passage is a point of a branch at a lambda that was asked for. Crossing is 0,
// and there is no policy, if the branch was not followed that far.
type Passage struct {
	Lambda     float64       `json:"lambda"`                // precision of player 0
	Crossing   int           `json:"crossing"`              // 1, 2, … : a branch may meet a lambda several times
	Policy     *games.Policy `json:"policy"`                // of all players
	Values     []float64     `json:"values"`                // expected payoffs, per player
	SoftValues []float64     `json:"soft_values,omitempty"` // with the regulariser
	Residual   float64       `json:"residual"`              // largest distance of a probability from its response
	Status     string        `json:"status"`                // converged, limit or stalled
	Unique     *bool         `json:"unique,omitempty"`      // of Markov games: proved to be the only one
	Index      *int          `json:"index,omitempty"`       // of Markov games: sign of the solution, +1, -1 or 0
}

// Branch tells how a branch of quantal responses went.
type Branch struct {
	Concept      equilibria.Concept `json:"concept"`          // of the points on it
	Turning      []float64          `json:"turning"`          // lambdas at which it turns back, or forth again
	Bifurcations []Bifurcation      `json:"bifurcations"`     // in the order they were met
	Limit        *Equilibrium       `json:"limit"`            // the Nash equilibrium it leads to; nil: not reached
	End          float64            `json:"end"`              // lambda to which it was followed
	Steps        int                `json:"steps"`            // that were taken
	Stalled      bool               `json:"stalled"`          // it could not be followed on
	Merged       bool               `json:"merged,omitempty"` // information sets that nothing tells apart were held alike
	Arms         []Arm              `json:"arms,omitempty"`   // branches that leave it, where they were asked for
}

// Bifurcation is where other branches cross, in so many directions.
type Bifurcation struct {
	Lambda     float64 `json:"lambda"`     // precision of player 0
	Directions int     `json:"directions"` // at least 1
}

// Arm is a branch that leaves at a bifurcation.
type Arm struct {
	From   float64          `json:"from"`             // lambda of the bifurcation
	Path   []curriculum.Row `json:"path,omitempty"`   // of qarl, by falling temperature
	Points []Passage        `json:"points,omitempty"` // at the lambdas asked for
	Branch
}
