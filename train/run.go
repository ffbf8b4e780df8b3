package train

import (
	"bytes"
	"context"
	"fmt"

	"arbiter/dice"
)

// Options say what a learner is and how far it is taken.
type Options struct {
	Learner string      // canonical spec of the learner
	Game    string      // canonical spec of the world's game
	Seed    uint64      // of the whole training
	Steps   int64       // of the whole training, those before From included
	From    *Checkpoint // goes on from it; nil: begins

	// Save, if not nil, keeps checkpoints: after every Every steps (0: none in
	// between), at the end, and between two steps when the context ends.
	Save  func(Checkpoint) error
	Every int64
	// Watch, if not nil, sees what came of every step, numbered from 1.
	Watch func(step int64, p Progress)
}

// Run takes a learner that knows nothing to the end of its training. Step i has a
// key of its own, so that a training that was stopped and went on from any of its
// checkpoints ends with the same bytes. The error is ctx.Err() where the context
// ended it; the last checkpoint is then that of the last step.
func Run(ctx context.Context, l Learner, w World, o Options) (Checkpoint, error) {
	at := Checkpoint{Learner: o.Learner, Game: o.Game, Seed: o.Seed}
	if from := o.From; from != nil {
		switch {
		case from.Learner != o.Learner:
			return at, fmt.Errorf("learner: the checkpoint is of %s, expected %s", from.Learner, o.Learner)
		case from.Game != o.Game:
			return at, fmt.Errorf("game: the checkpoint is of %s, expected %s", from.Game, o.Game)
		case from.Seed != o.Seed:
			return at, fmt.Errorf("seed: the checkpoint is of %d, expected %d", from.Seed, o.Seed)
		case from.Step > o.Steps:
			return at, fmt.Errorf("steps: found %d, the checkpoint has %d", o.Steps, from.Step)
		}
		if err := l.Load(bytes.NewReader(from.Body)); err != nil {
			return at, fmt.Errorf("checkpoint of step %d: %w", from.Step, err)
		}
		at.Step = from.Step
	}
	keep := func() error {
		var b bytes.Buffer
		if err := l.Save(&b); err != nil {
			return fmt.Errorf("step %d: %w", at.Step, err)
		}
		at.Body = b.Bytes()
		if o.Save == nil {
			return nil
		}
		return o.Save(at)
	}
	for key := dice.New(o.Seed); at.Step < o.Steps; {
		if err := ctx.Err(); err != nil {
			if lost := keep(); lost != nil {
				return at, lost
			}
			return at, err
		}
		p, err := l.Step(ctx, w, key.Sub(uint64(at.Step)))
		if err != nil {
			return at, fmt.Errorf("step %d: %w", at.Step+1, err)
		}
		at.Step++
		if o.Watch != nil {
			o.Watch(at.Step, p)
		}
		if o.Every > 0 && at.Step%o.Every == 0 && at.Step < o.Steps {
			if err := keep(); err != nil {
				return at, err
			}
		}
	}
	return at, keep()
}
