package smooth

import (
	"fmt"
	"math"
	"math/big"
	"strconv"

	"arbiter/certify/certifytest"
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
		out.v = certifytest.BigOf(t.x)
		each(func(int) *big.Float { return certifytest.BigOf(0) })
		return out
	case "x":
		out.v = x[t.n]
		each(func(k int) *big.Float {
			if k == t.n {
				return certifytest.BigOf(1)
			}
			return certifytest.BigOf(0)
		})
		return out
	}
	a := t.a.at(x)
	one := certifytest.BigOf(1)
	chain := func(v, slope *big.Float) jet {
		out.v = v
		each(func(k int) *big.Float { return certifytest.BigMul(slope, a.d[k]) })
		return out
	}
	switch t.op {
	case "+", "-", "*", "/", "max", "min":
		b := t.b.at(x)
		switch t.op {
		case "+":
			out.v = certifytest.BigAdd(a.v, b.v)
			each(func(k int) *big.Float { return certifytest.BigAdd(a.d[k], b.d[k]) })
		case "-":
			out.v = certifytest.BigSub(a.v, b.v)
			each(func(k int) *big.Float { return certifytest.BigSub(a.d[k], b.d[k]) })
		case "*":
			out.v = certifytest.BigMul(a.v, b.v)
			each(func(k int) *big.Float {
				return certifytest.BigAdd(certifytest.BigMul(a.d[k], b.v), certifytest.BigMul(a.v, b.d[k]))
			})
		case "/":
			out.v = certifytest.BigQuo(a.v, b.v)
			each(func(k int) *big.Float {
				return certifytest.BigQuo(certifytest.BigSub(a.d[k], certifytest.BigMul(out.v, b.d[k])), b.v)
			})
		default:
			if (a.v.Cmp(b.v) > 0) == (t.op == "max") {
				return a
			}
			return b
		}
		return out
	case "^":
		power := func(n int) *big.Float {
			p := certifytest.BigOf(1)
			for range max(n, -n) {
				p = certifytest.BigMul(p, a.v)
			}
			if n < 0 {
				return certifytest.BigQuo(one, p)
			}
			return p
		}
		return chain(power(t.n), certifytest.BigMul(certifytest.BigOf(float64(t.n)), power(t.n-1)))
	case "exp":
		e := certifytest.BigExp(a.v)
		return chain(e, e)
	case "log":
		return chain(certifytest.BigLog(a.v), certifytest.BigQuo(one, a.v))
	case "sqrt":
		r := certifytest.BigSqrt(a.v)
		return chain(r, certifytest.BigQuo(one, certifytest.BigScale(r, 1)))
	case "sin":
		return chain(certifytest.BigWave(a.v, 1), certifytest.BigWave(a.v, 0))
	case "cos":
		return chain(certifytest.BigWave(a.v, 0), new(big.Float).Neg(certifytest.BigWave(a.v, 1)))
	case "tanh":
		s, left := certifytest.BigLogistic(certifytest.BigScale(a.v, 1)), certifytest.BigLogistic(certifytest.BigScale(new(big.Float).Neg(a.v), 1))
		return chain(certifytest.BigSub(s, left), certifytest.BigScale(certifytest.BigMul(s, left), 2))
	case "erf":
		slope := certifytest.BigOf(0)
		if f, _ := a.v.Float64(); math.Abs(f) < 1000 {
			slope = certifytest.BigMul(certifytest.BigQuo(certifytest.BigOf(2), certifytest.BigSqrt(certifytest.BigPi)), certifytest.BigExp(new(big.Float).Neg(certifytest.BigMul(a.v, a.v))))
		}
		return chain(certifytest.BigErf(a.v), slope)
	case "sigmoid":
		s := certifytest.BigLogistic(a.v)
		return chain(s, certifytest.BigMul(s, certifytest.BigLogistic(new(big.Float).Neg(a.v))))
	case "softplus":
		s := certifytest.BigLogistic(new(big.Float).Neg(a.v)) // log(1 + e^x) = x - log s(x) = -log s(-x)
		if f, _ := a.v.Float64(); f > 1e4 {
			return chain(a.v, one)
		} else if f < -1e4 {
			return chain(certifytest.BigOf(0), certifytest.BigOf(0))
		}
		return chain(new(big.Float).Neg(certifytest.BigLog(s)), certifytest.BigLogistic(a.v))
	case "abs":
		return chain(new(big.Float).SetPrec(certifytest.Bits).Abs(a.v), certifytest.BigOf(float64(a.v.Sign())))
	}
	panic(t.op)
}

// definite tells whether the symmetric m has no pivot below -small: it is then
// positive semidefinite but for so much.
func definite(m [][]*big.Float, small *big.Float) bool {
	n := len(m)
	for k := range n {
		if certifytest.BigAdd(m[k][k], small).Sign() < 0 {
			return false
		}
		pivot := certifytest.BigAdd(m[k][k], small)
		if pivot.Sign() == 0 {
			continue
		}
		for i := k + 1; i < n; i++ {
			f := certifytest.BigQuo(m[i][k], pivot)
			for j := k + 1; j < n; j++ {
				m[i][j] = certifytest.BigSub(m[i][j], certifytest.BigMul(f, m[k][j]))
			}
		}
	}
	return true
}
