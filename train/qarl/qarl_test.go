package qarl

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"slices"
	"testing"

	"arbiter/dice"
	"arbiter/games"
	"arbiter/games/markov"
	"arbiter/games/pendulum"
	"arbiter/games/wind"
	"arbiter/train"
	"arbiter/train/traintest"
)

// grid is the wind grid of the reference, whose Nash value is known.
func grid(t testing.TB, p float64) Course {
	t.Helper()
	table, err := wind.New("wind_grid", wind.Layout{
		Rows: 5, Cols: 9, Start: wind.Cell{4, 0}, Goal: wind.Cell{4, 8},
		Pits: []wind.Cell{{4, 2}, {4, 3}, {4, 4}, {4, 5}, {4, 6}, {2, 4}},
		Wind: p, Step: -.03, Reach: 1, Fall: -.5, Discount: .97,
	})
	if err != nil {
		t.Fatal(err)
	}
	g := markov.Episodes(table, 100)
	return Course{Info: g.Info(), World: func() train.World { return train.WorldOf(g) }, Table: table}
}

const nash = .116387036714

func rod(t testing.TB) games.Game {
	t.Helper()
	g, err := pendulum.New("pendulum", pendulum.Physics{Force: .8, Mass: 1, Length: 1}, 200, .97)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestContract(t *testing.T) {
	g := markov.Episodes(grid(t, .2).Table, 100)
	for _, text := range []string{
		"qarl(episodes=3,samples=5,floor=-9)",
		"qarl(episodes=3,samples=5,teacher=force,floor=-9)",
		"qarl(episodes=3,adversary=none)",
		"qarl(episodes=3,adversary=random,teacher=linear,bins=3)",
	} {
		traintest.Run(t, Method(), text, g)
	}
	for _, text := range []string{"qarl(episodes=1,samples=1)", "qarl(episodes=1,teacher=force,bins=2,tilings=2,tiles=3x4)"} {
		traintest.Run(t, Method(), text, rod(t))
	}
}

// Networks keep the contract on tasks of control, and are refused elsewhere.
func TestNetworksContract(t *testing.T) {
	const text = "qarl(values=networks,episodes=1,samples=1,floor=0)"
	traintest.Run(t, Method(), text, rod(t))
	if _, _, err := Method().Open(text, grid(t, .2).Info); err == nil {
		t.Error("networks are made for the wind grid, where there are no vectors")
	}
}

// A step of training, once all is laid out, makes no garbage.
func TestNoGarbage(t *testing.T) {
	for name, g := range map[string]games.Game{"tiles": rod(t), "table": markov.Episodes(grid(t, .2).Table, 100)} {
		opened, _, err := Method().Open("qarl(episodes=1,samples=100)", g.Info())
		if err != nil {
			t.Fatal(err)
		}
		l, w, key := opened.(*Learner), train.WorldOf(g), dice.New(1)
		for i := range uint64(40) {
			if _, err := l.Step(t.Context(), w, key.Sub(i)); err != nil {
				t.Fatal(err)
			}
		}
		terms := l.terms(.5)
		for _, learns := range []int{protagonist, adversary, -1} {
			n := testing.AllocsPerRun(20, func() {
				if _, _, err := l.episode(w, key, learns, terms); err != nil {
					t.Fatal(err)
				}
			})
			if n > 0 && !raced {
				t.Errorf("%s: %g allocations in an episode from which seat %d learns", name, n, learns)
			}
		}
	}
}

// What one who learns from even play alone comes to is known: the soft optimum against
// even play, that of one player.
func TestLearnsSoftValues(t *testing.T) {
	if testing.Short() {
		t.Skip("run whole without -short")
	}
	c := grid(t, .2)
	text, err := Spec("random", map[string]string{"iterations": "400", "rate": "0.02", "tau_p": "0.05"}, c.Info)
	if err != nil {
		t.Fatal(err)
	}
	l, err := c.Train(t.Context(), Training{Spec: text, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	// Soft value iteration against even play, by code of its own.
	g, tau := c.Table, .05
	v := make([]float64, len(g.States))
	q := make([][]float64, len(g.States))
	for range 2000 {
		for s, joints := range g.Step(0) {
			q[s] = make([]float64, g.Actions[0][s])
			n := g.Actions[1][s]
			for j, list := range joints {
				for _, o := range list {
					r := o.Reward[0]
					if o.Next >= 0 {
						r += g.Discount * v[o.Next]
					}
					q[s][j/n] += o.Prob * r / float64(n)
				}
			}
		}
		for s := range v {
			sum, top := 0., slices.Max(q[s])
			for _, x := range q[s] {
				sum += math.Exp((x - top) / tau)
			}
			v[s] = top + tau*math.Log(sum/float64(len(q[s])))
		}
	}
	start := 0
	for s, p := range g.Start {
		if p > 0 {
			start = s
		}
	}
	p := l.players[protagonist].(*player)
	p.at[0] = p.named[p.keys[g.States[start]]].at
	got := p.values(g.Actions[0][start])
	best := 0
	for m := range got {
		if q[start][m] > q[start][best] {
			best = m
		}
	}
	if math.Abs(got[best]-q[start][best]) > .05 {
		t.Errorf("the best value at the start is %g, expected %g within 0.05", got[best], q[start][best])
	}
}

// Judged by the table: worst cases are below the Nash value and below what the last
// adversary gets, comparisons count the same episodes, and an algorithm is no better
// than itself.
func TestCompare(t *testing.T) {
	c := grid(t, .2)
	for range 2 {
		var row []Course
		for range 3 {
			row = append(row, grid(t, .3))
		}
		c.Places = append(c.Places, row)
	}
	c.Info.Varied = []games.Axis{{Name: "p_wind", Lo: 0, Hi: 1}, {Name: "slip", Lo: 0, Hi: 1}}
	var names []string
	for _, a := range Algorithms() {
		names = append(names, a.Name)
	}
	a, err := c.Compare(t.Context(), Comparison{Algorithms: names, Settings: map[string]string{"iterations": "20", "floor": "-9"}, Seed: 1, Seeds: 2, Trial: Standard()})
	if err != nil {
		t.Fatal(err)
	}
	if a.Episodes != 400 || len(a.Rows) != len(names) {
		t.Errorf("%d episodes, %d rows", a.Episodes, len(a.Rows))
	}
	for _, r := range a.Rows {
		for _, v := range r.Each {
			if !v.Exact || v.Worst > nash+1e-9 || v.Last < v.Worst-1e-9 || v.Nominal < v.Worst-1e-9 || len(v.Map) != 2 || len(v.Map[0]) != 3 {
				t.Errorf("%s: %+v", r.Algorithm, v)
			}
		}
	}
	if d := a.Rows[0].WorstLess; d.Mean != 0 || d.Half != 0 {
		t.Errorf("%s differs from itself by %+v", names[0], d)
	}
	// Trainings of the same seed are those of a training alone.
	l, err := c.Train(t.Context(), Training{Spec: a.Rows[3].Spec, Seed: 2})
	if err != nil {
		t.Fatal(err)
	}
	if v := c.exact(l); v.Worst != a.Rows[3].Each[1].Worst {
		t.Errorf("alone the worst case is %g, expected %g", v.Worst, a.Rows[3].Each[1].Worst)
	}
}

// Half-widths are of the t-distribution with the n-1 deviation.
func TestSummarise(t *testing.T) {
	s := Summarise([]float64{1, 2, 3})
	if math.Abs(s.Mean-2) > 1e-15 || math.Abs(s.SD-1) > 1e-15 || math.Abs(s.Half-4.302652729749464/math.Sqrt(3)) > 1e-9 {
		t.Errorf("%+v", s)
	}
}

// What does not go is said, with what was found.
func TestRefusals(t *testing.T) {
	c := grid(t, .2)
	for _, settings := range []map[string]string{
		{"floor": "0.6"}, {"tau0": "0.1", "tau1": "1"}, {"tiles": "4x"}, {"teacher": "nobody"}, {"keys": "1"}, {"rate": "2"},
	} {
		if _, err := c.Compare(t.Context(), Comparison{Algorithms: []string{"qarl"}, Settings: settings, Seeds: 2}); err == nil {
			t.Errorf("%v is taken", settings)
		}
	}
	for _, names := range [][]string{{"qarl", "qarl"}, {"sarl"}} {
		if _, err := c.Compare(t.Context(), Comparison{Algorithms: names, Seeds: 2}); err == nil {
			t.Errorf("%v is taken", names)
		}
	}
	if _, err := c.Compare(t.Context(), Comparison{Algorithms: []string{"qarl"}, Seeds: 1}); err == nil {
		t.Error("one seed is taken")
	}
	for _, text := range []string{"qarl(floor=33.4)", "qarl(tiles=16x16x16)", "qarl(tiles=100000)"} {
		if _, _, err := Method().Open(text, rod(t).Info()); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Train(ctx, Training{Spec: "qarl"}); err != context.Canceled {
		t.Errorf("cancelled: %v", err)
	}
}

// Presets are specs of the learner.
func TestPresets(t *testing.T) {
	for name, text := range presets {
		info := games.Info{Name: name + "(x=1)", Seats: 2}
		for _, a := range Algorithms() {
			if _, err := Spec(a.Name, nil, info); err != nil {
				t.Errorf("%s, %s: %v", text, a.Name, err)
			}
		}
	}
}

// What is saved of a learner can be damaged in any byte without a panic.
func FuzzLoad(f *testing.F) {
	g := markov.Episodes(grid(f, .2).Table, 20)
	l, _, err := Method().Open("qarl(episodes=1)", g.Info())
	if err != nil {
		f.Fatal(err)
	}
	if _, err := l.Step(context.Background(), train.WorldOf(g), 1); err != nil {
		f.Fatal(err)
	}
	var b bytes.Buffer
	if err := l.Save(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte(`{"players":[{"states":[{"moves":9223372036854775807}]}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		l, _, err := Method().Open("qarl(episodes=1)", g.Info())
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Load(bytes.NewReader(body)); err == nil {
			if _, err := json.Marshal(l.Policy()); err != nil {
				t.Error(err)
			}
		}
	})
}
