package ranking

import "arbiter/profile"

// Sinks lists the sink strongly connected components of the graph, the
// Markov-Conley chains of alpha-Rank, each in ascending order, by first member.
// Ties are edges both ways.
func (g Graph) Sinks() [][]int {
	return NewLinks(g.N(), func(visit func(from, to int32)) {
		for i, e := range g.Edges {
			if g.Dir[i] != profile.Down {
				visit(e.U, e.V)
			}
			if g.Dir[i] != profile.Up {
				visit(e.V, e.U)
			}
		}
	}).Sinks()
}
