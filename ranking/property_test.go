package ranking

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"arbiter/profile"
)

func random(r *rand.Rand, s profile.Space) Payoffs {
	p := Payoffs{Space: s}
	tables, size := len(s.Shape), s.N()
	if s.Single {
		size *= size
	}
	for range tables {
		m := make([]float64, size)
		for i := range m {
			m[i] = r.Float64()*2 - 1
		}
		p.M = append(p.M, m)
	}
	return p
}

var spaces = []profile.Space{{Single: true, Shape: []int{6}}, {Shape: []int{3, 4}}, {Shape: []int{2, 3, 2}}, {Shape: []int{1, 5}}, {Shape: []int{2, 2, 2, 2}}}

// A game whose advantages are differences of a potential has law
// exp((m-1)·alpha·potential), at any alpha (detailed balance).
func TestPotentialGames(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, s := range spaces {
		phi := make([]float64, s.N())
		for i := range phi {
			phi[i] = r.Float64()
		}
		p := Payoffs{Space: s}
		for k := range s.Shape {
			m := slices.Clone(phi)
			if s.Single {
				n := s.N()
				m = make([]float64, n*n)
				for i := range n {
					for j := range n {
						m[i*n+j] = (phi[i] - phi[j]) / 2
					}
				}
			} else {
				// What the others do may add anything to a player's payoff.
				for id := range m {
					at := s.Strategies(id)
					at[k] = 0
					for i, a := range at {
						m[id] += float64((i+2)*a) * .37
					}
				}
			}
			p.M = append(p.M, m)
		}
		top := slices.Max(phi)
		for _, alpha := range []float64{0, .01, 1, 30, 1e4, 1e7} {
			law, err := Finite(p, alpha, 50, Local)
			if err != nil {
				t.Fatal(err)
			}
			z := 0.0
			for _, x := range phi {
				z += math.Exp(49 * alpha * (x - top))
			}
			for i, x := range phi {
				want := 49*alpha*(x-top) - math.Log(z)
				if math.Abs(law.LogMass[i]-want) > 1e-10*max(1, math.Abs(want)) {
					t.Errorf("%v alpha %g: log mass %g of profile %d, want %g", s, alpha, law.LogMass[i], i, want)
				}
			}
		}
	}
}

// Plain and wide elimination agree wherever plain ones do not give up.
func TestPlainAndWideAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	plain, gaveUp := 0, 0
	for trial := range 300 {
		s := spaces[trial%len(spaces)]
		p := random(r, s)
		alpha := math.Exp(8*r.Float64() - 4)
		var flows []Flow
		for _, e := range p.Edges() {
			d := alpha * p.Advantage(e)
			flows = append(flows, Flow{e.U, e.V, LogFixation(d, 30), 0}, Flow{e.V, e.U, LogFixation(-d, 30), 0})
		}
		inWide, inPlain := make([]wide, s.N()), make([]wide, s.N())
		x, _ := newChain(s.N(), flows, identity(s.N())).eliminate(unitCosts(s.N()), inWide)
		var y []wide
		c, ok := plainChain(s.N(), flows)
		if ok {
			y, ok = c.eliminate(unitCosts(s.N()), inPlain)
		}
		if !ok {
			gaveUp++
			continue
		}
		plain++
		a, b := wideLaw(x, false), wideLaw(y, false)
		for i := range x {
			if math.Abs(a.Mass[i]/b.Mass[i]-1) > 1e-12 {
				t.Errorf("trial %d: masses %g and %g", trial, a.Mass[i], b.Mass[i])
			}
			if inWide[i].less(inPlain[i], 1e-12) || inPlain[i].less(inWide[i], 1e-12) {
				t.Errorf("trial %d: times %v and %v", trial, inWide[i], inPlain[i])
			}
		}
	}
	if plain < 50 || gaveUp < 20 {
		t.Errorf("%d laws in doubles, %d not: both ways must be tried", plain, gaveUp)
	}
}

func TestInvariances(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for _, s := range spaces {
		p := random(r, s)
		law, _ := Finite(p, 2, 20, Local)
		scaled := Payoffs{Space: s}
		for _, m := range p.M {
			c := slices.Clone(m)
			for i := range c {
				c[i] *= 8
			}
			scaled.M = append(scaled.M, c)
		}
		if again, _ := Finite(scaled, .25, 20, Local); distance(law.Mass, again.Mass) > 1e-13 {
			t.Errorf("%v: payoffs times 8 at alpha/8 give %v, want %v", s, again.Mass, law.Mass)
		}
		sum := 0.0
		for _, x := range law.Mass {
			sum += x
		}
		if math.Abs(sum-1) > 1e-13 {
			t.Errorf("%v: masses sum to %g", s, sum)
		}
		for k, marginal := range s.Marginals(law.Mass) {
			total := 0.0
			for _, x := range marginal {
				total += x
			}
			if len(marginal) != s.Shape[k] || math.Abs(total-1) > 1e-13 {
				t.Errorf("%v: marginals of player %d are %v", s, k, marginal)
			}
		}
	}
}

// Bounds are the least and the largest mass over all orientations, listed.
func TestBoundsAgainstEnumeration(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for trial := range 600 {
		s := spaces[trial%len(spaces)]
		g := Response(random(r, s), 0)
		for i := range g.Dir {
			if r.IntN(6) == 0 {
				g.Dir[i] = profile.Tie
			}
		}
		open := make([]bool, len(g.Edges))
		var free []int
		for range min(6, len(g.Edges)) {
			if i := r.IntN(len(open)); !open[i] {
				open[i] = true
				free = append(free, i)
			}
		}
		for _, eps := range []float64{0, .01, .3} {
			lower, upper, err := Bounds(g, open, eps)
			if err != nil {
				t.Fatal(err)
			}
			lo, hi := slices.Repeat([]float64{2}, s.N()), make([]float64, s.N())
			above := slices.Repeat([]bool{true}, s.N()*s.N())
			h := g
			h.Dir = slices.Clone(g.Dir)
			for way := range 1 << len(free) {
				for b, i := range free {
					h.Dir[i] = profile.Up
					if way>>b&1 == 1 {
						h.Dir[i] = profile.Down
					}
				}
				law, _ := Perturbed(h, eps)
				for i, x := range law.Mass {
					lo[i], hi[i] = min(lo[i], x), max(hi[i], x)
					for j := range law.Mass {
						if eps > 0 {
							above[i*s.N()+j] = above[i*s.N()+j] && law.LogMass[i] > law.LogMass[j]+1e-9
						} else {
							above[i*s.N()+j] = above[i*s.N()+j] && x > law.Mass[j]*(1+1e-9)
						}
					}
				}
			}
			if distance(lower, lo) > 1e-11 || distance(upper, hi) > 1e-11 {
				t.Errorf("trial %d %v eps %g: bounds %v %v, listed %v %v", trial, s, eps, lower, upper, lo, hi)
			}
			for range 6 {
				i, j := r.IntN(s.N()), r.IntN(s.N())
				sure, err := SurelyAbove(g, open, eps, i, j)
				if err != nil || i != j && sure != above[i*s.N()+j] {
					t.Errorf("trial %d %v eps %g: %d surely above %d: %v, listed %v, %v", trial, s, eps, i, j, sure, above[i*s.N()+j], err)
				}
			}
		}
	}
}

// What is called sure is so in every orientation.
func TestSureIsSure(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 4))
	sures := map[string]int{}
	for trial := range 400 {
		s := spaces[trial%len(spaces)]
		g := Response(random(r, s), 0)
		open := make([]bool, len(g.Edges))
		var free []int
		for range r.IntN(5) {
			if i := r.IntN(len(open)); !open[i] {
				open[i] = true
				free = append(free, i)
			}
		}
		top, err1 := TopIsSure(g, open, 1)
		all, err2 := OrderIsSure(g, open)
		sinks := SinksAreSure(g, open)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		first, _ := g.order()
		law0, _ := Perturbed(g, 0)
		h := g
		for way := range 1 << len(free) {
			h.Dir = slices.Clone(g.Dir)
			for b, i := range free {
				h.Dir[i] = profile.Up
				if way>>b&1 == 1 {
					h.Dir[i] = profile.Down
				}
			}
			order, _ := h.order()
			law, _ := Perturbed(h, 0)
			if top && order[0] != first[0] {
				t.Fatalf("trial %d: the top is called sure", trial)
			}
			if sinks && !slices.EqualFunc(h.Sinks(), g.Sinks(), slices.Equal) {
				t.Fatalf("trial %d: the sinks are called sure", trial)
			}
			for i := range order {
				if all && law0.Mass[first[i]] > 0 && order[i] != first[i] && math.Abs(law.Mass[order[i]]-law.Mass[first[i]]) > 1e-9 {
					t.Fatalf("trial %d: the order is called sure", trial)
				}
			}
		}
		for what, sure := range map[string]bool{"top": top, "order": all, "sinks": sinks} {
			if sure && len(free) > 0 {
				sures[what]++
			}
		}
	}
	if sures["top"] < 20 || sures["order"] < 20 || sures["sinks"] < 20 {
		t.Errorf("too few are sure to test: %v", sures)
	}
}

// At finite intensity the bounds are the extremes over all ways to put each
// advantage at an end of its interval, and hold those inside.
func TestFiniteBoundsAgainstEnumeration(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 4))
	for trial := range 120 {
		s := profile.Space{Single: trial%2 == 0, Shape: []int{3}}
		if !s.Single {
			s.Shape = []int{2, 2}
		}
		alpha, m := []float64{.1, 2, 50}[trial%3], 5
		edges := s.Edges()
		lo, hi := make([]float64, len(edges)), make([]float64, len(edges))
		for i := range edges {
			lo[i] = 2*r.Float64() - 1.5
			hi[i] = lo[i] + r.Float64()*float64(r.IntN(2))
		}
		lower, upper, err := FiniteBounds(s, lo, hi, alpha, m)
		if err != nil {
			t.Fatal(err)
		}
		least, largest := slices.Repeat([]float64{2}, s.N()), make([]float64, s.N())
		for way := range 1<<len(edges) + 50 {
			var flows []Flow
			for i, e := range edges {
				d := lo[i]
				if way>>i&1 == 1 {
					d = hi[i]
				}
				inside := way >= 1<<len(edges)
				if inside {
					d = lo[i] + r.Float64()*(hi[i]-lo[i])
				}
				flows = append(flows, Flow{e.U, e.V, LogFixation(alpha*d, m), 0}, Flow{e.V, e.U, LogFixation(-alpha*d, m), 0})
			}
			for i, x := range Stationary(s.N(), flows).Mass {
				least[i], largest[i] = min(least[i], x), max(largest[i], x)
			}
		}
		if distance(lower, least) > 1e-12 || distance(upper, largest) > 1e-12 {
			t.Errorf("trial %d: bounds %v %v, listed %v %v", trial, lower, upper, least, largest)
		}
	}
	if _, _, err := FiniteBounds(profile.Space{Single: true, Shape: []int{2}}, []float64{1}, []float64{0}, 1, 5); err == nil {
		t.Error("an empty interval is taken")
	}
}

func TestBadArguments(t *testing.T) {
	good := random(rand.New(rand.NewPCG(5, 5)), profile.Space{Single: true, Shape: []int{3}})
	bad := Payoffs{Space: good.Space, M: [][]float64{{1, 2}}}
	nan := Payoffs{Space: good.Space, M: [][]float64{slices.Repeat([]float64{math.NaN()}, 9)}}
	multi := random(rand.New(rand.NewPCG(5, 5)), profile.Space{Shape: []int{2, 2}})
	for name, f := range map[string]func() error{
		"shape":      func() error { _, err := Finite(bad, 1, 50, Local); return err },
		"nan":        func() error { _, err := Finite(nan, 1, 50, Local); return err },
		"alpha":      func() error { _, err := Finite(good, -1, 50, Local); return err },
		"alpha nan":  func() error { _, err := Finite(good, math.NaN(), 50, Local); return err },
		"overflow":   func() error { _, err := Finite(good, 1e300, 50, Local); return err },
		"m":          func() error { _, err := Finite(good, 1, 1, Local); return err },
		"population": func() error { _, err := Finite(multi, 1, 50, Population); return err },
		"eps":        func() error { _, err := Perturbed(Response(good, 0), .5); return err },
		"marks":      func() error { _, _, err := Bounds(Response(good, 0), nil, 0); return err },
	} {
		if f() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func benchmark(b *testing.B, s profile.Space, alpha float64) {
	p := random(rand.New(rand.NewPCG(6, 6)), s)
	for b.Loop() {
		if _, err := Finite(p, alpha, 50, Local); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFinite1000Alpha1(b *testing.B) {
	benchmark(b, profile.Space{Single: true, Shape: []int{1000}}, 1)
}
func BenchmarkFinite1000Alpha100(b *testing.B) {
	benchmark(b, profile.Space{Single: true, Shape: []int{1000}}, 100)
}
func BenchmarkFinite30x30Alpha1(b *testing.B) { benchmark(b, profile.Space{Shape: []int{30, 30}}, 1) }
