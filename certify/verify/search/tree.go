package search

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/games/normal"
)

// Bounds of what is verified: leaves, pairs of decisions on the way to leaves, and
// nodes visited for a pair, before which an exact maximum is looked for and after
// which sets are left to choose at each node.
const mostLeaves, mostPairs, mostSearch, exactVisits = 1 << 21, 50_000_000, 1 << 24, 1 << 20

// tree is a finite game whose blocks, players or information sets, mix
// independently: block k gets the payoff of its owner. Nodes have larger numbers
// than their parents.
type tree struct {
	owner, sizes []int
	name         func(block int) string
	nodes        []node
	leaves       []leaf
}

// node is one of the tree; block is -1 of chance and of leaves, move the one that
// leads there from the parent.
type node struct{ parent, block, move int32 }

// move is an action of a block.
type move struct{ block, action int32 }

// leaf is a way a game may end: its node, the decisions that lead there, the
// probability of chance's moves and what every player gets.
type leaf struct {
	node   int32
	path   []move
	weight bracket
	payoff []float64
}

// fromTable makes every player a block.
func fromTable(t normal.Table) (*tree, error) {
	if err := t.Check(); err != nil {
		return nil, err
	}
	t = t.Multi()
	g := &tree{name: func(k int) string { return fmt.Sprintf("player %d", k) }}
	cells := len(t.Payoffs[0])
	for k, pool := range t.Strategies {
		g.owner, g.sizes = append(g.owner, k), append(g.sizes, len(pool))
	}
	if cells > mostLeaves {
		return nil, fmt.Errorf("payoffs: %d profiles, of which %d can be verified", cells, mostLeaves)
	}
	// Level by level: the profiles of the players before.
	level := []int32{0}
	g.nodes = append(g.nodes, node{-1, 0, 0})
	for k, n := range g.sizes {
		var next []int32
		for _, p := range level {
			for a := range n {
				block := int32(k + 1)
				if k == len(g.sizes)-1 {
					block = -1
				}
				next = append(next, int32(len(g.nodes)))
				g.nodes = append(g.nodes, node{p, block, int32(a)})
			}
		}
		level = next
	}
	for cell, at := range level {
		l := leaf{node: at, weight: point(1), path: g.path(at)}
		for k := range t.Payoffs {
			l.payoff = append(l.payoff, t.Payoffs[k][cell])
		}
		g.leaves = append(g.leaves, l)
	}
	return g, g.check()
}

// fromBoard makes every information set a block, seat by seat.
func fromBoard(b *flat.Board) (*tree, error) {
	g := &tree{}
	var first []int
	var names []string
	for seat := range b.Info().Seats {
		first = append(first, len(g.owner))
		for _, r := range b.Rows(seat) {
			g.owner, g.sizes = append(g.owner, seat), append(g.sizes, r.Moves)
			names = append(names, fmt.Sprintf("%d:%s", seat, r.Key))
		}
	}
	g.name = func(k int) string { return names[k] }
	decisions, chances, terminals := b.Sizes()
	if terminals > mostLeaves {
		return nil, fmt.Errorf("%s: %d leaves, of which %d can be verified: the tree is too large", b.Info().Name, terminals, mostLeaves)
	}
	g.nodes = make([]node, decisions+chances+terminals)
	g.nodes[0].parent = -1
	weight := make([]bracket, len(g.nodes))
	weight[0] = point(1)
	for i := range g.nodes {
		n := b.Node(i)
		g.nodes[i].block = -1
		if n.Turn == games.Over {
			if weight[i].hi > 0 {
				g.leaves = append(g.leaves, leaf{int32(i), g.path(int32(i)), weight[i], b.Payoff(n.First)})
			}
			continue
		}
		if n.Turn != games.Chance {
			g.nodes[i].block = int32(first[n.Turn] + n.Row)
		}
		for m := range n.Moves {
			w := weight[i]
			if n.Turn == games.Chance {
				w = w.mul(point(b.Odds(n.Row)[m]))
			}
			g.nodes[n.First+m].parent, g.nodes[n.First+m].move, weight[n.First+m] = int32(i), int32(m), w
		}
	}
	return g, g.check()
}

// path are the decisions on the way to a node.
func (g *tree) path(at int32) []move {
	var out []move
	for up := g.nodes[at].parent; up >= 0; at, up = up, g.nodes[up].parent {
		if block := g.nodes[up].block; block >= 0 {
			out = append(out, move{block, g.nodes[at].move})
		}
	}
	slices.Reverse(out)
	return out
}

func (g *tree) check() error {
	if len(g.sizes) == 0 {
		return fmt.Errorf("nobody ever moves")
	}
	for _, l := range g.leaves {
		for k, x := range l.payoff {
			if !(math.Abs(x) <= 1e100) {
				return fmt.Errorf("payoff %g of player %d, expected at most 1e100 in size", x, k)
			}
		}
	}
	return nil
}

// meeting is a pair of blocks on common paths, and by how much they sway each
// other, bounded from above: D_ij, D_ji and D_ij(w).
type meeting struct {
	i, j         int
	di, dj, both float64
	exact        bool // up to rounding, and not only bounds
	leaves       []int32
}

// meetings finds the constants of all pairs; e is what is claimed of them.
func (g *tree) meetings(ctx context.Context, w []float64, e *Entropy) ([]*meeting, error) {
	at := map[[2]int32]*meeting{}
	var all []*meeting
	pairs := 0
	for k, l := range g.leaves {
		if pairs += len(l.path) * len(l.path) / 2; pairs > mostPairs {
			return nil, fmt.Errorf("more than %d pairs of decisions on the way to leaves: the game is too large to be verified", mostPairs)
		}
		for x, m := range l.path {
			for _, o := range l.path[:x] {
				key := [2]int32{min(m.block, o.block), max(m.block, o.block)}
				if at[key] == nil {
					at[key] = &meeting{i: int(key[0]), j: int(key[1])}
					all = append(all, at[key])
				}
				at[key].leaves = append(at[key].leaves, int32(k))
			}
		}
	}
	slices.SortFunc(all, func(a, b *meeting) int { return cmp.Or(a.i-b.i, a.j-b.j) })
	local := make([]int32, len(g.nodes))
	for _, m := range all {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		p := g.crossing(m, local)
		m.di = p.most(1, 0, e.Interaction.at(m.i, m.j))
		if m.dj = m.di; g.owner[m.i] != g.owner[m.j] {
			m.dj = p.most(0, 1, e.Interaction.at(m.j, m.i))
		}
		m.both = p.most(w[m.i], w[m.j], e.Swayed.at(m.i, m.j))
		m.exact, m.leaves = p.exact, nil
	}
	return all, nil
}

// crossing is the part of a tree on paths through both sets of a pair: nodes,
// parents first, for maxima from the leaves up.
type crossing struct {
	exact         bool
	nodes         []place
	ends          []end
	rows, columns []int32 // moves of i and of j that occur, -1 if others do not
	tied          []tied
	now           []int32 // move of each tied set, or open
	value         []float64
	visits        int
	claimed       float64
}

// place is a node: the end it is, or what chooses there: nobody (all are summed),
// a tied set, or each node by itself.
type place struct {
	end      int32
	tied     int32 // -1: none
	free     bool
	leaves   bool // some moves lead out of the part, where nothing is won
	children []int32
	move     int32
}

// tied is a set with several nodes and the moves worth trying, -1 for one that
// leads out.
type tied struct {
	block   int32
	options []int32
}

// end is a leaf with the moves of i and j on its way.
type end struct {
	a, b   int32
	weight bracket
	ui, uj float64
}

// crossing collects it; local is room, a number per node, 0 before and after. A set
// other than i and j that has several nodes in the part makes the same move at all
// of them: see search.
func (g *tree) crossing(m *meeting, local []int32) *crossing {
	p := &crossing{exact: true}
	var ids []int32
	for _, k := range m.leaves {
		for at := g.leaves[k].node; at >= 0 && local[at] == 0; at = g.nodes[at].parent {
			local[at] = 1
			ids = append(ids, at)
		}
	}
	slices.Sort(ids)
	p.nodes, p.value = make([]place, len(ids)), make([]float64, len(ids))
	count := map[int32]int{}
	for k, id := range ids {
		local[id] = int32(k) + 1
		n := g.nodes[id]
		p.nodes[k] = place{end: -1, tied: -1, move: n.move}
		if n.block >= 0 && int(n.block) != m.i && int(n.block) != m.j {
			p.nodes[k].free = true
			count[n.block]++
		}
		if n.parent >= 0 {
			up := &p.nodes[local[n.parent]-1]
			up.children = append(up.children, int32(k))
		}
	}
	passes := map[int32]int{}
	for _, k := range m.leaves {
		l := &g.leaves[k]
		e := end{weight: l.weight, ui: l.payoff[g.owner[m.i]], uj: l.payoff[g.owner[m.j]]}
		for _, d := range l.path {
			passes[d.block]++
			switch int(d.block) {
			case m.i:
				e.a = d.action
			case m.j:
				e.b = d.action
			}
		}
		p.nodes[local[l.node]-1].end = int32(len(p.ends))
		p.ends = append(p.ends, e)
		p.rows, p.columns = include(p.rows, e.a), include(p.columns, e.b)
	}
	slices.Sort(p.rows)
	slices.Sort(p.columns)
	if len(p.rows) < g.sizes[m.i] {
		p.rows = append(p.rows, -1)
	}
	if len(p.columns) < g.sizes[m.j] {
		p.columns = append(p.columns, -1)
	}
	index := map[int32]int32{}
	for k, id := range ids {
		n, block := &p.nodes[k], g.nodes[id].block
		n.leaves = n.free && len(n.children) < g.sizes[block]
		if !n.free || count[block] < 2 {
			continue
		}
		at, ok := index[block]
		if !ok {
			at = int32(len(p.tied))
			index[block] = at
			p.tied = append(p.tied, tied{block: block})
		}
		n.tied = at
		for _, c := range n.children {
			p.tied[at].options = include(p.tied[at].options, p.nodes[c].move)
		}
	}
	for k := range p.tied {
		t := &p.tied[k]
		if all := passes[t.block] == len(m.leaves) && len(t.options) == 1; !all && len(t.options) < g.sizes[t.block] {
			t.options = append(t.options, -1)
		}
	}
	p.now = make([]int32, len(p.tied))
	for _, id := range ids {
		local[id] = 0
	}
	return p
}

func include(list []int32, x int32) []int32 {
	if slices.Contains(list, x) {
		return list
	}
	return append(list, x)
}

// most bounds |b_ac - b_a'c - b_ac' + b_a'c'| of the payoffs wi·u_i + wj·u_j over
// the moves a, a' of i and c, c' of j and all that the others may play. Where that
// takes long it is content with what is claimed.
func (p *crossing) most(wi, wj, claimed float64) float64 {
	plus, minus := make([]float64, len(p.ends)), make([]float64, len(p.ends))
	nothing := true
	for k, e := range p.ends {
		x := point(wi).mul(point(e.ui)).add(point(wj).mul(point(e.uj))).mul(e.weight)
		plus[k], minus[k] = x.hi, -x.lo
		nothing = nothing && x == point(0)
	}
	if nothing {
		return 0
	}
	best, reached := 0.0, 0.0
	p.visits, p.claimed = 0, claimed
	for k, t := range p.tied {
		if p.now[k] = open; len(t.options) == 1 {
			p.now[k] = t.options[0]
		}
	}
	signs := make([]int8, len(p.ends))
	for x, a := range p.rows {
		for _, a2 := range p.rows[:x] {
			for y, b := range p.columns {
				for _, b2 := range p.columns[:y] {
					for k, e := range p.ends {
						signs[k] = sign(e.a, a, a2) * sign(e.b, b, b2)
					}
					for range 2 {
						best = max(best, p.search(signs, plus, minus, 0, &reached))
						for k := range signs {
							signs[k] = -signs[k]
						}
					}
				}
			}
		}
	}
	return best
}

func sign(x, plus, minus int32) int8 {
	switch x {
	case plus:
		return 1
	case minus:
		return -1
	}
	return 0
}

// open is the move of a tied set that is not held.
const open = -2

// search bounds the largest sum: with no set held, then with the moves of one set
// after the other, as long as the bound is above both target and the best that was
// reached.
func (p *crossing) search(signs []int8, plus, minus []float64, target float64, reached *float64) float64 {
	x := p.fromLeaves(signs, plus, minus)
	p.visits += len(p.nodes)
	k := slices.Index(p.now, open)
	if k < 0 {
		*reached = max(*reached, x)
		return x
	}
	if p.visits > exactVisits {
		p.exact, target = false, max(target, p.claimed)
	}
	if x <= *reached || x <= target || p.visits > mostSearch {
		return x
	}
	best := math.Inf(-1)
	for _, m := range p.tied[k].options {
		p.now[k] = m
		best = max(best, p.search(signs, plus, minus, target, reached))
	}
	p.now[k] = open
	return best
}

// fromLeaves is the largest sum for the moves of tied sets at hand.
func (p *crossing) fromLeaves(signs []int8, plus, minus []float64) float64 {
	for k := len(p.nodes) - 1; k >= 0; k-- {
		n := &p.nodes[k]
		x := 0.0
		switch {
		case n.end >= 0:
			switch signs[n.end] {
			case 1:
				x = plus[n.end]
			case -1:
				x = minus[n.end]
			}
		case n.tied >= 0 && p.now[n.tied] != open:
			for _, c := range n.children {
				if p.nodes[c].move == p.now[n.tied] {
					x = p.value[c]
				}
			}
		case n.free:
			if !n.leaves {
				x = math.Inf(-1)
			}
			for _, c := range n.children {
				x = max(x, p.value[c])
			}
		default:
			for _, c := range n.children {
				if y := p.value[c]; y != 0 {
					x = addUp(x, y)
				}
			}
		}
		p.value[k] = x
	}
	return p.value[0]
}

// values are what the actions of all blocks earn against p, unconditionally, in
// floating point. p need not be probabilities: values are linear in every block.
func (g *tree) values(p [][]float64) [][]float64 {
	q := make([][]float64, len(g.sizes))
	for k, n := range g.sizes {
		q[k] = make([]float64, n)
	}
	var before []float64
	for _, l := range g.leaves {
		before = before[:0]
		product := l.weight.middle()
		for _, m := range l.path {
			before = append(before, product)
			product *= p[m.block][m.action]
		}
		after := 1.0
		for k := len(l.path) - 1; k >= 0; k-- {
			m := l.path[k]
			q[m.block][m.action] += before[k] * after * l.payoff[g.owner[m.block]]
			after *= p[m.block][m.action]
		}
	}
	return q
}

// softmax is exp(x)/Σ exp(x).
func softmax(x []float64) []float64 {
	top := slices.Max(x)
	out, sum := make([]float64, len(x)), 0.0
	for i, v := range x {
		out[i] = math.Exp(v - top)
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}
