package tournament_test

import (
	"context"
	"fmt"

	"arbiter/agents"
	"arbiter/games/kuhn"
	"arbiter/ranking/standing"
	"arbiter/tournament"
)

// Two agents of one's own meet until it is known who is better.
func ExampleSettings_Play() {
	game, err := kuhn.New(2)
	if err != nil {
		fmt.Println(err)
		return
	}
	evidence, err := tournament.Defaults().Play(context.Background(), game, 1, []tournament.Entrant{
		{Spec: "bets", Label: "bets", Agent: agents.Always("bet")},
		{Spec: "passes", Label: "passes", Agent: agents.Always("pass")},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := standing.Rank(evidence, standing.Defaults())
	if err != nil {
		fmt.Println(err)
		return
	}
	r := s.(*standing.AlphaRank)
	fmt.Printf("%s, %s\n", r.Ranking[0].Profile, r.Sure)
	// Output:
	// bets, all correct with confidence 95%
}
