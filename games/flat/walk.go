package flat

import "arbiter/games"

// Walk computes counterfactual values again and again without allocating. It
// belongs to one goroutine.
type Walk struct {
	b      *Board
	inner  []int32     // nodes with moves, parents first
	leaves []int32     // the others
	payoff [][]float64 // per seat, of the leaves
	parent [][]Step    // per seat and row: the seat's own last move before it

	others []float64 // per node: reach of all but the walking seat
	value  []float64 // per node: payoff of the walking seat, times others
	own    []float64 // per row: reach of the walking seat's own moves
	room   []float64
}

// NewWalk makes a Walk on b.
func (b *Board) NewWalk() *Walk {
	seats := b.info.Seats
	w := &Walk{b: b, others: make([]float64, len(b.nodes)), value: make([]float64, len(b.nodes)), payoff: make([][]float64, seats), parent: make([][]Step, seats)}
	for i := range b.nodes {
		if b.nodes[i].moves > 0 {
			w.inner = append(w.inner, int32(i))
		} else {
			w.leaves = append(w.leaves, int32(i))
		}
	}
	rows, moves := 0, 0
	for seat := range seats {
		for _, i := range w.leaves {
			w.payoff[seat] = append(w.payoff[seat], b.payoff[int(b.nodes[i].first)*seats+seat])
		}
		w.parent[seat] = b.Parents(seat)
		rows = max(rows, len(b.rows[seat]))
		for _, r := range b.rows[seat] {
			moves = max(moves, r.Moves)
		}
	}
	w.own, w.room = make([]float64, rows), make([]float64, moves)
	return w
}

// Others is the reach of chance and the others at a row of the walking seat, all
// its nodes together; for the visits of Counterfactual.
func (w *Walk) Others(seat, row int) float64 {
	sum := 0.0
	for _, i := range w.b.rows[seat][row].nodes {
		sum += w.others[i]
	}
	return sum
}

// Counterfactual visits every row of a seat with the reach of the seat's own
// moves before it and, per move, the expected payoff weighted by the reach of
// chance and the others. values belongs to the callee until it returns. A visit
// may change the seat's own policy at its row.
func (w *Walk) Counterfactual(seat int, p []games.Behaviour, visit func(row int, reach float64, values []float64)) {
	nodes, others, value := w.b.nodes, w.others, w.value
	others[0] = 1
	for _, i := range w.inner {
		n := &nodes[i]
		r, to := others[i], others[n.first:n.first+n.moves]
		if int(n.owner) == seat {
			for m := range to {
				to[m] = r
			}
			continue
		}
		for m, q := range w.b.probs(n, p)[:len(to)] {
			to[m] = r * q
		}
	}
	for j, x := range w.payoff[seat] {
		i := w.leaves[j]
		value[i] = others[i] * x
	}
	for j := len(w.inner) - 1; j >= 0; j-- {
		n := &nodes[w.inner[j]]
		sum, from := 0.0, value[n.first:n.first+n.moves]
		if int(n.owner) == seat {
			for m, q := range p[seat][n.row][:len(from)] {
				sum += q * from[m]
			}
		} else {
			for _, x := range from {
				sum += x
			}
		}
		value[w.inner[j]] = sum
	}
	for row, s := range w.parent[seat] {
		w.own[row] = 1
		if s.Row >= 0 {
			w.own[row] = w.own[s.Row] * p[seat][s.Row][s.Move]
		}
	}
	for row := range w.b.rows[seat] {
		r := &w.b.rows[seat][row]
		values := w.room[:r.Moves]
		clear(values)
		for _, i := range r.nodes {
			from := value[nodes[i].first:]
			for m := range values {
				values[m] += from[m]
			}
		}
		visit(row, w.own[row], values)
	}
}
