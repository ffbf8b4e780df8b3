package markov

import (
	"arbiter/games"
	"arbiter/spec"
)

// Entry is a Markov game of a file for a catalog.
func Entry() games.Entry {
	return games.Entry{
		Name: "markov_game",
		Doc:  "A Markov game from a file.",
		Params: []spec.Param{
			{Name: "file", Kind: spec.File, Doc: "Markov game, .json"},
			{Name: "view", Kind: spec.Word, Default: "state", Choices: []string{"state", "history"}, Doc: "what seats remember; with history and a horizon the game is a tree"},
		},
		Open: func(o games.Opening) (games.Game, error) {
			path, body, err := o.Read("file")
			if err != nil {
				return nil, err
			}
			g, err := Read(body, path, o.Name)
			if err != nil {
				return nil, err
			}
			return NewPlayable(g, o.Args["view"] == "history"), nil
		},
	}
}

// Opened is a game of rules as an Entry opens it: played, its states seen.
func Opened(g *Game, err error) (games.Game, error) {
	if err != nil {
		return nil, err
	}
	return NewPlayable(g, false), nil
}
