package verify

import (
	"cmp"
	"fmt"
	"math"
	"math/big"
	"slices"

	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/games/normal"
)

// mostLeaves and mostWork bound what is verified of trees: leaves, and leaves times
// profiles of all pairs of blocks.
const (
	mostLeaves = 1 << 18
	mostWork   = 1 << 22
)

// move is an action of a block.
type move struct{ block, action int }

// leaf is a way a game may end: the moves that lead there, the probability of
// chance's and what every player gets.
type leaf struct {
	path   []move
	weight *big.Rat
	payoff []float64
}

// leaves is a finite game whose blocks, players or information sets, mix
// independently: block k gets the payoff of its owner.
type leaves struct {
	owner, sizes []int
	list         []leaf
}

// fromTable makes every profile a leaf and every player a block.
func fromTable(t normal.Table) (*leaves, error) {
	if err := t.Check(); err != nil {
		return nil, err
	}
	t = t.Multi()
	g := &leaves{}
	for k, pool := range t.Strategies {
		g.owner, g.sizes = append(g.owner, k), append(g.sizes, len(pool))
	}
	if len(t.Payoffs[0]) > mostLeaves {
		return nil, fmt.Errorf("payoffs: %d profiles, of which %d can be verified", len(t.Payoffs[0]), mostLeaves)
	}
	one := big.NewRat(1, 1)
	at := make([]int, len(g.sizes))
	for cell := range t.Payoffs[0] {
		l := leaf{weight: one}
		for k, a := range at {
			l.path = append(l.path, move{k, a})
			l.payoff = append(l.payoff, t.Payoffs[k][cell])
		}
		g.list = append(g.list, l)
		for k := len(at) - 1; k >= 0; k-- {
			if at[k]++; at[k] < g.sizes[k] {
				break
			}
			at[k] = 0
		}
	}
	return g, g.check()
}

// fromBoard makes every information set a block, seat by seat.
func fromBoard(b *flat.Board) (*leaves, error) {
	g := &leaves{}
	var first []int
	for seat := range b.Info().Seats {
		first = append(first, len(g.owner))
		for _, r := range b.Rows(seat) {
			g.owner, g.sizes = append(g.owner, seat), append(g.sizes, r.Moves)
		}
	}
	if _, _, n := b.Sizes(); n > mostLeaves {
		return nil, fmt.Errorf("%s: %d leaves, of which %d can be verified: the tree is too large", b.Info().Name, n, mostLeaves)
	}
	type position struct {
		node   int
		path   []move
		weight *big.Rat
	}
	stack := []position{{weight: big.NewRat(1, 1)}}
	for len(stack) > 0 {
		p := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		n := b.Node(p.node)
		if n.Turn == games.Over {
			g.list = append(g.list, leaf{p.path, p.weight, b.Payoff(n.First)})
			continue
		}
		for m := n.Moves - 1; m >= 0; m-- {
			next := position{n.First + m, p.path, p.weight}
			if n.Turn == games.Chance {
				odds := b.Odds(n.Row)[m]
				if odds == 0 {
					continue
				}
				next.weight = mul(p.weight, rat(odds))
			} else {
				next.path = append(slices.Clone(p.path), move{first[n.Turn] + n.Row, m})
			}
			stack = append(stack, next)
		}
	}
	return g, g.check()
}

func (g *leaves) check() error {
	if len(g.sizes) == 0 {
		return fmt.Errorf("nobody ever moves")
	}
	for _, l := range g.list {
		for k, x := range l.payoff {
			if !(math.Abs(x) <= 1e100) {
				return fmt.Errorf("payoff %g of player %d, expected at most 1e100 in size", x, k)
			}
		}
	}
	return nil
}

// meeting is a pair of blocks on common paths: how much each sways the other.
type meeting struct {
	i, j   int
	di, dj *big.Rat // D_ij and D_ji
	both   *big.Rat // D_ij(w)
	leaves []int
	others []int // further blocks on these paths, in order
}

// meetings finds, by trying all pure profiles of the other blocks, D_ij, D_ji and
// D_ij(w) of all pairs of blocks, exactly. It is an error if that takes too long.
func (g *leaves) meetings(w []float64, stop func() error) ([]*meeting, error) {
	at := map[[2]int]*meeting{}
	var all []*meeting
	for k, l := range g.list {
		for x, m := range l.path {
			for _, o := range l.path[:x] {
				key := [2]int{min(m.block, o.block), max(m.block, o.block)}
				if at[key] == nil {
					at[key] = &meeting{i: key[0], j: key[1]}
					all = append(all, at[key])
				}
				at[key].leaves = append(at[key].leaves, k)
			}
		}
	}
	slices.SortFunc(all, func(a, b *meeting) int { return cmp.Or(a.i-b.i, a.j-b.j) })
	work := 0.0
	for _, m := range all {
		seen := map[int]bool{m.i: true, m.j: true}
		profiles := 1.0
		for _, k := range m.leaves {
			for _, o := range g.list[k].path {
				if !seen[o.block] {
					seen[o.block] = true
					m.others = append(m.others, o.block)
					profiles *= float64(g.sizes[o.block])
				}
			}
		}
		if work += profiles * float64(len(m.leaves)); work > mostWork {
			return nil, fmt.Errorf("the game is too large to be verified: all pure profiles of the blocks beside a pair take more than %d steps", mostWork)
		}
	}
	for _, m := range all {
		if err := stop(); err != nil {
			return nil, err
		}
		g.sway(m, rat(w[m.i]), rat(w[m.j]))
	}
	return all, nil
}

// sway fills in the constants of a meeting.
func (g *leaves) sway(m *meeting, wi, wj *big.Rat) {
	type term struct {
		a, b   int
		others []move
		u, v   *big.Rat // of the owners of i and j
	}
	place := map[int]int{}
	for k, o := range m.others {
		place[o] = k
	}
	var terms []term
	for _, k := range m.leaves {
		l := g.list[k]
		t := term{u: mul(l.weight, rat(l.payoff[g.owner[m.i]])), v: mul(l.weight, rat(l.payoff[g.owner[m.j]]))}
		for _, o := range l.path {
			switch o.block {
			case m.i:
				t.a = o.action
			case m.j:
				t.b = o.action
			default:
				t.others = append(t.others, move{place[o.block], o.action})
			}
		}
		terms = append(terms, t)
	}
	m.di, m.dj, m.both = new(big.Rat), new(big.Rat), new(big.Rat)
	profile := make([]int, len(m.others))
	u, v := newMatrix(g.sizes[m.i], g.sizes[m.j]), newMatrix(g.sizes[m.i], g.sizes[m.j])
	sum := newMatrix(g.sizes[m.i], g.sizes[m.j])
	for {
		for a := range u {
			for b := range u[a] {
				u[a][b].SetInt64(0)
				v[a][b].SetInt64(0)
			}
		}
		for _, t := range terms {
			if !slices.ContainsFunc(t.others, func(o move) bool { return profile[o.block] != o.action }) {
				u[t.a][t.b].Add(u[t.a][t.b], t.u)
				v[t.a][t.b].Add(v[t.a][t.b], t.v)
			}
		}
		for a := range u {
			for b := range u[a] {
				sum[a][b] = add(mul(wi, u[a][b]), mul(wj, v[a][b]))
			}
		}
		for _, x := range []struct {
			most *big.Rat
			of   matrix
		}{{m.di, u}, {m.dj, v}, {m.both, sum}} {
			if c := cross(x.of); c.Cmp(x.most) > 0 {
				x.most.Set(c)
			}
		}
		k := len(profile) - 1
		for ; k >= 0; k-- {
			if profile[k]++; profile[k] < g.sizes[m.others[k]] {
				break
			}
			profile[k] = 0
		}
		if k < 0 {
			return
		}
	}
}

// cross is the largest |b_ac - b_a'c - b_ac' + b_a'c'|.
func cross(b matrix) *big.Rat {
	most := new(big.Rat)
	for i := range b {
		for k := range i {
			var low, high *big.Rat
			for c := range b[i] {
				d := sub(b[i][c], b[k][c])
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
	return most
}

// values are what the actions of all blocks earn against p, unconditionally, in
// floating point. p need not be probabilities: values are linear in every block.
func (g *leaves) values(p [][]float64) [][]float64 {
	q := make([][]float64, len(g.sizes))
	for k, n := range g.sizes {
		q[k] = make([]float64, n)
	}
	var before []float64
	for _, l := range g.list {
		before = before[:0]
		product := float(l.weight)
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
