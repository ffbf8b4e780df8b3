package goofspiel

import (
	"arbiter/games"
	"arbiter/spec"
)

// Entry is Goofspiel for a catalog.
func Entry() games.Entry {
	return games.Entry{
		Name: "goofspiel",
		Doc:  "Goofspiel: both bid a card at once for each prize; nobody gets it on a tie.",
		Params: []spec.Param{
			{Name: "cards", Kind: spec.Int, Default: "13", Min: 1, Max: 13, Doc: "of each hand, and prizes"},
			{Name: "order", Kind: spec.Word, Default: "random", Choices: []string{"random", "ascending", "descending"}, Doc: "in which prizes come up"},
			{Name: "returns", Kind: spec.Word, Default: "win_loss", Choices: []string{"win_loss", "point_difference", "total_points"}, Doc: "what a match pays"},
			{Name: "imperfect", Kind: spec.Word, Default: "false", Choices: []string{"false", "true"}, Doc: "true: only who won a prize is shown"},
		},
		Samples: []string{"goofspiel(cards=3)", "goofspiel(cards=4)", "goofspiel(cards=3,imperfect=true,order=descending)"},
		Open: func(o games.Opening) (games.Game, error) {
			return New(o.Name, o.Int("cards"), Order(o.Args["order"]), Returns(o.Args["returns"]), o.Args["imperfect"] == "true")
		},
	}
}
