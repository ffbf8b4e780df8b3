package markov

import (
	"fmt"
	"slices"

	"arbiter/games"
)

// Rules are a Markov game as it is told: by positions of type P, of which those that
// can be reached become the states.
type Rules[P comparable] struct {
	Name     string  // canonical spec
	Players  int     // seats, at least 1
	Discount float64 // in [0, 1), if Horizon is 0
	Horizon  int     // steps, if positive; nothing is discounted then
	// Starts are equally likely, at least one; one that stands there twice is twice
	// as likely.
	Starts []P
	// Label is the name of a position, which no other has.
	Label func(P) string
	// Actions are the names of every player's actions, at least one each.
	Actions func(P) [][]string
	// Play is what a joint action, a number per player in the order of Actions, can
	// lead to. joint is lent.
	Play func(at P, joint []int) []Way[P]

	Idle   []int        // see Game
	Varied []games.Axis // see games.Info
}

// Way is an Outcome by position.
type Way[P comparable] struct {
	Prob   float64   // in [0, 1]; those of a joint action sum to 1 within 1e-9
	To     P         // unless End
	End    bool      // of the game
	Reward []float64 // per player; kept, so that it may not be changed afterwards
}

// MaxStates is how many states Explore finds before it gives up.
const MaxStates = 1 << 17

// Explore turns rules into tables, states in the order in which they are found: from
// the starts on, joint actions with the last player fastest. An error says what in
// the rules is wrong.
func Explore[P comparable](r Rules[P]) (*Game, error) {
	g := &Game{Name: r.Name, Players: r.Players, Discount: r.Discount, Horizon: r.Horizon, Idle: r.Idle, Varied: r.Varied}
	at := map[P]int{}
	var list []P
	find := func(p P) int {
		i, ok := at[p]
		if !ok {
			i = len(list)
			at[p], list = i, append(list, p)
			g.States = append(g.States, r.Label(p))
		}
		return i
	}
	starts := make([]int, len(r.Starts))
	for i, p := range r.Starts {
		starts[i] = find(p)
	}
	g.Actions, g.Labels = make([][]int, g.Players), make([][][]string, g.Players)
	var states [][][]Outcome
	for i := 0; i < len(list); i++ {
		if len(list) > MaxStates {
			return nil, fmt.Errorf("%s: more than %d states", r.Name, MaxStates)
		}
		labels := r.Actions(list[i])
		if len(labels) != g.Players || slices.ContainsFunc(labels, func(l []string) bool { return len(l) == 0 }) {
			return nil, fmt.Errorf("%s: state %s: found actions %q, expected at least one for each of %d players", r.Name, g.States[i], labels, g.Players)
		}
		for k, l := range labels {
			g.Actions[k], g.Labels[k] = append(g.Actions[k], len(l)), append(g.Labels[k], l)
		}
		joints := make([][]Outcome, 0, g.Joint(i))
		for joint := make([]int, g.Players); ; {
			outs, err := outcomes(r.Play(list[i], joint), g.Players, find)
			if err != nil {
				return nil, fmt.Errorf("%s: state %s, joint action %d: %w", r.Name, g.States[i], joint, err)
			}
			joints = append(joints, outs)
			k := g.Players - 1
			for ; k >= 0; k-- {
				if joint[k]++; joint[k] < len(labels[k]) {
					break
				}
				joint[k] = 0
			}
			if k < 0 {
				break
			}
		}
		states = append(states, joints)
	}
	g.Steps = [][][][]Outcome{states}
	g.Start = make([]float64, len(list))
	for _, s := range starts {
		g.Start[s] += 1 / float64(len(starts))
	}
	if err := g.Check(); err != nil {
		return nil, fmt.Errorf("%s: %w", r.Name, err)
	}
	return g, nil
}

// outcomes are ways by number of their position; equal ones become one.
func outcomes[P comparable](ways []Way[P], players int, find func(P) int) (outs []Outcome, err error) {
	for _, w := range ways {
		if len(w.Reward) != players {
			return nil, fmt.Errorf("found %d rewards, expected %d", len(w.Reward), players)
		}
		next := End
		if !w.End {
			next = find(w.To)
		}
		i := slices.IndexFunc(outs, func(o Outcome) bool { return o.Next == next && slices.Equal(o.Reward, w.Reward) })
		if i < 0 {
			outs = append(outs, Outcome{w.Prob, next, w.Reward})
		} else {
			outs[i].Prob += w.Prob
		}
	}
	return outs, nil
}
