package formula

import (
	"fmt"
	"math"
	"math/bits"
	"strings"

	"arbiter/internal/interval"
)

// MostVariables bounds the variables of a tape.
const MostVariables = 64

// mostSlopes bounds the derivatives that a tape has room for.
const mostSlopes = 1 << 23

// Tape has the room to evaluate formulas of a sheet: per node a value and
// derivatives by n variables. It may be used by one goroutine at a time.
type Tape struct {
	nodes []node
	n     int
	roots []int
	v     []interval.Interval
	d     []interval.Interval    // [node · n]
	by    [][2]interval.Interval // [node]: derivatives by the arguments
	on    []uint64               // [node]: bits of the variables it depends on
	slope []bool                 // [node]: whether derivatives are asked for
	bent  uint64                 // variables that derivatives of roots depend on
	kink  []bool                 // [node]: an abs, max or min on both sides of its kink
	text  []string
	from  []string
	fault string // why the last evaluation was refused
}

// Tape makes one of the formulas in roots. Those in beside are evaluated too, so
// that they are defined, but not differentiated.
func (s *Sheet) Tape(roots, beside []Root) (*Tape, error) {
	t := &Tape{n: s.Variables}
	need, slope := s.reach(append(append([]Root{}, roots...), beside...)), s.reach(roots)
	place := make([]int, len(need))
	var bent []uint64
	for i, in := range need {
		if !in {
			continue
		}
		n := s.nodes[i]
		n.a, n.b = place[n.a], place[n.b]
		place[i] = len(t.nodes)
		t.nodes = append(t.nodes, n)
		t.slope = append(t.slope, i < len(slope) && slope[i])
		text, ok := s.text[i]
		if !ok {
			text = s.print(i)
		}
		t.text, t.from = append(t.text, text), append(t.from, s.origin[i])
		on, curved := t.depends(n, bent)
		t.on, bent = append(t.on, on), append(bent, curved)
	}
	for _, f := range roots {
		t.roots = append(t.roots, place[f])
		t.bent |= bent[place[f]]
	}
	size := len(t.nodes) * t.n
	if size > mostSlopes {
		return nil, fmt.Errorf("found %d operations in %d variables, expected at most %d with their product", len(t.nodes), t.n, mostSlopes)
	}
	t.v, t.d = make([]interval.Interval, len(t.nodes)), make([]interval.Interval, size)
	t.by, t.kink = make([][2]interval.Interval, len(t.nodes)), make([]bool, len(t.nodes))
	return t, nil
}

// depends gives the variables that a node depends on, and those that its
// derivatives may depend on.
func (t *Tape) depends(n node, bent []uint64) (on, curved uint64) {
	switch {
	case n.op == opConstant:
		return 0, 0
	case n.op == opVariable:
		return 1 << n.index, 0
	}
	on = t.on[n.a]
	curved = bent[n.a]
	if n.op.two() {
		on |= t.on[n.b]
		curved |= bent[n.b]
	}
	linear := false
	switch n.op {
	case opPlus, opMinus, opNegate:
		linear = true
	case opTimes:
		linear = t.on[n.a] == 0 || t.on[n.b] == 0
	case opOver:
		linear = t.on[n.b] == 0
	case opPower:
		linear = n.index == 0 || n.index == 1
	}
	if !linear {
		curved = on
	}
	return on, curved
}

// print writes a node that was not read, up to some length.
func (s *Sheet) print(i int) string {
	var b strings.Builder
	s.write(&b, i, 0)
	return shorten(b.String())
}

func (s *Sheet) write(b *strings.Builder, i, depth int) {
	n := s.nodes[i]
	if text, ok := s.text[i]; ok {
		if n.op == opConstant || n.op == opVariable || n.op.one() && n.op != opNegate && n.op != opPower {
			b.WriteString(text)
		} else {
			b.WriteString("(" + text + ")")
		}
		return
	}
	if b.Len() > shown || depth > shown {
		b.WriteString("…")
		return
	}
	names := map[operation]string{
		opPlus: "+", opMinus: "-", opTimes: "*", opOver: "/", opRaise: "^", opNegate: "-", opBell: "tanh'", opHill: "sigmoid'",
		opGauss: "erf'", opSign: "abs", opAbove: "max",
	}
	for name, op := range functions {
		names[op] = name
	}
	switch {
	case n.op == opConstant:
		fmt.Fprintf(b, "%g", n.value.Lo)
	case n.op == opVariable:
		fmt.Fprintf(b, "x%d", n.index+1)
	case n.op == opPower:
		s.write(b, n.a, depth+1)
		fmt.Fprintf(b, "^%d", n.index)
	case n.op == opAbove || n.op == opMax || n.op == opMin:
		b.WriteString(names[n.op] + "(")
		s.write(b, n.a, depth+1)
		b.WriteString(",")
		s.write(b, n.b, depth+1)
		b.WriteString(")")
	case n.op.two():
		b.WriteString("(")
		s.write(b, n.a, depth+1)
		b.WriteString(names[n.op])
		s.write(b, n.b, depth+1)
		b.WriteString(")")
	default:
		b.WriteString(names[n.op] + "(")
		s.write(b, n.a, depth+1)
		b.WriteString(")")
	}
}

// Bent tells whether a derivative of a formula may depend on variable k. A variable
// on which none does cannot make derivatives better known where it is.
func (t *Tape) Bent(k int) bool { return t.bent>>k&1 == 1 }

// Value is the enclosure of formula f by the last evaluation.
func (t *Tape) Value(f int) interval.Interval { return t.v[t.roots[f]] }

// Gradient are the enclosures of the derivatives of formula f by the last
// evaluation, which belong to the tape.
func (t *Tape) Gradient(f int) []interval.Interval {
	return t.d[t.roots[f]*t.n : (t.roots[f]+1)*t.n]
}

// Fault is why the last evaluation or Second was refused.
func (t *Tape) Fault() string { return t.fault }

// Kinks tells whether an abs, max or min had both sides in the last evaluation.
func (t *Tape) Kinks() bool {
	for i, k := range t.kink {
		if k && t.slope[i] && t.on[i] != 0 {
			return true
		}
	}
	return false
}

// Evaluate encloses values and, if asked for, derivatives over a box. It is false
// where an operation is not defined on all of it. At kinks derivatives are the
// hulls of both sides: differences of values at two points of the box are those of
// the points times some matrix in the enclosure.
func (t *Tape) Evaluate(lower, upper []float64, derive bool) bool {
	one := interval.Point(1)
	for i, e := range t.nodes {
		var a, b, v, da, db interval.Interval // da, db: derivatives by the arguments
		derive := derive && t.slope[i]
		t.kink[i] = false
		switch e.op {
		case opConstant:
			t.v[i] = e.value
			continue
		case opVariable:
			t.v[i] = interval.Interval{Lo: lower[e.index], Hi: upper[e.index]}
			t.d[i*t.n+e.index] = one
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
		case opOver:
			if b.Lo <= 0 && b.Hi >= 0 {
				return t.refuse(i, "the divisor", b)
			}
			v, two = a.Div(b), true
			if derive {
				da, db = one.Div(b), v.Div(b).Neg()
			}
		case opPower:
			if e.index < 0 && a.Lo <= 0 && a.Hi >= 0 {
				return t.refuse(i, "the base of a negative power", a)
			}
			v = a.Whole(e.index)
			if derive && e.index != 0 {
				da = a.Whole(e.index - 1).Scale(float64(e.index))
			}
		case opRaise:
			if !(a.Lo > 0) {
				return t.refuse(i, "the base of a power", a)
			}
			v, two = a.Pow(b), true
			if derive {
				da, db = b.Mul(a.Pow(b.Sub(one))), v.Mul(a.Log())
			}
		case opNegate:
			v, da = a.Neg(), one.Neg()
		case opExp:
			v = a.Exp()
			da = v
		case opLog:
			if !(a.Lo > 0) {
				return t.refuse(i, "the argument", a)
			}
			v, da = a.Log(), one.Div(a)
		case opSqrt:
			if a.Lo < 0 || derive && a.Lo == 0 {
				return t.refuse(i, "the argument", a)
			}
			v = a.Sqrt()
			if derive {
				da = one.Div(v.Scale(2))
			}
		case opAbs:
			v = a.Abs()
			switch {
			case a.Lo > 0:
				da = one
			case a.Hi < 0:
				da = one.Neg()
			default:
				da, t.kink[i] = interval.Of(-1, 1), true
			}
		case opMax, opMin:
			v, two = a.Max(b), true
			if e.op == opMin {
				v = a.Min(b)
			}
			switch first := e.op == opMax; {
			case a.Lo > b.Hi && first || a.Hi < b.Lo && !first:
				da = one
			case a.Hi < b.Lo && first || a.Lo > b.Hi && !first:
				db = one
			default:
				t.kink[i] = true
			}
		case opSign:
			if a.Lo <= 0 && a.Hi >= 0 {
				return t.refuse(i, "the derivative jumps where abs has its kink, expected none in the region: its argument", a)
			}
			v = one
			if a.Hi < 0 {
				v = one.Neg()
			}
		case opAbove:
			switch {
			case a.Lo > b.Hi:
				v = one
			case a.Hi < b.Lo:
			default:
				return t.refuse(i, "the derivative jumps where max or min has its kink, expected none in the region: the difference of the arguments", a.Sub(b))
			}
			two = true
		default:
			v, da = waves(e.op, a, derive)
		}
		t.v[i] = v
		if derive {
			t.by[i] = [2]interval.Interval{da, db}
			t.derive(i, e, two)
		}
	}
	return true
}

// waves are the functions that are defined everywhere, and their derivatives if
// asked for.
func waves(op operation, a interval.Interval, derive bool) (v, da interval.Interval) {
	d := func(f func(interval.Interval) interval.Interval) interval.Interval {
		if !derive {
			return da
		}
		return f(a)
	}
	two := interval.Point(2)
	switch op {
	case opSin:
		return a.Sin(), d(interval.Interval.Cos)
	case opCos:
		return a.Cos(), d(interval.Interval.Sin).Neg()
	case opTanh:
		return a.Tanh(), d(interval.Interval.Bell)
	case opErf:
		return a.Erf(), d(interval.Interval.Gauss)
	case opSigmoid:
		return a.Sigmoid(), d(interval.Interval.Hill)
	case opSoftplus:
		return a.Softplus(), d(interval.Interval.Sigmoid)
	case opBell:
		v = a.Bell()
		return v, two.Neg().Mul(a.Tanh()).Mul(v)
	case opHill:
		v = a.Hill()
		return v, v.Mul(a.Scale(.5).Tanh()).Neg()
	}
	v = a.Gauss()
	return v, two.Neg().Mul(a).Mul(v)
}

// derive fills the derivatives of node i.
func (t *Tape) derive(i int, e node, two bool) {
	by := t.by[i]
	for on := t.on[i]; on != 0; on &= on - 1 {
		k := bits.TrailingZeros64(on)
		x := t.d[e.a*t.n+k]
		if t.kink[i] && two {
			t.d[i*t.n+k] = x.Hull(t.d[e.b*t.n+k])
			continue
		}
		x = chained(by[0], x)
		if two {
			x = joined(x, chained(by[1], t.d[e.b*t.n+k]))
		}
		t.d[i*t.n+k] = x
	}
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

func (t *Tape) refuse(i int, what string, a interval.Interval) bool {
	t.fault = fmt.Sprintf("%s: %q: %s may be from %.6g to %.6g", t.from[i], t.text[i], what, a.Lo, a.Hi)
	return false
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
