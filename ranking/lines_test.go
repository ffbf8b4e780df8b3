package ranking

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"arbiter/profile"
)

// The sinks by lines are those of the full graph, with ties exact and wide.
func TestSinksByLines(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 1))
	for trial := range 600 {
		s := []profile.Space{{Shape: []int{4, 5}}, {Shape: []int{3, 3, 3}}, {Shape: []int{7}}, {Shape: []int{2, 1, 6}}, {Shape: []int{2, 2, 2, 2}}}[trial%5]
		p := random(r, s)
		if trial%2 == 0 {
			for _, m := range p.M {
				for i := range m {
					m[i] = math.Round(m[i] * 3)
				}
			}
		}
		for _, tie := range []float64{0, .05, .4} {
			if got, want := p.Sinks(tie), Response(p, tie).Sinks(); !slices.EqualFunc(got, want, slices.Equal) {
				t.Fatalf("trial %d %v tie %g: %v, expected %v", trial, s, tie, got, want)
			}
		}
	}
}

func BenchmarkSinksMillion(b *testing.B) {
	p := random(rand.New(rand.NewPCG(1, 1)), profile.Space{Shape: []int{100, 100, 100}})
	for b.Loop() {
		p.Sinks(0)
	}
}
