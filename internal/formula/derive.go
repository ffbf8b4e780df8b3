package formula

import "fmt"

// Derive is the derivative of a formula by variable v. At a kink of abs, max or min
// it is not defined, unless that goes away: of a whole power of at least 2 of abs,
// of max or min with 0, and of e·abs(e). It is an error if it is too long.
func (s *Sheet) Derive(f Root, v int) (Root, error) {
	need := s.reach([]Root{f})
	d := make([]int, f+1)
	for i := range d {
		if need[i] {
			d[i] = s.derivative(i, v, d)
		}
		if s.full {
			return 0, fmt.Errorf("a derivative by x%d has more than %d operations with all others", v+1, mostNodes)
		}
	}
	return Root(d[f]), nil
}

// reach marks the nodes that formulas consist of, up to the last.
func (s *Sheet) reach(roots []Root) []bool {
	last := 0
	for _, f := range roots {
		last = max(last, int(f))
	}
	need := make([]bool, last+1)
	for _, f := range roots {
		need[f] = true
	}
	for i := last; i >= 0; i-- {
		if n := s.nodes[i]; need[i] {
			if n.op.one() || n.op.two() {
				need[n.a] = true
			}
			if n.op.two() {
				need[n.b] = true
			}
		}
	}
	return need
}

// derivative of node i, those of its arguments in d.
func (s *Sheet) derivative(i, v int, d []int) int {
	n := s.nodes[i]
	a, b := 0, 0
	if n.op.one() || n.op.two() {
		a = d[n.a]
	}
	if n.op.two() {
		b = d[n.b]
	}
	times := func(x, y int) int { return s.join(opTimes, x, y) }
	chain := func(op operation) int {
		if s.is(a, 0) {
			return a
		}
		return times(s.call(op, n.a), a)
	}
	switch n.op {
	case opVariable:
		if n.index == v {
			return s.number(1)
		}
	case opPlus, opMinus:
		return s.join(n.op, a, b)
	case opTimes:
		if e, ok := s.kinkless(n); ok {
			return times(s.number(2), times(s.call(opAbs, e), d[e]))
		}
		return s.join(opPlus, times(a, n.b), times(n.a, b))
	case opOver:
		// (a' - (a/b) b')/b
		if s.is(b, 0) {
			return s.join(opOver, a, n.b)
		}
		return s.join(opOver, s.join(opMinus, a, times(i, b)), n.b)
	case opPower:
		return s.powerDerivative(n, a, d)
	case opRaise:
		// b a^(b-1) a' + a^b log a b'
		x := s.number(0)
		if !s.is(a, 0) {
			less := s.put(node{op: opRaise, a: n.a, b: s.join(opMinus, n.b, s.number(1))})
			x = times(times(n.b, less), a)
		}
		if !s.is(b, 0) {
			x = s.join(opPlus, x, times(times(i, s.call(opLog, n.a)), b))
		}
		return x
	case opNegate:
		return s.negate(a)
	case opExp:
		return times(i, a)
	case opLog:
		return s.join(opOver, a, n.a)
	case opSqrt:
		if s.is(a, 0) {
			return a
		}
		return s.join(opOver, a, times(s.number(2), i))
	case opSin:
		return chain(opCos)
	case opCos:
		return s.negate(chain(opSin))
	case opTanh:
		return chain(opBell)
	case opErf:
		return chain(opGauss)
	case opSigmoid:
		return chain(opHill)
	case opSoftplus:
		return chain(opSigmoid)
	case opAbs:
		return chain(opSign)
	case opMax, opMin:
		if a == b {
			return a
		}
		first, second := n.a, n.b
		if n.op == opMin {
			first, second = n.b, n.a
		}
		above := s.put(node{op: opAbove, a: first, b: second})
		return s.join(opPlus, times(above, a), times(s.join(opMinus, s.number(1), above), b))
	case opBell:
		return times(s.number(-2), times(s.call(opTanh, n.a), times(i, a)))
	case opHill:
		return times(times(i, s.join(opMinus, s.number(1), times(s.number(2), s.call(opSigmoid, n.a)))), a)
	case opGauss:
		return times(s.number(-2), times(n.a, times(i, a)))
	}
	return s.number(0)
}

// kinkless tells whether a product is e·abs(e), and gives e.
func (s *Sheet) kinkless(n node) (e int, ok bool) {
	x, y := s.nodes[n.a], s.nodes[n.b]
	switch {
	case y.op == opAbs && y.a == n.a:
		return n.a, true
	case x.op == opAbs && x.a == n.b:
		return n.b, true
	}
	return 0, false
}

// powerDerivative is that of a whole power n, a the derivative of its base.
func (s *Sheet) powerDerivative(n node, a int, d []int) int {
	m := n.index
	base := s.nodes[n.a]
	outer := s.power(n.a, m-1)
	switch {
	case m == 0:
		return s.number(0)
	case m < 2:
	case base.op == opAbs && m%2 == 0:
		outer, a = s.power(base.a, m-1), d[base.a]
	case base.op == opAbs:
		outer, a = s.join(opTimes, base.a, s.power(n.a, m-2)), d[base.a]
	case (base.op == opMax || base.op == opMin) && s.is(base.b, 0):
		a = d[base.a]
	case (base.op == opMax || base.op == opMin) && s.is(base.a, 0):
		a = d[base.b]
	}
	if s.is(a, 0) {
		return a
	}
	return s.join(opTimes, s.join(opTimes, s.number(float64(m)), outer), a)
}
