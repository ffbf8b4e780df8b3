package sampling

import "math"

// Sum is what the plays of one request add up to. X and XX hold, per player,
// the payoffs and their squares; D and DD the differences of the two payoffs
// and their squares, for a single population only. Values is nil except for
// bound betting on payoffs that are not 0/1. Config.NewSum makes one.
type Sum struct {
	N      int64
	X, XX  []float64
	D, DD  float64
	Values []Histogram
}

// Observe adds a payoff of player k; it does not count the play.
func (s *Sum) Observe(k int, x float64) {
	s.X[k] += x
	s.XX[k] += x * x
	if s.Values != nil {
		s.Values[k].Observe(x)
	}
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
	for k := range s.Values {
		s.Values[k].add(&t.Values[k])
	}
}

// Clear makes s the sum of no plays.
func (s *Sum) Clear() {
	clear(s.X)
	clear(s.XX)
	s.N, s.D, s.DD = 0, 0, 0
	for k := range s.Values {
		clear(s.Values[k].Weight[:])
	}
}

// Bins is the number of intervals between the points of a Histogram.
const Bins = 64

// Histogram counts payoffs on Bins+1 evenly spaced points from Lo to Hi. A
// payoff between two points is shared between them so that its mean stays.
type Histogram struct {
	Lo, Hi float64
	Weight [Bins + 1]float64
}

// Observe counts one payoff.
func (h *Histogram) Observe(x float64) {
	at := 0.
	if h.Hi > h.Lo {
		at = min(Bins, max(0, (x-h.Lo)/(h.Hi-h.Lo)*Bins))
	}
	i := min(Bins-1, int(at))
	part := at - float64(i)
	if near := math.Round(part); math.Abs(part-near) < 1e-9 {
		part = near // on a point but for rounding
	}
	h.Weight[i] += 1 - part
	h.Weight[i+1] += part
}

func (h *Histogram) add(t *Histogram) {
	for i, w := range t.Weight {
		h.Weight[i] += w
	}
}

// tally adds up values of one number: how many, Σx, Σx².
type tally struct{ N, X, XX float64 }

func (s *tally) add(t tally) { s.N += t.N; s.X += t.X; s.XX += t.XX }

func (s Sum) tally(k int) tally { return tally{float64(s.N), s.X[k], s.XX[k]} }
