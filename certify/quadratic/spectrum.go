package quadratic

import (
	"fmt"
	"math"
	"math/big"
	"math/cmplx"

	"gonum.org/v1/gonum/mat"

	"arbiter/certify/smallgain"
)

// spectrum are the eigenvalues of K in balanced units.
type spectrum struct {
	w       []float64 // weights that balance
	k       *mat.Dense
	values  []complex128
	vectors *mat.CDense
	least   int // number of the value of the least real part

	inverse [][]complex128 // of vectors with columns of length 1
	sought  bool           // inverse was sought

	// The eigenvalues once more, class by class of a reducible K, and how far off
	// each may be.
	known []complex128
	off   []float64
	exact bool // values are those of the exact Jacobian, rounded once
}

func (f *quadraticForm) spectrum(w []float64) (*spectrum, error) {
	s := &spectrum{w: w, k: f.k.weighted(w)}
	n, _ := s.k.Dims()
	var ok bool
	var off float64
	if s.values, s.vectors, s.inverse, off, ok = eigenvalues(s.k); !ok {
		return nil, fmt.Errorf("matrix: its eigenvalues were not found")
	}
	s.sought = true
	if n == 2 {
		s.sought = false
		f.exactPair(s)
	}
	for k, v := range s.values {
		if real(v) < real(s.values[s.least]) {
			s.least = k
		}
	}
	if s.exact {
		s.known = s.values
		for _, v := range s.values {
			s.off = append(s.off, 0x1p-52*cmplx.Abs(v))
		}
		return s, nil
	}
	rows := make([][]float64, n)
	for i := range rows {
		rows[i] = mat.Row(nil, i, f.k.k)
	}
	strong, _ := smallgain.Classes(rows)
	for i, c := range strong {
		if c != i {
			continue
		}
		at := smallgain.Members(strong, c)
		if len(at) == n {
			break
		}
		part := mat.NewDense(len(at), len(at), nil)
		for r, a := range at {
			for q, b := range at {
				part.Set(r, q, s.k.At(a, b))
			}
		}
		if len(at) == 2 && f.root == nil {
			values, _ := roots2(ratOf(rows[at[0]][at[0]]), ratOf(rows[at[0]][at[1]]), ratOf(rows[at[1]][at[0]]), ratOf(rows[at[1]][at[1]]))
			for _, v := range values {
				s.known, s.off = append(s.known, v), append(s.off, 0x1p-52*cmplx.Abs(v))
			}
			continue
		}
		values, _, _, off, ok := eigenvalues(part)
		if !ok {
			s.known, s.off = nil, nil
			break
		}
		for _, v := range values {
			s.known, s.off = append(s.known, v), append(s.off, off)
		}
	}
	if len(s.known) != n {
		s.known, s.off = s.values, make([]float64, n)
		for i := range s.off {
			s.off[i] = off
		}
	}
	return s, nil
}

// surely is the part of a real part that its error may be at most, to be called
// known.
const surely = 1e-3

// abscissa is the least real part of an eigenvalue, and how far it may be off; NaN
// if that is not known.
func (s *spectrum) abscissa() (value, off float64) {
	value = math.Inf(1)
	for k, v := range s.known {
		if real(v) < value {
			value, off = real(v), s.off[k]
		}
	}
	for k, v := range s.known { // another may be the least
		off = max(off, value-real(v)+s.off[k])
	}
	if s.exact || off <= surely*math.Abs(value) {
		return value, off
	}
	return math.NaN(), off
}

// positive tells whether all real parts are surely known to be positive.
func (s *spectrum) positive() bool {
	for k, v := range s.known {
		if !(real(v) > 0 && (s.exact || s.off[k] <= surely*real(v))) {
			return false
		}
	}
	return true
}

// eigenvalues are those of k, with right eigenvectors, the inverse of these scaled to
// length 1 (nil if it was not found), and how far they may be off.
// They are sought in units, powers of two, in which rows and columns are equally
// large. The algorithm gives those of a matrix E away, |E| of some roundings of the
// norm; they are within |V||V⁻¹||E| of the true ones (Bauer and Fike, Numer. Math. 2,
// 1960) and within (2|K| + |E|)^(1-1/n) |E|^(1/n) (Elsner, Linear Algebra Appl. 71,
// 1985), whatever the eigenvectors.
func eigenvalues(k *mat.Dense) (values []complex128, vectors *mat.CDense, inverse [][]complex128, off float64, ok bool) {
	n, _ := k.Dims()
	unit := powersOfTwo(k)
	b := mat.NewDense(n, n, nil)
	for i := range n {
		for j := range n {
			b.Set(i, j, k.At(i, j)/unit[i]*unit[j])
		}
	}
	var eigen mat.Eigen
	if !eigen.Factorize(b, mat.EigenRight) {
		return nil, nil, nil, 0, false
	}
	values, vectors = eigen.Values(nil), &mat.CDense{}
	eigen.VectorsTo(vectors)
	size := mat.Norm(b, 2)
	e := 0x1p-50 * float64(n) * size
	if n == 1 {
		e = 0x1p-50 * size
	}
	off = math.Pow(2*size+e, 1-1/float64(n)) * math.Pow(e, 1/float64(n))
	if inverse = invertedVectors(vectors); inverse != nil {
		sum := 0.0
		for _, row := range inverse {
			for _, v := range row {
				sum += real(v)*real(v) + imag(v)*imag(v)
			}
		}
		if x := math.Sqrt(sum) * math.Sqrt(float64(n)) * e; x < off {
			off = x
		}
	}
	for i := range n {
		for j := range n {
			vectors.Set(i, j, vectors.At(i, j)*complex(unit[i], 0))
		}
	}
	for j := range inverse { // columns are of length 1 before and after
		length := 0.0
		for i := range n {
			length = math.Hypot(length, cmplx.Abs(vectors.At(i, j)))
		}
		for i := range n {
			inverse[j][i] *= complex(length/unit[i], 0)
		}
	}
	return values, vectors, inverse, off, true
}

// powersOfTwo are the units of Osborne's balance.
func powersOfTwo(k *mat.Dense) []float64 {
	n, _ := k.Dims()
	unit := make([]float64, n)
	for i := range unit {
		unit[i] = 1
	}
	for range 20 {
		moved := false
		for i := range n {
			row, column := 0.0, 0.0
			for j := range n {
				if j != i {
					row += math.Abs(k.At(i, j)) / unit[i] * unit[j]
					column += math.Abs(k.At(j, i)) / unit[j] * unit[i]
				}
			}
			if !(row > 0 && column > 0) {
				continue
			}
			e := math.Round((math.Log2(row) - math.Log2(column)) / 2)
			if u := math.Ldexp(unit[i], int(e)); e != 0 && u > 1e-90 && u < 1e90 {
				unit[i], moved = u, true
			}
		}
		if !moved {
			break
		}
	}
	return unit
}

func ratOf(x float64) *big.Rat { return new(big.Rat).SetFloat64(x) }

// exactPair replaces the eigenvalues of two coordinates by those of the exact
// Jacobian.
func (f *quadraticForm) exactPair(s *spectrum) {
	g, denominator := f.jacobian()
	at := func(i, j int) *big.Rat {
		up, down := g.Whole(), denominator.Whole()
		x := new(big.Rat).SetFrac(up.M[i][j], down.M[0][0])
		e := up.Exp - down.Exp
		two := new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), uint(max(e, -e))))
		if e < 0 {
			two.Inv(two)
		}
		return x.Mul(x, two)
	}
	a, b, c, d := at(0, 0), at(0, 1), at(1, 0), at(1, 1)
	values, wide := roots2(a, b, c, d)
	for _, v := range values {
		if cmplx.IsInf(v) || cmplx.IsNaN(v) {
			return
		}
	}
	if real(values[0]) > real(values[1]) == (real(s.values[0]) < real(s.values[1])) {
		values[0], values[1] = values[1], values[0]
		wide[0], wide[1] = wide[1], wide[0]
	}
	s.values, s.exact = values, true
	if f.root != nil || b.Sign() == 0 && c.Sign() == 0 {
		return
	}
	// (b, λ-a) and (λ-d, c) are eigenvectors, unless they are zero.
	of := (&blockOptimum{first: f.first, n: 2}).blockOf()
	for k := range 2 {
		minus := func(x *big.Rat) complex128 {
			y, _ := new(big.Float).Sub(wide[k], new(big.Float).SetPrec(widePrec).SetRat(x)).Float64()
			return complex(y, imag(values[k]))
		}
		x, y := complex(ratFloat(b), 0), minus(a)
		if b.Sign() == 0 {
			x, y = minus(d), complex(ratFloat(c), 0)
		}
		x, y = x*complex(math.Sqrt(s.w[of[0]]), 0), y*complex(math.Sqrt(s.w[of[1]]), 0)
		length := math.Hypot(cmplx.Abs(x), cmplx.Abs(y))
		if !(length > 0) || math.IsInf(length, 0) {
			continue
		}
		s.vectors.Set(0, k, x/complex(length, 0))
		s.vectors.Set(1, k, y/complex(length, 0))
	}
}

func ratFloat(x *big.Rat) float64 {
	v, _ := x.Float64()
	return v
}

// widePrec are the bits of what is worked out where floating point loses all.
const widePrec = 1024

// roots2 are the eigenvalues of [[a, b], [c, d]], rounded once, and their real parts
// with many digits: the discriminant and the determinant are exact, and the smaller
// root is the determinant over the larger.
func roots2(a, b, c, d *big.Rat) ([]complex128, []*big.Float) {
	trace := new(big.Rat).Add(a, d)
	det := new(big.Rat).Sub(new(big.Rat).Mul(a, d), new(big.Rat).Mul(b, c))
	disc := new(big.Rat).Mul(trace, trace)
	disc.Sub(disc, new(big.Rat).Mul(det, new(big.Rat).SetInt64(4)))
	wide := func(x *big.Rat) *big.Float { return new(big.Float).SetPrec(widePrec).SetRat(x) }
	half := new(big.Float).SetPrec(widePrec).SetFloat64(.5)
	mul := func(x, y *big.Float) *big.Float { return new(big.Float).SetPrec(widePrec).Mul(x, y) }
	root := wide(new(big.Rat).Abs(disc))
	if root.Sign() > 0 {
		root.Sqrt(root)
	}
	if disc.Sign() < 0 {
		re := mul(wide(trace), half)
		x, _ := re.Float64()
		y, _ := mul(root, half).Float64()
		return []complex128{complex(x, y), complex(x, -y)}, []*big.Float{re, re}
	}
	large := wide(trace)
	if trace.Sign() < 0 {
		large.Sub(large, root)
	} else {
		large.Add(large, root)
	}
	large = mul(large, half)
	small := new(big.Float).SetPrec(widePrec)
	if large.Sign() != 0 {
		small.Quo(wide(det), large)
	}
	x, _ := large.Float64()
	y, _ := small.Float64()
	return []complex128{complex(x, 0), complex(y, 0)}, []*big.Float{large, small}
}

// wideOrder is the order up to which wideMargin looks.
const wideOrder = 24

// wideMargin is a proved lower bound of the root that perron gives, where diagonals
// differ so much that no vector of floating point shows it: Noda's iteration with
// many digits from x, and the bound of Collatz and Wielandt in fractions. -Inf if
// there is none.
func wideMargin(b [][]float64, x []float64) float64 {
	n := len(b)
	num := func(v float64) *big.Float { return new(big.Float).SetPrec(widePrec).SetFloat64(v) }
	fresh := func() *big.Float { return new(big.Float).SetPrec(widePrec) }
	y := make([]*big.Float, n)
	for i, v := range x {
		if !(v > 0) || math.IsInf(v, 0) {
			return math.Inf(-1)
		}
		y[i] = num(v)
	}
	bounds := func(y []*big.Float) (low, high *big.Float) {
		for i := range n {
			sum := fresh()
			for j := range n {
				if b[i][j] != 0 {
					sum.Add(sum, fresh().Mul(num(b[i][j]), y[j]))
				}
			}
			sum.Quo(sum, y[i])
			if low == nil || sum.Cmp(low) < 0 {
				low = sum
			}
			if high == nil || sum.Cmp(high) > 0 {
				high = sum
			}
		}
		return low, high
	}
	low, high := bounds(y)
	for range 60 {
		gap := fresh().Sub(high, low)
		if gap.Sign() <= 0 || low.Sign() != 0 && gap.MantExp(nil) < low.MantExp(nil)-80 {
			break
		}
		next := solveWide(b, low, y)
		if next == nil {
			break
		}
		l, h := bounds(next)
		if l.Cmp(low) <= 0 && fresh().Sub(h, l).Cmp(gap) >= 0 {
			break
		}
		low, high, y = l, h, next
	}
	rats := make([]*big.Rat, n)
	for i := range y {
		rats[i], _ = y[i].Rat(nil)
	}
	var least *big.Rat
	for i := range n {
		sum := new(big.Rat)
		for j := range n {
			if b[i][j] != 0 {
				sum.Add(sum, new(big.Rat).Mul(ratOf(b[i][j]), rats[j]))
			}
		}
		sum.Quo(sum, rats[i])
		if least == nil || sum.Cmp(least) < 0 {
			least = sum
		}
	}
	v := ratFloat(least)
	if math.IsInf(v, 0) {
		return math.Inf(-1)
	}
	if ratOf(v).Cmp(least) > 0 {
		v = math.Nextafter(v, math.Inf(-1))
	}
	return v
}

// solveWide is solveM with many digits.
func solveWide(b [][]float64, shift *big.Float, x []*big.Float) []*big.Float {
	n := len(b)
	fresh := func() *big.Float { return new(big.Float).SetPrec(widePrec) }
	m, y := make([][]*big.Float, n), make([]*big.Float, n)
	for i := range b {
		m[i] = make([]*big.Float, n)
		for j, v := range b[i] {
			m[i][j] = fresh().SetFloat64(v)
		}
		m[i][i].Sub(m[i][i], shift)
		y[i] = fresh().Set(x[i])
	}
	for k := range n {
		if m[k][k].Sign() <= 0 {
			return nil
		}
		for i := k + 1; i < n; i++ {
			if m[i][k].Sign() == 0 {
				continue
			}
			f := fresh().Quo(m[i][k], m[k][k])
			for j := k + 1; j < n; j++ {
				m[i][j].Sub(m[i][j], fresh().Mul(f, m[k][j]))
			}
			y[i].Sub(y[i], fresh().Mul(f, y[k]))
		}
	}
	sum := fresh()
	for i := n - 1; i >= 0; i-- {
		for j := i + 1; j < n; j++ {
			y[i].Sub(y[i], fresh().Mul(m[i][j], y[j]))
		}
		if y[i].Quo(y[i], m[i][i]); y[i].Sign() <= 0 {
			return nil
		}
		sum.Add(sum, y[i])
	}
	for i := range y {
		y[i].Quo(y[i], sum)
	}
	return y
}
