package gambit

import (
	"fmt"
	"math/big"
	"strconv"

	"arbiter/games"
)

// Game is a tree to be played. Keys of information states are Gambit's numbers
// of them: 1, 2, … for each player by first appearance in the file.
type Game struct {
	t    *Tree
	info games.Info
	odds [][]float64 // per chance set
	paid [][]float64 // per node, at terminals

	ratios [][]*big.Rat // per node, at terminals: paid
	keys   []string
}

// mostBits is the length of ratios to which payments on the way to an ending may
// add up, mostSum that of all endings together: 256 MB.
const mostBits, mostSum = 1 << 14, 1 << 31

// NewGame makes a game of t. name is its canonical spec. Payments on the way that
// add up to ratios too long to work with are an error.
func NewGame(name string, t *Tree) (*Game, error) {
	seats := len(t.Players)
	g := &Game{t: t, paid: make([][]float64, len(t.Nodes)), ratios: make([][]*big.Rat, len(t.Nodes))}
	g.info = games.Info{Name: name, Seats: seats, ConstantSum: true, Title: t.Title, Players: t.Players}
	for _, s := range t.Chance {
		row := make([]float64, len(s.Odds))
		for i, p := range s.Odds {
			row[i], _ = p.Float64()
		}
		g.odds = append(g.odds, row)
	}
	sets := 0
	for _, list := range t.Sets {
		sets = max(sets, len(list))
	}
	for i := range sets {
		g.keys = append(g.keys, strconv.Itoa(i+1))
	}
	// total are the exact payoffs on the way to a node; a node without an outcome
	// shares its parent's.
	total := make([][]*big.Rat, len(t.Nodes))
	var sum *big.Rat
	length := 0
	zero := make([]*big.Rat, seats)
	for k := range zero {
		zero[k] = new(big.Rat)
	}
	for i, n := range t.Nodes {
		if n.Parent >= 0 {
			total[i] = total[n.Parent]
		}
		if n.Outcome >= 0 {
			paid := t.Outcomes[n.Outcome].Payoffs
			if total[i] != nil {
				more := make([]*big.Rat, seats)
				for k := range more {
					more[k] = new(big.Rat).Add(total[i][k], paid[k])
					bits := more[k].Num().BitLen() + more[k].Denom().BitLen()
					if length += bits; bits > mostBits || length > mostSum {
						return nil, fmt.Errorf("the payments on the way to node %d add up to ratios too long to work with, of more than %d bits or %d in all", i+1, mostBits, mostSum)
					}
				}
				paid = more
			}
			total[i] = paid
		}
		if n.Kind != TerminalNode {
			continue
		}
		if total[i] == nil {
			total[i] = zero
		}
		g.paid[i], g.ratios[i] = make([]float64, seats), total[i]
		all := new(big.Rat)
		for k := range total[i] {
			g.paid[i][k], _ = total[i][k].Float64()
			all.Add(all, total[i][k])
		}
		if g.info.Lo == nil {
			g.info.Lo, g.info.Hi = append([]float64(nil), g.paid[i]...), append([]float64(nil), g.paid[i]...)
			sum = all
			g.info.Sum, _ = sum.Float64()
			g.info.Binary = true
		}
		for k, x := range g.paid[i] {
			g.info.Lo[k], g.info.Hi[k] = min(g.info.Lo[k], x), max(g.info.Hi[k], x)
			g.info.Binary = g.info.Binary && (x == 0 || x == 1)
		}
		if sum.Cmp(all) != 0 {
			g.info.ConstantSum = false
		}
	}
	if !g.info.ConstantSum {
		g.info.Sum = 0
	}
	return g, nil
}

// Tree is the tree that is played; read only.
func (g *Game) Tree() *Tree { return g.t }

// Info is what the game says of itself.
func (g *Game) Info() games.Info { return g.info }

// Keys lists the information states of a seat in Gambit's order.
func (g *Game) Keys(seat int) []string { return g.keys[:len(g.t.Sets[seat])] }

// Start is the root.
func (g *Game) Start() games.State { return &state{g: g} }

type state struct {
	g    *Game
	node int
}

func (s *state) at() *Node { return &s.g.t.Nodes[s.node] }

func (s *state) Turn() games.Turn {
	switch n := s.at(); n.Kind {
	case ChanceNode:
		return games.Chance
	case PersonalNode:
		return games.Turn(n.Player)
	}
	return games.Over
}

func (s *state) Moves(int) int      { return len(s.at().Children) }
func (s *state) Odds() []float64    { return s.g.odds[s.at().Set] }
func (s *state) Play(move int)      { s.node = s.at().Children[move] }
func (s *state) Key(int) string     { return s.g.keys[s.at().Set] }
func (s *state) Reset()             { s.node = 0 }
func (s *state) Clone() games.State { c := *s; return &c }
func (s *state) Payoff(dst []float64) {
	if copy(dst, s.g.paid[s.node]) == 0 {
		clear(dst)
	}
}
func (s *state) MoveNames(seat int) []string { return s.g.t.Sets[seat][s.at().Set].Actions }

// Label is that of the information set.
func (s *state) Label(seat int) string { return s.g.t.Sets[seat][s.at().Set].Label }

// ExactOdds and ExactPayoff are the numbers of the file.
func (s *state) ExactOdds() []*big.Rat   { return s.g.t.Chance[s.at().Set].Odds }
func (s *state) ExactPayoff() []*big.Rat { return s.g.ratios[s.node] }
