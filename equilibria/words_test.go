package equilibria_test

import (
	"testing"

	"arbiter/equilibria"
)

// What a concept is, is told by itself: not by the letters it ends in, as those of a
// solver of somebody's own may too.
func TestConcepts(t *testing.T) {
	for c, want := range map[equilibria.Concept][2]bool{
		equilibria.Nash: {}, "peace": {}, "my_qre": {}, equilibria.CE: {false, true}, equilibria.CCE: {false, true},
		equilibria.LogitQRE: {true, false}, equilibria.AgentQRE: {true, false}, equilibria.ReachQRE: {true, false},
		equilibria.PlansQRE: {true, false}, equilibria.SoftQRE: {true, false},
	} {
		if got := [2]bool{c.Quantal(), c.Correlated()}; got != want {
			t.Errorf("%s: quantal and correlated are %v, expected %v", c, got, want)
		}
	}
}
