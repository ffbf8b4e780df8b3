package gambit

import (
	"fmt"
	"math/big"
	"strconv"

	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/games/normal"
)

// FromBoard is a compiled game as a tree. Numbers become the simplest rationals
// that they are up to rounding; the last odds of chance make the sum 1.
func FromBoard(title string, b *flat.Board) *Tree {
	seats := b.Info().Seats
	t := &Tree{Title: title, Sets: make([][]Set, seats)}
	sets := make([]map[int]int, seats+1) // by row, of chance last
	for k := range sets {
		sets[k] = map[int]int{}
	}
	for k := range seats {
		t.Players = append(t.Players, fmt.Sprint("Player ", k+1))
	}
	outcomes := map[string]int{}
	var visit func(i, parent int)
	visit = func(i, parent int) {
		at, n := len(t.Nodes), b.Node(i)
		node := Node{Kind: TerminalNode, Outcome: -1, Parent: parent}
		if parent >= 0 {
			t.Nodes[parent].Children = append(t.Nodes[parent].Children, at)
		}
		switch n.Turn {
		case games.Over:
			var paid []*big.Rat
			key := ""
			for _, x := range b.Payoff(n.First) {
				paid = append(paid, normal.Simplest(x))
				key += paid[len(paid)-1].RatString() + " "
			}
			id, ok := outcomes[key]
			if !ok {
				id = len(t.Outcomes)
				outcomes[key] = id
				t.Outcomes = append(t.Outcomes, Outcome{Payoffs: paid})
			}
			node.Outcome = id
		case games.Chance:
			node.Kind = ChanceNode
			node.Set = numberOf(sets[seats], n.Row, func() { t.Chance = append(t.Chance, chanceSet(b.Odds(n.Row))) })
		default:
			k := int(n.Turn)
			node.Kind, node.Player = PersonalNode, k
			node.Set = numberOf(sets[k], n.Row, func() {
				r := b.Rows(k)[n.Row]
				s := Set{Label: r.Key, Actions: r.Names}
				if s.Actions == nil {
					s.Actions = numbers(r.Moves)
				}
				t.Sets[k] = append(t.Sets[k], s)
			})
		}
		t.Nodes = append(t.Nodes, node)
		for m := range n.Moves {
			visit(n.First+m, at)
		}
	}
	visit(0, -1)
	return t
}

// numberOf is the number of a row by first appearance.
func numberOf(known map[int]int, row int, add func()) int {
	i, ok := known[row]
	if !ok {
		i = len(known)
		known[row] = i
		add()
	}
	return i
}

func numbers(n int) (names []string) {
	for i := range n {
		names = append(names, strconv.Itoa(i))
	}
	return names
}

func chanceSet(odds []float64) Set {
	s := Set{Actions: numbers(len(odds))}
	rest := big.NewRat(1, 1)
	for _, p := range odds[:len(odds)-1] {
		q := normal.Simplest(p)
		s.Odds = append(s.Odds, q)
		rest.Sub(rest, q)
	}
	s.Odds = append(s.Odds, rest)
	return s
}
