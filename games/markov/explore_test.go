package markov_test

import (
	"fmt"
	"strings"
	"testing"

	"arbiter/games/markov"
)

// walk is one player on the numbers from 0 on, who ends play by a step below.
func walk() markov.Rules[int] {
	return markov.Rules[int]{
		Name: "walk", Players: 1, Discount: .5,
		Starts:  []int{1, 0, 1},
		Label:   func(p int) string { return fmt.Sprint("at", p) },
		Actions: func(int) [][]string { return [][]string{{"down", "up"}} },
		Play: func(p int, joint []int) []markov.Way[int] {
			if joint[0] == 0 {
				return []markov.Way[int]{{Prob: 1, To: p - 1, End: p == 0, Reward: []float64{1}}}
			}
			to := min(p+1, 2)
			return []markov.Way[int]{{Prob: .5, To: to, Reward: []float64{0}}, {Prob: .25, To: to, Reward: []float64{0}}, {Prob: .25, To: p, Reward: []float64{0}}}
		},
	}
}

// States are numbered as they are found; equal outcomes are one.
func TestExplore(t *testing.T) {
	g, err := markov.Explore(walk())
	if err != nil {
		t.Fatal(err)
	}
	found := fmt.Sprint(g.States, g.Actions, g.Start, g.Steps)
	const want = "[at1 at0 at2] [[2 2 2]] [0.6666666666666666 0.3333333333333333 0] " +
		"[[[[{1 1 [1]}] [{0.75 2 [0]} {0.25 0 [0]}]] [[{1 -1 [1]}] [{0.75 0 [0]} {0.25 1 [0]}]] [[{1 0 [1]}] [{1 2 [0]}]]]]"
	if found != want {
		t.Errorf("found\n%s, want\n%s", found, want)
	}
}

// What is wrong with rules is said, and where.
func TestExploreSaysWhere(t *testing.T) {
	for want, change := range map[string]func(*markov.Rules[int]){
		"walk: discount: found 1":                                func(r *markov.Rules[int]) { r.Discount = 1 },
		"walk: players: found 0":                                 func(r *markov.Rules[int]) { r.Players, r.Starts = 0, nil },
		"walk: states: found none":                               func(r *markov.Rules[int]) { r.Starts = nil },
		`walk: states[1]: found "x"`:                             func(r *markov.Rules[int]) { r.Label = func(int) string { return "x" } },
		`walk: state at1: found actions [["a"] ["b"]]`:           func(r *markov.Rules[int]) { r.Actions = func(int) [][]string { return [][]string{{"a"}, {"b"}} } },
		`walk: state at1: found actions [[]]`:                    func(r *markov.Rules[int]) { r.Actions = func(int) [][]string { return [][]string{{}} } },
		"walk: state at1, joint action [0]: found 2 rewards":     func(r *markov.Rules[int]) { r.Play = ways(markov.Way[int]{Prob: 1, Reward: []float64{1, 2}}) },
		"walk: step 0, state at1, joint action 0: probabilities": func(r *markov.Rules[int]) { r.Play = ways(markov.Way[int]{Prob: .5, End: true, Reward: []float64{1}}) },
		"walk: more than 131072 states": func(r *markov.Rules[int]) {
			r.Play = func(p int, _ []int) []markov.Way[int] {
				return []markov.Way[int]{{Prob: 1, To: p + 1, Reward: []float64{0}}}
			}
		},
	} {
		r := walk()
		change(&r)
		if _, err := markov.Explore(r); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %s", err, want)
		}
	}
}

func ways(w markov.Way[int]) func(int, []int) []markov.Way[int] {
	return func(int, []int) []markov.Way[int] { return []markov.Way[int]{w} }
}
