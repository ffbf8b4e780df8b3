package cli

import (
	"fmt"

	"arbiter/games"
	"arbiter/report"
	"arbiter/report/figure"
	"arbiter/train/qarl"
)

// trainedHeat draws the map of one training of an algorithm.
func trainedHeat(a *qarl.Trained, algorithm string) figure.Heat {
	h := heatOf(report.MapOf(a.Final.Exact)+" · "+a.Game, a.Axes, a.Final.Exact, len(a.Final.Map))
	h.Panels = []figure.Panel{{Name: fmt.Sprintf("%s, seed %d", algorithm, a.Seed), Cells: a.Final.Map}}
	return h
}

// comparedHeat draws the maps of a comparison, means over its seeds.
func comparedHeat(a *qarl.Account) figure.Heat {
	h := heatOf(fmt.Sprintf("%s, mean over %d seeds · %s", report.MapOf(a.Exact), a.Seeds, a.Game), a.Axes, a.Exact, len(a.Rows[0].Grid))
	for _, r := range a.Rows {
		h.Panels = append(h.Panels, figure.Panel{Name: r.Algorithm, Cells: r.Grid})
	}
	return h
}

// heatOf is a picture without maps yet, of side by side places.
func heatOf(title string, axes []games.Axis, exact bool, side int) figure.Heat {
	named := func(a games.Axis) string {
		if a.Unit == "" {
			return a.Name
		}
		return a.Name + " (" + a.Unit + ")"
	}
	h := figure.Heat{Title: title, Y: named(axes[0]), X: named(axes[1]), Value: "payoff of player 0"}
	if exact { // as judged by tables
		h.Value += ", discounted"
	}
	for i := range side {
		h.Ys, h.Xs = append(h.Ys, qarl.Place(axes[0], i, side)), append(h.Xs, qarl.Place(axes[1], i, side))
	}
	return h
}
