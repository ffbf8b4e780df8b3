package normal

import (
	"math"
	"slices"
	"strings"
	"testing"

	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/games/gametest"
)

const single = `{"kind":"payoff_table","population":"single","strategies":["a","b"],"payoffs":`
const multi = `{"kind":"payoff_table","population":"multi","strategies":[["a","b"],["x","y","z"]],"payoffs":`

func TestParse(t *testing.T) {
	for _, c := range []struct {
		file, text string
		want       []float64
	}{
		{"t.json", single + `[[0,1],[-1,0]]}`, []float64{0, 1, -1, 0}},
		{"t.json", "\xef\xbb\xbf" + single + `[[0,1e-3],[-1,0]]}`, []float64{0, 1e-3, -1, 0}},
		{"t.json", multi + `[[[1,2,3],[4,5,6]],[[0,0,0],[0,0,0]]]}`, []float64{1, 2, 3, 4, 5, 6}},
		{"t.csv", "x,höhe,\"b,c\"\r\nhöhe,0,1\r\n\"b,c\",-1,0\r\n", []float64{0, 1, -1, 0}},
		{"t.CSV", "\xef\xbb\xbf,a\na, 2 \n", []float64{2}},
	} {
		got, err := Parse(strings.NewReader(c.text), c.file)
		if err != nil || !slices.Equal(got.Payoffs[0], c.want) {
			t.Errorf("%s: %v, %v, want %v", c.text, got, err, c.want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct{ file, text, want string }{
		{"t.json", "", "t.json:1: the file ends too early"},
		{"t.json", "{\n\"kind\":\n", "t.json:3: the file ends too early"},
		{"t.json", "{\n\"kind\": x}", "t.json:2: invalid character 'x'"},
		{"t.json", single + `[[0,1],[-1,0]]`, "not closed"},
		{"t.json", `{"kind":"payoff_table","papulation":"single"}`, `unknown field "papulation"`},
		{"t.json", `{"kind":"table"}`, `kind: found "table"`},
		{"t.json", `{"kind":3}`, "kind: found number, expected string"},
		{"t.json", `{"kind":"payoff_table","population":"single","payoffs":[]}`, "expected fields strategies"},
		{"t.json", `{"kind":"payoff_table","population":"one","strategies":[],"payoffs":[]}`, `population: found "one"`},
		{"t.json", `{"kind":"payoff_table","population":"single","strategies":[],"payoffs":[]}`, "strategies is empty"},
		{"t.json", `{"kind":"payoff_table","population":"multi","strategies":[["a"],[]],"payoffs":[]}`, "strategies[1] is empty"},
		{"t.json", `{"kind":"payoff_table","population":"single","strategies":["a","a"],"payoffs":[]}`, `name "a" stands twice`},
		{"t.json", `{"kind":"payoff_table","population":"single","strategies":["a"," "],"payoffs":[]}`, "strategies[1] is empty"},
		{"t.json", `{"kind":"payoff_table","population":"single","strategies":[1],"payoffs":[]}`, "expected a list of names"},
		{"t.json", single + `[[0,1],[0]]}`, "payoffs[1]: found 1 entries, expected 2"},
		{"t.json", single + `[[0,1]]}`, "payoffs: found 1 entries, expected 2"},
		{"t.json", single + `[[0,1],[0,null]]}`, "payoffs[1][1]: found null"},
		{"t.json", single + `[[0,1],["0",1]]}`, `payoffs[1][0]: found "0", expected a finite number`},
		{"t.json", single + `[[0,1],[1e400,1]]}`, "payoffs[1][0]: found 1e400"},
		{"t.json", single + `[[0,NaN],[0,1]]}`, "t.json:1: invalid character 'N'"},
		{"t.json", single + `[[0,1],3]}`, "payoffs[1]: found 3, expected a list"},
		{"t.json", single + `[[0,1],[1,0]]} {}`, "more text"},
		{"t.json", multi + `[[[1,2,3],[4,5,6]]]}`, "found 1 tables, expected 2"},
		{"t.json", multi + `[[[1,2,3],[4,5]],[]]}`, "payoffs[0][1]: found 2 entries, expected 3"},
		{"t.csv", "", "empty"},
		{"t.csv", "x\n", "t.csv:1: found 1 columns"},
		{"t.csv", "x,a,b\na,1,2\n", "found 1 rows, expected 2"},
		{"t.csv", "x,a\na,1\nb,2\n", "t.csv:3: found a row more"},
		{"t.csv", "x,a,b\na,1\nb,2,3\n", "t.csv:2: found 2 fields, expected 3"},
		{"t.csv", "x,a,b\nb,1,2\na,2,3\n", `t.csv:2: found row "b", expected "a"`},
		{"t.csv", "x,a,b\na,1,2\nb,inf,3\n", `t.csv:3: column "a": found "inf"`},
		{"t.csv", "x,a\na,\"1\n", "t.csv:"},
	} {
		if _, err := Parse(strings.NewReader(c.text), c.file); err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), c.file) {
			t.Errorf("%q: error %v, want one with %q", c.text, err, c.want)
		}
	}
}

func TestSoccer(t *testing.T) {
	s := Soccer()
	if strings.Join(s.Strategies[0], "") != "ABCDEFGHIJ" {
		t.Errorf("agents %q", s.Strategies[0])
	}
	for i := range 10 {
		for j := range 10 {
			if sum := s.Payoffs[0][i*10+j] + s.Payoffs[0][j*10+i]; math.Abs(sum-1) > 1e-12 {
				t.Errorf("%d and %d win %g together", i, j, sum)
			}
		}
	}
}

// The law of every kind of noise has the table's means, exactly: the Board
// lists all outcomes.
func TestMeansAreTheTable(t *testing.T) {
	three := Table{Strategies: [][]string{{"a", "b"}, {"x"}, {"p", "q"}}, Payoffs: [][]float64{{.1, .2, .3, .4}, {.5, .6, .7, .8}, {.9, 1, 0, .1}}}
	wins := Table{Single: true, Strategies: [][]string{{"a", "b"}}, Payoffs: [][]float64{{0, .7, .3, 0}}}
	wide := Table{Strategies: [][]string{{"a", "b"}, {"x"}}, Payoffs: [][]float64{{-3, 5}, {1, 1}}}
	for _, c := range []struct {
		name     string
		t        Table
		o        Options
		want     []float64 // of player 0
		constant bool
	}{
		{"three players", three, Options{}, three.Payoffs[0], false},
		{"one winner", wins, Options{}, []float64{.5, .7, .3, .5}, true},
		{"two draws", wins, Options{Independent: true}, []float64{.5, .7, .3, .5}, false},
		{"no noise", wide, Options{Noise: None}, wide.Payoffs[0], false},
		{"rescaled", wide, Options{MinMax: true}, []float64{0, 1}, false},
	} {
		g, err := New(c.name, c.t, c.o)
		if err != nil {
			t.Fatal(err)
		}
		gametest.Run(t, g)
		if got := g.Info().ConstantSum; got != c.constant {
			t.Errorf("%s: constant sum %v", c.name, got)
		}
		b, err := flat.Compile(g, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		p := b.Uniform()
		v := make([]float64, len(p))
		for cell, want := range c.want {
			rest := cell
			for k := len(p) - 1; k >= 0; k-- {
				clear(p[k][0])
				p[k][0][rest%len(p[k][0])] = 1
				rest /= len(p[k][0])
			}
			if b.Values(v, p); math.Abs(v[0]-want) > 1e-15 {
				t.Errorf("%s: cell %d has mean %g, want %g", c.name, cell, v[0], want)
			}
		}
	}
}

func TestNew(t *testing.T) {
	wide := Table{Single: true, Strategies: [][]string{{"a", "b"}}, Payoffs: [][]float64{{0, 2, -2, 0}}}
	if _, err := New("wide", wide, Options{}); err == nil || !strings.Contains(err.Error(), "rescale=minmax") {
		t.Errorf("payoffs outside [0,1]: %v", err)
	}
	g, err := New("normal", wide, Options{Noise: Gaussian, SD: 2})
	if err != nil {
		t.Fatal(err)
	}
	gametest.Run(t, g)
	if _, err := flat.Compile(g, 100); err == nil {
		t.Error("gaussian noise was compiled")
	}
	if g.Info().Symmetric != true || !math.IsInf(g.Info().Hi[0], 1) || g.Start().(games.Namer).MoveNames(1)[1] != "b" {
		t.Errorf("%+v", g.Info())
	}
}

func FuzzParse(f *testing.F) {
	f.Add(single+`[[0,1],[-1,0]]}`, false)
	f.Add("x,a,b\na,1,2\nb,2,1\n", true)
	f.Fuzz(func(t *testing.T, text string, csv bool) {
		file := "t.json"
		if csv {
			file = "t.csv"
		}
		table, err := Parse(strings.NewReader(text), file)
		if err != nil {
			return
		}
		if _, err := New("fuzzed", table, Options{Noise: None}); err != nil {
			t.Errorf("%q is a table and no game: %v", text, err)
		}
	})
}
