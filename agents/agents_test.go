package agents_test

import (
	"context"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"arbiter/agents"
	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/games/kuhn"
)

var names = []string{"pass", "bet"}

func TestRows(t *testing.T) {
	policy := agents.FromPolicy(games.Policy{Seats: []games.Rows{{Keys: []string{"0", "1"}, Probs: [][]float64{{.25, .75}, {1}}}}})
	for _, c := range []struct {
		agent agents.Tabular
		view  games.View
		want  float64 // probability of move 1
		err   string
	}{
		{agents.Uniform(), games.View{Moves: 4}, .25, ""},
		{agents.Always("bet"), games.View{Moves: 2, Names: names}, 1, ""},
		{agents.Always("1"), games.View{Moves: 2, Names: names}, 1, ""},
		{agents.Always("pass"), games.View{Moves: 2, Names: names}, 0, ""},
		{agents.Always("2"), games.View{Moves: 2, Names: names}, 0, "expected one of pass, bet"},
		{agents.Always("raise"), games.View{Moves: 3, Key: "k"}, 0, `"k", expected one of 0 to 2`},
		{policy, games.View{Moves: 2, Key: "0"}, .75, ""},
		{policy, games.View{Moves: 2, Key: "1"}, 0, "has 1 probabilities"},
		{policy, games.View{Moves: 2, Key: "2"}, 0, `no row for information state "2"`},
		{policy, games.View{Moves: 2, Seat: 1}, 0, "nothing of player_1"},
	} {
		row := make([]float64, c.view.Moves)
		err := c.agent.Row(c.view, row)
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%+v: error %v, want one with %q", c.view, err, c.err)
			}
			if _, err := c.agent.Move(t.Context(), c.view, rand.NewPCG(1, 1)); err == nil {
				t.Errorf("%+v: moved", c.view)
			}
			continue
		}
		if err != nil || row[1] != c.want {
			t.Errorf("%+v: row %v, %v, want %g for move 1", c.view, row, err, c.want)
		}
	}
}

// A policy needs no rows for information states it never lets itself get to.
func TestRowsNeverReachedMayBeMissing(t *testing.T) {
	g, _ := kuhn.New(2)
	b, err := flat.Compile(g, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	rows := games.Rows{Keys: []string{"0", "1", "2"}, Probs: [][]float64{{0, 1}, {0, 1}, {0, 1}}}
	if _, err := agents.BehaviourOf(agents.FromPolicy(games.Policy{Seats: []games.Rows{rows}}), b, 0); err != nil {
		t.Errorf("a policy that always bets first: %v", err)
	}
	rows.Probs[1] = []float64{.1, .9}
	if _, err := agents.BehaviourOf(agents.FromPolicy(games.Policy{Seats: []games.Rows{rows}}), b, 0); err == nil || !strings.Contains(err.Error(), `"1pb"`) {
		t.Errorf("a policy that may pass with card 1: %v", err)
	}
}

// odd is a policy with one row for everything.
type odd []float64

func (o odd) Row(_ games.View, dst []float64) error { copy(dst, o); return nil }

func (o odd) Move(context.Context, games.View, rand.Source) (int, error) { return 0, nil }

// Rows that are no distributions are refused before a match, and in one.
func TestRowsThatAreNoDistributions(t *testing.T) {
	g, _ := kuhn.New(2)
	b, err := flat.Compile(g, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range [][]float64{{math.NaN(), math.NaN()}, {math.NaN(), 1}, {math.Inf(1), 0}, {-.5, 1.5}, {0, 0}, {.5, .4}, {1, 1}} {
		if _, err := agents.BehaviourOf(odd(row), b, 0); err == nil || !strings.Contains(err.Error(), "probabilit") {
			t.Errorf("%v: %v", row, err)
		}
		policy := agents.FromPolicy(games.Policy{Seats: []games.Rows{{Keys: []string{"0"}, Probs: [][]float64{row}}}})
		if _, err := policy.Move(t.Context(), games.View{Moves: 2, Key: "0"}, rand.NewPCG(1, 1)); err == nil {
			t.Errorf("%v: moved", row)
		}
	}
	if _, err := agents.BehaviourOf(odd{.3, .7}, b, 0); err != nil {
		t.Error(err)
	}
}
