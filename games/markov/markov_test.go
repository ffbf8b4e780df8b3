package markov

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"arbiter/agents"
	"arbiter/dice"
	"arbiter/games/flat"
	"arbiter/games/gametest"
)

const small = `{"kind":"markov_game","players":2,"states":["s","t"],"actions":[[2,1],[2,2]],"horizon":3,
"rewards":[[[[1,0],[0,2]],[[1,2]]],[[[0,1],[1,0]],[[0,0]]]],
"transitions":[[[[0.5,0.5],{"t":0.9}],[[0,1],{}]],[[[1,0],{"s":0.25,"t":0.75}]]]}`

func read(t testing.TB, text string) *Game {
	t.Helper()
	g, err := Read([]byte(text), "g.json", "g")
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// Games keep the contract; an Arena plays the very matches that States play.
func TestPlay(t *testing.T) {
	for _, g := range []*Game{Soccer("soccer", .9, false), Soccer("soccer", .9, true), Grid("grid", 1), Grid("grid", 2), read(t, small)} {
		if err := g.Check(); err != nil {
			t.Fatal(err)
		}
		p := NewPlayable(g, false)
		gametest.Run(t, p)
		a := NewArena(g)
		r := rand.New(rand.NewPCG(1, 2))
		policy := g.Uniform()
		for _, s := range policy {
			for _, row := range s {
				sum := 0.0
				for m := range row {
					row[m] = r.ExpFloat64()
					sum += row[m]
				}
				for m := range row {
					row[m] /= sum
				}
			}
		}
		agent := agents.FromPolicy(a.Policy(policy))
		var tables [][]dice.Slot
		for k := range g.Players {
			tables = append(tables, a.Bind(k, policy[k]))
		}
		fast, slow, state := make([]float64, 2), make([]float64, 2), p.Start()
		const n = 40_000
		sum, squares := 0.0, 0.0
		for i := range uint64(n) {
			chance := dice.New(7).Sub(i)
			moves := chance.Sub(0)
			a.Match(tables, chance, moves, fast)
			sum += fast[0]
			squares += fast[0] * fast[0]
			if i > 2000 {
				continue
			}
			if err := agents.Play(context.Background(), state, true, []agents.Agent{agent, agent}, chance, moves, slow); err != nil {
				t.Fatal(err)
			}
			if fast[0] != slow[0] || fast[1] != slow[1] {
				t.Fatalf("%s: match %d pays %v by states and %v in the arena", g.Name, i, slow, fast)
			}
		}
		// The mean of matches is the value: five standard errors, false alarm 6e-7.
		mean := sum / n
		se := math.Sqrt((squares/n - mean*mean) / n)
		var value [2]float64
		a.Values(value[:], policy)
		if math.Abs(mean-value[0]) > 5*se {
			t.Errorf("%s: mean %g ± %g, value %g", g.Name, mean, se, value[0])
		}
	}
}

// A horizon game as a tree has the same values.
func TestHistoryIsATree(t *testing.T) {
	g := read(t, small)
	b, err := flat.Compile(NewPlayable(g, true), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	tree, states := b.Evaluate(b.Uniform()), g.Evaluate(g.Uniform())
	for k := range g.Players {
		if math.Abs(tree.Values[k]-states.Values[k]) > 1e-12 || math.Abs(tree.BestResponseValues[k]-states.BestResponseValues[k]) > 1e-12 {
			t.Errorf("player %d: %g and %g in the tree, %g and %g by states", k, tree.Values[k], tree.BestResponseValues[k], states.Values[k], states.BestResponseValues[k])
		}
	}
	if _, err := flat.Compile(NewPlayable(Soccer("soccer", .9, false), true), 1<<10); err == nil {
		t.Error("an endless game compiles")
	}
}

// The equilibria of the grid games that Hu and Wellman's rules lead to.
func TestGridGames(t *testing.T) {
	move := func(g *Game, p Policy, k int, cells, name string) {
		for s, at := range g.States {
			if at != cells {
				continue
			}
			for a, label := range g.Names(k, s) {
				if p[k][s][a] = 0; label == name {
					p[k][s][a] = 1
				}
			}
		}
	}
	g := Grid("grid", 1)
	p := g.Uniform()
	for _, step := range []struct{ cells, a, b string }{{"0|2", "right", "up"}, {"1|5", "right", "up"}, {"2|8", "up", "left"}, {"5|7", "up", "left"}} {
		move(g, p, 0, step.cells, step.a)
		move(g, p, 1, step.cells, step.b)
	}
	if v := []float64{g.AtStart(g.Value(0, p)), g.AtStart(g.Value(1, p))}; math.Abs(v[0]-97.0299) > 1e-9 || math.Abs(v[1]-97.0299) > 1e-9 {
		t.Errorf("game 1: the shortest way is worth %v, expected 97.0299", v)
	}
	// Game 2: agent 0 goes sideways, agent 1 tries the barrier.
	g = Grid("grid", 2)
	p = g.Uniform()
	for _, step := range []struct{ cells, a, b string }{
		{"0|2", "right", "up"}, {"1|5", "up", "up"}, {"4|8", "up", "left"}, {"1|2", "up", "up"}, {"4|2", "up", "up"}, {"4|5", "up", "up"},
	} {
		move(g, p, 0, step.cells, step.a)
		move(g, p, 1, step.cells, step.b)
	}
	if v := []float64{g.AtStart(g.Value(0, p)), g.AtStart(g.Value(1, p))}; math.Abs(v[0]-98.01) > 1e-9 || math.Abs(v[1]-49.005) > 1e-9 {
		t.Errorf("game 2: %v, expected 98.01 and 49.005", v)
	}
}

// A prisoners' dilemma repeated with discount 0.9: to defect is worth 10.
func TestOneState(t *testing.T) {
	g := read(t, `{"kind":"markov_game","players":2,"states":["pd"],"actions":[2,2],"discount":0.9,
"rewards":[[[[3,0],[5,1]]],[[[3,5],[0,1]]]],"transitions":[[[[1],[1]],[[1],[1]]]]}`)
	e := g.Evaluate(Policy{{{0, 1}}, {{0, 1}}})
	if math.Abs(e.Values[0]-10) > 1e-12 || e.NashConv > 1e-12 {
		t.Errorf("defection: %+v", e)
	}
	e = g.Evaluate(Policy{{{1, 0}}, {{1, 0}}})
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
		if _, err := Read([]byte(text), "g.json", "g"); err == nil || !strings.Contains(err.Error(), want) {
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
		g, err := Read(body, "g", "g")
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
			NewPlayable(g, false)
		}
	})
}

func BenchmarkSoccerJointMoves(b *testing.B) {
	g := Soccer("soccer", .9, false)
	a := NewArena(g)
	p := g.Uniform()
	tables := [][]dice.Slot{a.Bind(0, p[0]), a.Bind(1, p[1])}
	dst := make([]float64, 2)
	steps, i := 0, uint64(0)
	for b.Loop() {
		unit := dice.New(1).Sub(i)
		steps += a.play(tables, unit, unit.Sub(0), dst)
		i++
	}
	b.ReportMetric(float64(steps)/b.Elapsed().Seconds()/1e6, "Mmoves/s")
}

func ExampleGame_Evaluate() {
	g := Soccer("soccer", .9, false)
	e := g.Evaluate(g.Uniform())
	fmt.Printf("%.4f\n", e.NashConv)
	// Output: 1.1074
}
