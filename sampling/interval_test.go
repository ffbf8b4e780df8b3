package sampling

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"testing"
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
	var f struct{ Hoeffding, Mixture []value }
	if err := json.Unmarshal(b, &f); err != nil || len(f.Hoeffding) < 50 || len(f.Mixture) < 20 {
		t.Fatal(err, len(f.Hoeffding), len(f.Mixture))
	}
	for _, v := range f.Hoeffding {
		in := HoeffdingInterval(v.N, v.Successes, v.Delta)
		if math.Abs(in.Lo-v.Hoeffding[0]) > 1e-10 || math.Abs(in.Hi-v.Hoeffding[1]) > 1e-10 {
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
				d := newDuel()
				d.fold(1, float64(x), float64(y), m)
				a, b := d.evidence()
				up, down = up+p*a, down+p*b
			}
		}
		if v <= u && up > 1+1e-12 || u <= v && down > 1+1e-12 {
			t.Fatalf("means %g and %g, centre %g: expectations %g (up) and %g (down)", u, v, m, up, down)
		}
	}
}

// Blocks folded one at a time and all at once are the same evidence.
func TestFoldsAgree(t *testing.T) {
	one, all := newDuel(), newDuel()
	for i := range 30 {
		one.fold(1, float64(i%2), float64(min(1, i%5)), .6)
	}
	all.fold(30, 15, 24, .6)
	a, b := one.evidence()
	c, d := all.evidence()
	if math.Abs(a/c-1) > 1e-12 || math.Abs(b/d-1) > 1e-12 {
		t.Errorf("one at a time %g %g, at once %g %g", a, b, c, d)
	}
}

// The exponential terms behind the Bernstein tests: exp(bz-ψ(b)z²) ≤ 1+bz.
func TestFanInequality(t *testing.T) {
	for _, b := range bets {
		for z := -1.0; z <= 1; z += 1. / 512 {
			if l := b*z + z*z*(b+math.Log1p(-b)); l > math.Log1p(b*z)+1e-12 {
				t.Fatalf("bet %g, z %g: %g > %g", b, z, l, math.Log1p(b*z))
			}
		}
	}
}

// The cheap bounds are above the evidence they stand for.
func TestBestIsAnUpperBound(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 2000 {
		w, l := float64(r.IntN(300)), float64(r.IntN(300))
		if w+l > 0 && w >= l && signEvidence(w, l) > signBest(w, l)+1e-9 {
			t.Fatalf("%g wins, %g losses: %g > %g", w, l, signEvidence(w, l), signBest(w, l))
		}
		s, v := 100*r.Float64(), 300*r.Float64()
		if sumEvidence(s, v) > sumBest(s, v)+1e-9 {
			t.Fatalf("sum %g, squares %g: %g > %g", s, v, sumEvidence(s, v), sumBest(s, v))
		}
	}
}

// Empirical Bernstein covers at all looks at once: 1000 runs of 1000 looks at
// level 0.1 may miss the mean 124 times (binomial, one false alarm in a hundred).
func TestPlugInCovers(t *testing.T) {
	for _, mean := range []float64{.5, .1, .01} {
		missed := 0
		for seed := range uint64(1000) {
			r := rand.New(rand.NewPCG(seed, 4))
			var p plugIn
			for range 1000 {
				x := 0.0
				if r.Float64() < mean {
					x = 1
				}
				p.observe(Sum1{1, x, x}, .1, func(n float64) float64 { return n + 1 })
				if in := p.interval(.1); mean < in.Lo || mean > in.Hi {
					missed++
					break
				}
			}
		}
		if missed > 124 {
			t.Errorf("mean %g: missed in %d of 1000 runs", mean, missed)
		}
	}
}

// Values may arrive in any portions: the batches are the same.
func TestPlugInBatches(t *testing.T) {
	grid := func(n float64) float64 { return n + max(1, math.Floor(n/4)) }
	var one, some plugIn
	r := rand.New(rand.NewPCG(9, 9))
	for range 200 {
		portion := Sum1{}
		for range 1 + r.IntN(3) {
			x := float64(r.IntN(3)) / 2
			one.observe(Sum1{1, x, x * x}, .1, grid)
			portion.add(Sum1{1, x, x * x})
		}
		if next := grid(some.n); some.n+some.pending.N+portion.N <= next {
			some.observe(portion, .1, grid)
			continue
		}
		some = one // a portion never spans two batches in a run
	}
	if a, b := one.interval(.1), some.interval(.1); math.Abs(a.Lo-b.Lo) > 1e-12 || math.Abs(a.Hi-b.Hi) > 1e-12 || one.n < 100 {
		t.Errorf("%v and %v after %g values", a, b, one.n)
	}
}
