package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"arbiter/ranking/standing"
)

// scored is a standing by another method than alpha-Rank.
type scored struct {
	*standing.Scores
	top int // rows of the table; 0 means all
}

// several are standings side by side.
type several struct {
	*standing.Several
	top int
}

// scoreText is what the method says of an agent, in a table.
func scoreText(x standing.Score) string {
	var parts []string
	if x.Mass != nil {
		parts = append(parts, mass(*x.Mass))
	} else if x.Rating != nil {
		text := ""
		if !math.IsNaN(*x.Rating) {
			text = fmt.Sprintf("%+.0f", *x.Rating)
		}
		if x.Lower != nil && !math.IsNaN(*x.Lower) {
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
	if x.Elo != nil && x.Unrated != nil {
		parts = []string{strings.ReplaceAll(*x.Unrated, "_", " ")}
	}
	return strings.Join(parts, " ")
}

// Records are the rows of the ranking.
func (r scored) Records() ([]string, [][]any) {
	columns := []string{"rank", "profile", "rating", "lower", "upper", "games", "unrated", "mass", "score", "member"}
	var rows [][]any
	for _, x := range r.Ranking {
		wins, member := any(""), any("")
		if x.Wins != nil {
			wins = *x.Wins
		}
		if x.Member != nil {
			member = *x.Member
		}
		var rank, games, unrated any = "", "", ""
		if x.Rank != nil {
			rank = *x.Rank
		}
		if x.Elo != nil {
			games = *x.Games
			if x.Unrated != nil {
				unrated = *x.Unrated
			}
		}
		rows = append(rows, []any{rank, x.Profile, x.Rating, x.Lower, x.Upper, games, unrated, x.Mass, wins, member})
	}
	return columns, rows
}

// Sections are the ranking and what its numbers are of.
func (r scored) Sections() []Section {
	g := &Grid{Columns: []Column{{Title: "rank"}, {Title: "agent", Left: true, Name: true}, {Title: r.Title}}}
	for i, x := range r.Ranking {
		if r.top > 0 && i == r.top {
			break
		}
		g.add(rankText(x.Rank), x.Profile.String(), scoreText(x))
	}
	g.Below = more(len(r.Ranking), r.top)
	out := append([]Section{title(r.Name, r.Game, r.Method)}, failed(r.Failures, r.Matches)...)
	return append(out, g, notes(slices.Concat(r.notes(), cycleLines(r.Cycles), warningLines(r.Warnings))...))
}

// notes say what the numbers are of.
func (r scored) notes() []string {
	out := []string{"payoffs   " + map[string]string{"wins": "wins", "rates": "rates of wins", "real": "real numbers"}[r.Payoffs] + map[string]string{"wins": ", compared within each match", "means": ", compared by their means"}[r.Compared]}
	if r.FirstSeat != nil && !math.IsNaN(*r.FirstSeat) {
		text := fmt.Sprintf("first     sitting first is worth %+.0f", *r.FirstSeat)
		if r.FirstLower != nil {
			text += fmt.Sprintf(" ± %.0f", float64(*r.FirstUpper-*r.FirstLower)/2)
		}
		out = append(out, text)
	}
	if r.Assumes != "" {
		out = append(out, "intervals "+r.Assumes)
	}
	return out
}

func rankText(rank *int) string {
	if rank == nil {
		return "–"
	}
	return fmt.Sprint(*rank)
}

// place is where a ranking has an agent.
type place struct {
	rank         int // 0: none
	value        string
	number       any // the value as data
	lower, upper *float64
}

// scoreData is what the method says of an agent, as data.
func scoreData(x standing.Score) any {
	switch {
	case x.Elo != nil && x.Unrated != nil:
		return ""
	case x.Mass != nil:
		return x.Mass
	case x.Wins != nil:
		return *x.Wins
	case x.Member != nil:
		return *x.Member
	}
	return x.Rating
}

// places are the ranks of a ranking by agent, and the agents in order.
func places(ranking standing.Standing) (method, title string, order []string, at map[string]place) {
	at = map[string]place{}
	switch r := ranking.(type) {
	case *standing.AlphaRank:
		method, title = r.Method, r.Title
		for _, x := range r.Ranking {
			order = append(order, x.Profile.String())
			at[x.Profile.String()] = place{x.Rank, mass(x.Mass), x.Mass, x.Lower, x.Upper}
		}
	case *standing.Scores:
		method, title = r.Method, r.Title
		for _, x := range r.Ranking {
			order = append(order, x.Profile.String())
			rank := 0
			if x.Rank != nil {
				rank = *x.Rank
			}
			at[x.Profile.String()] = place{rank, scoreText(x), scoreData(x), x.Lower, x.Upper}
		}
	}
	return method, title, order, at
}

// Records are the ranks by every method, agents in the order of the first.
func (r several) Records() ([]string, [][]any) {
	columns := []string{"profile"}
	var rows [][]any
	for i, x := range r.Rankings {
		method, _, order, at := places(x)
		columns = append(columns, method+"_rank", method, method+"_lower", method+"_upper")
		if i == 0 {
			for _, name := range order {
				rows = append(rows, []any{name})
			}
		}
		for j := range rows {
			p := at[rows[j][0].(string)]
			var rank any = ""
			if p.rank > 0 {
				rank = p.rank
			}
			rows[j] = append(rows[j], rank, p.number, p.lower, p.upper)
		}
	}
	return columns, rows
}

// Sections are the rankings side by side, and where they disagree.
func (r several) Sections() []Section {
	var out []Section
	g := &Grid{Columns: []Column{{Title: "agent", Left: true, Name: true}}, Bold: map[int]bool{}}
	_, _, order, _ := places(r.Rankings[0])
	rows := make([][]string, len(order))
	var names []string
	var ranks [][]int // per method, of the agents in order
	var text, warnings []string
	for i, x := range r.Rankings {
		method, name, _, at := places(x)
		g.Columns = append(g.Columns, Column{Title: "#"}, Column{Title: name, Drop: i + 1})
		names, ranks = append(names, method), append(ranks, make([]int, len(order)))
		for j, name := range order {
			p := at[name]
			rank := "–"
			if p.rank > 0 {
				rank = fmt.Sprint(p.rank)
			}
			rows[j] = append(rows[j], rank, p.value)
			ranks[i][j] = p.rank
		}
		switch v := x.(type) {
		case *standing.AlphaRank:
			if i == 0 {
				out = append(out, title(v.Name, v.Game, fmt.Sprintf("%d methods", len(r.Rankings))))
				if v.Sampled != nil {
					out = append(out, failed(v.Failures, v.Matches)...)
				}
			}
			warnings = append(warnings, v.Warnings...)
		case *standing.Scores:
			if i == 0 {
				out = append(out, title(v.Name, v.Game, fmt.Sprintf("%d methods", len(r.Rankings))))
				out = append(out, failed(v.Failures, v.Matches)...)
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
		if r.top > 0 && j == r.top {
			break
		}
		g.add(append([]string{name}, rows[j]...)...)
	}
	g.Below = more(len(order), r.top)
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
	return append(out, g, notes(slices.Concat(apart, text, warningLines(slices.Compact(warnings)))...))
}

// disagreement says how many pairs of agents two methods order strictly the
// other way round, and which of them lie furthest apart.
func disagreement(agents []string, a, b string, x, y []int) string {
	count, far, first, second := 0, 0, 0, 0
	for i := range agents {
		for j := range agents {
			if x[i] > 0 && y[j] > 0 && x[i] < x[j] && y[i] > y[j] {
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

func cycleLines(cycles [][]standing.Profile) []string {
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

// more says how many rows are left out, if some are.
func more(n, top int) []string {
	if top == 0 || n <= top {
		return nil
	}
	return []string{fmt.Sprintf("… and %d more; --top 0 shows all", n-top)}
}

func heading(parts ...string) string {
	for i, p := range parts {
		parts[i] = Clean(p)
	}
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), " · ")
}
