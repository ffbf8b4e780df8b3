package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"arbiter/equilibria/choose"
)

// Solution lays out what a solver found.
func Solution(v *choose.Verdict) Document { return solution{v} }

// solution is a verdict as a document. Its JSON is the verdict's own.
type solution struct{ *choose.Verdict }

// JSON is the verdict.
func (r solution) JSON() any { return r.Verdict }

// sampled counts the solutions of many players that are not proved: from a
// continuum of equilibria any number of points can be found.
func (r solution) sampled() int {
	n := 0
	for _, e := range r.solutions() {
		if e.Proved != nil && !*e.Proved {
			n++
		}
	}
	return n
}

// solutions are all that were found, nil of solvers that find one.
func (r solution) solutions() []choose.Equilibrium {
	if r.Several == nil {
		return nil
	}
	return r.Solutions
}

// Records are a row per information set and move.
func (r solution) Records() ([]string, [][]any) {
	var rows [][]any
	if r.Correlation != nil {
		for _, j := range r.Joint {
			rows = append(rows, []any{j.State, strings.Join(j.Profile, " | "), j.Probability})
		}
		return []string{"state", "profile", "probability"}, rows
	}
	all := []choose.Equilibrium{{Policy: *r.Policy}}
	if several := r.solutions(); len(several) > 0 {
		all = several
	}
	for i, e := range all {
		for seat, s := range e.Policy.Seats {
			for at, key := range s.Keys {
				for move, p := range s.Probs[at] {
					rows = append(rows, []any{i, seat, key, move, p})
				}
			}
		}
	}
	return []string{"solution", "player", "state", "move", "probability"}, rows
}

// fewStates is the number of information sets up to which a table shows them,
// fewSolutions that of equilibria.
const fewStates, fewSolutions = 40, 20

// Sections are values and gaps, the policy if it is small, and what is known.
func (r solution) Sections() []Section {
	solver := r.Solver
	if r.Chosen != "" {
		solver += " (" + r.Chosen + ")"
	}
	out := []Section{title(r.Title, r.Game, solver, string(r.Concept)), r.values()}
	switch {
	case r.Correlation != nil && len(r.Joint) > 0:
		out = append(out, r.joint())
	case r.Traced != nil && len(r.Points) > 1:
		out = append(out, r.points())
		fallthrough
	case r.Policy != nil && len(r.solutions()) < 2:
		out = append(out, policySection(r.Named, *r.Policy, r.Unreached))
	case len(r.solutions()) > 1:
		out = append(out, r.several()...)
	}
	return append(out, notes(append(r.facts(), warningLines(r.Warnings)...)...))
}

// values are those of the players, and what they could gain.
func (r solution) values() *Grid {
	gap := "gap"
	if r.Correlation != nil {
		gap = "gain by deviating"
	}
	g := &Grid{Columns: []Column{{Title: "player", Left: r.Players != nil}, {Title: "value"}, {Title: gap}}}
	for k := range r.Values {
		value := precise(r.Values[k])
		if r.Fractions != nil && len(r.ValuesExact[k]) <= longRatio {
			value = r.ValuesExact[k]
		}
		g.add(player(r.Named, k), value, precise(r.Gaps[k]))
	}
	return g
}

// several are the solutions one by one.
func (r solution) several() (out []Section) {
	kind := "equilibrium"
	if r.Concept.Quantal() {
		kind = "solution"
	}
	if r.Induced != nil {
		out = append(out, policySection(r.Named, *r.Policy, r.Unreached))
	}
	for i, e := range r.Solutions[:min(len(r.Solutions), fewSolutions)] {
		values := join(e.Values)
		if e.Fractions != nil && len(strings.Join(e.ValuesExact, "")) <= longRatio*len(e.Values) {
			values = strings.Join(e.ValuesExact, ", ")
		}
		mark := ""
		if e.Proved != nil && !*e.Proved {
			mark = " ~ not proved, may be a sample of a continuum"
		}
		above := fmt.Sprintf("%s %d, values %s%s", kind, i+1, values, mark)
		switch x := policySection(r.Named, e.Policy, e.Unreached).(type) {
		case *Grid:
			x.Above = []string{above}
			out = append(out, x)
		case Lines:
			out = append(out, Lines{2, append([]string{above}, x.Text...)})
		}
	}
	if n := len(r.Solutions); n > fewSolutions {
		out = append(out, Lines{2, []string{fmt.Sprintf("… and %d more; --format json has all", n-fewSolutions)}})
	}
	return out
}

// facts are the lines below the tables.
func (r solution) facts() []string {
	var out []string
	if r.NashConv != nil {
		out = append(out, fmt.Sprintf("NashConv  %s, exploitability %s", precise(*r.NashConv), precise(*r.Exploitability)))
	}
	if r.Temperature != nil || r.Lambda != nil {
		text := fmt.Sprintf("at        temperature %v", r.Temperature)
		if r.Lambda != nil {
			text = fmt.Sprintf("at        lambda %v", r.Lambda)
		}
		if r.Regulariser != "" {
			text += ", regulariser " + r.Regulariser
		}
		out = append(out, fmt.Sprintf("%s, residual %s", text, precise(r.Residual)))
	}
	if r.Objective != "" {
		text := "best by   " + r.Objective
		if r.Correlation != nil && r.Entropy != nil {
			text += fmt.Sprintf(", entropy %s nats", precise(*r.Entropy))
		}
		out = append(out, text)
	}
	if len(r.solutions()) > 0 {
		out = append(out, "found     "+r.found())
	}
	if r.Traced != nil && r.Branch != nil {
		out = append(out, story(r.Branch, "branch    ")...)
	}
	if r.Induced != nil {
		text := "subgame   perfect: best at every node; no other is"
		if !r.Unique {
			text = fmt.Sprintf("subgame   perfect: best at every node; so are others, which may pay differently: moves tie %s", r.tied())
		}
		out = append(out, text)
	}
	if r.Selection != "" {
		out = append(out, "shown     "+r.Selection)
	}
	if r.Step != "" {
		out = append(out, "step      "+r.Step)
	}
	status := fmt.Sprintf("status    %s after %s iterations", r.Status, thousands(int64(r.Iterations)))
	if r.Tolerance > 0 {
		status += ", tolerance " + precise(r.Tolerance)
	}
	return append(out, status)
}

// found tells of several equilibria how many there are and what is known of them.
func (r solution) found() string {
	n, components := len(r.Solutions), len(r.Components)
	if r.Complete != nil && *r.Complete {
		text := fmt.Sprintf("%d extreme equilibria", n)
		switch {
		case r.Solutions[0].Proved != nil:
			text = fmt.Sprintf("%d equilibria, proved to be all", n)
		case len(r.NashSubsets) == 0:
			text = fmt.Sprintf("%d, proved to be all", n)
		}
		if 0 < components && components < n {
			text += fmt.Sprintf(" in %d components: %s", components, strings.Join(counted(r.Components), ", "))
		}
		return text
	}
	text := fmt.Sprintf("%d, there may be more", n)
	if unproved := r.sampled(); unproved > 0 {
		text = fmt.Sprintf("%d proved equilibria, there may be more; %d further points (~) may be samples of continua, of which any number can be found", n-unproved, unproved)
	}
	if r.ComponentsSampled {
		text += fmt.Sprintf("; all in %d components: %s, as far as samples are seen to be connected", components, strings.Join(counted(r.Components), ", "))
	}
	return text
}

// fewTies is the number of ties that a table lists.
const fewTies = 5

// tied tells where moves are equally good.
func (r solution) tied() string {
	var list []string
	for _, t := range r.Ties[:min(len(r.Ties), fewTies)] {
		rows, moves := r.Policy.Seats[t.Player], []string{}
		at := slices.Index(rows.Keys, t.State)
		for _, m := range t.Moves {
			name := strconv.Itoa(m)
			if rows.Names != nil && rows.Names[at] != nil {
				name = Clean(rows.Names[at][m])
			}
			moves = append(moves, name)
		}
		list = append(list, fmt.Sprintf("at %s of player %s (%s)", Clean(t.State), player(r.Named, t.Player), strings.Join(moves, ", ")))
	}
	text := strings.Join(list, ", ")
	if n := len(r.Ties); n > fewTies {
		text += fmt.Sprintf(" and at %d more", n-fewTies)
	}
	return text
}

// counted are components by the numbers that tables show, from 1.
func counted(components [][]int) []string {
	var out []string
	for _, c := range components {
		var members []string
		for _, x := range c {
			members = append(members, fmt.Sprint(x+1))
		}
		out = append(out, "{"+strings.Join(members, " ")+"}")
	}
	return out
}

func join(xs []float64) string {
	var text []string
	for _, x := range xs {
		text = append(text, precise(x))
	}
	return strings.Join(text, ", ")
}

// points are what the branch is at the lambdas asked for.
func (r solution) points() *Grid {
	g := &Grid{Columns: []Column{{Title: "lambda"}, {Title: "crossing"}, {Title: "values"}, {Title: "residual"}, {Title: "status", Left: true}}}
	for _, p := range r.Points {
		crossing := fmt.Sprint(p.Crossing)
		if p.Crossing == 0 {
			crossing = ""
		}
		g.add(precise(p.Lambda), crossing, join(p.Values), precise(p.Residual), p.Status)
	}
	return g
}

// story tells how a branch went, a line each.
func story(b *choose.Branch, what string) []string {
	text := fmt.Sprintf("%s%d steps to lambda %s", what, b.Steps, precise(b.End))
	for i, l := range b.Turning {
		text += []string{", back at ", ", forth at "}[i%2] + precise(l)
	}
	for _, f := range b.Bifurcations {
		if text += ", crossed at " + precise(f.Lambda); f.Directions > 1 {
			text += fmt.Sprintf(" in %d directions", f.Directions)
		}
	}
	out := []string{text}
	switch {
	case b.Limit != nil:
		worst := float64(0)
		for _, gap := range b.Limit.Gaps {
			worst = max(worst, gap)
		}
		out = append(out, fmt.Sprintf("leads to  a Nash equilibrium of values %s, regret %s", join(b.Limit.Values), precise(worst)))
	case b.Stalled:
		out = append(out, "leads to  unknown: it could not be followed on, and where it stopped is no Nash equilibrium")
	default:
		out = append(out, "leads to  unknown: it was not followed on")
	}
	for _, a := range b.Arms {
		out = append(out, story(&a.Branch, "arm       from "+precise(a.From)+", ")...)
	}
	return out
}

// joint is a distribution over profiles.
func (r solution) joint() *Grid {
	states := r.Joint[0].State != ""
	g := &Grid{Columns: []Column{{Title: "profile", Left: true, Name: true}, {Title: "probability"}}}
	if states {
		g.Columns = append([]Column{{Title: "state", Left: true}}, g.Columns...)
	}
	for _, j := range r.Joint[:min(len(r.Joint), fewStates)] {
		row := []string{strings.Join(j.Profile, " | "), mass(j.Probability)}
		if states {
			row = append([]string{j.State}, row...)
		}
		g.add(row...)
	}
	if n := len(r.Joint); n > fewStates {
		g.Below = []string{fmt.Sprintf("… and %d more; --format json has all", n-fewStates)}
	}
	return g
}
