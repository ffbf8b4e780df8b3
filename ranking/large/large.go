// Package large finds laws of alpha-Rank for populations with far more profiles than
// a dense matrix can hold: by sweeps over rates made as they are needed, helped by
// exact laws of lumped chains, and accepted only where flows balance.
package large

import (
	"context"
	"fmt"
	"math"

	"arbiter/internal/par"
	"arbiter/profile"
	"arbiter/ranking"
)

// Balance says how well a law found by iteration keeps the flow balance of its
// chain: what flows into a set of profiles and out of it are equal under the
// true law.
type Balance struct {
	Sweeps int     // over all rates
	State  float64 // largest |in-out|/(in+out) of a profile
	Cut    float64 // the same of the groups and near-sinks cut off
	Cuts   int     // how many
}

// Limits of Finite.
const (
	mostSweeps = 1000
	balanced   = 1e-9   // of Balance.State and Balance.Cut
	slow       = .8     // a sweep that leaves more of the imbalance is slow
	negligible = 1e-300 // flows below it may have lost digits or all
	leastMass  = 1e-30  // masses below it are given as 0
)

// Finite is ranking.Finite under local selection for several populations with far
// more profiles than a dense matrix can hold. Rates are made from the payoffs
// as they are needed, |S|·D of them per sweep. A sweep sets every mass to what
// flows in over the rate out. Where sweeps are slow, between near-sinks, they
// are helped by aggregation and disaggregation (Takahashi 1975): the chain is
// lumped to groups (basins.go), whose masses are set by its exact law.
//
// Small residuals of profiles do not show a wrong balance between near-sinks.
// So the law is accepted only once the flows over every group and every
// near-sink made of groups balance too; else the error says how far it came.
// Masses below 1e-30 are given as 0; near-sinks left at rates below about
// 1e-255 are an error. Any number of workers, 0 for one per core, gives the same.
func Finite(p ranking.Payoffs, alpha float64, m, workers int) (ranking.Law, Balance, error) {
	if err := p.Check(); err != nil {
		return ranking.Law{}, Balance{}, err
	}
	if p.Single {
		return ranking.Law{}, Balance{}, fmt.Errorf("one population of %d: the iteration is for several populations", p.N())
	}
	if !(alpha >= 0) || math.IsInf(alpha, 1) {
		return ranking.Law{}, Balance{}, fmt.Errorf("alpha: found %g, expected a number not below 0", alpha)
	}
	if m < 2 {
		return ranking.Law{}, Balance{}, fmt.Errorf("population size: found %d, expected at least 2", m)
	}
	return newIteration(p, lineRates{alpha: alpha, m: float64(m)}, workers).law(nil)
}

// Sink is the law of a sink of the response graph, of more profiles than a
// dense matrix can hold, by the same iteration: steps to better profiles have
// rate 1, those between ties, as in Response, the given rate: ½ for the
// limit of vanishing perturbation, 1/m for that of alpha (MCC). The sink must be
// one of Payoffs.Sinks with more than one profile.
func Sink(p ranking.Payoffs, sink []int, tie, tieRate float64, workers int) (ranking.Law, Balance, error) {
	if p.Single || len(sink) < 2 {
		return ranking.Law{}, Balance{}, fmt.Errorf("sink of %d profiles: the iteration is for several populations and sinks of at least 2", len(sink))
	}
	return newIteration(p, lineRates{response: true, tie: tie, tieRate: tieRate}, workers).law(sink)
}

// lineRates says what the rates are.
type lineRates struct {
	alpha, m     float64
	response     bool // rates of the response graph instead
	tie, tieRate float64
}

// law solves the chain among the given profiles, nil for all.
func (l *iteration) law(among []int) (ranking.Law, Balance, error) {
	if among == nil {
		for i := range l.x {
			l.x[i] = 1 / float64(len(l.x))
		}
	}
	for _, i := range among {
		l.x[i] = 1 / float64(len(among))
	}
	b, err := l.solve()
	if err != nil {
		return ranking.Law{}, b, err
	}
	law := ranking.Law{Mass: l.x, LogMass: make([]float64, len(l.x))}
	for i, x := range l.x {
		if x < leastMass {
			law.Mass[i] = 0
		}
		law.LogMass[i] = math.Log(law.Mass[i])
	}
	return law, b, nil
}

// iteration holds what a sweep works on.
type iteration struct {
	lineRates
	workers int
	movers  []moverLines
	x       []float64 // the law
	in, out []float64 // flow in, rate out
	least   float64   // flow that matters
	group   []int32
	groups  int
}

// moverLines are the lines of one mover: ids in the order of its payoffs.
type moverLines struct {
	width  int
	ids    []int32
	payoff []float64
}

func newIteration(p ranking.Payoffs, c lineRates, workers int) *iteration {
	n := p.N()
	l := &iteration{lineRates: c, workers: min(stripes, par.Workers(workers)), x: make([]float64, n), in: make([]float64, n), out: make([]float64, n)}
	for k, width := range p.Shape {
		if width == 1 {
			continue
		}
		r := moverLines{width: width, ids: p.Lines(k), payoff: make([]float64, n)}
		for i, id := range r.ids {
			r.payoff[i] = p.M[k][id]
		}
		l.movers = append(l.movers, r)
	}
	l.lines(func(_ int, w *line) {
		for i := range w.ids {
			w.row(i)
			for j := i + 1; j < len(w.ids); j++ {
				w.sum[i] += w.up[j]
				w.sum[j] += w.down[j]
			}
		}
		w.addTo(l.out)
	})
	return l
}

// stripes is how many parts the lines of a mover are worked on in. It does not
// depend on the machine, and so neither do sums made stripe by stripe.
const stripes = 8

// lines visits all lines, on all workers. Lines of one mover share no profile.
func (l *iteration) lines(visit func(stripe int, w *line)) {
	for i := range l.movers {
		r := &l.movers[i]
		count := len(r.ids) / r.width
		rooms := make([]*line, l.workers)
		par.For(context.Background(), l.workers, stripes, func(worker, stripe int) error {
			w := rooms[worker]
			if w == nil {
				w = newLine(l, r.width)
				rooms[worker] = w
			}
			for at := count * stripe / stripes; at < count*(stripe+1)/stripes; at++ {
				w.load(r.ids[at*r.width:(at+1)*r.width], r.payoff[at*r.width:(at+1)*r.width])
				visit(stripe, w)
			}
			return nil
		})
	}
}

// line is one line of profiles and a worker's room.
type line struct {
	lineRates
	ids    []int32
	payoff []float64
	// u is alpha times the payoff above the lowest; e is exp(-u). p is exp(-m·u)
	// with whole multiples of deep, counted by level, left out, and q is p/e.
	e, p, q  []float64
	level    []int
	up, down []float64 // see row
	x, sum   []float64
}

func newLine(l *iteration, n int) *line {
	room := make([]float64, 7*n)
	return &line{
		lineRates: l.lineRates, level: make([]int, n),
		e: room[:n], p: room[n : 2*n], q: room[2*n : 3*n], x: room[3*n : 4*n], sum: room[4*n : 5*n],
		up: room[5*n : 6*n], down: room[6*n:],
	}
}

// deep is the exponent of a level; deepPower are its powers down to the end of
// the doubles. Rates beyond them, below e^-700, are taken for 0.
const deep = 100

var deepPower = func() (p [8]float64) {
	for i := range p {
		p[i] = math.Exp(-deep * float64(i))
	}
	return p
}()

func (w *line) load(ids []int32, payoff []float64) {
	w.ids, w.payoff = ids, payoff
	clear(w.sum)
	if w.response {
		return
	}
	for i, x := range payoff {
		u := w.alpha * (x - payoff[0])
		w.level[i] = int(w.m * u / deep)
		rest := float64(w.level[i]) * deep
		w.e[i], w.p[i], w.q[i] = math.Exp(-u), math.Exp(rest-w.m*u), math.Exp(rest-(w.m-1)*u)
	}
}

func (w *line) addTo(dst []float64) {
	for i, id := range w.ids {
		dst[id] += w.sum[i]
	}
}

// near is the step of alpha times payoff below which the quotient of
// differences would lose digits.
const near = 1e-5

// row sets up[j] and down[j], for all j > i, to the rates from i to j and from j
// to i: fixation probabilities, unless those of the response graph are wanted.
func (w *line) row(i int) {
	if w.response {
		for j := i + 1; j < len(w.payoff); j++ {
			if w.up[j], w.down[j] = 1, 0; ranking.Direction(w.payoff[i], w.payoff[j], w.tie) == profile.Tie {
				w.up[j], w.down[j] = w.tieRate, w.tieRate
			}
		}
		return
	}
	re, rp, rq, level := 1/w.e[i], 1/w.p[i], 1/w.q[i], w.level[i]
	n := len(w.payoff)
	e, p, q, levels, up, down := w.e[:n], w.p[:n], w.q[:n], w.level[:n], w.up[:n], w.down[:n]
	for j := i + 1; j < n; j++ {
		gap := 1 - e[j]*re
		d := levels[j] - level
		switch {
		case !(gap >= near):
			up[j], down[j] = w.small(i, j)
		case d < len(deepPower):
			u := gap / (1 - p[j]*rp*deepPower[d])
			up[j], down[j] = u, u*(q[j]*rq*deepPower[d])
		default:
			up[j], down[j] = gap, 0
		}
	}
}

// small is LogFixation without the logarithm, for small steps and those whose
// exponentials vanish.
func (w *line) small(i, j int) (up, down float64) {
	a := w.alpha * (w.payoff[j] - w.payoff[i])
	if a == 0 {
		return 1 / w.m, 1 / w.m
	}
	up = math.Expm1(-a) / math.Expm1(-w.m*a)
	return up, up * math.Exp(-(w.m-1)*a)
}

// inflow sums what flows into every profile.
func (l *iteration) inflow() {
	clear(l.in)
	l.lines(func(_ int, w *line) {
		for i, id := range w.ids {
			w.x[i] = l.x[id]
		}
		for i, x := range w.x {
			w.row(i)
			in := 0.0
			for j := i + 1; j < len(w.ids); j++ {
				w.sum[j] += x * w.up[j]
				in += w.x[j] * w.down[j]
			}
			w.sum[i] += in
		}
		w.addTo(l.in)
	})
}

// imbalance is |in-out|/(in+out) of a set with this mass. Sets whose mass is
// not told and whose flows are too small to matter balance.
func (l *iteration) imbalance(in, out, mass float64) float64 {
	if mass < leastMass && in+out < l.least || in == out {
		return 0
	}
	return math.Abs(in-out) / (in + out)
}

// judge is the largest imbalance of a profile.
func (l *iteration) judge() float64 {
	worst := 0.0
	for i, in := range l.in {
		worst = max(worst, l.imbalance(in, l.x[i]*l.out[i], max(l.x[i], in/l.out[i])))
	}
	return worst
}

// matters makes flows count from which a set left at this rate gets a mass
// that is told: all unbalanced flows together are less than balanced of it.
func (l *iteration) matters(rate float64) error {
	least := leastMass * rate * balanced / float64(len(l.x))
	if least < negligible {
		return fmt.Errorf("alpha: found %g, too large for a field of %d profiles: a near-sink is left at the rate %.2g, expected at least %.2g; alpha inf has an answer", l.alpha, len(l.x), rate, rate*negligible/least)
	}
	l.least = min(l.least, least)
	return nil
}

// solve iterates until everything balances.
func (l *iteration) solve() (Balance, error) {
	b := Balance{State: 1, Cut: 1}
	l.gather()
	l.least = math.Inf(1)
	for _, rate := range l.out {
		if err := l.matters(rate); err != nil {
			return b, err
		}
	}
	if err := l.aggregate(&b); err != nil {
		return b, err
	}
	damp, since := 1., 0 // sweeps since the masses of groups were set
	for b.Sweeps < mostSweeps {
		l.inflow()
		b.Sweeps++
		since++
		last := b.State
		b.State = l.judge()
		done := b.State < balanced
		if done || since > 3 && b.State > slow*last {
			if err := l.aggregate(&b); err != nil || done && b.Cut < balanced {
				return b, err
			}
			// Chains that step to and fro between two halves need it.
			damp, since = .75, 0
			continue
		}
		mass := 0.0
		for i, in := range l.in {
			l.x[i] += damp * (in/l.out[i] - l.x[i])
			mass += l.x[i]
		}
		for i := range l.x {
			l.x[i] /= mass
		}
	}
	return b, fmt.Errorf("alpha %g: after %d sweeps flows balance to %.2g at profiles and %.2g at near-sinks, expected %g", l.alpha, b.Sweeps, b.State, b.Cut, balanced)
}
