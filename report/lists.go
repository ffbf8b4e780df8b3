package report

import (
	"fmt"
	"slices"
	"strings"

	"arbiter/games"
	"arbiter/spec"
)

// List is the names of one kind there are.
type List struct {
	Schema  string  `json:"schema"`  // arbiter/games/v1 and likewise
	Kind    string  `json:"-"`       // games, agents, solvers, …
	Entries []Entry `json:"entries"` // in the order of the catalog
}

// Entry is a game, an agent or what else there is by name. Sizes are of an instance
// of a game, left out where there is none.
type Entry struct {
	Name   string       `json:"name"`   // of specs
	Doc    string       `json:"doc"`    // one line
	Params []spec.Param `json:"params"` // keys; nil: none

	Spec              string `json:"spec,omitempty"`               // canonical, of the instance the sizes are of; "" for none
	Seats             int    `json:"seats,omitempty"`              // of the instance; 0: not known, like the sizes below
	Decisions         int    `json:"decision_nodes,omitempty"`     // nodes at which a seat moves
	Chance            int    `json:"chance_nodes,omitempty"`       // nodes at which chance moves
	Terminals         int    `json:"terminals,omitempty"`          // nodes at which a match ends
	InformationStates []int  `json:"information_states,omitempty"` // how many, per seat

	Vector   []games.Axis `json:"vector,omitempty"`   // what seats see, if it is numbers
	Horizon  int          `json:"horizon,omitempty"`  // turns of a match, at most
	Discount float64      `json:"discount,omitempty"` // of rewards, for learners
	Varied   []games.Axis `json:"varied,omitempty"`   // keys whose values agents are tried at
}

// Sections are the list, in full if it is short.
func (l List) Sections() []Section {
	if len(l.Entries) == 1 {
		return l.Entries[0].sections()
	}
	g := &Grid{Columns: []Column{{Title: "name", Left: true}, {Title: "what it is", Left: true, Name: true}}}
	for _, e := range l.Entries {
		g.add(e.brief(), e.Doc)
	}
	return []Section{g}
}

// Records are the entries, of a single one its keys and sizes.
func (l List) Records() ([]string, [][]any) {
	if len(l.Entries) == 1 {
		return l.Entries[0].records()
	}
	var rows [][]any
	for _, e := range l.Entries {
		rows = append(rows, []any{e.usage(), e.Doc})
	}
	return []string{"name", "doc"}, rows
}

// usage is the name with its keys.
func (e Entry) usage() string {
	if len(e.Params) == 0 {
		return e.Name
	}
	var keys []string
	for _, p := range e.Params {
		keys = append(keys, p.Name)
	}
	return e.Name + "(" + strings.Join(keys, ",") + ")"
}

// widestCell is the number of columns that names with their keys, and values, take in
// tables.
const widestCell = 44

// brief is the name with as many of its keys as a table has room for.
func (e Entry) brief() string {
	text := e.usage()
	for i := len(e.Params) - 1; i > 0 && len(text) > widestCell; i-- {
		text = Entry{Name: e.Name, Params: append(slices.Clone(e.Params[:i]), spec.Param{Name: "…"})}.usage()
	}
	return text
}

// records are a row per key, at least one; the name, the text and the sizes stand in
// each.
func (e Entry) records() ([]string, [][]any) {
	columns := []string{"name", "doc", "key", "default", "values", "meaning", "spec", "seats", "information_states", "decision_nodes", "chance_nodes", "terminals"}
	sizes := []any{e.Spec}
	for _, n := range []int{e.Seats, -1, e.Decisions, e.Chance, e.Terminals} {
		switch {
		case n < 0 && e.InformationStates != nil:
			sizes = append(sizes, strings.Trim(strings.ReplaceAll(fmt.Sprint(e.InformationStates), " ", " + "), "[]"))
		case n <= 0 && e.Terminals == 0: // not known
			sizes = append(sizes, "")
		default:
			sizes = append(sizes, n)
		}
	}
	var rows [][]any
	for _, p := range e.Params {
		rows = append(rows, append([]any{e.Name, e.Doc, p.Name, p.Default, values(p), p.Doc}, sizes...))
	}
	if rows == nil {
		rows = append(rows, append([]any{e.Name, e.Doc, "", "", "", ""}, sizes...))
	}
	return columns, rows
}

func (e Entry) sections() []Section {
	out := []Section{Lines{2, []string{e.usage(), e.Doc}}}
	if len(e.Params) > 0 {
		g := &Grid{Columns: []Column{{Title: "key", Left: true}, {Title: "default", Left: true}, {Title: "values", Left: true}, {Title: "what it is", Left: true, Name: true}}}
		for _, p := range e.Params {
			fallback := p.Default
			if fallback == "" {
				fallback = "(needed)"
			}
			lines := folded(values(p))
			g.add(p.Name, fallback, lines[0], p.Doc)
			for _, line := range lines[1:] {
				g.add("", "", line, "")
			}
		}
		out = append(out, g)
	}
	if e.Spec != "" {
		sizes := fmt.Sprintf("%s: %d seats", e.Spec, e.Seats)
		if len(e.InformationStates) > 0 {
			sizes += fmt.Sprintf(", information states %s", strings.Trim(strings.ReplaceAll(fmt.Sprint(e.InformationStates), " ", " + "), "[]"))
		}
		if e.Terminals > 0 {
			sizes += fmt.Sprintf(", %d decision, %d chance and %d terminal nodes", e.Decisions, e.Chance, e.Terminals)
		}
		lines := []string{sizes}
		if len(e.Vector) > 0 {
			lines = append(lines, fmt.Sprintf("seats see %s; a match has at most %d steps", axes(e.Vector), e.Horizon))
		}
		if len(e.Varied) > 0 {
			lines = append(lines, "robustness is asked for "+axes(e.Varied))
		}
		out = append(out, Lines{2, lines})
	}
	return out
}

// folded cuts choices into lines that a table has room for.
func folded(text string) (lines []string) {
	for len(text) > widestCell {
		at := strings.LastIndex(text[:widestCell], " | ")
		if at < 0 {
			break
		}
		lines, text = append(lines, text[:at+len(" |")]), text[at+len(" | "):]
	}
	return append(lines, text)
}

// axes names numbers with their ranges.
func axes(all []games.Axis) string {
	var list []string
	for _, a := range all {
		list = append(list, fmt.Sprintf("%s from %.4g to %.4g", a.Name, a.Lo, a.Hi))
	}
	return strings.Join(list, ", ")
}

func values(p spec.Param) string {
	switch {
	case len(p.Choices) > 0:
		return strings.Join(p.Choices, " | ")
	case p.Kind == spec.Int || p.Kind == spec.Float:
		return fmt.Sprintf("%g to %g", p.Min, p.Max)
	case p.Kind == spec.Floats:
		return fmt.Sprintf("%g to %g, …", p.Min, p.Max)
	case p.Kind == spec.File:
		return "path"
	}
	return "text"
}

// Runs is what a database holds.
type Runs struct {
	Schema string `json:"schema"` // arbiter/runs/v1
	Runs   []Run  `json:"runs"`   // by id
}

// Run is one of them.
type Run struct {
	ID        int64      `json:"id"`        // of the database
	Name      string     `json:"name"`      // as people call it
	Game      string     `json:"game"`      // canonical spec, or imported
	Agents    [][]string `json:"agents"`    // canonical specs, per population
	Seed      uint64     `json:"seed"`      // 0 of an imported log
	Matches   int64      `json:"matches"`   // so far
	Decisions int64      `json:"decisions"` // so far
	Created   string     `json:"created"`   // UTC, as RFC 3339 has it
}

// Sections are a row per run.
func (l Runs) Sections() []Section {
	g := &Grid{Columns: []Column{{Title: "run"}, {Title: "name", Left: true, Name: true}, {Title: "game", Left: true, Drop: 2}, {Title: "agents", Drop: 3}, {Title: "matches"}, {Title: "created", Drop: 1}}}
	for _, r := range l.Runs {
		n := 0
		for _, pool := range r.Agents {
			n += len(pool)
		}
		g.add(fmt.Sprint(r.ID), r.Name, r.Game, fmt.Sprint(n), thousands(r.Matches), r.Created)
	}
	return []Section{g}
}

// Records are the runs.
func (l Runs) Records() ([]string, [][]any) {
	var rows [][]any
	for _, r := range l.Runs {
		rows = append(rows, []any{r.ID, r.Name, r.Game, r.Seed, r.Matches, r.Decisions, r.Created})
	}
	return []string{"run", "name", "game", "seed", "matches", "decisions", "created"}, rows
}

// Evaluation is how good a policy is, exactly.
type Evaluation struct {
	Schema string `json:"schema"` // arbiter/evaluation/v1
	Game   string `json:"game"`   // canonical spec
	Agent  string `json:"agent"`  // label or spec of who sits in all seats
	games.Named
	Values             []float64     `json:"values"`                 // expected payoffs, per seat
	BestResponseValues []float64     `json:"best_response_values"`   // what each seat could get alone
	Gaps               []float64     `json:"gaps"`                   // the difference, per seat, at least 0
	NashConv           float64       `json:"nash_conv"`              // sum of Gaps
	Exploitability     float64       `json:"exploitability"`         // NashConv per seat
	StateValues        any           `json:"state_values,omitempty"` // of Markov games: [player][state], or [step][player][state]
	Agents             []string      `json:"agents,omitempty"`       // the agent and its opponents; nil: none
	Cross              [][][]float64 `json:"cross,omitempty"`        // [agent at seat 0][agent at seat 1][player]
}

// Sections are values and gaps, and with opponents the table of seatings.
func (e Evaluation) Sections() []Section {
	g := &Grid{Columns: []Column{{Title: "player", Left: e.Players != nil}, {Title: "value"}, {Title: "best response"}, {Title: "gap"}}}
	for k := range e.Values {
		g.add(player(e.Named, k), precise(e.Values[k]), precise(e.BestResponseValues[k]), precise(e.Gaps[k]))
	}
	out := []Section{title(e.Title, e.Agent, e.Game), g, Lines{2, []string{fmt.Sprintf("NashConv %s, exploitability %s", precise(e.NashConv), precise(e.Exploitability))}}}
	if e.Cross == nil {
		return out
	}
	c := &Grid{Columns: []Column{{Title: "", Left: true, Name: true}}}
	for i := range e.Agents {
		c.Columns = append(c.Columns, Column{Title: e.Agents[i]})
	}
	for i, name := range e.Agents {
		row := []string{name}
		for j := range e.Agents {
			row = append(row, signed(e.Cross[i][j][0]))
		}
		c.add(row...)
	}
	return append(out, Lines{2, []string{"value of player 0: rows sit at seat 0, columns at seat 1"}}, c)
}

// Records are the players; with opponents also those of every other seating, of which
// no best response is known.
func (e Evaluation) Records() ([]string, [][]any) {
	columns := []string{"player", "value", "best_response_value", "gap"}
	var rows [][]any
	for k := range e.Values {
		rows = append(rows, []any{k, e.Values[k], e.BestResponseValues[k], e.Gaps[k]})
	}
	if e.Cross == nil {
		return columns, rows
	}
	for i := range rows {
		rows[i] = append(rows[i], e.Agent, e.Agent)
	}
	for i, list := range e.Cross {
		for j, values := range list {
			for k, x := range values {
				if i+j > 0 {
					rows = append(rows, []any{k, x, "", "", e.Agents[i], e.Agents[j]})
				}
			}
		}
	}
	return append(columns, "agent_0", "agent_1"), rows
}
