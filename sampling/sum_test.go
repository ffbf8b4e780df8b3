package sampling

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"arbiter/profile"
)

// However plays are grouped and ordered, counted or added, their sum is the
// same to the last bit: payoffs of a few values, of many, and of all sizes.
func TestSumsDoNotDependOnGrouping(t *testing.T) {
	laws := map[string]func(*rand.Rand) float64{
		"quarters": func(r *rand.Rand) float64 { return float64(r.IntN(9)-4) / 4 },
		"decimals": func(r *rand.Rand) float64 { return float64(r.IntN(40)) / 10 },
		"even":     func(r *rand.Rand) float64 { return r.Float64() },
		"tiny":     func(r *rand.Rand) float64 { return r.NormFloat64() * 1e-300 },
		"huge":     func(r *rand.Rand) float64 { return r.NormFloat64() * 1e300 },
		"mixed":    func(r *rand.Rand) float64 { return math.Ldexp(r.NormFloat64(), r.IntN(1200)-600) },
	}
	for name, law := range laws {
		for _, players := range []int{1, 2, 3} {
			for _, bound := range []string{Bernstein, Betting} {
				cfg := Config{Space: profile.Space{Shape: slices.Repeat([]int{2}, players), Single: players == 2}, Lo: make([]float64, players), Hi: slices.Repeat([]float64{4}, players), Bound: bound}
				r := rand.New(rand.NewPCG(3, uint64(players)))
				plays := make([][]float64, 300)
				for i := range plays {
					for range players {
						plays[i] = append(plays[i], law(r))
					}
				}
				add := func(groups int) Sum {
					whole, count := cfg.NewSum(), cfg.NewCounter()
					for at := 0; at < len(plays); {
						n := min(len(plays)-at, 1+r.IntN(2*len(plays)/groups))
						part := cfg.NewSum()
						count.Into(&part)
						for _, x := range plays[at : at+n] {
							count.Count(x...)
						}
						count.Flush()
						whole.Add(part)
						at += n
					}
					return whole
				}
				want := add(1)
				for _, groups := range []int{1, 3, 300} {
					r.Shuffle(len(plays), func(i, j int) { plays[i], plays[j] = plays[j], plays[i] })
					if got := add(groups); got.N != 300 || !got.Equal(&want) {
						t.Errorf("%s, %d players, bound %s: %d groups of %d plays have another sum", name, players, bound, groups, got.N)
					}
				}
			}
		}
	}
}

// The moments of payoffs far from 0, or of any size, are those of the payoffs
// themselves: here wins and losses around a base, whose squares a double cannot
// tell apart.
func TestMomentsOfAnyRange(t *testing.T) {
	for _, c := range []struct{ lo, w float64 }{{0, 1}, {1e9, 1}, {-1e15, 2}, {1, 1e-9}, {0, 1e200}, {-1e200, 2e200}, {0, 1e-200}, {0, 5e-324}, {-8e307, 1.6e308}} {
		cfg := Config{Space: profile.Space{Shape: []int{2, 2}, Single: true}, Lo: []float64{c.lo, c.lo}, Hi: []float64{c.lo + c.w, c.lo + c.w}}
		w := cfg.Hi[0] - c.lo
		sum, count := cfg.NewSum(), cfg.NewCounter()
		count.Into(&sum)
		for i := range 1000 {
			x := c.lo
			if i%4 == 0 {
				x += w
			}
			count.Pair(x, c.lo)
		}
		count.Flush()
		if got := sum.number(0).scaled(c.lo, w); got.N != 1000 || math.Abs(got.X-250) > 1e-12 || math.Abs(got.XX-250) > 1e-12 {
			t.Errorf("lo %g, width %g: scaled %+v, expected 250 and 250 of 1000", c.lo, c.w, got)
		}
		want := w * math.Sqrt(.25*.75)
		if got := sum.number(0).deviation(w); !(math.Abs(got-want) <= 1e-12*want+5e-324) {
			t.Errorf("lo %g, width %g: deviation %g, expected %g", c.lo, c.w, got, want)
		}
	}
}

// Payoffs that are no numbers are not lost among others.
func TestSumsTellWhatIsNotFinite(t *testing.T) {
	for _, bad := range []float64{math.NaN(), math.Inf(1)} {
		cfg := Config{Space: profile.Space{Shape: []int{2, 2}, Single: true}, Lo: []float64{0, 0}, Hi: []float64{1, 1}}
		sum, count := cfg.NewSum(), cfg.NewCounter()
		count.Into(&sum)
		for i := range 100 {
			count.Pair(1, 0)
			if i == 50 {
				count.Pair(0, bad)
			}
		}
		count.Flush()
		if sum.N != 101 || sum.Finite() {
			t.Errorf("%d plays with %g among them: Finite says %v", sum.N, bad, sum.Finite())
		}
	}
}

// Payoffs between two points of a histogram keep their mean and cost only width.
func TestHistogram(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 1))
	coarse := Histogram{Lo: -3, Hi: 5}
	sum := 0.0
	for range 500 {
		x := -3 + 8*r.Float64()
		sum += x
		coarse.Observe(x, 1)
	}
	mean, n := 0.0, 0.0
	for i, w := range coarse.Weights() {
		mean += w * (-3 + 8*float64(i)/Bins)
		n += w
	}
	if math.Abs(mean-sum) > 1e-9 || math.Abs(n-500) > 1e-9 {
		t.Errorf("sum %g of %g values, expected %g of 500", mean, n, sum)
	}
}
