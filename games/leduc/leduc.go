// Package leduc is Leduc poker for two players: six cards of three ranks, one
// private card each and one public card between two betting rounds (Southey et
// al. 2005, rules as in OpenSpiel).
//
// Moves are those of fold, call and raise that are legal, in this order: fold
// needs a bet to fold to, and a round has at most two raises of 2 chips (first
// round) or 4. An information state is the private card, the public card and
// the betting of both rounds, as in "c4|b1|crc|r".
package leduc

import (
	"arbiter/games"
)

const (
	cards     = 6
	mostBets  = 2 // raises per round, the opening bet included
	largest   = 13
	unknown   = -1
	fold      = 'f'
	call      = 'c'
	raise     = 'r'
	ante      = 1
	firstBet  = 2
	secondBet = 4
)

type game struct{}

// New returns the game.
func New() games.Game { return game{} }

func (game) Info() games.Info {
	return games.Info{
		Name: "leduc_poker", Seats: 2, ConstantSum: true, Even: true,
		Lo: []float64{-largest, -largest}, Hi: []float64{largest, largest},
	}
}

func (game) Start() games.State {
	s := &state{}
	s.Reset()
	return s
}

// state of one hand.
type state struct {
	private [2]int8
	public  int8
	dealt   int8    // cards on the table
	round   int8    // 0 or 1
	raises  int8    // in this round
	chips   [2]int8 // put in
	folded  int8    // seat, or unknown
	betting [2]line
	odds    [cards]float64
	names   []string
}

// line is the betting of a round.
type line struct {
	n       int8
	letters [4]byte
}

func (l *line) add(b byte) {
	l.letters[l.n] = b
	l.n++
}

func (l *line) String() string { return string(l.letters[:l.n]) }

func (s *state) Reset() {
	*s = state{public: unknown, folded: unknown, chips: [2]int8{ante, ante}, names: s.names}
}

func (s *state) Clone() games.State {
	c := *s
	c.names = nil
	return &c
}

func (s *state) Turn() games.Turn {
	switch {
	case s.dealt < 2:
		return games.Chance
	case s.folded != unknown:
		return games.Over
	case s.closed(0) && s.round == 0:
		return games.Chance
	case s.round == 1 && s.closed(1):
		return games.Over
	}
	return games.Turn(s.betting[s.round].n % 2)
}

// closed reports whether a round is over without a fold: both have checked or
// the last raise was called.
func (s *state) closed(round int) bool {
	b := &s.betting[round]
	return b.n >= 2 && b.letters[b.n-1] == call
}

// left lists the cards of the deck; it has dealt ones less than six.
func (s *state) left(dst []int8) []int8 {
	for c := range int8(cards) {
		if s.dealt > 0 && c == s.private[0] || s.dealt > 1 && c == s.private[1] {
			continue
		}
		dst = append(dst, c)
	}
	return dst
}

// legal lists the letters of the legal moves.
func (s *state) legal() string {
	behind := s.chips[0] != s.chips[1]
	switch more := s.raises < mostBets; {
	case behind && more:
		return "fcr"
	case behind:
		return "fc"
	case more:
		return "cr"
	}
	return "c"
}

func (s *state) Moves(int) int {
	if s.Turn() == games.Chance {
		return cards - int(s.dealt)
	}
	return len(s.legal())
}

func (s *state) Odds() []float64 {
	odds := s.odds[:cards-s.dealt]
	for i := range odds {
		odds[i] = 1 / float64(len(odds))
	}
	return odds
}

func (s *state) Play(move int) {
	turn := s.Turn()
	if turn == games.Chance {
		var deck [cards]int8
		c := s.left(deck[:0])[move]
		if s.dealt < 2 {
			s.private[s.dealt] = c
		} else {
			s.public, s.round, s.raises = c, 1, 0
		}
		s.dealt++
		return
	}
	m := s.legal()[move]
	s.betting[s.round].add(m)
	switch other := s.chips[1-turn]; m {
	case fold:
		s.folded = int8(turn)
	case call:
		s.chips[turn] = other
	case raise:
		s.chips[turn] = other + []int8{firstBet, secondBet}[s.round]
		s.raises++
	}
}

func (s *state) Key(seat int) string {
	key := []byte{'c', '0' + byte(s.private[seat]), '|', 'b', '-', '|'}
	if s.public != unknown {
		key[4] = '0' + byte(s.public)
	}
	key = append(key, s.betting[0].String()...)
	key = append(key, '|')
	return string(append(key, s.betting[1].String()...))
}

// MoveNames are fold, call and raise.
func (s *state) MoveNames(int) []string {
	s.names = s.names[:0]
	for _, m := range s.legal() {
		s.names = append(s.names, map[rune]string{fold: "fold", call: "call", raise: "raise"}[m])
	}
	return s.names
}

// strength orders hands: a pair with the public card beats all else, then the
// higher rank wins.
func (s *state) strength(seat int) int {
	rank := int(s.private[seat] / 2)
	if rank == int(s.public/2) {
		return rank + cards
	}
	return rank
}

func (s *state) Payoff(dst []float64) {
	winner := unknown
	switch a, b := s.strength(0), s.strength(1); {
	case s.folded != unknown:
		winner = 1 - int(s.folded)
	case a > b:
		winner = 0
	case b > a:
		winner = 1
	}
	clear(dst)
	if winner != unknown {
		lost := float64(s.chips[1-winner])
		dst[winner], dst[1-winner] = lost, -lost
	}
}
