package matchlog

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// columns says what the fields of a row are. A row has one slot per known
// column: first the need columns that every row must fill, then the optional
// ones and, in duels, draw.
type columns struct {
	names   []string // by slot
	slot    map[string]int
	need    int
	players int
	duel    bool // winner, loser
	given   map[string]bool
}

// The slots after the needed ones.
const (
	count = iota
	cluster
	timestamp
	seed
	outcome
	failed
	draw
)

// shapes are the logs that are read, for whoever has another one.
const shapes = `expected CSV with a header, or JSON lines, in one of two shapes: agent_0,agent_1,payoff_0,payoff_1 (or more seats), or winner,loser and optional draw; both with optional count, cluster, timestamp, seed, outcome, failed. For example the lines "winner,loser,count" and "ann,ben,3"`

var (
	optional = []string{"count", "cluster", "timestamp", "seed", "outcome", "failed"}
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
			if known := nearest(name, len(header)); edits(strings.ToLower(name), known) <= misspelt {
				return nil, fmt.Errorf("column %q is unknown, expected %s", name, known)
			}
			return nil, fmt.Errorf("found the columns %s: %.40q is unknown; %s", listed(header), name, shapes)
		}
		found[name] = true
	}
	seats := agents + payoffs
	if seats > 0 && duels > 0 {
		return nil, errors.New("found columns of seats (agent_0) and of duels (winner), expected one kind")
	}
	c := &columns{duel: seats == 0, players: 2, slot: map[string]int{}, given: found}
	if c.duel {
		c.names = slices.Clone(duel[:2])
	} else {
		c.players = max(2, agents, payoffs)
		c.names = seatNames(c.players)
	}
	c.need = len(c.names)
	for _, name := range c.names {
		if !found[name] {
			return nil, fmt.Errorf("column %s is missing; %s", name, shapes)
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

// misspelt is the number of letters by which a name may be taken for another.
const misspelt = 2

// listed are the names of columns, the first of many.
func listed(names []string) string {
	const few = 12
	text := make([]string, 0, few)
	for _, name := range names[:min(len(names), few)] {
		text = append(text, fmt.Sprintf("%.40q", name))
	}
	if len(names) > few {
		text = append(text, fmt.Sprintf("… %d in all", len(names)))
	}
	return strings.Join(text, ", ")
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
