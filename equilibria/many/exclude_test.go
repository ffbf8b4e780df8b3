package many

import (
	"context"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"arbiter/equilibria/exact"
)

func randomNormal(r *rand.Rand, shape ...int) *exact.Normal {
	n := &exact.Normal{Shape: shape}
	cells := 1
	for _, m := range shape {
		cells *= m
	}
	for range shape {
		var list []*big.Rat
		for range cells {
			list = append(list, big.NewRat(int64(r.IntN(2001)-1000), 1000))
		}
		n.Payoffs = append(n.Payoffs, list)
	}
	return n
}

// The search for many players agrees with the exact enumeration of two.
func TestExclusionAgainstExtreme(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	ctx := context.Background()
	for trial := range 60 {
		n := randomNormal(r, 2+r.IntN(3), 2+r.IntN(3))
		b, err := exact.NewBimatrix(n)
		if err != nil {
			t.Fatal(err)
		}
		want, err := b.Extreme(ctx)
		if err != nil {
			t.Fatal(err)
		}
		m, err := manyChoose(ctx, n, tableOf(n), Limits{Boxes: 100_000, Starts: 4})
		if err != nil {
			t.Fatal(err)
		}
		if m.Complete == want.Degenerate || len(m.Equilibria) != len(want.Equilibria) && !want.Degenerate {
			t.Errorf("trial %d: complete %t, %d equilibria; degenerate %t, %d", trial, m.Complete, len(m.Equilibria), want.Degenerate, len(want.Equilibria))
			continue
		}
		for _, p := range want.Equilibria {
			f, near := p.Float(), math.Inf(1)
			for _, q := range m.Equilibria {
				near = min(near, apart(q.Profile, f[:]))
			}
			if near > 1e-11 {
				t.Errorf("trial %d: %v was not found, the nearest is off by %g", trial, p, near)
			}
		}
	}
}

// Bounds over boxes lie below what mixtures in them give, and are attained where
// only one player mixes.
func TestLeastIsALowerBound(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for trial := range 200 {
		g := tableOf(randomNormal(r, 3, 2, 4))
		e := newExclusion(g, [][]int{{0, 1, 2}, {0, 1}, {0, 2, 3}})
		x := make([]float64, e.total)
		lo, hi := make([]float64, e.total), make([]float64, e.total)
		for k, s := range e.support {
			sum := 0.0
			for j := e.first[k]; j < e.first[k]+len(s); j++ {
				x[j] = r.ExpFloat64()
				sum += x[j]
			}
			for j := e.first[k]; j < e.first[k]+len(s); j++ {
				x[j] /= sum
				lo[j], hi[j] = x[j]*r.Float64(), x[j]+(1-x[j])*r.Float64()
			}
		}
		for i := range g.shape {
			at := 0.0 // from the definition
			var visit func(k, cell int, w float64)
			visit = func(k, cell int, w float64) {
				switch {
				case k == e.players:
					at += w * g.u[i][cell]
				case k == i:
					visit(k+1, cell*g.shape[k]+1, w)
					w = -w
					visit(k+1, cell*g.shape[k], w)
				default:
					for j, s := range e.support[k] {
						visit(k+1, cell*g.shape[k]+s, w*x[e.first[k]+j])
					}
				}
			}
			visit(0, 0, 1)
			if low := e.least(i, 1, 0, lo, hi); low > at+g.slack {
				t.Fatalf("trial %d: bound %g, but a mixture gives %g", trial, low, at)
			}
			if v := e.expect(i, 1, 0, x); math.Abs(v-at) > g.slack {
				t.Fatalf("trial %d: %g, from the definition %g", trial, v, at)
			}
		}
	}
}

// Solutions near c lie where Newton's operator says.
func TestNewtonEnclosesPlantedSolutions(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	closed := 0
	for trial := range 300 {
		n := randomNormal(r, 3, 3, 3)
		g := tableOf(n)
		e := newExclusion(g, [][]int{{0, 1, 2}, {0, 1, 2}, {0, 1, 2}})
		x := make([]float64, e.total)
		for j := range x {
			x[j] = 1. / 3
		}
		// The even profile is made a solution.
		for i := range 3 {
			for a := range 2 {
				off := e.expect(i, a, 2, x)
				e.forms[i][a][0] -= off
			}
		}
		c, rad := make([]float64, e.n), make([]float64, e.n)
		width := math.Exp(-8 * r.Float64())
		for q := range c {
			c[q], rad[q] = 1./3+.2*width*(r.Float64()-.5), .15*width
		}
		if _, ok := e.newton(c, rad); !ok {
			continue
		}
		single := true
		for q := range c {
			if off := math.Abs(1./3 - (c[q] - e.step[q])); off > e.rest[q]+e.rounding[q]+1e-15 {
				t.Fatalf("trial %d: coordinate %d is off by %g, at most %g was claimed", trial, q, off, e.rest[q]+e.rounding[q])
			}
			single = single && math.Abs(e.step[q])+e.wide[q]+e.rounding[q] < rad[q]
		}
		if single {
			closed++
		}
	}
	if closed < 50 {
		t.Errorf("only %d of 300 boxes were closed", closed)
	}
}
