package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A field that stands twice in a file that a user writes is refused with file, line
// and field: one of both would be dropped without a word.
func TestFieldsThatStandTwice(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for i, c := range []struct {
		name, text, args string
		line             string
		key              string
	}{
		{"q.json", "{\"kind\":\"quadratic_game\",\"blocks\":[1,1],\n\"matrix\":[[1,0],[0,1]],\"offset\":[0,0],\n\"matrix\":[[1,9],[9,1]]}", "certify --problem q.json", "3", "matrix"},
		{"s.json", "{\"kind\":\"smooth_game\",\"blocks\":[1,1],\"field\":[\"a*x1\",\"x2\"],\n\"parameters\":{\"a\":1,\n\"a\":-1},\"region\":{\"lower\":[-1,-1],\"upper\":[1,1]}}", "certify --problem s.json", "3", "parameters.a"},
		{"s.json", "{\"kind\":\"smooth_game\",\"blocks\":[1,1],\"field\":[\"x1\",\"x2\"],\n\"region\":{\"lower\":[-1,-1],\"upper\":[1,1],\n\n\"Upper\":[2,2]}}", "certify --problem s.json", "4", "region.Upper"},
		{"p.json", "{\"kind\":\"payoff_table\",\"population\":\"single\",\"strategies\":[\"A\",\"B\"],\n\"payoffs\":[[0,1],[1,0]],\n\"payoffs\":[[0,2],[2,0]]}", "rank --payoffs p.json", "3", "payoffs"},
		{"p.json", "{\"kind\":\"payoff_table\",\"population\":\"single\",\"strategies\":[\"A\",\"B\"],\n\"Strategies\":[\"A\",\"C\"],\n\"payoffs\":[[0,2],[2,0]]}", "solve --game p.json", "2", "Strategies"},
		{"m.json", "{\"kind\":\"markov_game\",\"players\":2,\"states\":[\"a\",\"b\"],\"actions\":[1,1],\"discount\":0.5,\n\"rewards\":[[[[1]],[[0]]],[[[0]],[[1]]]],\n\"transitions\":[[[{\"a\":0.5,\n\"a\":0.1}]],[[[0,1]]]]}", "solve --game m.json", "4", "transitions[0][0][0].a"},
		{"m.json", "{\"kind\":\"markov_game\",\"players\":2,\"states\":[\"a\"],\"actions\":[1,1],\"discount\":0.5,\n\"discount\":0.6,\"rewards\":[[[[1]]],[[[0]]]],\"transitions\":[[[[1]]]]}", "solve --game m.json", "2", "discount"},
		{"y.json", "{\"kind\":\"policy\",\"game\":\"kuhn_poker\",\n\"player_0\":{\"0\":[1,0],\n\"0\":[0,1]}}", "evaluate --game kuhn_poker --policy y.json", "", `"0"`},
		{"l.jsonl", "{\"agent_0\":\"a\",\"agent_1\":\"b\",\"payoff_0\":1,\"payoff_1\":0}\n{\"agent_0\":\"a\",\"agent_1\":\"b\",\"payoff_0\":1,\"payoff_0\":0,\"payoff_1\":0}\n", "rank --matches l.jsonl", "2", "payoff_0"},
		{"c.json", "{\"schema\":\"arbiter/certificate/v1\",\n\"mu\":[1],\n\"mu\":[2]}", "certify --verify c.json", "3", "mu"},
		{"t.toml", "game = \"kuhn_poker\"\nagents = [\"uniform\", \"cfr\"]\ngame = \"leduc_poker\"\n", "run t.toml", "3", "game"},
	} {
		if err := os.WriteFile(filepath.Join(dir, c.name), []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		code, out, errs := run(strings.Fields(c.args)...)
		if code != 2 || out != "" || !strings.Contains(errs, c.name+":"+c.line) || !strings.Contains(errs, c.key) || !strings.Contains(errs, "twice") && c.name != "t.toml" {
			t.Errorf("%d, %s: exit %d, stdout %q, stderr %q; expected line %s and %s", i, c.args, code, out, errs, c.line, c.key)
		}
	}
}
