package tabular

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"arbiter/dice"
	"arbiter/games"
	"arbiter/games/markov"
	"arbiter/games/wind"
	"arbiter/train/traintest"
)

func TestMinimaxContract(t *testing.T) {
	g, err := wind.New("wind_grid", wind.Layout{
		Rows: 3, Cols: 3, Start: wind.Cell{2, 0}, Goal: wind.Cell{2, 2}, Pits: []wind.Cell{{2, 1}},
		Wind: .2, Step: -.03, Reach: 1, Fall: -.5, Discount: .97,
	})
	if err != nil {
		t.Fatal(err)
	}
	traintest.Run(t, SoftMinimaxQ(), "soft_minimax_q(matches=3)", markov.Episodes(g, 30))
	info := markov.Episodes(g, 30).Info()
	for what, change := range map[string]func(i *games.Info){
		"vectors":       func(i *games.Info) { i.Vector = []games.Axis{{Name: "x", Lo: 0, Hi: 1}} },
		"three seats":   func(i *games.Info) { i.Seats = 3 },
		"no zero sum":   func(i *games.Info) { i.ConstantSum = false },
		"another sum":   func(i *games.Info) { i.Sum = 1 },
		"hidden states": func(i *games.Info) { i.Perfect = false },
	} {
		other := info
		change(&other)
		if _, _, err := SoftMinimaxQ().Open("soft_minimax_q", other); err == nil {
			t.Errorf("%s are taken", what)
		}
	}
}

// zero is a game of the reference with its soft values.
type zero struct {
	Name  string
	Gamma float64
	R     [][][]float64
	P     [][][][]float64
	Soft  []struct {
		TauP float64   `json:"tau_p"`
		TauA float64   `json:"tau_a"`
		KL   []float64 `json:"V_kl"`
	}
}

// By synchronous sweeps with one sampled successor per state and pair of moves, the
// values of a random game of four states come within 0.05 of the soft values: at two
// temperatures, with five seeds each, and on average at least twice as near as after a
// tenth of the sweeps.
func TestMinimaxComesToSoftValues(t *testing.T) {
	body, err := os.ReadFile("../../equilibria/curriculum/testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Games []zero `json:"zero_sum"`
	}
	if err := json.Unmarshal(body, &all); err != nil {
		t.Fatal(err)
	}
	z := all.Games[0]
	if z.Name != "Z1" {
		t.Fatalf("found %s", z.Name)
	}
	seeds := uint64(5)
	if testing.Short() {
		seeds = 1
	}
	tried := uint64(0)
	for _, row := range z.Soft {
		if row.TauP != row.TauA || row.TauP != .3 && row.TauP != .1 {
			continue
		}
		first, last := 0., 0.
		for seed := range seeds {
			tried++
			early, late := sweeps(t, z, [2]float64{row.TauP, row.TauA}, seed, 600, row.KL), sweeps(t, z, [2]float64{row.TauP, row.TauA}, seed, 6000, row.KL)
			t.Logf("temperature %g, seed %d: off by %.4f after 600 sweeps, %.4f after 6000", row.TauP, seed, early, late)
			if late > .05 {
				t.Errorf("temperature %g, seed %d: off by %g after 6000 sweeps", row.TauP, seed, late)
			}
			first, last = first+early, last+late
		}
		if seeds > 1 && last > first/2 {
			t.Errorf("temperature %g: off by %g on average after 600 sweeps and by %g after 6000", row.TauP, first/float64(seeds), last/float64(seeds))
		}
	}
	if tried != 2*seeds {
		t.Errorf("%d trainings", tried)
	}
}

// sweeps is how far values are off after so many sweeps.
func sweeps(t *testing.T, z zero, tau [2]float64, seed uint64, n int, want []float64) (off float64) {
	m, key := newMinimax(tau, z.Gamma), dice.New(seed)
	var states []*stage
	for s := range z.R {
		states = append(states, m.at(fmt.Sprint(s), [2][]string{}, len(z.R[s]), len(z.R[s][0])))
	}
	values := make([]float64, len(states))
	for sweep := range n {
		for s, st := range states {
			if err := m.solve(st); err != nil {
				t.Fatal(err)
			}
			values[s] = st.value
		}
		word := 0
		for s, st := range states {
			for a := range st.Q {
				for b := range st.Q[a] {
					u, next := dice.Float64(key.Sub(uint64(sweep)).Word(word)), 0
					word++
					for ; next < len(states) && u >= z.P[s][a][b][next]; next++ {
						u -= z.P[s][a][b][next]
					}
					target := z.R[s][a][b]
					if next < len(states) { // else play is over
						target += z.Gamma * values[next]
					}
					m.learn(st, a, b, target)
				}
			}
		}
	}
	for s, st := range states {
		if err := m.solve(st); err != nil {
			t.Fatal(err)
		}
		off = max(off, math.Abs(st.value-want[s]))
	}
	return off
}
