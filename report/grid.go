// Package report lays out what was found: as JSON for programs, as terminal
// tables for people. It formats and nothing else; what it is given is already
// true.
package report

import (
	"bytes"
	"fmt"
	"io"
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
// first; those with drop 0 stay, and the one marked name is cut with "…".
type column struct {
	title string
	left  bool
	name  bool
	drop  int
}

const shortestName = 12

// grid is the one way to print a table; nobody else sees tablewriter.
type grid struct {
	columns []column
	rows    [][]string
	bold    map[int]bool // rows to set off, in colour
}

func (g *grid) add(cells ...string) { g.rows = append(g.rows, cells) }

func (g *grid) print(w io.Writer, s Style) error {
	keep, width := g.fit(s.Width)
	right, left := tw.AlignRight, tw.AlignLeft
	var titles []string
	var align []tw.Align
	for _, i := range keep {
		titles = append(titles, g.columns[i].title)
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
	for r, row := range g.rows {
		cells := make([]string, 0, len(keep))
		for _, i := range keep {
			cell := row[i]
			if g.columns[i].name {
				cell = runewidth.Truncate(cell, width, "…")
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
	return nil
}

// fit chooses the columns that go into the width, and the width of the names.
func (g *grid) fit(width int) (keep []int, name int) {
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
		keep, name = keep[:0], 1<<30
		total, names := 0, 0
		for i, c := range g.columns {
			if c.drop > limit {
				continue
			}
			keep = append(keep, i)
			total += size[i] + 2
			if c.name {
				names++
				total -= size[i]
				name = size[i]
			}
		}
		if width <= 0 || names == 0 {
			return keep, name
		}
		if room := (width - total) / names; room >= min(name, shortestName) || limit == 0 {
			return keep, max(1, min(name, room))
		}
	}
}
