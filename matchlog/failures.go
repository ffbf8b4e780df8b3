package matchlog

import (
	"fmt"
	"strconv"
)

// failure is a way in which an agent failed; nobody: the log does not say who.
type failure struct {
	pool          int
	name, outcome string
	nobody        bool
}

// readFailure reads whose failure a match ended by, if it did.
func (t *tally) readFailure(c *columns, row []field) (f failure, ok bool, err error) {
	how, who := row[c.need+outcome], row[c.need+failed]
	for _, f := range []*field{&how, &who} {
		if string(f.text) == "null" && !f.quoted {
			f.text = nil
		}
	}
	if len(how.text) == 0 || string(how.text) == "ok" {
		if len(who.text) > 0 {
			return f, false, fmt.Errorf("failed: found %q where outcome is ok, expected nothing", who.text)
		}
		return f, false, nil
	}
	if err := checkName(how); err != nil {
		return f, false, fmt.Errorf("outcome: %w", err)
	}
	f = failure{outcome: string(how.text), nobody: len(who.text) == 0}
	if f.nobody {
		return f, true, nil
	}
	seat, err := strconv.Atoi(string(who.text))
	if err != nil || seat < 0 || seat >= c.players {
		return f, false, fmt.Errorf("failed: found %q, expected the seat of the agent that failed, 0 to %d", who.text, c.players-1)
	}
	f.pool, f.name = seat%len(t.names), string(row[seat].text)
	return f, true, nil
}
