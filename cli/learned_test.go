package cli_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// Two protagonists meet two adversaries on the pendulum, whose states no policy file
// names: the same bytes from any number of workers, and replayed when the files they
// were learned in are gone.
func TestTournamentOfLearned(t *testing.T) {
	t.Chdir(t.TempDir())
	for seed := 1; seed <= 2; seed++ {
		if code, _, errs := run("train", "qarl", "pendulum", "--mode", "sampled", "--iterations", "20", "--restarts", "0", "--seed", fmt.Sprint(seed), "--checkpoint", fmt.Sprintf("%d.ckpt", seed)); code != 0 {
			t.Fatal(errs)
		}
	}
	pool := `["learned(file=1.ckpt)", "learned(file=2.ckpt)"]`
	write(t, "t.toml", "name = \"t\"\ngame = \"pendulum\"\nagents = ["+pool+", "+pool+"]\n[sampling]\npopulation = \"multi\"\nmax_matches = 400\n[ranking]\nmethod = \"alpharank\"\n")
	var all []string
	for _, workers := range []string{"1", "3"} {
		code, out, errs := run("run", "t.toml", "--format", "json", "--workers", workers, "--db", workers+".db")
		if code != 0 {
			t.Fatal(errs)
		}
		_, log, _ := run("export", "t", "--db", workers+".db")
		all = append(all, out+log)
	}
	if all[0] != all[1] || !strings.Contains(all[0], "learned(file=2.ckpt)") || strings.Count(all[0], "\n") < 10 {
		t.Errorf("1 and 3 workers: %s\n%s", all[0], all[1])
	}
	for _, bad := range []struct{ game, file, want string }{
		{"cart_pole", "1.ckpt", "game: the checkpoint is of pendulum("},
		{"pendulum(mass=2)", "1.ckpt", "expected pendulum(damping=0,discount=0.97,force=0.8,horizon=200,length=1,mass=2)"},
		{"kuhn_poker", "1.ckpt", "expected kuhn_poker"},
		{"pendulum", "t.toml", "t.toml: expected a checkpoint"},
		{"pendulum", "cut.ckpt", "cut.ckpt: expected a checkpoint"},
		{"pendulum", "gone.ckpt", "no such file"},
	} {
		whole, err := os.ReadFile("1.ckpt")
		if err != nil {
			t.Fatal(err)
		}
		write(t, "cut.ckpt", string(whole[:len(whole)/2]))
		code, out, errs := run("play", "--game", bad.game, "--agents", "learned(file="+bad.file+"),uniform", "--matches", "2")
		if code != 2 || out != "" || !strings.Contains(errs, bad.want) {
			t.Errorf("%s of %s: exit %d, %s%s", bad.file, bad.game, code, out, errs)
		}
	}
	for _, gone := range []string{"1.ckpt", "2.ckpt"} {
		if err := os.Remove(gone); err != nil {
			t.Fatal(err)
		}
	}
	x := ok[struct {
		Matches   int64
		Identical bool
	}](t, "replay", "t", "--db", "3.db")
	if !x.Identical || x.Matches < 300 {
		t.Errorf("%+v, expected some 400 matches, identical", x)
	}
}
