package sampling

import "fmt"

// State is the fold over a log of decisions. It is not safe for concurrent use.
type State struct {
	Ledger
	scheme  Scheme
	kind    *schemeKind
	bound   Bound  // nil: edges stay open
	keeper  keeper // the bound, if it is one
	round   []Request
	served  int
	started bool // every cell has been played once
}

// New starts a fold. The Config must pass Check.
func New(cfg Config) (*State, error) {
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	s := &State{Ledger: newLedger(cfg, cfg.NewSum().Values), kind: cfg.scheme()}
	s.started = s.kind.elsewhere
	s.means = s.interval
	s.scheme = s.kind.start(&s.Ledger)
	s.bound = newBound(&s.Ledger)
	s.keeper, _ = s.bound.(keeper)
	return s, nil
}

// newBound is the bound that decides in a ledger. nil: edges stay open.
func newBound(l *Ledger) Bound {
	switch {
	case l.cfg.Rule == firstStage:
		return newFirstRule(l)
	case l.cfg.scheme().openEnded:
		return nil
	case l.cfg.tests():
		return newTests(l)
	}
	return newIntervals(l, false)
}

// Next returns the requests to play now, in order; Observe must be called for
// each. They were decided on from the same state, so they may be played at
// once. It returns none when every edge is resolved or when the next decision
// does not fit into room, in matches: decisions are never cut, so that a run
// with more room begins with exactly the decisions of one with less. (The
// fixed budget alone is spread over all cells to the last play.)
func (s *State) Next(room int64) []Request {
	if s.served == len(s.round) {
		s.round, s.served = s.round[:0], 0
		s.plan(room)
	}
	fits := s.round[s.served:]
	for i, r := range fits {
		if room -= r.N * int64(s.cfg.MatchesPerPlay); room < 0 {
			return fits[:i]
		}
	}
	return fits
}

func (s *State) plan(room int64) {
	switch {
	case !s.started:
		for c := range s.cells {
			if s.played(c) {
				s.round = append(s.round, Request{c, 0, 1})
			}
		}
	case s.left > 0 || s.kind.openEnded:
		s.round = s.scheme.Next(&s.Ledger, room)
	}
}

// Observe folds in the outcome of the next request of the round; where plays
// come from elsewhere, of any.
func (s *State) Observe(req Request, sum Sum) error {
	first := !s.started
	if !s.kind.elsewhere {
		if s.served == len(s.round) || s.round[s.served].Cell != req.Cell || s.cells[req.Cell].n != req.First || sum.N != req.N {
			return fmt.Errorf("sampling: play %d of cell %d (%d plays) is out of turn", req.First, req.Cell, sum.N)
		}
		s.served++
		s.started = s.started || s.served == len(s.round)
	}
	s.observe(req.Cell, &sum)
	if s.bound == nil {
		return nil
	}
	s.bound.Observe(req.Cell, sum)
	if first || s.kind.openEnded {
		return nil
	}
	for _, i := range s.touch[req.Cell] {
		if s.open[i] {
			if d, known := s.bound.Decide(int(i)); known {
				s.close(int(i), d)
				if s.keeper != nil {
					s.keeper.closed(int(i), d)
				}
			}
		}
	}
	if s.keeper != nil {
		s.keeper.tidy(req.Cell)
	}
	return nil
}

// Replay observes a decision from a stored log. ok is false, and nothing
// changes, where the decision does not fit into room. An error means that the
// log was not made by this Config.
func (s *State) Replay(cell int, sum Sum, room int64) (ok bool, err error) {
	if !sum.Sound(s.cfg) {
		return false, fmt.Errorf("sampling: the log has failures at cell %d that are none of its %d plays", cell, sum.N)
	}
	if s.kind.elsewhere {
		if cell >= len(s.cells) {
			return false, fmt.Errorf("sampling: the log has cell %d of %d", cell, len(s.cells))
		}
		return true, s.Observe(Request{cell, s.cells[cell].n, sum.N}, sum)
	}
	if sum.N*int64(s.cfg.MatchesPerPlay) > room {
		return false, nil
	}
	reqs := s.Next(room)
	if len(reqs) == 0 {
		return false, nil
	}
	r := &reqs[0]
	if s.kind.openEnded && sum.N != r.N {
		// Its steps depend on the budget of the time.
		if sum.N > r.N {
			return false, nil
		}
		r.N = sum.N
	}
	if r.Cell != cell {
		return false, fmt.Errorf("sampling: the log plays cell %d where cell %d is next", cell, r.Cell)
	}
	return true, s.Observe(*r, sum)
}

// Imported reports whether what is observed was played elsewhere.
func (s *State) Imported() bool { return s.kind.elsewhere }

// AtRest reports whether all requests of the last round have been observed.
func (s *State) AtRest() bool { return s.served == len(s.round) }
