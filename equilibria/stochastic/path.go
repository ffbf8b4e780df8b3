package stochastic

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// path follows a curve of solutions of a stationary system by pseudo-arclength:
// y are log probabilities, then u, with parameter = bend·sinh u, or u if bend is 0.
// Length is measured by Σp·dx² + du² (Fisher's), in which fast changes of the
// logarithms of small probabilities, which are nearly linear, count for little.
type path struct {
	s       *stationary
	bend    float64
	y       []float64
	tangent []float64
	border  []float64 // its covector
	sign    float64   // of the determinant of the Jacobian bordered by it
	h       float64   // length of the next step
	jac     *mat.Dense
	g       []float64
	lu      mat.LU
}

// leg is a step of a path.
type leg struct {
	h       []float64 // 0, where u turns, and the length
	u       []float64 // there
	y       []float64 // the end
	tangent []float64
	border  []float64
	sign    float64
	crossed bool // sign changes
	quick   bool // it was easy
}

func newPath(s *stationary, x []float64, bend float64) *path {
	n := s.n
	t := &path{s: s, bend: bend, y: append(append([]float64(nil), x...), 0), tangent: make([]float64, n+1), h: .1, jac: mat.NewDense(n+1, n+1, nil), g: make([]float64, n+1)}
	t.tangent[n] = 1
	t.border = append([]float64(nil), t.tangent...)
	return t
}

func (t *path) u() float64 { return t.y[t.s.n] }

// lambda is the parameter at u.
func (t *path) lambda(u float64) float64 {
	if t.bend == 0 {
		return u
	}
	return t.bend * math.Sinh(u)
}

// coldness is lambda at u, by which logits grow.
func (t *path) coldness(u float64) float64 {
	if t.s.shift != nil {
		return t.s.fixed
	}
	return t.lambda(u)
}

// direct computes the first tangent.
func (t *path) direct() bool {
	if !t.system(t.y, t.border, true) {
		return false
	}
	var ok bool
	t.tangent, t.border, t.sign, ok = t.direction(t.y)
	return ok
}

// system fills g and, with factor, factorises the bordered Jacobian.
func (t *path) system(y, border []float64, factor bool) bool {
	n := t.s.n
	jac := t.jac
	if !factor {
		jac = nil
	}
	if !t.s.residuals(y[:n], t.lambda(y[n]), t.g[:n], jac) {
		return false
	}
	if !factor {
		return true
	}
	raw := jac.RawMatrix()
	if t.bend > 0 {
		slope := t.bend * math.Cosh(y[n])
		for a := range n {
			raw.Data[a*raw.Stride+n] *= slope
		}
	}
	copy(raw.Data[n*raw.Stride:n*raw.Stride+n+1], border)
	for _, v := range raw.Data {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	t.lu.Factorize(jac)
	return true
}

// direction is the tangent by the Jacobian last factorised, taken for that at y.
func (t *path) direction(y []float64) (tangent, border []float64, sign float64, ok bool) {
	n := t.s.n
	unit := mat.NewVecDense(n+1, nil)
	unit.SetVec(n, 1)
	var v mat.VecDense
	if err := t.lu.SolveVecTo(&v, false, unit); err != nil && v.Len() == 0 {
		return nil, nil, 0, false
	}
	_, sign = t.lu.LogDet()
	tangent, border = make([]float64, n+1), make([]float64, n+1)
	norm := 0.0
	for a := range tangent {
		m := 1.0
		if a < n {
			m = math.Exp(y[a])
		}
		tangent[a] = v.AtVec(a)
		border[a] = m * tangent[a]
		norm += border[a] * tangent[a]
	}
	norm = math.Sqrt(norm)
	if !(norm > 0) || math.IsInf(norm, 1) {
		return nil, nil, 0, false
	}
	for a := range tangent {
		tangent[a] /= norm
		border[a] /= norm
	}
	return tangent, border, sign, true
}

// correct solves G = 0 and border·(y - from) = 0 by Newton's method, in place,
// the last step or two with the Jacobian before; rounds counts the others.
func (t *path) correct(y, from, border []float64) (rounds int, ok bool) {
	n := t.s.n
	before := math.Inf(1)
	// Logits are rounded: steps may come no lower than enough.
	lambda := math.Abs(t.coldness(from[n]))
	const rounding = 1e-14
	enough := 1e-10 + 4e-12*lambda/(1-t.s.gamma)
	var step mat.VecDense
	factor := true
	for range 12 {
		if !t.system(y, border, factor) {
			return rounds, false
		}
		if factor {
			rounds++
		}
		off := 0.0
		for i := range border {
			off += border[i] * (y[i] - from[i])
		}
		t.g[n] = off
		if err := t.lu.SolveVecTo(&step, false, mat.NewVecDense(n+1, t.g)); err != nil && step.Len() == 0 {
			return rounds, false
		}
		size := 0.0
		for i := range y {
			y[i] -= step.AtVec(i)
			size = max(size, math.Abs(step.AtVec(i))/(1+math.Abs(y[i])))
		}
		if !(size < 50) || size > .6*before && size > enough {
			return rounds, false
		}
		if size < rounding || size < enough && size > .3*before {
			return rounds, true
		}
		factor = size*(1+lambda) > 1e-5
		before = size
	}
	return rounds, before < enough
}

// reach is the point of the path at length h of the step at hand.
func (t *path) reach(h float64) (y []float64, rounds int, ok bool) {
	guess := make([]float64, len(t.y))
	for i := range guess {
		guess[i] = t.y[i] + h*t.tangent[i]
	}
	y = append([]float64(nil), guess...)
	rounds, ok = t.correct(y, guess, t.border)
	return y, rounds, ok
}

// step finds the next point.
func (t *path) step() (l leg, ok bool) {
	n := t.s.n
	const (
		longest  = .5
		shortest = 1e-11
		careful  = 1e-4 // steps this short may cross another branch
	)
	for h := min(t.h, longest); h > shortest; h /= 2 {
		y, rounds, ok := t.reach(h)
		if !ok || t.bend > 0 && y[n] < 0 {
			continue
		}
		tangent, border, sign, ok := t.direction(y)
		if !ok {
			continue
		}
		along, old, moved, off := tangent[n]*t.tangent[n], t.tangent[n]*t.tangent[n], 0.0, 0.0
		for a := range n {
			p, was := math.Exp(y[a]), math.Exp(t.y[a])
			along += p * tangent[a] * t.tangent[a]
			old += p * t.tangent[a] * t.tangent[a]
			moved = max(moved, math.Abs(p-was))
			off = max(off, math.Abs(p-math.Exp(t.y[a]+h*t.tangent[a])))
		}
		if along < .95*math.Sqrt(old) || off > .15*moved+1e-5 {
			continue
		}
		crossed := sign != t.sign
		if crossed && h > careful {
			continue
		}
		l = leg{[]float64{0, h}, []float64{t.u(), y[n]}, y, tangent, border, sign, crossed, rounds <= 3 && off < .05*moved+1e-5}
		if tangent[n]*t.tangent[n] < 0 {
			if at, u, ok := t.turn(h); ok {
				l.h, l.u = []float64{0, at, h}, []float64{t.u(), u, y[n]}
			} else {
				continue
			}
		}
		return l, true
	}
	return leg{}, false
}

// advance takes a step.
func (t *path) advance(l leg) {
	t.y, t.tangent, t.border, t.sign = l.y, l.tangent, l.border, l.sign
	t.h = l.h[len(l.h)-1]
	if l.quick {
		t.h *= 1.5
	}
}

// turn finds where u turns within a step of length h.
func (t *path) turn(h float64) (at, u float64, ok bool) {
	n := t.s.n
	lo, hi := 0.0, h
	// u is flat there: half its digits in length give all of them.
	for range 26 {
		at = (lo + hi) / 2
		y, _, ok := t.reach(at)
		if !ok || !t.system(y, t.border, true) {
			return 0, 0, false
		}
		tangent, _, _, ok := t.direction(y)
		if !ok {
			return 0, 0, false
		}
		u = y[n]
		if tangent[n]*t.tangent[n] > 0 {
			lo = at
		} else {
			hi = at
		}
	}
	return at, u, true
}

// land is the solution at u in part i of a step: near it along the path, then by
// Newton's method at u, where that stays near; next to a fold it does not.
func (t *path) land(u float64, l leg, i int) []float64 {
	n := t.s.n
	lo, hi := l.h[i-1], l.h[i]
	flo, fhi := l.u[i-1]-u, l.u[i]-u
	var y []float64
	side := 0
	for range 60 {
		at := lo + (hi-lo)*flo/(flo-fhi)
		if !(at > lo && at < hi) {
			at = (lo + hi) / 2
		}
		found, _, ok := t.reach(at)
		if !ok {
			break
		}
		y = found
		f := y[n] - u
		if math.Abs(f) <= 1e-9*(1+math.Abs(u)) {
			break
		}
		// The end that stays counts half, so that both move (Illinois).
		if (f > 0) == (fhi > 0) {
			hi, fhi = at, f
			if side == 1 {
				flo /= 2
			}
			side = 1
		} else {
			lo, flo = at, f
			if side == -1 {
				fhi /= 2
			}
			side = -1
		}
	}
	if y == nil {
		y = append([]float64(nil), l.y...)
	}
	fixed := append([]float64(nil), y...)
	fixed[n] = u
	border := make([]float64, n+1)
	border[n] = 1
	from := append([]float64(nil), fixed...)
	if _, ok := t.correct(fixed, from, border); ok {
		far := 0.0
		for a := range n {
			far = max(far, math.Abs(math.Exp(fixed[a])-math.Exp(y[a])))
		}
		if far < 1e-3 {
			return fixed[:n]
		}
	}
	return y[:n]
}
