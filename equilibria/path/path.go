// Package path follows curves of solutions of G(x, u) = 0, as many equations as
// unknowns x and one parameter u, by predictor and corrector along their length
// (Allgower and Georg 1990, ch. 2, 4, 5 and 8; Turocy 2005): over turning points, to
// the points at values of u that are asked for and to the Nash equilibrium at the end.
// The x are log probabilities, and what shows is probabilities: steps are judged by
// these, not by the logarithms of small ones, which run away. What a system is, how its matrices are factorised and what
// becomes of other branches that cross is known to the rooms above: quantal, stochastic.
package path

import (
	"math"
	"slices"
)

// System is what defines a curve. A place y is x, then u.
type System interface {
	// Size is the number of equations, and of unknowns without u.
	Size() int
	// Residual writes G at y to g, whose length is the size; false where there is none.
	Residual(y, g []float64) bool
	// Factor writes G, too, and factorises the square matrix of its derivatives by y
	// and of border below; false if it cannot.
	Factor(y, border, g []float64) bool
	// Solve replaces v by the solution for the right side v, by the matrix that was
	// factorised last; false if that is singular.
	Solve(v []float64) bool
	// Sign is that of the determinant of that matrix.
	Sign() float64
	// Metric writes the covector of p.Tangent, whose product with a direction is the
	// scalar product of the two: length is measured by it. p.Border is not yet known.
	Metric(p Point, dst []float64)
	// Along is the cosine between the directions of two points, as far as it shows.
	Along(from, to Point) float64
	// Steps are the lengths of the shortest and the longest step from p.
	Steps(p Point) (shortest, longest float64)
	// Newton bounds the sizes of Newton's steps near y.
	Newton(y []float64) Sizes
	// Enough tells whether y will do, where G was g and steps are of that size and get
	// no shorter.
	Enough(y, g []float64, size float64) bool
}

// Sizes are bounds of Newton's steps, relative to 1 or to y, if that is more.
type Sizes struct {
	Near     float64 // from here on the matrix of the step before will do
	Still    float64 // with that matrix: steps that get no shorter will do
	Rounding float64 // the system is solved
}

// Rules are how steps are taken.
type Rules struct {
	Straight float64 // least cosine between the ends of a step
	Off      float64 // how far a guess may be off, in units of the largest change of a probability
	Easy     float64 // as Off: up to here the next step is longer
	Shrink   float64 // most of a Newton's step that the next may be, its matrix its own
	Rounds   int     // factorisations of a step: up to here the next step is longer
	Growth   float64 // of the next step
	Careful  float64 // longest step on which the determinant may change its sign, as where another branch crosses
	Curved   bool    // guesses bend as the branch did on the last step
	Positive bool    // u is never below 0
}

// Point is where a curve is and where it goes.
type Point struct {
	Y       []float64 // x, then u
	P       []float64 // exp x
	Tangent []float64 // of length 1
	Border  []float64 // its covector
	Sign    float64   // of the determinant of the derivatives, bordered by the covector of the point before
}

// U is the parameter.
func (p Point) U() float64 { return p.Y[len(p.Y)-1] }

// Turns tells whether u turns between two points.
func (p Point) Turns(to Point) bool {
	n := len(p.Y) - 1
	return p.Tangent[n]*to.Tangent[n] < 0
}

// Cut is a place on the way from a point.
type Cut struct {
	H float64   // length from the point
	Y []float64 // x, then u
}

// Leg is a step.
type Leg struct {
	To      Point // where it ends
	Cuts    []Cut // where it starts, where u turns, if it does, and where it ends
	Crossed bool  // the determinant changes its sign
	quick   bool  // it was easy
}

// H is the length of the step.
func (l Leg) H() float64 { return l.Cuts[len(l.Cuts)-1].H }

// Curve follows a curve. It may be read and is moved by Begin and Advance alone.
type Curve struct {
	Point

	sys     System
	rules   Rules
	n       int
	h       float64   // length of the next step
	bend    []float64 // change of the tangent per length; nil: none is known
	g, move []float64
}

// New makes a curve, which is nowhere yet.
func New(s System, r Rules) *Curve {
	n := s.Size()
	return &Curve{sys: s, rules: r, n: n, g: make([]float64, n), move: make([]float64, n+1)}
}

// Begin puts the curve at a solution y, in the direction in which border grows, with a
// first step of length h; false if there is no direction, and then nothing changes.
func (c *Curve) Begin(y, border []float64, h float64) bool {
	if !c.sys.Factor(y, border, c.g) {
		return false
	}
	p, ok := c.direction(y)
	if ok {
		c.Point, c.h, c.bend = p, h, nil
	}
	return ok
}

// Upward is the border of the direction in which u grows.
func (c *Curve) Upward() []float64 {
	border := make([]float64, c.n+1)
	border[c.n] = 1
	return border
}

// Shorten bounds the length of the next step.
func (c *Curve) Shorten(h float64) { c.h = min(c.h, h) }

// direction is the point at y by the matrix last factorised, taken for that at y.
func (c *Curve) direction(y []float64) (p Point, ok bool) {
	p = Point{Y: y, P: make([]float64, c.n), Tangent: c.Upward(), Border: make([]float64, c.n+1), Sign: c.sys.Sign()}
	for i := range p.P {
		p.P[i] = math.Exp(y[i])
	}
	if !c.sys.Solve(p.Tangent) {
		return p, false
	}
	c.sys.Metric(p, p.Border)
	norm := 0.0
	for i, v := range p.Tangent {
		norm += p.Border[i] * v
	}
	if norm = math.Sqrt(norm); !(norm > 0) || math.IsInf(norm, 1) {
		return p, false
	}
	for i := range p.Tangent {
		p.Tangent[i] /= norm
		p.Border[i] /= norm
	}
	return p, true
}

// Correct solves G = 0 and border·(y - from) = 0 by Newton's method, in place; the
// matrix stays factorised near the solution. It is solved when steps are at rounding,
// or get no shorter and will do. rounds counts factorisations.
func (c *Curve) Correct(y, from, border []float64) (rounds int, ok bool) {
	return c.correct(y, from, border, c.sys.Newton(from))
}

func (c *Curve) correct(y, from, border []float64, sizes Sizes) (rounds int, ok bool) {
	const most = 8
	advance := func() (size float64) {
		copy(c.move, c.g)
		c.move[c.n] = 0
		for i, b := range border {
			c.move[c.n] += b * (y[i] - from[i])
		}
		if !c.sys.Solve(c.move) {
			return math.NaN()
		}
		for i, s := range c.move {
			y[i] -= s
			size = max(size, math.Abs(s)/(1+math.Abs(y[i])))
		}
		return size
	}
	for before := math.Inf(1); rounds < most; {
		if !c.sys.Factor(y, border, c.g) {
			return rounds, false
		}
		rounds++
		size := advance()
		if !(size <= c.rules.Shrink*before) {
			return rounds, c.sys.Enough(y, c.g, size)
		}
		// Close by, the same matrix serves again.
		for size > sizes.Rounding && size <= sizes.Near {
			again := math.NaN()
			if c.sys.Residual(y, c.g) {
				again = advance()
			}
			if !(again <= .3*size) {
				if again <= sizes.Still {
					return rounds, true
				}
				break
			}
			size = again
		}
		if size <= sizes.Rounding {
			return rounds, true
		}
		before = size
	}
	return rounds, false
}

// reach is the place after h, and what was expected there.
func (c *Curve) reach(h float64) (y, guess []float64, rounds int, ok bool) {
	guess = slices.Clone(c.Y)
	for i, v := range c.Tangent {
		guess[i] += h * v
		if c.bend != nil {
			guess[i] += h * h / 2 * c.bend[i]
		}
	}
	y = slices.Clone(guess)
	rounds, ok = c.Correct(y, guess, c.Border)
	return y, guess, rounds, ok
}

// At is the place after h.
func (c *Curve) At(h float64) (y []float64, ok bool) {
	y, _, _, ok = c.reach(h)
	return y, ok
}
