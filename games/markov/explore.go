package markov

// result is an outcome by position.
type result[P comparable] struct {
	prob   float64
	to     P
	end    bool
	reward []float64
}

// explore finds all positions from the starts, which are equally likely, and
// fills g. rules lists the names of the actions per player and the results of
// the joint actions.
func explore[P comparable](g *Game, starts []P, name func(P) string, rules func(P) ([][]string, [][]result[P])) {
	at := map[P]int{}
	var list []P
	find := func(p P) int {
		i, ok := at[p]
		if !ok {
			i = len(list)
			at[p], list = i, append(list, p)
			g.States = append(g.States, name(p))
		}
		return i
	}
	for _, p := range starts {
		find(p)
	}
	g.Actions, g.Labels = make([][]int, g.Players), make([][][]string, g.Players)
	var states [][][]Outcome
	for i := 0; i < len(list); i++ {
		var joints [][]Outcome
		labels, results := rules(list[i])
		for k, l := range labels {
			g.Actions[k], g.Labels[k] = append(g.Actions[k], len(l)), append(g.Labels[k], l)
		}
		for _, ways := range results {
			var outs []Outcome
			for _, w := range ways {
				next := End
				if !w.end {
					next = find(w.to)
				}
				// Equal outcomes are one.
				same := false
				for j := range outs {
					if outs[j].Next == next && equal(outs[j].Reward, w.reward) {
						outs[j].Prob += w.prob
						same = true
					}
				}
				if !same {
					outs = append(outs, Outcome{w.prob, next, w.reward})
				}
			}
			joints = append(joints, outs)
		}
		states = append(states, joints)
	}
	g.Steps = [][][][]Outcome{states}
	g.Start = make([]float64, len(list))
	for i := range starts {
		g.Start[i] = 1 / float64(len(starts))
	}
}

func equal(a, b []float64) bool {
	for k := range a {
		if a[k] != b[k] {
			return false
		}
	}
	return true
}
