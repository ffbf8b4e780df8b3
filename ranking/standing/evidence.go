package standing

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"arbiter/profile"
	"arbiter/ranking"
	"arbiter/ranking/pairwise"
)

// Evidence is what is ranked: payoffs, the response graph they make, and where
// they were sampled what is known of its edges and how.
type Evidence struct {
	Names   Names           // of the profiles
	Payoffs ranking.Payoffs // exact or means so far; read only
	Graph   ranking.Graph   // of Payoffs; empty where there are too many profiles for it

	// Of a single population: who did how well against whom.
	Pairs func() Pairs

	*Played          // nil: the payoffs are exact
	Notes   []string // warnings of where the evidence comes from
}

// Played is what is known of payoffs that were sampled.
type Played struct {
	Open       []bool                    // per edge: its direction is not known
	Tested     Tested                    // how edges were tested
	Advantages func() (lo, hi []float64) // per edge, limits of what going up it gains
	Width      float64                   // largest difference of two payoffs of a match
	Times      func(pair int) float64    // how often an edge of one population, or a profile of several, was played
	Selfless   []string                  // agents of whom it is not known what they earn against themselves

	Name, Game string    // of the run and its game, "" for none
	Sampled    Sampled   // without Confidence and Sure, which are claimed here
	Duels      []Duel    // of few agents of one population
	Plays      []float64 // matches per agent of one population
	// Theory says what is proved of the cost of masses at an alpha and a size of
	// the population, nil where nothing is.
	Theory func(alpha float64, m int) *Theory
}

// FromTable is the evidence of a table of exact payoffs, with labels of the
// strategies, one list per population. The error tells of payoffs or labels that do not
// have the shape of the space, and of payoffs that are not finite.
func FromTable(p ranking.Payoffs, labels [][]string) (Evidence, error) {
	if len(p.Shape) == 0 || p.Single && len(p.Shape) != 1 {
		return Evidence{}, fmt.Errorf("shape: found %v, expected the numbers of strategies of every population", p.Shape)
	}
	if err := p.Check(); err != nil {
		return Evidence{}, err
	}
	if len(labels) != len(p.Shape) {
		return Evidence{}, fmt.Errorf("labels: found %d lists, expected %d, one per population", len(labels), len(p.Shape))
	}
	for k, n := range p.Shape {
		if len(labels[k]) != n {
			return Evidence{}, fmt.Errorf("labels of population %d: found %d, expected %d", k, len(labels[k]), n)
		}
	}
	e := Evidence{Names: Names{Space: p.Space, Labels: labels}, Payoffs: p, Pairs: func() Pairs { return tablePairs(p) }}
	if e.large() {
		return e, nil
	}
	if n := ranking.Near(p, ranking.Rounding); n > 0 {
		e.Notes = append(e.Notes, fmt.Sprintf("%d pairs of payoffs differ in their last digits only and count as equal", n))
	}
	e.Graph = ranking.Response(p, ranking.Rounding)
	return e, nil
}

// MostProfiles is the number of profiles up to which a chain is held as a dense
// matrix.
const MostProfiles = 6000

// large tells that there are too many profiles for a dense matrix.
func (e Evidence) large() bool {
	return !e.Payoffs.Single && e.Payoffs.N() > MostProfiles && e.Played == nil
}

// open are the edges that are not known, nil of exact payoffs.
func (e Evidence) open() []bool {
	if e.Played == nil {
		return nil
	}
	return e.Open
}

// free are the edges of which it is not known which end is better.
func (e Evidence) free() []bool { return Undecided(e.Graph, e.Open, e.Tested.Epsilon) }

// Undecided are the edges of which it is not known which end is better: the open
// ones and, with an epsilon, the ties, which are ties to within it only.
func Undecided(g ranking.Graph, open []bool, epsilon float64) []bool {
	free := slices.Clone(open)
	for i, d := range g.Dir {
		free[i] = free[i] || epsilon > 0 && d == profile.Tie
	}
	return free
}

// Strangers says, as warnings, which pairs, and which groups of agents, never met.
func (e Evidence) Strangers() []string {
	if e.Played == nil {
		return nil
	}
	missing, all := 0, 0
	var names []string
	if !e.Payoffs.Single {
		all = e.Payoffs.N()
		for c := range all {
			if e.Times(c) == 0 {
				missing++
			}
		}
	} else {
		for i, edge := range e.Graph.Edges {
			if all++; e.Times(i) > 0 {
				continue
			}
			if missing++; missing <= 4 {
				names = append(names, fmt.Sprintf("%s and %s", e.Names.Profile(int(edge.U)), e.Names.Profile(int(edge.V))))
			}
		}
	}
	if missing == 0 {
		return nil
	}
	if !e.Payoffs.Single {
		return []string{fmt.Sprintf("%d of %d profiles were never played: they count as even and stay open", missing, all)}
	}
	if missing > len(names) {
		names = append(names, fmt.Sprintf("… %d in all", missing))
	}
	out := []string{fmt.Sprintf("%d of %d pairs never met, they count as even and stay open: %s", missing, all, joined(names))}
	groups := e.groups()
	if len(groups) == 0 {
		return out
	}
	var parts []string
	for _, g := range groups {
		var members []string
		for _, p := range g[:min(len(g), 6)] {
			members = append(members, p.String())
		}
		if n := len(g) - 6; n > 0 {
			members = append(members, fmt.Sprintf("… %d more", n))
		}
		parts = append(parts, joined(members))
	}
	return append(out, fmt.Sprintf("%d groups of agents never met each other, nothing compares them: %s", len(groups), strings.Join(parts, " | ")))
}

// groups are the agents of one population by who is connected to whom by
// matches, none if all are.
func (e Evidence) groups() [][]Profile {
	out := [][]Profile{}
	if e.Played == nil || !e.Payoffs.Single {
		return out
	}
	groups := PayoffRecord(e.Payoffs, e.Width, e.Times).Groups()
	if len(groups) < 2 {
		return out
	}
	for _, g := range groups {
		out = append(out, e.Names.profiles(g))
	}
	return out
}

func joined(names []string) string { return strings.Join(names, ", ") }

// Pairs are who did how well against whom, as methods of one population need it,
// and what kind of payoffs that is from.
type Pairs struct {
	pairwise.Record
	Payoffs  string   // wins, rates (of wins) or real
	Compared string   // wins, within each match; or means of payoffs
	Vague    int64    // matches given as means that are no points
	Forfeits bool     // matches in which an agent failed are left out
	Assumes  string   // of the intervals; empty: there are none
	Warnings []string // of elo
}

// tablePairs are those of a table: a pair counts as one game.
func tablePairs(p ranking.Payoffs) Pairs {
	s := Pairs{Payoffs: "rates", Compared: "means"}
	width, n := 0.0, p.N()
	for _, e := range p.Edges() {
		a, b := p.M[0][int(e.U)*n+int(e.V)], p.M[0][int(e.V)*n+int(e.U)]
		width = max(width, math.Abs(a-b))
		if !(a >= 0 && b >= 0 && math.Abs(a+b-1) <= ranking.Rounding) {
			s.Payoffs = "real"
		}
	}
	if s.Payoffs == "rates" {
		width = 1
	}
	s.Record = PayoffRecord(p, width, func(int) float64 { return 1 })
	return s
}

// PayoffRecord turns payoffs into scores: the score rate of i against j is ½ plus
// their difference in parts of twice the largest possible one, width. Wins, draws
// and losses keep their meaning. Games is how often a pair counts.
func PayoffRecord(p ranking.Payoffs, width float64, games func(pair int) float64) pairwise.Record {
	r := pairwise.NewRecord(p.N())
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
