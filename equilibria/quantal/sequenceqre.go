package quantal

import (
	"math"
	"slices"

	"arbiter/games/flat"
	"arbiter/internal/num"
)

// sequential is the system of a tree whose players each answer with their whole
// strategy, at the price of dilated entropy: the logits of a set are λ times the
// payoff its moves lead to before the next set of the owner, weighted by the
// reach of chance and the others, plus log Σ exp of the logits of these sets. That
// is the logit response in the reduced normal form, without listing strategies
// (Ling, Fang and Kolter 2018).
type sequential struct {
	alike
	ratio    []float64
	scale    []float64
	centre   []float64
	order    []int     // sets, those after others of the owner first
	children [][]child // per set: the owner's next sets
}

// child is a set that follows a move.
type child struct{ move, set int }

func newSequential(b *flat.Board, merge bool, ratio []float64) *sequential {
	r := &sequential{ratio: ratio, alike: newAlike(b, merge)}
	r.scale, r.centre = payoffRange(b)
	r.children = make([][]child, len(r.list))
	before := make([]int, len(r.list)) // own moves
	for seat, rows := range r.class {
		parents := b.Parents(seat)
		for row, c := range rows {
			p := parents[row]
			if p.Row < 0 {
				continue
			}
			if q := rows[p.Row]; r.list[q].row == int(p.Row) {
				r.children[q] = append(r.children[q], child{int(p.Move), c})
			}
			if r.list[c].row == row {
				for ; p.Row >= 0; p = parents[p.Row] {
					before[c]++
				}
			}
		}
	}
	for i := range r.list {
		r.order = append(r.order, i)
	}
	slices.SortStableFunc(r.order, func(i, j int) int { return before[j] - before[i] })
	return r
}

func (r *sequential) sets() []set { return r.list }

func (r *sequential) at(x []float64, lambda float64, y, dl []float64, d *blocks) {
	clear(y)
	clear(dl)
	for i := range r.leaves {
		h := &r.leaves[i]
		for j, a := range h.moves {
			s := h.sets[j]
			seat := r.list[s].seat
			if !r.keep[i][j] {
				continue
			}
			l, last := h.chance, true
			for k, t := range h.sets {
				if r.list[t].seat != seat {
					l += x[h.moves[k]]
				} else if k > j {
					last = false
				}
			}
			if !last {
				continue
			}
			v := math.Exp(l) * (h.payoff[seat] - r.centre[seat]) / r.scale[seat] * r.ratio[seat]
			y[a] += lambda * v
			dl[a] += v
			if d == nil {
				continue
			}
			row := d.row(int(s), int(a)-r.list[s].first)
			for k, b := range h.moves {
				if t := h.sets[k]; r.list[t].seat != seat {
					row[int(d.at[s][t])+int(b)-r.list[t].first] += lambda * v
				}
			}
		}
	}
	for _, i := range r.order {
		s := r.list[i]
		for _, c := range r.children[i] {
			next := r.list[c.set]
			logits := y[next.first : next.first+next.count]
			p := make([]float64, next.count)
			num.Softmax(p, logits, 1)
			y[s.first+c.move] += num.LogSumExp(logits)
			for m, q := range p {
				dl[s.first+c.move] += q * dl[next.first+m]
				if d == nil {
					continue
				}
				row, from := d.row(i, c.move), d.row(c.set, m)
				for _, t := range d.cols[c.set] {
					// Columns that elimination fills in are 0 here, and may be missing above.
					if to := d.at[i][t]; to >= 0 {
						at := int(d.at[c.set][t])
						for o := range d.first[t+1] - d.first[t] {
							row[int(to)+o] += q * from[at+o]
						}
					}
				}
			}
		}
	}
}
