package equilibria

import (
	"math"

	"arbiter/games/flat"
)

// responses works out the conditional values of all moves of a game and their
// derivatives, in log probabilities, so that reaches may be as small as exp(-1e6):
// w_I(a) = Σ_leaf weight·payoff / Σ_h∈I weight, where weights are products of
// probabilities on the way, own ones included (they cancel), and Log p are free
// variables. One information state per seat is a normal form.
type responses struct {
	b     *flat.Board
	n     int   // moves of all sets
	sets  []set // of all seats
	nodes []history
	leafs []history
	scale float64 // largest payoff range
}

// set is an information set; its moves are first, first+1, ….
type set struct{ seat, row, first, count int }

// history is the moves on the way to a node, as numbers of moves, and the log of
// chance's part.
type history struct {
	moves  []int
	sets   []int // of moves
	chance float64
	set    int // of a node
	payoff []float64
}

func newResponses(b *flat.Board) *responses {
	r := &responses{b: b, scale: newField(b, true).scale}
	at := make([][]int, b.Info().Seats) // number of a row's set
	for k := range at {
		for row, x := range b.Rows(k) {
			at[k] = append(at[k], len(r.sets))
			r.sets = append(r.sets, set{k, row, r.n, x.Moves})
			r.n += x.Moves
		}
	}
	var visit func(i int, h history)
	visit = func(i int, h history) {
		n := b.Node(i)
		switch {
		case n.Moves == 0:
			h.payoff = b.Payoff(n.First)
			r.leafs = append(r.leafs, h)
		case n.Turn < 0:
			for m, p := range b.Odds(n.Row) {
				if p > 0 {
					next := h
					next.chance += math.Log(p)
					visit(n.First+m, next)
				}
			}
		default:
			h.set = at[n.Turn][n.Row]
			r.nodes = append(r.nodes, h)
			for m := range n.Moves {
				next := h
				next.moves = append(append([]int(nil), h.moves...), r.sets[h.set].first+m)
				next.sets = append(append([]int(nil), h.sets...), h.set)
				visit(n.First+m, next)
			}
		}
	}
	visit(0, history{})
	return r
}

// at writes the conditional values w and, if d is not nil, their derivatives:
// d[a·n + b] is that of w_a by the log probability of b.
func (r *responses) at(x, w, d []float64) {
	n := r.n
	top := make([]float64, len(r.sets))
	for i := range top {
		top[i] = math.Inf(-1)
	}
	logs := func(h *history) float64 {
		sum := h.chance
		for _, m := range h.moves {
			sum += x[m]
		}
		return sum
	}
	reach := make([]float64, len(r.nodes))
	for i := range r.nodes {
		reach[i] = logs(&r.nodes[i])
		top[r.nodes[i].set] = max(top[r.nodes[i].set], reach[i])
	}
	total := make([]float64, len(r.sets))
	for i := range r.nodes {
		total[r.nodes[i].set] += math.Exp(reach[i] - top[r.nodes[i].set])
	}
	clear(w)
	clear(d)
	for i := range r.leafs {
		h := &r.leafs[i]
		l := logs(h)
		for j, a := range h.moves {
			s := h.sets[j]
			v := math.Exp(l-x[a]-top[s]) / total[s] * h.payoff[r.sets[s].seat]
			w[a] += v
			if d == nil {
				continue
			}
			for _, b := range h.moves {
				if b != a {
					d[a*n+b] += v
				}
			}
		}
	}
	if d == nil {
		return
	}
	for i := range r.nodes {
		h := &r.nodes[i]
		if len(h.moves) == 0 {
			continue
		}
		s := r.sets[h.set]
		share := math.Exp(reach[i]-top[h.set]) / total[h.set]
		for _, b := range h.moves {
			for a := s.first; a < s.first+s.count; a++ {
				d[a*n+b] -= share * w[a]
			}
		}
	}
}

// strategies are the probabilities of x as policies.
func (r *responses) strategies(x []float64) []flat.Strategy {
	p := r.b.Uniform()
	for _, s := range r.sets {
		softmax(x[s.first:s.first+s.count], 1, p[s.seat][s.row])
	}
	return p
}

// residual is the largest distance of a probability from its logit response.
func (r *responses) residual(x []float64, lambda float64) float64 {
	w := make([]float64, r.n)
	r.at(x, w, nil)
	off := 0.0
	for _, s := range r.sets {
		answer := make([]float64, s.count)
		softmax(w[s.first:s.first+s.count], lambda, answer)
		for m, p := range answer {
			off = max(off, math.Abs(p-math.Exp(x[s.first+m])))
		}
	}
	return off
}
