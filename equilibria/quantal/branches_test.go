package quantal_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"arbiter/equilibria/quantal"
	"arbiter/equilibria/solvertest"
	"arbiter/games/flat"
	"arbiter/games/normal"
)

// Branches are what they were when each room of solvers had a follower of its own:
// crossings, folds, bifurcations and limits of tables and trees of all forms.
func TestBranchesStay(t *testing.T) {
	found := map[string][][]float64{}
	put := func(name string, b *flat.Board, br *quantal.Branch) {
		crossings := [][]float64{}
		for _, c := range br.Crossings {
			row := []float64{c.Lambda, float64(c.Number)}
			for _, r := range inOrder(b, c.Policy) {
				row = append(row, r...)
			}
			crossings = append(crossings, row)
		}
		found[name+": crossings"], found[name+": folds"] = crossings, [][]float64{br.Turning}
		found[name+": bifurcations"] = [][]float64{lambdasOf(br.Bifurcations)}
		if br.Limit != nil {
			found[name+": limit"] = inOrder(b, br.Limit)
		}
	}
	try := func(name string, b *flat.Board, o quantal.Options) {
		br, err := quantal.Trace(context.Background(), b, o)
		if err != nil {
			t.Fatal(err)
		}
		t.Log(name, br.Steps, br.End)
		put(name, b, br)
		for i, a := range br.Arms {
			t.Log(name, i, a.Steps, a.End)
			put(fmt.Sprintf("%s, arm %d", name, i), b, &a.Branch)
		}
	}
	lambdas := []float64{0, .3, 2, 10}
	for _, id := range []string{"battle_of_sexes_symmetric", "chicken_symmetric", "chicken_generic", "stag_hunt", "travellers_dilemma", "three_player_222", "three_player_333_generic", "general_5x5"} {
		try(id, referenceBoard(t, id), quantal.Options{Lambdas: lambdas, Arms: true})
	}
	try("prisoners, own", referenceBoard(t, "prisoners_dilemma"), quantal.Options{Lambdas: lambdas, Own: true})
	try("inspection, ratio", referenceBoard(t, "inspection"), quantal.Options{Lambdas: lambdas, Ratio: []float64{1, 3}, First: true})
	for _, form := range quantal.Forms() {
		try("Kuhn, "+string(form), solvertest.Kuhn(t), quantal.Options{Lambdas: lambdas, Form: form})
		for _, id := range []string{"myerson_card_game", "selten_horse", "beer_quiche"} {
			try(id+", "+string(form), referenceBoard(t, id), quantal.Options{Lambdas: lambdas, Form: form})
		}
	}
	// Cubes of even draws: few payoffs are large, and some branches fold.
	folds := 0
	for seed := range uint64(24) {
		shape := [][]int{{3, 3}, {5, 5}, {2, 2, 2}, {3, 3, 3}, {8, 8}, {2, 2, 2, 2}}[seed%6]
		table := solvertest.Uniform(seed+100, shape...)
		cube(table)
		name := fmt.Sprintf("%v of %d", shape, seed)
		try(name, solvertest.Table(t, name, table), quantal.Options{Lambdas: []float64{1, 10, 40}})
		folds += len(found[name+": folds"][0])
	}
	if folds < 2 {
		t.Errorf("only %d folds", folds)
	}
	solvertest.Same(t, "testdata/branches.json", "Computed by this package while it had a follower of its own (trace.go, find.go), in November 2026; the games are those of testdata/equilibria.json and seeded ones.", found)
}

func cube(table normal.Table) {
	for _, row := range table.Payoffs {
		for i, x := range row {
			row[i] = math.Pow(2*x-1, 3)
		}
	}
}
