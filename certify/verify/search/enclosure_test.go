package search

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"arbiter/certify/enclose"
	"arbiter/certify/smooth"
	"arbiter/certify/softmarkov"
	"arbiter/dice"
	"arbiter/games/markov"
)

func smoothFile(t testing.TB, blocks []int, field []string, lower, upper []float64) map[string]any {
	t.Helper()
	return smoothFileOf(t, smoothBody(t, blocks, field, lower, upper))
}

func smoothFileOf(t testing.TB, body []byte) map[string]any {
	t.Helper()
	g, err := smooth.Read(body, "game.json", "game.json")
	if err != nil {
		t.Fatal(err)
	}
	c, err := g.Certify(context.Background(), enclose.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return written(t, c, "smooth", body, nil)
}

func smoothBody(t testing.TB, blocks []int, field []string, lower, upper []float64) []byte {
	body, err := json.Marshal(map[string]any{
		"kind": "smooth_game", "blocks": blocks, "field": field, "region": map[string]any{"lower": lower, "upper": upper},
	})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func tanhGame(t testing.TB) map[string]any {
	return smoothFile(t, []int{1, 1}, []string{"x1-0.3*x1^3/3+3*tanh(x2)", "x2-0.3*x2^3/3+0.1*tanh(x1)"}, []float64{-.6, -.6}, []float64{.6, .6})
}

func TestSmoothCertificatesAreConfirmed(t *testing.T) {
	for i, m := range []map[string]any{
		tanhGame(t),
		smoothFile(t, []int{1, 1}, []string{"2*x1+sin(x2)+0.1", "2*x2-cos(x1)"}, []float64{-2, -2}, []float64{2, 2}),
		smoothFile(t, []int{2, 1}, []string{"3*x1+x2+exp(x3/4)", "x1+2*x2+erf(x3)", "2*x3+log(3+x1)*x2/4"}, []float64{-1, -1, -1}, []float64{1, 1, 1}),
		smoothFile(t, []int{1, 1}, []string{"x1-5*x2", "x2+x1^3"}, []float64{-.5, -.5}, []float64{.5, .5}),
		smoothFile(t, []int{1, 1}, []string{"x1-5*x2", "x2-x1"}, []float64{-.5, -.5}, []float64{.5, .5}),
	} {
		f, err := Smooth(context.Background(), claimOf(t, m))
		confirmed(t, fmt.Sprintf("game %d", i), f, err)
		if m["certified"] != (i < 4) {
			t.Errorf("game %d: certified %v, %v", i, m["certified"], m["reasons"])
		}
	}
}

// paperGame is the Markov game of the paper's experiment: a common reward of 1 for
// the same action, -1 for another.
func paperGame() *markov.Game {
	g := &markov.Game{
		Name: "paper", Players: 2, States: []string{"s0", "s1"}, Actions: [][]int{{2, 2}, {2, 2}}, Start: []float64{1, 0}, Discount: .9,
		Steps: [][][][]markov.Outcome{nil},
	}
	for range 2 {
		var joints [][]markov.Outcome
		for j := range 4 {
			p, r := .5, -1.
			switch j {
			case 0:
				p, r = .9, 1
			case 3:
				p, r = .1, 1
			}
			joints = append(joints, []markov.Outcome{{Prob: p, Next: 0, Reward: []float64{r, r}}, {Prob: 1 - p, Next: 1, Reward: []float64{r, r}}})
		}
		g.Steps[0] = append(g.Steps[0], joints)
	}
	return g
}

// randomMarkov has 1 to 3 states of 1 to 3 actions; some rows end the game.
func randomMarkov(seed uint64) *markov.Game {
	key, at := dice.New(seed+70), 0
	random := func() float64 { at++; return dice.Float64(key.Word(at)) }
	g := &markov.Game{Name: "random", Players: 2, Actions: make([][]int, 2), Discount: .2 + .5*random(), Steps: [][][][]markov.Outcome{nil}}
	states := 1 + int(random()*3)
	ends := random() < .5
	for s := range states {
		g.States = append(g.States, fmt.Sprint("s", s))
		g.Start = append(g.Start, 1/float64(states))
		a, b := 2+int(random()*2), 1+int(random()*3)
		g.Actions[0], g.Actions[1] = append(g.Actions[0], a), append(g.Actions[1], b)
		var joints [][]markov.Outcome
		for range a * b {
			var list []markov.Outcome
			sum := 0.0
			reward := []float64{2*random() - 1, 2*random() - 1}
			for t := range states {
				list = append(list, markov.Outcome{Prob: random(), Next: t, Reward: reward})
				sum += list[t].Prob
			}
			if ends {
				list = append(list, markov.Outcome{Prob: .3, Next: markov.End, Reward: reward})
				sum += .3
			}
			for k := range list {
				list[k].Prob /= sum
			}
			joints = append(joints, list)
		}
		g.Steps[0] = append(g.Steps[0], joints)
	}
	return g
}

func closedFile(t testing.TB, g *markov.Game, tau []float64) map[string]any {
	t.Helper()
	c, err := softmarkov.ClosedForm(context.Background(), g, tau)
	if err != nil {
		t.Fatal(err)
	}
	return written(t, c, "markov", nil, tau)
}

func TestMarkovClosedFormIsConfirmed(t *testing.T) {
	m := closedFile(t, paperGame(), []float64{13, 13})
	if m["certified"] != true {
		t.Errorf("not certified: %v", m["reasons"])
	}
	f, err := Markov(context.Background(), claimOf(t, m), paperGame(), data)
	confirmed(t, "paper", f, err)
	for seed := range 30 {
		g := randomMarkov(uint64(seed))
		m := closedFile(t, g, []float64{1 + float64(seed%5), 2 + float64(seed%5)})
		f, err := Markov(context.Background(), claimOf(t, m), g, data)
		confirmed(t, fmt.Sprintf("game %d", seed), f, err)
	}
}

func boxFile(t testing.TB, g *markov.Game, tau []float64, radius float64) map[string]any {
	t.Helper()
	c, err := softmarkov.Interval(context.Background(), g, tau, radius, enclose.Options{MaxCells: 200})
	if err != nil {
		t.Fatal(err)
	}
	return written(t, c, "markov", nil, tau)
}

func TestMarkovBoxesAreConfirmed(t *testing.T) {
	m := boxFile(t, paperGame(), []float64{1, 1}, .1)
	if m["certified"] != true {
		t.Errorf("not certified: %v", m["reasons"])
	}
	f, err := Markov(context.Background(), claimOf(t, m), paperGame(), data)
	confirmed(t, "paper", f, err)
}

func TestRandomMarkovBoxesAreConfirmed(t *testing.T) {
	if testing.Short() {
		t.Skip("some seconds")
	}
	for seed := range 4 {
		g := randomMarkov(uint64(seed))
		m := boxFile(t, g, []float64{1, 1.2}, .1+.05*float64(seed%4))
		f, err := Markov(context.Background(), claimOf(t, m), g, data)
		confirmed(t, fmt.Sprintf("game %d", seed), f, err)
		if m["certified"] != true {
			t.Errorf("game %d is not certified", seed)
		}
	}
}
