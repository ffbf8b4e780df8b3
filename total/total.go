// Package total adds up floating-point numbers without rounding, so that the
// order of the terms, and how they were grouped, cannot change a bit of the
// result. It knows nothing of what the numbers mean.
package total

import (
	"math"
	"math/big"
	"math/bits"
)

// Sum is an exact sum of finite numbers, of products of two, or of squares
// times a whole number. The zero value is 0. It is plain data: a copy is a sum
// of its own. Whatever is not finite makes it NaN for good.
//
// The sum is a+b+c+far. Each term goes into a, what rounding loses there into
// b, what is lost there into c (TwoSum, Knuth 1969): sums of small multiples of
// a power of two stay in a, sums of numbers of one magnitude in a, b and c.
// What c loses, and terms beyond the range in which the rounding error of a
// product is a number itself, go to far, which is never changed in place.
type Sum struct {
	a, b, c float64
	far     *big.Int // in units of 2^-unit
}

// unit: the square of the smallest number is 2^-2148.
const unit = 2148

// products between these have rounding errors that are numbers.
const (
	least = 0x1p-968 // 2^-1074 shifted by the 106 bits of a product
	most  = math.MaxFloat64
)

// Of is the sum of the numbers.
func Of(x ...float64) (s Sum) {
	for _, v := range x {
		s.Add(v)
	}
	return s
}

// Units is n times 2^-2148.
func Units(n *big.Int) Sum {
	if n.Sign() == 0 {
		return Sum{}
	}
	return Sum{far: new(big.Int).Set(n)}
}

// Add adds x.
func (s *Sum) Add(x float64) {
	t := s.a + x
	v := t - s.a
	if e := (s.a - (t - v)) + (x - v); e == 0 {
		s.a = t
	} else {
		s.add(t, e, x)
	}
}

// add goes on where a+x is not t but t+e, or not finite.
func (s *Sum) add(t, e, x float64) {
	if t-t != 0 {
		s.spill(x, 1, 1)
		return
	}
	s.a = t
	if s.b, e = two(s.b, e); e == 0 {
		return
	}
	if s.c, e = two(s.c, e); e != 0 {
		s.spill(e, 1, 1)
	}
}

// two is the rounded sum of x and y and what rounding lost.
func two(x, y float64) (sum, lost float64) {
	sum = x + y
	v := sum - x
	return sum, (x - (sum - v)) + (y - v)
}

// AddProduct adds x·y.
func (s *Sum) AddProduct(x, y float64) {
	p := float64(x * y)
	if size := math.Abs(p); size >= least && size <= most || x == 0 || y == 0 {
		s.Add(p)
		if e := math.FMA(x, y, -p); e != 0 {
			s.Add(e)
		}
		return
	}
	s.spill(x, y, 1)
}

// AddSquares adds n·x² for a whole number n.
func (s *Sum) AddSquares(x, n float64) {
	p := float64(x * x)
	if p >= least && p <= most || x == 0 {
		s.AddProduct(p, n)
		if e := math.FMA(x, x, -p); e != 0 {
			s.AddProduct(e, n)
		}
		return
	}
	s.spill(x, x, n)
}

// AddSum adds t.
func (s *Sum) AddSum(t *Sum) {
	s.Add(t.a)
	if t.b != 0 {
		s.Add(t.b)
	}
	if t.c != 0 {
		s.Add(t.c)
	}
	if t.far != nil {
		s.farther(t.far)
	}
}

// AddScaled adds t·y, for a t that is a sum of numbers, not of products.
func (s *Sum) AddScaled(t *Sum, y float64) {
	for _, part := range [...]float64{t.a, t.b, t.c} {
		if part != 0 {
			s.AddProduct(part, y)
		}
	}
	if t.far != nil {
		if y-y != 0 {
			s.a = math.NaN()
			return
		}
		m, e := split(y)
		s.farther(shift(m.Mul(m, t.far), e))
	}
}

// spill adds x·y·n to far.
func (s *Sum) spill(x, y, n float64) {
	if finite := x - x + (y - y) + (n - n); finite != 0 || s.a != s.a {
		s.a = math.NaN()
		return
	}
	m, e := split(x)
	my, ey := split(y)
	mn, en := split(n)
	m.Mul(m, my).Mul(m, mn)
	s.farther(shift(m, e+ey+en+unit))
}

func (s *Sum) farther(n *big.Int) {
	if s.far != nil {
		n = new(big.Int).Add(s.far, n)
	}
	if s.far = n; n.Sign() == 0 {
		s.far = nil
	}
}

// split is x as an odd whole number, or 0, times 2^e.
func split(x float64) (m *big.Int, e int) {
	if x == 0 {
		return new(big.Int), 0
	}
	fraction, e := math.Frexp(x)
	whole := int64(fraction * (1 << 53))
	zeros := bits.TrailingZeros64(uint64(whole))
	return big.NewInt(whole >> zeros), e - 53 + zeros
}

func shift(m *big.Int, e int) *big.Int {
	if e < 0 {
		return m.Rsh(m, uint(-e)) // exact: what is shifted out is 0
	}
	return m.Lsh(m, uint(e))
}

// units is the whole sum in units of 2^-unit.
func (s *Sum) units() *big.Int {
	n := new(big.Int)
	if s.far != nil {
		n.Set(s.far)
	}
	for _, part := range [...]float64{s.a, s.b, s.c} {
		m, e := split(part)
		n.Add(n, shift(m, e+unit))
	}
	return n
}

// Float64 is the sum rounded once, to nearest, ties to even.
func (s *Sum) Float64() float64 { return s.Scaled(0) }

// Double is the sum if it is a double, else ok is false.
func (s *Sum) Double() (x float64, ok bool) {
	return s.a + 0, s.b == 0 && s.c == 0 && s.far == nil
}

// Scaled is the sum times 2^k rounded once. NaN tells that a term was not
// finite.
func (s *Sum) Scaled(k int) float64 {
	if s.b == 0 && s.c == 0 && s.far == nil {
		if k == 0 {
			return s.a + 0 // never -0
		}
	} else if s.a != s.a {
		return s.a
	} else if parts, n := s.apart(); k == 0 && s.far == nil {
		return rounded(parts[:n])
	}
	if s.a-s.a != 0 {
		return math.NaN()
	}
	f := new(big.Float).SetInt(s.units())
	x, _ := f.SetMantExp(f, k-unit).Float64()
	return x
}

// apart is a+b+c as numbers that do not overlap, ascending (Shewchuk 1997).
func (s *Sum) apart() (parts [4]float64, n int) {
	for _, x := range [...]float64{s.a, s.b, s.c} {
		n = grow(&parts, n, x)
	}
	return parts, n
}

// grow adds x to n parts that do not overlap.
func grow(parts *[4]float64, n int, x float64) int {
	kept := 0
	for _, p := range parts[:n] {
		var lost float64
		if x, lost = two(x, p); lost != 0 {
			parts[kept] = lost
			kept++
		}
	}
	if x != 0 {
		parts[kept] = x
		kept++
	}
	return kept
}

// rounded is the rounded sum of parts that do not overlap, ascending.
func rounded(parts []float64) float64 {
	n := len(parts)
	if n == 0 {
		return 0
	}
	sum, lost := parts[n-1], 0.
	for n--; n > 0 && lost == 0; n-- {
		sum, lost = two(sum, parts[n-1])
	}
	// Half-way, the sign of the rest decides.
	if n > 0 && (lost < 0 && parts[n-1] < 0 || lost > 0 && parts[n-1] > 0) {
		if up := sum + 2*lost; up-sum == 2*lost {
			return up
		}
	}
	return sum
}

// Parts writes the sum as numbers, each the rounded rest of what stood before
// it: equal sums have equal parts. It returns none for 0, and n instead, in
// units of 2^-2148, for a sum that numbers do not add up to.
func (s *Sum) Parts() (parts []float64, n *big.Int) {
	if s.a != s.a {
		return []float64{s.a}, nil
	}
	if s.far == nil {
		rest, n := s.apart()
		for n > 0 {
			x := rounded(rest[:n])
			parts = append(parts, x)
			n = grow(&rest, n, -x)
		}
		return parts, nil
	}
	rest := s.units()
	if rest.Sign() == 0 {
		return nil, nil
	}
	if rest.BitLen() > unit+1023 || rest.TrailingZeroBits() < unit-1074 {
		return nil, rest
	}
	for rest.Sign() != 0 {
		f := new(big.Float).SetInt(rest)
		x, _ := f.SetMantExp(f, -unit).Float64()
		parts = append(parts, x)
		m, e := split(x)
		rest.Sub(rest, shift(m, e+unit))
	}
	return parts, nil
}

// Equal reports whether two sums are the same number.
func (s *Sum) Equal(t *Sum) bool {
	if *s == *t {
		return true
	}
	d := *s
	d.AddSum(&Sum{-t.a, -t.b, -t.c, nil})
	if t.far != nil {
		d.farther(new(big.Int).Neg(t.far))
	}
	return d.a == d.a && d.units().Sign() == 0
}
