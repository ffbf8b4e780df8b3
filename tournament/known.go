package tournament

import (
	"slices"

	"arbiter/dice"
	"arbiter/sampling"
)

// Known remembers what plays of earlier runs came to, so that a run with more
// agents need not play them again. Matches depend on the game, the seed and who
// plays, so what is remembered is what would be played.
type Known struct {
	plan Plan
	sums map[plays]sampling.Sum
	Used int64 // matches taken over
}

// plays are the plays of one decision: those of a cell from number first on.
type plays struct {
	cell     dice.Key
	first, n int64
}

// NewKnown remembers plays for a run of the plan.
func NewKnown(p Plan) *Known { return &Known{plan: p, sums: map[plays]sampling.Sum{}} }

// Fits reports whether plays of the other run can be taken over.
func (k *Known) Fits(other Plan) bool {
	a, b := k.plan, other
	for _, d := range b.Digests { // files the plays may depend on
		if !slices.Contains(a.Digests, d) {
			return false
		}
	}
	return a.Stream == b.Stream && a.Rule == b.Rule && a.Game == b.Game && a.Seed == b.Seed && a.Population == b.Population &&
		a.Batch == b.Batch && a.MatchesPerPlay == b.MatchesPerPlay && b.Scheme != sampling.Imported &&
		(a.Sampling().NewSum().Values == nil) == (b.Sampling().NewSum().Values == nil)
}

// Add remembers the log of a run that Fits.
func (k *Known) Add(other Plan, stored [][]byte) error {
	log, counts := newLogReader(other, stored), map[dice.Key]int64{}
	keys := other.keys()
	for {
		sum := other.Sampling().NewSum()
		cell, ok, err := log.next(&sum)
		if err != nil || !ok {
			return err
		}
		if cell >= len(keys) {
			return errLog
		}
		at := plays{keys[cell], counts[keys[cell]], sum.N}
		counts[at.cell] += sum.N
		k.sums[at] = sum
	}
}

// find returns what the plays of a request of cell came to.
func (k *Known) find(cell dice.Key, req sampling.Request) (sampling.Sum, bool) {
	if k == nil {
		return sampling.Sum{}, false
	}
	sum, ok := k.sums[plays{cell, req.First, req.N}]
	return sum, ok
}
