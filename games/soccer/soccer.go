// Package soccer is Markov soccer (Littman 1994) on 4×5 cells: both choose at once, a
// coin decides who is carried out first. Player 0 scores at the right edge, player 1
// at the left one, in the two rows in the middle; a goal pays 1 and ends the game. A
// player who walks into the other stays and loses the ball, if there is one to lose.
package soccer

import (
	"fmt"

	"arbiter/games/markov"
)

// Size of the field and the rows of the goals.
const (
	rows, columns       = 4, 5
	goalTop, goalBottom = 1, 2
)

// field is a position of Markov soccer: cells, row times columns plus column,
// and the ball: 0 or 1 for its holder, 2 + cell where it lies loose.
type field struct{ a, b, ball int }

func (f field) name() string {
	cell := func(c int) string { return fmt.Sprintf("%d%d", c/columns, c%columns) }
	ball := "AB"
	if f.ball < 2 {
		ball = ball[f.ball : f.ball+1]
	} else {
		ball = cell(f.ball - 2)
	}
	return cell(f.a) + "|" + cell(f.b) + "|" + ball
}

// New is the game under a canonical name; discount in [0, 1) is per step. loose: the
// ball lies free at the start, as in OpenSpiel; else one of the players has it, by a
// coin.
func New(name string, discount float64, loose bool) (*markov.Game, error) {
	a, b := 2*columns+1, 1*columns+3
	starts := []field{{a, b, 0}, {a, b, 1}}
	if loose {
		starts = []field{{a, b, 2 + 1*columns + 2}, {a, b, 2 + 2*columns + 2}}
	}
	moves := []string{"up", "down", "left", "right", "stand"}
	return markov.Explore(markov.Rules[field]{
		Name: name, Players: 2, Discount: discount,
		Starts:  starts,
		Label:   field.name,
		Actions: func(field) [][]string { return [][]string{moves, moves} },
		Play:    field.play,
		Idle:    []int{4, 4},
	})
}

// play is what both moves lead to, by the coin for who is first.
func (f field) play(joint []int) (ways []markov.Way[field]) {
	for first := range 2 {
		now, paid := f, 0.
		for _, mover := range []int{first, 1 - first} {
			if paid == 0 {
				now, paid = now.move(mover, joint[mover])
			}
		}
		ways = append(ways, markov.Way[field]{Prob: .5, To: now, End: paid != 0, Reward: []float64{paid, -paid}})
	}
	return ways
}

// move carries out one player's action; a goal pays player 0 the second result.
func (f field) move(mover, action int) (field, float64) {
	own, other := &f.a, f.b
	if mover == 1 {
		own, other = &f.b, f.a
	}
	row, col := *own/columns, *own%columns
	switch action {
	case 0:
		row--
	case 1:
		row++
	case 2:
		col--
	case 3:
		col++
	default:
		return f, 0
	}
	if row < 0 || row >= rows || col < 0 || col >= columns {
		goal := mover == 0 && col == columns || mover == 1 && col < 0
		if goal && f.ball == mover && row >= goalTop && row <= goalBottom {
			return f, []float64{1, -1}[mover]
		}
		return f, 0
	}
	to := row*columns + col
	if to == other {
		if f.ball == mover {
			f.ball = 1 - mover
		}
		return f, 0
	}
	*own = to
	if f.ball == 2+to {
		f.ball = mover
	}
	return f, 0
}
