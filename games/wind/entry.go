package wind

import (
	"fmt"

	"arbiter/games"
	"arbiter/games/markov"
	"arbiter/spec"
)

// Entry is the wind grid for a catalog.
func Entry() games.Entry {
	return games.Entry{
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
		Samples: []string{"wind_grid", "wind_grid(slip=0.1)"},
		Open:    open,
	}
}

// open reads cells, which no kind of key does.
func open(o games.Opening) (games.Game, error) {
	l := Layout{
		Rows: o.Int("rows"), Cols: o.Int("cols"), Wind: o.Float("p_wind"), Slip: o.Float("slip"), Discount: o.Float("discount"),
		Step: o.Float("step_reward"), Reach: o.Float("goal_reward"), Fall: o.Float("pit_reward"),
	}
	for _, key := range []string{"start", "goal", "pits"} {
		cells, err := ParseCells(o.Args[key])
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
	return markov.Opened(New(o.Name, l))
}
