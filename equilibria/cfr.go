// Package equilibria computes equilibria. Its solvers see compiled games and
// return strategies; how good these are is judged by flat.Board.Evaluate,
// which shares no code with them.
package equilibria

import "arbiter/games/flat"

// CFR runs counterfactual regret minimisation (Zinkevich et al. 2007) and
// returns the average policy. One iteration updates the seats in turn, each
// seeing the updates of those before it; the strategy played in iteration t
// enters the average weighted by its own reach. iterations must be positive.
func CFR(b *flat.Board, iterations int) []flat.Strategy {
	current := b.Uniform()
	regret, total := zeros(b), zeros(b)
	for range iterations {
		for seat := range current {
			b.Counterfactual(seat, current, func(row int, reach float64, values []float64) {
				p := current[seat][row]
				mean := 0.0
				for m, v := range values {
					mean += p[m] * v
				}
				for m, v := range values {
					regret[seat][row][m] += v - mean
					total[seat][row][m] += reach * p[m]
				}
			})
			for row := range current[seat] {
				match(current[seat][row], regret[seat][row])
			}
		}
	}
	for _, s := range total {
		for _, row := range s {
			match(row, row)
		}
	}
	return total
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

func zeros(b *flat.Board) []flat.Strategy {
	z := b.Uniform()
	for _, s := range z {
		for _, row := range s {
			clear(row)
		}
	}
	return z
}
