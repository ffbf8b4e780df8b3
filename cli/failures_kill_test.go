package cli_test

import (
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"arbiter/cli"
)

// The test binary is a program with agents that fail when asked to be.
func TestMain(m *testing.M) {
	if os.Getenv("ARBITER_TEST_MOODY") != "" {
		os.Exit(cli.Main(context.Background(), os.Args[1:], cli.Env{Stdout: os.Stdout, Stderr: os.Stderr, Catalog: withMoody()}))
	}
	os.Exit(m.Run())
}

// Killed at random moments and resumed, a run in which agents fail prints the bytes
// of a run never disturbed, and is what is stored.
func TestFailuresOutliveKills(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "r.toml", strings.Replace(moodyFile, "4000", "60_000\nscheme = \"fixed-budget\"", 1))
	run := func(db string, extra ...string) string {
		t.Helper()
		code, out, errs := with(withMoody(), append([]string{"run", "r.toml", "--db", db, "--format", "json"}, extra...)...)
		if code != 0 {
			t.Fatalf("exit %d, %s", code, errs)
		}
		return out
	}
	started := time.Now()
	want := run("whole.db", "--workers", "1")
	took := time.Since(started)
	r, kills := rand.New(rand.NewPCG(1, 1)), 6
	if testing.Short() {
		kills = 3
	}
	for range kills {
		c := exec.Command(os.Args[0], "run", "r.toml", "--db", "killed.db", "--quiet")
		c.Env = append(os.Environ(), "ARBITER_TEST_MOODY=1")
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(r.Int64N(int64(took) + 1)))
		_ = c.Process.Kill()
		_ = c.Wait()
	}
	if got := run("killed.db"); got != want {
		t.Error("killed and resumed, the run prints another result")
	}
	if code, out, errs := with(withMoody(), "replay", "r", "--db", "killed.db"); code != 0 || !strings.Contains(out, "identical") {
		t.Errorf("replayed: exit %d, %s%s", code, out, errs)
	}
}
