package standing_test

import (
	"fmt"

	"arbiter/profile"
	"arbiter/ranking"
	"arbiter/ranking/standing"
)

// Rock, paper, scissors and a move that loses to all: three share the first rank.
func ExampleRank() {
	space := profile.Space{Single: true, Shape: []int{4}}
	rates := ranking.Payoffs{Space: space, M: [][]float64{{
		.5, 0, 1, 1, // row i: how often i beats each column
		1, .5, 0, 1,
		0, 1, .5, 1,
		0, 0, 0, .5,
	}}}
	evidence, err := standing.FromTable(rates, [][]string{{"rock", "paper", "scissors", "well"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := standing.Rank(evidence, standing.Defaults())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, row := range s.(*standing.AlphaRank).Ranking {
		fmt.Printf("%d %s %.3f\n", row.Rank, row.Profile, row.Mass)
	}
	// Output:
	// 1 rock 0.333
	// 1 paper 0.333
	// 1 scissors 0.333
	// 4 well 0.000
}
