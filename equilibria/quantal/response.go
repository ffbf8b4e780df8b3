package quantal

import (
	"cmp"
	"math"
	"slices"

	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/internal/num"
)

// set is an information set, or a player of a normal form; its moves are first,
// first+1, ….
type set struct{ seat, row, first, count int }

// responses is a system of logit responses in log probabilities x of all moves:
// at every set x = λ·v - log Σ exp(λ·v), where v are the values that a concept
// gives to moves, in units of the payoff range. Sets stand in an order in which
// elimination fills little in.
type responses interface {
	sets() []set
	// pattern lists, per set, the sets whose moves its values depend on.
	pattern() [][]int32
	// at writes the logits y = λ·v and their derivatives dl by λ; into d, if it is
	// not nil and cleared, those by x, rows and columns being moves.
	at(x []float64, lambda float64, y, dl []float64, d *blocks)
	// behaviour turns log probabilities into a policy.
	behaviour(x []float64) []games.Behaviour
}

// moves is the number of moves of all sets.
func moves(list []set) int {
	if len(list) == 0 {
		return 0
	}
	last := list[len(list)-1]
	return last.first + last.count
}

// coupled lists all pairs of sets.
func coupled(n int) [][]int32 {
	out := make([][]int32, n)
	for i := range out {
		for j := range n {
			out[i] = append(out[i], int32(j))
		}
	}
	return out
}

// tensor is the system of a normal form: v is the expected payoff.
type tensor struct {
	list   []set
	player []int // position in list
	shape  []int
	cells  [][]float64 // [player][profile], last player fastest, in units of the range
	turn   func(player int, mixed []float64) games.Behaviour
	ratio  []float64
	p      []float64
}

// newTensor takes payoffs in units of their range. The player with the most
// strategies comes first: it is eliminated for nothing.
func newTensor(shape []int, cells [][]float64, ratio []float64, turn func(int, []float64) games.Behaviour) *tensor {
	t := &tensor{player: make([]int, len(shape)), shape: shape, cells: cells, turn: turn, ratio: ratio}
	for k, n := range shape {
		t.list = append(t.list, set{seat: k, count: n})
	}
	slices.SortStableFunc(t.list, func(a, b set) int { return cmp.Compare(b.count, a.count) })
	at := 0
	for i := range t.list {
		t.list[i].first = at
		at += t.list[i].count
		t.player[t.list[i].seat] = i
	}
	t.p = make([]float64, at)
	return t
}

func (t *tensor) sets() []set        { return t.list }
func (t *tensor) pattern() [][]int32 { return coupled(len(t.list)) }

func (t *tensor) at(x []float64, lambda float64, y, dl []float64, d *blocks) {
	for i, l := range x {
		t.p[i] = math.Exp(l)
	}
	clear(dl)
	n := len(t.shape)
	index := make([]int, n) // of the profile
	below, above := make([]float64, n+1), make([]float64, n+1)
	for cell := range t.cells[0] {
		below[0], above[n] = 1, 1
		for k := range n {
			below[k+1] = below[k] * t.p[t.list[t.player[k]].first+index[k]]
		}
		for k := n - 1; k >= 0; k-- {
			above[k] = above[k+1] * t.p[t.list[t.player[k]].first+index[k]]
		}
		for k := range n {
			i := t.player[k]
			v := t.cells[k][cell] * below[k] * above[k+1] * t.ratio[k]
			dl[t.list[i].first+index[k]] += v
			if d == nil {
				continue
			}
			row := d.row(i, index[k])
			for o := range n {
				if o != k {
					j := t.player[o]
					row[int(d.at[i][j])+index[o]] += lambda * v
				}
			}
		}
		for k := n - 1; k >= 0; k-- {
			if index[k]++; index[k] < t.shape[k] {
				break
			}
			index[k] = 0
		}
	}
	for i, v := range dl {
		y[i] = lambda * v
	}
}

func (t *tensor) behaviour(x []float64) []games.Behaviour {
	out := make([]games.Behaviour, len(t.shape))
	for k := range out {
		s := t.list[t.player[k]]
		p := make([]float64, s.count)
		num.Softmax(p, x[s.first:s.first+s.count], 1)
		out[k] = t.turn(k, p)
	}
	return out
}

// simultaneous is the normal form of a board on which every seat chooses exactly
// once, whatever happens; ok is false for others.
func simultaneous(b *flat.Board) (shape []int, cells [][]float64, ok bool) {
	seats := b.Info().Seats
	size := 1
	for k := range seats {
		if len(b.Rows(k)) != 1 {
			return nil, nil, false
		}
		shape = append(shape, b.Rows(k)[0].Moves)
		size *= shape[k]
	}
	for range seats {
		cells = append(cells, make([]float64, size))
	}
	ok = true
	b.Leaves(func(last []flat.Step, chance float64, payoff []float64) {
		at := 0
		for k, s := range last {
			if s.Row < 0 {
				ok = false
				return
			}
			at = at*shape[k] + int(s.Move)
		}
		for k := range cells {
			cells[k][at] += chance * payoff[k]
		}
	})
	return shape, cells, ok
}

// Simultaneous tells whether every seat of b chooses exactly once, whatever
// happens: its agent form is its normal form.
func Simultaneous(b *flat.Board) bool {
	_, _, ok := simultaneous(b)
	return ok
}

// history is the way to a node or a leaf.
type history struct {
	moves  []int32 // numbers of the moves of its sets
	sets   []int32
	chance float64 // log of its part
	set    int     // of a node
	payoff []float64
}

// alike is how the sets of a tree are held: sets of one class share their
// probabilities.
type alike struct {
	b      *flat.Board
	list   []set     // one per class: the first of it
	class  [][]int   // [seat][row]
	single bool      // every class is one set
	nodes  []history // of the sets in list
	leaves []history // those that pass a set of list
	keep   [][]bool  // per leaf and move: whether it passes the set of list itself
}

// agents is the system of a tree in which every information set answers the
// values of its moves given that it is reached, by beliefs that follow from play
// (McKelvey and Palfrey 1998), or, weighted, those of the whole game: the first
// times the reach of the set. Weights are kept as logarithms, so that reaches may
// be as small as exp(-1e6).
type agents struct {
	alike
	weighted bool
	ratio    []float64
	scale    []float64 // per seat
	centre   []float64

	reach, top, total []float64
}

func newAgents(b *flat.Board, weighted, merge bool, ratio []float64) *agents {
	r := &agents{weighted: weighted, ratio: ratio, alike: newAlike(b, merge)}
	r.scale, r.centre = payoffRange(b)
	r.reach, r.top, r.total = make([]float64, len(r.nodes)), make([]float64, len(r.list)), make([]float64, len(r.list))
	return r
}

// payoffRange are the ranges of the seats' payoffs, or 1, and the middles.
func payoffRange(b *flat.Board) (scale, centre []float64) {
	for k, s := range b.Scales() {
		lo, hi := math.Inf(1), math.Inf(-1)
		b.Leaves(func(_ []flat.Step, _ float64, payoff []float64) { lo, hi = min(lo, payoff[k]), max(hi, payoff[k]) })
		if s.Range == 0 {
			s.Range = 1
		}
		scale, centre = append(scale, s.Range), append(centre, lo/2+hi/2)
	}
	return scale, centre
}

func (r *agents) sets() []set { return r.list }

// pattern couples sets on a way to the same leaf.
func (r *alike) pattern() [][]int32 {
	on := make([]map[int32]bool, len(r.list))
	for i := range on {
		on[i] = map[int32]bool{}
	}
	for _, h := range r.leaves {
		for _, s := range h.sets {
			for _, t := range h.sets {
				on[s][t] = true
			}
		}
	}
	out := make([][]int32, len(r.list))
	for i, m := range on {
		for j := range m {
			out[i] = append(out[i], j)
		}
		slices.Sort(out[i])
	}
	return out
}

func (r *agents) at(x []float64, lambda float64, y, dl []float64, d *blocks) {
	for i := range r.top {
		r.top[i], r.total[i] = math.Inf(-1), 0
	}
	if r.weighted {
		for i := range r.top {
			r.top[i], r.total[i] = 0, 1
		}
	} else {
		// The owner's own moves before a set cancel and are left out.
		for i := range r.nodes {
			h := &r.nodes[i]
			l := h.chance
			for j, m := range h.moves {
				if r.list[h.sets[j]].seat != r.list[h.set].seat {
					l += x[m]
				}
			}
			r.reach[i] = l
			r.top[h.set] = max(r.top[h.set], l)
		}
		for i := range r.nodes {
			s := r.nodes[i].set
			r.reach[i] = math.Exp(r.reach[i] - r.top[s])
			r.total[s] += r.reach[i]
		}
	}
	clear(dl)
	for i := range r.leaves {
		h := &r.leaves[i]
		l := h.chance
		for _, m := range h.moves {
			l += x[m]
		}
		for j, a := range h.moves {
			if !r.keep[i][j] {
				continue
			}
			s := h.sets[j]
			seat := r.list[s].seat
			w := l - x[a] - r.top[s]
			if !r.weighted {
				for k := range j {
					if r.list[h.sets[k]].seat == seat {
						w -= x[h.moves[k]]
					}
				}
			}
			v := math.Exp(w) / r.total[s] * (h.payoff[seat] - r.centre[seat]) / r.scale[seat] * r.ratio[seat]
			dl[a] += v
			if d == nil {
				continue
			}
			row := d.row(int(s), int(a)-r.list[s].first)
			for k, b := range h.moves {
				if k == j || k < j && !r.weighted && r.list[h.sets[k]].seat == seat {
					continue
				}
				t := h.sets[k]
				row[int(d.at[s][t])+int(b)-r.list[t].first] += lambda * v
			}
		}
	}
	for i, v := range dl {
		y[i] = lambda * v
	}
	if d == nil || r.weighted {
		return
	}
	for i := range r.nodes {
		h := &r.nodes[i]
		s := r.list[h.set]
		share := lambda * r.reach[i] / r.total[h.set]
		for k, b := range h.moves {
			t := r.list[h.sets[k]]
			if t.seat == s.seat {
				continue
			}
			at := int(d.at[h.set][h.sets[k]]) + int(b) - t.first
			for c := range s.count {
				d.row(h.set, c)[at] -= share * dl[s.first+c]
			}
		}
	}
}

func (r *alike) behaviour(x []float64) []games.Behaviour {
	p := r.b.Uniform()
	for k, rows := range r.class {
		for row, c := range rows {
			s := r.list[c]
			num.Softmax(p[k][row], x[s.first:s.first+s.count], 1)
		}
	}
	return p
}
