package ranking

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"arbiter/profile"
)

// decimals are payoffs such as people write, with ties.
func decimals(r *rand.Rand, s profile.Space) Payoffs {
	p := random(r, s)
	for _, m := range p.M {
		for i := range m {
			m[i] = math.Round(m[i]*20) / 20
		}
	}
	return p
}

// laws are all readings of infinite alpha, and the sinks.
func laws(t *testing.T, p Payoffs) ([]Law, [][]int) {
	t.Helper()
	g := Response(p, Rounding)
	perturbed, err := Perturbed(g, 0)
	if err != nil {
		t.Fatal(err)
	}
	limit, err := Limit(p, 20, Local)
	if err != nil {
		t.Fatal(err)
	}
	return append(MCC(g, 20), perturbed, limit), g.Sinks()
}

func same(t *testing.T, what string, p, q Payoffs, limits bool) {
	t.Helper()
	a, sinks := laws(t, p)
	b, again := laws(t, q)
	if !slices.EqualFunc(sinks, again, slices.Equal) || !slices.EqualFunc(sinks, q.Sinks(Rounding), slices.Equal) {
		t.Fatalf("%s: sinks %v, before %v", what, again, sinks)
	}
	if !limits { // the limit weighs sinks by how deep they are in payoff
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	for i := range a {
		if d := distance(a[i].Mass, b[i].Mass); d > 1e-12 {
			t.Errorf("%s: law %d changes by %g\n%v\n%v\npayoffs %v", what, i, d, a[i].Mass, b[i].Mass, q.M)
		}
	}
}

func cloned(p Payoffs) Payoffs {
	q := Payoffs{Space: p.Space}
	for _, m := range p.M {
		q.M = append(q.M, slices.Clone(m))
	}
	return q
}

// Every player's payoffs have a unit and an origin of their own: other units,
// and what the others' choice adds, change nothing at infinite alpha. The limit
// of alpha compares the losses of all players, so there all change unit at once.
func TestInfiniteAlphaKnowsNoUnits(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 7))
	for trial := range 300 {
		s := spaces[trial%len(spaces)]
		p := decimals(r, s)
		unit := math.Pow(10, float64(r.IntN(25)-12))
		q := cloned(p)
		k := r.IntN(len(q.M))
		for i := range q.M[k] {
			q.M[k][i] *= unit
		}
		same(t, "unit of one player", p, q, false)
		q = cloned(p)
		for _, m := range q.M {
			for i := range m {
				m[i] *= unit
			}
		}
		same(t, "unit of all", p, q, true)
		q = cloned(p)
		if !s.Single {
			add := make([]float64, s.N())
			for i := range add {
				add[i] = math.Round(1e6 * heavy(r))
			}
			for i := range q.M[k] {
				at := s.Strategies(i)
				rest := i
				stride := 1
				for j := len(s.Shape) - 1; j > k; j-- {
					stride *= s.Shape[j]
				}
				rest -= at[k] * stride
				q.M[k][i] += add[rest]
			}
			same(t, "what the others add", p, q, true)
		}
	}
}

// Names carry no meaning: a permuted game has the permuted law.
func TestLimitUnderPermutations(t *testing.T) {
	r := rand.New(rand.NewPCG(32, 7))
	for range 200 {
		p := decimals(r, profile.Space{Single: true, Shape: []int{5}})
		if r.IntN(2) == 0 {
			p.M[0][r.IntN(25)] = -math.Pow(10, float64(r.IntN(16)))
		}
		order := r.Perm(5)
		q := cloned(p)
		for i, a := range order {
			for j, b := range order {
				q.M[0][i*5+j] = p.M[0][a*5+b]
			}
		}
		for _, sel := range []Selection{Local, Population} {
			a, err1 := Limit(p, 6, sel)
			b, err2 := Limit(q, 6, sel)
			if err1 != nil || err2 != nil {
				t.Fatal(err1, err2)
			}
			for i, x := range order {
				if math.Abs(a.Mass[x]-b.Mass[i]) > 1e-12 {
					t.Fatalf("selection %v: %v, permuted by %v %v\n%v", sel, a.Mass, order, b.Mass, p.M)
				}
			}
		}
	}
}

// Two coordination games, the first deeper by a hair: a payoff elsewhere, however
// bad, weighs nothing. At equal depth both share, whatever the sums are rounded to.
func TestLimitBesideLargePayoffs(t *testing.T) {
	s := profile.Space{Shape: []int{3, 2}}
	for _, bad := range []float64{0, -1, -1e9, -1e12, -1e15, -1e100} {
		for _, more := range []float64{1e-9, 1e-3, 1} {
			first := 2 + more
			p := Payoffs{s, [][]float64{{first, 0, 0, 2, bad, bad}, {first, 0, 0, 2, bad, 0}}}
			law, err := Limit(p, 50, Local)
			if err != nil || distance(law.Mass, []float64{1, 0, 0, 0, 0, 0}) > 1e-15 {
				t.Errorf("payoff %g, deeper by %g: %v %v", bad, more, law.Mass, err)
			}
		}
		// .1+.2 against .3: the same depth in decimals.
		p := Payoffs{s, [][]float64{{.1, 0, 0, .3, bad, bad}, {.2, 0, 0, 0, bad, 0}}}
		p.M[0][0], p.M[1][0], p.M[1][3] = .1+.2, .3, .3
		law, err := Limit(p, 50, Local)
		if err != nil || distance(law.Mass, []float64{.5, 0, 0, .5, 0, 0}) > 1e-15 {
			t.Errorf("payoff %g, equal depths: %v %v", bad, law.Mass, err)
		}
	}
}

// A tie is one of the two payoffs alone: neither a large payoff elsewhere nor a
// small unit makes one.
func TestTiesAreOfTwoPayoffs(t *testing.T) {
	s := profile.Space{Shape: []int{3}}
	for _, c := range []struct {
		a, b float64
		want profile.Direction
	}{
		{.1 + .2, .3, profile.Tie}, {1, 1 + 1e-12, profile.Up}, {1e-12, 2e-12, profile.Up}, {-1e-300, 0, profile.Up}, {0, 0, profile.Tie}, {1e10 + 1e-2, 1e10, profile.Down}, {-.3, -.1 - .2, profile.Tie},
	} {
		p := Payoffs{s, [][]float64{{c.a, c.b, -1e10}}}
		g := Response(p, Rounding)
		if g.Dir[0] != c.want {
			t.Errorf("%g and %g: direction %d, expected %d", c.a, c.b, g.Dir[0], c.want)
		}
		if (Near(p, Rounding) > 0) != (c.want == profile.Tie && c.a != c.b) {
			t.Errorf("%g and %g: %d near", c.a, c.b, Near(p, Rounding))
		}
	}
}
