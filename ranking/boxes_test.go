package ranking

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"os"
	"testing"

	"arbiter/profile"
)

// heavy is a number of either sign whose size spreads over powers of ten.
func heavy(r *rand.Rand) float64 {
	x := math.Pow(10, 3*r.Float64()-2)
	if r.IntN(2) == 0 {
		return -x
	}
	return x
}

var boxSpaces = []profile.Space{{Shape: []int{2, 2, 2}}, {Shape: []int{3, 3}}, {Shape: []int{2, 4}}, {Single: true, Shape: []int{3}}, {Single: true, Shape: []int{4}}, {Single: true, Shape: []int{5}}}

// The bounds of random boxes are those of all their corners, one by one, in
// numbers that neither underflow nor cancel. Payoffs spread over decades, so
// that times agree in all digits where the difference decides; boxes of the
// limit have ties. ARBITER_LONG=1 tries 6,000 of them, 2 minutes.
func TestBoundsOfBoxes(t *testing.T) {
	boxes, most := 300, 8
	if os.Getenv("ARBITER_LONG") != "" {
		boxes, most = 6000, 12
	}
	r := rand.New(rand.NewPCG(17, 2026))
	lost := 0
	for trial := range boxes {
		s := boxSpaces[trial%len(boxSpaces)]
		edges := s.Edges()
		m := 2 + r.IntN(99)
		alpha := math.Pow(10, 5*r.Float64()-1)
		infinite := trial/len(boxSpaces)%4 == 0
		lo, hi := make([]float64, len(edges)), make([]float64, len(edges))
		g := Graph{s, edges, make([]profile.Direction, len(edges))}
		open := make([]bool, len(edges))
		left := 2 + r.IntN(most-1)
		for _, i := range r.Perm(len(edges)) {
			lo[i] = heavy(r)
			hi[i] = lo[i]
			g.Dir[i] = []profile.Direction{profile.Up, profile.Down, profile.Up, profile.Down, profile.Up, profile.Down, profile.Tie}[r.IntN(7)]
			if left > 0 {
				open[i] = true
				hi[i] += math.Abs(heavy(r))
				left--
			}
		}
		var f family
		var lower, upper []float64
		var err error
		if infinite {
			f, _ = orientations(g, open, 0)
			lower, upper, err = Bounds(g, open, 0)
		} else {
			lower, upper, err = FiniteBounds(s, lo, hi, alpha, m)
			f = finiteFamily(edges, lo, hi, s.N(), alpha, m)
		}
		if err != nil {
			lost++
			t.Errorf("box %d: %v", trial, err)
			continue
		}
		least, largest := corners(f)
		for i := range least {
			if !close(lower[i], least[i]) || !close(upper[i], largest[i]) {
				t.Errorf("box %d %v alpha %g m %d infinite %v, profile %d: bounds [%g, %g], corners [%g, %g]", trial, s, alpha, m, infinite, i, lower[i], upper[i], least[i], largest[i])
			}
		}
	}
	if lost > 0 {
		t.Errorf("%d of %d boxes had no answer", lost, boxes)
	}
}

func close(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(a, b)+1e-290 }

// corners are the least and the largest masses over all ways to orient the
// free edges of a family, each reached from the one before by turning one edge.
func corners(f family) (least, largest []float64) {
	least, largest = make([]float64, f.n), make([]float64, f.n)
	for i := range least {
		least[i] = math.Inf(1)
	}
	rung := f.ladder[len(f.ladder)-1]
	dir := append([]profile.Direction(nil), f.start...)
	for _, i := range f.free {
		dir[i] = profile.Up
	}
	for way := uint(0); ; {
		x, _ := newChain(f.n, f.flows(dir, rung), identity(f.n)).eliminate(nil, nil)
		law := wideLaw(x, f.limit)
		for i, x := range law.Mass {
			least[i], largest[i] = min(least[i], x), max(largest[i], x)
		}
		if way++; way == 1<<len(f.free) {
			return least, largest
		}
		dir[f.free[bits.TrailingZeros(way)]] *= -1
	}
}
