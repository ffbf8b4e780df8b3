package entropic

import (
	"fmt"
	"math/big"

	"arbiter/certify/verify/rational"
	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/games/normal"
)

// Limits of games that are decided in rationals: profiles of a table, leaves of a tree,
// and assignments of moves to sets with several nodes, beyond which each node chooses
// by itself.
const mostProfiles, mostLeaves, mostAssignments = 1 << 12, 1 << 9, 512

var (
	rat, whole         = rational.Of, rational.Whole
	add, sub, mul, quo = rational.Add, rational.Sub, rational.Mul, rational.Quo
)

// game is a game whose blocks, players or information sets, mix independently.
type game struct {
	owner, sizes []int
	names        []string
	// sway is not below D_ij(wi, wj): the largest |B_ab - B_a'b - B_ab' + B_a'b'| over
	// moves of i and j and what all others play, B the payoff wi·u_i + wj·u_j. Free
	// tells that it is only a bound, since sets chose node by node.
	sway func(i, j int, wi, wj *big.Rat) (d *big.Rat, free bool)
}

// ofTable makes every player a block.
func ofTable(t normal.Table) (*game, error) {
	if err := t.Check(); err != nil {
		return nil, err
	}
	t = t.Multi()
	if n := len(t.Payoffs[0]); n > mostProfiles {
		return nil, fmt.Errorf("payoffs: %d profiles, of which %d are decided here: use the search", n, mostProfiles)
	}
	g := &game{}
	stride := make([]int, len(t.Strategies))
	for k, cells := len(stride)-1, 1; k >= 0; k-- {
		stride[k] = cells
		cells *= len(t.Strategies[k])
	}
	for k, pool := range t.Strategies {
		g.owner, g.sizes = append(g.owner, k), append(g.sizes, len(pool))
		g.names = append(g.names, fmt.Sprintf("player %d", k))
	}
	// The rows a and a' of i, whatever the others play: the range over the moves of j
	// of their difference.
	g.sway = func(i, j int, wi, wj *big.Rat) (*big.Rat, bool) {
		most := new(big.Rat)
		value := make([]*big.Rat, len(t.Payoffs[0]))
		for c := range value {
			value[c] = add(mul(wi, rat(t.Payoffs[i][c])), mul(wj, rat(t.Payoffs[j][c])))
		}
		for c := range value {
			if c/stride[j]%g.sizes[j] != 0 {
				continue
			}
			for a2 := range c / stride[i] % g.sizes[i] {
				back := (c/stride[i]%g.sizes[i] - a2) * stride[i]
				var low, high *big.Rat
				for b := range g.sizes[j] {
					at := c + b*stride[j]
					d := sub(value[at], value[at-back])
					if low == nil || d.Cmp(low) < 0 {
						low = d
					}
					if high == nil || d.Cmp(high) > 0 {
						high = d
					}
				}
				if d := sub(high, low); d.Cmp(most) > 0 {
					most = d
				}
			}
		}
		return most, false
	}
	return g, nil
}

// node is one of a tree: the block that moves, -1 for chance and leaves.
type node struct {
	block    int
	children []int // by move; nil of a leaf
	parent   int
}

// leaf is a way a game ends that chance lets happen.
type leaf struct {
	at     int
	weight *big.Rat    // chance's part
	moves  map[int]int // by block, on the way there
	payoff []float64
}

type tree struct {
	*game
	nodes  []node
	leaves []leaf
}

// ofBoard makes every information set a block, seat by seat.
func ofBoard(b *flat.Board) (*game, error) {
	t, err := treeOf(b)
	if err != nil {
		return nil, err
	}
	t.sway = t.most
	return t.game, nil
}

func treeOf(b *flat.Board) (*tree, error) {
	t := &tree{game: &game{}}
	var first []int
	for seat := range b.Info().Seats {
		first = append(first, len(t.owner))
		for _, r := range b.Rows(seat) {
			t.owner, t.sizes = append(t.owner, seat), append(t.sizes, r.Moves)
			t.names = append(t.names, fmt.Sprintf("%d:%s", seat, r.Key))
		}
	}
	decisions, chances, terminals := b.Sizes()
	if terminals > mostLeaves {
		return nil, fmt.Errorf("%s: %d leaves, of which %d are decided here: use the search", b.Info().Name, terminals, mostLeaves)
	}
	t.nodes = make([]node, decisions+chances+terminals)
	weight := make([]*big.Rat, len(t.nodes))
	weight[0], t.nodes[0].parent = whole(1), -1
	for i := range t.nodes { // parents have smaller numbers
		n := b.Node(i)
		t.nodes[i].block = -1
		if n.Turn == games.Over {
			if weight[i].Sign() > 0 {
				t.leaves = append(t.leaves, leaf{i, weight[i], t.path(i), b.Payoff(n.First)})
			}
			continue
		}
		if n.Turn != games.Chance {
			t.nodes[i].block = first[n.Turn] + n.Row
		}
		for m := range n.Moves {
			w := weight[i]
			if n.Turn == games.Chance {
				w = mul(w, rat(b.Odds(n.Row)[m]))
			}
			t.nodes[i].children = append(t.nodes[i].children, n.First+m)
			weight[n.First+m], t.nodes[n.First+m].parent = w, i
		}
	}
	return t, nil
}

// path are the moves of blocks on the way to a node.
func (t *tree) path(at int) map[int]int {
	out := map[int]int{}
	for up := t.nodes[at].parent; up >= 0; at, up = up, t.nodes[up].parent {
		if n := t.nodes[up]; n.block >= 0 {
			out[n.block] = at - n.children[0]
		}
	}
	return out
}

// part is what of a tree lies on paths through both sets of a pair, for one choice of
// signs of their moves.
type part struct {
	*tree
	i, j   int
	in     map[int]bool     // nodes
	value  map[int]*big.Rat // of leaves, with the sign of the moves
	chosen map[int]int      // moves of sets that have several nodes, where they are held
}

// most is sway of a tree: from the leaves up, where each other set takes the best of
// its moves, the same at all of its nodes.
func (t *tree) most(i, j int, wi, wj *big.Rat) (*big.Rat, bool) {
	p := &part{t, i, j, map[int]bool{}, nil, map[int]int{}}
	var ends []leaf
	for _, l := range t.leaves {
		_, a := l.moves[i]
		if _, b := l.moves[j]; !a || !b {
			continue
		}
		ends = append(ends, l)
		for at := l.at; at >= 0 && !p.in[at]; at = t.nodes[at].parent {
			p.in[at] = true
		}
	}
	count, ways := map[int]int{}, 1
	var tied []int
	for at := range t.nodes {
		if k := t.nodes[at].block; p.in[at] && k >= 0 && k != i && k != j {
			if count[k]++; count[k] == 2 {
				tied = append(tied, k)
				ways = min(ways*t.sizes[k], mostAssignments+1)
			}
		}
	}
	free := ways > mostAssignments
	if free {
		tied = nil
	}
	value := make([]*big.Rat, len(ends))
	for k, l := range ends {
		value[k] = mul(l.weight, add(mul(wi, rat(l.payoff[t.owner[i]])), mul(wj, rat(l.payoff[t.owner[j]]))))
	}
	best := new(big.Rat)
	sign := func(x, plus, minus int) int64 {
		switch x {
		case plus:
			return 1
		case minus:
			return -1
		}
		return 0
	}
	for a := range t.sizes[i] {
		for a2 := range t.sizes[i] { // both orders: both signs of the sum
			for b := range t.sizes[j] {
				for b2 := range b {
					if a == a2 {
						continue
					}
					p.value = map[int]*big.Rat{}
					for k, l := range ends {
						if s := sign(l.moves[i], a, a2) * sign(l.moves[j], b, b2); s != 0 {
							p.value[l.at] = mul(whole(s), value[k])
						}
					}
					if x := p.held(tied); x.Cmp(best) > 0 {
						best = x
					}
				}
			}
		}
	}
	return best, free
}

// held is the best over all moves of the sets of a list.
func (p *part) held(tied []int) *big.Rat {
	if len(tied) == 0 {
		return p.up(0)
	}
	var best *big.Rat
	for m := range p.sizes[tied[0]] {
		p.chosen[tied[0]] = m
		if x := p.held(tied[1:]); best == nil || x.Cmp(best) > 0 {
			best = x
		}
	}
	delete(p.chosen, tied[0])
	return best
}

// up is the largest sum of the values of leaves below a node.
func (p *part) up(at int) *big.Rat {
	n := p.nodes[at]
	switch {
	case !p.in[at]:
		return new(big.Rat)
	case n.children == nil:
		if x := p.value[at]; x != nil {
			return x
		}
		return new(big.Rat)
	case n.block >= 0 && n.block != p.i && n.block != p.j:
		if m, ok := p.chosen[n.block]; ok {
			return p.up(n.children[m])
		}
		best := p.up(n.children[0])
		for _, c := range n.children[1:] {
			if x := p.up(c); x.Cmp(best) > 0 {
				best = x
			}
		}
		return best
	}
	sum := new(big.Rat)
	for _, c := range n.children {
		sum.Add(sum, p.up(c))
	}
	return sum
}
