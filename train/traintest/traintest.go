// Package traintest checks that a learner keeps the contract of train. Every
// method runs it, on every kind of game it is for.
package traintest

import (
	"bytes"
	"context"
	"errors"
	"math"
	"testing"

	"arbiter/dice"
	"arbiter/games"
	"arbiter/train"
)

// Run takes learners of the spec through a short training in g: the same keys give
// the same bytes, a learner that was saved, or stopped and taken up again, goes on
// as one that was not, it moves legally and sees nothing but views, its policy is
// one of the game, and what is no save of its own is refused.
func Run(t *testing.T, m train.Method, text string, g games.Game) {
	t.Helper()
	const steps = 6
	open := func() (train.Learner, train.Options) {
		l, name, err := m.Open(text, g.Info())
		if err != nil {
			t.Fatal(err)
		}
		return l, train.Options{Learner: name, Game: g.Info().Name, Seed: 5, Steps: steps}
	}
	world := func() train.World { return &witness{t: t, world: train.WorldOf(g), seats: g.Info().Seats} }

	l, o := open()
	o.Watch = func(step int64, p train.Progress) {
		if p.Matches < 1 || len(p.Pay) != g.Info().Seats {
			t.Errorf("%s: step %d is told as %+v", text, step, p)
		}
	}
	whole, err := train.Run(t.Context(), l, world(), o)
	if err != nil || whole.Step != steps {
		t.Fatalf("%s: %v after %d steps", text, err, whole.Step)
	}
	policy(t, text, g, l.Policy())

	l, o = open()
	if again, err := train.Run(t.Context(), l, world(), o); err != nil || !bytes.Equal(again.Encode(), whole.Encode()) {
		t.Errorf("%s: the same seed gives other bytes (%v)", text, err)
	}
	for stop := range int64(steps) { // after so many steps, in a world of its own
		l, o := open()
		ctx, cancel := context.WithCancel(t.Context())
		o.Watch = func(step int64, _ train.Progress) {
			if step == stop {
				cancel()
			}
		}
		if stop == 0 {
			cancel()
		}
		var file []byte
		o.Save = func(c train.Checkpoint) error { file = c.Encode(); return nil }
		_, err := train.Run(ctx, l, world(), o)
		cancel()
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("%s: stopped after %d steps it ends with %v", text, stop, err)
		}
		from, err := train.Decode(file)
		if err != nil || from.Step != stop {
			t.Fatalf("%s: stopped after %d steps the checkpoint is of %d (%v)", text, stop, from.Step, err)
		}
		fresh, o := open()
		o.From = &from
		rest, err := train.Run(t.Context(), fresh, world(), o)
		if err != nil || !bytes.Equal(rest.Encode(), whole.Encode()) {
			t.Errorf("%s: stopped after %d steps and taken up again it comes to other bytes (%v)", text, stop, err)
		}
	}
	for _, n := range []int{0, 1, len(whole.Body) / 2, len(whole.Body) - 2} {
		if l, _ := open(); l.Load(bytes.NewReader(whole.Body[:n])) == nil {
			t.Errorf("%s: the first %d of %d bytes are taken for a learner", text, n, len(whole.Body))
		}
	}
}

// policy refuses rows that are no distributions of the moves.
func policy(t *testing.T, text string, g games.Game, p games.Policy) {
	t.Helper()
	if p.Game != g.Info().Name || len(p.Seats) != g.Info().Seats {
		t.Errorf("%s: the policy is one of %s with %d seats", text, p.Game, len(p.Seats))
	}
	learned := 0
	for seat, rows := range p.Seats {
		learned += len(rows.Keys)
		for i, key := range rows.Keys {
			sum := 0.0
			for _, x := range rows.Probs[i] {
				if !(x >= 0) {
					sum = math.NaN()
				}
				sum += x
			}
			if !(math.Abs(sum-1) < 1e-9) {
				t.Errorf("%s: seat %d plays %v at %q", text, seat, rows.Probs[i], key)
			}
		}
	}
	if learned == 0 && len(g.Info().Vector) == 0 { // vectors have no rows
		t.Errorf("%s: nothing was learned", text)
	}
}

// witness is a World that sees what is asked of it. It has no methods but those
// of the contract.
type witness struct {
	t     *testing.T
	world train.World
	seats int
	begun bool
}

func (w *witness) Reset(k dice.Key) { w.begun = true; w.world.Reset(k) }

func (w *witness) Turn() games.Turn { return w.world.Turn() }

func (w *witness) View(seat int) games.View {
	w.t.Helper()
	if turn := w.world.Turn(); !w.begun || turn != games.Turn(seat) && turn != games.Everyone || seat < 0 || seat >= w.seats {
		w.t.Fatalf("seat %d is looked at at turn %d", seat, turn)
	}
	v := w.world.View(seat)
	if v.State != nil {
		w.t.Fatal("a view shows the state")
	}
	return v
}

func (w *witness) Step(moves []int) ([]float64, bool) {
	w.t.Helper()
	turn := w.world.Turn()
	for i, m := range moves {
		seat := int(turn)
		if turn == games.Everyone {
			seat = i
		}
		if m < 0 || m >= w.world.View(seat).Moves {
			w.t.Fatalf("move %d of seat %d at %q, which has %d", m, seat, w.world.View(seat).Key, w.world.View(seat).Moves)
		}
	}
	return w.world.Step(moves)
}
