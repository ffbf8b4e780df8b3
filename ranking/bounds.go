package ranking

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"arbiter/profile"
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

// FiniteBounds are the least and the largest masses at intensity alpha over all
// advantages of the edges between lo and hi (units of payoff, in the order of
// Edges). Rates grow with advantages, so the extremes lie at lo or hi of every
// edge and policy iteration finds them as in Bounds. Payoffs that edges share
// are not tied together: the bounds are outer ones.
func FiniteBounds(s profile.Space, lo, hi []float64, alpha float64, m int) (lower, upper []float64, err error) {
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
	if f.limit && f.mass(a, profile.Up) == 0 {
		return false, nil // for some orientation both vanish
	}
	place := placeFirst(f.n, b)
	cost := make([]wide, f.n)
	cost[place[a]] = wide{1, 0}
	above := true
	visit := func(_ []profile.Direction, x []wide) bool {
		above = above && x[0].less(x[place[a]], tiedMass)
		return above
	}
	if visit(f.start, f.law(f.start, place)) {
		f.search(f.start, place, cost, profile.Down, visit)
	}
	return above, nil
}

// tiedMass is the relative difference of masses taken for none.
const tiedMass = 1e-9

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
	froms := [2][][]profile.Direction{make([][]profile.Direction, f.n), make([][]profile.Direction, f.n)} // where to search from
	for s := range f.n {
		lower[s], upper[s] = math.Inf(1), 0
	}
	// widen takes in the masses of an orientation found in the search for that of s.
	widen := func(s int, place []int, dir []profile.Direction, x []wide) bool {
		mass := wideLaw(x, f.limit).Mass
		var kept []profile.Direction
		for i := range f.n {
			at := mass[place[i]]
			for k, wider := range []bool{at < lower[i]*(1-better), at > upper[i]*(1+better)} {
				if wider && i != s {
					if kept == nil {
						kept = slices.Clone(dir)
					}
					froms[k][i] = kept
				}
			}
			lower[i], upper[i] = min(lower[i], at), max(upper[i], at)
		}
		return true
	}
	widen(-1, identity(f.n), f.start, f.law(f.start, identity(f.n)))
	for s := range f.n { // all are searched for, whatever was seen
		froms[0][s], froms[1][s] = f.start, f.start
	}
	for range repeats {
		for s := range f.n {
			for k, towards := range []profile.Direction{profile.Up, profile.Down} {
				from := froms[k][s]
				if froms[k][s] = nil; from == nil {
					continue
				}
				place := placeFirst(f.n, s)
				f.search(from, place, unitCosts(f.n), towards, func(dir []profile.Direction, x []wide) bool {
					return widen(s, place, dir, x)
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
