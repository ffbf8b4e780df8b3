package cli_test

import (
	"strings"
	"testing"
)

// A file that is not there is said with the flag or argument that names it.
func TestMissingFilesNameTheirFlag(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, c := range []struct{ args, from string }{
		{"certify --problem gone.json", "--problem"},
		{"certify --verify gone.json", "--verify"},
		{"certify --game gone.nfg --temperature 1", "--game"},
		{"solve --game gone.json", "--game"},
		{"solve --game kuhn_poker --solver dcfr --from gone.json", "--from"},
		{"convert --game gone.efg --out x.efg", "--game"},
		{"rank --payoffs gone.json", "--payoffs"},
		{"rank --matches gone.csv", "--matches"},
		{"evaluate --game kuhn_poker --policy gone.json", "--policy"},
		{"evaluate --game gone.efg --agent uniform", "--game"},
		{"evaluate --game kuhn_poker --agent policy(file=gone.json)", "--agent"},
		{"evaluate --game kuhn_poker --agent uniform --opponents uniform,policy(file=gone.json)", "--opponents"},
		{"play --game metagame(file=gone.json) --matches 2", "--game"},
		{"play --game kuhn_poker --agents uniform,policy(file=gone.json) --matches 2", "agents"},
		{"run gone.toml", "argument 1"},
		{"import gone.csv", "argument 1"},
		{"rank --matches gone.csv --format json", "--matches"},
	} {
		code, out, errs := run(strings.Fields(c.args)...)
		if code != 2 || out != "" || strings.Count(errs, c.from) != 1 || !strings.Contains(errs, "gone.") || !strings.Contains(errs, "no such file") {
			t.Errorf("%s: exit %d, stderr %q; expected %s once", c.args, code, errs, c.from)
		}
	}
}
