package ranking

import (
	"slices"

	"arbiter/profile"
)

// Inside is the response graph of Response(p, tie) among the given profiles,
// ascending, made without the rest: profile i of it is members[i]. A law of a
// sole sink is that of the whole graph.
func (p Payoffs) Inside(members []int, tie float64) Graph {
	g := Graph{Space: profile.Space{Single: true, Shape: []int{len(members)}}}
	add := func(i, j int, atI, atJ float64) {
		g.Edges = append(g.Edges, profile.Edge{U: int32(i), V: int32(j)})
		g.Dir = append(g.Dir, Direction(atI, atJ, tie))
	}
	if p.Single {
		n := p.N()
		for i, u := range members {
			for j, v := range members[:i] {
				add(j, i, p.M[0][v*n+u], p.M[0][u*n+v])
			}
		}
		return g
	}
	stride := p.N()
	for k, width := range p.Shape {
		stride /= width
		for i, u := range members {
			for v := u + stride; v/stride%width > u/stride%width && v < p.N(); v += stride {
				if j, ok := slices.BinarySearch(members, v); ok {
					add(i, j, p.M[k][u], p.M[k][v])
				}
			}
		}
	}
	return g
}
