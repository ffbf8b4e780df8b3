package search

import (
	"fmt"
	"math"
)

// walls are the bounds of play, infinite where there are none.
type walls struct{ lower, upper []float64 }

// around checks the zero and what is said of starts (section 7).
func (v *cube) around() {
	c, g := v.claim, v.claim.Region
	half := math.Inf(1)
	for i := range v.n {
		half = min(half, (v.upper[i]-v.lower[i])/2)
	}
	v.atMost("region.radius", float64(g.Radius), half, "half the narrowest side")
	v.seen("region.centre")
	if g.Centre == nil {
		v.plain("region.centre", c.Equilibrium == nil, "no equilibrium is claimed")
		v.atMost("region.ball", float64(g.Ball), 0, "without a centre")
		v.atMost("region.invariant", float64(g.Invariant), 0, "without a centre")
		v.flag("region.unique", g.Unique, false, "no equilibrium is claimed")
		v.atLeast("region.distance", float64(g.Distance), math.Inf(1), "no equilibrium is claimed")
		v.converges(false)
		return
	}
	x := floats(g.Centre)
	if len(x) != v.n || !allFinite(x) {
		v.plain("region.centre", false, fmt.Sprintf("found %d numbers, expected %d finite ones", len(x), v.n))
		return
	}
	same := c.Equilibrium == nil || len(c.Equilibrium) == v.n
	for i, y := range c.Equilibrium {
		same = same && i < v.n && y == g.Centre[i] && v.lower[i] <= float64(y) && float64(y) <= v.upper[i]
	}
	v.plain("equilibrium", same, "the centre, in the region")
	values := make([]bracket, v.n)
	if !v.field.value(values, x, x) {
		v.plain("residual", false, "the field is not defined at the centre")
		return
	}
	for k := range values {
		values[k] = v.walls.left(values[k], x[k], k)
	}
	residual, ball := v.inNorm(values, x)
	rounding := 1e-14 * float64(v.n) * v.scale(x)
	v.rounded("residual", float64(c.Residual), residual, rounding, "in the norm of the certificate")
	v.atMost("region.ball", float64(g.Ball), max(0, ball), "the largest inside the region, around the centre")
	if !(v.alpha > 0) {
		v.flag("region.unique", g.Unique, false, "without a margin nothing is known of zeros")
		v.atMost("region.invariant", float64(g.Invariant), 0, "without a margin")
		v.atLeast("region.distance", float64(g.Distance), math.Inf(1), "without a margin")
		v.converges(false)
		return
	}
	distance := residual / v.alpha
	v.rounded("region.distance", float64(g.Distance), distance, rounding/v.alpha, "residual over margin")
	inside := distance <= ball
	v.flag("region.unique", g.Unique, inside, "whether an equilibrium is proved to lie in the ball")
	v.converges(inside)
	stay := 0.0
	if inside {
		stay = max(0, ball-2*distance) + 2*rounding/v.alpha
	}
	v.atMost("region.invariant", float64(g.Invariant), stay, "of the starts that stay")
}

// left is what of a component of the field is not taken by a wall that x touches.
func (w *walls) left(f bracket, x float64, k int) bracket {
	if w == nil {
		return f
	}
	if x == w.lower[k] {
		f = bracket{min(f.lo, 0), min(f.hi, 0)}
	}
	if x == w.upper[k] {
		f = bracket{max(f.lo, 0), max(f.hi, 0)}
	}
	return f
}

// inNorm is the length of the field in the norm of the certificate, from above, and
// the radius of the largest ball around x whose part in the walls is in the region.
func (v *cube) inNorm(values []bracket, x []float64) (length, ball float64) {
	c := v.claim
	ball = math.Inf(1)
	side := func(i int) float64 {
		s := math.Inf(1)
		if v.walls == nil || v.upper[i] < v.walls.upper[i] {
			s = addDown(v.upper[i], -x[i])
		}
		if v.walls == nil || v.lower[i] > v.walls.lower[i] {
			s = min(s, addDown(x[i], -v.lower[i]))
		}
		return s
	}
	if v.metric != nil {
		sum := point(0)
		for i := range v.n {
			for j := range v.n {
				sum = sum.add(values[i].mul(values[j]).mul(v.metric.m[i][j]))
			}
			if s := side(i); !math.IsInf(s, 1) {
				ball = min(ball, divDown(s, bracketed(v.metric.back[i][i]).sqrt().hi))
			}
		}
		return bracket{0, max(0, sum.hi)}.sqrt().hi, ball
	}
	sum, most := 0.0, 0.0
	for b := range c.Blocks {
		for i := v.first[b]; i < v.first[b+1]; i++ {
			m, w, s := values[i].mag(), v.w[b], side(i)
			far := math.IsInf(s, 1)
			if c.Source == "blockmax" && len(c.Xi) > b {
				most = max(most, divUp(m, float64(c.Xi[b])))
				if !far {
					ball = min(ball, divDown(s, float64(c.Xi[b])))
				}
			} else {
				sum = addUp(sum, mulUp(w, mulUp(m, m)))
				if !far {
					ball = min(ball, mulDown(s, point(w).sqrt().lo))
				}
			}
		}
	}
	return max(most, bracket{0, sum}.sqrt().hi), ball
}

// scale is the size of the numbers the field is made of at x.
func (v *cube) scale(x []float64) float64 {
	if !v.field.jacobian(v.k, x, x) {
		return 0
	}
	most := 0.0
	for b := range v.w {
		root := math.Sqrt(v.w[b])
		if v.claim.Source == "blockmax" && len(v.claim.Xi) > b {
			root = 1 / float64(v.claim.Xi[b])
		}
		for i := v.first[b]; i < v.first[b+1]; i++ {
			for j := range v.n {
				most = max(most, root*v.k[i*v.n+j].mag()*max(1, math.Abs(x[j])))
			}
		}
	}
	return most
}
