package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Whatever another package may use says what it is: packages, types, functions,
// methods, constants and fields. Comments of types and functions begin with the name.
func TestEverythingExportedIsDocumented(t *testing.T) {
	fset := token.NewFileSet()
	packages := map[string]bool{} // with a comment
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		room := filepath.ToSlash(filepath.Dir(path))
		if strings.Contains(file.Doc.Text(), "rooms below") {
			below(t, room, file.Doc.Text())
		}
		packages[room] = packages[room] || strings.HasPrefix(file.Doc.Text(), "Package "+file.Name.Name+" ") || room == "." && file.Doc != nil
		silent(fset, file, func(at token.Pos, what string) {
			t.Errorf("%s: %s says nothing of itself", fset.Position(at), what)
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for room, told := range packages {
		if !told {
			t.Errorf("package %s says nothing of itself", room)
		}
	}
	if len(packages) < 15 {
		t.Errorf("only %d packages were seen", len(packages))
	}
}

// below finds the rooms below one that its comment does not name, those for tests
// apart.
func below(t *testing.T, room, comment string) {
	entries, err := os.ReadDir(room)
	if err != nil {
		t.Fatal(err)
	}
	said := word.FindAllString(comment, -1)
	for _, e := range entries {
		if e.IsDir() && !strings.Contains(e.Name(), "test") && !slices.Contains(said, e.Name()) {
			t.Errorf("package %s says nothing of %s below it", room, e.Name())
		}
	}
}

// silent finds the exported names of a file that no comment tells of. The comment
// of a group of constants tells of all of them, that of a type of the fields which
// it names, that above a field of those which it names on the lines right below.
func silent(fset *token.FileSet, file *ast.File, found func(token.Pos, string)) {
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			of := receiver(d)
			if d.Name.IsExported() && (of == "" || ast.IsExported(of)) && !(tells(d.Name.Name, d.Doc) && opens(d.Doc, d.Name.Name)) {
				found(d.Pos(), strings.TrimPrefix(of+"."+d.Name.Name, "."))
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					if s.Name.IsExported() {
						about := s.Doc
						if about == nil {
							about = d.Doc
						}
						if !tells(s.Name.Name, about) || !opens(about, s.Name.Name) && !(d.Lparen.IsValid() && names(about, s.Name.Name)) {
							found(s.Pos(), s.Name.Name)
						}
						fields(fset, s.Name.Name, s.Type, about, found)
					}
				case *ast.ValueSpec:
					for _, n := range s.Names {
						if n.IsExported() && !tells(n.Name, d.Doc, s.Doc, s.Comment) {
							found(n.Pos(), n.Name)
						}
					}
				}
			}
		}
	}
}

// receiver is the type that a function is a method of, "" for none.
func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return ""
	}
	x := d.Recv.List[0].Type
	for {
		switch of := x.(type) {
		case *ast.StarExpr:
			x = of.X
		case *ast.IndexExpr:
			x = of.X
		case *ast.IndexListExpr:
			x = of.X
		case *ast.Ident:
			return of.Name
		default:
			return ""
		}
	}
}

// fields finds the exported fields of structs and methods of interfaces in a type.
// The help of a flag is a comment. What is embedded is told of at its own type.
func fields(fset *token.FileSet, name string, of ast.Expr, about *ast.CommentGroup, found func(token.Pos, string)) {
	var list *ast.FieldList
	switch x := of.(type) {
	case *ast.StructType:
		list = x.Fields
	case *ast.InterfaceType:
		list = x.Methods
	case *ast.ArrayType:
		fields(fset, name, x.Elt, about, found)
		return
	case *ast.MapType:
		fields(fset, name, x.Value, about, found)
		return
	case *ast.StarExpr:
		fields(fset, name, x.X, about, found)
		return
	default:
		return
	}
	var above *ast.CommentGroup // over this field or lines right above it
	line := 0                   // of the end of the field before
	for _, f := range list.List {
		if f.Doc != nil || fset.Position(f.Pos()).Line > line+1 {
			above = f.Doc
		}
		line = fset.Position(f.End()).Line
		for _, n := range f.Names {
			if !n.IsExported() {
				continue
			}
			help := f.Tag != nil && strings.Contains(f.Tag.Value, ` doc:"`)
			if !help && !tells(n.Name, f.Doc, f.Comment) && !names(above, n.Name) && !names(about, n.Name) {
				found(n.Pos(), name+"."+n.Name)
			}
			fields(fset, name+"."+n.Name, f.Type, f.Doc, found)
		}
	}
}

// opens reports whether a comment begins with a name, an article apart.
func opens(c *ast.CommentGroup, name string) bool {
	first := strings.Fields(c.Text())
	if len(first) > 1 && first[0] != name && slices.Contains([]string{"A", "An", "The"}, first[0]) {
		first = first[1:]
	}
	return len(first) > 0 && word.FindString(first[0]) == name
}

var word = regexp.MustCompile(`[\pL\pN]+`)

// names reports whether a comment has a name among its words.
func names(c *ast.CommentGroup, name string) bool {
	for _, w := range word.FindAllString(c.Text(), -1) {
		if w == name {
			return true
		}
	}
	return false
}

// filler are words that tell nothing beside a name.
var filler = strings.Fields("a an the is are of its for to this returns gets sets implements method function type field value")

// tells reports whether one of several comments, of which some may be missing, has
// a word that is not of the name.
func tells(name string, comments ...*ast.CommentGroup) bool {
	lower := strings.ToLower(name)
	for _, c := range comments {
		for _, w := range word.FindAllString(strings.ToLower(c.Text()), -1) {
			own := len(w) > 2 && strings.Contains(lower, strings.TrimSuffix(w, "s")) || lower == w
			if !own && !slices.Contains(filler, w) {
				return true
			}
		}
	}
	return false
}

// What says nothing of itself is found, and only that.
func TestSilenceIsHeard(t *testing.T) {
	const text = `package x

// A says something. B is one of its fields.
type A struct {
	B int
	C int
	D int // of it
	// E tells of F too.
	E int
	F int
	G int

	H, i int
	J    []struct{ K int } // rows
	L    int ` + "`toml:\"l\" doc:\"help\"`" + `
	M    int // the M
	inner
}

type N int

// O repeats. Nothing begins with its name here.
type P int

// Q is the Q.
func Q() {}

// R of A is worked out.
func (A) R() {}
func (*A) S() {}
func (inner) T() {}

// Kinds.
const (
	U = 1
	V = 2
)

const W = 3

type inner struct{ X int }

// Y is asked.
type Y interface {
	Z() int
	a() int
}
`
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "x.go", text, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	silent(fset, file, func(_ token.Pos, what string) { found = append(found, what) })
	if want := strings.Fields("A.C A.G A.H A.J.K A.M N P Q A.S W Y.Z"); !slices.Equal(found, want) {
		t.Errorf("found %q, want %q", found, want)
	}
}
