package quantal

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"arbiter/dice"
	"arbiter/equilibria"
	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/games/normal"
)

// draws is a board of independent payoffs, cubed so that few are large.
func draws(t testing.TB, seed uint64, shape ...int) *flat.Board {
	table := normal.Table{}
	size := 1
	for _, n := range shape {
		var names []string
		for i := range n {
			names = append(names, fmt.Sprint(i))
		}
		table.Strategies = append(table.Strategies, names)
		size *= n
	}
	for k := range shape {
		key := dice.New(seed).Sub(uint64(100 + k))
		row := make([]float64, size)
		for i := range row {
			x := 2*dice.Float64(key.Word(i)) - 1
			row[i] = x * x * x
		}
		table.Payoffs = append(table.Payoffs, row)
	}
	g, err := normal.New("draws", table, normal.Options{Noise: normal.None})
	if err != nil {
		t.Fatal(err)
	}
	b, err := flat.Compile(g, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Steps a sixth as long find the same branch: the same turning points, crossings
// and limit. A jump to another branch would show.
func TestShortStepsFindTheSameBranch(t *testing.T) {
	count := 120
	if testing.Short() {
		count = 20
	}
	folds := 0
	for seed := range uint64(count) {
		shape := [][]int{{3, 3}, {5, 5}, {2, 2, 2}, {3, 3, 3}, {8, 8}, {2, 2, 2, 2}}[seed%6]
		b := draws(t, seed, shape...)
		trace := func(pace float64) *Branch {
			tr, _, err := newTracer(b, Options{Ratio: slices.Repeat([]float64{1}, len(shape))})
			if err != nil {
				t.Fatal(err)
			}
			tr.pace = pace
			br := &Branch{}
			if err := tr.even(); err != nil {
				t.Fatal(err)
			}
			if err := tr.trace(context.Background(), br, []float64{3, 10, 30}); err != nil {
				t.Fatal(err)
			}
			return br
		}
		long, short := trace(.35), trace(.06)
		folds += len(short.Turning)
		if len(long.Turning) != len(short.Turning) || len(long.Crossings) != len(short.Crossings) || (long.Limit == nil) != (short.Limit == nil) || len(long.Bifurcations) != 0 {
			t.Errorf("game %d: turning %v and %v, %d and %d crossings, bifurcations %v", seed, long.Turning, short.Turning, len(long.Crossings), len(short.Crossings), long.Bifurcations)
			continue
		}
		for i, l := range long.Turning {
			if math.Abs(l-short.Turning[i]) > 1e-8*l {
				t.Errorf("game %d: turning %v and %v", seed, long.Turning, short.Turning)
			}
		}
		apart := func(p, q []games.Behaviour) (far float64) {
			for k := range p {
				for row := range p[k] {
					for m, x := range p[k][row] {
						far = max(far, math.Abs(x-q[k][row][m]))
					}
				}
			}
			return far
		}
		for i, c := range long.Crossings {
			if off := apart(c.Policy, short.Crossings[i].Policy); off > 1e-9 {
				t.Errorf("game %d at lambda %g: off by %g", seed, c.Lambda, off)
			}
		}
		if long.Limit != nil {
			if off := apart(long.Limit, short.Limit); off > 1e-8 {
				t.Errorf("game %d: the limit is off by %g", seed, off)
			}
		}
	}
	if folds < count/20 {
		t.Errorf("only %d turning points in %d count", folds, count)
	}
}

// Elimination in groups agrees with a dense factorisation, also where it has to
// be given up.
func TestBlocks(t *testing.T) {
	first := []int{0, 2, 3, 7, 9}
	pattern := [][]int32{{2, 3}, {3}, {0, 2}, {0, 1, 3}}
	for seed := range uint64(40) {
		b := newBlocks(first, pattern)
		key := dice.New(seed)
		dense := mat.NewDense(9, 9, nil)
		at := 0
		for i := range pattern {
			for r := range first[i+1] - first[i] {
				row := b.row(i, r)
				for _, j := range append(slices.Clone(pattern[i]), int32(i)) {
					for c := range first[j+1] - first[j] {
						x := dice.Float64(key.Word(at)) - .5
						if at++; seed%4 == 3 && i == 0 && j == 0 {
							x = 0 // the first group alone is singular
						}
						row[int(b.at[i][j])+c] = x
						dense.Set(first[i]+r, first[int(j)]+c, x)
					}
				}
			}
		}
		right := make([]float64, 9)
		for i := range right {
			right[i] = dice.Float64(key.Word(1000 + i))
		}
		if !b.factor() {
			t.Fatalf("seed %d: not factorised", seed)
		}
		if (b.dense != nil) != (seed%4 == 3) {
			t.Errorf("seed %d: dense %t", seed, b.dense != nil)
		}
		x := slices.Clone(right)
		b.solve(x)
		var y mat.VecDense
		y.MulVec(dense, mat.NewVecDense(9, x))
		for i, v := range right {
			if math.Abs(y.AtVec(i)-v) > 1e-11 {
				t.Errorf("seed %d: residual %g", seed, y.AtVec(i)-v)
			}
		}
		var lu mat.LU
		lu.Factorize(dense)
		if log, sign := lu.LogDet(); sign != b.sign || math.Abs(log-b.log) > 1e-9 {
			t.Errorf("seed %d: determinant %g exp %g, expected %g exp %g", seed, b.sign, b.log, sign, log)
		}
	}
}

// Folds and sharp turns far out take many short steps; the branch goes on behind
// them. The payoffs are random.
func TestFarFolds(t *testing.T) {
	table := normal.Table{Strategies: [][]string{{"0", "1"}, {"0", "1"}, {"0", "1"}, {"0", "1"}}}
	// Profiles as in .nfg files, the first player fastest.
	cells := [][]float64{
		{.68, .94, .68, 1.9}, {1.41, .86, .19, 1.72}, {.75, 25.02, .18, 2.53}, {.67, .11, .9, 1.27},
		{.66, 3.54, .04, .61}, {.05, 1.86, 2.97, .35}, {2.73, .98, 3.4, .29}, {.22, .06, 13.45, 1.98},
		{.18, .45, 1.21, 1.08}, {.78, .74, .34, .22}, {.11, .19, 8.13, 2.04}, {.44, .45, 4.07, .01},
		{.65, 1.74, 210.94, .6}, {2.51, 1.03, .04, .09}, {66.91, .28, .09, 2.51}, {1.59, .89, 11.16, .47},
	}
	for k := range 4 {
		row := make([]float64, len(cells))
		for i, c := range cells {
			row[i&1<<3|i&2<<1|i&4>>1|i&8>>3] = c[k]
		}
		table.Payoffs = append(table.Payoffs, row)
	}
	g, err := normal.New("far", table, normal.Options{Noise: normal.None})
	if err != nil {
		t.Fatal(err)
	}
	b, err := flat.Compile(g, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	br, err := Trace(context.Background(), b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	// The first turn and the way to the limit, to about 1e-3, are those of another
	// program with finite differences and other steps.
	if br.Status != equilibria.Folded || br.Limit == nil || len(br.Turning) != 2 || math.Abs(br.Turning[0]-575.71) > .01 {
		t.Fatalf("%s, turning points %v, expected a limit and turns at 575.71 and below", br.Status, br.Turning)
	}
	for k, want := range []float64{1, .957, .0962, .9976} {
		if p := br.Limit[k][0][0]; math.Abs(p-want) > 1e-3 {
			t.Errorf("player %d: found %g, expected %g", k, p, want)
		}
	}
}

// Where the range overflows every regret would pass for small.
func TestInfiniteRange(t *testing.T) {
	for _, form := range Forms() {
		table := normal.Table{Strategies: [][]string{{"0", "1"}, {"0", "1"}}, Payoffs: [][]float64{{1e308, -1e308, 0, 1}, {1, 0, 0, 3}}}
		g, err := normal.New("wide", table, normal.Options{Noise: normal.None})
		if err != nil {
			t.Fatal(err)
		}
		b, err := flat.Compile(g, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		if br, err := Trace(context.Background(), b, Options{Form: form}); err == nil {
			t.Errorf("%s: found %v, expected an error", form, br.Limit)
		}
	}
}
