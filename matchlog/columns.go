package matchlog

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// columns says what the fields of a row are. A row has one slot per known
// column: first the need columns that every row must fill, then count,
// timestamp and, in duels, draw.
type columns struct {
	names   []string // by slot
	slot    map[string]int
	need    int
	players int
	duel    bool // winner, loser
}

// The slots after the needed ones.
const (
	count = iota
	timestamp
	draw
)

var (
	optional = []string{"count", "timestamp"}
	duel     = []string{"winner", "loser", "draw"}
)

// newColumns checks the names of a header, or of the first JSON object.
func newColumns(header []string) (*columns, error) {
	agents, payoffs, duels := 0, 0, 0
	found := map[string]bool{}
	for _, name := range header {
		kind, seat := splitSeat(name)
		switch {
		case found[name]:
			return nil, fmt.Errorf("column %q stands twice", name)
		case seat && kind == "agent_":
			agents++
		case seat:
			payoffs++
		case slices.Contains(duel, name):
			duels++
		case !slices.Contains(optional, name):
			return nil, fmt.Errorf("column %q is unknown, expected %s", name, nearest(name, len(header)))
		}
		found[name] = true
	}
	seats := agents + payoffs
	if seats > 0 && duels > 0 {
		return nil, errors.New("found columns of seats (agent_0) and of duels (winner), expected one kind")
	}
	c := &columns{duel: seats == 0, players: 2, slot: map[string]int{}}
	if c.duel {
		c.names = slices.Clone(duel[:2])
	} else {
		c.players = max(2, agents, payoffs)
		c.names = seatNames(c.players)
	}
	c.need = len(c.names)
	for _, name := range c.names {
		if !found[name] {
			return nil, fmt.Errorf("column %s is missing: expected agent_0, agent_1, … and as many of payoff_0, payoff_1, …, or winner and loser", name)
		}
	}
	c.names = append(c.names, optional...)
	if c.duel {
		c.names = append(c.names, duel[2:]...)
	}
	for i, name := range c.names {
		c.slot[name] = i
	}
	return c, nil
}

// splitSeat splits agent_3 or payoff_3 from its number; ok if name is one.
func splitSeat(name string) (kind string, ok bool) {
	for _, kind := range []string{"agent_", "payoff_"} {
		if digits, ok := strings.CutPrefix(name, kind); ok {
			k, err := strconv.Atoi(digits)
			return kind, err == nil && k >= 0 && strconv.Itoa(k) == digits
		}
	}
	return "", false
}

func seatNames(players int) []string {
	var names []string
	for _, kind := range []string{"agent_", "payoff_"} {
		for k := range players {
			names = append(names, kind+strconv.Itoa(k))
		}
	}
	return names
}

// nearest is the known column most like name, in a header of n columns.
func nearest(name string, n int) string {
	known := slices.Concat(seatNames(min(max(2, n/2), 10)), duel, optional)
	name = strings.ToLower(name)
	return slices.MinFunc(known, func(a, b string) int { return edits(name, a) - edits(name, b) })
}

// edits is the number of letters to insert, drop or change that turn a into b
// (Levenshtein).
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0]++
		for j := range len(b) {
			change := corner
			if a[i] != b[j] {
				change++
			}
			corner = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
