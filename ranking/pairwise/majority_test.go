package pairwise

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"arbiter/games/normal"
)

// beating is the record of n agents with one game per pair, a draw unless it is
// in wins as (winner, loser).
func beating(n int, wins ...[2]int) Record {
	r := fromRates(n, func(i, j int) float64 { return .5 })
	for _, w := range wins {
		r.Score[w[0]*n+w[1]], r.Score[w[1]*n+w[0]] = 1, 0
	}
	return r
}

func majority(t *testing.T, r Record) Majority {
	t.Helper()
	m, err := NewMajority(r)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMajorityByHand(t *testing.T) {
	soccer := normal.Soccer()
	for _, c := range []struct {
		name     string
		r        Record
		copeland []int
		smith    []int
		cycles   [][]int
	}{
		{"alone", NewRecord(1), []int{0}, []int{0}, nil},
		{"never met", NewRecord(2), []int{0, 0}, []int{0, 1}, nil},
		{"order", beating(3, [2]int{2, 1}, [2]int{1, 0}, [2]int{2, 0}), []int{-2, 0, 2}, []int{2}, nil},
		// 1 ties with the winner 0, so it is in the Smith set although it beats no one.
		{"tie", beating(3, [2]int{0, 2}), []int{1, 0, -1}, []int{0, 1, 2}, nil},
		{"cycle below", beating(4, [2]int{1, 2}, [2]int{2, 3}, [2]int{3, 1}, [2]int{0, 1}, [2]int{0, 2}, [2]int{0, 3}),
			[]int{3, -1, -1, -1}, []int{0}, [][]int{{1, 2, 3}}},
		// The only cycle is the longest: 0 beats 1 beats 2 beats 3 beats 0, the
		// diagonals are drawn.
		{"square", beating(4, [2]int{0, 1}, [2]int{1, 2}, [2]int{2, 3}, [2]int{3, 0}),
			[]int{0, 0, 0, 0}, []int{0, 1, 2, 3}, [][]int{{0, 1, 2, 3}}},
		// Two cycles, the better one first although its agents have larger numbers.
		{"two", beating(6, [2]int{0, 1}, [2]int{1, 2}, [2]int{2, 0}, [2]int{3, 4}, [2]int{4, 5}, [2]int{5, 3},
			[2]int{3, 0}, [2]int{3, 1}, [2]int{3, 2}, [2]int{4, 0}, [2]int{4, 1}, [2]int{4, 2}, [2]int{5, 0}, [2]int{5, 1}, [2]int{5, 2}),
			[]int{-3, -3, -3, 3, 3, 3}, []int{3, 4, 5}, [][]int{{3, 4, 5}, {0, 1, 2}}},
		// Rows of the table above ½ less those below; the Smith set is the sink
		// of alpha-Rank, {B, D, E, H, I, J} (README).
		{"soccer", fromRates(10, func(i, j int) float64 { return soccer.Payoffs[0][i*10+j] }),
			nil, []int{1, 3, 4, 7, 8, 9}, nil},
	} {
		m := majority(t, c.r)
		if got := m.Copeland(); c.copeland != nil && !slices.Equal(got, c.copeland) {
			t.Errorf("%s: Copeland scores %v, want %v", c.name, got, c.copeland)
		}
		if got := m.Smith(); !slices.Equal(got, c.smith) {
			t.Errorf("%s: Smith set %v, want %v", c.name, got, c.smith)
		}
		if got := m.Cycles(); c.copeland != nil && !reflect.DeepEqual(got, c.cycles) {
			t.Errorf("%s: cycles %v, want %v", c.name, got, c.cycles)
		}
	}
}

// Against the definitions: the Smith set is the smallest of all sets that beat
// everyone outside; cycles are cycles, as short as any through their first
// agent; and without one, taking away an agent nobody beats goes on to the end.
func TestMajorityByDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	cyclic := 0
	for game := range 400 {
		n := 1 + game%8
		rec := fromRates(n, func(i, j int) float64 { return float64(r.IntN(3)) / 2 })
		if game%2 == 0 { // sparse majorities have longer cycles
			rec = fromRates(n, func(i, j int) float64 { return []float64{.5, .5, .5, 0, 1}[r.IntN(5)] })
		}
		m := majority(t, rec)
		beats := func(i, j int) bool { return rec.Score[i*n+j] > .5 }
		best := (1 << n) - 1
		for set := 1; set < 1<<n; set++ {
			dominant := true
			for i := range n {
				for j := range n {
					if set>>i&1 == 1 && set>>j&1 == 0 && !beats(i, j) {
						dominant = false
					}
				}
			}
			if dominant && set&best == set {
				best = set
			}
		}
		smith := 0
		for _, i := range m.Smith() {
			smith |= 1 << i
		}
		if smith != best {
			t.Errorf("game %d: Smith set %b, want %b", game, smith, best)
		}

		steps := make([]int, n*n) // Floyd–Warshall
		for i := range n {
			for j := range n {
				steps[i*n+j] = n + 1
				if i != j && beats(i, j) {
					steps[i*n+j] = 1
				}
			}
		}
		for k := range n {
			for i := range n {
				for j := range n {
					steps[i*n+j] = min(steps[i*n+j], steps[i*n+k]+steps[k*n+j])
				}
			}
		}
		inside := 0
		for i := range n {
			if steps[i*n+i] <= n {
				inside++
			}
		}
		cycles := m.Cycles()
		if (len(cycles) > 0) != (inside > 0) {
			t.Errorf("game %d: cycles %v, %d agents on cycles", game, cycles, inside)
		}
		for _, c := range cycles {
			cyclic++
			for k, i := range c {
				if j := c[(k+1)%len(c)]; !beats(i, j) {
					t.Errorf("game %d: cycle %v: %d does not beat %d", game, c, i, j)
				}
			}
			if len(c) != steps[c[0]*n+c[0]] {
				t.Errorf("game %d: cycle %v, the shortest has length %d", game, c, steps[c[0]*n+c[0]])
			}
		}

		to := r.Perm(n)
		other := majority(t, copied(rec, to))
		for k, i := range to {
			if other.Copeland()[k] != m.Copeland()[i] || slices.Contains(other.Smith(), k) != slices.Contains(m.Smith(), i) {
				t.Errorf("game %d: agent %d is %d under another name", game, i, k)
			}
		}
	}
	if cyclic < 100 {
		t.Errorf("only %d cycles were seen", cyclic)
	}
}
