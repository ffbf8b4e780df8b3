package curriculum_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"arbiter/equilibria/curriculum"
	"arbiter/equilibria/stochastic"
	"arbiter/games/markov"
	"arbiter/games/pendulum"
	"arbiter/games/soccer"
	"arbiter/games/wind"
)

// regularised is what a mixture is paid for: its entropy, less ln n with KL.
func regularised(kind stochastic.Regulariser, p []float64) (h float64) {
	for _, x := range p {
		if x > 0 {
			h -= x * math.Log(x)
		}
	}
	if kind == stochastic.KL {
		h -= math.Log(float64(len(p)))
	}
	return h
}

// softMax is tau·ln Σ exp(q/tau), less tau·ln n with KL, and writes the mixture.
func softMax(kind stochastic.Regulariser, q []float64, tau float64, p []float64) float64 {
	top, sum := slices.Max(q), 0.0
	for i, x := range q {
		p[i] = math.Exp((x - top) / tau)
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	v := top + tau*math.Log(sum)
	if kind == stochastic.KL {
		v -= tau * math.Log(float64(len(q)))
	}
	return v
}

// response is the soft best response of player k to what the other plays, who is
// paid paid(state) on the way: the problem of one player alone, by plain soft value
// iteration on the tables of the game. It shares no code with solvers.
func response(g *markov.Game, k int, other [][]float64, kind stochastic.Regulariser, tau float64, paid func(state int) float64) ([][]float64, []float64) {
	policy, v := make([][]float64, len(g.States)), make([]float64, len(g.States))
	for s := range policy {
		policy[s] = make([]float64, g.Actions[k][s])
	}
	now := slices.Clone(v)
	for range 100_000 {
		change, size := 0.0, 1.0
		for s, joints := range g.Steps[0] {
			q := make([]float64, g.Actions[k][s])
			n := g.Actions[1][s]
			for j, list := range joints {
				mine, theirs := j/n, j%n
				if k == 1 {
					mine, theirs = theirs, mine
				}
				for _, o := range list {
					x := o.Reward[k]
					if o.Next != markov.End {
						x += g.Discount * v[o.Next]
					}
					q[mine] += other[s][theirs] * o.Prob * x
				}
			}
			for a := range q {
				q[a] += paid(s)
			}
			now[s] = softMax(kind, q, tau, policy[s])
			change, size = max(change, math.Abs(now[s]-v[s])), max(size, math.Abs(now[s]))
		}
		v, now = now, v
		if change <= 4e-16*size/(1-g.Discount) {
			break
		}
	}
	return policy, v
}

// checkResponses tells how far the policies of a point are from soft best responses to
// one another, where each player's regulariser is a price to the other.
func checkResponses(t *testing.T, g *markov.Game, kind stochastic.Regulariser, p curriculum.Point) {
	t.Helper()
	tau := [2]float64{p.TauP, p.TauA}
	for k := range 2 {
		policy, v := response(g, k, p.Policy[1-k], kind, tau[k], func(s int) float64 { return -tau[1-k] * regularised(kind, p.Policy[1-k][s]) })
		if k == 1 {
			for s := range v {
				v[s] = -v[s]
			}
		}
		if d := offs(policy, p.Policy[k]); d > 1e-9 {
			t.Errorf("%s %s at %g, %g: player %d is off its soft best response by %g", g.Name, kind, p.TauP, p.TauA, k, d)
		}
		if d := off(v, p.Value); d > 1e-9 {
			t.Errorf("%s %s at %g, %g: the soft best response of player %d is worth something else by %g", g.Name, kind, p.TauP, p.TauA, k, d)
		}
	}
}

// Both policies are soft best responses to one another, at equal and at unequal
// temperatures, in games that end and in games that do not.
func TestPointsAreSoftBestResponses(t *testing.T) {
	all := games(t)
	for _, name := range []string{"Z1", "Z2", "Z3"} {
		for _, kind := range []stochastic.Regulariser{stochastic.KL, stochastic.Entropy} {
			for _, tau := range [][2]float64{{1, 1}, {.1, .1}, {.01, .01}, {.05, 10}, {2, .03}} {
				p := solve(t, all[name], curriculum.Settings{TauP: tau[:1], TauA: tau[1:], Regulariser: kind, Unpolished: true})
				checkResponses(t, all[name], kind, p.Points[0])
			}
		}
	}
	g, err := soccer.New("soccer", .9, false)
	if err != nil {
		t.Fatal(err)
	}
	o := curriculum.Settings{TauP: []float64{.3, .1, .03}, TauA: []float64{.3}, Unpolished: true}
	if testing.Short() {
		o.TauP = o.TauP[2:]
	}
	for _, x := range solve(t, g, o).Points {
		checkResponses(t, g, stochastic.KL, x)
	}
}

// In a general-sum game either player faces the problem of one alone, in which only
// its own entropy counts: all points of the branch and all that starts lead to.
func TestBranchesAreSoftBestResponses(t *testing.T) {
	for _, z := range read(t).GeneralSum {
		g := game(t, z.Name, z.Gamma, z.R1, z.R2, z.P)
		type point struct {
			stochastic.Point
			tau float64
		}
		var points []point
		for _, o := range []struct {
			list   []float64
			starts int
		}{{[]float64{50, 1, .3, .1, .03, .01}, 0}, {[]float64{.1}, 60}} {
			if testing.Short() && o.starts > 0 {
				break
			}
			br, err := curriculum.Follow(context.Background(), g, stochastic.OwnEntropy, curriculum.Settings{TauP: o.list, Regulariser: stochastic.Entropy, Unpolished: true}, o.starts, 1)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range br.Passages {
				points = append(points, point{p.Point, p.TauP})
			}
			if o.starts > 0 {
				for _, p := range br.Others.Points {
					points = append(points, point{p, .1})
				}
			}
		}
		if len(points) < 6 || len(points) < 11 && !testing.Short() {
			t.Fatalf("%d points", len(points))
		}
		for _, p := range points {
			for k := range 2 {
				policy, v := response(g, k, p.Policy[1-k], stochastic.Entropy, p.tau, func(int) float64 { return 0 })
				if d := max(offs(policy, p.Policy[k]), off(v, p.Value[k][0])); d > 1e-9 {
					t.Errorf("%s at %g: player %d is off its soft best response by %g", z.Name, p.tau, k, d)
				}
			}
		}
	}
}

// saddle is the value of max over x, min over y of x'Qy + tauP·h(x) - tauA·h(y), by
// Newton steps of y alone on the simplex, with x eliminated: convex, and none of the
// solvers' logits. y is where to begin, mixed with even play, and where it ends;
// probabilities below 1e-300 count for nothing.
func saddle(kind stochastic.Regulariser, q [][]float64, tau [2]float64, y []float64) float64 {
	m, n := len(q), len(y)
	x, earned := make([]float64, m), make([]float64, m)
	worth := func(y []float64) float64 {
		for i, row := range q {
			earned[i] = 0
			for j, p := range y {
				earned[i] += row[j] * p
			}
		}
		return softMax(kind, earned, tau[0], x) - tau[1]*regularised(kind, y)
	}
	for j := range y {
		y[j] = .9*y[j] + .1/float64(n)
	}
	at := worth(y)
	for range 1000 {
		// [H 1; 1' 0] (d, -) = (-gradient, 0)
		a := make([][]float64, n+1)
		for j := range a {
			a[j] = make([]float64, n+2)
		}
		mean := make([]float64, n)
		for i, p := range x {
			for j, v := range q[i] {
				mean[j] += p * v
			}
		}
		for j := range n {
			for k := range n {
				for i, p := range x {
					a[j][k] += p * (q[i][j] - mean[j]) * (q[i][k] - mean[k]) / tau[0]
				}
			}
			a[j][j] += tau[1] / y[j]
			a[j][n], a[n][j] = 1, 1
			a[j][n+1] = -mean[j] - tau[1]*(math.Log(y[j])+1)
		}
		d := solved(a)
		slope, longest := 0.0, 1.0
		for j, p := range y {
			slope += d[j] * (mean[j] + tau[1]*(math.Log(p)+1))
			if d[j] < 0 {
				longest = min(longest, -.99*p/d[j])
			}
		}
		if slope > -1e-26 {
			break
		}
		next, better := make([]float64, n), false
		for step := longest; step > 1e-8*longest; step /= 2 {
			sum := 0.0
			for j := range next {
				next[j] = max(y[j]+step*d[j], 1e-300)
				sum += next[j]
			}
			for j := range next {
				next[j] /= sum
			}
			if v := worth(next); v < at+.1*step*slope || slope > -1e-17 && v <= at {
				copy(y, next)
				at, better = v, true
				break
			}
		}
		if !better {
			break
		}
	}
	return worth(y)
}

// solved is the solution of a system whose last column is its right side.
func solved(a [][]float64) []float64 {
	n := len(a)
	for c := range a {
		best := c
		for r := c; r < n; r++ {
			if math.Abs(a[r][c]) > math.Abs(a[best][c]) {
				best = r
			}
		}
		a[c], a[best] = a[best], a[c]
		for r := range a {
			if f := a[r][c] / a[c][c]; r != c && f != 0 {
				for k := c; k <= n; k++ {
					a[r][k] -= f * a[c][k]
				}
			}
		}
	}
	x := make([]float64, n)
	for i := range x {
		x[i] = a[i][n] / a[i][i]
	}
	return x
}

// iterate is plain soft value iteration from values of 0: sweeps until they stay, and
// how many.
func iterate(g *markov.Game, kind stochastic.Regulariser, tau [2]float64) (v []float64, sweeps int) {
	v = make([]float64, len(g.States))
	now, ys, qs := slices.Clone(v), make([][]float64, len(v)), make([][][]float64, len(v))
	for s := range v {
		ys[s] = make([]float64, g.Actions[1][s])
		for j := range ys[s] {
			ys[s][j] = 1 / float64(len(ys[s]))
		}
		for range g.Actions[0][s] {
			qs[s] = append(qs[s], make([]float64, len(ys[s])))
		}
	}
	for sweeps < 10_000 {
		sweeps++
		change, size := 0.0, 1.0
		for s, joints := range g.Steps[0] {
			for j, list := range joints {
				x := 0.0
				for _, o := range list {
					x += o.Prob * o.Reward[0]
					if o.Next != markov.End {
						x += o.Prob * g.Discount * v[o.Next]
					}
				}
				qs[s][j/len(ys[s])][j%len(ys[s])] = x
			}
			now[s] = saddle(kind, qs[s], tau, ys[s])
			change, size = max(change, math.Abs(now[s]-v[s])), max(size, math.Abs(now[s]))
		}
		v, now = now, v
		if change <= 1e-11*size*(1-g.Discount) {
			break
		}
	}
	return v, sweeps
}

// Newton steps outside and inside, and plain sweeps with another solver of stage
// games, come to the same values.
func TestPlainIterationAgrees(t *testing.T) {
	all := games(t)
	g, err := soccer.New("soccer", .9, false)
	if err != nil {
		t.Fatal(err)
	}
	all["soccer"] = g
	for _, name := range []string{"Z1", "Z2", "Z3", "soccer"} {
		g := all[name]
		for _, kind := range []stochastic.Regulariser{stochastic.KL, stochastic.Entropy} {
			for _, tau := range [][2]float64{{1, 1}, {.1, .1}, {.01, .01}, {.05, 2}} {
				if name == "soccer" && (tau[0] != .1 || kind == stochastic.Entropy) || testing.Short() && (name == "soccer" || tau[0] == tau[1] && tau[0] > .01) {
					continue
				}
				p := solve(t, g, curriculum.Settings{TauP: tau[:1], TauA: tau[1:], Regulariser: kind, Unpolished: true}).Points[0]
				v, sweeps := iterate(g, kind, tau)
				if d := off(v, p.Value); d > 1e-9 {
					t.Errorf("%s %s at %v: off by %g after %d sweeps, %d of Newton", name, kind, tau, d, sweeps, p.Sweeps)
				}
				if p.Sweeps > 15 || p.Sweeps >= sweeps {
					t.Errorf("%s %s at %v: %d Newton sweeps, %d plain ones", name, kind, tau, p.Sweeps, sweeps)
				}
				t.Logf("%s %s at %v: %d Newton sweeps, %d plain ones", name, kind, tau, p.Sweeps, sweeps)
			}
		}
	}
}

// environments are paths of larger games in ../../testdata/environments.json, which
// says where they are from.
type environments struct {
	Wind struct {
		Start, Goal wind.Cell
		Pits        []wind.Cell
		Rows, Cols  int
		Wind        float64 `json:"p_wind"`
		Slip        float64
		Step        float64 `json:"step_reward"`
		Reach       float64 `json:"goal_reward"`
		Fall        float64 `json:"pit_reward"`
		Gamma       float64
		Nash        struct {
			Start float64 `json:"V_start"`
		}
		Path []row
	}
	Pendulum struct {
		Angles int `json:"n_theta"`
		Speeds int `json:"n_omega"`
		Gamma  float64
		Nash   struct {
			Start float64 `json:"V_hang"`
		}
		Path []row
	} `json:"pendulum_grid"`
}

// row is a point of their paths, at the start; the two are written in other words.
type row struct {
	TauP    float64  `json:"tau_p"`
	TauA    float64  `json:"tau_a"`
	Value   float64  `json:"V_kl_start"`
	Return  float64  `json:"return_start"`
	Worst   float64  `json:"worst_case_start"`
	Entropy *float64 `json:"mean_entropy_y"`
	Hanging float64  `json:"V_kl"`
	Ret     float64
	Case    float64 `json:"worst_case"`
}

// Paths of the wind grid and of the pendulum on a lattice, from an irrational to a
// rational adversary in one curriculum, and their Nash equilibria.
func TestEnvironmentsAgainstReference(t *testing.T) {
	var data environments
	body, err := os.ReadFile("../../testdata/environments.json")
	if err == nil {
		err = json.Unmarshal(body, &data)
	}
	if err != nil {
		t.Fatal(err)
	}
	w, p := data.Wind, data.Pendulum
	for i, r := range p.Path {
		p.Path[i].Value, p.Path[i].Return, p.Path[i].Worst = r.Hanging, r.Ret, r.Case
	}
	grid, err := wind.New("wind_grid", wind.Layout{Rows: w.Rows, Cols: w.Cols, Start: w.Start, Goal: w.Goal, Pits: w.Pits, Wind: w.Wind, Slip: w.Slip, Step: w.Step, Reach: w.Reach, Fall: w.Fall, Discount: w.Gamma})
	if err != nil {
		t.Fatal(err)
	}
	lattice, err := pendulum.Grid("pendulum_grid", pendulum.Physics{Force: .8, Mass: 1, Length: 1}, p.Angles, p.Speeds, p.Gamma)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		game      *markov.Game
		path      []row
		nash      float64
		tolerance float64
		count     int
	}{{grid, w.Path, w.Nash.Start, 1e-9, 10}, {lattice, p.Path, p.Nash.Start, 1e-8, 8}} {
		if x.game == lattice && testing.Short() {
			continue // 441 states
		}
		var tauP, tauA []float64
		for _, r := range x.path {
			tauP, tauA = append(tauP, r.TauP), append(tauA, r.TauA)
		}
		if len(tauP) < x.count {
			t.Fatalf("%s: %d temperatures", x.game.Name, len(tauP))
		}
		path := solve(t, x.game, curriculum.Settings{TauP: tauP, TauA: tauA})
		for i, want := range x.path {
			got := path.Points[i]
			d := max(math.Abs(path.AtStart(got.Value)-want.Value), math.Abs(path.AtStart(got.Return)-want.Return), math.Abs(path.AtStart(got.WorstCase)-want.Worst))
			if want.Entropy != nil {
				d = max(d, math.Abs(got.Entropy[1]-*want.Entropy))
			}
			if !(d <= x.tolerance) {
				t.Errorf("%s at %g, %g: off by %g", x.game.Name, want.TauP, want.TauA, d)
			}
			t.Logf("%s at %g, %g: off by %g, %d sweeps, slack %+v", x.game.Name, want.TauP, want.TauA, d, got.Sweeps, got.Slack)
		}
		sound(t, path)
		if d := math.Abs(path.AtStart(path.Nash.Value) - x.nash); d > x.tolerance {
			t.Errorf("%s: the Nash value is off by %g", x.game.Name, d)
		}
	}
}
