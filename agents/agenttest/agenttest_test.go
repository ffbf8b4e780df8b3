package agenttest

import (
	"context"
	"math/rand/v2"
	"testing"

	"arbiter/agents"
	"arbiter/games"
	"arbiter/games/kuhn"
)

// drawing is an agent that is not tabular.
type drawing struct{}

func (drawing) Move(_ context.Context, v games.View, src rand.Source) (int, error) {
	return int(src.Uint64() % uint64(v.Moves)), nil
}

func TestAgents(t *testing.T) {
	g, err := kuhn.New(2)
	if err != nil {
		t.Fatal(err)
	}
	for name, a := range map[string]agents.Agent{
		"uniform": agents.Uniform(), "random": agents.Random(3), "always": agents.Always("bet"),
		"drawing": drawing{}, "trembling": agents.Trembling(drawing{}, .3),
	} {
		Run(t, name, a, g)
	}
}
