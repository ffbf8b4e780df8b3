package large

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"arbiter/profile"
	"arbiter/ranking"
)

func random(r *rand.Rand, s profile.Space) ranking.Payoffs {
	p := ranking.Payoffs{Space: s}
	for range s.Shape {
		m := make([]float64, s.N())
		if s.Single {
			m = make([]float64, s.N()*s.N())
		}
		for i := range m {
			m[i] = r.Float64()*2 - 1
		}
		p.M = append(p.M, m)
	}
	return p
}

// coordination pays both or all players the quality of a strategy they agree
// on, else a small random payoff.
func coordination(r *rand.Rand, s profile.Space, noise float64) ranking.Payoffs {
	p := random(r, s)
	for k := range p.M {
		for i := range p.M[k] {
			p.M[k][i] *= noise
			same := true
			for j, rest := 0, i; j < len(s.Shape); j++ {
				same = same && rest%s.Shape[j] == i%s.Shape[0]
				rest /= s.Shape[j]
			}
			if same {
				p.M[k][i] = 1 + float64(i%s.Shape[0])/10
			}
		}
	}
	return p
}

// Where the iteration gives a law it is the one of elimination. It may refuse
// where near-sinks are too deep or plateaus too slow, which is counted.
func TestFinite(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	cases, refused := 0, 0
	for _, shape := range [][]int{{2, 2}, {3, 1, 2}, {5, 5}, {12, 12}, {8, 8, 8}, {2, 2, 2, 2, 2, 2, 2, 2, 2}, {3, 40}} {
		s := profile.Space{Shape: shape}
		for _, p := range []ranking.Payoffs{random(r, s), random(r, s), coordination(r, s, .5), coordination(r, s, 0)} {
			for _, alpha := range []float64{0, .1, 1, 3, 10, 30, 100} {
				for _, m := range []int{2, 50} {
					want, err := ranking.Finite(p, alpha, m, ranking.Local)
					if err != nil {
						t.Fatal(err)
					}
					cases++
					got, b, err := Finite(p, alpha, m, 0)
					if err != nil {
						refused++
						if alpha < 3 {
							t.Errorf("%v alpha %g m %d: %v", shape, alpha, m, err)
						}
						continue
					}
					for i, x := range want.LogMass {
						if y := got.LogMass[i]; math.Abs(x-y) > 1e-6 && max(x, y) > math.Log(2*leastMass) {
							t.Errorf("%v alpha %g m %d %+v: log mass of %d: found %g, expected %g", shape, alpha, m, b, i, y, x)
						}
					}
				}
			}
		}
	}
	if refused > cases/10 {
		t.Errorf("%d of %d refused", refused, cases)
	}
}

func BenchmarkFiniteMillion(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	cube := profile.Space{Shape: []int{100, 100, 100}}
	for _, c := range []struct {
		name  string
		p     ranking.Payoffs
		alpha float64
	}{
		{"uniform/alpha=1", random(r, cube), 1},
		{"uniform/alpha=100", random(r, cube), 100},
		{"coordination/alpha=1", coordination(r, cube, .5), 1},
		{"bits/alpha=3", random(r, profile.Space{Shape: slices.Repeat([]int{2}, 20)}), 3},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				_, balance, err := Finite(c.p, c.alpha, 50, 0)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(balance.Sweeps), "sweeps")
			}
		})
	}
}

// The law of a sole sink, solved alone, is that of the whole graph.
func TestInside(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	sole, iterated := 0, 0
	for range 200 {
		s := profile.Space{Shape: []int{1 + r.IntN(4), 1 + r.IntN(4), 1 + r.IntN(4)}}
		if r.IntN(4) == 0 {
			s = profile.Space{Single: true, Shape: []int{1 + r.IntN(6)}}
		}
		p := random(r, s)
		for k := range p.M {
			for i := range p.M[k] {
				p.M[k][i] = math.Round(3 * p.M[k][i]) // ties
			}
		}
		sinks := p.Sinks(0)
		if len(sinks) > 1 {
			continue
		}
		sole++
		want, err := ranking.Perturbed(ranking.Response(p, 0), 0)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ranking.Perturbed(p.Inside(sinks[0], 0), 0)
		if err != nil {
			t.Fatal(err)
		}
		whole := make([]float64, p.N())
		for i, id := range sinks[0] {
			whole[id] = got.Mass[i]
		}
		if !s.Single && len(sinks[0]) > 1 {
			iterated++
			got, b, err := Sink(p, sinks[0], 0, .5, 0)
			if err != nil {
				t.Fatal(err)
			}
			for i, x := range want.Mass {
				if math.Abs(x-got.Mass[i]) > 1e-7 {
					t.Fatalf("%v %+v: iterated mass of %d: found %g, expected %g", s, b, i, got.Mass[i], x)
				}
			}
		}
		for i, x := range want.Mass {
			if math.Abs(x-whole[i]) > 1e-12 {
				t.Fatalf("%v: mass of %d: found %g, expected %g", s, i, whole[i], x)
			}
		}
	}
	if sole < 50 || iterated < 20 {
		t.Errorf("only %d of 200 graphs had one sink, %d of several profiles", sole, iterated)
	}
}
