// Package games holds the contracts of a game and nothing else: what a game
// tells about itself (Info), how one play of it goes (State), what a seat may
// see (View), how seats may behave (Behaviour, Policy), and what can be worked
// out where all information states are known (Form, Judge, Deck). Rules live in
// the packages below this one.
package games

import (
	"math/big"
	"math/rand/v2"
)

// Turn says who moves next: a seat (0, 1, ...) or one of the values below,
// which are OpenSpiel's.
type Turn int

const (
	Chance   Turn = -1 // nature, with State.Odds
	Everyone Turn = -2 // all seats at once, see Joint
	Over     Turn = -4 // nobody: the match has ended
)

// Info is what a game says about itself, as plain data.
type Info struct {
	Name  string // canonical spec, the identity of the game
	Seats int    // at least 1

	// Lo and Hi bound the payoff of each seat in every match; infinite where
	// no bound is known.
	Lo, Hi []float64

	ConstantSum bool    // the payoffs of all seats sum to Sum in every match
	Sum         float64 // 0 unless ConstantSum
	Binary      bool    // every payoff is 0 or 1
	Symmetric   bool    // two seats with the same rules: who sits where does not matter
	Perfect     bool    // every seat sees the whole State

	// Even says that all outcomes of a chance turn are equally likely and that
	// payoffs are whole numbers: what the game is in exact numbers.
	Even bool

	Title   string   // as its file calls it, "" for none
	Players []string // names of the seats, nil for none; read only

	// What learners are told.
	Vector   []Axis  // what an Observer sees, number by number; nil for none
	Horizon  int     // turns after which every match has ended; 0: none is known
	Discount float64 // weight of the next turn's pay; 0: the game has no say in it
	Idle     []int   // per seat, a move that does nothing; nil: there is none
	Varied   []Axis  // keys of its spec that are numbers of its physics, with the ranges in which agents are tried
}

// Axis is a number that varies.
type Axis struct {
	Name   string  `json:"name"`             // of the number
	Lo     float64 `json:"lo"`               // where it is looked at; below it counts as here
	Hi     float64 `json:"hi"`               // above it counts as here
	Around bool    `json:"around,omitempty"` // Hi and Lo are the same place, as with angles
	Unit   string  `json:"-"`                // of Lo and Hi, on drawings; empty: none
}

// Game makes matches. A Game is immutable and may be shared by goroutines.
type Game interface {
	Info() Info   // the same at every call; its slices are read only
	Start() State // a new State, at the start of a match
}

// State is a cursor in one match, reused from match to match. It belongs to
// one goroutine. Moves are dense, 0..Moves-1, in an order the game documents;
// they stand for outcomes at a chance turn.
//
// Slices and strings handed out are valid until the next change of the State,
// and belong to it.
type State interface {
	Turn() Turn // Turn is who moves next, Over at the end of the match.
	// Moves is the number of moves of seat, which must be about to move.
	Moves(seat int) int
	// Odds are the probabilities of the outcomes at a Chance turn; they sum
	// to 1. A Roller returns nil where they cannot be listed.
	Odds() []float64
	// Play makes a move of the seat to move, or an outcome of chance.
	Play(move int)
	// Key names the information state of seat, which must be about to move,
	// with perfect recall: equal keys mean that the seat has seen and done the
	// same.
	Key(seat int) string
	// Payoff writes what each seat has received since Reset.
	Payoff(dst []float64)
	// Reset goes back to the start.
	Reset()
	// Clone returns an independent copy.
	Clone() State
}

// Joint is a State with Everyone turns.
type Joint interface {
	// PlayAll makes one move of every seat.
	PlayAll(moves []int)
}

// Roller is a State with chance too wide to list. Such games never compile.
type Roller interface {
	// Roll lets chance move with words drawn from src.
	Roll(src rand.Source)
}

// Observer is a State whose seats see numbers, as Info.Vector names them.
type Observer interface {
	// Observe appends what seat sees to dst.
	Observe(seat int, dst []float64) []float64
}

// Payer is a State that pays as it goes.
type Payer interface {
	// Paid writes what every seat got by the last change of the State.
	Paid(dst []float64)
}

// Limiter is a State in which a seat can be held back.
type Limiter interface {
	// Limit lets the moves of seat count for a share of what they are, from 0 to 1,
	// until it is said anew. It returns false, and does nothing, if the game cannot.
	Limit(seat int, share float64) bool
}

// Lister is a Game that says in which order its information states are
// printed: all of a seat's that can come up.
type Lister interface {
	Keys(seat int) []string // Keys lists those of seat, each once.
}

// Namer is a State that can name moves.
type Namer interface {
	// MoveNames lists the names of the moves of seat, which must be about to
	// move, in their order.
	MoveNames(seat int) []string
}

// Exact is a State that knows its numbers as ratios. What it hands out is read
// only and stays valid.
type Exact interface {
	// ExactOdds are Odds, nil where only these are known.
	ExactOdds() []*big.Rat
	// ExactPayoff is Payoff, nil where only that is known.
	ExactPayoff() []*big.Rat
}

// Labeler is a State whose information states have labels beside their keys.
type Labeler interface {
	// Label is that of the information state of seat, which must be about to
	// move; "" for none.
	Label(seat int) string
}

// View is what the agent at a seat is shown when it is to move.
type View struct {
	Seat  int      // who is asked, from 0
	Key   string   // information state of the seat
	Moves int      // choose 0..Moves-1
	Names []string // of the moves, nil if the game does not name them; read only
	// Vector is what an Observer shows the seat, nil for none; read only.
	Vector []float64
	State  State // only in games of perfect information, else nil; read only
}
