package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A certificate that was written is confirmed; one in which a number was bettered,
// or the problem changed, is not: exit 3, and the report says what fails.
func TestVerify(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "toy.json", miniToy)
	if code, _, errs := run("certify", "--problem", "toy.json", "--simulate", "--out", "c.json"); code != 0 {
		t.Fatal(errs)
	}
	type verification struct {
		Certified, Confirmed bool
		Findings             []struct {
			What  string
			Holds bool
		}
	}
	if v := ok[verification](t, "certify", "--verify", "c.json"); !v.Certified || !v.Confirmed || len(v.Findings) < 20 {
		t.Errorf("%+v", v)
	}
	body, err := os.ReadFile("c.json")
	if err != nil {
		t.Fatal(err)
	}
	var numbers struct {
		Margin, Lipschitz json.Number
		Digest            string
	}
	if err := json.Unmarshal(body, &numbers); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct{ old, new, fails string }{
		{`"margin": ` + numbers.Margin.String(), `"margin": 0.2929`, "margin"},
		{"\n  \"lipschitz\": " + numbers.Lipschitz.String(), "\n  \"lipschitz\": 1.7", "lipschitz"},
		{`"kind": "quadratic_game"`, `"kind": "quadratic_game", "offset": [0, 0]`, "digest"},
		{numbers.Digest, strings.Repeat("0", 64), "digest"},
	} {
		if !strings.Contains(string(body), x.old) {
			t.Fatalf("no %q in\n%s", x.old, body)
		}
		write(t, "bad.json", strings.Replace(string(body), x.old, x.new, 1))
		code, out, errs := run("certify", "--verify", "bad.json")
		if code != 3 || !strings.Contains(out, "not confirmed") || !strings.Contains(out, "fails     "+x.fails) || !strings.Contains(errs, "not confirmed") {
			t.Errorf("%s: exit %d, %s\n%s", x.new, code, errs, out)
		}
	}

	write(t, "saddle.json", `{"kind": "quadratic_game", "blocks": [1, 1], "matrix": [[1, 2], [2, 1]]}`)
	run("certify", "--problem", "saddle.json", "--out", "refuted.json")
	if code, out, _ := run("certify", "--verify", "refuted.json"); code != 3 || !strings.Contains(out, "certifies nothing") {
		t.Errorf("refuted: exit %d\n%s", code, out)
	}

	// Of named games the data is that of the game as it is opened now.
	write(t, "table.json", `{"kind": "payoff_table", "population": "multi", "strategies": [["a", "b"], ["c", "d"]], "payoffs": [[[1, 0], [0, 2]], [[0, 1], [1, 0]]]}`)
	for _, args := range []string{"kuhn_poker --temperature 0.3", "kuhn_poker --temperature 0.2,0.4 --form sequence", "table.json --temperature 1"} {
		if code, _, errs := run(append([]string{"certify", "--out", "game.json", "--game"}, strings.Fields(args)...)...); code != 0 {
			t.Fatal(errs)
		}
		if v := ok[verification](t, "certify", "--verify", "game.json"); !v.Confirmed || v.Findings[0].What != "digest" || len(v.Findings) < 8 {
			t.Errorf("%s: %+v", args, v)
		}
	}
	table, err := os.ReadFile("table.json")
	if err != nil {
		t.Fatal(err)
	}
	write(t, "table.json", strings.Replace(string(table), "2", "2.5", 1))
	if code, out, _ := run("certify", "--verify", "game.json"); code != 3 || !strings.Contains(out, "fails     digest") {
		t.Errorf("another table: exit %d\n%s", code, out)
	}
	game, err := os.ReadFile("game.json")
	if err != nil {
		t.Fatal(err)
	}
	write(t, "form.json", strings.Replace(string(game), `"form": "normal"`, `"form": "agent"`, 1))
	write(t, "table.json", string(table))

	write(t, "torn.json", "{\n\"schema\": ")
	write(t, "empty.json", "{}")
	for args, part := range map[string]string{
		"--verify missing.json":              "missing.json",
		"--verify torn.json":                 "torn.json:2",
		"--verify empty.json":                "schema",
		"--verify form.json":                 "does not have",
		"--verify toy.json":                  "toy.json: schema",
		"--verify c.json --game chicken":     "--game",
		"--verify c.json --out d.json":       "--out",
		"--verify c.json --problem toy.json": "--problem",
		"--verify c.json extra":              `"extra"`,
	} {
		code, out, errs := run(append([]string{"certify"}, strings.Fields(args)...)...)
		if code != 2 || out != "" || !strings.Contains(errs, part) {
			t.Errorf("certify %s: exit %d, %q; expected 2 and %q", args, code, errs, part)
		}
	}
}

// FuzzCertificateFile: any file ends a verification with a result or one clear
// error, and nothing that was changed by chance is confirmed as another game's.
func FuzzCertificateFile(f *testing.F) {
	dir := f.TempDir()
	toy := filepath.Join(dir, "toy.json")
	if err := os.WriteFile(toy, []byte(miniToy), 0o600); err != nil {
		f.Fatal(err)
	}
	for _, args := range [][]string{
		{"--problem", toy}, {"--game", "chicken", "--temperature", "2"}, {"--game", "kuhn_poker", "--temperature", "0.3"},
	} {
		code, out, errs := run(append([]string{"certify", "--format", "json"}, args...)...)
		if code != 0 {
			f.Fatal(errs)
		}
		f.Add([]byte(out))
		f.Add([]byte(out[:len(out)/2]))
		f.Add([]byte(strings.Replace(out, "1", "1e308", 40)))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		// Named games may be files, and of any size: only those of the seeds.
		if len(body) > 1<<16 {
			return
		}
		var c struct{ Game string }
		if json.Unmarshal(body, &c) == nil && c.Game != "" && !strings.HasPrefix(c.Game, "chicken") && !strings.HasPrefix(c.Game, "kuhn_poker(players=2)") {
			return
		}
		file := filepath.Join(t.TempDir(), "c.json")
		if err := os.WriteFile(file, body, 0o600); err != nil {
			t.Fatal(err)
		}
		code, out, errs := run("certify", "--verify", file)
		if code != 0 && code != 2 && code != 3 || code == 2 && (out != "" || strings.Count(errs, "\n") != 1 || len(errs) > 1000) {
			t.Errorf("exit %d, %.200q, %.1000q", code, out, errs)
		}
	})
}

// Certificates are checked at their witnesses; those written before there were any, as
// they are stored in testdata, and all with --search, by looking for proofs.
func TestVerifyModes(t *testing.T) {
	stored := map[string][]byte{}
	for _, name := range []string{"quadratic_v1.json", "agent_v1.json", "sequence_v1.json"} {
		body, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		stored[name] = body
	}
	states, err := os.ReadFile(filepath.Join("..", "testdata", "certify", "two_states.json"))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	type verification struct {
		Certified, Confirmed bool
		Mode                 string
		Findings             []struct{ What string }
		NotChecked           []struct{ Field string } `json:"not_checked"`
	}
	for name, body := range stored {
		write(t, name, string(body))
		if v := ok[verification](t, "certify", "--verify", name); v.Mode != "search, no witnesses" || !v.Confirmed {
			t.Errorf("%s: %+v", name, v)
		}
	}
	if _, out, _ := run("certify", "--verify", "agent_v1.json"); !strings.Contains(out, "carries no witnesses") {
		t.Errorf("no word of the search in\n%s", out)
	}
	// So are those of any form that has them, when they are taken away.
	for form, args := range map[string][]string{
		"sequence": {"--game", "kuhn_poker", "--form", "sequence", "--temperature", "0.2"},
		"markov":   {"--game", "markov_game(file=states.json)", "--temperature", "14"},
	} {
		write(t, "states.json", string(states))
		if code, _, errs := run(append([]string{"certify", "--out", "new.json"}, args...)...); code != 0 {
			t.Fatal(errs)
		}
		if v := ok[verification](t, "certify", "--verify", "new.json"); v.Mode != "witnesses" || !v.Confirmed {
			t.Errorf("%s: %+v", form, v)
		}
		body, err := os.ReadFile("new.json")
		if err != nil {
			t.Fatal(err)
		}
		write(t, "old.json", strings.Replace(string(body), `"witnesses"`, `"provenance"`, 1))
		if v := ok[verification](t, "certify", "--verify", "old.json"); v.Mode != "search, no witnesses" || !v.Confirmed {
			t.Errorf("%s without witnesses: %+v", form, v)
		}
	}
	write(t, "toy.json", miniToy)
	if code, _, errs := run("certify", "--problem", "toy.json", "--out", "c.json"); code != 0 {
		t.Fatal(errs)
	}
	for mode, args := range map[string][]string{"witnesses": {"certify", "--verify", "c.json"}, "search": {"certify", "--search", "--verify", "c.json"}} {
		v := ok[verification](t, args...)
		if v.Mode != mode || !v.Confirmed || len(v.Findings) < 60 || len(v.NotChecked) == 0 {
			t.Errorf("%s: %+v", mode, v)
		}
	}
	// Without the norms that it rests on the signed margin is open, not confirmed; with
	// vectors that show nothing the supremum fails.
	body, err := os.ReadFile("c.json")
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(body, &m); err != nil {
		t.Fatal(err)
	}
	var raw struct{ Problem json.RawMessage }
	if err := json.Unmarshal(body, &raw); err != nil {
		t.Fatal(err)
	}
	m["problem"] = raw.Problem // which the digest is of, byte by byte
	change := func(file string, by func(m map[string]any)) {
		by(m["witnesses"].(map[string]any))
		changed, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		write(t, file, string(changed))
	}
	change("open.json", func(w map[string]any) { delete(w, "signed") })
	if v := ok[verification](t, "certify", "--verify", "open.json"); !slices.ContainsFunc(v.NotChecked, func(f struct{ Field string }) bool { return f.Field == "margins.signed" }) {
		t.Errorf("without norms: %+v", v)
	}
	change("bad.json", func(w map[string]any) {
		class := w["supremum"].([]any)[0].(map[string]any)
		class["vector"] = []any{1., 1.}
	})
	if code, out, _ := run("certify", "--verify", "bad.json"); code != 3 || !strings.Contains(out, "fails     supremum") {
		t.Errorf("another vector: exit %d\n%s", code, out)
	}
	// A margin that rests on what was not checked is no success.
	m["source"], m["witnesses"] = "signed", map[string]any{}
	change("rests.json", func(map[string]any) {})
	if code, out, _ := run("certify", "--verify", "rests.json"); code != 3 || !strings.Contains(out, "what it rests on was not checked") {
		t.Errorf("without witnesses of the margin: exit %d\n%s", code, out)
	}
	if code, _, errs := run("certify", "--search", "--problem", "toy.json"); code != 2 || !strings.Contains(errs, "--search") {
		t.Errorf("--search alone: exit %d, %s", code, errs)
	}
}
