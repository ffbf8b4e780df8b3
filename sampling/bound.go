package sampling

import (
	"slices"

	"arbiter/profile"
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
	interval func(binary bool, t tally, values *Histogram, level float64) Interval
	// bets, if not nil, tests edges themselves: the intervals then only tell
	// means and ties.
	bets bets
}

// bounds is the list: first those that test an edge, then those that separate
// the confidence intervals of two means.
var bounds = []*boundKind{&pairs, &bernstein, &hoeffding, &clopperPearson, &mixture, &betting}

// Bounds lists the bounds.
func Bounds() []string {
	var names []string
	for _, b := range bounds {
		names = append(names, b.name)
	}
	return names
}

// bound is the line of the Config's bound, nil for none.
func (c *Config) bound() *boundKind {
	if i := slices.IndexFunc(bounds, func(b *boundKind) bool { return b.name == c.Bound }); i >= 0 {
		return bounds[i]
	}
	return nil
}

// newBound is the bound that decides in a ledger. nil: edges stay open.
func newBound(l *Ledger) Bound {
	switch {
	case l.cfg.Rule == firstStage:
		return newFirstRule(l)
	case l.cfg.scheme().openEnded:
		return nil
	case l.cfg.tests():
		return newTests(l)
	}
	return newIntervals(l, false)
}
