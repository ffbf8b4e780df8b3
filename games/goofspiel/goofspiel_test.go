package goofspiel

import (
	"fmt"
	"testing"

	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/games/gametest"
)

// Sizes as an independent implementation counts them. Joint decisions are single
// ones of player 0 in a compiled tree; information states of perfect information
// are counted as that program's string has them, by what can still matter.
func TestSizes(t *testing.T) {
	for _, c := range []struct {
		cards                         int
		order                         Order
		joint, chance, terminals      int
		imperfect, perfect, decisions int
	}{
		{3, Descending, 10, 0, 36, 8, 10, 0},
		{3, Random, 57, 28, 216, 45, 57, 0},
		{4, Descending, 161, 0, 576, 81, 135, 501},
		{4, Random, 3652, 1793, 13824, 1804, 3028, 0},
		{5, Descending, 4026, 0, 14400, 1062, 1626, 0},
	} {
		for _, imperfect := range []bool{true, false} {
			g, err := New("g", c.cards, c.order, WinLoss, imperfect)
			if err != nil {
				t.Fatal(err)
			}
			b, err := flat.Compile(g, 1<<20)
			if err != nil {
				t.Fatal(err)
			}
			decisions, chance, terminals := b.Sizes()
			joint, public := 0, map[string]bool{}
			count(g.Start().(*state), func(s *state) {
				joint++
				public[fmt.Sprint(s.hands, s.shown, string(s.winners), s.points)] = true
			})
			if joint != c.joint || chance != c.chance || terminals != c.terminals || c.decisions > 0 && decisions != c.decisions {
				t.Errorf("%d cards, %s: %d joint, %d chance, %d terminals, %d decisions; expected %+v", c.cards, c.order, joint, chance, terminals, decisions, c)
			}
			if n := len(b.Rows(0)); imperfect && (n != c.imperfect || len(b.Rows(1)) != n) {
				t.Errorf("%d cards, %s: %d information states, expected %d", c.cards, c.order, n, c.imperfect)
			}
			if !imperfect && len(public) != c.perfect {
				t.Errorf("%d cards, %s: %d public states, expected %d", c.cards, c.order, len(public), c.perfect)
			}
		}
	}
}

func count(s *state, visit func(*state)) {
	switch s.Turn() {
	case games.Over:
	case games.Chance:
		for i := range s.Odds() {
			c := s.Clone().(*state)
			c.Play(i)
			count(c, visit)
		}
	default:
		visit(s)
		for a := range s.Moves(0) {
			for b := range s.Moves(1) {
				c := s.Clone().(*state)
				c.PlayAll([]int{a, b})
				count(c, visit)
			}
		}
	}
}

func TestContract(t *testing.T) {
	for _, order := range []Order{Random, Ascending, Descending} {
		for _, returns := range []Returns{WinLoss, PointDifference, TotalPoints} {
			for _, imperfect := range []bool{true, false} {
				g, err := New("g", 3, order, returns, imperfect)
				if err != nil {
					t.Fatal(err)
				}
				gametest.Run(t, g)
			}
		}
	}
	if g, err := New("g", 1, Random, WinLoss, false); err != nil || g.Start().Turn() != games.Over {
		t.Error("one card is no choice")
	}
	for _, cards := range []int{0, 14} {
		if _, err := New("g", cards, Random, WinLoss, false); err == nil {
			t.Errorf("%d cards pass", cards)
		}
	}
}

// By hand: bids 3-1, 1-3 for prizes 3, 2 leave 2-2 for 1.
func TestByHand(t *testing.T) {
	g, _ := New("g", 3, Descending, TotalPoints, false)
	s := g.Start()
	s.(games.Joint).PlayAll([]int{2, 0})
	if key := s.Key(0); key != "prizes 3 2|bids 3|bids 1|won 0" {
		t.Errorf("key %q", key)
	}
	s.(games.Joint).PlayAll([]int{0, 1})
	var x [2]float64
	s.Payoff(x[:])
	if s.Turn() != games.Over || x != [2]float64{3, 2} {
		t.Errorf("turn %d, points %v; expected the end with 3 and 2", s.Turn(), x)
	}
}
