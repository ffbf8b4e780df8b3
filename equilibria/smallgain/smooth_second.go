package smallgain

import "arbiter/internal/interval"

// second encloses the second derivatives of the tape's value over the box of its
// last evaluation, which must have derived. They are written to dst
// [n · n, symmetric]; room holds n · n per node and is overwritten. It is false
// where a second derivative is not bounded.
//
// Of v = f(a, b) it is, by k and l, f_a a_kl + f_b b_kl + f_aa a_k a_l + f_ab (a_k
// b_l + a_l b_k) + f_bb b_k b_l.
func (t *tape) second(dst, room []interval.Interval) bool {
	n := t.n
	for i, e := range t.nodes {
		own := room[i*n*n : (i+1)*n*n]
		if e.op == opConstant || e.op == opVariable {
			for k := range own {
				own[k] = interval.Point(0)
			}
			continue
		}
		aa, ab, bb, two := t.curvature(i)
		ak, bk := t.d[e.a*n:(e.a+1)*n], t.d[e.b*n:(e.b+1)*n]
		a2, b2 := room[e.a*n*n:(e.a+1)*n*n], room[e.b*n*n:(e.b+1)*n*n]
		for k := range n {
			for l := range k + 1 {
				square := chained(ak[k], ak[l])
				if k == l && ak[k] != interval.Point(0) && ak[k] != interval.Point(1) {
					square = ak[k].Sqr()
				}
				x := joined(chained(t.by[i][0], a2[k*n+l]), chained(aa, square))
				if two {
					x = joined(x, chained(t.by[i][1], b2[k*n+l]))
					x = joined(x, chained(ab, joined(chained(ak[k], bk[l]), chained(ak[l], bk[k]))))
					square := chained(bk[k], bk[l])
					if k == l && bk[k] != interval.Point(0) && bk[k] != interval.Point(1) {
						square = bk[k].Sqr()
					}
					x = joined(x, chained(bb, square))
				}
				if !finite(x.Lo) || !finite(x.Hi) {
					return t.refuse(e, "a second derivative", x)
				}
				own[k*n+l], own[l*n+k] = x, x
			}
		}
	}
	copy(dst, room[(len(t.nodes)-1)*n*n:len(t.nodes)*n*n])
	return true
}

// curvature is f_aa, f_ab and f_bb of node i over the box of the last evaluation,
// and whether there is a second argument.
func (t *tape) curvature(i int) (aa, ab, bb interval.Interval, two bool) {
	e := t.nodes[i]
	one, zero := interval.Point(1), interval.Point(0)
	a, b, v, da := t.v[e.a], t.v[e.b], t.v[i], t.by[i][0]
	switch e.op {
	case opPlus, opMinus:
		return zero, zero, zero, true
	case opTimes:
		return zero, one, zero, true
	case opOver:
		square := b.Sqr()
		return zero, one.Div(square).Neg(), v.Scale(2).Div(square), true
	case opPower:
		if e.index == 0 || e.index == 1 {
			return zero, zero, zero, false
		}
		n := float64(e.index)
		return a.Whole(e.index - 2).Scale(n * (n - 1)), zero, zero, false
	case opRaise:
		less, log := a.Pow(b.Sub(one)), a.Log()
		return b.Mul(b.Sub(one)).Mul(a.Pow(b.Sub(interval.Point(2)))), less.Mul(one.Add(b.Mul(log))), v.Mul(log.Sqr()), true
	case opExp:
		return v, zero, zero, false
	case opLog:
		return one.Div(a.Sqr()).Neg(), zero, zero, false
	case opSqrt:
		return one.Div(a.Mul(v).Scale(4)).Neg(), zero, zero, false
	case opSin:
		return v.Neg(), zero, zero, false
	case opCos:
		return v.Neg(), zero, zero, false
	case opTanh, opErf:
		x := v
		if e.op == opErf {
			x = a
		}
		return x.Mul(da).Scale(-2), zero, zero, false
	}
	return zero, zero, zero, false // opNegate
}
