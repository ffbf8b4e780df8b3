package sampling

import (
	"math"
	"math/bits"
	"slices"

	"arbiter/sampling/confidence"
	"arbiter/total"
)

// Sum is what the N plays of one request add up to, exactly: how they were
// grouped leaves no trace. X and XX hold, per player, the payoffs and their
// squares; D and DD the differences of the two payoffs, each rounded once, and
// their squares, for a single population only. Values is nil except for bound
// betting on payoffs that are not 0/1. Failures is nil where no match failed.
// Config.NewSum makes one.
type Sum struct {
	N        int64
	X, XX    []total.Sum
	D, DD    total.Sum
	Values   []Histogram
	Failures *Failures
}

// observe adds plays that paid the same.
func (s *Sum) observe(x []float64, plays int64, single bool) {
	s.N += plays
	n := float64(plays)
	for k, v := range x {
		s.X[k].AddProduct(v, n)
		s.XX[k].AddSquares(v, n)
		if s.Values != nil {
			s.Values[k].Observe(v, n)
		}
	}
	if single {
		d := x[0] - x[1]
		s.D.AddProduct(d, n)
		s.DD.AddSquares(d, n)
	}
}

// Add adds t to s.
func (s *Sum) Add(t Sum) {
	s.N += t.N
	for k := range s.X {
		s.X[k].AddSum(&t.X[k])
		s.XX[k].AddSum(&t.XX[k])
	}
	s.D.AddSum(&t.D)
	s.DD.AddSum(&t.DD)
	for k := range s.Values {
		s.Values[k].add(&t.Values[k])
	}
	s.Failures = s.Failures.plus(t.Failures)
}

// Clear makes s the sum of no plays.
func (s *Sum) Clear() {
	clear(s.X)
	clear(s.XX)
	s.N, s.D, s.DD, s.Failures = 0, total.Sum{}, total.Sum{}, nil
	for k := range s.Values {
		clear(s.Values[k].Weight[:])
	}
}

// Finite reports whether all payoffs were numbers.
func (s *Sum) Finite() bool {
	for k := range s.X {
		if x := s.X[k].Float64(); x != x {
			return false
		}
	}
	return true
}

// Equal reports whether two sums of one Config are the same.
func (s *Sum) Equal(t *Sum) bool {
	if s.N != t.N || !s.D.Equal(&t.D) || !s.DD.Equal(&t.DD) || !s.Failures.same(t.Failures) {
		return false
	}
	for k := range s.X {
		if !s.X[k].Equal(&t.X[k]) || !s.XX[k].Equal(&t.XX[k]) {
			return false
		}
	}
	for k := range s.Values {
		for i := range s.Values[k].Weight {
			if !s.Values[k].Weight[i].Equal(&t.Values[k].Weight[i]) {
				return false
			}
		}
	}
	return true
}

// Bins is the number of intervals between the points of a Histogram.
const Bins = 64

// Histogram counts payoffs, as Weight, on Bins+1 evenly spaced points from Lo to Hi. A
// payoff between two points is shared between them so that its mean stays; the
// shares are rounded once, their sums are exact.
type Histogram struct {
	Lo, Hi float64
	Weight [Bins + 1]total.Sum
}

// Observe counts a payoff n times.
func (h *Histogram) Observe(x, n float64) {
	at := 0.
	if h.Hi > h.Lo {
		at = min(Bins, max(0, float64((x-h.Lo)/(h.Hi-h.Lo)*Bins)))
	}
	i := min(Bins-1, int(at))
	part := at - float64(i)
	if near := math.Round(part); math.Abs(part-near) < 1e-9 {
		part = near // on a point but for rounding
	}
	h.Weight[i].AddProduct(1-part, n)
	h.Weight[i+1].AddProduct(part, n)
}

// Weights are the counts as numbers.
func (h *Histogram) Weights() []float64 {
	w := make([]float64, len(h.Weight))
	for i := range w {
		w[i] = h.Weight[i].Float64()
	}
	return w
}

func (h *Histogram) add(t *Histogram) {
	for i := range t.Weight {
		h.Weight[i].AddSum(&t.Weight[i])
	}
}

// Counter adds plays to a Sum by way of counts: most games have few different
// payoffs, and counting one costs less than adding it. Where places run out, an
// older one is added to the Sum. A Counter is not safe for concurrent use.
type Counter struct {
	sum     *Sum
	single  bool
	players int
	used    uint64            // places, as bits
	pairs   [1 << places]pair // of two players
	counts  []int64           // of others, per place
	payoffs []float64         // per place and player
}

type pair struct {
	u, v float64 // NaN where the place is free
	n    int64
}

const (
	places = 6 // powers of two of them
	odd    = 0x9e3779b97f4a7c15
)

// NewCounter returns a counter for sums of the Config.
func (c Config) NewCounter() *Counter {
	n := c.numbers()
	count := &Counter{single: c.Space.Single, players: n, counts: make([]int64, 1<<places), payoffs: make([]float64, n<<places)}
	for i := range count.pairs {
		count.pairs[i].u = math.NaN()
	}
	return count
}

// Into says which Sum the plays counted from now on belong to.
func (c *Counter) Into(sum *Sum) { c.sum = sum }

// Pair counts a play of two players.
func (c *Counter) Pair(u, v float64) {
	place := (math.Float64bits(u) ^ 3*math.Float64bits(v)) * odd >> (64 - places)
	if p := &c.pairs[place]; p.u == u && p.v == v {
		p.n++
		return
	}
	c.pairBeside(place, u, v)
}

// pairBeside counts a play whose own place another has: in one of the next, else
// there.
func (c *Counter) pairBeside(place uint64, u, v float64) {
	const tries = 4
	for i := range uint64(tries) {
		at := (place + i) & (1<<places - 1)
		p := &c.pairs[at]
		if p.n == 0 {
			*p = pair{u, v, 1}
			c.used |= 1 << at
			return
		}
		if p.u == u && p.v == v {
			p.n++
			return
		}
	}
	c.flush(int(place))
	c.pairs[place] = pair{u, v, 1}
	c.used |= 1 << place
}

// Count counts a play with these payoffs, one per player.
func (c *Counter) Count(x ...float64) {
	if len(x) == 2 {
		c.Pair(x[0], x[1])
		return
	}
	h := uint64(0)
	for _, v := range x {
		h = (h ^ math.Float64bits(v)) * odd
	}
	place := int(h >> (64 - places))
	if known := c.payoffs[place*c.players:][:len(x)]; c.counts[place] == 0 || !slices.Equal(known, x) {
		c.flush(place)
		copy(known, x)
		c.used |= 1 << place
	}
	c.counts[place]++
}

// flush adds the plays counted at a place, if any, and frees it.
func (c *Counter) flush(place int) {
	if p := &c.pairs[place]; p.n > 0 {
		c.sum.observe([]float64{p.u, p.v}, p.n, c.single)
		p.u, p.n = math.NaN(), 0
	} else if n := c.counts[place]; n > 0 {
		c.sum.observe(c.payoffs[place*c.players:][:c.players], n, c.single)
		c.counts[place] = 0
	}
}

// Flush adds what is still only counted.
func (c *Counter) Flush() {
	for ; c.used != 0; c.used &= c.used - 1 {
		c.flush(bits.TrailingZeros64(c.used))
	}
}

// number is the sum of one player's payoffs, difference that of what the first
// got above the second.
func (s *Sum) number(k int) exact { return exact{float64(s.N), &s.X[k], &s.XX[k]} }
func (s *Sum) difference() exact  { return exact{float64(s.N), &s.D, &s.DD} }

// exact is a tally that has not been rounded.
type exact struct {
	n     float64
	x, xx *total.Sum
}

// scaled is the tally of (value-lo)/w, w > 0, from moments about lo without
// rounding: large payoffs that differ by little keep their variance.
func (e exact) scaled(lo, w float64) confidence.Tally {
	if lo == 0 && w == 1 {
		return confidence.Tally{N: e.n, X: e.x.Float64(), XX: max(0, e.xx.Float64())}
	}
	x, xx := *e.x, *e.xx
	if lo != 0 {
		x.AddProduct(-lo, e.n)
		xx.AddScaled(e.x, -2*lo)
		xx.AddSquares(lo, e.n)
	}
	if w > 1e-100 && w < 1e100 {
		return confidence.Tally{N: e.n, X: x.Float64() / w, XX: max(0, xx.Float64()/(w*w))}
	}
	part, k := math.Frexp(w) // squares may be beyond the range of numbers
	return confidence.Tally{N: e.n, X: x.Scaled(-k) / part, XX: max(0, xx.Scaled(-2*k)/(part*part))}
}

// mean is that of at least one value, also where their sum is beyond the range
// of numbers.
func (e exact) mean() float64 {
	if x := e.x.Float64(); !math.IsInf(x, 0) {
		return x / e.n
	}
	return math.Ldexp(e.x.Scaled(-64)/e.n, 64)
}

// deviation is the root of the mean of (value-mean)². width, of the order of
// the values' range, keeps their squares within that of numbers.
func (e exact) deviation(width float64) float64 {
	_, k := math.Frexp(width)
	w := math.Ldexp(1, k-1)
	t := e.scaled(e.mean(), w) // about the mean but for its rounding
	mean := t.X / e.n
	return w * math.Sqrt(max(0, t.XX/e.n-float64(mean*mean)))
}
