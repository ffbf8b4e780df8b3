package ranking

import (
	"errors"
	"fmt"
	"math"
	"slices"
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
	return f.masses()
}

// Realisable reports whether every orientation of the edges has payoffs: in a
// single population, and where no player has more than two strategies. Else
// edges of one player on one line share payoffs, and Bounds are outer ones.
// (Payoffs of constant sum or of a symmetric game tie further edges together.)
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
	for i := range edges {
		if !(lo[i] <= hi[i]) || !(alpha*math.Max(math.Abs(lo[i]), math.Abs(hi[i]))*float64(m) < most) {
			return nil, nil, fmt.Errorf("bounds: advantages from %g to %g at alpha %g, expected an interval that can be worked with", lo[i], hi[i], alpha)
		}
	}
	return finiteFamily(edges, lo, hi, s.N(), alpha, m).masses()
}

// finiteFamily are the chains of n profiles with advantages at either end.
func finiteFamily(edges []Edge, lo, hi []float64, n int, alpha float64, m int) family {
	f := family{n: n, edges: edges, start: make([]Direction, len(edges))}
	steep := 0.0
	for i := range edges {
		f.start[i] = Up
		if lo[i] < hi[i] {
			f.free = append(f.free, i)
		}
		steep = max(steep, alpha*float64(m)*max(-lo[i], hi[i]))
	}
	f.ladder = intensities(alpha, steep, n)
	f.flows = func(dir []Direction, alpha float64) []flow {
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
	return f
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
	f.search(f.start, place, cost, Down, func(_ []Direction, x []wide) bool {
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
	flows  func(dir []Direction, rung float64) []flow
	ladder []float64 // perturbations, or intensities, to search at; the last is the one asked for
	limit  bool      // the last is a limit
}

// ladder are the perturbations at which the limit is approached. In the limit
// itself, what a turned edge gains may be of a lower order than what is compared,
// so the orientation is found at each of these and its mass taken in the limit:
// the orientation that is best for all small perturbations (Blackwell 1962) is
// met once one of them is small enough.
var ladder = []float64{1e-2, 1e-3, 1e-4, 0}

// intensities is the ladder up to a finite alpha, for the same reason, where the
// logarithms of rates go up to steep: halves of alpha down to where masses are
// of one order, and turned edges show what they gain.
func intensities(alpha, steep float64, n int) []float64 {
	const (
		even  = 25
		rungs = 10
		many  = 30 // profiles, from which on it takes two steps at a time
	)
	step := 2.
	if n > many {
		step = 4
	}
	down := []float64{alpha}
	for steep > even && len(down) < rungs {
		alpha, steep = alpha/step, steep/step
		down = append(down, alpha)
	}
	slices.Reverse(down)
	return down
}

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

// ErrBounds says that policy iteration ended at masses that cannot all be
// extreme. The bounds are not known then.
var ErrBounds = errors.New("the bounds of the masses could not be worked out: the least and the largest masses found contradict each other")

const (
	// better is the relative difference from which on a mass found on the way to
	// another bound starts a search of its own.
	better = 1e-9
	// repeats bounds those searches.
	repeats = 8
	// astray is how far from 1 sums of bounds may be on the wrong side.
	astray = 1e-9
)

// masses are the least and the largest masses. Every orientation that a search
// comes to gives masses of all profiles, which can only widen the bounds; where
// one beats what the search for that profile found, the search goes on from it.
// The bounds are attained, so a missed optimum makes them too narrow. Then they
// are likely to contradict each other: in the orientation in which the mass of j
// is largest, the others have at least their lowers.
func (f family) masses() (lower, upper []float64, err error) {
	lower, upper = make([]float64, f.n), make([]float64, f.n)
	froms := [2][][]Direction{make([][]Direction, f.n), make([][]Direction, f.n)} // where to search from
	for s := range f.n {
		lower[s], upper[s] = math.Inf(1), 0
		froms[0][s], froms[1][s] = f.start, f.start
	}
	for range repeats {
		for s := range f.n {
			for k, towards := range []Direction{Up, Down} {
				from := froms[k][s]
				if froms[k][s] = nil; from == nil {
					continue
				}
				place := placeFirst(f.n, s)
				f.search(from, place, unitCosts(f.n), towards, func(dir []Direction, x []wide) bool {
					mass := wideLaw(x, f.limit).Mass
					var kept []Direction
					for i := range f.n {
						at := mass[place[i]]
						for k, wider := range []bool{at < lower[i]*(1-better), at > upper[i]*(1+better)} {
							if wider && i != s {
								if kept == nil {
									kept = append(kept, dir...)
								}
								froms[k][i] = kept
							}
						}
						lower[i], upper[i] = min(lower[i], at), max(upper[i], at)
					}
					return true
				})
			}
		}
	}
	least, largest := 0.0, 0.0
	for s := range f.n {
		least, largest = least+lower[s], largest+upper[s]
	}
	for s := range f.n {
		if spread := upper[s] - lower[s]; least+spread > 1+astray || largest-spread < 1-astray {
			return nil, nil, ErrBounds
		}
	}
	return lower, upper, nil
}

func unitCosts(n int) []wide {
	cost := make([]wide, n)
	for i := range cost {
		cost[i] = wide{1, 0}
	}
	return cost
}

// mass is the least mass of s, whose return time is then the largest (Up), or
// the largest.
func (f family) mass(s int, times Direction) float64 {
	best := math.NaN()
	f.search(f.start, placeFirst(f.n, s), unitCosts(f.n), times, func(_ []Direction, x []wide) bool {
		m := wideLaw(x, f.limit).Mass[0]
		if !(float64(times)*(m-best) >= 0) {
			best = m
		}
		return true
	})
	return best
}

// rounding is the relative difference of times taken for none, doubtful that
// below which times do not show which is larger and sooner has to tell.
const (
	rounding = 1e-12
	doubtful = 1e-9
)

// rounds is more than policy iteration has ever taken (6 in the paper's cases);
// it guards against rounding that goes round in circles.
const rounds = 1000

// search turns the free edges towards larger expected costs before place 0 is
// hit (Up) or smaller ones (Down) until none can be turned to advantage, at
// every rung of the ladder. It shows the law of the chain asked for, before and
// after each rung, until visit has seen enough.
func (f family) search(from []Direction, place []int, cost []wide, towards Direction, visit func(dir []Direction, law []wide) bool) {
	dir := append([]Direction(nil), from...)
	show := func() bool {
		return visit(dir, newChain(f.n, f.flows(dir, f.ladder[len(f.ladder)-1]), place).eliminate(nil, nil))
	}
	if !show() {
		return
	}
	times := make([]wide, f.n)
	var doubts [][2]int
	var asked []int // the edge of each doubt
	for _, rung := range f.ladder {
		for range rounds {
			flows := f.flows(dir, rung)
			newChain(f.n, flows, place).eliminate(cost, times)
			changed := false
			doubts, asked = doubts[:0], asked[:0]
			turn := func(i int, d Direction) {
				changed = changed || d != dir[i]
				dir[i] = d
			}
			for _, i := range f.free {
				a, b := place[f.edges[i].U], place[f.edges[i].V]
				switch u, v := times[a], times[b]; {
				case u.less(v, doubtful):
					turn(i, towards)
				case v.less(u, doubtful):
					turn(i, -towards)
				case a != 0 && b != 0: // the cost from place 0 itself is 0
					doubts, asked = append(doubts, [2]int{a, b}), append(asked, i)
				}
			}
			if len(doubts) > 0 && !changed { // they matter once the rest has settled
				for k, first := range sooner(newChain(f.n, flows, place), cost, doubts) {
					if first != 0 {
						turn(asked[k], Direction(first)*towards)
					}
				}
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
