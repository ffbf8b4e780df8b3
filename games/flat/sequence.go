package flat

import (
	"math/big"

	"arbiter/games"
	"arbiter/internal/num"
)

// Step is a move of a seat: Row is the place in Form.Rows, -1 before the seat's first
// move, and Move counts from 0.
type Step struct{ Row, Move int32 }

// last is a seat's own last move before every node.
func (b *Board) last(seat int) []Step {
	last := make([]Step, len(b.nodes))
	last[0] = Step{-1, 0}
	for i := range b.nodes {
		n := &b.nodes[i]
		for m := range n.moves {
			if last[n.first+m] = last[i]; int(n.owner) == seat {
				last[n.first+m] = Step{n.row, m}
			}
		}
	}
	return last
}

// Parents are a seat's own last moves before each of its rows, the same for all
// nodes of a row because recall is perfect.
func (b *Board) Parents(seat int) []Step {
	last := b.last(seat)
	parents := make([]Step, len(b.rows[seat]))
	for row := range parents {
		parents[row] = last[b.rows[seat][row].nodes[0]]
	}
	return parents
}

// Leaves visits every terminal with the last own move of each seat, the
// probability of chance's moves on the way and the payoffs. What is handed out
// belongs to the Board and is valid during the visit.
func (b *Board) Leaves(visit func(last []Step, chance float64, payoff []float64)) {
	seats := b.info.Seats
	lasts := make([][]Step, seats)
	for k := range lasts {
		lasts[k] = b.last(k)
	}
	reach := make([]float64, len(b.nodes))
	reach[0] = 1
	at := make([]Step, seats)
	for i := range b.nodes {
		n := &b.nodes[i]
		if n.moves == 0 {
			for k := range at {
				at[k] = lasts[k][i]
			}
			visit(at, reach[i], b.Payoff(int(n.first)))
			continue
		}
		for m := range n.moves {
			if reach[n.first+m] = reach[i]; int(n.owner) == seats {
				reach[n.first+m] *= b.odds[n.row][m]
			}
		}
	}
}

// Sequences numbers the moves of a seat at all its rows, in order; number 0 is to
// have made none.
type Sequences struct {
	First []int // per row, of its first move
	Count int   // of all, number 0 too
	rows  []games.Row
}

// Sequences numbers the moves of a seat.
func (b *Board) Sequences(seat int) Sequences {
	s := Sequences{Count: 1, rows: b.Rows(seat)}
	for _, r := range s.rows {
		s.First = append(s.First, s.Count)
		s.Count += r.Moves
	}
	return s
}

// At is the number of a move, 0 before the first.
func (s Sequences) At(step Step) int {
	if step.Row < 0 {
		return 0
	}
	return s.First[step.Row] + int(step.Move)
}

// Behaviour divides the weights of moves, by number, by their sum at every row: even
// play where that is 0.
func (s Sequences) Behaviour(weight []float64) games.Behaviour {
	p := make(games.Behaviour, len(s.First))
	for row, r := range s.rows {
		p[row] = make([]float64, r.Moves)
		num.Positive(p[row], weight[s.First[row]:][:r.Moves])
	}
	return p
}

// Exactly is Behaviour in ratios.
func (s Sequences) Exactly(weight []*big.Rat) ExactBehaviour {
	p := make(ExactBehaviour, len(s.First))
	for row, r := range s.rows {
		list := weight[s.First[row]:][:r.Moves]
		sum := new(big.Rat)
		for _, w := range list {
			sum.Add(sum, w)
		}
		for _, w := range list {
			if x := big.NewRat(1, int64(r.Moves)); sum.Sign() > 0 {
				p[row] = append(p[row], x.Quo(w, sum))
			} else {
				p[row] = append(p[row], x)
			}
		}
	}
	return p
}
