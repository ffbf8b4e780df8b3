package sampling

import (
	"arbiter/profile"
	"arbiter/sampling/confidence"
)

// Bound decides when an edge is resolved.
type Bound interface {
	// Observe sees a decision once it is in the ledger.
	Observe(cell int, sum Sum)
	// Decide says whether an open edge is known, and how. It is asked after
	// every decision at a cell of the edge, once all cells have been played.
	Decide(edge int) (profile.Direction, bool)
}

// keeper is a Bound with something to keep in order.
type keeper interface {
	closed(edge int, d profile.Direction) // an edge, by whatever rule
	tidy(cell int)                        // the edges at a cell have been decided on
}

// boundKind is a line of the list of bounds.
type boundKind struct {
	name   string
	binary bool // made for 0/1 payoffs
	signs  bool // and, in a single population, for wins, draws and losses
	looks  bool // holds at one look, so that looks share the level
	values bool // payoffs that are not 0/1 are kept as histograms
	// interval bounds a mean from the tally of the payoffs scaled to [0,1],
	// which are 0 and 1 alone if binary.
	interval func(binary bool, t confidence.Tally, values *Histogram, level float64) confidence.Interval
	// bets, if not nil, tests edges themselves: the intervals then only tell
	// means and ties.
	bets bets
}

// bets fold plays into the accounts of an edge.
type bets interface {
	// match folds in plays of one cell, whose two payoffs it compares.
	match(c *Config, w *confidence.Wager, sum *Sum)
	// blocks folds in plays of two cells, scaled to [0,1], about m, which was
	// known before.
	blocks(w *confidence.Wager, x, y confidence.Tally, m float64)
}
