package ranking

import (
	"math"
	"math/rand/v2"
	"testing"

	"arbiter/profile"
)

// The limit is what Finite comes to as alpha grows.
func TestLimitOfFinite(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 1))
	for trial := range 300 {
		s := spaces[trial%len(spaces)]
		p := random(r, s)
		for _, m := range p.M {
			for i := range m {
				m[i] = math.Round(m[i]*8) / 8 // ties, and gaps of an eighth at least
			}
		}
		for _, sel := range []Selection{Local, Population} {
			if sel == Population && !s.Single {
				continue
			}
			const m = 3
			got, err := Limit(p, m, sel)
			if err != nil {
				t.Fatal(err)
			}
			want, err := Finite(p, 4000, m, sel)
			if err != nil {
				t.Fatal(err)
			}
			if d := distance(got.Mass, want.Mass); d > 1e-9 {
				t.Errorf("trial %d %v selection %v: %g apart\n%v\n%v", trial, s, sel, d, got.Mass, want.Mass)
			}
		}
	}
}

// Two coordination games by hand: the deeper sink takes all, equal ones share.
func TestLimitOfCoordination(t *testing.T) {
	s := profile.Space{Shape: []int{2, 2}}
	deep := Payoffs{s, [][]float64{{2, 0, 0, 1}, {2, 0, 0, 1}}}
	even := Payoffs{s, [][]float64{{2, 0, 0, 1}, {1, 0, 0, 2}}}
	for _, c := range []struct {
		p    Payoffs
		want []float64
	}{{deep, []float64{1, 0, 0, 0}}, {even, []float64{.5, 0, 0, .5}}} {
		law, err := Limit(c.p, 50, Local)
		if err != nil || distance(law.Mass, c.want) > 1e-15 {
			t.Errorf("%v, expected %v, %v", law.Mass, c.want, err)
		}
	}
}
