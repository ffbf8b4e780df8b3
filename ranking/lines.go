package ranking

import (
	"slices"

	"arbiter/profile"
)

// On a line (one player moves, the others stay) every profile is compared with
// every other, but what can be reached is known from neighbours in the order of
// the mover's payoff: from a profile to the next better one always, to the next
// worse one if it ties. So sinks take |S|·K links instead of |S|·D/2 edges, and
// no edge is ever stored.

// Lines lists the profiles of every line of mover k, line after line, each by
// increasing payoff of the mover, ties by id.
func (p Payoffs) Lines(k int) []int32 {
	n, total, stride := p.Shape[k], p.N(), p.Stride(k)
	type entry struct {
		x  float64
		id int32
	}
	line := make([]entry, n)
	out := make([]int32, 0, total)
	for first := range total {
		if first/stride%n != 0 {
			continue
		}
		for a := range line {
			id := first + a*stride
			line[a] = entry{p.M[k][id], int32(id)}
		}
		slices.SortFunc(line, func(a, b entry) int {
			switch {
			case a.x < b.x:
				return -1
			case a.x > b.x:
				return 1
			}
			return int(a.id - b.id)
		})
		for _, e := range line {
			out = append(out, e.id)
		}
	}
	return out
}

// Sinks lists the sinks of Response(p, tie) without making it: for several
// players in time and space that grow with the number of profiles, not of edges.
func (p Payoffs) Sinks(tie float64) [][]int {
	if p.Single {
		return Response(p, tie).Sinks()
	}
	orders := make([][]int32, len(p.Shape))
	for mover := range orders {
		orders[mover] = p.Lines(mover)
	}
	return NewLinks(p.N(), func(visit func(from, to int32)) {
		for mover, width := range p.Shape {
			order, m := orders[mover], p.M[mover]
			for i, id := range order {
				if i%width == width-1 {
					continue
				}
				above := order[i+1]
				visit(id, above)
				if Direction(m[id], m[above], tie) == profile.Tie {
					visit(above, id)
				}
			}
		}
	}).Sinks()
}
