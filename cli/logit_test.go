package cli_test

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"
)

type branchJSON struct {
	Concept, Status, Selection string
	Lambda, Residual           float64
	Policy                     json.RawMessage
	Values, Gaps               []float64
	Points                     []struct {
		Lambda   float64
		Crossing int
		Policy   json.RawMessage
		Values   []float64
		Residual *float64
		Status   string
	}
	Branch struct {
		Turning      []float64
		Bifurcations []struct {
			Lambda     float64
			Directions int
		}
		Limit *struct {
			Policy json.RawMessage
			Gaps   []float64
		}
		Stalled bool
		Arms    []struct {
			From   float64
			Points []struct{ Lambda float64 }
			Limit  *struct{ Values []float64 }
		}
	}
	Warnings []string
}

// referenceGame writes a payoff table of the references into the current folder.
func referenceGame(t *testing.T, id string) string {
	t.Helper()
	body, err := os.ReadFile("../testdata/equilibria.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Games []struct {
			ID      string
			Num     []int `json:"num_strategies"`
			Payoffs json.RawMessage
		}
	}
	if err := json.Unmarshal(body, &file); err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for _, g := range file.Games {
		if g.ID != id {
			continue
		}
		var names [][]string
		for _, n := range g.Num {
			names = append(names, strings.Split("a b c d e", " ")[:n])
		}
		body, err := json.Marshal(map[string]any{"kind": "payoff_table", "population": "multi", "strategies": names, "payoffs": g.Payoffs})
		if err == nil {
			err = os.WriteFile(id+".json", body, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		return id + ".json"
	}
	t.Fatalf("no game %s", id)
	return ""
}

// A branch that folds meets a lambda three times.
func TestSolveLogit(t *testing.T) {
	game := referenceGame(t, "three_player_333")
	s := ok[branchJSON](t, "solve", "--game", game, "--solver", "logit", "--lambda", "44.8,1")
	if s.Concept != "logit_qre" || s.Lambda != 1 || len(s.Points) != 4 || len(s.Branch.Turning) != 2 || s.Branch.Limit == nil || s.Selection == "" {
		t.Errorf("folded branch: %+v", s)
	}
	for i, p := range s.Points[:3] {
		if p.Lambda != 44.8 || p.Crossing != i+1 || p.Status != "converged" || *p.Residual > 1e-10 || len(p.Values) != 3 {
			t.Errorf("crossing %d: %+v", i, p)
		}
	}
	if strings.Join(strings.Fields(string(s.Points[3].Policy)), "") != strings.Join(strings.Fields(string(s.Policy)), "") {
		t.Error("the last lambda is not on top")
	}
	s = ok[branchJSON](t, "solve", "--game", game, "--solver", "logit", "--out", "nash.json")
	for _, gap := range s.Gaps {
		if gap > 1e-9 || s.Concept != "nash" {
			t.Errorf("limit: %+v", s)
		}
	}
	s = ok[branchJSON](t, "solve", "--game", "chicken", "--solver", "logit", "--lambda", "0,2", "--arms")
	if len(s.Branch.Bifurcations) != 1 || math.Abs(s.Branch.Bifurcations[0].Lambda-1.372183549473752) > 1e-9 || len(s.Branch.Arms) != 2 {
		t.Errorf("bifurcation: %+v", s.Branch)
	}
	for _, a := range s.Branch.Arms {
		if len(a.Points) != 1 || a.Limit == nil || math.Abs(a.Limit.Values[0]+a.Limit.Values[1]-9) > 1e-9 {
			t.Errorf("arm: %+v", a)
		}
	}
	// One temperature per player.
	s = ok[branchJSON](t, "solve", "--game", "matching_pennies", "--solver", "logit", "--temperature", "0.5,2")
	if s.Concept != "logit_qre" || s.Residual > 1e-12 {
		t.Errorf("temperatures: %+v", s)
	}
	for form, concept := range map[string]string{"agent": "agent_qre", "reach-weighted": "reach_weighted_agent_qre", "sequence": "sequence_qre", "reduced-normal": "logit_qre"} {
		if s := ok[branchJSON](t, "solve", "--game", "kuhn_poker", "--solver", "logit", "--lambda", "3", "--form", form); s.Concept != concept || s.Residual > 1e-12 {
			t.Errorf("form %s: %s, residual %g", form, s.Concept, s.Residual)
		}
	}
}

// What cannot be reached is said, with exit 3; what makes no sense is refused.
func TestSolveLogitBadInput(t *testing.T) {
	code, out, _ := run("solve", "--game", "chicken", "--solver", "logit", "--lambda", "2,1e300", "--format", "json")
	var s branchJSON
	if err := json.Unmarshal([]byte(out), &s); err != nil || code != 3 {
		t.Fatal(code, err)
	}
	if s.Status != "stalled" || s.Points[0].Status != "converged" || s.Points[1].Status != "stalled" || s.Points[1].Residual != nil || len(s.Warnings) != 1 || s.Lambda > 1e10 {
		t.Errorf("lambda 1e300: %+v", s)
	}
	for _, args := range [][]string{
		{"--lambda", "-1"}, {"--lambda", "NaN"}, {"--lambda", "inf"}, {"--lambda", "1,"}, {"--temperature", "0"}, {"--temperature", "1,2,3"},
		{"--form", "tree"}, {"--lambda", "1", "--temperature", "1"},
	} {
		code, out, message := run(append([]string{"solve", "--game", "chicken", "--solver", "logit"}, args...)...)
		if code != 2 || out != "" || message == "" {
			t.Errorf("%v: exit %d, %q", args, code, message)
		}
	}
	t.Chdir(t.TempDir())
	wide := `NFG 1 R "wide" { "A" "B" } { 2 2 } 1e308 1 -1e308 0 0 0 1 3`
	if err := os.WriteFile("wide.nfg", []byte(wide), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, solver := range []string{"nash", "logit", "dcfr", "support-enumeration"} {
		if code, _, message := run("solve", "--game", "wide.nfg", "--solver", solver); code != 2 || !strings.Contains(message, "payoffs of player 0") {
			t.Errorf("%s with payoffs of infinite range: exit %d, %q", solver, code, message)
		}
	}
	if code, _, _ := run("solve", "--game", "chicken", "--solver", "mmd", "--lambda", "1,2"); code != 2 {
		t.Errorf("two lambdas for mmd: exit %d", code)
	}
}

// The branch is drawn below the table and into files; other endings are refused
// before anything is written.
func TestSolvePlot(t *testing.T) {
	t.Chdir(t.TempDir())
	code, out, errs := run("solve", "--game", "chicken", "--solver", "logit", "--plot", "--plot-file", "b.svg")
	if code != 0 || !strings.Contains(out, "lambda") || !strings.Contains(out, "bifurcation 1.372") {
		t.Errorf("exit %d, %s\n%s", code, errs, out)
	}
	if body, err := os.ReadFile("b.svg"); err != nil || !strings.Contains(string(body), "bifurcation") {
		t.Errorf("%v, %d bytes", err, len(body))
	}
	for _, args := range [][]string{{"--plot-file", "b.pdf"}, {"--plot", "--format", "json"}} {
		if code, out, message := run(append([]string{"solve", "--game", "chicken", "--solver", "logit"}, args...)...); code != 2 || out != "" || message == "" {
			t.Errorf("%v: exit %d, %q", args, code, message)
		}
	}
	if code, _, _ := run("solve", "--game", "chicken", "--plot"); code != 2 {
		t.Errorf("a plot of extreme: exit %d", code)
	}
}
