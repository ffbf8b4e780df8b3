package many

import (
	"cmp"
	"context"
	"math"
	"slices"

	"arbiter/equilibria/exact"
)

const (
	// Points of a way nearer than gap in every weight are taken to be connected. It
	// is far above what rounding can spread around one singular equilibrium, 1e-13
	// in payoffs being up to 5e-5 in weights where the equations vanish to third
	// order.
	gap = 1e-3
	// mostJoined bounds the points that are joined, by pairs, and mostWalked the
	// steps that are tried for it, some seconds.
	mostJoined, mostWalked = 1000, 50_000
)

// group fills in Components where equilibria are not regular. Two of them are
// joined if points between them, moved onto the equal-payoff equations of all
// their strategies, are equilibria up to rounding and leave no gap. That samples
// a connected component and proves none: a way over other supports or far off the
// line is found only by points listed on it. Regular equilibria are isolated.
func (g *table) group(ctx context.Context, m *Solution) error {
	type pair struct {
		i, j  int
		apart float64
	}
	var singular []int
	for i, p := range m.Equilibria {
		if p.Index == 0 {
			singular = append(singular, i)
		}
	}
	if len(singular) == 0 || len(singular) > mostJoined {
		return nil
	}
	var pairs []pair
	for a, i := range singular {
		for _, j := range singular[a+1:] {
			pairs = append(pairs, pair{i, j, apart(m.Equilibria[i].Profile, m.Equilibria[j].Profile)})
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return cmp.Compare(a.apart, b.apart) })
	label := make([]int, len(m.Equilibria))
	for i := range label {
		label[i] = i
	}
	walked := 0
	var edges [][]int
	for _, p := range pairs {
		if label[p.i] == label[p.j] {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if walked > mostWalked {
			m.Unjoined = true
			break
		}
		if !g.connected(m.Equilibria[p.i].Profile, m.Equilibria[p.j].Profile, &walked) {
			continue
		}
		edges = append(edges, []int{p.i, p.j})
		from, to := label[p.j], label[p.i]
		for i := range label {
			if label[i] == from {
				label[i] = to
			}
		}
	}
	m.Components = exact.Joined(len(m.Equilibria), edges)
	return nil
}

// connected looks for a way from a to b: along their line, or else by the points
// nearest to each at which all strategies of both are as good, as from inside of a
// face to a continuum that leaves it.
func (g *table) connected(a, b [][]float64, walked *int) bool {
	if g.walk(a, b, walked) {
		return true
	}
	e := newExclusion(g, both(a, b))
	near := func(p [][]float64) ([][]float64, bool) {
		x := e.flat(p)
		*walked++
		if !e.descend(x) {
			return nil, false
		}
		q := g.spread(e.support, x)
		return q, g.acceptable(q)
	}
	c, ok := near(a)
	if !ok {
		return false
	}
	d, ok := near(b)
	return ok && g.walk(c, d, walked) && g.walk(a, c, walked) && g.walk(d, b, walked)
}

// walk halves the line from a to b until its points are nearer than gap. Each
// half-way point is moved onto the equations of the strategies of a and b; it must
// be an equilibrium and, so that parts get shorter, stay between its neighbours.
func (g *table) walk(a, b [][]float64, walked *int) bool {
	e := newExclusion(g, both(a, b))
	way := [][]float64{e.flat(a), e.flat(b)}
	for {
		next, longest := [][]float64{way[0]}, 0.0
		for i, to := range way[1:] {
			from := way[i]
			length := far(from, to)
			longest = max(longest, length)
			if length > gap {
				x := make([]float64, len(to))
				for j := range x {
					x[j] = from[j]/2 + to[j]/2
				}
				*walked++
				if !e.descend(x) || !g.acceptable(g.spread(e.support, x)) || max(far(from, x), far(x, to)) > .9*length {
					return false
				}
				next = append(next, x)
			}
			next = append(next, to)
		}
		if longest <= gap {
			return true
		}
		way = next
	}
}

// both are the strategies of a or b with more than rounding.
func both(a, b [][]float64) [][]int {
	out := make([][]int, len(a))
	for k := range a {
		for s, x := range a[k] {
			if max(x, b[k][s]) > 1e-12 {
				out[k] = append(out[k], s)
			}
		}
	}
	return out
}

// flat are the full coordinates of a profile.
func (e *exclusion) flat(profile [][]float64) []float64 {
	x := make([]float64, 0, e.total)
	for k, s := range e.support {
		for _, t := range s {
			x = append(x, profile[k][t])
		}
	}
	return x
}

// far is the largest difference of two weights.
func far(a, b []float64) float64 {
	most := 0.0
	for j, x := range a {
		most = max(most, math.Abs(x-b[j]))
	}
	return most
}
