package trial

import (
	"context"
	"testing"

	"arbiter/certify"
	"arbiter/certify/softmarkov"
	"arbiter/games/markov"
	"arbiter/games/wind"
)

// Matching pennies in one state, over and over: sweeps contract by the discount to the
// last digit, and proximal steps by all but what is certified.
func TestStagesAreTight(t *testing.T) {
	g := &markov.Game{Name: "pennies", Players: 2, States: []string{"s"}, Actions: [][]int{{2}, {2}}, Labels: make([][][]string, 2), Start: []float64{1}, Discount: .9}
	var joints [][]markov.Outcome
	for _, r := range []float64{1, -1, -1, 1} {
		joints = append(joints, []markov.Outcome{{Prob: 1, Next: 0, Reward: []float64{r, -r}}})
	}
	g.Steps = [][][][]markov.Outcome{{joints}}
	if err := g.Check(); err != nil {
		t.Fatal(err)
	}
	tau := []float64{.2, .2}
	c, err := softmarkov.Stages(context.Background(), g, tau)
	if err != nil {
		t.Fatal(err)
	}
	trials := func(c *certify.Certificate, g *markov.Game) []certify.Trial {
		list, err := Stages(context.Background(), g, tau, c, Trials{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	list := trials(c, g)
	if len(list) != 2 || list[0].Steps == 0 || list[1].Steps == 0 {
		t.Fatalf("%+v", list)
	}
	for _, x := range list {
		if !x.Holds() {
			t.Errorf("%+v", x)
		}
	}
	if list[0].Worst < .9-1e-9 || list[1].Worst < list[1].Certified-1e-3 {
		t.Errorf("sweeps %.12g, steps %.12g of %.12g", list[0].Worst, list[1].Worst, list[1].Certified)
	}
	// Certificates that say a little more are found out.
	for i := range list {
		more := *c
		more.Steps = append([]certify.Step(nil), c.Steps...)
		more.Steps[1+2*i].Factor -= 2e-3
		if trials(&more, g)[i].Holds() {
			t.Errorf("%s by a factor of %g was seen", more.Steps[1+2*i].Scheme, more.Steps[1+2*i].Factor)
		}
	}
}

// No sweep and no step of a grid in which play ends shrinks less than certified.
func TestStagesHold(t *testing.T) {
	g, err := wind.New("wind_grid", wind.Layout{Rows: 3, Cols: 4, Start: wind.Cell{2, 0}, Goal: wind.Cell{2, 3}, Pits: []wind.Cell{{2, 1}}, Wind: .2, Step: -.03, Reach: 1, Fall: -.5, Discount: .97})
	if err != nil {
		t.Fatal(err)
	}
	for _, tau := range [][]float64{{.1, .1}, {1, .3}} {
		c, err := softmarkov.Stages(context.Background(), g, tau)
		if err != nil {
			t.Fatal(err)
		}
		list, err := Stages(context.Background(), g, tau, c, Trials{Seed: 2, Starts: 10, Steps: 20})
		if err != nil || len(list) != 2 {
			t.Fatalf("%v, %v", list, err)
		}
		for _, x := range list {
			if !x.Holds() || x.Steps == 0 {
				t.Errorf("%v: %+v", tau, x)
			}
		}
	}
}
