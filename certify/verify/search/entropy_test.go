package search

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"arbiter/certify/entropic"
	"arbiter/dice"
	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/games/kuhn"
	"arbiter/games/normal"
)

// randomTable has 2 or 3 players of 1 to 4 actions; some of two are zero-sum.
func randomTable(seed uint64) normal.Table {
	key, at := dice.New(seed+1000), 0
	random := func() float64 { at++; return dice.Float64(key.Word(at)) }
	var t normal.Table
	cells := 1
	for k := range 2 + int(random()*2) {
		var pool []string
		for a := range 1 + int(random()*4) {
			pool = append(pool, fmt.Sprint(k, a))
		}
		cells *= len(pool)
		t.Strategies = append(t.Strategies, pool)
	}
	scale := 1.0
	if random() < .2 {
		scale = 1e-6
	}
	for range t.Strategies {
		var m []float64
		for range cells {
			m = append(m, scale*(2*random()-1))
		}
		t.Payoffs = append(t.Payoffs, m)
	}
	if len(t.Payoffs) == 2 && random() < .3 {
		for i, x := range t.Payoffs[0] {
			t.Payoffs[1][i] = -x
		}
	}
	return t
}

func normalFile(t testing.TB, table normal.Table, tau []float64) map[string]any {
	g, err := entropic.NormalForm(context.Background(), table)
	if err != nil {
		t.Fatal(err)
	}
	c, err := g.Certify(context.Background(), tau)
	if err != nil {
		t.Fatal(err)
	}
	return written(t, c, "normal", nil, tau)
}

func TestNormalFormCertificatesAreConfirmed(t *testing.T) {
	games, certified := 120, 0
	if testing.Short() {
		games = 30
	}
	for seed := range games {
		table := randomTable(uint64(seed))
		size := 0.0
		for _, x := range table.Payoffs[0] {
			size = max(size, x, -x)
		}
		var tau []float64
		for k := range table.Strategies {
			tau = append(tau, size*(.05+.1*float64(seed%9)))
			if seed%2 == 1 {
				tau[k] *= 1 + float64(k)/3
			}
		}
		m := normalFile(t, table, tau)
		f, err := Normal(context.Background(), claimOf(t, m), table, data)
		confirmed(t, fmt.Sprintf("game %d", seed), f, err)
		if m["certified"].(bool) {
			certified++
		}
	}
	if certified < games/4 || certified == games {
		t.Errorf("%d of %d games are certified: the test has lost its mixture", certified, games)
	}
}

func boardOf(t testing.TB, g games.Game) *flat.Board {
	t.Helper()
	b, err := flat.Compile(g, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func kuhnBoard(t testing.TB) *flat.Board {
	t.Helper()
	g, err := kuhn.New(2)
	if err != nil {
		t.Fatal(err)
	}
	return boardOf(t, g)
}

func agentFile(t testing.TB, b *flat.Board, tau float64) map[string]any {
	g, err := entropic.AgentForm(context.Background(), b)
	if err != nil {
		t.Fatal(err)
	}
	c, err := g.Certify(context.Background(), slices.Repeat([]float64{tau}, len(g.Blocks())))
	if err != nil {
		t.Fatal(err)
	}
	return written(t, c, "agent", nil, slices.Repeat([]float64{tau}, b.Info().Seats))
}

func TestAgentFormCertificatesAreConfirmed(t *testing.T) {
	b := kuhnBoard(t)
	for _, tau := range []float64{.1, .26, .3, 1} {
		m := agentFile(t, b, tau)
		f, err := Agent(context.Background(), claimOf(t, m), b, data)
		confirmed(t, fmt.Sprintf("Kuhn at %g", tau), f, err)
		if m["certified"] != (tau > .25) {
			t.Errorf("Kuhn at %g: certified %v", tau, m["certified"])
		}
	}
}
