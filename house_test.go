package main

import (
	"os/exec"
	"strings"
	"testing"
)

// floors says which rooms a room may import: those on the lines before its own.
var floors = [][]string{
	{"internal/document", "total", "lp"},
	{"dice", "internal/files", "internal/interrupt", "internal/interval", "internal/strict", "spec"},
	{"internal/formula"},
	{"games"},
	{"games/flat"},
	{"games/goofspiel", "games/kuhn", "games/leduc", "games/liar", "games/normal"},
	{"games/gambit", "games/markov"},
	{"games/posed"},
	{"agents", "equilibria", "ranking", "db"},
	{"equilibria/smallgain", "equilibria/verify", "games/gametest", "ranking/standing", "sampling", "matchlog"},
	{"tournament"},
	{"catalog"},
	{"report"},
	{"cli"},
	{""},
}

// A room imports only downward, never sideways; SQL, tables and terminals each
// have one room.
func TestRoomsImportDownward(t *testing.T) {
	floor := map[string]int{}
	for i, rooms := range floors {
		for _, r := range rooms {
			floor[r] = i
		}
	}
	only := map[string]string{
		"github.com/mattn/go-sqlite3":       "db",
		"github.com/pressly/goose/v3":       "db",
		"github.com/olekukonko/tablewriter": "report",
		"gonum.org/v1/plot":                 "report",
		"gonum.org/v1/plot/plotter":         "report",
		"gonum.org/v1/plot/plotutil":        "report",
		"gonum.org/v1/plot/text":            "report",
		"gonum.org/v1/plot/vg":              "report",
		"gonum.org/v1/plot/vg/draw":         "report",
		"gonum.org/v1/plot/vg/vgimg":        "report",
		"gonum.org/v1/plot/vg/vgsvg":        "report",
		"github.com/urfave/cli/v2":          "cli",
		"github.com/pelletier/go-toml/v2":   "cli",
		"database/sql":                      "db",
		"os/signal":                         "internal/interrupt",
	}
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}{{range .Imports}} {{.}}{{end}}`, "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	rooms := 0
	for line := range strings.Lines(string(out)) {
		paths := strings.Fields(line)
		room := local(paths[0])
		at, known := floor[room]
		if !known {
			t.Errorf("room %s stands on no floor", room)
		}
		rooms++
		for _, path := range paths[1:] {
			if owner, ok := only[path]; ok && owner != room {
				t.Errorf("%s imports %s, which is for %s alone", room, path, owner)
			}
			if path != "arbiter" && !strings.HasPrefix(path, "arbiter/") {
				continue
			}
			if floor[local(path)] >= at {
				t.Errorf("%s imports %s, which is not below it", room, local(path))
			}
		}
	}
	if rooms < 15 {
		t.Errorf("only %d rooms were seen", rooms)
	}
}

func local(path string) string { return strings.TrimPrefix(strings.TrimPrefix(path, "arbiter"), "/") }
