package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"arbiter/games"
	"arbiter/train/qarl"
)

// Trained lays out what came of one training.
func Trained(a *qarl.Trained) Document { return trained{a} }

type trained struct{ *qarl.Trained }

// JSON is the account.
func (r trained) JSON() any { return r.Trained }

// Records are a row per iteration.
func (r trained) Records() ([]string, [][]any) {
	var rows [][]any
	for _, x := range r.Curve {
		rows = append(rows, []any{x.Episode, x.Temperature, x.Return, x.Worst})
	}
	return []string{"episode", "temperature", "return", "worst_case"}, rows
}

// fewRows is how many points of a long curve are shown.
const fewRows = 12

// Sections are the curve, thinned, and what the protagonist is worth.
func (r trained) Sections() []Section {
	g := &Grid{Columns: []Column{{Title: "episode"}, {Title: "temperature"}, {Title: "return"}}}
	if r.Final.Exact {
		g.Columns = append(g.Columns, Column{Title: "worst case"})
	}
	curve := r.Curve
	if r.Final.Exact { // the points whose worst case was asked for
		curve = slices.DeleteFunc(slices.Clone(curve), func(x qarl.Row) bool { return x.Worst != x.Worst })
	}
	n := len(curve)
	for i := range min(n, fewRows) {
		at := n - 1
		if k := min(n, fewRows); k > 1 {
			at = i * (n - 1) / (k - 1)
		}
		x := curve[at]
		cells := []string{thousands(x.Episode), short(x.Temperature), precise(x.Return)}
		if r.Final.Exact {
			cells = append(cells, precise(x.Worst))
		}
		g.add(cells...)
	}
	out := []Section{title(r.Game, r.Learner+" "+r.Mode, r.Variant+", "+r.Regulariser, fmt.Sprintf("seed %d", r.Seed)), g}
	if r.Axes != nil {
		out = append(out, heat(r.Axes, r.Final.Map, MapOf(r.Final.Exact)))
	}
	if len(r.Policy.Seats) > 0 && len(r.Policy.Seats[0].Keys) > 0 {
		out = append(out, policySection(r.Named, r.Policy, nil))
	}
	return append(out, notes(r.facts()...))
}

// facts are the lines below.
func (r trained) facts() []string {
	out := []string{"learner   " + strings.ReplaceAll(r.Spec, ",", ", "), "return    of the protagonist, discounted, while it learns"}
	v := r.Final
	if v.Nominal == v.Nominal {
		out = append(out, "alone     "+precise(v.Nominal)+" without adversary")
	}
	out = append(out, "last      "+precise(v.Last)+" against the adversary it was trained with")
	out = append(out, "worst     "+precise(v.Worst)+" "+worstOf(v.Exact, r.Trial))
	if v.Mean == v.Mean {
		out = append(out, "map       "+precise(v.Mean)+" on average over the map: "+MapOf(v.Exact))
	}
	if r.Frozen > 0 {
		out = append(out, fmt.Sprintf("frozen    the last %d updates of the curriculum changed nothing: the floor is %s, the best iteration was paid %s", r.Frozen, precise(r.Floor), precise(r.Best)))
	}
	return out
}

// worstOf says what a worst case is.
func worstOf(exact bool, t qarl.Trial) string {
	if exact {
		return "in the worst case, by an exact best response"
	}
	return fmt.Sprintf("against the worst of %d adversaries trained anew for %d episodes each: not below the true worst case", t.Restarts, t.Training)
}

// Compared lays out a comparison of algorithms.
func Compared(a *qarl.Account) Document { return compared{a} }

type compared struct{ *qarl.Account }

// JSON is the account.
func (r compared) JSON() any { return r.Account }

// Records are a row per algorithm and seed.
func (r compared) Records() ([]string, [][]any) {
	var rows [][]any
	for _, x := range r.Rows {
		for i, v := range x.Each {
			rows = append(rows, []any{x.Algorithm, r.Seed + uint64(i), v.Nominal, v.Last, v.Worst, v.Mean})
		}
	}
	return []string{"algorithm", "seed", "nominal", "last", "worst_case", "map_mean"}, rows
}

// Sections are the table and what it is of.
func (r compared) Sections() []Section {
	first := r.Rows[0].Algorithm
	g := &Grid{Columns: []Column{
		{Title: "algorithm", Left: true}, {Title: "worst case"}, {Title: first + " less it"}, {Title: "no adversary"},
		{Title: "last", Drop: 2}, {Title: "map", Drop: 1}, {Title: "temperature", Drop: 3},
	}}
	if r.Axes == nil {
		g.Columns = append(g.Columns[:5], g.Columns[6:]...)
	}
	for i, x := range r.Rows {
		less := ""
		if i > 0 {
			less = within(x.WorstLess)
			switch {
			case x.WorstLess.Mean-x.WorstLess.Half > 0:
				less += " +"
			case x.WorstLess.Mean+x.WorstLess.Half < 0:
				less += " -"
			default:
				less += "  "
			}
		}
		cells := []string{x.Algorithm, within(x.Worst), less, within(x.Nominal), within(x.Last), within(x.Map), short(x.Reach.Mean)}
		if r.Axes == nil {
			cells = append(cells[:5], cells[6:]...)
		}
		g.add(cells...)
	}
	out := []Section{title(r.Game, r.Learner+" "+r.Mode, fmt.Sprintf("%d seeds from %d", r.Seeds, r.Seed)), g}
	if r.Axes != nil {
		for _, x := range r.Rows {
			out = append(out, heat(r.Axes, x.Grid, x.Algorithm+": "+MapOf(r.Exact)+", mean over seeds"))
		}
	}
	facts := []string{
		fmt.Sprintf("each      %s episodes in %s iterations", thousands(r.Episodes), thousands(int64(r.Iterations))),
		"±         half a 95 % t-interval over seeds; differences are taken seed by seed, + and - where 0 is outside",
		"worst     " + worstOf(r.Exact, r.Trial),
	}
	for _, x := range r.Rows {
		if x.Frozen > 0 {
			facts = append(facts, fmt.Sprintf("frozen    %s: %d of %d trainings ended with pay below the floor", x.Algorithm, x.Frozen, r.Seeds))
		}
	}
	return append(out, notes(facts...))
}

// within is a mean and half its interval.
func within(s qarl.Summary) string {
	if s.Mean != s.Mean {
		return ""
	}
	return fmt.Sprintf("%.4g ± %.2g", s.Mean, s.Half)
}

// MapOf says what maps show.
func MapOf(exact bool) string {
	if exact {
		return "worst case with other physics"
	}
	return "return without adversary with other physics"
}

// heat is a map of places.
func heat(axes []games.Axis, cells [][]float64, what string) Section {
	s := &Shades{Cells: cells, Lo: math.Inf(1), Hi: math.Inf(-1)}
	for _, row := range cells {
		for _, x := range row {
			if !math.IsNaN(x) && !math.IsInf(x, 0) {
				s.Lo, s.Hi = min(s.Lo, x), max(s.Hi, x)
			}
		}
	}
	s.Above = []string{what, fmt.Sprintf("down: %s %s to %s; across: %s %s to %s", axes[0].Name, precise(axes[0].Lo), precise(axes[0].Hi), axes[1].Name, precise(axes[1].Lo), precise(axes[1].Hi))}
	s.Scale = []string{precise(s.Lo), precise(s.Hi)}
	return s
}
