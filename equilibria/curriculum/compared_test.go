package curriculum_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"arbiter/equilibria/curriculum"
	"arbiter/games/markov"
	"arbiter/games/soccer"
)

// Alternating best responses cycle, round by round as in the reference.
func TestAlternationCycles(t *testing.T) {
	all := games(t)
	for _, want := range read(t).Alternation {
		rounds, first, err := curriculum.Alternate(context.Background(), all[want.Game], 100)
		if err != nil || first != want.Cycle.First || len(rounds) != want.Cycle.Repeat {
			t.Fatalf("%s: round %d repeats %d, %v; expected %+v", want.Game, len(rounds), first, err, want.Cycle)
		}
		for i, r := range rounds {
			w := want.Rounds[i]
			if !slices.Equal(r.Adversary, w.Adversary) || !slices.Equal(r.Protagonist, w.Protagonist) {
				t.Errorf("%s round %d: %v and %v, expected %v and %v", want.Game, i+1, r.Adversary, r.Protagonist, w.Adversary, w.Protagonist)
			}
			if d := max(off(r.WorstCase, w.Worst), math.Abs(slices.Max(r.NashConv)-w.NashConv)); d > 1e-9 {
				t.Errorf("%s round %d: off by %g", want.Game, i+1, d)
			}
		}
	}
}

// On soccer they stay far from an equilibrium, to which a curriculum comes.
func TestAlternationOnSoccer(t *testing.T) {
	g, err := soccer.New("soccer", .9, false)
	if err != nil {
		t.Fatal(err)
	}
	rounds, _, err := curriculum.Alternate(context.Background(), g, 8)
	if err != nil || len(rounds) != 8 {
		t.Fatalf("%d rounds, %v", len(rounds), err)
	}
	for i, r := range rounds {
		if worst := slices.Max(r.NashConv); worst < .5 {
			t.Errorf("round %d: NashConv %g", i+1, worst)
		}
	}
	p := solve(t, g, curriculum.Settings{TauP: []float64{.1, .01}})
	if soft, hard := slices.Max(p.Points[1].NashConv), slices.Max(p.Nash.NashConv); math.Abs(soft-.0729) > 1e-4 || hard > 1e-9 {
		t.Errorf("NashConv %g at 0.01, %g polished", soft, hard)
	}
}

// For first-order sweeps the curriculum decides.
func TestDescentNeedsACurriculum(t *testing.T) {
	all, r := games(t), read(t)
	last := map[string]float64{}
	for _, want := range r.FirstOrder {
		g := all[want.Game]
		d := curriculum.Descent{Largest: curriculum.Size(g, solve(t, g, curriculum.Settings{TauP: []float64{1}}).Nash.Value)}
		if math.Abs(d.Largest-want.L) > 1e-9 {
			t.Errorf("%s: stage games up to %.12g, expected %.12g", want.Game, d.Largest, want.L)
		}
		d.Temperature = func(int) float64 { return 1e-3 }
		if want.Schedule == "anneal" {
			d.Temperature = func(sweep int) float64 { return max(1e-3, math.Pow(.9995, float64(sweep))) }
		}
		next := 0
		d.Watch = func(sweep int, p markov.Policy, value []float64) bool {
			w := want.Rows[next]
			if sweep < w.Sweep {
				return true
			}
			worst := g.Evaluate(p).Worst
			if diff := max(math.Abs(worst-w.NashConv), off(value, w.V)); sweep <= 1000 && diff > 1e-6 {
				t.Errorf("%s %s after %d: off by %g", want.Game, want.Schedule, sweep, diff)
			}
			last[want.Game+want.Schedule] = worst
			next++
			return next < len(want.Rows)
		}
		if err := d.Run(context.Background(), g); err != nil {
			t.Fatal(err)
		}
	}
	for name, most := range map[string]float64{"Z1": .05, "Z2": .6} {
		if near, far := last[name+"anneal"], last[name+"direct"]; near > most || far < 10*near {
			t.Errorf("%s: NashConv %g after annealing, %g without", name, near, far)
		}
	}
}
