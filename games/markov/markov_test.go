package markov_test

import (
	"math"
	"strings"
	"testing"

	"arbiter/games/flat"
	"arbiter/games/gametest"
	"arbiter/games/markov"
)

const small = `{"kind":"markov_game","players":2,"states":["s","t"],"actions":[[2,1],[2,2]],"horizon":3,
"rewards":[[[[1,0],[0,2]],[[1,2]]],[[[0,1],[1,0]],[[0,0]]]],
"transitions":[[[[0.5,0.5],{"t":0.9}],[[0,1],{}]],[[[1,0],{"s":0.25,"t":0.75}]]]}`

func read(t testing.TB, text string) *markov.Game {
	t.Helper()
	g, err := markov.Read([]byte(text), "g.json", "g")
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestContract(t *testing.T) {
	for _, history := range []bool{false, true} {
		gametest.Run(t, markov.NewPlayable(read(t, small), history))
	}
}

// A horizon game as a tree has the same values.
func TestHistoryIsATree(t *testing.T) {
	g := read(t, small)
	b, err := flat.Compile(markov.NewPlayable(g, true), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	tree, states := b.Evaluate(b.Uniform()), g.Evaluate(g.Uniform())
	for k := range g.Players {
		if math.Abs(tree.Values[k]-states.Values[k]) > 1e-12 || math.Abs(tree.BestResponseValues[k]-states.BestResponseValues[k]) > 1e-12 {
			t.Errorf("player %d: %g and %g in the tree, %g and %g by states", k, tree.Values[k], tree.BestResponseValues[k], states.Values[k], states.BestResponseValues[k])
		}
	}
	endless := read(t, strings.Replace(small, `"horizon":3`, `"discount":0.9`, 1))
	if _, err := flat.Compile(markov.NewPlayable(endless, true), 1<<10); err == nil {
		t.Error("an endless game compiles")
	}
}

// A prisoners' dilemma repeated with discount 0.9: to defect is worth 10.
func TestOneState(t *testing.T) {
	g := read(t, `{"kind":"markov_game","players":2,"states":["pd"],"actions":[2,2],"discount":0.9,
"rewards":[[[[3,0],[5,1]]],[[[3,5],[0,1]]]],"transitions":[[[[1],[1]],[[1],[1]]]]}`)
	e := g.Evaluate(markov.Policy{{{0, 1}}, {{0, 1}}})
	if math.Abs(e.Values[0]-10) > 1e-12 || e.NashConv > 1e-12 {
		t.Errorf("defection: %+v", e)
	}
	e = g.Evaluate(markov.Policy{{{1, 0}}, {{1, 0}}})
	if math.Abs(e.Values[0]-30) > 1e-11 || math.Abs(e.BestResponseValues[0]-50) > 1e-11 {
		t.Errorf("cooperation: %+v", e)
	}
}

func TestReadSaysWhere(t *testing.T) {
	replace := func(old, new string) string {
		if !strings.Contains(small, old) {
			t.Fatalf("%s is not in the file", old)
		}
		return strings.Replace(small, old, new, 1)
	}
	for text, want := range map[string]string{
		`{`:                                               "g.json:1: the file ends too early",
		"{\n\n\"a\":1}":                                   `unknown field "a"`,
		replace(`"markov_game"`, `"game"`):                `kind: found "game"`,
		replace(`"players":2`, `"players":0`):             "players: found 0",
		replace(`"horizon":3`, `"horizon":0`):             "horizon: found 0",
		replace(`"horizon":3`, `"discount":1`):            "discount: found 1",
		replace(`"horizon":3,`, ``):                       "expected one of discount and horizon",
		replace(`["s","t"]`, `["s","s"]`):                 `states[1]: found "s"`,
		replace(`[[2,1],[2,2]]`, `[[2,1],[2]]`):           "actions[1]: found 1 numbers, expected 2",
		replace(`[[2,1],[2,2]]`, `[[2,1],[2,0]]`):         "actions[1][1]: found 0",
		replace(`[[1,0],[0,2]]`, `[[1,0],[0,"x"]]`):       `rewards[0][0][1][1]: found "x", expected a finite number`,
		replace(`[[1,0],[0,2]]`, `[[1,0]]`):               "rewards[0][0]: found 1 entries, expected 2",
		replace(`[0.5,0.5]`, `[0.5,0.6]`):                 "transitions[0][0][0]: probabilities sum to 1.1",
		replace(`[0.5,0.5]`, `[0.5,-0.5]`):                "transitions[0][0][0]: found probability -0.5 of state \"t\"",
		replace(`{"t":0.9}`, `{"u":0.9}`):                 `transitions[0][0][1]: found state "u"`,
		small + "x":                                       "g.json:3",
		replace(`"horizon":3`, `"horizon":3,"start":[1]`): "start: found 1 probabilities, expected 2",
	} {
		if _, err := markov.Read([]byte(text), "g.json", "g"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s…: %v; expected %s", text, err, want)
		}
	}
}

// Tables may lead with the step.
func TestSteps(t *testing.T) {
	g := read(t, `{"kind":"markov_game","players":1,"states":["s"],"actions":[[2]],"horizon":2,
"rewards":[[[[1,0]]],[[[0,5]]]],"transitions":[[[1],{"s":0.5}]]}`)
	v, actions := g.BestResponse(0, g.Uniform())
	if v[0][0] != 6 || v[1][0] != 5 || actions[0][0] != 0 || actions[1][0] != 1 {
		t.Errorf("values %v, actions %v", v, actions)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(small))
	f.Fuzz(func(t *testing.T, body []byte) {
		g, err := markov.Read(body, "g", "g")
		if err != nil {
			return
		}
		if err := g.Check(); err != nil {
			t.Fatal(err)
		}
		if len(g.States)*g.Depth() < 100 {
			e := g.Evaluate(g.Uniform())
			if math.IsNaN(e.NashConv) {
				t.Fatalf("%s: %+v", body, e)
			}
			markov.NewPlayable(g, false)
		}
	})
}
