// Package grid holds the two grid games of Hu and Wellman (2003): two agents on 3×3
// cells, numbered from 0 at the bottom left, choose a step inside the grid at once.
// An agent that enters its goal earns 100 and the game ends; both may in the same
// step. Who would end in one cell that is no goal stay where they were and pay 1.
// Game 1: from 0 to 8 and from 2 to 6. Game 2: both to 7, and a step up from 0 or 2
// fails with probability ½.
package grid

import (
	"fmt"

	"arbiter/games/markov"
)

// cells are where the agents stand.
type cells [2]int

type game struct {
	goals   cells
	barrier bool // above 0 and 2
}

// New is game 1 or 2 under a canonical name, discounted by 0.99 a step.
func New(name string, number int) (*markov.Game, error) {
	g := game{goals: cells{8, 6}}
	switch number {
	case 1:
	case 2:
		g = game{cells{7, 7}, true}
	default:
		return nil, fmt.Errorf("%s: found grid game %d, expected 1 or 2", name, number)
	}
	return markov.Explore(markov.Rules[cells]{
		Name: name, Players: 2, Discount: .99,
		Starts: []cells{{0, 2}},
		Label:  func(c cells) string { return fmt.Sprintf("%d|%d", c[0], c[1]) },
		Actions: func(c cells) [][]string {
			a, _ := steps(c[0])
			b, _ := steps(c[1])
			return [][]string{a, b}
		},
		Play: g.play,
	})
}

// steps are those that stay inside the grid, and where they lead.
func steps(from int) (names []string, to []int) {
	add := func(name string, inside bool, cell int) {
		if inside {
			names, to = append(names, name), append(to, cell)
		}
	}
	add("left", from%3 > 0, from-1)
	add("right", from%3 < 2, from+1)
	add("up", from/3 < 2, from+3)
	add("down", from/3 > 0, from-3)
	return names, to
}

func (g game) play(c cells, joint []int) (ways []markov.Way[cells]) {
	var to cells
	for k, from := range c {
		_, all := steps(from)
		to[k] = all[joint[k]]
	}
	odds := func(k int) []float64 { // of staying, of moving
		if g.barrier && to[k] == c[k]+3 && (c[k] == 0 || c[k] == 2) {
			return []float64{.5, .5}
		}
		return []float64{0, 1}
	}
	for i, p := range odds(0) {
		for j, q := range odds(1) {
			if p*q == 0 {
				continue
			}
			next := cells{[]int{c[0], to[0]}[i], []int{c[1], to[1]}[j]}
			w := markov.Way[cells]{Prob: p * q, Reward: []float64{0, 0}}
			if next[0] == next[1] && next[0] != g.goals[0] && next[0] != g.goals[1] {
				next, w.Reward = c, []float64{-1, -1}
			}
			for k := range next {
				if next[k] == g.goals[k] {
					w.End, w.Reward[k] = true, 100
				}
			}
			w.To = next
			ways = append(ways, w)
		}
	}
	return ways
}
