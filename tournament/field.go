package tournament

import (
	"context"
	"fmt"

	"arbiter/agents"
	"arbiter/games"
	"arbiter/internal/dice"
	"arbiter/ranking"
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
	pairs   []ranking.Edge   // single population: the cells
	keys    []dice.Key       // of the cells

	board  agents.Compiled // nil: matches go through the State
	tables [][][]dice.Slot // [agent][seat], or [seat][agent] for several populations; with board
}

// NewField seats agents at a game. pools are the agents of each population,
// in the order of plan.Agents. A board makes matches fast; it is used when all
// agents are tabular, and the matches are the same without it. Agents must be
// safe for concurrent use.
func NewField(plan Plan, game games.Game, pools [][]agents.Agent, board agents.Compiled) (*Field, error) {
	f := &Field{plan: plan, game: game, seats: game.Info().Seats, perfect: game.Info().Perfect, pools: pools, keys: plan.keys()}
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
				s, err := agents.Strategy(t, board, seat)
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

// strategies are the agents of a profile, per population.
func (f *Field) strategies(cell int) []int {
	s := make([]int, f.seats)
	for k := f.seats - 1; k >= 0; k-- {
		n := len(f.plan.Agents[k])
		s[k], cell = cell%n, cell/n
	}
	return s
}

// table is one worker's room: everything a match writes to.
type table struct {
	state  games.State
	seats  []agents.Agent
	rows   [][]dice.Slot
	payoff []float64
}

func (f *Field) newTable() *table {
	t := &table{
		seats: make([]agents.Agent, f.seats), rows: make([][]dice.Slot, f.seats),
		payoff: make([]float64, f.seats),
	}
	if f.board == nil {
		t.state = f.game.Start()
	}
	return t
}

// play adds n plays of a cell, from number first on, to sum.
func (f *Field) play(ctx context.Context, t *table, req sampling.Request, sum *sampling.Sum) error {
	if f.plan.Single() {
		return f.playPair(ctx, t, req, sum)
	}
	f.sit(t, f.strategies(req.Cell))
	key := f.keys[req.Cell]
	for i := req.First; i < req.First+req.N; i++ {
		unit := key.Sub(uint64(i))
		x, err := f.match(ctx, t, unit, 0)
		if err != nil {
			return fmt.Errorf("match %d of cell %d: %w", i, req.Cell, err)
		}
		for k, v := range x {
			sum.Observe(k, v)
		}
	}
	sum.N += req.N
	return nil
}

// playPair plays two agents of one population: in a symmetric game a match, in
// others a match in either seating with the same luck, whose payoffs are
// averaged.
func (f *Field) playPair(ctx context.Context, t *table, req sampling.Request, sum *sampling.Sum) error {
	e, key := f.pairs[req.Cell], f.keys[req.Cell]
	var rows [2][2][]dice.Slot // by rotation and seat
	var seats [2][2]agents.Agent
	for rotation := range 2 {
		for seat := range 2 {
			a := e.U
			if seat != rotation {
				a = e.V
			}
			if f.board != nil {
				rows[rotation][seat] = f.tables[a][seat]
			} else {
				seats[rotation][seat] = f.pools[0][a]
			}
		}
	}
	rotations := f.plan.MatchesPerPlay
	for i := req.First; i < req.First+req.N; i++ {
		unit := key.Sub(uint64(i))
		u, v := 0.0, 0.0
		for rotation := range rotations {
			copy(t.rows, rows[rotation][:])
			copy(t.seats, seats[rotation][:])
			x, err := f.match(ctx, t, unit, rotation)
			if err != nil {
				return fmt.Errorf("match %d of %s against %s: %w", i, f.plan.Labels[0][e.U], f.plan.Labels[0][e.V], err)
			}
			u += x[rotation]
			v += x[1-rotation]
		}
		if rotations == 2 {
			u, v = u/2, v/2
		}
		sum.Observe(0, u)
		sum.Observe(1, v)
		sum.D += u - v
		sum.DD += (u - v) * (u - v)
	}
	sum.N += req.N
	return nil
}

// match plays one match of the agents at t. Chance is keyed by the unit, so
// that rotated matches share it, moves by the match.
func (f *Field) match(ctx context.Context, t *table, unit dice.Key, rotation int) ([]float64, error) {
	moves := unit.Sub(uint64(rotation))
	if f.board != nil {
		f.board.Match(t.rows, unit, moves, t.payoff)
		return t.payoff, nil
	}
	err := agents.Play(ctx, t.state, f.perfect, t.seats, unit, moves, t.payoff)
	return t.payoff, err
}
