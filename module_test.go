package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// modulePath is the path of the module, as go.mod has it.
func modulePath(t *testing.T) string {
	t.Helper()
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(`(?m)^module (\S+)`).FindStringSubmatch(string(mod))[1]
}

// The program of the page on Go is a module of its own, which finds this one by
// replace, and prints what the page shows.
func TestGoFromAnotherModule(t *testing.T) {
	module := modulePath(t)
	if testing.Short() {
		t.Skip("builds a program")
	}
	page, err := os.ReadFile("docs/go.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "```go\n")
	code, rest, _ := strings.Cut(rest, "```")
	before, rest, found := strings.Cut(rest, "```text\n")
	shown, after, _ := strings.Cut(rest, "```")
	if !found {
		t.Fatal("docs/go.md shows no output")
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"main.go": strings.ReplaceAll(code, `"arbiter/`, `"`+module+`/`),
		"go.mod":  "module example\n\ngo 1.26\n\nrequire " + module + " v0.0.0\n\nreplace " + module + " => " + here + "\n",
	} {
		write(t, dir, name, text)
	}
	sum, err := os.ReadFile("go.sum")
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "go.sum", string(sum))
	c := exec.Command("go", "run", "-mod=mod", ".")
	c.Dir = dir
	c.Env = append(os.Environ(), "GOPROXY=off", "GOFLAGS=")
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if string(out) != shown {
		if !*update {
			t.Fatalf("docs/go.md shows\n%s\nbut the program prints\n%s", shown, out)
		}
		text := string(page[:strings.Index(string(page), "```go\n")]) + "```go\n" + code + "```" + before + "```text\n" + string(out) + "```" + after
		if err := os.WriteFile("docs/go.md", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// Another path for the module is one command: go mod edit, and the same path in every
// import. ARBITER_LONG=1 tries it on a copy, two minutes.
func TestRenamedModule(t *testing.T) {
	module := modulePath(t)
	if os.Getenv("ARBITER_LONG") == "" {
		t.Skip("ARBITER_LONG=1 builds and tests a renamed copy")
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(".")); err != nil {
		t.Fatal(err)
	}
	const other = "example.org/other/name"
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		text := strings.ReplaceAll(string(body), `"`+module+`/`, `"`+other+`/`)
		return os.WriteFile(path, []byte(text), 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"mod", "edit", "-module", other}, {"vet", "./..."}, {"test", "-short", "-run", "Rooms|Words|Listens|Pin|Documents|Module", "."}} {
		c := exec.Command("go", args...)
		c.Dir = dir
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("go %v: %v\n%s", args, err, out)
		}
	}
}
