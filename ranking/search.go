package ranking

import (
	"fmt"
	"math"
	"slices"

	"arbiter/profile"
)

// family is a set of chains: one per way to orient its free edges.
type family struct {
	n     int
	edges []profile.Edge
	free  []int
	start []profile.Direction
	flows func(dir []profile.Direction, step float64) []Flow // two of every edge, in order
	// ladder are perturbations, or intensities, to search at; the last is the one
	// asked for.
	ladder []float64
	rungs  []rung // one per step of the ladder
	limit  bool   // the last is a limit
}

// rung is a family at one step of its ladder.
type rung struct {
	rates [3][]wide // by Direction+1: of every edge, from U to V and back
	plain bool      // doubles have done so far
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

// orientations are the chains of Perturbed with the open edges of g either way.
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
		if f.start[i] == profile.Tie {
			f.start[i] = profile.Up
		}
	}
	f.flows = func(dir []profile.Direction, eps float64) []Flow {
		g := g
		g.Dir = dir
		return g.flows(eps)
	}
	f.rungs = make([]rung, len(f.ladder))
	return f, nil
}

// finiteFamily are the chains of n profiles with advantages at either end.
func finiteFamily(edges []profile.Edge, lo, hi []float64, n int, alpha float64, m int) family {
	f := family{n: n, edges: edges, start: make([]profile.Direction, len(edges))}
	steep := 0.0
	for i := range edges {
		f.start[i] = profile.Up
		if lo[i] < hi[i] {
			f.free = append(f.free, i)
		}
		steep = max(steep, alpha*float64(m)*max(-lo[i], hi[i]))
	}
	f.ladder = intensities(alpha, steep, n)
	f.flows = func(dir []profile.Direction, alpha float64) []Flow {
		flows := make([]Flow, 0, 2*len(edges))
		for i, e := range edges {
			u := alpha * hi[i]
			if dir[i] == profile.Down {
				u = alpha * lo[i]
			}
			flows = append(flows, Flow{e.U, e.V, LogFixation(u, m), 0}, Flow{e.V, e.U, LogFixation(-u, m), 0})
		}
		return flows
	}
	f.rungs = make([]rung, len(f.ladder))
	return f
}

// placeFirst is the order of elimination that leaves s to the end.
func placeFirst(n, s int) []int {
	place := identity(n)
	place[s], place[0] = 0, s
	return place
}

func unitCosts(n int) []wide { return slices.Repeat([]wide{{1, 0}}, n) }

// chain is the chain of an orientation at a step of the ladder.
func (f family) chain(step int, dir []profile.Direction, place []int) *chain {
	r := &f.rungs[step]
	if r.rates[0] == nil {
		r.plain = true
		for d := profile.Down; d <= profile.Up; d++ {
			rates := make([]wide, 2*len(f.edges))
			for i, fl := range f.flows(slices.Repeat([]profile.Direction{d}, len(f.edges)), f.ladder[step]) {
				at := i &^ 1
				if fl.From != f.edges[i/2].U {
					at++
				}
				rates[at] = wideExp(fl.Log, fl.shift)
				r.plain = r.plain && fl.inDoubles()
			}
			r.rates[d-profile.Down] = rates
		}
	}
	c := emptyChain(f.n, r.plain)
	for i, e := range f.edges {
		rates := r.rates[dir[i]-profile.Down][2*i:]
		u, v := place[e.U], place[e.V]
		c.set(u, v, rates[0])
		c.set(v, u, rates[1])
	}
	return c
}

// eliminate is chain.eliminate for an orientation at a step of the ladder, in
// doubles for as long as these do.
func (f family) eliminate(step int, dir []profile.Direction, place []int, cost, times []wide) []wide {
	for {
		if law, ok := f.chain(step, dir, place).eliminate(cost, times); ok {
			return law
		}
		f.rungs[step].plain = false
	}
}

// sooner is sooner for an orientation at a step of the ladder.
func (f family) sooner(step int, dir []profile.Direction, place []int, cost []wide, pairs [][2]int) []int {
	for {
		if first, ok := sooner(f.chain(step, dir, place), cost, pairs); ok {
			return first
		}
		f.rungs[step].plain = false
	}
}

// law is the law, not normalised, of an orientation of the chain asked for.
func (f family) law(dir []profile.Direction, place []int) []wide {
	return f.eliminate(len(f.rungs)-1, dir, place, nil, nil)
}

// mass is the least mass of s, whose return time is then the largest (Up), or
// the largest.
func (f family) mass(s int, times profile.Direction) float64 {
	best := math.NaN()
	place := placeFirst(f.n, s)
	visit := func(_ []profile.Direction, x []wide) bool {
		m := wideLaw(x, f.limit).Mass[0]
		if !(float64(times)*(m-best) >= 0) {
			best = m
		}
		return true
	}
	visit(f.start, f.law(f.start, place))
	f.search(f.start, place, unitCosts(f.n), times, visit)
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
// every rung of the ladder, until visit has seen enough. It shows the law of the
// chain asked for in the orientations that rungs end at, except the one it began
// with, and in all that it comes to at the last rung.
func (f family) search(from []profile.Direction, place []int, cost []wide, towards profile.Direction, visit func(dir []profile.Direction, law []wide) bool) {
	dir := slices.Clone(from)
	times := make([]wide, f.n)
	var doubts [][2]int
	var asked []int // the edge of each doubt
	last := len(f.rungs) - 1
	for step := range f.rungs {
		turned, changed := false, true
		for round := 0; changed && round < rounds; round++ {
			if round == 1 && step < last && !f.rungs[step].plain {
				break // wide numbers take ten times as long, and the next rung goes on
			}
			law := f.eliminate(step, dir, place, cost, times)
			if step == last && !visit(dir, law) {
				return
			}
			changed = false
			doubts, asked = doubts[:0], asked[:0]
			turn := func(i int, d profile.Direction) {
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
				for k, first := range f.sooner(step, dir, place, cost, doubts) {
					if first != 0 {
						turn(asked[k], profile.Direction(first)*towards)
					}
				}
			}
			turned = turned || changed
		}
		// The last rung begins with where the one before it ended.
		if turned && step < last-1 && !visit(dir, f.law(dir, place)) {
			return
		}
	}
}
