package report

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"

	"arbiter/ranking"
)

func sample() *Ranking {
	names := Names{Space: ranking.Space{Single: true, Shape: []int{3}}, Labels: [][]string{{"日本のエージェント", "höhe", "an agent with a rather long name(iterations=1000)"}}}
	r := &Ranking{Method: "alpharank", Alpha: Number(math.Inf(1)), Reading: "perturbed", Population: "single", Game: "kuhn_poker(players=2)"}
	r.SetLaw(names, ranking.Law{Mass: []float64{.25, .75, 0}, LogMass: []float64{math.Log(.25), math.Log(.75), math.Inf(-1)}}, []float64{0, .5, 0}, []float64{.5, 1, .1})
	g := ranking.Graph{Space: names.Space, Edges: names.Space.Edges(), Dir: []ranking.Direction{ranking.Up, ranking.Down, ranking.Tie}}
	r.SetGraph(names, g, []bool{false, true, true}, false)
	r.Sampled = &Sampled{Delta: .05, Level: "simultaneous", Matches: 1234567, Stopped: "budget", Payoffs: []Mean{
		{Strategy: names.Labels[0][0], Mean: .1, Lower: -.2, Upper: .3, Matches: 1000},
		{Strategy: names.Labels[0][1], Mean: .1, Lower: -.2, Upper: .3, Matches: 1000},
		{Strategy: names.Labels[0][2], Mean: .1, Lower: -.2, Upper: .3, Matches: 1000},
	}}
	r.Warnings = []string{"a warning long enough that a narrow terminal has to break it somewhere in its middle"}
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
		if err := sample().Table(&b, Style{Width: c.width}); err != nil {
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
	r := sample()
	r.Top = 1
	if err := r.Table(&b, Style{Color: true}); err != nil || !strings.Contains(b.String(), "\x1b[1m") || !strings.Contains(b.String(), "2 more") {
		t.Errorf("coloured, top 1: %v\n%s", err, b.String())
	}
}

// Equal masses share a rank, in the order of profiles; resolved edges name the
// worse first.
func TestRanks(t *testing.T) {
	names := Names{Space: ranking.Space{Shape: []int{2, 2}}, Labels: [][]string{{"a", "b"}, {"x", "y"}}}
	var r Ranking
	r.SetLaw(names, ranking.Law{Mass: []float64{.1, .4, .4, .1}, LogMass: []float64{math.Log(.1), math.Log(.4), math.Log(.4) + 1e-13, math.Log(.1)}}, nil, nil)
	var got []string
	for _, row := range r.Ranking {
		got = append(got, string(rune('0'+row.Rank))+" "+row.Profile.String())
	}
	if want := "1 a | y, 1 b | x, 3 a | x, 3 b | y"; strings.Join(got, ", ") != want {
		t.Errorf("%q, want %q", got, want)
	}
	s := sample()
	if e := (*s.Resolved)[0]; e[0][0] != "日本のエージェント" || e[1][0] != "höhe" || s.ResolvedEdges != 1 || len(s.Unresolved) != 2 || len(s.Ties) != 0 {
		t.Errorf("%+v", s.Edges)
	}
}
