package stochastic_test

import (
	"context"
	"fmt"
	"testing"

	"arbiter/equilibria/solvertest"
	"arbiter/equilibria/stochastic"
	"arbiter/games/markov"
)

// Branches are what they were when each room of solvers had a follower of its own:
// points, folds, brackets of bifurcations and limits of all variants.
func TestBranchesStay(t *testing.T) {
	found := map[string][][]float64{}
	point := func(p stochastic.Point) []float64 {
		row := []float64{p.Lambda, float64(p.Number), float64(p.Index)}
		for k := range p.Policy {
			for _, r := range p.Policy[k] {
				row = append(row, r...)
			}
		}
		return row
	}
	try := func(name string, g *markov.Game, lambdas []float64, o stochastic.Options) stochastic.Branch {
		br, err := stochastic.Trace(context.Background(), g, lambdas, o)
		if err != nil {
			t.Fatal(name, err)
		}
		t.Log(name, br.Status, br.Steps, br.Last.Lambda)
		points := [][]float64{}
		for _, p := range br.Points {
			points = append(points, point(p))
		}
		found[name+": points"], found[name+": folds"] = points, [][]float64{br.Folds}
		for _, b := range br.Bifurcations {
			found[name+": bifurcations"] = append(found[name+": bifurcations"], b[:])
		}
		if o.End > 0 {
			found[name+": last"] = [][]float64{point(br.Last)}
		}
		for k := range br.Limit {
			found[name+": limit"] = append(found[name+": limit"], br.Limit[k]...)
		}
		return br
	}
	variants := []stochastic.Options{{Variant: stochastic.Plain}}
	for _, r := range []stochastic.Regulariser{stochastic.Entropy, stochastic.KL} {
		variants = append(variants, stochastic.Options{Variant: stochastic.OwnEntropy, Regulariser: r}, stochastic.Options{Variant: stochastic.Saddle, Regulariser: r})
	}
	lambdas := []float64{0, .5, 3, 12}
	for _, o := range variants {
		name := fmt.Sprint(o.Variant, " ", o.Regulariser)
		try("Z1 "+name, zOne(t), lambdas, o)
		if o.Variant == stochastic.Saddle {
			continue
		}
		g, _ := gs1(t)
		try("GS1 "+name, g, lambdas, o)
		o.End = 12
		for _, shape := range []string{"two players", "three players", "one player", "one state"} {
			for seed := range uint64(2) {
				g := randomMarkov(t, seed+40, .8, .3*float64(seed), mixedShapes[shape])
				own := o
				own.Own = seed == 1
				try(fmt.Sprint(shape, " ", seed, " ", name), g, lambdas, own)
			}
		}
	}
	folds := 0
	for seed := range uint64(6) {
		g := randomMarkov(t, seed+41, .9, 0, [][]int{{2, 2}, {2, 2}, {2, 2}})
		folds += len(try(fmt.Sprint("binary ", seed), g, []float64{5, 12, 20}, own).Folds)
	}
	// Between the folds of the fourth of these, at 12.8, rounding alone moves points by
	// 1e-12. These lie far apart.
	wide := try("wide", randomMarkov(t, 75, .3, 0, [][]int{{2, 2}, {2, 2}}), []float64{5, 20, 30, 60}, stochastic.Options{Variant: stochastic.Plain})
	if folds += len(wide.Folds); len(wide.Points) != 8 {
		t.Errorf("%d points, expected 20 and 30 three times", len(wide.Points))
	}
	if folds < 4 {
		t.Errorf("only %d folds", folds)
	}
	agree := markovOf(t, "agree", .5, [][]int{{2}, {2}}, [][][]float64{{{3, 0, 0, 2}}, {{2, 0, 0, 3}}}, [][][]float64{{{1}, {1}, {1}, {1}}})
	if br := try("agree", agree, []float64{.3, 1, 4}, stochastic.Options{Variant: stochastic.Plain}); len(br.Bifurcations) == 0 {
		t.Error("no bifurcation where players may change places")
	}
	h := *randomMarkov(t, 9, 0, .3, [][]int{{2, 3, 2}, {2, 2, 2}})
	h.Horizon = 3
	p, _, err := stochastic.BackwardLogit(context.Background(), &h, 4, stochastic.Options{Variant: stochastic.Plain})
	if err != nil {
		t.Fatal(err)
	}
	found["horizon"] = [][]float64{point(p)}
	all, err := stochastic.Multistart(context.Background(), randomMarkov(t, 44, .9, 0, [][]int{{2, 2}, {2, 2}, {2, 2}}), 12, own, 4, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all.Points {
		found["starts"] = append(found["starts"], point(p))
	}
	solvertest.Same(t, "testdata/branches.json", "Computed by this package while it had a follower of its own (path.go), in November 2026; the games are those of testdata/markov.json and testdata/markov_general_sum.json and seeded ones.", found)
}
