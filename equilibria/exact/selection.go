package exact

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Selections are the rules by which Select chooses one of several equilibria.
func Selections() []string { return []string{"max-welfare", "max-entropy", "lowest-support"} }

// Select chooses one of some profiles, [player][strategy]: the largest sum of
// expected payoffs, the largest sum of entropies in nats, or the fewest
// strategies with weight. Differences up to 1e-9, of the payoff range for
// welfare, are ties; of those the first profile is chosen.
func (n *Normal) Select(profiles [][][]float64, rule string) (int, error) {
	if len(profiles) == 0 {
		return 0, fmt.Errorf("%s: found no profile to select from, expected one or more", n.Name)
	}
	u, scales := n.Scaled()
	for k, row := range u {
		for i := range row {
			row[i] *= scales[k] / slices.Max(scales)
		}
	}
	var score func(profile [][]float64) float64
	switch rule {
	case "max-welfare":
		score = func(profile [][]float64) float64 { return n.Welfare(u, profile) }
	case "max-entropy":
		score = func(profile [][]float64) float64 {
			sum := 0.0
			for _, list := range profile {
				for _, x := range list {
					if x > 0 {
						sum -= x * math.Log(x)
					}
				}
			}
			return sum
		}
	case "lowest-support":
		score = func(profile [][]float64) float64 {
			count := 0
			for _, s := range SupportOf(profile) {
				count += len(s)
			}
			return float64(-count)
		}
	default:
		return 0, fmt.Errorf("selection: found %q, expected %s", rule, strings.Join(Selections(), ", "))
	}
	for at, p := range profiles {
		if len(p) != len(n.Shape) {
			return 0, fmt.Errorf("%s: profile %d has %d players, expected %d", n.Name, at, len(p), len(n.Shape))
		}
		for k, list := range p {
			if len(list) != n.Shape[k] {
				return 0, fmt.Errorf("%s: profile %d has %d weights of player %d, expected %d", n.Name, at, len(list), k, n.Shape[k])
			}
		}
	}
	best, top := 0, score(profiles[0])
	for at, p := range profiles[1:] {
		if v := score(p); v > top+1e-9 {
			best, top = at+1, v
		}
	}
	return best, nil
}

// Welfare is the sum of all players' expected payoffs u[player][cell], as Payoffs are
// ordered, under profile[player][strategy].
func (n *Normal) Welfare(u [][]float64, profile [][]float64) float64 {
	sum := 0.0
	var visit func(k, cell int, reach float64)
	visit = func(k, cell int, reach float64) {
		if k == len(profile) {
			for _, list := range u {
				sum += reach * list[cell]
			}
			return
		}
		for s, x := range profile[k] {
			if x > 0 {
				visit(k+1, cell*n.Shape[k]+s, reach*x)
			}
		}
	}
	visit(0, 0, 1)
	return sum
}
