package search

import "math"

// term is a node of a formula: a number, a variable, a function or an operator of
// the terms l and r, which have smaller numbers.
type term struct {
	op   byte // one of "#x+-*/^pn", letters of functions, see kinds, or what derivatives need
	l, r int
	n    int     // of a variable, a whole exponent (op 'p'), or the term that decides (op 'U')
	x    bracket // a number
}

// kinds are the operations of functions; erf is 'f', negation 'n'. Derivatives add
// 'h' of tanh, 'g' of erf, 'd' of sigmoid; 'z', the sign; 'H', 1 where l > r, 0
// where l < r; 'U', l where term n is 1 and r where it is 0, the hull at a kink; and
// 'Z', 0 where term l is decided and undefined at its kink.
var kinds = map[string]byte{
	"exp": 'e', "log": 'l', "sqrt": 'q', "sin": 's', "cos": 'c', "tanh": 't', "erf": 'f',
	"abs": 'a', "max": 'M', "min": 'm', "sigmoid": 'S', "softplus": 'P',
}

// sheet is a list of terms, each kept once, so that formulas and their derivatives
// share what they have in common.
type sheet struct {
	terms []term
	at    map[term]int
}

const mostTerms = 200_000

func (s *sheet) put(t term) int {
	if i, ok := s.at[t]; ok {
		return i
	}
	if s.at == nil {
		s.at = map[term]int{}
	}
	s.terms = append(s.terms, t)
	s.at[t] = len(s.terms) - 1
	return len(s.terms) - 1
}

func (s *sheet) number(x float64) int { return s.put(term{op: '#', x: point(x)}) }

func (s *sheet) is(i int, x float64) bool { return s.terms[i].op == '#' && s.terms[i].x == point(x) }

// join makes l op r, leaving out what 0 and 1 do not change.
func (s *sheet) join(op byte, l, r int) int {
	switch {
	case op == '+' && s.is(l, 0), op == '*' && s.is(l, 1):
		return r
	case (op == '+' || op == '-') && s.is(r, 0), (op == '*' || op == '/') && s.is(r, 1):
		return l
	case op == '*' && (s.is(l, 0) || s.is(r, 0)):
		return s.number(0)
	case op == '-' && s.is(l, 0):
		return s.negate(r)
	case op == '*' && l == r:
		return s.raise(l, 2)
	}
	return s.put(term{op: op, l: l, r: r})
}

func (s *sheet) negate(l int) int {
	switch t := s.terms[l]; t.op {
	case '#':
		return s.put(term{op: '#', x: t.x.neg()})
	case 'n':
		return t.l
	}
	return s.put(term{op: 'n', l: l})
}

func (s *sheet) raise(l, n int) int {
	switch n {
	case 0:
		return s.number(1)
	case 1:
		return l
	}
	return s.put(term{op: 'p', l: l, n: n})
}

func (s *sheet) call(op byte, l int) int { return s.put(term{op: op, l: l}) }

// either is l where term by is 1 and r where it is 0.
func (s *sheet) either(by, l, r int) int {
	if l == r {
		return l
	}
	return s.put(term{op: 'U', l: l, r: r, n: by})
}

// derive is the derivative of term i by variable v; done holds those known.
func (s *sheet) derive(i, v int, done map[int]int) int {
	if d, ok := done[i]; ok {
		return d
	}
	t := s.terms[i]
	var d int
	inner := func(outer int) int { return s.join('*', outer, s.derive(t.l, v, done)) }
	switch t.op {
	case '#':
		d = s.number(0)
	case 'x':
		d = s.number(0)
		if t.n == v {
			d = s.number(1)
		}
	case '+', '-':
		d = s.join(t.op, s.derive(t.l, v, done), s.derive(t.r, v, done))
	case '*':
		if a, b := s.terms[t.l], s.terms[t.r]; a.op == 'a' && a.l == t.r || b.op == 'a' && b.l == t.l {
			// e|e| has the slope 2|e|.
			e, abs := t.l, t.r
			if a.op == 'a' && a.l == t.r {
				e, abs = t.r, t.l
			}
			d = s.join('*', s.join('*', s.number(2), abs), s.derive(e, v, done))
			break
		}
		d = s.join('+', s.join('*', s.derive(t.l, v, done), t.r), s.join('*', t.l, s.derive(t.r, v, done)))
	case '/':
		// (l' - (l/r) r')/r
		d = s.join('-', s.derive(t.l, v, done), s.join('*', i, s.derive(t.r, v, done)))
		if !s.is(d, 0) {
			d = s.join('/', d, t.r)
		}
	case 'n':
		d = s.derive(t.l, v, done)
		if !s.is(d, 0) {
			d = s.negate(d)
		}
	case 'p':
		n := s.number(float64(t.n))
		switch b := s.terms[t.l]; {
		case t.n >= 2 && (b.op == 'M' || b.op == 'm') && (s.is(b.l, 0) || s.is(b.r, 0)):
			// n max(e, 0)^(n-1) e' has no kink.
			e := b.l
			if s.is(e, 0) {
				e = b.r
			}
			d = s.join('*', s.join('*', n, s.raise(t.l, t.n-1)), s.derive(e, v, done))
		case t.n >= 2 && b.op == 'a' && t.n%2 == 0:
			d = s.derive(s.raise(b.l, t.n), v, done)
		case t.n >= 3 && b.op == 'a':
			d = s.join('*', s.join('*', n, s.join('*', b.l, s.raise(t.l, t.n-2))), s.derive(b.l, v, done))
		default:
			d = inner(s.join('*', n, s.raise(t.l, t.n-1)))
		}
	case '^':
		// l^r (r' log l + r l'/l), the second as r l^(r-1) l'
		d = s.join('*', s.join('*', i, s.call('l', t.l)), s.derive(t.r, v, done))
		if x := s.derive(t.l, v, done); !s.is(x, 0) {
			lower := s.join('^', t.l, s.join('-', t.r, s.number(1)))
			d = s.join('+', d, s.join('*', s.join('*', t.r, lower), x))
		}
	case 'e':
		d = inner(i)
	case 'l':
		d = s.derive(t.l, v, done)
		if !s.is(d, 0) {
			d = s.join('/', d, t.l)
		}
	case 'q':
		d = s.derive(t.l, v, done)
		if !s.is(d, 0) {
			d = s.join('/', d, s.join('*', s.number(2), i))
		}
	case 's':
		d = inner(s.call('c', t.l))
	case 'c':
		d = inner(s.negate(s.call('s', t.l)))
	case 't':
		d = inner(s.call('h', t.l)) // 1 - tanh²
	case 'h':
		d = inner(s.join('*', s.number(-2), s.join('*', s.call('t', t.l), i)))
	case 'f':
		d = inner(s.call('g', t.l)) // 2/√π exp(-x²)
	case 'g':
		d = inner(s.join('*', s.number(-2), s.join('*', t.l, i)))
	case 'a':
		d = inner(s.call('z', t.l))
	case 'M':
		d = s.either(s.put(term{op: 'H', l: t.l, r: t.r}), s.derive(t.l, v, done), s.derive(t.r, v, done))
	case 'm':
		d = s.either(s.put(term{op: 'H', l: t.r, r: t.l}), s.derive(t.l, v, done), s.derive(t.r, v, done))
	case 'S':
		d = inner(s.call('d', t.l))
	case 'd':
		d = inner(s.join('*', i, s.join('-', s.number(1), s.join('*', s.number(2), s.call('S', t.l)))))
	case 'P':
		d = inner(s.call('S', t.l))
	case 'z':
		d = s.call('Z', i)
	case 'U':
		d = s.join('+', s.either(t.n, s.derive(t.l, v, done), s.derive(t.r, v, done)), s.call('Z', t.n))
	case 'H', 'Z':
		d = s.call('Z', i)
	}
	done[i] = d
	return d
}

// evaluate fills values with enclosures of all terms up to and with last; false
// where an operation is not defined on all of the box. needed tells which terms
// count.
func (s *sheet) evaluate(values []bracket, needed []bool, lower, upper []float64, f *functions) bool {
	for i, t := range s.terms {
		if !needed[i] {
			continue
		}
		l, r := values[t.l], values[t.r]
		var y bracket
		switch t.op {
		case '#':
			y = t.x
		case 'x':
			y = bracket{lower[t.n], upper[t.n]}
		case '+':
			y = l.add(r)
		case '-':
			if t.l == t.r {
				break
			}
			y = l.sub(r)
		case '*':
			y = l.mul(r)
		case '/':
			if r.has(0) {
				return false
			}
			y = l.div(r)
		case 'n':
			y = l.neg()
		case 'p':
			if t.n < 0 && l.has(0) {
				return false
			}
			y = l.power(t.n)
		case '^', 'l':
			if !(l.lo > 0) {
				return false
			}
			if y = f.log(l); t.op == '^' {
				y = f.exp(y.mul(r))
			}
		case 'q':
			if !(l.lo >= 0) {
				return false
			}
			y = l.sqrt()
		case 'e':
			y = f.exp(l)
		case 's':
			y = f.sin(l)
		case 'c':
			y = f.cos(l)
		case 't':
			y = f.tanh(l)
		case 'h':
			// It falls with the distance from 0.
			y = point(1).sub(f.tanh(bracket{l.least(), l.mag()}).power(2))
			y = bracket{max(0, y.lo), min(1, y.hi)}
		case 'f':
			y = f.erf(l)
		case 'g':
			y = f.exp(l.power(2).neg()).mul(point(2).div(piRange.sqrt()))
		case 'a':
			y = bracket{l.least(), l.mag()}
		case 'M':
			y = bracket{max(l.lo, r.lo), max(l.hi, r.hi)}
		case 'm':
			y = bracket{min(l.lo, r.lo), min(l.hi, r.hi)}
		case 'S':
			y = f.sigmoid(l)
		case 'd':
			// It falls with the distance from 0.
			low, high := f.sigmoid(point(-l.mag())), f.sigmoid(point(-l.least()))
			y = bracket{max(0, low.mul(point(1).sub(low)).lo), min(.25, high.mul(point(1).sub(high)).hi)}
		case 'P':
			y = f.softplus(l)
		case 'z':
			y = decidedBy(l.lo > 0, l.hi < 0, point(1), point(-1))
		case 'H':
			y = decidedBy(l.lo > r.hi, l.hi < r.lo, point(1), point(0))
		case 'U':
			by := values[t.n]
			y = decidedBy(by == point(1), by == point(0), l, r)
		case 'Z':
			if l.lo != l.hi {
				return false
			}
		}
		if math.IsNaN(y.lo) || math.IsNaN(y.hi) {
			y = everything
		}
		values[i] = y
	}
	return true
}

// decidedBy is one, the other, or the hull of both.
func decidedBy(first, second bool, x, y bracket) bracket {
	switch {
	case first:
		return x
	case second:
		return y
	}
	return bracket{min(x.lo, y.lo), max(x.hi, y.hi)}
}
