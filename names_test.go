package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// vocabulary is what comments may name: exported names of the module.
type vocabulary struct {
	packages map[string]map[string]bool // by name: what they export, at the top
	types    map[string]bool
	members  map[string]bool // fields and methods
	files    map[string]bool // paths, folders too, and their ends
	tops     map[string]bool // folders at the root
	words    map[string]bool // all identifiers, exported or not, and some that are none
}

// proper are words with capitals inside that are no identifiers.
var proper = []string{"McKelvey", "McLennan", "McNemar", "OpenSpiel", "SplitMix", "SplitMix64", "TwoSum", "arXiv"}

var (
	fileNamed   = regexp.MustCompile(`[\w/.-]*\w\.go\b`)
	folderNamed = regexp.MustCompile(`\b[a-z]+(/[\w-]+)+(\.\w+)?`)
	compound    = regexp.MustCompile(`(?:^|[^\w.])([A-Za-z]\w*[a-z0-9][A-Z]\w+)`)
	namesOf     = regexp.MustCompile(`\b(\w+)\.([A-Z]\w*)(\.[A-Z]\w*)?`)
)

// What comments and documents name exists: files, rooms, and what packages export.
func TestCommentsNameWhatExists(t *testing.T) {
	v := vocabulary{map[string]map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}}
	for _, w := range proper {
		v.words[w] = true
	}
	type text struct {
		where, text string
		code        bool
	}
	var texts []text
	fset := token.NewFileSet()
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if name == ".git" && d.IsDir() {
			return fs.SkipDir
		}
		for rest, more := name, true; more; _, rest, more = strings.Cut(rest, "/") {
			v.files[rest] = true
		}
		if d.IsDir() && !strings.Contains(name, "/") {
			v.tops[name] = true
		}
		switch path.Ext(name) {
		case ".md":
			body, err := os.ReadFile(name)
			texts = append(texts, text{name, string(body), false})
			return err
		case ".go":
			file, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
			if err != nil {
				return err
			}
			v.read(file)
			for _, c := range file.Comments {
				texts = append(texts, text{fset.Position(c.Pos()).String(), c.Text(), true})
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range texts {
		gone := v.missing(x.text)
		for _, m := range compound.FindAllStringSubmatch(x.text, -1) {
			if x.code && !v.words[m[1]] {
				gone = append(gone, m[1])
			}
		}
		for _, what := range gone {
			t.Errorf("%s: there is no %s", x.where, what)
		}
	}
}

// read learns the names of a file.
func (v vocabulary) read(file *ast.File) {
	room := v.packages[file.Name.Name]
	if room == nil {
		room = map[string]bool{}
		v.packages[file.Name.Name] = room
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			v.words[id.Name] = true
		}
		return true
	})
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				room[d.Name.Name] = true
			} else {
				v.members[d.Name.Name] = true
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					room[s.Name.Name] = true
					v.types[s.Name.Name] = s.Name.IsExported()
					ast.Inspect(s.Type, func(n ast.Node) bool {
						if f, ok := n.(*ast.Field); ok {
							for _, name := range f.Names {
								v.members[name.Name] = true
							}
						}
						return true
					})
				case *ast.ValueSpec:
					for _, name := range s.Names {
						room[name.Name] = true
					}
				}
			}
		}
	}
}

// The table of the house names every room that stands, those for tests apart.
func TestHouseNamesEveryRoom(t *testing.T) {
	body, err := os.ReadFile("docs/house.md")
	if err != nil {
		t.Fatal(err)
	}
	named, quoted := map[string]bool{}, regexp.MustCompile("`([a-z/]+)`")
	for line := range strings.Lines(string(body)) {
		cells := strings.Split(line, "|")
		if len(cells) != 5 {
			continue
		}
		above := "" // of the first room of the line, which the others stand beside
		for _, m := range quoted.FindAllStringSubmatch(cells[2], -1) {
			room := m[1]
			if above != "" && !strings.Contains(room, "/") {
				room = path.Join(above, room)
			}
			above = path.Dir(room)
			named[room] = true
		}
	}
	standing := map[string]bool{}
	for _, rooms := range floors {
		for _, room := range rooms {
			standing[room] = true
			if room != "" && !strings.HasSuffix(room, "test") && !named[room] {
				t.Errorf("docs/house.md says nothing of %s", room)
			}
		}
	}
	for room := range named {
		if !standing[room] && room != "main" {
			t.Errorf("docs/house.md has a room %s that does not stand", room)
		}
	}
}

// Names that are gone are seen, and those that are there are not.
func TestGoneNamesAreSeen(t *testing.T) {
	v := vocabulary{
		packages: map[string]map[string]bool{"games": {"Row": true, "Form": true}},
		types:    map[string]bool{"Form": true},
		members:  map[string]bool{"Rows": true},
		files:    map[string]bool{"games/form.go": true, "form.go": true, "games/flat": true},
		tops:     map[string]bool{"games": true},
	}
	for text, want := range map[string]string{
		"a games.Row, as Form.Rows of games.Form.Rows has it: time.Now, see form.go, games/flat and games/form.go": "",
		"a games.Strategy":     "games.Strategy",
		"Form.Lines are gone.": "Form.Lines",
		"games.Form.Lines":     "games.Form.Lines",
		"strategy.go has it":   "strategy.go",
		"see games/tree":       "games/tree",
		"see games/tree.go":    "games/tree.go games/tree.go",
	} {
		if got := strings.Join(v.missing(text), " "); got != want {
			t.Errorf("%q: missing %q, want %q", text, got, want)
		}
	}
}

// missing finds what a text names and is not there.
func (v vocabulary) missing(text string) (found []string) {
	for _, name := range fileNamed.FindAllString(text, -1) {
		if !v.files[strings.TrimPrefix(name, "./")] {
			found = append(found, name)
		}
	}
	for _, name := range folderNamed.FindAllString(text, -1) {
		if top, _, _ := strings.Cut(name, "/"); v.tops[top] && !v.files[name] {
			found = append(found, name)
		}
	}
	for _, m := range namesOf.FindAllStringSubmatch(text, -1) {
		room, ok := v.packages[m[1]]
		switch {
		case ok && !room[m[2]], v.types[m[1]] && !v.members[m[2]], ok && m[3] != "" && !v.members[m[3][1:]]:
			found = append(found, m[0])
		}
	}
	return found
}
