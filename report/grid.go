// Package report lays out what was found: as JSON for programs, as terminal
// tables for people. It formats and nothing else; what it is given is already
// true.
package report

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/mattn/go-runewidth"
	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// Style is what the terminal can show.
type Style struct {
	Width int  // columns; 0 means no limit
	Color bool // ANSI colours
	ASCII bool // no other characters in plots
}

// column of a grid. When the terminal is narrow, columns with a larger drop go
// first; those with drop 0 stay, and those marked name are cut with "…", to no less
// than least if that helps, 0 being shortestName.
type column struct {
	title string
	left  bool
	name  bool
	drop  int
	least int
}

const shortestName = 12

// grid is the one way to print a table; nobody else sees tablewriter.
type grid struct {
	columns []column
	rows    [][]string
	bold    map[int]bool // rows to set off, in colour
	// missed, if not nil, is what to say below when only so many columns fit.
	missed func(shown int) string
}

func (g *grid) add(cells ...string) {
	for i, c := range cells {
		cells[i] = Clean(c)
	}
	g.rows = append(g.rows, cells)
}

func (g *grid) print(w io.Writer, s Style) error {
	keep, widths := g.fit(s.Width)
	right, left := tw.AlignRight, tw.AlignLeft
	var titles []string
	var align []tw.Align
	for _, i := range keep {
		titles = append(titles, Clean(g.columns[i].title))
		if g.columns[i].left {
			align = append(align, left)
		} else {
			align = append(align, right)
		}
	}
	var b bytes.Buffer
	t := tablewriter.NewTable(&b,
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders: tw.BorderNone,
			Symbols: tw.NewSymbols(tw.StyleLight),
			Settings: tw.Settings{
				Separators: tw.Separators{BetweenColumns: tw.Off, BetweenRows: tw.Off},
				Lines:      tw.Lines{ShowHeaderLine: tw.On},
			},
		})),
		tablewriter.WithHeaderAutoFormat(tw.Off), tablewriter.WithTrimSpace(tw.Off),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone), tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithHeaderAlignmentConfig(tw.CellAlignment{PerColumn: align}),
		tablewriter.WithRowAlignmentConfig(tw.CellAlignment{PerColumn: align}),
	)
	t.Header(titles)
	names := map[int][]string{}
	for _, i := range keep {
		if g.columns[i].name {
			names[i] = shorten(g.column(i), widths[i])
		}
	}
	for r, row := range g.rows {
		cells := make([]string, 0, len(keep))
		for _, i := range keep {
			cell := row[i]
			if names[i] != nil {
				cell = names[i][r]
			}
			if s.Color && g.bold[r] {
				cell = "\x1b[1m" + cell + "\x1b[0m"
			}
			cells = append(cells, cell)
		}
		if err := t.Append(cells); err != nil {
			return err
		}
	}
	if err := t.Render(); err != nil {
		return err
	}
	for line := range strings.Lines(b.String()) {
		if _, err := fmt.Fprintln(w, strings.TrimRight(line, " \n")); err != nil {
			return err
		}
	}
	if g.missed != nil && len(keep) < len(g.columns) {
		_, err := fmt.Fprintln(w, g.missed(len(keep)))
		return err
	}
	return nil
}

func (g *grid) column(i int) []string {
	var cells []string
	for _, row := range g.rows {
		cells = append(cells, row[i])
	}
	return cells
}

// shorten cuts names to a width. Names that begin alike are cut in the middle,
// and numbered if that leaves them alike too: two names are one only if they are
// the same.
func shorten(names []string, width int) []string {
	for _, cut := range []func(name string, nth int) string{
		func(name string, _ int) string { return runewidth.Truncate(name, width, "…") },
		func(name string, _ int) string {
			head := runewidth.Truncate(name, (width-1)/3, "")
			return runewidth.TruncateLeft(name, runewidth.StringWidth(name)-(width-runewidth.StringWidth(head)-1), head+"…")
		},
		func(name string, nth int) string {
			mark := fmt.Sprintf("…%d", nth+1)
			return runewidth.Truncate(name, max(0, width-len(mark)+2), "") + mark
		},
	} {
		whole, short := map[string]string{}, make([]string, len(names))
		distinct := true
		for i, name := range names {
			if short[i] = name; runewidth.StringWidth(name) > width {
				short[i] = cut(name, i)
			}
			if other, taken := whole[short[i]]; taken && other != name {
				distinct = false
			}
			whole[short[i]] = name
		}
		if distinct {
			return short
		}
	}
	return names
}

// fit chooses the columns that go into the width, and the widths of the names.
func (g *grid) fit(width int) (keep []int, names map[int]int) {
	size := make([]int, len(g.columns))
	worst := 0
	for i, c := range g.columns {
		size[i] = runewidth.StringWidth(c.title)
		for _, row := range g.rows {
			size[i] = max(size[i], runewidth.StringWidth(row[i]))
		}
		worst = max(worst, c.drop)
	}
	for limit := worst; ; limit-- {
		keep, names = keep[:0], map[int]int{}
		room, need := width, 0
		var order []int // of names, narrow ones first
		for i, c := range g.columns {
			if c.drop > limit {
				continue
			}
			keep = append(keep, i)
			room -= 2
			if c.name {
				order = append(order, i)
				need += min(size[i], max(c.least, shortestName))
				names[i] = size[i]
			} else {
				room -= size[i]
			}
		}
		if width <= 0 || len(order) == 0 {
			return keep, names
		}
		if room < need && limit > 0 {
			continue
		}
		slices.SortStableFunc(order, func(a, b int) int { return size[a] - size[b] })
		for at, i := range order { // what one does not need is the others'
			names[i] = max(1, min(size[i], room/(len(order)-at)))
			room -= names[i]
		}
		return keep, names
	}
}
