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

// ladder are the perturbations at which the limit is approached. In the limit
// itself, times differ by less than their rounding where it matters, so the
// orientation is found at each of these and its mass taken in the limit: the
// orientation that is best for all small perturbations (Blackwell 1962) is met
// once one of them is small enough. Chains that need a smaller one than the
// last are not known to us; the enumeration in the tests has met none.
var ladder = []float64{1e-2, 1e-3, 1e-4, 0}

// extreme is the mass of s with the free edges pointing away from it (Up: to
// larger times) or towards it (Down).
func (g Graph) extreme(s int, free []int, eps float64, towards Direction) float64 {
	g.Dir = append([]Direction(nil), g.Dir...)
	for _, i := range free {
		if g.Dir[i] == Tie {
			g.Dir[i] = Up
		}
	}
	place := identity(g.N())
	place[s], place[0] = 0, s
	if eps > 0 {
		g.improve(place, free, eps, towards)
		return g.massAtZero(place, eps)
	}
	best := g.massAtZero(place, 0)
	for _, e := range ladder {
		g.improve(place, free, e, towards)
		mass := g.massAtZero(place, 0)
		if towards == Down {
			best = max(best, mass)
		} else {
			best = min(best, mass)
		}
	}
	return best
}

func (g Graph) massAtZero(place []int, eps float64) float64 {
	return wideLaw(newChain(g.N(), g.flows(eps), place).eliminate(nil), eps == 0).Mass[0]
}

// rounding is the relative difference of times taken for none.
const rounding = 1e-12

// rounds is more than policy iteration has ever taken (6 in the paper's cases);
// it guards against rounding that goes round in circles.
const rounds = 1000

// improve turns the free edges until none of them can be turned to advantage.
func (g Graph) improve(place, free []int, eps float64, towards Direction) {
	times := make([]wide, g.N())
	for range rounds {
		newChain(g.N(), g.flows(eps), place).eliminate(times)
		changed := false
		for _, i := range free {
			u, v := times[place[g.Edges[i].U]], times[place[g.Edges[i].V]]
			d := g.Dir[i]
			if u.less(v, rounding) {
				d = towards
			} else if v.less(u, rounding) {
				d = -towards
			}
			changed = changed || d != g.Dir[i]
			g.Dir[i] = d
		}
		if !changed {
			return
		}
	}
}
