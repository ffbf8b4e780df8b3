// Package ranking turns payoffs into rankings. It sees integers and floats:
// profiles, payoffs, the response graph between profiles, and the stationary
// law of alpha-Rank on it, with bounds of its masses where payoffs are intervals. It
// knows no game and no agent. Rankings of scores between two are in ranking/pairwise,
// laws too large for a matrix in ranking/large.
package ranking

import (
	"fmt"
	"math"

	"arbiter/profile"
)

// Payoffs are payoff tables over a Space: M[k][profile] for player k; for a
// single population M[0][i*n+j], the payoff of i against j.
type Payoffs struct {
	profile.Space
	M [][]float64
}

// Check reports tables of the wrong shape and payoffs that are not finite.
func (p Payoffs) Check() error {
	tables, size := len(p.Shape), p.N()
	if p.Single {
		size *= size
	}
	if len(p.M) != tables || size == 0 {
		return fmt.Errorf("payoffs: found %d tables of %d profiles, expected %d of at least one", len(p.M), size, tables)
	}
	for k, m := range p.M {
		if len(m) != size {
			return fmt.Errorf("payoffs of player %d: found %d numbers, expected %d", k, len(m), size)
		}
		for i, x := range m {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return fmt.Errorf("payoffs of player %d: entry %d is %g, expected a finite number", k, i, x)
			}
		}
	}
	return nil
}

// ends are the payoffs that Advantage compares: what the mover of e has at U and
// at V.
func (p Payoffs) ends(e profile.Edge) (atU, atV float64) {
	u, v := int(e.U), int(e.V)
	if p.Single {
		n := p.Shape[0]
		return p.M[0][u*n+v], p.M[0][v*n+u]
	}
	return p.M[e.Mover][u], p.M[e.Mover][v]
}

// Advantage is what the mover of e gains by going from U to V; in a single
// population what V earns against U over what U earns against V (local
// selection).
func (p Payoffs) Advantage(e profile.Edge) float64 {
	atU, atV := p.ends(e)
	return atV - atU
}

// Graph is a response graph: Dir[i] belongs to Edges[i].
type Graph struct {
	profile.Space
	Edges []profile.Edge
	Dir   []profile.Direction
}

// Rounding is the part of two payoffs by which they may differ and be meant to
// be equal: a few units in their last place.
const Rounding = 0x1p-50

// Direction tells which of two payoffs of an edge's mover is the larger. They
// tie if they differ by no more than the part tie of the larger one in size:
// two payoffs are compared by their own digits, whatever others there are.
func Direction(atU, atV, tie float64) profile.Direction {
	near := tie * max(math.Abs(atU), math.Abs(atV))
	switch {
	case atV-atU > near:
		return profile.Up
	case atU-atV > near:
		return profile.Down
	}
	return profile.Tie
}

// Response is the response graph of payoffs. Payoffs that differ by at most the
// part tie of the larger of the two in size are ties, in both directions alike.
func Response(p Payoffs, tie float64) Graph {
	g := Graph{Space: p.Space, Edges: p.Space.Edges()}
	g.Dir = make([]profile.Direction, len(g.Edges))
	for i, e := range g.Edges {
		atU, atV := p.ends(e)
		g.Dir[i] = Direction(atU, atV, tie)
	}
	return g
}

// Near is the number of edges whose payoffs differ and yet tie in Response.
func Near(p Payoffs, tie float64) int {
	near := 0
	for _, e := range p.Edges() {
		if atU, atV := p.ends(e); atU != atV && Direction(atU, atV, tie) == profile.Tie {
			near++
		}
	}
	return near
}
