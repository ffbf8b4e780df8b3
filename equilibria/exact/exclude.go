package exact

import (
	"math"
	"slices"
)

// table is a game in floating point for the search of its equilibria: payoffs of
// a player are centred between the best and the worst reply to each profile of
// the others, in rationals, and scaled to [-1, 1]. That changes no equilibrium.
type table struct {
	u     [][]float64
	shape []int
	unit  []float64 // payoff of player i that is 1 in u
	// slack is above the rounding error of an expected payoff, conversion
	// included: a contraction of an axis of length m adds at most m+2 roundings of
	// 2⁻⁵³ on numbers of at most 2, and all axes together have sum(shape).
	slack float64
}

// square tells whether the equal-payoff equations of a support profile can be
// regular: no player mixes over more strategies than all others together leave
// equations for, |Sᵢ|-1 ≤ Σ(|Sₖ|-1). If not, violator is the only such player.
func square(support [][]int) (violator int) {
	n := 0
	for _, s := range support {
		n += len(s) - 1
	}
	for i, s := range support {
		if 2*(len(s)-1) > n {
			return i
		}
	}
	return -1
}

// root is a solution of the equal-payoff equations of a support profile that was
// proved to exist, to be the only one near, and to be regular.
type root struct {
	x       []float64 // all coordinates of the support, player by player
	err     []float64 // bounds of the error of x
	index   int
	inside  bool // surely an equilibrium: all weights above 0, other strategies worse
	outside bool // surely none
}

// leaf is what became of the boxes of one support profile.
type leaf struct {
	roots []root
	open  [][]float64 // middles of boxes that are too small to be split
	boxes int
	done  bool // all boxes were discarded, closed or are in open
}

// exclusion searches the mixtures of one support profile for all its equilibria.
// It splits the box of all mixtures, discards parts where a strategy that must
// be best is surely beaten or where Newton's operator proves that the
// equal-payoff equations have no solution, and closes parts in which it proves
// exactly one (Krawczyk 1969; Neumaier 1990, chapter 5). Multilinear payoffs give
// its remainder terms exactly.
//
// Full coordinates are all weights of the support. Reduced ones leave out the
// last of each player, which is 1 minus the others; equations are q[a] = q[last].
type exclusion struct {
	g        *table
	support  [][]int
	violator int
	players  int
	first    []int // of a player's full coordinates
	total    int
	base     []int // of a player's reduced coordinates
	n        int
	full     []int // full coordinate of a reduced one
	// values[i][s] are the payoffs of strategy s of player i against the others'
	// supports, first other slowest.
	values [][][]float64
	// forms[i][a] is q[a] - q[last] as a polynomial in the reduced coordinates of
	// the others: along each axis the constant, then a coefficient per coordinate.
	forms, moved [][][]float64
	// terms[i] are the places of forms[i] with more than one coordinate and how
	// many those are; linear[i] the place and coordinate of those with one.
	terms  [][][2]int
	linear [][][2]int
	weight [][]float64 // products of radii, like forms[i]

	jac, inv   []float64 // n × n
	f          []float64
	step       []float64 // Newton's step from the middle: the solution is near c - step
	rest, wide []float64 // bounds of the remainder, and what proves a single solution
	rounding   []float64
	c, rad     []float64
	room       [2][]float64
	order      []int
}

func newExclusion(g *table, support [][]int) *exclusion {
	e := &exclusion{g: g, support: support, violator: square(support), players: len(support)}
	longest := 1
	for _, s := range support {
		e.first, e.base = append(e.first, e.total), append(e.base, e.n)
		for a := range len(s) - 1 {
			e.full = append(e.full, e.total+a)
		}
		e.total += len(s)
		e.n += len(s) - 1
		longest = max(longest, len(s))
	}
	cells := 1
	for i := range support {
		size := 1
		for k, s := range support {
			if k != i {
				size *= len(s)
			}
		}
		cells = max(cells, size)
		e.values = append(e.values, make([][]float64, g.shape[i]))
		for s := range e.values[i] {
			e.values[i][s] = e.against(i, s, size)
		}
		last := e.values[i][support[i][len(support[i])-1]]
		var forms, moved [][]float64
		for _, s := range support[i][:len(support[i])-1] {
			form := make([]float64, size)
			for j, v := range e.values[i][s] {
				form[j] = v - last[j]
			}
			e.axes(i, func(k, length, stride int) { differences(form, length, stride) })
			forms, moved = append(forms, form), append(moved, make([]float64, size))
		}
		e.forms, e.moved = append(e.forms, forms), append(e.moved, moved)
		var terms, linear [][2]int
		for at := range size {
			count, coordinate, rest := 0, 0, at
			for k := len(support) - 1; k >= 0; k-- {
				if k == i {
					continue
				}
				if b := rest % len(support[k]); b > 0 {
					count++
					coordinate = e.base[k] + b - 1
				}
				rest /= len(support[k])
			}
			switch {
			case count == 1:
				linear = append(linear, [2]int{at, coordinate})
			case count > 1:
				terms = append(terms, [2]int{at, count})
			}
		}
		e.terms, e.linear = append(e.terms, terms), append(e.linear, linear)
		e.weight = append(e.weight, make([]float64, size))
	}
	line := func() []float64 { return make([]float64, e.n) }
	e.jac, e.inv = make([]float64, e.n*e.n), make([]float64, e.n*e.n)
	e.f, e.step, e.rest, e.wide, e.rounding, e.c, e.rad = line(), line(), line(), line(), line(), line(), line()
	e.room = [2][]float64{make([]float64, cells), make([]float64, cells)}
	e.order = make([]int, longest)
	return e
}

// against are the payoffs of strategy s of player i against the supports.
func (e *exclusion) against(i, s, size int) []float64 {
	out := make([]float64, 0, size)
	var visit func(k, cell int)
	visit = func(k, cell int) {
		switch {
		case k == e.players:
			out = append(out, e.g.u[i][cell])
		case k == i:
			visit(k+1, cell*e.g.shape[k]+s)
		default:
			for _, t := range e.support[k] {
				visit(k+1, cell*e.g.shape[k]+t)
			}
		}
	}
	visit(0, 0)
	return out
}

// axes visits the axes of a tensor of player i.
func (e *exclusion) axes(i int, visit func(k, length, stride int)) {
	stride := 1
	for k := e.players - 1; k >= 0; k-- {
		if k != i {
			visit(k, len(e.support[k]), stride)
			stride *= len(e.support[k])
		}
	}
}

// differences turns values at the vertices along an axis into the last of them,
// first, and the differences from it.
func differences(t []float64, length, stride int) {
	for at := range t {
		if at/stride%length != 0 {
			continue
		}
		last := t[at+(length-1)*stride]
		for b := length - 1; b > 0; b-- {
			t[at+b*stride] = t[at+(b-1)*stride] - last
		}
		t[at] = last
	}
}

// newton works out Newton's operator around the point c with radii rad, in
// reduced coordinates: every solution x within has
// |x - (c - step)| ≤ rest + rounding, and if that holds with wide in place of rest
// and the right side is below rad - |step|, there is exactly one. ok is false
// where the Jacobian is singular.
func (e *exclusion) newton(c, rad []float64) (sign int, ok bool) {
	n := e.n
	// Coordinates that leave the simplex enlarge payoffs and their errors.
	size, spread := 1.0, 1.0
	for k, s := range e.support {
		sum, all, radii := 0.0, 0.0, 0.0
		for b := range len(s) - 1 {
			x := c[e.base[k]+b]
			sum, all, radii = sum+x, all+math.Abs(x), radii+rad[e.base[k]+b]
		}
		size *= max(1, all+math.Abs(1-sum))
		spread *= 1 + 2*radii
	}
	unsure := 4 * e.g.slack * size * spread
	for i, forms := range e.moved {
		for a, t := range forms {
			copy(t, e.forms[i][a])
		}
		if len(forms) == 0 {
			continue
		}
		w := e.weight[i]
		w[0] = 1
		filled := 1
		stride := 1
		for k := e.players - 1; k >= 0; k-- {
			if k == i {
				continue
			}
			length := len(e.support[k])
			at := e.base[k]
			for b := 1; b < length; b++ {
				for j := range filled {
					w[b*filled+j] = w[j] * rad[at+b-1]
				}
			}
			filled *= length
			for _, t := range forms {
				for block := 0; block < len(t); block += stride * length {
					for j := block; j < block+stride; j++ {
						v := t[j]
						for b := 1; b < length; b++ {
							v += c[at+b-1] * t[j+b*stride]
						}
						t[j] = v
					}
				}
			}
			stride *= length
		}
	}
	clear(e.jac)
	for i, forms := range e.moved {
		for a, t := range forms {
			r := e.base[i] + a
			e.f[r] = t[0]
			for _, l := range e.linear[i] {
				e.jac[r*n+l[1]] = t[l[0]]
			}
		}
	}
	sign, ok = invert(e.jac, e.inv, n)
	if !ok {
		return 0, false
	}
	for r := range n {
		row := e.inv[r*n : (r+1)*n]
		step, norm := 0.0, 0.0
		for q, x := range row {
			step += x * e.f[q]
			norm += math.Abs(x)
		}
		e.step[r] = step
		// What the rounded inverse leaves of the linear part.
		left := 0.0
		for j := range n {
			v := 0.0
			for q, x := range row {
				v += x * e.jac[q*n+j]
			}
			if j == r {
				v--
			}
			left += math.Abs(v) * rad[j]
		}
		rest, wide := 0.0, 0.0
		for i, forms := range e.moved {
			if len(forms) == 0 {
				continue
			}
			part := row[e.base[i] : e.base[i]+len(forms)]
			for _, term := range e.terms[i] {
				v := 0.0
				for a, x := range part {
					v += x * forms[a][term[0]]
				}
				v = math.Abs(v) * e.weight[i][term[0]]
				rest += v
				wide += v * float64(term[1])
			}
		}
		e.rest[r], e.wide[r] = rest, wide
		e.rounding[r] = left + (norm+1)*unsure + 1e-13*wide
		if math.IsNaN(e.rounding[r] + step + wide) {
			return 0, false
		}
	}
	return sign, true
}

// invert writes the inverse of a to out, by Gauss and Jordan with row pivots, and
// tells the sign of the determinant of -a. It fails near singular matrices.
func invert(a, out []float64, n int) (sign int, ok bool) {
	const columns = 32
	var space [2 * columns * columns]float64
	w := space[:]
	if n > columns {
		w = make([]float64, 2*n*n)
	}
	width := 2 * n
	sign = 1
	for r := range n {
		copy(w[r*width:r*width+n], a[r*n:(r+1)*n])
		clear(w[r*width+n : (r+1)*width])
		w[r*width+n+r] = 1
		sign = -sign
	}
	for p := range n {
		best := p
		for r := p + 1; r < n; r++ {
			if math.Abs(w[r*width+p]) > math.Abs(w[best*width+p]) {
				best = r
			}
		}
		v := w[best*width+p]
		if !(math.Abs(v) > 1e-12) {
			return 0, false
		}
		if best != p {
			sign = -sign
			for j := range width {
				w[p*width+j], w[best*width+j] = w[best*width+j], w[p*width+j]
			}
		}
		if v < 0 {
			sign = -sign
		}
		for j := range width {
			w[p*width+j] /= v
		}
		for r := range n {
			f := w[r*width+p]
			if r == p || f == 0 {
				continue
			}
			for j := p; j < width; j++ {
				w[r*width+j] -= f * w[p*width+j]
			}
		}
	}
	for r := range n {
		copy(out[r*n:(r+1)*n], w[r*width+n:(r+1)*width])
	}
	return sign, true
}

// least is the smallest expected value of the payoff of strategy s less that of t
// of player i over the box lo to hi, up to slack: the smallest over the mixtures
// of one other player after the other, each a fractional knapsack.
func (e *exclusion) least(i, s, t int, lo, hi []float64) float64 {
	from, to := e.room[0], e.room[1]
	u, v := e.values[i][s], e.values[i][t]
	size := len(u)
	for j := range size {
		from[j] = u[j] - v[j]
	}
	for k := e.players - 1; k >= 0; k-- {
		if k == i {
			continue
		}
		length, at := len(e.support[k]), e.first[k]
		size /= length
		if length == 1 {
			continue
		}
		for j := range size {
			to[j] = knapsack(from[j*length:(j+1)*length], lo[at:at+length], hi[at:at+length], e.order)
		}
		from, to = to, from
	}
	return from[0]
}

// knapsack is the least of Σ c·x over lo ≤ x ≤ hi with Σ x = 1.
func knapsack(c, lo, hi []float64, order []int) float64 {
	left, sum := 1.0, 0.0
	for j, x := range c {
		left -= lo[j]
		sum += x * lo[j]
		at := j
		for ; at > 0 && c[order[at-1]] > x; at-- {
			order[at] = order[at-1]
		}
		order[at] = j
	}
	for _, j := range order[:len(c)] {
		if left <= 0 {
			break
		}
		part := min(left, hi[j]-lo[j])
		sum += part * c[j]
		left -= part
	}
	return sum
}

// beaten tells whether the box surely holds no equilibrium with this support:
// some strategy does better than one that must be best.
func (e *exclusion) beaten(lo, hi []float64) bool {
	margin := 4 * e.g.slack
	for i, support := range e.support {
		for s := range e.g.shape[i] {
			for _, t := range support {
				if s != t && e.least(i, s, t, lo, hi) > margin {
					return true
				}
			}
		}
	}
	return false
}

// tighten uses that weights sum to 1; false if they cannot.
func (e *exclusion) tighten(lo, hi []float64) bool {
	guard := e.g.slack
	for k, s := range e.support {
		l, h := lo[e.first[k]:e.first[k]+len(s)], hi[e.first[k]:e.first[k]+len(s)]
		sumLo, sumHi := 0.0, 0.0
		for j := range l {
			if l[j] > h[j] {
				return false
			}
			sumLo += l[j]
			sumHi += h[j]
		}
		if sumLo > 1+guard || sumHi < 1-guard {
			return false
		}
		for j := range l {
			down, up := max(l[j], 1-(sumHi-h[j])-guard), min(h[j], 1-(sumLo-l[j])+guard)
			l[j], h[j] = down, up
			if l[j] > h[j] {
				return false
			}
		}
	}
	return true
}

const (
	smallestBox = 1e-7 // below it a box is not split
	mostOpen    = 24   // small boxes after which a support profile is given up
)

// box is a product of intervals of weights, in full coordinates.
type box struct{ lo, hi []float64 }

// run settles the support profile with at most so many boxes.
func (e *exclusion) run(boxes int) leaf {
	var out leaf
	start := box{make([]float64, e.total), make([]float64, e.total)}
	for j := range start.hi {
		start.hi[j] = 1
	}
	stack := []box{start}
	for len(stack) > 0 {
		if out.boxes == boxes || len(out.open) == mostOpen {
			for _, b := range stack {
				out.open = append(out.open, middle(b))
			}
			return out
		}
		b := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		out.boxes++
		if e.settle(b, &out) {
			continue
		}
		split, width := -1, 0.0
		for k, s := range e.support {
			if k == e.violator {
				continue // its weights are in no equation of its own
			}
			for j := e.first[k]; j < e.first[k]+len(s); j++ {
				if w := b.hi[j] - b.lo[j]; w > width {
					split, width = j, w
				}
			}
		}
		if width < smallestBox {
			out.open = append(out.open, middle(b))
			continue
		}
		at := b.lo[split] + .5*width
		right := box{slices.Clone(b.lo), slices.Clone(b.hi)}
		b.hi[split], right.lo[split] = at, at
		stack = append(stack, right, b)
	}
	out.done = len(out.open) == 0
	return out
}

func middle(b box) []float64 {
	m := make([]float64, len(b.lo))
	for j := range m {
		m[j] = b.lo[j]/2 + b.hi[j]/2
	}
	return m
}

// settle shrinks the box as long as that goes well; true if nothing is left of it
// or its only solution is known.
func (e *exclusion) settle(b box, out *leaf) bool {
	for {
		if !e.tighten(b.lo, b.hi) || e.beaten(b.lo, b.hi) {
			return true
		}
		if e.violator >= 0 {
			return false
		}
		for r, j := range e.full {
			e.c[r] = b.lo[j]/2 + b.hi[j]/2
			e.rad[r] = (b.hi[j]/2-b.lo[j]/2)*(1+1e-15) + 3e-16
		}
		if _, ok := e.newton(e.c, e.rad); !ok {
			return false
		}
		ready, gain := true, 1.0
		for r, j := range e.full {
			off := e.rest[r] + e.rounding[r]
			before := b.hi[j] - b.lo[j]
			b.lo[j], b.hi[j] = max(b.lo[j], e.c[r]-e.step[r]-off), min(b.hi[j], e.c[r]-e.step[r]+off)
			if b.lo[j] > b.hi[j] {
				return true
			}
			ready = ready && e.wide[r] < .8*e.rad[r]+1e-9
			if before > smallestBox {
				gain = min(gain, (b.hi[j]-b.lo[j])/before)
			}
		}
		if ready && e.enclose(b, out) {
			return true
		}
		if gain > .7 {
			return false
		}
	}
}

// enclose proves that one solution is in and around the box, and locates it.
func (e *exclusion) enclose(b box, out *leaf) bool {
	p, radius := make([]float64, e.n), make([]float64, e.n)
	for r, j := range e.full {
		p[r] = e.c[r] - e.step[r]
		radius[r] = 1.2*max(b.hi[j]-p[r], p[r]-b.lo[j]) + 1e-9
	}
	sign, ok := e.single(p, radius)
	if !ok {
		return false
	}
	// The solution lies within radius of p; find it, then prove where.
	x, tiny := slices.Clone(p), make([]float64, e.n)
	for r := range tiny {
		tiny[r] = 1e-10
	}
	for range 8 {
		if _, ok := e.newton(x, tiny); !ok {
			return false
		}
		moved := 0.0
		for r := range x {
			x[r] -= e.step[r]
			moved = max(moved, math.Abs(e.step[r]))
		}
		if moved < 1e-15 {
			break
		}
	}
	if _, ok := e.newton(x, tiny); !ok {
		return false
	}
	for r := range tiny {
		tiny[r] = 2*(math.Abs(e.step[r])+e.rounding[r]) + 1e-15
	}
	if _, ok := e.single(x, tiny); !ok {
		return false
	}
	found := root{index: sign}
	for k, s := range e.support {
		last, unsure := 1.0, 0.0
		for a := range len(s) - 1 {
			r := e.base[k] + a
			if math.Abs(x[r]-p[r])+tiny[r] > radius[r] {
				return false // another solution
			}
			off := math.Abs(e.step[r]) + e.rest[r] + e.rounding[r]
			found.x, found.err = append(found.x, x[r]), append(found.err, off)
			last -= x[r]
			unsure += off + 1e-16
		}
		found.x, found.err = append(found.x, last), append(found.err, unsure)
	}
	found.inside, found.outside = e.judge(found.x, found.err)
	out.roots = append(out.roots, found)
	return true
}

// single proves that exactly one solution is within rad of c.
func (e *exclusion) single(c, rad []float64) (sign int, ok bool) {
	if sign, ok = e.newton(c, rad); !ok {
		return 0, false
	}
	for r := range e.n {
		if !(math.Abs(e.step[r])+e.wide[r]+e.rounding[r] < rad[r]) {
			return 0, false
		}
	}
	return sign, true
}

// judge tells whether the solution within err of x surely is an equilibrium, or
// surely none.
func (e *exclusion) judge(x, err []float64) (inside, outside bool) {
	inside = true
	sum := 0.0
	for j, w := range x {
		if w < -err[j] {
			return false, true
		}
		inside = inside && w > err[j]
		sum += err[j]
	}
	// A payoff moves by at most the sum of the changes of weights.
	margin := 4*e.g.slack + 4*sum
	for i, support := range e.support {
		t := support[0]
		for s := range e.g.shape[i] {
			if slices.Contains(support, s) {
				continue
			}
			v := e.expect(i, s, t, x)
			if v > margin {
				return false, true
			}
			inside = inside && v < -margin
		}
	}
	return inside, false
}

// expect is the expected payoff of strategy s less that of t of player i.
func (e *exclusion) expect(i, s, t int, x []float64) float64 {
	return e.least(i, s, t, x, x)
}
