package quantal

import (
	"math"
	"slices"
)

// cut is a point of a step.
type cut struct {
	h float64
	y []float64
}

// place is where a step led.
type place struct {
	cut
	tangent []float64
	sign    float64
	count   int
}

// step goes on by h or, where that is too far, by less.
func (t *tracer) step(h float64) (place, bool) {
	for ; h > 1e-10*(1+t.y[t.n]); h /= 2 {
		guess := t.ahead(h)
		y := slices.Clone(guess)
		if !t.correct(y, guess, t.tangent) || y[t.n] < 0 {
			continue
		}
		tangent, ok := t.direct()
		if !ok || t.turned(y, guess, tangent) {
			continue
		}
		p := place{cut{h, y}, tangent, t.jac.sign, 0}
		p.count, _ = t.negative(y)
		return p, true
	}
	return place{}, false
}

// turned tells whether a step was too long for the branch to be the same: judged
// by probabilities and log lambda, in which folds show, not by the logarithms of
// small probabilities, which run away.
func (t *tracer) turned(next, guess, tangent []float64) bool {
	along, new2, old2, moved, off := 0.0, 0.0, 0.0, 0.0, 0.0
	add := func(a, b float64) {
		along += a * b
		new2 += a * a
		old2 += b * b
	}
	for i := range t.n {
		p := math.Exp(next[i])
		was, expected := math.Exp(t.y[i]), math.Exp(guess[i])
		add(p*tangent[i], was*t.tangent[i])
		moved = max(moved, math.Abs(p-was))
		off = max(off, math.Abs(p-expected))
	}
	const c = .1
	add(tangent[t.n]/(next[t.n]+c), t.tangent[t.n]/(t.y[t.n]+c))
	return along < .97*math.Sqrt(new2*old2) || off > .1*moved+1e-5
}

// find looks for the place within a step of h at which f, positive before, becomes
// negative: by bisection and then, as f is smooth there, by regula falsi. The
// system is that of the point when f is asked. Where the place itself is singular,
// points beside it are asked. It ends when it is known up to width times h; the
// point is nil if the branch is lost.
func (t *tracer) find(h, width float64, f func(y []float64) float64) (at float64, y []float64) {
	lo, hi := 0.0, h
	flo, fhi := math.NaN(), math.NaN() // as regula falsi weighs them
	for hi-lo > width*h {
		shares := []float64{.5, .4, .6, .25, .75}
		if share := flo / (flo - fhi); hi-lo < 1e-2*h && share > 0 && share < 1 {
			shares = append([]float64{share}, shares...)
		}
		asked := false
		for _, share := range shares {
			mid := lo + share*(hi-lo)
			point, ok := t.at(mid)
			if !ok || mid == lo || mid == hi || !t.system(point, t.tangent) {
				continue
			}
			far := math.Abs(mid - at)
			at, y, asked = mid, point, true
			if v := f(y); v < 0 {
				hi, fhi, flo = mid, v, flo/2
			} else {
				lo, flo, fhi = mid, v, fhi/2
			}
			if far < width*h {
				return at, y
			}
			break
		}
		if !asked {
			break
		}
	}
	return at, y
}

// land finds the point at a lambda between two of a step: by lengths, and at fixed
// lambda at the end where that is not singular.
func (t *tracer) land(lambda float64, from, to cut) []float64 {
	n := t.n
	a, b := from, to
	side := func(c cut) float64 { return c.y[n] - lambda }
	best := a
	if math.Abs(side(b)) < math.Abs(side(a)) {
		best = b
	}
	fa, fb := side(a), side(b)
	for range 60 {
		if math.Abs(side(best)) <= 1e-9*(1+lambda) {
			break
		}
		h := a.h + (b.h-a.h)*fa/(fa-fb)
		if !(h > min(a.h, b.h) && h < max(a.h, b.h)) {
			h = (a.h + b.h) / 2
		}
		y, ok := t.at(h)
		if !ok {
			break
		}
		c := cut{h, y}
		f := side(c)
		if math.Abs(f) < math.Abs(side(best)) {
			best = c
		}
		// Regula falsi by the Illinois rule.
		if (f < 0) == (fb < 0) {
			b, fb = c, f
			fa /= 2
		} else {
			a, fa = b, fb
			b, fb = c, f
		}
	}
	border := make([]float64, n+1)
	border[n] = 1
	fixed := slices.Clone(best.y)
	fixed[n] = lambda
	guess := slices.Clone(fixed)
	if t.correct(fixed, guess, border) {
		far := 0.0
		for i := range n {
			far = max(far, math.Abs(math.Exp(fixed[i])-math.Exp(best.y[i])))
		}
		if far < 1e-4 {
			return fixed[:n]
		}
	}
	return best.y[:n]
}

// crossing is the point x at a lambda that was asked for.
func (t *tracer) crossing(x []float64, lambda float64, number int) Crossing {
	y := append(slices.Clone(x), lambda*t.scale)
	t.values(y, nil)
	off := 0.0
	for i, p := range t.answer {
		off = max(off, math.Abs(p-math.Exp(x[i])))
	}
	return Crossing{lambda, number, t.r.behaviour(x), off}
}
