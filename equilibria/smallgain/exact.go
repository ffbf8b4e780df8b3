package smallgain

import (
	"math"
	"math/big"
)

// exact is a matrix of exact sums and products of float64, known in two ways: near,
// in pairs of float64 with bounds of their errors, and in whole numbers, which are
// worked out where near does not decide. It is never changed but for what it
// remembers, and is not for several goroutines.
type exact struct {
	rows, columns int
	near          []ball // row by row
	build         func() *whole
	known         *whole
	sym           *exact
	isDefinite    *bool
}

// whole is a in whole numbers.
func (a *exact) whole() *whole {
	if a.known == nil {
		a.known = a.build()
		a.build = nil
	}
	return a.known
}

func (a *exact) order() int { return a.rows }

func (a *exact) at(i, j int) ball { return a.near[i*a.columns+j] }

// exactly is the matrix of the numbers that m holds, nil if one is not finite.
func exactly(m [][]float64) *exact {
	out := &exact{rows: len(m)}
	if len(m) > 0 {
		out.columns = len(m[0])
	}
	out.near = make([]ball, 0, out.rows*out.columns)
	for _, row := range m {
		for _, x := range row {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return nil
			}
			out.near = append(out.near, ball{hi: x})
		}
	}
	out.build = func() *whole { return wholly(out.near, out.columns) }
	return out
}

// columnOf is x as a matrix of one column, nil if a number is not finite.
func columnOf(x []float64) *exact {
	out := &exact{rows: len(x), columns: 1, near: make([]ball, len(x))}
	for i, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
		out.near[i].hi = v
	}
	out.build = func() *whole { return wholly(out.near, 1) }
	return out
}

// unitMatrix is the identity.
func unitMatrix(n int) *exact {
	out := &exact{rows: n, columns: n, near: make([]ball, n*n)}
	for i := range n {
		out.near[i*n+i].hi = 1
	}
	out.build = func() *whole { return wholly(out.near, n) }
	return out
}

// like is a matrix of the shape of a with entries by f.
func (a *exact) like(f func(i, j int) ball, build func() *whole) *exact {
	out := &exact{rows: a.rows, columns: a.columns, near: make([]ball, len(a.near)), build: build}
	k := 0
	for i := range a.rows {
		for j := range a.columns {
			out.near[k] = f(i, j)
			k++
		}
	}
	return out
}

// minus is a - t·b.
func (a *exact) minus(t float64, b *exact) *exact {
	if t == 0 {
		return a
	}
	out := &exact{rows: a.rows, columns: a.columns, near: make([]ball, len(a.near))}
	for k := range a.near {
		out.near[k] = a.near[k].plus(b.near[k].times(ball{hi: -t}))
	}
	out.build = func() *whole { return a.whole().minus(t, b.whole()) }
	return out
}

// plus is a + b.
func (a *exact) plus(b *exact) *exact {
	out := &exact{rows: a.rows, columns: a.columns, near: make([]ball, len(a.near))}
	for k := range a.near {
		out.near[k] = a.near[k].plus(b.near[k])
	}
	out.build = func() *whole { return a.whole().plus(b.whole()) }
	return out
}

// times is the product a·b. Its numbers near are sums of products without error
// plus the sum of the errors that adding up made (Dot2 of Ogita, Rump and Oishi,
// SIAM J. Sci. Comput. 26, 2005): for n terms of sizes that sum to s, that second sum
// has 2n terms of at most (n+1)us in all, and so is off by at most 2n(n+1)u²s, and
// by the products with low digits, at most 3nu²s.
func (a *exact) times(b *exact) *exact {
	n, m := a.columns, b.columns
	out := &exact{rows: a.rows, columns: m, near: make([]ball, a.rows*m)}
	out.build = func() *whole { return a.whole().times(b.whole()) }
	high, low := make([]float64, m), make([]float64, m)
	size, off := make([]float64, m), make([]float64, m)
	unit := float64(2*n*n+16*n+32) * 0x1p-106 * grown
	for i := range a.rows {
		terms := 0
		for k := range n {
			x := a.near[i*n+k]
			if x == (ball{}) {
				continue
			}
			terms++
			row := b.near[k*m : (k+1)*m]
			ax := math.Abs(x.hi)
			for j := range row {
				y := &row[j]
				p, e := twoProduct(x.hi, y.hi)
				s, f := twoSum(high[j], p)
				high[j] = s
				low[j] += e + f + (float64(x.hi*y.lo) + float64(x.lo*y.hi))
				size[j] += math.Abs(p)
				off[j] += ax*y.off + x.off*(math.Abs(y.hi)+y.off)
			}
		}
		for j := range m {
			c := ball{high[j], low[j], 0}
			if terms > 0 && !(size[j] == 0 && off[j] == 0 && a.noTerm(i, b, j)) {
				c.hi, c.lo = twoSum(high[j], low[j])
				c.off = (unit*size[j] + off[j]*grown + float64(n)*faintest) * grown
			}
			out.near[i*m+j] = c
			high[j], low[j], size[j], off[j] = 0, 0, 0, 0
		}
	}
	return out
}

// noTerm tells whether all products of row i of a and column j of b are of a zero.
func (a *exact) noTerm(i int, b *exact, j int) bool {
	for k := range a.columns {
		if a.at(i, k) != (ball{}) && b.at(k, j) != (ball{}) {
			return false
		}
	}
	return true
}

func (a *exact) transposed() *exact {
	out := &exact{rows: a.columns, columns: a.rows, near: make([]ball, len(a.near))}
	for i := range a.rows {
		for j := range a.columns {
			out.near[j*a.rows+i] = a.near[i*a.columns+j]
		}
	}
	out.build = func() *whole { return a.whole().transposed() }
	return out
}

// symmetric is the symmetric part of a.
func (a *exact) symmetric() *exact {
	if a.sym == nil {
		a.sym = a.like(func(i, j int) ball {
			if i == j {
				return a.at(i, i)
			}
			return a.at(min(i, j), max(i, j)).plus(a.at(max(i, j), min(i, j))).halved()
		}, func() *whole { return a.whole().symmetric() })
		a.sym.sym = a.sym
	}
	return a.sym
}

// scaled multiplies row i by w of the block that holds it; first are the first
// indices of blocks. It is nil if a weight is not finite.
func (a *exact) scaled(w []float64, first []int) *exact {
	factors := columnOf(w)
	if factors == nil {
		return nil
	}
	of := make([]int, a.rows)
	for b := range w {
		for i := first[b]; i < first[b+1]; i++ {
			of[i] = b
		}
	}
	return a.like(func(i, j int) ball { return a.at(i, j).times(ball{hi: w[of[i]]}) },
		func() *whole { return a.whole().scaled(factors.whole(), of) })
}

// byNumber is a times the number x holds, a matrix of one entry.
func (a *exact) byNumber(x *exact) *exact {
	of := make([]int, a.rows)
	return a.like(func(i, j int) ball { return a.at(i, j).times(x.near[0]) },
		func() *whole { return a.whole().scaled(x.whole(), of) })
}

// part is the rows from r0 and the columns from c0.
func (a *exact) part(r0, r1, c0, c1 int) *exact {
	out := &exact{rows: r1 - r0, columns: c1 - c0}
	for i := r0; i < r1; i++ {
		out.near = append(out.near, a.near[i*a.columns+c0:i*a.columns+c1]...)
	}
	out.build = func() *whole { return a.whole().part(r0, r1, c0, c1) }
	return out
}

// pencil is [[l·p, b], [b', k·q]].
func pencil(l float64, p, b *exact, k float64, q *exact) *exact {
	n, m := p.rows, q.rows
	out := &exact{rows: n + m, columns: n + m, near: make([]ball, (n+m)*(n+m))}
	for i := range n {
		for j := range n {
			out.near[i*(n+m)+j] = p.at(i, j).times(ball{hi: l})
		}
		for j := range m {
			x := b.at(i, j)
			out.near[i*(n+m)+n+j], out.near[(n+j)*(n+m)+i] = x, x
		}
	}
	for i := range m {
		for j := range m {
			out.near[(n+i)*(n+m)+n+j] = q.at(i, j).times(ball{hi: k})
		}
	}
	out.build = func() *whole { return wholePencil(l, p.whole(), b.whole(), k, q.whole()) }
	return out
}

// zero tells whether all entries are.
func (a *exact) zero() bool {
	for i := range a.rows {
		for j := range a.columns {
			if a.sign(i, j) != 0 {
				return false
			}
		}
	}
	return true
}

// ofWhole is w, of one column or more.
func ofWhole(w *whole) *exact {
	out := &exact{rows: len(w.m), columns: len(w.m[0]), known: w}
	for _, row := range w.m {
		for _, x := range row {
			var y ball
			if x.Sign() != 0 {
				rest := new(big.Float).SetPrec(uint(x.BitLen() + 64)).SetInt(x)
				rest.SetMantExp(rest, w.exp)
				y.hi, _ = rest.Float64()
				if !math.IsInf(y.hi, 0) {
					rest.Sub(rest, new(big.Float).SetFloat64(y.hi))
				}
				var how big.Accuracy
				if y.lo, how = rest.Float64(); how != big.Exact {
					y.off = math.Abs(y.lo)*0x1p-52 + faintest
				}
			}
			out.near = append(out.near, y)
		}
	}
	return out
}

// sign is that of entry i, j.
func (a *exact) sign(i, j int) int {
	if s, known := a.at(i, j).sign(); known {
		return s
	}
	return a.whole().m[i][j].Sign()
}

// number is entry i, j rounded to nearest.
func (a *exact) number(i, j int) float64 {
	if x := a.at(i, j); x.off == 0 && x.lo == 0 {
		return x.hi
	}
	f, _ := a.wide(i, j).Float64()
	return f
}

// wideDigits is the precision, in bits, of what is computed rather than decided.
const wideDigits = 512

// wide is entry i, j.
func (a *exact) wide(i, j int) *big.Float {
	if x := a.at(i, j); x.off == 0 && x.lo == 0 {
		return new(big.Float).SetPrec(wideDigits).SetFloat64(x.hi)
	}
	w := a.whole()
	x := new(big.Float).SetPrec(uint(max(wideDigits, w.m[i][j].BitLen()))).SetInt(w.m[i][j])
	return x.SetMantExp(x, w.exp)
}
