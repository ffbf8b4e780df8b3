// Package equilibria holds the words that solvers share: what ends them, why they
// ended and which kinds of failure are told apart. The solvers live in the rooms
// below it, by the kind of their mathematics: exact, many, linear, learn, quantal
// and stochastic; choose asks them by name. They see compiled games and return
// policies; how good these are is judged by the games themselves (games.Judge), which
// share no code with them.
package equilibria

import (
	"fmt"

	"arbiter/games"
)

// Limits end a solver that goes on and on.
type Limits struct {
	Iterations int     // at most; positive
	Tolerance  float64 // sum of gaps to stop at, each in units of the player's own payoff range; 0: never
}

// Check reports limits that end nothing.
func (l Limits) Check() error {
	if l.Iterations < 1 {
		return fmt.Errorf("iterations: found %d, expected at least 1", l.Iterations)
	}
	if !(l.Tolerance >= 0) {
		return fmt.Errorf("tolerance: found %g, expected a number not below 0", l.Tolerance)
	}
	return nil
}

// Status says why a solver ended.
type Status string

// What a solver may end by.
const (
	Converged Status = "converged" // the tolerance was reached
	AtLimit   Status = "limit"     // the iterations were spent
	Stalled   Status = "stalled"   // there was no way on, or it led to no equilibrium

	// Of branches, how far they were followed.
	Complete Status = "complete"     // to the end
	Folded   Status = "folds passed" // to the end, lambda not always growing
	Lost     Status = "lost"         // no further step was found
)

// Whole is the status of a branch that was followed to the end over so many folds.
func Whole(folds int) Status {
	if folds > 0 {
		return Folded
	}
	return Complete
}

// Followed tells whether a branch was followed to the end.
func (s Status) Followed() bool { return s == Complete || s == Folded }

// Point is the gap of the average policy after some iterations.
type Point struct {
	Iteration int     // how many were run, from 1
	NashConv  float64 // or what else the solver measures itself by, see there
}

// PathPoint is a point of a branch of quantal responses that was passed.
type PathPoint struct {
	Lambda float64           // precision, at least 0
	Policy []games.Behaviour // per player
}

// Concept is a kind of equilibrium.
type Concept string

// What is looked for, and found.
const (
	Nash     Concept = "nash"
	LogitQRE Concept = "logit_qre" // of payoff tables, all moves at once
	AgentQRE Concept = "agent_qre" // of every information state by itself
	ReachQRE Concept = "reach_weighted_agent_qre"
	PlansQRE Concept = "sequence_qre" // of realisation plans
	SoftQRE  Concept = "soft_qre"     // of Markov games with entropy, by state

	CE  Concept = "ce"  // correlated
	CCE Concept = "cce" // coarse correlated
)

// Quantal tells whether c is of players whose answers are soft.
func (c Concept) Quantal() bool {
	switch c {
	case LogitQRE, AgentQRE, ReachQRE, PlansQRE, SoftQRE:
		return true
	}
	return false
}

// Correlated tells whether c is a distribution over profiles, which is no policy.
func (c Concept) Correlated() bool { return c == CE || c == CCE }
