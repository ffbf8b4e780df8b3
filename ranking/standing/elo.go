package standing

import (
	"cmp"
	"fmt"
	"math"

	"arbiter/ranking/pairwise"
)

// normal95 is the quantile of the normal distribution for 95 %.
const normal95 = 1.959963984540054

// elo rates by Elo. Ratings are those of one pool, the largest, inside which
// everyone can be compared; the others are listed after it, without a rank: nothing
// finite parts them from it.
func elo(s *Scores, rows []Score, r Pairs, e Evidence) (better func(a, b int) int, err error) {
	elo, err := pairwise.Ratings(r.Record)
	if err != nil {
		return nil, err
	}
	s.Warnings = append(s.Warnings, r.Warnings...)
	main := -1
	for k, p := range elo.Pools {
		if len(p.Agents) > 1 && (main < 0 || len(p.Agents) > len(elo.Pools[main].Agents)) {
			main = k
		}
	}
	pool := make([]int, r.N)
	for k, p := range elo.Pools {
		for _, i := range p.Agents {
			pool[i] = k
		}
	}
	first := math.NaN()
	if main >= 0 {
		first = elo.Pools[main].First
		se := elo.Pools[main].FirstSE
		if r.Assumes == "" {
			se = math.NaN()
		}
		s.FirstSeat, s.FirstLower, s.FirstUpper = interval(first, se, normal95)
	}
	unrated := 0
	for i := range rows {
		rows[i].Elo = &Elo{FirstSeat: first}
		games := 0.0
		for j := range r.N {
			if n := r.Games[i*r.N+j]; n > 0 {
				games += n
			}
		}
		if e.Played != nil && e.Plays != nil {
			games = e.Plays[i]
		}
		rows[i].Games = ref(games)
		why := r.unrated(elo, i, pool[i], main)
		if why != "" {
			unrated++
			rows[i].Unrated = &why
			rows[i].Rating, rows[i].Lower, rows[i].Upper = ref(math.NaN()), ref(math.NaN()), ref(math.NaN())
			continue
		}
		se := elo.SE[i]
		if r.Assumes == "" {
			se = math.NaN()
		}
		if rows[i].Rating, rows[i].Lower, rows[i].Upper = interval(elo.Rating[i], se, normal95); rows[i].Lower == nil {
			rows[i].Lower, rows[i].Upper = ref(math.NaN()), ref(math.NaN())
		}
	}
	if r.Assumes != "" && main >= 0 {
		s.Confidence, s.Assumes = .95, r.Assumes
	}
	if unrated > 0 {
		s.Warnings = append(s.Warnings, fmt.Sprintf("elo: %d of %d agents are unrated: they never lost, or never won, a point against the rated ones, or nothing connects them", unrated, r.N))
	}
	group := map[string]int{"": 0, "never_lost": 1, "never_won": 2, "not_connected": 3}
	of := func(i int) int {
		if rows[i].Unrated == nil {
			return 0
		}
		return group[*rows[i].Unrated]
	}
	return func(a, b int) int {
		if d := of(a) - of(b); d != 0 || of(a) > 0 {
			return d
		}
		return cmp.Or(compare(elo.Rating[b], elo.Rating[a]))
	}, nil
}

// unrated says why an agent has no rating beside those of the main pool, empty
// if it has one.
func (r Pairs) unrated(elo pairwise.Elo, i, pool, main int) string {
	if pool == main {
		return ""
	}
	if main < 0 { // nobody can be compared
		won, lost := 0.0, 0.0
		for j := range r.N {
			won, lost = won+r.Score[i*r.N+j], lost+r.Score[j*r.N+i]
		}
		switch {
		case won > 0 && lost == 0:
			return "never_lost"
		case lost > 0 && won == 0:
			return "never_won"
		}
		return "not_connected"
	}
	switch {
	case reaches(elo, pool, main):
		return "never_lost"
	case reaches(elo, main, pool):
		return "never_won"
	}
	return "not_connected"
}

// reaches tells whether pool a is over pool b, by others if need be. Pools come
// before those they are over.
func reaches(elo pairwise.Elo, a, b int) bool {
	if a == b {
		return true
	}
	for _, c := range elo.Pools[a].Over {
		if reaches(elo, c, b) {
			return true
		}
	}
	return false
}
