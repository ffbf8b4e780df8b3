package tournament

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"arbiter/agents"
	"arbiter/dice"
	"arbiter/games"
	"arbiter/games/goofspiel"
	"arbiter/games/kuhn"
	"arbiter/ranking/standing"
	"arbiter/sampling"
)

// flaky fails at a part of its moves, by the words of the move alone: some by an
// error that says how, some by one that does not, some by a move there is not.
type flaky struct{ part float64 }

func (a flaky) Move(_ context.Context, v games.View, src rand.Source) (int, error) {
	if dice.Float64(src.Uint64()) >= a.part {
		return int(src.Uint64() % uint64(v.Moves)), nil
	}
	switch src.Uint64() % 4 {
	case 0:
		return -1, nil
	case 1:
		return v.Moves, nil
	case 2:
		return 0, fmt.Errorf("told: %w", agents.Failure{Kind: agents.Crash, Text: "gone"})
	}
	return 0, errors.New("no idea")
}

// flakyFields are fields of one and several populations, of one and two matches a
// play, of turns and of moves at once. Who fails sits beside who does not.
func flakyFields(t *testing.T) map[string]*Field {
	t.Helper()
	two, err := kuhn.New(2)
	if err != nil {
		t.Fatal(err)
	}
	three, err := kuhn.New(3)
	if err != nil {
		t.Fatal(err)
	}
	at := func(g games.Game, s Settings, pools ...[]Entrant) *Field {
		_, f, err := s.Enter("", g.Info().Name, 5, g, nil, pools, nil)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	pool := []Entrant{
		{"uniform", "uniform", agents.Uniform()}, {"rarely", "rarely", flaky{.02}}, {"often", "often", flaky{.3}},
		{"never", "never", flaky{1}}, {"calm", "calm", flaky{0}},
	}
	multi, even := Defaults(), Defaults()
	multi.Population = "multi"
	even.Bound, even.Slack = "betting", .01
	cards, err := goofspiel.New("cards", 3, goofspiel.Descending, goofspiel.WinLoss, false)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]*Field{
		"pairs":   at(two, Defaults(), pool),
		"betting": at(two, even, pool),
		"three":   at(three, multi, pool[:2], pool[2:4], pool[3:5]),
		"cards":   at(cards, Defaults(), pool),
		"twins":   at(cards, multi, pool, pool),
	}
}

const flakyBudget = 6000

// A run in which agents fail ends, and is the same whoever plays it, however often
// it is broken off, and when it is played again.
func TestFailuresAreResults(t *testing.T) {
	for name, f := range flakyFields(t) {
		want, means := play(t, f, flakyBudget, 1, nil)
		if got, other := play(t, f, flakyBudget, 3, nil); !bytes.Equal(got, want) || !slices.Equal(means, other) {
			t.Errorf("%s: three workers give another log than one", name)
		}
		var j Tape
		for broken := 0; ; broken++ {
			ctx, cancel := context.WithCancel(t.Context())
			rounds := 1 + 7*broken
			_, err := f.Run(ctx, Options{MaxMatches: flakyBudget, Workers: 2, Stored: j, Journal: &j, Watch: func(*sampling.State) {
				if rounds--; rounds == 0 {
					cancel()
				}
			}})
			cancel()
			if err == nil {
				break
			}
			if !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(bytes.Join(j, nil), want) {
			t.Errorf("%s: broken off and resumed, the log is another one", name)
		}
		state, err := Replay(f.plan, [][]byte{want})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if matches, d, err := f.Verify(t.Context(), [][]byte{want}, 2, nil); err != nil || d != nil || matches != state.Matches() {
			t.Errorf("%s: %d of %d matches played again, difference %+v, %v", name, matches, state.Matches(), d, err)
		}
		counted(t, name, f, state)
	}
}

// counted checks what a state says of its failures, matches and payoffs against
// every match, traced one by one.
func counted(t *testing.T, name string, f *Field, state *sampling.State) {
	t.Helper()
	counts := map[string]int64{}
	kinds := map[agents.Kind]bool{}
	info := f.game.Info()
	for cell := range f.keys {
		n := state.Plays(cell) * int64(f.plan.MatchesPerPlay)
		if f.plan.Symmetric && cell/len(f.plan.Agents[0]) > cell%len(f.plan.Agents[0]) {
			continue
		}
		sum := make([]float64, f.seats)
		for i := range n {
			m, err := f.Trace(t.Context(), cell, i)
			if err != nil {
				t.Fatal(err)
			}
			total := 0.0
			for seat, x := range m.Payoff {
				if x < info.Lo[seat] || x > info.Hi[seat] {
					t.Errorf("%s: match %d of cell %d pays %v, beyond the limits of the game", name, i, cell, m.Payoff)
				}
				total += x
				player := seat
				if f.plan.Single() && i%int64(f.plan.MatchesPerPlay) == 1 {
					player = 1 - seat
				}
				sum[player] += x
			}
			if info.ConstantSum && math.Abs(total-info.Sum) > 1e-12 {
				t.Errorf("%s: match %d of cell %d pays %v", name, i, cell, m.Payoff)
			}
			if m.Failed == nil {
				continue
			}
			kinds[m.Failed.Kind] = true
			pool := 0
			if !f.plan.Single() {
				pool = m.Failed.Seat
			}
			if m.Payoff[m.Failed.Seat] != info.Lo[m.Failed.Seat] {
				t.Errorf("%s: the seat that failed got %g", name, m.Payoff[m.Failed.Seat])
			}
			who := fmt.Sprint(f.plan.Labels[pool][m.Seated[m.Failed.Seat]], " ", m.Failed.Kind)
			if !f.plan.Single() {
				who += fmt.Sprint(" ", pool)
			}
			counts[who]++
		}
		for player, x := range sum {
			if mean, _ := state.Mean(cell, player); n > 0 && math.Abs(mean-x/float64(n)) > 1e-9 {
				t.Errorf("%s: cell %d, player %d: mean %g, traced %g", name, cell, player, mean, x/float64(n))
			}
		}
	}
	if len(kinds) < 3 {
		t.Errorf("%s: only %d kinds of failures were met", name, len(kinds))
	}
	said := f.plan.Failures(state)
	for _, x := range said {
		who := fmt.Sprint(x.Agent, " ", x.Outcome)
		if x.Player != nil {
			who += fmt.Sprint(" ", *x.Player)
		}
		if strings.HasPrefix(who, "uniform") || strings.HasPrefix(who, "calm") {
			t.Errorf("%s: %s did not fail", name, x.Agent)
		}
		if counts[who] != x.Count {
			t.Errorf("%s: %s %d times, traced %d", name, who, x.Count, counts[who])
		}
		delete(counts, who)
	}
	if len(counts) > 0 || len(said) == 0 {
		t.Errorf("%s: not told of %v", name, counts)
	}
}

// Forfeits count in means, for alpha-Rank and Nash averaging, and are no wins or
// losses for the methods that compare those.
func TestForfeitsAreNoWins(t *testing.T) {
	f := flakyFields(t)["cards"]
	log, _ := play(t, f, flakyBudget, 2, nil)
	state, err := Replay(f.plan, [][]byte{log})
	if err != nil {
		t.Fatal(err)
	}
	e := Reading{}.Evidence(f.plan, state)
	pairs, n := e.Pairs(), e.Payoffs.N()
	width := f.plan.Hi[0] - f.plan.Lo[0]
	for cell, edge := range e.Payoffs.Edges() {
		score, finished := 0.0, 0.0
		for i := range state.Plays(cell) {
			m, err := f.Trace(t.Context(), cell, i)
			if err != nil {
				t.Fatal(err)
			}
			if m.Failed == nil {
				finished++
				score += .5 + (m.Payoff[0]-m.Payoff[1])/(2*width)
			}
		}
		at := int(edge.U)*n + int(edge.V)
		if games := pairs.Games[at]; games != min(1, finished) || finished > 0 && math.Abs(pairs.Score[at]-score/finished) > 1e-9 {
			t.Errorf("pair %d: %g games, score %g, expected those of %g finished ones, %g", cell, games, pairs.Score[at], finished, score/finished)
		}
		if got := e.Payoffs.M[0][at]; got == state.Payoffs().M[0][at] {
			continue
		}
		t.Errorf("pair %d: the mean payoffs leave forfeits out", cell)
	}
	for _, name := range []string{"elo", "nash-averaging", "alpharank"} {
		s := standing.Defaults()
		i := slices.IndexFunc(standing.Methods(), func(m standing.Method) bool { return m.Name == name })
		s.Methods = standing.Methods()[i : i+1]
		r, err := standing.Rank(e, s)
		if err != nil {
			t.Fatal(err)
		}
		switch r := r.(type) {
		case *standing.AlphaRank:
			if !slices.Equal(r.Failures, f.plan.Failures(state)) {
				t.Errorf("%s says %v", name, r.Failures)
			}
			at := slices.IndexFunc(r.Ranking, func(x standing.Row) bool { return x.Profile.String() == "never" })
			if x := r.Ranking[at]; x.Mass > 1e-6 {
				t.Errorf("%s gives an agent that always fails the mass %g", name, x.Mass)
			}
		case *standing.Scores:
			if !slices.Equal(r.Failures, f.plan.Failures(state)) {
				t.Errorf("%s says %v", name, r.Failures)
			}
			at := slices.IndexFunc(r.Ranking, func(x standing.Score) bool { return x.Profile.String() == "never" })
			x := r.Ranking[at]
			if name == "elo" && (x.Elo == nil || x.Unrated == nil || *x.Unrated != "not_connected") {
				t.Errorf("elo rates an agent that never finished a match: %+v", x)
			}
			if name == "nash-averaging" && (x.Mass == nil || *x.Mass > 1e-6 || *x.Rating > -.1) {
				t.Errorf("nash-averaging leaves forfeits out: %+v", x)
			}
		}
	}
}

// A log damaged where it tells of failures is an error or another log, never a
// panic.
func TestDamagedFailures(t *testing.T) {
	f := flakyFields(t)["three"]
	log, _ := play(t, f, 300, 1, nil)
	r := rand.New(rand.NewPCG(1, 1))
	refused := 0
	for range 3000 {
		bad := slices.Clone(log[:1+r.IntN(len(log))])
		bad[r.IntN(len(bad))] ^= byte(1 + r.IntN(255))
		if _, err := Replay(f.plan, [][]byte{bad}); err != nil {
			refused++
			if !errors.Is(err, errLog) {
				t.Fatal(err)
			}
		}
	}
	if refused == 0 {
		t.Error("nothing was refused")
	}
}

// patient waits at one of its moves until the context is done, and then fails in a
// way of its own.
type patient struct{ until func() }

func (p patient) Move(ctx context.Context, v games.View, src rand.Source) (int, error) {
	if dice.Float64(src.Uint64()) < .002 {
		p.until()
		<-ctx.Done()
		return 0, agents.Failure{Kind: agents.Crash, Text: "killed"}
	}
	return 0, nil
}

// An interrupt is no failure of who sits at that moment: nothing of it is counted
// or kept.
func TestInterruptsAreNoFailures(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	g, err := kuhn.New(2)
	if err != nil {
		t.Fatal(err)
	}
	pool := []Entrant{{"patient", "patient", patient{cancel}}, {"pass", "pass", agents.Always("pass")}} // equals: no end but the interrupt
	plan, f, err := Defaults().Enter("", "kuhn", 1, g, nil, [][]Entrant{pool}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var j Tape
	state, err := f.Run(ctx, Options{MaxMatches: 1e6, Workers: 2, Journal: &j})
	if !errors.Is(err, context.Canceled) || state.Matches() == 0 || len(j) == 0 {
		t.Fatalf("%v after %d matches, %d segments", err, state.Matches(), len(j))
	}
	kept, err := Replay(plan, j)
	if err != nil || kept.Matches() != state.Matches() || plan.Failures(kept) != nil || f.Complaints() != nil {
		t.Errorf("%v: %d of %d matches kept, %v, %v", err, kept.Matches(), state.Matches(), plan.Failures(kept), f.Complaints())
	}
}

// Failures that cannot be are refused, and nothing of the round is kept.
func TestFailuresAreNotBelieved(t *testing.T) {
	f := flakyFields(t)["pairs"]
	for name, spoil := range map[string]func(*sampling.Sum){
		"more plays than there are": func(s *sampling.Sum) {
			s.Fail([]float64{0, 0}, sampling.Failed{Kind: 1, Matches: 1})
			s.Failures.Plays = s.N + 1
		},
		"a play without":          func(s *sampling.Sum) { s.Fail([]float64{0, 0}) },
		"a third match of a play": func(s *sampling.Sum) { s.Fail([]float64{0, 0}, sampling.Failed{Kind: 1, Matches: 3}) },
		"a kind there is not":     func(s *sampling.Sum) { s.Fail([]float64{0, 0}, sampling.Failed{Kind: 200, Matches: 1}) },
		"no kind":                 func(s *sampling.Sum) { s.Fail([]float64{0, 0}, sampling.Failed{Matches: 1}) },
		"a third player":          func(s *sampling.Sum) { s.Fail([]float64{0, 0}, sampling.Failed{Player: 2, Kind: 1, Matches: 1}) },
	} {
		p := spoiler{f.Player(1), spoil}
		var j Tape
		state, err := f.Run(t.Context(), Options{MaxMatches: 1000, Player: p, Journal: &j})
		if err == nil || state.Matches() != 0 || len(j) != 0 {
			t.Errorf("%s: %v after %d matches, %d segments", name, err, state.Matches(), len(j))
		}
	}
}

type spoiler struct {
	Player
	spoil func(*sampling.Sum)
}

func (s spoiler) Play(ctx context.Context, reqs []sampling.Request, sums []sampling.Sum) (int, error) {
	whole, err := s.Player.Play(ctx, reqs, sums)
	for i := range sums {
		sums[i].Failures = nil
	}
	s.spoil(&sums[0])
	return whole, err
}

// What a forfeit pays is what a match could have paid: within limits, of the sum of
// the game where there is one, 0 or 1 where all payoffs are.
func TestForfeits(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		info games.Info
		want [][]float64
	}{
		{games.Info{Seats: 2, Lo: []float64{-2, -2}, Hi: []float64{2, 2}, ConstantSum: true}, [][]float64{{-2, 2}, {2, -2}}},
		{games.Info{Seats: 3, Lo: []float64{-2, -2, -2}, Hi: []float64{4, 4, 4}, ConstantSum: true}, [][]float64{{-2, 1, 1}, {1, -2, 1}, {1, 1, -2}}},
		{games.Info{Seats: 2, Lo: []float64{0, -1}, Hi: []float64{10, 3}}, [][]float64{{0, 1}, {5, -1}}},
		{games.Info{Seats: 2, Lo: []float64{0, 0}, Hi: []float64{1, 1}, Binary: true}, [][]float64{{0, 1}, {1, 0}}},
		{games.Info{Seats: 2, Lo: []float64{0, 0}, Hi: []float64{1, 1}, Binary: true, ConstantSum: true, Sum: 1}, [][]float64{{0, 1}, {1, 0}}},
		{games.Info{Seats: 3, Lo: []float64{0, 0, 0}, Hi: []float64{1, 1, 1}, Binary: true, ConstantSum: true, Sum: 1}, [][]float64{{0, 1, 0}, {0, 0, 1}, {1, 0, 0}}},
		{games.Info{Seats: 2, Lo: []float64{-10, -10}, Hi: []float64{5, 5}, ConstantSum: true}, [][]float64{{-5, 5}, {5, -5}}},
		{games.Info{Seats: 1, Lo: []float64{-1}, Hi: []float64{1}}, [][]float64{{-1}}},
		{games.Info{Seats: 2, Lo: []float64{-inf, 0}, Hi: []float64{inf, 1}}, nil},
	} {
		got := forfeits(c.info)
		if !slices.EqualFunc(got, c.want, slices.Equal) {
			t.Errorf("%+v: %v, expected %v", c.info, got, c.want)
		}
	}
}

// TestForfeitsStayWithinLimits: bounds rest on the limits, which rounding must not leave.
func TestForfeitsStayWithinLimits(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 1))
	for range 10_000 {
		seats := 2 + rng.IntN(3)
		info := games.Info{Seats: seats, ConstantSum: true}
		for range seats {
			lo, at, up := rng.NormFloat64(), rng.Float64(), rng.ExpFloat64()
			info.Lo, info.Hi = append(info.Lo, lo), append(info.Hi, lo+up)
			info.Sum += lo + at*up
		}
		for seat, x := range forfeits(info) {
			for k, v := range x {
				if v < info.Lo[k] || v > info.Hi[k] {
					t.Fatalf("seat %d forfeits: seat %d gets %v of %v to %v", seat, k, v, info.Lo[k], info.Hi[k])
				}
			}
		}
	}
}
