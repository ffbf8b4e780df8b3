package exact_test

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
	"arbiter/equilibria/solvertest"
	"arbiter/games"
	"arbiter/games/leduc"
)

// sameSet tells whether two sets of profiles agree.
func sameSet(t testing.TB, name string, got [][2][]float64, want []struct{ Profile [][]float64 }) {
	t.Helper()
	found := make([]bool, len(got))
	for _, w := range want {
		i := slices.IndexFunc(got, func(p [2][]float64) bool {
			for k := range p {
				for s, x := range p[k] {
					if math.Abs(x-w.Profile[k][s]) > 1e-9 {
						return false
					}
				}
			}
			return true
		})
		if i < 0 {
			t.Errorf("%s: %v was not found", name, w.Profile)
			continue
		}
		found[i] = true
	}
	for i, ok := range found {
		if !ok {
			t.Errorf("%s: %v is not in the reference", name, got[i])
		}
	}
}

func TestBimatrixAgainstReference(t *testing.T) {
	ctx := context.Background()
	compared := 0
	for _, ref := range solvertest.References(t) {
		if ref.Kind != "normal" || len(ref.NumStrategies) != 2 {
			continue
		}
		b, payoffs := ref.Board(t)
		g, err := exact.NewBimatrix(solvertest.NormalForm(t, b, payoffs))
		if err != nil {
			t.Fatal(err)
		}
		floats := func(list []exact.Mixed) (out [][2][]float64) {
			for _, p := range list {
				if !g.IsEquilibrium(p) {
					t.Errorf("%s: %v is no equilibrium", ref.ID, p)
				}
				out = append(out, p.Float())
			}
			return out
		}
		p, _, err := g.LemkeHowson(ctx, 0)
		if err != nil {
			t.Fatal(err)
		}
		one := floats([]exact.Mixed{p})
		if gap := b.Evaluate([]games.Behaviour{{one[0][0]}, {one[0][1]}}).NashConv; gap > 1e-12 {
			t.Errorf("%s: the board has NashConv %g of Lemke and Howson's", ref.ID, gap)
		}
		if !ref.Nash.Complete {
			continue
		}
		compared++
		e, err := g.Extreme(ctx)
		if err != nil {
			t.Fatal(err)
		}
		sameSet(t, ref.ID, floats(e.Equilibria), ref.Nash.Equilibria)
		if want := max(1, len(ref.Nash.Components)); ref.Nash.Components != nil && len(e.Subsets) != want {
			t.Errorf("%s: maximal Nash subsets %v, expected %v", ref.ID, e.Subsets, ref.Nash.Components)
		}
		if !e.Degenerate && len(e.Equilibria)%2 == 0 {
			t.Errorf("%s is not degenerate and has %d equilibria", ref.ID, len(e.Equilibria))
		}
		s, err := g.Supports(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if s.Complete && e.Degenerate {
			t.Errorf("%s: support enumeration is complete: %t, the game degenerate: %t", ref.ID, s.Complete, e.Degenerate)
		}
		if !s.Complete && !e.Degenerate {
			t.Logf("%s: not degenerate, but support enumeration cannot tell", ref.ID)
		}
		if s.Complete {
			sameSet(t, ref.ID+", supports", floats(s.Equilibria), ref.Nash.Equilibria)
		}
	}
	if compared < 15 {
		t.Errorf("only %d games were compared", compared)
	}
}

// The equilibria of trees, by their reduced normal form.
func TestExtremeOfTrees(t *testing.T) {
	for _, ref := range solvertest.References(t) {
		if ref.Kind != "extensive" || ref.ID == "selten_horse" || ref.ID == "kuhn_poker" {
			continue
		}
		b, _ := ref.Board(t)
		n := solvertest.NormalForm(t, b, nil)
		g, err := exact.NewBimatrix(n)
		if err != nil {
			t.Fatal(err)
		}
		e, err := g.Extreme(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range e.Equilibria {
			f := p.Float()
			v := b.Evaluate([]games.Behaviour{n.Behaviour(0, f[0]), n.Behaviour(1, f[1])})
			if v.NashConv > 1e-12 || ref.Value != nil && math.Abs(v.Values[0]-*ref.Value) > 1e-12 {
				t.Errorf("%s: NashConv %g, values %v", ref.ID, v.NashConv, v.Values)
			}
		}
		t.Logf("%s: %v strategies, %d extreme equilibria in %d components, degenerate: %t", ref.ID, n.Shape, len(e.Equilibria), len(e.Components), e.Degenerate)
	}
}

// Random games, most of them degenerate: each method's equilibria pass the
// definition; those of Lemke and Howson, for every label, and of supports are
// mixtures within one component.
func TestDegenerateGames(t *testing.T) {
	ctx := context.Background()
	r := rand.New(rand.NewPCG(1, 2))
	for trial := range 300 {
		m, n, top := 1+r.IntN(4), 1+r.IntN(4), 1+r.IntN(5)
		list := func() []*big.Rat {
			out := make([]*big.Rat, m*n)
			for i := range out {
				out[i] = big.NewRat(int64(r.IntN(top)), int64(1+trial%7))
			}
			return out
		}
		g, err := exact.NewBimatrix(&exact.Normal{Shape: []int{m, n}, Payoffs: [][]*big.Rat{list(), list()}})
		if err != nil {
			t.Fatal(err)
		}
		e, err := g.Extreme(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if len(e.Equilibria) == 0 {
			t.Fatalf("trial %d: no equilibrium", trial)
		}
		for _, c := range e.Subsets { // products and midpoints are equilibria
			for _, i := range c {
				for _, j := range c {
					p := exact.Mixed{}
					for s := range m {
						x := new(big.Rat).Add(e.Equilibria[i][0][s], e.Equilibria[j][0][s])
						p[0] = append(p[0], x.Mul(x, big.NewRat(1, 2)))
					}
					p[1] = e.Equilibria[j][1]
					if !g.IsEquilibrium(p) {
						t.Fatalf("trial %d: a mixture within subset %v is no equilibrium", trial, c)
					}
				}
			}
		}
		// Components unite the subsets that share equilibria, and only these.
		in := make([]int, len(e.Equilibria))
		for at, c := range e.Components {
			for _, i := range c {
				in[i] += at + 1
			}
		}
		for _, c := range e.Subsets {
			for _, i := range c {
				if in[i] == 0 || in[i] > len(e.Components) || in[i] != in[c[0]] {
					t.Fatalf("trial %d: subset %v lies in several of the components %v", trial, c, e.Components)
				}
			}
		}
		for at, c := range e.Components {
			reached := map[int]bool{c[0]: true}
			for range e.Subsets {
				for _, set := range e.Subsets {
					if slices.ContainsFunc(set, func(i int) bool { return reached[i] }) {
						for _, i := range set {
							reached[i] = true
						}
					}
				}
			}
			if len(reached) != len(c) {
				t.Fatalf("trial %d: component %d %v is not connected by %v", trial, at, c, e.Subsets)
			}
		}
		if !e.Degenerate && (len(e.Equilibria)%2 == 0 || len(e.Components) != len(e.Equilibria)) {
			t.Errorf("trial %d: not degenerate, %d equilibria, %d components", trial, len(e.Equilibria), len(e.Components))
		}
		for label := range m + n {
			p, _, err := g.LemkeHowson(ctx, label)
			if err != nil || !g.IsEquilibrium(p) {
				t.Fatalf("trial %d, label %d: %v, %v", trial, label, p, err)
			}
			if !slices.ContainsFunc(e.Equilibria, func(q exact.Mixed) bool { return fmt.Sprint(p) == fmt.Sprint(q) }) {
				t.Errorf("trial %d, label %d: %v is a vertex but not among the extreme equilibria", trial, label, p)
			}
		}
		s, err := g.Supports(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if s.Complete && len(s.Equilibria) != len(e.Equilibria) {
			t.Errorf("trial %d: supports give %d equilibria and call it complete, there are %d", trial, len(s.Equilibria), len(e.Equilibria))
		}
	}
}

func TestFormsTooLargeAreRefused(t *testing.T) {
	if _, err := exact.NormalForm(solvertest.Compile(t, leduc.New()), nil); !errors.Is(err, equilibria.ErrTooLarge) {
		t.Errorf("Leduc's reduced normal form: %v", err)
	}
}

func BenchmarkExtreme(b *testing.B) {
	for _, n := range []int{6, 8, 10} {
		r := rand.New(rand.NewPCG(1, 2))
		list := func() (out []*big.Rat) {
			for range n * n {
				out = append(out, big.NewRat(int64(r.IntN(1000)), 1))
			}
			return out
		}
		g, _ := exact.NewBimatrix(&exact.Normal{Shape: []int{n, n}, Payoffs: [][]*big.Rat{list(), list()}})
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			for b.Loop() {
				e, err := g.Extreme(context.Background())
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(e.Bases), "bases")
			}
		})
	}
}
