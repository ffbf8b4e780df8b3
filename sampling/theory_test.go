package sampling_test

import (
	"math"
	"testing"

	"arbiter/games/normal"
	"arbiter/profile"
	"arbiter/ranking"
	"arbiter/sampling"
)

// T* of the worked examples as an independent linear programme over a grid of
// likelihoods had them; and bounds that can be done by hand.
func TestTheory(t *testing.T) {
	kl := .8 * math.Log(9) // kl(0.1, 0.9)
	for _, c := range []struct {
		game      string
		time, off float64
	}{{"example_2x2", 27.45, 1e-3}, {"random_4x4", 1550.5, 1e-3}, {"soccer", 1.000e6, 1e-3}} {
		w := reference(t, c.game)
		th := w.config(sampling.Pair, .1, 0, 0).Theory(ranking.Payoffs{Space: w.space, M: w.means})
		if x := th.Lower / kl; math.Abs(x/c.time-1) > c.off {
			t.Errorf("%s: T* %g, expected %g", c.game, x, c.time)
		}
		t.Logf("%s: %+v", c.game, th)
	}
	// Soccer as one population: 45 numbers against one half, in closed form.
	soccer := normal.Soccer()
	one := world{space: profile.Space{Single: true, Shape: []int{10}}, means: soccer.Payoffs, shared: true}
	if x := one.config(sampling.Pair, .1, 0, 0).Theory(ranking.Payoffs{Space: one.space, M: one.means}).Lower / kl; math.Abs(x/69175-1) > 1e-4 {
		t.Errorf("soccer, one population: T* %g, expected 69175", x)
	}
	// Two profiles of one player, means p and 1-p: by symmetry both are played
	// equally and each play tells d(p, ½).
	w := world{space: profile.Space{Shape: []int{2}}, means: [][]float64{{.3, .7}}}
	th := w.config(sampling.Pair, .1, 0, 0).Theory(ranking.Payoffs{Space: w.space, M: w.means})
	if want := kl / (math.Ln2 + .3*math.Log(.3) + .7*math.Log(.7)); math.Abs(th.Lower/want-1) > 2e-4 {
		t.Errorf("lower bound %g, expected %g", th.Lower, want)
	}
	if want := 2 * math.Log(40) / .16; math.Abs(th.Uniform-want) > 1e-9 {
		t.Errorf("Theorem 3.2: %g plays, expected %g", th.Uniform, want)
	}
	tied := world{space: w.space, means: [][]float64{{.5, .5}}}
	if th := tied.config(sampling.Pair, .1, 0, 0).Theory(ranking.Payoffs{Space: w.space, M: tied.means}); !math.IsInf(th.Lower, 1) || !math.IsInf(th.Uniform, 1) {
		t.Errorf("a tie: %+v, expected infinite bounds", th)
	}
	// Theorem 3.1 is astronomic: 9e98 and 8e11 plays for four profiles of two players.
	square := profile.Space{Shape: []int{2, 2}}
	for _, c := range []struct {
		width, alpha float64
		m            int
		want         float64
	}{{2, 1, 50, math.Log10(9e98)}, {1, .1, 10, math.Log10(8e11)}} {
		if x := sampling.UniformFinite(square, c.width, c.alpha, c.m, .1, .1); math.Abs(x-c.want) > .05 {
			t.Errorf("Theorem 3.1 at alpha %g: 10^%.3f plays, expected 10^%.3f", c.alpha, x, c.want)
		}
	}
}
