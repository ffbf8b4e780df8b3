package markov

import "fmt"

// Grid is a grid game of Hu and Wellman (2003): two agents on 3×3 cells, numbered
// from 0 at the bottom left, choose a step inside the grid at once. An agent that
// enters its goal earns 100 and the game ends; both may in the same step. Who would
// end in one cell that is no goal stay where they were and pay 1. Game 1: from 0 to
// 8 and from 2 to 6. Game 2: both to 7, and a step up from 0 or 2 fails with
// probability ½.
func Grid(name string, number int) *Game {
	goals, barrier := [2]int{8, 6}, false
	if number == 2 {
		goals, barrier = [2]int{7, 7}, true
	}
	type cells [2]int
	g := &Game{Name: name, Players: 2, Discount: .99}
	explore(g, []cells{{0, 2}}, func(c cells) string { return fmt.Sprintf("%d|%d", c[0], c[1]) }, func(c cells) ([][]string, [][]result[cells]) {
		var names [][]string
		var targets [2][]int
		for k, at := range c {
			var list []string
			add := func(name string, ok bool, to int) {
				if ok {
					list, targets[k] = append(list, name), append(targets[k], to)
				}
			}
			add("left", at%3 > 0, at-1)
			add("right", at%3 < 2, at+1)
			add("up", at/3 < 2, at+3)
			add("down", at/3 > 0, at-3)
			names = append(names, list)
		}
		var joints [][]result[cells]
		for _, x := range targets[0] {
			for _, y := range targets[1] {
				var ways []result[cells]
				to := cells{x, y}
				odds := func(k int) []float64 { // of staying, of moving
					if barrier && to[k] == c[k]+3 && (c[k] == 0 || c[k] == 2) {
						return []float64{.5, .5}
					}
					return []float64{0, 1}
				}
				for i, p := range odds(0) {
					for j, q := range odds(1) {
						if p*q == 0 {
							continue
						}
						next := cells{[]int{c[0], x}[i], []int{c[1], y}[j]}
						w := result[cells]{prob: p * q, reward: []float64{0, 0}}
						if next[0] == next[1] && next[0] != goals[0] && next[0] != goals[1] {
							next, w.reward = c, []float64{-1, -1}
						}
						for k := range next {
							if next[k] == goals[k] {
								w.end, w.reward[k] = true, 100
							}
						}
						w.to = next
						ways = append(ways, w)
					}
				}
				joints = append(joints, ways)
			}
		}
		return names, joints
	})
	return g
}
