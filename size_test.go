package main

import (
	"bytes"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	mostFile = 500  // lines of a file
	mostRoom = 2500 // lines of a room's files, tests apart
	excuse   = "larger than 2,500 lines since"
)

// Files are short. A room is too, or its package comment says that and why it is
// larger, as long as it is.
func TestRoomsAreSmall(t *testing.T) {
	files := map[string][]string{}
	err := filepath.WalkDir(".", func(path string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == ".git"):
			return filepath.SkipDir
		case strings.HasSuffix(path, ".go"):
			room := filepath.ToSlash(filepath.Dir(path))
			files[room] = append(files[room], path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 40 {
		t.Fatalf("only %d rooms were seen", len(files))
	}
	for room, paths := range files {
		lines, comment := 0, ""
		for _, path := range paths {
			body, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			n := bytes.Count(body, []byte("\n"))
			if n > mostFile {
				t.Errorf("%s has %d lines, most is %d", path, n, mostFile)
			}
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			lines += n
			file, err := parser.ParseFile(token.NewFileSet(), path, body, parser.PackageClauseOnly|parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			comment += file.Doc.Text()
		}
		if fault := sizeFault(lines, comment); fault != "" {
			t.Errorf("%s: %d lines, %s", room, lines, fault)
		}
	}
}

// sizeFault is what is wrong with a room of that many lines.
func sizeFault(lines int, comment string) string {
	excused := strings.Contains(strings.Join(strings.Fields(comment), " "), excuse+" ")
	switch {
	case lines > mostRoom && !excused:
		return "and its package comment does not say that it is " + excuse + " …"
	case lines <= mostRoom && excused:
		return "and its package comment still says that it is " + excuse + " …"
	}
	return ""
}

// Large rooms without a reason and small ones with one are seen.
func TestSizeFaults(t *testing.T) {
	for _, c := range []struct {
		lines   int
		comment string
		want    bool
	}{
		{2500, "Package a is small.", false},
		{2501, "Package a is large.", true},
		{2501, "Package a is larger than 2,500\nlines since b.", false},
		{2500, "Package a is larger than 2,500 lines since b.", true},
	} {
		if got := sizeFault(c.lines, c.comment); (got != "") != c.want {
			t.Errorf("%d lines, %q: %q", c.lines, c.comment, got)
		}
	}
}
