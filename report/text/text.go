// Package text lays documents out for a terminal: tables by tablewriter, lines broken
// to fit, nothing that does something to the terminal but colours.
package text

import (
	"cmp"
	"io"
	"regexp"
	"strings"

	"github.com/mattn/go-runewidth"

	"arbiter/report"
)

// Style is what the terminal can show.
type Style struct {
	Width int  // columns; 0 means no limit
	Color bool // ANSI colours
	ASCII bool // no other characters in plots
}

// Wrap is line broken to fit the width of s, what follows the first break indented.
func (s Style) Wrap(line string, indent int) string { return Wrap(line, s.Width, indent) }

// Print lays a document out for a terminal.
func Print(w io.Writer, d report.Document, s Style) error {
	var b strings.Builder
	for i, part := range d.Sections() {
		if i > 0 {
			b.WriteByte('\n')
		}
		switch x := part.(type) {
		case report.Lines:
			for _, line := range x.Text {
				b.WriteString(Wrap(line, s.Width, x.Indent))
			}
		case *report.Shades:
			printShades(&b, x, s)
		case *report.Grid:
			for _, line := range x.Above {
				b.WriteString(Wrap(line, s.Width, 2))
			}
			if err := printGrid(&b, x, s); err != nil {
				return err
			}
			for _, line := range x.Below {
				b.WriteString(Wrap(line, s.Width, 2))
			}
		}
	}
	_, err := io.WriteString(terminal{w, s.Color}, b.String())
	return err
}

// Wrap breaks a line at blanks to fit the width, 0 for any, and indents what
// follows the first break.
func Wrap(line string, width, indent int) string {
	var b strings.Builder
	at := 0
	for i, word := range strings.Split(line, " ") {
		n := runewidth.StringWidth(word)
		switch {
		case i == 0:
		case width > 0 && at+1+n > width && at > indent:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			at = indent
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += n
	}
	return b.String() + "\n"
}

var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// terminal writes lines of text and lets no other escape sequence through than
// the colours this package makes.
type terminal struct {
	w     io.Writer
	color bool
}

func (t terminal) Write(p []byte) (int, error) {
	text, out := string(p), strings.Builder{}
	if t.color {
		for at := colours.FindStringIndex(text); at != nil; at = colours.FindStringIndex(text) {
			out.WriteString(report.CleanLines(text[:at[0]]) + text[at[0]:at[1]])
			text = text[at[1]:]
		}
	}
	out.WriteString(report.CleanLines(text))
	if _, err := io.WriteString(t.w, out.String()); err != nil {
		return 0, err
	}
	return len(p), nil
}

// ASCII tells from the environment if the locale has no UTF-8: the first of
// LC_ALL, LC_CTYPE and LANG that is set decides, as POSIX has it.
func ASCII(getenv func(string) string) bool {
	locale := strings.ToUpper(cmp.Or(getenv("LC_ALL"), getenv("LC_CTYPE"), getenv("LANG")))
	return !strings.Contains(locale, "UTF-8") && !strings.Contains(locale, "UTF8")
}
