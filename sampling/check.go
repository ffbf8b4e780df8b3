package sampling

import (
	"fmt"
	"math"
	"strings"

	"arbiter/total"
)

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
