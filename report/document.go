// Package report holds results as documents: what a command found, with the words,
// units and roundings it is shown in. A document gives sections for pages, records
// for tables of data, and itself as JSON. It works nothing out;
// terminals are for package text, curves for package figure. It is larger than 2,500
// lines since what one document says in words, units and roundings others say too.
package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Document is a result that can be printed in every format.
type Document interface {
	// Sections are it for people.
	Sections() []Section
	// Records are its rows as data: text, whole numbers or Numbers.
	Records() (columns []string, rows [][]any)
}

// Formats are the names Write knows.
var Formats = []string{"json", "csv", "markdown"}

// Write writes a document for programs, in one of the Formats.
func Write(w io.Writer, d Document, format string) error {
	switch format {
	case "json":
		return JSON(w, d)
	case "csv":
		columns, rows := d.Records()
		out := csv.NewWriter(w)
		if err := out.Write(columns); err != nil {
			return err
		}
		for _, r := range rows {
			line := cells(r, bare)
			for i := range line {
				line[i] = noFormula(line[i])
			}
			if err := out.Write(line); err != nil {
				return err
			}
		}
		out.Flush()
		return out.Error()
	case "markdown":
		columns, rows := d.Records()
		lines := [][]string{columns, slices.Repeat([]string{"---"}, len(columns))}
		for _, r := range rows {
			lines = append(lines, cells(r, func(x float64) string { return strconv.FormatFloat(x, 'g', 5, 64) }))
		}
		for _, line := range lines {
			for i, c := range line {
				line[i] = strings.ReplaceAll(Clean(c), "|", `\|`)
			}
			if _, err := fmt.Fprintf(w, "| %s |\n", strings.Join(line, " | ")); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("format: found %q, expected one of %v", format, Formats)
}

func cells(row []any, number func(float64) string) []string {
	out := make([]string, len(row))
	for i, x := range row {
		switch v := x.(type) {
		case float64:
			out[i] = number(v)
		case *float64:
			if v != nil {
				out[i] = number(*v)
			}
		default:
			out[i] = fmt.Sprint(v)
		}
	}
	return out
}
