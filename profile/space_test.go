package profile

import (
	"slices"
	"testing"
)

// Numbers and strategies name the same profiles, last player fastest.
func TestNumbersAndStrategies(t *testing.T) {
	for _, s := range []Space{{Shape: []int{2, 3, 4}}, {Shape: []int{1}}, {Shape: []int{3, 1, 2}}, {Single: true, Shape: []int{5}}} {
		before := []int(nil)
		for id := range s.N() {
			p := s.Strategies(id)
			if s.ID(p) != id || before != nil && slices.Compare(before, p) >= 0 {
				t.Errorf("%v: profile %d is %v, whose number is %d", s, id, p, s.ID(p))
			}
			for k, a := range p {
				if s.Strategy(id, k) != a {
					t.Errorf("%v: player %d of profile %d plays %d, not %d", s, k, id, s.Strategy(id, k), a)
				}
				if a+1 < s.Shape[k] {
					q := slices.Clone(p)
					q[k]++
					if s.ID(q) != id+s.Stride(k) {
						t.Errorf("%v: the next strategy of player %d is %d away, not %d", s, k, s.ID(q)-id, s.Stride(k))
					}
				}
			}
			before = p
		}
	}
}

// Edges join profiles that differ in one strategy, each pair once: Σ over
// players of N/n_k lines with n_k(n_k-1)/2 pairs.
func TestEdges(t *testing.T) {
	for _, s := range []Space{{Shape: []int{2, 3, 4}}, {Shape: []int{4}}, {Single: true, Shape: []int{6}}} {
		want := 0
		for _, n := range s.Shape {
			want += s.N() / n * n * (n - 1) / 2
		}
		edges := s.Edges()
		if len(edges) != want {
			t.Errorf("%v: %d edges, want %d", s, len(edges), want)
		}
		for i, e := range edges {
			for k := range s.Shape {
				if differs := s.Strategy(int(e.U), k) != s.Strategy(int(e.V), k); differs != (k == int(e.Mover)) {
					t.Errorf("%v: edge %v", s, e)
				}
			}
			if s.Single && s.Pair(int(e.U), int(e.V)) != i {
				t.Errorf("%v: pair %d, %d is at %d, not %d", s, e.U, e.V, s.Pair(int(e.U), int(e.V)), i)
			}
		}
	}
}

// Marginals sum to what the profiles do.
func TestMarginals(t *testing.T) {
	s := Space{Shape: []int{2, 3}}
	got := s.Marginals([]float64{1, 2, 3, 4, 5, 6})
	if !slices.Equal(got[0], []float64{6, 15}) || !slices.Equal(got[1], []float64{5, 7, 9}) {
		t.Errorf("%v", got)
	}
}
