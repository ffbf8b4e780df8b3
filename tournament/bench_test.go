package tournament

import (
	"context"
	"testing"

	"arbiter/agents"
	"arbiter/dice"
	"arbiter/equilibria/learn"
	"arbiter/games/flat"
	"arbiter/games/kuhn"
	"arbiter/sampling"
)

// kuhnPair seats two near-equilibrium agents, one population, both seatings.
func kuhnPair(tb testing.TB, wrap func(agents.Tabular) agents.Agent) *Field {
	tb.Helper()
	g, _ := kuhn.New(2)
	b, err := flat.Compile(g, 1<<20)
	if err != nil {
		tb.Fatal(err)
	}
	info := g.Info()
	plan := Plan{
		Stream: dice.Version, Rule: sampling.Rule, Game: info.Name, Agents: [][]string{{"a", "b", "u"}}, Seed: 1, Population: "single",
		Scheme: "count-weighted", Bound: "bernstein", Level: "simultaneous", Delta: .05, Batch: .05,
		Labels: [][]string{{"a", "b", "u"}}, Lo: info.Lo, Hi: info.Hi, ConstantSum: true, MatchesPerPlay: 2,
	}
	pool := []agents.Agent{}
	for _, iterations := range []int{1000, 1001} {
		pool = append(pool, wrap(agents.FromPolicy(b.Policy(learn.CFR(b, iterations)))))
	}
	pool = append(pool, wrap(agents.Uniform()))
	f, err := NewField(plan, g, [][]agents.Agent{pool}, b)
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

func open(a agents.Tabular) agents.Agent { return a }

func BenchmarkKuhnCell(b *testing.B) {
	f := kuhnPair(b, open)
	t, sum := f.newTable(), f.plan.Sampling().NewSum()
	b.ReportAllocs()
	const n = 1 << 14
	for b.Loop() {
		if err := f.play(context.Background(), t, sampling.Request{Cell: 0, N: n}, &sum); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(2*n), "ns/match")
}
