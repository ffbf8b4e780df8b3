package sampling

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"gonum.org/v1/gonum/mathext"
)

func TestReferenceIntervals(t *testing.T) {
	b, err := os.ReadFile("../testdata/sampling.json")
	if err != nil {
		t.Fatal(err)
	}
	type value struct {
		N, Successes, Delta float64
		Hoeffding, Interval [2]float64
	}
	var f struct {
		Hoeffding, Mixture []value
		ClopperPearson     []value `json:"clopper_pearson"`
	}
	if err := json.Unmarshal(b, &f); err != nil || len(f.Hoeffding) < 50 || len(f.Mixture) < 20 || len(f.ClopperPearson) < 50 {
		t.Fatal(err, len(f.Hoeffding), len(f.Mixture))
	}
	for _, v := range f.Hoeffding {
		in := HoeffdingInterval(v.N, v.Successes, v.Delta)
		if math.Abs(in.Lo-v.Hoeffding[0]) > 1e-10 || math.Abs(in.Hi-v.Hoeffding[1]) > 1e-10 {
			t.Errorf("%+v: %v", v, in)
		}
	}
	for _, v := range f.ClopperPearson {
		in := ClopperPearsonInterval(v.N, v.Successes, v.Delta)
		if math.Abs(in.Lo-v.Interval[0]) > 1e-10 || math.Abs(in.Hi-v.Interval[1]) > 1e-10 {
			t.Errorf("%+v: %v", v, in)
		}
	}
	for _, v := range f.Mixture {
		in := MixtureInterval(v.N, v.Successes, v.Delta)
		if math.Abs(in.Lo-v.Interval[0]) > 1e-9 || math.Abs(in.Hi-v.Interval[1]) > 1e-9 {
			t.Errorf("%+v: %v", v, in)
		}
	}
}

// newWager returns accounts of capital 1.
func newWager() *wager {
	w := &wager{}
	w.up.pay(1)
	w.down.pay(1)
	return w
}

// One block has expectation at most 1 under every null, for every bet and
// centre: the claim the guarantee of the pair test rests on.
func TestBlockIsAnEVariable(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		u, v, m := r.Float64(), r.Float64(), .001+.998*r.Float64()
		if r.IntN(4) == 0 {
			v = u // a tie
		}
		up, down := 0.0, 0.0
		for x := range 2 {
			for y := range 2 {
				p := math.Abs(float64(1-x)-u) * math.Abs(float64(1-y)-v)
				w := newWager()
				w.blocks(1, float64(x), float64(y), m)
				up, down = up+p*w.up.total(), down+p*w.down.total()
			}
		}
		if v <= u && up > 1+1e-12 || u <= v && down > 1+1e-12 {
			t.Fatalf("means %g and %g, centre %g: expectations %g (up) and %g (down)", u, v, m, up, down)
		}
	}
}

// Outcomes folded one at a time and all at once are the same evidence.
func TestFoldsAgree(t *testing.T) {
	one, all := newWager(), newWager()
	for i := range 30 {
		x, y := float64(i%2), float64(min(1, i%5))
		one.blocks(1, x, y, .6)
		one.signs(x, 1-x)
		one.sums(y/2, y*y/4)
	}
	all.blocks(30, 15, 24, .6)
	all.signs(15, 15)
	all.sums(12, 6)
	if math.Abs(one.up.total()/all.up.total()-1) > 1e-12 || math.Abs(one.down.total()/all.down.total()-1) > 1e-12 {
		t.Errorf("one at a time %g %g, at once %g %g", one.up.total(), one.down.total(), all.up.total(), all.down.total())
	}
}

// The exponential terms behind the Bernstein tests: exp(bz-ψ(b)z²) ≤ 1+bz.
func TestFanInequality(t *testing.T) {
	for _, b := range fractions {
		for z := -1.0; z <= 1; z += 1. / 512 {
			if l := b*z + z*z*(b+math.Log1p(-b)); l > math.Log1p(b*z)+1e-12 {
				t.Fatalf("bet %g, z %g: %g > %g", b, z, l, math.Log1p(b*z))
			}
		}
	}
}

// A Clopper-Pearson end is where the tail has its probability, also in tails
// far beyond what a union bound asks for.
func TestClopperPearsonTails(t *testing.T) {
	for _, n := range []float64{1, 2, 7, 100, 12_345, 1e6} {
		for _, x := range []float64{1, 2, math.Floor(n / 3), math.Floor(n / 2), n - 1, n} {
			for _, level := range []float64{.5, .1, 1e-3, 1e-8, 1e-30, 1e-200} {
				if x < 1 || x > n {
					continue
				}
				lo := ClopperPearsonInterval(n, x, level).Lo
				tail := mathext.RegIncBeta(x, n-x+1, lo)
				if math.Abs(math.Log(tail)-math.Log(level/2)) > 1e-7*math.Max(1, -math.Log(level)) {
					t.Errorf("n %g, x %g, level %g: lower end %g has tail %g", n, x, level, lo, tail)
				}
				if hi := ClopperPearsonInterval(n, n-x, level).Hi; math.Abs(hi-(1-lo)) > 1e-12 {
					t.Errorf("n %g, x %g, level %g: the mirror image of %g is %g", n, x, level, lo, hi)
				}
			}
		}
	}
}

// The time-uniform intervals hold at 100 looks at once, up to 600 values. The seeds are fixed;
// each line raises a false alarm at most once in a hundred choices of them.
func TestIntervalsCover(t *testing.T) {
	laws := map[string]func(*rand.Rand) float64{
		"½":     func(r *rand.Rand) float64 { return float64(r.IntN(2)) },
		"0.1":   func(r *rand.Rand) float64 { return math.Floor(r.Float64() + .1) },
		"0.01":  func(r *rand.Rand) float64 { return math.Floor(r.Float64() + .01) },
		"draws": func(r *rand.Rand) float64 { return float64(r.IntN(3)) / 2 },
		"even":  func(r *rand.Rand) float64 { return r.Float64() },
	}
	means := map[string]float64{"½": .5, "0.1": .1, "0.01": .01, "draws": .5, "even": .5}
	runs := 200
	if testing.Short() {
		runs = 20
	}
	limit := float64(runs)*.1 + 2.33*math.Sqrt(float64(runs)*.09)
	for name, law := range laws {
		missed := map[string]int{}
		width := map[string]float64{}
		for seed := range uint64(runs) {
			r := rand.New(rand.NewPCG(seed, 5))
			n, x, xx := 0., 0., 0.
			binary := name != "draws" && name != "even"
			h := Histogram{Lo: 0, Hi: 1}
			miss := map[string]bool{}
			for look := 1; look <= 100; look++ {
				for range 1 + look/10 {
					v := law(r)
					n, x, xx = n+1, x+v, xx+v*v
					h.Observe(v, 1)
				}
				ins := map[string]Interval{"bernstein": BernsteinInterval(n, x, xx, .1), "betting": BettingInterval(h.Weights(), .1)}
				if binary {
					ins["mixture"] = MixtureInterval(n, x, .1)
				}
				for k, in := range ins {
					miss[k] = miss[k] || !(in.Lo <= means[name] && means[name] <= in.Hi)
					width[k] = in.Hi - in.Lo
				}
			}
			for k, m := range miss {
				if m {
					missed[k]++
				}
			}
		}
		for k, w := range width {
			if float64(missed[k]) > limit {
				t.Errorf("%s, %s: %d of %d runs missed", name, k, missed[k], runs)
			}
			t.Logf("%s, %s: %d of %d runs missed, last width %.4f", name, k, missed[k], runs, w)
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
