package leduc

import "arbiter/games"

// Entry is Leduc poker for a catalog.
func Entry() games.Entry {
	return games.Entry{
		Name: "leduc_poker",
		Doc:  "Leduc poker: six cards, one private each and one public, two betting rounds.",
		Open: func(games.Opening) (games.Game, error) { return New(), nil },
	}
}
