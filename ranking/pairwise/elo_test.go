package pairwise

import (
	"math"
	"math/rand/v2"
	"reflect"
	"strconv"
	"testing"

	"gonum.org/v1/gonum/mat"
)

func elo(t *testing.T, r Record) Elo {
	t.Helper()
	e, err := Ratings(r)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// duels is the record of n agents with the given games: i, j, points of i, of j.
func duels(n int, games ...[4]float64) Record {
	r := NewRecord(n)
	for _, g := range games {
		i, j := int(g[0]), int(g[1])
		r.Score[i*n+j], r.Score[j*n+i] = g[2], g[3]
		r.Games[i*n+j], r.Games[j*n+i] = g[2]+g[3], g[2]+g[3]
	}
	return r
}

// checkElo verifies the conditions of maximum likelihood pool by pool: means of
// zero and expected scores equal to scores.
func checkElo(t *testing.T, what string, r Record, e Elo) {
	t.Helper()
	n := r.N
	for _, p := range e.Pools {
		mean := 0.0
		for _, i := range p.Agents {
			mean += e.Rating[i] / float64(len(p.Agents))
			score, expected, games := 0.0, 0.0, 0.0
			for _, j := range p.Agents {
				score += r.Score[i*n+j]
				games += r.Games[i*n+j]
				expected += r.Games[i*n+j] / (1 + math.Pow(10, (e.Rating[j]-e.Rating[i])/400))
			}
			if !(math.Abs(score-expected) <= 1e-7*max(1, games)) {
				t.Errorf("%s: agent %d scored %g in its pool, expected %g", what, i, score, expected)
			}
		}
		if !(math.Abs(mean) <= 1e-7) {
			t.Errorf("%s: mean %g of pool %v", what, mean, p.Agents)
		}
	}
}

func TestEloByHand(t *testing.T) {
	// Two agents, 3 to 1: ln 3 apart; the information on the difference is
	// 4·¾·¼ = ¾, each rating is half the difference.
	e := elo(t, duels(2, [4]float64{0, 1, 3, 1}))
	half := 200 * math.Log10(3)
	se := eloPerLogit / math.Sqrt(.75) / 2
	wantClose(t, "3 to 1", e.Rating, []float64{half, -half}, 1e-6)
	wantClose(t, "3 to 1, errors", e.SE, []float64{se, se}, 1e-6)

	// A chain: differences add up, and so do their variances. 10 to 1 is 400
	// points. With d01 and d12 the differences, the middle has rating
	// (d12-d01)/3, so its variance is the sum of theirs over 9.
	e = elo(t, duels(3, [4]float64{0, 1, 10, 1}, [4]float64{1, 2, 10, 1}))
	wantClose(t, "chain", e.Rating, []float64{400, 0, -400}, 1e-6)
	v := eloPerLogit * eloPerLogit / (11. * 10 / 121)
	wantClose(t, "chain, errors", e.SE, []float64{math.Sqrt(5 * v / 9), math.Sqrt(2 * v / 9), math.Sqrt(5 * v / 9)}, 1e-6)

	// Draws only: level. Everyone beats everyone as often: level.
	wantClose(t, "draws", elo(t, duels(2, [4]float64{0, 1, 5, 5})).Rating, []float64{0, 0}, 1e-9)
}

// Where points went one way only, pools part, in the order of the points, and
// the ratings inside are those of the games inside.
func TestEloPools(t *testing.T) {
	for _, c := range []struct {
		name  string
		r     Record
		pools []Pool
	}{
		{"alone", NewRecord(1), []Pool{{Agents: []int{0}}}},
		{"strangers", NewRecord(2), []Pool{{Agents: []int{0}}, {Agents: []int{1}, Group: 1}}},
		{"a clean sheet", duels(2, [4]float64{0, 1, 0, 7}), []Pool{{Agents: []int{1}, Group: 0, Over: []int{1}}, {Agents: []int{0}, Group: 0}}},
		{"half a point is enough", duels(2, [4]float64{0, 1, .5, 6.5}), []Pool{{Agents: []int{0, 1}, Group: 0}}},
		{"two and two, 3 apart", duels(5,
			[4]float64{0, 1, 1, 2}, [4]float64{2, 4, 2, 1}, [4]float64{2, 0, 1, 0}, [4]float64{4, 1, 3, 0}),
			[]Pool{{Agents: []int{3}, Group: 1}, {Agents: []int{2, 4}, Group: 0, Over: []int{2}}, {Agents: []int{0, 1}, Group: 0}}},
		{"round in a circle", duels(3, [4]float64{0, 1, 1, 0}, [4]float64{1, 2, 1, 0}, [4]float64{2, 0, 1, 0}),
			[]Pool{{Agents: []int{0, 1, 2}, Group: 0}}},
	} {
		e := elo(t, c.r)
		checkElo(t, c.name, c.r, e)
		for i := range e.Pools {
			e.Pools[i].First, e.Pools[i].FirstSE = 0, 0 // NaN, without seats
		}
		if !reflect.DeepEqual(e.Pools, c.pools) {
			t.Errorf("%s: pools %v, want %v", c.name, e.Pools, c.pools)
		}
	}
}

// played is a record of simulated games between agents of normal strength.
func played(r *rand.Rand, n, games int, spread, meet float64) Record {
	strength := make([]float64, n)
	for i := range strength {
		strength[i] = spread * r.NormFloat64()
	}
	rec := NewRecord(n)
	for i := range n {
		for j := range i {
			if r.Float64() >= meet {
				continue
			}
			won, lost := 0., 0.
			p := 1 / (1 + math.Exp(strength[j]-strength[i]))
			for range games {
				switch u := r.Float64(); {
				case u < .8*p:
					won++
				case u < p:
					won, lost = won+.5, lost+.5
				default:
					lost++
				}
			}
			rec.Score[i*n+j], rec.Score[j*n+i] = won, lost
			rec.Games[i*n+j], rec.Games[j*n+i] = won+lost, won+lost
		}
	}
	return rec
}

// Names do not matter; twice the games give the same ratings and errors smaller
// by √2; errors are those of the pseudo-inverse of the information.
func TestEloProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 1))
	for game := range 60 {
		n := 2 + r.IntN(25)
		rec := played(r, n, 1+r.IntN(20), 2*r.Float64(), .2+r.Float64())
		e := elo(t, rec)
		checkElo(t, "simulated", rec, e)

		to := r.Perm(n)
		other := elo(t, copied(rec, to))
		for k, i := range to {
			if math.Abs(other.Rating[k]-e.Rating[i]) > 1e-5 || math.Abs(other.SE[k]-e.SE[i]) > 1e-5*e.SE[i] {
				t.Errorf("game %d: agent %d is %g ± %g, under another name %g ± %g", game, i, e.Rating[i], e.SE[i], other.Rating[k], other.SE[k])
			}
		}

		twice := NewRecord(n)
		for i := range rec.Games {
			twice.Games[i], twice.Score[i] = 2*rec.Games[i], 2*rec.Score[i]
		}
		more := elo(t, twice)
		for i := range n {
			if math.Abs(more.Rating[i]-e.Rating[i]) > 1e-5 || math.Abs(more.SE[i]*math.Sqrt2-e.SE[i]) > 1e-5*e.SE[i] {
				t.Errorf("game %d: agent %d is %g ± %g, with twice the games %g ± %g", game, i, e.Rating[i], e.SE[i], more.Rating[i], more.SE[i])
			}
		}

		for _, p := range e.Pools {
			for k, want := range pseudoErrors(t, rec, p.Agents, e.Rating) {
				if got := e.SE[p.Agents[k]]; math.Abs(got-want) > 1e-6*want {
					t.Errorf("game %d: agent %d has error %g, want %g", game, p.Agents[k], got, want)
				}
			}
		}
	}
}

// pseudoErrors are the standard errors by the Moore–Penrose inverse of the
// information of the games in a pool.
func pseudoErrors(t *testing.T, r Record, pool []int, rating []float64) []float64 {
	n := len(pool)
	h := mat.NewSymDense(n, nil)
	for a, i := range pool {
		for b, j := range pool {
			p := 1 / (1 + math.Pow(10, (rating[j]-rating[i])/400))
			if w := r.Games[i*r.N+j] * p * (1 - p); a != b {
				h.SetSym(a, b, -w)
				h.SetSym(a, a, h.At(a, a)+w)
			}
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(h, true) {
		t.Fatal("no eigenvalues")
	}
	var v mat.Dense
	eigen.VectorsTo(&v)
	errors := make([]float64, n)
	for k, value := range eigen.Values(nil)[1:] { // the first belongs to the sum
		for a := range errors {
			errors[a] += v.At(a, k+1) * v.At(a, k+1) / value
		}
	}
	for a := range errors {
		errors[a] = eloPerLogit * math.Sqrt(errors[a])
	}
	return errors
}

// A ladder on which everyone beats the next 999 times in 1000: as games form a
// tree, every step fits exactly. A circle of a million wins per step that one
// win of the last over the first closes. And a thousand agents.
func TestEloExtremes(t *testing.T) {
	n := 100
	ladder := NewRecord(n)
	set := func(i, j int, won, lost float64) {
		ladder.Score[i*n+j], ladder.Score[j*n+i] = won, lost
		ladder.Games[i*n+j], ladder.Games[j*n+i] = won+lost, won+lost
	}
	for i := range n - 1 {
		set(i, i+1, 999, 1)
	}
	e := elo(t, ladder)
	checkElo(t, "ladder", ladder, e)
	for i := range n - 1 {
		if d := e.Rating[i] - e.Rating[i+1]; math.Abs(d-400*math.Log10(999)) > 1e-5 {
			t.Errorf("step %d is %g points, want %g", i, d, 400*math.Log10(999))
		}
	}
	for i := range n - 1 {
		set(i, i+1, 1e6, 0)
	}
	set(n-1, 0, 1, 0)
	checkElo(t, "circle", ladder, elo(t, ladder))

	rec := played(rand.New(rand.NewPCG(9, 2)), 1000, 10, 2, 1)
	checkElo(t, "a thousand", rec, elo(t, rec))
}

// Pairs with up to 1e12 games beside pairs with one: those with few must fit as
// well as those with many, in units of their standard error.
func TestEloUnevenGames(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 3))
	for game := range 2000 {
		n, meet, top := 2+r.IntN(20), r.Float64(), 12*r.Float64()
		rec := NewRecord(n)
		for i := range n {
			for j := range i {
				if r.Float64() > meet {
					continue
				}
				won := math.Floor(math.Pow(10, top*r.Float64())) / 2
				lost := math.Floor(math.Pow(10, top*r.Float64())) / 2 * float64(r.IntN(3)/2)
				rec.Score[i*n+j], rec.Score[j*n+i] = won, lost
				rec.Games[i*n+j], rec.Games[j*n+i] = won+lost, won+lost
			}
		}
		e := elo(t, rec)
		for _, p := range e.Pools {
			for _, i := range p.Agents {
				miss, variance := 0.0, 0.0
				for _, j := range p.Agents {
					up, down := odds((e.Rating[i] - e.Rating[j]) / eloPerLogit)
					miss += rec.Score[i*n+j]*down - rec.Score[j*n+i]*up
					variance += rec.Games[i*n+j] * up * down
				}
				if !(math.Abs(miss) <= 1e-5*math.Sqrt(variance)) || len(p.Agents) > 1 && !(e.SE[i] > 0) {
					t.Errorf("game %d: agent %d ± %g misses its score by %g, deviation %g", game, i, e.SE[i], miss, math.Sqrt(variance))
				}
			}
		}
	}
}

func BenchmarkElo(b *testing.B) {
	for _, n := range []int{100, 1000} {
		rec := played(rand.New(rand.NewPCG(9, 2)), n, 10, 2, 1)
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			for b.Loop() {
				if _, err := Ratings(rec); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
