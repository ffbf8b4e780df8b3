package flat

import (
	"math"

	"arbiter/games"
)

// unplayed is the logarithm of the probability that moves of probability 0 are
// given in beliefs: where nobody gets to, those who need the fewest of them are
// believed in.
const unplayed = -1e6

// Conditional visits every row of a seat with what each move earns, the rest of
// play following p, given that the row is reached: by the logarithms of reaches,
// which may be as small as they like, and 0. It takes longer than Counterfactual
// over Others, which is the same where that does not underflow.
func (w *Walk) Conditional(seat int, p []games.Behaviour, visit func(row int, values []float64)) {
	nodes, reach, value := w.b.nodes, w.others, w.value
	reach[0] = 0
	for _, i := range w.inner {
		n := &nodes[i]
		r, to := reach[i], reach[n.first:n.first+n.moves]
		if int(n.owner) == seat {
			for m := range to {
				to[m] = r
			}
			continue
		}
		for m, q := range w.b.probs(n, p)[:len(to)] {
			to[m] = r + max(math.Log(q), unplayed)
		}
	}
	for j, x := range w.payoff[seat] {
		value[w.leaves[j]] = x
	}
	for j := len(w.inner) - 1; j >= 0; j-- {
		n := &nodes[w.inner[j]]
		sum := 0.0
		for m, q := range w.b.probs(n, p)[:n.moves] {
			sum += q * value[int(n.first)+m]
		}
		value[w.inner[j]] = sum
	}
	for row := range w.b.rows[seat] {
		r := &w.b.rows[seat][row]
		top := math.Inf(-1)
		for _, i := range r.nodes {
			top = max(top, reach[i])
		}
		values := w.room[:r.Moves]
		clear(values)
		total := 0.0
		for _, i := range r.nodes {
			belief := math.Exp(reach[i] - top)
			total += belief
			for m := range values {
				values[m] += belief * value[int(nodes[i].first)+m]
			}
		}
		for m := range values {
			values[m] /= total
		}
		visit(row, values)
	}
}
