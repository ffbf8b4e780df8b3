package report

import (
	"bytes"
	"strings"
	"testing"

	"arbiter/equilibria/choose"
)

// Points that nothing proves are not counted among the equilibria found.
func TestSampledPointsAreMarked(t *testing.T) {
	yes, no := true, false
	r := solution{&choose.Verdict{Solver: "support-enumeration", Concept: "nash", Several: &choose.Several{Complete: &no}}}
	r.Solutions = []choose.Equilibrium{{Proved: &yes}, {Proved: &no}, {Proved: &no}}
	var b bytes.Buffer
	for _, line := range r.facts() {
		b.WriteString(line + "\n")
	}
	if want := "found     1 proved equilibria, there may be more; 2 further points (~)"; !strings.Contains(b.String(), want) {
		t.Errorf("found\n%s\nexpected %q", b.String(), want)
	}
}
