package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"arbiter/ranking"
)

// Scores is a ranking of one population by another method than alpha-Rank.
type Scores struct {
	Schema     string  `json:"schema"`
	Name       string  `json:"name,omitempty"`
	Game       string  `json:"game,omitempty"`
	Method     string  `json:"method"`
	Population string  `json:"population"`
	Confidence float64 `json:"confidence,omitempty"` // of each interval alone
	Assumes    string  `json:"assumes,omitempty"`    // what the intervals take for granted
	Payoffs    string  `json:"payoffs_are"`          // wins, rates of wins, or real
	Compared   string  `json:"compared"`             // wins within each match, or means of payoffs
	Matches    int64   `json:"matches,omitempty"`
	// FirstSeat is the advantage of sitting first, in Elo points.
	FirstSeat  *Number   `json:"first_seat,omitempty"`
	FirstLower *Number   `json:"first_seat_lower,omitempty"`
	FirstUpper *Number   `json:"first_seat_upper,omitempty"`
	Ranking    []Score   `json:"ranking"`
	Smith      []Profile `json:"smith_set,omitempty"`
	// Cycles are shortest cycles of majorities, each agent beating the next.
	Cycles   [][]Profile `json:"cycles,omitempty"`
	Groups   [][]Profile `json:"groups"` // that never met each other; none if all are connected
	*Edges               // pairs, where payoffs were sampled
	Warnings []string    `json:"warnings"`

	Top int `json:"-"` // rows of the table; 0 means all
}

// Score is one agent. Which numbers there are depends on the method.
type Score struct {
	Rank    *int    `json:"rank"` // nil: unrated
	Profile Profile `json:"profile"`
	*Elo
	Rating *Number `json:"rating,omitempty"` // elo: Elo points, mean 0; nash-averaging: score rate above ½ against the average
	Lower  *Number `json:"lower,omitempty"`
	Upper  *Number `json:"upper,omitempty"`
	Mass   *Number `json:"mass,omitempty"`   // nash-averaging
	Wins   *int    `json:"score,omitempty"`  // copeland: agents beaten minus agents lost to
	Member *bool   `json:"member,omitempty"` // smith
}

// Elo is what elo says of an agent beside its rating.
type Elo struct {
	Games     *Number `json:"games"`
	Unrated   *string `json:"unrated"`    // never_lost, never_won or not_connected; nil: rated
	FirstSeat Number  `json:"first_seat"` // the advantage of sitting first, the same for all
	Anchor    *Number `json:"anchor"`     // none can be set yet
}

// value is what the method says of an agent, in a table.
func (x Score) value() string {
	var parts []string
	if x.Mass != nil {
		parts = append(parts, mass(*x.Mass))
	} else if x.Rating != nil {
		text := ""
		if !math.IsNaN(float64(*x.Rating)) {
			text = fmt.Sprintf("%+.0f", float64(*x.Rating))
		}
		if x.Lower != nil && !math.IsNaN(float64(*x.Lower)) {
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
func (r *Scores) Records() ([]string, [][]any) {
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
		g.add(rankText(x.Rank), x.Profile.String(), x.value())
	}
	if err := g.print(&b, s); err != nil {
		return err
	}
	more(&b, len(r.Ranking), r.Top)
	b.WriteByte('\n')
	lines(&b, s, slices.Concat(r.notes(), cycleLines(r.Cycles), warningLines(r.Warnings)))
	_, err := io.WriteString(w, b.String())
	return err
}

// notes say what the numbers are of.
func (r *Scores) notes() []string {
	out := []string{"payoffs   " + map[string]string{"wins": "wins", "rates": "rates of wins", "real": "real numbers"}[r.Payoffs] + map[string]string{"wins": ", compared within each match", "means": ", compared by their means"}[r.Compared]}
	if r.FirstSeat != nil && !math.IsNaN(float64(*r.FirstSeat)) {
		text := fmt.Sprintf("first     sitting first is worth %+.0f", float64(*r.FirstSeat))
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

// SetOpen fills in which pairs are known, where payoffs were sampled.
func (r *Scores) SetOpen(n Names, g ranking.Graph, open []bool) {
	if open == nil {
		return
	}
	r.Edges = &Edges{Unresolved: [][2]Profile{}, TotalEdges: len(g.Edges)}
	for i, e := range g.Edges {
		if open[i] {
			r.Unresolved = append(r.Unresolved, [2]Profile{n.Profile(int(e.U)), n.Profile(int(e.V))})
		}
	}
	r.ResolvedEdges = len(g.Edges) - len(r.Unresolved)
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
	rank         int // 0: none
	value        string
	number       any // the value as data
	lower, upper *Number
}

// number is what the method says of an agent, as data.
func (x Score) number() any {
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
func places(ranking any) (method string, order []string, at map[string]place) {
	at = map[string]place{}
	switch r := ranking.(type) {
	case *Ranking:
		method = r.Method
		for _, x := range r.Ranking {
			order = append(order, x.Profile.String())
			at[x.Profile.String()] = place{x.Rank, mass(x.Mass), x.Mass, x.Lower, x.Upper}
		}
	case *Scores:
		method = r.Method
		for _, x := range r.Ranking {
			order = append(order, x.Profile.String())
			rank := 0
			if x.Rank != nil {
				rank = *x.Rank
			}
			at[x.Profile.String()] = place{rank, x.value(), x.number(), x.Lower, x.Upper}
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
			rank := "–"
			if p.rank > 0 {
				rank = fmt.Sprint(p.rank)
			}
			rows[j] = append(rows[j], rank, p.value)
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
