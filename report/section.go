package report

import "math"

// Section is a part of a page, apart from its neighbours by an empty line: *Grid, *Shades
// or Lines. A terminal, or any other page, lays out the same sections.
type Section interface{ section() }

func (*Grid) section()   {}
func (*Shades) section() {}
func (Lines) section()   {}

// Lines are lines of text. What does not fit a line goes on below, indented.
type Lines struct {
	Indent int      // columns
	Text   []string // a line each
}

// title is the first section of most documents.
func title(parts ...string) Lines { return Lines{2, []string{heading(parts...)}} }

// notes are lines that begin with a word of their own, set off by ten columns.
func notes(text ...string) Lines { return Lines{10, text} }

// Column of a Grid. When the terminal is narrow, columns with a larger Drop go
// first; those with Drop 0 stay, and those marked Name are cut with "…", to no less
// than Least if that helps, 0 being twelve.
type Column struct {
	Title string // the heading
	Left  bool   // aligned so
	Name  bool
	Drop  int
	Least int
}

// Grid is a table.
type Grid struct {
	Above   []string     // lines right above it
	Columns []Column     // at least one
	Rows    [][]string   // cells, one per column
	Bold    map[int]bool // rows to set off, in colour
	Below   []string     // lines right below it
	// Missed, if not nil, is what to say below when only so many columns fit.
	Missed func(shown int) string
}

func (g *Grid) add(cells ...string) {
	for i, c := range cells {
		cells[i] = Clean(c)
	}
	g.Rows = append(g.Rows, cells)
}

// Levels is how many shades a map is shown in.
const Levels = 10

// Shades is a map: a place a cell, shaded by its value.
type Shades struct {
	Above  []string    // lines right above it
	Cells  [][]float64 // rows, the top one first; what is not finite has no value
	Lo, Hi float64     // the least and the most value; Lo is above Hi if there is none
	Scale  []string    // Lo and Hi in words
}

// Level is the shade of a value, 0 to Levels-1, the last where all values are one; -1
// for none.
func (s *Shades) Level(x float64) int {
	switch {
	case math.IsNaN(x) || math.IsInf(x, 0):
		return -1
	case s.Hi > s.Lo: // in halves, as a range may be twice the largest number
		return min(int((x/2-s.Lo/2)/(s.Hi/2-s.Lo/2)*Levels), Levels-1)
	}
	return Levels - 1
}
