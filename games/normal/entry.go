package normal

import (
	"fmt"

	"arbiter/games"
	"arbiter/spec"
)

// FileEntry is the table of a file for a catalog, which says how to parse one.
func FileEntry(parse func(body []byte, file string) (Table, error)) games.Entry {
	return games.Entry{
		Name:   "metagame",
		Doc:    "A payoff table from a file, played as a noisy game.",
		Params: append([]spec.Param{{Name: "file", Kind: spec.File, Doc: "payoff table, .json, .csv or .nfg"}}, noise()...),
		Open: func(o games.Opening) (games.Game, error) {
			path, body, err := o.Read("file")
			if err != nil {
				return nil, err
			}
			t, err := parse(body, path)
			if err != nil {
				return nil, err
			}
			return noisy(o, t)
		},
	}
}

// Entries are the tables of this package for a catalog.
func Entries() []games.Entry {
	all := []games.Entry{
		{
			Name:   "soccer_metagame",
			Doc:    "Win rates of the ten soccer agents of Rowland et al. (2019), played as a noisy game.",
			Params: noise(),
			Open: func(o games.Opening) (games.Game, error) {
				return noisy(o, Soccer())
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
			Samples: []string{"travellers_dilemma(low=2,high=4)"},
			Open: func(o games.Opening) (games.Game, error) {
				low, high := o.Int("low"), o.Int("high")
				if high <= low || high-low >= 1000 {
					return nil, fmt.Errorf("%s: claims from %d to %d, expected 2 to 1000 of them", o.Name, low, high)
				}
				return noiseless(o, TravellersDilemma(low, high, o.Int("bonus")))
			},
		},
	}
	for _, c := range Classics() {
		all = append(all, games.Entry{Name: c.Name, Doc: c.Doc, Open: func(o games.Opening) (games.Game, error) {
			return noiseless(o, c.Table)
		}})
	}
	return all
}

// noiseless plays a table without noise.
func noiseless(o games.Opening, t Table) (games.Game, error) {
	return New(o.Name, t, Options{Noise: None})
}

// noise are the keys of a table that is played with noise.
func noise() []spec.Param {
	return []spec.Param{
		{Name: "noise", Kind: spec.Word, Default: "bernoulli", Choices: []string{"bernoulli", "gaussian", "none"}, Doc: "what a match pays: 0 or 1, the mean plus a normal error, the mean"},
		{Name: "sd", Kind: spec.Float, Default: "1", Min: 0, Max: 1e12, Doc: "standard deviation of gaussian noise"},
		{Name: "rescale", Kind: spec.Word, Default: "none", Choices: []string{"none", "minmax"}, Doc: "minmax maps the table to [0,1]"},
		{Name: "draws", Kind: spec.Word, Default: "shared", Choices: []string{"shared", "independent"}, Doc: "shared: a match of two with constant sum has one winner"},
	}
}

// noisy plays a table with the noise that is asked for.
func noisy(o games.Opening, t Table) (games.Game, error) {
	kinds := map[string]Noise{"bernoulli": Bernoulli, "gaussian": Gaussian, "none": None}
	return New(o.Name, t, Options{
		Noise:       kinds[o.Args["noise"]],
		SD:          o.Float("sd"),
		MinMax:      o.Args["rescale"] == "minmax",
		Independent: o.Args["draws"] == "independent",
	})
}
