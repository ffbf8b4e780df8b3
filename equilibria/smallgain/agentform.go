package smallgain

import (
	"context"
	"fmt"
	"slices"

	"arbiter/games"
	"arbiter/games/flat"
)

// mostMeetings is how many pairs of decisions on common paths fit.
const mostMeetings = 50_000_000

// mostSets is how many information sets fit: certificates hold square matrices of
// them.
const mostSets = 4000

// mostProfiles is up to how many pure profiles of the sets that tie nodes
// together are tried for a pair.
const mostProfiles = 1 << 14

// AgentForm prepares the entropy-regularised agent form of a tree: every
// information set is a block with its owner's payoff, q_I(a) is the expected
// payoff that moves a are part of, weighted by the reach of all, the owner too.
// Its equilibria are reach-weighted agent QRE, not the conditional ones. Blocks
// are the rows of seat 0, then of seat 1, …
//
// D_IJ is a maximum over pure profiles of the other sets. If each of them has at
// most one node on the paths through both I and J, it is found from the leaves
// up. Sets with several such nodes are tried move by move, as far as they are few;
// what remains is let choose at each node by itself, which can only be larger.
func AgentForm(ctx context.Context, b *flat.Board) (*Entropic, error) {
	return agentForm(ctx, b, mostProfiles)
}

func agentForm(ctx context.Context, b *flat.Board, profiles int) (*Entropic, error) {
	t, err := newTree(b)
	if err != nil {
		return nil, err
	}
	g := &Entropic{game: b.Info().Name, concept: "reach_weighted_agent_qre", exact: true, play: t}
	for seat := range b.Info().Seats {
		for _, r := range b.Rows(seat) {
			g.names = append(g.names, fmt.Sprintf("%d:%s", seat, r.Key))
			g.sizes = append(g.sizes, r.Moves)
		}
	}
	if len(g.sizes) == 0 {
		return nil, fmt.Errorf("%s: nobody ever moves", b.Info().Name)
	}
	if len(g.sizes) > mostSets {
		return nil, fmt.Errorf("%s: %d information sets, of which %d fit in an agent form", b.Info().Name, len(g.sizes), mostSets)
	}
	meetings := 0
	at := map[[2]int32]int{}
	var met []meeting
	for leaf := range t.leaves {
		path := t.leaves[leaf].path
		if meetings += len(path) * len(path) / 2; meetings > mostMeetings {
			return nil, fmt.Errorf("%s: more than %.0e pairs of decisions on common paths, too many for the agent form", b.Info().Name, float64(mostMeetings))
		}
		for k, x := range path {
			for _, y := range path[:k] {
				key := [2]int32{min(x.block, y.block), max(x.block, y.block)}
				m, ok := at[key]
				if !ok {
					m = len(met)
					at[key] = m
					met = append(met, meeting{key: key})
				}
				met[m].leaves = append(met[m].leaves, int32(leaf))
			}
		}
	}
	slices.SortFunc(met, func(x, y meeting) int { return slices.Compare(x.key[:], y.key[:]) })
	local := make([]int32, len(t.parent))
	for _, m := range met {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		s := t.subtree(m, local, profiles)
		p := pair{
			i: int(m.key[0]), j: int(m.key[1]), same: t.owner[m.key[0]] == t.owner[m.key[1]],
			extreme: func(wi, wj float64) (a, b float64) { v := s.most(wi, wj); return v.i, v.j },
			bound:   func(wi, wj float64) float64 { return s.most(wi, wj).up },
			effort:  s.effort(),
		}
		if p.di = p.bound(1, 0); p.same {
			p.dj = p.di
		} else {
			p.dj = p.bound(0, 1)
		}
		if p.di > 0 || p.dj > 0 {
			g.pairs = append(g.pairs, p)
			g.exact = g.exact && s.exact
		}
	}
	return g, nil
}

// meeting is a pair of sets and the leaves whose paths pass both.
type meeting struct {
	key    [2]int32
	leaves []int32
}

// tree is a board with the sets of all seats numbered as blocks.
type tree struct {
	b      *flat.Board
	first  []int   // per seat, of its blocks; then their number
	owner  []int32 // per block
	sizes  []int32 // per block, its moves
	parent []int32 // per node, -1 at the root
	block  []int32 // per node, -1 for chance and leaves
	moves  []int32 // per node
	leaves []leaf

	walk *flat.Walk
}

// decision is a move at a set.
type decision struct{ block, move int32 }

// leaf is a terminal that chance lets happen.
type leaf struct {
	node      int32
	low, high float64 // of the probability of chance's moves
	path      []decision
	payoff    []float64 // per seat
}

func newTree(b *flat.Board) (*tree, error) {
	decisions, chances, terminals := b.Sizes()
	n, seats := decisions+chances+terminals, b.Info().Seats
	t := &tree{b: b, parent: make([]int32, n), block: make([]int32, n), moves: make([]int32, n), walk: b.NewWalk()}
	for seat := range seats {
		t.first = append(t.first, len(t.owner))
		for _, r := range b.Rows(seat) {
			t.owner, t.sizes = append(t.owner, int32(seat)), append(t.sizes, int32(r.Moves))
		}
	}
	t.first = append(t.first, len(t.owner))
	type reach struct {
		low, high float64
		last      int32 // node of the last decision of anybody, -1 for none
	}
	reached := make([]reach, n)
	reached[0], t.parent[0] = reach{1, 1, -1}, -1
	for i := range n {
		node := b.Node(i)
		t.block[i], t.moves[i] = -1, int32(node.Moves)
		r := reached[i]
		if node.Turn == games.Over {
			if r.high == 0 {
				continue
			}
			l := leaf{node: int32(i), low: r.low, high: r.high, payoff: b.Payoff(node.First)}
			for seat, x := range l.payoff {
				if err := checkPayoff(x, fmt.Sprintf("%s, seat %d", b.Info().Name, seat)); err != nil {
					return nil, err
				}
			}
			child := int32(i)
			for k := t.parent[i]; k >= 0; child, k = k, t.parent[k] {
				if t.block[k] >= 0 {
					l.path = append(l.path, decision{t.block[k], child - int32(b.Node(int(k)).First)})
				}
			}
			slices.Reverse(l.path)
			t.leaves = append(t.leaves, l)
			continue
		}
		var odds []float64
		if node.Turn == games.Chance {
			odds = b.Odds(node.Row)
		} else {
			t.block[i] = int32(t.first[node.Turn] + node.Row)
		}
		for m := range node.Moves {
			c := r
			if odds != nil {
				c.low, c.high = productDown(r.low, odds[m]), productUp(r.high, odds[m])
			}
			t.parent[node.First+m], reached[node.First+m] = int32(i), c
		}
	}
	return t, nil
}

func (t *tree) work() int { return 3 * len(t.first) * len(t.parent) }

func (t *tree) values(dst, p [][]float64) {
	strategies := make([]flat.Strategy, len(t.first)-1)
	for seat := range strategies {
		strategies[seat] = p[t.first[seat]:t.first[seat+1]]
	}
	for seat := range strategies {
		t.walk.Counterfactual(seat, strategies, func(row int, reach float64, values []float64) {
			for a, x := range values {
				dst[t.first[seat]+row][a] = reach * x
			}
		})
	}
}

func (t *tree) slopes(p [][]float64, visit func(i, a, j, b int, value float64)) {
	for _, l := range t.leaves {
		for x, d := range l.path {
			u := l.payoff[t.owner[d.block]] * (l.low/2 + l.high/2)
			for y, e := range l.path {
				if x == y {
					continue
				}
				others := u
				for z, f := range l.path {
					if z != x && z != y {
						others *= p[f.block][f.move]
					}
				}
				if others != 0 {
					visit(int(d.block), int(d.move), int(e.block), int(e.move), others)
				}
			}
		}
	}
}

// subtree is what of the tree lies on paths through both sets of a pair.
type subtree struct {
	nodes   []place    // parents first
	leaves  []crossing // the leaves
	rows    []int      // moves of i that occur, -1 if others do not
	columns []int      // of j
	tied    []tied     // sets to be tried move by move
	exact   bool

	value []bundle // room
}

// place is a node of a subtree.
type place struct {
	leaf     int // -1 inside
	free     bool
	tied     int // in the list of tied sets, -1 for none
	children []child
	some     bool // some moves lead out of the subtree
}

type child struct{ move, at int32 }

// tied is a set with several nodes and the moves worth trying; move -1 leads out.
type tied struct {
	block   int32
	options []int32
	now     int32
}

// crossing is a leaf with the moves of i and j on its path.
type crossing struct {
	a, b      int
	low, high float64
	ui, uj    float64
}

// bundle is what of i and of j, in floating point, at an optimum, and an upper
// bound of the weighted sum.
type bundle struct{ i, j, up float64 }

// subtree collects it; local is room, one per node, zero before and after;
// profiles is up to how many profiles of tied sets are tried.
func (t *tree) subtree(m meeting, local []int32, profiles int) *subtree {
	s := &subtree{exact: true}
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
	s.nodes, s.value = make([]place, len(ids)), make([]bundle, len(ids))
	count, index := map[int32]int{}, map[int32]int{}
	for at, k := range ids {
		s.nodes[at].leaf, s.nodes[at].tied = -1, -1
		if block := t.block[k]; block >= 0 && block != m.key[0] && block != m.key[1] {
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
	for at, k := range ids {
		p, block := &s.nodes[at], t.block[k]
		p.some = len(p.children) < int(t.moves[k])
		if !p.free || count[block] < 2 {
			continue
		}
		i, ok := index[block]
		if !ok {
			i = len(s.tied)
			index[block] = i
			s.tied = append(s.tied, tied{block: block})
		}
		p.tied = i
		for _, c := range p.children {
			if !slices.Contains(s.tied[i].options, c.move) {
				s.tied[i].options = append(s.tied[i].options, c.move)
			}
		}
	}
	product, full := 1, false
	for i := range s.tied {
		k := &s.tied[i]
		// To lead out where everything passes leaves 0, which never is the most.
		all := through[k.block] == len(m.leaves) && len(k.options) == 1
		if len(k.options) < int(t.sizes[k.block]) && !all {
			k.options = append(k.options, -1)
		}
		if full = full || product*len(k.options) > profiles; full && len(k.options) > 1 {
			s.exact, k.options = false, nil
			continue
		}
		product *= len(k.options)
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
	// What a leaf adds, and what it takes away.
	adds, takes := make([]bundle, len(s.leaves)), make([]bundle, len(s.leaves))
	for k, l := range s.leaves {
		c := l.low/2 + l.high/2
		low := sumDown(productDown(wi, l.ui), productDown(wj, l.uj))
		high := sumUp(productUp(wi, l.ui), productUp(wj, l.uj))
		adds[k] = bundle{c * l.ui, c * l.uj, max(productUp(l.low, high), productUp(l.high, high))}
		takes[k] = bundle{-c * l.ui, -c * l.uj, -min(productDown(l.low, low), productDown(l.high, low))}
	}
	var best bundle
	for x, a := range s.rows {
		for _, a2 := range s.rows[:x] {
			for y, b := range s.columns {
				for _, b2 := range s.columns[:y] {
					for range 2 {
						sign := func(l *crossing) int {
							s := 0
							switch l.a {
							case a:
								s = 1
							case a2:
								s = -1
							}
							switch l.b {
							case b:
								return s
							case b2:
								return -s
							}
							return 0
						}
						if v := s.play(wi, wj, sign, adds, takes, 0); v.up > best.up {
							best = s.try(0, wi, wj, sign, adds, takes, v, best)
						}
						a, a2 = a2, a
					}
				}
			}
		}
	}
	return best
}

// effort is the number of visits of nodes in most if few plays are worth
// following.
func (s *subtree) effort() int {
	plays := 1
	for _, k := range s.tied {
		plays += len(k.options)
	}
	return plays * len(s.nodes) * len(s.rows) * (len(s.rows) - 1) * len(s.columns) * (len(s.columns) - 1) / 2
}

// better has the larger sum and the larger bound.
func (s *subtree) better(x, y bundle, wi, wj float64) bundle {
	if wi*y.i+wj*y.j > wi*x.i+wj*x.j {
		x.i, x.j = y.i, y.j
	}
	x.up = max(x.up, y.up)
	return x
}

// try adds to best what is better with the moves of the first k tied sets held:
// with free nodes after them they earn at most bound.
func (s *subtree) try(k int, wi, wj float64, sign func(*crossing) int, adds, takes []bundle, bound, best bundle) bundle {
	for k < len(s.tied) && s.tied[k].options == nil {
		k++
	}
	if k == len(s.tied) {
		return s.better(best, bound, wi, wj)
	}
	for _, move := range s.tied[k].options {
		s.tied[k].now = move
		if v := s.play(wi, wj, sign, adds, takes, k+1); v.up > best.up {
			best = s.try(k+1, wi, wj, sign, adds, takes, v, best)
		}
	}
	return best
}

// play works from the leaves up: others choose the best at each node, or, in the
// first so many tied sets, the move that is tried now.
func (s *subtree) play(wi, wj float64, sign func(*crossing) int, adds, takes []bundle, held int) bundle {
	for at := len(s.nodes) - 1; at >= 0; at-- {
		p := &s.nodes[at]
		var v bundle
		switch {
		case p.leaf >= 0:
			switch sign(&s.leaves[p.leaf]) {
			case 1:
				v = adds[p.leaf]
			case -1:
				v = takes[p.leaf]
			}
		case !p.free:
			for _, c := range p.children {
				w := s.value[c.at]
				v = bundle{v.i + w.i, v.j + w.j, sumUp(v.up, w.up)}
			}
		case p.tied >= 0 && p.tied < held && s.tied[p.tied].options != nil:
			for _, c := range p.children {
				if c.move == s.tied[p.tied].now {
					v = s.value[c.at]
				}
			}
		default:
			for k, c := range p.children {
				if w := s.value[c.at]; k == 0 && !p.some {
					v = w
				} else {
					v = s.better(v, w, wi, wj)
				}
			}
		}
		s.value[at] = v
	}
	return s.value[0]
}
