package path_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"arbiter/equilibria"
	"arbiter/equilibria/path"
)

// plane is a curve g = 0 of one probability p = exp x and u, with derivatives by both;
// beyond most there is none.
type plane struct {
	g    func(p, u float64) (g, dp, du float64)
	most float64
	m    [2][2]float64
}

func (s *plane) Size() int { return 1 }

func (s *plane) Residual(y, g []float64) bool {
	p := math.Exp(y[0])
	v, dp, du := s.g(p, y[1])
	g[0], s.m[0] = v, [2]float64{p * dp, du}
	return p <= s.most
}

func (s *plane) Factor(y, border, g []float64) bool {
	ok := s.Residual(y, g)
	s.m[1] = [2]float64{border[0], border[1]}
	return ok
}

func (s *plane) determinant() float64 { return s.m[0][0]*s.m[1][1] - s.m[0][1]*s.m[1][0] }

func (s *plane) Solve(v []float64) bool {
	d := s.determinant()
	v[0], v[1] = (v[0]*s.m[1][1]-v[1]*s.m[0][1])/d, (v[1]*s.m[0][0]-v[0]*s.m[1][0])/d
	return d != 0
}

func (s *plane) Sign() float64 { return math.Copysign(1, s.determinant()) }

func (s *plane) Metric(p path.Point, dst []float64) {
	dst[0], dst[1] = p.P[0]*p.Tangent[0], p.Tangent[1]
}

func (s *plane) Along(from, to path.Point) float64 {
	a, b := from.Tangent, to.Tangent
	return (to.P[0]*a[0]*b[0] + a[1]*b[1]) / math.Sqrt(to.P[0]*a[0]*a[0]+a[1]*a[1])
}

func (s *plane) Steps(path.Point) (shortest, longest float64) { return 1e-9, .5 }

func (s *plane) Newton([]float64) path.Sizes {
	return path.Sizes{Near: 1e-6, Still: 1e-14, Rounding: 1e-15}
}

func (s *plane) Enough(_, _ []float64, size float64) bool { return size < 1e-13 }

var rules = path.Rules{Straight: .97, Off: .1, Easy: .1, Shrink: .5, Rounds: 8, Growth: 1.4, Careful: math.Inf(1)}

func begin(t *testing.T, s *plane, r path.Rules, p, u float64) *path.Curve {
	t.Helper()
	c := path.New(s, r)
	if !c.Begin([]float64{math.Log(p), u}, c.Upward(), .1) {
		t.Fatal("no direction")
	}
	return c
}

// cubic is u = 100·(p³/3 - .45p² + .18p), which turns at p = .3 and .6, as far as p is
// at most so much.
func cubic(most float64) *plane {
	return &plane{most: most, g: func(p, u float64) (g, dp, du float64) {
		return u - 100*p*(p*(p/3-.45)+.18), -100 * (p*p - .9*p + .18), 1
	}}
}

func start(t *testing.T, most float64, r path.Rules) *path.Curve {
	return begin(t, cubic(most), r, .1, 100*.1*(.1*(.1/3-.45)+.18))
}

// Turning points and all crossings of a cubic are met, in order, whatever the guesses.
func TestFollowOverFolds(t *testing.T) {
	bent, slow := rules, rules
	bent.Curved = true
	slow.Straight, slow.Growth = .999, 1.1
	for _, r := range []path.Rules{rules, bent, slow} {
		c := start(t, 1, r)
		trail, err := c.Follow(context.Background(), path.Way{Asked: []float64{3, 2, c.U(), 1, 5}, End: 4, Most: 1000})
		if err != nil || trail.Status != equilibria.Folded || c.U() != 4 {
			t.Fatalf("%v, %s, at %g", err, trail.Status, c.U())
		}
		if f := trail.Folds; len(f) != 2 || math.Abs(f[0]-2.25) > 1e-14 || math.Abs(f[1]-1.8) > 1e-14 {
			t.Errorf("folds %v, expected 2.25 and 1.8", f)
		}
		want := []struct {
			asked, number int
			u, lo, hi     float64
		}{{2, 1, c.U(), .0999, .1001}, {1, 1, 2, .1, .3}, {1, 2, 2, .3, .6}, {1, 3, 2, .6, .8}, {0, 1, 3, .7, .9}}
		if len(trail.Crossings) != len(want) {
			t.Fatalf("crossings %v", trail.Crossings)
		}
		for i, x := range trail.Crossings {
			p := math.Exp(x.X[0])
			off := math.Abs(100*p*(p*(p/3-.45)+.18) - want[i].u)
			if w := want[i]; x.Asked != w.asked || x.Number != w.number || !(p > w.lo && p < w.hi) || i > 0 && off > 1e-13 {
				t.Errorf("crossing %d: %v, p %g, off by %.2g", i, x, p, off)
			}
		}
	}
}

// Values met on one step are in the order they were met, backwards too.
func TestFollowOrder(t *testing.T) {
	trail, err := start(t, 1, rules).Follow(context.Background(), path.Way{Asked: []float64{2.0001, 2}, End: 4, Most: 1000})
	var order []int
	for _, x := range trail.Crossings {
		order = append(order, x.Asked, x.Number)
	}
	if want := []int{1, 1, 0, 1, 0, 2, 1, 2, 1, 3, 0, 3}; err != nil || !slices.Equal(order, want) {
		t.Errorf("%v, met %v, expected %v", err, order, want)
	}
}

// A way ends lost where the curve does, at its limit, where it is told to, and by its
// context.
func TestFollowEnds(t *testing.T) {
	c := start(t, .5, rules)
	trail, err := c.Follow(context.Background(), path.Way{Most: 1000})
	if p := math.Exp(c.Y[0]); err != nil || trail.Status != equilibria.Lost || len(trail.Folds) != 1 || !(p > .49 && p <= .5) {
		t.Errorf("%v, %s, folds %v, p %g: expected to be lost at 0.5", err, trail.Status, trail.Folds, p)
	}
	c = start(t, 1, rules)
	if trail, err = c.Follow(context.Background(), path.Way{Most: 3}); err != nil || trail.Status != equilibria.AtLimit || trail.Steps != 3 {
		t.Errorf("%v, %s after %d steps, expected the limit after 3", err, trail.Status, trail.Steps)
	}
	stop := func(t *path.Trail) bool { return len(t.Folds) == 1 }
	if trail, err = c.Follow(context.Background(), path.Way{Most: 1000, Stop: stop}); err != nil || trail.Status != equilibria.Folded || c.Tangent[1] >= 0 {
		t.Errorf("%v, %s, expected to stop behind the fold", err, trail.Status)
	}
	ctx, cancel := context.WithCancel(context.Background())
	_, err = c.Follow(ctx, path.Way{Most: 1000, Leg: func(path.Leg) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("found %v, expected to be cancelled", err)
	}
}

// Two lines cross: (p - .5)·(p - u). A careful curve passes in a short step, in which
// the crossing lies, and stays on its line.
func TestFollowOverCrossings(t *testing.T) {
	s := &plane{most: 1, g: func(p, u float64) (g, dp, du float64) {
		return (p - .5) * (p - u), 2*p - u - .5, .5 - p
	}}
	careful := rules
	careful.Careful = 1e-3
	for _, r := range []path.Rules{rules, careful} {
		c := begin(t, s, r, .5, .13)
		crossed := 0
		trail, err := c.Follow(context.Background(), path.Way{End: .9, Most: 1000, Leg: func(l path.Leg) {
			if !l.Crossed {
				return
			}
			if crossed++; !(c.U() < .5 && l.To.U() > .5) || l.H() > r.Careful {
				t.Errorf("the determinant changes its sign from %g to %g", c.U(), l.To.U())
			}
		}})
		if err != nil || trail.Status != equilibria.Complete || crossed != 1 || math.Abs(c.Y[0]-math.Log(.5)) > 1e-15 {
			t.Errorf("%v, %s, %d crossings, p %g", err, trail.Status, crossed, math.Exp(c.Y[0]))
		}
	}
}
