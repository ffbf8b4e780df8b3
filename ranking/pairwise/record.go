// Package pairwise ranks agents by what they scored against each other: Elo ratings
// with their errors, Nash averaging, majorities. It is told scores, never matches.
package pairwise

import (
	"fmt"
	"math"
	"slices"
)

// Record is who scored how much against whom: the one source of Elo ratings,
// Nash averaging and majorities.
type Record struct {
	N int // agents
	// Games[i*N+j] is the number of games of i and j, the same both ways;
	// Score[i*N+j] the points of i in them: 1 for a win, ½ for a draw. Score
	// of i and of j add up to their games. Neither need be whole. Diagonals
	// are 0.
	Games, Score []float64

	// What follows is for the intervals of Elo and may be missing.

	// Variance[i*N+j] is that of Score[i*N+j], the same both ways, given who
	// met how often; 0 if unknown. Nil: that of wins with the odds of the fit.
	Variance []float64
	// First[i*N+j] are the games in which i sat first against j, and the points
	// of i in them. All games are in First, or it is nil.
	First []Seating
	// Clusters hold all games, by sets of those that are not independent.
	Clusters [][]Part
}

// Seating is what came of so many Games with given seats: Score is that of who sat
// first, Variance that of Score, 0 if unknown.
type Seating struct{ Games, Score, Variance float64 }

// Part is what agents I and J did against each other in a cluster.
type Part struct {
	I, J         int
	Games, Score float64 // points of I
}

// variance is that of the score of i against j, in games in which i sat first
// (h is 1), j did (-1), or all.
func (r Record) variance(i, j int, h float64) (v float64, ok bool) {
	switch {
	case h > 0:
		v = r.First[i*r.N+j].Variance
	case h < 0:
		v = r.First[j*r.N+i].Variance
	case r.Variance != nil:
		v = r.Variance[i*r.N+j]
	}
	return v, v > 0
}

// NewRecord returns the record of n agents before their first game.
func NewRecord(n int) Record {
	return Record{N: n, Games: make([]float64, n*n), Score: make([]float64, n*n)}
}

// unscored is the part of the games by which scores may miss them, for rounding.
const unscored = 1e-9

// Check reports records of the wrong shape, numbers that are negative or not
// finite, and scores that do not add up to the games.
func (r Record) Check() error {
	n := r.N
	if n < 1 || len(r.Games) != n*n || len(r.Score) != n*n {
		return fmt.Errorf("record: found %d games and %d scores for %d agents, expected a square of them each", len(r.Games), len(r.Score), n)
	}
	for i := range n {
		for j := range i + 1 {
			at, back := i*n+j, j*n+i
			games, score, other := r.Games[at], r.Score[at], r.Score[back]
			switch {
			case !(games >= 0 && score >= 0 && other >= 0) || math.IsInf(games, 1):
				return fmt.Errorf("record: agents %d and %d have %g games, scores %g and %g; expected finite numbers from 0", i, j, games, score, other)
			case games != r.Games[back]:
				return fmt.Errorf("record: agents %d and %d have %g games one way, %g the other", i, j, games, r.Games[back])
			case i == j && games+score > 0:
				return fmt.Errorf("record: agent %d has games against itself", i)
			case math.Abs(score+other-games) > unscored*games:
				return fmt.Errorf("record: agents %d and %d have scores %g and %g in %g games, expected them to add up", i, j, score, other, games)
			}
		}
	}
	return nil
}

// advantage is the score rate of i against j minus ½, exactly the negative of
// that of j against i; 0 if they did not meet.
func (r Record) advantage(i, j int) float64 {
	games := r.Games[i*r.N+j]
	if games == 0 {
		return 0
	}
	return (r.Score[i*r.N+j] - r.Score[j*r.N+i]) / (2 * games)
}

// components are the strongly connected components of the graph of n vertices
// with these edges, each ascending, in an order in which edges between
// components lead forward only. (Kosaraju; Sharir 1981.)
func components(n int, edge func(i, j int) bool) [][]int {
	var finished []int
	seen := make([]bool, n)
	var forward func(i int)
	forward = func(i int) {
		seen[i] = true
		for j := range n {
			if !seen[j] && edge(i, j) {
				forward(j)
			}
		}
		finished = append(finished, i)
	}
	for i := n - 1; i >= 0; i-- { // so that without edges the order is 0, 1, …
		if !seen[i] {
			forward(i)
		}
	}
	var comps [][]int
	clear(seen)
	for k := n - 1; k >= 0; k-- {
		if seen[finished[k]] {
			continue
		}
		seen[finished[k]] = true
		comp := []int{finished[k]}
		for at := 0; at < len(comp); at++ {
			for i := range n {
				if !seen[i] && edge(i, comp[at]) {
					seen[i] = true
					comp = append(comp, i)
				}
			}
		}
		slices.Sort(comp)
		comps = append(comps, comp)
	}
	return comps
}
