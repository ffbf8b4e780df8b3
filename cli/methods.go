package cli

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"arbiter/ranking"
	"arbiter/report"
)

// methods are the names of the ways to rank.
var methods = []string{"alpharank", "elo", "nash-averaging", "copeland", "smith"}

// normal95 is the quantile of the normal distribution for 95 %.
const normal95 = 1.959963984540054

// rank ranks by every method asked for: one document, or several side by side.
func (how reading) rank(e evidence) (report.Document, error) {
	var all []any
	for _, method := range how.methods {
		if method == "alpharank" {
			r, err := how.alphaRank(e)
			if err != nil {
				return nil, err
			}
			if e.describe != nil {
				e.describe(r)
			}
			r.Top = how.top
			r.Warnings = append(r.Warnings, how.warnings...)
			if len(how.methods) == 1 {
				return r, nil
			}
			all = append(all, r)
			continue
		}
		s, err := how.scores(method, e)
		if err != nil {
			return nil, err
		}
		s.Top = how.top
		s.Warnings = append(s.Warnings, how.warnings...)
		if len(how.methods) == 1 {
			return s, nil
		}
		all = append(all, s)
	}
	return &report.Rankings{Schema: "arbiter/rankings/v1", Rankings: all, Top: how.top}, nil
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

// scores ranks by a method other than alpha-Rank.
func (how reading) scores(method string, e evidence) (*report.Scores, error) {
	if !e.payoffs.Single {
		return nil, usagef("ranking.method: %s compares the agents of a single population and this one is multi, expected alpharank", method)
	}
	r := e.record()
	s := &report.Scores{Schema: "arbiter/ranking/v1", Method: method, Population: "single", Ranking: []report.Score{}, Warnings: []string{}}
	if e.title != nil {
		s.Name, s.Game, s.Matches = e.title()
	}
	rows := make([]report.Score, r.N)
	for i := range rows {
		rows[i].Profile = e.names.Profile(i)
	}
	number := func(x float64) *report.Number { n := report.Number(x); return &n }
	// better orders two agents, best first; 0 shares a rank.
	var better func(a, b int) int
	switch method {
	case "elo":
		elo, err := ranking.Ratings(r)
		if err != nil {
			return nil, err
		}
		s.Confidence = .95
		pool := make([]int, r.N)
		for k, p := range elo.Pools {
			for _, i := range p.Agents {
				pool[i] = k + 1
			}
		}
		for i := range rows {
			se := elo.SE[i]
			if e.open == nil || len(elo.Pools[pool[i]-1].Agents) == 1 {
				se = math.NaN() // a table has no number of games, a pool of one no rating
			}
			rows[i].Rating, rows[i].Lower, rows[i].Upper = report.Interval(elo.Rating[i], se, normal95)
			if len(elo.Pools) > 1 {
				rows[i].Pool = pool[i]
			}
		}
		if len(elo.Pools) > 1 {
			s.Warnings = append(s.Warnings, fmt.Sprintf("elo: %d pools of agents, between which every game went one way or none was played: ratings compare inside a pool only", len(elo.Pools)))
		}
		better = func(a, b int) int {
			return cmp.Or(pool[a]-pool[b], compare(elo.Rating[b], elo.Rating[a]))
		}
	case "nash-averaging":
		nash, err := ranking.NashAverage(r)
		if err != nil {
			s.Warnings = append(s.Warnings, err.Error())
			for i := range rows {
				rows[i].Mass, rows[i].Rating = number(math.NaN()), number(math.NaN())
			}
			better = func(a, b int) int { return 0 }
			break
		}
		for i := range rows {
			rows[i].Mass, rows[i].Rating = number(nash.Mass[i]), number(nash.Rating[i])
		}
		better = func(a, b int) int {
			return cmp.Or(compare(nash.Mass[b], nash.Mass[a]), compare(nash.Rating[b], nash.Rating[a]))
		}
	default:
		m, err := ranking.NewMajority(r)
		if err != nil {
			return nil, err
		}
		copeland, smith := m.Copeland(), m.Smith()
		for i := range rows {
			if method == "copeland" {
				rows[i].Wins = &copeland[i]
				continue
			}
			in := slices.Contains(smith, i)
			rows[i].Member = &in
		}
		better = func(a, b int) int { return copeland[b] - copeland[a] }
		if method == "smith" {
			for _, i := range smith {
				s.Smith = append(s.Smith, e.names.Profile(i))
			}
			better = func(a, b int) int {
				switch in, other := slices.Contains(smith, a), slices.Contains(smith, b); {
				case in && !other:
					return -1
				case other && !in:
					return 1
				}
				return 0
			}
		}
		for _, c := range m.Cycles() {
			var cycle []report.Profile
			for _, i := range c {
				cycle = append(cycle, e.names.Profile(i))
			}
			s.Cycles = append(s.Cycles, cycle)
		}
	}
	order := make([]int, r.N)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, better)
	for at, i := range order {
		rows[i].Rank = at + 1
		if at > 0 && better(order[at-1], i) == 0 {
			rows[i].Rank = s.Ranking[at-1].Rank
		}
		s.Ranking = append(s.Ranking, rows[i])
	}
	return s, nil
}

// compare forgives rounding.
func compare(a, b float64) int {
	if math.Abs(a-b) <= 1e-9*max(1, math.Abs(a), math.Abs(b)) {
		return 0
	}
	return cmp.Compare(a, b)
}
