package cli_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"arbiter/cli"
)

// far are words that lead out of the folder or to more work than a fuzz run has
// time for.
var far = regexp.MustCompile(`/|\.\.|~|[0-9]{4}|[0-9][eE]|leduc|goofspiel|liars|soccer|grid|^-$`)

// Whatever is typed, the program says what it does not understand: it does not
// panic, exits with a code that has a meaning, and after a usage error has written
// nothing.
func FuzzCommandLine(f *testing.F) {
	for _, line := range []string{
		"run ok.toml --max-matches 10 --format json", "rank --payoffs good.json --alpha 3", "rank --matches log.csv --method elo,smith",
		"solve --game chicken --solver logit --lambda 1,2", "solve --game rock_paper_scissors --solver mmd --temperature 1",
		"certify --game chicken --temperature auto --simulate", "certify --problem quadratic.json --out c.json", "certify --verify c.json",
		"evaluate --game kuhn_poker --agent uniform --opponents always(action=bet)", "convert --game chicken --out g.nfg",
		"play --game kuhn_poker --agents uniform,always(action=bet) --matches 4", "games kuhn_poker", "agents cfr", "solvers x", "runs", "show 1",
		"replay 1 --profile a,b --match 1", "export 1", "import log.csv", "--help", "help run", "--version", "-- run", "run -- ok.toml", "--seed 1 games",
		"solve --game metagame(file=good.json,noise=none)", "rank --run ok", "run --workers -1 ok.toml", "games --format=csv --no-color=x",
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		args := words(line)
		for _, a := range args {
			if far.MatchString(a) || strings.ContainsRune(a, 0) {
				t.Skip()
			}
		}
		dir := t.TempDir()
		t.Chdir(dir)
		for name, text := range map[string]string{
			"ok.toml": files["ok.toml"], "good.json": files["good.json"], "policy.json": files["policy.json"], "log.csv": "winner,loser\na,b\nb,c\n",
			"quadratic.json": `{"kind":"quadratic_game","blocks":[1,1],"matrix":[[2,1],[-1,2]]}`,
		} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		before, _ := os.ReadDir(dir)
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		var out, errs bytes.Buffer
		code := cli.Main(ctx, args, cli.Env{Stdout: &out, Stderr: &errs})
		after, _ := os.ReadDir(dir)
		switch code {
		case 0, 1, 3, 130:
		case 2:
			if errs.Len() == 0 || out.Len() > 0 || len(after) != len(before) {
				t.Errorf("%q: exit 2, stdout %q, stderr %q, %d files were made", args, out.String(), errs.String(), len(after)-len(before))
			}
		default:
			t.Errorf("%q: exit %d", args, code)
		}
		if !utf8.Valid(out.Bytes()) || !utf8.Valid(errs.Bytes()) || strings.ContainsAny(out.String()+errs.String(), "\x1b\a\b\r\x00") {
			t.Errorf("%q: it prints\n%q\n%q", args, out.String(), errs.String())
		}
	})
}
