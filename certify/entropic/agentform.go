package entropic

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

// mostVisits is how many visits of nodes are spent on the interactions of all
// pairs together, and leastVisits on any one of them.
const (
	mostVisits  = 60_000_000
	leastVisits = 20_000
)

// AgentForm prepares the entropy-regularised agent form of a tree: every
// information set is a block with its owner's payoff, q_I(a) is the expected
// payoff that moves a are part of, weighted by the reach of all, the owner too.
// Its equilibria are reach-weighted agent QRE, not the conditional ones. Blocks
// are the rows of seat 0, then of seat 1, …
//
// D_IJ is a maximum over pure profiles of the other sets. If each of them has at
// most one node on the paths through both I and J, it is found from the leaves
// up. Sets with several such nodes are held move by move, from the root down, where
// the bound without holding them is above the best that was found; when too many
// nodes were visited for that, what remains is let choose at each node by itself,
// which can only be larger.
func AgentForm(ctx context.Context, b *flat.Board) (*Game, error) {
	return agentForm(ctx, b, mostVisits, leastVisits)
}

func agentForm(ctx context.Context, b *flat.Board, visits, least int) (*Game, error) {
	t, err := newTree(b)
	if err != nil {
		return nil, err
	}
	g := &Game{game: b.Info().Name, form: "agent", concept: "reach_weighted_agent_qre", exact: true, Play: t}
	for seat := range b.Info().Seats {
		for _, r := range b.Rows(seat) {
			g.names = append(g.names, fmt.Sprintf("%d:%s", seat, r.Key))
			g.Sizes = append(g.Sizes, r.Moves)
		}
	}
	if len(g.Sizes) == 0 {
		return nil, fmt.Errorf("%s: nobody ever moves", b.Info().Name)
	}
	if len(g.Sizes) > mostSets {
		return nil, fmt.Errorf("%s: %d information sets, of which %d fit in an agent form", b.Info().Name, len(g.Sizes), mostSets)
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
		s := t.subtree(m, local)
		s.budget = max(least, visits/len(met))
		p := pair{
			i: int(m.key[0]), j: int(m.key[1]), same: t.owner[m.key[0]] == t.owner[m.key[1]],
			extreme: func(wi, wj float64) (a, b float64) { v := s.most(wi, wj); return v.i, v.j },
			bound:   func(wi, wj float64) float64 { return s.most(wi, wj).up },
		}
		if p.di = p.bound(1, 0); p.same {
			p.dj = p.di
		} else {
			p.dj = p.bound(0, 1)
		}
		p.effort = s.visits
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

// Work: see multilinear.
func (t *tree) Work() int { return 3 * len(t.first) * len(t.parent) }

func (t *tree) values(dst, p [][]float64) {
	strategies := make([]games.Behaviour, len(t.first)-1)
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
