package ranking

import "fmt"

// Bounds are the least and the largest mass every profile has under Perturbed
// over all ways to orient the open edges of g. If the closed edges are right
// with some confidence, the bounds hold the masses of the true graph with it.
//
// The mass of s is one over its mean return time, so the best orientation
// solves a stochastic shortest path problem, by policy iteration: point every
// open edge to the end with the smaller expected time to s (larger for the
// least mass), until nothing changes (Rowland et al. 2019, section 5). Both
// ends of an edge agree on its direction, so the optimum is exact over
// orientations; where edges share payoffs (several players, three or more
// strategies) some orientations have no payoffs and the bounds are outer ones.
func Bounds(g Graph, open []bool, eps float64) (lower, upper []float64, err error) {
	if len(open) != len(g.Edges) {
		return nil, nil, fmt.Errorf("bounds: found %d marks for %d edges", len(open), len(g.Edges))
	}
	law, err := Perturbed(g, eps)
	if err != nil {
		return nil, nil, err
	}
	var free []int
	for i, o := range open {
		if o {
			free = append(free, i)
		}
	}
	if len(free) == 0 {
		return law.Mass, law.Mass, nil
	}
	n := g.N()
	lower, upper = make([]float64, n), make([]float64, n)
	for s := range n {
		lower[s] = g.extreme(s, free, eps, Up)
		upper[s] = g.extreme(s, free, eps, Down)
	}
	return lower, upper, nil
}

// extreme is the mass of s with the free edges pointing away from it (Up: to
// larger times) or towards it (Down).
func (g Graph) extreme(s int, free []int, eps float64, towards Direction) float64 {
	n := g.N()
	dir := append([]Direction(nil), g.Dir...)
	g.Dir = dir
	for _, i := range free {
		if dir[i] == Tie {
			dir[i] = Up
		}
	}
	place := identity(n)
	place[s], place[0] = 0, s
	times := make([]wide, n)
	for {
		x := newChain(n, g.flows(eps), place).eliminate(times)
		changed := false
		for _, i := range free {
			u, v := times[place[g.Edges[i].U]], times[place[g.Edges[i].V]]
			d := dir[i]
			if u.less(v, 1e-12) {
				d = towards
			} else if v.less(u, 1e-12) {
				d = -towards
			}
			changed = changed || d != dir[i]
			dir[i] = d
		}
		if !changed {
			law := wideLaw(x, eps == 0)
			return law.Mass[0]
		}
	}
}
