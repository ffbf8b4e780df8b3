package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// Scores is a ranking of one population by another method than alpha-Rank.
type Scores struct {
	Schema     string    `json:"schema"`
	Name       string    `json:"name,omitempty"`
	Game       string    `json:"game,omitempty"`
	Method     string    `json:"method"`
	Population string    `json:"population"`
	Confidence float64   `json:"confidence,omitempty"` // of each interval alone
	Matches    int64     `json:"matches,omitempty"`
	Ranking    []Score   `json:"ranking"`
	Smith      []Profile `json:"smith_set,omitempty"`
	// Cycles are shortest cycles of majorities, each agent beating the next.
	Cycles   [][]Profile `json:"cycles,omitempty"`
	Warnings []string    `json:"warnings"`

	Top int `json:"-"` // rows of the table; 0 means all
}

// Score is one agent. Which numbers there are depends on the method.
type Score struct {
	Rank    int     `json:"rank"`
	Profile Profile `json:"profile"`
	Pool    int     `json:"pool,omitempty"`   // elo: ratings compare inside a pool; from 1, if there are several
	Rating  *Number `json:"rating,omitempty"` // elo: Elo points, mean 0; nash-averaging: score rate above ½ against the average
	Lower   *Number `json:"lower,omitempty"`
	Upper   *Number `json:"upper,omitempty"`
	Mass    *Number `json:"mass,omitempty"`   // nash-averaging
	Wins    *int    `json:"score,omitempty"`  // copeland: agents beaten minus agents lost to
	Member  *bool   `json:"member,omitempty"` // smith
}

// value is what the method says of an agent, in a table.
func (x Score) value() string {
	var parts []string
	if x.Mass != nil {
		parts = append(parts, mass(*x.Mass))
	} else if x.Rating != nil {
		text := fmt.Sprintf("%+.0f", float64(*x.Rating))
		if x.Lower != nil {
			text += fmt.Sprintf(" ± %.0f", float64(*x.Upper-*x.Lower)/2)
		}
		parts = append(parts, text)
	}
	if x.Wins != nil {
		parts = append(parts, fmt.Sprintf("%+d", *x.Wins))
	}
	if x.Member != nil {
		parts = append(parts, map[bool]string{true: "in", false: "out"}[*x.Member])
	}
	if x.Pool > 0 {
		parts = append(parts, fmt.Sprintf("pool %d", x.Pool))
	}
	return strings.Join(parts, " ")
}

// Records are the rows of the ranking.
func (r *Scores) Records() ([]string, [][]any) {
	columns := []string{"rank", "profile", "pool", "rating", "lower", "upper", "mass", "score", "member"}
	var rows [][]any
	for _, x := range r.Ranking {
		wins, member := any(""), any("")
		if x.Wins != nil {
			wins = *x.Wins
		}
		if x.Member != nil {
			member = *x.Member
		}
		rows = append(rows, []any{x.Rank, x.Profile, x.Pool, x.Rating, x.Lower, x.Upper, x.Mass, wins, member})
	}
	return columns, rows
}

// Table prints the ranking for people.
func (r *Scores) Table(w io.Writer, s Style) error {
	var b strings.Builder
	b.WriteString(wrap(heading(r.Name, r.Game, r.Method), s.Width, 2))
	b.WriteByte('\n')
	g := &grid{columns: []column{{title: "rank"}, {title: "agent", left: true, name: true}, {title: valueTitle[r.Method]}}}
	for i, x := range r.Ranking {
		if r.Top > 0 && i == r.Top {
			break
		}
		g.add(fmt.Sprint(x.Rank), x.Profile.String(), x.value())
	}
	if err := g.print(&b, s); err != nil {
		return err
	}
	more(&b, len(r.Ranking), r.Top)
	b.WriteByte('\n')
	lines(&b, s, append(cycleLines(r.Cycles), warningLines(r.Warnings)...))
	_, err := io.WriteString(w, b.String())
	return err
}

var valueTitle = map[string]string{
	"elo": "Elo", "nash-averaging": "Nash mass", "copeland": "Copeland", "smith": "Smith set", "alpharank": "alpha-Rank mass",
}

// Rankings are several rankings of the same agents.
type Rankings struct {
	Schema   string `json:"schema"`
	Rankings []any  `json:"rankings"` // *Ranking or *Scores

	Top int `json:"-"` // rows of the table; 0 means all
}

// place is where a ranking has an agent.
type place struct {
	rank  int
	value string
}

// places are the ranks of a ranking by agent, and the agents in order.
func places(ranking any) (method string, order []string, at map[string]place) {
	at = map[string]place{}
	switch r := ranking.(type) {
	case *Ranking:
		method = r.Method
		for _, x := range r.Ranking {
			order = append(order, x.Profile.String())
			at[x.Profile.String()] = place{x.Rank, mass(x.Mass)}
		}
	case *Scores:
		method = r.Method
		for _, x := range r.Ranking {
			order = append(order, x.Profile.String())
			at[x.Profile.String()] = place{x.Rank, x.value()}
		}
	}
	return method, order, at
}

// Records are the ranks by every method, agents in the order of the first.
func (r *Rankings) Records() ([]string, [][]any) {
	columns := []string{"profile"}
	var rows [][]any
	for i, x := range r.Rankings {
		method, order, at := places(x)
		columns = append(columns, method+"_rank", method)
		if i == 0 {
			for _, name := range order {
				rows = append(rows, []any{name})
			}
		}
		for j := range rows {
			p := at[rows[j][0].(string)]
			rows[j] = append(rows[j], p.rank, p.value)
		}
	}
	return columns, rows
}

// Table sets the rankings side by side and says where they disagree.
func (r *Rankings) Table(w io.Writer, s Style) error {
	var b strings.Builder
	g := &grid{columns: []column{{title: "agent", left: true, name: true}}, bold: map[int]bool{}}
	_, order, _ := places(r.Rankings[0])
	rows := make([][]string, len(order))
	var names []string
	var ranks [][]int // per method, of the agents in order
	var text, warnings []string
	for i, x := range r.Rankings {
		method, _, at := places(x)
		g.columns = append(g.columns, column{title: "#"}, column{title: valueTitle[method], drop: i + 1})
		names, ranks = append(names, method), append(ranks, make([]int, len(order)))
		for j, name := range order {
			p := at[name]
			rows[j] = append(rows[j], fmt.Sprint(p.rank), p.value)
			ranks[i][j] = p.rank
		}
		switch v := x.(type) {
		case *Ranking:
			if i == 0 {
				b.WriteString(wrap(heading(v.Name, v.Game, fmt.Sprintf("%d methods", len(r.Rankings))), s.Width, 2))
				b.WriteByte('\n')
			}
			warnings = append(warnings, v.Warnings...)
		case *Scores:
			if i == 0 {
				b.WriteString(wrap(heading(v.Name, v.Game, fmt.Sprintf("%d methods", len(r.Rankings))), s.Width, 2))
				b.WriteByte('\n')
			}
			for _, line := range cycleLines(v.Cycles) {
				if !slices.Contains(text, line) {
					text = append(text, line)
				}
			}
			warnings = append(warnings, v.Warnings...)
		}
	}
	for j, name := range order {
		if r.Top > 0 && j == r.Top {
			break
		}
		g.add(append([]string{name}, rows[j]...)...)
	}
	if err := g.print(&b, s); err != nil {
		return err
	}
	more(&b, len(order), r.Top)
	b.WriteByte('\n')
	var apart []string
	for i := range names {
		for j := range i {
			if line := disagreement(order, names[j], names[i], ranks[j], ranks[i]); line != "" {
				apart = append(apart, line)
			}
		}
	}
	if len(apart) == 0 {
		apart = []string{"agree     no method puts two agents the other way round than another"}
	}
	slices.Sort(warnings)
	lines(&b, s, slices.Concat(apart, text, warningLines(slices.Compact(warnings))))
	_, err := io.WriteString(w, b.String())
	return err
}

// disagreement says how many pairs of agents two methods order strictly the
// other way round, and which of them lie furthest apart.
func disagreement(agents []string, a, b string, x, y []int) string {
	count, far, first, second := 0, 0, 0, 0
	for i := range agents {
		for j := range agents {
			if x[i] < x[j] && y[i] > y[j] {
				count++
				if d := min(x[j]-x[i], y[i]-y[j]); d > far {
					far, first, second = d, i, j
				}
			}
		}
	}
	if count == 0 {
		return ""
	}
	n := len(agents)
	return fmt.Sprintf("disagree  %s and %s on %d of %d pairs: %s above %s by %s, below by %s", a, b, count, n*(n-1)/2, agents[first], agents[second], a, b)
}

func cycleLines(cycles [][]Profile) []string {
	var out []string
	for _, c := range cycles[:min(len(cycles), 5)] {
		var names []string
		for _, p := range c {
			names = append(names, p.String())
		}
		out = append(out, "cycle     "+strings.Join(append(names, names[0]), " > "))
	}
	if n := len(cycles); n > 5 {
		out = append(out, fmt.Sprintf("cycle     … %d in all", n))
	}
	return out
}

func warningLines(warnings []string) []string {
	var out []string
	for _, w := range warnings {
		out = append(out, "warning   "+w)
	}
	return out
}

func lines(b *strings.Builder, s Style, text []string) {
	for _, line := range text {
		b.WriteString(wrap(line, s.Width, 10))
	}
}

func more(b *strings.Builder, n, top int) {
	if top > 0 && n > top {
		fmt.Fprintf(b, "… and %d more; --top 0 shows all\n", n-top)
	}
}

func heading(parts ...string) string {
	for i, p := range parts {
		parts[i] = Clean(p)
	}
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), " · ")
}

// Interval is a number with limits z standard errors away.
func Interval(x, se, z float64) (rating, lower, upper *Number) {
	r := Number(x)
	if math.IsNaN(se) || math.IsInf(se, 0) {
		return &r, nil, nil
	}
	lo, hi := Number(x-z*se), Number(x+z*se)
	return &r, &lo, &hi
}
