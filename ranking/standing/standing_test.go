package standing

import (
	"math"
	"strings"
	"testing"

	"arbiter/profile"
	"arbiter/ranking"
)

// Equal masses share a rank, in the order of profiles; resolved edges name the
// worse first.
func TestRanks(t *testing.T) {
	names := Names{Space: profile.Space{Shape: []int{2, 2}}, Labels: [][]string{{"a", "b"}, {"x", "y"}}}
	var r AlphaRank
	r.setLaw(names, ranking.Law{Mass: []float64{.1, .4, .4, .1}, LogMass: []float64{math.Log(.1), math.Log(.4), math.Log(.4) + 1e-13, math.Log(.1)}}, nil, nil, 0)
	var got []string
	for _, row := range r.Ranking {
		got = append(got, string(rune('0'+row.Rank))+" "+row.Profile.String())
	}
	if want := "1 a | y, 1 b | x, 3 a | x, 3 b | y"; strings.Join(got, ", ") != want {
		t.Errorf("%q, want %q", got, want)
	}
	g := ranking.Graph{Space: names.Space, Edges: names.Space.Edges(), Dir: []profile.Direction{profile.Up, profile.Down, profile.Tie, profile.Up}}
	r.setGraph(names, g, []bool{false, false, false, true}, false)
	if e := *r.Resolved; len(e) != 2 || e[0][0].String() != "a | x" || e[0][1].String() != names.Profile(int(g.Edges[0].V)).String() || e[1][1].String() != names.Profile(int(g.Edges[1].U)).String() {
		t.Errorf("%v", e)
	}
	if r.ResolvedEdges != 3 || len(r.Unresolved) != 1 || len(r.Ties) != 1 {
		t.Errorf("%+v", r.Edges)
	}
}

// A table that is not what its space says is refused, not ranked.
func TestTablesAreChecked(t *testing.T) {
	pair := profile.Space{Single: true, Shape: []int{2}}
	ab := [][]string{{"a", "b"}}
	for what, c := range map[string]struct {
		space  profile.Space
		m      [][]float64
		labels [][]string
		want   string // of the error; "": none
	}{
		"right":         {pair, [][]float64{{0, 1, 0, 0}}, ab, ""},
		"no space":      {profile.Space{}, nil, nil, "shape"},
		"nobody":        {profile.Space{Single: true}, nil, nil, "shape"},
		"two as one":    {profile.Space{Single: true, Shape: []int{2, 2}}, [][]float64{{0, 1, 0, 0}, {0, 1, 0, 0}}, ab, "shape"},
		"no strategies": {profile.Space{Single: true, Shape: []int{0}}, [][]float64{{}}, [][]string{{}}, "payoffs"},
		"short":         {pair, [][]float64{{0, 1}}, ab, "payoffs"},
		"no number":     {pair, [][]float64{{0, math.NaN(), 0, 0}}, ab, "payoffs"},
		"no labels":     {pair, [][]float64{{0, 1, 0, 0}}, nil, "labels"},
		"few labels":    {pair, [][]float64{{0, 1, 0, 0}}, [][]string{{"a"}}, "labels"},
	} {
		_, err := FromTable(ranking.Payoffs{Space: c.space, M: c.m}, c.labels)
		if (err == nil) != (c.want == "") || err != nil && !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %v, expected an error of %q", what, err, c.want)
		}
	}
}
