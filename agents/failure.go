package agents

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Kind is how an agent failed in a match. The numbers are stored with runs: a
// new kind is added at the end, none changes.
type Kind uint8

// The kinds.
const (
	Resign       Kind = 1 + iota // it gave up this match: any error of Move that says no more
	Illegal                      // a move there is not
	TimeoutMove                  // no move in time
	TimeoutStart                 // it was not ready in time
	Crash                        // it ended while it sat
	Closed                       // it stopped to answer for good
	Garbage                      // an answer that nobody can read
	Protocol                     // an answer to what was not asked
	Flood                        // more answers than anyone asked for
	Resource                     // it ran into a limit of its own
)

var kinds = []string{"", "resign", "illegal", "timeout_move", "timeout_start", "crash", "closed", "garbage", "protocol", "flood", "resource"}

// Known reports whether k is one of the kinds.
func (k Kind) Known() bool { return k > 0 && int(k) < len(kinds) }

// String is the name of the kind, as results have it.
func (k Kind) String() string {
	if !k.Known() {
		return fmt.Sprintf("kind %d", uint8(k))
	}
	return kinds[k]
}

// KindOf is the kind of that name; ok tells whether there is one.
func KindOf(name string) (k Kind, ok bool) {
	at := slices.Index(kinds[1:], name)
	return Kind(at + 1), at >= 0
}

// Failure is an error of Move that says how the agent failed.
type Failure struct {
	Kind Kind   // how
	Text string // for people; no result depends on it
}

// Error is the kind and the text.
func (f Failure) Error() string { return f.Kind.String() + ": " + f.Text }

// Failed is a match that has no result of its own, because of the agent at a
// seat. As what it counts is for whoever counts.
type Failed struct {
	Seat int // of the agent
	Failure
}

// Error names the seat too.
func (f *Failed) Error() string { return fmt.Sprintf("seat %d: %s", f.Seat, f.Failure.Error()) }

// failed is what an error of the agent at a seat makes of a match: a *Failed, but
// for two kinds of errors. Where the context is done the match was broken off, by
// nobody's fault. A Tabular agent without a row for a state it gets to is none of
// this game: it is refused where its rows are compiled, so it is here.
func failed(ctx context.Context, seat int, a Agent, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("seat %d: %w", seat, ctx.Err())
	}
	var f Failure
	if errors.As(err, &f) && f.Kind.Known() {
		return &Failed{seat, f}
	}
	if _, tabular := a.(Tabular); tabular {
		return fmt.Errorf("seat %d: %w", seat, err)
	}
	kind := Resign
	if errors.Is(err, context.DeadlineExceeded) {
		kind = TimeoutMove // of a time the agent gave itself
	}
	return &Failed{seat, Failure{kind, err.Error()}}
}
