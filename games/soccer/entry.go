package soccer

import (
	"arbiter/games"
	"arbiter/games/markov"
	"arbiter/spec"
)

// Entry is Markov soccer for a catalog.
func Entry() games.Entry {
	return games.Entry{
		Name: "markov_soccer",
		Doc:  "Markov soccer on 4×5 cells (Littman 1994); the first goal ends the game.",
		Params: []spec.Param{
			{Name: "discount", Kind: spec.Float, Default: "0.9", Min: 0, Max: 0.99999, Doc: "probability that a match goes on after a step"},
			{Name: "variant", Kind: spec.Word, Default: "littman", Choices: []string{"littman", "turns"}, Doc: "littman: a random player has the ball at first; turns: it lies loose, as in OpenSpiel"},
		},
		Samples: []string{"markov_soccer", "markov_soccer(variant=turns)"},
		Open: func(o games.Opening) (games.Game, error) {
			return markov.Opened(New(o.Name, o.Float("discount"), o.Args["variant"] == "turns"))
		},
	}
}
