package text

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

	"arbiter/report"
)

// shortestName is the width that names are cut to at least where nothing else is said.
const shortestName = 12

// printGrid is the one way to print a table; nobody else sees tablewriter.
func printGrid(w io.Writer, g *report.Grid, s Style) error {
	keep, widths := fit(g, s.Width)
	right, left := tw.AlignRight, tw.AlignLeft
	var titles []string
	var align []tw.Align
	for _, i := range keep {
		titles = append(titles, report.Clean(g.Columns[i].Title))
		if g.Columns[i].Left {
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
		if g.Columns[i].Name {
			names[i] = shorten(column(g, i), widths[i])
		}
	}
	for r, row := range g.Rows {
		cells := make([]string, 0, len(keep))
		for _, i := range keep {
			cell := row[i]
			if names[i] != nil {
				cell = names[i][r]
			}
			if s.Color && g.Bold[r] {
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
	if g.Missed != nil && len(keep) < len(g.Columns) {
		_, err := fmt.Fprintln(w, g.Missed(len(keep)))
		return err
	}
	return nil
}

func column(g *report.Grid, i int) []string {
	var cells []string
	for _, row := range g.Rows {
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
func fit(g *report.Grid, width int) (keep []int, names map[int]int) {
	size := make([]int, len(g.Columns))
	worst := 0
	for i, c := range g.Columns {
		size[i] = runewidth.StringWidth(c.Title)
		for _, row := range g.Rows {
			size[i] = max(size[i], runewidth.StringWidth(row[i]))
		}
		worst = max(worst, c.Drop)
	}
	for limit := worst; ; limit-- {
		keep, names = keep[:0], map[int]int{}
		room, need := width, 0
		var order []int // of names, narrow ones first
		for i, c := range g.Columns {
			if c.Drop > limit {
				continue
			}
			keep = append(keep, i)
			room -= 2
			if c.Name {
				order = append(order, i)
				need += min(size[i], max(c.Least, shortestName))
				names[i] = size[i]
			} else {
				room -= size[i]
			}
		}
		if width > 0 && room < need && limit > 0 {
			continue
		}
		if width <= 0 || len(order) == 0 {
			return keep, names
		}
		slices.SortStableFunc(order, func(a, b int) int { return size[a] - size[b] })
		for at, i := range order { // what one does not need is the others'
			names[i] = max(1, min(size[i], room/(len(order)-at)))
			room -= names[i]
		}
		return keep, names
	}
}
