// Package control makes games of tasks whose states are vectors of real numbers:
// a protagonist, seat 0, steers; an adversary, seat 1, disturbs and is paid the
// opposite. Both choose at once, the rest is arithmetic, and only the start is left
// to chance. Rules are a Dynamics; learners step it without allocation, everybody
// else plays a Game. Such a game is never compiled: it has no list of states.
package control

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"arbiter/dice"
	"arbiter/games"
)

// Dynamics are the rules of a task. They are immutable and may be shared by
// goroutines.
type Dynamics interface {
	// Start writes a first state, drawn with words of src.
	Start(state []float64, src rand.Source)
	// Step moves a state on by the moves of the protagonist and of the adversary. It
	// returns what the protagonist is paid for it and whether the match is over.
	Step(state []float64, u, d int) (reward float64, over bool)
}

// Limiter is a Dynamics that can hold the adversary back.
type Limiter interface {
	// Limited is the same with all that the adversary does times share, from 0 to 1.
	Limited(share float64) Dynamics
}

// Task is a game on vectors, as data. It is not changed once it is in use.
type Task struct {
	Dynamics
	Name     string       // canonical spec
	State    []games.Axis // the numbers of a state, which both seats see
	Moves    [2][]string  // names of the moves, per seat
	Idle     [2]int       // the move of each that does nothing
	Horizon  int          // steps of a match, unless it is over before; at least 1
	Discount float64      // of rewards in time, for learners, in (0, 1); payoffs are plain sums
	Lo, Hi   float64      // bound the reward of a step
	Varied   []games.Axis // keys of the spec: see games.Info
}

// Game is a Task to be played.
type Game struct {
	*Task
	info games.Info
}

// New makes a task playable. Errors are of what its numbers are.
func New(t Task) (*Game, error) {
	switch {
	case t.Horizon < 1:
		return nil, fmt.Errorf("%s: horizon: found %d, expected at least 1", t.Name, t.Horizon)
	case !(t.Discount > 0 && t.Discount < 1):
		return nil, fmt.Errorf("%s: discount: found %g, expected a number between 0 and 1", t.Name, t.Discount)
	case len(t.State) == 0:
		return nil, fmt.Errorf("%s: state: found no numbers, expected at least one", t.Name)
	case !(t.Lo <= t.Hi) || math.IsInf(t.Hi-t.Lo, 0):
		return nil, fmt.Errorf("%s: rewards from %g to %g, expected an interval", t.Name, t.Lo, t.Hi)
	}
	for seat, moves := range t.Moves {
		if i := t.Idle[seat]; len(moves) == 0 || i < 0 || i >= len(moves) {
			return nil, fmt.Errorf("%s: seat %d does nothing by move %d, expected one of its %d moves", t.Name, seat, i, len(moves))
		}
	}
	// Matches that are over early are paid for fewer steps.
	n := float64(t.Horizon)
	lo, hi := min(n*t.Lo, t.Lo), max(n*t.Hi, t.Hi)
	return &Game{&t, games.Info{
		Name: t.Name, Seats: 2, Lo: []float64{lo, 0 - hi}, Hi: []float64{hi, 0 - lo}, ConstantSum: true, Perfect: true,
		Players: []string{"protagonist", "adversary"},
		Vector:  t.State, Horizon: t.Horizon, Discount: t.Discount, Idle: t.Idle[:], Varied: t.Varied,
	}}, nil
}

// Info is what the game says of itself.
func (g *Game) Info() games.Info { return g.info }

// Start is before chance draws the first state.
func (g *Game) Start() games.State {
	return &state{g: g, rules: g.Dynamics, x: make([]float64, len(g.State)), step: -1}
}

// state is a match. Its information states are named by all numbers and the step.
type state struct {
	g         *Game
	rules     Dynamics // of g, or with the adversary held back
	x         []float64
	step      int // done, -1 before the start
	over      bool
	paid, sum float64 // the protagonist: by the last change, so far
}

func (s *state) Reset() { s.step, s.over, s.paid, s.sum = -1, false, 0, 0 }

func (s *state) Clone() games.State {
	c := *s
	c.x = slices.Clone(s.x)
	return &c
}

func (s *state) Turn() games.Turn {
	switch {
	case s.over:
		return games.Over
	case s.step < 0:
		return games.Chance
	}
	return games.Everyone
}

// Odds are nil: the first state is rolled.
func (s *state) Odds() []float64 { return nil }

func (s *state) Roll(src rand.Source) {
	s.rules.Start(s.x, src)
	s.step = 0
}

// Play panics: no seat moves alone, and chance rolls.
func (s *state) Play(int) { panic("control: Play where all seats move, or chance rolls") }

func (s *state) PlayAll(moves []int) {
	s.paid, s.over = s.rules.Step(s.x, moves[0], moves[1])
	s.sum += s.paid
	s.step++
	s.over = s.over || s.step == s.g.Horizon
}

// Limit can hold the adversary back where the rules can.
func (s *state) Limit(seat int, share float64) bool {
	l, ok := s.g.Dynamics.(Limiter)
	if !ok || seat != 1 || !(share >= 0 && share <= 1) {
		return false
	}
	s.rules = l.Limited(share)
	return true
}

func (s *state) Moves(seat int) int { return len(s.g.Task.Moves[seat]) }

func (s *state) MoveNames(seat int) []string { return s.g.Task.Moves[seat] }

// Key is all numbers in full, then the step.
func (s *state) Key(int) string {
	var b []byte
	for i, x := range s.x {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendFloat(b, x, 'g', -1, 64)
	}
	return string(strconv.AppendInt(append(b, '@'), int64(s.step), 10))
}

func (s *state) Observe(_ int, dst []float64) []float64 { return append(dst, s.x...) }

func (s *state) Paid(dst []float64) { dst[0], dst[1] = s.paid, 0-s.paid }

func (s *state) Payoff(dst []float64) { dst[0], dst[1] = s.sum, 0-s.sum }

// Even draws evenly from [lo, hi) with one word of src.
func Even(src rand.Source, lo, hi float64) float64 {
	return lo + float64((hi-lo)*dice.Float64(src.Uint64()))
}

// Levels names moves that are numbers, as they are given to a dynamics.
func Levels(all []float64) []string {
	names := make([]string, len(all))
	for i, x := range all {
		names[i] = strconv.FormatFloat(x, 'g', -1, 64)
	}
	return names
}
