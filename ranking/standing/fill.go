package standing

import (
	"cmp"
	"math"
	"slices"

	"arbiter/profile"
	"arbiter/ranking"
	"arbiter/ranking/large"
)

// tied is the relative difference of masses up to which they share a rank.
const tied = 1e-9

// setLaw fills Ranking and Marginals from a stationary law; lower and upper
// may be nil.
// Beyond limit rows, where that is above 0, the rest is counted only.
func (r *AlphaRank) setLaw(n Names, law ranking.Law, lower, upper []float64, limit int) {
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
			if limit > 0 && len(r.Ranking) == limit {
				r.Omitted++
				continue
			}
			row := Row{Rank: i + 1, Profile: n.Profile(id), Mass: law.Mass[id], LogMass: law.LogMass[id]}
			if lower != nil {
				lo, hi := lower[id], upper[id]
				if hi == 0 && row.LogMass > math.Inf(-1) { // too small for a number, not 0
					hi = math.SmallestNonzeroFloat64
				}
				row.Lower, row.Upper = &lo, &hi
			}
			r.Ranking = append(r.Ranking, row)
		}
		i = j
	}
	for k, masses := range n.Space.Marginals(law.Mass) {
		for a, m := range masses {
			r.Marginals = append(r.Marginals, Marginal{k, n.Labels[k][a], m})
		}
	}
}

// setOutweighs fills in, after setLaw, how many profiles each outweighs, by
// profile id.
func (r *AlphaRank) setOutweighs(n Names, counts []int) {
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

// setBalance fills Balance.
func (r *AlphaRank) setBalance(b large.Balance) {
	r.Balance = &Balance{b.Sweeps, b.State, b.Cut, b.Cuts}
}

// setSinks fills Sinks.
func (r *AlphaRank) setSinks(n Names, sinks [][]int) {
	r.Sinks, r.Ties = [][]Profile{}, [][2]Profile{}
	for _, sink := range sinks {
		r.Sinks = append(r.Sinks, n.profiles(sink))
	}
}

// setGraph fills Sinks, Ties and, where open is not nil, Edges.
func (r *AlphaRank) setGraph(n Names, g ranking.Graph, open []bool, allEdges bool) {
	r.setSinks(n, g.Sinks())
	resolved, unresolved, closed := [][2]Profile{}, [][2]Profile{}, 0
	for i, e := range g.Edges {
		pair := [2]Profile{n.Profile(int(e.U)), n.Profile(int(e.V))}
		if open != nil && open[i] {
			unresolved = append(unresolved, pair)
			continue
		}
		closed++
		if g.Dir[i] == profile.Tie {
			r.Ties = append(r.Ties, pair)
			continue
		}
		if g.Dir[i] == profile.Down {
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
