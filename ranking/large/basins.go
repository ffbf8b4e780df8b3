package large

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"arbiter/ranking"
)

// mostGroups bounds the groups of the lumped chain; its law takes their cube.
const mostGroups = 600

// gather splits the profiles into groups: from every profile evolution goes by
// the greatest gain to the end of a path, a profile or a cycle. The ends that
// are hardest to leave are groups; so are the largest branches of paths that
// come to an end by the same last profile; the last group is all the rest.
func (l *iteration) gather() {
	n := len(l.x)
	next := l.ascent()
	// branch[i] is the profile by which the path from i comes to its end, or
	// the least of the end's profiles for those; end[i] is this least profile.
	unknown := int32(-1)
	branch, end := slices.Repeat([]int32{unknown}, n), make([]int32, n)
	step := make([]int32, n) // on the present walk, 0 before
	sizes := map[int32]int{}
	var ends, path []int32
	for i := range n {
		path = path[:0]
		at := int32(i)
		for branch[at] == unknown && step[at] == 0 {
			path = append(path, at)
			step[at] = int32(len(path))
			at = next[at]
		}
		if branch[at] == unknown {
			cycle := path[step[at]-1:]
			path = path[:step[at]-1]
			least := slices.Min(cycle)
			for _, j := range cycle {
				branch[j], end[j] = least, least
			}
			ends = append(ends, least)
		}
		for len(path) > 0 {
			j := path[len(path)-1]
			path = path[:len(path)-1]
			end[j] = end[next[j]]
			if branch[j] = branch[next[j]]; branch[j] == end[j] {
				branch[j] = j
			}
			sizes[branch[j]]++
		}
	}
	slices.SortFunc(ends, func(a, b int32) int { return cmp.Or(cmp.Compare(l.out[a], l.out[b]), cmp.Compare(a, b)) })
	most := min(mostGroups, 2+n/10)
	chosen := ends[:min(len(ends), most/2)]
	branches := slices.SortedFunc(maps.Keys(sizes), func(a, b int32) int { return cmp.Or(sizes[b]-sizes[a], int(a-b)) })
	chosen = slices.Concat(chosen, branches[:min(len(branches), most-1-len(chosen))])
	number := make(map[int32]int32, len(chosen))
	for i, b := range chosen {
		number[b] = int32(i)
	}
	l.groups = len(chosen)
	l.group = make([]int32, n)
	for i, b := range branch {
		g, ok := number[b]
		if !ok {
			g, l.groups = int32(len(chosen)), len(chosen)+1
		}
		l.group[i] = g
	}
}

// ascent is the profile that gains most from every profile, itself where none
// gains. Among ties the least profile is next, which makes a plateau one end.
func (l *iteration) ascent() []int32 {
	next, gain := make([]int32, len(l.x)), make([]float64, len(l.x))
	for i := range next {
		next[i] = int32(i)
	}
	for _, r := range l.movers {
		for at := 0; at < len(next); at += r.width {
			ids, payoff := r.ids[at:at+r.width], r.payoff[at:at+r.width]
			best := payoff[r.width-1]
			first := r.width - 1 // of those that tie with the best
			for first > 0 && payoff[first-1] == best {
				first--
			}
			for i, id := range ids {
				if g := best - payoff[i]; g > gain[id] || g == 0 && gain[id] == 0 && ids[first] < next[id] {
					gain[id], next[id] = g, ids[first]
				}
			}
		}
	}
	return next
}

// lumped are the flows between groups under the present law.
type lumped struct {
	n    int
	flow []float64 // n x n
	mass []float64
}

func (l *iteration) lump() lumped {
	n := l.groups
	var parts [stripes][]float64
	for i := range parts {
		parts[i] = make([]float64, n*n)
	}
	l.lines(func(stripe int, w *line) {
		sums := parts[stripe]
		for i, u := range w.ids {
			w.row(i)
			g := l.group[u]
			for j := i + 1; j < len(w.ids); j++ {
				v := w.ids[j]
				if h := l.group[v]; g != h {
					sums[int(g)*n+int(h)] += l.x[u] * w.up[j]
					sums[int(h)*n+int(g)] += l.x[v] * w.down[j]
				}
			}
		}
	})
	f := lumped{n, parts[0], make([]float64, n)}
	for _, part := range parts[1:] {
		for i, x := range part {
			f.flow[i] += x
		}
	}
	for i, x := range l.x {
		f.mass[l.group[i]] += x
	}
	return f
}

// aggregate judges the cuts around groups and gives groups the masses of the
// lumped chain's law. Groups without mass wait for sweeps to give them some.
func (l *iteration) aggregate(b *Balance) error {
	f := l.lump()
	var err error
	if b.Cut, b.Cuts, err = l.imbalances(f); err != nil {
		return err
	}
	var flows []ranking.Flow
	index := make([]int32, f.n) // among groups with mass
	present := int32(0)
	for g, mass := range f.mass {
		index[g] = -1
		if mass > negligible {
			index[g] = present
			present++
		}
	}
	for g, mass := range f.mass {
		for h := range f.n {
			if x := f.flow[g*f.n+h]; x > 0 && index[g] >= 0 && index[h] >= 0 {
				flows = append(flows, ranking.Flow{From: index[g], To: index[h], Log: math.Log(x) - math.Log(mass)})
			}
		}
	}
	law := ranking.Stationary(int(present), flows)
	for i, g := range l.group {
		if index[g] >= 0 {
			l.x[i] *= law.Mass[index[g]] / f.mass[g]
		}
	}
	return nil
}

// imbalances are the largest of the cuts around groups and around the near-sinks
// they form, and how many there are: the sinks of the graph of all rates above a threshold.
func (l *iteration) imbalances(f lumped) (largest float64, cuts int, err error) {
	n := f.n
	cut := func(set []int) {
		member := make([]bool, n)
		for _, g := range set {
			member[g] = true
		}
		in, out, mass := 0.0, 0.0, 0.0
		for _, g := range set {
			mass += f.mass[g]
			for h := range n {
				if !member[h] {
					out += f.flow[g*n+h]
					in += f.flow[h*n+g]
				}
			}
		}
		if mass > negligible && err == nil && !(l.response && out == 0) { // a sink is never left
			err = l.matters(out / mass)
		}
		largest = max(largest, l.imbalance(in, out, mass))
		cuts++
	}
	for g := range n {
		cut([]int{g})
	}
	fastest, slowest := 0.0, math.Inf(1)
	for i, x := range f.flow {
		if x > 0 && f.mass[i/n] > 0 {
			rate := x / f.mass[i/n]
			fastest, slowest = max(fastest, rate), min(slowest, rate)
		}
	}
	for threshold := fastest; threshold > slowest; threshold /= 100 {
		fast := ranking.NewLinks(n, func(visit func(from, to int32)) {
			for i, x := range f.flow {
				if x > threshold*f.mass[i/n] {
					visit(int32(i/n), int32(i%n))
				}
			}
		})
		for _, sink := range fast.Sinks() {
			if len(sink) > 1 && len(sink) < n {
				cut(sink)
			}
		}
	}
	return largest, cuts, err
}
