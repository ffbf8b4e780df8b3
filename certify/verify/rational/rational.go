// Package rational decides matrices without rounding. It is the arithmetic of the
// kernel of certify/verify, short enough to be read with it. No function changes what
// it is given.
package rational

import "math/big"

// Of is the float64 x, 0 if that is not finite.
func Of(x float64) *big.Rat {
	if r := new(big.Rat).SetFloat64(x); r != nil {
		return r
	}
	return new(big.Rat)
}

// All are the numbers of x.
func All(x []float64) []*big.Rat {
	out := make([]*big.Rat, len(x))
	for i := range x {
		out[i] = Of(x[i])
	}
	return out
}

// Whole is the number x.
func Whole(x int64) *big.Rat { return big.NewRat(x, 1) }

// Add is x + y.
func Add(x, y *big.Rat) *big.Rat { return new(big.Rat).Add(x, y) }

// Sub is x - y.
func Sub(x, y *big.Rat) *big.Rat { return new(big.Rat).Sub(x, y) }

// Mul is xy.
func Mul(x, y *big.Rat) *big.Rat { return new(big.Rat).Mul(x, y) }

// Quo is x/y, y not 0.
func Quo(x, y *big.Rat) *big.Rat { return new(big.Rat).Quo(x, y) }

// Matrix is dense, by rows.
type Matrix [][]*big.Rat

// Build is the matrix with these entries.
func Build(rows, columns int, at func(i, j int) *big.Rat) Matrix {
	m := make(Matrix, rows)
	for i := range m {
		m[i] = make([]*big.Rat, columns)
		for j := range m[i] {
			m[i][j] = at(i, j)
		}
	}
	return m
}

// Exactly is the square matrix x.
func Exactly(x [][]float64) Matrix {
	return Build(len(x), len(x), func(i, j int) *big.Rat { return Of(x[i][j]) })
}

// Identity is the one of order n.
func Identity(n int) Matrix {
	return Build(n, n, func(i, j int) *big.Rat {
		if i == j {
			return Whole(1)
		}
		return new(big.Rat)
	})
}

// Times is c m.
func (m Matrix) Times(c *big.Rat) Matrix {
	return Build(len(m), len(m[0]), func(i, j int) *big.Rat { return Mul(c, m[i][j]) })
}

// Minus is m - a.
func (m Matrix) Minus(a Matrix) Matrix {
	return Build(len(m), len(m[0]), func(i, j int) *big.Rat { return Sub(m[i][j], a[i][j]) })
}

// Symmetric is (m + m')/2.
func (m Matrix) Symmetric() Matrix {
	half := big.NewRat(1, 2)
	return Build(len(m), len(m), func(i, j int) *big.Rat { return Mul(half, Add(m[i][j], m[j][i])) })
}

// Part are the rows from top and the columns from left to before bottom and right.
func (m Matrix) Part(top, bottom, left, right int) Matrix {
	return Build(bottom-top, right-left, func(i, j int) *big.Rat { return m[top+i][left+j] })
}

// Product is m a.
func (m Matrix) Product(a Matrix) Matrix {
	return Build(len(m), len(a[0]), func(i, j int) *big.Rat {
		sum := new(big.Rat)
		for k, x := range m[i] {
			if x.Sign() != 0 && a[k][j].Sign() != 0 {
				sum.Add(sum, Mul(x, a[k][j]))
			}
		}
		return sum
	})
}

// Pencil is [[p, b], [b', q]].
func Pencil(p, b, q Matrix) Matrix {
	n := len(p)
	return Build(n+len(q), n+len(q), func(i, j int) *big.Rat {
		switch {
		case i < n && j < n:
			return p[i][j]
		case i < n:
			return b[i][j-n]
		case j < n:
			return b[j][i-n]
		}
		return q[i-n][j-n]
	})
}

// Semidefinite decides whether a symmetric matrix is positive semidefinite.
func (m Matrix) Semidefinite() bool { return m.pivots(false) }

// Definite decides whether it is positive definite.
func (m Matrix) Definite() bool { return m.pivots(true) }

// pivots eliminates without fractions (Bareiss 1968) in whole numbers: the pivots are
// leading minors, which must be positive; where one is 0 its row must be, and is left
// out.
func (m Matrix) pivots(strictly bool) bool {
	common, g := big.NewInt(1), new(big.Int)
	for i := range m {
		for _, x := range m[i] {
			g.GCD(nil, nil, common, x.Denom())
			common = new(big.Int).Mul(common, new(big.Int).Quo(x.Denom(), g))
		}
	}
	a := make([][]*big.Int, len(m))
	for i := range m {
		for _, x := range m[i] {
			a[i] = append(a[i], new(big.Int).Mul(x.Num(), new(big.Int).Quo(common, x.Denom())))
		}
	}
	if factored(a) {
		return true
	}
	before, x := big.NewInt(1), new(big.Int)
	for k := range a {
		switch pivot := a[k][k]; {
		case pivot.Sign() < 0 || strictly && pivot.Sign() == 0:
			return false
		case pivot.Sign() == 0:
			for j := k + 1; j < len(a); j++ {
				if a[j][k].Sign() != 0 {
					return false
				}
			}
		default:
			for i := k + 1; i < len(a); i++ {
				for j := k + 1; j <= i; j++ {
					a[i][j].Mul(a[i][j], pivot)
					a[i][j].Quo(a[i][j].Sub(a[i][j], x.Mul(a[i][k], a[j][k])), before)
				}
			}
			before = pivot
		}
	}
	return true
}

// factored tells whether a factor shows that a, symmetric and in whole numbers, is
// definite: a = L D L' + δ + R, with D and δ diagonal and above 0 and |R_ij| ≤ r, n r ≤ δ_i,
// so that δ + R is semidefinite. L has digits bits behind the point, and a is raised to as
// many bits or more; sums are exact, so that only the entry that is written is rounded: by
// less than 1 for what of a sum is cut off, and by D_j/2^digits, D_j ≤ a_jj, for L_ij. What
// is closer to singular than its diagonal by 2^-spare is not shown so.
func factored(a [][]*big.Int) bool {
	const digits, spare = 256, 110
	n, size := len(a), uint(digits+64)
	for i := range a {
		size = max(size, uint(a[i][i].BitLen()))
	}
	up := size
	for i := range a {
		up = min(up, size-uint(a[i][i].BitLen()))
	}
	r := new(big.Int).Lsh(big.NewInt(1), size-digits)
	most := r.Mul(r.Add(r, big.NewInt(2)), big.NewInt(int64(n)))
	l, d := make([][]*big.Int, n), make([]*big.Int, n)
	x := new(big.Int)
	for i := range a {
		l[i] = make([]*big.Int, i)
		scaled := make([]*big.Int, i) // L_ik D_k
		rest := func(j int) *big.Int {
			sum := new(big.Int)
			for k := range j {
				sum.Add(sum, x.Mul(scaled[k], l[j][k]))
			}
			return sum.Sub(x.Lsh(a[i][j], up), sum.Rsh(sum, 2*digits))
		}
		for j := range i {
			v := rest(j)
			l[i][j] = v.Quo(v.Lsh(v, digits), d[j])
			scaled[j] = new(big.Int).Mul(l[i][j], d[j])
		}
		sum := new(big.Int)
		for k := range i {
			sum.Add(sum, x.Mul(scaled[k], l[i][k]))
		}
		whole := new(big.Int).Lsh(a[i][i], up)
		delta := new(big.Int).Rsh(whole, spare)
		if d[i] = whole.Sub(whole, delta).Sub(whole, sum.Rsh(sum, 2*digits)); d[i].Sign() <= 0 || delta.Cmp(most) < 0 {
			return false
		}
	}
	return true
}

// Inverted is the inverse of a definite matrix.
func (m Matrix) Inverted() Matrix {
	n := len(m)
	a := Build(n, 2*n, func(i, j int) *big.Rat {
		switch {
		case j < n:
			return m[i][j]
		case j == n+i:
			return Whole(1)
		}
		return new(big.Rat)
	})
	for k := range a {
		pivot := a[k][k]
		for j := range a[k] {
			a[k][j] = Quo(a[k][j], pivot)
		}
		for i := range a {
			if f := a[i][k]; i != k && f.Sign() != 0 {
				for j := range a[i] {
					a[i][j] = Sub(a[i][j], Mul(f, a[k][j]))
				}
			}
		}
	}
	return a.Part(0, n, n, 2*n)
}

// RootAbove is a number not below √x, x ≥ 0, near it.
func RootAbove(x *big.Rat) *big.Rat {
	f := new(big.Float).SetPrec(200).SetMode(big.ToPositiveInf).SetRat(x)
	r, _ := f.Sqrt(f).Rat(nil)
	if r == nil {
		return new(big.Rat)
	}
	return Mul(r, Add(Whole(1), Of(0x1p-180))) // Sqrt rounds to nearest
}
