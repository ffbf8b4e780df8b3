package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"arbiter/cli"
)

// What the program prints is pinned, command by command and format by format:
// testdata/pins holds transcripts of commands, in order, of what they print and
// of exit codes other than 0. A change that is meant is written by -update and is
// a commit of its own.
func TestPins(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("the last digits are those of amd64, which does not fuse multiplication and addition")
	}
	if testing.Short() {
		t.Skip("run whole without -short")
	}
	files, err := filepath.Glob("testdata/pins/*.txt")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d transcripts, %v", len(files), err)
	}
	for _, file := range files {
		path, err := filepath.Abs(file)
		if err != nil {
			t.Fatal(err)
		}
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(filepath.Join(dir, "testdata"), os.DirFS("testdata")); err != nil {
				t.Fatal(err)
			}
			t.Chdir(dir)
			var now strings.Builder
			for line := range strings.Lines(string(body)) {
				if command, is := strings.CutPrefix(line, "$ arbiter "); is {
					now.WriteString(line + transcript(words(strings.TrimSpace(command))))
				}
			}
			if got := now.String(); got != string(body) {
				if *update {
					if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
					return
				}
				t.Error(difference(string(body), got))
			}
		})
	}
}

// transcript is what a command prints, its errors after its result, and its exit
// code if that is not 0. Times are not pinned.
func transcript(args []string) string {
	var out, errs bytes.Buffer
	code := cli.Main(context.Background(), args, cli.Env{Stdout: &out, Stderr: &errs})
	text := out.String()
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	text = clock.ReplaceAllString(text+errs.String(), "TIME")
	if code != 0 {
		text += fmt.Sprintf("exit %d\n", code)
	}
	return text
}

// difference shows the first line in which two texts differ, below its command.
func difference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	command := ""
	for i := range min(len(w), len(g)) {
		if strings.HasPrefix(w[i], "$ ") {
			command = w[i]
		}
		if w[i] != g[i] {
			return fmt.Sprintf("%s\nline %d is\n%s\nexpected\n%s", command, i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("%d lines, expected %d", len(g), len(w))
}

// The plan, the identity and the log of a run are formats that are stored: in any
// other form the runs people have would be lost.
func TestPinnedStore(t *testing.T) {
	db := filepath.Join(t.TempDir(), "a.db")
	result(t, "run", "testdata/stores/kuhn.toml", "--db", db)
	result(t, "run", "testdata/stores/hoeff.toml", "--db", db)
	result(t, "import", "testdata/stores/matches.csv", "--db", db)
	base, err := sql.Open("sqlite3", "file:"+db+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer base.Close()
	rows, err := base.Query("SELECT run.identity, run.plan, segment.log FROM run JOIN segment ON segment.run = run.id ORDER BY run.id, segment.seq")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got strings.Builder
	for rows.Next() {
		var identity string
		var plan, log []byte
		if err := rows.Scan(&identity, &plan, &log); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&got, "identity %s\nplan %s\nlog %d bytes, sha256 %x\n", identity, plan, len(log), sha256.Sum256(log))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	const file = "testdata/pins/store"
	if *update {
		if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Error(difference(string(want), got.String()))
	}
}
