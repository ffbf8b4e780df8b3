package exact

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"math/bits"
	"slices"

	"arbiter/equilibria"
)

// Mixed is a profile of mixed strategies of a game of two players, exactly.
type Mixed [2][]*big.Rat

// Float is the profile in floating point.
func (p Mixed) Float() [2][]float64 {
	var f [2][]float64
	for k, list := range p {
		for _, x := range list {
			v, _ := x.Float64()
			f[k] = append(f[k], v)
		}
	}
	return f
}

// Bimatrix is a game of two players in integers: payoffs times a positive number
// per player, which changes no equilibrium, plus one that makes them positive.
type Bimatrix struct {
	m, n int
	a, b [][]*big.Int // [row][column], of players 0 and 1
}

// ErrTwoPlayers says that a solver is for two players.
var ErrTwoPlayers = errors.New("expected two players")

// NewBimatrix takes the payoffs of a game of two players.
func NewBimatrix(g *Normal) (*Bimatrix, error) {
	if len(g.Shape) != 2 {
		return nil, fmt.Errorf("%s has %d players: %w", g.Name, len(g.Shape), ErrTwoPlayers)
	}
	m, n := g.Shape[0], g.Shape[1]
	return &Bimatrix{m, n, positive(g.Payoffs[0], m, n), positive(g.Payoffs[1], m, n)}, nil
}

func positive(list []*big.Rat, m, n int) [][]*big.Int {
	denom, least := big.NewInt(1), list[0]
	for _, x := range list {
		g := new(big.Int).GCD(nil, nil, denom, x.Denom())
		denom.Mul(denom, new(big.Int).Quo(x.Denom(), g))
		if x.Cmp(least) < 0 {
			least = x
		}
	}
	scaled := func(x *big.Rat) *big.Int {
		v := new(big.Int).Mul(x.Num(), denom)
		return v.Quo(v, x.Denom())
	}
	// The shift is the range, or 1: entries of one size keep the polytopes round.
	shift := new(big.Int).Neg(scaled(least))
	one := big.NewInt(1)
	common := new(big.Int)
	out := make([][]*big.Int, m)
	for i := range out {
		for j := range n {
			v := scaled(list[i*n+j])
			v.Add(v, shift)
			v.Add(v, one)
			out[i] = append(out[i], v)
			common.GCD(nil, nil, common, new(big.Int).Sub(v, one))
		}
	}
	if common.Cmp(one) > 0 { // differences share a factor
		for _, row := range out {
			for _, v := range row {
				v.Sub(v, one)
				v.Quo(v, common)
				v.Add(v, one)
			}
		}
	}
	return out
}

// polytopes are the best-response polytopes: of x ≥ 0 with Bᵀx ≤ 1, and of y ≥ 0
// with A·y ≤ 1. Label i < m is a strategy of player 0, m+j one of player 1.
func (g *Bimatrix) polytopes() (x, y *dictionary) {
	x = newDictionary(g.n, g.m, func(j, i int) *big.Int { return g.b[i][j] })
	y = newDictionary(g.m, g.n, func(i, j int) *big.Int { return g.a[i][j] })
	return x, y
}

// Degenerate tells whether a profile has more best replies than strategies with
// weight, for either player.
func (g *Bimatrix) Degenerate(p Mixed) bool {
	replies := g.replies(p)
	for k := range p {
		weights := 0
		for _, x := range p[1-k] {
			if x.Sign() > 0 {
				weights++
			}
		}
		if len(replies[k]) > weights {
			return true
		}
	}
	return false
}

// replies are the best pure replies of each player.
func (g *Bimatrix) replies(p Mixed) (best [2][]int) {
	for k := range best {
		var top *big.Rat
		for s := range p[k] {
			v, product := new(big.Rat), new(big.Rat)
			for o, x := range p[1-k] {
				u := g.a
				i, j := s, o
				if k == 1 {
					u, i, j = g.b, o, s
				}
				v.Add(v, product.Mul(x, new(big.Rat).SetInt(u[i][j])))
			}
			if top == nil || v.Cmp(top) > 0 {
				top, best[k] = v, nil
			}
			if v.Cmp(top) == 0 {
				best[k] = append(best[k], s)
			}
		}
	}
	return best
}

// IsEquilibrium checks a profile from the definition.
func (g *Bimatrix) IsEquilibrium(p Mixed) bool {
	replies := g.replies(p)
	for k, list := range p {
		sum := new(big.Rat)
		for s, x := range list {
			sum.Add(sum, x)
			if x.Sign() < 0 || x.Sign() > 0 && !slices.Contains(replies[k], s) {
				return false
			}
		}
		if sum.Cmp(big.NewRat(1, 1)) != 0 {
			return false
		}
	}
	return true
}

// normalise scales a point of a polytope to probabilities.
func normalise(z []*big.Rat) []*big.Rat {
	sum := new(big.Rat)
	for _, x := range z {
		sum.Add(sum, x)
	}
	out := make([]*big.Rat, len(z))
	for i, x := range z {
		out[i] = new(big.Rat).Quo(x, sum)
	}
	return out
}

// LemkeHowson follows the path of Lemke and Howson (1964) that drops a label:
// strategies of player 0 first, then those of player 1. Pivots are exact and
// lexicographic, so it ends in an equilibrium, degenerate games included; the
// number of pivots may be exponential.
func (g *Bimatrix) LemkeHowson(ctx context.Context, label int) (Mixed, int, error) {
	if label < 0 || label >= g.m+g.n {
		return Mixed{}, 0, fmt.Errorf("label: found %d, expected 0 to %d", label, g.m+g.n-1)
	}
	x, y := g.polytopes()
	// Label l is variable l of x; in y it is variable (l + n) mod (m + n).
	labels := g.m + g.n
	inY := func(l int) int { return (l + g.n) % labels }
	enter, pivots := label, 0
	for turn := label < g.m; ; turn = !turn {
		d, v := y, inY(enter)
		if turn {
			d, v = x, enter
		}
		if err := ctx.Err(); err != nil {
			return Mixed{}, pivots, err
		}
		s := -1 - d.at[v]
		r := d.leaving(s)
		left := d.rows[r]
		d.pivot(r, s)
		pivots++
		if !turn {
			left = (left + g.m) % labels
		}
		if left == label {
			return Mixed{normalise(x.point()), normalise(y.point())}, pivots, nil
		}
		enter = left
	}
}

// Extreme are the extreme equilibria of a game: all equilibria are mixtures
// within Subsets.
type Extreme struct {
	Equilibria []Mixed // each once
	// Subsets are the maximal Nash subsets: maximal sets of equilibria, by index,
	// whose strategies of player 0 and of player 1 can be combined and mixed at will.
	// Components are the connected components of the set of all equilibria: Subsets
	// that share equilibria are one.
	Subsets, Components [][]int
	// Degenerate: some mixture has more best replies than strategies with weight.
	// There may be infinitely many equilibria.
	Degenerate bool
	Bases      int // visited in both polytopes
}

// mostBases bounds an enumeration: a minute or less.
const mostBases = 300_000

// Extreme enumerates the vertices of both best-response polytopes exactly, by all
// lexicographically feasible bases, and pairs those that carry all labels.
// ErrTooLarge above 300,000 bases or 128 strategies.
func (g *Bimatrix) Extreme(ctx context.Context) (Extreme, error) {
	var e Extreme
	if g.m+g.n > 128 {
		return e, fmt.Errorf("%d strategies, at most 128 fit: %w; use --solver lemke-howson, or lp with constant sum", g.m+g.n, equilibria.ErrTooLarge)
	}
	x, y := g.polytopes()
	vx, err := g.vertices(ctx, x, func(v int) int { return v }, &e)
	if err != nil {
		return e, err
	}
	vy, err := g.vertices(ctx, y, func(v int) int { return (v + g.m) % (g.m + g.n) }, &e)
	if err != nil {
		return e, err
	}
	var all mask
	for l := range g.m + g.n {
		all.set(l)
	}
	e.Degenerate = slices.ContainsFunc(vx, func(v vertex) bool { return v.labels.count() > g.m }) ||
		slices.ContainsFunc(vy, func(v vertex) bool { return v.labels.count() > g.n })
	var pairs [][2]int
	for i, a := range vx {
		for j, b := range vy {
			if a.labels.or(b.labels) != all {
				continue
			}
			pairs = append(pairs, [2]int{i, j})
			p := Mixed{normalise(a.point), normalise(b.point)}
			e.Equilibria = append(e.Equilibria, p)
			e.Degenerate = e.Degenerate || g.Degenerate(p)
		}
	}
	e.Subsets = bicliques(pairs)
	e.Components = Joined(len(pairs), e.Subsets)
	return e, nil
}

// vertex of a polytope, with the labels of what is 0 there.
type vertex struct {
	labels mask
	point  []*big.Rat
}

// vertices walks all bases but lists each vertex once, without the origin.
func (g *Bimatrix) vertices(ctx context.Context, d *dictionary, label func(v int) int, e *Extreme) ([]vertex, error) {
	var found []vertex
	known := map[mask]bool{}
	visited := map[mask]bool{}
	basis := func() (b mask) {
		for _, v := range d.rows {
			b.set(v)
		}
		return b
	}
	note := func() {
		var l mask
		for v := range d.n + d.m {
			if d.isZero(v) {
				l.set(label(v))
			}
		}
		if known[l] {
			return
		}
		known[l] = true
		point := d.point()
		if slices.ContainsFunc(point, func(x *big.Rat) bool { return x.Sign() > 0 }) {
			found = append(found, vertex{l, point})
		}
	}
	// Depth first, undoing pivots on the way back.
	type move struct{ r, s int }
	var way []move
	next := []int{0} // column to try, per depth
	visited[basis()] = true
	e.Bases++
	note()
	for len(next) > 0 {
		s := next[len(next)-1]
		if s == d.n {
			next = next[:len(next)-1]
			if len(way) > 0 {
				last := way[len(way)-1]
				way = way[:len(way)-1]
				d.pivot(last.r, last.s)
			}
			continue
		}
		next[len(next)-1]++
		r := d.leaving(s)
		b := basis()
		b.clear(d.rows[r])
		b.set(d.cols[s])
		if visited[b] {
			continue
		}
		visited[b] = true
		if e.Bases++; e.Bases > mostBases {
			return nil, fmt.Errorf("more than %d bases of best-response polytopes: %w; use --solver lemke-howson", mostBases, equilibria.ErrTooLarge)
		}
		if e.Bases%64 == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		d.pivot(r, s)
		note()
		way, next = append(way, move{r, s}), append(next, 0)
	}
	return found, nil
}

// bicliques are the maximal sets of pairs that are all of a product, as indices
// into pairs: for every closed set of left ends, those joined to a common set of
// right ends.
func bicliques(pairs [][2]int) [][]int {
	right := map[int]map[int]int{} // left end to right end to pair
	var lefts []int
	for i, p := range pairs {
		if right[p[0]] == nil {
			right[p[0]] = map[int]int{}
			lefts = append(lefts, p[0])
		}
		right[p[0]][p[1]] = i
	}
	// Closed sets of right ends are the intersections of neighbourhoods.
	var closed [][]int
	seen := map[string]bool{}
	add := func(set []int) bool {
		key := fmt.Sprint(set)
		if len(set) == 0 || seen[key] {
			return false
		}
		seen[key] = true
		closed = append(closed, set)
		return true
	}
	var all [][]int
	for _, l := range lefts {
		var set []int
		for r := range right[l] {
			set = append(set, r)
		}
		slices.Sort(set)
		all = append(all, set)
		add(set)
	}
	for i := 0; i < len(closed) && len(closed) < 10_000; i++ {
		for _, set := range all {
			var both []int
			for _, r := range closed[i] {
				if _, ok := slices.BinarySearch(set, r); ok {
					both = append(both, r)
				}
			}
			add(both)
		}
	}
	var out [][]int
	for _, set := range closed {
		var members []int
		for i, l := range lefts {
			inside := true
			for _, r := range set {
				_, ok := slices.BinarySearch(all[i], r)
				inside = inside && ok
			}
			if inside {
				for _, r := range set {
					members = append(members, right[l][r])
				}
			}
		}
		slices.Sort(members)
		out = append(out, members)
	}
	// Closed pairs are exactly the maximal ones.
	slices.SortFunc(out, slices.Compare)
	return out
}

// Joined unites sets of the numbers below n that share members.
func Joined(n int, sets [][]int) [][]int {
	root := make([]int, n)
	for i := range root {
		root[i] = i
	}
	find := func(i int) int {
		for root[i] != i {
			root[i] = root[root[i]]
			i = root[i]
		}
		return i
	}
	for _, set := range sets {
		for _, i := range set[1:] {
			a, b := find(set[0]), find(i)
			root[max(a, b)] = min(a, b)
		}
	}
	var out [][]int
	at := map[int]int{}
	for i := range n {
		r := find(i)
		if _, ok := at[r]; !ok {
			at[r] = len(out)
			out = append(out, nil)
		}
		out[at[r]] = append(out[at[r]], i)
	}
	return out
}

// mask is a set of up to 128 numbers.
type mask [2]uint64

func (m *mask) set(i int)   { m[i/64] |= 1 << (i % 64) }
func (m *mask) clear(i int) { m[i/64] &^= 1 << (i % 64) }
func (m mask) or(o mask) mask {
	return mask{m[0] | o[0], m[1] | o[1]}
}
func (m mask) count() int { return bits.OnesCount64(m[0]) + bits.OnesCount64(m[1]) }
