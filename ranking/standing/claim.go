package standing

import (
	"fmt"
	"strconv"
)

// Tested is how the edges of a ranking were tested: all that may decide what is
// claimed of it.
type Tested struct {
	PerLook        bool     // each look has the level, not the run
	FixedBudget    bool     // nothing is decided
	Delta          float64  // error probability the test was to keep, in (0, 1)
	Epsilon, Slack float64  // parts of the payoff range
	Imported       bool     // matches played elsewhere
	Void           bool     // matches were left out for how they went
	Doubts         []string // conditions of the test that do not hold, as warnings
	Shared         bool     // edges share payoffs: not every orientation has some
	Intervals      bool     // masses are bounded by intervals of payoffs (finite alpha), not by edges
}

// Claim is what may be said of a ranking that was tested so. Whatever calls
// edges correct or prints bounds gets leave from here and from nowhere else.
type Claim struct {
	// Confidence is the probability with which all resolved edges are right
	// and, apart from that, all bounds hold at once; nil: nothing is claimed.
	Confidence *float64
	Text       string   // of the resolved edges
	Bounds     string   // of masses: exact, outer, or none if empty
	Means      bool     // the intervals of mean payoffs hold
	Resolves   bool     // resolved edges are called correct
	Why        []string // warnings: what keeps the rest from being claimed
}

// Of is the text where so many edges are resolved: of none there is nothing to
// call correct.
func (c Claim) Of(resolved int) string {
	if resolved == 0 && c.Resolves {
		return "no direction is known yet"
	}
	return c.Text
}

// Claim says what follows from the test.
func (t Tested) Claim() Claim {
	c := Claim{Means: true, Why: append([]string{}, t.Doubts...)}
	if t.Void {
		c.Why = append(c.Why, "matches were left out for how they went: nothing is known of what the others would have been")
	}
	switch {
	case len(c.Why) > 0:
		c.Text, c.Means = "none of them guaranteed, see the warnings", false
	case t.PerLook:
		c.Text, c.Means = fmt.Sprintf("each look at level %g, no guarantee over the run", t.Delta), false
		c.Why = append(c.Why, "level per-look reproduces the paper's plots and guarantees nothing over a run")
	case t.Slack > 0:
		c.Text = fmt.Sprintf("relaxed by slack %g, none guaranteed", t.Slack)
		c.Why = append(c.Why, fmt.Sprintf("slack %g relaxes the bounds: directions of edges closer than %g of the payoff range are not guaranteed, nor are those of the others taken together with them", t.Slack, 2*t.Slack))
	}
	if len(c.Why) > 0 {
		return c
	}
	confidence := 1 - t.Delta
	c.Confidence = &confidence
	c.Bounds = "exact"
	if t.Shared || t.Intervals {
		c.Bounds = "outer"
	}
	if t.FixedBudget {
		c.Text = "a fixed budget resolves none"
		return c
	}
	c.Resolves = true
	c.Text = fmt.Sprintf("all correct with confidence %s%%", strconv.FormatFloat(100*confidence, 'g', 10, 64))
	if t.Epsilon > 0 {
		c.Text += fmt.Sprintf(", ties to within %g of the payoff range", t.Epsilon)
	}
	if t.Imported {
		c.Text += ", if matches are independent and none was left out for how it went"
	}
	return c
}
