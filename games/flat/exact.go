package flat

import (
	"math"
	"math/big"

	"arbiter/games"
)

// Exact holds the numbers of a Board as ratios; read only.
type Exact struct {
	Odds   [][]*big.Rat // per chance row
	Payoff [][]*big.Rat // per terminal and seat
}

// Exact are the numbers of the game as ratios, nil where they are known only as
// they were rounded.
func (b *Board) Exact() *Exact { return b.exact() }

// exactOf finds the ratios of a game that was compiled to b. They are asked for
// seldom and take room, so the game is then compiled once more.
func exactOf(g games.Game, b *Board) *Exact {
	if b.info.Even {
		return b.even()
	}
	if _, ok := g.Start().(games.Exact); !ok {
		return nil
	}
	c, err := compile(g, len(b.nodes), &ratios{})
	if err != nil || c.ratios == nil {
		return nil
	}
	return &c.ratios.Exact
}

// even are the ratios of a game whose chance is even and whose payoffs are whole
// numbers, which floating point holds exactly.
func (b *Board) even() *Exact {
	e := &Exact{Odds: make([][]*big.Rat, len(b.odds)), Payoff: make([][]*big.Rat, b.leaves)}
	for i, odds := range b.odds {
		p := big.NewRat(1, int64(len(odds)))
		for range odds {
			e.Odds[i] = append(e.Odds[i], p)
		}
	}
	known := map[float64]*big.Rat{}
	for i := range e.Payoff {
		for _, x := range b.Payoff(i) {
			if known[x] == nil {
				known[x] = new(big.Rat).SetFloat64(x)
			}
			e.Payoff[i] = append(e.Payoff[i], known[x])
		}
	}
	return e
}

// ratios collects the numbers of states while a game is compiled.
type ratios struct{ Exact }

// note takes the ratios of a state, one call per chance row and per terminal; nil
// from the first on that it does not know.
func (r *ratios) note(s games.State) *ratios {
	if r == nil {
		return nil
	}
	e, ok := s.(games.Exact)
	if !ok {
		return nil
	}
	if s.Turn() == games.Over {
		x := e.ExactPayoff()
		if x == nil {
			return nil
		}
		r.Payoff = append(r.Payoff, x)
		return r
	}
	x := e.ExactOdds()
	if x == nil {
		return nil
	}
	r.Odds = append(r.Odds, x)
	return r
}

// ExactLeaves is Leaves in ratios, for a Board that has them. Terminals that
// chance never leads to are left out.
func (b *Board) ExactLeaves(visit func(last []Step, chance *big.Rat, payoff []*big.Rat)) {
	exact, seats := b.Exact(), b.info.Seats
	lasts := make([][]Step, seats)
	for k := range lasts {
		lasts[k] = b.last(k)
	}
	reach := make([]*big.Rat, len(b.nodes))
	reach[0] = big.NewRat(1, 1)
	at := make([]Step, seats)
	for i := range b.nodes {
		n := &b.nodes[i]
		if reach[i].Sign() == 0 {
			for m := range n.moves {
				reach[n.first+m] = reach[i]
			}
			continue
		}
		if n.moves == 0 {
			for k := range at {
				at[k] = lasts[k][i]
			}
			visit(at, reach[i], exact.Payoff[n.first])
			continue
		}
		for m := range n.moves {
			if reach[n.first+m] = reach[i]; int(n.owner) == seats {
				reach[n.first+m] = new(big.Rat).Mul(reach[i], exact.Odds[n.row][m])
			}
		}
	}
}

// ExactBehaviour is a games.Behaviour in ratios; read only.
type ExactBehaviour [][]*big.Rat

// ExactValues are the expected payoffs of all seats under p, for a Board that has
// ratios.
func (b *Board) ExactValues(p []ExactBehaviour) []*big.Rat {
	exact, seats := b.Exact(), b.info.Seats
	values := make([]*big.Rat, seats)
	for k := range values {
		values[k] = new(big.Rat)
	}
	reach := make([]*big.Rat, len(b.nodes))
	reach[0] = big.NewRat(1, 1)
	one, product := big.NewRat(1, 1), new(big.Rat)
	for i := range b.nodes {
		n := &b.nodes[i]
		switch {
		case reach[i] == nil: // never
		case n.moves == 0:
			for k, x := range exact.Payoff[n.first] {
				values[k].Add(values[k], product.Mul(reach[i], x))
			}
		default:
			odds := exact.Odds
			if int(n.owner) < seats {
				odds = p[n.owner]
			}
			for m, x := range odds[n.row] {
				switch {
				case x.Sign() == 0:
				case x.Cmp(one) == 0:
					reach[int(n.first)+m] = reach[i]
				default:
					reach[int(n.first)+m] = new(big.Rat).Mul(reach[i], x)
				}
			}
		}
		reach[i] = nil // no longer needed
	}
	return values
}

// SetExact puts the ratios of p beside the probabilities of a policy that Policy
// made.
func (b *Board) SetExact(policy games.Policy, p []ExactBehaviour) {
	for k := range policy.Seats {
		policy.Seats[k].Exact = nil
		for _, i := range b.order[k] {
			policy.Seats[k].Exact = append(policy.Seats[k].Exact, p[k][i])
		}
	}
}

// Simplest is the rational of smallest denominator that is x up to rounding, by
// continued fractions.
func Simplest(x float64) *big.Rat {
	exact := new(big.Rat)
	if exact.SetFloat64(x) == nil || x == math.Trunc(x) {
		return exact
	}
	p0, q0, p1, q1 := 0., 1., 1., 0.
	for rest := x; ; {
		a := math.Floor(rest)
		p0, q0, p1, q1 = p1, q1, a*p1+p0, a*q1+q0
		if math.Abs(p1) > 1<<53 || q1 > 1<<53 {
			return exact
		}
		if math.Abs(p1/q1-x) <= 0x1p-50*math.Abs(x) {
			return exact.SetFrac64(int64(p1), int64(q1))
		}
		if rest -= a; rest == 0 {
			return exact
		}
		rest = 1 / rest
	}
}
