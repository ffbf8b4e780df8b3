package path

import (
	"math"
	"slices"
)

// Step finds the next point, by the next step's length or, where that is too far for
// the curve to be the same, by less; false if there is none.
func (c *Curve) Step() (Leg, bool) {
	const rounding = 1e-5 // of changes of probabilities
	shortest, longest := c.sys.Steps(c.Point)
	for h := min(c.h, longest); h > shortest; h /= 2 {
		y, guess, rounds, ok := c.reach(h)
		if !ok || c.rules.Positive && y[c.n] < 0 {
			continue
		}
		to, ok := c.direction(y)
		if !ok {
			continue
		}
		moved, off := 0.0, 0.0
		for i, p := range to.P {
			moved = max(moved, math.Abs(p-c.P[i]))
			off = max(off, math.Abs(p-math.Exp(guess[i])))
		}
		if !(c.sys.Along(c.Point, to) >= c.rules.Straight) || off > c.rules.Off*moved+rounding {
			continue
		}
		l := Leg{To: to, Cuts: []Cut{{0, c.Y}, {h, y}}, Crossed: to.Sign != c.Sign, quick: rounds <= c.rules.Rounds && off <= c.rules.Easy*moved+rounding}
		if l.Crossed && h > c.rules.Careful {
			continue
		}
		if c.Turns(to) {
			// u is flat there: half its digits in length give all of them.
			at, y := c.Find(h, 1e-8, func(y []float64) float64 {
				p, ok := c.direction(y)
				if !ok {
					return math.NaN()
				}
				return p.Tangent[c.n] * c.Tangent[c.n]
			})
			if y == nil {
				continue
			}
			l.Cuts = []Cut{l.Cuts[0], {at, y}, l.Cuts[1]}
		}
		return l, true
	}
	return Leg{}, false
}

// Advance takes a step that Step found.
func (c *Curve) Advance(l Leg) {
	h := l.H()
	if c.rules.Curved {
		bend := make([]float64, c.n+1)
		for i, v := range l.To.Tangent {
			bend[i] = (v - c.Tangent[i]) / h
		}
		c.bend = bend
	}
	c.Point = l.To
	if c.h = h; l.quick {
		c.h *= c.rules.Growth
	}
}

// Find looks for the place within a step of h at which f, positive before, becomes
// negative: by bisection and then, as f is smooth there, by regula falsi. The matrix
// that was factorised last is that of the place when f is asked. Where the place itself
// is singular, places beside it are asked. It ends when it is known up to width times
// h; y is nil if the curve is lost.
func (c *Curve) Find(h, width float64, f func(y []float64) float64) (at float64, y []float64) {
	lo, hi := 0.0, h
	flo, fhi := math.NaN(), math.NaN() // by the Illinois rule an end that stays counts half
	side := 0
	for hi-lo > width*h {
		shares := []float64{.5, .4, .6, .25, .75}
		if share := flo / (flo - fhi); hi-lo < 1e-2*h && share > 0 && share < 1 {
			shares = append([]float64{share}, shares...)
		}
		asked := false
		for _, share := range shares {
			mid := lo + share*(hi-lo)
			place, ok := c.At(mid)
			if !ok || mid == lo || mid == hi || !c.sys.Factor(place, c.Border, c.g) {
				continue
			}
			far := math.Abs(mid - at)
			at, y, asked = mid, place, true
			if v := f(y); v < 0 {
				if hi, fhi = mid, v; side < 0 {
					flo /= 2
				}
				side = -1
			} else {
				if lo, flo = mid, v; side > 0 {
					fhi /= 2
				}
				side = 1
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

// Land finds the solution at u between two places of a step: by lengths, and by
// Newton's method at u in the end, where that stays near; next to a fold it does not.
func (c *Curve) Land(u float64, from, to Cut) []float64 {
	const near, far = 1e-9, 1e-4
	a, b, best := from, to, from
	side := func(c Cut) float64 { return c.Y[len(c.Y)-1] - u }
	if math.Abs(side(b)) < math.Abs(side(a)) {
		best = b
	}
	fa, fb := side(a), side(b)
	for range 60 {
		if math.Abs(side(best)) <= near*(1+math.Abs(u)) {
			break
		}
		h := a.H + (b.H-a.H)*fa/(fa-fb)
		if !(h > min(a.H, b.H) && h < max(a.H, b.H)) {
			h = (a.H + b.H) / 2
		}
		y, ok := c.At(h)
		if !ok {
			break
		}
		found := Cut{h, y}
		f := side(found)
		if math.Abs(f) < math.Abs(side(best)) {
			best = found
		}
		// Here, too.
		if (f < 0) == (fb < 0) {
			fa /= 2
		} else {
			a, fa = b, fb
		}
		b, fb = found, f
	}
	fixed := append(best.Y[:c.n:c.n], u)
	sizes := c.sys.Newton(fixed)
	sizes.Still = 0 // this point is shown
	if _, ok := c.correct(fixed, slices.Clone(fixed), c.Upward(), sizes); ok {
		moved := 0.0
		for i := range c.n {
			moved = max(moved, math.Abs(math.Exp(fixed[i])-math.Exp(best.Y[i])))
		}
		if moved < far {
			return fixed[:c.n]
		}
	}
	return best.Y[:c.n]
}
