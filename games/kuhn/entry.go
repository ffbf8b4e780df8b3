package kuhn

import (
	"arbiter/games"
	"arbiter/spec"
)

// Entry is Kuhn poker for a catalog.
func Entry() games.Entry {
	return games.Entry{
		Name: "kuhn_poker",
		Doc:  "Kuhn poker: one card each from a deck of players+1, one bet of one chip.",
		Params: []spec.Param{
			{Name: "players", Kind: spec.Int, Default: "2", Min: 2, Max: 10, Doc: "number of seats"},
		},
		Samples: []string{"kuhn_poker", "kuhn_poker(players=3)"},
		Open: func(o games.Opening) (games.Game, error) {
			return New(o.Int("players"))
		},
	}
}
