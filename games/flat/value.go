package flat

import (
	"math"

	"arbiter/games"
)

// Values writes the expected payoff of every seat under p.
func (b *Board) Values(dst []float64, p []games.Behaviour) {
	clear(dst)
	reach := make([]float64, len(b.nodes))
	reach[0] = 1
	for i := range b.nodes {
		n := &b.nodes[i]
		r := reach[i]
		if n.moves == 0 {
			if r != 0 {
				for seat := range dst {
					dst[seat] += r * b.payoff[int(n.first)*b.info.Seats+seat]
				}
			}
			continue
		}
		for m, q := range b.probs(n, p) {
			reach[int(n.first)+m] = r * q
		}
	}
}

func (b *Board) probs(n *node, p []games.Behaviour) []float64 {
	if int(n.owner) == b.info.Seats {
		return b.odds[n.row]
	}
	return p[n.owner][n.row]
}

// BestResponse returns the largest expected payoff of a seat against the other
// seats of p, and a pure strategy that earns it: the lowest move on ties, also
// where the others never let it get to.
func (b *Board) BestResponse(seat int, p []games.Behaviour) (float64, games.Behaviour) {
	value, choice := b.respond(seat, p)
	s := make(games.Behaviour, len(choice))
	for i, row := range b.rows[seat] {
		s[i] = make([]float64, row.Moves)
		s[i][choice[i]] = 1
	}
	return value, s
}

// layer holds the nodes with moves before which a seat has moved equally often,
// parents first, and the seat's rows among them.
type layer struct{ nodes, rows []int32 }

// layers are those of a seat, by how often it has moved before.
func (b *Board) layers(seat int) []layer {
	depth := make([]int32, len(b.nodes))
	var all []layer
	for i := range b.nodes {
		n := &b.nodes[i]
		if n.moves == 0 {
			continue
		}
		d := depth[i]
		for int(d) >= len(all) {
			all = append(all, layer{})
		}
		all[d].nodes = append(all[d].nodes, int32(i))
		if int(n.owner) == seat {
			if d++; b.rows[seat][n.row].nodes[0] == int32(i) {
				all[d-1].rows = append(all[d-1].rows, n.row)
			}
		}
		for m := range n.moves {
			depth[n.first+m] = d
		}
	}
	return all
}

// tied is the relative difference of values that rounding can make.
const tied = 1e-13

// respond finds the best moves of a seat, layer by layer from the last: with
// perfect recall the nodes of a row are in one layer, and what a row's moves
// lead to is known once all later layers are.
func (b *Board) respond(seat int, p []games.Behaviour) (float64, []int32) {
	// reach is the probability that chance and the others play to a node, value
	// the best payoff from it, times reach.
	room := make([]float64, 2*len(b.nodes))
	reach, value := room[:len(b.nodes)], room[len(b.nodes):]
	reach[0] = 1
	for i := range b.nodes {
		n := &b.nodes[i]
		r := reach[i]
		if n.moves == 0 {
			value[i] = r * b.payoff[int(n.first)*b.info.Seats+seat]
			continue
		}
		to := reach[n.first : n.first+n.moves]
		if int(n.owner) == seat {
			for m := range to {
				to[m] = r
			}
			continue
		}
		for m, q := range b.probs(n, p)[:len(to)] {
			to[m] = r * q
		}
	}
	choice := make([]int32, len(b.rows[seat]))
	layers := b.layering[seat]()
	for d := len(layers) - 1; d >= 0; d-- {
		for _, row := range layers[d].rows {
			r := &b.rows[seat][row]
			best := math.Inf(-1)
			for m := range r.Moves {
				x := 0.0
				for _, i := range r.nodes {
					x += value[int(b.nodes[i].first)+m]
				}
				if m == 0 || x-best > tied*(math.Abs(x)+math.Abs(best)) {
					best, choice[row] = x, int32(m)
				}
			}
		}
		nodes := layers[d].nodes
		for j := len(nodes) - 1; j >= 0; j-- {
			n := &b.nodes[nodes[j]]
			if int(n.owner) == seat {
				value[nodes[j]] = value[n.first+choice[n.row]]
				continue
			}
			sum := 0.0
			for _, x := range value[n.first : n.first+n.moves] {
				sum += x
			}
			value[nodes[j]] = sum
		}
	}
	return value[0], choice
}

// Evaluate judges a policy exactly: up to rounding in units of every seat's own
// range of payoffs.
func (b *Board) Evaluate(p []games.Behaviour) games.Evaluation {
	for _, s := range b.Scales() {
		if !s.Plain() {
			return b.restored(b.Unit().evaluate(p))
		}
	}
	return b.evaluate(p)
}

// restored turns what the unit is worth into payoffs.
func (b *Board) restored(e games.Evaluation) games.Evaluation {
	e.NashConv = 0
	for k, s := range b.Scales() {
		e.Values[k] = s.Value(e.Values[k])
		e.Gaps[k] = s.Up(e.Gaps[k])
		e.BestResponseValues[k] = e.Values[k] + e.Gaps[k]
		e.NashConv += e.Gaps[k]
	}
	e.Exploitability = e.NashConv / float64(len(e.Gaps))
	return e
}

func (b *Board) evaluate(p []games.Behaviour) games.Evaluation {
	k := b.info.Seats
	e := games.Evaluation{Values: make([]float64, k), BestResponseValues: make([]float64, k), Gaps: make([]float64, k)}
	b.Values(e.Values, p)
	for seat := range k {
		e.BestResponseValues[seat], _ = b.respond(seat, p)
		e.Gaps[seat] = e.BestResponseValues[seat] - e.Values[seat]
		e.NashConv += e.Gaps[seat]
	}
	e.Exploitability = e.NashConv / float64(k)
	return e
}

// Reached tells which rows of a seat it can get to under s, whatever chance
// and the others do.
func (b *Board) Reached(seat int, s games.Behaviour) []bool {
	rows := make([]bool, len(b.rows[seat]))
	nodes := make([]bool, len(b.nodes))
	nodes[0] = true
	for i := range b.nodes {
		n := &b.nodes[i]
		if !nodes[i] {
			continue
		}
		own := n.moves > 0 && int(n.owner) == seat
		if own {
			rows[n.row] = true
		}
		for m := range int(n.moves) {
			nodes[int(n.first)+m] = !own || s[n.row][m] > 0
		}
	}
	return rows
}

// Never lists, by seat, the rows that a policy of all seats never gets to, chance
// included.
func (b *Board) Never(p []games.Behaviour) [][]int {
	open := make([]bool, len(b.nodes))
	open[0] = true
	reached := make([][]bool, len(b.rows))
	for k, rows := range b.rows {
		reached[k] = make([]bool, len(rows))
	}
	for i := range b.nodes {
		n := &b.nodes[i]
		if !open[i] || n.moves == 0 {
			continue
		}
		if int(n.owner) < b.info.Seats {
			reached[n.owner][n.row] = true
		}
		for m, q := range b.probs(n, p) {
			open[int(n.first)+m] = q > 0
		}
	}
	out := make([][]int, len(b.rows))
	for k, list := range reached {
		for row, ok := range list {
			if !ok {
				out[k] = append(out[k], row)
			}
		}
	}
	return out
}
