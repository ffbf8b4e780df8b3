package main

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"arbiter/cli"
)

var update = flag.Bool("update", false, "write what the commands of the documents print into them")

// A moment or a time of the clock in a result is shown as it was on the day.
var clock = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`)

// Every console block of the documents is run, in order, in one folder that
// has the testdata, and prints what the document shows.
func TestDocumentsPrintWhatTheyShow(t *testing.T) {
	for _, doc := range []string{"README.md", "docs/experiments.md", "docs/rank-my-results.md", "docs/quantal-responses.md", "docs/qarl.md", "docs/certificates.md"} {
		t.Run(doc, func(t *testing.T) {
			if testing.Short() && doc != "README.md" {
				t.Skip("run whole without -short")
			}
			checkDocument(t, doc)
		})
	}
}

// The code of the page on games is code that is tested.
func TestOwnGameIsTheExample(t *testing.T) {
	page, err := os.ReadFile("docs/own-game.md")
	if err != nil {
		t.Fatal(err)
	}
	code, err := os.ReadFile("games/example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(page), "```go\n")[1:]
	for _, b := range blocks {
		b, _, _ = strings.Cut(b, "```")
		if !strings.Contains(string(code), b) {
			t.Errorf("docs/own-game.md has code that games/example_test.go has not:\n%s", b)
		}
	}
	if len(blocks) < 2 {
		t.Errorf("found %d blocks of code, expected at least 2", len(blocks))
	}
}

func checkDocument(t *testing.T, doc string) {
	text, err := os.ReadFile(doc)
	if err != nil {
		t.Fatal(err)
	}
	path, err := filepath.Abs(doc)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "testdata"), os.DirFS("testdata")); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	var out strings.Builder
	block, commands := false, 0
	var shown, printed string
	compare := func() {
		if printed != "" && clock.ReplaceAllString(shown, "TIME") != clock.ReplaceAllString(printed, "TIME") {
			if !*update {
				t.Errorf("%s shows\n%s\nbut the command prints\n%s", doc, shown, printed)
			}
			shown = printed
		}
		out.WriteString(shown)
		shown, printed = "", ""
	}
	for line := range strings.Lines(string(text)) {
		switch {
		case strings.HasPrefix(line, "```"):
			compare()
			block = strings.HasPrefix(line, "```console")
			out.WriteString(line)
		case block && strings.HasPrefix(line, "$ "):
			compare()
			out.WriteString(line)
			command := strings.TrimPrefix(strings.TrimSpace(line[2:]), "go run . ")
			if command == "go test ./..." {
				continue // this test is part of it
			}
			printed = run(t, words(strings.TrimPrefix(command, "arbiter ")))
			commands++
		case block:
			shown += line
		default:
			out.WriteString(line)
		}
	}
	if commands == 0 {
		t.Errorf("%s shows no command", doc)
	}
	if *update {
		if err := os.WriteFile(path, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// run runs a command as in a pipe and returns both its outputs.
func run(t *testing.T, args []string) string {
	t.Helper()
	var b bytes.Buffer
	if code := cli.Main(context.Background(), args, cli.Env{Stdout: &b, Stderr: &b}); code != 0 {
		t.Errorf("arbiter %s: exit %d\n%s", strings.Join(args, " "), code, b.String())
	}
	return b.String()
}

// words splits a command line at blanks outside single quotes.
func words(line string) []string {
	var out []string
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			out = append(out, part)
		} else {
			out = append(out, strings.Fields(part)...)
		}
	}
	return slices.Clip(out)
}
