package gate

import (
	"math"
	"math/big"
)

// Matrix is a matrix of exact sums and products of float64, known in two ways: near,
// in pairs of float64 with bounds of their errors, and in whole numbers, which are
// worked out where near does not decide. It is never changed but for what it
// remembers, and is not for several goroutines.
type Matrix struct {
	Rows, columns int    // rows and columns
	near          []Ball // row by row
	build         func() *Whole
	known         *Whole
	sym           *Matrix
	isDefinite    *bool
}

// Whole is a in whole numbers.
func (a *Matrix) Whole() *Whole {
	if a.known == nil {
		a.known = a.build()
		a.build = nil
	}
	return a.known
}

// Order is the number of rows.
func (a *Matrix) Order() int { return a.Rows }

// At is entry i, j.
func (a *Matrix) At(i, j int) Ball { return a.near[i*a.columns+j] }

// Exactly is the matrix of the numbers that m holds, nil if one is not finite.
func Exactly(m [][]float64) *Matrix {
	out := &Matrix{Rows: len(m)}
	if len(m) > 0 {
		out.columns = len(m[0])
	}
	out.near = make([]Ball, 0, out.Rows*out.columns)
	for _, row := range m {
		for _, x := range row {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return nil
			}
			out.near = append(out.near, Ball{Hi: x})
		}
	}
	out.build = func() *Whole { return wholly(out.near, out.columns) }
	return out
}

// Column is x as a matrix of one column, nil if a number is not finite.
func Column(x []float64) *Matrix {
	out := &Matrix{Rows: len(x), columns: 1, near: make([]Ball, len(x))}
	for i, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
		out.near[i].Hi = v
	}
	out.build = func() *Whole { return wholly(out.near, 1) }
	return out
}

// Identity is n by n.
func Identity(n int) *Matrix {
	out := &Matrix{Rows: n, columns: n, near: make([]Ball, n*n)}
	for i := range n {
		out.near[i*n+i].Hi = 1
	}
	out.build = func() *Whole { return wholly(out.near, n) }
	return out
}

// like is a matrix of the shape of a with entries by f.
func (a *Matrix) like(f func(i, j int) Ball, build func() *Whole) *Matrix {
	out := &Matrix{Rows: a.Rows, columns: a.columns, near: make([]Ball, len(a.near)), build: build}
	k := 0
	for i := range a.Rows {
		for j := range a.columns {
			out.near[k] = f(i, j)
			k++
		}
	}
	return out
}

// Minus is a - t·b.
func (a *Matrix) Minus(t float64, b *Matrix) *Matrix {
	if t == 0 {
		return a
	}
	out := &Matrix{Rows: a.Rows, columns: a.columns, near: make([]Ball, len(a.near))}
	for k := range a.near {
		out.near[k] = a.near[k].Plus(b.near[k].Times(Ball{Hi: -t}))
	}
	out.build = func() *Whole { return a.Whole().minus(t, b.Whole()) }
	return out
}

// Plus is a + b.
func (a *Matrix) Plus(b *Matrix) *Matrix {
	out := &Matrix{Rows: a.Rows, columns: a.columns, near: make([]Ball, len(a.near))}
	for k := range a.near {
		out.near[k] = a.near[k].Plus(b.near[k])
	}
	out.build = func() *Whole { return a.Whole().plus(b.Whole()) }
	return out
}

// Times is the product a·b. Its numbers near are sums of products without error
// plus the sum of the errors that adding up made (Dot2 of Ogita, Rump and Oishi,
// SIAM J. Sci. Comput. 26, 2005): for n terms of sizes that sum to s, that second sum
// has 2n terms of at most (n+1)us in all, and so is off by at most 2n(n+1)u²s, and
// by the products with low digits, at most 3nu²s.
func (a *Matrix) Times(b *Matrix) *Matrix {
	n, m := a.columns, b.columns
	out := &Matrix{Rows: a.Rows, columns: m, near: make([]Ball, a.Rows*m)}
	out.build = func() *Whole { return a.Whole().times(b.Whole()) }
	high, low := make([]float64, m), make([]float64, m)
	size, off := make([]float64, m), make([]float64, m)
	unit := float64(2*n*n+16*n+32) * 0x1p-106 * grown
	for i := range a.Rows {
		terms := 0
		for k := range n {
			x := a.near[i*n+k]
			if x == (Ball{}) {
				continue
			}
			terms++
			row := b.near[k*m : (k+1)*m]
			ax := math.Abs(x.Hi)
			for j := range row {
				y := &row[j]
				p, e := twoProduct(x.Hi, y.Hi)
				s, f := twoSum(high[j], p)
				high[j] = s
				low[j] += e + f + (float64(x.Hi*y.Lo) + float64(x.Lo*y.Hi))
				size[j] += math.Abs(p)
				off[j] += ax*y.Off + x.Off*(math.Abs(y.Hi)+y.Off)
			}
		}
		for j := range m {
			c := Ball{high[j], low[j], 0}
			if terms > 0 && !(size[j] == 0 && off[j] == 0 && a.noTerm(i, b, j)) {
				c.Hi, c.Lo = twoSum(high[j], low[j])
				c.Off = (unit*size[j] + off[j]*grown + float64(n)*faintest) * grown
			}
			out.near[i*m+j] = c
			high[j], low[j], size[j], off[j] = 0, 0, 0, 0
		}
	}
	return out
}

// noTerm tells whether all products of row i of a and column j of b are of a zero.
func (a *Matrix) noTerm(i int, b *Matrix, j int) bool {
	for k := range a.columns {
		if a.At(i, k) != (Ball{}) && b.At(k, j) != (Ball{}) {
			return false
		}
	}
	return true
}

// Transposed is the matrix mirrored at its diagonal.
func (a *Matrix) Transposed() *Matrix {
	out := &Matrix{Rows: a.columns, columns: a.Rows, near: make([]Ball, len(a.near))}
	for i := range a.Rows {
		for j := range a.columns {
			out.near[j*a.Rows+i] = a.near[i*a.columns+j]
		}
	}
	out.build = func() *Whole { return a.Whole().transposed() }
	return out
}

// Symmetric is the symmetric part of a.
func (a *Matrix) Symmetric() *Matrix {
	if a.sym == nil {
		a.sym = a.like(func(i, j int) Ball {
			if i == j {
				return a.At(i, i)
			}
			return a.At(min(i, j), max(i, j)).Plus(a.At(max(i, j), min(i, j))).halved()
		}, func() *Whole { return a.Whole().symmetric() })
		a.sym.sym = a.sym
	}
	return a.sym
}

// Scaled multiplies row i by w of the block that holds it; first are the first
// indices of blocks. It is nil if a weight is not finite.
func (a *Matrix) Scaled(w []float64, first []int) *Matrix {
	factors := Column(w)
	if factors == nil {
		return nil
	}
	of := make([]int, a.Rows)
	for b := range w {
		for i := first[b]; i < first[b+1]; i++ {
			of[i] = b
		}
	}
	return a.like(func(i, j int) Ball { return a.At(i, j).Times(Ball{Hi: w[of[i]]}) },
		func() *Whole { return a.Whole().scaled(factors.Whole(), of) })
}

// ByNumber is a times the number x holds, a matrix of one entry.
func (a *Matrix) ByNumber(x *Matrix) *Matrix {
	of := make([]int, a.Rows)
	return a.like(func(i, j int) Ball { return a.At(i, j).Times(x.near[0]) },
		func() *Whole { return a.Whole().scaled(x.Whole(), of) })
}

// Part is the rows from r0 and the columns from c0.
func (a *Matrix) Part(r0, r1, c0, c1 int) *Matrix {
	out := &Matrix{Rows: r1 - r0, columns: c1 - c0}
	for i := r0; i < r1; i++ {
		out.near = append(out.near, a.near[i*a.columns+c0:i*a.columns+c1]...)
	}
	out.build = func() *Whole { return a.Whole().part(r0, r1, c0, c1) }
	return out
}

// Pencil is [[l·p, b], [b', k·q]].
func Pencil(l float64, p, b *Matrix, k float64, q *Matrix) *Matrix {
	n, m := p.Rows, q.Rows
	out := &Matrix{Rows: n + m, columns: n + m, near: make([]Ball, (n+m)*(n+m))}
	for i := range n {
		for j := range n {
			out.near[i*(n+m)+j] = p.At(i, j).Times(Ball{Hi: l})
		}
		for j := range m {
			x := b.At(i, j)
			out.near[i*(n+m)+n+j], out.near[(n+j)*(n+m)+i] = x, x
		}
	}
	for i := range m {
		for j := range m {
			out.near[(n+i)*(n+m)+n+j] = q.At(i, j).Times(Ball{Hi: k})
		}
	}
	out.build = func() *Whole { return wholePencil(l, p.Whole(), b.Whole(), k, q.Whole()) }
	return out
}

// Zero tells whether all entries are.
func (a *Matrix) Zero() bool {
	for i := range a.Rows {
		for j := range a.columns {
			if a.Sign(i, j) != 0 {
				return false
			}
		}
	}
	return true
}

// OfWhole is w, of one column or more.
func OfWhole(w *Whole) *Matrix {
	out := &Matrix{Rows: len(w.M), columns: len(w.M[0]), known: w}
	for _, row := range w.M {
		for _, x := range row {
			var y Ball
			if x.Sign() != 0 {
				rest := new(big.Float).SetPrec(uint(x.BitLen() + 64)).SetInt(x)
				rest.SetMantExp(rest, w.Exp)
				y.Hi, _ = rest.Float64()
				if !math.IsInf(y.Hi, 0) {
					rest.Sub(rest, new(big.Float).SetFloat64(y.Hi))
				}
				var how big.Accuracy
				if y.Lo, how = rest.Float64(); how != big.Exact {
					y.Off = math.Abs(y.Lo)*0x1p-52 + faintest
				}
			}
			out.near = append(out.near, y)
		}
	}
	return out
}

// Sign is that of entry i, j.
func (a *Matrix) Sign(i, j int) int {
	if s, known := a.At(i, j).Sign(); known {
		return s
	}
	return a.Whole().M[i][j].Sign()
}

// Number is entry i, j rounded to nearest.
func (a *Matrix) Number(i, j int) float64 {
	if x := a.At(i, j); x.Off == 0 && x.Lo == 0 {
		return x.Hi
	}
	f, _ := a.Wide(i, j).Float64()
	return f
}

// WideDigits is the precision, in bits, of what is computed rather than decided.
const WideDigits = 512

// Wide is entry i, j.
func (a *Matrix) Wide(i, j int) *big.Float {
	if x := a.At(i, j); x.Off == 0 && x.Lo == 0 {
		return new(big.Float).SetPrec(WideDigits).SetFloat64(x.Hi)
	}
	w := a.Whole()
	x := new(big.Float).SetPrec(uint(max(WideDigits, w.M[i][j].BitLen()))).SetInt(w.M[i][j])
	return x.SetMantExp(x, w.Exp)
}
