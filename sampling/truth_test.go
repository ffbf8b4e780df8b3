package sampling_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"arbiter/internal/dice"
	"arbiter/ranking"
	"arbiter/sampling"
)

// world is a table of means with a law of payoffs around them.
type world struct {
	name   string
	space  ranking.Space
	means  [][]float64 // per player; single population: [0][i*n+j]
	shared bool        // one winner per match
	draws  bool        // payoffs 0, ½, 1 with the same means: not 0/1
}

func (w world) config(bound sampling.Bound, delta, batch float64, seed uint64) sampling.Config {
	players := len(w.means)
	if w.space.Single {
		players = 2
	}
	c := sampling.Config{
		Space: w.space, ConstantSum: w.shared, Sum: 1, Binary: !w.draws,
		Scheme: sampling.CountWeighted, Bound: bound, Level: sampling.Simultaneous, Delta: delta, Batch: batch,
		MatchesPerPlay: 1, Key: dice.New(seed),
	}
	for range players {
		c.Lo, c.Hi = append(c.Lo, 0), append(c.Hi, 1)
	}
	return c
}

// play adds n plays of a cell.
func (w world) play(r *rand.Rand, pairs []ranking.Edge, q sampling.Request, sum *sampling.Sum) {
	mu := make([]float64, len(sum.X))
	for k := range mu {
		if w.space.Single {
			e, n := pairs[q.Cell], w.space.N()
			mu[k] = w.means[0][[2]int{int(e.U)*n + int(e.V), int(e.V)*n + int(e.U)}[k]]
		} else {
			mu[k] = w.means[k][q.Cell]
		}
	}
	sum.N = q.N
	for range q.N {
		x := make([]float64, len(mu))
		for k, m := range mu {
			switch {
			case k == 1 && w.shared:
				x[k] = 1 - x[0]
			case w.draws: // 0, ½ and 1 with probabilities (1-m)², 2m(1-m), m²
				for range 2 {
					if r.Float64() < m {
						x[k] += .5
					}
				}
			case r.Float64() < m:
				x[k] = 1
			}
			sum.X[k] += x[k]
			sum.XX[k] += x[k] * x[k]
		}
		if w.space.Single {
			sum.D += x[0] - x[1]
			sum.DD += (x[0] - x[1]) * (x[0] - x[1])
		}
	}
}

// run plays until all is resolved or the cap is reached and counts directions
// that are wrong. Any direction of a tie is wrong.
func (w world) run(t testing.TB, c sampling.Config, seed uint64, most int64) (matches int64, wrong int, open int) {
	t.Helper()
	s, err := sampling.New(c)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(seed, 77))
	pairs := c.Space.Edges()
	sum := sampling.NewSum(len(c.Lo))
	for {
		reqs := s.Next(most - s.Matches())
		if len(reqs) == 0 {
			break
		}
		for _, q := range reqs {
			sum.Clear()
			w.play(r, pairs, q, &sum)
			if err := s.Observe(q, sum); err != nil {
				t.Fatal(err)
			}
		}
	}
	truth := ranking.Response(ranking.Payoffs{Space: w.space, M: w.means}, 1e-12)
	g, stillOpen := s.Graph()
	for i := range g.Edges {
		if !stillOpen[i] && g.Dir[i] != truth.Dir[i] {
			wrong++
		}
	}
	return s.Matches(), wrong, s.Open()
}

func reference(t testing.TB, name string) world {
	t.Helper()
	b, err := os.ReadFile("../testdata/sampling.json")
	if err != nil {
		t.Fatal(err)
	}
	var f struct {
		Games map[string]struct{ Means [][][]float64 }
	}
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	w := world{name: name, space: ranking.Space{}}
	for _, table := range f.Games[name].Means {
		var flat []float64
		for _, row := range table {
			flat = append(flat, row...)
		}
		w.means = append(w.means, flat)
		w.space.Shape = []int{len(table), len(table[0])}
	}
	return w
}

func worlds(t testing.TB) []world {
	single := ranking.Space{Single: true, Shape: []int{3}}
	return []world{
		reference(t, "example_2x2"),
		{name: "constant-sum 2x2", space: ranking.Space{Shape: []int{2, 2}}, shared: true,
			means: [][]float64{{.5, .7, .35, .6}, {.5, .3, .65, .4}}},
		{name: "all tied 2x2", space: ranking.Space{Shape: []int{2, 2}}, means: [][]float64{{.3, .3, .3, .3}, {.8, .8, .8, .8}}},
		{name: "extreme 3x2", space: ranking.Space{Shape: []int{3, 2}},
			means: [][]float64{{.01, .99, .05, .9, 0, 1}, {.02, .08, .5, .6, .97, .9}}},
		{name: "three players", space: ranking.Space{Shape: []int{2, 2, 2}},
			means: [][]float64{{.2, .4, .6, .8, .5, .1, .9, .3}, {.1, .3, .5, .7, .9, .2, .4, .6}, {.6, .2, .8, .4, .1, .9, .3, .7}}},
		{name: "one population", space: single, shared: true,
			means: [][]float64{{.5, .6, .35, .4, .5, .55, .65, .45, .5}}},
		{name: "one population, tied", space: single, shared: true,
			means: [][]float64{{.5, .5, .5, .5, .5, .5, .5, .5, .5}}},
		{name: "one population, general sum", space: single,
			means: [][]float64{{0, .9, .2, .7, 0, .4, .6, .5, 0}}},
	}
}

// No run may have a wrong edge more often than delta. With 1000 runs at delta
// 0.1 a sound test stays at or below 123 with probability 99% (binomial), so
// each line below raises a false alarm at most once in a hundred seeds; the
// seeds are fixed.
func TestErrorRate(t *testing.T) {
	runs := 1000
	if testing.Short() {
		runs = 50
	}
	const delta = .1
	limit := int(float64(runs)*delta + 2.33*math.Sqrt(float64(runs)*delta*(1-delta)))
	for _, w := range worlds(t) {
		for _, draws := range []bool{false, true} {
			w.draws = draws
			if draws && w.shared {
				continue
			}
			bounds := []sampling.Bound{sampling.Pair, sampling.Mixture, sampling.Hoeffding, sampling.Bernstein}
			if draws {
				bounds = bounds[2:]
			}
			for _, bound := range bounds {
				for _, batch := range []float64{0, .05} {
					if bound == sampling.Mixture && batch == 0 {
						continue // bisects at every look; batch .05 looks at a subset
					}
					bad, resolved, matches := 0, 0, int64(0)
					for seed := range uint64(runs) {
						m, wrong, open := w.run(t, w.config(bound, delta, batch, seed), seed, 1500)
						if wrong > 0 {
							bad++
						}
						if open == 0 {
							resolved++
						}
						matches += m
					}
					if bad > limit {
						t.Errorf("%s, draws %v, %s, batch %g: %d of %d runs have a wrong edge, expected at most %d", w.name, draws, bound, batch, bad, runs, limit)
					}
					t.Logf("%-28s draws %-5v %-9s batch %-4g wrong runs %d, resolved %d, mean matches %d", w.name, draws, bound, batch, bad, resolved, matches/int64(runs))
				}
			}
		}
	}
}

// The bar of the worked examples: mean matches to resolve all edges at delta
// 0.1, count-weighted, looking after every match.
func TestCostOfWorkedExamples(t *testing.T) {
	for _, c := range []struct {
		name  string
		runs  int
		limit float64 // mean matches
	}{{"example_2x2", 1000, 275}, {"random_4x4", 400, 24_000}} {
		if testing.Short() {
			c.runs /= 20
		}
		w := reference(t, c.name)
		total, bad := int64(0), 0
		for seed := range uint64(c.runs) {
			m, wrong, open := w.run(t, w.config(sampling.Pair, .1, 0, seed), seed, math.MaxInt64)
			total += m
			if wrong > 0 || open > 0 {
				bad++
			}
		}
		mean := float64(total) / float64(c.runs)
		t.Logf("%s: mean %.1f matches, %d of %d runs wrong", c.name, mean, bad, c.runs)
		if mean > c.limit || float64(bad) > .2*float64(c.runs) {
			t.Errorf("%s: mean %.1f matches, expected at most %.0f; %d of %d runs wrong", c.name, mean, c.limit, bad, c.runs)
		}
	}
}
