package many

import (
	"math/big"

	"arbiter/equilibria/exact"
)

// table is a game in floating point for the search of its equilibria: payoffs of
// a player are centred between the best and the worst reply to each profile of
// the others, in rationals, and scaled to [-1, 1]. That changes no equilibrium.
type table struct {
	u     [][]float64
	shape []int
	unit  []float64 // payoff of player i that is 1 in u
	// slack is above the rounding error of an expected payoff, conversion
	// included: a contraction of an axis of length m adds at most m+2 roundings of
	// 2⁻⁵³ on numbers of at most 2, and all axes together have sum(shape).
	slack float64
}

// tableOf centres and scales the payoffs.
func tableOf(n *exact.Normal) *table {
	g := &table{shape: n.Shape}
	strategies := 0
	for k, m := range n.Shape {
		strategies += m
		stride := 1
		for _, l := range n.Shape[k+1:] {
			stride *= l
		}
		list := make([]*big.Rat, len(n.Payoffs[k]))
		half, top := big.NewRat(1, 2), new(big.Rat)
		for at := range list {
			if at/stride%m != 0 {
				continue
			}
			lo, hi := n.Payoffs[k][at], n.Payoffs[k][at]
			for s := range m {
				if x := n.Payoffs[k][at+s*stride]; x.Cmp(lo) < 0 {
					lo = x
				} else if x.Cmp(hi) > 0 {
					hi = x
				}
			}
			centre := new(big.Rat).Add(lo, hi)
			centre.Mul(centre, half)
			for s := range m {
				list[at+s*stride] = new(big.Rat).Sub(n.Payoffs[k][at+s*stride], centre)
			}
			if d := new(big.Rat).Sub(hi, centre); d.Cmp(top) > 0 {
				top = d
			}
		}
		if top.Sign() == 0 {
			top.SetInt64(1)
		}
		row := make([]float64, len(list))
		for at, x := range list {
			row[at], _ = x.Quo(x, top).Float64() // x is not used again
		}
		unit, _ := top.Float64()
		g.u, g.unit = append(g.u, row), append(g.unit, unit)
	}
	g.slack = float64(strategies+2*len(n.Shape)+8) * 0x1p-50
	return g
}

// index is that of an equilibrium known to be regular.
func (g *table) index(profile [][]float64) int {
	e := newExclusion(g, exact.SupportOf(profile))
	for k, s := range e.support {
		for a := range len(s) - 1 {
			e.c[e.base[k]+a] = profile[k][s[a]]
		}
	}
	clear(e.rad)
	sign, _ := e.newton(e.c, e.rad)
	return sign
}

// regret is the largest of a player, in units of the table and in payoffs.
func (g *table) regret(profile [][]float64) (relative, absolute float64) {
	e := newExclusion(g, exact.SupportOf(profile))
	var x []float64
	for k, s := range e.support {
		for _, a := range s {
			x = append(x, profile[k][a])
		}
	}
	for i, s := range e.support {
		for t := range g.shape[i] {
			gain := 0.0
			for j, a := range s {
				gain += x[e.first[i]+j] * e.expect(i, t, a, x)
			}
			relative, absolute = max(relative, gain), max(absolute, gain*g.unit[i])
		}
	}
	return relative, absolute
}

// spread is the profile with weights x on the support, negative ones 0.
func (g *table) spread(support [][]int, x []float64) [][]float64 {
	out := make([][]float64, len(support))
	at := 0
	for k, s := range support {
		out[k] = make([]float64, g.shape[k])
		sum := 0.0
		for j, a := range s {
			out[k][a] = max(0, x[at+j])
			sum += out[k][a]
		}
		for _, a := range s {
			out[k][a] /= sum
		}
		at += len(s)
	}
	return out
}

// acceptable tells whether the regret is that of an equilibrium up to rounding.
func (g *table) acceptable(profile [][]float64) bool {
	relative, _ := g.regret(profile)
	return relative < 1e-12
}
