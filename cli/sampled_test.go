package cli_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// Killed at random moments and started again with the same words, a training prints
// the bytes of one never disturbed and keeps the same checkpoint.
func TestTrainingOutlivesKills(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, args := range [][]string{
		{"train", "qarl", "wind_grid", "--mode", "sampled", "--iterations", "60", "--every", "1", "--format", "json"},
		{"train", "qarl", "pendulum", "--mode", "sampled", "--algorithm", "force", "--iterations", "6", "--every", "1", "--restart-episodes", "5", "--format", "json"},
	} {
		run := func(file string) string {
			t.Helper()
			code, out, errs := with(withMoody(), append(args, "--checkpoint", file)...)
			if code != 0 {
				t.Fatalf("exit %d, %s", code, errs)
			}
			return out
		}
		whole, killed := args[2]+".whole", args[2]+".killed"
		started := time.Now()
		want := run(whole)
		took := time.Since(started)
		r := rand.New(rand.NewPCG(1, 1))
		for range 4 {
			c := exec.Command(os.Args[0], append(args, "--checkpoint", killed)...)
			c.Env = append(os.Environ(), "ARBITER_TEST_MOODY=1")
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(took/8 + time.Duration(r.Int64N(int64(took)/2+1)))
			_ = c.Process.Kill()
			_ = c.Wait()
		}
		if got := run(killed); got != want {
			t.Errorf("%s: killed and gone on, the training prints another result", args[2])
		}
		a, err := os.ReadFile(whole)
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(killed)
		if err != nil || !bytes.Equal(a, b) {
			t.Errorf("%s: killed and gone on, the checkpoint is another one (%v)", args[2], err)
		}
		if again := run(whole); again != want {
			t.Errorf("%s: a training that is over prints another result when it is asked for again", args[2])
		}
	}
}

// A checkpoint of another training, or none at all, is refused and stays as it is.
func TestCheckpointsOfOthers(t *testing.T) {
	t.Chdir(t.TempDir())
	first := []string{"train", "qarl", "wind_grid", "--mode", "sampled", "--iterations", "4", "--checkpoint", "c"}
	if code, _, errs := with(withMoody(), first...); code != 0 {
		t.Fatal(errs)
	}
	kept, err := os.ReadFile("c")
	if err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		"seed":    append(first, "--seed", "2"),
		"learner": append(first, "--algorithm", "rarl"),
		"game":    {"train", "qarl", "wind_grid(p_wind=0.1)", "--mode", "sampled", "--iterations", "4", "--checkpoint", "c"},
	} {
		if code, out, errs := with(withMoody(), args...); code != 2 || out != "" || !strings.Contains(errs, want) {
			t.Errorf("%s: exit %d, %s%s", want, code, out, errs)
		}
	}
	if now, err := os.ReadFile("c"); err != nil || !bytes.Equal(now, kept) {
		t.Error("the checkpoint has been changed")
	}
	for _, cut := range [][]byte{nil, kept[:len(kept)/2], append(bytes.Clone(kept), 0)} {
		write(t, "c", string(cut))
		if code, out, errs := with(withMoody(), first...); code != 2 || out != "" || !strings.Contains(errs, "c:") {
			t.Errorf("%d bytes: exit %d, %s%s", len(cut), code, out, errs)
		}
	}
}

// A comparison is the same for any number of workers.
func TestComparisonOnAnyWorkers(t *testing.T) {
	var want string
	for _, workers := range []string{"1", "2", "7"} {
		code, out, errs := with(withMoody(), "train", "qarl", "wind_grid", "--mode", "sampled", "--iterations", "10", "--compare", "rarl,single,force,random", "--seeds", "3", "--map", "2", "--format", "json", "--workers", workers)
		if code != 0 {
			t.Fatal(errs)
		}
		if want == "" {
			want = out
		} else if out != want {
			t.Errorf("%s workers come to another result", workers)
		}
	}
}
