package standing

import (
	"math"
	"testing"

	"arbiter/profile"
	"arbiter/ranking"
)

// An upper bound of 0 is false of a mass that is only too small for a number; it is
// right of one that vanishes.
func TestUpperBoundsOfTinyMasses(t *testing.T) {
	n := Names{Space: profile.Space{Shape: []int{3}, Single: true}, Labels: [][]string{{"a", "b", "c"}}}
	var r AlphaRank
	law := ranking.Law{Mass: []float64{1, 0, 0}, LogMass: []float64{0, -1200, math.Inf(-1)}}
	r.setLaw(n, law, []float64{1, 0, 0}, []float64{1, 0, 0}, 0)
	for i, want := range []float64{1, math.SmallestNonzeroFloat64, 0} {
		if got := *r.Ranking[i].Upper; got != want {
			t.Errorf("%s, log mass %g: upper bound %g, expected %g", r.Ranking[i].Profile, r.Ranking[i].LogMass, got, want)
		}
	}
}
