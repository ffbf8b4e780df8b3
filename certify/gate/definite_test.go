package gate

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"arbiter/certify/certifytest"
)

// ratAt is entry i, j of w.
func (w *Whole) ratAt(i, j int) *big.Rat {
	x := new(big.Rat).SetInt(w.M[i][j])
	two := new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), uint(max(w.Exp, -w.Exp))))
	if w.Exp < 0 {
		two.Inv(two)
	}
	return x.Mul(x, two)
}

// Sums, products, quotients and halves of pairs are within their bounds, also of
// numbers far apart, subnormal ones and results that vanish.
func TestBallsHoldTheNumber(t *testing.T) {
	rng := rand.New(rand.NewPCG(31, 32))
	type known struct {
		b Ball
		x *big.Rat
	}
	draw := func() known {
		v := rng.NormFloat64() * math.Pow(10, 16*rng.Float64()-8)
		switch rng.IntN(12) {
		case 0:
			v = 0
		case 1:
			v = math.Ldexp(rng.NormFloat64(), -1060+rng.IntN(200))
		case 2:
			v = math.Ldexp(rng.NormFloat64(), rng.IntN(300))
		case 3:
			v = float64(rng.IntN(9) - 4)
		}
		return known{Ball{Hi: v}, new(big.Rat).SetFloat64(v)}
	}
	far, said := 0.0, 0
	for range 4000 {
		list := []known{draw(), draw(), draw()}
		for range 8 {
			a, b := list[rng.IntN(len(list))], list[rng.IntN(len(list))]
			var c known
			switch rng.IntN(5) {
			case 0:
				c = known{a.b.Plus(b.b), new(big.Rat).Add(a.x, b.x)}
			case 1:
				c = known{a.b.Plus(b.b.Times(Ball{Hi: -1})), new(big.Rat).Sub(a.x, b.x)}
			case 2:
				c = known{a.b.Times(b.b), new(big.Rat).Mul(a.x, b.x)}
			case 3:
				c = known{a.b.halved(), new(big.Rat).Mul(a.x, big.NewRat(1, 2))}
			default:
				if b.x.Sign() == 0 {
					continue
				}
				c = known{a.b.Over(b.b), new(big.Rat).Quo(a.x, b.x)}
			}
			if s, ok := c.b.Sign(); ok && s != c.x.Sign() {
				t.Fatalf("sign of %+v is %d, of the number %d", c.b, s, c.x.Sign())
			}
			if x := c.b.Hi + c.b.Lo + c.b.Off; math.IsInf(x, 0) || math.IsNaN(x) {
				continue
			}
			said++
			off := new(big.Rat).Sub(c.x, new(big.Rat).SetFloat64(c.b.Hi))
			off.Sub(off, new(big.Rat).SetFloat64(c.b.Lo))
			if off.Abs(off).Cmp(new(big.Rat).SetFloat64(c.b.Off)) > 0 {
				t.Fatalf("%+v is off by %s", c.b, off.FloatString(400))
			}
			if c.b.Off > 0 {
				r, _ := off.Quo(off, new(big.Rat).SetFloat64(c.b.Off)).Float64()
				far = max(far, r)
			}
			if c.x.Denom().BitLen() < 3000 && c.x.Num().BitLen() < 3000 {
				list = append(list, c)
			}
		}
	}
	t.Logf("%d numbers; the largest error is %.3g of its bound", said, far)
	if said < 20000 {
		t.Errorf("only %d numbers said something", said)
	}
}

func (w *Whole) rats() [][]*big.Rat {
	out := make([][]*big.Rat, len(w.M))
	for i := range out {
		for j := range out {
			out[i] = append(out[i], w.ratAt(i, j))
		}
	}
	return out
}

// hardMatrix draws a symmetric matrix as products and sums of float64 near the
// border of definiteness: units 1e-8 to 1e8 of coordinates, conditions up to 1e13,
// the least eigenvalue moved to where rounding of one kind or another hides its sign.
func hardMatrix(rng *rand.Rand, n int) *Matrix {
	rank := n - rng.IntN(2)
	f := make([][]float64, rank)
	for k := range f {
		size := math.Pow(10, -6.5*rng.Float64())
		for range n {
			f[k] = append(f[k], size*rng.NormFloat64())
		}
	}
	unit := make([]float64, n)
	for i := range unit {
		unit[i] = math.Pow(10, 16*rng.Float64()-8)
		for k := range f {
			f[k][i] *= unit[i]
		}
	}
	a := Exactly(f)
	m := a.Transposed().Times(a)
	d := make([][]float64, n)
	for i := range d {
		d[i] = make([]float64, n)
		d[i][i] = unit[i] * unit[i]
	}
	if rng.IntN(4) > 0 { // in units of its own the change is from 1e-40 to 1
		m = m.Minus(math.Pow(10, -40*rng.Float64())*float64(1-2*rng.IntN(2)), Exactly(d))
	}
	return m
}

// What floating point decides of a matrix is what rationals decide, and it does
// decide: wherever it says nothing at 1e-20 of the border or further, that is too slow.
func TestFloatingPointDecidesAsRationalsDo(t *testing.T) {
	rng := rand.New(rand.NewPCG(33, 34))
	trials := 6000
	if testing.Short() {
		trials = 1500
	}
	said, singles, yes := 0, 0, 0
	for trial := range trials {
		n := 2 + rng.IntN(4)
		if trial%50 == 0 {
			n = 9 + rng.IntN(4)
		}
		m := hardMatrix(rng, n)
		w := m.Whole()
		rats, one := w.rats(), Identity(n).Whole().rats()
		zero := new(big.Rat)
		strictly, weakly := certifytest.InRationals(rats, one, zero, true), certifytest.InRationals(rats, one, zero, false)
		s := m.scaledNear()
		if m.Definite() != strictly || m.Semidefinite() != weakly {
			t.Fatalf("trial %d: definite %v, semidefinite %v, expected %v and %v", trial, m.Definite(), m.Semidefinite(), strictly, weakly)
		}
		if s == nil {
			continue
		}
		for k, decide := range []func() (bool, bool){s.single, s.double} {
			is, known := decide()
			if !known {
				continue
			}
			if k == 0 {
				singles++
			} else {
				said++
			}
			if is && !strictly || !is && weakly {
				t.Fatalf("trial %d, method %d: says %v of a matrix that is definite: %v, semidefinite: %v", trial, k, is, strictly, weakly)
			}
			if is {
				yes++
			}
		}
	}
	t.Logf("%d of %d decided in float64, %d in pairs, %d are definite", singles, trials, said, yes)
	if said < trials*3/5 || singles < trials/5 || yes < (said+singles)/5 || yes > (said+singles)*4/5 {
		t.Errorf("%d and %d of %d decided, %d definite: the test has lost its mixture", singles, said, trials, yes)
	}
}

// rats is the matrix of pairs.
func (s *scaledNear) rats() [][]*big.Rat {
	out := make([][]*big.Rat, s.n)
	for i := range out {
		for j := range s.n {
			at := triangle(max(i, j), min(i, j))
			x := new(big.Rat).SetFloat64(s.hi[at])
			out[i] = append(out[i], x.Add(x, new(big.Rat).SetFloat64(s.lo[at])))
		}
	}
	return out
}

// Whatever is done to matrices, their numbers near hold the whole ones.
func TestMatricesAreNearTheirWholeNumbers(t *testing.T) {
	rng := rand.New(rand.NewPCG(37, 38))
	for trial := range 300 {
		n := 1 + rng.IntN(4)
		draw := func() *Matrix {
			m := make([][]float64, n)
			for i := range m {
				for range n {
					x := 0.0
					if rng.IntN(5) > 0 {
						x = rng.NormFloat64() * math.Pow(10, 16*rng.Float64()-8)
					}
					m[i] = append(m[i], x)
				}
			}
			return Exactly(m)
		}
		a, b := draw(), draw()
		w, first := make([]float64, n), make([]int, n+1)
		for i := range w {
			w[i], first[i+1] = math.Pow(10, 8*rng.Float64()-4), i+1
		}
		for step := range 5 {
			x := rng.NormFloat64()
			switch rng.IntN(8) {
			case 0, 1, 2:
				a, b = a.Times(b), draw()
			case 3:
				a = a.Plus(b)
			case 4:
				a, b = a.Minus(x, b), b.Transposed()
			case 5:
				b = b.Scaled(w, first)
			case 6:
				a, b = b.Symmetric(), a
			case 7:
				a = a.ByNumber(b.Part(0, 1, n-1, n))
			}
			p := Pencil(x, a, b, -x, b)
			for k, m := range []*Matrix{a, b, p, OfWhole(a.Whole())} {
				for i := range m.Rows {
					for j := range m.columns {
						y := m.At(i, j)
						off := m.Whole().ratAt(i, j)
						if sign, known := y.Sign(); known && sign != off.Sign() {
							t.Fatalf("trial %d, step %d, matrix %d: %+v has sign %d", trial, step, k, y, off.Sign())
						}
						off.Sub(off, new(big.Rat).SetFloat64(y.Hi)).Sub(off, new(big.Rat).SetFloat64(y.Lo))
						if off.Abs(off).Cmp(new(big.Rat).SetFloat64(y.Off)) > 0 {
							t.Fatalf("trial %d, step %d, matrix %d: %+v is off by %s", trial, step, k, y, off.FloatString(60))
						}
					}
				}
			}
		}
	}
}

// Matrices that are singular, or off by one unit of what the bound of rounding is
// made of, are called neither definite nor indefinite: the bound is looked at, not
// only results that chance makes right.
func TestBoundsOfRoundingAreKept(t *testing.T) {
	rng := rand.New(rand.NewPCG(35, 36))
	for range 2000 {
		n := 2 + rng.IntN(9)
		f := make([][]float64, n-1)
		for k := range f {
			for range n {
				f[k] = append(f[k], rng.NormFloat64())
			}
		}
		a := Exactly(f)
		m := a.Transposed().Times(a) // of rank n-1 at most
		s := m.scaledNear()
		if s == nil {
			t.Fatal("the diagonal is not known to be positive")
		}
		if is, known := s.single(); known {
			t.Fatalf("float64 says %v of a singular matrix", is)
		}
		if is, known := s.double(); known {
			t.Fatalf("pairs say %v of a singular matrix", is)
		}
		if !m.Semidefinite() || m.Definite() {
			t.Fatal("a singular Gram matrix is semidefinite and not definite")
		}
		// The matrix of the pairs is another one, as near to singular as pairs can be:
		// what is said of it is true.
		s.off, s.radius = make([]float64, len(s.hi)), make([]float64, n)
		for k, decide := range []func() (bool, bool){s.single, s.double} {
			is, known := decide()
			if !known {
				continue
			}
			if definite := certifytest.InRationals(s.rats(), Identity(n).Whole().rats(), new(big.Rat), true); is != definite {
				t.Fatalf("method %d says %v of a matrix that is definite: %v", k, is, definite)
			}
		}
		// Entries known badly decide nothing that a matrix within them denies.
		for i := range n {
			m.near[i*n+i].Hi += 1e-3
			m.near[i*n+i].Off += 1.1e-3
		}
		if s = m.scaledNear(); s != nil {
			if is, known := s.single(); known && is {
				t.Fatal("float64 says definite though errors hide it")
			}
			if is, known := s.double(); known && is {
				t.Fatal("pairs say definite though errors hide it")
			}
		}
	}
}
