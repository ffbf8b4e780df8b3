package entropic

import (
	"math"

	"arbiter/certify"
	"arbiter/internal/interval"
)

// distance bounds sqrt(Σ w_i |π_i - π*_i|₁²) of the equilibrium π of c from the
// exact one, rounded up. With s_i half the range of q_i - τ_i log π_i the signed
// margin α gives α Σ w_i |π_i - π*_i|₁² ≤ Σ w_i s_i |π_i - π*_i|₁, so that it is at most
// sqrt(Σ w_i s_i²)/α. It is NaN where a probability is 0.
func (g *Game) distance(c *certify.Certificate) float64 {
	one := interval.Point(1)
	var p, q [][]interval.Interval
	var off []interval.Interval // |π_i| of the sum from 1
	at := 0
	for _, n := range g.Sizes {
		row, sum := make([]interval.Interval, n), interval.Point(0)
		for a := range row {
			row[a] = interval.Point(c.Equilibrium[at+a])
			sum = sum.Add(row[a])
		}
		for a := range row {
			row[a] = row[a].Div(sum)
		}
		off = append(off, sum.Sub(one))
		p, q = append(p, row), append(q, make([]interval.Interval, n))
		at += n
	}
	g.Play.enclose(q, p)
	sum, rest := interval.Point(0), interval.Point(0)
	for i, row := range q {
		low, high := interval.Point(math.Inf(1)), interval.Point(math.Inf(-1))
		for a, x := range row {
			r := x.Sub(p[i][a].Log().Scale(c.Mu[i]))
			low = interval.Interval{Lo: min(low.Lo, r.Lo), Hi: min(low.Hi, r.Hi)}
			high = interval.Interval{Lo: max(high.Lo, r.Lo), Hi: max(high.Hi, r.Hi)}
		}
		w := interval.Point(c.Weights[i])
		sum = sum.Add(w.Mul(high.Sub(low).Scale(.5).Sqr()))
		rest = rest.Add(w.Mul(off[i].Sqr()))
	}
	bound := sum.Sqrt().Div(interval.Point(c.Margin)).Add(rest.Sqrt()).Hi
	if !(bound < math.Inf(1)) {
		return math.NaN()
	}
	return bound
}

func (n *tensors) enclose(dst, p [][]interval.Interval) {
	for _, q := range dst {
		clear(q)
	}
	players := len(n.sizes)
	at, before := make([]int, players), make([]interval.Interval, players)
	for cell := range n.payoffs[0] {
		product := interval.Point(1)
		for i, a := range at {
			before[i] = product
			product = product.Mul(p[i][a])
		}
		product = interval.Point(1)
		for i := players - 1; i >= 0; i-- {
			a := at[i]
			dst[i][a] = dst[i][a].Add(before[i].Mul(product).Scale(n.payoffs[i][cell]))
			product = product.Mul(p[i][a])
		}
		for i := players - 1; i >= 0; i-- {
			if at[i]++; at[i] < n.sizes[i] {
				break
			}
			at[i] = 0
		}
	}
}

func (t *tree) enclose(dst, p [][]interval.Interval) {
	for _, q := range dst {
		clear(q)
	}
	var before []interval.Interval
	for _, l := range t.leaves {
		before = before[:0]
		product := interval.Interval{Lo: l.low, Hi: l.high}
		for _, d := range l.path {
			before = append(before, product)
			product = product.Mul(p[d.block][d.move])
		}
		after := interval.Point(1)
		for k := len(l.path) - 1; k >= 0; k-- {
			d := l.path[k]
			x := before[k].Mul(after).Scale(l.payoff[t.owner[d.block]])
			dst[d.block][d.move] = dst[d.block][d.move].Add(x)
			after = after.Mul(p[d.block][d.move])
		}
	}
}
