package search

import (
	"math"
	"math/big"
)

// exactOrder is up to which order matrices are decided exactly.
const exactOrder = 32

// rat is x, which must be finite.
func rat(x float64) *big.Rat {
	r := new(big.Rat)
	if r.SetFloat64(x) == nil {
		return new(big.Rat)
	}
	return r
}

func float(x *big.Rat) float64 {
	f, _ := x.Float64()
	return f
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

func allFinite(x []float64) bool {
	for _, v := range x {
		if !finite(v) {
			return false
		}
	}
	return true
}

// matrix is a dense rational matrix. Entries are never changed in place.
type matrix [][]*big.Rat

func newMatrix(rows, columns int) matrix {
	m := make(matrix, rows)
	for i := range m {
		m[i] = make([]*big.Rat, columns)
		for j := range m[i] {
			m[i][j] = new(big.Rat)
		}
	}
	return m
}

func add(x, y *big.Rat) *big.Rat { return new(big.Rat).Add(x, y) }
func sub(x, y *big.Rat) *big.Rat { return new(big.Rat).Sub(x, y) }
func mul(x, y *big.Rat) *big.Rat { return new(big.Rat).Mul(x, y) }
func quo(x, y *big.Rat) *big.Rat { return new(big.Rat).Quo(x, y) }

// pencil is [[a, b], [b', d]].
func pencil(a, b, d matrix) matrix {
	n, m := len(a), len(d)
	out := newMatrix(n+m, n+m)
	for i := range n {
		copy(out[i], a[i])
		for j := range m {
			out[i][n+j], out[n+j][i] = b[i][j], b[i][j]
		}
	}
	for i := range m {
		copy(out[n+i][n:], d[i])
	}
	return out
}

// times is c·m.
func times(c *big.Rat, m matrix) matrix {
	out := newMatrix(len(m), 0)
	for i, row := range m {
		for _, x := range row {
			out[i] = append(out[i], mul(c, x))
		}
	}
	return out
}

// symmetric is (m + m')/2; minus is a - b.
func symmetric(m matrix) matrix {
	half := big.NewRat(1, 2)
	out := newMatrix(len(m), len(m))
	for i := range m {
		for j := range i + 1 {
			out[i][j] = mul(half, add(m[i][j], m[j][i]))
			out[j][i] = out[i][j]
		}
	}
	return out
}

func minus(a, b matrix) matrix {
	out := newMatrix(len(a), 0)
	for i := range a {
		for j := range a[i] {
			out[i] = append(out[i], sub(a[i][j], b[i][j]))
		}
	}
	return out
}

// integers scales a square matrix to whole numbers by one positive factor.
func integers(m matrix) [][]*big.Int {
	common := big.NewInt(1)
	g := new(big.Int)
	for _, row := range m {
		for _, x := range row {
			g.GCD(nil, nil, common, x.Denom())
			common = new(big.Int).Mul(common, new(big.Int).Quo(x.Denom(), g))
		}
	}
	out := make([][]*big.Int, len(m))
	for i, row := range m {
		for _, x := range row {
			out[i] = append(out[i], new(big.Int).Mul(x.Num(), new(big.Int).Quo(common, x.Denom())))
		}
	}
	return out
}

// semidefinite tells whether a symmetric matrix is positive semidefinite: exactly,
// by elimination without fractions (Bareiss 1968), whose pivots are the leading
// minors; of a large one true is proved and false may be rounding. definite is the
// same of positive definite ones.
func semidefinite(m matrix) bool { return decided(m, false) }
func definite(m matrix) bool     { return decided(m, true) }

func decided(m matrix, strictly bool) bool {
	if len(m) > exactOrder {
		return semidefiniteRounded(m) // which keeps a distance from 0
	}
	a := integers(m)
	last := big.NewInt(1)
	x, y := new(big.Int), new(big.Int)
	for k := range a {
		pivot := a[k][k]
		if pivot.Sign() < 0 || strictly && pivot.Sign() == 0 {
			return false
		}
		if pivot.Sign() == 0 {
			// A zero on the diagonal needs a row of zeros, which is left out.
			for j := k + 1; j < len(a); j++ {
				if a[k][j].Sign() != 0 {
					return false
				}
			}
			continue
		}
		for i := k + 1; i < len(a); i++ {
			for j := k + 1; j <= i; j++ {
				x.Mul(a[i][j], pivot)
				y.Mul(a[i][k], a[j][k])
				x.Sub(x, y)
				a[i][j].Quo(x, last)
				a[j][i].Set(a[i][j])
			}
		}
		last = new(big.Int).Set(pivot)
	}
	return true
}

// inverted is the inverse of a definite matrix, by elimination without exchanges.
func inverted(m matrix) matrix {
	n := len(m)
	a, out := make(matrix, n), identity(n)
	for i := range m {
		a[i] = append([]*big.Rat(nil), m[i]...)
	}
	for k := range n {
		pivot := a[k][k]
		for j := range n {
			a[k][j], out[k][j] = quo(a[k][j], pivot), quo(out[k][j], pivot)
		}
		for i := range n {
			f := a[i][k]
			if i == k || f.Sign() == 0 {
				continue
			}
			for j := range n {
				a[i][j], out[i][j] = sub(a[i][j], mul(f, a[k][j])), sub(out[i][j], mul(f, out[k][j]))
			}
		}
	}
	return out
}

// dominated tells whether a matrix that is not positive off its diagonal is a
// nonsingular M-matrix: all pivots of elimination without exchanges are above 0.
func dominated(m matrix) bool {
	a := make(matrix, len(m))
	for i := range m {
		a[i] = append([]*big.Rat(nil), m[i]...)
	}
	if len(m) > exactOrder {
		return dominatedRounded(m)
	}
	for k := range a {
		if a[k][k].Sign() <= 0 {
			return false
		}
		for i := k + 1; i < len(a); i++ {
			if a[i][k].Sign() == 0 {
				continue
			}
			f := quo(a[i][k], a[k][k])
			for j := k + 1; j < len(a); j++ {
				if a[k][j].Sign() != 0 {
					a[i][j] = sub(a[i][j], mul(f, a[k][j]))
				}
			}
		}
	}
	return true
}

// dominatedRounded looks for x > 0 with m x > 0, which proves the same, by
// iteration in floating point and decides it exactly.
func dominatedRounded(m matrix) bool {
	n := len(m)
	x, y := make([]float64, n), make([]float64, n)
	for i := range x {
		x[i] = 1
	}
	for round := range 2000 {
		if round%50 == 0 {
			ok := true
			for i := range n {
				sum := new(big.Rat)
				for j := range n {
					if m[i][j].Sign() != 0 {
						sum.Add(sum, mul(m[i][j], rat(x[j])))
					}
				}
				if ok = sum.Sign() > 0; !ok {
					break
				}
			}
			if ok {
				return true
			}
		}
		top := 0.0
		for i := range n {
			d := float(m[i][i])
			if !(d > 0) {
				return false
			}
			// Half a step of Jacobi's method for m x = 1 in the limit of many.
			sum := 0.0
			for j := range n {
				if j != i {
					sum -= float(m[i][j]) * x[j]
				}
			}
			y[i] = x[i]/2 + sum/d/2 + 1e-12
			top = max(top, y[i])
		}
		for i := range x {
			x[i] = y[i] / top
		}
	}
	return false
}

// semidefiniteRounded rounds a scaled matrix to float64 and asks positive.
func semidefiniteRounded(m matrix) bool {
	n := len(m)
	scale := make([]int, n) // powers of two, so that scaling is exact
	for i := range n {
		if m[i][i].Sign() > 0 {
			_, e := math.Frexp(float(m[i][i]))
			scale[i] = -e / 2
		}
	}
	a := make([][]float64, n)
	for i := range n {
		a[i] = make([]float64, n)
		for j := range n {
			a[i][j] = math.Ldexp(float(m[i][j]), scale[i]+scale[j])
			if !finite(a[i][j]) {
				return false
			}
		}
	}
	return positive(a, ulp*rowSum(a))
}

const ulp = 0x1p-52

// rowSum is the largest sum of absolute values of a row, which bounds the 2-norm
// of a symmetric matrix; rounded, hence raised.
func rowSum(a [][]float64) float64 {
	most := 0.0
	for _, row := range a {
		sum := 0.0
		for _, x := range row {
			sum += math.Abs(x)
		}
		most = max(most, sum)
	}
	return most * (1 + float64(len(a)+1)*ulp)
}

// positive proves that all symmetric matrices within off of a, in the 2-norm, are
// positive semidefinite; false proves nothing. If Cholesky's method runs to its
// end on A - cI, the matrix it factors differs from that one by at most
// γ/(1-γ) tr A, γ = (n+1)u/(1-(n+1)u) (Demmel 1989, Rump, BIT 46, 2006); c is off
// and more than twice that, to cover its own subtraction. The matrix should have a
// diagonal near 1, for underflow not to matter.
func positive(a [][]float64, off float64) bool {
	n := len(a)
	trace := 0.0
	for i := range n {
		if !(a[i][i] >= 0) {
			return false
		}
		trace += a[i][i]
	}
	c := off*(1+4*ulp) + float64(2*n+10)*ulp*trace + 1e-290
	r := make([][]float64, n)
	for i := range n {
		r[i] = make([]float64, i+1)
		for j := range i + 1 {
			x := a[i][j]
			if i == j {
				x -= c
			}
			for k := range j {
				x -= r[i][k] * r[j][k]
			}
			if i == j {
				if !(x > 0) {
					return false
				}
				r[i][i] = math.Sqrt(x)
			} else {
				r[i][j] = x / r[j][j]
			}
		}
	}
	return true
}
