package report

import (
	"io"
	"strings"
)

// Section is a part of a page, apart from its neighbours by an empty line: *Grid or
// Lines. A terminal, or any other page, lays out the same sections.
type Section interface{ section() }

func (*Grid) section() {}
func (Lines) section() {}

// Lines are lines of text. What does not fit a line goes on below, indented.
type Lines struct {
	Indent int // columns
	Text   []string
}

// title is the first section of most documents.
func title(parts ...string) Lines { return Lines{2, []string{heading(parts...)}} }

// notes are lines that begin with a word of their own, set off by ten columns.
func notes(text ...string) Lines { return Lines{10, text} }

// layOut lays sections out for a terminal.
func layOut(w io.Writer, sections []Section, s Style) error {
	var b strings.Builder
	for i, part := range sections {
		if i > 0 {
			b.WriteByte('\n')
		}
		switch x := part.(type) {
		case Lines:
			for _, line := range x.Text {
				b.WriteString(wrap(line, s.Width, x.Indent))
			}
		case *Grid:
			for _, line := range x.Above {
				b.WriteString(wrap(line, s.Width, 2))
			}
			if err := x.print(&b, s); err != nil {
				return err
			}
			for _, line := range x.Below {
				b.WriteString(wrap(line, s.Width, 2))
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
