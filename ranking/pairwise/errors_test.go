package pairwise

import (
	"math"
	"math/rand/v2"
	"testing"
)

// seated simulates games of agents of these strengths, in logits, of which
// schedule(i, j) have i first, who is stronger by gamma then; a part drawn of the
// games is drawn.
func seated(r *rand.Rand, strength []float64, gamma, drawn float64, schedule func(i, j int) int) Record {
	n := len(strength)
	rec := NewRecord(n)
	rec.Variance, rec.First = make([]float64, n*n), make([]Seating, n*n)
	for i := range n {
		for j := range n {
			if i == j {
				continue
			}
			var won, draws, lost float64
			p, _ := odds(strength[i] - strength[j] + gamma)
			d := 2 * drawn * min(p, 1-p) // so that the expected score stays p
			for range schedule(i, j) {
				switch u := r.Float64(); {
				case u < d:
					draws++
				case u < d/2+p:
					won++
				default:
					lost++
				}
			}
			games := won + draws + lost
			score := won + draws/2
			mean := score / max(1, games)
			v := won*(1-mean)*(1-mean) + draws*(.5-mean)*(.5-mean) + lost*mean*mean
			rec.First[i*n+j] = Seating{games, score, v}
			rec.Games[i*n+j] += games
			rec.Games[j*n+i] += games
			rec.Score[i*n+j] += score
			rec.Score[j*n+i] += games - score
			rec.Variance[i*n+j] += v
			rec.Variance[j*n+i] += v
		}
	}
	return rec
}

// Where seats are unbalanced, the stronger seat does not pass for strength: the
// intervals of ratings and of the advantage hold the truth 19 times of 20.
func TestFirstSeat(t *testing.T) {
	r := rand.New(rand.NewPCG(41, 1))
	truth := []float64{.6, .1, -.2, -.5}
	const gamma, trials = .8, 300
	held, heldFirst, of, misled := 0, 0, 0, 0
	for range trials {
		rec := seated(r, truth, gamma, 0, func(i, j int) int {
			if i < j {
				return 20
			}
			return 80
		})
		e := elo(t, rec)
		for i, x := range truth {
			of++
			if math.Abs(e.Rating[i]/eloPerLogit-x) < 1.96*e.SE[i]/eloPerLogit {
				held++
			}
		}
		if p := e.Pools[0]; math.Abs(p.First/eloPerLogit-gamma) < 1.96*p.FirstSE/eloPerLogit {
			heldFirst++
		}
		rec.First = nil
		if e := elo(t, rec); math.Abs(e.Rating[0]/eloPerLogit-truth[0]) > 1.96*e.SE[0]/eloPerLogit {
			misled++
		}
	}
	if held < of*92/100 || heldFirst < trials*92/100 || misled < trials/2 {
		t.Errorf("%d of %d ratings and %d of %d advantages inside their intervals; without seats %d of them are off", held, of, heldFirst, trials, misled)
	}
}

// Games in which nobody ever sat the other way round, or in which those who sat
// first won all, do not tell the advantage.
func TestFirstSeatUntold(t *testing.T) {
	one := duels(2, [4]float64{0, 1, 6, 4})
	one.First = make([]Seating, 4)
	one.First[1] = Seating{10, 6, 0}
	all := duels(2, [4]float64{0, 1, 9, 1})
	all.First = make([]Seating, 4)
	all.First[1], all.First[2] = Seating{9, 9, 0}, Seating{1, 1, 0}
	for _, rec := range []Record{one, all} {
		e := elo(t, rec)
		want := 200 * math.Log10(rec.Score[1]/rec.Score[2])
		if !math.IsNaN(e.Pools[0].First) || math.Abs(e.Rating[0]-want) > 1e-6 {
			t.Errorf("advantage %g, ratings %v, expected none and %g", e.Pools[0].First, e.Rating, want)
		}
	}
}

// The intervals hold for games with many draws, where the information alone has
// them half as wide again, and for clusters of equal outcomes, where it has them
// a seventh of what they are.
func TestSandwich(t *testing.T) {
	r := rand.New(rand.NewPCG(42, 1))
	truth := []float64{.5, 0, -.5}
	const trials = 300
	held, of, narrower := 0, 0, 0.0
	for range trials {
		rec := seated(r, truth, 0, .8, func(i, j int) int { return 60 })
		rec.First = nil
		e := elo(t, rec)
		rec.Variance = nil
		plain := elo(t, rec)
		for i, x := range truth {
			of++
			if math.Abs(e.Rating[i]/eloPerLogit-x) < 1.96*e.SE[i]/eloPerLogit {
				held++
			}
			narrower += e.SE[i] / plain.SE[i] / float64(3*trials)
		}
	}
	if held < of*92/100 || held > of*98/100 || narrower > .75 {
		t.Errorf("with draws %d of %d inside, %.2f as wide", held, of, narrower)
	}
	held, naive := 0, 0
	for range trials {
		rec := NewRecord(2)
		won, games := 0., 0.
		for range 40 {
			w := 50. * float64(r.IntN(2))
			won, games = won+w, games+50
			rec.Clusters = append(rec.Clusters, []Part{{1, 0, 50, 50 - w}})
		}
		rec.Games[1], rec.Games[2], rec.Score[1], rec.Score[2] = games, games, won, games-won
		if e := elo(t, rec); math.Abs(e.Rating[0]) < 1.96*e.SE[0] {
			held++
		}
		rec.Clusters = nil
		if e := elo(t, rec); math.Abs(e.Rating[0]) < 1.96*e.SE[0] {
			naive++
		}
	}
	if held < trials*90/100 || naive > trials/2 {
		t.Errorf("of clusters %d of %d inside, without them %d", held, trials, naive)
	}
}

// The shares of a pair in the ratings and the advantage are those of the inverse
// of the whole information: against small changes of the record.
func TestErrorsAgainstChanges(t *testing.T) {
	r := rand.New(rand.NewPCG(43, 1))
	for range 20 {
		rec := seated(r, []float64{.4, 0, .1, -.5}, .3, .2, func(i, j int) int { return 10 + 7*i + 3*j })
		n := rec.N
		e := elo(t, rec)
		variance, first := make([]float64, n), 0.0
		for i := range n {
			for j := range n {
				if i == j {
					continue
				}
				const more = 1e-4
				moved := rec
				moved.Score = append([]float64(nil), rec.Score...)
				moved.First = append([]Seating(nil), rec.First...)
				moved.First[i*n+j].Score += more
				moved.Score[i*n+j] += more
				moved.Score[j*n+i] -= more
				f := elo(t, moved)
				v := rec.First[i*n+j].Variance
				for k := range n {
					variance[k] += v * math.Pow((f.Rating[k]-e.Rating[k])/more, 2)
				}
				first += v * math.Pow((f.Pools[0].First-e.Pools[0].First)/more, 2)
			}
		}
		for k := range n {
			if got, want := e.SE[k], math.Sqrt(variance[k]); math.Abs(got-want) > 2e-3*want {
				t.Errorf("agent %d: error %g, by changes %g", k, got, want)
			}
		}
		if got, want := e.Pools[0].FirstSE, math.Sqrt(first); math.Abs(got-want) > 2e-3*want {
			t.Errorf("advantage: error %g, by changes %g", got, want)
		}
	}
}
