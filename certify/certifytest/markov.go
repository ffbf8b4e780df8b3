package certifytest

import (
	"testing"

	"arbiter/dice"
	"arbiter/games/markov"
)

// Tabular makes a game of two players from tables P[s][a][b][t], R[i][s][a][b];
// what a row lacks to 1 ends the game.
func Tabular(t testing.TB, gamma float64, start []float64, p, r [][][][]float64) *markov.Game {
	t.Helper()
	g := &markov.Game{Name: "table", Players: 2, Start: start, Discount: gamma, Actions: make([][]int, 2)}
	var states [][][]markov.Outcome
	for s := range p {
		g.States = append(g.States, string(rune('a'+s)))
		g.Actions[0], g.Actions[1] = append(g.Actions[0], len(p[s])), append(g.Actions[1], len(p[s][0]))
		var joints [][]markov.Outcome
		for a := range p[s] {
			for b, row := range p[s][a] {
				var list []markov.Outcome
				rest := 1.0
				reward := []float64{r[0][s][a][b], r[1][s][a][b]}
				for next, q := range row {
					if q > 0 {
						list = append(list, markov.Outcome{Prob: q, Next: next, Reward: reward})
						rest -= q
					}
				}
				if rest > 1e-12 {
					list = append(list, markov.Outcome{Prob: rest, Next: markov.End, Reward: reward})
				}
				joints = append(joints, list)
			}
		}
		states = append(states, joints)
	}
	g.Steps = [][][][]markov.Outcome{states}
	if err := g.Check(); err != nil {
		t.Fatal(err)
	}
	return g
}

// RandomMarkov draws a game of up to 3 states and 3 actions; some end.
func RandomMarkov(t testing.TB, seed int) *markov.Game {
	key := dice.New(uint64(seed))
	at := 0
	u := func() float64 { at++; return dice.Float64(key.Word(at)) }
	states := 1 + int(3*u())
	ends := u() < .5
	p, r := make([][][][]float64, states), [][][][]float64{nil, nil}
	start, total := make([]float64, states), 0.0
	for s := range states {
		start[s] = u()
		total += start[s]
		m0, m1 := 1+int(3*u()), 1+int(3*u())
		if s == 0 {
			m0, m1 = max(2, m0), max(2, m1)
		}
		p[s] = make([][][]float64, m0)
		rewards := [2][][]float64{make([][]float64, m0), make([][]float64, m0)}
		for a := range m0 {
			for range m1 {
				row, sum := make([]float64, states), 0.0
				for k := range row {
					row[k] = u()
					sum += row[k]
				}
				if ends {
					sum /= 1 - .6*u()
				}
				for k := range row {
					row[k] /= sum
				}
				p[s][a] = append(p[s][a], row)
				for i := range rewards {
					rewards[i][a] = append(rewards[i][a], 2*u()-1)
				}
			}
		}
		for i := range r {
			r[i] = append(r[i], rewards[i])
		}
	}
	for s := range start {
		start[s] /= total
	}
	return Tabular(t, .2+.7*u(), start, p, r)
}
