package flat

import "math"

// Values writes the expected payoff of every seat under p.
func (b *Board) Values(dst []float64, p []Strategy) {
	v := make([]float64, len(b.nodes))
	for seat := range dst {
		for i := len(b.nodes) - 1; i >= 0; i-- {
			v[i] = b.backup(&b.nodes[i], p, seat, v)
		}
		dst[seat] = v[0]
	}
}

// backup is the value of a node for a seat, given those of its children.
func (b *Board) backup(n *node, p []Strategy, seat int, v []float64) float64 {
	if n.moves == 0 {
		return b.payoff[int(n.first)*b.info.Seats+seat]
	}
	sum := 0.0
	for m, q := range b.probs(n, p) {
		sum += q * v[int(n.first)+m]
	}
	return sum
}

func (b *Board) probs(n *node, p []Strategy) []float64 {
	if int(n.owner) == b.info.Seats {
		return b.odds[n.row]
	}
	return p[n.owner][n.row]
}

// BestResponse returns the largest expected payoff of a seat against the other
// seats of p, and a pure strategy that earns it: the lowest move on ties, also
// where the others never let it get to.
func (b *Board) BestResponse(seat int, p []Strategy) (float64, Strategy) {
	// reach is the probability that chance and the others play to a node.
	reach := make([]float64, len(b.nodes))
	reach[0] = 1
	for i := range b.nodes {
		n := &b.nodes[i]
		if n.moves == 0 {
			continue
		}
		var probs []float64
		if int(n.owner) != seat {
			probs = b.probs(n, p)
		}
		for m := range int(n.moves) {
			q := reach[i]
			if probs != nil {
				q *= probs[m]
			}
			reach[int(n.first)+m] = q
		}
	}
	r := responder{b: b, seat: seat, p: p, reach: reach, choice: make([]int, len(b.rows[seat])), v: make([]float64, len(b.nodes))}
	for i := range r.choice {
		r.choice[i] = -1
	}
	for i := range r.v {
		r.v[i] = math.NaN()
	}
	value := r.value(0)
	s := make(Strategy, len(r.choice))
	for i, row := range b.rows[seat] {
		s[i] = make([]float64, row.Moves)
		s[i][max(0, r.choose(int32(i)))] = 1
	}
	return value, s
}

// responder values nodes for one seat that answers as well as it can.
type responder struct {
	b      *Board
	seat   int
	p      []Strategy
	reach  []float64
	choice []int
	v      []float64 // NaN: not yet known
}

func (r *responder) value(i int) float64 {
	if !math.IsNaN(r.v[i]) {
		return r.v[i]
	}
	n := &r.b.nodes[i]
	x := 0.0
	switch {
	case n.moves == 0:
		x = r.b.payoff[int(n.first)*r.b.info.Seats+r.seat]
	case int(n.owner) == r.seat:
		x = r.value(int(n.first) + r.choose(n.row))
	default:
		for m, q := range r.b.probs(n, r.p) {
			if q != 0 {
				x += q * r.value(int(n.first)+m)
			}
		}
	}
	r.v[i] = x
	return x
}

// tied is the relative difference of values that rounding can make.
const tied = 1e-13

// choose is the best move at an information set, weighing its nodes by reach.
func (r *responder) choose(row int32) int {
	if c := r.choice[row]; c >= 0 {
		return c
	}
	best, move := math.Inf(-1), 0
	info := &r.b.rows[r.seat][row]
	for m := range info.Moves {
		x := 0.0
		for _, i := range info.nodes {
			if q := r.reach[i]; q != 0 {
				x += q * r.value(int(r.b.nodes[i].first)+m)
			}
		}
		if m == 0 || x-best > tied*(math.Abs(x)+math.Abs(best)) {
			best, move = x, m
		}
	}
	r.choice[row] = move
	return move
}

// Evaluation tells how far a policy is from equilibrium.
type Evaluation struct {
	Values             []float64 // expected payoff per seat
	BestResponseValues []float64 // what each seat could get alone
	Gaps               []float64 // the difference, per seat
	NashConv           float64   // sum of the gaps
	Exploitability     float64   // NashConv per seat
}

// Evaluate judges a policy exactly.
func (b *Board) Evaluate(p []Strategy) Evaluation {
	k := b.info.Seats
	e := Evaluation{Values: make([]float64, k), BestResponseValues: make([]float64, k), Gaps: make([]float64, k)}
	b.Values(e.Values, p)
	for seat := range k {
		e.BestResponseValues[seat], _ = b.BestResponse(seat, p)
		e.Gaps[seat] = e.BestResponseValues[seat] - e.Values[seat]
		e.NashConv += e.Gaps[seat]
	}
	e.Exploitability = e.NashConv / float64(k)
	return e
}

// Reached tells which rows of a seat it can get to under s, whatever chance
// and the others do.
func (b *Board) Reached(seat int, s Strategy) []bool {
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
