package cli_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"arbiter/cli"
)

// An output is no input, however it is spelled, and no database.
func TestOutputIsNoInput(t *testing.T) {
	t.Chdir(t.TempDir())
	const table = `{"kind":"payoff_table","population":"single","strategies":["A","B"],"payoffs":[[0,3],[-1,0]]}`
	write(t, "t.json", table)
	write(t, "t.nfg", table)
	if err := os.Link("t.json", "l.json"); err != nil {
		t.Fatal(err)
	}
	write(t, "a.db", "SQLite format 3\x00")
	for _, c := range []struct {
		code       int
		args, part string
	}{
		{2, "solve --game metagame(file=t.json) --out t.json", "found the input itself"},
		{2, "solve --game metagame(file=t.json) --out ./t.json", "found the input itself"},
		{2, "solve --game metagame(file=t.json) --trace l.json", "found the input itself"},
		{2, "certify --problem t.json --out t.json", "found the input itself"},
		{2, "convert --game metagame(file=t.nfg) --out t.nfg", "found the input itself"},
		{1, "solve --game kuhn_poker --out a.db", "found a database"},
		{1, "solve --game kuhn_poker --out none/x.json", "none/x.json"},
		{2, "rank --payoffs t.json --top -1", "--top: found -1"},
	} {
		if code, out, errs := run(strings.Fields(c.args)...); code != c.code || out != "" || !strings.Contains(errs, c.part) {
			t.Errorf("%s: exit %d, %s; expected %d, %q", c.args, code, errs, c.code, c.part)
		}
	}
	if body, _ := os.ReadFile("t.json"); string(body) != table {
		t.Errorf("the input is %s", body)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

// What cannot be printed is no success.
func TestFullStdout(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, args := range []string{"", "--help", "--version", "rank --help", "games", "games --format json"} {
		var errs bytes.Buffer
		code := cli.Main(context.Background(), strings.Fields(args), cli.Env{Stdout: full{}, Stderr: &errs})
		if code != 1 || strings.Count(errs.String(), "no space left") != 1 {
			t.Errorf("%q: exit %d, %s", args, code, errs.String())
		}
	}
}

// A byte-order mark before a file is nothing to any reader.
func TestByteOrderMarks(t *testing.T) {
	t.Chdir(t.TempDir())
	const mark = "\xef\xbb\xbf"
	write(t, "t.json", mark+`{"kind":"payoff_table","population":"single","strategies":["A","B"],"payoffs":[[0.5,0.6],[0.4,0.5]]}`)
	write(t, "t.nfg", mark+"NFG 1 R \"\" { \"a\" \"b\" } { 2 2 }\n\n1 0 0 1 0 1 1 0\n")
	write(t, "t.toml", mark+"game = \"metagame(file=t.json)\"\n[sampling]\nmax_matches = 100\n")
	write(t, "q.json", mark+`{"kind":"quadratic_game","payoffs":[]}`)
	for _, args := range []string{"rank --payoffs t.json", "rank --payoffs t.nfg", "run t.toml"} {
		if code, _, errs := run(strings.Fields(args)...); code != 0 {
			t.Errorf("%s: exit %d, %s", args, code, errs)
		}
	}
	if _, _, errs := run("certify", "--problem", "q.json"); strings.Contains(errs, "invalid character") {
		t.Error(errs)
	}
}

// Of no edge it is said that it is right, and help shows no number that is none.
func TestNothingResolved(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "one.csv", "winner,loser\nA,B\n")
	if code, out, errs := run("rank", "--matches", "one.csv"); code != 0 || !strings.Contains(out, "resolved  0 of 1 edges") || strings.Contains(out, "correct") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	if _, out, _ := run("play", "--help"); strings.Contains(out, "(default 0)") {
		t.Error(out)
	}
}

// csv of several methods has the numbers of each alone.
func TestCSVOfMethods(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "log.csv", "winner,loser,count\na,b,70\nb,a,30\n")
	_, one, _ := run("rank", "--matches", "log.csv", "--method", "elo", "--format", "csv")
	_, both, _ := run("rank", "--matches", "log.csv", "--method", "elo,copeland,smith,nash-averaging,alpharank", "--format", "csv")
	row := strings.Split(strings.Split(one, "\n")[1], ",") // rank,profile,rating,lower,upper
	want := "profile,elo_rank,elo,elo_lower,elo_upper,copeland_rank,copeland,copeland_lower,copeland_upper,"
	if !strings.HasPrefix(both, want) || !strings.Contains(both, "\na,1,"+strings.Join(row[2:5], ",")+",1,1,,,1,true,,,") {
		t.Errorf("one\n%s\nseveral\n%s", one, both)
	}
}
