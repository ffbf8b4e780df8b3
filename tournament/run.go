package tournament

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"arbiter/sampling"
	"arbiter/tournament/pool"
)

// Journal keeps the log of a run. Segments are numbered from 0.
type Journal interface {
	// Append keeps segment seq, the log of so many decisions, which took so many
	// matches. log must not be kept: the next segment is written over it.
	Append(ctx context.Context, seq, decisions, matches int64, log []byte) error
}

// Options are the limits of one call of Run.
type Options struct {
	MaxMatches int64    // of the whole run, replayed ones included
	Player     Player   // who plays; nil: this machine
	Workers    int      // of this machine; 0: all cores
	Stored     [][]byte // logs of the segments so far, in order; nil: a new run
	Journal    Journal  // nil: nothing is kept
	// Watch, if not nil, sees the state after every round.
	Watch func(*sampling.State)
	// Settled, if not nil, ends the run early; it is asked whenever an edge
	// has been closed.
	Settled func(*sampling.State) bool
	// Until, if not zero, is when no further round is begun.
	Until time.Time
	// Known, if not nil, has outcomes of plays played before.
	Known *Known
}

// ErrTime tells that a run ended at Options.Until; the state is whole.
var ErrTime = errors.New("the time is up")

// Why says why a run ended at a state, with what Run returned: resolved, imported,
// time, settled or budget.
func (o Options) Why(s *sampling.State, err error) string {
	switch {
	case s.Open() == 0:
		return "resolved"
	case s.Imported():
		return "imported"
	case errors.Is(err, ErrTime):
		return "time"
	case o.Settled != nil && o.Settled(s):
		return "settled"
	}
	return "budget"
}

// Run plays a run to its end: first the decisions of the stored log, then
// those still to be played, which go to the journal. The result is a function
// of the plan and MaxMatches alone. A cancelled context ends the run early:
// all whole decisions are journalled and the error is ctx.Err().
func (f *Field) Run(ctx context.Context, o Options) (*sampling.State, error) {
	if err := f.plan.Current(); err != nil {
		return nil, err
	}
	if o.MaxMatches < 0 {
		return nil, fmt.Errorf("max_matches: found %d, expected a number not below 0", o.MaxMatches)
	}
	r := f.newRunner(o)
	r.log, r.seq = newLogReader(f.plan, o.Stored), int64(len(o.Stored))
	state, err := sampling.New(f.plan.Sampling())
	if err != nil {
		return nil, err
	}
	r.state = state
	err = r.run(ctx)
	if flushErr := r.flush(context.WithoutCancel(ctx)); err == nil || errors.Is(err, context.Canceled) && flushErr != nil {
		err = flushErr
	}
	return state, err
}

// Replay folds a stored log without playing: what show and rank need. A run
// stored without a rule is folded by the one its log fits.
func Replay(plan Plan, stored [][]byte) (*sampling.State, error) {
	if plan.Rule != 0 {
		return replay(plan, plan.Sampling(), stored)
	}
	var errs []error
	for _, rule := range sampling.Unversioned() {
		cfg := plan.Sampling()
		cfg.Rule = rule
		state, err := replay(plan, cfg, stored)
		if err == nil {
			return state, nil
		}
		errs = append(errs, err)
	}
	return nil, errs[0]
}

func replay(plan Plan, cfg sampling.Config, stored [][]byte) (*sampling.State, error) {
	state, err := sampling.New(cfg)
	if err != nil {
		return nil, err
	}
	log, sum := newLogReader(plan, stored), cfg.NewSum()
	for {
		cell, ok, err := log.next(&sum)
		if err != nil || !ok {
			return state, err
		}
		fits, err := state.Replay(cell, sum, math.MaxInt64-state.Matches())
		if err == nil && !fits {
			err = errors.New("it goes on where the run has ended")
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errLog, err)
		}
	}
}

// room is the part of a row that is filled before it is written: rows come out
// at least this large, or this often.
const (
	flushBytes = 1 << 16
	flushAfter = 200 * time.Millisecond
)

type runner struct {
	field *Field
	opts  Options
	state *sampling.State
	log   *logReader

	open int // open edges when Settled was last asked
	done bool

	seq, decisions, matches int64
	buffer                  []byte
	flushed                 time.Time

	player Player
	newSum func() sampling.Sum
	config sampling.Config
	sums   []sampling.Sum     // per request of the round
	todo   []sampling.Request // those that are not known
	at     []int              // their places
}

func (f *Field) newRunner(o Options) *runner {
	cfg := f.plan.Sampling()
	r := &runner{field: f, opts: o, player: o.Player, config: cfg, newSum: cfg.NewSum}
	if r.player == nil {
		r.player = f.Player(o.Workers)
	}
	return r
}

func newLogReader(p Plan, stored [][]byte) *logReader {
	return &logReader{segments: append([][]byte(nil), stored...), single: p.Single()}
}

// replay folds the stored decisions that the budget covers.
func (r *runner) replay() error {
	sum := r.field.plan.Sampling().NewSum()
	for {
		cell, ok, err := r.log.next(&sum)
		if err != nil || !ok {
			return err
		}
		ok, err = r.state.Replay(cell, sum, r.opts.MaxMatches-r.state.Matches())
		if err != nil {
			return fmt.Errorf("%w: %w", errLog, err)
		}
		if !ok || r.settled() {
			// Less is wanted now than was played before.
			r.opts.Journal = nil
			return nil
		}
	}
}

// settled asks Options.Settled between rounds, when edges have been closed.
func (r *runner) settled() bool {
	if r.opts.Settled == nil || !r.state.AtRest() {
		return false
	}
	if open := r.state.Open(); open != r.open {
		r.open, r.done = open, r.opts.Settled(r.state)
	}
	return r.done
}

func (r *runner) run(ctx context.Context) error {
	if err := r.replay(); err != nil {
		return err
	}
	r.flushed = time.Now()
	for {
		if r.settled() {
			return nil
		}
		if !r.opts.Until.IsZero() && time.Now().After(r.opts.Until) {
			return ErrTime
		}
		reqs := r.state.Next(r.opts.MaxMatches - r.state.Matches())
		if len(reqs) == 0 {
			return nil
		}
		done, err := r.round(ctx, reqs)
		for i, req := range reqs[:done] {
			r.buffer = appendDecision(r.buffer, req.Cell, r.sums[i], r.field.plan.Single())
			r.decisions++
			r.matches += req.N * int64(r.field.plan.MatchesPerPlay)
			if err := r.state.Observe(req, r.sums[i]); err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
		if len(r.buffer) >= flushBytes || r.decisions&255 == 0 && time.Since(r.flushed) > flushAfter {
			if err := r.flush(ctx); err != nil {
				return err
			}
		}
		if r.opts.Watch != nil {
			r.opts.Watch(r.state)
		}
	}
}

// flush writes the buffered decisions as one row.
func (r *runner) flush(ctx context.Context) error {
	if r.opts.Journal == nil || r.decisions == 0 {
		r.buffer = r.buffer[:0]
		return nil
	}
	if err := r.opts.Journal.Append(ctx, r.seq, r.decisions, r.matches, r.buffer); err != nil {
		return err
	}
	r.seq++
	r.buffer, r.decisions, r.matches, r.flushed = r.buffer[:0], 0, 0, time.Now()
	return nil
}

// Player plays requests: on this machine or elsewhere, in any order and on any
// number of workers.
type Player interface {
	// Play adds the plays of every request to its sum, which is that of none,
	// and returns how many requests, from the first on, are whole. If not all
	// are, the error says why; what came of the others is dropped. It returns
	// once nobody writes to sums any more.
	Play(ctx context.Context, reqs []sampling.Request, sums []sampling.Sum) (whole int, err error)
}

// Plays a worker of this machine takes at a time.
const (
	fastChunk = 4096
	slowChunk = 16
)

// Player is who plays for the field on this machine, on up to so many workers, 0
// for one per core.
func (f *Field) Player(workers int) Player {
	size := int64(slowChunk)
	if f.Compiled() {
		size = fastChunk
	}
	return pool.New(workers, size, func() pool.Table { return place{f, f.newTable()} }, f.plan.Sampling().NewSum)
}

// place is a table of a field.
type place struct {
	field *Field
	table *table
}

func (p place) Play(ctx context.Context, req sampling.Request, sum *sampling.Sum) error {
	return p.field.play(ctx, p.table, req, sum)
}

// round has the requests played into r.sums, but for those of which it is known
// what they come to, and returns how many of them, from the first on, are whole.
func (r *runner) round(ctx context.Context, reqs []sampling.Request) (int, error) {
	for len(r.sums) < len(reqs) {
		r.sums = append(r.sums, r.newSum())
	}
	r.todo, r.at = r.todo[:0], r.at[:0]
	for i, q := range reqs {
		r.sums[i].Clear()
		if known, ok := r.opts.Known.find(r.field.keys[q.Cell], q); ok {
			r.sums[i].Add(known)
			r.opts.Known.Used += q.N * int64(r.field.plan.MatchesPerPlay)
			continue
		}
		r.todo, r.at = append(r.todo, q), append(r.at, i)
	}
	if len(r.todo) == 0 {
		return len(reqs), nil
	}
	// Those to play go to the front, and back when they have been.
	for j, i := range r.at {
		r.sums[i], r.sums[j] = r.sums[j], r.sums[i]
	}
	whole, err := r.player.Play(ctx, r.todo, r.sums[:len(r.todo)])
	for j := len(r.at) - 1; j >= 0; j-- {
		i := r.at[j]
		r.sums[i], r.sums[j] = r.sums[j], r.sums[i]
	}
	switch {
	case whole < 0 || whole > len(r.todo) || whole < len(r.todo) && err == nil:
		return 0, fmt.Errorf("%d of %d requests are said to be played", whole, len(r.todo))
	case whole < len(r.todo):
		whole = r.at[whole]
	default:
		whole = len(reqs)
	}
	for i, q := range reqs[:whole] {
		if s := &r.sums[i]; s.N != q.N || r.opts.Player != nil && !s.Finite() {
			return i, fmt.Errorf("plays %d to %d of cell %d: %d came, or their payoffs are no finite numbers", q.First, q.First+q.N-1, q.Cell, s.N)
		} else if !s.Sound(r.config) || !known(s.Failures) {
			return i, fmt.Errorf("plays %d to %d of cell %d: the failures that are said to be among them cannot be", q.First, q.First+q.N-1, q.Cell)
		}
	}
	return whole, err
}
