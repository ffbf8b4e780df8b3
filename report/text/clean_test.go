package text

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"arbiter/ranking/standing"
	"arbiter/report"
)

// nasty names do something to a terminal, a line or a spreadsheet.
var nasty = []string{"\x1b[2J\x1b]0;title\x07", "two\nlines\r", "c1\u009b31m", "\u202eturned\u2066", "=1+cmd|' /C calc'!A0", "bad\xffbytes", "\ufeffmark\u2028line"}

// No name reaches a terminal as it is, in any format; JSON keeps it.
func TestNamesDoNothing(t *testing.T) {
	for _, color := range []bool{false, true} {
		for _, format := range append([]string{"table"}, report.Formats...) {
			r := &standing.AlphaRank{Method: "alpharank", Population: "single", Name: nasty[0], Game: nasty[1], Warnings: nasty}
			for i, name := range nasty {
				p := standing.Profile{name}
				r.Ranking = append(r.Ranking, standing.Row{Rank: 1 + min(i, 1), Profile: p})
				r.Sinks, r.Ties = append(r.Sinks, []standing.Profile{p}), append(r.Ties, [2]standing.Profile{p, p})
			}
			var b bytes.Buffer
			var err error
			if format == "table" {
				err = Print(&b, report.Rank(r, 0), Style{Color: color, Width: 60})
			} else {
				err = report.Write(&b, report.Rank(r, 0), format)
			}
			if err != nil {
				t.Fatal(err)
			}
			text := colours.ReplaceAllString(b.String(), "")
			if !color {
				text = b.String()
			}
			if report.CleanLines(text) != text {
				t.Errorf("%s, color %t: found what does something to a terminal in\n%q", format, color, text)
			}
			switch format {
			case "csv":
				if strings.Contains(text, ",=") || strings.Contains(text, "\n=") {
					t.Errorf("a cell begins like a formula:\n%s", text)
				}
				fallthrough
			case "markdown":
				if n := strings.Count(text, "\n"); n > len(nasty)+2 {
					t.Errorf("%s: %d lines, expected one a name:\n%s", format, n, text)
				}
			case "json":
				var back struct{ Ranking []struct{ Profile []string } }
				if err := json.Unmarshal(b.Bytes(), &back); err != nil {
					t.Fatal(err)
				}
				kept := map[string]bool{}
				for _, row := range back.Ranking {
					kept[row.Profile[0]] = true
				}
				for _, name := range nasty {
					if !kept[strings.ToValidUTF8(name, "\ufffd")] {
						t.Errorf("JSON lost the name %q", name)
					}
				}
			}
		}
	}
}

// Two names are the same in a table only if they are the same, at any width.
func TestShorten(t *testing.T) {
	names := []string{"always(action=bet)", "always(action=pass)", "always(action=bet)", "cfr(iterations=1000)", "cfr(iterations=1001)", "cfr(iterations=1000,seed=1)", "x"}
	for i := range 30 {
		names = append(names, fmt.Sprintf("policy(file=folder/of/mine/%d/agent.json)", i))
	}
	for _, width := range []int{12, 15, 18, 40} {
		of := map[string]string{}
		for i, s := range shorten(names, width) {
			if other, taken := of[s]; taken && other != names[i] {
				t.Errorf("width %d: %q stands for %q and %q", width, s, other, names[i])
			}
			of[s] = names[i]
		}
	}
}
