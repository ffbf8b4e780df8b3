package normal

import (
	"math"
	"testing"
)

// Every classic is a table, and its mixed equilibrium is the one of the books:
// all strategies in it earn the same.
func TestClassics(t *testing.T) {
	mixed := map[string][2][]float64{
		"matching_pennies":           {{.5, .5}, {.5, .5}},
		"rock_paper_scissors":        {{1. / 3, 1. / 3, 1. / 3}, {1. / 3, 1. / 3, 1. / 3}},
		"biased_rock_paper_scissors": {{1. / 6, 1. / 3, 1. / 2}, {1. / 6, 1. / 3, 1. / 2}},
		"stag_hunt":                  {{2. / 3, 1. / 3}, {2. / 3, 1. / 3}},
		"chicken":                    {{1. / 3, 2. / 3}, {1. / 3, 2. / 3}},
		"battle_of_the_sexes":        {{2. / 3, 1. / 3}, {1. / 3, 2. / 3}},
		"shapleys_game":              {{1. / 3, 1. / 3, 1. / 3}, {1. / 3, 1. / 3, 1. / 3}},
		"inspection_game":            {{1. / 6, 5. / 6}, {2. / 3, 1. / 3}},
	}
	for _, c := range Classics() {
		if err := c.Table.Check(); err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
		want, ok := mixed[c.Name]
		if !ok {
			continue
		}
		n := len(want[0])
		for i := range n {
			// Player 0's strategy i against player 1's mixture, and the reverse.
			earn := func(i int) (x, y float64) {
				for j, q := range want[1] {
					x += q * c.Table.Payoffs[0][i*n+j]
				}
				for j, p := range want[0] {
					if c.Table.Single {
						y += p * c.Table.Payoffs[0][i*n+j]
					} else {
						y += p * c.Table.Payoffs[1][j*n+i]
					}
				}
				return
			}
			x, y := earn(i)
			x0, y0 := earn(0)
			if math.Abs(x-x0) > 1e-12 || math.Abs(y-y0) > 1e-12 {
				t.Errorf("%s: strategy %d earns %g and %g, the first %g and %g", c.Name, i, x, y, x0, y0)
			}
		}
	}
	d := TravellersDilemma(2, 100, 2)
	if err := d.Check(); err != nil {
		t.Fatal(err)
	}
	if n := len(d.Strategies[0]); n != 99 || d.Payoffs[0][98*99+98] != 100 || d.Payoffs[0][97*99+98] != 101 || d.Payoffs[0][98*99+97] != 97 {
		t.Errorf("%d claims; 100 against 100 pays %g, 99 against 100 %g, 100 against 99 %g", n, d.Payoffs[0][98*99+98], d.Payoffs[0][97*99+98], d.Payoffs[0][98*99+97])
	}
}
