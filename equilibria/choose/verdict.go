package choose

import "arbiter/games"

// Verdict is what a solver found, judged by other code than the solver's.
type Verdict struct {
	Schema      string `json:"schema"`
	Game        string `json:"game"`
	Solver      string `json:"solver"`
	Chosen      string `json:"chosen,omitempty"` // by nash
	Concept     string `json:"concept"`
	Selection   string `json:"selection,omitempty"` // which of several equilibria this is
	Objective   string `json:"objective,omitempty"`
	Lambda      any    `json:"lambda,omitempty"`      // a number, or one per player
	Temperature any    `json:"temperature,omitempty"` // likewise
	Regulariser string `json:"regulariser,omitempty"`
	Variant     string `json:"variant,omitempty"`
	games.Named

	Policy          *games.Policy    `json:"policy,omitempty"`
	PolicyExact     *games.RowRatios `json:"policy_exact,omitempty"` // where it is known, with --exact
	ValuesExact     []string         `json:"values_exact,omitempty"`
	SubgamePerfect  *bool            `json:"subgame_perfect,omitempty"` // true, or it is not known
	Unique          *bool            `json:"unique,omitempty"`          // of subgame-perfect equilibria
	Ties            []Tie            `json:"ties,omitempty"`            // where they differ
	Values          []float64        `json:"values"`                    // of the policy, without a regulariser
	Gaps            []float64        `json:"gaps"`                      // of correlated equilibria: the largest gain by deviating
	BestResponses   []float64        `json:"best_response_values"`
	SoftValues      []float64        `json:"soft_values,omitempty"` // with the regulariser
	NashConv        *float64         `json:"nash_conv,omitempty"`
	Exploitability  *float64         `json:"exploitability,omitempty"`
	StateValues     any              `json:"state_values,omitempty"`      // [player][state], or [step][player][state]
	SoftStateValues any              `json:"soft_state_values,omitempty"` // likewise
	Unreached       [][]string       `json:"unreached,omitempty"`         // by player, where the policy never gets to
	Residual        float64          `json:"residual"`                    // of the concept: for nash the largest gap
	Iterations      int              `json:"iterations"`
	Status          string           `json:"status"` // converged, limit or stalled
	Tolerance       float64          `json:"tolerance"`
	Step            string           `json:"step,omitempty"` // and why it is certified

	Points []Passage `json:"points,omitempty"`
	Branch *Branch   `json:"branch,omitempty"`

	Solutions []Equilibrium `json:"solutions,omitempty"`
	*Known                  // of Solutions, else nil
	// Of Solutions, by index: what is connected, and what can be combined and mixed at
	// will.
	Components        [][]int       `json:"components,omitempty"`
	ComponentsSampled bool          `json:"components_sampled,omitempty"` // seen to be connected, not proved
	NashSubsets       [][]int       `json:"nash_subsets,omitempty"`
	Eliminated        []Eliminated  `json:"eliminated,omitempty"`
	Joint             []JointAction `json:"joint,omitempty"`
	Entropy           *float64      `json:"entropy,omitempty"` // of Joint, in nats
	Warnings          []string      `json:"warnings"`
}

// Known says of several equilibria whether they are all, and whether the game is
// degenerate; nil where the solver does not know.
type Known struct {
	Complete   *bool `json:"complete"`
	Degenerate *bool `json:"degenerate"`
}

// Equilibrium is one of several.
type Equilibrium struct {
	Policy        games.Policy `json:"policy"`
	Values        []float64    `json:"values"`
	Gaps          []float64    `json:"gaps"`
	BestResponses []float64    `json:"best_response_values"`
	NashConv      float64      `json:"nash_conv"`
	Unreached     [][]string   `json:"unreached,omitempty"`
	Index         *int         `json:"index,omitempty"` // +1 or -1, 0 where it is singular
	Proved        *bool        `json:"proved,omitempty"`

	PolicyExact *games.RowRatios `json:"policy_exact,omitempty"`
	ValuesExact []string         `json:"values_exact,omitempty"`
}

// Tie is an information state at which several moves are best, by backward
// induction.
type Tie struct {
	Player int    `json:"player"`
	State  string `json:"state"`
	Moves  []int  `json:"moves"`
}

// Eliminated is a strategy that iterated strict dominance leaves out.
type Eliminated struct {
	Player   int    `json:"player"`
	Strategy string `json:"strategy"`
}

// JointAction is a profile of strategies and its probability, at a state (and
// step) of a Markov game.
type JointAction struct {
	State       string   `json:"state,omitempty"`
	Profile     []string `json:"profile"`
	Probability float64  `json:"probability"`
}

// Passage is a point of a branch at a lambda that was asked for. Crossing is 0,
// and there is no policy, if the branch was not followed that far.
type Passage struct {
	Lambda     float64       `json:"lambda"`
	Crossing   int           `json:"crossing"`
	Policy     *games.Policy `json:"policy"`
	Values     []float64     `json:"values"`
	SoftValues []float64     `json:"soft_values,omitempty"` // with the regulariser
	Residual   float64       `json:"residual"`
	Status     string        `json:"status"`
	Unique     *bool         `json:"unique,omitempty"` // of Markov games: proved to be the only one
	Index      *int          `json:"index,omitempty"`
}

// Branch tells how a branch of quantal responses went.
type Branch struct {
	Concept      string        `json:"concept"`
	Turning      []float64     `json:"turning"`
	Bifurcations []Bifurcation `json:"bifurcations"`
	Limit        *Equilibrium  `json:"limit"`
	End          float64       `json:"end"`
	Steps        int           `json:"steps"`
	Stalled      bool          `json:"stalled"`
	Merged       bool          `json:"merged,omitempty"`
	Arms         []Arm         `json:"arms,omitempty"`
}

// Bifurcation is where other branches cross, in so many directions.
type Bifurcation struct {
	Lambda     float64 `json:"lambda"`
	Directions int     `json:"directions"`
}

// Arm is a branch that leaves at a bifurcation.
type Arm struct {
	From   float64   `json:"from"`
	Points []Passage `json:"points,omitempty"`
	Branch
}
