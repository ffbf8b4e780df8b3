package pairwise

import (
	"slices"

	"arbiter/profile"
	"arbiter/ranking"
)

// Majority says who beats whom: i beats j if it scored more than half of their
// games. Even records and pairs that did not meet are ties.
type Majority struct {
	// Graph has the agents for profiles and an edge per pair, to its winner.
	ranking.Graph
	record Record
}

// NewMajority returns the majorities of a record.
func NewMajority(r Record) (Majority, error) {
	if err := r.Check(); err != nil {
		return Majority{}, err
	}
	p := ranking.Payoffs{Space: profile.Space{Single: true, Shape: []int{r.N}}, M: [][]float64{r.Score}}
	return Majority{ranking.Response(p, 0), r}, nil
}

func (m Majority) beats(i, j int) bool {
	n := m.record.N
	return m.record.Score[i*n+j] > m.record.Score[j*n+i]
}

// Copeland are the Copeland scores: for every agent, those it beats minus
// those that beat it; ties count 0. From -(n-1) to n-1. (Copeland 1951.)
func (m Majority) Copeland() []int {
	scores := make([]int, m.N())
	for i, e := range m.Edges {
		scores[e.V] += int(m.Dir[i])
		scores[e.U] -= int(m.Dir[i])
	}
	return scores
}

// Smith is the Smith set, ascending: the smallest set of agents each of whom
// beats everyone outside it. An agent that ties with a member is a member.
// (Smith 1973.) It is the only sink of the response graph, so at infinite alpha
// it holds all the mass of alpha-Rank.
func (m Majority) Smith() []int { return m.Sinks()[0] }

// Cycles shows why there is no order: for every set of three or more agents in
// which each can be reached from each by majorities, a shortest cycle through
// its agent with the best Copeland score (the first of equals), which comes
// first; each agent of a cycle beats the next, the last beats the first. Better
// sets come first. Without cycles the majorities can be put in an order.
func (m Majority) Cycles() [][]int {
	n := m.N()
	scores := m.Copeland()
	var cycles [][]int
	for _, comp := range components(n, m.beats) {
		if len(comp) < 3 {
			continue
		}
		leader := comp[0]
		for _, i := range comp {
			if scores[i] > scores[leader] {
				leader = i
			}
		}
		cycles = append(cycles, m.shortest(leader, comp))
	}
	return cycles
}

// shortest is a shortest cycle through start inside a strongly connected set,
// by breadth-first search; the first in the order of agents.
func (m Majority) shortest(start int, comp []int) []int {
	from := map[int]int{start: start}
	queue := []int{start}
	for at := 0; ; at++ { // ends: start can be reached from every agent
		u := queue[at]
		if m.beats(u, start) {
			var cycle []int
			for ; u != start; u = from[u] {
				cycle = append(cycle, u)
			}
			cycle = append(cycle, start)
			slices.Reverse(cycle)
			return cycle
		}
		for _, v := range comp {
			if _, seen := from[v]; !seen && m.beats(u, v) {
				from[v] = u
				queue = append(queue, v)
			}
		}
	}
}
