package report

import (
	"fmt"
	"io"
	"strings"

	"arbiter/games"
)

// Solution is what a solver found, judged by other code than the solver's.
type Solution struct {
	Schema         string       `json:"schema"`
	Game           string       `json:"game"`
	Solver         string       `json:"solver"`
	Concept        string       `json:"concept"`
	Policy         games.Policy `json:"policy"`
	Values         []Number     `json:"values"`
	Gaps           []Number     `json:"gaps"`
	NashConv       Number       `json:"nash_conv"`
	Exploitability Number       `json:"exploitability"`
	Residual       Number       `json:"residual"` // of the concept: for nash the largest gap
	Iterations     int          `json:"iterations"`
	Status         string       `json:"status"` // converged or limit
	Tolerance      Number       `json:"tolerance"`
	Warnings       []string     `json:"warnings"`
}

// Records are a row per information set and move.
func (r *Solution) Records() ([]string, [][]any) {
	var rows [][]any
	for seat, s := range r.Policy.Seats {
		for i, key := range s.Keys {
			for move, p := range s.Probs[i] {
				rows = append(rows, []any{seat, key, move, Number(p)})
			}
		}
	}
	return []string{"player", "state", "move", "probability"}, rows
}

// fewStates is the number of information sets up to which a table shows them.
const fewStates = 40

// Table prints values and gaps, and the policy if it is small.
func (r *Solution) Table(w io.Writer, s Style) error {
	var b strings.Builder
	b.WriteString(wrap(heading(r.Game, r.Solver, r.Concept), s.Width, 2))
	b.WriteByte('\n')
	g := &grid{columns: []column{{title: "player"}, {title: "value"}, {title: "gap"}}}
	states := 0
	for k := range r.Values {
		g.add(fmt.Sprint(k), precise(r.Values[k]), precise(r.Gaps[k]))
		states += len(r.Policy.Seats[k].Keys)
	}
	if err := g.print(&b, s); err != nil {
		return err
	}
	if states <= fewStates {
		b.WriteByte('\n')
		p := &grid{columns: []column{{title: "player"}, {title: "information state", left: true, name: true}, {title: "probabilities", left: true}}}
		for k, rows := range r.Policy.Seats {
			for i, key := range rows.Keys {
				var probs []string
				for _, x := range rows.Probs[i] {
					probs = append(probs, mass(Number(x)))
				}
				p.add(fmt.Sprint(k), key, strings.Join(probs, "  "))
			}
		}
		if err := p.print(&b, s); err != nil {
			return err
		}
	}
	b.WriteByte('\n')
	lines(&b, s, append([]string{
		fmt.Sprintf("NashConv  %s, exploitability %s", precise(r.NashConv), precise(r.Exploitability)),
		fmt.Sprintf("status    %s after %s iterations, tolerance %s", r.Status, thousands(int64(r.Iterations)), precise(r.Tolerance)),
	}, warningLines(r.Warnings)...))
	_, err := io.WriteString(w, b.String())
	return err
}
