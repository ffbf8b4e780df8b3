package catalog

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"

	"arbiter/games"
	"arbiter/games/cartpole"
	"arbiter/games/gambit"
	"arbiter/games/goofspiel"
	"arbiter/games/grid"
	"arbiter/games/kuhn"
	"arbiter/games/leduc"
	"arbiter/games/liar"
	"arbiter/games/markov"
	"arbiter/games/normal"
	"arbiter/games/pendulum"
	"arbiter/games/pointmass"
	"arbiter/games/soccer"
	"arbiter/games/wind"
	"arbiter/internal/files"
)

// standardGames are those of this program, a line each.
func standardGames() []Game {
	return slices.Concat(
		packaged(kuhn.Entry()),
		packaged(leduc.Entry()),
		packaged(liar.Entry()),
		packaged(goofspiel.Entry()),
		packaged(soccer.Entry()),
		packaged(grid.Entries()...),
		packaged(wind.Entry()),
		packaged(pendulum.Entry()),
		packaged(cartpole.Entry()),
		packaged(pointmass.Entry()),
		packaged(markov.Entry()),
		packaged(normal.FileEntry(parseTable)),
		packaged(gambit.Entry()),
		packaged(normal.Entries()...),
	)
}

// packaged are games as their packages hand them over.
func packaged(entries ...games.Entry) (all []Game) {
	for _, e := range entries {
		all = append(all, Game{Name: e.Name, Doc: e.Doc, Params: e.Params, Samples: e.Samples, Open: func(o *Opening) (games.Game, error) {
			g, err := e.Open(games.Opening{Args: o.Args, Name: o.Name, Read: o.Read})
			if err != nil {
				return nil, err
			}
			return g, nil
		}})
	}
	return all
}

// ReadTable reads a payoff table from a .json, .csv or .nfg file. Errors name
// the file and the line or field.
func ReadTable(file string) (normal.Table, error) {
	body, err := files.Read(file)
	if err != nil {
		return normal.Table{}, err
	}
	return parseTable(body, file)
}

func parseTable(body []byte, file string) (normal.Table, error) {
	if !strings.EqualFold(filepath.Ext(file), ".nfg") {
		return normal.Parse(bytes.NewReader(body), file)
	}
	n, err := gambit.ReadNormal(body, file)
	if err != nil {
		return normal.Table{}, err
	}
	return n.Table(), nil
}
