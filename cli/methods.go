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
			r.Groups = e.groups()
			r.Warnings = append(r.Warnings, e.strangers()...)
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
		s.Groups = e.groups()
		s.Warnings = append(s.Warnings, e.strangers()...)
		if len(how.methods) == 1 {
			return s, nil
		}
		all = append(all, s)
	}
	return &report.Rankings{Schema: "arbiter/rankings/v1", Rankings: all, Top: how.top}, nil
}

// scores ranks by a method other than alpha-Rank.
func (how reading) scores(method string, e evidence) (*report.Scores, error) {
	if !e.payoffs.Single {
		return nil, usagef("ranking.method: %s compares the agents of a single population and this one is multi, expected alpharank", method)
	}
	r := e.standings()
	if r.vague > 0 && method != "nash-averaging" {
		return nil, coded{exitNoAnswer, fmt.Errorf("%s compares wins within each match, and %d matches are given as means of payoffs that are no points: who won them is not known; alpharank and nash-averaging compare payoffs", method, r.vague)}
	}
	if method == "nash-averaging" && r.compared == "wins" && r.payoffs != "wins" {
		r = standings{Record: record(e.payoffs, e.width, e.games), payoffs: r.payoffs, compared: "means"}
	}
	if method == "elo" && e.open == nil && r.payoffs != "rates" {
		return nil, usagef("elo: this table holds payoffs that are no rates of wins, expected entries from 0 to 1 that add up to 1 for every pair")
	}
	s := &report.Scores{
		Schema: "arbiter/ranking/v1", Method: method, Population: "single", Payoffs: r.payoffs, Compared: r.compared,
		Ranking: []report.Score{}, Warnings: []string{},
	}
	if e.title != nil {
		s.Name, s.Game, s.Matches = e.title()
	}
	s.SetOpen(e.names, e.graph, e.open)
	if s.Edges != nil && len(s.Unresolved) > 0 && method != "elo" {
		n := len(s.Unresolved)
		s.Warnings = append(s.Warnings, fmt.Sprintf("%s: %d of %d pairs are open, and taken as their results so far have them", method, n, len(e.graph.Edges)))
	}
	if r.payoffs == "real" && r.compared == "means" && method != "elo" {
		s.Warnings = append(s.Warnings, method+": payoffs are no wins, so that mean payoffs are compared")
	}
	s.Warnings = append(s.Warnings, e.tested.Doubts...)
	rows := make([]report.Score, r.N)
	for i := range rows {
		rows[i].Profile = e.names.Profile(i)
	}
	number := func(x float64) *report.Number { n := report.Number(x); return &n }
	// better orders two agents, best first; 0 shares a rank.
	var better func(a, b int) int
	switch method {
	case "elo":
		var err error
		if better, err = eloRows(s, rows, r, e.plays); err != nil {
			return nil, err
		}
	case "nash-averaging":
		nash, err := ranking.NashAverage(r.Record)
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
		m, err := ranking.NewMajority(r.Record)
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
		if rows[i].Elo == nil || rows[i].Unrated == nil {
			rank := at + 1
			if at > 0 && better(order[at-1], i) == 0 {
				rank = *s.Ranking[at-1].Rank
			}
			rows[i].Rank = &rank
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
