package cli_test

import (
	"math"
	"os"
	"strings"
	"testing"
)

// What solve writes is judged again by evaluate, from the file. Tolerances are in units
// of the payoff range, 4.
func TestSolve(t *testing.T) {
	t.Chdir(t.TempDir())
	type solution struct {
		Solver, Concept, Status string
		Values, Gaps            []float64
		Nash_conv, Residual     float64
		Iterations              int
		Policy                  map[string]any
	}
	for _, solver := range []string{"cfr", "cfr+", "pcfr+", "dcfr"} {
		s := ok[solution](t, "solve", "--game", "kuhn_poker", "--solver", solver, "--tolerance", "0.002", "--out", "p.json", "--trace", "gap.csv")
		if s.Solver != solver || s.Concept != "nash" || s.Status != "converged" || s.Nash_conv > .002*4 || math.Abs(s.Values[0]+1./18) > .002*4 || len(s.Policy) != 4 {
			t.Errorf("%+v", s)
		}
		e := ok[struct{ Nash_conv float64 }](t, "evaluate", "--game", "kuhn_poker", "--policy", "p.json")
		if e.Nash_conv != s.Nash_conv {
			t.Errorf("%s: NashConv %g, of the file %g", solver, s.Nash_conv, e.Nash_conv)
		}
		curve, err := os.ReadFile("gap.csv")
		if err != nil || !strings.HasPrefix(string(curve), "iteration,nash_conv\n1,0.916") {
			t.Errorf("trace %.40q, %v", curve, err)
		}
	}
	code, out, errs := run("solve", "--game", "kuhn_poker", "--solver", "cfr", "--max-iterations", "10", "--format", "json")
	if code != 3 || !strings.Contains(out, `"status": "limit"`) || !strings.Contains(errs, "0.137") {
		t.Errorf("at the limit: exit %d, %q", code, errs)
	}
	if _, text, _ := run("solve", "--game", "kuhn_poker(players=3)", "--solver", "cfr", "--max-iterations", "50"); !strings.Contains(text, "nothing but the gap") {
		t.Errorf("three players:\n%s", text)
	}
	for args, part := range map[string]string{
		"solve":              "--game",
		"solve --game chess": `"chess"`,
		"solve --game kuhn_poker --solver simplex":   `"simplex"`,
		"solve --game kuhn_poker --tolerance NaN":    "tolerance",
		"solve --game kuhn_poker --max-iterations 0": "iterations",
		"solve --game kuhn_poker(players=10)":        "too large",
		"solve --game kuhn_poker extra":              `"extra"`,
		"solvers nothing":                            `"nothing"`,
	} {
		if code, out, errs := run(strings.Fields(args)...); code != 2 || out != "" || !strings.Contains(errs, part) {
			t.Errorf("%s: exit %d, %q; expected 2 and %q", args, code, errs, part)
		}
	}
	if code, _, _ := run("solve", "--game", "kuhn_poker", "--out", "no/such/folder/p.json"); code != 1 {
		t.Errorf("a folder that is not there: exit %d, expected 1", code)
	}
}
