package confidence_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"arbiter/sampling"
	"arbiter/sampling/confidence"
)

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
			h := sampling.Histogram{Lo: 0, Hi: 1}
			miss := map[string]bool{}
			for look := 1; look <= 100; look++ {
				for range 1 + look/10 {
					v := law(r)
					n, x, xx = n+1, x+v, xx+v*v
					h.Observe(v, 1)
				}
				ins := map[string]confidence.Interval{"bernstein": confidence.Bernstein(n, x, xx, .1), "betting": confidence.Betting(h.Weights(), .1)}
				if binary {
					ins["mixture"] = confidence.Mixture(n, x, .1)
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
