package cli_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

type solutionJSON struct {
	Solver, Chosen, Concept, Status string
	Selection                       string
	Values, Gaps                    []float64
	Nash_conv, Residual             float64
	Policy                          json.RawMessage
	State_values                    []any
	Soft_state_values               [][]float64
	Solutions                       []struct {
		Policy json.RawMessage
		Values []float64
	}
	Complete   *bool
	Components [][]int
	Joint      []struct {
		State       string
		Profile     []string
		Probability float64
	}
	Warnings []string
}

// first is the value of player 0 at the first state.
func first(s solutionJSON) float64 { return s.State_values[0].([]any)[0].(float64) }

// gambitFiles copies the examples into the current folder.
func gambitFiles(t *testing.T) {
	t.Helper()
	matches, err := filepath.Glob("../games/gambit/testdata/*.?fg")
	if err != nil || len(matches) < 6 {
		t.Fatal(matches, err)
	}
	dir := t.TempDir()
	for _, m := range matches {
		body, err := os.ReadFile(m)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, filepath.Base(m)), body, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
}

// Files are games for solve, evaluate, play, run and rank.
func TestGameFiles(t *testing.T) {
	gambitFiles(t)
	s := ok[solutionJSON](t, "solve", "--game", "entry-deterrence.efg", "--solver", "extreme", "--out", "p.json")
	if len(s.Solutions) != 3 || s.Complete == nil || !*s.Complete || len(s.Components) != 2 {
		t.Errorf("entry deterrence: %+v", s)
	}
	if e := ok[solutionJSON](t, "evaluate", "--game", "entry-deterrence.efg", "--policy", "p.json"); e.Nash_conv != 0 {
		t.Errorf("the policy read again has NashConv %g", e.Nash_conv)
	}
	s = ok[solutionJSON](t, "solve", "--game", "two-firms.nfg", "--solver", "support-enumeration")
	if len(s.Solutions) != 1 || math.Abs(s.Values[0]-3) > 1e-12 {
		t.Errorf("two firms: %+v", s)
	}
	s = ok[solutionJSON](t, "solve", "--game", "labelled-three-players.nfg", "--solver", "cce")
	sum := 0.0
	for _, j := range s.Joint {
		sum += j.Probability
	}
	if math.Abs(sum-1) > 1e-12 || s.Residual > 1e-9 || s.Concept != "cce" {
		t.Errorf("three players: %+v", s)
	}
	ok[map[string]any](t, "play", "--game", "coin-then-guess-with-a-paid-hint.efg", "--agents", "uniform,nash", "--matches", "1000")
	ok[map[string]any](t, "rank", "--payoffs", "two-firms.nfg")
	write(t, "r.toml", "game = \"two-firms.nfg\"\n[sampling]\npopulation = \"multi\"\nmax_matches = 1000\n")
	ok[map[string]any](t, "run", "r.toml")
}

// A game written as a file is the same game.
func TestConvert(t *testing.T) {
	t.Chdir(t.TempDir())
	for game, file := range map[string]string{"kuhn_poker": "k.efg", "kuhn_poker(players=3)": "k3.efg", "chicken": "c.nfg", "goofspiel(cards=3,order=random)": "g.efg", "rock_paper_scissors": "r.efg"} {
		if code, _, errs := run("convert", "--game", game, "--out", file); code != 0 {
			t.Errorf("%s: exit %d, %s", game, code, errs)
			continue
		}
		a, b := ok[solutionJSON](t, "evaluate", "--game", game, "--agent", "uniform"), ok[solutionJSON](t, "evaluate", "--game", file, "--agent", "uniform")
		for k := range a.Values {
			if math.Abs(a.Values[k]-b.Values[k]) > 1e-12 || math.Abs(a.Gaps[k]-b.Gaps[k]) > 1e-12 {
				t.Errorf("%s: values %v, gaps %v; of the file %v, %v", game, a.Values, a.Gaps, b.Values, b.Gaps)
			}
		}
	}
	if s := ok[solutionJSON](t, "solve", "--game", "k.efg"); math.Abs(s.Values[0]+1./18) > 1e-12 {
		t.Errorf("kuhn poker's file is worth %g", s.Values[0])
	}
	for args, part := range map[string]string{
		"convert --game kuhn_poker":                "--out",
		"convert --game kuhn_poker --out k.json":   ".efg",
		"convert --game leduc_poker --out l.nfg":   "too large",
		"convert --game markov_soccer --out s.efg": "Markov game",
	} {
		if code, _, errs := run(strings.Fields(args)...); code != 2 || !strings.Contains(errs, part) {
			t.Errorf("%s: exit %d, %q; expected 2 and %q", args, code, errs, part)
		}
	}
}

func TestSolversOfTheirForms(t *testing.T) {
	t.Chdir(t.TempDir())
	value := -0.0856064240780
	if s := ok[solutionJSON](t, "solve", "--game", "leduc_poker"); s.Chosen != "lp" || math.Abs(s.Values[0]-value) > 1e-9 || s.Nash_conv > 1e-12 {
		t.Errorf("leduc: %s, value %.12g, NashConv %g", s.Chosen, s.Values[0], s.Nash_conv)
	}
	if s := ok[solutionJSON](t, "solve", "--game", "chicken", "--solver", "ce", "--objective", "welfare"); math.Abs(s.Values[0]+s.Values[1]-10.5) > 1e-9 {
		t.Errorf("chicken: welfare %g", s.Values[0]+s.Values[1])
	}
	s := ok[solutionJSON](t, "solve", "--game", "markov_soccer", "--out", "p.json")
	if s.Chosen != "shapley" || len(s.State_values) != 2 || len(s.State_values[0].([]any)) != 760 || s.Nash_conv > 1e-9 {
		t.Errorf("soccer: %s, NashConv %g", s.Chosen, s.Nash_conv)
	}
	e := ok[solutionJSON](t, "evaluate", "--game", "markov_soccer", "--policy", "p.json")
	if e.Nash_conv > 1e-9 || math.Abs(first(e)-first(s)) > 1e-12 {
		t.Errorf("soccer, read again: NashConv %g", e.Nash_conv)
	}
	for _, kind := range []string{"kl", "entropy"} {
		s := ok[solutionJSON](t, "solve", "--game", "markov_soccer", "--solver", "soft-shapley", "--temperature", "0.1", "--regulariser", kind)
		if soft := s.Soft_state_values[0][0]; s.Concept != "soft_qre" || math.Abs(math.Abs(soft)-0.181788506008) > 1e-9 {
			t.Errorf("soft soccer, %s: %s, %.12g", kind, s.Concept, soft)
		}
	}
	if s := ok[solutionJSON](t, "solve", "--game", "kuhn_poker", "--solver", "mmd", "--lambda", "2"); s.Concept != "agent_qre" || s.Residual > 1e-9 {
		t.Errorf("agent QRE: %+v", s)
	}
	// What cannot be done says what to do instead, and writes nothing.
	for args, part := range map[string]string{
		"solve --game leduc_poker --solver extreme":                "--solver lp",
		"solve --game kuhn_poker(players=3) --solver lp":           "constant sum",
		"solve --game kuhn_poker(players=3) --solver lemke-howson": "two players",
		"solve --game kuhn_poker --solver shapley":                 "no Markov game",
		"solve --game markov_soccer --solver dcfr":                 "is a Markov game",
		"solve --game markov_soccer --solver ce":                   "horizon",
		"solve --game chicken --solver ce --objective player2":     "player0 to player1",
		"solve --game chicken --solver ce --objective best":        `"best"`,
		"solve --game chicken --solver ce --out p.json":            "--out",
		"solve --game chicken --solver extreme --trace p.csv":      "--trace",
		"solve --game chicken --solver extreme --temperature 1":    `--temperature: extreme has no key "temperature"; known: selection, exact`,
		"solve --game chicken --solver mmd --temperature 0":        "--temperature: mmd: key temperature: found 0",
		"solve --game chicken --solver mmd --temperature 1,2,3":    "one per player",
		"solve --game chicken --solver mmd --lambda 1,2":           `found "1,2", expected a finite number`,
		"solve --game chicken --solver mmd --lambda -1":            "found -1",
		"solve --game markov_soccer --solver soft-shapley":         "--temperature",
		"solve --game absent.efg":                                  "absent.efg",
		"evaluate --game absent.nfg --agent uniform":               "absent.nfg",
		"evaluate --game kuhn_poker --agent nash(solver=ce)":       "finds no policy",
		"evaluate --game kuhn_poker --agent nash(solver=simplex)":  "simplex",
		"evaluate --game kuhn_poker --agent qre(temperature=-1)":   "temperature",
	} {
		if code, out, errs := run(strings.Fields(args)...); code != 2 || out != "" || !strings.Contains(errs, part) {
			t.Errorf("%s: exit %d, %q; expected 2 and %q", args, code, errs, part)
		}
	}
}

// Markov games with a horizon, general sum: a subgame-perfect equilibrium and the
// stages' correlated ones, from a file.
func TestHorizonFile(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "g.json", `{"kind":"markov_game","players":2,"states":["pd","end"],"actions":[[2,1],[2,1]],"horizon":4,"start":[1,0],
"rewards":[[[[3,0],[5,1]],[[0]]],[[[3,5],[0,1]],[[0]]]],"transitions":[[[{"pd":1},{"pd":1}],[{"pd":1},{"pd":0.5,"end":0.5}]],[[{"end":1}]]]}`)
	s := ok[solutionJSON](t, "solve", "--game", "g.json", "--out", "p.json")
	if s.Chosen != "stage equilibria" || s.Selection == "" || s.Nash_conv > 1e-9 {
		t.Errorf("%+v", s)
	}
	if e := ok[solutionJSON](t, "evaluate", "--game", "g.json", "--policy", "p.json"); e.Nash_conv > 1e-9 {
		t.Errorf("read again: NashConv %g", e.Nash_conv)
	}
	c := ok[solutionJSON](t, "solve", "--game", "g.json", "--solver", "cce", "--objective", "welfare")
	if c.Values[0]+c.Values[1] < s.Values[0]+s.Values[1]-1e-9 || !strings.Contains(fmt.Sprint(c.Joint), "pd@0") {
		t.Errorf("cce %v, nash %v", c.Values, s.Values)
	}
	// A row by state serves for all steps; the tree of the game has the same value.
	write(t, "d.json", `{"kind":"policy","game":"g","player_0":{"pd":[0,1],"end":[1]},"player_1":{"pd":[0,1],"end":[1]}}`)
	d := ok[solutionJSON](t, "evaluate", "--game", "g.json", "--policy", "d.json")
	if u, tree := ok[solutionJSON](t, "evaluate", "--game", "g.json", "--agent", "uniform"), ok[solutionJSON](t, "evaluate", "--game", "markov_game(file=g.json,view=history)", "--agent", "uniform"); math.Abs(u.Values[0]-tree.Values[0]) > 1e-12 || math.Abs(u.Nash_conv-tree.Nash_conv) > 1e-12 {
		t.Errorf("uniform: %v and %g by states, %v and %g in the tree", u.Values, u.Nash_conv, tree.Values, tree.Nash_conv)
	}
	if math.Abs(d.Values[0]-(1+.5+.25+.125)) > 1e-12 {
		t.Errorf("defection is worth %v", d.Values)
	}
}
