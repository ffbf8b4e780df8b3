// Package ranking turns payoffs into rankings. It sees integers and floats:
// profiles, payoffs, the response graph between profiles, and the stationary
// law of alpha-Rank on it. It knows no game and no agent.
package ranking

import (
	"fmt"
	"math"
)

// Space is a set of profiles: the strategies of one population (Single), or
// one strategy per player. Profile ids are row-major, last player fastest.
type Space struct {
	Single bool
	Shape  []int // strategies per player; one entry if Single
}

// N is the number of profiles.
func (s Space) N() int {
	n := 1
	for _, k := range s.Shape {
		n *= k
	}
	return n
}

// Strategies returns the strategy of every player in profile id.
func (s Space) Strategies(id int) []int {
	p := make([]int, len(s.Shape))
	for k := len(p) - 1; k >= 0; k-- {
		p[k], id = id%s.Shape[k], id/s.Shape[k]
	}
	return p
}

// Edge joins two profiles U < V that differ in the strategy of the Mover only.
type Edge struct {
	U, V  int32
	Mover int32
}

// Edges lists all pairs of neighbours, by U, then player, then V.
func (s Space) Edges() []Edge {
	var edges []Edge
	for u := range s.N() {
		stride := s.N()
		for k, n := range s.Shape {
			stride /= n
			for a := u/stride%n + 1; a < n; a++ {
				edges = append(edges, Edge{int32(u), int32(u + (a-u/stride%n)*stride), int32(k)})
			}
		}
	}
	return edges
}

// Marginals sums the masses of profiles per player and strategy.
func (s Space) Marginals(mass []float64) [][]float64 {
	out := make([][]float64, len(s.Shape))
	stride := s.N()
	for k, n := range s.Shape {
		stride /= n
		out[k] = make([]float64, n)
		for id, m := range mass {
			out[k][id/stride%n] += m
		}
	}
	return out
}

// Payoffs are payoff tables over a Space: M[k][profile] for player k; for a
// single population M[0][i*n+j], the payoff of i against j.
type Payoffs struct {
	Space
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
func (p Payoffs) ends(e Edge) (atU, atV float64) {
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
func (p Payoffs) Advantage(e Edge) float64 {
	atU, atV := p.ends(e)
	return atV - atU
}

// Direction says which end of an edge is better for its mover.
type Direction int8

const (
	Down Direction = -1 // U: mass flows from V to U
	Tie  Direction = 0
	Up   Direction = 1 // V
)

// Graph is a response graph: Dir[i] belongs to Edges[i].
type Graph struct {
	Space
	Edges []Edge
	Dir   []Direction
}

// Rounding is the part of two payoffs by which they may differ and be meant to
// be equal: a few units in their last place.
const Rounding = 0x1p-50

// direction tells which of two payoffs of an edge's mover is the larger. They
// tie if they differ by no more than the part tie of the larger one in size:
// two payoffs are compared by their own digits, whatever others there are.
func direction(atU, atV, tie float64) Direction {
	near := tie * max(math.Abs(atU), math.Abs(atV))
	switch {
	case atV-atU > near:
		return Up
	case atU-atV > near:
		return Down
	}
	return Tie
}

// Response is the response graph of payoffs. Payoffs that differ by at most the
// part tie of the larger of the two in size are ties, in both directions alike.
func Response(p Payoffs, tie float64) Graph {
	g := Graph{Space: p.Space, Edges: p.Space.Edges()}
	g.Dir = make([]Direction, len(g.Edges))
	for i, e := range g.Edges {
		atU, atV := p.ends(e)
		g.Dir[i] = direction(atU, atV, tie)
	}
	return g
}

// Near is the number of edges whose payoffs differ and yet tie in Response.
func Near(p Payoffs, tie float64) int {
	near := 0
	for _, e := range p.Edges() {
		if atU, atV := p.ends(e); atU != atV && direction(atU, atV, tie) == Tie {
			near++
		}
	}
	return near
}
