package tournament

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"arbiter/agents"
	"arbiter/games"
	"arbiter/internal/par"
	"arbiter/sampling"
)

// Difference is a decision of a stored log that comes out otherwise when it is
// played again.
type Difference struct {
	Decision       int64        // from 0
	Cell           int          // by id
	First, N       int64        // plays of the cell
	Stored, Played sampling.Sum // what the log says, and what came of playing
}

// Verify plays the decisions of a stored log again, those that want(cell,
// first, n) asks for or all if it is nil, and compares them to the last bit. It
// returns how many matches it played and the first difference, nil for none.
func (f *Field) Verify(ctx context.Context, stored [][]byte, workers int, want func(cell int, first, n int64) bool) (matches int64, d *Difference, err error) {
	r := f.newRunner(Options{Workers: workers})
	log := newLogReader(f.plan, stored)
	counts := make([]int64, len(f.keys))
	var reqs []sampling.Request
	var sums []sampling.Sum
	var at []int64
	plays, decision := int64(0), int64(0)
	check := func() error {
		if _, err := r.round(ctx, reqs); err != nil {
			return err
		}
		for i, q := range reqs {
			matches += q.N * int64(f.plan.MatchesPerPlay)
			if d == nil && !r.sums[i].Same(&sums[i], f.plan.Sampling()) {
				played := f.plan.Sampling().NewSum()
				played.Add(r.sums[i])
				d = &Difference{at[i], q.Cell, q.First, q.N, sums[i], played}
			}
		}
		reqs, sums, at, plays = reqs[:0], sums[:0], at[:0], 0
		return nil
	}
	for ; d == nil; decision++ {
		sum := f.plan.Sampling().NewSum()
		cell, ok, err := log.next(&sum)
		if err != nil {
			return matches, d, err
		}
		if !ok {
			break
		}
		if cell >= len(counts) {
			return matches, d, errLog
		}
		q := sampling.Request{Cell: cell, First: counts[cell], N: sum.N}
		counts[cell] += sum.N
		if want != nil && !want(q.Cell, q.First, q.N) {
			continue
		}
		reqs, sums, at = append(reqs, q), append(sums, sum), append(at, decision)
		const many = 1 << 18
		if plays += q.N; plays >= many {
			if err := check(); err != nil {
				return matches, d, err
			}
		}
	}
	if d == nil {
		err = check()
	}
	return matches, d, err
}

// Step is a step of a match: an outcome of chance or a move of a seat.
type Step struct {
	Seat  int     // -1 for chance
	Key   string  // information state of the seat, "" for chance
	Move  int     // from 0; -1 where chance cannot be listed
	Moves int     // how many there were
	Name  string  // of the move or outcome, "" for none
	Odds  float64 // of a chance outcome
}

// Traced is one match, step by step.
type Traced struct {
	Steps  []Step         // up to the end, or to the move that an agent failed to make
	Seated []int          // who sat, as places in their populations
	Payoff []float64      // per seat
	Failed *agents.Failed // nil: the match was played to its end
}

// Trace plays match i of a cell, from 0.
func (f *Field) Trace(ctx context.Context, cell int, i int64) (Traced, error) {
	rotations := int64(f.plan.MatchesPerPlay)
	unit, rotation := f.keys[cell].Sub(uint64(i/rotations)), int(i%rotations)
	s := &recorder{State: f.game.Start()}
	m := Traced{Seated: make([]int, f.seats), Payoff: make([]float64, f.seats)}
	f.seatedAt(m.Seated, cell, rotation)
	seats := make([]agents.Agent, f.seats)
	for seat, a := range m.Seated {
		pool := f.pools[0]
		if !f.plan.Single() {
			pool = f.pools[seat]
		}
		seats[seat] = pool[a]
	}
	err := agents.Play(ctx, s, f.perfect, seats, unit, unit.Sub(uint64(rotation)), m.Payoff)
	if err != nil {
		m.Failed, err = f.forfeit(err, m.Payoff)
	}
	m.Steps = s.steps
	return m, err
}

// seatedAt writes who sits in a match of a cell, as places in their populations.
func (f *Field) seatedAt(dst []int, cell, rotation int) {
	if f.plan.Single() {
		e := f.pairs[cell]
		dst[rotation], dst[1-rotation] = int(e.U), int(e.V)
		return
	}
	for k := f.seats - 1; k >= 0; k-- {
		n := len(f.plan.Agents[k])
		dst[k], cell = cell%n, cell/n
	}
}

// A State that is written down can do all that play asks of one.
var (
	_ games.Joint    = (*recorder)(nil)
	_ games.Roller   = (*recorder)(nil)
	_ games.Namer    = (*recorder)(nil)
	_ games.Observer = (*recorder)(nil)
)

// recorder writes down what happens to a State.
type recorder struct {
	games.State
	steps []Step
}

func (r *recorder) Reset() { r.State.Reset(); r.steps = nil }

func (r *recorder) Play(move int) {
	if turn := r.Turn(); turn == games.Chance {
		odds := r.Odds()
		r.steps = append(r.steps, Step{Seat: -1, Move: move, Moves: len(odds), Odds: odds[move]})
	} else {
		r.note(int(turn), move)
	}
	r.State.Play(move)
}

func (r *recorder) note(seat, move int) {
	s := Step{Seat: seat, Key: r.Key(seat), Move: move, Moves: r.Moves(seat)}
	if names := r.MoveNames(seat); names != nil {
		s.Name = names[move]
	}
	r.steps = append(r.steps, s)
}

func (r *recorder) PlayAll(moves []int) {
	for seat, m := range moves {
		r.note(seat, m)
	}
	r.State.(games.Joint).PlayAll(moves)
}

func (r *recorder) Roll(src rand.Source) {
	r.steps = append(r.steps, Step{Seat: -1, Move: -1})
	r.State.(games.Roller).Roll(src)
}

// Observe shows what the State shows.
func (r *recorder) Observe(seat int, dst []float64) []float64 {
	if o, ok := r.State.(games.Observer); ok {
		return o.Observe(seat, dst)
	}
	return dst
}

func (r *recorder) MoveNames(seat int) []string {
	if n, ok := r.State.(games.Namer); ok {
		return n.MoveNames(seat)
	}
	return nil
}

// Outcome is how often agents at seats came to payoffs.
type Outcome struct {
	Agents []int       // per seat, places in their populations
	Payoff []float64   // per seat
	Failed int         // the seat whose agent failed
	Kind   agents.Kind // how it did; 0: nobody failed
	Count  int64       // matches, at least 1
}

// same reports whether both are of the same payoffs and failures.
func (o *Outcome) same(payoff []float64, seat int, kind agents.Kind) bool {
	return o.Failed == seat && o.Kind == kind && slices.Equal(o.Payoff, payoff)
}

// Outcomes plays all matches of a state again and counts what they came to, in
// the order of agents, payoffs and failures.
func (f *Field) Outcomes(ctx context.Context, s *sampling.State, workers int) ([]Outcome, error) {
	cells, tables := make([][]Outcome, len(f.keys)), make([]*table, par.Workers(workers))
	err := par.For(ctx, workers, len(cells), func(w, cell int) (err error) {
		if tables[w] == nil {
			tables[w] = f.newTable()
		}
		cells[cell], err = f.outcomes(ctx, tables[w], cell, s.Plays(cell))
		return err
	})
	return slices.Concat(cells...), err
}

// few is the number of different payoffs that are looked through one by one.
const few = 16

// outcomes are those of the first plays of a cell.
func (f *Field) outcomes(ctx context.Context, t *table, cell int, plays int64) ([]Outcome, error) {
	var all []Outcome
	for rotation := range f.plan.MatchesPerPlay {
		f.sit(t, cell, rotation)
		seated := slices.Clone(t.seated[rotation])
		first, at := len(all), map[string]int{}
		for i := range plays {
			if i&1023 == 0 && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			x, failed, err := f.match(ctx, t, f.keys[cell].Sub(uint64(i)), rotation)
			if err != nil {
				return nil, fmt.Errorf("match %d of cell %d: %w", i, cell, err)
			}
			seat, kind := 0, agents.Kind(0)
			if failed != nil {
				seat, kind = failed.Seat, failed.Kind
			}
			j := first
			for j < len(all) && !all[j].same(x, seat, kind) {
				if j++; j-first == few {
					break
				}
			}
			if j-first == few {
				key := fmt.Sprint(x, seat, kind)
				known, ok := at[key]
				if j = known; !ok {
					j = len(all)
					at[key] = j
				}
			}
			if j == len(all) {
				all = append(all, Outcome{Agents: seated, Payoff: slices.Clone(x), Failed: seat, Kind: kind})
			}
			all[j].Count++
		}
		slices.SortFunc(all[first:], func(a, b Outcome) int {
			return cmp.Or(slices.Compare(a.Payoff, b.Payoff), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Failed, b.Failed))
		})
	}
	return all, nil
}

// sit puts the agents of a match of a cell at a table.
func (f *Field) sit(t *table, cell, rotation int) {
	f.seatedAt(t.seated[rotation], cell, rotation)
	for seat, a := range t.seated[rotation] {
		switch {
		case f.board != nil && f.plan.Single():
			t.rows[rotation][seat] = f.tables[a][seat]
		case f.board != nil:
			t.rows[rotation][seat] = f.tables[seat][a]
		case f.plan.Single():
			t.seats[rotation][seat] = f.pools[0][a]
		default:
			t.seats[rotation][seat] = f.pools[seat][a]
		}
	}
}
