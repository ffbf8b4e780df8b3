// Package train holds the contracts of learning by playing: a World is played in,
// a Learner learns there, a Teacher says at which temperature, and Run takes a
// learner from checkpoint to checkpoint. A learner sees what a seat sees and
// never a table; how good its policy is, others judge, who have them.
package train

import (
	"context"
	"io"

	"arbiter/agents"
	"arbiter/dice"
	"arbiter/games"
	"arbiter/spec"
)

// World is a game seen only by playing it. It belongs to one goroutine.
type World interface {
	// Reset begins a match, the one of that key.
	Reset(dice.Key)
	// Turn is the seat to move, games.Everyone or games.Over; chance has moved.
	Turn() games.Turn
	// View is what a seat that is about to move sees, valid until the next call. It
	// has no State, and where it has a Vector it has no Key: to name real numbers takes
	// longer than to play.
	View(seat int) games.View
	// Step makes the moves: that of the seat to move or, at Everyone, of all. It
	// returns what every seat is paid for it, valid until the next call, and
	// whether the match is over.
	Step(moves []int) (pay []float64, over bool)
}

// Learner learns by playing. All its randomness comes from keys and all it has
// learned is in what Save writes.
type Learner interface {
	// Step plays and learns for a while. After an error the learner is of no
	// more use.
	Step(context.Context, World, dice.Key) (Progress, error)
	// Policy is how it would behave now, at the information states it knows.
	Policy() games.Policy
	// Save writes what Load reads: the same bytes for the same knowledge.
	Save(io.Writer) error
	// Load takes over what another learner of the same Method and parameters
	// saved. Anything else is an error.
	Load(io.Reader) error
}

// Seater is a Learner that can sit at the game it learns.
type Seater interface {
	Learner
	// Agent plays what was learned until now, and is none the wiser by it.
	Agent() agents.Agent
}

// Progress is what came of a step.
type Progress struct {
	Matches int64     // played in the step
	Pay     []float64 // mean payoff per seat
}

// Teacher chooses temperatures: a learner draws one for an episode, tells what came of
// it, and says when an iteration of its own is over.
type Teacher interface {
	// Draw is a temperature above 0, the same for the same key within an iteration.
	Draw(dice.Key) float64
	// Mean is the temperature to be expected now: the curriculum's, for curves and
	// evaluations.
	Mean() float64
	// Tell says what was paid at a temperature, as the teacher counts it: discounted.
	Tell(temperature, pay float64)
	// Next ends an iteration. Only then does a teacher change what it draws from.
	Next()
	// Save writes what Load reads, as of a Learner, of which it is part.
	Save(io.Writer) error
	// Load takes over what a teacher of the same kind and settings saved.
	Load(io.Reader) error
}

// Constant is a teacher that knows one temperature.
type Constant float64

// Draw returns it.
func (c Constant) Draw(dice.Key) float64 { return float64(c) }

// Mean returns it.
func (c Constant) Mean() float64 { return float64(c) }

// Tell changes nothing.
func (Constant) Tell(float64, float64) {}

// Next changes nothing.
func (Constant) Next() {}

// Save has nothing to write.
func (Constant) Save(io.Writer) error { return nil }

// Load has nothing to read.
func (Constant) Load(io.Reader) error { return nil }

// Method is a kind of learner by name.
type Method struct {
	Name, Doc string       // of specs; one line of help, Doc
	Params    []spec.Param // keys of its specs; nil: none
	// New makes a learner that knows nothing. Of the game it is told what a
	// game says of itself.
	New func(spec.Args, games.Info) (Learner, error)
}

// Open makes the learner a spec of the method stands for and returns the
// canonical spec.
func (m Method) Open(text string, info games.Info) (Learner, string, error) {
	s, err := spec.Parse(text)
	if err != nil {
		return nil, "", err
	}
	s, args, err := spec.Bind(s, m.Params)
	if err != nil {
		return nil, "", err
	}
	l, err := m.New(args, info)
	return l, s.String(), err
}
