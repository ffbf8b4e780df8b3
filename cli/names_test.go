package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const handover = `EFG 2 R "Handover" { "Giver" "Ta` + "\x1b" + `ker" }
""

p "" 1 5 "now?" { "give" "keep" } 0
p "" 2 9 "" { "thank" "run" } 0
t "" 1 "" { 1/3 1/3 }
t "" 2 "" { 0 1/3 }
t "" 3 "" { 1/4 0 }
`

// Names of files stand in tables and in JSON, fractions beside the decimals, and
// what cannot be read is exit code 2 with its place.
func TestNamesAndFractions(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for name, body := range map[string]string{
		"g.efg":    handover,
		"few.nfg":  "NFG 1 R \"few\" { \"a\" \"b\" } { 2 2 }\n1 1 2 2 3 3 4\n",
		"dark.efg": `EFG 2 R "" { "A" "B" } p "" 1 1 "" { "l" "r" } 0 p "" 2 1 "dark" { "x" "y" } 0 t "" 1 "" { 1 0 } t "" 2 "" { 0 1 } p "" 2 1 0 t "" 2 t "" 1`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	code, out, errs := run("solve", "--game", "g.efg", "--exact")
	for _, want := range []string{"Handover · efg", "0 Giver", `1 Ta\x1bker`, "1 now?", "give 1  keep 0", "thank 1  run 0", "1/3", "so are others", "tie at 1 of player 1"} {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("exit %d, %s, no %q in\n%s", code, errs, want, out)
		}
	}
	code, out, errs = run("solve", "--game", "g.efg", "--exact", "--format", "json")
	var s struct {
		Chosen          string
		Title           string
		Players         []string
		Actions         map[string]map[string][]string
		Labels          map[string]map[string]string
		Policy_exact    map[string]map[string][]string
		Values_exact    []string
		Subgame_perfect bool
		Unique          *bool
		Ties            []struct {
			Player int
			State  string
			Moves  []int
		}
		Solutions []struct{ Values_exact []string }
		Complete  bool
	}
	if err := json.Unmarshal([]byte(out), &s); err != nil || code != 0 {
		t.Fatal(code, err, errs)
	}
	if s.Chosen != "backward-induction" || s.Title != "Handover" || !slices.Equal(s.Players, []string{"Giver", "Ta\x1bker"}) ||
		!slices.Equal(s.Actions["player_1"]["1"], []string{"thank", "run"}) || s.Labels["player_0"]["1"] != "now?" ||
		!slices.Equal(s.Policy_exact["player_0"]["1"], []string{"1", "0"}) || !slices.Equal(s.Values_exact, []string{"1/3", "1/3"}) ||
		!s.Subgame_perfect || s.Unique == nil || *s.Unique || len(s.Ties) != 1 || s.Ties[0].State != "1" || !slices.Equal(s.Ties[0].Moves, []int{0, 1}) ||
		len(s.Solutions) != 4 || !s.Complete {
		t.Errorf("%s\n%+v", out, s)
	}
	if code, out, _ := run("evaluate", "--game", "g.efg", "--agent", "uniform"); code != 0 || !strings.Contains(out, "0 Giver") || !strings.Contains(out, "Handover") {
		t.Errorf("exit %d\n%s", code, out)
	}
	for _, c := range []struct{ want, args string }{
		{"few.nfg:3:1: payoff: found the end of the file", "solve --game few.nfg"},
		{"few.nfg:3:1: ", "evaluate --game few.nfg --agent uniform"},
		{"few.nfg:3:1: ", "convert --game few.nfg --out o.efg"},
		{"few.nfg:3:1: ", "rank --payoffs few.nfg"},
		{"few.nfg:3:1: ", "certify --game few.nfg --temperature 1"},
		{"few.nfg:3:1: ", "play --game few.nfg --agents uniform --matches 1"},
		{`information state "1" ("dark") of player 1 has 2 nodes`, "solve --game dark.efg --solver backward-induction"},
		{"exact is for nash, backward-induction, lp, extreme, lemke-howson, support-enumeration", "solve --game g.efg --solver cfr --exact"},
	} {
		code, out, errs := run(strings.Fields(c.args)...)
		if code != 2 || out != "" || !strings.Contains(errs, c.want) {
			t.Errorf("%s: exit %d, %s%s", c.args, code, out, errs)
		}
	}
}
