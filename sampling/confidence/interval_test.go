package confidence

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"gonum.org/v1/gonum/mathext"
)

func TestReferenceIntervals(t *testing.T) {
	b, err := os.ReadFile("../../testdata/sampling.json")
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
		in := Hoeffding(v.N, v.Successes, v.Delta)
		if math.Abs(in.Lo-v.Hoeffding[0]) > 1e-10 || math.Abs(in.Hi-v.Hoeffding[1]) > 1e-10 {
			t.Errorf("%+v: %v", v, in)
		}
	}
	for _, v := range f.ClopperPearson {
		in := ClopperPearson(v.N, v.Successes, v.Delta)
		if math.Abs(in.Lo-v.Interval[0]) > 1e-10 || math.Abs(in.Hi-v.Interval[1]) > 1e-10 {
			t.Errorf("%+v: %v", v, in)
		}
	}
	for _, v := range f.Mixture {
		in := Mixture(v.N, v.Successes, v.Delta)
		if math.Abs(in.Lo-v.Interval[0]) > 1e-9 || math.Abs(in.Hi-v.Interval[1]) > 1e-9 {
			t.Errorf("%+v: %v", v, in)
		}
	}
}

// newWager returns accounts of capital 1.
func newWager() *Wager {
	w := &Wager{}
	w.Up.Pay(1)
	w.Down.Pay(1)
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
				w.Blocks(1, float64(x), float64(y), m)
				up, down = up+p*w.Up.Total(), down+p*w.Down.Total()
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
		one.Blocks(1, x, y, .6)
		one.Signs(x, 1-x)
		one.Sums(y/2, y*y/4)
	}
	all.Blocks(30, 15, 24, .6)
	all.Signs(15, 15)
	all.Sums(12, 6)
	if math.Abs(one.Up.Total()/all.Up.Total()-1) > 1e-12 || math.Abs(one.Down.Total()/all.Down.Total()-1) > 1e-12 {
		t.Errorf("one at a time %g %g, at once %g %g", one.Up.Total(), one.Down.Total(), all.Up.Total(), all.Down.Total())
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
				lo := ClopperPearson(n, x, level).Lo
				tail := mathext.RegIncBeta(x, n-x+1, lo)
				if math.Abs(math.Log(tail)-math.Log(level/2)) > 1e-7*math.Max(1, -math.Log(level)) {
					t.Errorf("n %g, x %g, level %g: lower end %g has tail %g", n, x, level, lo, tail)
				}
				if hi := ClopperPearson(n, n-x, level).Hi; math.Abs(hi-(1-lo)) > 1e-12 {
					t.Errorf("n %g, x %g, level %g: the mirror image of %g is %g", n, x, level, lo, hi)
				}
			}
		}
	}
}
