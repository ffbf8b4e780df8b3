package catalog

import (
	"bytes"
	"fmt"
	"path/filepath"
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
			Name: "wind_grid",
			Doc:  "A walk over a grid with pits into which a wind, the adversary, may blow.",
			Params: []spec.Param{
				{Name: "rows", Kind: spec.Int, Default: "5", Min: 1, Max: 1000, Doc: "of the grid; row 0 is on top"},
				{Name: "cols", Kind: spec.Int, Default: "9", Min: 1, Max: 1000, Doc: "of the grid"},
				{Name: "start", Kind: spec.Word, Default: "4:0", Doc: "row:column"},
				{Name: "goal", Kind: spec.Word, Default: "4:8", Doc: "row:column; ends the match"},
				{Name: "pits", Kind: spec.Word, Default: "2:4+4:2+4:3+4:4+4:5+4:6", Doc: "cells joined by +, or none; end the match"},
				{Name: "p_wind", Kind: spec.Float, Default: "0.2", Min: 0, Max: 1, Doc: "probability that the wind blows after a step"},
				{Name: "slip", Kind: spec.Float, Default: "0", Min: 0, Max: 1, Doc: "probability that any of the five actions is done instead"},
				{Name: "step_reward", Kind: spec.Float, Default: "-0.03", Min: -1e6, Max: 1e6, Doc: "of every step"},
				{Name: "goal_reward", Kind: spec.Float, Default: "1", Min: -1e6, Max: 1e6, Doc: "of the goal"},
				{Name: "pit_reward", Kind: spec.Float, Default: "-0.5", Min: -1e6, Max: 1e6, Doc: "of a pit"},
				{Name: "discount", Kind: spec.Float, Default: "0.97", Min: 0, Max: .99999, Doc: "probability that a match goes on after a step"},
			},
			Open: openWind,
		},
		{
			Name: "pendulum",
			Doc:  "A rod to be swung up by a torque that cannot lift it; the adversary turns it too.",
			Params: physics("200", "0.97",
				spec.Param{Name: "force", Kind: spec.Float, Default: "0.8", Min: 0, Max: 1e3, Doc: "largest torque of the adversary; 1.4 is hard"},
				spec.Param{Name: "mass", Kind: spec.Float, Default: "1", Min: .01, Max: 100, Doc: "of the rod"},
				spec.Param{Name: "length", Kind: spec.Float, Default: "1", Min: .01, Max: 100, Doc: "of the rod"},
				spec.Param{Name: "damping", Kind: spec.Float, Default: "0", Min: 0, Max: 10, Doc: "torque that slows, per speed"},
			),
			Open: func(o *Opening) (games.Game, error) {
				p := pendulum.Physics{Force: o.Float("force"), Mass: o.Float("mass"), Length: o.Float("length"), Damping: o.Float("damping")}
				return ruled(pendulum.New(o.Name, p, o.Int("horizon"), o.Float("discount")))
			},
		},
		{
			Name: "cart_pole",
			Doc:  "A pole to be balanced by pushing its cart; the adversary pushes the pole.",
			Params: physics("500", "0.98",
				spec.Param{Name: "force", Kind: spec.Float, Default: "0.15", Min: 0, Max: 1e3, Doc: "largest of the adversary on the pole; 0.25 is hard"},
				spec.Param{Name: "cart_mass", Kind: spec.Float, Default: "1", Min: .01, Max: 100, Doc: "of the cart"},
				spec.Param{Name: "pole_mass", Kind: spec.Float, Default: "0.1", Min: .001, Max: 100, Doc: "of the pole"},
				spec.Param{Name: "length", Kind: spec.Float, Default: "0.5", Min: .01, Max: 100, Doc: "half of the pole's"},
			),
			Open: func(o *Opening) (games.Game, error) {
				p := cartpole.Physics{Force: o.Float("force"), Cart: o.Float("cart_mass"), Pole: o.Float("pole_mass"), Length: o.Float("length")}
				return ruled(cartpole.New(o.Name, p, o.Int("horizon"), o.Float("discount")))
			},
		},
		{
			Name: "point_mass",
			Doc:  "A mass to be pushed through a gap in a wall to a goal; the adversary is a wind before the wall.",
			Params: physics("200", "0.99",
				spec.Param{Name: "force", Kind: spec.Float, Default: "0.8", Min: 0, Max: 1e3, Doc: "largest of the wind"},
				spec.Param{Name: "mass", Kind: spec.Float, Default: "1", Min: .1, Max: 100, Doc: "what is pushed"},
				spec.Param{Name: "friction", Kind: spec.Float, Default: "0.5", Min: 0, Max: 10, Doc: "force that slows, per speed"},
			),
			Open: func(o *Opening) (games.Game, error) {
				p := pointmass.Physics{Force: o.Float("force"), Mass: o.Float("mass"), Friction: o.Float("friction")}
				return ruled(pointmass.New(o.Name, p, o.Int("horizon"), o.Float("discount")))
			},
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

// openWind reads cells, which no kind of key does.
func openWind(o *Opening) (games.Game, error) {
	l := wind.Layout{
		Rows: o.Int("rows"), Cols: o.Int("cols"), Wind: o.Float("p_wind"), Slip: o.Float("slip"), Discount: o.Float("discount"),
		Step: o.Float("step_reward"), Reach: o.Float("goal_reward"), Fall: o.Float("pit_reward"),
	}
	for _, key := range []string{"start", "goal", "pits"} {
		cells, err := wind.ParseCells(o.Args[key])
		if err == nil && key != "pits" && len(cells) != 1 {
			err = fmt.Errorf("found %q, expected one cell", o.Args[key])
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", o.Name, key, err)
		}
		switch key {
		case "start":
			l.Start = cells[0]
		case "goal":
			l.Goal = cells[0]
		case "pits":
			l.Pits = cells
		}
	}
	return playable(wind.New(o.Name, l))
}

// physics are the keys of a game on vectors: those of its physics, then those that
// all have.
func physics(horizon, discount string, all ...spec.Param) []spec.Param {
	return append(all,
		spec.Param{Name: "horizon", Kind: spec.Int, Default: horizon, Min: 1, Max: 1e5, Doc: "steps of a match, which pays their sum"},
		spec.Param{Name: "discount", Kind: spec.Float, Default: discount, Min: 1e-3, Max: .99999, Doc: "of rewards in time, for learners; matches pay plain sums"},
	)
}

// ruled is a game whose rules may refuse their numbers.
func ruled[G games.Game](g G, err error) (games.Game, error) {
	if err != nil {
		return nil, err
	}
	return g, nil
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
