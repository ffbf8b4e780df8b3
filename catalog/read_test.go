package catalog

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"arbiter/equilibria"
	"arbiter/equilibria/choose"
)

// opened opens a file by its content alone, as every command does.
func opened(name string, body []byte) (*Table, error) {
	return Standard().OpenKept(name, []File{{Path: name, Body: body}})
}

// A fault in the body of a file is refused with its place, by all formats.
func TestFaultsHavePlaces(t *testing.T) {
	for _, c := range []struct{ file, want string }{
		{"few-payoffs.nfg", "few-payoffs.nfg:3:1: payoff: found the end of the file, expected a number"},
		{"outcome-out-of-range.nfg", `outcome-out-of-range.nfg:7:7: outcome of a cell: found "3", expected a whole number from 0 to 2`},
	} {
		_, err := Standard().Open(filepath.Join("testdata", c.file), "")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, expected %s", c.file, err, c.want)
		}
		_, err = ReadTable(filepath.Join("testdata", c.file))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s as a table: %v, expected %s", c.file, err, c.want)
		}
	}
}

// Every prefix of a good file, and every file with a byte changed, is either a
// game or an error of one line that begins with the name of the file.
func TestDamagedFiles(t *testing.T) {
	for _, name := range []string{"rationals.nfg", "trust.efg", "river-bluff.efg", "rationals.csv", "rationals.json", "unequal-supports.json", "horizon.json"} {
		body, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		for i := range body {
			for _, damaged := range [][]byte{body[:i], append(append(append([]byte{}, body[:i]...), "{}\"9-/e.,[ \x00\xff"[i%13]), body[i+1:]...)} {
				spec := name
				if strings.HasSuffix(name, ".csv") {
					spec = "metagame(file=" + name + ",noise=none)"
				}
				_, err := Standard().OpenKept(spec, []File{{Path: name, Body: damaged}})
				if err != nil && (!strings.HasPrefix(err.Error(), name) || strings.Contains(err.Error(), "\n") || len(err.Error()) > 400) {
					t.Fatalf("%s, damaged at %d: %v", name, i, err)
				}
			}
		}
	}
}

// FuzzOpen gives a file of any content to what every command begins with, and a
// small game that it may be to solvers.
func FuzzOpen(f *testing.F) {
	endings := []string{".nfg", ".efg", ".json", ".csv"}
	list, err := filepath.Glob("testdata/*.*")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range list {
		body, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for i, ending := range endings {
			if filepath.Ext(file) == ending {
				f.Add(byte(i), body)
			}
		}
	}
	f.Fuzz(func(t *testing.T, kind byte, body []byte) {
		name := "f" + endings[int(kind)%len(endings)]
		spec := name
		if name == "f.csv" {
			spec = "metagame(file=f.csv,noise=none)"
		}
		g, err := Standard().OpenKept(spec, []File{{Path: name, Body: body}})
		if err != nil {
			if strings.Contains(err.Error(), "\n") || len(err.Error()) > 600 {
				t.Errorf("an error of %d characters or of several lines: %.1000q", len(err.Error()), err)
			}
			return
		}
		g.Game.Info()
		c, err := g.Compiled()
		if err != nil {
			return
		}
		rows := 0
		for k := range c.Info().Seats {
			rows += len(c.Uniform()[k])
		}
		if rows > 20 || len(body) > 2000 {
			return
		}
		c.Evaluate(c.Uniform())
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		for _, solver := range []string{"nash", "lp", "cfr", "mmd", "ce"} {
			began := time.Now()
			s, err := g.Solve(ctx, solver, choose.Settings{Limits: equilibria.Limits{Iterations: 20}})
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("%s took %v on %q", solver, took, body)
			}
			if err == nil && s.Policy != nil {
				c.Evaluate(s.Policy)
			} else if err != nil && !errors.Is(err, context.DeadlineExceeded) && len(err.Error()) > 2000 {
				t.Errorf("%s: an error of %d characters", solver, len(err.Error()))
			}
		}
	})
}
