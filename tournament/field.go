package tournament

import (
	"context"
	"fmt"
	"slices"

	"arbiter/agents"
	"arbiter/dice"
	"arbiter/games"
	"arbiter/profile"
	"arbiter/sampling"
)

// Field is who meets whom in which game. It plays cells and is safe for
// concurrent use.
type Field struct {
	plan    Plan
	game    games.Game
	seats   int
	perfect bool
	pools   [][]agents.Agent // per population
	pairs   []profile.Edge   // single population: the cells
	keys    []dice.Key       // of the cells

	forfeits   [][]float64 // what a match pays in which the agent at a seat fails
	complaints complaints

	board  games.Deck      // nil: matches go through the State
	tables [][][]dice.Slot // [agent][seat], or [seat][agent] for several populations; with board
}

// NewField seats agents at a game. pools are the agents of each population,
// in the order of plan.Agents. A board makes matches fast; it is used when all
// agents are tabular, and the matches are the same without it. Agents must be
// safe for concurrent use. The plan must be one that Complete made for the game.
func NewField(plan Plan, game games.Game, pools [][]agents.Agent, board games.Deck) (*Field, error) {
	if err := plan.fits(game.Info()); err != nil {
		return nil, fmt.Errorf("plan: %w", err)
	}
	if len(pools) != len(plan.Agents) {
		return nil, fmt.Errorf("agents: found %d pools, the plan has %d", len(pools), len(plan.Agents))
	}
	for p, pool := range pools {
		if len(pool) != len(plan.Agents[p]) {
			return nil, fmt.Errorf("agents: found %d in pool %d, the plan has %d", len(pool), p, len(plan.Agents[p]))
		}
		if i := slices.Index(pool, nil); i >= 0 {
			return nil, fmt.Errorf("agents: %s of pool %d is missing", plan.Agents[p][i], p)
		}
	}
	f := &Field{plan: plan, game: game, seats: game.Info().Seats, perfect: game.Info().Perfect, pools: pools, keys: plan.keys(), forfeits: forfeits(game.Info())}
	if plan.Single() {
		f.pairs = plan.Space().Edges()
	}
	if board == nil {
		return f, nil
	}
	for p, pool := range pools {
		var rows [][]dice.Slot
		for a, agent := range pool {
			t, ok := agent.(agents.Tabular)
			if !ok {
				return f, nil
			}
			for seat := range f.seats {
				if !plan.Single() && seat != p {
					continue
				}
				s, err := agents.BehaviourOf(t, board, seat)
				if err != nil {
					return nil, fmt.Errorf("agent %s at seat %d: %w", plan.Agents[p][a], seat, err)
				}
				rows = append(rows, board.Bind(seat, s))
			}
			if plan.Single() {
				f.tables = append(f.tables, rows)
				rows = nil
			}
		}
		if !plan.Single() {
			f.tables = append(f.tables, rows)
		}
	}
	f.board = board
	return f, nil
}

// Compiled reports whether matches take the fast way.
func (f *Field) Compiled() bool { return f.board != nil }

// table is one worker's room: everything a match writes to.
type table struct {
	state  games.State
	seated [2][]int // by rotation and seat: who sits, as places in their populations
	seats  [2][]agents.Agent
	rows   [2][][]dice.Slot
	payoff []float64
	count  *sampling.Counter
	sum    *sampling.Sum // of the request that is being played
}

func (f *Field) newTable() *table {
	t := &table{payoff: make([]float64, f.seats), count: f.plan.Sampling().NewCounter()}
	for rotation := range t.seats {
		t.seated[rotation], t.seats[rotation], t.rows[rotation] = make([]int, f.seats), make([]agents.Agent, f.seats), make([][]dice.Slot, f.seats)
	}
	if f.board == nil {
		t.state = f.game.Start()
	}
	return t
}

// play adds n plays of a cell, from number first on, to sum.
func (f *Field) play(ctx context.Context, t *table, req sampling.Request, sum *sampling.Sum) error {
	t.count.Into(sum)
	t.sum = sum
	how := f.playProfile
	if f.plan.Single() {
		how = f.playPair
	}
	err := how(ctx, t, req)
	t.count.Flush()
	if err == nil && !sum.Finite() {
		return fmt.Errorf("a match of cell %d, one of %d to %d, paid what is not a finite number", req.Cell, req.First, req.First+req.N-1)
	}
	return err
}

// playProfile plays the agents of a profile of several populations.
func (f *Field) playProfile(ctx context.Context, t *table, req sampling.Request) error {
	f.sit(t, req.Cell, 0)
	key := f.keys[req.Cell]
	for i := req.First; i < req.First+req.N; i++ {
		unit := key.Sub(uint64(i))
		x, failed, err := f.match(ctx, t, unit, 0)
		if err != nil {
			return fmt.Errorf("match %d of cell %d: %w", i, req.Cell, err)
		}
		t.count.Count(x...)
		if failed != nil {
			t.sum.Fail(x, f.failed(failed, 0))
			f.complain(req.Cell, i, t.seated[0], failed)
		}
	}
	return nil
}

// playPair plays two agents of one population: in a symmetric game a match, in
// others a match in either seating with the same luck, whose payoffs are
// averaged.
func (f *Field) playPair(ctx context.Context, t *table, req sampling.Request) error {
	key := f.keys[req.Cell]
	rotations := f.plan.MatchesPerPlay
	for rotation := range rotations {
		f.sit(t, req.Cell, rotation)
	}
	for i := req.First; i < req.First+req.N; i++ {
		unit := key.Sub(uint64(i))
		u, v := 0.0, 0.0
		var by []sampling.Failed // nil nearly always
		for rotation := range rotations {
			x, failed, err := f.match(ctx, t, unit, rotation)
			if err != nil {
				e := f.pairs[req.Cell]
				return fmt.Errorf("match %d of %s against %s: %w", i, f.plan.Labels[0][e.U], f.plan.Labels[0][e.V], err)
			}
			u += x[rotation]
			v += x[1-rotation]
			if failed != nil {
				by = append(by, f.failed(failed, rotation))
				f.complain(req.Cell, i*int64(rotations)+int64(rotation), t.seated[rotation], failed)
			}
		}
		if rotations == 2 {
			u, v = u/2, v/2
		}
		t.count.Pair(u, v)
		if by != nil {
			t.sum.Fail([]float64{u, v}, by...)
		}
	}
	return nil
}

// match plays one match of the agents at t. Chance is keyed by the unit, so
// that rotated matches share it, moves by the match. The payoffs are those of a
// forfeit where an agent failed.
func (f *Field) match(ctx context.Context, t *table, unit dice.Key, rotation int) ([]float64, *agents.Failed, error) {
	moves := unit.Sub(uint64(rotation))
	if f.board != nil {
		f.board.Match(t.rows[rotation], unit, moves, t.payoff)
		return t.payoff, nil, nil
	}
	err := agents.Play(ctx, t.state, f.perfect, t.seats[rotation], unit, moves, t.payoff)
	if err == nil {
		return t.payoff, nil, nil
	}
	failed, err := f.forfeit(err, t.payoff)
	return t.payoff, failed, err
}
