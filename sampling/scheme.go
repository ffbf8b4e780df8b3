package sampling

import (
	"math"
	"slices"

	"arbiter/dice"
	"arbiter/ranking"
)

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
	case s.cfg.Scheme == Imported:
	case !s.started:
		for c := range s.cells {
			if s.played(c) {
				s.ask(c, 1)
			}
		}
	case s.cfg.Scheme == FixedBudget:
		s.planFixed(room)
	case s.left == 0:
	case s.cfg.Scheme == UniformExhaustive:
		for !s.open[s.order[0]] {
			s.order = s.order[1:]
		}
		i := s.order[0]
		c := s.ends[i][0].cell
		if s.sides() == 2 {
			c = s.ends[i][s.word()>>63].cell
		}
		s.ask(c, s.cfg.step(s.cells[c].n))
	case s.cfg.Scheme == CountWeighted:
		s.planCounted()
	default:
		c := s.draw()
		s.ask(c, s.cfg.step(s.cells[c].n))
	}
}

// played reports whether the cell is not one of a pair of which the other is
// played.
func (s *State) played(c int) bool {
	canonical, _ := s.cfg.canonical(c)
	return c == canonical
}

func (s *State) ask(c int, n int64) {
	s.round = append(s.round, Request{c, s.cells[c].n, n})
}

// draw picks a cell as the schemes Uniform and ValenceWeighted do.
func (s *State) draw() int {
	if s.raffle == nil {
		s.raffle = make([]float64, len(s.cells))
		valence := make([]float64, s.cfg.Space.Shape[0]) // single population: open edges per strategy
		if s.cfg.Space.Single {
			for i, e := range s.edges {
				if s.open[i] {
					valence[e.U]++
					valence[e.V]++
				}
			}
		}
		total := 0.0
		for c := range s.cells {
			w := float64(s.cells[c].open)
			switch {
			case s.cfg.Scheme == Uniform || w == 0:
			case s.cfg.Space.Single:
				w = valence[s.edges[c].U] + valence[s.edges[c].V]
			default:
				w *= w
			}
			total += w
			s.raffle[c] = total
		}
	}
	ticket := dice.Float64(s.word()) * s.raffle[len(s.raffle)-1]
	c, _ := slices.BinarySearchFunc(s.raffle, ticket, func(sum, ticket float64) int {
		if sum > ticket {
			return 1
		}
		return -1
	})
	return c
}

// planCounted plays the least played open cells. All open cells have the same
// count, since each pass over them raises them alike; so the least played one
// with the lowest id is the next of the pass. With Batch 0 one cell is chosen
// at a time, with the edges as they then are; otherwise the whole pass is one
// round, which workers can share.
func (s *State) planCounted() {
	for len(s.round) == 0 {
		for ; s.cursor < len(s.cells); s.cursor++ {
			if s.cells[s.cursor].open > 0 {
				s.ask(s.cursor, s.cfg.step(s.cells[s.cursor].n))
				if s.cfg.Batch == 0 {
					s.cursor++
					return
				}
			}
		}
		s.cursor = 0
	}
}

// planFixed first levels the counts, which an earlier budget may have left
// uneven, then raises all by one step, at most to their share of the budget.
func (s *State) planFixed(room int64) {
	most, least := int64(0), int64(math.MaxInt64)
	cells := int64(0)
	for i, c := range s.cells {
		if s.played(i) {
			most, least = max(most, c.n), min(least, c.n)
			cells++
		}
	}
	share := (s.plays + room/int64(s.cfg.MatchesPerPlay)) / cells
	goal := most
	if most == least {
		goal = min(share, int64(s.grid(float64(most))))
	}
	for c := range s.cells {
		if n := goal - s.cells[c].n; n > 0 && s.played(c) {
			s.ask(c, n)
		}
	}
}

// word draws for the scheme itself.
func (s *State) word() uint64 {
	s.draws++
	return s.cfg.Key.Sub(s.draws).Word(0)
}

// shuffled is a uniformly random order of 0..n-1 (Fisher and Yates).
func (s *State) shuffled(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	for i := n - 1; i > 0; i-- {
		j := int(dice.Float64(s.word()) * float64(i+1))
		order[i], order[j] = order[j], order[i]
	}
	return order
}

// Imported reports whether what is observed was played elsewhere.
func (s *State) Imported() bool { return s.cfg.Scheme == Imported }

// AtRest reports whether all requests of the last round have been observed.
func (s *State) AtRest() bool { return s.served == len(s.round) }

// Open is the number of edges not resolved, Edges of all edges.
func (s *State) Open() int  { return s.left }
func (s *State) Edges() int { return len(s.edges) }

// Plays is how often a cell was played, Matches how many matches all cells took.
func (s *State) Plays(cell int) int64 {
	c, _ := s.cfg.canonical(cell)
	return s.cells[c].n
}
func (s *State) Matches() int64 { return s.plays * int64(s.cfg.MatchesPerPlay) }

// Mean returns the mean payoff of a player of a cell and an interval for it,
// in units of payoff. At level Simultaneous all intervals of all cells hold at
// once, at all times, with probability 1-Delta. A cell never played has the
// middle of the range, or 0 where payoffs have no limits; there the interval is
// infinite.
func (s *State) Mean(cell, player int) (float64, Interval) {
	cell, exchanged := s.cfg.canonical(cell)
	if exchanged {
		player = 1 - player
	}
	lo, hi := s.cfg.Lo[player], s.cfg.Hi[player]
	x := &s.cells[cell].numbers[player]
	switch {
	case math.IsInf(hi-lo, 0):
		mean := 0.0
		if x.n > 0 {
			mean = x.exact().mean()
		}
		return mean, Interval{math.Inf(-1), math.Inf(1)}
	case x.n == 0:
		return (lo + hi) / 2, Interval{lo, hi}
	}
	in := s.interval(end{cell, player})
	return x.exact().mean(), Interval{max(lo, lo+float64(in.Lo*(hi-lo))), min(hi, lo+float64(in.Hi*(hi-lo)))}
}

// StdErr is the standard error of Mean, NaN below two plays.
func (s *State) StdErr(cell, player int) float64 {
	cell, exchanged := s.cfg.canonical(cell)
	if exchanged {
		player = 1 - player
	}
	x := &s.cells[cell].numbers[player]
	if x.n < 2 {
		return math.NaN()
	}
	width := s.cfg.Hi[player] - s.cfg.Lo[player]
	if !(width > 0 && width < math.Inf(1)) {
		width = 1
	}
	return x.exact().deviation(width) / math.Sqrt(float64(x.n-1))
}

// Payoffs is the table of mean payoffs. The diagonal of a single population,
// which no ranking reads, is half the constant sum or 0.
func (s *State) Payoffs() ranking.Payoffs {
	p := ranking.Payoffs{Space: s.cfg.Space}
	if !s.cfg.Space.Single {
		for k := range s.cfg.Lo {
			m := make([]float64, len(s.cells))
			for c := range m {
				m[c], _ = s.Mean(c, k)
			}
			p.M = append(p.M, m)
		}
		return p
	}
	n := s.cfg.Space.N()
	m := make([]float64, n*n)
	for i := range n {
		m[i*n+i] = s.cfg.Sum / 2
	}
	for c, e := range s.edges {
		m[int(e.U)*n+int(e.V)], _ = s.Mean(c, 0)
		m[int(e.V)*n+int(e.U)], _ = s.Mean(c, 1)
	}
	p.M = [][]float64{m}
	return p
}

// Advantages bounds, per edge, what its mover gains by going from U to V, in
// units of payoff; all bounds hold at once like those of Mean. They are infinite
// where payoffs have no limits.
func (s *State) Advantages() (lo, hi []float64) {
	lo, hi = make([]float64, len(s.edges)), make([]float64, len(s.edges))
	for i := range s.edges {
		u, v := s.ends[i][0], s.ends[i][1]
		w := s.cfg.Hi[u.number] - s.cfg.Lo[u.number]
		in := Interval{-1, 1}
		if s.cells[u.cell].n > 0 && s.cells[v.cell].n > 0 && !math.IsInf(w, 0) {
			in = s.difference(i)
		}
		lo[i], hi[i] = max(-w, w*in.Lo), min(w, w*in.Hi)
	}
	return lo, hi
}

// Graph is the response graph as known: resolved edges as they were frozen,
// open ones as the means have them now. The second result tells which are open.
func (s *State) Graph() (ranking.Graph, []bool) {
	g := ranking.Response(s.Payoffs(), 0)
	for i := range g.Dir {
		if !s.open[i] {
			g.Dir[i] = s.dir[i]
		}
	}
	return g, s.open
}
