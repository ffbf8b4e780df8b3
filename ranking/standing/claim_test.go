package standing

import (
	"strings"
	"testing"
)

// Claims follow what was tested, in every combination: correct and exact are
// said only where nothing stands against it, and always where nothing does.
func TestClaimsFollowWhatWasTested(t *testing.T) {
	count := 0
	flags := []bool{false, true}
	for _, scheme := range []string{"adaptive", "imported", "fixed"} {
		for _, perLook := range flags {
			for _, epsilon := range []float64{0, .01} {
				for _, slack := range []float64{0, .1} {
					for _, void := range flags {
						for _, doubts := range [][]string{nil, {"seats of 2 pairs are unbalanced"}} {
							for _, shared := range flags {
								for _, intervals := range flags {
									count++
									x := Tested{
										PerLook: perLook, FixedBudget: scheme == "fixed", Delta: .05, Epsilon: epsilon, Slack: slack,
										Imported: scheme == "imported", Void: void, Doubts: doubts, Shared: shared, Intervals: intervals,
									}
									c := x.Claim()
									holds := !perLook && slack == 0 && !void && doubts == nil
									said := strings.Contains(c.Text, "correct")
									switch {
									case (c.Confidence != nil) != holds, (c.Bounds != "") != holds, (len(c.Why) == 0) != holds:
										t.Errorf("%+v: %+v", x, c)
									case said != (holds && !x.FixedBudget):
										t.Errorf("%+v says %q", x, c.Text)
									case c.Bounds == "exact" && (shared || intervals):
										t.Errorf("%+v: bounds are called exact", x)
									case said && strings.Contains(c.Text, "ties to within 0.01") != (epsilon > 0):
										t.Errorf("%+v says %q of ties", x, c.Text)
									case said && strings.Contains(c.Text, "independent") != x.Imported:
										t.Errorf("%+v says %q of a log", x, c.Text)
									case c.Means && (perLook || void || doubts != nil):
										t.Errorf("%+v: intervals of means are said to hold", x)
									}
								}
							}
						}
					}
				}
			}
		}
	}
	if count != 3*2*2*2*2*2*2*2 {
		t.Errorf("%d combinations", count)
	}
}
