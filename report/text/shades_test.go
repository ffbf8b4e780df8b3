package text

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"arbiter/report"
)

type onlyShades struct{ *report.Shades }

func (m onlyShades) Sections() []report.Section   { return []report.Section{m.Shades} }
func (m onlyShades) Records() ([]string, [][]any) { return nil, nil }

// Digits without colour, blocks with it, coloured digits where there are no blocks.
func TestShades(t *testing.T) {
	nan := math.NaN()
	m := &report.Shades{Above: []string{"what"}, Cells: [][]float64{{0, .95, 1}, {nan, math.Inf(1), .5}}, Lo: 0, Hi: 1, Scale: []string{"0", "1"}}
	one := &report.Shades{Cells: [][]float64{{7, nan}}, Lo: 7, Hi: 7, Scale: []string{"7", "7"}}
	none := &report.Shades{Cells: [][]float64{{nan}}, Lo: math.Inf(1), Hi: math.Inf(-1), Scale: []string{"+Inf", "-Inf"}}
	huge := &report.Shades{Cells: [][]float64{{-math.MaxFloat64, 0, math.MaxFloat64}}, Lo: -math.MaxFloat64, Hi: math.MaxFloat64, Scale: []string{"l", "h"}}
	dark, light := "\x1b[38;5;53m██\x1b[0m", "\x1b[38;5;226m██\x1b[0m"
	ramped := ""
	for _, c := range []string{"53", "54", "60", "24", "30", "36", "72", "77", "148", "226"} {
		ramped += "\x1b[38;5;" + c + "m█\x1b[0m"
	}
	for _, c := range []struct {
		m    *report.Shades
		s    Style
		want string
	}{
		{m, Style{}, "what\n 0 9 9\n - - 5\n0 is 0, 9 is 1\n- has no value\n"},
		{m, Style{Width: 5}, "what\n099\n--5\n0 is\n  0,\n  9\n  is\n  1\n- has no value\n"},
		{m, Style{Color: true}, "what\n" + dark + light + light + "\n - -\x1b[38;5;36m██\x1b[0m\n" + ramped + " from 0 to 1\n- has no value\n"},
		{one, Style{}, " 9 -\n 9 is 7, the only value\n- has no value\n"},
		{one, Style{Color: true}, light + " -\n" + light + " is 7, the only value\n- has no value\n"},
		{one, Style{Color: true, ASCII: true}, "\x1b[38;5;226m 9\x1b[0m -\n\x1b[38;5;226m 9\x1b[0m is 7, the only value\n- has no value\n"},
		{none, Style{}, " -\n- has no value\n"},
		{huge, Style{}, " 0 5 9\n0 is l, 9 is h\n"},
		{m, Style{Width: 2}, "what\nthe map needs 3 columns; --plot-file draws it\n"},
	} {
		var b bytes.Buffer
		if err := Print(&b, onlyShades{c.m}, c.s); err != nil {
			t.Fatal(err)
		}
		got := b.String()
		if c.s.Width == 2 { // however it is wrapped
			got = strings.Join(strings.Fields(got), " ")
			c.want = strings.Join(strings.Fields(c.want), " ")
		}
		if got != c.want {
			t.Errorf("%+v: found\n%q\nexpected\n%q", c.s, got, c.want)
		}
	}
}
