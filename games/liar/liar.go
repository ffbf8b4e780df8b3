// Package liar is liar's dice for two players with a hidden die each: bids claim
// how many dice show a face, and go up until someone calls the other a liar.
// The top face is wild.
//
// Moves are the legal actions in the order of their numbers: bids above the last
// one, ordered by quantity and then by face, and, after a bid, the call. An
// information state is the own face followed by the bids as quantity-face, as
// in "3 1-2 2-1".
package liar

import (
	"fmt"
	"strconv"

	"arbiter/games"
)

const dice = 2 // one per player

type game struct{ sides int }

// New returns the game with dice of 2 to 8 sides; six are usual.
func New(sides int) (games.Game, error) {
	if sides < 2 || sides > 8 {
		return nil, fmt.Errorf("liars_dice: found %d sides, expected 2 to 8", sides)
	}
	return game{sides}, nil
}

func (g game) Info() games.Info {
	return games.Info{
		Name: fmt.Sprintf("liars_dice(sides=%d)", g.sides), Seats: 2,
		Lo: []float64{-1, -1}, Hi: []float64{1, 1}, ConstantSum: true, Even: true,
	}
}

func (g game) Start() games.State { return &state{sides: g.sides} }

type state struct {
	sides int
	faces []int // rolled so far, by seat, from 0
	bids  []int // quantity-1 times sides plus face
	over  bool  // the last bid was called

	odds []float64
	key  []byte
}

func (s *state) Reset() { s.faces, s.bids, s.over = s.faces[:0], s.bids[:0], false }

func (s *state) Clone() games.State {
	return &state{sides: s.sides, faces: append([]int(nil), s.faces...), bids: append([]int(nil), s.bids...), over: s.over}
}

func (s *state) Turn() games.Turn {
	switch {
	case len(s.faces) < dice:
		return games.Chance
	case s.over:
		return games.Over
	}
	return games.Turn(len(s.bids) % 2)
}

// next is the lowest legal bid; from dice·sides on there is none.
func (s *state) next() int {
	if len(s.bids) == 0 {
		return 0
	}
	return s.bids[len(s.bids)-1] + 1
}

func (s *state) Moves(int) int {
	if len(s.faces) < dice {
		return s.sides
	}
	n := dice*s.sides - s.next()
	if len(s.bids) > 0 {
		n++
	}
	return n
}

func (s *state) Odds() []float64 {
	s.odds = s.odds[:0]
	for range s.sides {
		s.odds = append(s.odds, 1/float64(s.sides))
	}
	return s.odds
}

func (s *state) Play(move int) {
	switch bid := s.next() + move; {
	case len(s.faces) < dice:
		s.faces = append(s.faces, move)
	case bid == dice*s.sides:
		s.over = true
	default:
		s.bids = append(s.bids, bid)
	}
}

func (s *state) Key(seat int) string {
	s.key = strconv.AppendInt(s.key[:0], int64(s.faces[seat]+1), 10)
	for _, b := range s.bids {
		s.key = append(s.key, ' ')
		s.key = s.appendBid(s.key, b)
	}
	return string(s.key)
}

func (s *state) appendBid(b []byte, bid int) []byte {
	b = strconv.AppendInt(b, int64(bid/s.sides+1), 10)
	b = append(b, '-')
	return strconv.AppendInt(b, int64(bid%s.sides+1), 10)
}

// MoveNames are bids as in keys, and liar.
func (s *state) MoveNames(seat int) []string {
	var names []string
	for bid := s.next(); bid < dice*s.sides; bid++ {
		names = append(names, string(s.appendBid(nil, bid)))
	}
	if len(s.bids) > 0 {
		names = append(names, "liar")
	}
	return names
}

func (s *state) Payoff(dst []float64) {
	bid := s.bids[len(s.bids)-1]
	quantity, face := bid/s.sides+1, bid%s.sides
	for _, f := range s.faces {
		if f == face || f == s.sides-1 {
			quantity--
		}
	}
	bidder := (len(s.bids) - 1) % 2
	dst[bidder], dst[1-bidder] = 1, -1
	if quantity > 0 {
		dst[bidder], dst[1-bidder] = -1, 1
	}
}
