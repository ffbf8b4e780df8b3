package choose

import (
	"math"
	"slices"

	"arbiter/equilibria/quantal"
	"arbiter/games"
	"arbiter/games/flat"
)

// A probability exp(x) is known up to rounding (moves + |x|) of itself, as solvers
// keep logarithms: that is what a belief at a set that is seldom reached is worth, and
// times lambda what the response to it is.
const rounding, moves = 1e-15, 32

// departure is how far a policy is from the logit responses of a form to itself: the
// largest distance of a probability from what its information set answers at
// precisions lambda, one per player; where that is above the tolerance, less what rounding
// of the policy can make. It shares no code with the solver. judged is false if play leads to some set too seldom for a
// number, of which nothing is said.
func departure(b *flat.Board, p []games.Behaviour, form quantal.Form, lambda []float64, tolerance float64) (most float64, judged bool) {
	r := newReply(b, p)
	judged = true
	for k := range lambda {
		lo, hi := r.ranges(k)
		steep := lambda[k] * (hi - lo) // values are in units of the range
		logits, errs := r.logits(k, form, steep, lo/2+hi/2, hi-lo)
		for row, list := range logits {
			if list == nil { // chance never leads there
				continue
			}
			if r.seldom(k, row, form) {
				judged = false
				continue
			}
			top, sum := math.Inf(-1), 0.0
			unsure := rounding
			for a, y := range list {
				top, unsure = max(top, y), max(unsure, errs[row][a])
			}
			for _, y := range list {
				sum += math.Exp(y - top)
			}
			for a, y := range list {
				// A probability moves by at most half of what a difference of logits does.
				off := math.Abs(p[k][row][a] - math.Exp(y-top)/sum)
				if off > tolerance {
					off = max(tolerance, off-unsure)
				}
				if math.IsNaN(off) {
					return math.Inf(1), true
				}
				most = max(most, off)
			}
		}
	}
	return most, judged
}

// reply is a tree with the reach of its nodes under a policy.
type reply struct {
	b     *flat.Board
	p     []games.Behaviour
	nodes []flat.Node
	// Per seat and node: the probability of the moves of chance and the others, that
	// of the seat's own, and its last move before, row -1 for none.
	others, own [][]float64
	last        [][]flat.Step
	// sure is per node the relative error of the probability of getting there.
	sure []float64
	// Per seat and row: sums of others and of own times others over its nodes, and
	// the nodes.
	total, whole [][]float64
	at           [][][]int
}

func newReply(b *flat.Board, p []games.Behaviour) *reply {
	decisions, chance, terminals := b.Sizes()
	n, seats := decisions+chance+terminals, b.Info().Seats
	r := &reply{b: b, p: p}
	for i := range n {
		r.nodes = append(r.nodes, b.Node(i))
	}
	r.sure = make([]float64, n)
	r.sure[0] = rounding * moves
	for i, x := range r.nodes {
		for a := range x.Moves {
			r.sure[x.First+a] = r.sure[i]
			if x.Turn != games.Chance && p[x.Turn][x.Row][a] > 0 {
				r.sure[x.First+a] -= rounding * math.Log(p[x.Turn][x.Row][a])
			}
		}
	}
	for k := range seats {
		others, own, last := make([]float64, n), make([]float64, n), make([]flat.Step, n)
		others[0], own[0], last[0] = 1, 1, flat.Step{Row: -1}
		rows := len(b.Rows(k))
		total, whole, at := make([]float64, rows), make([]float64, rows), make([][]int, rows)
		for i, x := range r.nodes {
			if x.Turn == games.Over {
				continue
			}
			mine := x.Turn == games.Turn(k)
			if mine {
				total[x.Row] += others[i]
				whole[x.Row] += others[i] * own[i]
				at[x.Row] = append(at[x.Row], i)
			}
			for a := range x.Moves {
				c := x.First + a
				others[c], own[c], last[c] = others[i], own[i], last[i]
				switch {
				case mine:
					own[c] *= p[k][x.Row][a]
					last[c] = flat.Step{Row: int32(x.Row), Move: int32(a)}
				case x.Turn == games.Chance:
					others[c] *= b.Odds(x.Row)[a]
				default:
					others[c] *= p[x.Turn][x.Row][a]
				}
			}
		}
		r.others, r.own, r.last = append(r.others, others), append(r.own, own), append(r.last, last)
		r.total, r.whole, r.at = append(r.total, total), append(r.whole, whole), append(r.at, at)
	}
	return r
}

// odds are those of the moves at a node.
func (r *reply) odds(x flat.Node) []float64 {
	if x.Turn == games.Chance {
		return r.b.Odds(x.Row)
	}
	return r.p[x.Turn][x.Row]
}

// ranges are the ends of the payoffs of a seat.
func (r *reply) ranges(k int) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, x := range r.nodes {
		if x.Turn == games.Over {
			v := r.b.Payoff(x.First)[k]
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	return lo, hi
}

// seldom tells whether beliefs or moves at a row are beyond numbers.
func (r *reply) seldom(k, row int, form quantal.Form) bool {
	switch form {
	case quantal.FormWeighted:
		return false
	case quantal.FormReduced:
		return r.whole[k][row] == 0 // the mixture over strategies says nothing of it
	}
	return r.total[k][row] < 1e-290
}

// logits are those of the moves of every row of seat k, nil where chance never leads,
// and their errors.
func (r *reply) logits(k int, form quantal.Form, steep, centre, unit float64) (out, errs [][]float64) {
	if unit == 0 {
		unit = 1
	}
	never := map[int]bool{}
	for _, row := range r.b.Unreached()[k] {
		never[row] = true
	}
	out, errs = make([][]float64, len(r.at[k])), make([][]float64, len(r.at[k]))
	for row := range out {
		if !never[row] {
			out[row] = make([]float64, r.b.Rows(k)[row].Moves)
			errs[row] = make([]float64, r.b.Rows(k)[row].Moves)
		}
	}
	if form == quantal.FormSequence || form == quantal.FormReduced {
		r.dilated(k, out, errs, steep, func(v float64) float64 { return (v - centre) / unit })
		return out, errs
	}
	value, sure := make([]float64, len(r.nodes)), slices.Clone(r.sure)
	for i := len(r.nodes) - 1; i >= 0; i-- {
		x := r.nodes[i]
		if x.Turn == games.Over {
			value[i] = (r.b.Payoff(x.First)[k] - centre) / unit
			continue
		}
		odds := r.odds(x)
		sure[i] = 0
		for a, w := range odds {
			value[i] += w * value[x.First+a]
			sure[i] += w * sure[x.First+a]
		}
	}
	for row, list := range out {
		for a := range list {
			sum, unsure := 0.0, 0.0
			for _, i := range r.at[k][row] {
				w := r.others[k][i]
				if form == quantal.FormWeighted {
					w *= r.own[k][i]
				}
				sum += w * value[r.nodes[i].First+a]
				unsure += w * sure[r.nodes[i].First+a]
			}
			if form != quantal.FormWeighted {
				sum /= r.total[k][row]
				unsure /= r.total[k][row]
			}
			list[a], errs[row][a] = steep*sum, steep*unsure
		}
	}
	return out, errs
}

// dilated are the logits of a player who answers with the whole strategy: what a move
// brings before the next own sets, times the reach of the others, and log Σ exp of the
// logits of these.
func (r *reply) dilated(k int, out, errs [][]float64, steep float64, payoff func(float64) float64) {
	for i, x := range r.nodes {
		if last := r.last[k][i]; x.Turn == games.Over && last.Row >= 0 && out[last.Row] != nil {
			out[last.Row][last.Move] += steep * r.others[k][i] * payoff(r.b.Payoff(x.First)[k])
			errs[last.Row][last.Move] += steep * r.others[k][i] * r.sure[i]
		}
	}
	// A row comes after those that lead to it.
	for row := len(out) - 1; row >= 0; row-- {
		before := r.last[k][r.at[k][row][0]]
		if out[row] == nil || before.Row < 0 {
			continue
		}
		top, sum := math.Inf(-1), 0.0
		for _, y := range out[row] {
			top = max(top, y)
		}
		for _, y := range out[row] {
			sum += math.Exp(y - top)
		}
		out[before.Row][before.Move] += top + math.Log(sum)
		errs[before.Row][before.Move] += slices.Max(errs[row])
	}
}
