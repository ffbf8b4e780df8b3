package spec

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestParsePrintsCanonically(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"uniform", "uniform"},
		{"  uniform ", "uniform"},
		{"cfr( iterations = 10 )", "cfr(iterations=10)"},
		{"a(z=1,b=x/y.json)", "a(b=x/y.json,z=1)"},
		{"trembling(epsilon=0.1,agent=cfr(iterations=5))", "trembling(agent=cfr(iterations=5),epsilon=0.1)"},
		{`policy(file="my file, v2.json")`, `policy(file="my file, v2.json")`},
		{`policy(file="plain.json")`, "policy(file=plain.json)"},
		{`always(action="say \"hi\" \\ bye")`, `always(action="say \"hi\" \\ bye")`},
		{"always(action=höhe)", "always(action=höhe)"},
	} {
		s, err := Parse(c.in)
		if err != nil {
			t.Errorf("Parse(%q): %v", c.in, err)
			continue
		}
		if got := s.String(); got != c.want {
			t.Errorf("Parse(%q) prints %q, want %q", c.in, got, c.want)
		}
	}
}

func TestParseErrorsSayWhere(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", "expected a name"},
		{"cfr(", "expected a key"},
		{"cfr()", "found ')', expected a key"},
		{"cfr(iterations)", "character 15: found ')', expected '=' after key iterations"},
		{"cfr(iterations=)", "expected a value"},
		{"cfr(iterations=1", "found the end, expected ',' or ')'"},
		{"cfr(iterations=1) x", "found 'x'"},
		{"cfr(a=1,a=2)", "key a twice"},
		{`policy(file="x)`, "closing quote"},
		{"a,b", "found ','"},
		{strings.Repeat("a(b=", 40) + "c" + strings.Repeat(")", 40), "nested"},
	} {
		if _, err := Parse(c.in); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Parse(%q): error %v, want one with %q", c.in, err, c.want)
		}
	}
}

func TestSplit(t *testing.T) {
	got := Split(`uniform, cfr(iterations=1,b=2) ,policy(file="a,b"),`)
	want := []string{"uniform", "cfr(iterations=1,b=2)", `policy(file="a,b")`, ""}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("Split = %q, want %q", got, want)
	}
}

var schema = []Param{
	{Name: "iterations", Kind: Int, Default: "100", Doc: "how many", Min: 1, Max: 1e9},
	{Name: "rate", Kind: Float, Default: "0.5", Doc: "how fast"},
	{Name: "noise", Kind: Word, Default: "none", Choices: []string{"none", "some"}},
	{Name: "file", Kind: File, Doc: "a path"},
	{Name: "at", Kind: Floats, Default: "nowhere", Min: 0, Max: 10},
	Switch("fast", "in a hurry"),
}

func TestBind(t *testing.T) {
	s, _ := Parse("x(rate=0.50,file=f.json)")
	c, args, err := Bind(s, schema)
	if err != nil || c.String() != "x(at=nowhere,fast=false,file=f.json,iterations=100,noise=none,rate=0.5)" || args.Floats("at") != nil || args.Bool("fast") || args.Int("iterations") != 100 || args.Float("rate") != .5 {
		t.Errorf("Bind = %v %v %v", c, args, err)
	}
	for _, e := range []struct{ in, want string }{
		{"x(iteratons=1,file=f)", "known: iterations"},
		{"x", "x needs file=…: a path"},
		{"x(file=f,iterations=0)", "found 0, expected 1 to 1e+09"},
		{"x(file=f,iterations=1.5)", `found "1.5", expected a whole number`},
		{"x(file=f,rate=nan)", "expected a finite number"},
		{"x(file=f,noise=all)", "expected one of none, some"},
		{`x(file="")`, "file is empty"},
		{"x(file=f,at=somewhere)", `key at: found "somewhere", expected a finite number`},
		{`x(file=f,at="1,")`, `found "", expected a finite number`},
		{`x(file=f,at="1,11")`, "found 11, expected 0 to 10"},
		{"x(file=f,fast=yes)", "expected one of false, true"},
	} {
		s, err := Parse(e.in)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = Bind(s, schema)
		if of := (*KeyError)(nil); !errors.As(err, &of) || of.Spec != "x" || of.Unknown != (of.Key == "iteratons") || !strings.Contains(err.Error(), e.want) {
			t.Errorf("Bind(%s): error %v, want one with %q", e.in, err, e.want)
		}
	}
	s, _ = Parse(`x(file=f,at=" 1.0, 2e0",fast=true)`)
	if c, args, err := Bind(s, schema); err != nil || !slices.Equal(args.Floats("at"), []float64{1, 2}) || !args.Bool("fast") || !strings.HasPrefix(c.String(), `x(at="1,2",fast=true`) {
		t.Errorf("Bind = %v %v %v", c, args, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("a(b=c(d=\"e\"),f=1)")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse(s.String())
		if err != nil || again.String() != s.String() {
			t.Errorf("%q prints %q, which reads as %q, %v", text, s.String(), again.String(), err)
		}
	})
}
