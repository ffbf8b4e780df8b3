package ranking

import (
	"slices"

	"arbiter/profile"
)

// SinksAreSure reports whether the sinks are the same for every orientation of
// the open edges: no sink of the closed edges alone has an open edge leaving it.
// Sinks held together by open edges in any orientation are not recognised.
func SinksAreSure(g Graph, open []bool) bool {
	closed := Graph{Space: g.Space}
	for i, e := range g.Edges {
		if !open[i] {
			closed.Edges, closed.Dir = append(closed.Edges, e), append(closed.Dir, g.Dir[i])
		}
	}
	sink := slices.Repeat([]int{-1}, g.N())
	for i, members := range closed.Sinks() {
		for _, u := range members {
			sink[u] = i
		}
	}
	for i, e := range g.Edges {
		if open[i] && sink[e.U] != sink[e.V] {
			return false // it leaves the sink one of its ends is in
		}
	}
	return true
}

// TopIsSure reports whether the k profiles of the largest mass under Perturbed
// in the limit are the same for every orientation of the open edges, each
// surely above each of the others. OrderIsSure asks it of every place; profiles
// whose masses surely vanish need no order.
func TopIsSure(g Graph, open []bool, k int) (bool, error) {
	order, err := g.order()
	if err != nil {
		return false, err
	}
	for i := min(k, len(order)) - 1; i >= 0; i-- { // the most doubtful first
		for _, b := range order[min(k, len(order)):] {
			if sure, err := SurelyAbove(g, open, 0, order[i], b); err != nil || !sure {
				return false, err
			}
		}
	}
	return true, nil
}

// OrderIsSure: see TopIsSure.
func OrderIsSure(g Graph, open []bool) (bool, error) {
	order, err := g.order()
	if err != nil {
		return false, err
	}
	f, err := orientations(g, open, 0)
	if err != nil {
		return false, err
	}
	for i := 0; i+1 < len(order); i++ {
		sure, err := SurelyAbove(g, open, 0, order[i], order[i+1])
		if err != nil {
			return false, err
		}
		if sure {
			continue
		}
		for _, s := range order[i:] {
			if f.mass(s, profile.Down) > 0 {
				return false, nil
			}
		}
		return true, nil
	}
	return true, nil
}

// order lists the profiles by mass, the largest first.
func (g Graph) order() ([]int, error) {
	law, err := Perturbed(g, 0)
	if err != nil {
		return nil, err
	}
	order := identity(g.N())
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case law.LogMass[a] > law.LogMass[b]:
			return -1
		case law.LogMass[a] < law.LogMass[b]:
			return 1
		}
		return 0
	})
	return order, nil
}
