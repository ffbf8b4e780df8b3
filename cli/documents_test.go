package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"arbiter/report"
	"arbiter/report/reporttest"
)

// Whatever a pinned command prints is a document that keeps its contract.
func TestEveryDocument(t *testing.T) {
	files, err := filepath.Glob("../testdata/pins/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d transcripts, %v", len(files), err)
	}
	seen := map[string]int{}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(filepath.Join(dir, "testdata"), os.DirFS("../testdata")); err != nil {
				t.Fatal(err)
			}
			t.Chdir(dir)
			for line := range strings.Lines(string(body)) {
				command, is := strings.CutPrefix(line, "$ arbiter ")
				if !is || strings.Contains(line, "--format") && !strings.Contains(line, "--format json") {
					continue
				}
				var args []string
				for i, part := range strings.Split(strings.TrimSpace(command), "'") {
					if i%2 == 1 {
						args = append(args, part)
					} else {
						args = append(args, strings.Fields(part)...)
					}
				}
				var out bytes.Buffer
				Main(context.Background(), args, Env{Stdout: &out, Stderr: &out, seen: func(d report.Document) {
					seen[args[0]]++
					t.Run(strings.Join(args, " "), func(t *testing.T) { reporttest.Run(t, d) })
				}})
			}
		})
	}
	for _, command := range []string{"run", "rank", "import", "play", "evaluate", "solve", "certify", "train", "games", "agents", "solvers", "runs", "show", "replay", "export"} {
		if seen[command] == 0 {
			t.Errorf("%s prints no document here", command)
		}
	}
}
