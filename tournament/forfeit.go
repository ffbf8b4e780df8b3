package tournament

import (
	"cmp"
	"errors"
	"maps"
	"math"
	"slices"

	"arbiter/agents"
	"arbiter/games"
	"arbiter/ranking/standing"
	"arbiter/sampling"
)

// forfeits is what a match pays in which the agent at a seat failed: by that seat,
// payoffs per seat; nil where payoffs have no limits. Bounds rest on what the game
// says of its payoffs, so a forfeit is what a match of it could have paid: the seat
// gets its least; the others, where all matches add up to one sum, what is left of
// it, each as far up its range as the next; else the middle of their range.
func forfeits(info games.Info) [][]float64 {
	for k := range info.Lo {
		if math.IsInf(info.Hi[k]-info.Lo[k], 0) {
			return nil
		}
	}
	all := make([][]float64, info.Seats)
	for seat := range all {
		x := make([]float64, info.Seats)
		switch {
		case info.ConstantSum && info.Binary: // winners are those who come next
			for i := range int(info.Sum) {
				x[(seat+1+i)%len(x)] = 1
			}
		case info.ConstantSum:
			share(x, seat, info)
		default:
			for k := range x {
				if x[k] = info.Lo[k]/2 + info.Hi[k]/2; info.Binary {
					x[k] = 1
				}
			}
			x[seat] = info.Lo[seat]
		}
		all[seat] = x
	}
	return all
}

// share writes what a forfeit of a seat pays in a game of constant sum.
func share(x []float64, seat int, info games.Info) {
	// Rounding may not leave the limits, on which bounds rest; the sum it may.
	within := func(v float64, k int) float64 { return min(max(v, info.Lo[k]), info.Hi[k]) }
	lo, hi := 0.0, 0.0 // of all others
	last := -1
	for k := range x {
		if k != seat {
			lo, hi, last = lo+info.Lo[k], hi+info.Hi[k], k
		}
	}
	// The limits of a game may be wide of what it pays.
	x[seat] = within(info.Sum-hi, seat)
	left, part := info.Sum-x[seat], 0.0
	if hi > lo {
		part = min(1, max(0, (left-lo)/(hi-lo)))
	}
	for k := range x {
		if k != seat && k != last {
			x[k] = within(float64(info.Lo[k]*(1-part))+float64(info.Hi[k]*part), k)
			left -= x[k]
		}
	}
	if last >= 0 {
		x[last] = within(left, last)
	}
}

var errNoForfeit = errors.New("payoffs of the game have no limits, so that a match in which an agent fails counts as nothing")

// forfeit writes what a match pays in which an agent failed and returns how it
// did. An error that is no failure stays one.
func (f *Field) forfeit(err error, payoff []float64) (*agents.Failed, error) {
	var failed *agents.Failed
	if !errors.As(err, &failed) {
		return nil, err
	}
	if f.forfeits == nil {
		return nil, errors.Join(err, errNoForfeit)
	}
	copy(payoff, f.forfeits[failed.Seat])
	return failed, nil
}

// failed is a failure at a seat as the sums of a cell have it, in a match of that
// rotation.
func (f *Field) failed(x *agents.Failed, rotation int) sampling.Failed {
	player := x.Seat
	if f.plan.Single() && rotation == 1 {
		player = 1 - player
	}
	return sampling.Failed{Player: player, Kind: uint8(x.Kind), Matches: 1}
}

// known reports whether all failures are of kinds that a log may hold.
func known(f *sampling.Failures) bool {
	return f == nil || !slices.ContainsFunc(f.By, func(x sampling.Failed) bool { return !agents.Kind(x.Kind).Known() })
}

// who names a way in which an agent failed.
type who struct {
	pool, place int
	kind        agents.Kind
}

func (a who) compare(b who) int {
	return cmp.Or(cmp.Compare(a.pool, b.pool), cmp.Compare(a.place, b.place), cmp.Compare(a.kind, b.kind))
}

// Failures are those of all matches so far, by agent, in the order of the plan,
// and by kind; of an imported log as it has them.
func (p Plan) Failures(s *sampling.State) []standing.Failures {
	if p.Log != nil {
		return p.logged()
	}
	counts := map[who]int64{}
	for cell := range p.Sampling().Cells() {
		if f := s.Failures(cell); f != nil {
			p.count(counts, cell, f)
		}
	}
	return p.listed(counts)
}

// FailuresOf are those among plays of a cell.
func (p Plan) FailuresOf(cell int, sum sampling.Sum) []standing.Failures {
	if sum.Failures == nil {
		return nil
	}
	counts := map[who]int64{}
	p.count(counts, cell, sum.Failures)
	return p.listed(counts)
}

func (p Plan) count(counts map[who]int64, cell int, f *sampling.Failures) {
	for _, x := range f.By {
		w := who{0, 0, agents.Kind(x.Kind)}
		if p.Single() {
			w.place = p.member(cell, x.Player)
		} else {
			w.pool, w.place = x.Player, p.Space().Strategy(cell, x.Player)
		}
		counts[w] += x.Matches
	}
}

// member is the first or the second agent of a pair of one population.
func (p Plan) member(pair, second int) int {
	n := len(p.Agents[0])
	for i := range n {
		if after := n - 1 - i; pair >= after {
			pair -= after
		} else if second == 0 {
			return i
		} else {
			return i + 1 + pair
		}
	}
	panic("tournament: no such pair")
}

func (p Plan) listed(counts map[who]int64) (out []standing.Failures) {
	for _, w := range slices.SortedFunc(maps.Keys(counts), who.compare) {
		f := standing.Failures{Agent: p.Labels[w.pool][w.place], Outcome: w.kind.String(), Count: counts[w]}
		if !p.Single() {
			f.Player = &w.pool
		}
		out = append(out, f)
	}
	return out
}

// logged are the failures of an imported log.
func (p Plan) logged() (out []standing.Failures) {
	for _, x := range p.Log.Failed {
		f := standing.Failures{Agent: "an agent not named", Outcome: x.Outcome, Count: x.N}
		if x.Agent >= 0 {
			f.Agent = p.Labels[x.Population][x.Agent]
			if !p.Single() {
				f.Player = &x.Population
			}
		}
		out = append(out, f)
	}
	return out
}
