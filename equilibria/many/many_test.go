package many_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"arbiter/equilibria"
	"arbiter/equilibria/exact"
	"arbiter/equilibria/many"
	"arbiter/equilibria/solvertest"
	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/games/normal"
)

func solved(t testing.TB, n *exact.Normal) many.Solution {
	t.Helper()
	m, err := many.Solve(context.Background(), n, many.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// game of payoffs that are a function of the profile.
func game(shape []int, payoff func(player int, profile []int) *big.Rat) *exact.Normal {
	n := &exact.Normal{Shape: shape}
	profile := make([]int, len(shape))
	for k := range shape {
		var list []*big.Rat
		var visit func(j int)
		visit = func(j int) {
			if j == len(shape) {
				list = append(list, payoff(k, profile))
				return
			}
			for profile[j] = range shape[j] {
				visit(j + 1)
			}
		}
		visit(0)
		n.Payoffs = append(n.Payoffs, list)
	}
	return n
}

// judge is the board of a game: code that shares nothing with the search.
func judge(t testing.TB, n *exact.Normal) (b *flat.Board, scale float64) {
	t.Helper()
	table := normal.Table{}
	lo, hi := math.Inf(1), math.Inf(-1)
	for k, m := range n.Shape {
		var names []string
		for s := range m {
			names = append(names, strconv.Itoa(s))
		}
		var row []float64
		for _, x := range n.Payoffs[k] {
			v, _ := x.Float64()
			row = append(row, v)
			lo, hi = min(lo, v), max(hi, v)
		}
		table.Strategies, table.Payoffs = append(table.Strategies, names), append(table.Payoffs, row)
	}
	if hi == lo {
		return solvertest.Table(t, "judged", table), 1
	}
	return solvertest.Table(t, "judged", table), hi - lo
}

// worst is the largest relative NashConv of the equilibria.
func worst(t testing.TB, n *exact.Normal, m many.Solution) float64 {
	t.Helper()
	b, scale := judge(t, n)
	most := 0.0
	for _, p := range m.Equilibria {
		var s []games.Behaviour
		for _, list := range p.Profile {
			sum := 0.0
			for _, x := range list {
				sum += x
				if x < 0 {
					t.Errorf("a weight of %g in %v", x, p.Profile)
				}
			}
			if math.Abs(sum-1) > 1e-14 {
				t.Errorf("weights sum to %g in %v", sum, p.Profile)
			}
			s = append(s, games.Behaviour{list})
		}
		most = max(most, b.Evaluate(s).NashConv/scale)
	}
	return most
}

func holds(m many.Solution, profile [][]float64, near float64) bool {
	return slices.ContainsFunc(m.Equilibria, func(p many.Point) bool {
		return solvertest.Far(p.Profile, profile) < near
	})
}

func TestManyAgainstReference(t *testing.T) {
	complete := map[string]int{"three_player_222": 3, "mckelvey_mclennan_222": 9, "three_player_333_generic": 5}
	games := 0
	for _, ref := range solvertest.References(t) {
		if ref.Kind != "normal" || len(ref.NumStrategies) < 3 {
			continue
		}
		games++
		b, payoffs := ref.Board(t)
		n := solvertest.NormalForm(t, b, payoffs)
		m := solved(t, n)
		for _, want := range ref.Nash.Equilibria {
			if !holds(m, want.Profile, 1e-9) {
				t.Errorf("%s: %v was not found", ref.ID, want.Profile)
			}
		}
		if w := worst(t, n, m); w > 1e-13 {
			t.Errorf("%s: NashConv %g", ref.ID, w)
		}
		count, ok := complete[ref.ID]
		if m.Complete != ok || m.Degenerate == ok || ok && (len(m.Equilibria) != count || m.IndexSum != 1) {
			t.Errorf("%s: %d equilibria, complete %t, degenerate %t, index %d", ref.ID, len(m.Equilibria), m.Complete, m.Degenerate, m.IndexSum)
		}
	}
	if games != 4 {
		t.Errorf("%d games", games)
	}
}

// Matching pennies of three (Jordan 1993): each wants to match the next but the
// last not the first; the one equilibrium is even.
func TestThreeMatchingPennies(t *testing.T) {
	n := game([]int{2, 2, 2}, func(k int, p []int) *big.Rat {
		if (p[k] == p[(k+1)%3]) == (k < 2) {
			return big.NewRat(1, 1)
		}
		return big.NewRat(-1, 1)
	})
	m := solved(t, n)
	if half := []float64{.5, .5}; !m.Complete || len(m.Equilibria) != 1 || m.IndexSum != 1 || !holds(m, [][]float64{half, half, half}, 1e-15) {
		t.Errorf("%+v", m)
	}
}

// The volunteer's dilemma (Diekmann 1985): all get 2 if one volunteers, which
// costs 1. Any set of players mixes, volunteering not with probability
// (1/2)^(1/(k-1)) if it has k, or the only one volunteers; the others do not.
// These are irrational from three players on.
func TestVolunteers(t *testing.T) {
	for _, players := range []int{3, 4} {
		n := game(slices.Repeat([]int{2}, players), func(k int, p []int) *big.Rat {
			switch {
			case p[k] == 1:
				return big.NewRat(1, 1)
			case slices.Contains(p, 1):
				return big.NewRat(2, 1)
			}
			return new(big.Rat)
		})
		m := solved(t, n)
		if !m.Complete || m.IndexSum != 1 || len(m.Equilibria) != 1<<players-1 {
			t.Errorf("%d players: %+v", players, m)
		}
		for set := 1; set < 1<<players; set++ {
			size := 0
			for k := range players {
				size += set >> k & 1
			}
			not := 0.0
			if size > 1 {
				not = math.Pow(.5, 1/float64(size-1))
			}
			var want [][]float64
			for k := range players {
				if set>>k&1 == 1 {
					want = append(want, []float64{not, 1 - not})
				} else {
					want = append(want, []float64{1, 0})
				}
			}
			if !holds(m, want, 1e-14) {
				t.Errorf("%d players: %v was not found", players, want)
			}
		}
	}
}

// Games with continua are never called complete.
func TestContinuaAreNotComplete(t *testing.T) {
	minority := game([]int{2, 2, 2}, func(k int, p []int) *big.Rat {
		if p[k] != p[(k+1)%3] && p[k] != p[(k+2)%3] {
			return big.NewRat(1, 1)
		}
		return new(big.Rat)
	})
	nothing := game([]int{2, 3, 2}, func(int, []int) *big.Rat { return big.NewRat(7, 3) })
	for name, n := range map[string]*exact.Normal{"minority": minority, "constant": nothing} {
		m := solved(t, n)
		if m.Complete || !m.Degenerate || len(m.Equilibria) < 7 || worst(t, n, m) > 1e-12 {
			t.Errorf("%s: complete %t, degenerate %t, %d equilibria", name, m.Complete, m.Degenerate, len(m.Equilibria))
		}
	}
}

// Generic 2×2×2 games by formulas: pure profiles by comparison, pairs that mix by
// linear equations, all three by the roots of a quadratic.
func TestCubesByFormulas(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	counts := map[int]int{}
	for trial := range 300 {
		n := game([]int{2, 2, 2}, func(int, []int) *big.Rat { return big.NewRat(int64(r.IntN(2001)-1000), 1) })
		// gain of player k from strategy 1, if the next two play 1 with y and z.
		gain := func(k int, y, z float64) (sum float64) {
			for cell := range 4 {
				p := make([]int, 3)
				p[(k+1)%3], p[(k+2)%3] = cell/2, cell%2
				w := 1.0
				for j, x := range []float64{y, z} {
					if p[(k+1+j)%3] == 1 {
						w *= x
					} else {
						w *= 1 - x
					}
				}
				for s, sign := range []float64{-1, 1} {
					p[k] = s
					v, _ := n.Payoffs[k][p[0]*4+p[1]*2+p[2]].Float64()
					sum += sign * w * v
				}
			}
			return sum
		}
		var want [][3]float64
		consider := func(x [3]float64) {
			for k, w := range x {
				v := gain(k, x[(k+1)%3], x[(k+2)%3])
				if !(w >= 0 && w <= 1) || w == 0 && v > 0 || w == 1 && v < 0 {
					return
				}
			}
			want = append(want, x)
		}
		for cell := range 8 {
			consider([3]float64{float64(cell >> 2), float64(cell >> 1 & 1), float64(cell & 1)})
		}
		for k := range 3 {
			for fixed := range 2 {
				z := float64(fixed) // of k; the next, a, and the one after, b, mix
				a, b := (k+1)%3, (k+2)%3
				var x [3]float64
				x[k] = z
				zero := func(f func(y float64) float64) float64 { return f(0) / (f(0) - f(1)) }
				x[b] = zero(func(y float64) float64 { return gain(a, y, z) })
				x[a] = zero(func(y float64) float64 { return gain(b, z, y) })
				if x[a] > 0 && x[a] < 1 && x[b] > 0 && x[b] < 1 {
					consider(x)
				}
			}
		}
		// Player 0 is indifferent at y(z), player 1 at x(z), both ratios of linear
		// functions; cleared of denominators player 2's gain is quadratic in z.
		ratio := func(f func(v, z float64) float64, z float64) (top, bottom float64) {
			return f(0, z), f(0, z) - f(1, z)
		}
		last := func(z float64) float64 {
			yt, yb := ratio(func(v, z float64) float64 { return gain(0, v, z) }, z)
			xt, xb := ratio(func(v, z float64) float64 { return gain(1, z, v) }, z)
			return gain(2, 0, 0)*(xb-xt)*(yb-yt) + gain(2, 1, 0)*xt*(yb-yt) + gain(2, 0, 1)*(xb-xt)*yt + gain(2, 1, 1)*xt*yt
		}
		c, plus, minus := last(0), last(1), last(-1)
		a, b := (plus+minus)/2-c, (plus-minus)/2
		if d := b*b - 4*a*c; d > 0 {
			q := -(b + math.Copysign(math.Sqrt(d), b)) / 2
			for _, z := range []float64{q / a, c / q} {
				yt, yb := ratio(func(v, z float64) float64 { return gain(0, v, z) }, z)
				xt, xb := ratio(func(v, z float64) float64 { return gain(1, z, v) }, z)
				if x, y := xt/xb, yt/yb; x > 0 && x < 1 && y > 0 && y < 1 && z > 0 && z < 1 {
					want = append(want, [3]float64{x, y, z})
				}
			}
		}
		m := solved(t, n)
		counts[len(want)]++
		if m.Degenerate {
			continue // a tie of integers
		}
		if !m.Complete || m.IndexSum != 1 || len(m.Equilibria) != len(want) {
			t.Errorf("trial %d: complete %t, index %d, %d equilibria, by formulas %d", trial, m.Complete, m.IndexSum, len(m.Equilibria), len(want))
		}
		for _, x := range want {
			if !holds(m, [][]float64{{1 - x[0], x[0]}, {1 - x[1], x[1]}, {1 - x[2], x[2]}}, 1e-8) {
				t.Errorf("trial %d: %v was not found", trial, x)
			}
		}
	}
	t.Log("games by number of equilibria:", counts)
}

// Small integers make most games degenerate; symmetric ones have multiple
// equilibria. What is listed passes the board, which is other code; something
// always is.
func TestNoFalseEquilibria(t *testing.T) {
	trials := 1000
	if testing.Short() {
		trials = 150
	}
	shapes := [][]int{{2, 2, 2}, {3, 2, 2}, {2, 2, 2}, {3, 2, 2}, {2, 2, 2, 2}}
	r := rand.New(rand.NewPCG(5, 6))
	complete, degenerate, most := 0, 0, 0.0
	for trial := range trials {
		low, top := -(trial / 2 % 2), 2+trial/4%2
		draw := func() *big.Rat { return big.NewRat(int64(low+r.IntN(top-low)), 1) }
		n := game(shapes[trial%len(shapes)], func(int, []int) *big.Rat { return draw() })
		if trial%2 == 1 { // symmetric: own strategy, and how many of the others play 1
			var u [2][4]*big.Rat
			for s := range u {
				for c := range u[s] {
					u[s][c] = draw()
				}
			}
			n = game(slices.Repeat([]int{2}, 3+trial/2%2), func(k int, p []int) *big.Rat {
				count := 0
				for j, s := range p {
					if j != k {
						count += s
					}
				}
				return u[p[k]][count]
			})
		}
		m, err := many.Solve(context.Background(), n, many.Limits{Boxes: 300, Starts: 2})
		if err != nil {
			t.Fatal(err)
		}
		w := worst(t, n, m)
		most = max(most, w)
		if len(m.Equilibria) == 0 || w > 1e-9 {
			t.Errorf("trial %d: %d equilibria, NashConv %g", trial, len(m.Equilibria), w)
		}
		if m.Complete && !m.Degenerate && m.IndexSum != 1 {
			t.Errorf("trial %d: complete, but index %d", trial, m.IndexSum)
		}
		if m.Complete {
			complete++
		}
		if m.Degenerate {
			degenerate++
		}
	}
	t.Logf("%d games, %d complete, %d degenerate, NashConv at most %.1e", trials, complete, degenerate, most)
}

// Equilibria stay where they are if payoffs are scaled and shifted, by a function
// of the others' strategies too, and turn with the players.
func TestManyIsInvariant(t *testing.T) {
	n := randomGame([]int{3, 2, 3}, 1)
	m := solved(t, n)
	if !m.Complete || m.Degenerate {
		t.Fatalf("%+v", m)
	}
	at := func(p []int) int { return (p[0]*2+p[1])*3 + p[2] }
	scaled := game(n.Shape, func(k int, p []int) *big.Rat {
		shift := big.NewRat(int64(1000*p[(k+1)%3]-1_000_000_000), 1)
		v := new(big.Rat).Mul(n.Payoffs[k][at(p)], big.NewRat(int64(1+99_999*(k%2)), 1_000_000))
		return v.Add(v, shift)
	})
	turned := game([]int{3, 3, 2}, func(k int, p []int) *big.Rat {
		return n.Payoffs[(k+2)%3][at([]int{p[1], p[2], p[0]})]
	})
	s, u := solved(t, scaled), solved(t, turned)
	if len(s.Equilibria) != len(m.Equilibria) || len(u.Equilibria) != len(m.Equilibria) || !s.Complete || !u.Complete {
		t.Fatalf("%d equilibria, scaled %d, turned %d", len(m.Equilibria), len(s.Equilibria), len(u.Equilibria))
	}
	for _, p := range m.Equilibria {
		if !holds(s, p.Profile, 1e-12) {
			t.Errorf("scaled: %v was not found", p.Profile)
		}
		if !holds(u, [][]float64{p.Profile[2], p.Profile[0], p.Profile[1]}, 1e-12) {
			t.Errorf("turned: %v was not found", p.Profile)
		}
	}
}

func randomGame(shape []int, seed uint64) *exact.Normal {
	r := rand.New(rand.NewPCG(seed, 9))
	return game(shape, func(int, []int) *big.Rat { return big.NewRat(int64(r.IntN(20001)-10000), 1000) })
}

func TestRandomGamesAreProved(t *testing.T) {
	for _, shape := range [][]int{{2, 2, 2}, {2, 2, 2, 2}, {3, 3, 3}} {
		for seed := range uint64(10) {
			n := randomGame(shape, seed)
			m := solved(t, n)
			if !m.Complete || m.Degenerate || m.IndexSum != 1 || worst(t, n, m) > 1e-11 {
				t.Errorf("%v, seed %d: complete %t, index %d, NashConv %g", shape, seed, m.Complete, m.IndexSum, worst(t, n, m))
			}
			again := solved(t, n)
			if fmt.Sprint(m) != fmt.Sprint(again) {
				t.Errorf("%v, seed %d: two runs differ", shape, seed)
			}
		}
	}
	if testing.Short() {
		return
	}
	n := randomGame([]int{4, 3, 4}, 6)
	if m := solved(t, n); !m.Complete || m.IndexSum != 1 || worst(t, n, m) > 1e-11 {
		t.Errorf("4x3x4: %+v", m)
	}
}

// Starved of boxes the search does not claim to be complete, and Newton's method
// still finds what there is.
func TestStarvedSearch(t *testing.T) {
	for _, ref := range solvertest.References(t) {
		if ref.ID != "mckelvey_mclennan_222" {
			continue
		}
		b, payoffs := ref.Board(t)
		m, err := many.Solve(context.Background(), solvertest.NormalForm(t, b, payoffs), many.Limits{Boxes: 1, Starts: 30})
		if err != nil || m.Complete || m.Open == 0 || m.Degenerate || len(m.Equilibria) != 9 || m.IndexSum != 1 {
			t.Errorf("%+v, %v", m, err)
		}
	}
}

// A third player with a dominated strategy leaves a game of two, with a continuum.
func TestDominanceLeavesTwo(t *testing.T) {
	n := game([]int{2, 2, 2}, func(k int, p []int) *big.Rat {
		if k == 2 {
			return big.NewRat(int64(p[2]), 1)
		}
		return big.NewRat(int64(p[k]*p[1-k]), 1) // 1 only if both play 1
	})
	m := solved(t, n)
	if !m.Complete || !m.Degenerate || len(m.Equilibria) != 2 || len(m.Components) != 2 || worst(t, n, m) != 0 {
		t.Errorf("%+v", m)
	}
	one := game([]int{3}, func(_ int, p []int) *big.Rat { return big.NewRat(int64(p[0]), 1) })
	if m := solved(t, one); !m.Complete || m.IndexSum != 1 || !holds(m, [][]float64{{0, 0, 1}}, 1e-15) {
		t.Errorf("one player: %+v", m)
	}
}

func TestManyRefuses(t *testing.T) {
	n := randomGame([]int{2, 2, 2}, 2)
	if _, err := many.Solve(context.Background(), n, many.Limits{Boxes: -1}); err == nil {
		t.Error("negative boxes pass")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := many.Solve(ctx, n, many.Limits{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	large := randomGame([]int{7, 7, 7}, 1)
	if _, err := many.Solve(context.Background(), large, many.Limits{}); !errors.Is(err, equilibria.ErrTooLarge) {
		t.Errorf("7x7x7: %v", err)
	}
}

func TestSelect(t *testing.T) {
	n := game([]int{2, 2, 2}, func(_ int, p []int) *big.Rat {
		if p[0] == p[1] && p[1] == p[2] {
			return big.NewRat(int64(1+p[0]), 1)
		}
		return new(big.Rat)
	})
	zero, one, half := []float64{1, 0}, []float64{0, 1}, []float64{.5, .5}
	list := [][][]float64{{half, half, half}, {zero, zero, zero}, {one, one, one}}
	for rule, want := range map[string]int{"max-welfare": 2, "max-entropy": 0, "lowest-support": 1} {
		if got, err := n.Select(list, rule); err != nil || got != want {
			t.Errorf("%s: %d, %v", rule, got, err)
		}
	}
	if _, err := n.Select(list, "luck"); err == nil {
		t.Error("an unknown rule passes")
	}
	if _, err := n.Select(nil, "max-welfare"); err == nil {
		t.Error("an empty list passes")
	}
	if _, err := n.Select([][][]float64{{zero, zero}}, "max-welfare"); err == nil {
		t.Error("a profile of two passes")
	}
}
