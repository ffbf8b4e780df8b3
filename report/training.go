package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"arbiter/equilibria/curriculum"
)

// Training lays out what came of planning along a curriculum.
func Training(a *curriculum.Account) Document { return training{a} }

type training struct{ *curriculum.Account }

// JSON is the account.
func (r training) JSON() any { return r.Account }

// Records are a row per point of the curve, the end as the last one where that is
// none of them.
func (r training) Records() ([]string, [][]any) {
	columns := []string{"tau_p", "tau_a", "value", "return", "worst_case", "nash_conv", "nash_conv_max", "bound", "residual"}
	var rows [][]any
	for _, x := range r.rows() {
		rows = append(rows, []any{x.TauP, x.TauA, x.Value, x.Return, x.WorstCase, x.NashConv, x.NashConvMax, x.Bound, x.Residual})
	}
	return columns, rows
}

// rows are the curve and its end.
func (r training) rows() []curriculum.Row {
	rows := r.Curve
	if r.Concept == "nash" {
		rows = append(rows[:len(rows):len(rows)], r.Final)
	}
	return rows
}

// Sections are the path, the policy if it is small, and what is known.
func (r training) Sections() []Section {
	kind := r.Variant
	if r.Regulariser != "" {
		kind += ", " + r.Regulariser
	}
	out := []Section{title(r.Game, r.Learner+" "+r.Mode, kind), pathGrid(r.rows())}
	if len(r.Others) > 0 {
		out = append(out, r.others())
	}
	return append(out, policySection(r.Named, r.Policy, nil), notes(r.facts()...))
}

// pathGrid shows what was passed as temperatures fell.
func pathGrid(rows []curriculum.Row) *Grid {
	worst := false
	for _, x := range rows {
		worst = worst || x.WorstCase == x.WorstCase
	}
	g := &Grid{Columns: []Column{{Title: "tau p"}, {Title: "tau a"}, {Title: "value"}, {Title: "return", Drop: 2}, {Title: "worst case"}, {Title: "NashConv"}, {Title: "bound", Drop: 1}, {Title: "residual", Drop: 3}}}
	if !worst {
		g.Columns[4].Title = "largest gain"
	}
	for _, x := range rows {
		fifth := precise(x.WorstCase)
		if !worst {
			most := 0.
			for _, gain := range x.Gains {
				most = max(most, gain)
			}
			fifth = precise(most)
		}
		p, a := short(x.TauP), short(x.TauA)
		if x.TauP == 0 {
			p, a = "Nash", ""
		}
		g.add(p, a, precise(x.Value), precise(x.Return), fifth, short(x.NashConvMax), short(x.Bound), short(x.Residual))
	}
	return g
}

// noise is what rounding makes of 0, at most.
const noise = 1e-12

// short is a number in a few digits; one that is not known is nothing.
func short(x float64) string {
	switch {
	case math.IsNaN(x):
		return ""
	case x != 0 && math.Abs(x) < noise:
		return "<1e-12"
	}
	return strconv.FormatFloat(x, 'g', 4, 64)
}

// others are the equilibria that random starts led to.
func (r training) others() *Grid {
	g := &Grid{
		Above:   []string{fmt.Sprintf("at the last temperatures, from random starts: %d", len(r.Others))},
		Columns: []Column{{Title: "values", Left: true}, {Title: "largest gain"}, {Title: "index"}, {Title: "starts"}},
	}
	for _, o := range r.Others {
		var values []string
		most := 0.
		for k, v := range o.Values {
			values, most = append(values, precise(v)), max(most, o.Gains[k])
		}
		g.add(strings.Join(values, ", "), precise(most), fmt.Sprint(o.Index), fmt.Sprint(o.Hits))
	}
	return g
}

// facts are the lines below the tables.
func (r training) facts() []string {
	out := []string{"columns   value with the regulariser, return without it, at the start; NashConv and bound in the worst state"}
	if b := r.Branch; b != nil {
		text := fmt.Sprintf("branch    %s, %d steps to temperature %s", b.Status, b.Steps, precise(b.End))
		for i, t := range b.Folds {
			text += []string{", back at ", ", forth at "}[i%2] + precise(t)
		}
		for _, t := range b.Bifurcations {
			text += ", crossed at " + precise(t)
		}
		out = append(out, text)
		if b.Limit {
			out = append(out, "leads to  a Nash equilibrium")
		}
	}
	if r.Parity != nil {
		text := fmt.Sprintf("parity    indices sum to %d", *r.Parity)
		if *r.Parity != 1 {
			text += " instead of 1: equilibria are missing or singular"
		}
		out = append(out, text)
	}
	if r.Stopped != "" {
		out = append(out, "stopped   "+r.Stopped)
	}
	what := map[string]string{"nash": "a Nash equilibrium", "soft_qre": "the last soft equilibrium", "agent_qre": "the last agent quantal response equilibrium"}[r.Concept]
	if r.Concept == "nash" && r.Branch == nil {
		what = "the Nash equilibrium, solved exactly from there"
	}
	return append(out, "ends at   "+what, fmt.Sprintf("status    %s, NashConv %s in the worst state", r.Status, precise(r.Final.NashConvMax)))
}
