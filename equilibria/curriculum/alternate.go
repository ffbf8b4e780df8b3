package curriculum

import (
	"context"
	"fmt"
	"slices"

	"arbiter/games/markov"
)

// Round is a round of Alternate.
type Round struct {
	Adversary, Protagonist []int // their actions by state
	// NashConv is what both could gain from there, and WorstCase what the
	// protagonist is left with against the worst adversary, by state.
	NashConv, WorstCase []float64
}

// Alternate is robust adversarial training (Pinto et al. 2017) with exact answers, which
// a curriculum is compared with: from even play on, the adversary answers the
// protagonist and then the protagonist the adversary, both with a best response, the
// lowest action on ties. It ends after so many rounds or when a pair of answers is
// there again, and then says in which round, from 1, it was first.
func Alternate(ctx context.Context, g *markov.Game, rounds int) (list []Round, first int, err error) {
	if err := admit(g); err != nil {
		return nil, 0, err
	}
	if !g.ZeroSum() {
		return nil, 0, fmt.Errorf("%s: %w", g.Name, ErrGeneralSum)
	}
	p := g.Uniform()
	for len(list) < rounds {
		if err := ctx.Err(); err != nil {
			return list, 0, err
		}
		var r Round
		_, actions := g.BestResponse(1, p)
		r.Adversary, p[1] = actions[0], g.Best(1, p)
		_, actions = g.BestResponse(0, p)
		r.Protagonist, p[0] = actions[0], g.Best(0, p)
		e := g.Evaluate(p)
		for s := range g.States {
			r.NashConv = append(r.NashConv, e.Regret[0][0][s]+e.Regret[1][0][s])
			r.WorstCase = append(r.WorstCase, -(e.State[1][0][s] + e.Regret[1][0][s]))
		}
		list = append(list, r)
		for i, other := range list[:len(list)-1] {
			if slices.Equal(other.Adversary, r.Adversary) && slices.Equal(other.Protagonist, r.Protagonist) {
				return list, i + 1, nil
			}
		}
	}
	return list, 0, nil
}
