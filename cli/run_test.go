package cli_test

import (
	"strings"
	"testing"
)

const ladder = `game = "soccer_metagame"
agents = [%]
seed = 3
[sampling]
delta = 0.1
max_matches = 20000
`

func agentsOf(names ...string) string {
	return strings.Replace(ladder, "%", `"`+strings.Join(names, `","`)+`"`, 1)
}

// Matches of an earlier run with fewer agents are taken over, and the result is
// that of a run that played all of them.
func TestAddingAgents(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "few.toml", agentsOf("A", "B", "J"))
	write(t, "more.toml", agentsOf("A", "E", "B", "J"))
	if code, _, errs := run("run", "few.toml"); code != 0 {
		t.Fatal(errs)
	}
	_, over, errs := run("run", "more.toml", "--format", "json")
	if !strings.Contains(errs, "taken over") {
		t.Errorf("stderr %q, expected matches to be taken over", errs)
	}
	if _, fresh, _ := run("run", "more.toml", "--format", "json", "--db", "fresh.db"); fresh != over || fresh == "" {
		t.Errorf("taken over\n%s\nfresh\n%s", over, fresh)
	}
	// What was taken over is what would have been played.
	if code, out, errs := run("replay", "more"); code != 0 {
		t.Errorf("replay: exit %d\n%s%s", code, out, errs)
	}
}

// What ends a run early does not change what it plays until then.
func TestSettings(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "all.toml", agentsOf("A", "B", "E", "J"))
	all := ok[rankingJSON](t, "run", "all.toml", "--max-matches", "400000")
	sinks := ok[rankingJSON](t, "run", "all.toml", "--max-matches", "400000", "--resolve", "sinks", "--db", "sinks.db")
	if all.Stopped != "resolved" || sinks.Stopped != "settled" || sinks.Matches >= all.Matches || len(sinks.Sinks) != len(all.Sinks) {
		t.Errorf("all: %s after %d; sinks: %s after %d", all.Stopped, all.Matches, sinks.Stopped, sinks.Matches)
	}
	top := ok[rankingJSON](t, "run", "all.toml", "--max-matches", "400000", "--resolve", "top(k=1)", "--db", "sinks.db")
	if top.Stopped != "settled" && top.Stopped != "resolved" || top.Ranking[0].Profile[0] != all.Ranking[0].Profile[0] {
		t.Errorf("top: %s, %v leads; expected %v", top.Stopped, top.Ranking[0].Profile, all.Ranking[0].Profile)
	}
	ties := ok[rankingJSON](t, "run", "all.toml", "--epsilon", "0.9", "--db", "ties.db")
	if len(ties.Ties)+len(ties.Resolved) == 0 || len(ties.Ties) == 0 || ties.Matches >= all.Matches {
		t.Errorf("%d ties of 6 edges after %d matches, expected some after less than %d", len(ties.Ties), ties.Matches, all.Matches)
	}
	if code, _, errs := run("run", "all.toml", "--db", "late.db", "--max-time", "-3s"); code != 2 || !strings.Contains(errs, "max_time") {
		t.Errorf("exit %d, %q", code, errs)
	}
	late := ok[rankingJSON](t, "run", "all.toml", "--db", "late.db", "--max-time", "1ns", "--max-matches", "400000")
	if late.Stopped != "time" {
		t.Errorf("stopped: %s, expected time", late.Stopped)
	}
	if again := ok[rankingJSON](t, "run", "all.toml", "--db", "late.db", "--max-matches", "400000"); again.Matches != all.Matches {
		t.Errorf("%d matches after time was up once, expected %d", again.Matches, all.Matches)
	}
	for args, part := range map[string]string{
		"--slack 0.1 --epsilon 0.1": "only one",
		"--slack 0.1 --bound pair":  "slack",
		"--resolve top(k=0)":        "k",
		"--resolve mountains":       "sinks",
		"--bound clopper-pearson --game kuhn_poker --agents uniform,cfr": "0/1",
	} {
		code, out, errs := run(append([]string{"run", "all.toml", "--db", "none.db"}, strings.Fields(args)...)...)
		if code != 2 || out != "" || !strings.Contains(errs, part) {
			t.Errorf("run %s: exit %d, %q; expected 2 and %q", args, code, errs, part)
		}
	}
}
