package gambit

import (
	"fmt"

	"arbiter/games"
	"arbiter/spec"
)

// Entry is a tree of a file for a catalog.
func Entry() games.Entry {
	return games.Entry{
		Name:   "efg",
		Doc:    "A game tree from a Gambit file.",
		Params: []spec.Param{{Name: "file", Kind: spec.File, Doc: "game tree, .efg"}},
		Open: func(o games.Opening) (games.Game, error) {
			path, body, err := o.Read("file")
			if err != nil {
				return nil, err
			}
			t, err := ReadTree(body, path)
			if err != nil {
				return nil, err
			}
			g, err := NewGame(o.Name, t)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			return g, nil
		},
	}
}
