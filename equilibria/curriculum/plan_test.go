package curriculum_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"arbiter/equilibria"
	"arbiter/equilibria/curriculum"
	"arbiter/equilibria/stochastic"
	"arbiter/games/markov"
	"arbiter/games/soccer"
)

// reference is testdata/reference.json, which says where it is from.
type reference struct {
	ZeroSum []struct {
		Name  string
		Gamma float64
		R     [][][]float64
		P     [][][][]float64
		Nash  struct {
			V      []float64
			X, Y   [][]float64
			Unique []bool
		}
		Soft []struct {
			TauP     float64   `json:"tau_p"`
			TauA     float64   `json:"tau_a"`
			Entropy  []float64 `json:"V_entropy"`
			KL       []float64 `json:"V_kl"`
			X, Y     [][]float64
			XKL      [][]float64 `json:"x_kl"`
			YKL      [][]float64 `json:"y_kl"`
			Return   []float64   `json:"unregularised_return"`
			NashConv []float64
			Worst    []float64 `json:"worst_case_return_p"`
		}
		Adversary struct {
			TauP float64 `json:"tau_p"`
			Rows []struct {
				TauA   float64   `json:"tau_a"`
				KL     []float64 `json:"V_kl"`
				Return []float64 `json:"unregularised_return"`
				Worst  []float64 `json:"worst_case_return_p"`
			}
		} `json:"adversary_path_kl"`
	} `json:"zero_sum"`
	Single []struct {
		Name   string
		Matrix [][]float64
		Gamma  float64
		V      float64   `json:"nash_V"`
		X      []float64 `json:"nash_x"`
		Soft   []struct {
			Tau  float64
			KL   float64 `json:"V_kl"`
			X, Y []float64
		}
	} `json:"single_state"`
	Variants struct {
		Saddle struct {
			V    []float64
			X, Y [][]float64
		}
		Own struct {
			V1, V2 []float64
			X, Y   [][]float64
		} `json:"own_entropy"`
		Plain struct {
			V    []float64
			X, Y [][]float64
		} `json:"unregularised_continuation"`
	} `json:"variants_Z1_tau_0.3"`
	GeneralSum []struct {
		Name      string
		Gamma     float64
		R1, R2    [][][]float64
		P         [][][][]float64
		Principal []struct {
			Tau   float64
			X, Y  [][]float64
			V1    []float64 `json:"V1_soft"`
			V2    []float64 `json:"V2_soft"`
			U1    []float64
			U2    []float64
			Gain1 []float64 `json:"deviation_gain_1"`
			Gain2 []float64 `json:"deviation_gain_2"`
		} `json:"principal_branch"`
		All []struct {
			Tau       float64
			Starts    int
			Count     int
			IndexSum  int `json:"index_sum"`
			Solutions []struct{ X, Y [][]float64 }
		} `json:"all_found"`
	} `json:"general_sum"`
	Soccer struct {
		Nash struct {
			A       float64 `json:"V_kick_A_ball"`
			B       float64 `json:"V_kick_B_ball"`
			Squared float64 `json:"sum_V_squared"`
		}
		Soft []struct {
			Tau      float64
			Entropy  float64   `json:"V_entropy_kick_A"`
			KL       float64   `json:"V_kl_kick_A"`
			X        []float64 `json:"x_kick_A"`
			Y        []float64 `json:"y_kick_A"`
			Return   float64   `json:"unregularised_return_kick_A"`
			NashConv float64   `json:"nashconv_max"`
			AtA      float64   `json:"nashconv_kick_A"`
		}
		Asymmetric struct {
			A      float64 `json:"V_kick_A"`
			B      float64 `json:"V_kick_B"`
			Return float64 `json:"unregularised_return_kick_A"`
		}
	}
	Alternation []struct {
		Game   string
		Rounds []struct {
			Adversary   []int     `json:"adversary_actions"`
			Protagonist []int     `json:"protagonist_actions"`
			NashConv    float64   `json:"nashconv_max"`
			Worst       []float64 `json:"worst_case_return_p"`
		}
		Cycle struct {
			First  int `json:"first_seen_round"`
			Repeat int `json:"repeat_round"`
		}
	}
	FirstOrder []struct {
		Game, Schedule string
		L              float64
		Rows           []struct {
			Sweep    int
			NashConv float64 `json:"nashconv_max"`
			V        []float64
		}
	} `json:"first_order"`
}

func read(t testing.TB) (r reference) {
	t.Helper()
	body, err := os.ReadFile("testdata/reference.json")
	if err == nil {
		err = json.Unmarshal(body, &r)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// game is one of two players, rewards r and s (nil: minus r), by way of a file.
func game(t testing.TB, name string, gamma float64, r, s [][][]float64, p [][][][]float64) *markov.Game {
	t.Helper()
	var states []string
	actions := [][]int{nil, nil}
	other := make([][][]float64, len(r))
	for i := range r {
		states = append(states, string(rune('a'+i)))
		actions[0], actions[1] = append(actions[0], len(r[i])), append(actions[1], len(r[i][0]))
		for a, row := range r[i] {
			var line []float64
			for b, x := range row {
				if s != nil {
					x = -s[i][a][b]
				}
				line = append(line, -x)
			}
			other[i] = append(other[i], line)
		}
	}
	body, err := json.Marshal(map[string]any{"kind": "markov_game", "players": 2, "states": states, "actions": actions, "discount": gamma, "rewards": []any{r, other}, "transitions": p})
	if err != nil {
		t.Fatal(err)
	}
	g, err := markov.Read(body, name, name)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// games are the reference's zero-sum ones by name, those of one state among them.
func games(t testing.TB) map[string]*markov.Game {
	r, all := read(t), map[string]*markov.Game{}
	for _, z := range r.ZeroSum {
		all[z.Name] = game(t, z.Name, z.Gamma, z.R, nil, z.P)
	}
	for _, z := range r.Single {
		p := make([][][]float64, len(z.Matrix))
		for i, row := range z.Matrix {
			for range row {
				p[i] = append(p[i], []float64{1})
			}
		}
		all[z.Name] = game(t, z.Name, z.Gamma, [][][]float64{z.Matrix}, nil, [][][][]float64{p})
	}
	return all
}

// off is the largest difference of two lists.
func off(a, b []float64) (d float64) {
	if len(a) != len(b) {
		return math.Inf(1)
	}
	for i, x := range a {
		d = max(d, math.Abs(x-b[i]))
	}
	return d
}

func offs(a, b [][]float64) (d float64) {
	if len(a) != len(b) {
		return math.Inf(1)
	}
	for i, x := range a {
		d = max(d, off(x, b[i]))
	}
	return d
}

func solve(t testing.TB, g *markov.Game, o curriculum.Settings) *curriculum.Path {
	t.Helper()
	p, err := curriculum.Solve(context.Background(), g, o)
	if err != nil {
		t.Fatalf("%s: %v", g.Name, err)
	}
	if p.Stopped != "" {
		t.Fatalf("%s stopped %s", g.Name, p.Stopped)
	}
	return p
}

// sound checks what every point of every path must be.
func sound(t *testing.T, p *curriculum.Path) {
	t.Helper()
	size := max(1, p.Game.Ranges()[0])
	for _, x := range append(slices.Clone(p.Points), p.Last()) {
		at := func(format string, args ...any) {
			t.Helper()
			t.Errorf("%s %s at %g, %g: "+format, append([]any{p.Game.Name, p.Regulariser, x.TauP, x.TauA}, args...)...)
		}
		if x.Residual > 1e-12*size || x.Status != equilibria.Converged || x.Sweeps > 15 {
			at("residual %g, %s after %d sweeps", x.Residual, x.Status, x.Sweeps)
		}
		if gap := slices.Max(x.Gap); gap > 1e-10*size || slices.Min(x.Gap) < -1e-12 {
			at("duality gaps up to %g", gap)
		}
		if s := x.Slack; s.NashConv < -1e-10*size || p.Nash != nil && (s.Value < -1e-10*size || s.WorstCase < -1e-10*size) {
			at("a bound is broken: %+v", s)
		}
	}
	if p.Nash != nil && slices.Max(p.Nash.NashConv) > 1e-9 {
		t.Errorf("%s: NashConv %g at the end", p.Game.Name, slices.Max(p.Nash.NashConv))
	}
}

// Values, policies, returns, worst cases and NashConv at all temperatures of the
// reference, and at its Nash equilibria.
func TestPathsAgainstReference(t *testing.T) {
	all := games(t)
	for _, z := range read(t).ZeroSum {
		g := all[z.Name]
		for _, kind := range []stochastic.Regulariser{stochastic.KL, stochastic.Entropy} {
			for _, want := range z.Soft {
				p := solve(t, g, curriculum.Settings{TauP: []float64{want.TauP}, TauA: []float64{want.TauA}, Regulariser: kind})
				sound(t, p)
				x := p.Points[0]
				v, mine, other := want.KL, want.XKL, want.YKL
				if kind == stochastic.Entropy {
					v, mine, other = want.Entropy, want.X, want.Y
				}
				if d := max(off(x.Value, v), offs(x.Policy[0], mine), offs(x.Policy[1], other)); d > 1e-9 {
					t.Errorf("%s %s at %g, %g: off by %g", z.Name, kind, want.TauP, want.TauA, d)
				}
				// The reference judges the policies of the Shannon form.
				if d := max(off(x.Return, want.Return), off(x.NashConv, want.NashConv), off(x.WorstCase, want.Worst)); kind == stochastic.Entropy && d > 1e-9 {
					t.Errorf("%s at %g, %g: judged otherwise by %g", z.Name, want.TauP, want.TauA, d)
				}
				if d := off(p.Nash.Value, z.Nash.V); d > 1e-9 {
					t.Errorf("%s: Nash values off by %g", z.Name, d)
				}
				for s, unique := range z.Nash.Unique {
					if d := max(off(p.Nash.Policy[0][s], z.Nash.X[s]), off(p.Nash.Policy[1][s], z.Nash.Y[s])); unique && d > 1e-9 {
						t.Errorf("%s: Nash policies in state %d off by %g", z.Name, s, d)
					}
				}
			}
		}
		var tauA []float64
		for _, row := range z.Adversary.Rows {
			tauA = append(tauA, row.TauA)
		}
		p := solve(t, g, curriculum.Settings{TauP: []float64{z.Adversary.TauP}, TauA: tauA})
		sound(t, p)
		for i, row := range z.Adversary.Rows {
			x := p.Points[i]
			if d := max(off(x.Value, row.KL), off(x.Return, row.Return), off(x.WorstCase, row.Worst)); d > 1e-9 {
				t.Errorf("%s: path at %g off by %g", z.Name, row.TauA, d)
			}
		}
	}
	for _, z := range read(t).Single {
		for _, want := range z.Soft {
			p := solve(t, all[z.Name], curriculum.Settings{TauP: []float64{want.Tau}})
			sound(t, p)
			x := p.Points[0]
			if d := max(off(x.Value, []float64{want.KL}), off(x.Policy[0][0], want.X), off(x.Policy[1][0], want.Y), off(p.Nash.Value, []float64{z.V}), off(p.Nash.Policy[0][0], z.X)); d > 1e-9 {
				t.Errorf("%s at %g: off by %g", z.Name, want.Tau, d)
			}
		}
	}
}

// The whole default path of every game: sound to 1e-4 of the range of values, values
// that never rise as the adversary becomes rational nor fall as the protagonist does, and
// NashConv that falls along equal temperatures.
func TestPathsAreMonotone(t *testing.T) {
	all := games(t)
	for _, name := range []string{"Z1", "Z2", "Z3"} {
		g := all[name]
		equal := []float64{1, .3, .1, .03, .01}
		p := solve(t, g, curriculum.Settings{TauP: equal})
		for i, x := range p.Points[1:] {
			if slices.Max(x.NashConv) >= slices.Max(p.Points[i].NashConv) {
				t.Errorf("%s: NashConv rises at %g", name, x.TauP)
			}
		}
		for _, stays := range []float64{1, .05} {
			for side, sign := range []float64{1, -1} {
				o := curriculum.Settings{TauP: curriculum.Default(g), TauA: []float64{stays}}
				if side == 1 {
					o.TauP, o.TauA = o.TauA, o.TauP
				}
				p := solve(t, g, o)
				sound(t, p)
				for i, x := range p.Points[1:] {
					for s, v := range x.Value {
						if sign*(v-p.Points[i].Value[s]) < -1e-12*max(1, g.Ranges()[0]) {
							t.Errorf("%s: the value of state %d goes the wrong way at %g, %g", name, s, x.TauP, x.TauA)
						}
					}
				}
			}
		}
		sound(t, solve(t, g, curriculum.Settings{}))
		sound(t, solve(t, g, curriculum.Settings{Regulariser: stochastic.Entropy}))
	}
}

func TestSoccerAgainstReference(t *testing.T) {
	r := read(t).Soccer
	g, err := soccer.New("soccer", .9, false)
	if err != nil {
		t.Fatal(err)
	}
	a, b := slices.Index(g.States, "21|13|A"), slices.Index(g.States, "21|13|B")
	var list []float64
	for _, want := range r.Soft {
		list = append(list, want.Tau)
	}
	for _, kind := range []stochastic.Regulariser{stochastic.KL, stochastic.Entropy} {
		p := solve(t, g, curriculum.Settings{TauP: list, Regulariser: kind})
		sound(t, p)
		last := math.Inf(1)
		for i, want := range r.Soft {
			x := p.Points[i]
			v := want.KL
			if kind == stochastic.Entropy {
				v = want.Entropy
			}
			worst := slices.Max(x.NashConv)
			if d := max(math.Abs(x.Value[a]-v), off(x.Policy[0][a], want.X), off(x.Policy[1][a], want.Y), math.Abs(x.Return[a]-want.Return), math.Abs(worst-want.NashConv), math.Abs(x.NashConv[a]-want.AtA)); d > 1e-9 {
				t.Errorf("at %g: off by %g", want.Tau, d)
			}
			if worst >= last {
				t.Errorf("NashConv rises at %g", want.Tau)
			}
			last = worst
		}
		squared := 0.0
		for _, v := range p.Nash.Value {
			squared += v * v
		}
		if d := max(math.Abs(p.Nash.Value[a]-r.Nash.A), math.Abs(p.Nash.Value[b]-r.Nash.B), math.Abs(squared-r.Nash.Squared)); d > 1e-9 {
			t.Errorf("Nash values are off by %g", d)
		}
	}
	p := solve(t, g, curriculum.Settings{TauP: []float64{.03}, TauA: []float64{.3}, Unpolished: true})
	sound(t, p)
	if x := p.Points[0]; max(math.Abs(x.Value[a]-r.Asymmetric.A), math.Abs(x.Value[b]-r.Asymmetric.B), math.Abs(x.Return[a]-r.Asymmetric.Return)) > 1e-9 {
		t.Errorf("unequal temperatures: values %.12g and %.12g, return %.12g", x.Value[a], x.Value[b], x.Return[a])
	}
}

// What is no curriculum is refused, in words that say what is.
func TestRefusals(t *testing.T) {
	g := games(t)["Z1"]
	for want, o := range map[string]curriculum.Settings{
		"never rises":                     {TauA: []float64{.1, 1}},
		"expected a positive number":      {TauP: []float64{1, 0}},
		"tauP has 2 temperatures and tau": {TauP: []float64{1, .5}, TauA: []float64{1, .5, .1}},
		"regulariser":                     {Regulariser: "l2"},
	} {
		if _, err := curriculum.Solve(context.Background(), g, o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, expected %q", err, want)
		}
	}
	for _, z := range read(t).GeneralSum {
		_, err := curriculum.Solve(context.Background(), game(t, z.Name, z.Gamma, z.R1, z.R2, z.P), curriculum.Settings{})
		if !errors.Is(err, curriculum.ErrGeneralSum) {
			t.Errorf("%s: %v", z.Name, err)
		}
	}
	if _, err := curriculum.Follow(context.Background(), g, stochastic.Plain, curriculum.Settings{TauP: []float64{1, .5}, TauA: []float64{1, .1}}, 0, 1); err == nil {
		t.Error("a branch along two parameters")
	}
}

// A schedule below what arithmetic carries ends early, says so, and is polished.
func TestTooColdStops(t *testing.T) {
	for name, g := range games(t) {
		p, err := curriculum.Solve(context.Background(), g, curriculum.Settings{TauP: curriculum.Log(1, 1e-30, 31)})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		sound(t, p)
		t.Logf("%s: to %g, %s", name, p.Points[len(p.Points)-1].TauP, p.Stopped)
	}
}
