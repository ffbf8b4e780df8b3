package cli

import (
	"fmt"
	"math"
	"slices"

	"arbiter/matchlog"
	"arbiter/ranking"
	"arbiter/sampling"
	"arbiter/tournament"
)

// standings are who did how well against whom, as methods of one population
// need it, and what kind of payoffs that is from.
type standings struct {
	ranking.Record
	payoffs  string   // wins, rates (of wins) or real
	compared string   // wins, within each match; or means of payoffs
	alike    bool     // pairs count alike, however often they met
	vague    int64    // matches given as means that are no points
	means    int64    // matches given as means
	assumes  string   // of the intervals; empty: there are none
	warnings []string // of elo
}

// tableStandings are those of a table: a pair counts as one game.
func tableStandings(p ranking.Payoffs) standings {
	s := standings{payoffs: "rates", compared: "means", alike: true}
	width, n := 0.0, p.N()
	for _, e := range p.Edges() {
		a, b := p.M[0][int(e.U)*n+int(e.V)], p.M[0][int(e.V)*n+int(e.U)]
		width = max(width, math.Abs(a-b))
		if !(a >= 0 && b >= 0 && math.Abs(a+b-1) <= ranking.Rounding) {
			s.payoffs = "real"
		}
	}
	if s.payoffs == "rates" {
		width = 1
	}
	s.Record = record(p, width, func(int) float64 { return 1 })
	return s
}

// runStandings are those of a run. Adaptive sampling plays some pairs a thousand
// times as often as others, because of how they went: so pairs count alike, and
// what they count is uncertain by the spread of their own plays.
func runStandings(plan tournament.Plan, s *sampling.State) standings {
	out := standings{payoffs: "real", compared: "means", alike: true}
	if (plan.Binary || plan.Signs) && plan.MatchesPerPlay == 1 {
		out.payoffs = "wins"
	}
	width := plan.Hi[0] - plan.Lo[0]
	out.Record = record(s.Payoffs(), width, func(pair int) float64 { return min(1, float64(s.Plays(pair))) })
	n := out.N
	if !plan.Unbounded && width > 0 {
		out.assumes = "matches independent, each pair as often as it was played; 95 % each"
		out.Variance = make([]float64, n*n)
		for i, e := range plan.Space().Edges() {
			plays := float64(s.Plays(i))
			if plays == 0 {
				continue
			}
			at, back := int(e.U)*n+int(e.V), int(e.V)*n+int(e.U)
			se := 2 * s.StdErr(i, 0)
			if !plan.ConstantSum { // at most, however the two payoffs go together
				se = s.StdErr(i, 0) + s.StdErr(i, 1)
			}
			v := math.Pow(se/(2*width), 2)
			if !(v > 0) { // as if there had been one of either more
				p := (out.Score[at]*plays + 1) / (plays + 2)
				v = p * (1 - p) / plays
			}
			out.Variance[at], out.Variance[back] = v, v
		}
	}
	if out.payoffs == "real" {
		out.warnings = append(out.warnings, fmt.Sprintf("elo: the payoffs of this game are no wins: ratings are of mean payoffs as parts of their range [%g, %g]", plan.Lo[0], plan.Hi[0]))
	}
	return out
}

// logStandings are those of a log of matches, each of which was won, drawn or
// lost by its own payoffs. means are its mean payoffs.
func logStandings(f *matchlog.Facts, clusters []matchlog.Cluster, means ranking.Payoffs, width float64, seats bool) standings {
	if f == nil { // imported before matches were kept
		s := standings{payoffs: "real", compared: "means", Record: record(means, width, func(int) float64 { return 1 })}
		s.warnings = append(s.warnings, "elo: the log was imported by an older version, which kept no matches: import it again for ratings by wins and their intervals")
		return s
	}
	n := means.N()
	s := standings{Record: ranking.NewRecord(n), payoffs: "real", compared: "wins", means: f.Means, assumes: "matches independent of each other; 95 % each"}
	if f.Wins {
		s.payoffs = "wins"
	}
	s.Variance = make([]float64, n*n)
	if seats && f.Seated && f.Means == 0 && !f.Clustered {
		s.First = make([]ranking.Seating, n*n)
	}
	for _, d := range f.Duels {
		at, back := d.I*n+d.J, d.J*n+d.I
		games, score, v := tally(d.All)
		if d.Vague {
			s.vague += d.Means
		} else {
			games, score = games+float64(d.Means), score+d.Score
		}
		s.Games[at], s.Games[back] = games, games
		s.Score[at], s.Score[back] = score, games-score
		s.Variance[at], s.Variance[back] = v, v
		if s.First != nil {
			g, p, v := tally(d.First)
			s.First[at] = ranking.Seating{Games: g, Score: p, Variance: v}
			other := matchlog.Results{Wins: d.All.Losses - d.First.Losses, Draws: d.All.Draws - d.First.Draws, Losses: d.All.Wins - d.First.Wins}
			g, p, v = tally(other)
			s.First[back] = ranking.Seating{Games: g, Score: p, Variance: v}
		}
	}
	switch {
	case f.Means > 0:
		s.assumes = ""
		s.warnings = append(s.warnings, fmt.Sprintf("elo: how %d matches given as means varied is not known, so that ratings have no intervals", f.Means))
	case f.Clustered && clusters == nil:
		s.assumes = ""
		s.warnings = append(s.warnings, "elo: an imported run keeps no clusters, so that ratings have no intervals; rank --matches has them")
	case f.Clustered:
		s.assumes = "clusters independent of each other; 95 % each"
		last := -1
		for _, c := range clusters {
			if c.Cluster != last {
				s.Clusters, last = append(s.Clusters, nil), c.Cluster
			}
			at := len(s.Clusters) - 1
			s.Clusters[at] = append(s.Clusters[at], ranking.Part{I: c.I, J: c.J, Games: float64(c.N), Score: c.Score})
		}
		if count := len(s.Clusters); count < fewClusters {
			s.warnings = append(s.warnings, fmt.Sprintf("elo: intervals from %d clusters are rough, %d and more are wanted", count, fewClusters))
		}
	}
	if seats && f.Seated && len(unbalanced(f)) > 0 && s.assumes != "" {
		s.assumes = ""
		s.warnings = append(s.warnings, "elo: seats are unbalanced, so that ratings have no intervals")
	}
	return s
}

// fewClusters is the number of clusters below which their spread says little.
const fewClusters = 20

// tally are the points of results and the variance of that number.
func tally(r matchlog.Results) (games, score, variance float64) {
	w, d, l := float64(r.Wins), float64(r.Draws), float64(r.Losses)
	games = w + d + l
	if games == 0 {
		return 0, 0, 0
	}
	score = w + d/2
	mean := score / games
	return games, score, w*(1-mean)*(1-mean) + d*(.5-mean)*(.5-mean) + l*mean*mean
}

// record turns payoffs into scores: the score rate of i against j is ½ plus
// their difference in parts of twice the largest possible one, width. Wins,
// draws and losses keep their meaning. A pair of a table counts as one game.
func record(p ranking.Payoffs, width float64, games func(pair int) float64) ranking.Record {
	r := ranking.NewRecord(p.N())
	for i, e := range p.Edges() {
		u, v := int(e.U), int(e.V)
		n := games(i)
		lead := 0.0 // of u
		if width > 0 {
			lead = max(-.5, min(.5, -p.Advantage(e)/(2*width)))
		}
		r.Games[u*r.N+v], r.Games[v*r.N+u] = n, n
		r.Score[u*r.N+v], r.Score[v*r.N+u] = n*(.5+lead), n*(.5-lead)
	}
	return r
}

// balance is how many deviations of a fair coin the seats of a pair may be from
// half and half: below it they might have been drawn by one.
const balance = 2

// unbalanced are the pairs of which one agent sat first too often.
func unbalanced(f *matchlog.Facts) []matchlog.Duel {
	var out []matchlog.Duel
	for _, d := range f.Duels {
		n, first := float64(d.All.Wins+d.All.Draws+d.All.Losses), float64(d.First.N())
		if math.Abs(2*first-n) > balance*math.Sqrt(n) {
			out = append(out, d)
		}
	}
	return out
}

// doubts are the conditions of the tests that a log does not keep, and the edges
// that stay open for it.
func (how reading) doubts(plan tournament.Plan, open []bool) (doubts []string, doubted []bool) {
	f := plan.Log
	if plan.Scheme != string(sampling.Imported) {
		return nil, open
	}
	if f == nil {
		return []string{"the log was imported by an older version, which kept neither seats nor matches: import it again to know what holds"}, open
	}
	doubted = slices.Clone(open)
	all := func() {
		for i := range doubted {
			doubted[i] = true
		}
	}
	if f.Clustered {
		doubts = append(doubts, "matches of a cluster depend on each other: no direction is known to be right, all edges are left open")
		all()
	}
	if f.Means > 0 {
		doubts = append(doubts, fmt.Sprintf("%d matches are given as means of a count: how they varied is not known, so that nothing is known with confidence", f.Means))
		if !plan.Single() {
			all()
		}
	}
	n := len(plan.Labels[0])
	leave := func(d matchlog.Duel) { doubted[d.I*(2*n-d.I-1)/2+d.J-d.I-1] = true }
	for _, d := range f.Duels {
		if d.Means > 0 {
			leave(d)
		}
	}
	if f.Seated && how.seats != "ignore" {
		if pairs := unbalanced(f); len(pairs) > 0 {
			var names []string
			for _, d := range pairs[:min(len(pairs), 4)] {
				first, total := d.First.N(), d.All.N()
				names = append(names, fmt.Sprintf("%s %d and %s %d times", plan.Labels[0][d.I], first, plan.Labels[0][d.J], total-first))
			}
			if len(pairs) > 4 {
				names = append(names, fmt.Sprintf("… %d in all", len(pairs)))
			}
			doubts = append(doubts, fmt.Sprintf("seats are unbalanced in %d of %d pairs, where an advantage of sitting first would look like strength: they are left open. First sat %s. --seats ignore takes seats to mean nothing", len(pairs), len(f.Duels), joined(names)))
			for _, d := range pairs {
				leave(d)
			}
		}
	}
	return doubts, doubted
}
