package sampling

import (
	"slices"

	"arbiter/dice"
)

// raffle plays cells drawn by weight. Weights depend on which edges are open.
type raffle struct {
	one
	draws
	weigh func(l *Ledger, dst []float64) // writes the weight of every cell
	sums  []float64                      // of the weights up to each cell
	left  int                            // edges that were open then
}

func (r *raffle) Next(l *Ledger, _ int64) []Request {
	if r.sums == nil || r.left != l.left {
		r.sums, r.left = make([]float64, len(l.cells)), l.left
		r.weigh(l, r.sums)
		total := 0.0
		for c, w := range r.sums {
			total += w
			r.sums[c] = total
		}
	}
	ticket := dice.Float64(r.word()) * r.sums[len(r.sums)-1]
	c, _ := slices.BinarySearchFunc(r.sums, ticket, func(sum, ticket float64) int {
		if sum > ticket {
			return 1
		}
		return -1
	})
	return r.ask(l, c)
}
