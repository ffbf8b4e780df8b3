package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// floors says which rooms a room may import: those on the lines before its own.
var floors = [][]string{
	{"certify/verify/rational", "internal/document", "internal/par", "total", "lp", "profile"},
	{"dice", "internal/files", "internal/interrupt", "internal/interval", "internal/num", "internal/strict", "spec"},
	{"internal/formula"},
	{"games"},
	{"games/control", "games/flat"},
	{"games/cartpole", "games/goofspiel", "games/kuhn", "games/leduc", "games/liar", "games/normal", "games/pointmass"},
	{"games/gambit", "games/markov"},
	{"games/posed", "games/grid", "games/pendulum", "games/soccer", "games/wind"},
	{"agents", "certify", "equilibria", "ranking", "db", "sampling/confidence"},
	{"certify/certifytest", "certify/gate", "certify/verify", "certify/verify/search", "equilibria/exact", "equilibria/learn", "equilibria/path", "games/gametest", "ranking/large", "ranking/pairwise", "sampling", "matchlog"},
	{"certify/smallgain", "certify/verify/entropic", "certify/verify/quadratic", "certify/verify/stages", "equilibria/linear", "equilibria/many", "equilibria/solvertest", "ranking/standing"},
	{"certify/enclose", "certify/entropic", "certify/quadratic", "equilibria/quantal", "equilibria/stochastic", "ranking/standing/standingtest"},
	{"certify/smooth", "certify/softmarkov", "equilibria/curriculum"},
	{"equilibria/choose"},
	{"certify/trial"},
	{"tournament/pool", "agents/agenttest", "train", "train/approx", "train/tiles"},
	{"tournament", "train/actor", "train/tabular", "train/teacher", "train/traintest"},
	{"certify/fit", "tournament/journaltest", "train/qarl"},
	{"catalog"},
	{"report"},
	{"report/text"},
	{"report/reporttest", "equilibria/choose/choosetest"},
	{"report/figure"},
	{"cli"},
	{""},
}

// A room imports only downward, never sideways; SQL, tables and terminals each
// have one room.
func TestRoomsImportDownward(t *testing.T) {
	module := modulePath(t)
	local := func(path string) string { return strings.TrimPrefix(strings.TrimPrefix(path, module), "/") }
	floor := map[string]int{}
	for i, rooms := range floors {
		for _, r := range rooms {
			floor[r] = i
		}
	}
	only := map[string]string{
		"github.com/mattn/go-sqlite3":       "db",
		"github.com/pressly/goose/v3":       "db",
		"github.com/olekukonko/tablewriter": "report/text",
		"gonum.org/v1/plot":                 "report/figure",
		"gonum.org/v1/plot/plotter":         "report/figure",
		"gonum.org/v1/plot/plotutil":        "report/figure",
		"gonum.org/v1/plot/text":            "report/figure",
		"gonum.org/v1/plot/vg":              "report/figure",
		"gonum.org/v1/plot/vg/draw":         "report/figure",
		"gonum.org/v1/plot/vg/vgimg":        "report/figure",
		"gonum.org/v1/plot/vg/vgsvg":        "report/figure",
		"github.com/urfave/cli/v2":          "cli",
		"github.com/pelletier/go-toml/v2":   "cli",
		"database/sql":                      "db",
		"os/signal":                         "internal/interrupt",
		"html/template":                     "",
		"os/exec":                           "",
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
			if path != module && !strings.HasPrefix(path, module+"/") {
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

// fewRooms are words of the language and of the standard library that only some
// rooms may say, with what for. They stand for promises of package comments:
// results depend on no clock, no hidden randomness and no order of goroutines.
var fewRooms = []struct {
	word  string // "go", or names of a package
	names []string
	rooms []string
}{
	// par joins what it starts; the others hear signals.
	{"go", nil, []string{"internal/par", "agents/agenttest"}},
	{"sync", []string{"WaitGroup"}, []string{"internal/par"}},
	{"context", []string{"AfterFunc"}, []string{"cli", "internal/interrupt"}},
	// Clocks end runs, show progress and date what is stored.
	{"time", []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "NewTimer", "NewTicker", "Tick"}, []string{"cli", "db", "tournament"}},
	// lp shakes degenerate programmes loose by a stream of its own, which no
	// answer shows; suites play and draw at random.
	{"math/rand/v2", nil, []string{"lp", "games/gametest", "ranking/standing/standingtest", "tournament/journaltest"}},
}

// Everywhere a source of words may be passed on and read, which begins none.
var passed = []string{"Source", "Rand", "New"}

// Words with few rooms are said in no other, tests apart.
func TestRoomsKeepTheirWords(t *testing.T) {
	fset, said := token.NewFileSet(), map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		room := filepath.ToSlash(filepath.Dir(path))
		for _, at := range spoken(file) {
			said[at.word] = true
			if !slices.Contains(at.rooms, room) {
				t.Errorf("%s: %s is for %s alone", fset.Position(at.pos), at.word, strings.Join(at.rooms, ", "))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []string{"time.Now", "sync.WaitGroup", "context.AfterFunc", "math/rand/v2.NewPCG"} {
		if !said[w] {
			t.Errorf("%s was seen nowhere: the test does not see", w)
		}
	}
}

type saying struct {
	word  string
	pos   token.Pos
	rooms []string
}

// spoken are the words of the table that a file says.
func spoken(file *ast.File) (all []saying) {
	path := map[string]string{} // by name in the file
	for _, spec := range file.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		name := strings.TrimSuffix(p, "/v2")
		name = name[strings.LastIndexByte(name, '/')+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		path[name] = p
		if p == "math/rand" || p == "crypto/rand" {
			all = append(all, saying{p, spec.Pos(), []string{"nowhere"}})
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		word, name := "", ""
		switch n := n.(type) {
		case *ast.GoStmt:
			word = "go"
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok {
				word, name = path[x.Name], n.Sel.Name
			}
		}
		for _, w := range fewRooms {
			if w.word != word || name != "" && (w.names != nil && !slices.Contains(w.names, name) || w.names == nil && slices.Contains(passed, name)) {
				continue
			}
			if name != "" {
				word += "." + name
			}
			all = append(all, saying{word, n.Pos(), w.rooms})
			break
		}
		return true
	})
	return all
}

// The words of a file are seen, also under another name of their package.
func TestWordsAreSeen(t *testing.T) {
	const text = `package x
import (clock "time"; "math/rand/v2"; "sync")
func f(src rand.Source) {
	go f(nil)
	var w sync.WaitGroup
	w.Go(func() { _ = clock.Now(); _ = rand.New(src); _ = rand.IntN(3); _ = rand.New(rand.NewPCG(1, 2)) })
	_ = clock.Second
}`
	file, err := parser.ParseFile(token.NewFileSet(), "x.go", text, 0)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, s := range spoken(file) {
		found = append(found, s.word)
	}
	if want := []string{"go", "sync.WaitGroup", "time.Now", "math/rand/v2.IntN", "math/rand/v2.NewPCG"}; !slices.Equal(found, want) {
		t.Errorf("seen: %q, want %q", found, want)
	}
}
