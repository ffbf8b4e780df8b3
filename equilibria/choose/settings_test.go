package choose_test

import (
	"context"
	"testing"

	"arbiter/equilibria/choose"
	"arbiter/games/normal"
	"arbiter/games/posed"
)

// Every solver that suits matching pennies works with settings that say nothing.
func TestZeroSettingsWork(t *testing.T) {
	table := normal.Table{Strategies: [][]string{{"h", "t"}, {"h", "t"}}, Payoffs: [][]float64{{1, -1, -1, 1}, {-1, 1, 1, -1}}}
	g, err := normal.New("pennies", table, normal.Options{Noise: normal.None})
	if err != nil {
		t.Fatal(err)
	}
	unsuited := map[string]bool{"backward-induction": true, "shapley": true, "soft-shapley": true, "qarl": true}
	for _, s := range choose.Solvers() {
		_, err := choose.New(posed.New(g), choose.Solvers()).Solve(context.Background(), s.Name, choose.Settings{})
		if (err != nil) != unsuited[s.Name] {
			t.Errorf("%s: %v", s.Name, err)
		}
	}
}
