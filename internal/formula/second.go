package formula

import (
	"fmt"

	"arbiter/internal/interval"
)

// mostCurvatures bounds the room for second derivatives.
const mostCurvatures = 1 << 25

// Room is what Second works in.
func (t *Tape) Room() ([]interval.Interval, error) {
	size := len(t.nodes) * t.n * t.n
	if size > mostCurvatures {
		return nil, fmt.Errorf("found %d operations in %d variables, expected at most %d second derivatives of them", len(t.nodes), t.n, mostCurvatures)
	}
	return make([]interval.Interval, size), nil
}

// Second encloses the second derivatives of all nodes over the box of the last
// evaluation, which must have derived, in room. It is false where one is not
// bounded.
//
// Of v = f(a, b) it is, by k and l, f_a a_kl + f_b b_kl + f_aa a_k a_l + f_ab (a_k
// b_l + a_l b_k) + f_bb b_k b_l.
func (t *Tape) Second(room []interval.Interval) bool {
	n := t.n
	zero := interval.Point(0)
	for i, e := range t.nodes {
		own := room[i*n*n : (i+1)*n*n]
		if e.op == opConstant || e.op == opVariable || !t.slope[i] {
			clear(own)
			continue
		}
		aa, ab, bb, two := t.curvature(i)
		ak, bk := t.d[e.a*n:(e.a+1)*n], t.d[e.b*n:(e.b+1)*n]
		a2, b2 := room[e.a*n*n:(e.a+1)*n*n], room[e.b*n*n:(e.b+1)*n*n]
		for k := range n {
			for l := range k + 1 {
				if t.on[i]>>k&1 == 0 || t.on[i]>>l&1 == 0 {
					own[k*n+l], own[l*n+k] = zero, zero
					continue
				}
				x := joined(chained(t.by[i][0], a2[k*n+l]), chained(aa, both(ak, k, l)))
				if two {
					x = joined(x, chained(t.by[i][1], b2[k*n+l]))
					x = joined(x, chained(ab, joined(chained(ak[k], bk[l]), chained(ak[l], bk[k]))))
					x = joined(x, chained(bb, both(bk, k, l)))
				}
				if !finite(x.Lo) || !finite(x.Hi) {
					return t.refuse(i, "a second derivative", x)
				}
				own[k*n+l], own[l*n+k] = x, x
			}
		}
	}
	return true
}

// Curved are the second derivatives [n · n] of formula f in room after Second.
func (t *Tape) Curved(room []interval.Interval, f int) []interval.Interval {
	size := t.n * t.n
	return room[t.roots[f]*size : (t.roots[f]+1)*size]
}

// both is the product of two entries.
func both(d []interval.Interval, k, l int) interval.Interval {
	if k == l && d[k] != interval.Point(0) && d[k] != interval.Point(1) {
		return d[k].Sqr()
	}
	return chained(d[k], d[l])
}

// curvature is f_aa, f_ab and f_bb of node i over the box of the last evaluation,
// and whether there is a second argument.
func (t *Tape) curvature(i int) (aa, ab, bb interval.Interval, two bool) {
	e := t.nodes[i]
	one, zero, all := interval.Point(1), interval.Point(0), interval.All()
	a, b, v, da := t.v[e.a], t.v[e.b], t.v[i], t.by[i][0]
	switch e.op {
	case opPlus, opMinus, opAbove:
		return zero, zero, zero, true
	case opTimes:
		return zero, one, zero, true
	case opOver:
		square := b.Sqr()
		return zero, one.Div(square).Neg(), v.Scale(2).Div(square), true
	case opMax, opMin:
		if t.kink[i] {
			return all, all, all, true
		}
		return zero, zero, zero, true
	case opAbs:
		if t.kink[i] {
			return all, zero, zero, false
		}
	case opPower:
		if e.index == 0 || e.index == 1 {
			return zero, zero, zero, false
		}
		n := float64(e.index)
		return a.Whole(e.index - 2).Scale(n).Scale(n - 1), zero, zero, false
	case opRaise:
		less, log := a.Pow(b.Sub(one)), a.Log()
		return b.Mul(b.Sub(one)).Mul(a.Pow(b.Sub(interval.Point(2)))), less.Mul(one.Add(b.Mul(log))), v.Mul(log.Sqr()), true
	case opExp:
		return v, zero, zero, false
	case opLog:
		return one.Div(a.Sqr()).Neg(), zero, zero, false
	case opSqrt:
		return one.Div(a.Mul(v).Scale(4)).Neg(), zero, zero, false
	case opSin, opCos:
		return v.Neg(), zero, zero, false
	case opTanh:
		return v.Mul(da).Scale(-2), zero, zero, false
	case opErf:
		return a.Mul(da).Scale(-2), zero, zero, false
	case opSigmoid:
		return da.Mul(a.Scale(.5).Tanh()).Neg(), zero, zero, false
	case opSoftplus:
		return a.Hill(), zero, zero, false
	case opBell:
		return v.Mul(interval.Point(4).Sub(v.Scale(6))), zero, zero, false
	case opHill:
		return v.Mul(one.Sub(v.Scale(6))), zero, zero, false
	case opGauss:
		return v.Mul(a.Sqr().Scale(4).Sub(interval.Point(2))), zero, zero, false
	}
	return zero, zero, zero, false // opNegate, opSign, opAbs off its kink
}
