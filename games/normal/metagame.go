package normal

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"

	"arbiter/games"
)

// Noise is what a match of a payoff table pays.
type Noise int

const (
	Bernoulli Noise = iota // 0 or 1, with the table's entry as probability of 1
	Gaussian               // the entry plus a normal error
	None                   // the entry
)

// Options of a noisy game.
type Options struct {
	Noise       Noise   // zero: Bernoulli
	SD          float64 // of Gaussian
	MinMax      bool    // map the whole table to [0,1] first; a constant one to ½
	Independent bool    // draw per seat even where one winner would do
}

// game is a payoff table played by its seats choosing at once. Its one
// information state per seat has key "" and the strategies as moves.
type game struct {
	info   games.Info
	table  Table // as it was given
	opts   Options
	names  [][]string  // per seat
	means  [][]float64 // [seat][profile]
	shared bool        // one draw decides for both seats

	exact func() [][]*big.Rat // means as ratios
}

// winner is the tolerance, relative to the largest entry, to which two entries
// must sum to 1 for one winner.
const winner = 1e-9

// TableOf is the table of a game that New made, nil of another game. Read only.
func TableOf(g games.Game) *Table {
	if n, ok := g.(*game); ok {
		return &n.table
	}
	return nil
}

// New returns the noisy game of a table. name is its canonical spec. A single
// population's table makes a symmetric game of two seats.
func New(name string, t Table, o Options) (games.Game, error) {
	if err := t.Check(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	m := t.Multi()
	g := &game{table: t, opts: o, names: m.Strategies, means: append([][]float64(nil), m.Payoffs...)}
	winRates := t.Single && o.Noise != None
	if o.MinMax {
		g.rescale()
	}
	seats := len(g.names)
	sum, constant := g.constantSum(winRates)
	g.exact = sync.OnceValue(func() [][]*big.Rat {
		return g.ratios(m.Rationals(), constant && winRates)
	})
	if o.Noise == None && t.Exact != nil {
		constant = constant && constantSum(g.exact())
	}
	g.shared = seats == 2 && constant && !o.Independent && (o.Noise == Gaussian || o.Noise == Bernoulli && math.Abs(sum-1) <= winner)
	g.info = games.Info{Name: name, Seats: seats, Title: t.Title, Players: t.Players, Symmetric: t.Single, Binary: o.Noise == Bernoulli}
	switch {
	case o.Noise == None:
		g.info.ConstantSum, g.info.Sum = seats == 2 && constant, sum
	case g.shared:
		g.info.ConstantSum, g.info.Sum = true, sum
		if o.Noise == Bernoulli {
			g.info.Sum = 1
		}
	}
	for k, m := range g.means {
		lo, hi := slices.Min(m), slices.Max(m)
		switch o.Noise {
		case Bernoulli:
			if lo < 0 || hi > 1 {
				return nil, fmt.Errorf("%s: payoffs of player %d lie in [%g, %g], expected [0, 1] for noise=bernoulli: use rescale=minmax or noise=none", name, k, lo, hi)
			}
			lo, hi = 0, 1
		case Gaussian:
			lo, hi = math.Inf(-1), math.Inf(1)
		}
		g.info.Lo, g.info.Hi = append(g.info.Lo, lo), append(g.info.Hi, hi)
	}
	return g, nil
}

func (g *game) rescale() {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, m := range g.means {
		lo, hi = min(lo, slices.Min(m)), max(hi, slices.Max(m))
	}
	for k, m := range g.means {
		g.means[k] = make([]float64, len(m))
		for i, x := range m {
			g.means[k][i] = .5
			if hi > lo {
				g.means[k][i] = (x - lo) / (hi - lo)
			}
		}
	}
}

// constantSum is the sum of the payoffs of two seats if it is the same in every
// cell. With winRates the diagonal, which many leave out of such files, is not
// asked; it can only be half the sum and is set to it.
func (g *game) constantSum(winRates bool) (float64, bool) {
	if len(g.means) != 2 {
		return 0, false
	}
	// Sums are equal as decimals, or up to the rounding of what is summed, and far
	// below what matters to either player; noise is made for one winner.
	first, seen, at := 0.0, false, 0
	least, most := math.Inf(1), 0.0
	for _, m := range g.means {
		least = min(least, slices.Max(m)-slices.Min(m))
		most = max(most, math.Abs(slices.Max(m)), math.Abs(slices.Min(m)))
	}
	const matters = 1e-12
	n := len(g.names[0])
	for i := range g.means[0] {
		if winRates && i%(n+1) == 0 && n > 1 {
			continue
		}
		sum := g.means[0][i] + g.means[1][i]
		if !seen {
			first, seen, at = sum, true, i
		}
		off := math.Abs(sum - first)
		if g.opts.Noise != None {
			if off > winner*most {
				return 0, false
			}
			continue
		}
		size := max(math.Abs(g.means[0][i]), math.Abs(g.means[1][i]), math.Abs(first))
		if off > min(0x1p-49*size, matters*least) && g.decimal(i).Cmp(g.decimal(at)) != 0 {
			return 0, false
		}
	}
	if winRates && n > 1 {
		for k, m := range g.means {
			g.means[k] = slices.Clone(m)
			for i := 0; i < n*n; i += n + 1 {
				g.means[k][i] = first / 2
			}
		}
	}
	return first, true
}

// decimal is the sum of the payoffs of two seats in a cell, of the shortest decimals
// that are these numbers.
func (g *game) decimal(cell int) *big.Rat {
	sum := new(big.Rat)
	for _, m := range g.means {
		x, _ := new(big.Rat).SetString(strconv.FormatFloat(m[cell], 'g', -1, 64))
		sum.Add(sum, x)
	}
	return sum
}

func (g *game) Info() games.Info { return g.info }

func (g *game) Start() games.State {
	s := &state{g: g, payoff: make([]float64, len(g.names))}
	s.Reset()
	return s
}

// state of one match: choose, then chance per seat (or once if shared).
type state struct {
	g      *game
	cell   int // profile chosen, -1 before
	drawn  int // chance turns behind
	payoff []float64
	odds   [2]float64
}

func (s *state) Reset() { s.cell, s.drawn = -1, 0 }

func (s *state) Clone() games.State {
	c := *s
	c.payoff = slices.Clone(s.payoff)
	return &c
}

func (s *state) turns() int {
	switch {
	case s.g.opts.Noise == None:
		return 0
	case s.g.shared:
		return 1
	}
	return len(s.g.names)
}

func (s *state) Turn() games.Turn {
	switch {
	case s.cell < 0:
		return games.Everyone
	case s.drawn < s.turns():
		return games.Chance
	}
	return games.Over
}

func (s *state) Moves(seat int) int {
	if s.cell >= 0 {
		return 2
	}
	return len(s.g.names[seat])
}

// Odds are those of paying 0 and 1 to the seat whose draw it is.
func (s *state) Odds() []float64 {
	if s.g.opts.Noise == Gaussian {
		return nil
	}
	p := s.g.means[s.drawn][s.cell]
	s.odds = [2]float64{1 - p, p}
	return s.odds[:]
}

func (s *state) Play(outcome int) {
	s.payoff[s.drawn] = float64(outcome)
	if s.g.shared {
		s.payoff[1] = 1 - s.payoff[0]
	}
	s.drawn++
}

// Roll adds a normal error to the payoff of the seat whose draw it is; a
// shared one is added to one seat and taken from the other.
func (s *state) Roll(src rand.Source) {
	x := float64(s.g.opts.SD * rand.New(src).NormFloat64()) // rounded before it is added, on every machine
	s.payoff[s.drawn] += x
	if s.g.shared {
		s.payoff[1] -= x
	}
	s.drawn++
}

func (s *state) PlayAll(moves []int) {
	s.cell = 0
	for k, m := range moves {
		s.cell = s.cell*len(s.g.names[k]) + m
	}
	for k := range s.payoff {
		s.payoff[k] = s.g.means[k][s.cell]
	}
}

func (s *state) Key(int) string { return "" }

// MoveNames are the strategies.
func (s *state) MoveNames(seat int) []string { return s.g.names[seat] }

func (s *state) Payoff(dst []float64) { copy(dst, s.payoff) }

// ExactOdds are those of paying 0 and 1 by the numbers of the table.
func (s *state) ExactOdds() []*big.Rat {
	p := s.g.exact()[s.drawn][s.cell]
	return []*big.Rat{new(big.Rat).Sub(big.NewRat(1, 1), p), p}
}

// ExactPayoff is the table's without noise.
func (s *state) ExactPayoff() []*big.Rat {
	out := make([]*big.Rat, len(s.payoff))
	for k, x := range s.payoff {
		if s.g.opts.Noise == None {
			out[k] = s.g.exact()[k][s.cell]
		} else {
			out[k] = new(big.Rat).SetFloat64(x)
		}
	}
	return out
}
