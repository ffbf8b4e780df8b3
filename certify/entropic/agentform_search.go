package entropic

import (
	"cmp"
	"slices"
)

// subtree is what of the tree lies on paths through both sets of a pair.
type subtree struct {
	nodes   []place    // parents first
	leaves  []crossing // the leaves
	rows    []int      // moves of i that occur, -1 if others do not
	columns []int      // of j
	sets    [][]int32  // moves of the other sets that are worth trying; -1 leads out
	exact   bool
	budget  int // visits of nodes in one search
	visits  int // in the last search
	found   map[[2]float64]bundle
}

// place is a node of a subtree.
type place struct {
	leaf     int  // -1 inside
	side     int  // 1 at set i, 2 at set j
	free     bool // another set chooses
	set      int  // in the list of other sets
	knotted  bool // a set with several nodes chooses here or below
	children []child
	some     bool // some moves lead out of the subtree
}

type child struct{ move, at int32 }

// crossing is a leaf with the moves of i and j on its path.
type crossing struct {
	a, b      int
	low, high float64
	ui, uj    float64
}

// bundle is what of i and of j, in floating point, at an optimum, and an upper
// bound of the weighted sum.
type bundle struct{ i, j, up float64 }

// subtree collects it; local is room, one per node, zero before and after.
func (t *tree) subtree(m meeting, local []int32) *subtree {
	s := &subtree{exact: true, found: map[[2]float64]bundle{}}
	var ids []int32
	for _, leaf := range m.leaves {
		for k := t.leaves[leaf].node; k >= 0 && local[k] == 0; k = t.parent[k] {
			local[k] = 1
			ids = append(ids, k)
		}
	}
	slices.Sort(ids)
	for at, k := range ids {
		local[k] = int32(at) + 1
	}
	s.nodes = make([]place, len(ids))
	count, index := map[int32]int{}, map[int32]int{} // by block
	for at, k := range ids {
		s.nodes[at].leaf = -1
		switch block := t.block[k]; {
		case block < 0:
		case block == m.key[0]:
			s.nodes[at].side = 1
		case block == m.key[1]:
			s.nodes[at].side = 2
		default:
			s.nodes[at].free = true
			count[block]++
		}
		if up := t.parent[k]; up >= 0 {
			p := &s.nodes[local[up]-1]
			p.children = append(p.children, child{k - int32(t.b.Node(int(up)).First), int32(at)})
		}
	}
	through := map[int32]int{}
	for _, leaf := range m.leaves {
		for _, d := range t.leaves[leaf].path {
			through[d.block]++
		}
	}
	var all []bool // every path passes the set
	for at := len(ids) - 1; at >= 0; at-- {
		k := ids[at]
		p, block := &s.nodes[at], t.block[k]
		p.some = len(p.children) < int(t.moves[k])
		for _, c := range p.children {
			p.knotted = p.knotted || s.nodes[c.at].knotted
		}
		if !p.free {
			continue
		}
		i, ok := index[block]
		if !ok {
			i = len(s.sets)
			index[block] = i
			s.sets, all = append(s.sets, nil), append(all, through[block] == len(m.leaves))
		}
		p.set, p.knotted = i, p.knotted || count[block] > 1
		for _, c := range p.children {
			if !slices.Contains(s.sets[i], c.move) {
				s.sets[i] = append(s.sets[i], c.move)
			}
		}
	}
	for block, i := range index {
		// To lead out where everything passes leaves 0, which never is the most.
		if n := len(s.sets[i]); n < int(t.sizes[block]) && !(all[i] && n == 1) {
			s.sets[i] = append(s.sets[i], -1)
		}
	}
	i, j := t.owner[m.key[0]], t.owner[m.key[1]]
	for _, leaf := range m.leaves {
		l := &t.leaves[leaf]
		c := crossing{low: l.low, high: l.high, ui: l.payoff[i], uj: l.payoff[j]}
		for _, d := range l.path {
			switch d.block {
			case m.key[0]:
				c.a = int(d.move)
			case m.key[1]:
				c.b = int(d.move)
			}
		}
		s.nodes[local[l.node]-1].leaf = len(s.leaves)
		s.leaves = append(s.leaves, c)
		if !slices.Contains(s.rows, c.a) {
			s.rows = append(s.rows, c.a)
		}
		if !slices.Contains(s.columns, c.b) {
			s.columns = append(s.columns, c.b)
		}
	}
	slices.Sort(s.rows)
	slices.Sort(s.columns)
	if len(s.rows) < int(t.sizes[m.key[0]]) {
		s.rows = append(s.rows, -1)
	}
	if len(s.columns) < int(t.sizes[m.key[1]]) {
		s.columns = append(s.columns, -1)
	}
	for _, k := range ids {
		local[k] = 0
	}
	return s
}

// most is the largest combination over the moves of i and j and what the others
// play, of the payoffs wi·u_i + wj·u_j.
func (s *subtree) most(wi, wj float64) bundle {
	if v, ok := s.found[[2]float64{wi, wj}]; ok {
		return v
	}
	// What a leaf adds, and what it takes away.
	q := &search{subtree: s, wi: wi, wj: wj, adds: make([]bundle, len(s.leaves)), takes: make([]bundle, len(s.leaves))}
	moves := [2]int{}
	for k, l := range s.leaves {
		c := l.low/2 + l.high/2
		low := sumDown(productDown(wi, l.ui), productDown(wj, l.uj))
		high := sumUp(productUp(wi, l.ui), productUp(wj, l.uj))
		q.adds[k] = bundle{c * l.ui, c * l.uj, max(productUp(l.low, high), productUp(l.high, high))}
		q.takes[k] = bundle{-c * l.ui, -c * l.uj, -min(productDown(l.low, low), productDown(l.high, low))}
		moves[0], moves[1] = max(moves[0], l.a), max(moves[1], l.b)
	}
	row, column := make([]int8, moves[0]+2), make([]int8, moves[1]+2)
	q.row, q.column = row[1:], column[1:] // move -1 does not occur at leaves
	s.visits = 0
	q.value, q.now = make([]bundle, len(s.nodes)), make([]int32, len(s.sets))
	for k := range q.now {
		q.now[k] = open
	}
	var best bundle
	for x, a := range s.rows {
		for _, a2 := range s.rows[:x] {
			for y, b := range s.columns {
				for _, b2 := range s.columns[:y] {
					column[b+1], column[b2+1] = 1, -1
					for range 2 {
						row[a+1], row[a2+1] = 1, -1
						if q.relax(); q.value[0].up > best.up {
							q.stack = q.stack[:0]
							fixed := q.expand(0, bundle{})
							best = q.try(0, fixed, best)
						}
						row[a+1], row[a2+1] = 0, 0
						a, a2 = a2, a
					}
					column[b+1], column[b2+1] = 0, 0
				}
			}
		}
	}
	if len(s.found) < 64 && s.visits > 100 {
		s.found[[2]float64{wi, wj}] = best
	}
	return best
}

// open is the move of a set that is not held.
const open = -2

// search is a search for what of a subtree is most, for two moves of each set of
// the pair.
type search struct {
	*subtree
	wi, wj      float64
	adds, takes []bundle // of leaves
	row, column []int8   // sign by move of i and j
	value       []bundle // the most below a node where others choose at each by itself
	now         []int32  // move held by set
	stack       []int32  // nodes where a set is still to choose
}

// better has the larger sum and the larger bound.
func (q *search) better(x, y bundle) bundle {
	if q.wi*y.i+q.wj*y.j > q.wi*x.i+q.wj*x.j {
		x.i, x.j = y.i, y.j
	}
	x.up = max(x.up, y.up)
	return x
}

func plus(v, w bundle) bundle { return bundle{v.i + w.i, v.j + w.j, sumUp(v.up, w.up)} }

// counts tells whether a move of a node that no other set chooses at is one of
// those compared.
func (q *search) counts(p *place, move int32) bool {
	return (p.side != 1 || q.row[move] != 0) && (p.side != 2 || q.column[move] != 0)
}

// relax works out values from the leaves up.
func (q *search) relax() {
	q.visits += len(q.nodes)
	for at := len(q.nodes) - 1; at >= 0; at-- {
		p := &q.nodes[at]
		var v bundle
		switch {
		case p.leaf >= 0:
			switch l := &q.leaves[p.leaf]; q.row[l.a] * q.column[l.b] {
			case 1:
				v = q.adds[p.leaf]
			case -1:
				v = q.takes[p.leaf]
			}
		case !p.free:
			for _, c := range p.children {
				if q.counts(p, c.move) {
					v = plus(v, q.value[c.at])
				}
			}
		default:
			for k, c := range p.children {
				if w := q.value[c.at]; k == 0 && !p.some {
					v = w
				} else {
					v = q.better(v, w)
				}
			}
		}
		q.value[at] = v
	}
}

// expand adds to fixed what is known below a node and to the stack the nodes where
// a set that is not held still chooses, if what it does there matters elsewhere.
func (q *search) expand(at int32, fixed bundle) bundle {
	q.visits++
	p := &q.nodes[at]
	switch {
	case !p.knotted:
		return plus(fixed, q.value[at])
	case !p.free:
		for _, c := range p.children {
			if q.counts(p, c.move) {
				fixed = q.expand(c.at, fixed)
			}
		}
	case q.now[p.set] == open:
		q.stack = append(q.stack, at)
	default:
		for _, c := range p.children {
			if c.move == q.now[p.set] {
				fixed = q.expand(c.at, fixed)
			}
		}
	}
	return fixed
}

// try adds to best what is better: fixed is known, the stack from there on is open.
// One set of it after the other is held at each of its moves, in the order of what
// can be had then at most.
func (q *search) try(from int, fixed, best bundle) bundle {
	to := len(q.stack)
	bound := fixed
	first := int32(-1)
	for _, at := range q.stack[from:to] {
		bound = plus(bound, q.value[at])
		if first < 0 || at < first {
			first = at
		}
	}
	if first < 0 || q.visits > q.budget {
		if first >= 0 && bound.up > best.up {
			q.exact = false
		}
		return q.better(best, bound)
	}
	set := q.nodes[first].set
	type choice struct {
		move int32
		up   float64
	}
	var room [4]choice
	choices := room[:0]
	hold := func(move int32) bundle {
		q.now[set], q.stack = move, q.stack[:to]
		known := fixed
		for _, at := range q.stack[from:to] {
			if q.nodes[at].set == set {
				known = q.expand(at, known)
			} else {
				q.stack = append(q.stack, at)
			}
		}
		return known
	}
	for _, move := range q.sets[set] {
		up := hold(move).up
		for _, at := range q.stack[to:] {
			up = sumUp(up, q.value[at].up)
		}
		q.visits += len(q.stack) - to
		if up > best.up {
			choices = append(choices, choice{move, up})
		}
	}
	slices.SortStableFunc(choices, func(x, y choice) int { return cmp.Compare(y.up, x.up) })
	for _, c := range choices {
		if c.up > best.up {
			known := hold(c.move)
			best = q.try(to, known, best)
		}
	}
	q.now[set], q.stack = open, q.stack[:to]
	return best
}
