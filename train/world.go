package train

import (
	"fmt"

	"arbiter/dice"
	"arbiter/games"
)

// WorldOf is a game as a World. Seats are paid at the end of a match, all that
// they got in it: before that a State need not know.
func WorldOf(g games.Game) World {
	n := g.Info().Seats
	return &world{state: g.Start(), pay: make([]float64, n), none: make([]float64, n)}
}

type world struct {
	state     games.State
	key       dice.Key
	chances   int
	slots     []dice.Slot
	pay, none []float64
}

func (w *world) Reset(k dice.Key) {
	w.state.Reset()
	w.key, w.chances = k, 0
	w.chance()
}

// chance moves while it is its turn, by the words that matches of that key have
// elsewhere.
func (w *world) chance() {
	for ; w.state.Turn() == games.Chance; w.chances++ {
		odds := w.state.Odds()
		if odds == nil {
			src := w.key.At(w.chances)
			w.state.(games.Roller).Roll(&src)
			continue
		}
		w.slots = append(w.slots[:0], make([]dice.Slot, len(odds))...)
		dice.Fill(w.slots, odds)
		w.state.Play(dice.Pick(w.slots, w.key.Word(w.chances)))
	}
}

func (w *world) Turn() games.Turn { return w.state.Turn() }

func (w *world) View(seat int) games.View {
	v := games.View{Seat: seat, Key: w.state.Key(seat), Moves: w.state.Moves(seat)}
	if n, ok := w.state.(games.Namer); ok {
		v.Names = n.MoveNames(seat)
	}
	return v
}

// Step panics where no seat is to move or moves are not as many as seats to move.
func (w *world) Step(moves []int) ([]float64, bool) {
	turn, want := w.state.Turn(), 1
	if turn == games.Everyone {
		want = len(w.pay)
	}
	if turn == games.Over || len(moves) != want {
		panic(fmt.Sprintf("train: %d moves at turn %d, expected %d before the match is over", len(moves), turn, want))
	}
	if turn == games.Everyone {
		w.state.(games.Joint).PlayAll(moves)
	} else {
		w.state.Play(moves[0])
	}
	w.chance()
	if w.state.Turn() != games.Over {
		return w.none, false
	}
	w.state.Payoff(w.pay)
	return w.pay, true
}
