package liar

import (
	"arbiter/games"
	"arbiter/spec"
)

// Entry is liar's dice for a catalog.
func Entry() games.Entry {
	return games.Entry{
		Name: "liars_dice",
		Doc:  "Liar's dice: a hidden die each, bids that go up, the top face wild.",
		Params: []spec.Param{
			{Name: "sides", Kind: spec.Int, Default: "6", Min: 2, Max: 8, Doc: "of a die"},
		},
		Samples: []string{"liars_dice(sides=3)"},
		Open: func(o games.Opening) (games.Game, error) {
			return New(o.Int("sides"))
		},
	}
}
