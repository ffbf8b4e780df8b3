// Package wind is a walk over a grid from which a wind may blow into pits: the
// protagonist steps, and then, with a probability, the adversary chooses where one
// more step goes. Small enough that everything about it is exact.
package wind

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"arbiter/games"
	"arbiter/games/markov"
)

// Cell is a row, 0 on top, and a column.
type Cell [2]int

// String is row:column, as ParseCells reads it.
func (c Cell) String() string { return fmt.Sprintf("%d:%d", c[0], c[1]) }

// Layout is a grid with its odds and pays.
type Layout struct {
	Rows, Cols  int     // at least 1, at most MaxCells cells
	Start, Goal Cell    // two cells, neither a pit
	Pits        []Cell  // end the match, as the goal does
	Wind        float64 // probability that the wind moves after a step
	Slip        float64 // probability that the protagonist's action becomes any of the five
	Step        float64 // pay of a step
	Reach, Fall float64 // pay of the goal and of a pit, on top of that
	Discount    float64 // in [0, 1)
}

// MaxCells bounds a grid.
const MaxCells = 10_000

// ParseCells reads cells row:column joined by +, or none.
func ParseCells(text string) ([]Cell, error) {
	var all []Cell
	if text == "none" {
		return nil, nil
	}
	for _, part := range strings.Split(text, "+") {
		row, col, found := strings.Cut(part, ":")
		r, err := strconv.Atoi(row)
		c, err2 := strconv.Atoi(col)
		if !found || err != nil || err2 != nil {
			return nil, fmt.Errorf("found cell %q, expected row:column, as in 4:0", part)
		}
		all = append(all, Cell{r, c})
	}
	return all, nil
}

var (
	steps = []string{"up", "down", "left", "right", "stay"}
	winds = []string{"up", "down", "left", "right", "none"}
)

// New is the game under a canonical name, zero-sum: states are the cells at which a
// match goes on and that can be reached.
func New(name string, l Layout) (*markov.Game, error) {
	if err := l.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return markov.Explore(markov.Rules[Cell]{
		Name: name, Players: 2, Discount: l.Discount,
		Starts:  []Cell{l.Start},
		Label:   Cell.String,
		Actions: func(Cell) [][]string { return [][]string{steps, winds} },
		Play:    l.play,
		Idle:    []int{4, 4},
		Varied:  []games.Axis{{Name: "p_wind", Lo: 0, Hi: .4}, {Name: "slip", Lo: 0, Hi: .2}},
	})
}

func (l Layout) check() error {
	if l.Rows < 1 || l.Cols < 1 || l.Rows > MaxCells/l.Cols {
		return fmt.Errorf("found %d rows and %d columns, expected at least one each and %d cells at most", l.Rows, l.Cols, MaxCells)
	}
	inside := func(c Cell) bool { return c[0] >= 0 && c[0] < l.Rows && c[1] >= 0 && c[1] < l.Cols }
	for _, c := range append([]Cell{l.Start, l.Goal}, l.Pits...) {
		if !inside(c) {
			return fmt.Errorf("cell %s is outside of the grid, rows 0 to %d and columns 0 to %d", c, l.Rows-1, l.Cols-1)
		}
	}
	switch {
	case l.Start == l.Goal || slices.Contains(l.Pits, l.Start):
		return fmt.Errorf("start %s: found the goal or a pit there, expected a cell at which play goes on", l.Start)
	case slices.Contains(l.Pits, l.Goal):
		return fmt.Errorf("goal %s: found a pit there", l.Goal)
	}
	for _, p := range []float64{l.Wind, l.Slip} {
		if !(p >= 0 && p <= 1) {
			return fmt.Errorf("found probability %g, expected 0 to 1", p)
		}
	}
	return nil
}

// moved is the cell beside c in a direction, c itself at the edge and without one.
func (l Layout) moved(c Cell, direction int) Cell {
	to := c
	switch direction {
	case 0:
		to[0]--
	case 1:
		to[0]++
	case 2:
		to[1]--
	case 3:
		to[1]++
	}
	if to[0] < 0 || to[0] >= l.Rows || to[1] < 0 || to[1] >= l.Cols {
		return c
	}
	return to
}

// ends tells whether a match is over at a cell, and what that pays.
func (l Layout) ends(c Cell) (bool, float64) {
	switch {
	case c == l.Goal:
		return true, l.Reach
	case slices.Contains(l.Pits, c):
		return true, l.Fall
	}
	return false, 0
}

func (l Layout) play(at Cell, joint []int) (ways []markov.Way[Cell]) {
	add := func(prob float64, to Cell) {
		if prob > 0 {
			over, paid := l.ends(to)
			ways = append(ways, markov.Way[Cell]{Prob: prob, To: to, End: over, Reward: []float64{l.Step + paid, 0 - (l.Step + paid)}})
		}
	}
	for action := range steps {
		p := l.Slip / float64(len(steps))
		if action == joint[0] {
			p += 1 - l.Slip
		}
		to := l.moved(at, action)
		if over, _ := l.ends(to); over {
			add(p, to)
			continue
		}
		add(p*(1-l.Wind), to)
		add(p*l.Wind, l.moved(to, joint[1]))
	}
	return ways
}
