package pairwise

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"gonum.org/v1/gonum/mat"

	"arbiter/games/normal"
)

// fromRates is the record of one game per pair with score rate p(i, j), i < j.
func fromRates(n int, p func(i, j int) float64) Record {
	r := NewRecord(n)
	for j := range n {
		for i := range j {
			x := p(i, j)
			r.Games[i*n+j], r.Games[j*n+i] = 1, 1
			r.Score[i*n+j], r.Score[j*n+i] = x, 1-x
		}
	}
	return r
}

// copied is the record of agents of[0], of[1], … of r; copies of one agent have
// not met.
func copied(r Record, of []int) Record {
	n := len(of)
	out := NewRecord(n)
	for i, a := range of {
		for j, b := range of {
			out.Games[i*n+j], out.Score[i*n+j] = r.Games[a*r.N+b], r.Score[a*r.N+b]
		}
	}
	return out
}

func nash(t *testing.T, r Record) Nash {
	t.Helper()
	n, err := NashAverage(r)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, m := range n.Mass {
		if m < 0 {
			t.Errorf("mass %g", m)
		}
		sum += m
	}
	if math.Abs(sum-1) > 1e-12 {
		t.Errorf("masses add up to %.17g", sum)
	}
	for i := range r.N {
		gain := 0.0
		for j, m := range n.Mass {
			if games := r.Games[i*r.N+j]; games > 0 {
				gain += m * (r.Score[i*r.N+j]/games - .5)
			}
		}
		if gain > 1e-9 || n.Mass[i] > 0 && gain < -1e-9 || math.Abs(gain-n.Rating[i]) > 1e-12 {
			t.Errorf("agent %d: mass %g, gain %g, rating %g", i, n.Mass[i], gain, n.Rating[i])
		}
	}
	return n
}

func wantClose(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	for i := range want {
		if !(math.Abs(got[i]-want[i]) <= tolerance) {
			t.Errorf("%s: found %v, want %v", what, got, want)
			return
		}
	}
}

func TestNashByHand(t *testing.T) {
	const hair = 1e-6 / .5
	rps := fromRates(3, func(i, j int) float64 { return float64(j-i) - 1 }) // 1 beats 0, 2 beats 1, 0 beats 2
	// Beating the next by a, b and c, three agents weigh b, c and a.
	biased := fromRates(3, func(i, j int) float64 { return []float64{.9, .4, .7}[i+j-1] })
	for _, c := range []struct {
		name string
		r    Record
		want []float64
	}{
		{"alone", NewRecord(1), []float64{1}},
		{"no games", NewRecord(3), []float64{1. / 3, 1. / 3, 1. / 3}},
		{"chain", fromRates(5, func(i, j int) float64 { return .6 }), []float64{1, 0, 0, 0, 0}},
		{"rock, paper, scissors", rps, []float64{1. / 3, 1. / 3, 1. / 3}},
		{"two rocks", copied(rps, []int{0, 1, 2, 0}), []float64{1. / 6, 1. / 3, 1. / 3, 1. / 6}},
		{"biased", biased, []float64{.2 / .7, .1 / .7, .4 / .7}},
		// 2 beats 1 and ties with 0, who ties with 1: only mixes of 0 and 2 are
		// equilibria, the even one has the most entropy.
		{"idle", fromRates(3, func(i, j int) float64 { return []float64{.5, .5, 0}[i+j-1] }), []float64{.5, 0, .5}},
		// 3 beats 0 and 1 and loses to 2 by a hair, 0 beats 1: 2 alone is an
		// equilibrium, and so is 2 with up to x of 0, x = h·(1-x) by the hair h.
		// The most entropy is at that end.
		{"a hair", fromRates(4, func(i, j int) float64 {
			return []float64{1, .5, 0, 0, .5, 0, .5, .5, .5 + 1e-6}[i*3+j-1]
		}), []float64{hair / (1 + hair), 0, 1 / (1 + hair), 0}},
	} {
		wantClose(t, c.name, nash(t, c.r).Mass, c.want, 1e-12)
	}
}

// The maximum of entropy over a polytope is the one point p in it with
// -Σ v·ln p at most the entropy of p for all vertices v. The vertices are found
// by trying every set of tight constraints.
func TestNashHasTheMostEntropy(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	inner := 0
	for game := range 150 {
		n := 2 + game%5
		rates := []float64{0, .5, 1, .25, .8}[:3+2*(game/5%2)]
		rec := fromRates(n, func(i, j int) float64 { return rates[r.IntN(len(rates))] })
		mass := nash(t, rec).Mass
		entropy := 0.0
		for _, m := range mass {
			if m > 0 {
				entropy -= m * math.Log(m)
			}
		}
		vertices := equilibria(rec)
		if len(vertices) > 1 {
			inner++
		}
		reached := make([]bool, n)
		for _, v := range vertices {
			cross := 0.0
			for i, m := range mass {
				if v[i] > 1e-9 {
					cross -= v[i] * math.Log(m) // +Inf if the support is too small
					reached[i] = true
				}
			}
			if !(cross <= entropy+1e-9) {
				t.Errorf("game %d: %v is better than %v by %g", game, v, mass, cross-entropy)
			}
		}
		for i, m := range mass {
			if (m > 0) != reached[i] {
				t.Errorf("game %d: mass %v, vertices %v", game, mass, vertices)
			}
		}
	}
	if inner < 30 {
		t.Errorf("only %d games had several equilibria", inner)
	}
}

// equilibria lists the vertices of {p ≥ 0, Σp = 1, A·p ≤ 0}.
func equilibria(r Record) [][]float64 {
	n := r.N
	rows := make([][]float64, 2*n)
	for i := range n {
		rows[i], rows[n+i] = make([]float64, n), make([]float64, n)
		rows[i][i] = 1
		for j := range n {
			rows[n+i][j] = -r.advantage(i, j)
		}
	}
	var found [][]float64
	var try func(tight []int)
	try = func(tight []int) {
		if len(tight) < n-1 {
			from := 0
			if len(tight) > 0 {
				from = tight[len(tight)-1] + 1
			}
			for c := from; c < 2*n; c++ {
				try(append(slices.Clone(tight), c))
			}
			return
		}
		m, b := mat.NewDense(n, n, nil), mat.NewVecDense(n, nil)
		for j := range n {
			m.Set(n-1, j, 1)
		}
		b.SetVec(n-1, 1)
		for k, c := range tight {
			m.SetRow(k, rows[c])
		}
		var lu mat.LU
		lu.Factorize(m)
		if lu.Cond() > 1e9 {
			return
		}
		var p mat.VecDense
		if lu.SolveVecTo(&p, false, b) != nil {
			return
		}
		for _, row := range rows {
			if mat.Dot(mat.NewVecDense(n, row), &p) < -1e-9 {
				return
			}
		}
		found = append(found, p.RawVector().Data)
	}
	try(nil)
	return found
}

// Larger games, some with hardly any games per pair and so full of ties, some
// with pairs missing: judged by what agents gain, and by copies, which take
// nothing from others and share with the copied.
func TestNashLarge(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 2))
	for game := range 60 {
		n := 5 + r.IntN(36)
		games, gap := 1+r.IntN(6), r.Float64()/2
		rec := fromRates(n, func(i, j int) float64 { return r.Float64() })
		if game%3 > 0 {
			rec = NewRecord(n)
			for j := range n {
				for i := range j {
					if r.Float64() < gap {
						continue
					}
					won := float64(r.IntN(2*games+1)) / 2
					rec.Games[i*n+j], rec.Games[j*n+i] = float64(games), float64(games)
					rec.Score[i*n+j], rec.Score[j*n+i] = won, float64(games)-won
				}
			}
		}
		of := r.Perm(n)
		twin := of[0]
		of = append(of, twin)
		a, b := nash(t, rec), nash(t, copied(rec, of))
		want := make([]float64, n+1)
		for k, i := range of {
			want[k] = a.Mass[i]
			if i == twin {
				want[k] /= 2
			}
		}
		// A copied agent counts as two in the entropy, which moves the maximum
		// where there are several equilibria: then only the judgement above.
		if game%3 == 0 {
			wantClose(t, "with a copy", b.Mass, want, 1e-9)
		}
	}
}

// Three soccer agents go round: B beats I by a, I beats J by b, J beats B by c.
// They weigh b, c and a, and nobody else gains against them.
func TestNashSoccer(t *testing.T) {
	soccer := normal.Soccer()
	n := len(soccer.Strategies[0])
	rate := func(i, j byte) float64 { return soccer.Payoffs[0][int(i-'A')*n+int(j-'A')] - .5 }
	a, b, c := rate('B', 'I'), rate('I', 'J'), rate('J', 'B')
	want := make([]float64, n)
	want['B'-'A'], want['I'-'A'], want['J'-'A'] = b/(a+b+c), c/(a+b+c), a/(a+b+c)
	got := nash(t, fromRates(n, func(i, j int) float64 { return soccer.Payoffs[0][i*n+j] }))
	wantClose(t, "soccer", got.Mass, want, 1e-9)
}

// Scores that do not add up are refused, and so is what cannot be a score.
func TestRecordCheck(t *testing.T) {
	for _, c := range []struct {
		name string
		r    Record
		ok   bool
	}{
		{"good", Record{N: 2, Games: []float64{0, 3, 3, 0}, Score: []float64{0, 2.5, .5, 0}}, true},
		{"no agents", Record{}, false},
		{"shape", Record{N: 2, Games: []float64{0, 1, 1}, Score: []float64{0, 1, 0}}, false},
		{"asymmetric", Record{N: 2, Games: []float64{0, 1, 2, 0}, Score: []float64{0, 1, 0, 0}}, false},
		{"points missing", Record{N: 2, Games: []float64{0, 2, 2, 0}, Score: []float64{0, 1, 0, 0}}, false},
		{"negative", Record{N: 2, Games: []float64{0, 1, 1, 0}, Score: []float64{0, 2, -1, 0}}, false},
		{"NaN", Record{N: 2, Games: []float64{0, 1, 1, 0}, Score: []float64{0, math.NaN(), 1, 0}}, false},
		{"infinite", Record{N: 2, Games: []float64{0, math.Inf(1), math.Inf(1), 0}, Score: []float64{0, math.Inf(1), 0, 0}}, false},
		{"self", Record{N: 1, Games: []float64{1}, Score: []float64{.5}}, false},
	} {
		if err := c.r.Check(); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func BenchmarkNash(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		r := rand.New(rand.NewPCG(5, 3))
		rec := fromRates(n, func(i, j int) float64 { return r.Float64() })
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			for b.Loop() {
				if _, err := NashAverage(rec); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
