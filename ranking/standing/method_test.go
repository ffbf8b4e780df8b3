package standing

import (
	"strings"
	"testing"

	"arbiter/profile"
	"arbiter/ranking"
)

// wrapped is a Standing only by what it embeds: no page knows it.
type wrapped struct{ *Scores }

// A method that gives no standing and no error, or one that nothing can lay out, is an
// error that names it.
func TestMethodsGiveStandings(t *testing.T) {
	e, err := FromTable(ranking.Payoffs{Space: profile.Space{Single: true, Shape: []int{2}}, M: [][]float64{{0, 1, 0, 0}}}, [][]string{{"a", "b"}})
	if err != nil {
		t.Fatal(err)
	}
	for what, s := range map[string]Standing{
		"nil": nil, "a nil AlphaRank": (*AlphaRank)(nil), "nil Scores": (*Scores)(nil), "nil Several": (*Several)(nil),
		"Several of nil": &Several{Rankings: []Standing{nil}}, "wrapped": wrapped{&Scores{}},
	} {
		settings := Defaults()
		own := Method{Name: "own", Doc: "mine", Rank: func(Evidence, Settings) (Standing, error) { return s, nil }}
		for _, methods := range [][]Method{{own}, {Methods()[0], own}} {
			settings.Methods = methods
			r, err := Rank(e, settings)
			if err == nil || r != nil || !strings.Contains(err.Error(), `ranking.method "own"`) {
				t.Errorf("%s of %d methods: %v, %v, expected an error that names the method", what, len(methods), r, err)
			}
		}
	}
}
