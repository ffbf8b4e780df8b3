package games

import "arbiter/spec"

// Entry is a game by name, as its package hands it to a catalog.
type Entry struct {
	Name, Doc string                      // of specs; one line of help, Doc
	Params    []spec.Param                // keys of its specs; nil: none
	Samples   []string                    // specs of games small enough for every test, the first for all of them; nil: the name
	Open      func(Opening) (Game, error) // a new game of a spec; errors are of its keys and files
}

// Opening is a spec being turned into the game it names.
type Opening struct {
	spec.Args        // by key, checked and completed
	Name      string // the canonical spec

	// Read returns the file the key names. Errors name the spec and the file.
	Read func(key string) (path string, body []byte, err error)
}
