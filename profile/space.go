// Package profile numbers profiles: one strategy per player, or the strategies
// of one population. It is the one place where such numbers are put together
// and taken apart.
package profile

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

// ID is the number of the profile of these strategies, one per player: what
// Strategies takes apart.
func (s Space) ID(strategies []int) int {
	id := 0
	for k, a := range strategies {
		id = id*s.Shape[k] + a
	}
	return id
}

// Strategy is the strategy of player k in profile id.
func (s Space) Strategy(id, k int) int { return id / s.Stride(k) % s.Shape[k] }

// Stride is what the next strategy of player k adds to the number of a profile.
func (s Space) Stride(k int) int {
	stride := 1
	for _, n := range s.Shape[k+1:] {
		stride *= n
	}
	return stride
}

// Pair is the place of strategies i < j of one population among Edges.
func (s Space) Pair(i, j int) int { return i*(2*s.Shape[0]-i-1)/2 + j - i - 1 }

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

// Realisable reports whether every orientation of the edges has payoffs: in a
// single population, and where no player has more than two strategies. Else
// edges of one player on one line share payoffs, and bounds over orientations
// are outer ones. (Payoffs of constant sum or of a symmetric game tie further
// edges together.)
func (s Space) Realisable() bool {
	for _, n := range s.Shape {
		if n > 2 && !s.Single {
			return false
		}
	}
	return true
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

// Direction says which end of an edge is better for its mover.
type Direction int8

const (
	Down Direction = -1 // U: mass flows from V to U
	Tie  Direction = 0  // neither: mass flows both ways evenly
	Up   Direction = 1  // V
)
