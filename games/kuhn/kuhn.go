// Package kuhn is Kuhn poker for 2 to 10 players: a deck of one card more than
// players, one ante each, and at most one bet, which the others call or fold
// in turn (Kuhn 1950; Abou Risk and Szafron 2010 for more players).
//
// Moves are 0 pass (check or fold) and 1 bet (bet or call), always both legal.
// An information state is the own card followed by the betting, as in "1pb".
package kuhn

import (
	"fmt"
	"strconv"

	"arbiter/games"
)

type game struct {
	players int
}

// New returns the game for 2 to 10 players.
func New(players int) (games.Game, error) {
	if players < 2 || players > 10 {
		return nil, fmt.Errorf("kuhn_poker: found %d players, expected 2 to 10", players)
	}
	return &game{players: players}, nil
}

func (g *game) Info() games.Info {
	n := g.players
	info := games.Info{Name: fmt.Sprintf("kuhn_poker(players=%d)", n), Seats: n, ConstantSum: true, Even: true}
	for range n {
		info.Lo = append(info.Lo, -2)
		info.Hi = append(info.Hi, float64(2*(n-1)))
	}
	return info
}

func (g *game) Start() games.State {
	s := &state{players: g.players, odds: make([]float64, g.players+1)}
	s.Reset()
	return s
}

// state of one hand.
type state struct {
	players int
	cards   []byte // dealt so far, by seat
	betting []byte // 'p' and 'b'
	bettor  int    // first to bet, -1 if none yet
	odds    []float64
	left    []byte // cards still in the deck, ascending
	key     []byte
}

func (s *state) Reset() {
	s.cards, s.betting, s.left, s.bettor = s.cards[:0], s.betting[:0], s.left[:0], -1
	for c := range s.players + 1 {
		s.left = append(s.left, byte(c))
	}
}

func (s *state) Clone() games.State {
	c := *s
	c.cards = append([]byte(nil), s.cards...)
	c.betting = append([]byte(nil), s.betting...)
	c.left = append([]byte(nil), s.left...)
	c.odds = make([]float64, len(s.odds))
	c.key = nil
	return &c
}

func (s *state) Turn() games.Turn {
	switch {
	case len(s.cards) < s.players:
		return games.Chance
	case s.bettor < 0 && len(s.betting) == s.players, s.bettor >= 0 && len(s.betting) == s.bettor+s.players:
		return games.Over
	}
	return games.Turn(len(s.betting) % s.players)
}

func (s *state) Moves(int) int {
	if len(s.cards) < s.players {
		return len(s.left)
	}
	return 2
}

func (s *state) Odds() []float64 {
	odds := s.odds[:len(s.left)]
	for i := range odds {
		odds[i] = 1 / float64(len(odds))
	}
	return odds
}

func (s *state) Play(move int) {
	if len(s.cards) < s.players {
		s.cards = append(s.cards, s.left[move])
		s.left = append(s.left[:move], s.left[move+1:]...)
		return
	}
	if move == 1 && s.bettor < 0 {
		s.bettor = len(s.betting)
	}
	s.betting = append(s.betting, "pb"[move])
}

func (s *state) Key(seat int) string {
	s.key = strconv.AppendInt(s.key[:0], int64(s.cards[seat]), 10)
	s.key = append(s.key, s.betting...)
	return string(s.key)
}

var names = []string{"pass", "bet"}

// MoveNames are pass and bet.
func (s *state) MoveNames(int) []string { return names }

// in reports whether a seat has put in its second chip.
func (s *state) in(seat int) bool {
	if s.bettor < 0 {
		return false
	}
	turn := seat
	if turn < s.bettor {
		turn += s.players
	}
	return turn < len(s.betting) && s.betting[turn] == 'b'
}

func (s *state) Payoff(dst []float64) {
	pot, winner := 0.0, -1
	for seat := range s.players {
		in := s.in(seat)
		dst[seat] = -1
		if in {
			dst[seat] = -2
		}
		pot -= dst[seat]
		if (in || s.bettor < 0) && (winner < 0 || s.cards[seat] > s.cards[winner]) {
			winner = seat
		}
	}
	dst[winner] += pot
}
