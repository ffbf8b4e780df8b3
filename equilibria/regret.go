package equilibria

import (
	"context"
	"fmt"
	"math"
	"slices"

	"arbiter/games/flat"
)

// Minimiser is a member of the CFR family: how regrets are kept and averages
// weighted. Seats are updated in turn, each seeing the updates of those before
// it; an iteration updates all of them. Where no regret is positive play is
// uniform. For two players with constant sum the average converges to a Nash
// equilibrium; for others nothing is promised.
type Minimiser string

const (
	// Plain is counterfactual regret minimisation (Zinkevich et al. 2007);
	// averages weigh all iterations alike.
	Plain Minimiser = "cfr"
	// Plus keeps no negative regret and weighs iteration t by t (Tammelin 2014).
	Plus Minimiser = "cfr+"
	// PredictivePlus is Plus that takes the last regret for the next one and
	// weighs by t² (Farina et al. 2021).
	PredictivePlus Minimiser = "pcfr+"
	// Discounted multiplies positive regrets by t^1.5/(t^1.5+1), negative ones by
	// ½, and the average by (t/(t+1))² (Brown and Sandholm 2019).
	Discounted Minimiser = "dcfr"
)

// Minimisers lists the family.
func Minimisers() []Minimiser { return []Minimiser{Plain, Plus, PredictivePlus, Discounted} }

// Limits end a solver.
type Limits struct {
	Iterations int     // at most; positive
	Tolerance  float64 // NashConv to stop at, as flat.Board.Evaluate has it; 0: never
}

// Status says why a solver ended.
type Status string

const (
	Converged Status = "converged" // the tolerance was reached
	AtLimit   Status = "limit"     // the iterations were spent
)

// Point is the gap of the average policy after some iterations.
type Point struct {
	Iteration int
	NashConv  float64
}

// Solution is an average policy and how it came to be.
type Solution struct {
	Policy     []flat.Strategy
	Iterations int
	Status     Status
	Curve      []Point // at growing intervals, the last one included
}

// Minimise runs a member of the CFR family. The gap is judged by
// flat.Board.Evaluate after 1, 2, … iterations at intervals that grow by a
// tenth. A cancelled context ends it with the policy so far and ctx.Err().
func Minimise(ctx context.Context, b *flat.Board, kind Minimiser, limits Limits) (Solution, error) {
	if !slices.Contains(Minimisers(), kind) {
		return Solution{}, fmt.Errorf("solver: found %q, expected one of %v", kind, Minimisers())
	}
	if limits.Iterations < 1 || !(limits.Tolerance >= 0) {
		return Solution{}, fmt.Errorf("limits: found %d iterations and tolerance %g, expected at least 1 and a number not below 0", limits.Iterations, limits.Tolerance)
	}
	r := newRegrets(b, kind)
	s := Solution{Status: AtLimit}
	for next := 1; s.Iterations < limits.Iterations; {
		if err := ctx.Err(); err != nil {
			s.Policy = r.average()
			return s, err
		}
		s.Iterations++
		r.iterate(s.Iterations)
		if s.Iterations == next || s.Iterations == limits.Iterations {
			next += 1 + next/10
			s.Policy = r.average()
			gap := b.Evaluate(s.Policy).NashConv
			s.Curve = append(s.Curve, Point{s.Iterations, gap})
			if gap <= limits.Tolerance {
				s.Status = Converged
				return s, nil
			}
		}
	}
	return s, nil
}

// regrets is the state of a Minimiser.
type regrets struct {
	b      *flat.Board
	kind   Minimiser
	walk   *flat.Walk
	now    []flat.Strategy // what is played
	regret []flat.Strategy
	total  []flat.Strategy // unnormalised average
	guess  []float64       // room for regrets to come
}

func newRegrets(b *flat.Board, kind Minimiser) *regrets {
	return &regrets{b: b, kind: kind, walk: b.NewWalk(), now: b.Uniform(), regret: zeros(b), total: zeros(b)}
}

// iterate does iteration t = 1, 2, ….
func (r *regrets) iterate(t int) {
	x := float64(t)
	weight, gains, losses, decay := 1., 1., 1., 1.
	switch r.kind {
	case Plus:
		weight = x
	case PredictivePlus:
		weight = x * x
	case Discounted:
		// Discounts apply to what was there before, those of iteration t-1.
		if old := x - 1; old > 0 {
			gains, losses, decay = math.Pow(old, 1.5)/(math.Pow(old, 1.5)+1), .5, old*old/(x*x)
		}
	}
	plus := r.kind == Plus || r.kind == PredictivePlus
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
				if plus {
					q[m] = max(0, q[m])
				}
				if r.kind == PredictivePlus {
					guess = append(guess, q[m]+v-mean)
				}
			}
			if r.guess = guess; r.kind == PredictivePlus {
				match(p, guess)
			} else {
				match(p, q)
			}
		})
	}
}

// average is the average policy.
func (r *regrets) average() []flat.Strategy {
	p := r.b.Uniform()
	for seat := range p {
		for row := range p[seat] {
			match(p[seat][row], r.total[seat][row])
		}
	}
	return p
}
