package stochastic_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"arbiter/dice"
	"arbiter/equilibria"
	"arbiter/equilibria/solvertest"
	"arbiter/equilibria/stochastic"
	"arbiter/games/markov"
)

type generalReference struct {
	Games []struct {
		Name      string
		Gamma     float64
		R1, R2    [][][]float64
		P         [][][][]float64
		Principal []generalPoint `json:"principal_branch"`
		All       []struct {
			Tau       float64
			Count     int
			Index     int `json:"index_sum"`
			Solutions []struct {
				generalPoint
				Sign int `json:"index_sign"`
			}
		} `json:"all_found"`
	} `json:"general_sum"`
	Variants struct {
		Saddle struct{ X, Y [][]float64 }
		Own    struct{ X, Y [][]float64 } `json:"own_entropy"`
		Plain  struct{ X, Y [][]float64 } `json:"unregularised_continuation"`
	} `json:"variants_Z1_tau_0.3"`
}

type generalPoint struct {
	Tau   float64
	X, Y  [][]float64
	V1    []float64 `json:"V1_soft"`
	V2    []float64 `json:"V2_soft"`
	Gain1 []float64 `json:"deviation_gain_1"`
	Gain2 []float64 `json:"deviation_gain_2"`
}

func readGeneral(t testing.TB) (r generalReference) {
	t.Helper()
	body, err := os.ReadFile("../../testdata/markov_general_sum.json")
	if err == nil {
		err = json.Unmarshal(body, &r)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// markovOf is a game of rewards [player][state][joint action] and transitions
// [state][joint action][state], whose rows may sum to less than 1.
func markovOf(t testing.TB, name string, gamma float64, actions [][]int, reward [][][]float64, to [][][]float64) *markov.Game {
	t.Helper()
	g := &markov.Game{Name: name, Players: len(actions), Actions: actions, Discount: gamma, Labels: make([][][]string, len(actions))}
	var step [][][]markov.Outcome
	for s := range to {
		g.States = append(g.States, fmt.Sprint("s", s))
		g.Start = append(g.Start, 1/float64(len(to)))
		var joints [][]markov.Outcome
		for j := range to[s] {
			var r []float64
			for k := range actions {
				r = append(r, reward[k][s][j])
			}
			var list []markov.Outcome
			rest := 1.0
			for next, p := range to[s][j] {
				if p > 0 {
					list = append(list, markov.Outcome{Prob: p, Next: next, Reward: r})
					rest -= p
				}
			}
			if rest > 1e-12 {
				list = append(list, markov.Outcome{Prob: rest, Next: markov.End, Reward: r})
			}
			joints = append(joints, list)
		}
		step = append(step, joints)
	}
	g.Steps = [][][][]markov.Outcome{step}
	if err := g.Check(); err != nil {
		t.Fatal(err)
	}
	return g
}

func flatten(a [][][]float64) (out [][]float64) {
	for _, s := range a {
		var row []float64
		for _, line := range s {
			row = append(row, line...)
		}
		out = append(out, row)
	}
	return out
}

func gs1(t testing.TB) (*markov.Game, generalReference) {
	t.Helper()
	r := readGeneral(t)
	g := r.Games[0]
	var to [][][]float64
	for _, s := range g.P {
		var rows [][]float64
		for _, line := range s {
			rows = append(rows, line...)
		}
		to = append(to, rows)
	}
	n := len(g.R1)
	two := make([]int, n)
	for i := range two {
		two[i] = 2
	}
	return markovOf(t, g.Name, g.Gamma, [][]int{two, two}, [][][]float64{flatten(g.R1), flatten(g.R2)}, to), r
}

var own = stochastic.Options{Variant: stochastic.OwnEntropy, Regulariser: stochastic.Entropy}

func TestMarkovLogitAgainstReference(t *testing.T) {
	g, r := gs1(t)
	var lambdas []float64
	for _, p := range r.Games[0].Principal {
		lambdas = append(lambdas, 1/p.Tau)
	}
	br, err := stochastic.Trace(context.Background(), g, lambdas, own)
	if err != nil {
		t.Fatal(err)
	}
	if br.Status != equilibria.Complete || br.Limit == nil || len(br.Points) != len(lambdas) {
		t.Fatalf("status %s, limit %v, %d points, expected %d", br.Status, br.Limit, len(br.Points), len(lambdas))
	}
	for i, p := range r.Games[0].Principal {
		got := br.Points[i]
		off := max(solvertest.Far(p.X, got.Policy[0]), solvertest.Far(p.Y, got.Policy[1]), solvertest.Far([][]float64{p.V1, p.V2}, [][]float64{got.Value[0][0], got.Value[1][0]}))
		if off > 1e-9 || got.Residual > 1e-12 || got.Index != 1 {
			t.Errorf("tau %g: off %.2g, residual %.2g, index %d", p.Tau, off, got.Residual, got.Index)
		}
		most := []float64{0, 0}
		for s := range p.Gain1 {
			most[0], most[1] = max(most[0], p.Gain1[s]), max(most[1], p.Gain2[s])
		}
		if solvertest.Far([][]float64{most}, [][]float64{got.Gains}) > 1e-9 {
			t.Errorf("tau %g: gains %v, expected %v", p.Tau, got.Gains, most)
		}
	}
}

// All solutions that the reference has are found, and no more.
func TestMarkovMultistart(t *testing.T) {
	g, r := gs1(t)
	for _, all := range r.Games[0].All {
		if testing.Short() && all.Count > 1 {
			continue
		}
		found, err := stochastic.Multistart(context.Background(), g, 1/all.Tau, own, 10, 1)
		if err != nil {
			t.Fatal(err)
		}
		if len(found.Points) != all.Count || found.Index != all.Index {
			t.Errorf("tau %g: %d solutions of index %d, expected %d of %d", all.Tau, len(found.Points), found.Index, all.Count, all.Index)
		}
		for _, e := range all.Solutions {
			met := false
			for _, p := range found.Points {
				off := max(solvertest.Far(e.X, p.Policy[0]), solvertest.Far(e.Y, p.Policy[1]), solvertest.Far([][]float64{e.V1, e.V2}, [][]float64{p.Value[0][0], p.Value[1][0]}))
				met = met || off < 1e-9 && p.Index == e.Sign && p.Residual < 1e-11
			}
			if !met {
				t.Errorf("tau %g: %v was not found", all.Tau, e.X)
			}
		}
	}
}

func zOne(t testing.TB) *markov.Game {
	t.Helper()
	for _, z := range readMarkov(t).ZeroSum {
		if z.Name == "Z1" {
			return zeroSum(t, z.Name, z.Gamma, z.R, z.P)
		}
	}
	t.Fatal("no Z1")
	return nil
}

func TestMarkovVariants(t *testing.T) {
	g, r := zOne(t), readGeneral(t).Variants
	for v, e := range map[stochastic.Variant]struct{ X, Y [][]float64 }{
		stochastic.Saddle: r.Saddle, stochastic.OwnEntropy: r.Own, stochastic.Plain: r.Plain,
	} {
		for _, regulariser := range []stochastic.Regulariser{stochastic.Entropy, stochastic.KL} {
			br, err := stochastic.Trace(context.Background(), g, []float64{1 / .3}, stochastic.Options{Variant: v, Regulariser: regulariser, End: 1 / .3})
			if err != nil {
				t.Fatal(err)
			}
			p := br.Points[0]
			if off := max(solvertest.Far(e.X, p.Policy[0]), solvertest.Far(e.Y, p.Policy[1])); len(br.Points) != 1 || off > 1e-9 || p.Residual > 1e-12 {
				t.Errorf("%s, %s: off %.2g, residual %.2g", v, regulariser, off, p.Residual)
			}
			if p.Unique != (v == stochastic.Saddle) {
				t.Errorf("%s: unique %v", v, p.Unique)
			}
		}
	}
}

// draws are numbers in [0, 1), the same in every run.
func draws(seed uint64) func() float64 {
	stream := dice.New(seed).At(0)
	return func() float64 { return dice.Float64(stream.Uint64()) }
}

// randomMarkov is a game of random rewards in [-1, 1) and transitions; with stop, a
// part of every row's probability ends it.
func randomMarkov(t testing.TB, seed uint64, gamma, stop float64, shape [][]int) *markov.Game {
	t.Helper()
	draw := draws(seed)
	n := len(shape)
	players := len(shape[0])
	actions, reward := make([][]int, players), make([][][]float64, players)
	var to [][][]float64
	for _, shape := range shape {
		cells := 1
		for k, m := range shape {
			actions[k] = append(actions[k], m)
			cells *= m
		}
		for k := range players {
			var row []float64
			for range cells {
				row = append(row, 2*draw()-1)
			}
			reward[k] = append(reward[k], row)
		}
		var rows [][]float64
		for range cells {
			row, sum := make([]float64, n), 0.0
			for i := range row {
				row[i] = -math.Log(1 - draw())
				sum += row[i]
			}
			keep := 1 - stop*draw()
			for i := range row {
				row[i] *= keep / sum
			}
			rows = append(rows, row)
		}
		to = append(to, rows)
	}
	return markovOf(t, fmt.Sprint("random ", seed), gamma, actions, reward, to)
}

// responseOff judges a stationary point by code of its own: values by sweeps, then
// the distance of probabilities from the softmax of what actions earn.
func responseOff(g *markov.Game, p markov.Policy, lambda []float64, o stochastic.Options) (off float64) {
	n := len(g.States)
	entropyOf := func(row []float64) (h float64) {
		for _, x := range row {
			if x > 0 {
				h -= x * math.Log(x)
			}
		}
		if o.Regulariser == stochastic.KL {
			h -= math.Log(float64(len(row)))
		}
		return h
	}
	for k := range g.Players {
		v := make([]float64, n)
		q := make([][]float64, n)
		for range 350 {
			next := make([]float64, n)
			for s := range n {
				q[s] = make([]float64, g.Actions[k][s])
				for j, list := range g.Steps[0][s] {
					others, rest, mine := 1.0, j, 0
					for i := g.Players - 1; i >= 0; i-- {
						a := rest % g.Actions[i][s]
						rest /= g.Actions[i][s]
						if i == k {
							mine = a
						} else {
							others *= p[i][s][a]
						}
					}
					for _, out := range list {
						x := out.Reward[k]
						if out.Next >= 0 {
							x += g.Discount * v[out.Next]
						}
						q[s][mine] += others * out.Prob * x
					}
				}
				for a, x := range q[s] {
					next[s] += p[k][s][a] * x
				}
				if o.Variant != stochastic.Plain {
					next[s] += entropyOf(p[k][s]) / lambda[k]
				}
				if o.Variant == stochastic.Saddle {
					next[s] -= entropyOf(p[1-k][s]) / lambda[1-k]
				}
			}
			v = next
		}
		for s := range n {
			sum := 0.0
			for _, x := range q[s] {
				sum += math.Exp(lambda[k] * (x - q[s][0]))
			}
			for a, x := range q[s] {
				off = max(off, math.Abs(p[k][s][a]-math.Exp(lambda[k]*(x-q[s][0]))/sum))
			}
		}
	}
	return off
}

var mixedShapes = map[string][][]int{
	"two players":          {{3, 2}, {1, 3}, {2, 2}},
	"three players":        {{2, 3, 2}, {2, 1, 2}, {1, 1, 1}, {3, 2, 2}},
	"one player":           {{3}, {2}, {1}},
	"one state":            {{3, 4}},
	"four players, binary": {{2, 2, 2, 2}, {2, 2, 2, 2}},
}

// Points of games of many kinds solve the equations, as other code writes them.
func TestMarkovLogitSolvesTheEquations(t *testing.T) {
	for name, shape := range mixedShapes {
		if testing.Short() && name == "four players, binary" {
			continue
		}
		for seed, gamma := range []float64{0, .9} {
			for _, stop := range []float64{0, .5} {
				g := randomMarkov(t, uint64(seed)*7+3, gamma, stop, shape)
				for _, o := range []stochastic.Options{
					{Variant: stochastic.Plain},
					{Variant: stochastic.OwnEntropy, Regulariser: stochastic.Entropy},
					{Variant: stochastic.OwnEntropy, Regulariser: stochastic.KL},
				} {
					for k := range g.Players {
						o.Temperature = append(o.Temperature, []float64{1, .4, 2, .7}[k])
					}
					o.End = 12
					br, err := stochastic.Trace(context.Background(), g, []float64{.5, 3, 12}, o)
					if err != nil {
						t.Fatalf("%s: %v", name, err)
					}
					if br.Status != equilibria.Complete && br.Status != equilibria.Folded || len(br.Points) < 3 {
						t.Errorf("%s, %v, gamma %g: %s with %d points", name, o, gamma, br.Status, len(br.Points))
					}
					for _, p := range br.Points {
						var lambda []float64
						for _, tau := range o.Temperature {
							lambda = append(lambda, p.Lambda/tau)
						}
						if off := responseOff(g, p.Policy, lambda, o); off > 1e-10 || p.Residual > 1e-12 {
							t.Errorf("%s, %v, gamma %g, stop %g, lambda %g: off by %.2g, residual %.2g", name, o, gamma, stop, p.Lambda, off, p.Residual)
						}
					}
					if br.Last.Lambda != 12 {
						t.Errorf("ended at %g", br.Last.Lambda)
					}
				}
			}
		}
	}
}

// Between two folds a lambda is met three times, with indices 1, -1 and 1.
func TestMarkovLogitFolds(t *testing.T) {
	g := randomMarkov(t, 44, .9, 0, [][]int{{2, 2}, {2, 2}, {2, 2}})
	br, err := stochastic.Trace(context.Background(), g, []float64{5, 12.8, 20}, own)
	if err != nil {
		t.Fatal(err)
	}
	if br.Status != equilibria.Folded || len(br.Folds) != 2 || br.Limit == nil || len(br.Points) != 5 {
		t.Fatalf("%s, folds %v, %d points", br.Status, br.Folds, len(br.Points))
	}
	for i, e := range []struct {
		lambda        float64
		number, index int
	}{{5, 1, 1}, {12.8, 1, 1}, {12.8, 2, -1}, {12.8, 3, 1}, {20, 1, 1}} {
		p := br.Points[i]
		if p.Lambda != e.lambda || p.Number != e.number || p.Index != e.index || p.Residual > 1e-12 || responseOff(g, p.Policy, []float64{p.Lambda, p.Lambda}, own) > 1e-10 {
			t.Errorf("point %d: lambda %g, number %d, index %d, residual %.2g; expected %v", i, p.Lambda, p.Number, p.Index, p.Residual, e)
		}
	}
	e := g.Evaluate(br.Limit)
	if e.Worst > 1e-8 {
		t.Errorf("limit: gains %g", e.Worst)
	}
}

// Where logit responses are a contraction, many starts find one solution.
func TestMarkovLogitUnique(t *testing.T) {
	g, _ := gs1(t)
	for _, c := range []struct {
		lambda float64
		unique bool
	}{{.005, true}, {1, false}} {
		found, err := stochastic.Multistart(context.Background(), g, c.lambda, own, 5, 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(found.Points) != 1 || found.Index != 1 || found.Points[0].Unique != c.unique {
			t.Errorf("lambda %g: %d solutions, index %d, unique %v", c.lambda, len(found.Points), found.Index, found.Points[0].Unique)
		}
	}
}
