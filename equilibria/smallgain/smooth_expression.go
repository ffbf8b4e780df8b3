package smallgain

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"arbiter/internal/interval"
)

// operation of a node of an expression.
type operation byte

const (
	opConstant operation = iota
	opVariable
	opPlus
	opMinus
	opTimes
	opOver
	opPower // to a whole number, in index
	opRaise // to any exponent: the base must be above 0
	opNegate
	opExp
	opLog
	opSqrt
	opSin
	opCos
	opTanh // hyperbolic
	opErf
)

var smoothFunctions = map[string]operation{
	"exp": opExp, "log": opLog, "sqrt": opSqrt, "sin": opSin, "cos": opCos, "tanh": opTanh, "erf": opErf,
}

// node is one step of a calculation; its arguments come before it.
type node struct {
	op    operation
	a, b  int // arguments
	index int // of a variable, or the exponent
	value interval.Interval
	text  string // for messages
}

// expression is a formula in x1 … xn as a list of nodes, the last its value.
type expression []node

const (
	mostNodes = 2_000
	mostDepth = 200 // of brackets, signs and exponents
)

type parser struct {
	text  string
	at    int
	n     int // variables
	nodes expression
	depth int
}

// parse reads a formula: x1 to xn, numbers (the nearest float64), pi, + - * / ^,
// brackets, exp log sqrt sin cos tanh erf. A sign binds less than ^, which groups
// to the right. Errors give the position, from 1.
func parse(text string, n int) (expression, error) {
	p := &parser{text: text, n: n}
	if _, err := p.sum(); err != nil {
		return nil, err
	}
	if c := p.peek(); c != 0 {
		return nil, p.fault("found %q, expected an operator or the end", string(c))
	}
	return p.nodes, nil
}

func (p *parser) fault(format string, args ...any) error {
	return fmt.Errorf("%q, position %d: %s", p.text, p.at+1, fmt.Sprintf(format, args...))
}

// peek is the next byte that is no space, 0 at the end.
func (p *parser) peek() byte {
	for p.at < len(p.text) && (p.text[p.at] == ' ' || p.text[p.at] == '\t') {
		p.at++
	}
	if p.at == len(p.text) {
		return 0
	}
	return p.text[p.at]
}

func (p *parser) add(n node, from int) (int, error) {
	if len(p.nodes) == mostNodes {
		return 0, p.fault("found more than %d operations", mostNodes)
	}
	n.text = strings.TrimSpace(p.text[from:p.at])
	p.nodes = append(p.nodes, n)
	return len(p.nodes) - 1, nil
}

// chain reads operands that are joined by two operators of the same rank.
func (p *parser) chain(operand func() (int, error), first, second byte, ops [2]operation) (int, error) {
	p.peek()
	from := p.at
	a, err := operand()
	for err == nil {
		c := p.peek()
		if c != first && c != second {
			return a, nil
		}
		p.at++
		op := ops[0]
		if c == second {
			op = ops[1]
		}
		var b int
		if b, err = operand(); err == nil {
			a, err = p.add(node{op: op, a: a, b: b}, from)
		}
	}
	return 0, err
}

func (p *parser) sum() (int, error) {
	return p.chain(p.product, '+', '-', [2]operation{opPlus, opMinus})
}

func (p *parser) product() (int, error) {
	return p.chain(p.signed, '*', '/', [2]operation{opTimes, opOver})
}

// deeper runs read one level down.
func (p *parser) deeper(read func() (int, error)) (int, error) {
	if p.depth == mostDepth {
		return 0, p.fault("found more than %d levels", mostDepth)
	}
	p.depth++
	defer func() { p.depth-- }()
	return read()
}

func (p *parser) signed() (int, error) {
	if p.peek() != '-' {
		return p.powers()
	}
	from := p.at
	p.at++
	a, err := p.deeper(p.signed)
	if err != nil {
		return 0, err
	}
	if p.nodes[a].op == opConstant {
		p.nodes[a].value = p.nodes[a].value.Neg()
		return a, nil
	}
	return p.add(node{op: opNegate, a: a}, from)
}

func (p *parser) powers() (int, error) {
	p.peek()
	from := p.at
	a, err := p.atom()
	if err != nil || p.peek() != '^' {
		return a, err
	}
	p.at++
	b, err := p.deeper(p.signed)
	if err != nil {
		return 0, err
	}
	if e := p.nodes[b]; e.op == opConstant && e.value.Lo == e.value.Hi && e.value.Lo == math.Trunc(e.value.Lo) && math.Abs(e.value.Lo) <= 1<<20 {
		p.nodes = p.nodes[:b]
		return p.add(node{op: opPower, a: a, index: int(e.value.Lo)}, from)
	}
	return p.add(node{op: opRaise, a: a, b: b}, from)
}

func (p *parser) atom() (int, error) {
	c, from := p.peek(), p.at
	switch {
	case c == '(':
		p.at++
		a, err := p.deeper(p.sum)
		if err == nil && p.peek() != ')' {
			err = p.fault("found %s, expected )", p.next())
		}
		p.at++
		return a, err
	case c >= '0' && c <= '9' || c == '.':
		for p.at < len(p.text) && strings.IndexByte("0123456789.eE", p.text[p.at]) >= 0 {
			if e := p.text[p.at]; (e == 'e' || e == 'E') && p.at+1 < len(p.text) && strings.IndexByte("+-", p.text[p.at+1]) >= 0 {
				p.at++
			}
			p.at++
		}
		x, err := strconv.ParseFloat(p.text[from:p.at], 64)
		if err != nil {
			word := p.text[from:p.at]
			p.at = from
			return 0, p.fault("found %q, expected a number", word)
		}
		return p.add(node{op: opConstant, value: interval.Point(x)}, from)
	case c >= 'a' && c <= 'z':
		for p.at < len(p.text) && (p.text[p.at] >= 'a' && p.text[p.at] <= 'z' || p.text[p.at] >= '0' && p.text[p.at] <= '9') {
			p.at++
		}
		return p.word(p.text[from:p.at], from)
	}
	return 0, p.fault("found %s, expected a number, a variable, a function or a bracket", p.next())
}

// next is what stands at the reader, for messages.
func (p *parser) next() string {
	if c := p.peek(); c != 0 {
		return strconv.Quote(p.text[p.at : p.at+1])
	}
	return "the end"
}

func (p *parser) word(word string, from int) (int, error) {
	if word == "pi" {
		return p.add(node{op: opConstant, value: interval.Interval{Lo: math.Pi, Hi: interval.Up(math.Pi)}}, from)
	}
	if op, ok := smoothFunctions[word]; ok {
		if p.peek() != '(' {
			return 0, p.fault("found %s, expected ( after %s", p.next(), word)
		}
		a, err := p.atom()
		if err != nil {
			return 0, err
		}
		return p.add(node{op: op, a: a}, from)
	}
	if k, err := strconv.Atoi(strings.TrimPrefix(word, "x")); err == nil && word[0] == 'x' && k >= 1 && k <= p.n && word == "x"+strconv.Itoa(k) {
		return p.add(node{op: opVariable, index: k - 1}, from)
	}
	p.at = from
	return 0, p.fault("found %q, expected x1 to x%d, pi or a function (exp, log, sqrt, sin, cos, tanh, erf)", word, p.n)
}

// tape has the room to evaluate an expression in n variables: per node a value and
// n derivatives.
type tape struct {
	nodes expression
	n     int
	v     []interval.Interval
	d     []interval.Interval    // [node · n]
	by    [][2]interval.Interval // [node]: derivatives by the arguments
	fault string                 // why the last evaluation was refused
}

func newTape(e expression, n int) *tape {
	return &tape{nodes: e, n: n, v: make([]interval.Interval, len(e)), d: make([]interval.Interval, len(e)*n), by: make([][2]interval.Interval, len(e))}
}

// evaluate encloses value and, if asked for, derivatives over a box. It is false
// where an operation is not defined on all of it.
func (t *tape) evaluate(lower, upper []float64, derive bool) bool {
	one, zero := interval.Point(1), interval.Point(0)
	for i, e := range t.nodes {
		var a, b, v, da, db interval.Interval // da, db: derivatives by the arguments
		switch e.op {
		case opConstant, opVariable:
			v = e.value
			if e.op == opVariable {
				v = interval.Interval{Lo: lower[e.index], Hi: upper[e.index]}
			}
			t.v[i] = v
			for k := range t.n {
				t.d[i*t.n+k] = zero
			}
			if e.op == opVariable {
				t.d[i*t.n+e.index] = one
			}
			continue
		}
		a, b = t.v[e.a], t.v[e.b]
		two := false
		switch e.op {
		case opPlus:
			v, da, db, two = a.Add(b), one, one, true
		case opMinus:
			v, da, db, two = a.Sub(b), one, one.Neg(), true
		case opTimes:
			v, da, db, two = a.Mul(b), b, a, true
			if e.a == e.b {
				v = a.Sqr()
			}
		case opOver:
			if b.Lo <= 0 && b.Hi >= 0 {
				return t.refuse(e, "the divisor", b)
			}
			v, two = a.Div(b), true
			da, db = one.Div(b), v.Div(b).Neg()
		case opPower:
			if e.index < 0 && a.Lo <= 0 && a.Hi >= 0 {
				return t.refuse(e, "the base of a negative power", a)
			}
			v = a.Whole(e.index)
			if e.index != 0 {
				da = a.Whole(e.index - 1).Scale(float64(e.index))
			}
		case opRaise:
			if !(a.Lo > 0) {
				return t.refuse(e, "the base of a power", a)
			}
			v, two = a.Pow(b), true
			da, db = b.Mul(a.Pow(b.Sub(one))), v.Mul(a.Log())
		case opNegate:
			v, da = a.Neg(), one.Neg()
		case opExp:
			v = a.Exp()
			da = v
		case opLog:
			if !(a.Lo > 0) {
				return t.refuse(e, "the argument", a)
			}
			v, da = a.Log(), one.Div(a)
		case opSqrt:
			if a.Lo < 0 || derive && a.Lo == 0 {
				return t.refuse(e, "the argument", a)
			}
			v = a.Sqrt()
			if derive {
				da = one.Div(v.Scale(2))
			}
		case opSin:
			v, da = a.Sin(), a.Cos()
		case opCos:
			v, da = a.Cos(), a.Sin().Neg()
		case opTanh:
			// 1 - tanh² falls with the distance from 0, so its range is exact.
			v = a.Tanh()
			da = one.Sub(v.Sqr())
			da = interval.Interval{Lo: max(0, da.Lo), Hi: min(1, da.Hi)}
		case opErf:
			v = a.Erf()
			pi := interval.Interval{Lo: math.Pi, Hi: interval.Up(math.Pi)}
			da = interval.Point(2).Div(pi.Sqrt()).Mul(a.Sqr().Neg().Exp())
		}
		t.v[i] = v
		if !derive {
			continue
		}
		t.by[i] = [2]interval.Interval{da, db}
		for k := range t.n {
			x := chained(da, t.d[e.a*t.n+k])
			if two {
				x = joined(x, chained(db, t.d[e.b*t.n+k]))
			}
			t.d[i*t.n+k] = x
		}
	}
	return true
}

// chained is d·x; joined is x + y. Exact zeros and ones, of which most derivatives
// consist, stay exact.
func chained(d, x interval.Interval) interval.Interval {
	switch {
	case x == interval.Point(0):
		return x
	case d == interval.Point(0):
		return d
	case x == interval.Point(1):
		return d
	case d == interval.Point(1):
		return x
	}
	return d.Mul(x)
}

func joined(x, y interval.Interval) interval.Interval {
	if x == interval.Point(0) {
		return y
	}
	if y == interval.Point(0) {
		return x
	}
	return x.Add(y)
}

func (t *tape) refuse(e node, what string, a interval.Interval) bool {
	t.fault = fmt.Sprintf("%q: %s may be from %.6g to %.6g", e.text, what, a.Lo, a.Hi)
	return false
}
