package ranking

import "slices"

// Links is a directed graph: from u to to[start[u]:start[u+1]].
type Links struct{ start, to []int32 }

// NewLinks makes the graph of n nodes with the links that each visits, whenever it is
// called, in the same order.
func NewLinks(n int, each func(visit func(from, to int32))) Links {
	l := Links{start: make([]int32, n+1)}
	each(func(from, _ int32) { l.start[from+1]++ })
	for u := range n {
		l.start[u+1] += l.start[u]
	}
	l.to = make([]int32, l.start[n])
	at := slices.Clone(l.start)
	each(func(from, to int32) {
		l.to[at[from]] = to
		at[from]++
	})
	return l
}

// Sinks lists the sink strongly connected components (Tarjan 1972, without
// recursion), each in ascending order, by first member.
func (l Links) Sinks() [][]int {
	// One record per node keeps what a visit needs together in memory.
	type record struct {
		index, low int32 // order of discovery, 0 before it
		comp       int32 // 0 while unknown
		at         int32 // next link to follow
	}
	n := len(l.start) - 1
	nodes := make([]record, n)
	var stack, path []int32
	seen, comps := int32(0), int32(0)
	var sinks [][]int
	for root := range int32(n) {
		if nodes[root].index != 0 {
			continue
		}
		path = append(path[:0], root)
		for len(path) > 0 {
			u := path[len(path)-1]
			r := &nodes[u]
			if r.index == 0 {
				seen++
				r.index, r.low, r.at = seen, seen, l.start[u]
				stack = append(stack, u)
			}
			if r.at < l.start[u+1] {
				v := l.to[r.at]
				r.at++
				if nodes[v].index == 0 {
					path = append(path, v)
				} else if nodes[v].comp == 0 {
					r.low = min(r.low, nodes[v].index)
				}
				continue
			}
			path = path[:len(path)-1]
			if len(path) > 0 {
				parent := &nodes[path[len(path)-1]]
				parent.low = min(parent.low, r.low)
			}
			if r.low != r.index {
				continue
			}
			first := len(stack) - 1
			for stack[first] != u {
				first--
			}
			members := stack[first:]
			comps++
			for _, v := range members {
				nodes[v].comp = comps
			}
			leaves := func(v int32) bool {
				return slices.ContainsFunc(l.to[l.start[v]:l.start[v+1]], func(w int32) bool { return nodes[w].comp != comps })
			}
			if !slices.ContainsFunc(members, leaves) {
				sink := make([]int, len(members))
				for i, v := range members {
					sink[i] = int(v)
				}
				slices.Sort(sink)
				sinks = append(sinks, sink)
			}
			stack = stack[:first]
		}
	}
	slices.SortFunc(sinks, func(a, b []int) int { return a[0] - b[0] })
	return sinks
}
