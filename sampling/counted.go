package sampling

// CountWeighted plays the cell with the smallest count among those with an open
// edge, the lowest id on ties.
const CountWeighted = "count-weighted"

var countWeighted = schemeKind{name: CountWeighted, start: func(*Ledger) Scheme { return &counted{} }}

// counted plays the least played open cells. All open cells have the same
// count, since each pass over them raises them alike; so the least played one
// with the lowest id is the next of the pass. With Batch 0 one cell is chosen
// at a time, with the edges as they then are; otherwise the whole pass is one
// round, which workers can share.
type counted struct {
	round  []Request
	cursor int // batch 0: the cell to look at next
}

func (s *counted) Next(l *Ledger, _ int64) []Request {
	s.round = s.round[:0]
	for len(s.round) == 0 {
		for ; s.cursor < len(l.cells); s.cursor++ {
			if l.cells[s.cursor].open > 0 {
				s.round = append(s.round, l.request(s.cursor))
				if l.cfg.Batch == 0 {
					s.cursor++
					return s.round
				}
			}
		}
		s.cursor = 0
	}
	return s.round
}
