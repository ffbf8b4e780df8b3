// Package equilibria computes equilibria. Its solvers see compiled games and
// return strategies; how good these are is judged by flat.Board.Evaluate,
// which shares no code with them.
package equilibria

import (
	"arbiter/games"
	"arbiter/games/flat"
)

// CFR returns the average policy of counterfactual regret minimisation after
// some iterations, which must be positive, without judging it.
func CFR(b *flat.Board, iterations int) []games.Behaviour {
	r := newRegrets(b.Unit(), plain, nil)
	for t := range iterations {
		r.iterate(t + 1)
	}
	return r.average()
}

// match writes regret matching to p: proportional to positive regret, even
// where there is none.
func match(p, regret []float64) {
	sum := 0.0
	for _, r := range regret {
		sum += max(0, r)
	}
	for m, r := range regret {
		if sum > 0 {
			p[m] = max(0, r) / sum
		} else {
			p[m] = 1 / float64(len(p))
		}
	}
}

func zeros(b *flat.Board) []games.Behaviour {
	z := b.Uniform()
	for _, s := range z {
		for _, row := range s {
			clear(row)
		}
	}
	return z
}
