package tournament

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"arbiter/agents"
	"arbiter/dice"
	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/games/normal"
	"arbiter/sampling"
)

// play runs a field and returns the whole log and the means at its end.
func play(t *testing.T, f *Field, budget int64, workers int, stored [][]byte) ([]byte, []float64) {
	t.Helper()
	j := Tape(slices.Clone(stored))
	s, err := f.Run(context.Background(), Options{MaxMatches: budget, Workers: workers, Stored: stored, Journal: &j})
	if err != nil {
		t.Fatal(err)
	}
	if s.Matches() > budget {
		t.Fatalf("%d matches were played on a budget of %d", s.Matches(), budget)
	}
	return bytes.Join(j, nil), slices.Concat(s.Payoffs().M...)
}

// decimals seats the strategies of a table whose payoffs round when added.
func decimals(t testing.TB) *Field {
	t.Helper()
	t.Helper()
	table := normal.Table{Strategies: [][]string{{"a", "b"}, {"x", "y", "z"}}, Payoffs: [][]float64{{.1, .7, .3, .2, .1, .9}, {.3, .1, .7, .6, .4, .2}}}
	g, err := normal.New("decimals", table, normal.Options{Noise: normal.None})
	if err != nil {
		t.Fatal(err)
	}
	b, err := flat.Compile(g, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	info := g.Info()
	plan := Plan{
		Stream: dice.Version, Rule: sampling.Rule, Game: info.Name, Agents: table.Strategies, Labels: table.Strategies, Seed: 3, Population: "multi",
		Scheme: "fixed-budget", Bound: "bernstein", Level: "simultaneous", Delta: .05, Batch: .5, Lo: info.Lo, Hi: info.Hi, MatchesPerPlay: 1,
	}
	var pools [][]agents.Agent
	for _, names := range table.Strategies {
		var pool []agents.Agent
		for i := range names {
			// Mixed, so that the sums depend on the matches.
			p := make([]float64, len(names))
			for m := range p {
				p[m] = .1
			}
			p[i] = 1 - .1*float64(len(names)-1)
			pool = append(pool, agents.Tabular(mixed{p}))
		}
		pools = append(pools, pool)
	}
	f, err := NewField(plan, g, pools, b)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestWorkersDoNotMatter(t *testing.T) {
	for name, f := range map[string]*Field{"kuhn": kuhnPair(t, open), "decimals": decimals(t)} {
		log, means := play(t, f, 400_000, 1, nil)
		for _, workers := range []int{2, 7} {
			again, other := play(t, f, 400_000, workers, nil)
			if !bytes.Equal(log, again) || !slices.Equal(means, other) {
				t.Errorf("%s: %d workers give another log than one", name, workers)
			}
		}
	}
}

// A tournament of agents that do not say that they are tabular goes through
// the State, and comes out the same, match by match.
func TestBothWaysPlayTheSameMatches(t *testing.T) {
	fast, slow := kuhnPair(t, open), kuhnPair(t, func(a agents.Tabular) agents.Agent { return struct{ agents.Agent }{a} })
	if !fast.Compiled() || slow.Compiled() {
		t.Fatal("the fields do not go different ways")
	}
	want, _ := play(t, fast, 30_000, 2, nil)
	got, _ := play(t, slow, 30_000, 2, nil)
	if !bytes.Equal(got, want) {
		t.Error("the two ways give different logs")
	}
	for i := range int64(500) {
		a, b := sampling.Config{Lo: make([]float64, 2)}.NewSum(), sampling.Config{Lo: make([]float64, 2)}.NewSum()
		req := sampling.Request{Cell: 1, First: i, N: 1}
		if err := errors.Join(fast.play(t.Context(), fast.newTable(), req, &a), slow.play(t.Context(), slow.newTable(), req, &b)); err != nil {
			t.Fatal(err)
		}
		if !a.Equal(&b) {
			t.Fatalf("play %d: %v and %v", i, a, b)
		}
	}
}

// Whatever part of the log survives, the run ends with the same log.
func TestResume(t *testing.T) {
	f := kuhnPair(t, open)
	want, means := play(t, f, 50_000, 2, nil)
	r := rand.New(rand.NewPCG(5, 6))
	for range 20 {
		// Cut after some decision: a log is only ever cut there.
		reader := newLogReader(f.plan, [][]byte{want})
		sum := sampling.Config{Lo: make([]float64, 2)}.NewSum()
		for range r.IntN(200) {
			if _, ok, err := reader.next(&sum); err != nil || !ok {
				t.Fatal(ok, err)
			}
		}
		kept := want[:len(want)-len(reader.segments[0])]
		got, again := play(t, f, 50_000, 2, [][]byte{kept})
		if !bytes.Equal(got, want) || !slices.Equal(again, means) {
			t.Fatalf("resumed after %d bytes the log is another one", len(kept))
		}
	}
}

// A budget raised step by step ends like the last one given at once, and a
// smaller budget afterwards like itself.
func TestBudgetsAgree(t *testing.T) {
	for name, f := range map[string]*Field{"kuhn": kuhnPair(t, open), "fixed": fixed(kuhnPair(t, open))} {
		var log []byte
		for _, budget := range []int64{7, 1000, 1234, 40_000, 5_000} {
			var stored [][]byte
			if log != nil {
				stored = [][]byte{log}
			}
			next, means := play(t, f, budget, 1, stored)
			_, fresh := play(t, f, budget, 1, nil)
			if !slices.Equal(means, fresh) {
				t.Errorf("%s: budget %d after others: means %v, alone %v", name, budget, means, fresh)
			}
			log = next
		}
	}
}

func fixed(f *Field) *Field {
	f.plan.Scheme = "fixed-budget"
	return f
}

func TestInterrupt(t *testing.T) {
	f := kuhnPair(t, open)
	want, _ := play(t, f, 300_000, 2, nil)
	for _, rounds := range []int{1, 10, 40} {
		ctx, cancel := context.WithCancel(context.Background())
		var j Tape
		_, err := f.Run(ctx, Options{MaxMatches: 300_000, Workers: 2, Journal: &j, Watch: func(*sampling.State) {
			if rounds--; rounds == 0 {
				cancel()
			}
		}})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("interrupted: %v", err)
		}
		part := bytes.Join(j, nil)
		if len(part) == 0 || !bytes.HasPrefix(want, part) {
			t.Errorf("an interrupted run kept %d bytes that the whole run does not begin with", len(part))
		}
		if got, _ := play(t, f, 300_000, 2, j); !bytes.Equal(got, want) {
			t.Error("resumed, the log is another one")
		}
	}
}

func TestDamagedLog(t *testing.T) {
	f := kuhnPair(t, open)
	log, _ := play(t, f, 2000, 1, nil)
	r := rand.New(rand.NewPCG(1, 1))
	for range 500 {
		bad := slices.Clone(log[:1+r.IntN(len(log))])
		bad[r.IntN(len(bad))] ^= byte(1 + r.IntN(255))
		_, _ = Replay(f.plan, [][]byte{bad}) // an error or another log, never a panic
	}
	if _, err := Replay(f.plan, [][]byte{{5, 1, 0}}); !errors.Is(err, errLog) {
		t.Errorf("a log that plays a cell out of turn: %v", err)
	}
}

// mixed plays the same mixture everywhere, at one seat.
type mixed struct {
	p []float64
}

func (m mixed) Row(_ games.View, dst []float64) error { copy(dst, m.p); return nil }

func (m mixed) Move(context.Context, games.View, rand.Source) (int, error) {
	return 0, errors.New("played through the State")
}

// A match on a Board costs no memory, sums and seat rotation included.
func TestMatchesDoNotAllocate(t *testing.T) {
	f := kuhnPair(t, open)
	at, sum := f.newTable(), sampling.Config{Lo: make([]float64, 2)}.NewSum()
	req := sampling.Request{Cell: 0, N: 1000}
	if n := testing.AllocsPerRun(20, func() { _ = f.play(context.Background(), at, req, &sum) }); n > 0 {
		t.Errorf("1000 plays allocate %g times", n)
	}
}

// A budget raised in 1, 2 or 7 steps, with any number of workers, ends with the
// same means and intervals to the last bit, of payoffs that round when they are
// added and of games that are rolled; where decisions do not depend on the
// budget, with the same log.
func TestStepsOfABudgetDoNotMatter(t *testing.T) {
	for _, scheme := range []string{"fixed-budget", "count-weighted", "uniform", "uniform-exhaustive", "valence-weighted"} {
		for _, bound := range []string{"bernstein", "betting", "hoeffding"} {
			f := decimals(t)
			f.plan.Scheme, f.plan.Bound, f.plan.Batch = scheme, bound, .3
			const budget = 6_000
			var want string
			var whole []byte
			for i, steps := range []int64{1, 2, 7} {
				var log []byte
				var state *sampling.State
				for step := range steps {
					j, stored := Tape{}, [][]byte(nil)
					if log != nil {
						j, stored = Tape{log}, [][]byte{log}
					}
					room := budget * (step + 1) / steps
					if step < steps-1 {
						room -= 1 + 2*step // in the middle of a round
					}
					var err error
					if state, err = f.Run(t.Context(), Options{MaxMatches: room, Workers: 1 + int(step), Stored: stored, Journal: &j}); err != nil {
						t.Fatal(err)
					}
					log = bytes.Join(j, nil)
				}
				text := ""
				for cell := range 6 {
					for k := range 2 {
						mean, in := state.Mean(cell, k)
						text += fmt.Sprintf("%v %v %v %d\n", mean, in, state.StdErr(cell, k), state.Plays(cell))
					}
				}
				again, err := Replay(f.plan, [][]byte{log})
				if err != nil || !slices.EqualFunc(again.Payoffs().M, state.Payoffs().M, slices.Equal[[]float64]) {
					t.Errorf("%s, %s: the log shows other means than the run, %v", scheme, bound, err)
				}
				if i == 0 {
					want, whole = text, log
				}
				if text != want {
					t.Errorf("%s, %s: in %d steps\n%s\nin one\n%s", scheme, bound, steps, text, want)
				}
				if scheme != "fixed-budget" && !bytes.Equal(log, whole) {
					t.Errorf("%s, %s: in %d steps the log is another one", scheme, bound, steps)
				}
			}
		}
	}
}

func FuzzStoredLog(f *testing.F) {
	field := decimals(f) // cheap to set up, once per process that fuzzes
	field.plan.Scheme = "count-weighted"
	var j Tape
	if _, err := field.Run(context.Background(), Options{MaxMatches: 2000, Journal: &j}); err != nil {
		f.Fatal(err)
	}
	f.Add(bytes.Join(j, nil))
	f.Add([]byte{5, 1, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1})
	f.Add([]byte{0, 1, 5, 3, 1})
	f.Fuzz(func(t *testing.T, log []byte) {
		_, _ = Replay(field.plan, [][]byte{log}) // an error or a state, never a panic
		old := field.plan
		old.Rule = 0
		_, _ = Replay(old, [][]byte{log})
	})
}

func FuzzStoredPlan(f *testing.F) {
	f.Add(decimals(f).plan.Encode())
	f.Add([]byte(`{"agents":[["a"],["b"]],"labels":[["a"],["b"]],"population":"multi","lo":[0,0],"hi":[1,1],"matches_per_play":1,"scheme":"uniform","bound":"bernstein","level":"per-look","delta":0.5}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var p Plan
		if json.Unmarshal(body, &p) != nil {
			return
		}
		if q, err := DecodePlan(p.Encode(), p.Identity()); err == nil && q.Space().N() < 1000 {
			if _, err := Replay(q, nil); err != nil {
				t.Errorf("a plan that was accepted cannot be folded: %v", err)
			}
		}
	})
}
