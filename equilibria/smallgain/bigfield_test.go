package smallgain

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
)

// formulaTree is a formula that the tests make: they print it for the program and evaluate
// it themselves.
type formulaTree struct {
	op   string // of two arguments + - * /, of one a function, ^ with whole number n, a number or a variable
	a, b *formulaTree
	x    float64
	n    int
}

func num(x float64) *formulaTree                        { return &formulaTree{op: "#", x: x} }
func coordinate(k int) *formulaTree                     { return &formulaTree{op: "x", n: k} }
func join(op string, a, b *formulaTree) *formulaTree    { return &formulaTree{op: op, a: a, b: b} }
func apply(op string, a *formulaTree) *formulaTree      { return &formulaTree{op: op, a: a} }
func raised(a *formulaTree, n int) *formulaTree         { return &formulaTree{op: "^", a: a, n: n} }
func (t *formulaTree) plus(s *formulaTree) *formulaTree { return join("+", t, s) }
func (t *formulaTree) times(x float64) *formulaTree     { return join("*", num(x), t) }
func affine(k int, a, b float64) *formulaTree           { return num(a).plus(coordinate(k).times(b)) }

func (t *formulaTree) String() string {
	switch t.op {
	case "#":
		return "(" + strconv.FormatFloat(t.x, 'g', -1, 64) + ")"
	case "x":
		return fmt.Sprintf("x%d", t.n+1)
	case "^":
		return fmt.Sprintf("(%v^%d)", t.a, t.n)
	case "+", "-", "*", "/":
		return fmt.Sprintf("(%v%s%v)", t.a, t.op, t.b)
	case "max", "min":
		return fmt.Sprintf("%s(%v,%v)", t.op, t.a, t.b)
	}
	return fmt.Sprintf("%s(%v)", t.op, t.a)
}

// jet is a value and derivatives.
type jet struct {
	v *big.Float
	d []*big.Float
}

// at evaluates t at x.
func (t *formulaTree) at(x []*big.Float) jet {
	out := jet{d: make([]*big.Float, len(x))}
	each := func(of func(k int) *big.Float) {
		for k := range out.d {
			out.d[k] = of(k)
		}
	}
	switch t.op {
	case "#":
		out.v = bigOf(t.x)
		each(func(int) *big.Float { return bigOf(0) })
		return out
	case "x":
		out.v = x[t.n]
		each(func(k int) *big.Float {
			if k == t.n {
				return bigOf(1)
			}
			return bigOf(0)
		})
		return out
	}
	a := t.a.at(x)
	one := bigOf(1)
	chain := func(v, slope *big.Float) jet {
		out.v = v
		each(func(k int) *big.Float { return bigMul(slope, a.d[k]) })
		return out
	}
	switch t.op {
	case "+", "-", "*", "/", "max", "min":
		b := t.b.at(x)
		switch t.op {
		case "+":
			out.v = bigAdd(a.v, b.v)
			each(func(k int) *big.Float { return bigAdd(a.d[k], b.d[k]) })
		case "-":
			out.v = bigSub(a.v, b.v)
			each(func(k int) *big.Float { return bigSub(a.d[k], b.d[k]) })
		case "*":
			out.v = bigMul(a.v, b.v)
			each(func(k int) *big.Float { return bigAdd(bigMul(a.d[k], b.v), bigMul(a.v, b.d[k])) })
		case "/":
			out.v = bigQuo(a.v, b.v)
			each(func(k int) *big.Float { return bigQuo(bigSub(a.d[k], bigMul(out.v, b.d[k])), b.v) })
		default:
			if (a.v.Cmp(b.v) > 0) == (t.op == "max") {
				return a
			}
			return b
		}
		return out
	case "^":
		power := func(n int) *big.Float {
			p := bigOf(1)
			for range max(n, -n) {
				p = bigMul(p, a.v)
			}
			if n < 0 {
				return bigQuo(one, p)
			}
			return p
		}
		return chain(power(t.n), bigMul(bigOf(float64(t.n)), power(t.n-1)))
	case "exp":
		e := bigExp(a.v)
		return chain(e, e)
	case "log":
		return chain(bigLog(a.v), bigQuo(one, a.v))
	case "sqrt":
		r := bigSqrt(a.v)
		return chain(r, bigQuo(one, bigScale(r, 1)))
	case "sin":
		return chain(bigWave(a.v, 1), bigWave(a.v, 0))
	case "cos":
		return chain(bigWave(a.v, 0), new(big.Float).Neg(bigWave(a.v, 1)))
	case "tanh":
		s, left := bigLogistic(bigScale(a.v, 1)), bigLogistic(bigScale(new(big.Float).Neg(a.v), 1))
		return chain(bigSub(s, left), bigScale(bigMul(s, left), 2))
	case "erf":
		slope := bigOf(0)
		if f, _ := a.v.Float64(); math.Abs(f) < 1000 {
			slope = bigMul(bigQuo(bigOf(2), bigSqrt(bigPi)), bigExp(new(big.Float).Neg(bigMul(a.v, a.v))))
		}
		return chain(bigErf(a.v), slope)
	case "sigmoid":
		s := bigLogistic(a.v)
		return chain(s, bigMul(s, bigLogistic(new(big.Float).Neg(a.v))))
	case "softplus":
		s := bigLogistic(new(big.Float).Neg(a.v)) // log(1 + e^x) = x - log s(x) = -log s(-x)
		if f, _ := a.v.Float64(); f > 1e4 {
			return chain(a.v, one)
		} else if f < -1e4 {
			return chain(bigOf(0), bigOf(0))
		}
		return chain(new(big.Float).Neg(bigLog(s)), bigLogistic(a.v))
	case "abs":
		return chain(new(big.Float).SetPrec(bits).Abs(a.v), bigOf(float64(a.v.Sign())))
	}
	panic(t.op)
}

// definite tells whether the symmetric m has no pivot below -small: it is then
// positive semidefinite but for so much.
func definite(m [][]*big.Float, small *big.Float) bool {
	n := len(m)
	for k := range n {
		if bigAdd(m[k][k], small).Sign() < 0 {
			return false
		}
		pivot := bigAdd(m[k][k], small)
		if pivot.Sign() == 0 {
			continue
		}
		for i := k + 1; i < n; i++ {
			f := bigQuo(m[i][k], pivot)
			for j := k + 1; j < n; j++ {
				m[i][j] = bigSub(m[i][j], bigMul(f, m[k][j]))
			}
		}
	}
	return true
}
