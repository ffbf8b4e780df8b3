package cli_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// generalSum is a game in which both players' rewards differ.
const generalSum = `{"kind":"markov_game","players":2,"states":["a","b"],"actions":[[2,2],[2,2]],"discount":0.8,
"rewards":[[[[3,0],[5,1]],[[1,0],[0,2]]],[[[3,5],[0,1]],[[2,0],[0,1]]]],
"transitions":[[[[0.9,0.1],[0.5,0.5]],[[0.5,0.5],[0.1,0.9]]],[[[0.9,0.1],[0.5,0.5]],[[0.5,0.5],[0.1,0.9]]]]}`

func TestSolveGeneralSumMarkov(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("g.json", []byte(generalSum), 0o644); err != nil {
		t.Fatal(err)
	}
	s := ok[solutionJSON](t, "solve", "--game", "g.json", "--out", "p.json")
	if s.Chosen != "logit" || s.Concept != "nash" || s.Nash_conv > 1e-9 || s.Selection == "" {
		t.Errorf("nash: %+v", s)
	}
	if e := ok[solutionJSON](t, "evaluate", "--game", "g.json", "--policy", "p.json"); e.Nash_conv > 1e-9 {
		t.Errorf("the policy read again has NashConv %g", e.Nash_conv)
	}
	// One player's temperature to the other's is kept; variants differ and are named.
	values := map[string]float64{}
	for _, variant := range []string{"own-entropy", "plain"} {
		s := ok[struct {
			branchJSON
			Variant     string
			Temperature any
		}](t, "solve", "--game", "g.json", "--solver", "logit", "--temperature", "0.5,1", "--variant", variant)
		if s.Variant != variant || s.Residual > 1e-11 {
			t.Errorf("%s: %+v", variant, s)
		}
		values[s.Concept] = s.Values[0]
	}
	if len(values) != 2 || values["soft_qre"] == values["agent_qre"] {
		t.Errorf("variants: %v", values)
	}
	many := ok[struct {
		Solutions []struct{ Index *int }
		Complete  *bool
		Warnings  []string
	}](t, "solve", "--game", "g.json", "--solver", "logit", "--temperature", "0.05", "--starts", "20")
	sum := 0
	for _, x := range many.Solutions {
		sum += *x.Index
	}
	if len(many.Solutions) < 3 || sum != 1 || many.Complete != nil || len(many.Warnings) != 0 {
		t.Errorf("starts: %+v", many)
	}
	// Of zero-sum games the saddle is proved to be the only one.
	soccer := ok[struct {
		Variant string
		Points  []struct{ Unique *bool }
	}](t, "solve", "--game", "markov_soccer", "--solver", "logit", "--lambda", "5")
	if soccer.Variant != "saddle" || soccer.Points[0].Unique == nil || !*soccer.Points[0].Unique {
		t.Errorf("soccer: %+v", soccer)
	}
	for _, args := range [][]string{
		{"--game", "g.json", "--solver", "logit", "--lambda", "1", "--variant", "saddle"}, // not zero-sum
		{"--game", "g.json", "--solver", "logit", "--lambda", "1", "--variant", "other"},
		{"--game", "g.json", "--solver", "logit", "--lambda", "1,2", "--starts", "3"},
		{"--game", "g.json", "--solver", "logit", "--starts", "-1"},
		{"--game", "chicken", "--solver", "logit", "--variant", "plain"},
	} {
		if code, out, message := run(append([]string{"solve"}, args...)...); code != 2 || out != "" || message == "" {
			t.Errorf("%v: exit %d, %q", args, code, message)
		}
	}
}

// All nine equilibria of McKelvey and McLennan's game, proved to be all; each rule
// of selection names what it shows.
func TestSolveManyPlayers(t *testing.T) {
	game := referenceGame(t, "mckelvey_mclennan_222")
	type found struct {
		Chosen, Selection string
		Complete          *bool
		Policy            json.RawMessage
		Values            []float64
		Solutions         []struct {
			Values []float64
			Index  *int
			Proved *bool
		}
	}
	s := ok[found](t, "solve", "--game", game)
	sum := 0
	for _, e := range s.Solutions {
		sum += *e.Index
	}
	if s.Chosen != "support-enumeration" || len(s.Solutions) != 9 || !*s.Complete || sum != 1 {
		t.Errorf("%+v", s)
	}
	welfare := math.Inf(-1)
	for _, e := range s.Solutions {
		welfare = max(welfare, e.Values[0]+e.Values[1]+e.Values[2])
	}
	shown := map[string]bool{}
	for _, rule := range []string{"max-welfare", "max-entropy", "lowest-support", "principal-branch"} {
		s := ok[found](t, "solve", "--game", game, "--selection", rule)
		shown[s.Selection] = true
		if sum := s.Values[0] + s.Values[1] + s.Values[2]; rule == "max-welfare" && math.Abs(sum-welfare) > 1e-9 {
			t.Errorf("welfare %g, expected %g", sum, welfare)
		}
	}
	if len(shown) != 4 {
		t.Errorf("selections are called %v", shown)
	}
	for _, args := range [][]string{{"--selection", "best"}, {"--solver", "dcfr", "--selection", "max-welfare"}} {
		if code, _, _ := run(append([]string{"solve", "--game", game}, args...)...); code != 2 {
			t.Errorf("%v: exit %d", args, code)
		}
	}
}
