package catalog

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"

	"arbiter/games"
	"arbiter/games/gambit"
	"arbiter/games/goofspiel"
	"arbiter/games/grid"
	"arbiter/games/kuhn"
	"arbiter/games/leduc"
	"arbiter/games/liar"
	"arbiter/games/markov"
	"arbiter/games/normal"
	"arbiter/games/soccer"
	"arbiter/internal/files"
	"arbiter/spec"
)

func standardGames() []Game {
	all := []Game{
		{
			Name: "kuhn_poker",
			Doc:  "Kuhn poker: one card each from a deck of players+1, one bet of one chip.",
			Params: []spec.Param{
				{Name: "players", Kind: spec.Int, Default: "2", Min: 2, Max: 10, Doc: "number of seats"},
			},
			Open: func(o *Opening) (games.Game, error) {
				g, err := kuhn.New(o.Int("players"))
				return g, err
			},
		},
		{
			Name: "leduc_poker",
			Doc:  "Leduc poker: six cards, one private each and one public, two betting rounds.",
			Open: func(*Opening) (games.Game, error) { return leduc.New(), nil },
		},
		{
			Name: "liars_dice",
			Doc:  "Liar's dice: a hidden die each, bids that go up, the top face wild.",
			Params: []spec.Param{
				{Name: "sides", Kind: spec.Int, Default: "6", Min: 2, Max: 8, Doc: "of a die"},
			},
			Open: func(o *Opening) (games.Game, error) {
				g, err := liar.New(o.Int("sides"))
				return g, err
			},
		},
		{
			Name: "goofspiel",
			Doc:  "Goofspiel: both bid a card at once for each prize; nobody gets it on a tie.",
			Params: []spec.Param{
				{Name: "cards", Kind: spec.Int, Default: "13", Min: 1, Max: 13, Doc: "of each hand, and prizes"},
				{Name: "order", Kind: spec.Word, Default: "random", Choices: []string{"random", "ascending", "descending"}, Doc: "in which prizes come up"},
				{Name: "returns", Kind: spec.Word, Default: "win_loss", Choices: []string{"win_loss", "point_difference", "total_points"}, Doc: "what a match pays"},
				{Name: "imperfect", Kind: spec.Word, Default: "false", Choices: []string{"false", "true"}, Doc: "true: only who won a prize is shown"},
			},
			Open: func(o *Opening) (games.Game, error) {
				g, err := goofspiel.New(o.Name, o.Int("cards"), goofspiel.Order(o.Args["order"]), goofspiel.Returns(o.Args["returns"]), o.Args["imperfect"] == "true")
				return g, err
			},
		},
		{
			Name: "markov_soccer",
			Doc:  "Markov soccer on 4×5 cells (Littman 1994); the first goal ends the game.",
			Params: []spec.Param{
				{Name: "discount", Kind: spec.Float, Default: "0.9", Min: 0, Max: 0.99999, Doc: "probability that a match goes on after a step"},
				{Name: "variant", Kind: spec.Word, Default: "littman", Choices: []string{"littman", "turns"}, Doc: "littman: a random player has the ball at first; turns: it lies loose, as in OpenSpiel"},
			},
			Open: func(o *Opening) (games.Game, error) {
				return playable(soccer.New(o.Name, o.Float("discount"), o.Args["variant"] == "turns"))
			},
		},
		{
			Name: "grid_game_1",
			Doc:  "Grid game 1 of Hu and Wellman (2003): two agents swap sides on 3×3 cells.",
			Open: func(o *Opening) (games.Game, error) { return playable(grid.New(o.Name, 1)) },
		},
		{
			Name: "grid_game_2",
			Doc:  "Grid game 2 of Hu and Wellman (2003): two agents, one goal, barriers at the start.",
			Open: func(o *Opening) (games.Game, error) { return playable(grid.New(o.Name, 2)) },
		},
		{
			Name: "markov_game",
			Doc:  "A Markov game from a file.",
			Params: []spec.Param{
				{Name: "file", Kind: spec.File, Doc: "Markov game, .json"},
				{Name: "view", Kind: spec.Word, Default: "state", Choices: []string{"state", "history"}, Doc: "what seats remember; with history and a horizon the game is a tree"},
			},
			Open: func(o *Opening) (games.Game, error) {
				path, body, err := o.Read("file")
				if err != nil {
					return nil, err
				}
				g, err := markov.Read(body, path, o.Name)
				if err != nil {
					return nil, err
				}
				return markov.NewPlayable(g, o.Args["view"] == "history"), nil
			},
		},
		{
			Name:   "metagame",
			Doc:    "A payoff table from a file, played as a noisy game.",
			Params: append([]spec.Param{{Name: "file", Kind: spec.File, Doc: "payoff table, .json, .csv or .nfg"}}, noise()...),
			Open: func(o *Opening) (games.Game, error) {
				path, body, err := o.Read("file")
				if err != nil {
					return nil, err
				}
				t, err := parseTable(body, path)
				if err != nil {
					return nil, err
				}
				return newMetagame(o, t)
			},
		},
		{
			Name:   "efg",
			Doc:    "A game tree from a Gambit file.",
			Params: []spec.Param{{Name: "file", Kind: spec.File, Doc: "game tree, .efg"}},
			Open: func(o *Opening) (games.Game, error) {
				path, body, err := o.Read("file")
				if err != nil {
					return nil, err
				}
				t, err := gambit.ReadTree(body, path)
				if err != nil {
					return nil, err
				}
				g, err := gambit.NewGame(o.Name, t)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", path, err)
				}
				return g, nil
			},
		},
		{
			Name:   "soccer_metagame",
			Doc:    "Win rates of the ten soccer agents of Rowland et al. (2019), played as a noisy game.",
			Params: noise(),
			Open: func(o *Opening) (games.Game, error) {
				return newMetagame(o, normal.Soccer())
			},
		},
		{
			Name: "travellers_dilemma",
			Doc:  "Traveller's dilemma: the lower claim is paid, with a bonus for it (Basu 1994).",
			Params: []spec.Param{
				{Name: "low", Kind: spec.Int, Default: "2", Min: 0, Max: 1e6, Doc: "lowest claim"},
				{Name: "high", Kind: spec.Int, Default: "100", Min: 1, Max: 1e6, Doc: "highest claim"},
				{Name: "bonus", Kind: spec.Int, Default: "2", Min: 0, Max: 1e6, Doc: "from the higher claimant to the lower"},
			},
			Open: func(o *Opening) (games.Game, error) {
				low, high := o.Int("low"), o.Int("high")
				if high <= low || high-low >= 1000 {
					return nil, fmt.Errorf("%s: claims from %d to %d, expected 2 to 1000 of them", o.Name, low, high)
				}
				return noiseless(o, normal.TravellersDilemma(low, high, o.Int("bonus")))
			},
		},
	}
	for _, c := range normal.Classics() {
		all = append(all, Game{Name: c.Name, Doc: c.Doc, Open: func(o *Opening) (games.Game, error) {
			return noiseless(o, c.Table)
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

// playable plays a Markov game of rules, its states seen.
func playable(g *markov.Game, err error) (games.Game, error) {
	if err != nil {
		return nil, err
	}
	return markov.NewPlayable(g, false), nil
}

// noiseless plays a table without noise.
func noiseless(o *Opening, t normal.Table) (games.Game, error) {
	g, err := normal.New(o.Name, t, normal.Options{Noise: normal.None})
	return g, err
}

func noise() []spec.Param {
	return []spec.Param{
		{Name: "noise", Kind: spec.Word, Default: "bernoulli", Choices: []string{"bernoulli", "gaussian", "none"}, Doc: "what a match pays: 0 or 1, the mean plus a normal error, the mean"},
		{Name: "sd", Kind: spec.Float, Default: "1", Min: 0, Max: 1e12, Doc: "standard deviation of gaussian noise"},
		{Name: "rescale", Kind: spec.Word, Default: "none", Choices: []string{"none", "minmax"}, Doc: "minmax maps the table to [0,1]"},
		{Name: "draws", Kind: spec.Word, Default: "shared", Choices: []string{"shared", "independent"}, Doc: "shared: a match of two with constant sum has one winner"},
	}
}

func newMetagame(o *Opening, t normal.Table) (games.Game, error) {
	kinds := map[string]normal.Noise{"bernoulli": normal.Bernoulli, "gaussian": normal.Gaussian, "none": normal.None}
	g, err := normal.New(o.Name, t, normal.Options{
		Noise:       kinds[o.Args["noise"]],
		SD:          o.Float("sd"),
		MinMax:      o.Args["rescale"] == "minmax",
		Independent: o.Args["draws"] == "independent",
	})
	return g, err
}
