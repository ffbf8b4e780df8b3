package tournament

import (
	"encoding/hex"
	"math"
	"slices"

	"arbiter/dice"
	"arbiter/matchlog"
	"arbiter/sampling"
	"arbiter/total"
)

// Imported is a log of matches played elsewhere as a run: a plan of scheme
// imported and the log, one decision per cell that was played. Who played how
// often may depend on earlier results; but if matches were left out of the log
// for how they went, the guarantees of the bounds are lost.
func Imported(name string, l *matchlog.Log, delta float64) (plan Plan, log []byte, decisions int64) {
	plan = Plan{
		Name: name, Stream: dice.Version, Rule: sampling.Rule, Game: "imported", Agents: l.Agents, Labels: l.Agents,
		Digests: []string{hex.EncodeToString(l.Digest[:])}, Population: "multi", Scheme: sampling.Imported,
		Level: string(sampling.Simultaneous), Delta: delta, MatchesPerPlay: 1,
		ConstantSum: l.ConstantSum, Sum: l.Sum, Binary: l.Binary, Log: l.Facts(),
	}
	if l.Single {
		plan.Population = "single"
	}
	lo, hi := l.Lo, l.Hi
	if lo >= 0 && hi <= 1 {
		lo, hi = 0, 1 // scores, whichever happened to occur
	}
	seats := len(l.Agents)
	if l.Single {
		seats = 2
	}
	plan.Lo, plan.Hi = slices.Repeat([]float64{lo}, seats), slices.Repeat([]float64{hi}, seats)
	plan.Signs = l.Single && hi > lo && signs(l, hi-lo)
	switch {
	case plan.Signs || l.Binary && l.Single:
		plan.Bound = sampling.Pair
	case l.Binary:
		plan.Bound = sampling.Mixture
	default:
		plan.Bound = sampling.Bernstein
	}
	add := func(cell int, sum sampling.Sum) {
		log = appendDecision(log, cell, sum, l.Single)
		decisions++
	}
	space := plan.Space()
	if l.Single {
		for _, p := range l.Pairs {
			add(space.Pair(p.I, p.J), sampling.Sum{N: p.N, X: sums(p.X[:]), XX: sums(p.XX[:]), D: total.Of(p.D), DD: total.Of(p.DD)})
		}
		return plan, log, decisions
	}
	for _, p := range l.Profiles {
		add(space.ID(p.Strategies), sampling.Sum{N: p.N, X: sums(p.X), XX: sums(p.XX)})
	}
	return plan, log, decisions
}

func sums(x []float64) []total.Sum {
	s := make([]total.Sum, len(x))
	for k, v := range x {
		s[k].Add(v)
	}
	return s
}

// signs reports whether every difference of payoffs is 0, width or -width:
// differences of at most that size have no larger sum of squares.
func signs(l *matchlog.Log, width float64) bool {
	for _, p := range l.Pairs {
		decided := float64(p.Wins + p.Losses)
		if math.Abs(p.DD-width*width*decided) > 1e-9*width*width*float64(p.N) {
			return false
		}
	}
	return true
}
