// Package tabular learns a value per move and information state: soft Q-learning
// of every seat for itself. Seats play softmax(Q/temperature) of what they have
// learned; after a match every value of a move made moves towards what its seat
// was paid. Where the averages settle, every seat answers the others by the logit
// rule: an agent logit equilibrium (Leslie and Collins 2005 for normal forms,
// "Individual Q-learning in normal form games"; that it gets there is proved for
// few games). At low temperatures a seat may stop trying moves before it knows
// them: in Kuhn poker two hundred thousand matches at 0.2 end at NashConv 0.10, at
// 0.1 and 0.05 at 0.43 and 0.33, further from it than a logit equilibrium is.
package tabular

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"

	"arbiter/dice"
	"arbiter/games"
	"arbiter/internal/strict"
	"arbiter/spec"
	"arbiter/train"
)

// SoftQ is soft Q-learning with a table per seat, at one temperature.
func SoftQ() train.Method {
	return train.Method{
		Name: "soft_q", Doc: "a table of values per information state and move, learned by every seat for itself",
		Params: []spec.Param{
			{Name: "temperature", Kind: spec.Float, Default: "0.2", Min: 1e-3, Max: 1e3, Doc: "of play, in units of payoff"},
			{Name: "matches", Kind: spec.Int, Default: "1000", Min: 1, Max: 1e9, Doc: "per step"},
		},
		New: func(a spec.Args, info games.Info) (train.Learner, error) {
			if len(info.Vector) > 0 {
				return nil, fmt.Errorf("soft_q keeps a row per information state, and those of %s are vectors of real numbers", info.Name)
			}
			q := &softQ{game: info.Name, matches: a.Int("matches"), teacher: train.Constant(a.Float("temperature")), seats: make([]map[string]*row, info.Seats)}
			for k := range q.seats {
				q.seats[k] = map[string]*row{}
			}
			return q, nil
		},
	}
}

// fading is the power of the number of times a move was made with which new
// payoffs count less: between ½ and 1, so that averages settle and still forget
// what the others played long ago.
const fading = .6

type softQ struct {
	game    string
	matches int
	teacher train.Teacher
	seats   []map[string]*row

	trail []made
	moves []int
}

// row is what a seat knows of an information state.
type row struct {
	Key   string    `json:"key"`
	Names []string  `json:"names,omitempty"`
	Q     []float64 `json:"q"` // per move
	N     []int64   `json:"n"` // times it was made
}

// made is a move of the match.
type made struct {
	seat, move int
	row        *row
}

func (q *softQ) Step(ctx context.Context, w train.World, k dice.Key) (train.Progress, error) {
	sum := make([]float64, len(q.seats))
	for i := range q.matches {
		if err := ctx.Err(); err != nil {
			return train.Progress{}, err
		}
		unit := k.Sub(uint64(i))
		for seat, x := range q.match(w, unit, q.teacher.Draw(unit.Sub(1))) {
			sum[seat] += x
		}
	}
	for seat := range sum {
		sum[seat] /= float64(q.matches)
	}
	return train.Progress{Matches: int64(q.matches), Pay: sum}, nil
}

// match plays and learns from one match.
func (q *softQ) match(w train.World, unit dice.Key, temperature float64) []float64 {
	words, used := unit.Sub(0), 0
	pay, trail := make([]float64, len(q.seats)), q.trail[:0]
	choose := func(seat int) int {
		r := q.row(w.View(seat))
		ticket := dice.Float64(words.Word(used))
		used++
		p := r.play(temperature)
		m := 0
		for m < len(p)-1 && ticket >= p[m] {
			ticket -= p[m]
			m++
		}
		trail = append(trail, made{seat, m, r})
		return m
	}
	w.Reset(unit)
	for over := w.Turn() == games.Over; !over; {
		q.moves = q.moves[:0]
		if turn := w.Turn(); turn == games.Everyone {
			for seat := range q.seats {
				q.moves = append(q.moves, choose(seat))
			}
		} else {
			q.moves = append(q.moves, choose(int(turn)))
		}
		var got []float64
		got, over = w.Step(q.moves)
		for seat, x := range got {
			pay[seat] += x
		}
	}
	for _, m := range trail {
		m.row.N[m.move]++
		m.row.Q[m.move] += (pay[m.seat] - m.row.Q[m.move]) / math.Pow(float64(m.row.N[m.move]), fading)
	}
	q.trail = trail
	return pay
}

// row is what the seat knows at a view, from now on.
func (q *softQ) row(v games.View) *row {
	r := q.seats[v.Seat][v.Key]
	if r == nil {
		r = &row{Key: v.Key, Names: slices.Clone(v.Names), Q: make([]float64, v.Moves), N: make([]int64, v.Moves)}
		q.seats[v.Seat][v.Key] = r
	}
	return r
}

// play is softmax(Q/temperature).
func (r *row) play(temperature float64) []float64 {
	p, top, sum := make([]float64, len(r.Q)), slices.Max(r.Q), 0.0
	for m, x := range r.Q {
		p[m] = math.Exp((x - top) / temperature)
		sum += p[m]
	}
	for m := range p {
		p[m] /= sum
	}
	return p
}

// rows are those of a seat in the order of their keys.
func (q *softQ) rows(seat int) []*row {
	return slices.SortedFunc(maps.Values(q.seats[seat]), func(a, b *row) int { return cmp.Compare(a.Key, b.Key) })
}

func (q *softQ) Policy() games.Policy {
	p := games.Policy{Game: q.game}
	for seat := range q.seats {
		var rows games.Rows
		for _, r := range q.rows(seat) {
			rows.Keys, rows.Names = append(rows.Keys, r.Key), append(rows.Names, r.Names)
			rows.Probs = append(rows.Probs, r.play(q.teacher.Draw(0)))
		}
		p.Seats = append(p.Seats, rows)
	}
	return p
}

// saved is what Save writes: the rows of every seat.
type saved struct {
	Seats [][]*row `json:"seats"`
}

func (q *softQ) Save(w io.Writer) error {
	var s saved
	for seat := range q.seats {
		s.Seats = append(s.Seats, append([]*row{}, q.rows(seat)...))
	}
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	_, err = w.Write(append(b, '\n'))
	return err
}

func (q *softQ) Load(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	var s saved
	if line, err := strict.Decode(b, "soft_q", &s); err != nil {
		return fmt.Errorf("line %d: %w", line, err)
	}
	if len(s.Seats) != len(q.seats) {
		return fmt.Errorf("seats: found %d, expected %d", len(s.Seats), len(q.seats))
	}
	all := make([]map[string]*row, len(s.Seats))
	for k, rows := range s.Seats {
		all[k] = map[string]*row{}
		for i, r := range rows {
			if r == nil || len(r.Q) == 0 || len(r.N) != len(r.Q) || all[k][r.Key] != nil || slices.Min(r.N) < 0 {
				return fmt.Errorf("seats[%d][%d]: expected a row of its own with a value and a count per move", k, i)
			}
			all[k][r.Key] = r
		}
	}
	q.seats = all
	return nil
}
