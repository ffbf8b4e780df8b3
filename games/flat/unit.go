package flat

import (
	"math"
	"sync"
)

// Scale says how the payoffs of a seat of a Board are those of its Unit: a payoff
// is Shift + 2^Exp times the other. Range is that of the seat's payoffs, 0 if all
// are equal.
type Scale struct {
	Shift, Range float64
	Exp          int
}

// Up is a difference of payoffs of the unit in payoffs.
func (s Scale) Up(x float64) float64 { return math.Ldexp(x, s.Exp) }

// Value is a payoff of the unit in payoffs.
func (s Scale) Value(x float64) float64 { return s.Shift + math.Ldexp(x, s.Exp) }

// ScaleOf is the scale of payoffs from lo to hi: their range becomes a number from
// ½ to below 1. They are shifted only where they are far from 0 for their range,
// so that ordinary numbers keep all their bits.
func ScaleOf(lo, hi float64) Scale {
	s := Scale{Range: hi - lo}
	if _, s.Exp = math.Frexp(s.Range); s.Range == 0 {
		s.Exp = 0
	}
	const far = 8
	if max(math.Abs(lo), math.Abs(hi))/far > s.Range {
		s.Shift = lo
	}
	return s
}

// Down is a payoff in the unit.
func (s Scale) Down(x float64) float64 { return math.Ldexp(x-s.Shift, -s.Exp) }

// Plain tells whether sums of payoffs are as sharp as those of the unit.
func (s Scale) Plain() bool { return s.Shift == 0 && s.Exp > -400 && s.Exp < 400 }

// Scales are those of the seats, from the payoffs of all terminals. Ranges may be
// infinite.
func (b *Board) Scales() []Scale { return b.scales() }

func (b *Board) measure() []Scale {
	k := b.info.Seats
	out := make([]Scale, k)
	for seat := range out {
		lo, hi := math.Inf(1), math.Inf(-1)
		for at := seat; at < len(b.payoff); at += k {
			lo, hi = min(lo, b.payoff[at]), max(hi, b.payoff[at])
		}
		out[seat] = ScaleOf(lo, hi)
	}
	return out
}

// Unit is the game with every seat's payoffs in units of its own range, up to a
// power of two: what solvers look at. Equilibria are the same, and numbers far from
// 0 or far from 1 lose nothing in sums. It shares all but the payoffs.
func (b *Board) Unit() *Board { return b.unit() }

func (b *Board) rescaled() *Board {
	scales := b.Scales()
	k := b.info.Seats
	u := *b
	u.exact = func() *Exact { return nil }
	u.payoff = make([]float64, len(b.payoff))
	for at, x := range b.payoff {
		u.payoff[at] = scales[at%k].Down(x)
	}
	u.info.Lo, u.info.Hi = make([]float64, k), make([]float64, k)
	for seat := range scales {
		u.info.Lo[seat], u.info.Hi[seat] = math.Inf(1), math.Inf(-1)
		for at := seat; at < len(u.payoff); at += k {
			u.info.Lo[seat], u.info.Hi[seat] = min(u.info.Lo[seat], u.payoff[at]), max(u.info.Hi[seat], u.payoff[at])
		}
	}
	u.scales, u.unit = sync.OnceValue(u.measure), func() *Board { return &u }
	return &u
}

// later are the parts that are made when they are asked for.
func (b *Board) later() {
	b.layering = nil
	for seat := range b.info.Seats {
		b.layering = append(b.layering, sync.OnceValue(func() []layer { return b.layers(seat) }))
	}
	b.scales, b.unit = sync.OnceValue(b.measure), sync.OnceValue(b.rescaled)
}
