package sampling

import (
	"fmt"
	"math"
	"slices"

	"arbiter/ranking"
)

// Request asks for N plays of a cell, number First and following.
type Request struct {
	Cell     int
	First, N int64
}

// Sum is what the plays of one request add up to. X and XX hold, per player,
// the payoffs and their squares; D and DD the differences of the two payoffs
// and their squares, for a single population only.
type Sum struct {
	N     int64
	X, XX []float64
	D, DD float64
}

// NewSum returns the sum of no plays.
func NewSum(players int) Sum {
	return Sum{X: make([]float64, players), XX: make([]float64, players)}
}

// Add adds t to s.
func (s *Sum) Add(t Sum) {
	s.N += t.N
	for k := range s.X {
		s.X[k] += t.X[k]
		s.XX[k] += t.XX[k]
	}
	s.D += t.D
	s.DD += t.DD
}

// Clear makes s the sum of no plays.
func (s *Sum) Clear() {
	clear(s.X)
	clear(s.XX)
	s.N, s.D, s.DD = 0, 0, 0
}

// State is the fold over a log of decisions. It is not safe for concurrent use.
type State struct {
	cfg   Config
	edges []ranking.Edge
	open  []bool
	dir   []ranking.Direction
	left  int // open edges

	cells   []cell
	touch   [][]int32 // edges at each cell, ascending
	plays   int64     // over all cells
	started bool      // every cell has been played once

	threshold float64 // log evidence that resolves an edge
	blocks    []block // Pair, Bernstein on two cells
	duels     []duel  // Pair on two cells

	round  []Request
	served int
	cursor int   // count-weighted, batch 0: the cell to look at next
	order  []int // uniform-exhaustive: edges in the order of work
	draws  uint64
}

// cell is everything known of one cell.
type cell struct {
	n       int64
	open    int        // open edges at the cell
	sums    []Sum1     // per player
	diff    Sum1       // of the two payoffs in a single population
	bounds  []plugIn   // Bernstein: per player
	in      []Interval // Hoeffding, Mixture with several populations: of the scaled payoffs
	history []Sum1     // per decision from decision base on, per player
	base    int
	keep    int // length of history at which to look what can be forgotten
}

// block is how far an edge has compared its two cells.
type block struct {
	at   int     // decisions compared
	n, x float64 // plays compared, per cell; sum of both cells' scaled payoffs
	s, v float64 // Bernstein: Σ(y-x), Σ(y-m)²+(x-m)²
}

// New starts a fold. The Config must pass Check.
func New(cfg Config) (*State, error) {
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	if cfg.Binary {
		cfg.Lo, cfg.Hi = slices.Repeat([]float64{0}, cfg.numbers()), slices.Repeat([]float64{1}, cfg.numbers())
	}
	s := &State{cfg: cfg, edges: cfg.Space.Edges()}
	s.open = make([]bool, len(s.edges))
	s.dir = make([]ranking.Direction, len(s.edges))
	s.cells = make([]cell, cfg.Cells())
	s.touch = make([][]int32, len(s.cells))
	for c := range s.cells {
		k := cfg.numbers()
		s.cells[c] = cell{sums: make([]Sum1, k), in: make([]Interval, k)}
		if cfg.Bound == Bernstein && cfg.bounded() {
			s.cells[c].bounds = make([]plugIn, k)
		}
	}
	for i, e := range s.edges {
		s.open[i] = true
		for _, c := range s.ends(i, e) {
			s.touch[c] = append(s.touch[c], int32(i))
			s.cells[c].open++
		}
	}
	s.left = len(s.edges)
	if cfg.Scheme == UniformExhaustive {
		s.order = s.shuffled(len(s.edges))
	}
	family := 2.0
	if cfg.Level == Simultaneous {
		family *= float64(len(s.edges))
	}
	s.threshold = math.Log(family / cfg.Delta)
	if !cfg.Space.Single && cfg.Scheme != FixedBudget {
		switch cfg.Bound {
		case Pair:
			s.duels = make([]duel, len(s.edges))
			for i := range s.duels {
				s.duels[i] = newDuel()
			}
			s.blocks = make([]block, len(s.edges))
		case Bernstein:
			s.blocks = make([]block, len(s.edges))
		}
	}
	return s, nil
}

// ends are the cells an edge compares: one pair of a single population, else
// the two profiles.
func (s *State) ends(i int, e ranking.Edge) []int {
	if s.cfg.Space.Single {
		return []int{i}
	}
	return []int{int(e.U), int(e.V)}
}

// Observe folds in the outcome of the next request of the round.
func (s *State) Observe(req Request, sum Sum) error {
	if s.served == len(s.round) || s.round[s.served].Cell != req.Cell || s.cells[req.Cell].n != req.First || sum.N != req.N {
		return fmt.Errorf("sampling: play %d of cell %d (%d plays) is out of turn", req.First, req.Cell, sum.N)
	}
	s.served++
	c := &s.cells[req.Cell]
	c.n += sum.N
	s.plays += sum.N
	for k := range c.sums {
		c.sums[k].add(Sum1{float64(sum.N), sum.X[k], sum.XX[k]})
	}
	c.diff.add(Sum1{float64(sum.N), sum.D, sum.DD})
	if c.bounds != nil {
		for k := range c.bounds {
			c.bounds[k].observe(s.scale(k, Sum1{float64(sum.N), sum.X[k], sum.XX[k]}), s.level(0), s.grid)
		}
	}
	first := !s.started
	s.started = s.started || s.served == len(s.round)
	if s.cfg.Scheme == FixedBudget {
		return nil
	}
	if s.blocks != nil && c.open > 0 {
		for k := range c.sums {
			c.history = append(c.history, Sum1{float64(sum.N), sum.X[k], sum.XX[k]})
		}
	}
	if !s.cfg.Space.Single && (s.cfg.Bound == Hoeffding || s.cfg.Bound == Mixture) {
		for k := range c.in {
			c.in[k] = s.interval(float64(c.n), s.scale(k, c.sums[k]).X)
		}
	}
	if first {
		return nil
	}
	for _, i := range s.touch[req.Cell] {
		if s.open[i] {
			if d := s.decide(int(i)); d != ranking.Tie {
				s.resolve(int(i), d)
			}
		}
	}
	if s.blocks != nil {
		s.forget(req.Cell)
	}
	return nil
}

// Replay observes a decision from a stored log. ok is false, and nothing
// changes, where the decision does not fit into room. An error means that the
// log was not made by this Config.
func (s *State) Replay(cell int, sum Sum, room int64) (ok bool, err error) {
	if sum.N*int64(s.cfg.MatchesPerPlay) > room {
		return false, nil
	}
	reqs := s.Next(room)
	if len(reqs) == 0 {
		return false, nil
	}
	r := &reqs[0]
	if s.cfg.Scheme == FixedBudget && sum.N != r.N {
		// Steps of the fixed budget depend on the budget of the time.
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

func (s *State) resolve(i int, d ranking.Direction) {
	s.open[i], s.dir[i] = false, d
	s.left--
	for _, c := range s.ends(i, s.edges[i]) {
		s.cells[c].open--
	}
}

// grid is the count at which the decision made after n plays ends.
func (s *State) grid(n float64) float64 { return n + float64(s.cfg.step(int64(n))) }

// scale maps payoffs of player k to [0,1].
func (s *State) scale(k int, t Sum1) Sum1 {
	lo, w := s.cfg.Lo[k], s.cfg.Hi[k]-s.cfg.Lo[k]
	if w == 0 {
		return Sum1{t.N, t.N / 2, t.N / 4}
	}
	return Sum1{t.N, (t.X - t.N*lo) / w, max(0, (t.XX-2*lo*t.X+t.N*lo*lo)/(w*w))}
}

// level is the error probability of one interval after n plays.
func (s *State) level(n float64) float64 {
	if s.cfg.Level == PerLook {
		return s.cfg.Delta
	}
	level := s.cfg.Delta / float64(s.cfg.free())
	if s.cfg.Bound == Hoeffding {
		return look(level, n)
	}
	return level
}

// interval bounds the mean of n values in [0,1] that sum to x.
func (s *State) interval(n, x float64) Interval {
	switch {
	case n == 0:
		return Interval{math.Inf(-1), math.Inf(1)}
	case s.cfg.Bound == Hoeffding:
		return HoeffdingInterval(n, x, s.level(n))
	}
	return MixtureInterval(n, x, s.level(n))
}

// decide says which end of open edge i is better, Tie for not yet known.
func (s *State) decide(i int) ranking.Direction {
	e := s.edges[i]
	if s.cfg.Space.Single {
		return s.decideDifference(s.cells[i].diff)
	}
	switch s.cfg.Bound {
	case Pair:
		s.compare(i)
		up, down := s.duels[i].evidence()
		if bar := math.Exp(s.threshold); up >= bar {
			return ranking.Up
		} else if down >= bar {
			return ranking.Down
		}
	case Bernstein:
		s.compare(i)
		return s.sign(s.blocks[i].s, s.blocks[i].v)
	default:
		u, v := s.cells[e.U].in[e.Mover], s.cells[e.V].in[e.Mover]
		// With slack both may hold; the middle of the intervals then decides.
		if 2*s.cfg.Slack > min(u.Hi-v.Lo, v.Hi-u.Lo) {
			return direction(u.Lo+u.Hi < v.Lo+v.Hi)
		}
	}
	return ranking.Tie
}

// decideDifference decides an edge of a single population from the differences
// of the two payoffs, first agent minus second.
func (s *State) decideDifference(d Sum1) ranking.Direction {
	lo, hi := s.cfg.Lo[0]-s.cfg.Hi[1], s.cfg.Hi[0]-s.cfg.Lo[1]
	if s.cfg.ConstantSum {
		lo, hi = 2*s.cfg.Lo[0]-s.cfg.Sum, 2*s.cfg.Hi[0]-s.cfg.Sum
	}
	wins, losses := (d.XX+d.X)/2, (d.XX-d.X)/2 // of 0/1 payoffs
	var in Interval
	null := .5
	switch s.cfg.Bound {
	case Pair:
		if lead := max(wins, losses); lead > d.XX/2 &&
			signBest(wins, losses) >= s.threshold && signEvidence(lead, d.XX-lead) >= s.threshold {
			return direction(wins < losses)
		}
		return ranking.Tie
	case Bernstein:
		if r := max(-lo, hi); r > 0 {
			return s.sign(-d.X/r, d.XX/(r*r))
		}
		return ranking.Tie
	case Mixture:
		in = s.interval(d.XX, wins)
	case Hoeffding:
		if hi == lo {
			return ranking.Tie
		}
		null = -lo / (hi - lo)
		in = s.interval(d.N, (d.X-d.N*lo)/(hi-lo))
	}
	if up, down := in.Hi-s.cfg.Slack < null, in.Lo+s.cfg.Slack > null; up || down {
		return direction(in.Lo+in.Hi < 2*null)
	}
	return ranking.Tie
}

// sign decides by the e-process of terms with sum x and squares v.
func (s *State) sign(x, v float64) ranking.Direction {
	if gain := math.Abs(x); sumBest(gain, v) < s.threshold || sumEvidence(gain, v) < s.threshold {
		return ranking.Tie
	}
	return direction(x > 0)
}

func direction(up bool) ranking.Direction {
	if up {
		return ranking.Up
	}
	return ranking.Down
}

// compare folds the decisions both cells of edge i have behind them into its
// blocks.
func (s *State) compare(i int) {
	e, b := s.edges[i], &s.blocks[i]
	u, v, k := &s.cells[e.U], &s.cells[e.V], int(e.Mover)
	players := len(u.sums)
	for end := min(u.decisions(), v.decisions()); b.at < end; b.at++ {
		x := s.scale(k, u.history[(b.at-u.base)*players+k])
		y := s.scale(k, v.history[(b.at-v.base)*players+k])
		n, m := x.N, (b.x+1)/(2*b.n+2)
		if s.cfg.Bound == Pair {
			s.duels[i].fold(n, x.X, y.X, m)
		} else {
			b.s += y.X - x.X
			b.v += max(0, x.XX-2*m*x.X+n*m*m) + max(0, y.XX-2*m*y.X+n*m*m)
		}
		b.n += n
		b.x += x.X + y.X
	}
}

func (c *cell) decisions() int { return c.base + len(c.history)/len(c.sums) }

// forget drops the history of a cell that all its open edges have compared.
func (s *State) forget(id int) {
	c := &s.cells[id]
	if c.open == 0 {
		c.history = nil
		return
	}
	if len(c.history) < c.keep {
		return
	}
	at := c.decisions()
	for _, i := range s.touch[id] {
		if s.open[i] {
			at = min(at, s.blocks[i].at)
		}
	}
	c.history = append(c.history[:0], c.history[(at-c.base)*len(c.sums):]...)
	c.base = at
	c.keep = max(256, 2*len(c.history))
}
