// Package standingtest checks that a way to rank keeps its contract. Every one in the
// catalog runs it.
package standingtest

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"arbiter/internal/document"
	"arbiter/profile"
	"arbiter/ranking"
	"arbiter/ranking/standing"
)

// Run ranks random tables by a method: every agent has one row, best first; ranks
// begin at 1, do not fall, and are shared only by neighbours; the order of the agents
// in the table does not matter but among equals; the same evidence gives the same
// bytes; several populations are ranked or refused as a misfit.
func Run(t *testing.T, m standing.Method) {
	t.Helper()
	if m.Name == "" || m.Doc == "" {
		t.Errorf("method %q says nothing of itself", m.Name)
	}
	settings := standing.Defaults()
	settings.Methods = []standing.Method{m}
	r := rand.New(rand.NewPCG(1, 1))
	for game := range 20 {
		n := 2 + r.IntN(5)
		table, order := rates(r, n), r.Perm(n)
		first := ranked(t, m, settings, table, identity(n))
		again := ranked(t, m, settings, table, identity(n))
		if a, b := body(t, first), body(t, again); !bytes.Equal(a, b) {
			t.Errorf("%s: the same evidence is ranked in two ways:\n%s\n%s", m.Name, a, b)
		}
		other := ranked(t, m, settings, table, order)
		ranks, turned := ranksOf(t, m, first, n), ranksOf(t, m, other, n)
		for name, rank := range ranks {
			if turned[name] != rank {
				t.Errorf("%s, table %d: %s has rank %d, and %d where the table lists the agents as %v", m.Name, game, name, rank, turned[name], order)
			}
		}
	}
	space := profile.Space{Shape: []int{2, 2}}
	p := ranking.Payoffs{Space: space, M: [][]float64{{1, 0, 0, 1}, {0, 1, 1, 0}}}
	e, err := standing.FromTable(p, [][]string{{"a", "b"}, {"x", "y"}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = standing.Rank(e, settings)
	if misfit := (*standing.MisfitError)(nil); err != nil && !errors.As(err, &misfit) {
		t.Errorf("%s: two populations are refused with %v, expected a MisfitError", m.Name, err)
	}
}

// rates is a table of rates of wins, some of them even.
func rates(r *rand.Rand, n int) [][]float64 {
	t := make([][]float64, n)
	for i := range t {
		t[i] = make([]float64, n)
		t[i][i] = .5
	}
	for i := range n {
		for j := range i {
			x := float64(1+r.IntN(7)) / 8
			t[i][j], t[j][i] = x, 1-x
		}
	}
	return t
}

func identity(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	return order
}

// ranked is the standing of the table with its agents in an order.
func ranked(t *testing.T, m standing.Method, s standing.Settings, table [][]float64, order []int) standing.Standing {
	t.Helper()
	n := len(order)
	p := ranking.Payoffs{Space: profile.Space{Single: true, Shape: []int{n}}, M: [][]float64{make([]float64, n*n)}}
	names := make([]string, n)
	for i, a := range order {
		names[i] = fmt.Sprintf("agent %d", a)
		for j, b := range order {
			p.M[0][i*n+j] = table[a][b]
		}
	}
	e, err := standing.FromTable(p, [][]string{names})
	if err != nil {
		t.Fatal(err)
	}
	out, err := standing.Rank(e, s)
	if err != nil {
		t.Fatalf("%s: %v", m.Name, err)
	}
	return out
}

// ranksOf are the ranks by agent, 0 for unrated.
func ranksOf(t *testing.T, m standing.Method, s standing.Standing, n int) map[string]int {
	t.Helper()
	ranks, last, rows := map[string]int{}, 1, 0
	add := func(p standing.Profile, rank int) {
		if rows++; rank != 0 && (rank < last || rank > rows || rows == 1 && rank != 1 || rank > last && rank != rows) {
			t.Errorf("%s: row %d has rank %d after %d", m.Name, rows, rank, last)
		}
		if _, twice := ranks[p.String()]; twice {
			t.Errorf("%s: %s has two rows", m.Name, p)
		}
		if ranks[p.String()] = rank; rank != 0 {
			last = rank
		}
	}
	switch r := s.(type) {
	case *standing.AlphaRank:
		for _, row := range r.Ranking {
			add(row.Profile, row.Rank)
		}
	case *standing.Scores:
		for _, row := range r.Ranking {
			rank := 0
			if row.Rank != nil {
				rank = *row.Rank
			}
			add(row.Profile, rank)
		}
	}
	if rows != n {
		t.Errorf("%s: %d rows of %d agents", m.Name, rows, n)
	}
	return ranks
}

func body(t *testing.T, s standing.Standing) []byte {
	t.Helper()
	b, err := document.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
