package markov

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"arbiter/internal/strict"
)

// mostNumbers bounds the size of files: states times joint actions times steps.
const mostNumbers = 1 << 22

type gameFile struct {
	Kind        string
	Provenance  string
	Players     int
	States      []string
	Actions     json.RawMessage
	Discount    *float64
	Horizon     *int
	Start       []float64
	Rewards     json.RawMessage
	Transitions json.RawMessage
}

// Kind is the "kind" of a JSON file, "" if it has none.
func Kind(body []byte) string {
	var f struct{ Kind string }
	if json.Unmarshal(body, &f) != nil {
		return ""
	}
	return f.Kind
}

// Read reads a Markov game. Errors name the file and the line or field. name is
// the game's canonical spec.
func Read(body []byte, file, name string) (*Game, error) {
	var f gameFile
	if line, err := strict.Decode(body, "game", &f); err != nil {
		return nil, fmt.Errorf("%s:%d: %w", file, line, err)
	}
	g, err := f.game(name)
	if err == nil {
		err = g.Check()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return g, nil
}

func (f gameFile) game(name string) (*Game, error) {
	g := &Game{Name: name, Players: f.Players, States: f.States, Start: f.Start}
	n := len(f.States)
	switch {
	case f.Kind != "markov_game":
		return nil, fmt.Errorf(`kind: found %.40q, expected "markov_game"`, f.Kind)
	case f.Players < 1 || f.Players > 16:
		return nil, fmt.Errorf("players: found %d, expected 1 to 16", f.Players)
	case n == 0:
		return nil, errors.New("states: found none, expected a list of names")
	case (f.Discount == nil) == (f.Horizon == nil):
		return nil, errors.New("expected one of discount and horizon")
	case f.Rewards == nil || f.Transitions == nil:
		return nil, errors.New("expected fields rewards and transitions")
	}
	if f.Discount != nil {
		if g.Discount = *f.Discount; !(g.Discount >= 0 && g.Discount < 1) {
			return nil, fmt.Errorf("discount: found %g, expected a number from 0 to below 1", g.Discount)
		}
	} else if g.Horizon = *f.Horizon; g.Horizon < 1 || g.Horizon > 1<<16 {
		return nil, fmt.Errorf("horizon: found %d, expected 1 to %d", g.Horizon, 1<<16)
	}
	if f.Start == nil {
		for range n {
			g.Start = append(g.Start, 1/float64(n))
		}
	}
	if err := f.actions(g); err != nil {
		return nil, err
	}
	index := map[string]int{}
	for s, name := range f.States {
		if _, twice := index[name]; twice || name == "" {
			return nil, fmt.Errorf("states[%d]: found %.40q, expected a name that no other state has", s, name)
		}
		index[name] = s
	}
	size := 0
	for s := range n {
		if size += g.Joint(s); size > mostNumbers {
			return nil, fmt.Errorf("actions: more than %d joint actions, the most that are read", mostNumbers)
		}
	}
	// Horizon games may lead with a step: then the numbers are one level deeper.
	rewards, err := f.steps(g, f.Rewards, "rewards", 2+f.Players)
	if err != nil {
		return nil, err
	}
	transitions, err := f.steps(g, f.Transitions, "transitions", 2+f.Players)
	if err != nil {
		return nil, err
	}
	steps := max(len(rewards), len(transitions))
	if size*steps > mostNumbers {
		return nil, fmt.Errorf("more than %d joint actions of all steps, the most that are read", mostNumbers)
	}
	for h := range steps {
		r, t := rewards[min(h, len(rewards)-1)], transitions[min(h, len(transitions)-1)]
		step, err := f.step(g, r, t, index)
		if err != nil {
			return nil, err
		}
		g.Steps = append(g.Steps, step)
	}
	return g, nil
}

func (f gameFile) actions(g *Game) error {
	n := len(f.States)
	var flat []int
	if json.Unmarshal(f.Actions, &flat) == nil && len(flat) == f.Players { // the same everywhere
		for _, m := range flat {
			g.Actions = append(g.Actions, slices.Repeat([]int{m}, n))
		}
	} else if json.Unmarshal(f.Actions, &g.Actions) != nil || len(g.Actions) != f.Players {
		return fmt.Errorf("actions: found %.60s, expected per player a list of numbers of actions per state", f.Actions)
	}
	for k, list := range g.Actions {
		if len(list) != n {
			return fmt.Errorf("actions[%d]: found %d numbers, expected %d, one per state", k, len(list), n)
		}
		for s, m := range list {
			if m < 1 || m > 1<<12 {
				return fmt.Errorf("actions[%d][%d]: found %d, expected 1 to %d", k, s, m, 1<<12)
			}
		}
	}
	joints := 1.0
	for s := range n {
		all := 1.0
		for k := range g.Actions {
			all *= float64(g.Actions[k][s])
		}
		if joints += all; joints > mostNumbers {
			return fmt.Errorf("actions: more than %d joint actions, the most that are read", mostNumbers)
		}
	}
	return nil
}

// located is a part of a file and where it stands.
type located struct {
	raw   json.RawMessage
	where string
}

// steps are the tables of each step; one if they do not depend on it. depth is
// that of a table's numbers or, for transitions, of its rows.
func (f gameFile) steps(g *Game, raw json.RawMessage, what string, depth int) ([]located, error) {
	if g.Horizon == 0 || deep(raw, map[bool]int{true: 1, false: 0}[what == "transitions"]) <= depth {
		return []located{{raw, what}}, nil
	}
	list, count, _ := strict.List(raw, g.Horizon)
	if count != g.Horizon {
		return nil, fmt.Errorf("%s: found %d steps, expected %d, the horizon", what, count, g.Horizon)
	}
	var out []located
	for h, x := range list {
		out = append(out, located{x, fmt.Sprintf("%s[%d]", what, h)})
	}
	return out, nil
}

// deep is the number of lists around the first number or object of raw; an object
// counts as extra lists.
func deep(raw json.RawMessage, extra int) int {
	n := 0
	for _, c := range raw {
		switch c {
		case '[':
			n++
		case ' ', '\t', '\r', '\n':
		case '{':
			return n + extra
		default:
			return n
		}
	}
	return n
}

// list splits a list of n.
func (l located) list(n int) ([]located, error) {
	parts, count, ok := strict.List(l.raw, n)
	if !ok {
		return nil, fmt.Errorf("%s: found %.40s, expected a list of %d", l.where, l.raw, n)
	}
	if count != n {
		return nil, fmt.Errorf("%s: found %d entries, expected %d", l.where, count, n)
	}
	out := make([]located, n)
	for i, p := range parts {
		out[i] = located{p, fmt.Sprintf("%s[%d]", l.where, i)}
	}
	return out, nil
}

func (l located) number() (float64, error) {
	var x *float64
	if err := json.Unmarshal(l.raw, &x); err != nil || x == nil {
		return 0, fmt.Errorf("%s: found %.40s, expected a finite number", l.where, l.raw)
	}
	return *x, nil
}

// cells visits the entries of all joint actions of a state, last player fastest.
func (l located) cells(g *Game, state int, visit func(joint int, l located) error) error {
	joint := 0
	var walk func(l located, k int) error
	walk = func(l located, k int) error {
		if k == g.Players {
			joint++
			return visit(joint-1, l)
		}
		list, err := l.list(g.Actions[k][state])
		for _, x := range list {
			if err == nil {
				err = walk(x, k+1)
			}
		}
		return err
	}
	return walk(l, 0)
}

func (f gameFile) step(g *Game, rewards, transitions located, index map[string]int) ([][][]Outcome, error) {
	n := len(g.States)
	step := make([][][]Outcome, n)
	paid := make([][][]float64, n) // [state][joint][player]
	for s := range step {
		step[s], paid[s] = make([][]Outcome, g.Joint(s)), make([][]float64, g.Joint(s))
		for j := range paid[s] {
			paid[s][j] = make([]float64, g.Players)
		}
	}
	players, err := rewards.list(g.Players)
	if err != nil {
		return nil, err
	}
	for k, player := range players {
		states, err := player.list(n)
		if err != nil {
			return nil, err
		}
		for s, l := range states {
			err := l.cells(g, s, func(j int, l located) (err error) {
				paid[s][j][k], err = l.number()
				return err
			})
			if err != nil {
				return nil, err
			}
		}
	}
	states, err := transitions.list(n)
	if err != nil {
		return nil, err
	}
	for s, l := range states {
		err := l.cells(g, s, func(j int, l located) error {
			odds, err := row(l, n, index)
			if err != nil {
				return err
			}
			sum := 0.0
			for _, o := range odds {
				if !(o.p >= 0 && o.p <= 1+sumTolerance) {
					return fmt.Errorf("%s: found probability %g of state %.40q, expected 0 to 1", l.where, o.p, g.States[o.next])
				}
				sum += o.p
			}
			if sum > 1+sumTolerance {
				return fmt.Errorf("%s: probabilities sum to %g, expected at most 1", l.where, sum)
			}
			// Rounding is not an ending.
			scale := 1.0
			if math.Abs(sum-1) <= sumTolerance {
				scale = 1 / sum
			}
			for _, o := range odds {
				if o.p > 0 {
					step[s][j] = append(step[s][j], Outcome{o.p * scale, o.next, paid[s][j]})
				}
			}
			if scale == 1 && sum < 1 {
				step[s][j] = append(step[s][j], Outcome{1 - sum, End, paid[s][j]})
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return step, nil
}

// chance is the probability of a next state.
type chance struct {
	next int
	p    float64
}

// row reads probabilities of the next state, states in order: a list, or an object
// by name.
func row(l located, n int, index map[string]int) (out []chance, err error) {
	if trimmed := bytes.TrimSpace(l.raw); len(trimmed) == 0 || trimmed[0] != '{' {
		list, err := l.list(n)
		if err != nil {
			return nil, err
		}
		for t, x := range list {
			p, err := x.number()
			if err != nil {
				return nil, err
			}
			if p != 0 {
				out = append(out, chance{t, p})
			}
		}
		return out, nil
	}
	var odds map[string]json.RawMessage
	if err := json.Unmarshal(l.raw, &odds); err != nil {
		return nil, fmt.Errorf("%s: %w", l.where, err)
	}
	for _, name := range slices.Sorted(maps.Keys(odds)) {
		t, ok := index[name]
		if !ok {
			return nil, fmt.Errorf("%s: found state %.40q, expected one of the states", l.where, name)
		}
		p, err := located{odds[name], fmt.Sprintf("%s[%.40q]", l.where, name)}.number()
		if err != nil {
			return nil, err
		}
		out = append(out, chance{t, p})
	}
	slices.SortFunc(out, func(a, b chance) int { return a.next - b.next })
	return out, nil
}
