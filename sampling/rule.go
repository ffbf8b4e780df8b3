package sampling

import (
	"math"

	"arbiter/total"
)

// Rule is the version of what a State decides: which plays come next and when
// an edge is closed. It is part of a run's identity: a log is folded by the
// rule that made it, for ever, and a run is continued only under this one.
// Change it with anything that could change a decision.
const Rule = 3

// Older rules.
const (
	// firstStage is that of the first stored runs; see firstRule.
	firstStage = 1
	// roundedSums is today's with sums added up in floating point.
	roundedSums = 2
)

// Unversioned are the rules under which runs were stored without saying which,
// the one to try first before the other.
func Unversioned() []int { return []int{roundedSums, firstStage} }

// rounds reports whether sums are rounded at every decision.
func (c Config) rounds() bool { return c.Rule == firstStage || c.Rule == roundedSums }

// Same reports whether plays come to what is stored of them: to the last bit
// or, where sums were rounded as they grew, up to that rounding.
func (s *Sum) Same(stored *Sum, c Config) bool {
	if !c.rounds() {
		return s.Equal(stored)
	}
	if s.N != stored.N || !s.Failures.same(stored.Failures) {
		return false
	}
	size := 0.0 // of a payoff
	for k := range c.Lo {
		size = max(size, math.Abs(c.Lo[k]), math.Abs(c.Hi[k]))
	}
	// n terms of at most size, n additions with an error of half an ulp each.
	n := float64(s.N)
	near := func(a, b *total.Sum, size float64) bool {
		x, y := a.Float64(), b.Float64()
		return x == y || math.Abs(x-y) <= 0x1p-52*n*max(n*size, math.Abs(x))
	}
	ok := near(&s.D, &stored.D, 2*size) && near(&s.DD, &stored.DD, 4*size*size)
	for k := range s.X {
		ok = ok && near(&s.X[k], &stored.X[k], size) && near(&s.XX[k], &stored.XX[k], size*size)
	}
	for k := range s.Values {
		for i := range s.Values[k].Weight {
			ok = ok && near(&s.Values[k].Weight[i], &stored.Values[k].Weight[i], 1)
		}
	}
	return ok
}
