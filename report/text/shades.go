package text

import (
	"fmt"
	"strings"

	"arbiter/report"
)

// ramp are colours of terminals with 256 of them, ever lighter, a level each.
var ramp = [report.Levels]int{53, 54, 60, 24, 30, 36, 72, 77, 148, 226}

// printShades prints a map: blocks in colour, coloured digits where there are no other
// characters, else digits, from 0 for the least. Places are two columns wide, or one if
// they do not fit otherwise.
func printShades(b *strings.Builder, m *report.Shades, s Style) {
	for _, line := range m.Above {
		b.WriteString(Wrap(line, s.Width, 2))
	}
	widest, missing := 0, false
	for _, row := range m.Cells {
		widest = max(widest, len(row))
	}
	wide := 2
	if s.Width > 0 && 2*widest > s.Width {
		wide = 1
	}
	if s.Width > 0 && wide*widest > s.Width {
		b.WriteString(Wrap(fmt.Sprintf("the map needs %d columns; --plot-file draws it", widest), s.Width, 2))
		return
	}
	for _, row := range m.Cells {
		for _, x := range row {
			level := m.Level(x)
			missing = missing || level < 0
			b.WriteString(s.shade(level, wide))
		}
		b.WriteByte('\n')
	}
	switch {
	case m.Lo > m.Hi:
	case m.Lo == m.Hi:
		b.WriteString(s.shade(report.Levels-1, 2) + " is " + m.Scale[0] + ", the only value\n")
	case s.Color && !s.ASCII:
		for level := range report.Levels {
			b.WriteString(s.shade(level, 1))
		}
		b.WriteString(" from " + m.Scale[0] + " to " + m.Scale[1] + "\n")
	default:
		b.WriteString(Wrap(fmt.Sprintf("0 is %s, %d is %s", m.Scale[0], report.Levels-1, m.Scale[1]), s.Width, 2))
	}
	if missing {
		b.WriteString("- has no value\n")
	}
}

// shade is one place of so many columns; level -1 is one without value.
func (s Style) shade(level, columns int) string {
	if level < 0 {
		return strings.Repeat(" ", columns-1) + "-"
	}
	text := strings.Repeat(" ", columns-1) + fmt.Sprint(level)
	if !s.Color {
		return text
	}
	if !s.ASCII {
		text = strings.Repeat("█", columns)
	}
	return fmt.Sprintf("\x1b[38;5;%dm%s\x1b[0m", ramp[level], text)
}
