package sampling

import (
	"fmt"
	"math"
	"slices"

	"arbiter/profile"
	"arbiter/total"
)

// Request asks for N plays of a cell, number First and following.
type Request struct {
	Cell     int
	First, N int64
}

// State is the fold over a log of decisions. It is not safe for concurrent use.
type State struct {
	cfg   Config
	edges []profile.Edge
	ends  [][2]end // per edge: what it compares
	twin  []int32  // per edge: the same comparison again if Symmetric, else itself
	open  []bool
	dir   []profile.Direction
	left  int // open edges

	cells   []cell
	touch   [][]int32 // edges at each cell, ascending, without those another stands for
	due     []int64   // per edge: plays of both ends before which it cannot close
	plays   int64     // over all cells
	started bool      // every cell has been played once
	tests   tester    // bounds pair and bernstein, else nil
	first   *firstRule
	diffs   []tally // firstRule: per cell of a single population, of the two payoffs

	round  []Request
	served int
	cursor int   // count-weighted, batch 0: the cell to look at next
	order  []int // uniform-exhaustive: edges in the order of work
	raffle []float64
	draws  uint64
}

// tester decides edges by evidence of their own rather than by intervals.
type tester interface {
	observe(cell int, sum Sum)
	decide(edge int) profile.Direction
	release(edge int, d profile.Direction) // it has been closed
	tidy(cell int)
}

// end is one side of an edge: a number of a cell.
type end struct{ cell, number int }

// cell is everything known of one cell.
type cell struct {
	n       int64
	open    int      // open edges at the cell
	numbers []number // per player
}

// number is everything known of one payoff.
type number struct {
	n      int64
	x, xx  total.Sum
	values *Histogram
	in     Interval // of the payoff scaled to [0,1], after at plays
	at     int64
}

func (x *number) exact() exact { return exact{float64(x.n), &x.x, &x.xx} }

// New starts a fold. The Config must pass Check.
func New(cfg Config) (*State, error) {
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	k := cfg.numbers()
	if cfg.Binary {
		cfg.Lo, cfg.Hi = slices.Repeat([]float64{0}, k), slices.Repeat([]float64{1}, k)
		cfg.Signs, cfg.Sign = true, 1
	}
	s := &State{cfg: cfg, edges: cfg.Space.Edges()}
	s.left = len(s.edges)
	s.open = slices.Repeat([]bool{true}, s.left)
	s.dir = make([]profile.Direction, s.left)
	s.due = make([]int64, s.left)
	s.cells = make([]cell, cfg.Cells())
	s.touch = make([][]int32, len(s.cells))
	for c := range s.cells {
		s.cells[c].numbers = make([]number, k)
		for i, h := range cfg.NewSum().Values {
			s.cells[c].numbers[i].values = &h
		}
	}
	s.connect()
	if cfg.Scheme == UniformExhaustive {
		s.order = s.shuffled(len(s.edges))
	}
	switch {
	case cfg.Rule == firstStage:
		s.cfg.Epsilon = 0 // it knew none
		s.first, s.diffs = newFirstRule(s), make([]tally, len(s.cells))
		s.tests = s.first
	case cfg.tests() && cfg.Scheme != FixedBudget:
		s.tests = newTests(s)
	}
	return s, nil
}

// connect finds what every edge compares and which edges are the same.
func (s *State) connect() {
	s.ends, s.twin = make([][2]end, len(s.edges)), make([]int32, len(s.edges))
	first := map[[2]end]int32{}
	for i, e := range s.edges {
		s.twin[i] = int32(i)
		if s.cfg.Space.Single {
			s.ends[i] = [2]end{{i, 0}, {i, 1}}
		} else {
			for j, p := range [2]int32{e.U, e.V} {
				c, exchanged := s.cfg.canonical(int(p))
				k := int(e.Mover)
				if exchanged {
					k = 1 - k
				}
				s.ends[i][j] = end{c, k}
			}
		}
		if s.cfg.Symmetric {
			key := s.ends[i]
			if key[0].cell > key[1].cell {
				key[0], key[1] = key[1], key[0]
			}
			if t, seen := first[key]; seen {
				s.twin[i], s.twin[t] = t, int32(i)
				continue
			}
			first[key] = int32(i)
		}
		for _, e := range s.ends[i][:s.sides()] {
			s.touch[e.cell] = append(s.touch[e.cell], int32(i))
			s.cells[e.cell].open++
		}
	}
}

// stands reports whether edge i stands for its twin too.
func (s *State) stands(i int) bool { return i <= int(s.twin[i]) }

// sides is how many cells an edge compares.
func (s *State) sides() int {
	if s.cfg.Space.Single {
		return 1
	}
	return 2
}

// Observe folds in the outcome of the next request of the round; under the
// scheme Imported, of any.
func (s *State) Observe(req Request, sum Sum) error {
	if s.cfg.Scheme != Imported {
		if s.served == len(s.round) || s.round[s.served].Cell != req.Cell || s.cells[req.Cell].n != req.First || sum.N != req.N {
			return fmt.Errorf("sampling: play %d of cell %d (%d plays) is out of turn", req.First, req.Cell, sum.N)
		}
		s.served++
	}
	c := &s.cells[req.Cell]
	c.n += sum.N
	s.plays += sum.N
	for k := range c.numbers {
		x := &c.numbers[k]
		if s.cfg.rounds() {
			x.roundedAdd(&sum, k)
			continue
		}
		x.n += sum.N
		x.x.AddSum(&sum.X[k])
		x.xx.AddSum(&sum.XX[k])
		if x.values != nil {
			x.values.add(&sum.Values[k])
		}
	}
	first := !s.started
	s.started = s.started || s.cfg.Scheme == Imported || s.served == len(s.round)
	if s.first != nil {
		d, x := &s.diffs[req.Cell], sum.difference()
		d.N, d.X, d.XX = d.N+x.n, d.X+x.x.Float64(), d.XX+x.xx.Float64()
	}
	if s.tests != nil {
		s.tests.observe(req.Cell, sum)
	}
	if s.cfg.Scheme == FixedBudget {
		return nil
	}
	if first && s.cfg.Scheme != Imported {
		return nil
	}
	for _, i := range s.touch[req.Cell] {
		if s.open[i] {
			if d, known := s.decide(int(i)); known {
				s.close(int(i), d)
			}
		}
	}
	if s.tests != nil {
		s.tests.tidy(req.Cell)
	}
	return nil
}

// Replay observes a decision from a stored log. ok is false, and nothing
// changes, where the decision does not fit into room. An error means that the
// log was not made by this Config.
func (s *State) Replay(cell int, sum Sum, room int64) (ok bool, err error) {
	if s.cfg.Scheme == Imported {
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

// close ends the work on an edge and its twin.
func (s *State) close(i int, d profile.Direction) {
	s.open[i], s.dir[i] = false, d
	s.left--
	if j := s.twin[i]; int(j) != i {
		s.open[j], s.dir[j] = false, d
		if s.ends[j][0] != s.ends[i][0] {
			s.dir[j] = -d // it stands the other way round
		}
		s.left--
	}
	for _, e := range s.ends[i][:s.sides()] {
		s.cells[e.cell].open--
	}
	s.raffle = nil
	if s.tests != nil {
		s.tests.release(i, d)
	}
}

// decide says whether open edge i is known, and how.
func (s *State) decide(i int) (profile.Direction, bool) {
	if s.tests != nil {
		if d := s.tests.decide(i); d != profile.Tie || s.cfg.Epsilon == 0 {
			return d, d != profile.Tie
		}
	}
	u, v := s.ends[i][0], s.ends[i][1]
	nu, nv := s.cells[u.cell].n, s.cells[v.cell].n
	if nu == 0 || nv == 0 || nu+nv < s.due[i] {
		return profile.Tie, false
	}
	d := s.difference(i)
	if s.cfg.Epsilon > 0 && d.Lo >= -s.cfg.Epsilon && d.Hi <= s.cfg.Epsilon {
		return profile.Tie, true
	}
	far := math.Inf(1) // how far the interval is from closing the edge
	if s.tests == nil {
		up, down := d.Lo+2*s.cfg.Slack, d.Hi-2*s.cfg.Slack
		if up > 0 && down < 0 { // both may hold with slack; the means decide
			return direction(s.mean(u) <= s.mean(v)), true
		}
		if up > 0 || down < 0 {
			return direction(up > 0), true
		}
		far = min(-up, down)
	}
	if s.cfg.Epsilon > 0 {
		far = min(far, max(-s.cfg.Epsilon-d.Lo, d.Hi-s.cfg.Epsilon))
	}
	// A play of a cell played n times moves either end of its interval by less
	// than 2/n, so the edge need not be looked at for a while.
	s.due[i] = nu + nv + int64(far*float64(min(nu, nv))/2)
	return profile.Tie, false
}

func direction(up bool) profile.Direction {
	if up {
		return profile.Up
	}
	return profile.Down
}

func (s *State) mean(e end) float64 {
	t := s.scale(e.number, s.cells[e.cell].numbers[e.number].exact())
	return t.X / t.N
}

// difference bounds the scaled mean of the second end of edge i minus that of
// the first.
func (s *State) difference(i int) Interval {
	u, v := s.ends[i][0], s.ends[i][1]
	a := s.interval(u)
	if s.cfg.Space.Single && s.cfg.ConstantSum {
		// One number decides: its mean against half the sum.
		lo, w := s.cfg.Lo[0], s.cfg.Hi[0]-s.cfg.Lo[0]
		if w == 0 {
			return Interval{}
		}
		sum := (s.cfg.Sum - 2*lo) / w
		return Interval{sum - 2*a.Hi, sum - 2*a.Lo}
	}
	b := s.interval(v)
	return Interval{b.Lo - a.Hi, b.Hi - a.Lo}
}

// grid is the count at which the decision made after n plays ends.
func (s *State) grid(n float64) float64 { return n + float64(s.cfg.step(int64(n))) }

// scale maps payoffs of player k to [0,1].
func (s *State) scale(k int, t exact) tally {
	lo, w := s.cfg.Lo[k], s.cfg.Hi[k]-s.cfg.Lo[k]
	if w == 0 {
		return tally{t.n, t.n / 2, t.n / 4}
	}
	if s.cfg.rounds() {
		x, xx := t.x.Float64(), t.xx.Float64()
		return tally{t.n, (x - float64(t.n*lo)) / w, max(0, (xx-float64(2*lo*x)+float64(t.n*lo*lo))/(w*w))}
	}
	return t.scaled(lo, w)
}

// level is the error probability of the interval of one number after n plays.
func (s *State) level(n float64) float64 {
	if s.cfg.Level == PerLook {
		return s.cfg.Delta
	}
	level := s.cfg.Delta / float64(s.cfg.free())
	if s.cfg.tests() && s.cfg.Epsilon > 0 {
		level /= 2 // the tests have the other half
	}
	if s.cfg.Bound == Hoeffding || s.cfg.Bound == ClopperPearson {
		return look(level, n)
	}
	return level
}

// interval bounds a number, scaled to [0,1], that has been observed.
func (s *State) interval(e end) Interval {
	if s.first != nil {
		return s.first.interval(e)
	}
	x := &s.cells[e.cell].numbers[e.number]
	if x.at == x.n {
		return x.in
	}
	x.at = x.n
	t, level := s.scale(e.number, x.exact()), s.level(float64(x.n))
	switch {
	case s.cfg.Bound == Hoeffding:
		x.in = HoeffdingInterval(t.N, t.X, level)
	case s.cfg.Bound == ClopperPearson:
		x.in = ClopperPearsonInterval(t.N, t.X, level)
	case s.cfg.Bound == Betting && s.cfg.Binary:
		x.in = BettingInterval([]float64{t.N - t.X, t.X}, level)
	case s.cfg.Bound == Betting:
		x.in = BettingInterval(x.values.Weights(), level)
	case s.cfg.Binary:
		x.in = MixtureInterval(t.N, t.X, level)
	default:
		x.in = BernsteinInterval(t.N, t.X, t.XX, level)
	}
	return x.in
}
