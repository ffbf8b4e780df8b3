package sampling

import (
	"arbiter/profile"
	"arbiter/sampling/confidence"
)

// tests holds the capital of every edge for the bounds pair and bernstein.
//
// How the capital 1 is shared (level Simultaneous): each of n edges owns 1/n,
// half of it in either account. Only the account of a true null can do harm.
// When an edge is closed as "v is better", one of two things is the case. The
// declaration is wrong: that is the event whose probability is bounded, and
// nothing after it matters. Or "u is better" is the edge's only true null. Then
// the half paid into the other account was never at risk and the capital still
// in this account is at risk no longer: both go to the open edges, in equal
// parts, again half into either account. So the expected capital at risk never
// exceeds 1 before the first error.
//
// Capital handed over must bet on plays nobody has seen when it is handed over:
// for two cells it enters with the first block that both have ahead of them.
// For then, given everything seen elsewhere, the account of a true null less
// what was paid in is a supermartingale in the blocks of its edge, and by
// optional stopping the probability of an error there, over delta, plus the
// expected capital left at closing, is at most the expected payments.
type tests struct {
	*Ledger
	bets   bets
	ties   *intervals // which close edges as ties, nil without Epsilon
	goal   float64    // capital at which a direction is declared
	wagers []confidence.Wager
	paid   float64 // into each account of every open edge so far
	pot    float64 // capital to hand over
	rest   int     // edges tested that are open

	// Two cells: how far edges have compared them, and what they have yet to
	// compare.
	blocks  []block
	history []history // per cell
}

// block is how far an edge has compared its two cells.
type block struct {
	at   int       // decisions compared
	n, x float64   // plays compared, per cell; sum of both cells' scaled payoffs
	pays []payment // to come, ascending
}

// payment is capital that enters an account at a decision.
type payment struct {
	at     int
	amount float64
}

// history is what a cell's decisions from number base on added up to, per
// player.
type history struct {
	tallies []confidence.Tally
	base    int
	keep    int // length at which to look what can be forgotten
}

func newTests(s *Ledger) *tests {
	t := &tests{Ledger: s, bets: s.cfg.bound().bets, wagers: make([]confidence.Wager, len(s.edges))}
	for i := range s.edges {
		if s.stands(i) {
			t.rest++
		}
	}
	t.goal = 1 / s.cfg.Delta
	if s.cfg.Epsilon > 0 && s.cfg.Level == Simultaneous {
		t.goal *= 2 // the intervals that declare ties have the other half
	}
	if s.cfg.Epsilon > 0 {
		t.ties = newIntervals(s, true)
	}
	t.paid = .5
	if s.cfg.Level == Simultaneous {
		t.paid /= float64(t.rest)
	}
	for i := range t.wagers {
		t.wagers[i].Up.Pay(t.paid)
		t.wagers[i].Down.Pay(t.paid)
	}
	if !s.cfg.Space.Single {
		t.blocks = make([]block, len(s.edges))
		t.history = make([]history, len(s.cells))
	}
	return t
}

// Observe folds a decision into the wagers at its cell, or keeps it for them.
func (t *tests) Observe(c int, sum Sum) {
	if t.blocks != nil {
		if t.cells[c].open > 0 {
			for k := range sum.X {
				t.history[c].tallies = append(t.history[c].tallies, t.scale(k, sum.number(k)))
			}
		}
		return
	}
	if !t.open[c] {
		return
	}
	t.bets.match(&t.cfg, &t.wagers[c], &sum)
}

// Decide says which end of edge i is better, or that both are equally good.
func (t *tests) Decide(i int) (profile.Direction, bool) {
	if t.blocks != nil {
		t.compare(i)
	}
	w := &t.wagers[i]
	switch {
	case w.Up.Total() >= t.goal:
		return profile.Up, true
	case w.Down.Total() >= t.goal:
		return profile.Down, true
	case t.ties != nil:
		return t.ties.Decide(i)
	}
	return profile.Tie, false
}

// compare folds the decisions both cells of edge i have behind them into its
// wager.
func (t *tests) compare(i int) {
	b, w := &t.blocks[i], &t.wagers[i]
	u, v := t.ends[i][0], t.ends[i][1]
	for end := min(t.decisions(u.cell), t.decisions(v.cell)); b.at < end; b.at++ {
		for len(b.pays) > 0 && b.pays[0].at <= b.at {
			w.Up.Pay(b.pays[0].amount)
			w.Down.Pay(b.pays[0].amount)
			b.pays = b.pays[1:]
		}
		x, y := t.past(u, b.at), t.past(v, b.at)
		n, m := x.N, (b.x+1)/(2*b.n+2)
		t.bets.blocks(w, x, y, m)
		b.n += n
		b.x += x.X + y.X
	}
}

func (t *tests) decisions(c int) int {
	h := &t.history[c]
	return h.base + len(h.tallies)/t.cfg.numbers()
}

func (t *tests) past(e end, at int) confidence.Tally {
	h := &t.history[e.cell]
	return h.tallies[(at-h.base)*t.cfg.numbers()+e.number]
}

// enough is the part of what the open edges own that the pot must reach before
// it is shared: sharing it at once would take quadratic time in large fields.
const enough = .1

// closed hands the capital of an edge just closed to those still open.
func (t *tests) closed(i int, d profile.Direction) {
	t.rest--
	if t.cfg.Level == PerLook || d == profile.Tie {
		return
	}
	still := &t.wagers[i].Up // the account whose null is true
	if d == profile.Up {
		still = &t.wagers[i].Down
	}
	t.pot += t.paid + still.Total()
	if t.blocks != nil {
		for _, p := range t.blocks[i].pays {
			t.pot += p.amount
		}
	}
	if t.rest == 0 || t.pot < enough*2*t.paid*float64(t.rest) {
		return
	}
	share := t.pot / float64(2*t.rest)
	t.pot, t.paid = 0, t.paid+share
	for j := range t.wagers {
		if !t.open[j] || !t.stands(j) {
			continue
		}
		if t.blocks == nil {
			t.wagers[j].Up.Pay(share)
			t.wagers[j].Down.Pay(share)
			continue
		}
		b := &t.blocks[j]
		at := max(t.decisions(t.ends[j][0].cell), t.decisions(t.ends[j][1].cell))
		b.pays = append(b.pays, payment{at, share})
	}
}

// tidy drops the history of a cell that all its open edges have compared.
func (t *tests) tidy(c int) {
	if t.blocks == nil {
		return
	}
	h := &t.history[c]
	if t.cells[c].open == 0 {
		h.tallies = nil
		return
	}
	if len(h.tallies) < h.keep {
		return
	}
	at := t.decisions(c)
	for _, i := range t.touch[c] {
		if t.open[i] {
			at = min(at, t.blocks[i].at)
		}
	}
	h.tallies = append(h.tallies[:0], h.tallies[(at-h.base)*t.cfg.numbers():]...)
	h.base = at
	h.keep = max(256, 2*len(h.tallies))
}
