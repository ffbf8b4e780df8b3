package trial

import (
	"context"
	"math"
	"testing"

	"arbiter/certify"
	"arbiter/certify/entropic"
	"arbiter/certify/quadratic"
	"arbiter/games/normal"
)

// Matching pennies in any units, and in units of each player's own: correct
// certificates hold in play, and factors of a margin one part in a hundred too
// large, which is tight there, are found out.
func TestSimulationsAreJudgedInTheirOwnUnits(t *testing.T) {
	ctx := context.Background()
	for _, unit := range [][2]float64{{1, 1}, {1e-8, 1e-8}, {1e8, 1e8}, {1e-8, 1e8}, {1e-12, 1}, {3e5, 7e-4}} {
		table := normal.Table{
			Strategies: [][]string{{"h", "t"}, {"h", "t"}},
			Payoffs:    [][]float64{{unit[0], -unit[0], -unit[0], unit[0]}, {-unit[1], unit[1], unit[1], -unit[1]}},
		}
		g, err := entropic.NormalForm(ctx, table)
		if err != nil {
			t.Fatal(err)
		}
		c, err := g.Certify(ctx, []float64{.2 * unit[0], .2 * unit[1]})
		if err != nil || !c.Certified() {
			t.Fatalf("units %g: %v, margin %g", unit, err, c.Margin)
		}
		trials, err := Entropic(ctx, g, c, Trials{})
		if err != nil || len(trials) < 2 {
			t.Fatalf("units %g: %v, %v", unit, err, trials)
		}
		measured := 0
		for _, x := range trials {
			if measured += x.Steps; !x.Holds() {
				t.Errorf("units %g: a correct certificate is falsified: %+v", unit, x)
			}
		}
		if measured < 500 {
			t.Errorf("units %g: %d steps measured", unit, measured)
		}
		if unit[0] != unit[1] {
			continue
		}
		for k, s := range c.StepsIn(certify.InWeights) {
			if s.Scheme == certify.Prox {
				c.Steps[k].Factor = 1 / (1 + s.Best*1.01*c.Margin)
			}
		}
		if trials, err = Entropic(ctx, g, c, Trials{}); err != nil {
			t.Fatal(err)
		}
		found := false
		for _, x := range trials {
			found = found || x.Scheme == certify.Prox && !x.Holds()
		}
		if !found {
			t.Errorf("units %g: a margin 1%% too large was not found out: %+v", unit, trials)
		}
	}
}

// A quadratic game in units of the field and of the coordinates, with its
// equilibrium far from 0.
func TestSimulationsOfQuadraticUnits(t *testing.T) {
	ctx := context.Background()
	for _, u := range []struct{ field, far float64 }{{1, 0}, {1e-8, 0}, {1e8, 0}, {1, 1e8}, {1e-8, 1e8}, {1e8, 1e-8}} {
		g := &quadratic.Game{Blocks: []int{1, 1}, Matrix: [][]float64{{u.field, 10 * u.field}, {.05 * u.field, u.field}}, Offset: []float64{-11 * u.field * u.far, -1.05 * u.field * u.far}}
		c, err := quadratic.Certify(ctx, g, quadratic.Options{})
		if err != nil || !c.Certified() {
			t.Fatalf("%+v: %v", u, err)
		}
		trials, err := Quadratic(ctx, g, c, Trials{})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range trials {
			if !x.Holds() {
				t.Errorf("%+v: a correct certificate is falsified: %+v", u, x)
			}
		}
		// The norm is tight for the block max norm row.
		for k := range c.StepsIn(certify.InWeights) {
			if s := &c.Steps[k]; s.Scheme == certify.Euler && !math.IsNaN(s.Factor) {
				s.Factor *= .8
			}
		}
		if trials, err = Quadratic(ctx, g, c, Trials{}); err != nil {
			t.Fatal(err)
		}
		found := false
		for _, x := range trials {
			found = found || !x.Holds()
		}
		if !found {
			t.Errorf("%+v: factors a fifth too small were not found out", u)
		}
	}
}
