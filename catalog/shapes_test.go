package catalog_test

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"arbiter/catalog"
	"arbiter/equilibria"
	"arbiter/equilibria/choose"
)

// Games with an empty dimension, or one of a single move.
var emptyGames = map[string]string{
	"chance.efg":    "EFG 2 R \"g\" { \"A\" \"B\" }\nc \"\" 1 \"\" { \"x\" 1/2 \"y\" 1/2 } 0\nt \"\" 1 \"\" { 1 2 }\nt \"\" 2 \"\" { 3 0 }\n",
	"leaf.efg":      "EFG 2 R \"g\" { \"A\" \"B\" }\nt \"\" 1 \"\" { 1 2 }\n",
	"alone.efg":     "EFG 2 R \"g\" { \"A\" }\np \"\" 1 1 \"\" { \"l\" \"r\" } 0\nt \"\" 1 \"\" { 1 }\nt \"\" 2 \"\" { 3 }\n",
	"nobody.efg":    "EFG 2 R \"g\" { \"A\" }\nt \"\" 1 \"\" { 1 }\n",
	"onemove.efg":   "EFG 2 R \"g\" { \"A\" \"B\" }\np \"\" 1 1 \"\" { \"l\" } 0\nt \"\" 1 \"\" { 1 2 }\n",
	"onlooker.efg":  "EFG 2 R \"g\" { \"A\" \"B\" \"C\" }\np \"\" 2 1 \"\" { \"l\" \"r\" } 0\nt \"\" 1 \"\" { 1 2 3 }\nt \"\" 2 \"\" { 3 2 1 }\n",
	"zeros.efg":     "EFG 2 R \"g\" { \"A\" \"B\" }\np \"\" 1 1 \"\" { \"l\" \"r\" } 0\nt \"\" 0\nt \"\" 0\n",
	"one.nfg":       "NFG 1 R \"g\" { \"A\" } { 3 } 1 2 3",
	"single.nfg":    "NFG 1 R \"g\" { \"A\" } { 1 } 1",
	"ones.nfg":      "NFG 1 R \"g\" { \"A\" \"B\" \"C\" } { 1 1 1 } 1 2 3",
	"row.nfg":       "NFG 1 R \"g\" { \"A\" \"B\" } { 1 3 } 1 2 3 4 5 6",
	"still.nfg":     "NFG 1 R \"g\" { \"A\" \"B\" } { 2 2 } 0 0 0 0 0 0 0 0",
	"one.json":      `{"kind":"markov_game","players":1,"states":["s"],"actions":[[2]],"discount":0.5,"rewards":[[[1,2]]],"transitions":[[[1],[1]]]}`,
	"still.json":    `{"kind":"markov_game","players":2,"states":["s"],"actions":[[1],[1]],"discount":0.5,"rewards":[[[[0]]],[[[0]]]],"transitions":[[[[1]]]]}`,
	"horizon.json":  `{"kind":"markov_game","players":1,"states":["s"],"actions":[[2]],"horizon":2,"rewards":[[[1,2]]],"transitions":[[[1],[1]]]}`,
	"mover.json":    `{"kind":"markov_game","players":2,"states":["s"],"actions":[[1],[2]],"discount":0.5,"rewards":[[[[1,2]]],[[[2,3]]]],"transitions":[[[[1],[1]]]]}`,
	"horizons.json": `{"kind":"markov_game","players":2,"states":["s"],"actions":[[1],[1]],"horizon":1,"rewards":[[[[0]]],[[[5]]]],"transitions":[[[[1]]]]}`,
}

// Every solver takes games with nobody to move, one move, one player: it answers or
// refuses, and what it answers is one.
func TestSolversOnEmptyDimensions(t *testing.T) {
	dir := t.TempDir()
	for name, body := range emptyGames {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
		for _, s := range catalog.Standard().Solvers {
			g, err := catalog.Standard().Open(file, "")
			if err != nil {
				t.Fatal(err)
			}
			for _, knobs := range []string{"", `(lambda="0,2")`, "(temperature=0.5)", "(arms=true,lambda=1)", "(form=sequence)", "(form=reduced-normal)", "(form=reach-weighted,lambda=1)"} {
				if s.Name != "logit" && strings.Contains(knobs, "lambda") || strings.Contains(knobs, "form") && s.Name != "logit" {
					continue
				}
				found, err := g.Solve(context.Background(), s.Name+knobs, choose.Settings{Limits: equilibria.Limits{Iterations: 500}})
				if err != nil {
					if s.Name == "nash" && knobs == "" || s.Name == "logit" && name != "still.json" && !strings.HasPrefix(name, "horizon") && !strings.Contains(knobs, "form") && !(strings.Contains(knobs, "arms") && strings.HasSuffix(name, ".json")) {
						t.Errorf("%s: %s%s: %v", name, s.Name, knobs, err)
					}
					continue
				}
				if found.Status != equilibria.Converged && (s.Name == "nash" || s.Name == "ce" || s.Name == "cce") {
					t.Errorf("%s: %s: %s", name, s.Name, found.Status)
				}
				for _, x := range found.Evaluation.Values {
					if math.IsNaN(x) {
						t.Errorf("%s: %s: values %v", name, s.Name, found.Evaluation.Values)
					}
				}
			}
		}
	}
}

// Numbers at the ends of floating point are solved or refused; nothing panics, and
// nothing that is no number is said to be an answer.
func TestSolversOnExtremeNumbers(t *testing.T) {
	dir := t.TempDir()
	tables := map[string]string{
		"a.nfg":  "NFG 1 R \"g\" { \"A\" \"B\" } { 2 2 } X 1 2 X -X 3 4 -X",
		"b.nfg":  "NFG 1 R \"g\" { \"A\" \"B\" \"C\" } { 2 2 2 } X 1 0 2 X 0 -X 3 1 4 -X X X X X 0 0 0 1 2 3 -X 1 X",
		"c.efg":  "EFG 2 R \"g\" { \"A\" \"B\" }\np \"\" 1 1 \"\" { \"l\" \"r\" } 0\nt \"\" 1 \"\" { X 0 }\np \"\" 2 1 \"\" { \"l\" \"r\" } 0\nt \"\" 2 \"\" { 0 X }\nt \"\" 3 \"\" { 1 -X }\n",
		"d.json": `{"kind":"markov_game","players":2,"states":["s"],"actions":[[2],[2]],"discount":0.9,"rewards":[[[[X,1],[0,-X]]],[[[1,X],[-X,0]]]],"transitions":[[[[1],[1]],[[1],[0.5]]]]}`,
		"e.json": `{"kind":"markov_game","players":2,"states":["s"],"actions":[[2],[2]],"horizon":3,"rewards":[[[[X,1],[0,-X]]],[[[1,X],[-X,0]]]],"transitions":[[[[1],[1]],[[1],[0.5]]]]}`,
		"f.json": `{"kind":"markov_game","players":2,"states":["s"],"actions":[[2],[2]],"horizon":3,"rewards":[[[[X,1],[0,-X]]],[[[-X,-1],[0,X]]]],"transitions":[[[[1],[1]],[[1],[0.5]]]]}`,
		"g.json": `{"kind":"markov_game","players":2,"states":["s"],"actions":[[2],[2]],"discount":0.9,"rewards":[[[[X,1],[0,-X]]],[[[-X,-1],[0,X]]]],"transitions":[[[[1],[1]],[[1],[0.5]]]]}`,
	}
	for _, x := range []string{"1e-320", "1e-300", "1e-12", "1e150", "1e200", "1e300", "8e307", "1.7e308"} {
		for name, body := range tables {
			file := filepath.Join(dir, name)
			if err := os.WriteFile(file, []byte(strings.ReplaceAll(body, "X", x)), 0o644); err != nil {
				t.Fatal(err)
			}
			for _, s := range catalog.Standard().Solvers {
				g, err := catalog.Standard().Open(file, "")
				if err != nil {
					continue // refused
				}
				for _, knobs := range []string{"", "(lambda=2)", "(temperature=0.5)"} {
					found, err := g.Solve(context.Background(), s.Name+knobs, choose.Settings{Limits: equilibria.Limits{Iterations: 100}})
					if err != nil {
						if errors.Is(err, context.Canceled) {
							t.Error(err)
						}
						continue
					}
					e := found.Evaluation
					numbers := append(append([]float64{found.Residual, e.NashConv}, e.Values...), e.BestResponseValues...)
					if c := found.Correlated; c != nil {
						numbers = append(append(numbers, c.Values...), c.Gains...)
					}
					if c := found.Stages; c != nil {
						numbers = append(numbers, c.Gains...)
						for _, v := range c.Value {
							numbers = append(numbers, v[0]...)
						}
					}
					for _, v := range found.Values {
						numbers = append(numbers, v[0]...)
					}
					for _, y := range numbers {
						if math.IsNaN(y) || math.IsInf(y, 0) {
							t.Errorf("%s with %s: %s: found %v", name, x, s.Name, numbers)
							break
						}
					}
				}
			}
		}
	}
}
