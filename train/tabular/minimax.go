package tabular

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"

	"arbiter/dice"
	"arbiter/equilibria/stochastic"
	"arbiter/games"
	"arbiter/internal/strict"
	"arbiter/spec"
	"arbiter/train"
)

// SoftMinimaxQ is soft minimax-Q: one learner for both seats of a zero-sum game, who
// sees what both do and has a value for every state and pair of moves,
//
//	Q(s,a,b) += rate·(r + discount·V(s') - Q(s,a,b)),
//
// V(s') being the value of the stage game Q(s',·,·) in which both have a temperature, in
// the KL form. That operator contracts by the discount, so that values come to the soft
// equilibrium (the saddle variant) if all pairs are tried for ever (Littman 1994 for
// temperature 0; the general theorem is Szepesvári and Littman 1999).
func SoftMinimaxQ() train.Method {
	return train.Method{
		Name: "soft_minimax_q", Doc: "a table of values per state and pair of moves, learned for both seats of a zero-sum game",
		Params: []spec.Param{
			{Name: "tau_p", Kind: spec.Float, Default: "0.1", Min: 1e-6, Max: 1e6, Doc: "temperature of seat 0, in units of payoff"},
			{Name: "tau_a", Kind: spec.Float, Default: "0.1", Min: 1e-6, Max: 1e6, Doc: "temperature of seat 1"},
			{Name: "explore", Kind: spec.Float, Default: "0.3", Min: 0, Max: 1, Doc: "probability of any move of each seat"},
			{Name: "matches", Kind: spec.Int, Default: "100", Min: 1, Max: 1e9, Doc: "per step"},
		},
		New: func(a spec.Args, info games.Info) (train.Learner, error) {
			if len(info.Vector) > 0 {
				return nil, fmt.Errorf("soft_minimax_q keeps a table per state, and those of %s are vectors of real numbers", info.Name)
			}
			if info.Seats != 2 || !info.ConstantSum || info.Sum != 0 || !info.Perfect {
				return nil, fmt.Errorf("soft_minimax_q is for zero-sum games of two seats who see the whole state, and %s is none", info.Name)
			}
			m := newMinimax([2]float64{a.Float("tau_p"), a.Float("tau_a")}, 1)
			if info.Discount > 0 {
				m.discount = info.Discount
				m.horizon = info.Horizon
			}
			m.game, m.explore, m.matches = info.Name, a.Float("explore"), a.Int("matches")
			return m, nil
		},
	}
}

// minimax has a table per state.
type minimax struct {
	game     string
	t        [2]float64
	discount float64
	horizon  int // matches are broken off there; 0: they end
	explore  float64
	matches  int
	states   map[string]*stage
}

// stage is a state: values and counts of pairs of moves.
type stage struct {
	Key   string      `json:"key"`
	Names [2][]string `json:"names"`
	Q     [][]float64 `json:"q"`
	N     [][]int64   `json:"n"`

	x, y  []float64 // of the stage game
	value float64
	fresh bool // x, y and value are of Q
}

func newMinimax(t [2]float64, discount float64) *minimax {
	return &minimax{t: t, discount: discount, states: map[string]*stage{}}
}

// at is a state, from now on.
func (m *minimax) at(key string, names [2][]string, rows, columns int) *stage {
	s := m.states[key]
	if s == nil {
		s = &stage{Key: key, Names: names}
		for range rows {
			s.Q, s.N = append(s.Q, make([]float64, columns)), append(s.N, make([]int64, columns))
		}
		s.room()
		m.states[key] = s
	}
	return s
}

func (s *stage) room() { s.x, s.y = make([]float64, len(s.Q)), make([]float64, len(s.Q[0])) }

// solve brings a state's mixtures and value up to date. A solver that remembered where
// it ended would be faster, and a learner that was loaded would go on by other last
// bits than one that was not.
func (m *minimax) solve(s *stage) error {
	if s.fresh {
		return nil
	}
	var solver stochastic.Stage
	v, err := solver.Solve(s.Q, m.t, s.x, s.y)
	s.value, s.fresh = v, err == nil
	return err
}

// learn moves the value of a pair towards a target.
func (m *minimax) learn(s *stage, a, b int, target float64) {
	rate := 1 / (1 + (1-m.discount)*float64(s.N[a][b]))
	if m.discount == 1 {
		rate = 1 / float64(1+s.N[a][b])
	}
	s.N[a][b]++
	s.Q[a][b] += rate * (target - s.Q[a][b])
	s.fresh = false
}

func (m *minimax) Step(ctx context.Context, w train.World, k dice.Key) (train.Progress, error) {
	sum := 0.
	for i := range m.matches {
		if err := ctx.Err(); err != nil {
			return train.Progress{}, err
		}
		pay, err := m.match(w, k.Sub(uint64(i)))
		if err != nil {
			return train.Progress{}, err
		}
		sum += pay
	}
	sum /= float64(m.matches)
	return train.Progress{Matches: int64(m.matches), Pay: []float64{sum, -sum}}, nil
}

// match plays and learns from one match.
func (m *minimax) match(w train.World, k dice.Key) (total float64, err error) {
	words := k.Sub(1)
	w.Reset(k.Sub(0))
	var was *stage
	var did [2]int
	gain := 0.
	for step := 0; ; step++ {
		turn := w.Turn()
		if turn == games.Over {
			if was != nil && (m.horizon == 0 || step != m.horizon) {
				m.learn(was, did[0], did[1], gain)
			}
			return total, nil
		}
		if turn != games.Everyone {
			return 0, fmt.Errorf("soft_minimax_q: found a state in which seat %d moves alone, expected all to move at once", turn)
		}
		first := w.View(0)
		key, rows, names := first.Key, first.Moves, [2][]string{slices.Clone(first.Names), nil}
		second := w.View(1)
		names[1] = slices.Clone(second.Names)
		s := m.at(key, names, rows, second.Moves)
		if len(s.Q) != rows || len(s.Q[0]) != second.Moves {
			return 0, fmt.Errorf("soft_minimax_q: found %d and %d moves at %q, expected %d and %d as before", rows, second.Moves, key, len(s.Q), len(s.Q[0]))
		}
		if err := m.solve(s); err != nil {
			return 0, err
		}
		if was != nil {
			m.learn(was, did[0], did[1], gain+m.discount*s.value)
			if err := m.solve(s); err != nil { // it may be the same state
				return 0, err
			}
		}
		for seat, p := range [2][]float64{s.x, s.y} {
			ticket := dice.Float64(words.Word(2*step + seat))
			did[seat] = 0
			if ticket < m.explore {
				did[seat] = min(int(ticket/m.explore*float64(len(p))), len(p)-1)
				continue
			}
			ticket = (ticket - m.explore) / (1 - m.explore)
			for did[seat] < len(p)-1 && ticket >= p[did[seat]] {
				ticket -= p[did[seat]]
				did[seat]++
			}
		}
		pay, _ := w.Step(did[:])
		was, gain = s, pay[0]
		total += pay[0]
	}
}

// sorted are the states in the order of their keys.
func (m *minimax) sorted() []*stage {
	return slices.SortedFunc(maps.Values(m.states), func(a, b *stage) int { return cmp.Compare(a.Key, b.Key) })
}

func (m *minimax) Policy() games.Policy {
	p := games.Policy{Game: m.game, Seats: make([]games.Rows, 2)}
	for _, s := range m.sorted() {
		if m.solve(s) != nil {
			continue // not to be told from even play, which who reads no row assumes
		}
		for seat, row := range [2][]float64{s.x, s.y} {
			r := &p.Seats[seat]
			r.Keys, r.Names, r.Probs = append(r.Keys, s.Key), append(r.Names, s.Names[seat]), append(r.Probs, slices.Clone(row))
		}
	}
	return p
}

// savedMinimax is what Save writes.
type savedMinimax struct {
	States []*stage `json:"states"`
}

func (m *minimax) Save(w io.Writer) error {
	b, err := json.Marshal(savedMinimax{append([]*stage{}, m.sorted()...)})
	if err != nil {
		return err
	}
	_, err = w.Write(append(b, '\n'))
	return err
}

func (m *minimax) Load(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	var all savedMinimax
	if line, err := strict.Decode(b, "soft_minimax_q", &all); err != nil {
		return fmt.Errorf("line %d: %w", line, err)
	}
	states := map[string]*stage{}
	for i, s := range all.States {
		if s == nil || states[s.Key] != nil || len(s.Q) == 0 || len(s.N) != len(s.Q) {
			return fmt.Errorf("states[%d]: expected a state of its own with values and counts per pair of moves", i)
		}
		for a, row := range s.Q {
			if len(row) == 0 || len(row) != len(s.Q[0]) || len(s.N[a]) != len(row) || slices.Min(s.N[a]) < 0 {
				return fmt.Errorf("states[%d]: row %d has %d values and %d counts, expected as many as the first", i, a, len(row), len(s.N[a]))
			}
		}
		s.room()
		states[s.Key] = s
	}
	m.states = states
	return nil
}
