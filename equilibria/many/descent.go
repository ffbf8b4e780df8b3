package many

import (
	"math"
	"slices"

	"arbiter/dice"
)

// random is an evenly drawn mixture over the support.
func (e *exclusion) random(key dice.Key) []float64 {
	x := make([]float64, e.total)
	for k, s := range e.support {
		sum := 0.0
		for j := e.first[k]; j < e.first[k]+len(s); j++ {
			x[j] = -math.Log(1 - dice.Float64(key.Word(j)))
			sum += x[j]
		}
		for j := e.first[k]; j < e.first[k]+len(s); j++ {
			x[j] /= sum
		}
	}
	return x
}

// descend moves x, full coordinates, to a solution of the equal-payoff equations
// by the method of Levenberg and Marquardt, which bears singular ones; false if
// it does not get to one on the simplices.
func (e *exclusion) descend(x []float64) bool {
	n := e.n
	c, zero := make([]float64, n), make([]float64, n)
	for r, j := range e.full {
		c[r] = x[j]
	}
	norm := func() float64 {
		sum := 0.0
		for _, v := range e.f {
			sum += v * v
		}
		return sum
	}
	normal, inverse, step, f := make([]float64, n*n), make([]float64, n*n), make([]float64, n), make([]float64, n)
	e.newton(c, zero)
	size, damp := norm(), 1e-3
	for range 60 {
		if size < 1e-30 {
			break
		}
		for r := range n {
			step[r] = 0
			for q := range n {
				step[r] += e.jac[q*n+r] * e.f[q]
			}
			for j := range n {
				v := 0.0
				for q := range n {
					v += e.jac[q*n+r] * e.jac[q*n+j]
				}
				normal[r*n+j] = v
			}
			normal[r*n+r] += damp
		}
		copy(f, e.f)
		if _, ok := invert(normal, inverse, n); !ok {
			break
		}
		next := slices.Clone(c)
		for r := range n {
			for j := range n {
				next[r] -= inverse[r*n+j] * step[j]
			}
		}
		e.newton(next, zero)
		if now := norm(); now < size {
			c, size, damp = next, now, max(1e-14, damp/10)
			continue
		}
		if damp *= 10; damp > 1e3 {
			break
		}
		e.newton(c, zero)
	}
	if !(size < 1e-26) {
		return false
	}
	for k, s := range e.support {
		last := 1.0
		for a := range len(s) - 1 {
			x[e.first[k]+a] = c[e.base[k]+a]
			last -= c[e.base[k]+a]
		}
		x[e.first[k]+len(s)-1] = last
	}
	for _, w := range x {
		if w < -1e-13 {
			return false
		}
	}
	return true
}

// regular proves that one regular solution is at x.
func (e *exclusion) regular(x []float64) (root, bool) {
	if e.violator >= 0 {
		return root{}, false
	}
	b := box{slices.Clone(x), slices.Clone(x)}
	for r, j := range e.full {
		e.c[r], e.rad[r] = x[j], 0
	}
	if _, ok := e.newton(e.c, e.rad); !ok {
		return root{}, false
	}
	var l leaf
	if !e.enclose(b, &l) {
		return root{}, false
	}
	return l.roots[0], true
}
