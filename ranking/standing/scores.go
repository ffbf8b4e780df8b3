package standing

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"arbiter/ranking/pairwise"
)

// rated is what a method makes of a population: it fills in a row per agent and
// says how they go, best first; 0 shares a rank.
type rated func(s *Scores, rows []Score, p Pairs, e Evidence) (better func(a, b int) int, err error)

// scored is a method that ranks the agents of a single population by who did how
// well against whom.
func scored(name, title, doc string, rate rated) Method {
	return Method{name, doc, func(e Evidence, _ Settings) (Standing, error) {
		if !e.Payoffs.Single {
			return nil, misfit("ranking.method: %s compares the agents of a single population and this one is multi, expected alpharank", name)
		}
		p := e.Pairs()
		if p.Vague > 0 && name != "nash-averaging" {
			return nil, &UnknownError{fmt.Sprintf("%s compares wins within each match, and %d matches are given as means of payoffs that are no points: who won them is not known; alpharank and nash-averaging compare payoffs", name, p.Vague)}
		}
		if name == "nash-averaging" && p.Compared == "wins" && p.Payoffs != "wins" {
			p = Pairs{Record: PayoffRecord(e.Payoffs, e.Width, e.Times), Payoffs: p.Payoffs, Compared: "means"}
		}
		if name == "nash-averaging" && p.Forfeits {
			p.Record = PayoffRecord(e.Payoffs, e.Width, e.Times)
		}
		if name == "elo" && e.Played == nil && p.Payoffs != "rates" {
			return nil, misfit("elo: this table holds payoffs that are no rates of wins, expected entries from 0 to 1 that add up to 1 for every pair")
		}
		s := &Scores{
			Schema: "arbiter/ranking/v1", Method: name, Title: title, Population: "single", Payoffs: p.Payoffs, Compared: p.Compared,
			Ranking: []Score{}, Groups: e.groups(), Warnings: []string{},
		}
		if e.Played != nil {
			s.Name, s.Game, s.Matches, s.Failures = e.Name, e.Game, e.Sampled.Matches, e.Sampled.Failures
			s.setOpen(e.Names, e.Graph, e.Open)
			if n := len(s.Unresolved); n > 0 && name != "elo" {
				s.Warnings = append(s.Warnings, fmt.Sprintf("%s: %d of %d pairs are open, and taken as their results so far have them", name, n, len(e.Graph.Edges)))
			}
		}
		if p.Payoffs == "real" && p.Compared == "means" && name != "elo" {
			s.Warnings = append(s.Warnings, name+": payoffs are no wins, so that mean payoffs are compared")
		}
		if e.Played != nil {
			s.Warnings = append(s.Warnings, e.Tested.Doubts...)
		}
		rows := make([]Score, p.N)
		for i := range rows {
			rows[i].Profile = e.Names.Profile(i)
		}
		better, err := rate(s, rows, p, e)
		if err != nil {
			return nil, err
		}
		s.order(rows, better)
		s.Warnings = append(append(s.Warnings, e.Notes...), e.Strangers()...)
		return s, nil
	}}
}

// order puts the rows into Ranking, best first; those of one rank in their own
// order, unrated ones without a rank.
func (s *Scores) order(rows []Score, better func(a, b int) int) {
	order := make([]int, len(rows))
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
}

func nashAverage(s *Scores, rows []Score, p Pairs, _ Evidence) (better func(a, b int) int, err error) {
	nash, err := pairwise.NashAverage(p.Record)
	if err != nil {
		s.Warnings = append(s.Warnings, err.Error())
		for i := range rows {
			rows[i].Mass, rows[i].Rating = ref(math.NaN()), ref(math.NaN())
		}
		return func(a, b int) int { return 0 }, nil
	}
	for i := range rows {
		rows[i].Mass, rows[i].Rating = ref(nash.Mass[i]), ref(nash.Rating[i])
	}
	return func(a, b int) int {
		return cmp.Or(compare(nash.Mass[b], nash.Mass[a]), compare(nash.Rating[b], nash.Rating[a]))
	}, nil
}

func copeland(s *Scores, rows []Score, p Pairs, e Evidence) (better func(a, b int) int, err error) {
	m, err := pairwise.NewMajority(p.Record)
	if err != nil {
		return nil, err
	}
	beaten := m.Copeland()
	for i := range rows {
		rows[i].Wins = &beaten[i]
	}
	s.setCycles(m, e.Names)
	return func(a, b int) int { return beaten[b] - beaten[a] }, nil
}

func smith(s *Scores, rows []Score, p Pairs, e Evidence) (better func(a, b int) int, err error) {
	m, err := pairwise.NewMajority(p.Record)
	if err != nil {
		return nil, err
	}
	set := m.Smith()
	outside := make([]int, len(rows)) // 1 for those
	for i := range rows {
		in := slices.Contains(set, i)
		rows[i].Member = &in
		if !in {
			outside[i] = 1
		}
	}
	s.Smith = e.Names.profiles(set)
	s.setCycles(m, e.Names)
	return func(a, b int) int { return outside[a] - outside[b] }, nil
}

func (s *Scores) setCycles(m pairwise.Majority, names Names) {
	for _, c := range m.Cycles() {
		s.Cycles = append(s.Cycles, names.profiles(c))
	}
}

func ref(x float64) *float64 { return &x }

// compare forgives rounding.
func compare(a, b float64) int {
	if math.Abs(a-b) <= 1e-9*max(1, math.Abs(a), math.Abs(b)) {
		return 0
	}
	return cmp.Compare(a, b)
}
