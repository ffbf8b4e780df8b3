package sampling

import "math"

// FixedBudget plays all cells equally often and resolves nothing.
const FixedBudget = "fixed-budget"

var fixedBudget = schemeKind{name: FixedBudget, openEnded: true, start: func(*Ledger) Scheme { return &fixed{} }}

type fixed struct{ round []Request }

// Next first levels the counts, which an earlier budget may have left uneven,
// then raises all by one step, at most to their share of the budget.
func (s *fixed) Next(l *Ledger, room int64) []Request {
	most, least := int64(0), int64(math.MaxInt64)
	cells := int64(0)
	for i, c := range l.cells {
		if l.played(i) {
			most, least = max(most, c.n), min(least, c.n)
			cells++
		}
	}
	share := (l.plays + room/int64(l.cfg.MatchesPerPlay)) / cells
	goal := most
	if most == least {
		goal = min(share, int64(l.grid(float64(most))))
	}
	s.round = s.round[:0]
	for c := range l.cells {
		if n := goal - l.cells[c].n; n > 0 && l.played(c) {
			s.round = append(s.round, Request{c, l.cells[c].n, n})
		}
	}
	return s.round
}
