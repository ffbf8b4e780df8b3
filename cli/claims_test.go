package cli_test

import (
	"fmt"
	"strings"
	"testing"
)

// Whatever a run is told to test by, what it claims is true of the table it
// plays: a game of which every mass is known, with a tie to within epsilon that
// is none. 12 seeds each at delta 0.05; a setting that kept its word only just
// would have more than 4 false ones once in 5,000 times.
func TestClaimsAreTrue(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "t.csv", "x,A,B,C\nA,.5,.505,.2\nB,.495,.5,.8\nC,.8,.2,.5\n")
	truth := map[string]float64{}
	for _, alpha := range []string{"inf", "1"} {
		for _, x := range ok[rankingJSON](t, "rank", "--payoffs", "t.csv", "--alpha", alpha).Ranking {
			truth[alpha+x.Profile[0]] = *x.Mass
		}
	}
	better := map[string]bool{"A>B": true, "B>C": true, "C>A": true}
	seeds, most := 12, 4
	if testing.Short() {
		seeds, most = 4, 2
	}
	for _, c := range []struct {
		name, keys, alpha string
		claims            bool
	}{
		{"plain", "", "inf", true},
		{"finite", "", "1", true},
		{"epsilon", "epsilon = 0.1\n", "inf", true},
		{"epsilon, finite", "epsilon = 0.1\n", "1", true},
		{"epsilon, intervals", "epsilon = 0.1\nbound = \"mixture\"\n", "inf", true},
		{"slack", "slack = 0.1\n", "inf", false},
		{"slack, finite", "slack = 0.1\n", "1", false},
		{"per-look", "level = \"per-look\"\n", "inf", false},
		{"per-look, finite", "level = \"per-look\"\n", "1", false},
	} {
		wrong, ties := 0, 0
		for seed := range seeds {
			write(t, "r.toml", fmt.Sprintf("name = %q\ngame = \"metagame(file=t.csv,noise=bernoulli)\"\nseed = %d\n[sampling]\nmax_matches = 8000\n%s[ranking]\nalpha = %s\n", fmt.Sprint(c.name, seed), seed, c.keys, c.alpha))
			r := ok[rankingJSON](t, "run", "r.toml", "--db", fmt.Sprintf("%s%d.db", c.name, seed))
			if claims := r.Confidence != nil; claims != c.claims || strings.Contains(r.Claim, "correct") != c.claims || (r.Bounds != "") != c.claims {
				t.Fatalf("%s: confidence %v, %q, bounds %q", c.name, r.Confidence, r.Claim, r.Bounds)
			}
			false_ := false
			for _, x := range r.Ranking {
				if (x.Lower != nil) != c.claims || (x.Outweighs != nil) != (c.claims && c.alpha == "inf") {
					t.Fatalf("%s: bounds %v, outweighs %v", c.name, x.Lower, x.Outweighs)
				}
				if c.claims {
					m := truth[c.alpha+x.Profile[0]]
					false_ = false_ || *x.Lower > m+1e-9 || *x.Upper < m-1e-9
				}
			}
			for _, e := range r.Resolved {
				false_ = false_ || c.claims && !better[e[1][0]+">"+e[0][0]]
			}
			ties += len(r.Ties)
			if false_ {
				wrong++
			}
		}
		if wrong > most {
			t.Errorf("%s: %d of %d runs claim what is false", c.name, wrong, seeds)
		}
		if strings.HasPrefix(c.name, "epsilon") && ties == 0 {
			t.Errorf("%s: no tie was declared, so that nothing was tried", c.name)
		}
	}
}
