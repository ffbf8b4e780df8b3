package tournament

import (
	"fmt"
	"math"

	"arbiter/matchlog"
	"arbiter/ranking"
	"arbiter/ranking/pairwise"
	"arbiter/ranking/standing"
	"arbiter/sampling"
)

// runPairs are those of a run. Adaptive sampling plays some pairs a thousand
// times as often as others, because of how they went: so pairs count alike, and
// what they count is uncertain by the spread of their own plays. Plays with a
// match in which an agent failed are nobody's wins or losses.
func runPairs(plan Plan, s *sampling.State) standing.Pairs {
	out := standing.Pairs{Payoffs: "real", Compared: "means"}
	if (plan.Binary || plan.Signs) && plan.MatchesPerPlay == 1 {
		out.Payoffs = "wins"
	}
	width := plan.Hi[0] - plan.Lo[0]
	payoffs := s.Payoffs()
	n := payoffs.N()
	finished := func(pair int) float64 {
		plays, _, _ := s.Finished(pair, 0)
		return float64(plays)
	}
	for i, e := range payoffs.Edges() {
		if s.Failures(i) != nil {
			out.Forfeits = true
			_, payoffs.M[0][int(e.U)*n+int(e.V)], _ = s.Finished(i, 0)
			_, payoffs.M[0][int(e.V)*n+int(e.U)], _ = s.Finished(i, 1)
		}
	}
	out.Record = standing.PayoffRecord(payoffs, width, func(pair int) float64 { return min(1, finished(pair)) })
	if !plan.Unbounded && width > 0 {
		out.Assumes = "matches independent, each pair as often as it was played; 95 % each"
		out.Variance = make([]float64, n*n)
		for i, e := range plan.Space().Edges() {
			plays := finished(i)
			if plays == 0 {
				continue
			}
			at, back := int(e.U)*n+int(e.V), int(e.V)*n+int(e.U)
			_, _, first := s.Finished(i, 0)
			se := 2 * first
			if !plan.ConstantSum { // at most, however the two payoffs go together
				_, _, second := s.Finished(i, 1)
				se = first + second
			}
			v := math.Pow(se/(2*width), 2)
			if !(v > 0) { // as if there had been one of either more
				p := (out.Score[at]*plays + 1) / (plays + 2)
				v = p * (1 - p) / plays
			}
			out.Variance[at], out.Variance[back] = v, v
		}
	}
	if out.Payoffs == "real" {
		out.Warnings = append(out.Warnings, fmt.Sprintf("elo: the payoffs of this game are no wins: ratings are of mean payoffs as parts of their range [%g, %g]", plan.Lo[0], plan.Hi[0]))
	}
	return out
}

// logPairs are those of a log of matches, each of which was won, drawn or
// lost by its own payoffs. means are its mean payoffs.
func logPairs(f *matchlog.Facts, clusters []matchlog.Cluster, means ranking.Payoffs, width float64, seats bool) standing.Pairs {
	if f == nil { // imported before matches were kept
		s := standing.Pairs{Payoffs: "real", Compared: "means", Record: standing.PayoffRecord(means, width, func(int) float64 { return 1 })}
		s.Warnings = append(s.Warnings, "elo: the log was imported by an older version, which kept no matches: import it again for ratings by wins and their intervals")
		return s
	}
	n := means.N()
	s := standing.Pairs{Record: pairwise.NewRecord(n), Payoffs: "real", Compared: "wins", Assumes: "matches independent of each other; 95 % each"}
	if f.Wins {
		s.Payoffs = "wins"
	}
	s.Forfeits = len(f.Failed) > 0
	s.Variance = make([]float64, n*n)
	if seats && f.Seated && f.Means == 0 && !f.Clustered {
		s.First = make([]pairwise.Seating, n*n)
	}
	for _, d := range f.Duels {
		at, back := d.I*n+d.J, d.J*n+d.I
		games, score, v := tally(d.All)
		if d.Vague {
			s.Vague += d.Means
		} else {
			games, score = games+float64(d.Means), score+d.Score
		}
		s.Games[at], s.Games[back] = games, games
		s.Score[at], s.Score[back] = score, games-score
		s.Variance[at], s.Variance[back] = v, v
		if s.First != nil {
			g, p, v := tally(d.First)
			s.First[at] = pairwise.Seating{Games: g, Score: p, Variance: v}
			other := matchlog.Results{Wins: d.All.Losses - d.First.Losses, Draws: d.All.Draws - d.First.Draws, Losses: d.All.Wins - d.First.Wins}
			g, p, v = tally(other)
			s.First[back] = pairwise.Seating{Games: g, Score: p, Variance: v}
		}
	}
	switch {
	case f.Means > 0:
		s.Assumes = ""
		s.Warnings = append(s.Warnings, fmt.Sprintf("elo: how %d matches given as means varied is not known, so that ratings have no intervals", f.Means))
	case f.Clustered && clusters == nil:
		s.Assumes = ""
		s.Warnings = append(s.Warnings, "elo: an imported run keeps no clusters, so that ratings have no intervals; rank --matches has them")
	case f.Clustered:
		s.Assumes = "clusters independent of each other; 95 % each"
		last := -1
		for _, c := range clusters {
			if c.Cluster != last {
				s.Clusters, last = append(s.Clusters, nil), c.Cluster
			}
			at := len(s.Clusters) - 1
			s.Clusters[at] = append(s.Clusters[at], pairwise.Part{I: c.I, J: c.J, Games: float64(c.N), Score: c.Score})
		}
		if count := len(s.Clusters); count < fewClusters {
			s.Warnings = append(s.Warnings, fmt.Sprintf("elo: intervals from %d clusters are rough, %d and more are wanted", count, fewClusters))
		}
	}
	if seats && f.Seated && len(unbalanced(f)) > 0 && s.Assumes != "" {
		s.Assumes = ""
		s.Warnings = append(s.Warnings, "elo: seats are unbalanced, so that ratings have no intervals")
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
