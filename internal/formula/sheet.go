// Package formula reads formulas in x1 … xn, differentiates them and encloses
// their values and derivatives over boxes.
package formula

import (
	"fmt"
	"math"

	"arbiter/internal/interval"
)

// operation of a node of a formula.
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
	opSigmoid  // 1/(1 + exp(-a))
	opSoftplus // log(1 + exp(a))
	opAbs
	opMax
	opMin
	// Derivatives of the above, which no text names.
	opBell  // of tanh
	opHill  // of sigmoid
	opGauss // of erf
	opSign  // of abs: not defined at 0
	opAbove // of max by its first argument: 1 where it is the larger; not defined where they are equal
)

var functions = map[string]operation{
	"exp": opExp, "log": opLog, "sqrt": opSqrt, "sin": opSin, "cos": opCos, "tanh": opTanh, "erf": opErf,
	"sigmoid": opSigmoid, "softplus": opSoftplus, "abs": opAbs, "max": opMax, "min": opMin,
}

const functionNames = "exp, log, sqrt, sin, cos, tanh, erf, sigmoid, softplus, abs, max, min"

// two tells whether an operation has two arguments.
func (o operation) two() bool {
	switch o {
	case opPlus, opMinus, opTimes, opOver, opRaise, opMax, opMin, opAbove:
		return true
	}
	return false
}

// one tells whether an operation has one argument.
func (o operation) one() bool { return o != opConstant && o != opVariable && !o.two() }

// node is one step of a calculation; its arguments come before it.
type node struct {
	op    operation
	a, b  int // arguments
	index int // of a variable, or the exponent
	value interval.Interval
}

// Sheet holds the formulas of a problem, in the same variables, as nodes of which
// each is kept once, so that they and their derivatives share what they have in
// common.
type Sheet struct {
	Variables  int                // x1, x2, …: how many
	Parameters map[string]float64 // by name; read only

	nodes  []node
	at     map[node]int
	text   map[int]string // of nodes that were read
	origin []string       // of nodes: the formula that made it
	now    string
	full   bool
}

// mostNodes bounds a sheet.
const mostNodes = 1 << 17

// Root is a formula of a sheet.
type Root int

// NewSheet makes a sheet of n variables and parameters, whose names are words that
// mean nothing else. Errors name the parameter.
func NewSheet(n int, parameters map[string]float64) (*Sheet, error) {
	for name, x := range parameters {
		switch {
		case !isWord(name):
			return nil, fmt.Errorf("parameters: found the name %q, expected letters, digits and _, a letter first", shorten(name))
		case isVariable(name):
			return nil, fmt.Errorf("parameters: found the name %q, expected none that is one of a variable", shorten(name))
		case functions[name] != 0 || name == "pi":
			return nil, fmt.Errorf("parameters: found the name %q, expected none of pi, %s", name, functionNames)
		case math.IsNaN(x) || math.IsInf(x, 0):
			return nil, fmt.Errorf("parameters.%s: found %g, expected a number", name, x)
		}
	}
	return &Sheet{Variables: n, Parameters: parameters, at: map[node]int{}, text: map[int]string{}}, nil
}

// From names the formula that nodes to come belong to, for messages.
func (s *Sheet) From(name string) { s.now = name }

func (s *Sheet) put(n node) int {
	if i, ok := s.at[n]; ok {
		return i
	}
	if len(s.nodes) >= mostNodes {
		s.full = true
		return 0
	}
	s.nodes = append(s.nodes, n)
	s.origin = append(s.origin, s.now)
	s.at[n] = len(s.nodes) - 1
	return len(s.nodes) - 1
}

func (s *Sheet) number(x float64) int {
	return s.put(node{op: opConstant, value: interval.Point(x)})
}

// constant is the number of a node that is one.
func (s *Sheet) constant(i int) (x float64, ok bool) {
	n := s.nodes[i]
	return n.value.Lo, n.op == opConstant && n.value.Lo == n.value.Hi
}

func (s *Sheet) is(i int, x float64) bool {
	c, ok := s.constant(i)
	return ok && c == x
}

// join makes a op b of derivatives, leaving out what 0 and 1 do not change and
// working out sums and products of numbers that are exact. Arguments of sums and
// products are put in order, so that equal ones are found to be.
func (s *Sheet) join(op operation, a, b int) int {
	x, left := s.constant(a)
	y, right := s.constant(b)
	switch op {
	case opPlus:
		switch {
		case left && x == 0:
			return b
		case right && y == 0:
			return a
		case left && right && exactSum(x, y):
			return s.number(x + y)
		case s.nodes[b].op == opNegate:
			return s.join(opMinus, a, s.nodes[b].a)
		}
	case opMinus:
		switch {
		case right && y == 0:
			return a
		case left && x == 0:
			return s.negate(b)
		case a == b:
			return s.number(0)
		case left && right && exactSum(x, -y):
			return s.number(x - y)
		}
		return s.put(node{op: op, a: a, b: b})
	case opTimes:
		switch {
		case left && x == 0 || right && y == 1:
			return a
		case right && y == 0 || left && x == 1:
			return b
		case left && x == -1:
			return s.negate(b)
		case right && y == -1:
			return s.negate(a)
		case left && right && exactProduct(x, y):
			return s.number(x * y)
		case left && s.nodes[b].op == opTimes:
			if z, ok := s.constant(s.nodes[b].a); ok && exactProduct(x, z) {
				return s.join(opTimes, s.number(x*z), s.nodes[b].b)
			}
		case right && !left:
			return s.join(opTimes, b, a)
		case a == b:
			return s.power(a, 2)
		}
		if left { // numbers stand first
			return s.put(node{op: op, a: a, b: b})
		}
	case opOver:
		if left && x == 0 || right && y == 1 {
			return a
		}
		return s.put(node{op: op, a: a, b: b})
	default:
		return s.put(node{op: op, a: a, b: b})
	}
	return s.put(node{op: op, a: min(a, b), b: max(a, b)})
}

// exactSum and exactProduct tell whether rounding changes nothing.
func exactSum(x, y float64) bool {
	z := x + y
	back := z - x
	return float64(x-float64(z-back))+float64(y-back) == 0 && !math.IsInf(z, 0)
}

func exactProduct(x, y float64) bool {
	z := math.Abs(x * y)
	return z > 1e-200 && z < 1e300 && math.FMA(x, y, -float64(x*y)) == 0
}

func (s *Sheet) negate(a int) int {
	if x, ok := s.constant(a); ok {
		return s.number(-x)
	}
	if n := s.nodes[a]; n.op == opNegate {
		return n.a
	}
	return s.put(node{op: opNegate, a: a})
}

func (s *Sheet) power(a, n int) int {
	switch n {
	case 0:
		return s.number(1)
	case 1:
		return a
	}
	return s.put(node{op: opPower, a: a, index: n})
}

func (s *Sheet) call(op operation, a int) int { return s.put(node{op: op, a: a}) }

// Same tells whether two formulas are the same by their making.
func (s *Sheet) Same(a, b Root) bool { return a == b }
