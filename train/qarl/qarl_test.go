package qarl_test

import (
	"testing"

	"arbiter/catalog"
	"arbiter/games/markov"
	"arbiter/train/qarl"
	"arbiter/train/traintest"
)

func TestContract(t *testing.T) {
	table, err := catalog.Standard().Open("wind_grid", "")
	if err != nil {
		t.Fatal(err)
	}
	g := markov.Episodes(table.Markov, 100)
	for _, text := range []string{
		"qarl(episodes=3,samples=5,floor=-9)",
		"qarl(episodes=3,samples=5,teacher=force,floor=-9)",
		"qarl(episodes=3,adversary=none)",
		"qarl(episodes=3,adversary=random,teacher=linear,bins=3)",
	} {
		traintest.Run(t, qarl.Method(), text, g)
	}
}
