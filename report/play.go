package report

import (
	"fmt"
	"slices"
	"strings"

	"arbiter/ranking/standing"
)

// Play is what a fixed number of matches per profile came to.
type Play struct {
	Schema     string     `json:"schema"`     // arbiter/play/v1
	Game       string     `json:"game"`       // canonical spec
	Agents     [][]string `json:"agents"`     // per population
	Population string     `json:"population"` // single or multi
	Seed       uint64     `json:"seed"`       // of all random streams
	Matches    int64      `json:"matches"`    // in all
	// Failures are among the matches, which they count in as forfeits.
	Failures []standing.Failures `json:"failures,omitempty"`
	Profiles []Played            `json:"profiles"` // by id
}

// Played is one profile; in a single population the pair that met.
type Played struct {
	Profile standing.Profile `json:"profile"` // names of who met
	Matches int64            `json:"matches"` // of the profile
	Mean    []float64        `json:"mean"`    // payoff per agent of the profile
	StdErr  []float64        `json:"stderr"`  // of Mean; null below two plays
}

// Records are a row per profile and agent.
func (p *Play) Records() ([]string, [][]any) {
	var rows [][]any
	for _, x := range p.Profiles {
		for k, name := range x.Profile {
			rows = append(rows, []any{x.Profile, k, name, x.Matches, x.Mean[k], x.StdErr[k]})
		}
	}
	return []string{"profile", "place", "agent", "matches", "mean", "stderr"}, rows
}

// Sections are a row per profile.
func (p *Play) Sections() []Section {
	g := &Grid{Columns: []Column{{Title: "profile", Left: true, Name: true}, {Title: "matches", Drop: 1}, {Title: "mean payoffs ± standard error"}}}
	for _, x := range p.Profiles {
		var means []string
		for k, m := range x.Mean {
			means = append(means, fmt.Sprintf("%s ± %.2g", signed(m), x.StdErr[k]))
		}
		g.add(x.Profile.String(), thousands(x.Matches), strings.Join(means, "  "))
	}
	return append([]Section{title(p.Game, fmt.Sprintf("seed %d", p.Seed))}, append(failed(p.Failures, p.Matches), g)...)
}

// Replay is what came of playing a run, or the batch around one match, again.
type Replay struct {
	Schema    string   `json:"schema"`            // arbiter/replay/v1
	Run       int64    `json:"run"`               // its id
	Name      string   `json:"name"`              // of the run
	Game      string   `json:"game"`              // canonical spec
	Match     *Match   `json:"match,omitempty"`   // nil: none was asked for
	Matches   int64    `json:"matches"`           // played again and compared
	Identical bool     `json:"identical"`         // all came out as stored, to the last bit
	Differs   *Differs `json:"differs,omitempty"` // nil if Identical
}

// Match is one match, step by step.
type Match struct {
	Match   int64     `json:"match"`   // from 1
	Seats   []string  `json:"seats"`   // names of who sat
	Steps   []Turn    `json:"steps"`   // in order, chance's too
	Payoffs []float64 `json:"payoffs"` // per seat
	*Failed
}

// Failed says that nobody played a match to its end, and why.
type Failed struct {
	Outcome string `json:"outcome"` // how the agent failed: resign, illegal, crash, …
	Seat    int    `json:"failed"`  // of the agent
	Why     string `json:"why"`     // for people
}

// Turn is a move, or an outcome of chance.
type Turn struct {
	Seat  int     `json:"seat"`            // -1: chance
	State string  `json:"state,omitempty"` // information state
	Move  int     `json:"move"`            // from 0; -1 where chance cannot be listed
	Of    int     `json:"of"`              // how many there were
	Name  string  `json:"name,omitempty"`  // of the move or outcome, "" for none
	Odds  float64 `json:"odds,omitempty"`  // of an outcome of chance
}

// Differs is the first batch that came out otherwise.
type Differs struct {
	Decision int64            `json:"decision"` // from 0
	Profile  standing.Profile `json:"profile"`  // names of who met
	First    int64            `json:"first"`    // matches of the profile, from 1
	Last     int64            `json:"last"`     // the last of them
	Stored   []float64        `json:"stored"`   // sums of payoffs
	Played   []float64        `json:"played"`   // those of playing again

	StoredFailures []standing.Failures `json:"stored_failures,omitempty"` // of the matches
	PlayedFailures []standing.Failures `json:"played_failures,omitempty"` // those of playing again
}

// Records are the steps of the match, or the verdict.
func (r *Replay) Records() ([]string, [][]any) {
	if r.Match == nil {
		return []string{"run", "matches", "identical"}, [][]any{{r.Run, r.Matches, r.Identical}}
	}
	var rows [][]any
	for _, x := range r.Match.Steps {
		rows = append(rows, []any{x.Seat, x.State, x.Move, x.Of, x.Name, x.Odds})
	}
	return []string{"seat", "state", "move", "of", "name", "odds"}, rows
}

// Sections are the match and the verdict.
func (r *Replay) Sections() []Section {
	out := []Section{title(r.Name, r.Game)}
	var end []string
	if m := r.Match; m != nil {
		var seats []string
		for seat, name := range m.Seats {
			seats = append(seats, fmt.Sprintf("seat %-4d %s", seat, name))
		}
		g := &Grid{Columns: []Column{{Title: "step"}, {Title: "who", Left: true}, {Title: "information state", Left: true}, {Title: "move", Left: true}}}
		for i, x := range m.Steps {
			who, move := fmt.Sprintf("seat %d", x.Seat), x.Name
			if x.Seat < 0 {
				who = "chance"
			}
			switch {
			case x.Move < 0: // chance too wide to list
				move = "rolls"
			case move == "":
				move = fmt.Sprintf("%d of %d", x.Move, x.Of)
			}
			if x.Odds > 0 {
				move += fmt.Sprintf(", probability %.4g", x.Odds)
			}
			g.add(fmt.Sprint(i+1), who, x.State, move)
		}
		out = append(out, notes(seats...), g)
		var payoffs []string
		for _, x := range m.Payoffs {
			payoffs = append(payoffs, signed(x))
		}
		if f := m.Failed; f != nil {
			end = append(end, Clean(fmt.Sprintf("%-9s seat %d: %s", f.Outcome, f.Seat, f.Why)))
		}
		end = append(end, "payoffs   "+strings.Join(payoffs, "  "))
	}
	verdict := fmt.Sprintf("identical %s matches played again are what is stored", thousands(r.Matches))
	if d := r.Differs; d != nil {
		verdict = fmt.Sprintf("differs   decision %d: matches %d to %d of %s come to %v%s, stored is %v%s", d.Decision, d.First, d.Last, d.Profile, d.Played, besides(d.PlayedFailures), d.Stored, besides(d.StoredFailures))
	}
	return append(out, notes(append(end, verdict)...))
}

// Export is the matches of a run, counted by outcome.
type Export struct {
	Schema   string    `json:"schema"`   // arbiter/export/v1
	Run      int64     `json:"run"`      // its id
	Name     string    `json:"name"`     // of the run
	Game     string    `json:"game"`     // canonical spec
	Seats    int       `json:"-"`        // of the game, at least 1
	Matches  int64     `json:"matches"`  // sum of the counts
	Outcomes []Outcome `json:"outcomes"` // by agents, then payoffs
}

// Outcome is who sat where, what they got and how often.
type Outcome struct {
	Agents  []string  `json:"agents"`            // names, per seat
	Payoffs []float64 `json:"payoffs"`           // per seat
	Count   int64     `json:"count"`             // matches, at least 1
	Outcome string    `json:"outcome,omitempty"` // how an agent failed, "" if none did
	Failed  *int      `json:"failed,omitempty"`  // the seat of that agent
}

// failed reports whether agents failed in matches: only then rows tell.
func (e *Export) failed() bool {
	return slices.ContainsFunc(e.Outcomes, func(o Outcome) bool { return o.Failed != nil })
}

// Records are a log of matches.
func (e *Export) Records() ([]string, [][]any) {
	var columns []string
	for _, what := range []string{"agent", "payoff"} {
		for seat := range e.Seats {
			columns = append(columns, fmt.Sprintf("%s_%d", what, seat))
		}
	}
	var rows [][]any
	for _, x := range e.Outcomes {
		var row []any
		for _, a := range x.Agents {
			row = append(row, a)
		}
		for _, p := range x.Payoffs {
			row = append(row, p)
		}
		row = append(row, x.Count)
		switch {
		case !e.failed():
		case x.Failed == nil:
			row = append(row, "ok", "")
		default:
			row = append(row, x.Outcome, *x.Failed)
		}
		rows = append(rows, row)
	}
	if columns = append(columns, "count"); e.failed() {
		columns = append(columns, "outcome", "failed")
	}
	return columns, rows
}

// Sections are a row per outcome.
func (e *Export) Sections() []Section {
	columns, rows := e.Records()
	g := &Grid{}
	for i, c := range columns {
		g.Columns = append(g.Columns, Column{Title: c, Left: i < e.Seats, Name: i < e.Seats})
	}
	for _, r := range rows {
		g.add(cells(r, func(x float64) string { return signed(x) })...)
	}
	return []Section{g}
}
