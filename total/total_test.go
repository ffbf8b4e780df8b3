package total

import (
	"encoding/binary"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
)

// magnitudes are the ranges numbers are drawn from, as powers of two.
var magnitudes = [][2]int{{0, 0}, {-1, 1}, {-30, 30}, {-300, 300}, {-997, 996}, {-1074, -1000}, {900, 1023}, {-1074, 1023}}

func draw(r *rand.Rand, within [2]int) float64 {
	x := r.Float64() + .5
	if r.IntN(3) == 0 {
		x = math.Trunc(x*8) / 8
	}
	if r.IntN(2) == 0 {
		x = -x
	}
	return math.Ldexp(x, within[0]+r.IntN(within[1]-within[0]+1)-1)
}

func rat(x float64) *big.Rat { return new(big.Rat).SetFloat64(x) }

// nearest is a rational rounded once.
func nearest(x *big.Rat) float64 { f, _ := x.Float64(); return f }

func same(t *testing.T, what string, s *Sum, want *big.Rat) {
	t.Helper()
	if got := s.Float64(); got != nearest(want) {
		t.Fatalf("%s: sum %g, expected %g", what, got, nearest(want))
	}
	sum := new(big.Rat)
	parts, n := s.Parts()
	for _, p := range parts {
		sum.Add(sum, rat(p))
	}
	if n != nil {
		sum.SetFrac(n, new(big.Int).Lsh(big.NewInt(1), unit))
	}
	if sum.Cmp(want) != 0 {
		t.Fatalf("%s: parts %v and %v do not add up to the sum", what, parts, n)
	}
}

// Sums, sums of products and of squares are those of rational arithmetic, at
// every magnitude, and no order and no grouping changes them.
func TestExact(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	trials := 400
	if testing.Short() {
		trials = 60
	}
	for _, within := range magnitudes {
		for range trials {
			n := 1 + r.IntN(40)
			x := make([]float64, n)
			count := make([]float64, n)
			for i := range x {
				x[i], count[i] = draw(r, within), float64(1+r.IntN(1<<r.IntN(40)))
				if i > 0 && r.IntN(4) == 0 {
					x[i] = -x[r.IntN(i)] // cancels
				}
			}
			build := func(order []int) (plain, times, squares Sum) {
				for _, i := range order {
					plain.Add(x[i])
					times.AddProduct(x[i], count[i])
					squares.AddSquares(x[i], count[i])
				}
				return
			}
			plain, times, squares := new(big.Rat), new(big.Rat), new(big.Rat)
			for i, v := range x {
				plain.Add(plain, rat(v))
				p := new(big.Rat).Mul(rat(v), rat(count[i]))
				times.Add(times, p)
				squares.Add(squares, p.Mul(p, rat(v)))
			}
			a, b, c := build(r.Perm(n))
			same(t, "plain", &a, plain)
			same(t, "products", &b, times)
			same(t, "squares", &c, squares)
			// Grouped, and in another order.
			order, cut := r.Perm(n), r.IntN(n+1)
			a1, b1, c1 := build(order[:cut])
			a2, b2, c2 := build(order[cut:])
			for i, s := range [][3]*Sum{{&a, &a1, &a2}, {&b, &b1, &b2}, {&c, &c1, &c2}} {
				s[1].AddSum(s[2])
				p, far := s[0].Parts()
				q, other := s[1].Parts()
				if !slices.Equal(p, q) || (far == nil) != (other == nil) || far != nil && far.Cmp(other) != 0 || !s[0].Equal(s[1]) {
					t.Fatalf("sum %d of %v, grouped: %v, expected %v", i, x, q, p)
				}
			}
			// Written and read again.
			parts, far := c.Parts()
			again := Of(parts...)
			if far != nil {
				again = Units(far)
			}
			if again.Add(0); !again.Equal(&c) {
				t.Fatalf("%v written and read again is another sum", parts)
			}
			if again.Add(x[0]); x[0] != 0 && again.Equal(&c) {
				t.Fatal("different sums are called equal")
			}
			// Σ(x-y)·1 and scales.
			y := draw(r, within)
			var shifted Sum
			shifted.AddScaled(&a, y)
			same(t, "scaled", &shifted, new(big.Rat).Mul(plain, rat(y)))
			k := r.IntN(200) - 100
			power := new(big.Rat).SetFrac(new(big.Int).Lsh(big.NewInt(1), uint(100+k)), new(big.Int).Lsh(big.NewInt(1), 100))
			if got, want := b.Scaled(k), nearest(power.Mul(power, times)); got != want {
				t.Fatalf("times 2^%d: %g, expected %g", k, got, want)
			}
		}
	}
}

// What is not finite is never forgotten.
func TestNotFinite(t *testing.T) {
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		for _, s := range []Sum{Of(bad), Of(1, bad), Of(.1, .2, 1e300, bad), Of(bad, 1), Of(math.MaxFloat64, math.MaxFloat64, bad)} {
			s.Add(3)
			s.AddSquares(2, 3)
			if x := s.Float64(); x == x {
				t.Errorf("%g and others sum to %g", bad, x)
			}
		}
		var s Sum
		s.AddProduct(bad, 0)
		s.AddSquares(bad, 1)
		if x := s.Float64(); x == x {
			t.Errorf("0·%g and its square sum to %g", bad, x)
		}
	}
}

// Copies are sums of their own, also where they have left the range of numbers.
func TestCopies(t *testing.T) {
	a := Of(math.MaxFloat64, math.MaxFloat64, .1)
	b := a
	b.Add(-math.MaxFloat64)
	b.Add(-math.MaxFloat64)
	if x, y := a.Float64(), b.Float64(); !math.IsInf(x, 1) || y != .1 {
		t.Errorf("a sum and a changed copy are %g and %g, expected +Inf and 0.1", x, y)
	}
}

// Small multiples of a quarter, the payoffs of most games, stay in one number
// and cost no memory; so do decimal fractions.
func TestNoMemory(t *testing.T) {
	for _, x := range []float64{.25, .1, 1. / 3} {
		var s Sum
		if n := testing.AllocsPerRun(100, func() {
			for i := range 1000 {
				s.AddProduct(x, float64(i))
				s.AddSquares(x, float64(i))
			}
		}); n != 0 {
			t.Errorf("sums of %g allocate %g times", x, n)
		}
	}
}

func FuzzSum(f *testing.F) {
	for _, seed := range [][]float64{{1, 2}, {.1, .2, -.3}, {1e300, -1e-300, 5e-324}, {math.MaxFloat64, math.MaxFloat64}, {math.NaN()}} {
		var b []byte
		for _, x := range seed {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var forth, back Sum
		want, squares := new(big.Rat), new(big.Rat)
		var x []float64
		for ; len(b) >= 8; b = b[8:] {
			v := math.Float64frombits(binary.LittleEndian.Uint64(b))
			if v-v != 0 {
				return
			}
			x = append(x, v)
			want.Add(want, rat(v))
			squares.Add(squares, new(big.Rat).Mul(rat(v), rat(v)))
		}
		var sq Sum
		for i := range x {
			forth.Add(x[i])
			back.Add(x[len(x)-1-i])
			sq.AddSquares(x[i], 1)
		}
		same(t, "forth", &forth, want)
		same(t, "back", &back, want)
		same(t, "squares", &sq, squares)
	})
}

func BenchmarkAdd(b *testing.B) {
	for _, c := range []struct {
		name string
		x    float64
	}{{"quarters", .25}, {"decimals", .1}} {
		b.Run(c.name, func(b *testing.B) {
			var s Sum
			for b.Loop() {
				s.Add(c.x)
			}
		})
	}
}
