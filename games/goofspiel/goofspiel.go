// Package goofspiel is Goofspiel for two players, by OpenSpiel's rules: prizes
// 1..cards come up one after the other, both bid a card of their hand at once, the
// higher bid takes the prize, nobody on a tie. The last bids are forced and made
// without being asked for.
package goofspiel

import (
	"fmt"
	"strconv"

	"arbiter/games"
)

// Order in which the prizes come up.
type Order string

const (
	Random     Order = "random"     // any prize left, evenly
	Ascending  Order = "ascending"  // 1, 2, …
	Descending Order = "descending" // the largest first
)

// Returns is what a match pays.
type Returns string

const (
	WinLoss         Returns = "win_loss"         // 1 and -1, 0 for equal points
	PointDifference Returns = "point_difference" // own points less the mean
	TotalPoints     Returns = "total_points"     // own points
)

// Game is Goofspiel.
type Game struct {
	cards     int
	order     Order
	imperfect bool
	returns   Returns
	info      games.Info
}

// New makes a game of 1 to 13 cards. imperfect: bids are not shown, only who won.
func New(name string, cards int, order Order, returns Returns, imperfect bool) (*Game, error) {
	if cards < 1 || cards > 13 {
		return nil, fmt.Errorf("%s: found %d cards, expected 1 to 13", name, cards)
	}
	g := &Game{cards: cards, order: order, imperfect: imperfect, returns: returns}
	all := float64(cards * (cards + 1) / 2)
	lo, hi, sum := -1., 1., true
	switch returns {
	case WinLoss:
	case PointDifference:
		lo, hi = -all/2, all/2
	case TotalPoints:
		lo, hi, sum = 0, all, false
	default:
		return nil, fmt.Errorf("%s: returns: found %q, expected %s, %s or %s", name, returns, WinLoss, PointDifference, TotalPoints)
	}
	switch order {
	case Random, Ascending, Descending:
	default:
		return nil, fmt.Errorf("%s: order: found %q, expected %s, %s or %s", name, order, Random, Ascending, Descending)
	}
	g.info = games.Info{
		Name: name, Seats: 2, Lo: []float64{lo, lo}, Hi: []float64{hi, hi},
		ConstantSum: sum, Even: true, Symmetric: true, Perfect: !imperfect,
	}
	return g, nil
}

// Info is what the game says of itself.
func (g *Game) Info() games.Info { return g.info }

// Start is before the first prize.
func (g *Game) Start() games.State {
	s := &state{g: g}
	s.Reset()
	return s
}

// state holds sets of cards as bits, card c at bit c-1.
type state struct {
	g       *Game
	hands   [2]uint16
	prizes  uint16 // left
	points  [2]int
	shown   []byte    // prizes so far, the one to be won included
	bids    [2][]byte // cards
	winners []byte    // 0, 1 or '-'
}

func (s *state) Reset() {
	full := uint16(1)<<s.g.cards - 1
	*s = state{g: s.g, hands: [2]uint16{full, full}, prizes: full, shown: s.shown[:0], bids: [2][]byte{s.bids[0][:0], s.bids[1][:0]}, winners: s.winners[:0]}
	s.reveal()
}

func (s *state) Clone() games.State {
	c := *s
	c.shown = append([]byte(nil), s.shown...)
	c.winners = append([]byte(nil), s.winners...)
	for k := range c.bids {
		c.bids[k] = append([]byte(nil), s.bids[k]...)
	}
	return &c
}

// waiting: a prize lies on the table.
func (s *state) waiting() bool { return len(s.shown) > len(s.winners) }

func (s *state) Turn() games.Turn {
	switch {
	case s.prizes == 0 && !s.waiting():
		return games.Over
	case s.waiting():
		return games.Everyone
	}
	return games.Chance
}

// nth is the n-th card of a set, from 0.
func nth(set uint16, n int) byte {
	for c := byte(1); ; c++ {
		if set>>(c-1)&1 == 1 {
			if n == 0 {
				return c
			}
			n--
		}
	}
}

func size(set uint16) (n int) {
	for ; set != 0; set &= set - 1 {
		n++
	}
	return n
}

// Moves are the cards of a hand, lowest first; outcomes the prizes left.
func (s *state) Moves(seat int) int { return size(s.hands[seat]) }

func (s *state) Odds() []float64 {
	n := size(s.prizes)
	odds := make([]float64, n)
	for i := range odds {
		odds[i] = 1 / float64(n)
	}
	return odds
}

func (s *state) Play(i int) { s.show(nth(s.prizes, i)) }

func (s *state) show(prize byte) {
	s.prizes &^= 1 << (prize - 1)
	s.shown = append(s.shown, prize)
	if size(s.hands[0]) == 1 {
		s.bid(nth(s.hands[0], 0), nth(s.hands[1], 0))
	}
}

// reveal shows the next prize where there is no choice.
func (s *state) reveal() {
	switch n := size(s.prizes); {
	case n == 0:
	case s.g.order == Ascending || n == 1:
		s.show(nth(s.prizes, 0))
	case s.g.order == Descending:
		s.show(nth(s.prizes, n-1))
	}
}

func (s *state) PlayAll(moves []int) { s.bid(nth(s.hands[0], moves[0]), nth(s.hands[1], moves[1])) }

func (s *state) bid(a, b byte) {
	prize := int(s.shown[len(s.shown)-1])
	winner := byte('-')
	switch {
	case a > b:
		winner = '0'
		s.points[0] += prize
	case b > a:
		winner = '1'
		s.points[1] += prize
	}
	s.winners = append(s.winners, winner)
	for k, c := range []byte{a, b} {
		s.hands[k] &^= 1 << (c - 1)
		s.bids[k] = append(s.bids[k], c)
	}
	s.reveal()
}

// Key holds prizes, own bids and winners; with perfect information the other's
// bids too. Points and hands follow from them.
func (s *state) Key(seat int) string {
	var b []byte
	list := func(cards []byte) {
		for i, c := range cards {
			if i > 0 {
				b = append(b, ' ')
			}
			b = strconv.AppendInt(b, int64(c), 10)
		}
	}
	b = append(b, "prizes "...)
	list(s.shown)
	if s.g.imperfect {
		b = append(b, "|bids "...)
		list(s.bids[seat])
	} else {
		for k := range s.bids {
			b = append(b, "|bids "...)
			list(s.bids[k])
		}
	}
	b = append(b, "|won "...)
	return string(append(b, s.winners...))
}

// MoveNames are the cards.
func (s *state) MoveNames(seat int) []string {
	var names []string
	for c := 1; c <= s.g.cards; c++ {
		if s.hands[seat]>>(c-1)&1 == 1 {
			names = append(names, strconv.Itoa(c))
		}
	}
	return names
}

func (s *state) Payoff(dst []float64) {
	a, b := float64(s.points[0]), float64(s.points[1])
	switch s.g.returns {
	case TotalPoints:
		dst[0], dst[1] = a, b
	case PointDifference:
		dst[0], dst[1] = (a-b)/2, (b-a)/2
	default:
		x := 0.
		if a > b {
			x = 1
		} else if b > a {
			x = -1
		}
		dst[0], dst[1] = x, -x
	}
}
