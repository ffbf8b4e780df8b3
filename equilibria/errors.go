package equilibria

import (
	"errors"
	"fmt"
)

// ErrTooLarge says that a form of a game does not fit; the message says what to
// use instead.
var ErrTooLarge = errors.New("too large")

// ErrNoAnswer says that a game is well formed and suits the solver, which found
// nothing all the same: the game has no answer of that kind, or its numbers are
// beyond what the method can tell apart. What is no game for a solver, or too large
// for it, is another error.
var ErrNoAnswer = errors.New("no answer")

// noAnswer is an ErrNoAnswer that says only why.
type noAnswer struct{ err error }

func (e noAnswer) Error() string   { return e.err.Error() }
func (e noAnswer) Unwrap() []error { return []error{ErrNoAnswer, e.err} }

// NoAnswerf makes an error that is ErrNoAnswer and says why.
func NoAnswerf(format string, args ...any) error { return noAnswer{fmt.Errorf(format, args...)} }
