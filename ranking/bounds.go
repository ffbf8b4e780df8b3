package ranking

import (
	"fmt"
	"math"
)

// Bounds are the least and the largest mass every profile has under Perturbed
// over all ways to orient the open edges of g. If the closed edges are right
// with some confidence, the bounds hold the masses of the true graph with it.
//
// The mass of s is one over its mean return time, so the best orientation
// solves a stochastic shortest path problem, by policy iteration: point every
// open edge to the end with the smaller expected time to s (larger for the
// least mass), until nothing changes (Rowland et al. 2019, section 5). Both
// ends of an edge agree on its direction, so the optimum is exact over
// orientations; Realisable says whether all of them have payoffs.
func Bounds(g Graph, open []bool, eps float64) (lower, upper []float64, err error) {
	law, err := Perturbed(g, eps)
	if err != nil {
		return nil, nil, err
	}
	f, err := orientations(g, open, eps)
	if err != nil {
		return nil, nil, err
	}
	if len(f.free) == 0 {
		return law.Mass, law.Mass, nil
	}
	lower, upper = f.masses()
	return lower, upper, nil
}

// Realisable reports whether every orientation of the edges has payoffs: in a
// single population, and where no player has more than two strategies. Else
// edges of one player on one line share payoffs, and Bounds are outer ones.
func (s Space) Realisable() bool {
	for _, n := range s.Shape {
		if n > 2 && !s.Single {
			return false
		}
	}
	return true
}

// FiniteBounds are the least and the largest masses at intensity alpha over all
// advantages of the edges between lo and hi (units of payoff, in the order of
// Edges). Rates grow with advantages, so the extremes lie at lo or hi of every
// edge and policy iteration finds them as in Bounds. Payoffs that edges share
// are not tied together: the bounds are outer ones.
func FiniteBounds(s Space, lo, hi []float64, alpha float64, m int) (lower, upper []float64, err error) {
	edges := s.Edges()
	if len(lo) != len(edges) || len(hi) != len(edges) {
		return nil, nil, fmt.Errorf("bounds: found %d and %d advantages for %d edges", len(lo), len(hi), len(edges))
	}
	f := family{n: s.N(), edges: edges, start: make([]Direction, len(edges)), ladder: []float64{0}}
	for i := range edges {
		if !(lo[i] <= hi[i]) || !(alpha*math.Max(math.Abs(lo[i]), math.Abs(hi[i]))*float64(m) < most) {
			return nil, nil, fmt.Errorf("bounds: advantages from %g to %g at alpha %g, expected an interval that can be worked with", lo[i], hi[i], alpha)
		}
		f.start[i] = Up
		if lo[i] < hi[i] {
			f.free = append(f.free, i)
		}
	}
	f.flows = func(dir []Direction, _ float64) []flow {
		flows := make([]flow, 0, 2*len(edges))
		for i, e := range edges {
			u := alpha * hi[i]
			if dir[i] == Down {
				u = alpha * lo[i]
			}
			flows = append(flows, flow{e.U, e.V, LogFixation(u, m), 0}, flow{e.V, e.U, LogFixation(-u, m), 0})
		}
		return flows
	}
	lower, upper = f.masses()
	return lower, upper, nil
}

// SurelyAbove reports whether profile a has more mass than profile b under
// Perturbed for every orientation of the open edges. The ratio of the two
// masses is the expected time at a between two visits to b; its least value is
// found by policy iteration on those times. This decides pairs whose Bounds
// overlap.
func SurelyAbove(g Graph, open []bool, eps float64, a, b int) (bool, error) {
	f, err := orientations(g, open, eps)
	if err != nil {
		return false, err
	}
	if f.limit && f.mass(a, Up) == 0 {
		return false, nil // for some orientation both vanish
	}
	place := placeFirst(f.n, b)
	cost := make([]wide, f.n)
	cost[place[a]] = wide{1, 0}
	above := true
	f.search(place, cost, Down, func(x []wide) bool {
		above = above && x[0].less(x[place[a]], tiedMass)
		return above
	})
	return above, nil
}

// tiedMass is the relative difference of masses taken for none.
const tiedMass = 1e-9

// family is a set of chains: one per way to orient its free edges.
type family struct {
	n      int
	edges  []Edge
	free   []int
	start  []Direction
	flows  func(dir []Direction, eps float64) []flow
	ladder []float64 // perturbations to search at; the last is the one asked for
	limit  bool      // the last is a limit
}

// ladder are the perturbations at which the limit is approached. In the limit
// itself, times differ by less than their rounding where it matters, so the
// orientation is found at each of these and its mass taken in the limit: the
// orientation that is best for all small perturbations (Blackwell 1962) is met
// once one of them is small enough. Chains that need a smaller one than the
// last are not known to us; the enumeration in the tests has met none.
var ladder = []float64{1e-2, 1e-3, 1e-4, 0}

func orientations(g Graph, open []bool, eps float64) (family, error) {
	f := family{n: g.N(), edges: g.Edges, ladder: []float64{eps}}
	if len(open) != len(g.Edges) {
		return f, fmt.Errorf("bounds: found %d marks for %d edges", len(open), len(g.Edges))
	}
	if eps == 0 {
		f.ladder, f.limit = ladder, true
	}
	f.start = append(f.start, g.Dir...)
	for i, o := range open {
		if !o {
			continue
		}
		f.free = append(f.free, i)
		if f.start[i] == Tie {
			f.start[i] = Up
		}
	}
	f.flows = func(dir []Direction, eps float64) []flow {
		g := g
		g.Dir = dir
		return g.flows(eps)
	}
	return f, nil
}

// placeFirst is the order of elimination that leaves s to the end.
func placeFirst(n, s int) []int {
	place := identity(n)
	place[s], place[0] = 0, s
	return place
}

func (f family) masses() (lower, upper []float64) {
	lower, upper = make([]float64, f.n), make([]float64, f.n)
	for s := range f.n {
		lower[s], upper[s] = f.mass(s, Up), f.mass(s, Down)
	}
	return lower, upper
}

// mass is the least mass of s, whose return time is then the largest (Up), or
// the largest.
func (f family) mass(s int, times Direction) float64 {
	cost := make([]wide, f.n)
	for i := range cost {
		cost[i] = wide{1, 0}
	}
	best := math.NaN()
	f.search(placeFirst(f.n, s), cost, times, func(x []wide) bool {
		m := wideLaw(x, f.limit).Mass[0]
		if !(float64(times)*(m-best) >= 0) {
			best = m
		}
		return true
	})
	return best
}

// rounding is the relative difference of times taken for none.
const rounding = 1e-12

// rounds is more than policy iteration has ever taken (6 in the paper's cases);
// it guards against rounding that goes round in circles.
const rounds = 1000

// search turns the free edges towards larger expected costs before place 0 is
// hit (Up) or smaller ones (Down) until none can be turned to advantage, at
// every rung of the ladder. It shows the law of the chain asked for, before and
// after each rung, until visit has seen enough.
func (f family) search(place []int, cost []wide, towards Direction, visit func(law []wide) bool) {
	dir := append([]Direction(nil), f.start...)
	show := func() bool {
		return visit(newChain(f.n, f.flows(dir, f.ladder[len(f.ladder)-1]), place).eliminate(nil, nil))
	}
	if !show() {
		return
	}
	times := make([]wide, f.n)
	for _, eps := range f.ladder {
		for range rounds {
			newChain(f.n, f.flows(dir, eps), place).eliminate(cost, times)
			changed := false
			for _, i := range f.free {
				u, v := times[place[f.edges[i].U]], times[place[f.edges[i].V]]
				d := dir[i]
				if u.less(v, rounding) {
					d = towards
				} else if v.less(u, rounding) {
					d = -towards
				}
				changed = changed || d != dir[i]
				dir[i] = d
			}
			if !changed {
				break
			}
		}
		if !show() {
			return
		}
	}
}
