package gambit

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"arbiter/games"
	"arbiter/games/flat"
)

// FromBoard is a compiled game as a tree. Numbers are those of the game where it
// knows them as ratios; else they become the simplest ones that they are up to
// rounding, and the last odds of chance make the sum 1.
func FromBoard(title string, b *flat.Board) *Tree {
	info, exact := b.Info(), b.Exact()
	seats := info.Seats
	t := &Tree{Title: title, Players: info.Players, Sets: make([][]Set, seats)}
	sets := make([]map[int]int, seats+1) // by row, of chance last
	for k := range sets {
		sets[k] = map[int]int{}
		if k < seats && info.Players == nil {
			t.Players = append(t.Players, fmt.Sprint("Player ", k+1))
		}
	}
	outcomes := map[string]int{}
	type place struct{ node, parent int }
	for open := []place{{0, -1}}; len(open) > 0; {
		i, parent := open[len(open)-1].node, open[len(open)-1].parent
		open = open[:len(open)-1]
		at, n := len(t.Nodes), b.Node(i)
		node := Node{Kind: TerminalNode, Outcome: -1, Parent: parent}
		if parent >= 0 {
			t.Nodes[parent].Children = append(t.Nodes[parent].Children, at)
		}
		switch n.Turn {
		case games.Over:
			var paid []*big.Rat
			if exact != nil {
				paid = exact.Payoff[n.First]
			} else {
				for _, x := range b.Payoff(n.First) {
					paid = append(paid, flat.Simplest(x))
				}
			}
			var key strings.Builder
			for _, x := range paid {
				key.WriteString(x.RatString() + " ")
			}
			id, ok := outcomes[key.String()]
			if !ok {
				id = len(t.Outcomes)
				outcomes[key.String()] = id
				t.Outcomes = append(t.Outcomes, Outcome{Payoffs: paid})
			}
			node.Outcome = id
		case games.Chance:
			node.Kind = ChanceNode
			node.Set = numberOf(sets[seats], n.Row, func() {
				s := Set{Actions: numbers(n.Moves)}
				if exact != nil {
					s.Odds = exact.Odds[n.Row]
				} else {
					s.Odds = simplest(b.Odds(n.Row))
				}
				t.Chance = append(t.Chance, s)
			})
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
		for m := n.Moves - 1; m >= 0; m-- {
			open = append(open, place{n.First + m, at})
		}
	}
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

// simplest are odds as ratios that sum to 1.
func simplest(odds []float64) (out []*big.Rat) {
	rest := big.NewRat(1, 1)
	for _, p := range odds[:len(odds)-1] {
		q := flat.Simplest(p)
		out = append(out, q)
		rest.Sub(rest, q)
	}
	return append(out, rest)
}
