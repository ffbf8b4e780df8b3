// Package sampling decides which profiles to play next and when the order of
// two profiles is known. It is the statistics of a tournament and only that:
// it sees cells, counts and sums, never a game, an agent or a clock.
//
// A State is a fold over the ordered log of decisions. What it asks for next
// depends on nothing but its Config and the sums observed so far, so replaying
// the log restores it exactly, and an edge once resolved stays resolved.
package sampling

import (
	"fmt"
	"math"

	"arbiter/internal/dice"
	"arbiter/ranking"
)

// Scheme is the rule that chooses what to play.
type Scheme string

const (
	// UniformExhaustive works on one random open edge until it is resolved.
	UniformExhaustive Scheme = "uniform-exhaustive"
	// CountWeighted plays the cell with the smallest count among those with
	// an open edge, the lowest id on ties.
	CountWeighted Scheme = "count-weighted"
	// FixedBudget plays all cells equally often and resolves nothing.
	FixedBudget Scheme = "fixed-budget"
)

// Bound is the rule that decides when an edge is resolved.
type Bound string

const (
	Hoeffding Bound = "hoeffding" // two intervals that separate
	Mixture   Bound = "mixture"   // two beta-mixture confidence sequences that separate; 0/1 payoffs
	Pair      Bound = "pair"      // one e-process per edge; 0/1 payoffs
	Bernstein Bound = "bernstein" // one empirical-Bernstein e-process per edge; bounded payoffs
)

// Level says what Delta is spent on.
type Level string

const (
	// Simultaneous: with probability at least 1-Delta no edge is ever
	// resolved wrongly, at any look, under any scheme and stopping rule.
	Simultaneous Level = "simultaneous"
	// PerLook gives Delta to every number at every look, as in the plots of
	// the paper. It guarantees nothing over a run.
	PerLook Level = "per-look"
)

// Config is everything a State depends on.
type Config struct {
	Space ranking.Space
	// Lo and Hi bound the payoffs of one play, per player. A single
	// population has two: of the two agents of a cell.
	Lo, Hi []float64
	// ConstantSum: both payoffs of a two-player cell sum to Sum in every play.
	ConstantSum bool
	Sum         float64
	Binary      bool // all payoffs are 0 or 1

	Scheme Scheme
	Bound  Bound
	Level  Level
	Delta  float64 // error probability, 0 < Delta < 1
	Slack  float64 // ≥ 0; intervals may overlap by 2·Slack (relaxed bounds of the paper)
	Batch  float64 // ≥ 0; plays per decision = max(1, floor(Batch × plays so far))

	MatchesPerPlay int      // of one play: 2 where seats are rotated, else 1
	Key            dice.Key // of the scheme's own choices
}

// Check reports the first thing that makes no sense.
func (c Config) Check() error {
	switch c.Scheme {
	case UniformExhaustive, CountWeighted, FixedBudget:
	default:
		return fmt.Errorf("scheme: found %q, expected %s, %s or %s", c.Scheme, UniformExhaustive, CountWeighted, FixedBudget)
	}
	switch c.Bound {
	case Hoeffding, Bernstein:
	case Pair, Mixture:
		if !c.Binary {
			return fmt.Errorf("bound: %s is made for 0/1 payoffs and this game has others, expected bernstein or hoeffding", c.Bound)
		}
	default:
		return fmt.Errorf("bound: found %q, expected auto, %s, %s, %s or %s", c.Bound, Hoeffding, Mixture, Pair, Bernstein)
	}
	if !c.bounded() && c.Scheme != FixedBudget {
		return fmt.Errorf("bound: none holds for payoffs without limits, expected scheme fixed-budget")
	}
	if c.Level != Simultaneous && c.Level != PerLook {
		return fmt.Errorf("level: found %q, expected %s or %s", c.Level, Simultaneous, PerLook)
	}
	if !(c.Delta > 0 && c.Delta < 1) {
		return fmt.Errorf("delta: found %g, expected a number between 0 and 1", c.Delta)
	}
	if !(c.Slack >= 0 && c.Slack < math.Inf(1)) {
		return fmt.Errorf("slack: found %g, expected a number not below 0", c.Slack)
	}
	if c.Slack > 0 && c.Bound != Hoeffding && c.Bound != Mixture {
		return fmt.Errorf("slack: found %g with bound %s, expected 0 or bound %s or %s", c.Slack, c.Bound, Hoeffding, Mixture)
	}
	if !(c.Batch >= 0 && c.Batch <= 1000) {
		return fmt.Errorf("batch: found %g, expected 0 to 1000", c.Batch)
	}
	return nil
}

// bounded reports whether all payoffs have limits.
func (c Config) bounded() bool {
	for k := range c.Lo {
		if math.IsInf(c.Lo[k], 0) || math.IsInf(c.Hi[k], 0) {
			return false
		}
	}
	return true
}

// Cells is the number of cells: profiles, or pairs of a single population.
func (c Config) Cells() int {
	n := c.Space.N()
	if c.Space.Single {
		return n * (n - 1) / 2
	}
	return n
}

// numbers is how many payoffs are observed per cell.
func (c Config) numbers() int { return len(c.Lo) }

// free is how many of all payoffs are not determined by the others.
func (c Config) free() int {
	if c.ConstantSum && c.numbers() == 2 {
		return c.Cells()
	}
	return c.Cells() * c.numbers()
}

// step is how many plays a decision takes in a cell already played n times.
func (c Config) step(n int64) int64 {
	if s := int64(c.Batch * float64(n)); s > 1 {
		return s
	}
	return 1
}
