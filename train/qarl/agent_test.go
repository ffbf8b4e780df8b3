package qarl

import (
	"math"
	"slices"
	"testing"

	"arbiter/agents"
	"arbiter/agents/agenttest"
	"arbiter/dice"
	"arbiter/games"
	"arbiter/games/markov"
	"arbiter/train"
)

// taught is a learner after some steps.
func taught(t *testing.T, text string, g games.Game, steps uint64) *Learner {
	t.Helper()
	opened, _, err := Method().Open(text, g.Info())
	if err != nil {
		t.Fatal(err)
	}
	w, key := train.WorldOf(g), dice.New(5)
	for i := range steps {
		if _, err := opened.Step(t.Context(), w, key.Sub(i)); err != nil {
			t.Fatal(err)
		}
	}
	return opened.(*Learner)
}

// shares are how often an agent makes each move at a view, in 4,000 asked.
func shares(t *testing.T, a agents.Agent, v games.View) []float64 {
	t.Helper()
	const n = 4000
	out := make([]float64, v.Moves)
	for i := range n {
		src := dice.New(8).At(i)
		m, err := a.Move(t.Context(), v, &src)
		if err != nil {
			t.Fatal(err)
		}
		out[m] += 1. / n
	}
	return out
}

// At vectors agents move by the softmax of the values they learned, the protagonist at
// tau_p, the adversary at the temperature of the teacher, and by nothing that is
// learned later; an adversary that did not learn idles or plays evenly.
func TestAgentIsSoftmax(t *testing.T) {
	g := rod(t)
	for text, kind := range map[string]string{
		"qarl(episodes=3,tau_p=0.5,tau0=0.5,tau1=0.1,rate=0.3)":        "learned",
		"qarl(episodes=3,tau_p=0.5,tau0=0.5,tau1=0.1,bins=3,rate=0.3)": "learned",
		"qarl(episodes=3,tau_p=0.5,adversary=none)":                    "none",
		"qarl(episodes=3,tau_p=0.5,adversary=random)":                  "random",
	} {
		l := taught(t, text, g, 4)
		a := l.Agent()
		agenttest.Run(t, text, a, g)
		told := [2]bool{} // of a seat: apart from who plays at another temperature
		for _, vector := range [][]float64{{0, 0}, {math.Pi - .1, 0}, {2, -1.5}} {
			for seat, tau := range [2]float64{.5, l.teacher.Mean()} {
				p := l.players[seat].(*player)
				v := games.View{Seat: seat, Moves: p.made, Vector: vector}
				if v.Moves == 0 { // never asked
					v.Moves = l.players[protagonist].(*player).made
				}
				want := make([]float64, v.Moves)
				switch {
				case seat == adversary && kind == "none":
					want[g.Info().Idle[adversary]] = 1
				case seat == adversary && kind == "random":
					for m := range want {
						want[m] = 1 / float64(v.Moves)
					}
				default:
					bin := int32(0) // of a rational adversary
					if seat == adversary && p.bins == 3 {
						bin = min(2, int32(3*math.Log(tau/.1)/math.Log(.5/.1)))
					}
					at := make([]int32, p.tiles.Tilings())
					p.tiles.Code(vector, at)
					sum, other, all := 0., make([]float64, v.Moves), 0.
					for m := range want {
						for _, f := range at {
							want[m] += p.weights[int(f*p.bins+bin)*v.Moves+m]
						}
						other[m] = math.Exp(want[m] / .1) // tau1
						want[m] = math.Exp(want[m] / tau)
						sum, all = sum+want[m], all+other[m]
					}
					for m := range want {
						want[m] /= sum
						told[seat] = told[seat] || math.Abs(want[m]-other[m]/all) > .1
					}
				}
				got := shares(t, a, v)
				for m, x := range want {
					if math.Abs(got[m]-x) > 5*math.Sqrt(x*(1-x)/4000)+1e-9 {
						t.Errorf("%s, seat %d at %v: move %d in %g of all, expected %g", text, seat, vector, m, got[m], x)
					}
				}
				for i := range uint64(2) {
					if _, err := l.Step(t.Context(), train.WorldOf(g), dice.New(6).Sub(i)); err != nil {
						t.Fatal(err)
					}
				}
				if again := shares(t, a, v); !slices.Equal(again, got) {
					t.Errorf("%s: what is learned later changes the agent", text)
				}
				a = l.Agent()
			}
		}
		if p := l.players[protagonist].(*player); !told[protagonist] && p.bins == 1 || kind == "learned" && !told[adversary] {
			t.Errorf("%s: no probability tells a temperature from another: %v", text, told)
		}
		if _, err := a.Move(t.Context(), games.View{Seat: 0, Moves: 3, Vector: []float64{1}}, nil); err == nil {
			t.Errorf("%s: a vector of another game is played", text)
		}
	}
}

// Networks sit too, and move as their frozen copies do.
func TestAgentOfNetworks(t *testing.T) {
	g := rod(t)
	for _, steps := range []uint64{0, 2} {
		a := taught(t, "qarl(values=networks,episodes=1,samples=1,floor=0)", g, steps).Agent()
		agenttest.Run(t, "networks", a, g)
	}
}

// Where states have names the agent is the Policy, evenly where nothing was met.
func TestAgentOfTable(t *testing.T) {
	table := grid(t, .2).Table
	g := markov.Episodes(table, 100)
	for _, text := range []string{"qarl(episodes=1)", "qarl(episodes=1,adversary=none)", "qarl(episodes=1,adversary=random)"} {
		l := taught(t, text, g, 1)
		a, ok := l.Agent().(agents.Tabular)
		if !ok {
			t.Fatal("it is not tabular")
		}
		agenttest.Run(t, text, a, g)
		met, unmet := 0, 0
		for seat, rows := range l.Policy().Seats {
			known := rows.Index()
			for s, even := range table.Uniform()[seat] {
				v := games.View{Seat: seat, Key: table.Key(0, s), Moves: len(even)}
				want, got := known[v.Key], make([]float64, v.Moves)
				if seat == adversary && l.o.adversary == "none" {
					want = make([]float64, v.Moves)
					want[table.Idle[adversary]] = 1
				} else if want == nil {
					want = even
					unmet++
				} else {
					met++
				}
				if err := a.Row(v, got); err != nil || !slices.Equal(got, want) {
					t.Errorf("%s, seat %d at %s: %v, expected %v (%v)", text, seat, v.Key, got, want, err)
				}
			}
		}
		if met == 0 || unmet == 0 {
			t.Errorf("%s: %d rows met, %d not", text, met, unmet)
		}
	}
}
