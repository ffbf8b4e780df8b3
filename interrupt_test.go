package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// interrupted starts the program, sends a signal after a time, and returns the
// exit code and the lines on stderr. Nothing may stand on stdout. A process that
// the signal found before it listened is started again and given longer.
func interrupted(t *testing.T, dir string, after time.Duration, signal syscall.Signal, args ...string) (code int, lines []string) {
	t.Helper()
	for ; ; after = 2*after + time.Millisecond {
		c := arbiter(args...)
		var out, errs bytes.Buffer
		c.Dir, c.Stdout, c.Stderr = dir, &out, &errs
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(after)
		_ = c.Process.Signal(signal)
		watchdog := time.AfterFunc(20*time.Second, func() { _ = c.Process.Kill() })
		_ = c.Wait()
		watchdog.Stop()
		if out.Len() > 0 {
			t.Errorf("arbiter %s: interrupted after %v and yet it printed\n%s", strings.Join(args, " "), after, out.String())
		}
		if s := c.ProcessState.Sys().(syscall.WaitStatus); s.Signaled() && s.Signal() == signal && after < time.Second {
			continue
		}
		return c.ProcessState.ExitCode(), strings.Split(strings.TrimSpace(errs.String()), "\n")
	}
}

// The program listens before its other packages are initialised.
func TestListensFirst(t *testing.T) {
	c := arbiter("--version")
	c.Env = append(c.Env, "GODEBUG=inittrace=1")
	trace, err := c.CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	signals := strings.Index(string(trace), "init os/signal ")
	if signals < 0 || !strings.HasPrefix(strings.SplitN(string(trace[signals:]), "\n", 3)[1], "init "+modulePath(t)+"/internal/interrupt ") {
		t.Errorf("it begins to listen later than it could:\n%s", trace)
	}
}

// Whatever a command is doing, reading, preparing, computing, playing or ranking,
// an interrupt ends it at once; it leaves no file behind and says what to type.
func TestInterruptInEveryPhase(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "prepare.toml", "game = \"leduc_poker\"\nagents = [\"cfr(iterations=1000000)\", \"uniform\"]\n")
	smooth, err := os.ReadFile("testdata/certify/smooth.json")
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "smooth.json", string(smooth))
	write(t, dir, "large.json", table(900))
	delays := []time.Duration{0, 3 * time.Millisecond, 300 * time.Millisecond}
	if !testing.Short() {
		delays = append(delays, 20*time.Millisecond, 60*time.Millisecond, 500*time.Millisecond)
	}
	for _, args := range []string{
		"run prepare.toml",
		"play --game leduc_poker --agents uniform,cfr --matches 100000000000",
		"rank --matches pipe",
		"import pipe",
		"rank --payoffs pipe",
		"rank --payoffs large.json --method nash-averaging",
		"evaluate --game leduc_poker --agent cfr(iterations=1000000)",
		"solve --game leduc_poker --solver cfr --max-iterations 100000000 --tolerance 1e-12 --out policy.json",
		"solve --game goofspiel(cards=5) --solver lp",
		"certify --problem smooth.json --method sampled --samples 1000000 --out certificate.json",
		"certify --problem pipe",
		"certify --verify pipe",
		"convert --game goofspiel(cards=6) --out tree.efg",
	} {
		words := strings.Fields(args)
		want := "start again with: arbiter"
		for _, w := range words {
			if strings.Contains(w, "(") {
				w = "'" + w + "'"
			}
			want += " " + w
		}
		for _, after := range delays {
			code, lines := interrupted(t, dir, after, syscall.SIGINT, words...)
			if last := lines[len(lines)-1]; code != 130 || last != want {
				t.Errorf("arbiter %s: interrupted after %v: exit %d, stderr %q, expected 130 and the last line %q", args, after, code, lines, want)
			}
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range left {
		switch f.Name() {
		case "pipe", "prepare.toml", "large.json", "smooth.json":
		default:
			t.Errorf("%s was left behind", f.Name())
		}
	}
}

// table is a payoff table of n strategies: a linear programme of many seconds.
func table(n int) string {
	names, payoffs := make([]string, n), make([][]int, n)
	for i := range n {
		names[i], payoffs[i] = fmt.Sprint(i), make([]int, n)
		for j := range i {
			x := (i*7919 + j*104729) % 10007
			payoffs[i][j], payoffs[j][i] = x-5000, 5000-x
		}
	}
	b, _ := json.Marshal(map[string]any{"kind": "payoff_table", "population": "single", "strategies": names, "payoffs": payoffs})
	return string(b)
}

// An interrupt while matches are played stores what is done and says how to go on.
func TestInterruptSaysHowToResume(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		dir := t.TempDir()
		write(t, dir, "long run.toml", endless)
		c := arbiter("run", "long run.toml", "--db", "a.db")
		var out, errs bytes.Buffer
		c.Dir, c.Stdout, c.Stderr = dir, &out, &errs
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Process.Kill() })
		await(t, "something is stored", func() bool { return segments(filepath.Join(dir, "a.db")) > 0 })
		_ = c.Process.Signal(signal)
		_ = c.Wait()
		said := strings.Split(strings.TrimSpace(errs.String()), "\n")
		want := "resume with: arbiter run 'long run.toml' --db a.db"
		if code := c.ProcessState.ExitCode(); code != 130 || said[len(said)-1] != want || out.Len() > 0 {
			t.Errorf("%v: exit %d, stdout %q, stderr %q, expected the last line %q", signal, code, out.String(), said, want)
		}
		var runs struct{ Runs []struct{ Matches int64 } }
		if err := json.Unmarshal([]byte(result(t, "runs", "--db", filepath.Join(dir, "a.db"), "--format", "json")), &runs); err != nil {
			t.Fatal(err)
		}
		if len(runs.Runs) != 1 || runs.Runs[0].Matches == 0 {
			t.Errorf("%v: stored %+v", signal, runs)
		}
	}
}
