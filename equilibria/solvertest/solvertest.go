// Package solvertest holds the games that tests of several solvers share: those of
// testdata/equilibria.json with their reference answers, tables and trees compiled; and
// it holds numbers against those of before. Only tests import it.
package solvertest

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"os"
	"strconv"
	"testing"

	"arbiter/dice"
	"arbiter/equilibria/exact"
	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/games/gambit"
	"arbiter/games/kuhn"
	"arbiter/games/normal"
)

// Reference is a game of testdata/equilibria.json with its answers.
type Reference struct {
	ID            string            // unique in the file
	Kind          string            // normal or extensive
	NumStrategies []int             `json:"num_strategies"` // of tables, per player
	Payoffs       []json.RawMessage // of tables, by player: numbers nested by strategies
	EFG           string            // of extensive games, Gambit's format
	Value         *float64          // of player 0, nil if not known
	ZeroSum       bool              `json:"zero_sum"` // payoffs sum to 0 in every profile
	// Nash are the equilibria that are known.
	Nash struct {
		Complete bool // these are all
		// Equilibria are mixtures, each a Profile by player and strategy.
		Equilibria []struct{ Profile [][]float64 }
		Components [][]int `json:"convex_components"` // sets of Equilibria, by index, whose mixtures are equilibria too
	}
	Correlated map[string]map[string]any // values by concept (ce, cce) and objective
}

// References are all of the file, which is read two folders above the test's own.
func References(t testing.TB) []Reference {
	t.Helper()
	body, err := os.ReadFile("../../testdata/equilibria.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Games []Reference }
	if err := json.Unmarshal(body, &file); err != nil {
		t.Fatal(err)
	}
	return file.Games
}

// Board is the game compiled, and the payoffs of a table as ratios, nil of trees.
func (g Reference) Board(t testing.TB) (*flat.Board, [][]*big.Rat) {
	t.Helper()
	if g.Kind == "extensive" {
		tree, err := gambit.ReadTree([]byte(g.EFG), g.ID)
		if err != nil {
			t.Fatal(err)
		}
		played, err := gambit.NewGame(g.ID, tree)
		if err != nil {
			t.Fatal(err)
		}
		return Compile(t, played), nil
	}
	table := normal.Table{}
	var flatten func(raw json.RawMessage) []float64
	flatten = func(raw json.RawMessage) []float64 {
		var x float64
		if json.Unmarshal(raw, &x) == nil {
			return []float64{x}
		}
		var list []json.RawMessage
		if err := json.Unmarshal(raw, &list); err != nil {
			t.Fatal(err)
		}
		var out []float64
		for _, l := range list {
			out = append(out, flatten(l)...)
		}
		return out
	}
	for k, m := range g.NumStrategies {
		var names []string
		for i := range m {
			names = append(names, strconv.Itoa(i))
		}
		table.Strategies, table.Payoffs = append(table.Strategies, names), append(table.Payoffs, flatten(g.Payoffs[k]))
	}
	return Table(t, g.ID, table), table.Rationals()
}

// Compile is a game as a board.
func Compile(t testing.TB, g games.Game) *flat.Board {
	t.Helper()
	b, err := flat.Compile(g, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Table is a payoff table without noise as a board.
func Table(t testing.TB, name string, table normal.Table) *flat.Board {
	t.Helper()
	game, err := normal.New(name, table, normal.Options{Noise: normal.None})
	if err != nil {
		t.Fatal(err)
	}
	return Compile(t, game)
}

// Uniform is a payoff table drawn evenly from 0 to 1.
func Uniform(seed uint64, shape ...int) normal.Table {
	table := normal.Table{}
	size := 1
	for _, n := range shape {
		var names []string
		for i := range n {
			names = append(names, fmt.Sprint(i))
		}
		table.Strategies = append(table.Strategies, names)
		size *= n
	}
	for k := range shape {
		key := dice.New(seed).Sub(uint64(k))
		row := make([]float64, size)
		for i := range row {
			row[i] = dice.Float64(key.Word(i))
		}
		table.Payoffs = append(table.Payoffs, row)
	}
	return table
}

// Kuhn is Kuhn poker of two players.
func Kuhn(t testing.TB) *flat.Board {
	t.Helper()
	g, err := kuhn.New(2)
	if err != nil {
		t.Fatal(err)
	}
	return Compile(t, g)
}

// NormalForm is the reduced normal form of a board, with those payoffs unless nil.
func NormalForm(t testing.TB, b *flat.Board, payoffs [][]*big.Rat) *exact.Normal {
	t.Helper()
	n, err := exact.NormalForm(b, payoffs)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Far is the largest difference of two lists of rows of equal shape.
func Far(a, b [][]float64) (off float64) {
	for i := range a {
		for j := range a[i] {
			off = max(off, math.Abs(a[i][j]-b[i][j]))
		}
	}
	return off
}
