package catalog

import (
	"os"
	"path/filepath"
	"testing"

	"arbiter/equilibria/choose/choosetest"
	"arbiter/games"
	"arbiter/games/markov"
	"arbiter/games/posed"
	"arbiter/train/traintest"
)

// Every solver keeps its contract at games of every form, small ones as it is asked
// three times, and answers one of them.
func TestEverySolver(t *testing.T) {
	dir := t.TempDir()
	for file, body := range map[string]string{
		"t.efg":  `EFG 2 R "" { "A" "B" } p "" 1 1 "" { "x" "y" } 0 t "" 1 "" { 0 0 } p "" 2 1 "" { "x" "y" } 0 t "" 2 "" { 1 2 } t "" 3 "" { 2 1 }`,
		"p.efg":  `EFG 2 R "" { "A" "B" } c "" 1 "" { "red" 1/2 "black" 1/2 } 0 p "" 1 1 "" { "raise" "fold" } 0 p "" 2 1 "" { "meet" "pass" } 0 t "" 1 "" { 2 -2 } t "" 2 "" { 1 -1 } t "" 3 "" { 1 -1 } p "" 1 2 "" { "raise" "fold" } 0 p "" 2 1 "" { "meet" "pass" } 0 t "" 4 "" { -2 2 } t "" 5 "" { 1 -1 } t "" 6 "" { -1 1 }`,
		"m.json": `{"kind":"markov_game","players":2,"states":["s","t"],"actions":[[2,1],[2,2]],"horizon":3,"rewards":[[[[1,0],[0,2]],[[1,2]]],[[[0,1],[1,0]],[[0,0]]]],"transitions":[[[[0.5,0.5],{"t":0.9}],[[0,1],{}]],[[[1,0],{"s":0.25,"t":0.75}]]]}`,
		"z.json": `{"kind":"markov_game","players":2,"states":["s","t"],"actions":[[2,1],[2,2]],"discount":0.8,"rewards":[[[[1,0],[0,2]],[[1,2]]],[[[-1,0],[0,-2]],[[-1,-2]]]],"transitions":[[[[0.5,0.5],{"t":0.9}],[[0,1],{}]],[[[1,0],{"s":0.25,"t":0.75}]]]}`,
	} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	games := []string{"chicken", "efg(file=t.efg)", "efg(file=p.efg)", "markov_game(file=m.json)", "markov_game(file=z.json)"}
	given := map[string]string{"soft-shapley": "(temperature=0.5)"}
	c := Standard()
	for _, s := range c.Solvers {
		t.Run(s.Name, func(t *testing.T) {
			answers := 0
			for _, game := range games {
				open := func() *posed.Game {
					table, err := c.Open(game, dir)
					if err != nil {
						t.Fatal(err)
					}
					return table.Game
				}
				if choosetest.Run(t, c.Solvers, s.Name+given[s.Name], open) {
					answers++
				}
			}
			if answers == 0 {
				t.Error("it answers no game of any form")
			}
		})
	}
}

// Every learner keeps its contract, with moves in turn and at once, in every game that
// it takes, and takes one.
func TestEveryLearner(t *testing.T) {
	// A step of few matches is quick.
	given := map[string]string{"soft_q": "(matches=200)", "soft_minimax_q": "(matches=5)", "qarl": "(episodes=2)"}
	c := Standard()
	for _, m := range c.Learners {
		taken := 0
		for _, game := range []string{"kuhn_poker", "matching_pennies", "wind_grid"} {
			table, err := c.Open(game, "")
			if err != nil {
				t.Fatal(err)
			}
			var g games.Game = table.Game.Game
			if table.Markov != nil {
				g = markov.Episodes(table.Markov, 30)
			}
			text := m.Name + given[m.Name]
			if _, _, err := m.Open(text, g.Info()); err != nil {
				t.Logf("%s: %v", m.Name, err)
				continue
			}
			taken++
			traintest.Run(t, m, text, g)
		}
		if taken == 0 {
			t.Errorf("%s takes no game", m.Name)
		}
	}
}
