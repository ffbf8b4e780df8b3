package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The help of run shows the defaults of a file, and they are what happens.
func TestRunHelpShowsDefaults(t *testing.T) {
	var out, errs bytes.Buffer
	if code := Main(context.Background(), []string{"run", "--help"}, Env{Stdout: &out, Stderr: &errs}); code != 0 {
		t.Fatal(errs.String())
	}
	s := defaults().Sampling
	for flag, value := range map[string]any{
		"population": s.Population, "scheme": s.Scheme, "bound": s.Bound, "level": s.Level,
		"delta": s.Delta, "slack": s.Slack, "epsilon": s.Epsilon, "batch": s.Batch, "resolve": s.Resolve, "max-matches": s.MaxMatches,
	} {
		found := false
		for line := range strings.Lines(out.String()) {
			found = found || strings.Contains(line, "--"+flag+" ") && strings.Contains(line, fmt.Sprintf("(default %v)", value))
		}
		if !found {
			t.Errorf("--%s: the help does not show the default %v:\n%s", flag, value, out.String())
		}
	}
}

// long numbers ask for long runs.
var long = regexp.MustCompile(`[0-9]{4}`)

// No tournament file makes the command panic, and what it refuses it refuses as
// the user's, with nothing stored.
func FuzzRunFile(f *testing.F) {
	for _, seed := range []string{
		"game = \"kuhn_poker\"\nagents = [\"uniform\", \"always(action=bet)\"]\n[sampling]\nbatch = 0\n",
		"game = \"soccer_metagame\"\n[sampling]\nscheme = \"fixed-budget\"\nbound = \"betting\"\n[ranking]\nmethod = [\"elo\"]\nalpha = 3\n",
		"agents = [[\"a\"],[1]]", "game = 3\n[sampling]\ndelta = nan", "[sampling]\nresolve = \"top(k=2)\"", "x", "seed = -1", "agents = {a=1}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if long.Match(body) || len(body) > 1000 {
			return
		}
		dir := t.TempDir()
		file, db := filepath.Join(dir, "t.toml"), filepath.Join(dir, "t.db")
		if err := os.WriteFile(file, body, 0o644); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		var out, errs bytes.Buffer
		code := Main(ctx, []string{"run", file, "--max-matches", "30", "--db", db, "--format", "json"}, Env{Stdout: &out, Stderr: &errs})
		_, err := os.Stat(db)
		switch code {
		case exitDone, exitNoAnswer, exitInterrupted:
		case exitUsage:
			if err == nil || errs.Len() == 0 {
				t.Errorf("refused, with a database (%v) and the message %q", err == nil, errs.String())
			}
		default:
			if ctx.Err() == nil {
				t.Errorf("exit %d: %s", code, errs.String())
			}
		}
	})
}
