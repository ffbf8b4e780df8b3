package many

import (
	"math"
	"slices"
)

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
