package grid

import (
	"arbiter/games"
	"arbiter/games/markov"
)

// Entries are both games for a catalog.
func Entries() []games.Entry {
	return []games.Entry{
		{
			Name: "grid_game_1",
			Doc:  "Grid game 1 of Hu and Wellman (2003): two agents swap sides on 3×3 cells.",
			Open: func(o games.Opening) (games.Game, error) { return markov.Opened(New(o.Name, 1)) },
		},
		{
			Name: "grid_game_2",
			Doc:  "Grid game 2 of Hu and Wellman (2003): two agents, one goal, barriers at the start.",
			Open: func(o games.Opening) (games.Game, error) { return markov.Opened(New(o.Name, 2)) },
		},
	}
}
