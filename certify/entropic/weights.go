package entropic

import (
	"context"
	"math"
	"slices"

	"arbiter/certify/smallgain"
)

// mostBlocks is up to how many blocks weights are optimised with proof where no
// simple ones are the best.
const mostBlocks = 16

// mostEffort bounds the visits of nodes that are spent on weights.
const mostEffort = 40_000_000

// effort is that of one extreme of every pair that has to be searched.
func (g *Game) effort() int {
	sum := 0
	for k := range g.pairs {
		if p := &g.pairs[k]; !p.same {
			sum += p.effort
		}
	}
	return sum
}

// improve makes the signed margin large, on a model of the few combinations of
// payoffs that were extreme so far: no margin of the model is below the true one.
// What is extreme at its best weights joins it, until nothing new does.
func (g *Game) improve(ctx context.Context, tau, start []float64, near, bound float64) (weights []float64, optimal bool, err error) {
	climb := g.climb
	if len(tau) > mostBlocks {
		climb = g.descend
	}
	if g.effort() < 200*len(g.pairs) { // as in payoff tables: the model is all there is
		return climb(ctx, tau, start, near, bound)
	}
	points := make([][][2]float64, len(g.pairs))
	model := *g
	model.pairs = slices.Clone(g.pairs)
	at := func(x []float64) {
		for k := range g.pairs {
			p := &g.pairs[k]
			if p.same {
				continue
			}
			t := x[p.i] - x[p.j]
			a, b := p.extreme(math.Exp(t/2), math.Exp(-t/2))
			if q := [2]float64{a, b}; !slices.Contains(points[k], q) {
				points[k] = append(points[k], q)
			}
			model.pairs[k].extreme = func(wi, wj float64) (a, b float64) { return farthestOf(points[k], wi, wj) }
		}
	}
	logs := func(w []float64) []float64 {
		x := make([]float64, len(w))
		for i, v := range w {
			x[i] = math.Log(v)
		}
		return x
	}
	at(logs(start))
	climb = model.climb
	if len(tau) > mostBlocks {
		climb = model.descend
	}
	weights = start
	least, _ := g.slope(tau, logs(start))
	for range 8 {
		w, best, err := climb(ctx, tau, weights, near/2, bound)
		if err != nil {
			return nil, false, err
		}
		x := logs(w)
		below, _ := model.slope(tau, x)
		at(x)
		above, _ := model.slope(tau, x) // now that of the game
		if above < least {
			least, weights = above, w
		}
		if best && above-below <= near/2 {
			return weights, true, nil
		}
	}
	return weights, false, nil
}

// farthestOf is the point of largest |wi·a + wj·b|.
func farthestOf(points [][2]float64, wi, wj float64) (a, b float64) {
	most := -1.0
	for _, q := range points {
		if x := math.Abs(wi*q[0] + wj*q[1]); x > most {
			most, a, b = x, q[0], q[1]
		}
	}
	return a, b
}

// units are sizes of what each block compares: the temperature, or how far
// others sway it.
func (g *Game) units(tau []float64) []float64 {
	out := append([]float64(nil), tau...)
	for _, p := range g.pairs {
		out[p.i], out[p.j] = max(out[p.i], p.di), max(out[p.j], p.dj)
	}
	for i, x := range out {
		if x == 0 {
			out[i] = 1
		}
	}
	return out
}

// in is the same game with payoffs of block i in units of unit[i], powers of two.
func (g *Game) in(unit []float64) *Game {
	out := *g
	out.pairs = make([]pair, len(g.pairs))
	for k := range g.pairs {
		p := &g.pairs[k]
		ui, uj := unit[p.i], unit[p.j]
		q := *p
		q.di, q.dj = p.di/ui, p.dj/uj
		q.bound = func(wi, wj float64) float64 { return p.sway(wi/ui, wj/uj) }
		q.extreme = func(wi, wj float64) (a, b float64) {
			if p.same {
				return p.di / ui, p.di / uj
			}
			a, b = p.extreme(wi/ui, wj/uj)
			return a / ui, b / uj
		}
		q.same = p.same && ui == uj
		out.pairs[k] = q
	}
	return &out
}

// weigh finds weights of large signed margin and tells whether none have a
// larger one. Where temperatures are far apart the margin relative to them, which
// is positive for the same weights, is made large first.
func (g *Game) weigh(ctx context.Context, tau, unsigned []float64) (weights []float64, optimal bool, err error) {
	const apart = 1e3
	if low, high := slices.Min(tau), slices.Max(tau); low > 0 && high > apart*low {
		unit, relative, start := make([]float64, len(tau)), make([]float64, len(tau)), make([]float64, len(tau))
		for i, x := range tau {
			_, exponent := math.Frexp(x)
			unit[i] = math.Ldexp(1, exponent)
			relative[i], start[i] = x/unit[i], unsigned[i]*unit[i]
		}
		w, _, err := g.in(unit).around(ctx, relative, scaled(start))
		if err != nil {
			return nil, false, err
		}
		for i := range w {
			w[i] /= unit[i]
		}
		if w = scaled(w); usable(w) {
			return g.around(ctx, tau, unsigned, w)
		}
	}
	return g.around(ctx, tau, unsigned)
}

// usable tells whether products with weights stay numbers.
func usable(w []float64) bool {
	for _, x := range w {
		if !(x > 1e-100 && x < 1e100) {
			return false
		}
	}
	return true
}

// around looks for weights near those of pairs of blocks by themselves: the entry
// D_ij(w)/sqrt(w_i w_j) is smallest at a ratio of each pair; weights of these
// ratios, if there are such, are the best, since the margin falls in each entry.
// Else the margin, concave in log w, is climbed from the best of these and starts.
func (g *Game) around(ctx context.Context, tau []float64, starts ...[]float64) (weights []float64, optimal bool, err error) {
	n := len(tau)
	unit, tree := smallgain.Ones(n), make([]float64, n)
	type arc struct {
		to int
		t  float64 // log w of the other end minus that of this one
	}
	arcs := make([][]arc, n)
	k, values := 0, make([]float64, len(g.pairs))
	effort := g.effort()
	for k := range g.pairs {
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
		p := &g.pairs[k]
		v, t := 0., p.middle()
		if p.same || 10*effort < mostEffort {
			v, t = p.least()
		}
		values[k] = v
		arcs[p.i] = append(arcs[p.i], arc{p.j, -t})
		arcs[p.j] = append(arcs[p.j], arc{p.i, t})
	}
	limit := g.matrix(negated(tau), func(*pair) (float64, float64) { k++; return values[k-1] / 8, values[k-1] / 8 })
	roots, _, _ := limit.perron()
	best := math.Inf(1)
	for _, r := range roots {
		best = min(best, -r)
	}
	scale := 0.0
	for _, p := range g.pairs {
		scale = max(scale, p.di, p.dj)
	}
	// A margin is at most the least temperature.
	near := 1e-10 * min(scale, max(slices.Min(tau), math.Abs(best)))
	seen := make([]bool, n)
	for root := range seen {
		if seen[root] {
			continue
		}
		tree[root], seen[root] = 1, true
		for queue := []int{root}; len(queue) > 0; queue = queue[1:] {
			i := queue[0]
			for _, a := range arcs[i] {
				if !seen[a.to] {
					seen[a.to] = true
					tree[a.to] = tree[i] * math.Exp(a.t)
					queue = append(queue, a.to)
				}
			}
		}
	}
	found := math.Inf(-1)
	weights = unit
	candidates := append([][]float64{unit}, starts...)
	if 10*effort < mostEffort {
		candidates = append(candidates, tree)
	}
	for _, w := range candidates {
		if w = scaled(w); !usable(w) {
			continue
		}
		if m, _, _ := g.signed(tau, w); m > found {
			found, weights = m, w
		}
		if found >= best-near {
			return weights, true, nil
		}
	}
	if 30*effort > mostEffort {
		return weights, false, nil
	}
	w, optimal, err := g.improve(ctx, tau, weights, near, -best)
	if err != nil {
		return nil, false, err
	}
	if w = scaled(w); usable(w) {
		if m, _, _ := g.signed(tau, w); m > found {
			weights = w
		}
	} else {
		optimal = false
	}
	return weights, optimal, nil
}

// slope is minus the signed margin at log weights x, not rounded outward, and a
// subgradient, both of a convex function.
func (g *Game) slope(tau, x []float64) (value float64, gradient []float64) {
	slopes := make([]float64, len(g.pairs))
	k := 0
	a := g.matrix(negated(tau), func(p *pair) (float64, float64) {
		t := x[p.i] - x[p.j]
		v, s := p.worst(t).at(t)
		slopes[k] = s
		k++
		return v / 8, v / 8
	})
	roots, component, y := a.perron()
	top := 0
	for c, r := range roots {
		if r > roots[top] {
			top = c
		}
	}
	norm := 0.0
	for i := range y {
		if component[i] != top {
			y[i] = 0
		}
		norm += y[i] * y[i]
	}
	gradient = make([]float64, len(x))
	for k, p := range g.pairs {
		d := 2 * y[p.i] * y[p.j] / norm * slopes[k] / 8
		gradient[p.i] += d
		gradient[p.j] -= d
	}
	return roots[top], gradient
}

// climb maximises the signed margin over log weights within farthest of the
// start by the ellipsoid method (Yudin and Nemirovski 1976), the first weight
// fixed; it is proved optimal, up to rounding, within near.
func (g *Game) climb(ctx context.Context, tau, start []float64, near, _ float64) (weights []float64, optimal bool, err error) {
	n := len(start)
	m := n - 1
	x := make([]float64, n)
	for i, w := range start {
		x[i] = math.Log(w / start[0])
	}
	best, at := math.Inf(1), append([]float64(nil), x...)
	if m == 1 {
		lo, hi := x[1]-2*farthest, x[1]+2*farthest
		for range 200 {
			x[1] = lo/2 + hi/2
			v, d := g.slope(tau, x)
			if v < best {
				best = v
				copy(at, x)
			}
			switch {
			case d[1] > 0:
				hi = x[1]
			case d[1] < 0:
				lo = x[1]
			}
			if d[1] == 0 || math.Abs(d[1])*(hi-lo) <= near {
				optimal = true
				break
			}
		}
	}
	// The ellipsoid is {x + root u: |u| ≤ 1}; keeping a root of its matrix keeps it
	// an ellipsoid in spite of rounding.
	root := make([]float64, m*m)
	for i := range m {
		root[i*m+i] = farthest * math.Sqrt(float64(m))
	}
	inner, step := make([]float64, m), make([]float64, m)
	for round := 0; m > 1 && round < 60*m*m+100; round++ {
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
		v, d := g.slope(tau, x)
		if v < best {
			best = v
			copy(at, x)
		}
		size := 0.0
		for j := range m {
			inner[j] = 0
			for i := range m {
				inner[j] += root[i*m+j] * d[i+1]
			}
			size += inner[j] * inner[j]
		}
		size = math.Sqrt(size)
		if v-size >= best-near {
			optimal = true
			break
		}
		f := float64(m)
		grow, flat := f/math.Sqrt(f*f-1), 1-math.Sqrt((f-1)/(f+1))
		for i := range m {
			step[i] = 0
			for j := range m {
				step[i] += root[i*m+j] * inner[j] / size
			}
			x[i+1] -= step[i] / (f + 1)
		}
		for i := range m {
			for j := range m {
				root[i*m+j] = grow * (root[i*m+j] - flat*step[i]*inner[j]/size)
			}
		}
	}
	weights = make([]float64, n)
	for i, v := range at {
		weights[i] = math.Exp(v)
	}
	return weights, optimal, nil
}

// descend improves weights without proof, by subgradient steps towards the middle
// of the best value and a bound of all values (Polyak 1969).
func (g *Game) descend(ctx context.Context, tau, start []float64, near, bound float64) (weights []float64, optimal bool, err error) {
	x, best := make([]float64, len(start)), math.Inf(1)
	for i, w := range start {
		x[i] = math.Log(w)
	}
	weights = make([]float64, len(start))
	for range max(1, min(300, 10_000_000/(1+len(g.pairs)))) {
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
		v, d := g.slope(tau, x)
		if v < best {
			best = v
			for i := range x {
				weights[i] = math.Exp(x[i])
			}
		}
		size := 0.0
		for _, y := range d {
			size += y * y
		}
		if optimal = best-bound <= near; optimal || size == 0 {
			break
		}
		for i, y := range d {
			x[i] -= (v - best/2 - bound/2) / size * y
		}
	}
	return weights, optimal, nil
}
