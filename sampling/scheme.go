package sampling

import "arbiter/dice"

// Request asks for N plays of a cell, number First and following.
type Request struct {
	Cell     int // by number, from 0
	First, N int64
}

// Scheme chooses what to play (Rowland et al. 2019, section 4).
type Scheme interface {
	// Next returns what to play now, in order, all decided on from the same
	// ledger. Every cell has been played once and, unless the scheme is open
	// ended, an edge is open. room is how many matches are left. The slice is
	// used again by the following call.
	Next(l *Ledger, room int64) []Request
}

// schemeKind is a line of the list of schemes.
type schemeKind struct {
	name      string
	start     func(*Ledger) Scheme
	openEnded bool // resolves nothing, ends with the budget, which may cut its last requests
	elsewhere bool // plays nothing: cells are observed as they come, from matches played elsewhere
	heaps     bool // cells come in heaps, not in blocks that could be compared
}

// one is the round of a single request: a step of cell c.
type one [1]Request

func (o *one) ask(l *Ledger, c int) []Request {
	o[0] = l.request(c)
	return o[:]
}

// request is the next step of a cell.
func (l *Ledger) request(c int) Request {
	n := l.cells[c].n
	return Request{c, n, l.cfg.step(n)}
}

// draws are the words a scheme draws for itself.
type draws struct {
	key  dice.Key
	used uint64
}

func (d *draws) word() uint64 {
	d.used++
	return d.key.Sub(d.used).Word(0)
}
