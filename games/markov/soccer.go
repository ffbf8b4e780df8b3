package markov

import "fmt"

// Size of the field and the rows of the goals.
const (
	soccerRows, soccerCols = 4, 5
	goalTop, goalBottom    = 1, 2
)

// field is a position of Markov soccer: cells, row times columns plus column,
// and the ball: 0 or 1 for its holder, 2 + cell where it lies loose.
type field struct{ a, b, ball int }

func (f field) name() string {
	cell := func(c int) string { return fmt.Sprintf("%d%d", c/soccerCols, c%soccerCols) }
	ball := "AB"
	if f.ball < 2 {
		ball = ball[f.ball : f.ball+1]
	} else {
		ball = cell(f.ball - 2)
	}
	return cell(f.a) + "|" + cell(f.b) + "|" + ball
}

// Soccer is Markov soccer (Littman 1994) on 4×5 cells: both choose at once, a coin
// decides who is carried out first. Player 0 scores at the right edge, player 1 at
// the left one, in the two rows in the middle; a goal pays 1 and ends the game. A
// player who walks into the other stays and loses the ball, if there is one to
// lose. loose: the ball lies free at the start, as in OpenSpiel; else one of the
// players has it, by a coin.
func Soccer(name string, discount float64, loose bool) *Game {
	a, b := 2*soccerCols+1, 1*soccerCols+3
	starts := []field{{a, b, 0}, {a, b, 1}}
	if loose {
		starts = []field{{a, b, 2 + 1*soccerCols + 2}, {a, b, 2 + 2*soccerCols + 2}}
	}
	g := &Game{Name: name, Players: 2, Discount: discount}
	moves := []string{"up", "down", "left", "right", "stand"}
	explore(g, starts, field.name, func(f field) ([][]string, [][]result[field]) {
		var joints [][]result[field]
		for x := range 5 {
			for y := range 5 {
				var ways []result[field]
				for first := range 2 {
					now, paid := f, 0.
					for _, mover := range []int{first, 1 - first} {
						if paid == 0 {
							now, paid = now.move(mover, [2]int{x, y}[mover])
						}
					}
					ways = append(ways, result[field]{.5, now, paid != 0, []float64{paid, -paid}})
				}
				joints = append(joints, ways)
			}
		}
		return [][]string{moves, moves}, joints
	})
	return g
}

// move carries out one player's action; a goal pays player 0 the second result.
func (f field) move(mover, action int) (field, float64) {
	own, other := &f.a, f.b
	if mover == 1 {
		own, other = &f.b, f.a
	}
	row, col := *own/soccerCols, *own%soccerCols
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
	if row < 0 || row >= soccerRows || col < 0 || col >= soccerCols {
		goal := mover == 0 && col == soccerCols || mover == 1 && col < 0
		if goal && f.ball == mover && row >= goalTop && row <= goalBottom {
			return f, []float64{1, -1}[mover]
		}
		return f, 0
	}
	to := row*soccerCols + col
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
