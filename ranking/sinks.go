package ranking

import "slices"

// Sinks lists the sink strongly connected components of the graph, the
// Markov-Conley chains of alpha-Rank, each in ascending order, by first member.
// Ties are edges both ways. (Tarjan 1972, without recursion.)
func (g Graph) Sinks() [][]int {
	next := g.successors()
	n := g.N()
	const unseen = -1
	index, low := slices.Repeat([]int{unseen}, n), make([]int, n)
	comp := slices.Repeat([]int{unseen}, n)
	var stack, path []int
	at := make([]int, n) // next successor to look at
	seen, comps := 0, 0
	var sinks [][]int
	for root := range n {
		if index[root] != unseen {
			continue
		}
		path = append(path[:0], root)
		for len(path) > 0 {
			u := path[len(path)-1]
			if index[u] == unseen {
				index[u], low[u] = seen, seen
				seen++
				stack = append(stack, u)
			}
			if at[u] < len(next[u]) {
				v := int(next[u][at[u]])
				at[u]++
				if index[v] == unseen {
					path = append(path, v)
				} else if comp[v] == unseen {
					low[u] = min(low[u], index[v])
				}
				continue
			}
			path = path[:len(path)-1]
			if len(path) > 0 {
				parent := path[len(path)-1]
				low[parent] = min(low[parent], low[u])
			}
			if low[u] != index[u] {
				continue
			}
			first := len(stack) - 1
			for stack[first] != u {
				first--
			}
			members := slices.Clone(stack[first:])
			stack = stack[:first]
			for _, v := range members {
				comp[v] = comps
			}
			leaves := func(v int) bool {
				return slices.ContainsFunc(next[v], func(w int32) bool { return comp[w] != comps })
			}
			if !slices.ContainsFunc(members, leaves) {
				slices.Sort(members)
				sinks = append(sinks, members)
			}
			comps++
		}
	}
	slices.SortFunc(sinks, func(a, b []int) int { return a[0] - b[0] })
	return sinks
}

func (g Graph) successors() [][]int32 {
	next := make([][]int32, g.N())
	for i, e := range g.Edges {
		if g.Dir[i] != Down {
			next[e.U] = append(next[e.U], e.V)
		}
		if g.Dir[i] != Up {
			next[e.V] = append(next[e.V], e.U)
		}
	}
	return next
}
