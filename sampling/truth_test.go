package sampling_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"arbiter/dice"
	"arbiter/profile"
	"arbiter/ranking"
	"arbiter/sampling"
)

// runs is the number of seeds per line of TestErrorRate; docs/benchmarks.md has
// 1000 of them.
var runs = flag.Int("runs", 100, "seeds per line of TestErrorRate")

// world is a table of means with a law of payoffs around them.
type world struct {
	name   string
	space  profile.Space
	means  [][]float64 // per player; single population: [0][i*n+j]
	shared bool        // one winner per match
	draws  bool        // payoffs 0, ½, 1 with the same means: not 0/1
}

func (w world) config(bound string, delta, batch float64, seed uint64) sampling.Config {
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
func (w world) play(r *rand.Rand, count *sampling.Counter, pairs []profile.Edge, q sampling.Request, sum *sampling.Sum) {
	mu := make([]float64, len(sum.X))
	for k := range mu {
		if w.space.Single {
			e, n := pairs[q.Cell], w.space.N()
			mu[k] = w.means[0][[2]int{int(e.U)*n + int(e.V), int(e.V)*n + int(e.U)}[k]]
		} else {
			mu[k] = w.means[k][q.Cell]
		}
	}
	count.Into(sum)
	x := make([]float64, len(mu))
	for range q.N {
		clear(x)
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
		}
		count.Count(x...)
	}
	count.Flush()
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
	sum, count := c.NewSum(), c.NewCounter()
	for {
		reqs := s.Next(most - s.Matches())
		if len(reqs) == 0 {
			break
		}
		for _, q := range reqs {
			sum.Clear()
			w.play(r, count, pairs, q, &sum)
			if err := s.Observe(q, sum); err != nil {
				t.Fatal(err)
			}
		}
	}
	truth := ranking.Payoffs{Space: w.space, M: w.means}
	g, stillOpen := s.Graph()
	for i, e := range g.Edges {
		gain := truth.Advantage(e)
		if d := g.Dir[i]; !stillOpen[i] && (d == profile.Tie && math.Abs(gain) > c.Epsilon+1e-12 || float64(d)*gain < 0 || d != profile.Tie && math.Abs(gain) < 1e-12) {
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
		Games map[string]struct {
			Sampler string
			Means   []any
		}
	}
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	w := world{name: name, shared: f.Games[name].Sampler == "zero-sum"}
	for _, table := range f.Games[name].Means {
		w.space.Shape = nil
		w.means = append(w.means, flatten(table, 0, &w.space.Shape, nil))
	}
	return w
}

// flatten reads nested lists, row-major, and their shape.
func flatten(x any, depth int, shape *[]int, dst []float64) []float64 {
	list, ok := x.([]any)
	if !ok {
		return append(dst, x.(float64))
	}
	if depth == len(*shape) {
		*shape = append(*shape, len(list))
	}
	for _, y := range list {
		dst = flatten(y, depth+1, shape, dst)
	}
	return dst
}

func worlds(t testing.TB) []world {
	single := profile.Space{Single: true, Shape: []int{3}}
	return []world{
		reference(t, "example_2x2"),
		{name: "constant-sum 2x2", space: profile.Space{Shape: []int{2, 2}}, shared: true,
			means: [][]float64{{.5, .7, .35, .6}, {.5, .3, .65, .4}}},
		{name: "all tied 2x2", space: profile.Space{Shape: []int{2, 2}}, means: [][]float64{{.3, .3, .3, .3}, {.8, .8, .8, .8}}},
		{name: "extreme 3x2", space: profile.Space{Shape: []int{3, 2}},
			means: [][]float64{{.01, .99, .05, .9, 0, 1}, {.02, .08, .5, .6, .97, .9}}},
		{name: "three players", space: profile.Space{Shape: []int{2, 2, 2}},
			means: [][]float64{{.2, .4, .6, .8, .5, .1, .9, .3}, {.1, .3, .5, .7, .9, .2, .4, .6}, {.6, .2, .8, .4, .1, .9, .3, .7}}},
		{name: "one population", space: single, shared: true,
			means: [][]float64{{.5, .6, .35, .4, .5, .55, .65, .45, .5}}},
		{name: "one population, tied", space: single, shared: true,
			means: [][]float64{{.5, .5, .5, .5, .5, .5, .5, .5, .5}}},
		{name: "one population, general sum", space: single,
			means: [][]float64{{0, .9, .2, .7, 0, .4, .6, .5, 0}}},
	}
}

// No run may have a wrong edge more often than delta, under any bound, scheme
// and batch. Each line below raises a false alarm at most once in a hundred
// choices of seeds (binomial, 99%); the seeds are fixed. Any direction of a tie is
// wrong, and so is a tie declared where the means differ by more than epsilon.
func TestErrorRate(t *testing.T) {
	runs := *runs
	if testing.Short() {
		runs = 20
	}
	const delta = .1
	limit := int(float64(runs)*delta + 2.33*math.Sqrt(float64(runs)*delta*(1-delta)))
	check := func(w world, c sampling.Config) {
		bad, resolved, matches := 0, 0, int64(0)
		for seed := range uint64(runs) {
			c.Key = dice.New(seed)
			m, wrong, open := w.run(t, c, seed, 1500)
			if wrong > 0 {
				bad++
			}
			if open == 0 {
				resolved++
			}
			matches += m
		}
		line := fmt.Sprintf("%-28s draws %-5v %-15s %-18s batch %-4g epsilon %-4g", w.name, w.draws, c.Bound, c.Scheme, c.Batch, c.Epsilon)
		if bad > limit {
			t.Errorf("%s: %d of %d runs have a wrong edge, expected at most %d", line, bad, runs, limit)
		}
		t.Logf("%s wrong runs %d, resolved %d, mean matches %d", line, bad, resolved, matches/int64(runs))
	}
	for i, w := range worlds(t) {
		for _, w.draws = range []bool{false, true} {
			if w.draws && w.shared {
				continue
			}
			for j, bound := range sampling.Bounds() {
				c := w.config(bound, delta, .05, 0)
				if c.Check() != nil {
					continue // a bound for 0/1 payoffs
				}
				// Every bound meets every scheme somewhere.
				schemes := sampling.Schemes()[:4]
				c.Scheme = schemes[(i+j)%4]
				check(w, c)
				c.Scheme, c.Epsilon = schemes[(i+j+1)%4], .1
				check(w, c)
				if bound == sampling.Pair || bound == sampling.Bernstein {
					c.Epsilon, c.Batch = 0, 0
					for _, c.Scheme = range schemes {
						check(w, c)
					}
				}
			}
		}
	}
}

// The mirror image of a symmetric game is not played, and costs and errors are
// those of the half that is.
func TestSymmetric(t *testing.T) {
	m := []float64{.5, .8, .3, .2, .5, .65, .7, .35, .5}
	other := make([]float64, 9)
	for i := range 9 {
		other[i] = m[i%3*3+i/3]
	}
	w := world{name: "two populations, symmetric", space: profile.Space{Shape: []int{3, 3}}, means: [][]float64{m, other}, shared: true}
	cost := [2]int64{}
	for i, symmetric := range []bool{false, true} {
		for seed := range uint64(200) {
			c := w.config(sampling.Pair, .1, 0, seed)
			c.Symmetric = symmetric
			matches, wrong, open := w.run(t, c, seed, math.MaxInt64)
			if wrong > 0 && seed < 10 || open > 0 {
				t.Errorf("symmetric %v, seed %d: %d wrong, %d open", symmetric, seed, wrong, open)
			}
			cost[i] += matches
		}
	}
	t.Logf("matches: %d without, %d with", cost[0]/200, cost[1]/200)
	if saved := float64(cost[1]) / float64(cost[0]); saved > .75 {
		t.Errorf("using the symmetry costs %.2f of not using it, expected about a half", saved)
	}
}

// At one look the schemes and bounds cost what they cost in the published
// implementation, whose figures are averages over all schemes but
// uniform-exhaustive, 400 seeds (2x2), 10 to 30 (4x4) and 5 to 20 (others), in
// two or three digits. The tolerance is 5 % of the figure and two standard errors
// of ours; only with -runs 400 or more all seeds are played.
func TestPerLookCosts(t *testing.T) {
	type row struct {
		game  string
		bound string
		slack float64
		runs  int
		want  [3]float64 // at delta 0.1, 0.2, 0.3
		one   float64    // uniform-exhaustive, at delta 0.1
	}
	hoeffding, clopper := sampling.Hoeffding, sampling.ClopperPearson
	for _, c := range []row{
		{"example_2x2", hoeffding, 0, 400, [3]float64{239, 189, 155}, 258},
		{"example_2x2", clopper, 0, 400, [3]float64{121, 88, 69}, 134},
		{"example_2x2", hoeffding, .1, 400, [3]float64{99, 77, 65}, 108},
		{"example_2x2", clopper, .1, 400, [3]float64{55, 41, 32}, 60},
		{"random_4x4", hoeffding, 0, 100, [3]float64{12_100, 9_600, 7_600}, 13_400},
		{"random_4x4", clopper, 0, 100, [3]float64{4_400, 2_800, 1_800}, 5_300},
		{"random_4x4", hoeffding, .1, 100, [3]float64{1_100, 841, 653}, 1_100},
		{"random_4x4", clopper, .1, 100, [3]float64{447, 283, 207}, 486},
		{"soccer", hoeffding, .1, 20, [3]float64{10_900, 8_000, 6_400}, 11_800},
		{"soccer", clopper, .1, 20, [3]float64{4_300, 2_600, 1_800}, 4_500},
		{"kuhn_3p", hoeffding, .1, 40, [3]float64{2_200, 1_600, 1_300}, 2_300},
		{"kuhn_3p", clopper, .1, 40, [3]float64{847, 515, 364}, 898},
	} {
		w := reference(t, c.game)
		for i, want := range c.want {
			delta := float64(i+1) / 10
			if *runs < 400 && i > 0 {
				break
			}
			for _, scheme := range sampling.Schemes()[:4] {
				want := want
				if scheme == sampling.UniformExhaustive {
					if want = c.one; i > 0 {
						continue
					}
				}
				n, sum, squares := c.runs, 0.0, 0.0
				if *runs < 400 {
					n /= 2
				}
				for seed := range uint64(n) {
					config := w.config(c.bound, delta, 0, seed)
					config.Level, config.Scheme, config.Slack = sampling.PerLook, scheme, c.slack
					m, _, _ := w.run(t, config, seed, 100_000)
					sum += float64(m)
					squares += float64(m) * float64(m)
				}
				mean := sum / float64(n)
				se := math.Sqrt((squares/float64(n) - mean*mean) / float64(n-1))
				line := fmt.Sprintf("| %s | %s | %g | %g | %s | %.0f ± %.0f | %.0f | %+.1f%% |", c.game, c.bound, c.slack, delta, scheme, mean, se, want, 100*(mean/want-1))
				t.Log(line)
				if math.Abs(mean-want) > .05*want+2*se {
					t.Errorf("%s: expected 5 %% at most", line)
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
	}{{"example_2x2", 1000, 240}, {"random_4x4", 400, 14_000}} {
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
