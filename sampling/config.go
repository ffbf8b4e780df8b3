// Package sampling decides which profiles to play next and when the order of
// two profiles is known. It is the statistics of a tournament and only that:
// it sees cells, counts and sums, never a game, an agent or a clock.
//
// A State is a fold over the ordered log of decisions. What it asks for next
// depends on nothing but its Config and the sums observed so far, so replaying
// the log restores it exactly, and an edge once closed stays closed.
package sampling

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"arbiter/dice"
	"arbiter/profile"
	"arbiter/total"
)

// Scheme is the rule that chooses what to play (Rowland et al. 2019, section 4).
type Scheme string

const (
	// UniformExhaustive works on one random open edge until it is resolved.
	UniformExhaustive Scheme = "uniform-exhaustive"
	// Uniform plays a random end of a random open edge.
	Uniform Scheme = "uniform"
	// ValenceWeighted plays a profile with probability proportional to the
	// square of its number of open edges. In a single population it draws a
	// strategy so, and an open pair of it evenly.
	ValenceWeighted Scheme = "valence-weighted"
	// CountWeighted plays the cell with the smallest count among those with
	// an open edge, the lowest id on ties.
	CountWeighted Scheme = "count-weighted"
	// FixedBudget plays all cells equally often and resolves nothing.
	FixedBudget Scheme = "fixed-budget"
	// Imported plays nothing: cells are observed as they come, from matches
	// played elsewhere.
	Imported Scheme = "imported"
)

// Schemes lists the schemes that play.
func Schemes() []Scheme {
	return []Scheme{UniformExhaustive, Uniform, ValenceWeighted, CountWeighted, FixedBudget}
}

// Bound is the rule that decides when an edge is resolved. The first group
// separates the confidence intervals of two means, the second tests the edge.
type Bound string

const (
	Hoeffding      Bound = "hoeffding"       // bounded payoffs; one look each
	ClopperPearson Bound = "clopper-pearson" // 0/1 payoffs; one look each
	Mixture        Bound = "mixture"         // 0/1 payoffs; time-uniform, beta mixture
	Betting        Bound = "betting"         // bounded payoffs; time-uniform, hedged capital
	Pair           Bound = "pair"            // 0/1 payoffs; one e-process per edge and direction
	Bernstein      Bound = "bernstein"       // bounded payoffs; likewise, from sums and squares
)

// Bounds lists the bounds.
func Bounds() []Bound {
	return []Bound{Pair, Bernstein, Hoeffding, ClopperPearson, Mixture, Betting}
}

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
	Rule  int // 0 for the constant Rule, else that or an older one
	Space profile.Space
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

	Scheme  Scheme
	Bound   Bound
	Level   Level
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
	if !slices.Contains(Schemes(), c.Scheme) && c.Scheme != Imported {
		return fmt.Errorf("scheme: found %q, expected %s", c.Scheme, oneOf(Schemes()))
	}
	switch c.Bound {
	case Hoeffding, Bernstein, Betting:
	case Pair, Mixture, ClopperPearson:
		if !c.Binary && !(c.Bound == Pair && c.Signs) {
			return fmt.Errorf("bound: %s is made for 0/1 payoffs and this game has others, expected bernstein, betting or hoeffding", c.Bound)
		}
	default:
		return fmt.Errorf("bound: found %q, expected auto or %s", c.Bound, oneOf(Bounds()))
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
func oneOf[T ~string](names []T) string {
	texts := make([]string, len(names))
	for i, n := range names {
		texts[i] = string(n)
	}
	return strings.Join(texts[:len(texts)-1], ", ") + " or " + texts[len(texts)-1]
}

// tests reports whether edges are tested directly, not by intervals. Imported
// cells come in heaps, not in blocks, so two of them cannot be.
func (c Config) tests() bool {
	return (c.Bound == Pair || c.Bound == Bernstein) && (c.Space.Single || c.Scheme != Imported)
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
	if c.Bound == Betting && !c.Binary && c.bounded() {
		s.Values = make([]Histogram, c.numbers())
		for k := range s.Values {
			s.Values[k] = Histogram{Lo: c.Lo[k], Hi: c.Hi[k]}
		}
	}
	return s
}
