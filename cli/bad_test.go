package cli_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"arbiter/cli"
)

func run(args ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	code = cli.Main(context.Background(), args, cli.Env{Stdout: &o, Stderr: &e})
	return code, o.String(), e.String()
}

// files that stand in the folder of every case.
var files = map[string]string{
	"ok.toml":        "game = \"kuhn_poker\"\nagents = [\"uniform\", \"always(action=bet)\"]\n[sampling]\nmax_matches = 100\n",
	"open.toml":      "game = \"kuhn_poker\"\nagents = [\"cfr(iterations=100)\", \"cfr(iterations=101)\"]\n[sampling]\nmax_matches = 100\n",
	"bracket.toml":   "game = \"kuhn_poker\"\nagents = [\"uniform\"\n",
	"key.toml":       "game = \"kuhn_poker\"\nagents = [\"uniform\", \"cfr\"]\n[sampling]\ndelat = 0.1\n",
	"top.toml":       "game = \"kuhn_poker\"\nagnts = [\"uniform\", \"cfr\"]\n",
	"table.toml":     "game = \"kuhn_poker\"\nagents = [\"uniform\", \"cfr\"]\n[rankings]\nalpha = 1\n",
	"type.toml":      "game = \"kuhn_poker\"\nagents = [\"uniform\", \"cfr\"]\n[sampling]\ndelta = \"small\"\n",
	"agents.toml":    "game = \"kuhn_poker\"\nagents = [\"uniform\", 3]\n",
	"text.toml":      "game = \"kuhn_poker\"\nagents = \"uniform\"\n",
	"none.toml":      "game = \"kuhn_poker\"\n",
	"empty.toml":     "",
	"noagent.toml":   "game = \"kuhn_poker\"\nagents = []\n",
	"one.toml":       "game = \"kuhn_poker\"\nagents = [\"uniform\"]\n",
	"twice.toml":     "game = \"kuhn_poker\"\nagents = [\"cfr\", \"cfr(iterations=1000)\"]\n",
	"three.toml":     "game = \"kuhn_poker(players=3)\"\nagents = [\"uniform\", \"cfr\"]\n",
	"ragged.json":    `{"kind":"payoff_table","population":"single","strategies":["a","b"],"payoffs":[[0,1],[0]]}`,
	"outside.json":   `{"kind":"payoff_table","population":"single","strategies":["a","b"],"payoffs":[[0,2],[-2,0]]}`,
	"good.json":      `{"kind":"payoff_table","population":"single","strategies":["a","b"],"payoffs":[[0.5,0.6],[0.4,0.5]]}`,
	"nan.csv":        "x,a,b\na,0,NaN\nb,1,0\n",
	"policy.json":    "{\"kind\":\"policy\",\"game\":\"kuhn_poker\",\n\"player_0\":{\"0\":[0.7,0.7]}}",
	"short.json":     `{"kind":"policy","game":"kuhn_poker","player_0":{"0":[0.7,0.3]},"player_1":{"0p":[1,0]}}`,
	"junk.db":        "this is not a database, but it is longer than a header of one hundred bytes, which is what is looked at first",
	"truncated.json": "{\"kind\":\"payoff_table\",\n\"population\":\"single\",\n\"strategies\":[\"a\",\"b\"]",
}

// Bad input: exit code, and parts of the one line on stderr. Nothing is
// written and nothing stands on stdout.
func TestBadInput(t *testing.T) {
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	for _, c := range []struct {
		args string
		code int
		want []string
	}{
		{"rnu ok.toml", 2, []string{`"rnu"`, "nearest: run"}},
		{"run", 2, []string{"FILE.toml"}},
		{"run ok.toml more", 2, []string{`unexpected argument "more"`}},
		{"run ok.toml --sed 3", 2, []string{"--sed", "nearest: --seed"}},
		{"run ok.toml --seed 1 --seed 2", 2, []string{"--seed is given twice"}},
		{"run ok.toml --seed=1 --seed=1", 2, []string{"--seed is given twice"}},
		{"solve --game chicken --out p.json --trace ./p.json", 2, []string{"--out and --trace", "./p.json"}},
		{"solve --game chicken --out none/p.json", 1, []string{"--out", "none"}},
		{"solve --game chicken --out .", 1, []string{"--out", "folder"}},
		{"solve --game /dev/zero.nfg", 2, []string{"no such file"}},
		{"rank --payoffs /dev/zero", 2, []string{"/dev/zero: found a device"}},
		{"rank --matches .", 2, []string{"found a folder"}},
		{"run /dev/zero", 2, []string{"/dev/zero: found a device"}},
		{"certify --verify /dev/zero", 2, []string{"/dev/zero: found a device"}},
		{"certify --problem /dev/zero", 2, []string{"/dev/zero: found a device"}},
		{"evaluate --game kuhn_poker --policy /dev/zero", 2, []string{"/dev/zero: found a device"}},
		{"run ok.toml --seed", 2, []string{"--seed needs a value"}},
		{"run ok.toml --seed x", 2, []string{`"x"`}},
		{"run ok.toml --seed -1", 2, []string{"seed: found -1"}},
		{"run ok.toml --format xml", 2, []string{`"xml"`, "table, json, csv, markdown"}},
		{"run ok.toml --workers -1", 2, []string{"--workers: found -1"}},
		{"run nosuch.toml", 2, []string{"nosuch.toml", "no such file"}},
		{"run bracket.toml", 2, []string{"bracket.toml:2:"}},
		{"run key.toml", 2, []string{"key.toml:4", `"sampling.delat"`, "nearest: delta"}},
		{"run top.toml", 2, []string{"top.toml:2", `"agnts"`, "agents"}},
		{"run table.toml", 2, []string{"table.toml:3", `"rankings"`, "ranking"}},
		{"run type.toml", 2, []string{"type.toml:4:", "sampling.delta", "found string, expected a number"}},
		{"run agents.toml", 2, []string{"agents.toml", "agents[1]: found a whole number"}},
		{"run text.toml", 2, []string{"agents: found text, expected a list"}},
		{"run none.toml", 2, []string{"agents are missing"}},
		{"run empty.toml", 2, []string{"game is missing"}},
		{"run noagent.toml", 2, []string{"agents: found 0"}},
		{"run one.toml", 2, []string{"agents: found 1"}},
		{"run twice.toml", 2, []string{"two are called cfr(iterations=1000)"}},
		{"run three.toml", 2, []string{`"single"`, "has 3"}},
		{"run ok.toml --game kuhn", 2, []string{`no game is called "kuhn"`, "kuhn_poker"}},
		{"run ok.toml --game kuhn_poker(player=2)", 2, []string{`no key "player"`, "players"}},
		{"run ok.toml --game kuhn_poker(players=11)", 2, []string{"found 11, expected 2 to 10"}},
		{"run ok.toml --game kuhn_poker(", 2, []string{"character 12", "expected a key"}},
		{"run ok.toml --agents uniform,unifrm", 2, []string{`no agent is called "unifrm"`, "uniform"}},
		{"run ok.toml --agents uniform,always(action=raise)", 2, []string{`action "raise" is not legal`, "pass, bet"}},
		{"run ok.toml --agents uniform,policy(file=policy.json)", 2, []string{"policy.json:2", `player_0["0"]`, "sum to 1.4"}},
		{"run ok.toml --agents uniform,policy(file=short.json)", 2, []string{`no row for information state "1"`}},
		{"run ok.toml --agents uniform,policy(file=gone.json)", 2, []string{"gone.json", "no such file"}},
		{"run ok.toml --max-matches -5", 2, []string{"max_matches: found -5"}},
		{"run ok.toml --delta 0", 2, []string{"delta: found 0"}},
		{"run ok.toml --delta NaN", 2, []string{"delta: found NaN"}},
		{"run ok.toml --batch -1", 2, []string{"batch: found -1"}},
		{"run ok.toml --scheme best", 2, []string{`scheme: found "best"`, "count-weighted"}},
		{"run ok.toml --bound pair", 2, []string{"pair is made for 0/1 payoffs"}},
		{"run ok.toml --bound tight", 2, []string{`bound: found "tight"`}},
		{"run ok.toml --level sure", 2, []string{`level: found "sure"`}},
		{"run ok.toml --population many", 2, []string{`"many"`}},
		{"run ok.toml --alpha -1", 2, []string{"alpha: found -1"}},
		{"run ok.toml --alpha fast", 2, []string{"alpha: found fast"}},
		{"run ok.toml --method elo2", 2, []string{`"elo2"`, "alpharank"}},
		{"run ok.toml --population-size 1", 2, []string{"population_size: found 1"}},
		{"run ok.toml --game metagame(file=ragged.json)", 2, []string{"ragged.json", "payoffs[1]: found 1 entries, expected 2"}},
		{"run ok.toml --game metagame(file=outside.json)", 2, []string{"[-2, 2]", "rescale=minmax"}},
		{"run ok.toml --game metagame(file=good.json,noise=gaussian) --agents a,b", 2, []string{"without limits", "fixed-budget"}},
		{"run ok.toml --game metagame(file=good.json) --agents a,c", 2, []string{`no agent is called "c"`}},
		{"run ok.toml --db junk.db", 1, []string{"junk.db", "not a database"}},
		{"run ok.toml --db nofolder/x.db", 1, []string{"nofolder"}},
		{"runs --db gone.db", 1, []string{"gone.db", "no database"}},
		{"show 1 --db gone.db", 1, []string{"gone.db"}},
		{"rank", 2, []string{"--run", "--payoffs"}},
		{"rank --payoffs gone.json", 2, []string{"gone.json"}},
		{"rank --payoffs ragged.json", 2, []string{"ragged.json", "payoffs[1]"}},
		{"rank --payoffs nan.csv", 2, []string{"nan.csv:2", `"NaN"`}},
		{"rank --payoffs truncated.json", 2, []string{"truncated.json:3", "not closed"}},
		{"rank --payoffs good.json --perturbation 0.7", 2, []string{"perturbation: found 0.7"}},
		{"rank --payoffs good.json --alpha 1e300", 2, []string{"alpha"}},
		{"evaluate --game kuhn_poker", 2, []string{"--policy", "--agent"}},
		{"evaluate --agent uniform", 2, []string{"--game"}},
		{"evaluate --game kuhn_poker(players=10) --agent uniform", 2, []string{"too large"}},
		{"evaluate --game kuhn_poker --policy policy.json", 2, []string{"policy.json:2"}},
		{"games chess", 2, []string{`"chess"`, "kuhn_poker"}},
		{"agents cfr2", 2, []string{`"cfr2"`, "cfr"}},
	} {
		code, out, errs := run(strings.Fields(c.args)...)
		if code != c.code || out != "" || strings.Count(errs, "\n") != 1 {
			t.Errorf("arbiter %s: exit %d, expected %d\nstdout %q\nstderr %q", c.args, code, c.code, out, errs)
		}
		for _, part := range c.want {
			if !strings.Contains(errs, part) {
				t.Errorf("arbiter %s: stderr %q, expected it to hold %q", c.args, errs, part)
			}
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != len(files) {
		t.Errorf("bad input left %d files, expected %d: %v %v", len(left), len(files), left, err)
	}
	for name, text := range files {
		if got, _ := os.ReadFile(name); string(got) != text {
			t.Errorf("%s has changed", name)
		}
	}
}

// Flags may stand anywhere; a result that is not of the kind asked for is
// printed and exits 3.
func TestFlagsAndExitCodes(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"ok.toml", "open.toml"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(files[name]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	code, first, errs := run("run", "ok.toml", "--format", "json", "--seed=5")
	if code != 0 || !strings.Contains(first, `"schema": "arbiter/ranking/v1"`) || errs != "" {
		t.Fatalf("exit %d, %q, %q", code, first, errs)
	}
	for _, args := range []string{"--format json run --seed 5 ok.toml", "run --seed=5 --format=json -- ok.toml"} {
		if code, out, errs := run(strings.Fields(args)...); code != 0 || out != first {
			t.Errorf("arbiter %s: exit %d, another result, %q", args, code, errs)
		}
	}
	code, out, errs := run("run", "open.toml", "--require-resolved")
	if code != 3 || !strings.Contains(out, "open      cfr(iterations=100) ? cfr(iterations=101)") || !strings.Contains(errs, "1 of 1 edges are open") {
		t.Errorf("unresolved: exit %d, %q, %q", code, out, errs)
	}
	if err := os.WriteFile("good.json", []byte(files["good.json"]), 0o644); err != nil {
		t.Fatal(err)
	}
	gauss := strings.Fields("run ok.toml --game metagame(file=good.json,noise=gaussian) --agents a,b --scheme fixed-budget --format json")
	if code, out, errs := run(gauss...); code != 0 || !strings.Contains(out, `"upper": "inf"`) {
		t.Errorf("payoffs without limits: exit %d, %s%s", code, out, errs)
	}
	if code, _, _ := run("run", "open.toml"); code != 0 {
		t.Errorf("unresolved, not required: exit %d", code)
	}
	if code, out, _ := run("rank", "--run", "open", "--alpha", "2", "--format", "json"); code != 0 || !strings.Contains(out, `"alpha": 2`) {
		t.Errorf("rank --run: exit %d, %s", code, out)
	}
	if code, _, errs := run("show", "opne"); code != 2 || !strings.Contains(errs, "open") {
		t.Errorf("show of an unknown run: exit %d, %q", code, errs)
	}
}
