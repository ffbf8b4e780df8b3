package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A valid game without an answer of the kind asked for is exit 3 whoever asks for the
// answer: the solver's command, or an agent that plays what a solver finds.
func TestNoAnswerIsThree(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for name, text := range map[string]string{
		// No equilibrium of it has supports of equal size.
		"flat.json": `{"kind":"payoff_table","population":"multi","strategies":[["a","b","c"],["x","y"]],"payoffs":[[[2,2],[3,0],[0,3]],[[0,0],[0,1],[1,0]]]}`,
		"hard.toml": "game = \"kuhn_poker\"\nagents = [\"uniform\", \"nash(iterations=1,solver=dcfr)\"]\n",
		"soft.toml": "game = \"kuhn_poker\"\nagents = [\"uniform\", \"cfr\"]\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	const hard = "nash(iterations=1,solver=dcfr)"
	for _, args := range [][]string{
		{"evaluate", "--game", "kuhn_poker", "--agent", hard},
		{"evaluate", "--game", "kuhn_poker", "--agent", "uniform", "--opponents", hard},
		{"play", "--game", "kuhn_poker", "--agents", "uniform," + hard, "--matches", "10"},
		{"run", "hard.toml"},
		{"run", "soft.toml", "--agents", "uniform," + hard},
		{"solve", "--game", "kuhn_poker", "--solver", "dcfr", "--from", hard},
		{"solve", "--game", "kuhn_poker", "--solver", "dcfr", "--max-iterations", "1"},
		{"evaluate", "--game", "kuhn_poker", "--agent", "trembling(agent=" + hard + ",epsilon=0.1)"},
		{"solve", "--game", "flat.json", "--solver", "support-enumeration"},
		{"evaluate", "--game", "flat.json", "--agent", "nash(solver=support-enumeration)"},
	} {
		code, out, errs := run(args...)
		if code != 3 || strings.Count(errs, "\n") != 1 {
			t.Errorf("%q: exit %d, stdout %q, stderr %q; expected 3 and one line", args, code, out, errs)
		}
	}
	if _, err := os.Stat("arbiter.db"); err == nil {
		t.Error("a database was made for what has no answer")
	}
}
