package ranking

import "slices"

// sooner tells of pairs of places (u, v) from which place 0 is reached at the
// lower expected cost: 1 for u, -1 for v, 0 if there is no telling.
//
// The two costs may agree in all their digits and yet decide everything: where
// both places are left for 0 by way of the same rare event, the common part
// drowns the difference. So the chain is watched at 0, u and v only. With rates
// a and b from u and v to 0, and costs c and d of a unit of time at u and v,
// all of them sums of positive numbers, the cost from u is the lower one exactly
// if c·b < d·a, and turning an edge between u and v changes the cost from
// either by no larger part than these products differ by.
//
// Pairs share the work: places are cut into four parts, and for every two of
// them the rest is eliminated once. All pairs of n places take O(n³), about
// twenty times as long as one elimination. ok is false if doubles did not do.
func sooner(c *chain, cost []wide, pairs [][2]int) (first []int, ok bool) {
	out := make([]int, len(pairs))
	ids := make([]int, len(pairs))
	for i := range ids {
		ids[i] = i
	}
	ok = narrow(c, slices.Clone(cost), pairs, ids, out)
	return out, ok
}

// narrow answers the pairs with these ids, given in places of c.
func narrow(c *chain, cost []wide, pairs [][2]int, ids []int, out []int) (ok bool) {
	if c.n == 3 {
		cb, da := cost[1].mul(c.at(2, 0)), cost[2].mul(c.at(1, 0))
		for k, id := range ids {
			first := 0
			if cb.less(da, rounding) {
				first = 1
			} else if da.less(cb, rounding) {
				first = -1
			}
			if pairs[k][0] == 2 {
				first = -first
			}
			out[id] = first
		}
		return true
	}
	const parts = 4
	part := func(place int) int { return (place - 1) * parts / (c.n - 1) }
	var of [parts][parts][]int // indices of pairs
	for k, p := range pairs {
		a, b := part(p[0]), part(p[1])
		if a == b {
			b = (a + 1) % parts
		}
		a, b = min(a, b), max(a, b)
		of[a][b] = append(of[a][b], k)
	}
	for a := range parts {
		for b := a + 1; b < parts; b++ {
			if len(of[a][b]) == 0 {
				continue
			}
			keep := []int{0}
			place := slices.Repeat([]int{-1}, c.n)
			add := func(i int) {
				if place[i] < 0 {
					place[i] = len(keep)
					keep = append(keep, i)
				}
			}
			if len(of[a][b]) == 1 { // nobody to share with
				add(pairs[of[a][b][0]][0])
				add(pairs[of[a][b][0]][1])
			} else {
				for i := 1; i < c.n; i++ {
					if p := part(i); p == a || p == b {
						add(i)
					}
				}
			}
			sub, subCost, ok := c.watched(cost, keep)
			if !ok {
				return false
			}
			var subPairs [][2]int
			var subIDs []int
			for _, k := range of[a][b] {
				subPairs = append(subPairs, [2]int{place[pairs[k][0]], place[pairs[k][1]]})
				subIDs = append(subIDs, ids[k])
			}
			if !narrow(sub, subCost, subPairs, subIDs, out) {
				return false
			}
		}
	}
	return true
}

// watched is the chain as seen at the places kept only, the first of them 0:
// what the others cost is added to those that lead to them.
func (c *chain) watched(cost []wide, keep []int) (sub *chain, costs []wide, ok bool) {
	order := slices.Clone(keep)
	kept := make([]bool, c.n)
	for _, i := range keep {
		kept[i] = true
	}
	for i := range c.n {
		if !kept[i] {
			order = append(order, i)
		}
	}
	n, plain := c.n, c.e == nil
	d := emptyChain(n, plain)
	costs = make([]wide, n)
	for i, u := range order {
		costs[i] = cost[u]
		for j, v := range order {
			if i == j {
				continue
			}
			d.m[i*n+j] = c.m[u*n+v]
			if !plain {
				d.e[i*n+j] = c.e[u*n+v]
			}
		}
	}
	if !d.reduce(len(keep), make([]wide, n), costs) {
		return nil, nil, false
	}
	k := len(keep)
	sub = emptyChain(k, plain)
	for i := range k {
		copy(sub.m[i*k:i*k+k], d.m[i*n:i*n+k])
		sub.m[i*k+i] = 0
		if !plain {
			copy(sub.e[i*k:i*k+k], d.e[i*n:i*n+k])
			sub.e[i*k+i] = nothing
		}
	}
	return sub, costs[:k], true
}
