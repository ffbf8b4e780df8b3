package gate

import (
	"math"
	"math/big"
)

// Whole is a matrix of whole numbers times a power of two: sums and products of
// float64 without any rounding. Its numbers are never changed in place.
type Whole struct {
	M   [][]*big.Int // rows of whole numbers
	Exp int          // of the power of two all are multiplied by
}

// wholly is the matrix of the finite numbers of rows of the given length.
func wholly(numbers []Ball, columns int) *Whole {
	least := math.MaxInt
	for _, x := range numbers {
		if x.Hi != 0 {
			_, e := math.Frexp(x.Hi)
			least = min(least, e-53)
		}
	}
	if least == math.MaxInt {
		least = 0
	}
	out := &Whole{Exp: least}
	for from := 0; from < len(numbers); from += columns {
		row := make([]*big.Int, columns)
		for j := range row {
			row[j] = wholeOf(numbers[from+j].Hi, least)
		}
		out.M = append(out.M, row)
	}
	return out
}

// wholeOf is x / 2^exp, which is whole.
func wholeOf(x float64, exp int) *big.Int {
	f, e := math.Frexp(x)
	out := big.NewInt(int64(math.Ldexp(f, 53)))
	if x != 0 {
		out.Lsh(out, uint(e-53-exp))
	}
	return out
}

// at is a with its power of two lowered to exp.
func (a *Whole) at(exp int) *Whole {
	if a.Exp == exp {
		return a
	}
	return a.mapped(exp, func(_, _ int, x *big.Int) *big.Int { return new(big.Int).Lsh(x, uint(a.Exp-exp)) })
}

func (a *Whole) mapped(exp int, f func(i, j int, x *big.Int) *big.Int) *Whole {
	out := &Whole{Exp: exp, M: make([][]*big.Int, len(a.M))}
	for i, row := range a.M {
		out.M[i] = make([]*big.Int, len(row))
		for j, x := range row {
			out.M[i][j] = f(i, j, x)
		}
	}
	return out
}

// minus is a - t·b.
func (a *Whole) minus(t float64, b *Whole) *Whole {
	if t == 0 {
		return a
	}
	f, e := math.Frexp(t)
	factor := big.NewInt(int64(math.Ldexp(f, 53)))
	exp := b.Exp + e - 53
	x := a
	shift := uint(0)
	if low := min(a.Exp, exp); low < a.Exp {
		x = a.at(low)
	} else {
		shift = uint(exp - low)
	}
	return x.mapped(x.Exp, func(i, j int, y *big.Int) *big.Int {
		z := new(big.Int).Mul(factor, b.M[i][j])
		z.Lsh(z, shift)
		return z.Sub(y, z)
	})
}

// plus is a + b.
func (a *Whole) plus(b *Whole) *Whole {
	low := min(a.Exp, b.Exp)
	b = b.at(low)
	return a.at(low).mapped(low, func(i, j int, x *big.Int) *big.Int { return new(big.Int).Add(x, b.M[i][j]) })
}

// times is the product a·b.
func (a *Whole) times(b *Whole) *Whole {
	out := &Whole{Exp: a.Exp + b.Exp}
	product := new(big.Int)
	for i := range a.M {
		row := make([]*big.Int, len(b.M[0]))
		for j := range row {
			sum := new(big.Int)
			for k, x := range a.M[i] {
				if x.Sign() != 0 && b.M[k][j].Sign() != 0 {
					sum.Add(sum, product.Mul(x, b.M[k][j]))
				}
			}
			row[j] = sum
		}
		out.M = append(out.M, row)
	}
	return out
}

func (a *Whole) transposed() *Whole {
	out := &Whole{Exp: a.Exp}
	if len(a.M) == 0 {
		return out
	}
	for j := range a.M[0] {
		var row []*big.Int
		for i := range a.M {
			row = append(row, a.M[i][j])
		}
		out.M = append(out.M, row)
	}
	return out
}

// symmetric is the symmetric part of a.
func (a *Whole) symmetric() *Whole {
	return a.mapped(a.Exp-1, func(i, j int, x *big.Int) *big.Int { return new(big.Int).Add(x, a.M[j][i]) })
}

// scaled multiplies row i by the factor of its block, of which of has the number.
func (a *Whole) scaled(factors *Whole, of []int) *Whole {
	return a.mapped(a.Exp+factors.Exp, func(i, _ int, x *big.Int) *big.Int { return new(big.Int).Mul(x, factors.M[of[i]][0]) })
}

// part is the rows from r0 and the columns from c0.
func (a *Whole) part(r0, r1, c0, c1 int) *Whole {
	out := &Whole{Exp: a.Exp}
	for _, row := range a.M[r0:r1] {
		out.M = append(out.M, row[c0:c1])
	}
	return out
}

// wholePencil is [[l·p, b], [b', k·q]].
func wholePencil(l float64, p, b *Whole, k float64, q *Whole) *Whole {
	n, m := len(p.M), len(q.M)
	zero := func(rows, columns int) *Whole {
		out := &Whole{}
		for range rows {
			row := make([]*big.Int, columns)
			for j := range row {
				row[j] = new(big.Int)
			}
			out.M = append(out.M, row)
		}
		return out
	}
	p, q = zero(n, n).minus(-l, p), zero(m, m).minus(-k, q)
	low := min(p.Exp, q.Exp, b.Exp)
	p, q, b = p.at(low), q.at(low), b.at(low)
	out := zero(n+m, n+m)
	out.Exp = low
	for i := range n {
		copy(out.M[i], p.M[i])
		for j := range m {
			out.M[i][n+j], out.M[n+j][i] = b.M[i][j], b.M[i][j]
		}
	}
	for i := range m {
		copy(out.M[n+i][n:], q.M[i])
	}
	return out
}

// bareiss eliminates without fractions (Math. Comp. 22, 1968): the pivots are the
// leading minors.
func bareiss(m [][]*big.Int, strictly bool) bool {
	n := len(m)
	a := make([][]*big.Int, n)
	for i := range a {
		a[i] = make([]*big.Int, i+1)
		for j := range a[i] {
			a[i][j] = new(big.Int).Set(m[i][j])
		}
	}
	last, x := big.NewInt(1), new(big.Int)
	for k := range n {
		pivot := a[k][k]
		switch s := pivot.Sign(); {
		case s < 0 || s == 0 && strictly:
			return false
		case s == 0:
			// A zero on the diagonal of a semidefinite matrix has a row of zeros, and is
			// left out.
			for i := k + 1; i < n; i++ {
				if a[i][k].Sign() != 0 {
					return false
				}
			}
			continue
		}
		for i := k + 1; i < n; i++ {
			for j := k + 1; j <= i; j++ {
				a[i][j].Mul(a[i][j], pivot)
				a[i][j].Sub(a[i][j], x.Mul(a[i][k], a[j][k]))
				a[i][j].Quo(a[i][j], last)
			}
		}
		last = pivot
	}
	return true
}

// balance gives powers of two d with the diagonal of d a d near 1, zero where a
// zero on the diagonal makes that impossible.
func (a *Whole) balance() ([]int, bool) {
	d := make([]int, len(a.M))
	for i := range d {
		bits := a.M[i][i].BitLen()
		if a.M[i][i].Sign() <= 0 {
			return nil, false
		}
		d[i] = -(bits + a.Exp) / 2
	}
	return d, true
}

// rounded tells whether a is positive definite by a Cholesky factor in numbers of
// WideDigits bits, of a with its diagonal lowered by more than rounding may hide
// (Rump, BIT 46, 2006).
func (a *Whole) rounded() bool {
	d, ok := a.balance()
	if !ok {
		return false
	}
	n := len(d)
	s := make([][]*big.Float, n)
	for i := range s {
		s[i] = make([]*big.Float, i+1)
		for j := range s[i] {
			x := new(big.Float).SetPrec(WideDigits).SetInt(a.M[i][j])
			s[i][j] = x.SetMantExp(x, a.Exp+d[i]+d[j])
			if x.MantExp(nil) > 8 {
				return false
			}
		}
	}
	// Entries are below 2^8, their number n below 2^20: the bound of single with a
	// unit of 2^-WideDigits is below this.
	slack := new(big.Float).SetPrec(WideDigits).SetMantExp(big.NewFloat(1), -WideDigits+64)
	x := new(big.Float).SetPrec(WideDigits)
	for j := range n {
		p := s[j][j]
		p.Sub(p, slack)
		for k := range j {
			p.Sub(p, x.Mul(s[j][k], s[j][k]))
		}
		if p.Sign() <= 0 {
			return false
		}
		p.Sqrt(p)
		for i := j + 1; i < n; i++ {
			y := s[i][j]
			for k := range j {
				y.Sub(y, x.Mul(s[i][k], s[j][k]))
			}
			y.Quo(y, p)
		}
	}
	return true
}
