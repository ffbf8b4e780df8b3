package text

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"

	"arbiter/ranking/standing"
	"arbiter/report"
)

func sample() *standing.AlphaRank {
	agents := []string{"höhe", "日本のエージェント", "an agent with a rather long name(iterations=1000)"}
	r := &standing.AlphaRank{
		Method: "alpharank", Alpha: math.Inf(1), Reading: "perturbed", Population: "single", Game: "kuhn_poker(players=2)",
		Sampled:  &standing.Sampled{Delta: .05, Level: "simultaneous", Matches: 1234567, Stopped: "budget"},
		Edges:    &standing.Edges{ResolvedEdges: 1, TotalEdges: 3},
		Warnings: []string{"a warning long enough that a narrow terminal has to break it somewhere in its middle"},
	}
	for i, name := range agents {
		lower, upper := []float64{.5, 0, 0}[i], []float64{1, .5, .1}[i]
		r.Ranking = append(r.Ranking, standing.Row{Rank: i + 1, Profile: standing.Profile{name}, Mass: []float64{.75, .25, 0}[i], Lower: &lower, Upper: &upper})
		r.Payoffs = append(r.Payoffs, standing.Mean{Strategy: name, Mean: .1, Lower: -.2, Upper: .3, Matches: 1000})
	}
	r.Unresolved = [][2]standing.Profile{{{agents[0]}, {agents[2]}}, {{agents[1]}, {agents[2]}}}
	return r
}

// No line is wider than the terminal, from 40 columns on; columns go in the
// documented order and names are cut last.
func TestTablesKeepTheWidth(t *testing.T) {
	for _, c := range []struct {
		width       int
		has, hasNot string
	}{
		{40, "…", "mean payoff"},
		{60, "mass", "interval  matches"},
		{80, "mean payoff", "interval  matches"},
		{160, "interval  matches", "…"},
		{0, "interval  matches", "…"},
	} {
		var b bytes.Buffer
		if err := Print(&b, report.Rank(sample(), 0), Style{Width: c.width}); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			if w := runewidth.StringWidth(strings.TrimSuffix(line, "\n")); c.width > 0 && w > c.width {
				t.Errorf("width %d: a line has %d columns: %s", c.width, w, line)
			}
		}
		if !strings.Contains(b.String(), c.has) || strings.Contains(b.String(), c.hasNot) {
			t.Errorf("width %d: expected %q and not %q in\n%s", c.width, c.has, c.hasNot, b.String())
		}
		if strings.Contains(b.String(), "\x1b") {
			t.Errorf("width %d: colour that was not asked for", c.width)
		}
	}
	var b bytes.Buffer
	if err := Print(&b, report.Rank(sample(), 1), Style{Color: true}); err != nil || !strings.Contains(b.String(), "\x1b[1m") || !strings.Contains(b.String(), "2 more") {
		t.Errorf("coloured, top 1: %v\n%s", err, b.String())
	}
}

// The locale decides about other characters.
func TestASCIILocale(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want bool
	}{
		{nil, true},
		{map[string]string{"LANG": "de_DE.UTF-8"}, false},
		{map[string]string{"LANG": "C.utf8"}, false},
		{map[string]string{"LANG": "de_DE.UTF-8", "LC_ALL": "C"}, true},
		{map[string]string{"LANG": "C", "LC_CTYPE": "en_US.UTF-8"}, false},
	} {
		if got := ASCII(func(k string) string { return c.env[k] }); got != c.want {
			t.Errorf("%v: found %t", c.env, got)
		}
	}
}
