package equilibria

import "arbiter/games/flat"

// FictitiousPlay runs extensive-form fictitious play (Heinrich, Lanctot and
// Silver 2015, with exact best responses) from the uniform policy. In iteration
// t = 1, 2, … every seat answers the average so far, the lowest move on ties,
// and the answer enters its average with weight 1/(t+1), weighted by its own
// reach so that the average plays like a mixture of the policies it is made of.
// It returns the answers of the last iteration and the average after it.
// iterations must be positive.
func FictitiousPlay(b *flat.Board, iterations int) (best, average []flat.Strategy) {
	average = b.Uniform()
	total, walk := zeros(b), b.NewWalk()
	enter := func(p []flat.Strategy) {
		for seat := range p {
			walk.Counterfactual(seat, p, func(row int, reach float64, _ []float64) {
				for m, q := range p[seat][row] {
					total[seat][row][m] += reach * q
				}
			})
		}
	}
	enter(average)
	best = make([]flat.Strategy, len(average))
	for range iterations {
		for seat := range best {
			_, best[seat] = b.BestResponse(seat, average)
		}
		enter(best)
		for seat, rows := range total {
			for row, weights := range rows {
				match(average[seat][row], weights)
			}
		}
	}
	return best, average
}
