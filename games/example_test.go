package games_test

import (
	"fmt"

	"arbiter/agents"
	"arbiter/equilibria/learn"
	"arbiter/games"
	"arbiter/games/flat"
)

// Bluff: seat 0 draws a high or a low card and may bet one more on the ante of
// one; seat 1 folds or calls.
type bluff struct{}

func (bluff) Info() games.Info {
	return games.Info{
		Name: "bluff", Seats: 2,
		Lo: []float64{-2, -2}, Hi: []float64{2, 2}, ConstantSum: true,
	}
}

func (bluff) Start() games.State { return &bluffState{} }

// bluffState is what has happened so far: the card, the bet and the call, each
// an index of a move.
type bluffState struct{ history []int }

func (s *bluffState) Turn() games.Turn {
	switch {
	case len(s.history) == 0:
		return games.Chance
	case len(s.history) == 1:
		return 0
	case len(s.history) == 2 && s.history[1] == 1:
		return 1
	}
	return games.Over
}

func (s *bluffState) Moves(int) int   { return 2 }
func (s *bluffState) Odds() []float64 { return []float64{.5, .5} }
func (s *bluffState) Play(move int)   { s.history = append(s.history, move) }
func (s *bluffState) Reset()          { s.history = s.history[:0] }

func (s *bluffState) Key(seat int) string {
	if seat == 0 {
		return []string{"low", "high"}[s.history[0]]
	}
	return "bet"
}

func (s *bluffState) MoveNames(seat int) []string {
	return [][]string{{"pass", "bet"}, {"fold", "call"}}[seat]
}

func (s *bluffState) Payoff(dst []float64) {
	x := float64(2*s.history[0] - 1) // the showdown for the ante
	if len(s.history) == 3 {
		if x *= 2; s.history[2] == 0 {
			x = 1
		}
	}
	dst[0], dst[1] = x, -x
}

func (s *bluffState) Clone() games.State {
	return &bluffState{append([]int(nil), s.history...)}
}

// A game of one's own, compiled, solved and judged.
func Example() {
	board, err := flat.Compile(bluff{}, 1000)
	if err != nil {
		fmt.Println(err)
		return
	}
	solved := learn.CFR(board, 10_000)
	e := board.Evaluate(solved)
	fmt.Printf("value %.2f, NashConv below 0.01: %v\n", e.Values[0], e.NashConv < .01)

	// The bluff: bet a low card one time in three.
	fmt.Printf("low card: bet %.2f\n", solved[0][0][1])

	var caller []games.Behaviour
	for seat := range 2 {
		s, err := agents.BehaviourOf(agents.Uniform(), board, seat)
		if err != nil {
			fmt.Println(err)
			return
		}
		caller = append(caller, s)
	}
	fmt.Printf("random play loses %.2f to best responses\n", board.Evaluate(caller).NashConv)
	// Output:
	// value 0.33, NashConv below 0.01: true
	// low card: bet 0.33
	// random play loses 0.50 to best responses
}
