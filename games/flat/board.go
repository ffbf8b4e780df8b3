// Package flat compiles finite games to arrays: a Board is a game tree without
// interfaces, maps or strings, on which matches are played at tens of millions
// per second and values are exact. It never merges nodes and holds no policy.
package flat

import (
	"errors"
	"fmt"
	"math"
	"sync"

	"arbiter/dice"
	"arbiter/games"
)

// Errors of Compile, wrapped with what was found.
var (
	ErrTooLarge  = errors.New("the game is too large to compile")
	ErrNotFinite = errors.New("the game has chance that cannot be listed")
	ErrRecall    = errors.New("the game has imperfect recall")
)

// node of the tree. Its children are the nodes first, first+1, …, in the order
// of the moves, because nodes are numbered breadth first.
type node struct {
	first int32 // first child, or the number of a terminal
	slot  int32 // start of the row's alias table among the owner's
	row   int32 // information set within the owner's; for chance, of its own kind
	moves int32 // 0 at a terminal
	owner int32 // seat, or the number of seats for chance
}

// row is an information set.
type row struct {
	games.Row
	slot  int32
	nodes []int32 // breadth first
}

// Board is a compiled game. It is immutable and may be shared.
type Board struct {
	info   games.Info
	nodes  []node
	rows   [][]row       // per seat
	infos  [][]games.Row // of rows
	odds   [][]float64   // per chance row
	chance []dice.Slot
	payoff []float64 // [terminal][seat]
	leaves int
	order  [][]int // per seat: rows as they are printed
	exact  func() *Exact

	layering []func() []layer // per seat, see layers
	scales   func() []Scale
	unit     func() *Board
}

// Info is what the game says of itself.
func (b *Board) Info() games.Info { return b.info }

// Rows are the information sets of a seat, in order of first appearance,
// breadth first. They belong to the Board.
func (b *Board) Rows(seat int) []games.Row { return b.infos[seat] }

// NodesOf is the number of nodes of a row.
func (b *Board) NodesOf(seat, row int) int { return len(b.rows[seat][row].nodes) }

// Node is a node of the tree: the root is number 0, the children of a node are
// First, First+1, … in the order of its moves.
type Node struct {
	Turn         games.Turn // a seat, games.Chance or games.Over
	Row          int        // of the seat, or of chance: see Odds
	First, Moves int        // at a terminal First is its number
}

// Node is node i.
func (b *Board) Node(i int) Node {
	n := &b.nodes[i]
	out := Node{games.Turn(n.owner), int(n.row), int(n.first), int(n.moves)}
	switch {
	case n.moves == 0:
		out.Turn = games.Over
	case int(n.owner) == b.info.Seats:
		out.Turn = games.Chance
	}
	return out
}

// Unreached lists the rows, by seat, that chance never lets play get to.
func (b *Board) Unreached() [][]int { return b.Never(b.Uniform()) }

// Odds are the probabilities of a chance row; read only.
func (b *Board) Odds(row int) []float64 { return b.odds[row] }

// Sizes counts decision nodes (of one seat each), chance nodes and terminals.
func (b *Board) Sizes() (decisions, chance, terminals int) {
	for _, n := range b.nodes {
		switch {
		case n.moves == 0:
			terminals++
		case int(n.owner) == b.info.Seats:
			chance++
		default:
			decisions++
		}
	}
	return
}

// Payoff is what every seat receives at a terminal; read only.
func (b *Board) Payoff(terminal int) []float64 {
	k := b.info.Seats
	return b.payoff[terminal*k : terminal*k+k : terminal*k+k]
}

// Play plays one match and returns its terminal. tables holds the bound
// strategy of every seat. The c-th chance turn takes chance.Word(c), the d-th
// decision of the match moves.Word(d), whoever decides.
func (b *Board) Play(tables [][]dice.Slot, chance, moves dice.Key) int {
	n := &b.nodes[0]
	// Counting turns here, not in the nodes, lets the processor mix the next
	// word before it knows the next node.
	chances, decisions := 0, 0
	for n.moves > 0 {
		var table []dice.Slot
		var word uint64
		if int(n.owner) < len(tables) {
			table, word = tables[n.owner], moves.Word(decisions)
			decisions++
		} else {
			table, word = b.chance, chance.Word(chances)
			chances++
		}
		move := dice.Pick(table[n.slot:n.slot+n.moves], word)
		n = &b.nodes[n.first+int32(move)]
	}
	return int(n.first)
}

// Match plays one match and writes what it pays: see Play.
func (b *Board) Match(tables [][]dice.Slot, chance, moves dice.Key, dst []float64) {
	copy(dst, b.Payoff(b.Play(tables, chance, moves)))
}

// Bind makes the alias tables of a strategy, for Play.
func (b *Board) Bind(seat int, s games.Behaviour) []dice.Slot {
	var table []dice.Slot
	for i, r := range b.rows[seat] {
		at := len(table)
		table = append(table, make([]dice.Slot, r.Moves)...)
		dice.Fill(table[at:], s[i])
	}
	return table
}

// Uniform is the policy that mixes all moves evenly.
func (b *Board) Uniform() []games.Behaviour {
	p := make([]games.Behaviour, len(b.rows))
	for k, rows := range b.rows {
		for _, r := range rows {
			q := make([]float64, r.Moves)
			for i := range q {
				q[i] = 1 / float64(r.Moves)
			}
			p[k] = append(p[k], q)
		}
	}
	return p
}

// Policy names the rows of strategies, in the order of the game's Lister or
// else of Rows.
func (b *Board) Policy(p []games.Behaviour) games.Policy {
	out := games.Policy{Game: b.info.Name, Seats: make([]games.Rows, len(b.rows))}
	for k, rows := range b.rows {
		for _, i := range b.order[k] {
			out.Seats[k].Keys = append(out.Seats[k].Keys, rows[i].Key)
			out.Seats[k].Probs = append(out.Seats[k].Probs, p[k][i])
			out.Seats[k].Names = append(out.Seats[k].Names, rows[i].Names)
			out.Seats[k].Labels = append(out.Seats[k].Labels, rows[i].Label)
		}
	}
	return out
}

// Compile explores a game of at most maxNodes nodes. A turn of Everyone becomes
// one decision of every seat, in order, none seeing the others'.
func Compile(g games.Game, maxNodes int) (*Board, error) {
	c, err := compile(g, maxNodes, nil)
	if err != nil {
		return nil, err
	}
	c.b.exact = sync.OnceValue(func() *Exact { return exactOf(g, c.b) })
	return c.b, nil
}

// compile does the work of Compile; it notes ratios unless that is nil.
func compile(g games.Game, maxNodes int, r *ratios) (*compiler, error) {
	c := &compiler{b: &Board{info: g.Info()}, max: maxNodes, ratios: r}
	k := c.b.info.Seats
	c.b.rows = make([][]row, k)
	c.at = make([]map[string]int32, k)
	for s := range c.at {
		c.at[s] = map[string]int32{}
	}
	if size := estimate(g); size > hopeless*float64(maxNodes) {
		return nil, fmt.Errorf("%s: %w: about %.0e nodes, at most %d fit; agents that need no solved game still play it", c.b.info.Name, ErrTooLarge, size, maxNodes)
	}
	c.b.nodes = make([]node, 1)
	if err := c.enter(position{state: g.Start(), own: make([]int32, k)}); err != nil {
		return nil, fmt.Errorf("%s: %w", c.b.info.Name, err)
	}
	for len(c.queue) > 0 {
		p := c.queue[0]
		c.queue[0] = position{} // its state is no longer needed
		c.queue = c.queue[1:]
		if err := c.expand(p); errors.Is(err, ErrTooLarge) {
			return nil, fmt.Errorf("%s: %w: about %.0e nodes, at most %d fit; agents that need no solved game still play it", c.b.info.Name, err, max(estimate(g), float64(maxNodes)), maxNodes)
		} else if err != nil {
			return nil, fmt.Errorf("%s: %w", c.b.info.Name, err)
		}
	}
	lister, listed := g.(games.Lister)
	for seat := range k {
		var order []int
		for i := range c.b.rows[seat] {
			order = append(order, i)
		}
		if listed {
			for i, key := range lister.Keys(seat) {
				order[i] = int(c.at[seat][key])
			}
		}
		c.b.order = append(c.b.order, order)
		infos := make([]games.Row, len(c.b.rows[seat]))
		for i, r := range c.b.rows[seat] {
			infos[i] = r.Row
		}
		c.b.infos = append(c.b.infos, infos)
	}
	c.b.later()
	return c, nil
}

// hopeless is how many times too large an estimate must be for a game not to be
// explored: by Markov's inequality fewer than one game in a thousand that fit
// look so.
const hopeless = 1000

// estimate is an unbiased estimate of the number of nodes from random descents
// (Knuth 1975), 0 for games with chance that cannot be listed.
func estimate(g games.Game) float64 {
	const descents = 64
	s, seats := g.Start(), g.Info().Seats
	total := 0.0
	for d := range descents {
		s.Reset()
		key, width := dice.New(uint64(d)), 1.0
		for depth := 0; depth < 1<<12; depth++ {
			total += width / descents
			turn := s.Turn()
			if turn == games.Over {
				break
			}
			pick := func(t, moves int) int { return int(dice.Float64(key.Sub(uint64(depth)).Word(t)) * float64(moves)) }
			switch turn {
			case games.Chance:
				odds := s.Odds()
				if odds == nil {
					return 0
				}
				width *= float64(len(odds))
				s.Play(pick(0, len(odds)))
			case games.Everyone:
				joint := make([]int, seats)
				for k := range joint {
					n := s.Moves(k)
					width *= float64(n)
					joint[k] = pick(k, n)
					if k+1 < seats {
						total += width / descents
					}
				}
				s.(games.Joint).PlayAll(joint)
			default:
				n := s.Moves(int(turn))
				width *= float64(n)
				s.Play(pick(0, n))
			}
		}
	}
	return total
}

// position is a node still to be expanded: a state, and at an Everyone turn the
// moves of the seats that have chosen.
type position struct {
	id     int32
	state  games.State
	chosen []int
	own    []int32 // per seat: its last row and move, as one number
}

type compiler struct {
	b     *Board
	max   int
	queue []position
	at    []map[string]int32 // row by key
	last  [][]int32          // per seat and row: own before it, for perfect recall

	ratios *ratios // nil if states do not know them
}

// enter queues a node, or writes it if it is a terminal: states of terminals
// are most of all states and need not wait.
func (c *compiler) enter(p position) error {
	b := c.b
	if p.state.Turn() != games.Over {
		c.queue = append(c.queue, p)
		return nil
	}
	b.nodes[p.id] = node{first: int32(b.leaves)}
	b.leaves++
	at := len(b.payoff)
	b.payoff = append(b.payoff, make([]float64, b.info.Seats)...)
	p.state.Payoff(b.payoff[at:])
	c.ratios = c.ratios.note(p.state)
	for seat, x := range b.payoff[at:] {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("payoff %g of seat %d is not finite", x, seat)
		}
	}
	return nil
}

func (c *compiler) expand(p position) error {
	b, turn := c.b, p.state.Turn()
	seats := b.info.Seats
	n := &b.nodes[p.id]
	switch {
	case turn == games.Chance:
		odds := p.state.Odds()
		if odds == nil {
			return ErrNotFinite
		}
		sum := 0.0
		for _, x := range odds {
			if !(x >= 0) {
				return fmt.Errorf("chance has odds %g", x)
			}
			sum += x
		}
		if math.Abs(sum-1) > 1e-9 {
			return fmt.Errorf("the odds of chance sum to %g, expected 1", sum)
		}
		*n = node{slot: int32(len(b.chance)), row: int32(len(b.odds)), moves: int32(len(odds)), owner: int32(seats)}
		b.odds = append(b.odds, append([]float64(nil), odds...))
		c.ratios = c.ratios.note(p.state)
		b.chance = append(b.chance, make([]dice.Slot, len(odds))...)
		dice.Fill(b.chance[n.slot:], odds)
		return c.children(p, len(odds))
	}
	seat := int(turn)
	if turn == games.Everyone {
		seat = len(p.chosen)
	}
	row, err := c.row(seat, p)
	if err != nil {
		return err
	}
	r := &b.rows[seat][row]
	r.nodes = append(r.nodes, p.id)
	*n = node{slot: r.slot, row: row, moves: int32(r.Moves), owner: int32(seat)}
	return c.children(p, r.Moves)
}

// row finds or makes the information set of a seat about to move.
func (c *compiler) row(seat int, p position) (int32, error) {
	key, moves := p.state.Key(seat), p.state.Moves(seat)
	rows := &c.b.rows[seat]
	for len(c.last) <= seat {
		c.last = append(c.last, nil)
	}
	if i, ok := c.at[seat][key]; ok {
		if r := (*rows)[i]; r.Moves != moves {
			return 0, fmt.Errorf("information state %q of seat %d has %d and %d moves", key, seat, r.Moves, moves)
		}
		if c.last[seat][i] != p.own[seat] {
			return 0, fmt.Errorf("%w: seat %d reaches information state %q in different ways of its own", ErrRecall, seat, key)
		}
		return i, nil
	}
	if moves < 1 {
		return 0, fmt.Errorf("information state %q of seat %d has no moves", key, seat)
	}
	r := row{Row: games.Row{Key: key, Moves: moves}}
	if n := len(*rows); n > 0 {
		r.slot = (*rows)[n-1].slot + int32((*rows)[n-1].Moves)
	}
	if namer, ok := p.state.(games.Namer); ok {
		r.Names = append([]string(nil), namer.MoveNames(seat)...)
	}
	if labeler, ok := p.state.(games.Labeler); ok {
		r.Label = labeler.Label(seat)
	}
	i := int32(len(*rows))
	*rows = append(*rows, r)
	c.last[seat] = append(c.last[seat], p.own[seat])
	c.at[seat][key] = i
	return i, nil
}

// children appends the children of a node.
func (c *compiler) children(p position, moves int) error {
	b := c.b
	if len(b.nodes)+moves > c.max {
		return ErrTooLarge
	}
	n := &b.nodes[p.id]
	n.first = int32(len(b.nodes))
	seat, slot, first := int(n.owner), n.slot, n.first
	b.nodes = append(b.nodes, make([]node, moves)...)
	for m := range moves {
		child := p
		child.id = first + int32(m)
		if seat < b.info.Seats {
			child.own = append([]int32(nil), p.own...)
			child.own[seat] = slot + int32(m) + 1
		}
		if p.state.Turn() == games.Everyone {
			child.chosen = append(append([]int(nil), p.chosen...), m)
			if len(child.chosen) == b.info.Seats {
				child.state = p.state.Clone()
				child.state.(games.Joint).PlayAll(child.chosen)
				child.chosen = nil
			}
		} else {
			child.state = p.state.Clone()
			child.state.Play(m)
		}
		if err := c.enter(child); err != nil {
			return err
		}
	}
	return nil
}
