// Package exact solves finite games in rationals: their reduced normal form, what
// strict dominance leaves of it, all equilibria of two players (extreme ones, by
// supports, by paths of Lemke and Howson), and trees of perfect information from
// their ends.
package exact

import (
	"fmt"
	"math"
	"math/big"

	"arbiter/equilibria"
	"arbiter/games"
	"arbiter/games/flat"
)

// Normal is the reduced normal form of a game: strategies that differ only at
// information states they never get to are one. A game of one simultaneous
// choice is its own.
type Normal struct {
	Name string // canonical spec of the game
	// Payoffs[k] are those of player k, profiles row-major, last player fastest.
	Payoffs [][]*big.Rat
	// Shape is the number of strategies per player.
	Shape []int
	// Rounded says that the payoffs are not surely those of the game: what rests
	// on an exact tie may be missing or false.
	Rounded bool

	b     *flat.Board
	pure  [][]pure
	plays [][][]int // per player and sequence: the strategies that play to it
}

// pure is a move per row, -1 where the strategy itself does not get to.
type pure []int

// mostCells bounds the number of payoffs of a reduced normal form.
const mostCells = 1 << 20

// NormalForm is the reduced normal form of b, with rational payoffs: those given,
// if payoffs is not nil, else b's own, or the simplest ones that are b's numbers up
// to rounding: see Rounded. ErrTooLarge above a million payoffs.
func NormalForm(b *flat.Board, payoffs [][]*big.Rat) (*Normal, error) {
	info := b.Info()
	n := &Normal{Name: info.Name, b: b}
	cells := float64(info.Seats)
	children := make([]map[flat.Step][]int, info.Seats)
	for seat := range info.Seats {
		children[seat] = map[flat.Step][]int{}
		for row, parent := range b.Parents(seat) {
			children[seat][parent] = append(children[seat][parent], row)
		}
		cells *= n.count(seat, children[seat], flat.Step{Row: -1})
	}
	if cells > mostCells {
		return nil, fmt.Errorf("%s: the reduced normal form has %.1e payoffs, at most %d fit: %w; use --solver lp or dcfr, which work on the tree", info.Name, cells, mostCells, equilibria.ErrTooLarge)
	}
	for seat := range info.Seats {
		empty := make(pure, len(b.Rows(seat)))
		for i := range empty {
			empty[i] = -1
		}
		all := n.extend(seat, children[seat], flat.Step{Row: -1}, []pure{empty})
		n.pure, n.Shape = append(n.pure, all), append(n.Shape, len(all))
		seq := b.Sequences(seat)
		plays := make([][]int, seq.Count)
		for i, s := range all {
			plays[0] = append(plays[0], i)
			for row, m := range s {
				if m >= 0 {
					at := seq.First[row] + m
					plays[at] = append(plays[at], i)
				}
			}
		}
		n.plays = append(n.plays, plays)
	}
	if n.Payoffs = payoffs; payoffs == nil {
		n.fill()
	}
	return n, nil
}

// count is the number of strategies behind a move.
func (n *Normal) count(seat int, children map[flat.Step][]int, at flat.Step) float64 {
	product := 1.0
	for _, row := range children[at] {
		sum := 0.0
		for m := range n.b.Rows(seat)[row].Moves {
			sum += n.count(seat, children, flat.Step{Row: int32(row), Move: int32(m)})
		}
		product *= sum
	}
	return product
}

// extend lets strategies go on behind a move in all ways, first rows slowest.
func (n *Normal) extend(seat int, children map[flat.Step][]int, at flat.Step, list []pure) []pure {
	for _, row := range children[at] {
		var more []pure
		for _, s := range list {
			for m := range n.b.Rows(seat)[row].Moves {
				next := append(pure(nil), s...)
				next[row] = m
				more = append(more, n.extend(seat, children, flat.Step{Row: int32(row), Move: int32(m)}, []pure{next})...)
			}
		}
		list = more
	}
	return list
}

// fill works out the payoffs.
func (n *Normal) fill() {
	cells := 1
	for _, m := range n.Shape {
		cells *= m
	}
	for range n.Shape {
		list := make([]*big.Rat, cells)
		for i := range list {
			list[i] = new(big.Rat)
		}
		n.Payoffs = append(n.Payoffs, list)
	}
	seqs := make([]flat.Sequences, len(n.Shape))
	for k := range seqs {
		seqs[k] = n.b.Sequences(k)
	}
	visit := func(last []flat.Step, chance *big.Rat, payoff []*big.Rat) {
		var paid []*big.Rat
		for _, x := range payoff {
			paid = append(paid, new(big.Rat).Mul(chance, x))
		}
		var visit func(k, cell int)
		visit = func(k, cell int) {
			if k == len(last) {
				for p, x := range paid {
					n.Payoffs[p][cell].Add(n.Payoffs[p][cell], x)
				}
				return
			}
			for _, i := range n.plays[k][seqs[k].At(last[k])] {
				visit(k+1, cell*n.Shape[k]+i)
			}
		}
		visit(0, 0)
	}
	if n.b.Exact() != nil {
		n.b.ExactLeaves(visit)
		return
	}
	n.Rounded = true
	n.b.Leaves(func(last []flat.Step, chance float64, payoff []float64) {
		paid := make([]*big.Rat, len(payoff))
		for k, x := range payoff {
			paid[k] = flat.Simplest(x)
		}
		visit(last, flat.Simplest(chance), paid)
	})
}

// Scaled are the payoffs, per player from 0 and in units of its own range, and the
// ranges, or 1.
func (n *Normal) Scaled() (u [][]float64, scales []float64) {
	for _, list := range n.Payoffs {
		row := make([]float64, len(list))
		least, most := list[0], list[0]
		for i, x := range list {
			row[i], _ = x.Float64()
			if x.Cmp(least) < 0 {
				least = x
			}
			if x.Cmp(most) > 0 {
				most = x
			}
		}
		size := new(big.Rat).Sub(most, least)
		scale, _ := size.Float64()
		lo, _ := least.Float64()
		switch s := flat.ScaleOf(0, scale); {
		case size.Sign() == 0:
			clear(row)
			scale = 1
		case math.Abs(lo) > 8*scale || scale == 0 || !s.Plain(): // floating point would lose what differs
			for i, x := range list {
				y := new(big.Rat).Sub(x, least)
				row[i], _ = y.Quo(y, size).Float64()
			}
		default:
			for i := range row {
				row[i] = (row[i] - lo) / scale
			}
		}
		u, scales = append(u, row), append(scales, max(scale, math.SmallestNonzeroFloat64))
	}
	return u, scales
}

// Behaviour plays like a mixture of a player's strategies, evenly where the
// mixture does not get to.
func (n *Normal) Behaviour(player int, mixed []float64) games.Behaviour {
	seq := n.b.Sequences(player)
	weight := make([]float64, seq.Count)
	for at, list := range n.plays[player] {
		for _, i := range list {
			weight[at] += mixed[i]
		}
	}
	return seq.Behaviour(weight)
}

// ExactBehaviour is Behaviour in ratios.
func (n *Normal) ExactBehaviour(player int, mixed []*big.Rat) flat.ExactBehaviour {
	seq := n.b.Sequences(player)
	weight := make([]*big.Rat, seq.Count)
	for at, list := range n.plays[player] {
		weight[at] = new(big.Rat)
		for _, i := range list {
			weight[at].Add(weight[at], mixed[i])
		}
	}
	return seq.Exactly(weight)
}

// StrategyName names a strategy by its moves.
func (n *Normal) StrategyName(player, strategy int) string {
	text := ""
	for row, m := range n.pure[player][strategy] {
		if m < 0 {
			continue
		}
		r := n.b.Rows(player)[row]
		move := fmt.Sprint(m)
		if r.Names != nil {
			move = r.Names[m]
		}
		if len(n.b.Rows(player)) == 1 {
			return move
		}
		if text != "" {
			text += " "
		}
		text += r.Key + ":" + move
	}
	return text
}

// Pure is a policy in ratios if all its probabilities are 0 or 1, else nil.
func Pure(p []games.Behaviour) []flat.ExactBehaviour {
	out := make([]flat.ExactBehaviour, len(p))
	zero, one := new(big.Rat), big.NewRat(1, 1)
	for k, rows := range p {
		out[k] = make(flat.ExactBehaviour, len(rows))
		for row, probs := range rows {
			for _, x := range probs {
				switch x {
				case 0:
					out[k][row] = append(out[k][row], zero)
				case 1:
					out[k][row] = append(out[k][row], one)
				default:
					return nil
				}
			}
		}
	}
	return out
}
