package lp

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

func matrixGame(a [][]float64) Problem {
	m, n := len(a), len(a[0])
	p := Problem{Cost: make([]float64, m+1), Free: make([]bool, m+1)}
	p.Cost[m], p.Free[m] = -1, true
	sum := Row{Relation: Equal, Right: 1}
	for i := range m {
		sum.Index, sum.Value = append(sum.Index, i), append(sum.Value, 1)
	}
	p.Rows = append(p.Rows, sum)
	for j := range n {
		r := Row{Relation: AtLeast, Index: []int{m}, Value: []float64{-1}}
		for i := range m {
			r.Index, r.Value = append(r.Index, i), append(r.Value, a[i][j])
		}
		p.Rows = append(p.Rows, r)
	}
	return p
}

func gameOf(kind string, n int, r *rand.Rand) [][]float64 {
	a := make([][]float64, n)
	for i := range a {
		a[i] = make([]float64, n)
		for j := range a[i] {
			switch kind {
			case "uniform":
				a[i][j] = r.Float64()
			case "sparse":
				if r.IntN(10) == 0 {
					a[i][j] = r.NormFloat64()
				}
			case "integer":
				a[i][j] = float64(r.IntN(3) - 1)
			case "binary":
				a[i][j] = float64(r.IntN(2))
			case "duplicated":
				a[i][j] = r.Float64()
				if i >= n/2 {
					a[i][j] = a[i-n/2][j]
				} else if j >= n/2 {
					a[i][j] = a[i][j-n/2]
				}
			case "rounded":
				a[i][j] = math.Round(r.Float64()*100) / 100
			case "transitive":
				a[i][j] = 1 / (1 + math.Exp(float64(j-i)/10))
			case "tournament":
				if j > i {
					a[i][j] = float64(2*r.IntN(2) - 1)
				} else if j < i {
					a[i][j] = -a[j][i]
				}
			case "cyclic":
				a[i][j] = float64((i - j + n) % 3)
			case "constant":
				a[i][j] = 3
			}
		}
	}
	return a
}

var kinds = []string{"uniform", "sparse", "integer", "binary", "duplicated", "rounded", "transitive", "tournament", "cyclic", "constant"}

// Games of every kind: the row player's guarantee, from X, and the column
// player's, from Y, are worked out from the matrix alone and meet.
func TestGamesOfEveryKind(t *testing.T) {
	seeds := uint64(5)
	if os.Getenv("ARBITER_LONG") != "" {
		seeds = 50
	}
	for _, kind := range kinds {
		for seed := range seeds {
			r := rand.New(rand.NewPCG(seed, 5))
			n := []int{1, 7, 20, 60, 100, 200}[r.IntN(6)]
			a := gameOf(kind, n, r)
			s, err := Solve(context.Background(), matrixGame(a), 0)
			if err != nil {
				t.Errorf("%s %d×%d, seed %d: %v", kind, n, n, seed, err)
				continue
			}
			lower, upper := math.Inf(1), math.Inf(-1)
			sum, mass := 0.0, 0.0
			for j := range n {
				x := 0.0
				for i := range n {
					x += s.X[i] * a[i][j]
				}
				lower = min(lower, x)
				sum += s.X[j]
				mass += s.Y[1+j]
			}
			for i := range n {
				y := 0.0
				for j := range n {
					y += s.Y[1+j] * a[i][j]
				}
				upper = max(upper, y)
			}
			if upper-lower > 1e-12 || math.Abs(sum-1) > 1e-12 || math.Abs(mass-1) > 1e-12 {
				t.Errorf("%s %d×%d, seed %d: gap %g, masses %g and %g, error %g", kind, n, n, seed, upper-lower, sum, mass, s.Error)
			}
		}
	}
}

func TestByHand(t *testing.T) {
	row := func(rel Relation, right float64, values ...float64) Row {
		r := Row{Relation: rel, Right: right, Value: values}
		for j := range values {
			r.Index = append(r.Index, j)
		}
		return r
	}
	for name, c := range map[string]struct {
		p     Problem
		x     []float64
		value float64
		err   error
	}{
		"corner":          {p: Problem{Cost: []float64{-3, -2}, Rows: []Row{row(AtMost, 4, 1, 1), row(AtMost, 6, 1, 3), row(AtMost, 3, 1)}}, x: []float64{3, 1}, value: -11},
		"equation":        {p: Problem{Cost: []float64{1, 2}, Rows: []Row{row(Equal, 3, 1, 1)}}, x: []float64{3, 0}, value: 3},
		"at least":        {p: Problem{Cost: []float64{1, 1}, Rows: []Row{row(AtLeast, 2, 2, 1), row(AtLeast, 3, 1, 3)}}, x: []float64{.6, .8}, value: 1.4},
		"free":            {p: Problem{Cost: []float64{1}, Free: []bool{true}, Rows: []Row{row(AtLeast, -5, 1)}}, x: []float64{-5}, value: -5},
		"redundant":       {p: Problem{Cost: []float64{1, 2}, Rows: []Row{row(Equal, 3, 1, 1), row(Equal, 6, 2, 2)}}, x: []float64{3, 0}, value: 3},
		"no rows":         {p: Problem{Cost: []float64{1}}, x: []float64{0}},
		"infeasible":      {p: Problem{Cost: []float64{1}, Rows: []Row{row(AtMost, -1, 1)}}, err: ErrInfeasible},
		"contradiction":   {p: Problem{Cost: []float64{1, 2}, Rows: []Row{row(Equal, 3, 1, 1), row(Equal, 7, 2, 2)}}, err: ErrInfeasible},
		"unbounded":       {p: Problem{Cost: []float64{-1, 0}, Rows: []Row{row(AtMost, 1, 1, -1)}}, err: ErrUnbounded},
		"free, unbounded": {p: Problem{Cost: []float64{1}, Free: []bool{true}}, err: ErrUnbounded},
		// Beale's example, on which Dantzig's rule cycles.
		"beale": {p: Problem{Cost: []float64{-.75, 150, -.02, 6}, Rows: []Row{row(AtMost, 0, .25, -60, -.04, 9), row(AtMost, 0, .5, -90, -.02, 3), row(AtMost, 1, 0, 0, 1, 0)}}, x: []float64{.04, 0, 1, 0}, value: -.05},
	} {
		s, err := Solve(context.Background(), c.p, 0)
		if !errors.Is(err, c.err) || err == nil && math.Abs(s.Value-c.value) > 1e-12 {
			t.Errorf("%s: value %g, %v; expected %g, %v", name, s.Value, err, c.value, c.err)
			continue
		}
		for j := range c.x {
			if math.Abs(s.X[j]-c.x[j]) > 1e-12 {
				t.Errorf("%s: x = %v, expected %v", name, s.X, c.x)
			}
		}
	}
}

func TestProve(t *testing.T) {
	for _, c := range []struct {
		a     [][]float64
		value string
	}{
		{[][]float64{{1, -1}, {-1, 1}}, "0"},
		{[][]float64{{2, -1}, {-1, 1}}, "1/5"},
		{[][]float64{{0, -2, 3}, {2, 0, -1}, {-3, 1, 0}}, "0"},
		{[][]float64{{3, 3}, {3, 3}}, "3"},
	} {
		proof, err := Prove(context.Background(), matrixGame(c.a))
		if err != nil || proof.Value.Neg(proof.Value).RatString() != c.value {
			t.Errorf("%v: value %v, %v; expected %s", c.a, proof.Value, err, c.value)
		}
	}
}

// A proof that was tampered with is none.
func TestProofsAreChecked(t *testing.T) {
	p := matrixGame([][]float64{{2, -1}, {-1, 1}})
	for _, change := range []func(*Proof){
		func(s *Proof) { s.X[0].Add(s.X[0], big.NewRat(1, 1000000)) },
		func(s *Proof) { s.Y[1].Add(s.Y[1], big.NewRat(1, 1000000)) },
		func(s *Proof) { s.X[2].Sub(s.X[2], big.NewRat(1, 1000000)) },
	} {
		proof, err := Prove(context.Background(), p)
		if err != nil {
			t.Fatal(err)
		}
		change(&proof)
		proof.Value.SetInt64(0)
		if err := p.prove(p.ratios(), &proof); !errors.Is(err, ErrNumeric) {
			t.Errorf("a wrong proof passes: %v", err)
		}
	}
}

func TestLimits(t *testing.T) {
	p := matrixGame(gameOf("uniform", 50, rand.New(rand.NewPCG(1, 1))))
	if _, err := Solve(context.Background(), p, 5); err == nil || !strings.Contains(err.Error(), "pivots") {
		t.Errorf("5 pivots: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Solve(ctx, matrixGame(gameOf("uniform", 100, rand.New(rand.NewPCG(1, 1)))), 0); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	for _, bad := range []Problem{
		{Cost: []float64{math.NaN()}},
		{Cost: []float64{1}, Free: []bool{}},
		{Cost: []float64{1}, Rows: []Row{{Index: []int{1}, Value: []float64{1}}}},
		{Cost: []float64{1}, Rows: []Row{{Index: []int{0, 0}, Value: []float64{1, 1}}}},
		{Cost: []float64{1}, Rows: []Row{{Index: []int{0}, Value: []float64{math.Inf(1)}}}},
		{Cost: []float64{1}, Rows: []Row{{Right: math.NaN()}}},
	} {
		if _, err := Solve(context.Background(), bad, 0); err == nil {
			t.Errorf("%+v passes", bad)
		}
	}
}

func BenchmarkGame(b *testing.B) {
	for _, n := range []int{200, 500} {
		for _, kind := range kinds[:6] {
			b.Run(fmt.Sprint(kind, n), func(b *testing.B) {
				a := gameOf(kind, n, rand.New(rand.NewPCG(1, 5)))
				for b.Loop() {
					s, err := Solve(context.Background(), matrixGame(a), 0)
					if err != nil {
						b.Error(err)
					}
					b.ReportMetric(float64(s.Pivots), "pivots")
				}
			})
		}
	}
}
