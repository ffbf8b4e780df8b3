package train

import (
	"fmt"

	"arbiter/dice"
	"arbiter/games"
)

// WorldOf is a game as a World. Seats are paid as they go if the State is a
// games.Payer; else at the end of a match, all that they got in it: before that a
// State need not know.
func WorldOf(g games.Game) World {
	n := g.Info().Seats
	w := &world{state: g.Start(), pay: make([]float64, n), part: make([]float64, n)}
	w.namer, _ = w.state.(games.Namer)
	w.observer, _ = w.state.(games.Observer)
	w.payer, _ = w.state.(games.Payer)
	return w
}

type world struct {
	state     games.State
	namer     games.Namer // nil if the State is none; so are the next two
	observer  games.Observer
	payer     games.Payer
	key       dice.Key
	chances   int
	moved     bool        // since Reset
	rolls     dice.Stream // handed to rolls of chance
	slots     []dice.Slot
	vector    []float64
	pay, part []float64
}

func (w *world) Reset(k dice.Key) {
	w.state.Reset()
	w.key, w.chances, w.moved = k, 0, false
	clear(w.pay)
	w.chance()
}

// paid adds what the last change of the State paid.
func (w *world) paid() {
	if w.payer == nil {
		return
	}
	w.payer.Paid(w.part)
	for seat, x := range w.part {
		w.pay[seat] += x
	}
}

// chance moves while it is its turn, by the words that matches of that key have
// elsewhere.
func (w *world) chance() {
	for ; w.state.Turn() == games.Chance; w.chances++ {
		odds := w.state.Odds()
		if odds == nil {
			w.rolls = w.key.At(w.chances)
			w.state.(games.Roller).Roll(&w.rolls)
		} else {
			w.slots = append(w.slots[:0], make([]dice.Slot, len(odds))...)
			dice.Fill(w.slots, odds)
			w.state.Play(dice.Pick(w.slots, w.key.Word(w.chances)))
		}
		w.paid()
	}
}

func (w *world) Turn() games.Turn { return w.state.Turn() }

func (w *world) View(seat int) games.View {
	v := games.View{Seat: seat, Moves: w.state.Moves(seat)}
	if w.namer != nil {
		v.Names = w.namer.MoveNames(seat)
	}
	if w.observer == nil {
		v.Key = w.state.Key(seat)
	} else {
		w.vector = w.observer.Observe(seat, w.vector[:0])
		v.Vector = w.vector
	}
	return v
}

// Limit holds a seat back where the game can: a World of a games.Limiter is one.
func (w *world) Limit(seat int, share float64) bool {
	l, ok := w.state.(games.Limiter)
	return ok && l.Limit(seat, share)
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
	if w.moved { // else chance may have paid before the first move
		clear(w.pay)
	}
	w.moved = true
	if turn == games.Everyone {
		w.state.(games.Joint).PlayAll(moves)
	} else {
		w.state.Play(moves[0])
	}
	w.paid()
	w.chance()
	over := w.state.Turn() == games.Over
	if over && w.payer == nil {
		w.state.Payoff(w.pay)
	}
	return w.pay, over
}
