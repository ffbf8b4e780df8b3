package exact

import (
	"context"
	"math"
	"math/big"

	"arbiter/lp"
)

// Undominated are the strategies per player that survive iterated elimination of
// strategies that a mixture beats strictly. No Nash or correlated equilibrium
// gives weight to the others. A linear programme suggests the mixture, rational
// arithmetic decides.
func (n *Normal) Undominated(ctx context.Context) ([][]int, error) {
	kept := make([][]int, len(n.Shape))
	for k, m := range n.Shape {
		for s := range m {
			kept[k] = append(kept[k], s)
		}
	}
	u, _ := n.Scaled()
	for again := true; again; {
		again = false
		for k := range kept {
			for i := 0; i < len(kept[k]) && len(kept[k]) > 1; {
				beaten, err := n.beaten(ctx, u, k, kept[k][i], kept)
				if err != nil {
					return nil, err
				}
				if !beaten {
					i++
					continue
				}
				kept[k] = append(append([]int(nil), kept[k][:i]...), kept[k][i+1:]...)
				again = true
			}
		}
	}
	return kept, nil
}

// margin is the part of the payoff range by which a mixture must seem better to
// be looked at: above the errors of linear programmes.
const margin = 1e-8

// beaten tells whether a mixture of other kept strategies of player k is better
// than s against all kept profiles. u are the payoffs in floating point.
func (n *Normal) beaten(ctx context.Context, u [][]float64, k, s int, kept [][]int) (bool, error) {
	var others []int
	for _, t := range kept[k] {
		if t != s {
			others = append(others, t)
		}
	}
	var columns [][]int // per profile of the others: cells of s, then of the others
	profile := make([]int, len(kept))
	var visit func(j int)
	visit = func(j int) {
		switch {
		case j == len(kept):
			column := make([]int, 0, len(others)+1)
			for _, t := range append([]int{s}, others...) {
				profile[k] = t
				column = append(column, n.Cell(profile))
			}
			columns = append(columns, column)
		case j == k:
			visit(j + 1)
		default:
			for _, profile[j] = range kept[j] {
				visit(j + 1)
			}
		}
	}
	visit(0)
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, c := range columns {
		for _, cell := range c {
			lo, hi = min(lo, u[k][cell]), max(hi, u[k][cell])
		}
	}
	size := hi - lo
	if size == 0 {
		return false, nil
	}
	// Maximise t with mixture·u ≥ u(s) + t at every profile; t is free.
	last := len(others)
	p := lp.Problem{Cost: make([]float64, last+1), Free: make([]bool, last+1)}
	p.Cost[last], p.Free[last] = -1, true
	sum := lp.Row{Relation: lp.Equal, Right: 1}
	for t := range others {
		sum.Index, sum.Value = append(sum.Index, t), append(sum.Value, 1)
	}
	p.Rows = append(p.Rows, sum)
	for _, c := range columns {
		r := lp.Row{Index: []int{last}, Value: []float64{-1}, Relation: lp.AtLeast}
		for t := range others {
			r.Index, r.Value = append(r.Index, t), append(r.Value, (u[k][c[t+1]]-u[k][c[0]])/size)
		}
		p.Rows = append(p.Rows, r)
	}
	found, err := lp.Solve(ctx, p, 0)
	if err != nil || -found.Value < margin {
		return false, err
	}
	weights, total := make([]*big.Rat, last), new(big.Rat)
	for t := range weights {
		weights[t] = new(big.Rat).SetFloat64(max(0, found.X[t]))
		total.Add(total, weights[t])
	}
	for _, c := range columns {
		mean := new(big.Rat)
		for t, w := range weights {
			if w.Sign() > 0 {
				mean.Add(mean, new(big.Rat).Mul(w, n.Payoffs[k][c[t+1]]))
			}
		}
		if mean.Cmp(new(big.Rat).Mul(total, n.Payoffs[k][c[0]])) <= 0 {
			return false, nil
		}
	}
	return true, nil
}

// Cell is where the payoffs of a profile stand.
func (n *Normal) Cell(profile []int) int {
	cell := 0
	for j, s := range profile {
		cell = cell*n.Shape[j] + s
	}
	return cell
}

// Restrict is the game in which only the strategies kept are played.
func (n *Normal) Restrict(kept [][]int) *Normal {
	r := &Normal{Name: n.Name}
	for _, list := range kept {
		r.Shape = append(r.Shape, len(list))
	}
	profile := make([]int, len(kept))
	for k := range kept {
		var payoffs []*big.Rat
		var visit func(j int)
		visit = func(j int) {
			if j == len(kept) {
				payoffs = append(payoffs, n.Payoffs[k][n.Cell(profile)])
				return
			}
			for _, profile[j] = range kept[j] {
				visit(j + 1)
			}
		}
		visit(0)
		r.Payoffs = append(r.Payoffs, payoffs)
	}
	return r
}
