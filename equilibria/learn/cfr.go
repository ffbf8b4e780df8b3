package learn

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

func zeros(b *flat.Board) []games.Behaviour {
	z := b.Uniform()
	for _, s := range z {
		for _, row := range s {
			clear(row)
		}
	}
	return z
}
