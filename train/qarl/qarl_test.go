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

// Networks keep the contract on tasks of control, and are refused elsewhere.
func TestNetworksContract(t *testing.T) {
	rod, err := catalog.Standard().Open("pendulum", "")
	if err != nil {
		t.Fatal(err)
	}
	const text = "qarl(values=networks,episodes=1,samples=1,floor=0)"
	traintest.Run(t, qarl.Method(), text, rod.Game)
	kuhn, err := catalog.Standard().Open("kuhn_poker", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := qarl.Method().Open(text, kuhn.Game.Info()); err == nil {
		t.Error("networks are made for Kuhn poker, where there are no vectors")
	}
}
