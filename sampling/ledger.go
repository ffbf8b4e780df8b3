package sampling

import (
	"slices"

	"arbiter/profile"
	"arbiter/sampling/confidence"
	"arbiter/total"
)

// Ledger is what is known: counts and sums of the cells, and which edges are
// closed, and how. A State keeps it; schemes and bounds read it.
type Ledger struct {
	cfg   Config
	edges []profile.Edge
	ends  [][2]end // per edge: what it compares
	twin  []int32  // per edge: the same comparison again if Symmetric, else itself
	open  []bool
	dir   []profile.Direction
	left  int // open edges

	cells []cell
	touch [][]int32 // edges at each cell, ascending, without those another stands for
	plays int64     // over all cells

	means func(end) confidence.Interval // of the payoffs scaled to [0,1] of a number that has been observed
}

// end is one side of an edge: a number of a cell.
type end struct{ cell, number int }

// cell is everything known of one cell.
type cell struct {
	n       int64
	open    int      // open edges at the cell
	numbers []number // per player

	failures *Failures // among the n plays; nil for none
}

// number is everything known of one payoff.
type number struct {
	n      int64
	x, xx  total.Sum
	values *Histogram
	in     confidence.Interval // of the payoff scaled to [0,1], after at plays
	at     int64
}

func (x *number) exact() exact { return exact{float64(x.n), &x.x, &x.xx} }

// newLedger is the ledger before the first play. values are the empty histograms of a
// cell, if it keeps any.
func newLedger(cfg Config, values []Histogram) Ledger {
	k := cfg.numbers()
	if cfg.Binary {
		cfg.Lo, cfg.Hi = slices.Repeat([]float64{0}, k), slices.Repeat([]float64{1}, k)
		cfg.Signs, cfg.Sign = true, 1
	}
	l := Ledger{cfg: cfg}
	l.connect()
	l.left = len(l.edges)
	l.open = slices.Repeat([]bool{true}, l.left)
	l.dir = make([]profile.Direction, l.left)
	for c := range l.cells {
		l.cells[c].numbers = make([]number, k)
		for i, h := range values {
			l.cells[c].numbers[i].values = &h
		}
	}
	return l
}

// connect finds what every edge compares and which edges are the same.
func (l *Ledger) connect() {
	l.edges = l.cfg.Space.Edges()
	l.ends, l.twin = make([][2]end, len(l.edges)), make([]int32, len(l.edges))
	l.cells, l.touch = make([]cell, l.cfg.Cells()), make([][]int32, l.cfg.Cells())
	first := map[[2]end]int32{}
	for i, e := range l.edges {
		l.twin[i] = int32(i)
		if l.cfg.Space.Single {
			l.ends[i] = [2]end{{i, 0}, {i, 1}}
		} else {
			for j, p := range [2]int32{e.U, e.V} {
				c, exchanged := l.cfg.canonical(int(p))
				k := int(e.Mover)
				if exchanged {
					k = 1 - k
				}
				l.ends[i][j] = end{c, k}
			}
		}
		if l.cfg.Symmetric {
			key := l.ends[i]
			if key[0].cell > key[1].cell {
				key[0], key[1] = key[1], key[0]
			}
			if t, seen := first[key]; seen {
				l.twin[i], l.twin[t] = t, int32(i)
				continue
			}
			first[key] = int32(i)
		}
		for _, e := range l.ends[i][:l.sides()] {
			l.touch[e.cell] = append(l.touch[e.cell], int32(i))
			l.cells[e.cell].open++
		}
	}
}

// stands reports whether edge i stands for its twin too.
func (l *Ledger) stands(i int) bool { return i <= int(l.twin[i]) }

// sides is how many cells an edge compares.
func (l *Ledger) sides() int {
	if l.cfg.Space.Single {
		return 1
	}
	return 2
}

// observe adds the plays of a decision.
func (l *Ledger) observe(c int, sum *Sum) {
	at := &l.cells[c]
	at.n += sum.N
	l.plays += sum.N
	at.failures = at.failures.plus(sum.Failures)
	for k := range at.numbers {
		x := &at.numbers[k]
		if l.cfg.rounds() {
			x.roundedAdd(sum, k)
			continue
		}
		x.n += sum.N
		x.x.AddSum(&sum.X[k])
		x.xx.AddSum(&sum.XX[k])
		if x.values != nil {
			x.values.add(&sum.Values[k])
		}
	}
}

// roundedAdd adds a decision as the rules that round do.
func (x *number) roundedAdd(sum *Sum, k int) {
	x.n += sum.N
	add := func(s, t *total.Sum) { *s = total.Of(s.Float64() + t.Float64()) }
	add(&x.x, &sum.X[k])
	add(&x.xx, &sum.XX[k])
	if x.values != nil {
		for i := range x.values.Weight {
			add(&x.values.Weight[i], &sum.Values[k].Weight[i])
		}
	}
}

// close ends the work on an edge and its twin.
func (l *Ledger) close(i int, d profile.Direction) {
	l.open[i], l.dir[i] = false, d
	l.left--
	if j := l.twin[i]; int(j) != i {
		l.open[j], l.dir[j] = false, d
		if l.ends[j][0] != l.ends[i][0] {
			l.dir[j] = -d // it stands the other way round
		}
		l.left--
	}
	for _, e := range l.ends[i][:l.sides()] {
		l.cells[e.cell].open--
	}
}

// played reports whether the cell is not one of a pair of which the other is
// played.
func (l *Ledger) played(c int) bool {
	canonical, _ := l.cfg.canonical(c)
	return c == canonical
}

// grid is the count at which the decision made after n plays ends.
func (l *Ledger) grid(n float64) float64 { return n + float64(l.cfg.step(int64(n))) }

// scale maps payoffs of player k to [0,1].
func (l *Ledger) scale(k int, t exact) confidence.Tally {
	lo, w := l.cfg.Lo[k], l.cfg.Hi[k]-l.cfg.Lo[k]
	if w == 0 {
		return confidence.Tally{N: t.n, X: t.n / 2, XX: t.n / 4}
	}
	if l.cfg.rounds() {
		x, xx := t.x.Float64(), t.xx.Float64()
		return confidence.Tally{N: t.n, X: (x - float64(t.n*lo)) / w, XX: max(0, (xx-float64(2*lo*x)+float64(t.n*lo*lo))/(w*w))}
	}
	return t.scaled(lo, w)
}
