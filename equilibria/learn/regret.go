package learn

import (
	"math"

	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/internal/num"
)

// minimiser is a member of the CFR family: how regrets are kept and averages
// weighted. Seats are updated in turn, each seeing the updates of those before
// it; an iteration updates all of them. Where no regret is positive play is
// uniform. For two players with constant sum the average converges to a Nash
// equilibrium; for others nothing is promised.
type minimiser string

const (
	// plain is counterfactual regret minimisation (Zinkevich et al. 2007);
	// averages weigh all iterations alike.
	plain minimiser = "cfr"
	// plus keeps no negative regret and weighs iteration t by t (Tammelin 2014).
	plus minimiser = "cfr+"
	// predictivePlus is plus that takes the last regret for the next one and
	// weighs by t² (Farina et al. 2021).
	predictivePlus minimiser = "pcfr+"
	// discounted multiplies positive regrets by t^1.5/(t^1.5+1), negative ones by
	// ½, and the average by (t/(t+1))² (Brown and Sandholm 2019).
	discounted minimiser = "dcfr"
)

// regrets is the state of a minimiser.
type regrets struct {
	b      *flat.Board
	kind   minimiser
	walk   *flat.Walk
	now    []games.Behaviour // what is played
	regret []games.Behaviour
	total  []games.Behaviour // unnormalised average
	guess  []float64         // room for regrets to come
}

func newRegrets(b *flat.Board, kind minimiser, from []games.Behaviour) *regrets {
	r := &regrets{b: b, kind: kind, walk: b.NewWalk(), now: b.Uniform(), regret: zeros(b), total: zeros(b)}
	if from != nil {
		r.now = cloned(from)
		f := newField(b, false)
		f.at(r.now)
		each(r.now, func(k, row int) { // regrets of one iteration that match to it
			for m, p := range r.now[k][row] {
				r.regret[k][row][m] = p * f.scale[k]
				r.total[k][row][m] = p * f.own[k][row]
			}
		})
	}
	return r
}

// iterate does iteration t = 1, 2, ….
func (r *regrets) iterate(t int) {
	x := float64(t)
	weight, gains, losses, decay := 1., 1., 1., 1.
	switch r.kind {
	case plus:
		weight = x
	case predictivePlus:
		weight = x * x
	case discounted:
		// Discounts apply to what was there before, those of iteration t-1.
		if old := x - 1; old > 0 {
			gains, losses, decay = math.Pow(old, 1.5)/(math.Pow(old, 1.5)+1), .5, old*old/(x*x)
		}
	}
	floored := r.kind == plus || r.kind == predictivePlus
	for seat := range r.now {
		now, regret, total := r.now[seat], r.regret[seat], r.total[seat]
		r.walk.Counterfactual(seat, r.now, func(row int, reach float64, values []float64) {
			p, q, sum := now[row], regret[row], total[row]
			mean := 0.0
			for m, v := range values {
				mean += p[m] * v
			}
			guess := r.guess[:0]
			for m, v := range values {
				sum[m] = decay*sum[m] + weight*reach*p[m]
				if q[m] > 0 {
					q[m] *= gains
				} else {
					q[m] *= losses
				}
				q[m] += v - mean
				if floored {
					q[m] = max(0, q[m])
				}
				if r.kind == predictivePlus {
					guess = append(guess, q[m]+v-mean)
				}
			}
			if r.guess = guess; r.kind == predictivePlus {
				num.Positive(p, guess)
			} else {
				num.Positive(p, q)
			}
		})
	}
}

func (r *regrets) average() []games.Behaviour { return normalised(r.b, r.total) }
