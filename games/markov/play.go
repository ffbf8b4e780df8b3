package markov

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"arbiter/dice"
	"arbiter/games"
)

// Playable is a Game to be played: a discount is the probability that it goes on
// after a step, so that payoffs, which are not discounted, have the discounted
// value as their mean.
type Playable struct {
	*Game
	// History tells information states apart by all that happened, not by state
	// and step alone. Such a game with a horizon is a tree.
	History bool

	longest int // steps after which a match is broken off, 0: never
	info    games.Info
	start   []float64
	ways    [][][][]Outcome // Steps with endings split off
}

// NewPlayable makes a game playable. history: see Playable.
func NewPlayable(g *Game, history bool) *Playable {
	p := &Playable{Game: g, History: history, start: g.Start}
	for _, step := range g.Steps {
		var states [][][]Outcome
		for _, joints := range step {
			var lists [][]Outcome
			for _, list := range joints {
				lists = append(lists, g.split(list))
			}
			states = append(states, lists)
		}
		p.ways = append(p.ways, states)
	}
	p.info = games.Info{Name: g.Name, Seats: g.Players, Perfect: true, Idle: g.Idle, Varied: g.Varied}
	for k := range g.Players {
		hi := g.most(func(o Outcome) float64 { return o.Reward[k] })
		lo := -g.most(func(o Outcome) float64 { return -o.Reward[k] })
		p.info.Lo, p.info.Hi = append(p.info.Lo, lo), append(p.info.Hi, hi)
	}
	p.info.ConstantSum = g.ZeroSum()
	return p
}

// Episodes is a game without horizon as learners play it: its discount is not a chance
// to end but the weight of what comes next, which Info tells, and a match is broken off
// after so many steps, at least 1.
func Episodes(g *Game, steps int) *Playable {
	p := NewPlayable(g, false)
	p.ways, p.longest = g.Steps, steps
	p.info.Horizon, p.info.Discount = steps, g.Discount
	for k := range g.Players {
		lo, hi := math.Inf(1), math.Inf(-1)
		g.every(func(o Outcome) bool {
			lo, hi = min(lo, o.Reward[k]), max(hi, o.Reward[k])
			return true
		})
		n := float64(steps)
		p.info.Lo[k], p.info.Hi[k] = min(lo, n*lo), max(hi, n*hi)
	}
	return p
}

// split lets a discounted game end after an outcome.
func (g *Game) split(list []Outcome) []Outcome {
	if g.Horizon > 0 {
		return list
	}
	var ways []Outcome
	for _, o := range list {
		if o.Prob == 0 {
			continue
		}
		if o.Next < 0 || g.Discount == 0 {
			ways = append(ways, Outcome{o.Prob, End, o.Reward})
			continue
		}
		ways = append(ways, Outcome{o.Prob * g.Discount, o.Next, o.Reward}, Outcome{o.Prob * (1 - g.Discount), End, o.Reward})
	}
	return ways
}

// most is the largest sum of rewards of any match, infinite if there is none.
func (g *Game) most(reward func(Outcome) float64) float64 {
	n := len(g.States)
	next := make([]float64, n)
	sweep := func(step [][][]Outcome) (changed bool) {
		now := make([]float64, n)
		for s, joints := range step {
			now[s] = math.Inf(-1)
			for _, list := range joints {
				for _, o := range list {
					if o.Prob == 0 {
						continue
					}
					x := reward(o)
					if o.Next >= 0 {
						x += next[o.Next]
						if g.Horizon == 0 { // it may end here
							x = max(x, reward(o))
						}
					}
					now[s] = max(now[s], x)
				}
			}
			changed = changed || now[s] != next[s]
		}
		next = now
		return changed
	}
	if g.Horizon > 0 {
		for h := g.Horizon - 1; h >= 0; h-- {
			sweep(g.Step(h))
		}
	} else {
		changed := true
		for i := 0; changed && i <= n; i++ {
			changed = sweep(g.Steps[0])
		}
		if changed {
			return math.Inf(1)
		}
	}
	top := math.Inf(-1)
	for s, p := range g.Start {
		if p > 0 {
			top = max(top, next[s])
		}
	}
	return top
}

// Info is what the game says of itself.
func (p *Playable) Info() games.Info { return p.info }

// Start is before chance picks the first state.
func (p *Playable) Start() games.State {
	s := &state{g: p, paid: make([]float64, p.Players)}
	s.Reset()
	return s
}

type state struct {
	g       *Playable
	at      int // state, -1 before the start, -2 at the end
	step    int
	joint   int // chosen, -1 before
	paid    []float64
	last    []float64 // by the last change, nil for nothing; shared
	history string
	odds    []float64
}

func (s *state) Reset() {
	s.at, s.step, s.joint, s.history, s.last = -1, 0, -1, "", nil
	clear(s.paid)
}

func (s *state) Clone() games.State {
	c := *s
	c.paid = append([]float64(nil), s.paid...)
	c.odds = nil
	return &c
}

func (s *state) Turn() games.Turn {
	switch {
	case s.at == -2:
		return games.Over
	case s.at == -1 || s.joint >= 0:
		return games.Chance
	}
	return games.Everyone
}

func (s *state) ways() []Outcome {
	step := 0
	if len(s.g.ways) > 1 {
		step = s.step
	}
	return s.g.ways[step][s.at][s.joint]
}

func (s *state) Odds() []float64 {
	if s.at < 0 {
		return s.g.start
	}
	s.odds = s.odds[:0]
	for _, o := range s.ways() {
		s.odds = append(s.odds, o.Prob)
	}
	return s.odds
}

func (s *state) Play(i int) {
	if s.at < 0 {
		s.at = i
	} else {
		o := s.ways()[i]
		s.last = o.Reward
		for k, x := range o.Reward {
			s.paid[k] += x
		}
		s.step++
		if s.at, s.joint = o.Next, -1; o.Next < 0 || s.step == s.g.Horizon || s.step == s.g.longest {
			s.at = -2
		}
	}
	if s.g.History && s.at >= 0 {
		s.history += s.g.States[s.at]
	}
}

func (s *state) PlayAll(moves []int) {
	s.joint, s.last = 0, nil
	for k, m := range moves {
		s.joint = s.joint*s.g.Actions[k][s.at] + m
	}
	if s.g.History {
		var b strings.Builder
		b.WriteString(s.history)
		for k, m := range moves {
			b.WriteByte(" ,"[min(k, 1)])
			b.WriteString(s.g.label(k, s.at, m))
		}
		b.WriteByte(' ')
		s.history = b.String()
	}
}

func (s *state) Moves(seat int) int { return s.g.Actions[seat][s.at] }

func (s *state) Key(int) string {
	if s.g.History {
		return s.history
	}
	return s.g.Key(s.step, s.at)
}

func (s *state) Payoff(dst []float64) { copy(dst, s.paid) }

func (s *state) Paid(dst []float64) {
	clear(dst)
	copy(dst, s.last)
}

func (s *state) MoveNames(seat int) []string { return s.g.Names(seat, s.at) }

// Names are the names of a player's actions at a state, nil if it has none.
func (g *Game) Names(player, state int) []string {
	if g.Labels == nil {
		return nil
	}
	return g.Labels[player][state]
}

func (g *Game) label(player, state, action int) string {
	if names := g.Names(player, state); names != nil {
		return names[action]
	}
	return strconv.Itoa(action)
}

// Arena plays matches of policies by state without a State: the same words give
// the same match.
type Arena struct {
	g     *Playable
	rows  [][]games.Row // per player, [step·states + state]
	seats []span        // per row and player: its alias table
	start []dice.Slot
	joint []span  // of ways, by the first joint action of a row
	first []int32 // per row
	slot  []dice.Slot
	way   []way
	pays  [][]float64
}

// span is a part of a list.
type span struct{ first, count int32 }

// way is an outcome: the row play goes on at, or -1, and the number of what it
// pays, 0 for nothing.
type way struct{ row, pay int32 }

// NewArena compiles g.
func NewArena(g *Game) *Arena { return newArena(NewPlayable(g, false)) }

func newArena(g *Playable) *Arena {
	a := &Arena{g: g, start: make([]dice.Slot, len(g.start))}
	dice.Fill(a.start, g.start)
	n := len(g.States)
	a.rows = make([][]games.Row, g.Players)
	at := make([]int32, g.Players)
	for h := range g.Depth() {
		ways := g.ways[min(h, len(g.ways)-1)]
		for s := range g.States {
			key := g.Key(h, s)
			for k := range a.rows {
				m := g.Actions[k][s]
				a.rows[k] = append(a.rows[k], games.Row{Key: key, Moves: m, Names: g.Names(k, s)})
				a.seats = append(a.seats, span{at[k], int32(m)})
				at[k] += int32(m)
			}
			a.first = append(a.first, int32(len(a.joint)))
			for _, list := range ways[s] {
				a.joint = append(a.joint, span{int32(len(a.way)), int32(len(list))})
				odds := make([]float64, len(list))
				for i, o := range list {
					odds[i] = o.Prob
					next := int32(-1)
					if o.Next >= 0 && h+1 != g.Horizon {
						next = int32(o.Next)
						if g.Horizon > 0 {
							next += int32((h + 1) * n)
						}
					}
					a.way = append(a.way, way{next, a.pay(o.Reward)})
				}
				table := make([]dice.Slot, len(list))
				dice.Fill(table, odds)
				a.slot = append(a.slot, table...)
			}
		}
	}
	return a
}

// pay is the number of a reward; neighbours often share it.
func (a *Arena) pay(reward []float64) int32 {
	if len(a.pays) == 0 {
		a.pays = append(a.pays, make([]float64, len(reward)))
	}
	if slices.Equal(reward, a.pays[0]) {
		return 0
	}
	if last := len(a.pays) - 1; !slices.Equal(reward, a.pays[last]) {
		a.pays = append(a.pays, reward)
	}
	return int32(len(a.pays) - 1)
}

// Rows are the information states of a seat: states, or states at steps.
func (a *Arena) Rows(seat int) []games.Row { return a.rows[seat] }

// Info is what the game says of itself.
func (a *Arena) Info() games.Info { return a.g.info }

// Reached tells which rows can come up when a seat plays p.
func (a *Arena) Reached(seat int, p games.Behaviour) []bool {
	reached := make([]bool, len(a.rows[seat]))
	var open []int32
	enter := func(row int32) {
		if !reached[row] {
			reached[row] = true
			open = append(open, row)
		}
	}
	for s, q := range a.g.start {
		if q > 0 {
			enter(int32(s))
		}
	}
	for len(open) > 0 {
		row := open[len(open)-1]
		open = open[:len(open)-1]
		joints, stride, own := 1, 1, a.rows[seat][row].Moves
		for k := range a.rows {
			joints *= a.rows[k][row].Moves
			if k > seat {
				stride *= a.rows[k][row].Moves
			}
		}
		for j := range joints {
			if p[row][j/stride%own] == 0 {
				continue
			}
			at := a.joint[int(a.first[row])+j]
			for _, w := range a.way[at.first : at.first+at.count] {
				if w.row >= 0 {
					enter(w.row)
				}
			}
		}
	}
	return reached
}

// Bind makes the alias tables of a strategy, for Play.
func (a *Arena) Bind(seat int, p games.Behaviour) []dice.Slot {
	var table []dice.Slot
	for i, r := range a.rows[seat] {
		at := len(table)
		table = append(table, make([]dice.Slot, r.Moves)...)
		dice.Fill(table[at:], p[i])
	}
	return table
}

// Match plays one match and writes what it pays. The c-th chance turn takes
// chance.Word(c), the d-th decision moves.Word(d).
func (a *Arena) Match(tables [][]dice.Slot, chance, moves dice.Key, dst []float64) {
	clear(dst)
	row := int32(dice.Pick(a.start, chance.Word(0)))
	decisions := 0
	for chances := 1; row >= 0; chances++ {
		j := int32(0)
		for k, at := range a.seats[int(row)*len(tables):][:len(tables)] {
			j = j*at.count + int32(dice.Pick(tables[k][at.first:at.first+at.count], moves.Word(decisions)))
			decisions++
		}
		at := a.joint[a.first[row]+j]
		w := &a.way[at.first+int32(dice.Pick(a.slot[at.first:at.first+at.count], chance.Word(chances)))]
		if w.pay != 0 {
			for k, x := range a.pays[w.pay] {
				dst[k] += x
			}
		}
		row = w.row
	}
}

// Policy names the rows of strategies.
func (a *Arena) Policy(p []games.Behaviour) games.Policy {
	out := games.Policy{Game: a.g.Name, Seats: make([]games.Rows, len(p))}
	for k, s := range p {
		for i, r := range a.rows[k] {
			out.Seats[k].Keys, out.Seats[k].Probs = append(out.Seats[k].Keys, r.Key), append(out.Seats[k].Probs, s[i])
			out.Seats[k].Names = append(out.Seats[k].Names, r.Names)
		}
	}
	return out
}

// Values writes the expected payoff of every player at the start.
func (a *Arena) Values(dst []float64, p []games.Behaviour) {
	for k := range dst {
		dst[k] = a.g.AtStart(a.g.Value(k, p))
	}
}

// Evaluate judges a policy exactly.
func (a *Arena) Evaluate(p []games.Behaviour) games.Evaluation {
	return a.g.Game.Evaluate(p).Evaluation
}

// BestResponse returns the largest expected payoff of a seat against the others
// of p and a pure strategy that earns it, the lowest action on ties.
func (a *Arena) BestResponse(seat int, p []games.Behaviour) (float64, games.Behaviour) {
	v, actions := a.g.BestResponse(seat, p)
	return a.g.AtStart(v), a.g.pure(seat, actions)
}

// Uniform is the policy that mixes all actions evenly.
func (a *Arena) Uniform() []games.Behaviour { return a.g.Game.Uniform() }
