package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"arbiter/agents"
	"arbiter/catalog"
	"arbiter/cli"
	"arbiter/dice"
	"arbiter/games"
	"arbiter/ranking/standing"
	"arbiter/spec"
)

// moody gives a match up at one move of so many, drawn by the move's own words.
type moody struct{ every int }

func (a moody) Move(_ context.Context, v games.View, src rand.Source) (int, error) {
	if dice.Float64(src.Uint64())*float64(a.every) < 1 {
		return 0, errors.New("not \x1b[31mnow")
	}
	return int(src.Uint64() % uint64(v.Moves)), nil
}

// withMoody is a catalog with agents that fail: moody, and lost, which makes a move
// there is not.
func withMoody() *catalog.Catalog {
	c := catalog.Standard()
	c.Agents = append(c.Agents, catalog.Agent{
		Name: "moody", Doc: "Gives up.", Params: []spec.Param{{Name: "every", Kind: spec.Int, Default: "10", Min: 1, Max: 1e6}},
		Open: func(o *catalog.Opening, _ *catalog.Table) (agents.Agent, error) { return moody{o.Int("every")}, nil },
	}, catalog.Agent{
		Name: "lost", Doc: "Never knows the moves.",
		Open: func(*catalog.Opening, *catalog.Table) (agents.Agent, error) {
			return stray{}, nil
		},
	})
	return c
}

type stray struct{}

func (stray) Move(_ context.Context, v games.View, _ rand.Source) (int, error) { return v.Moves, nil }

// with runs a command of a program with that catalog.
func with(c *catalog.Catalog, args ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	code = cli.Main(context.Background(), args, cli.Env{Stdout: &o, Stderr: &e, Catalog: c})
	return code, o.String(), e.String()
}

const moodyFile = `game = "kuhn_poker"
agents = ["uniform", "moody(every=20)", "moody(every=3)", "lost"]
[sampling]
max_matches = 4000
`

// A run in which agents fail is done, exit 0, says who failed how often and how,
// and is played again, shown and exported with what happened.
func TestFailedMatches(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "r.toml", moodyFile)
	in := func(args ...string) string {
		t.Helper()
		code, out, errs := with(withMoody(), args...)
		if code != 0 {
			t.Fatalf("%v: exit %d, %s", args, code, errs)
		}
		return out
	}
	_, _, errs := with(withMoody(), "run", "r.toml", "--db", "said.db")
	for _, want := range []string{
		"moody(every=3) failed (resign), first in match ", `not \x1b[31mnow`,
		"lost failed (illegal), first in match 1 of uniform | lost: move 2 at information state",
	} {
		if strings.Count(errs, want) < 1 {
			t.Errorf("stderr is %q, expected %q", errs, want)
		}
	}
	if _, _, errs := with(withMoody(), "run", "r.toml", "--db", "quiet.db", "--quiet"); errs != "" {
		t.Errorf("quiet, stderr is %q", errs)
	}
	text := in("run", "r.toml")
	if !strings.Contains(text, "failed    ") || !strings.Contains(text, "lost ") || !strings.Contains(text, "illegal") {
		t.Errorf("%s", text)
	}
	if in("run", "r.toml") != text || in("show", "r") != text {
		t.Error("run again and shown, the run is another one")
	}
	if in("run", "r.toml", "--workers", "3", "--db", "other.db") != text {
		t.Error("with more workers the run is another one")
	}
	var r struct {
		Matches  int64
		Failures []standing.Failures
	}
	decode := func(args ...string) {
		t.Helper()
		r.Failures = nil
		if err := json.Unmarshal([]byte(in(args...)), &r); err != nil {
			t.Fatal(err)
		}
	}
	decode("show", "r", "--format", "json")
	said := r.Failures
	total := int64(0)
	for i, x := range said {
		total += x.Count
		if want := []string{"moody(every=20) resign", "moody(every=3) resign", "lost illegal"}[min(i, 2)]; x.Agent+" "+x.Outcome != want || x.Count < 1 {
			t.Errorf("%+v, expected %s", x, want)
		}
	}
	if len(said) != 3 || !strings.Contains(text, fmt.Sprintf("lost %d illegal", said[2].Count)) {
		t.Errorf("failures: %+v in\n%s", said, text)
	}
	for _, method := range []string{"elo", "nash-averaging", "copeland"} {
		decode("show", "r", "--method", method, "--format", "json")
		if len(r.Failures) != 3 {
			t.Errorf("%s says %+v", method, r.Failures)
		}
		if text := in("show", "r", "--method", "alpharank,"+method); strings.Count(text, "failed    ") != 1 {
			t.Errorf("%s", text)
		}
	}
	if replayed := in("replay", "r"); !strings.Contains(replayed, "identical") {
		t.Errorf("%s", replayed)
	}
	match := in("replay", "r", "--profile", "uniform,lost", "--match", "1")
	if !strings.Contains(match, "illegal   seat 1") || !strings.Contains(match, "-2") {
		t.Errorf("%s", match)
	}
	if gone := in("replay", "r", "--profile", "moody(every=3),moody(every=20)", "--match", "1"); strings.Contains(gone, "\x1b") {
		t.Errorf("%q", gone)
	}
	failed, all := int64(0), int64(0)
	for i, line := range strings.Split(strings.TrimSpace(in("export", "r")), "\n") {
		fields := strings.Split(line, ",")
		if i == 0 {
			if line != "agent_0,agent_1,payoff_0,payoff_1,count,outcome,failed" {
				t.Fatal(line)
			}
			continue
		}
		n := int64(0)
		if _, err := fmt.Sscan(fields[4], &n); err != nil {
			t.Fatal(err)
		}
		all += n
		if fields[5] != "ok" {
			failed += n
		}
		if ok := fields[5] == "ok"; ok != (fields[6] == "") {
			t.Error(line)
		}
	}
	if all != r.Matches || failed != total {
		t.Errorf("%d matches exported, %d of them failed; expected %d and %d", all, failed, r.Matches, total)
	}
	decode("play", "--game", "kuhn_poker", "--agents", "lost,uniform", "--matches", "100", "--format", "json")
	if len(r.Failures) != 1 || r.Failures[0].Outcome != "illegal" {
		t.Errorf("play says %+v", r.Failures)
	}
}

// What is exported is read again with the same failures, counted by the same rule.
func TestFailedMatchesOfALog(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "r.toml", moodyFile)
	type ranking struct {
		Matches  int64
		Failures []standing.Failures
		Payoffs  []standing.Mean
		Ranking  []struct{ Unrated *string }
	}
	read := func(args ...string) (r ranking, errs string) {
		t.Helper()
		code, out, errs := with(withMoody(), args...)
		if code != 0 {
			t.Fatalf("%v: exit %d, %s", args, code, errs)
		}
		if err := json.Unmarshal([]byte(out), &r); err != nil {
			t.Fatal(err)
		}
		return r, errs
	}
	run, _ := read("run", "r.toml", "--format", "json")
	counts := map[string]int64{}
	for _, x := range run.Failures {
		counts[x.Agent+x.Outcome] = x.Count
	}
	for _, format := range []string{"csv", "json"} {
		_, log, _ := with(withMoody(), "export", "r")
		file := "log." + format
		if format == "json" {
			lines := strings.Split(strings.TrimSpace(log), "\n")
			log = ""
			for _, line := range lines[1:] {
				f := strings.Split(line, ",")
				failed := ""
				if f[6] != "" {
					failed = `,"failed":` + f[6]
				}
				log += fmt.Sprintf(`{"agent_0":%q,"agent_1":%q,"payoff_0":%s,"payoff_1":%s,"count":%s,"outcome":%q%s}`+"\n", f[0], f[1], f[2], f[3], f[4], f[5], failed)
			}
		}
		write(t, file, log)
		ranked, errs := read("rank", "--matches", file, "--format", "json")
		if ranked.Matches != run.Matches || len(ranked.Failures) != len(run.Failures) || !strings.Contains(errs, "count as forfeits") {
			t.Errorf("%s: %d matches, %+v, %s", format, ranked.Matches, ranked.Failures, errs)
		}
		for _, x := range ranked.Failures {
			if counts[x.Agent+x.Outcome] != x.Count {
				t.Errorf("%s: %+v", format, x)
			}
		}
		for _, x := range ranked.Payoffs {
			for _, y := range run.Payoffs {
				if x.Strategy == y.Strategy && (x.Mean-y.Mean > 1e-9 || y.Mean-x.Mean > 1e-9) {
					t.Errorf("%s: mean of %s is %g, of the run %g", format, x.Strategy, x.Mean, y.Mean)
				}
			}
		}
		if code, _, errs := with(withMoody(), "import", file, "--db", format+".db"); code != 0 || !strings.Contains(errs, "count as forfeits") {
			t.Errorf("import %s: exit %d, %s", file, code, errs)
		}
		if shown, _ := read("show", "log", "--db", format+".db", "--format", "json"); len(shown.Failures) != len(run.Failures) {
			t.Errorf("imported %s: %+v", format, shown.Failures)
		}
	}
}

// An agent whose rows do not fit the game fails no match: it is none of this
// game, with or without the fast way.
func TestMisfitsAreRefused(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, others := range []string{"uniform", "moody"} {
		code, out, errs := with(withMoody(), "play", "--game", "kuhn_poker", "--agents", "always(action=fold),"+others, "--matches", "10")
		if code == 0 || out != "" || !strings.Contains(errs, "fold") {
			t.Errorf("with %s: exit %d, %s", others, code, errs)
		}
	}
}
