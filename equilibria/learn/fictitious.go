package learn

import (
	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/internal/num"
)

// FictitiousPlay runs extensive-form fictitious play (Heinrich, Lanctot and
// Silver 2015, with exact best responses) from the uniform policy. In iteration
// t = 1, 2, … every seat answers the average so far, the lowest move on ties,
// and the answer enters its average with weight 1/(t+1), weighted by its own
// reach so that the average plays like a mixture of the policies it is made of.
// It returns the answers of the last iteration and the average after it.
// iterations must be positive.
func FictitiousPlay(b *flat.Board, iterations int) (best, average []games.Behaviour) {
	f := newFictitious(b.Unit(), nil)
	for t := range iterations {
		f.iterate(t + 1)
	}
	return f.best, f.average()
}

// fictitious is fictitious play at work.
type fictitious struct {
	b     *flat.Board
	walk  *flat.Walk
	best  []games.Behaviour
	mean  []games.Behaviour
	total []games.Behaviour // unnormalised
}

func newFictitious(b *flat.Board, from []games.Behaviour) *fictitious {
	f := &fictitious{b: b, walk: b.NewWalk(), best: make([]games.Behaviour, b.Info().Seats), mean: started(b, from), total: zeros(b)}
	f.enter(f.mean)
	return f
}

// enter adds a policy to the average.
func (f *fictitious) enter(p []games.Behaviour) {
	for seat := range p {
		f.walk.Counterfactual(seat, p, func(row int, reach float64, _ []float64) {
			for m, q := range p[seat][row] {
				f.total[seat][row][m] += reach * q
			}
		})
	}
}

func (f *fictitious) iterate(int) {
	for seat := range f.best {
		_, f.best[seat] = f.b.BestResponse(seat, f.mean)
	}
	f.enter(f.best)
	f.mean = normalised(f.b, f.total)
}

func (f *fictitious) average() []games.Behaviour { return f.mean }

// normalised turns weights into a policy, uniform where there are none.
func normalised(b *flat.Board, total []games.Behaviour) []games.Behaviour {
	p := b.Uniform()
	for seat := range p {
		for row := range p[seat] {
			num.Positive(p[seat][row], total[seat][row])
		}
	}
	return p
}
