package report

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"arbiter/ranking"
	"arbiter/sampling"
)

// Profile is one strategy per player; a single one in a single population.
type Profile []string

// Ranking is the result of ranking, as CLI users and programs see it.
type Ranking struct {
	Schema         string `json:"schema"`
	Name           string `json:"name,omitempty"`
	Game           string `json:"game,omitempty"`
	Method         string `json:"method"`
	Alpha          Number `json:"alpha"`
	AlphaReason    string `json:"alpha_reason,omitempty"`   // with alpha auto
	Reading        string `json:"infinite_alpha,omitempty"` // perturbed, mcc or limit, with alpha inf
	Perturbation   Number `json:"perturbation,omitempty"`   // 0: its limit
	PopulationSize int    `json:"population_size"`
	Selection      string `json:"selection,omitempty"`
	Population     string `json:"population"`
	*Sampled

	Ranking   []Row       `json:"ranking"`
	Marginals []Marginal  `json:"marginals"`
	Sinks     [][]Profile `json:"sinks"`
	Bounds    string      `json:"bounds,omitempty"` // of masses: exact or outer
	Sweep     []Step      `json:"sweep,omitempty"`
	// SinkLaws holds one distribution per sink where the reading gives no
	// single one.
	SinkLaws [][]Number   `json:"sink_laws,omitempty"`
	Ties     [][2]Profile `json:"ties"`
	*Edges
	Theory *Theory `json:"theory,omitempty"`
	// Duels are the pairs of a small single population.
	Duels []Duel `json:"head_to_head,omitempty"`
	// Balance is how well a law found by iteration balances.
	Balance  *Balance    `json:"balance,omitempty"`
	Omitted  int         `json:"omitted,omitempty"` // rows left out
	Groups   [][]Profile `json:"groups"`            // of one population, that never met each other; none if all are connected
	Warnings []string    `json:"warnings"`

	Top   int `json:"-"` // rows of the table; 0 means all
	Limit int `json:"-"` // rows that SetLaw keeps; 0 means all
}

// Theory is what is proved about the matches of a run like this one, at the
// means so far. Infinite where means tie.
type Theory struct {
	Gap            Number  `json:"gap"`                                  // least advantage, part of the payoff range
	Lower          *Number `json:"lower_bound_matches,omitempty"`        // 0/1 payoffs: mean of any method that errs with probability delta at most
	Uniform        Number  `json:"uniform_matches"`                      // Theorem 3.2 of Rowland et al. (2019)
	Adaptive       Number  `json:"adaptive_matches"`                     // Theorem 4.2, by instance
	LogUniformMass *Number `json:"log10_uniform_mass_matches,omitempty"` // Theorem 3.1: masses at this alpha to 0.1
}

func (t *Theory) line(confidence float64) string {
	if t.Gap == 0 {
		return "theory    some means so far tie: at them no number of matches is known to be enough\n"
	}
	rough := func(x Number) string {
		if x < 1e6 {
			return thousands(int64(math.Ceil(float64(x))))
		}
		return fmt.Sprintf("%.3g", float64(x))
	}
	b := &strings.Builder{}
	b.WriteString("theory    at the means so far ")
	if t.Lower != nil {
		fmt.Fprintf(b, "no method that is right with %s%% needs fewer than %s matches on average; ", decimal(Number(100*confidence)), rough(*t.Lower))
	}
	fmt.Fprintf(b, "proved to be enough are %s by uniform sampling (Theorem 3.2), %s adaptively (4.2)", rough(t.Uniform), rough(t.Adaptive))
	if t.LogUniformMass != nil {
		fmt.Fprintf(b, ", 10^%.0f for masses within 0.1 (3.1)", float64(*t.LogUniformMass))
	}
	return b.String() + "\n"
}

// Duel is what two agents came to against each other.
type Duel struct {
	Profile Profile   `json:"profile"`
	Mean    [2]Number `json:"mean"`
	Matches int64     `json:"matches"`
	Edge    string    `json:"edge"` // resolved: first, second or tie is better; else open
}

// Balance is the largest |in-out|/(in+out) of the flows of a law found by
// iteration: over profiles, and over cuts around near-sinks.
type Balance struct {
	Sweeps   int    `json:"sweeps"`
	Profiles Number `json:"profiles"`
	Cuts     Number `json:"cuts"`
	CutCount int    `json:"cut_count"`
}

// Step is the leader at one intensity.
type Step struct {
	Alpha  Number  `json:"alpha"`
	Leader Profile `json:"leader"`
	Mass   Number  `json:"mass"`
}

// Records are the rows of the ranking.
func (r *Ranking) Records() ([]string, [][]any) {
	columns := []string{"rank", "profile", "mass", "log_mass", "lower", "upper"}
	var rows [][]any
	for _, x := range r.Ranking {
		rows = append(rows, []any{x.Rank, x.Profile, x.Mass, x.LogMass, x.Lower, x.Upper})
	}
	return columns, rows
}

// Sampled describes how payoffs were sampled.
type Sampled struct {
	Seed    uint64  `json:"seed"`
	Scheme  string  `json:"scheme"`
	Bound   string  `json:"bound"`
	Level   string  `json:"level"`
	Delta   float64 `json:"delta"`
	Epsilon float64 `json:"epsilon"`
	Slack   float64 `json:"slack"`
	Batch   float64 `json:"batch"`
	Matches int64   `json:"matches"`
	Stopped string  `json:"stopped"` // resolved, settled, budget or time
	Payoffs []Mean  `json:"payoffs"` // per strategy, averaged over what the others play
	// Confidence and Sure are those of the Claim.
	Confidence *Number `json:"confidence"`
	Sure       string  `json:"claim"`
}

// Edges tells which directions are known.
type Edges struct {
	Resolved      *[][2]Profile `json:"resolved,omitempty"` // worse, better
	Unresolved    [][2]Profile  `json:"unresolved"`
	ResolvedEdges int           `json:"resolved_edges"`
	TotalEdges    int           `json:"total_edges"`
}

// Row is one profile of the ranking, best first.
type Row struct {
	Rank    int     `json:"rank"`
	Profile Profile `json:"profile"`
	Mass    Number  `json:"mass"`
	LogMass Number  `json:"log_mass"`
	Lower   *Number `json:"lower,omitempty"` // where payoffs were sampled; NaN: no bound is claimed
	Upper   *Number `json:"upper,omitempty"`
	// Outweighs is the number of profiles that have less mass than this one
	// however the open edges turn out. It says nothing of who beats whom.
	Outweighs *int `json:"outweighs,omitempty"`
}

// Marginal is the mass of one strategy of one player.
type Marginal struct {
	Player   int    `json:"player"`
	Strategy string `json:"strategy"`
	Mass     Number `json:"mass"`
}

// Mean is the mean payoff of a strategy against uniformly mixed opponents.
type Mean struct {
	Player   int    `json:"player"`
	Strategy string `json:"strategy"`
	Mean     Number `json:"mean"`
	Lower    Number `json:"lower"`
	Upper    Number `json:"upper"`
	Matches  int64  `json:"matches"`
}

// Names turns profile ids into names.
type Names struct {
	Space  ranking.Space
	Labels [][]string // per population
}

// Profile names profile id.
func (n Names) Profile(id int) Profile {
	if n.Space.Single {
		return Profile{n.Labels[0][id]}
	}
	p := make(Profile, len(n.Space.Shape))
	for k := len(p) - 1; k >= 0; k-- {
		size := n.Space.Shape[k]
		p[k], id = n.Labels[k][id%size], id/size
	}
	return p
}

func (n Names) profiles(ids []int) []Profile {
	out := make([]Profile, len(ids))
	for i, id := range ids {
		out[i] = n.Profile(id)
	}
	return out
}

// tied is the relative difference of masses up to which they share a rank.
const tied = 1e-9

// SetLaw fills Ranking and Marginals from a stationary law; lower and upper
// may be nil.
func (r *Ranking) SetLaw(n Names, law ranking.Law, lower, upper []float64) {
	order := make([]int, len(law.Mass))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(law.LogMass[b], law.LogMass[a]) })
	same := func(a, b int) bool {
		x, y := law.LogMass[a], law.LogMass[b]
		return x == y || math.Abs(x-y) <= tied
	}
	for i := 0; i < len(order); {
		j := i + 1
		for j < len(order) && same(order[j-1], order[j]) {
			j++
		}
		slices.Sort(order[i:j])
		for _, id := range order[i:j] {
			if r.Limit > 0 && len(r.Ranking) == r.Limit {
				r.Omitted++
				continue
			}
			row := Row{Rank: i + 1, Profile: n.Profile(id), Mass: Number(law.Mass[id]), LogMass: Number(law.LogMass[id])}
			if lower != nil {
				lo, hi := Number(lower[id]), Number(upper[id])
				row.Lower, row.Upper = &lo, &hi
			}
			r.Ranking = append(r.Ranking, row)
		}
		i = j
	}
	for k, masses := range n.Space.Marginals(law.Mass) {
		for a, m := range masses {
			r.Marginals = append(r.Marginals, Marginal{k, n.Labels[k][a], Number(m)})
		}
	}
}

// SetOutweighs fills in, after SetLaw, how many profiles each outweighs, by
// profile id.
func (r *Ranking) SetOutweighs(n Names, counts []int) {
	of := map[string]int{}
	for id, count := range counts {
		of[n.Profile(id).String()] = count
	}
	for i := range r.Ranking {
		count := of[r.Ranking[i].Profile.String()]
		r.Ranking[i].Outweighs = &count
	}
}

// manyEdges is the number of edges above which the resolved ones are listed
// only on request.
const manyEdges = 10_000

// SetBalance fills Balance.
func (r *Ranking) SetBalance(b ranking.Balance) {
	r.Balance = &Balance{b.Sweeps, Number(b.State), Number(b.Cut), b.Cuts}
}

// SetSinks fills Sinks.
func (r *Ranking) SetSinks(n Names, sinks [][]int) {
	r.Sinks, r.Ties = [][]Profile{}, [][2]Profile{}
	for _, sink := range sinks {
		r.Sinks = append(r.Sinks, n.profiles(sink))
	}
}

// SetGraph fills Sinks, Ties and, where open is not nil, Edges.
func (r *Ranking) SetGraph(n Names, g ranking.Graph, open []bool, allEdges bool) {
	r.SetSinks(n, g.Sinks())
	resolved, unresolved, closed := [][2]Profile{}, [][2]Profile{}, 0
	for i, e := range g.Edges {
		pair := [2]Profile{n.Profile(int(e.U)), n.Profile(int(e.V))}
		if open != nil && open[i] {
			unresolved = append(unresolved, pair)
			continue
		}
		closed++
		if g.Dir[i] == ranking.Tie {
			r.Ties = append(r.Ties, pair)
			continue
		}
		if g.Dir[i] == ranking.Down {
			pair[0], pair[1] = pair[1], pair[0]
		}
		resolved = append(resolved, pair)
	}
	if open != nil {
		r.Edges = &Edges{Unresolved: unresolved, ResolvedEdges: closed, TotalEdges: len(g.Edges)}
		if allEdges || len(g.Edges) <= manyEdges {
			r.Edges.Resolved = &resolved
		}
	}
}

// fewDuels is the number of agents up to which pairs are listed.
const fewDuels = 12

// SetDuels fills Duels of a small single population.
func (r *Ranking) SetDuels(n Names, s *sampling.State, open []bool, matchesPerPlay int64) {
	if !n.Space.Single || n.Space.N() > fewDuels {
		return
	}
	g, _ := s.Graph()
	for i, e := range g.Edges {
		d := Duel{Profile: append(n.Profile(int(e.U)), n.Profile(int(e.V))...), Matches: s.Plays(i) * matchesPerPlay, Edge: "open"}
		for k := range d.Mean {
			mean, _ := s.Mean(i, k)
			d.Mean[k] = Number(mean)
		}
		if !open[i] {
			d.Edge = map[ranking.Direction]string{ranking.Up: "second", ranking.Down: "first", ranking.Tie: "tie"}[g.Dir[i]]
		}
		r.Duels = append(r.Duels, d)
	}
}

// Means averages the cells of every strategy.
func Means(n Names, s *sampling.State, matchesPerPlay int64) []Mean {
	var out []Mean
	for k, pool := range n.Labels {
		first := len(out)
		for _, label := range pool {
			out = append(out, Mean{Player: k, Strategy: label})
		}
		cells := make([]float64, len(pool))
		add := func(a, cell, player int) {
			mean, in := s.Mean(cell, player)
			m := &out[first+a]
			m.Mean += Number(mean)
			m.Lower += Number(in.Lo)
			m.Upper += Number(in.Hi)
			m.Matches += s.Plays(cell) * matchesPerPlay
			cells[a]++
		}
		if n.Space.Single {
			for c, e := range n.Space.Edges() {
				add(int(e.U), c, 0)
				add(int(e.V), c, 1)
			}
		} else {
			for c := range n.Space.N() {
				add(n.Space.Strategies(c)[k], c, k)
			}
		}
		for a, count := range cells {
			m := &out[first+a]
			if count == 0 {
				m.Mean, m.Lower, m.Upper = Number(math.NaN()), Number(math.NaN()), Number(math.NaN())
				continue
			}
			m.Mean /= Number(count)
			m.Lower /= Number(count)
			m.Upper /= Number(count)
		}
	}
	return out
}

// leastShown is the mass from which on strategies of large games are shown.
const leastShown = .01

// Table prints the ranking for people.
func (r *Ranking) Table(w io.Writer, s Style) error {
	var b strings.Builder
	top := r.Top
	b.WriteString(wrap(r.heading(), s.Width, 2))
	b.WriteByte('\n')
	if err := r.grid(top).print(&b, s); err != nil {
		return err
	}
	more(&b, len(r.Ranking)+r.Omitted, top)
	b.WriteByte('\n')
	if r.Population == "multi" {
		g := grid{columns: []column{{title: "player"}, {title: "strategy", left: true, name: true}, {title: "mass"}, {title: "mean payoff", drop: 1}}}
		hidden := 0
		for i, m := range r.Marginals {
			mean := ""
			if r.Sampled != nil {
				mean = between(r.Payoffs[i].Mean, r.Payoffs[i].Lower, r.Payoffs[i].Upper)
			}
			if top > 0 && len(r.Marginals) > 3*top && m.Mass < leastShown {
				hidden++
				continue
			}
			g.add(fmt.Sprint(m.Player), m.Strategy, mass(m.Mass), mean)
		}
		if r.Sampled == nil {
			g.columns[3].title = ""
		}
		if err := g.print(&b, s); err != nil {
			return err
		}
		if hidden > 0 {
			fmt.Fprintf(&b, "… and %d below %g; --top 0 shows all\n", hidden, leastShown)
		}
		b.WriteByte('\n')
	}
	if len(r.Duels) > 0 {
		if err := r.cross().print(&b, s); err != nil {
			return err
		}
		b.WriteByte('\n')
	}
	for line := range strings.Lines(r.summary()) {
		b.WriteString(wrap(strings.TrimSuffix(line, "\n"), s.Width, 10))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *Ranking) heading() string {
	var parts []string
	for _, p := range []string{r.Name, r.Game} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	alpha := "alpha " + decimal(r.Alpha)
	if math.IsInf(float64(r.Alpha), 1) {
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

func (r *Ranking) grid(top int) *grid {
	title := "agent"
	if r.Population == "multi" {
		title = "profile"
	}
	g := &grid{
		columns: []column{{title: "rank"}, {title: title, left: true, name: true}, {title: "mass"}},
		bold:    map[int]bool{},
	}
	bounded := len(r.Ranking) > 0 && r.Ranking[0].Lower != nil && !math.IsNaN(float64(*r.Ranking[0].Lower))
	outweighs := len(r.Ranking) > 0 && r.Ranking[0].Outweighs != nil
	means := map[string]Mean{}
	if bounded {
		g.columns = append(g.columns, column{title: "bounds", drop: 2})
	}
	if outweighs {
		g.columns = append(g.columns, column{title: "outweighs", drop: 5})
	}
	if r.Sampled != nil && r.Population == "single" {
		for _, m := range r.Payoffs {
			means[m.Strategy] = m
		}
		g.columns = append(g.columns, column{title: "mean payoff", drop: 1}, column{title: "interval", drop: 3}, column{title: "matches", drop: 4})
	}
	for i, row := range r.Ranking {
		if top > 0 && i == top {
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
		g.bold[i] = row.Mass > 0
		g.add(cells...)
	}
	return g
}

// cross is the head-to-head table, agents in the order of the ranking: the mean
// payoff of the row against the column, and > < = where it is known who is
// better, ? where it is not.
func (r *Ranking) cross() *grid {
	g := &grid{columns: []column{{title: "#"}, {title: "against", left: true, name: true}}}
	place := map[string]int{}
	for i, row := range r.Ranking {
		place[row.Profile[0]] = i
		g.columns = append(g.columns, column{title: fmt.Sprint(i + 1), drop: i + 1})
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
	g.missed = func(shown int) string {
		return fmt.Sprintf("… opponents %d to %d do not fit here; --format json has all", shown-1, len(r.Ranking))
	}
	return g
}

// summary says what is known, what is open, who leads and what it cost.
func (r *Ranking) summary() string {
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
		fmt.Fprintf(b, "balance   %d sweeps: flows in and out agree to %.1g at profiles, %.1g at %d cuts around near-sinks\n", r.Balance.Sweeps, float64(r.Balance.Profiles), float64(r.Balance.Cuts), r.Balance.CutCount)
	}
	if r.AlphaReason != "" {
		fmt.Fprintf(b, "alpha     %s\n", r.AlphaReason)
	}
	for _, s := range r.Sweep {
		fmt.Fprintf(b, "sweep     alpha %-10s %s leads with %s\n", strconv.FormatFloat(float64(s.Alpha), 'g', 4, 64), s.Leader, mass(s.Mass))
	}
	if n := len(r.Ties); n > 0 {
		fmt.Fprintf(b, "ties      %s\n", list(r.Ties, " = ", n))
	}
	if r.Sampled != nil {
		fmt.Fprintf(b, "cost      %s matches, seed %d, stopped: %s\n", thousands(r.Matches), r.Seed, r.Stopped)
	}
	if r.Theory != nil {
		b.WriteString(r.Theory.line(1 - r.Delta))
	}
	for _, warning := range r.Warnings {
		fmt.Fprintf(b, "warning   %s\n", warning)
	}
	return b.String()
}

// list joins the first pairs.
func list(pairs [][2]Profile, between string, n int) string {
	var parts []string
	for _, p := range pairs[:min(n, 4)] {
		parts = append(parts, p[0].String()+between+p[1].String())
	}
	if n > 4 {
		parts = append(parts, fmt.Sprintf("… %d in all", n))
	}
	return strings.Join(parts, ", ")
}

// String joins the names of a profile.
func (p Profile) String() string { return Clean(strings.Join(p, " | ")) }
