// Package sampling decides which profiles to play next and when the order of
// two profiles is known. It is the statistics of a tournament and only that:
// it sees cells, counts and sums, never a game, an agent or a clock.
//
// A State is a fold over the ordered log of decisions: a Ledger of what is known,
// a Scheme that chooses what to play and a Bound that closes edges. What it asks
// for next depends on nothing but its Config and the sums observed so far, so
// replaying the log restores it exactly, and an edge once closed stays closed.
// Schemes and bounds have a file each and a line in lists.go. It is larger than 2,500
// lines since the rule of the first stored runs is kept for ever beside that of today.
package sampling

import (
	"math"

	"arbiter/dice"
	"arbiter/profile"
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
