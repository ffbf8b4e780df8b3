package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"arbiter/ranking/standing"
)

// ranked is a standing by alpha-Rank.
type ranked struct {
	*standing.AlphaRank
	top int // rows of the table; 0 means all
}

// Rank is the document of a standing; top is the number of rows of its table, 0
// for all.
func Rank(s standing.Standing, top int) Document {
	switch r := s.(type) {
	case *standing.AlphaRank:
		return ranked{r, top}
	case *standing.Scores:
		return scored{r, top}
	case *standing.Several:
		return several{r, top}
	}
	panic("report: a standing of unknown kind")
}

// theoryLine says what is proved of the cost of a run.
func theoryLine(t *standing.Theory, confidence float64) string {
	if t.Gap == 0 {
		return "theory    some means so far tie: at them no number of matches is known to be enough\n"
	}
	rough := func(x float64) string {
		if x < 1e6 {
			return thousands(int64(math.Ceil(x)))
		}
		return fmt.Sprintf("%.3g", x)
	}
	b := &strings.Builder{}
	b.WriteString("theory    at the means so far ")
	if t.Lower != nil {
		fmt.Fprintf(b, "no method that is right with %s%% needs fewer than %s matches on average; ", decimal(float64(100*confidence)), rough(*t.Lower))
	}
	fmt.Fprintf(b, "proved to be enough are %s by uniform sampling (Theorem 3.2), %s adaptively (4.2)", rough(t.Uniform), rough(t.Adaptive))
	if t.LogUniformMass != nil {
		fmt.Fprintf(b, ", 10^%.0f for masses within 0.1 (3.1)", *t.LogUniformMass)
	}
	return b.String() + "\n"
}

// Records are the rows of the ranking.
func (r ranked) Records() ([]string, [][]any) {
	columns := []string{"rank", "profile", "mass", "log_mass", "lower", "upper"}
	var rows [][]any
	for _, x := range r.Ranking {
		rows = append(rows, []any{x.Rank, x.Profile, x.Mass, x.LogMass, x.Lower, x.Upper})
	}
	return columns, rows
}

// leastShown is the mass from which on strategies of large games are shown.
const leastShown = .01

// Sections are the ranking, marginals or the table of pairs, and what is known.
func (r ranked) Sections() []Section {
	out := []Section{title(r.heading())}
	if r.Sampled != nil {
		out = append(out, failed(r.Failures, r.Matches)...)
	}
	out = append(out, r.grid())
	if r.Population == "multi" {
		out = append(out, r.marginals())
	}
	if len(r.Duels) > 0 {
		out = append(out, r.cross())
	}
	return append(out, notes(strings.Split(strings.TrimSuffix(r.summary(), "\n"), "\n")...))
}

// marginals are the masses of the strategies of every player.
func (r ranked) marginals() *Grid {
	g := &Grid{Columns: []Column{{Title: "player"}, {Title: "strategy", Left: true, Name: true}, {Title: "mass"}, {Title: "mean payoff", Drop: 1}}}
	hidden := 0
	for i, m := range r.Marginals {
		mean := ""
		if r.Sampled != nil {
			mean = between(r.Payoffs[i].Mean, r.Payoffs[i].Lower, r.Payoffs[i].Upper)
		}
		if r.top > 0 && len(r.Marginals) > 3*r.top && m.Mass < leastShown {
			hidden++
			continue
		}
		g.add(fmt.Sprint(m.Player), m.Strategy, mass(m.Mass), mean)
	}
	if r.Sampled == nil {
		g.Columns[3].Title = ""
	}
	if hidden > 0 {
		g.Below = []string{fmt.Sprintf("… and %d below %g; --top 0 shows all", hidden, leastShown)}
	}
	return g
}

func (r ranked) heading() string {
	var parts []string
	for _, p := range []string{r.Name, r.Game} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	alpha := "alpha " + decimal(r.Alpha)
	if math.IsInf(r.Alpha, 1) {
		alpha = "alpha inf, " + r.Reading
		if r.Perturbation > 0 {
			alpha += " by " + decimal(r.Perturbation)
		}
	} else {
		alpha += fmt.Sprintf(", population size %d", r.PopulationSize)
	}
	parts = append(parts, "alpha-Rank ("+alpha+")")
	return strings.Join(parts, " · ")
}

func (r ranked) grid() *Grid {
	title := "agent"
	if r.Population == "multi" {
		title = "profile"
	}
	g := &Grid{
		Columns: []Column{{Title: "rank"}, {Title: title, Left: true, Name: true}, {Title: "mass"}},
		Bold:    map[int]bool{},
	}
	bounded := len(r.Ranking) > 0 && r.Ranking[0].Lower != nil && !math.IsNaN(*r.Ranking[0].Lower)
	outweighs := len(r.Ranking) > 0 && r.Ranking[0].Outweighs != nil
	means := map[string]standing.Mean{}
	if bounded {
		g.Columns = append(g.Columns, Column{Title: "bounds", Drop: 2})
	}
	if outweighs {
		g.Columns = append(g.Columns, Column{Title: "outweighs", Drop: 5})
	}
	if r.Sampled != nil && r.Population == "single" {
		for _, m := range r.Payoffs {
			means[m.Strategy] = m
		}
		g.Columns = append(g.Columns, Column{Title: "mean payoff", Drop: 1}, Column{Title: "interval", Drop: 3}, Column{Title: "matches", Drop: 4})
	}
	for i, row := range r.Ranking {
		if r.top > 0 && i == r.top {
			break
		}
		cells := []string{fmt.Sprint(row.Rank), row.Profile.String(), mass(row.Mass)}
		if bounded {
			cells = append(cells, bounds(*row.Lower, *row.Upper))
		}
		if outweighs {
			cells = append(cells, fmt.Sprint(*row.Outweighs))
		}
		if m, ok := means[row.Profile[0]]; ok {
			cells = append(cells, signed(m.Mean), interval(m.Lower, m.Upper), thousands(m.Matches))
		}
		g.Bold[i] = row.Mass > 0
		g.add(cells...)
	}
	g.Below = more(len(r.Ranking)+r.Omitted, r.top)
	return g
}

// cross is the head-to-head table, agents in the order of the ranking: the mean
// payoff of the row against the column, and > < = where it is known who is
// better, ? where it is not.
func (r ranked) cross() *Grid {
	g := &Grid{Columns: []Column{{Title: "#"}, {Title: "against", Left: true, Name: true}}}
	place := map[string]int{}
	for i, row := range r.Ranking {
		place[row.Profile[0]] = i
		g.Columns = append(g.Columns, Column{Title: fmt.Sprint(i + 1), Drop: i + 1})
	}
	table := make([][]string, len(place))
	for i, row := range r.Ranking {
		table[i] = append([]string{fmt.Sprint(i + 1), row.Profile[0]}, slices.Repeat([]string{""}, len(place))...)
	}
	marks := map[string][2]string{"first": {">", "<"}, "second": {"<", ">"}, "tie": {"=", "="}, "open": {"?", "?"}}
	for _, d := range r.Duels {
		u, v := place[d.Profile[0]], place[d.Profile[1]]
		if d.Matches == 0 {
			table[u][2+v], table[v][2+u] = "- ?", "- ?"
			continue
		}
		table[u][2+v] = signed(d.Mean[0]) + " " + marks[d.Edge][0]
		table[v][2+u] = signed(d.Mean[1]) + " " + marks[d.Edge][1]
	}
	for _, row := range table {
		g.add(row...)
	}
	g.Missed = func(shown int) string {
		return fmt.Sprintf("… opponents %d to %d do not fit here; --format json has all", shown-1, len(r.Ranking))
	}
	return g
}

// summary says what is known, what is open, who leads and what it cost.
func (r ranked) summary() string {
	b := &strings.Builder{}
	if r.Edges != nil {
		fmt.Fprintf(b, "resolved  %d of %d edges, %s (%s, %s)\n", r.ResolvedEdges, r.TotalEdges, r.Sure, r.Bound, r.Scheme)
		if n := len(r.Unresolved); n > 0 {
			fmt.Fprintf(b, "open      %s\n", list(r.Unresolved, " ? ", n))
		}
	}
	for i, sink := range r.Sinks {
		label := "sink      "
		if len(r.Sinks) > 1 {
			label = fmt.Sprintf("sink %-5d", i+1)
		}
		var who []string
		for _, p := range sink[:min(len(sink), 8)] {
			who = append(who, p.String())
		}
		if len(sink) > 8 {
			who = append(who, fmt.Sprintf("… %d in all", len(sink)))
		}
		fmt.Fprintf(b, "%s%s\n", label, strings.Join(who, "  "))
	}
	if r.Bounds == "outer" {
		fmt.Fprintf(b, "bounds    outer: not all that they allow for has payoffs, so the true range may be smaller\n")
	}
	if len(r.Ranking) > 0 && r.Ranking[0].Outweighs != nil {
		b.WriteString("outweighs how many have less mass however the open edges turn out; not whom one beats\n")
	}
	if r.Balance != nil {
		fmt.Fprintf(b, "balance   %d sweeps: flows in and out agree to %.1g at profiles, %.1g at %d cuts around near-sinks\n", r.Balance.Sweeps, r.Balance.Profiles, r.Balance.Cuts, r.Balance.CutCount)
	}
	if r.AlphaReason != "" {
		fmt.Fprintf(b, "alpha     %s\n", r.AlphaReason)
	}
	for _, s := range r.Sweep {
		fmt.Fprintf(b, "sweep     alpha %-10s %s leads with %s\n", strconv.FormatFloat(s.Alpha, 'g', 4, 64), s.Leader, mass(s.Mass))
	}
	if n := len(r.Ties); n > 0 {
		fmt.Fprintf(b, "ties      %s\n", list(r.Ties, " = ", n))
	}
	if r.Sampled != nil {
		fmt.Fprintf(b, "cost      %s matches, seed %d, stopped: %s\n", thousands(r.Matches), r.Seed, r.Stopped)
	}
	if r.Theory != nil {
		b.WriteString(theoryLine(r.Theory, 1-r.Delta))
	}
	for _, warning := range r.Warnings {
		fmt.Fprintf(b, "warning   %s\n", warning)
	}
	return b.String()
}

// list joins the first pairs.
func list(pairs [][2]standing.Profile, between string, n int) string {
	var parts []string
	for _, p := range pairs[:min(n, 4)] {
		parts = append(parts, p[0].String()+between+p[1].String())
	}
	if n > 4 {
		parts = append(parts, fmt.Sprintf("… %d in all", n))
	}
	return strings.Join(parts, ", ")
}
