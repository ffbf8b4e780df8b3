// Package figure draws curves, in characters for a terminal and in files, and maps in
// files.
package figure

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"math/bits"
	"slices"
	"strings"

	"github.com/mattn/go-runewidth"

	"arbiter/report/text"
)

// Plot is a chart of curves, for a terminal or a file. Points that are NaN,
// infinite or beyond 1e300, and with LogX those below 1e-300, are skipped and
// break the curve.
type Plot struct {
	Title, X, Y string   // the axes' names
	LogX        bool     // logarithmic X axis
	Series      []Series // curves, drawn in this order
	Marks       []Mark   // lines across, nil: none
}

// Series is a curve, its points in the order of the path: X may turn back.
type Series struct {
	Name string    // in the legend
	X, Y []float64 // as many
}

// Mark is a vertical line with a name, such as a fold.
type Mark struct {
	Name string  // at the line
	X    float64 // where, in the units of the axis
}

const (
	plotRows     = 20
	defaultWidth = 80 // where the terminal has no limit
	leastColumns = 8
	mostCurves   = 12 // in a terminal
	mostMarkRows = 3
	letters      = "abcdefghijkl"
)

// cell of a chart: braille dots of the curves there, or a character.
type cell struct {
	dots  int
	by    uint // the curves, as bits
	text  rune
	faint bool
}

// chart is a drawing in characters. Cells right of columns are a margin for
// letters.
type chart struct {
	drawing
	text.Style
	columns, margin int
	cells           [][]cell // [row, top first][column]
	shown           []int    // series by letter
}

// Text prints the plot in characters: braille dots, or letters if the style is
// ASCII. Every curve ends in its letter. A width of 0 means 80 columns.
// The error tells of a series with X and Y of different lengths.
func (p Plot) Text(w io.Writer, s text.Style) error {
	d, some, err := p.draw()
	if err != nil {
		return err
	}
	if s.Width <= 0 {
		s.Width = defaultWidth
	}
	c := chart{drawing: d, Style: s}
	var b bytes.Buffer
	if d.title != "" {
		fmt.Fprintln(&b, c.cut(d.title, s.Width))
	}
	if !some {
		fmt.Fprintln(&b, c.cut("nothing to plot", s.Width))
	} else {
		c.print(&b)
	}
	_, err = w.Write(b.Bytes())
	return err
}

func (c *chart) print(b *bytes.Buffer) {
	for i := range c.curves {
		if c.same[i] == i && len(c.shown) < mostCurves {
			c.shown = append(c.shown, i)
		}
	}
	gutter := 0
	for _, t := range c.y.ticks {
		gutter = max(gutter, len(t.label))
	}
	gutter += 2
	c.margin = c.fitMargin()
	c.columns = c.Width - gutter - c.margin
	if c.columns < leastColumns {
		fmt.Fprintln(b, c.cut(fmt.Sprintf("needs %d columns", gutter+c.margin+leastColumns), c.Width))
		return
	}
	c.cells = make([][]cell, plotRows)
	for r := range c.cells {
		c.cells[r] = make([]cell, c.columns+c.margin)
	}
	for k, i := range c.shown {
		c.trace(k, c.curves[i])
	}
	if !c.ASCII {
		c.letterWithin()
	}
	c.letterEnds()

	indent := strings.Repeat(" ", gutter)
	if c.yName != "" {
		fmt.Fprintln(b, c.cut(strings.Repeat(" ", gutter-1)+c.yName, c.Width))
	}
	heads, left := c.placeMarks()
	for _, h := range heads {
		fmt.Fprintln(b, indent+h)
	}
	c.printRows(b, gutter)
	c.printBottom(b, gutter)
	c.printLegend(b, left)
}

// dot of a place, from the left and from the top; a cell has 2 by 4.
func (c *chart) dot(x, y float64) (i, j int) {
	w, h := float64(2*c.columns-1), float64(4*plotRows-1)
	return int(math.Round(c.x.part(x) * w)), int(math.Round((1 - c.y.part(y)) * h))
}

func (c *chart) column(x float64) int {
	i, _ := c.dot(x, c.y.lo)
	return i / 2
}

func (c *chart) row(y float64) int {
	_, j := c.dot(c.x.lo, y)
	return j / 4
}

// end of a series' path.
func (c *chart) end(i int) point {
	piece := c.curves[i][len(c.curves[i])-1]
	return piece[len(piece)-1]
}

// fitMargin makes room for the letters of curves that end at the right, side
// by side where these meet, in at most an eighth of the width.
func (c *chart) fitMargin() int {
	stack := make([]int, plotRows)
	most := 0
	for _, i := range c.shown {
		if e := c.end(i); c.x.part(e.x) > 0.95 {
			r := c.row(e.y)
			stack[r]++
			most = max(most, stack[r])
		}
	}
	return max(2, min(most+1, c.Width/8))
}

// trace draws curve k, with lines between its points.
func (c *chart) trace(k int, pieces [][]point) {
	set := func(i, j int) {
		at := &c.cells[j/4][i/2]
		at.by |= 1 << k
		at.dots |= [4][2]int{{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}[j%4][i%2]
	}
	for _, piece := range pieces {
		i0, j0 := c.dot(piece[0].x, piece[0].y)
		set(i0, j0)
		for _, p := range piece[1:] {
			i1, j1 := c.dot(p.x, p.y)
			n := max(i1-i0, i0-i1, j1-j0, j0-j1)
			for s := 1; s <= n; s++ {
				part := float64(s) / float64(n)
				set(i0+int(math.Round(float64(i1-i0)*part)), j0+int(math.Round(float64(j1-j0)*part)))
			}
			i0, j0 = i1, j1
		}
	}
}

// letterWithin puts each curve's letter on it once, far above and below from
// others and then near the middle, since ends often meet.
func (c *chart) letterWithin() {
	type place struct{ row, column, room int }
	for k := range c.shown {
		best := place{room: 1}
		for r := range c.cells {
			for x := 2; x < c.columns-2; x++ {
				if c.cells[r][x].by != 1<<k {
					continue
				}
				room := c.room(k, r, x)
				nearer := math.Abs(float64(x-c.columns/2)) < math.Abs(float64(best.column-c.columns/2))
				if room > best.room || room == best.room && room > 1 && nearer {
					best = place{r, x, room}
				}
			}
		}
		if best.room > 1 {
			c.cells[best.row][best.column].text = rune(letters[k])
		}
	}
}

// room is how many rows off the next other curve or letter is, 4 or more
// being enough.
func (c *chart) room(k, r, x int) int {
	const enough = 4
	for d := range enough {
		for _, i := range []int{r - d, r + d} {
			for j := x - 2; j <= x+2 && i >= 0 && i < plotRows; j++ {
				if at := c.cells[i][j]; at.by&^(1<<k) != 0 || at.text != 0 {
					return d
				}
			}
		}
	}
	return enough
}

// letterEnds puts the letters right of the ends, or a sign where too many meet.
func (c *chart) letterEnds() {
	for k, i := range c.shown {
		e := c.end(i)
		row := c.cells[c.row(e.y)]
		x := c.column(e.x) + 1
		for x < len(row)-1 && row[x].text != 0 {
			x++
		}
		if row[x].text != 0 {
			row[x] = cell{text: '+'}
			continue
		}
		row[x] = cell{text: rune(letters[k]), by: 1 << k}
	}
}

// placeMarks draws the vertical lines and lays out their names above; left are
// names that found no room.
func (c *chart) placeMarks() (heads, left []string) {
	line := '┊'
	if c.ASCII {
		line = ':'
	}
	var used []int // columns of each row that are full
	for _, m := range c.marks {
		x := c.column(m.at)
		for r := range c.cells {
			if at := &c.cells[r][x]; at.by == 0 && at.text == 0 {
				*at = cell{text: line, faint: true}
			}
		}
		n := runewidth.StringWidth(m.text)
		start := max(0, min(x-n/2, c.columns-n))
		r := 0
		for r < len(used) && used[r] > 0 && used[r]+2 > start {
			r++
		}
		if n > c.columns || r == mostMarkRows {
			left = append(left, m.text)
			continue
		}
		if r == len(used) {
			used, heads = append(used, 0), append(heads, "")
		}
		heads[r] += strings.Repeat(" ", start-used[r]) + m.text
		used[r] = start + n
	}
	return heads, left
}

func (c *chart) printRows(b *bytes.Buffer, gutter int) {
	bar, tee := "│", "┤"
	if c.ASCII {
		bar, tee = "|", "+"
	}
	labels := make([]string, plotRows)
	for _, t := range c.y.ticks {
		labels[c.row(t.at)] = t.label
	}
	for r, row := range c.cells {
		side := bar
		if labels[r] != "" {
			side = tee
		}
		fmt.Fprintf(b, "%*s %s", gutter-2, labels[r], side)
		end := len(row)
		for end > 0 && row[end-1].by == 0 && row[end-1].text == 0 {
			end--
		}
		now := ""
		for _, at := range row[:end] {
			if color := c.color(at); color != now {
				b.WriteString("\x1b[0m" + color)
				now = color
			}
			b.WriteRune(c.character(at))
		}
		if now != "" {
			b.WriteString("\x1b[0m")
		}
		b.WriteByte('\n')
	}
}

func (c *chart) character(at cell) rune {
	switch {
	case at.text != 0:
		return at.text
	case at.by == 0:
		return ' '
	case !c.ASCII:
		return rune(0x2800 + at.dots)
	case bits.OnesCount(at.by) > 1:
		return '*'
	}
	return rune(letters[bits.TrailingZeros(at.by)])
}

// color of a cell: that of its curve, none where several meet.
func (c *chart) color(at cell) string {
	switch {
	case !c.Color || at.by == 0 && !at.faint:
		return ""
	case at.faint:
		return "\x1b[2m"
	case bits.OnesCount(at.by) > 1:
		return ""
	}
	return colorOf(bits.TrailingZeros(at.by))
}

// colorOf letters: blue, red, green, magenta, cyan, yellow.
func colorOf(k int) string { return fmt.Sprintf("\x1b[%dm", [6]int{34, 31, 32, 35, 36, 33}[k%6]) }

// printBottom prints the x axis, its labels, left out where they would touch,
// and its name.
func (c *chart) printBottom(b *bytes.Buffer, gutter int) {
	corner, dash, tee := '└', '─', '┬'
	if c.ASCII {
		corner, dash, tee = '+', '-', '+'
	}
	line := slices.Repeat([]rune{dash}, c.columns)
	labels := ""
	for _, t := range c.x.ticks {
		x := c.column(t.at)
		line[x] = tee
		start := max(0, gutter+x-len(t.label)/2)
		start = min(start, c.Width-len(t.label))
		if labels != "" && start < len(labels)+2 {
			continue
		}
		labels += strings.Repeat(" ", max(0, start-len(labels))) + t.label
	}
	fmt.Fprintf(b, "%s%c%s\n%s\n", strings.Repeat(" ", gutter-1), corner, string(line), labels)
	if c.xName != "" {
		name := c.cut(c.xName, c.Width-gutter)
		indent := gutter + max(0, c.columns-runewidth.StringWidth(name))/2
		fmt.Fprintln(b, strings.Repeat(" ", min(indent, c.Width-runewidth.StringWidth(name)))+name)
	}
}

// printLegend names the curves in columns; those that look the same have the
// same letter.
func (c *chart) printLegend(b *bytes.Buffer, marks []string) {
	type entry struct {
		k    int
		name string
	}
	var entries []entry
	missing, wide := 0, 0
	for i, name := range c.names {
		k := slices.Index(c.shown, c.same[i])
		if k < 0 {
			missing++
			continue
		}
		name = c.cut(name, c.Width-5)
		entries = append(entries, entry{k, name})
		wide = max(wide, runewidth.StringWidth(name))
	}
	if len(entries) > 1 || wide > 0 {
		slices.SortStableFunc(entries, func(a, b entry) int { return a.k - b.k })
		across := max(1, c.Width/(wide+6))
		b.WriteByte('\n')
		for i, e := range entries {
			letter := letters[e.k : e.k+1]
			if c.Color {
				letter = colorOf(e.k) + letter + "\x1b[0m"
			}
			text := "  " + letter + "  " + e.name
			if last := i == len(entries)-1; last || (i+1)%across == 0 {
				fmt.Fprintln(b, strings.TrimRight(text, " "))
			} else {
				b.WriteString(text + strings.Repeat(" ", wide-runewidth.StringWidth(e.name)+1))
			}
		}
	}
	if c.ASCII && len(c.shown) > 1 {
		b.WriteString(text.Wrap("  *  several", c.Width, 5))
	}
	if missing > 0 {
		b.WriteString(text.Wrap(fmt.Sprintf("  %d more curves are left out here; a file has all", missing), c.Width, 2))
	}
	for _, m := range marks {
		fmt.Fprintln(b, c.cut("  also marked: "+m, c.Width))
	}
}

// cut shortens text to the width.
func (c *chart) cut(text string, width int) string {
	tail := "…"
	if c.ASCII {
		tail = "..."[:min(3, width)]
	}
	return runewidth.Truncate(text, width, tail)
}
