package tournament

import (
	"context"
	"math"
	"testing"

	"arbiter/agents"
	"arbiter/dice"
	"arbiter/games"
	"arbiter/games/pendulum"
)

// A match of a game that rolls, and shows vectors, is written down as it was played.
func TestRecorderRolls(t *testing.T) {
	g, err := pendulum.New("pendulum", pendulum.Physics{Force: .8, Mass: 1, Length: 1}, 30, .97)
	if err != nil {
		t.Fatal(err)
	}
	seats := []agents.Agent{agents.Uniform(), agents.Random(1)}
	r := &recorder{State: g.Start()}
	want, got := make([]float64, 2), make([]float64, 2)
	if err := agents.Play(context.Background(), g.Start(), true, seats, dice.New(1), dice.New(2), want); err != nil {
		t.Fatal(err)
	}
	if err := agents.Play(context.Background(), r, true, seats, dice.New(1), dice.New(2), got); err != nil {
		t.Fatal(err)
	}
	if math.Abs(got[0]-want[0]) > 0 || len(r.steps) != 61 || r.steps[0].Seat != -1 || r.steps[0].Move != -1 {
		t.Errorf("paid %v, expected %v; %d steps", got, want, len(r.steps))
	}
	if v := r.Observe(0, nil); len(v) != 2 || r.State.(games.Observer).Observe(0, nil)[0] != v[0] {
		t.Errorf("it shows %v", v)
	}
}
