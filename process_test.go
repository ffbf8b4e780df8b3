package main

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"arbiter/cli"
)

// The test binary is the program itself when asked to be.
func TestMain(m *testing.M) {
	if os.Getenv("ARBITER_TEST_MAIN") != "" {
		main()
	}
	os.Exit(m.Run())
}

func arbiter(args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], args...)
	c.Args[0] = "arbiter"
	c.Env = append(os.Environ(), "ARBITER_TEST_MAIN=1")
	return c
}

// long is a tournament of a second or so that needs its whole budget.
const long = `
game = "kuhn_poker"
agents = ["cfr(iterations=500)", "cfr(iterations=501)", "cfr(iterations=502)", "uniform"]
[sampling]
max_matches = 6_000_000
`

// quick looks after every match, so that its log is long.
const quick = `
game = "soccer_metagame"
[sampling]
batch = 0
max_matches = 300_000
`

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func result(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if code := cli.Main(context.Background(), args, cli.Env{Stdout: &out, Stderr: &errs}); code != 0 {
		t.Fatalf("arbiter %s: exit %d\n%s", strings.Join(args, " "), code, errs.String())
	}
	return out.String()
}

// A run killed at random moments, again and again, and then let finish prints
// the bytes of a run never disturbed; so do 1, 2 and 7 workers.
func TestKillAndWorkers(t *testing.T) {
	kills := 6
	if testing.Short() {
		kills = 2
	}
	for name, text := range map[string]string{"long": long, "quick": quick} {
		dir := t.TempDir()
		file := write(t, dir, name+".toml", text)
		db := func(name string) string { return filepath.Join(dir, name) }
		started := time.Now()
		want := result(t, "run", file, "--db", db("whole"), "--format", "json", "--workers", "1")
		took := time.Since(started)
		for _, w := range []string{"2", "7"} {
			if got := result(t, "run", file, "--db", db("w"+w), "--format", "json", "--workers", w); got != want {
				t.Errorf("%s: %s workers print another result", name, w)
			}
		}
		r := rand.New(rand.NewPCG(1, uint64(len(name))))
		for range kills {
			c := arbiter("run", file, "--db", db("killed"), "--quiet")
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Duration(r.Int64N(int64(took))))
			_ = c.Process.Kill()
			_ = c.Wait()
		}
		if got := result(t, "run", file, "--db", db("killed"), "--format", "json"); got != want {
			t.Errorf("%s: killed and resumed, the run prints another result", name)
		}
		if got := result(t, "run", file, "--db", db("killed"), "--format", "json"); got != want {
			t.Errorf("%s: a complete run asked for again prints another result", name)
		}
	}
}

// Directions found by playing are those of the exact values.
func TestDirectionsAreTrue(t *testing.T) {
	dir := t.TempDir()
	agents := []string{"uniform", "always(action=bet)", "always(action=pass)", "cfr(iterations=10)", "cfr(iterations=1000)"}
	var e struct{ Cross [][][]float64 }
	exact := result(t, "evaluate", "--game", "kuhn_poker", "--agent", agents[0], "--opponents", strings.Join(agents[1:], ","), "--format", "json")
	if err := json.Unmarshal([]byte(exact), &e); err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, a := range agents {
		at[a] = i
	}
	var r struct {
		Resolved [][2][]string
		Total    int `json:"total_edges"`
	}
	if err := json.Unmarshal([]byte(result(t, "run", "testdata/kuhn.toml", "--db", filepath.Join(dir, "k.db"), "--format", "json")), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Resolved) != 10 || r.Total != 10 {
		t.Errorf("%d of %d edges are resolved, expected 10 of 10", len(r.Resolved), r.Total)
	}
	for _, edge := range r.Resolved {
		worse, better := at[edge[0][0]], at[edge[1][0]]
		if gain := e.Cross[better][worse][0] + e.Cross[worse][better][1]; gain <= 0 {
			t.Errorf("%s is called better than %s and earns %g against it", agents[better], agents[worse], gain/2)
		}
	}
}

// A table of exact payoffs is ranked without a database.
func TestRankATable(t *testing.T) {
	var r struct {
		Ranking []struct{ Mass float64 }
	}
	if err := json.Unmarshal([]byte(result(t, "rank", "--payoffs", "testdata/rps.json", "--alpha", "3", "--format", "json")), &r); err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, row := range r.Ranking {
		sum += row.Mass
	}
	if len(r.Ranking) != 4 || math.Abs(sum-1) > 1e-12 {
		t.Errorf("%d masses sum to %g", len(r.Ranking), sum)
	}
}
