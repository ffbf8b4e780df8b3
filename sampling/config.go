// Package sampling decides which profiles to play next and when the order of
// two profiles is known. It is the statistics of a tournament and only that:
// it sees cells, counts and sums, never a game, an agent or a clock.
//
// A State is a fold over the ordered log of decisions: a Ledger of what is known,
// a Scheme that chooses what to play and a Bound that closes edges. What it asks
// for next depends on nothing but its Config and the sums observed so far, so
// replaying the log restores it exactly, and an edge once closed stays closed.
// Schemes and bounds have a file each and a line in the lists of scheme.go and
// bound.go.
package sampling

import (
	"fmt"
	"math"
	"strings"

	"arbiter/dice"
	"arbiter/profile"
	"arbiter/total"
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
	Rule  int           // 0 for the constant Rule, else that or an older one
	Space profile.Space // profiles, which are the cells; of a single population its pairs are
	// Lo and Hi bound the payoffs of one play, per player. A single
	// population has two: of the two agents of a cell.
	Lo, Hi []float64
	// ConstantSum: both payoffs of a two-player cell sum to Sum in every play.
	ConstantSum bool
	Sum         float64
	Binary      bool // all payoffs are 0 or 1
	// Signs: single population in which the difference of the two payoffs is
	// 0 or ±Sign, as with wins, draws and losses. Binary implies it, with 1.
	Signs bool
	Sign  float64
	// Symmetric: two populations of the same strategies in a symmetric game.
	// Profile (j,i) is profile (i,j) with the payoffs exchanged, so only one
	// of the two is played.
	Symmetric bool

	Scheme  string  // one of Schemes, or Imported
	Bound   string  // one of Bounds
	Level   Level   // zero is not valid
	Delta   float64 // error probability, 0 < Delta < 1
	Slack   float64 // ≥ 0, part of the payoff range; intervals may overlap by 2·Slack (relaxed bounds of the paper)
	Epsilon float64 // ≥ 0, part of the payoff range; > 0: edges known to differ by no more are closed as ties
	Batch   float64 // ≥ 0; plays per decision = max(1, floor(Batch × plays so far))

	MatchesPerPlay int      // of one play: 2 where seats are rotated, else 1
	Key            dice.Key // of the scheme's own choices
}

// Check reports the first thing that makes no sense.
func (c Config) Check() error {
	if c.Rule < 0 || c.Rule > Rule {
		return fmt.Errorf("rule: found %d, expected at most %d", c.Rule, Rule)
	}
	if c.scheme() == nil {
		return fmt.Errorf("scheme: found %q, expected %s", c.Scheme, oneOf(Schemes()))
	}
	kind := c.bound()
	if kind == nil {
		return fmt.Errorf("bound: found %q, expected auto or %s", c.Bound, oneOf(Bounds()))
	}
	if kind.binary && !c.Binary && !(kind.signs && c.Signs) {
		return fmt.Errorf("bound: %s is made for 0/1 payoffs and this game has others, expected bernstein, betting or hoeffding", c.Bound)
	}
	if !c.bounded() && !c.scheme().openEnded {
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
	if c.Slack > 0 && c.tests() {
		return fmt.Errorf("slack: found %g with bound %s, expected 0 or one of the bounds by intervals: hoeffding, clopper-pearson, mixture, betting", c.Slack, c.Bound)
	}
	if !(c.Epsilon >= 0 && c.Epsilon < math.Inf(1)) {
		return fmt.Errorf("epsilon: found %g, expected a number not below 0", c.Epsilon)
	}
	if c.Slack > 0 && c.Epsilon > 0 {
		return fmt.Errorf("epsilon: found %g with slack %g, expected only one of them above 0", c.Epsilon, c.Slack)
	}
	if !(c.Batch >= 0 && c.Batch <= 1000) {
		return fmt.Errorf("batch: found %g, expected 0 to 1000", c.Batch)
	}
	return nil
}

// oneOf lists names as a person would.
func oneOf(names []string) string {
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

// tests reports whether edges are tested directly, not by intervals. Cells that
// come in heaps, not in blocks, cannot be compared so.
func (c Config) tests() bool {
	return c.bound().bets != nil && (c.Space.Single || !c.scheme().heaps)
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
	cells := c.Cells()
	if c.Symmetric {
		n := c.Space.Shape[0]
		cells = n * (n + 1) / 2
	}
	if c.ConstantSum && c.numbers() == 2 {
		return cells
	}
	return cells * c.numbers()
}

// canonical is the cell that is played for a cell, and whether its players are
// exchanged.
func (c Config) canonical(cell int) (int, bool) {
	if !c.Symmetric {
		return cell, false
	}
	n := c.Space.Shape[0]
	if i, j := cell/n, cell%n; i > j {
		return j*n + i, true
	}
	return cell, false
}

// step is how many plays a decision takes in a cell already played n times.
func (c Config) step(n int64) int64 {
	if s := int64(c.Batch * float64(n)); s > 1 {
		return s
	}
	return 1
}

// NewSum returns the sum of no plays.
func (c Config) NewSum() Sum {
	s := Sum{X: make([]total.Sum, c.numbers()), XX: make([]total.Sum, c.numbers())}
	if kind := c.bound(); kind != nil && kind.values && !c.Binary && c.bounded() {
		s.Values = make([]Histogram, c.numbers())
		for k := range s.Values {
			s.Values[k] = Histogram{Lo: c.Lo[k], Hi: c.Hi[k]}
		}
	}
	return s
}
