package catalog

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"arbiter/agents"
	"arbiter/agents/agenttest"
	"arbiter/games/gametest"
)

// Every game keeps its contract, every agent sits at every game it fits, and a
// canonical spec names itself.
func TestEveryEntry(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "t.json"), []byte(`{"kind":"payoff_table","population":"single","strategies":["a","uniform"],"payoffs":[[0.5,0.25],[0.75,0.5]]}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "t.efg"), []byte(`EFG 2 R "" { "A" "B" } p "" 1 1 "" { "x" "y" } 0 t "" 1 "" { 0 0 } p "" 2 1 "" { "x" "y" } 0 t "" 2 "" { 1 2 } t "" 3 "" { 2 1 }`), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "m.json"), []byte(`{"kind":"markov_game","players":2,"states":["s","t"],"actions":[[2,1],[2,2]],"horizon":3,"rewards":[[[[1,0],[0,2]],[[1,2]]],[[[0,1],[1,0]],[[0,0]]]],"transitions":[[[[0.5,0.5],{"t":0.9}],[[0,1],{}]],[[[1,0],{"s":0.25,"t":0.75}]]]}`), 0o644); err != nil {
		t.Fatal(err)
	}
	given := map[string]string{"efg": "(file=t.efg)", "markov_game": "(file=m.json)", "metagame": "(file=t.json)", "always": "(action=0)", "policy": "(file=p.json)", "trembling": "(agent=random)", "best_response": "(to=random(seed=3))"}
	needsTree := map[string]bool{"cfr": true, "fictitious_play": true, "mmd": true}
	for _, g := range Standard().Games {
		if g.Doc == "" {
			t.Errorf("%s says nothing of itself", g.Name)
		}
		text := g.Name + given[g.Name]
		if g.Samples != nil {
			text = g.Samples[0]
		}
		table, err := Standard().Open(text, dir)
		if err != nil {
			t.Fatal(err)
		}
		gametest.Run(t, table.Game)
		again, err := Standard().Open(table.Name, dir)
		if err != nil || again.Name != table.Name || table.Game.Info().Name != table.Name {
			t.Errorf("%s opens as %v, %v; the game calls itself %s", table.Name, again, err, table.Game.Info().Name)
		}
		board, err := table.Compiled()
		if len(table.Game.Info().Vector) > 0 {
			onVectors(t, table)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		policy, err := json.Marshal(board.Policy(board.Uniform()))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "p.json"), policy, 0o644); err != nil {
			t.Fatal(err)
		}
		generalSum := table.Markov != nil && !table.Markov.ZeroSum()
		for _, a := range Standard().Agents {
			if a.Name == "learned" || needsTree[a.Name] && table.Markov != nil || (a.Name == "nash" || a.Name == "qre") && generalSum ||
				a.Name == "qarl" && (testing.Short() && g.Name == "markov_soccer" || table.Markov == nil || table.Markov.Horizon > 0 || !table.Markov.ZeroSum()) {
				continue
			}
			seated, err := table.Seat(a.Name + given[a.Name])
			if err != nil {
				t.Errorf("%s at %s: %v", a.Name, g.Name, err)
				continue
			}
			agenttest.Run(t, seated.Spec, seated.Agent, table.Game.Game)
			tabular, ok := seated.Agent.(agents.Tabular)
			if !ok {
				continue
			}
			for seat := range board.Info().Seats {
				if _, err := agents.BehaviourOf(tabular, board, seat); err != nil {
					t.Errorf("%s at seat %d of %s: %v", seated.Spec, seat, g.Name, err)
				}
			}
			if twice, err := table.Seat(seated.Spec); err != nil || twice.Spec != seated.Spec {
				t.Errorf("%s opens as %s, %v", seated.Spec, twice.Spec, err)
			}
		}
	}
}

// onVectors seats at a game on vectors: agents that need no table play it, the others
// say why they do not.
func onVectors(t *testing.T, table *Table) {
	t.Helper()
	plays := map[string]string{"uniform": "", "random": "", "always": "(action=0)", "trembling": "(agent=random)"}
	sat := 0
	for _, a := range Standard().Agents {
		if a.Name == "policy" || a.Name == "learned" { // no rows for real numbers; TestLearned
			continue
		}
		args, able := plays[a.Name]
		if a.Name == "best_response" {
			args = "(to=random)"
		}
		seated, err := table.Seat(a.Name + args)
		switch {
		case able && err != nil:
			t.Errorf("%s at %s: %v", a.Name, table.Name, err)
		case err == nil:
			agenttest.Run(t, seated.Spec, seated.Agent, table.Game.Game)
			if able {
				sat++
			}
		case !strings.Contains(err.Error(), "real numbers"):
			t.Errorf("%s does not sit at %s: %v", a.Name, table.Name, err)
		}
	}
	if sat != len(plays) {
		t.Errorf("%d agents sit at %s", sat, table.Name)
	}
}

func TestStrategiesAreAgents(t *testing.T) {
	table, err := Standard().Open("soccer_metagame", "")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string][2]string{"J": {"always(action=J)", "J"}, "always(action=J)": {"always(action=J)", "J"}, "uniform": {"uniform", "uniform"}} {
		if a, err := table.Seat(text); err != nil || a.Spec != want[0] || a.Label != want[1] {
			t.Errorf("%s: spec %s, label %s, %v", text, a.Spec, a.Label, err)
		}
	}
	if _, err := table.Seat("K"); err == nil || !strings.Contains(err.Error(), "nearest") {
		t.Errorf("an unknown strategy: %v", err)
	}
}
