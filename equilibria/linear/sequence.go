// Package linear solves what is one linear programme: a tree with constant sum over
// sequences, in floating point and again in ratios, a matrix game, and correlated
// equilibria of a normal form, with the one convex programme beside them, that of
// most entropy.
package linear

import (
	"context"
	"errors"
	"fmt"
	"math"

	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/lp"
)

// ErrNotZeroSum says that a solver is for two players with constant sum.
var ErrNotZeroSum = errors.New("expected two players with constant sum")

// mostEntries is the size of a tableau up to which linear programmes are set up:
// 400 MB.
const mostEntries = 50_000_000

// Competitive tells whether the payoffs of two players have a constant sum once both
// are in units of their ranges, up to a few roundings: such a game has the equilibria
// of one with constant sum.
func Competitive(b *flat.Board) bool {
	scales := b.Scales()
	if len(scales) != 2 {
		return false
	}
	if scales[0].Range == 0 || scales[1].Range == 0 {
		return scales[0].Range == scales[1].Range
	}
	u := b.Unit()
	unit := u.Scales()
	_, _, leaves := u.Sizes()
	lo, hi := math.Inf(1), math.Inf(-1)
	for i := range leaves {
		paid := u.Payoff(i)
		sum := paid[0]/unit[0].Range + paid[1]/unit[1].Range
		lo, hi = min(lo, sum), max(hi, sum)
	}
	if hi-lo <= 0x1p-49 {
		return true
	}
	// What rounding may have done, ratios decide.
	return hi-lo <= 1e-6 && b.Exact() != nil && exactlyCompetitive(b)
}

// SequenceForm solves a game of two players with constant sum, see Competitive, by one linear
// programme, in the realisation weights of player 0 and the values of player 1's
// information states (Koller, Megiddo and von Stengel 1996); its dual is player
// 1's side. Where a player's weight of an information state is 0 the policy there
// is uniform: the result is a Nash equilibrium, not always a sequential one.
func SequenceForm(ctx context.Context, b *flat.Board) ([]games.Behaviour, lp.Solution, error) {
	f, err := newForm(b, false)
	if err != nil {
		return nil, lp.Solution{}, err
	}
	s, err := lp.Solve(ctx, f.problem, 0)
	if err != nil {
		return nil, s, fmt.Errorf("sequence form: %w", err)
	}
	p := []games.Behaviour{f.seq[0].Behaviour(s.X), f.seq[1].Behaviour(s.Y[f.rows:])}
	return p, s, nil
}

// form is the programme: variables are the weights of player 0's sequences, then
// the value of the game and of player 1's rows; constraints are the equations of
// player 0's rows, then one inequality per sequence of player 1.
type form struct {
	problem lp.Problem
	seq     [2]flat.Sequences
	rows    int            // equations of player 0
	cells   map[[2]int]int // of sequences of both players: where in the row of player 1's
}

// newForm lays out a board. With keep, cells whose payoffs cancel stay in the form.
func newForm(b *flat.Board, keep bool) (*form, error) {
	if !Competitive(b) {
		return nil, fmt.Errorf("%s: %w", b.Info().Name, ErrNotZeroSum)
	}
	b = b.Unit()
	info := b.Info()
	f := &form{cells: map[[2]int]int{}, seq: [2]flat.Sequences{b.Sequences(0), b.Sequences(1)}, rows: 1 + len(b.Rows(0))}
	values := f.seq[0].Count
	columns, constraints := values+1+len(b.Rows(1)), f.rows+f.seq[1].Count
	if size := float64(columns) * float64(constraints); size > mostEntries {
		return nil, fmt.Errorf("%s: the sequence form has %d columns and %d rows, %.1e entries, of which %.0e fit; use --solver dcfr", info.Name, columns, constraints, size, float64(mostEntries))
	}
	p := &f.problem
	p.Cost, p.Free = make([]float64, columns), make([]bool, columns)
	for j := values; j < columns; j++ {
		p.Free[j] = true
	}
	p.Cost[values] = -1
	// x(none) = 1; for every row of player 0 its moves share the weight of the
	// move before it.
	p.Rows = make([]lp.Row, constraints)
	p.Rows[0] = lp.Row{Index: []int{0}, Value: []float64{1}, Relation: lp.Equal, Right: 1}
	for row, parent := range b.Parents(0) {
		r := lp.Row{Index: []int{f.seq[0].At(parent)}, Value: []float64{-1}, Relation: lp.Equal}
		for m := range b.Rows(0)[row].Moves {
			r.Index, r.Value = append(r.Index, f.seq[0].First[row]+m), append(r.Value, 1)
		}
		p.Rows[1+row] = r
	}
	// For every sequence of player 1: payoff of x there, plus the values of the
	// rows behind it, is at least the value of its own row.
	lines := p.Rows[f.rows:]
	for j := range lines {
		lines[j].Relation = lp.AtLeast
	}
	lines[0].Index, lines[0].Value = []int{values}, []float64{-1}
	for row, parent := range b.Parents(1) {
		at := values + 1 + row
		for m := range b.Rows(1)[row].Moves {
			l := &lines[f.seq[1].First[row]+m]
			l.Index, l.Value = append(l.Index, at), append(l.Value, -1)
		}
		l := &lines[f.seq[1].At(parent)]
		l.Index, l.Value = append(l.Index, at), append(l.Value, 1)
	}
	// Payoffs are scaled to [-1, 1].
	middle, half := (info.Hi[0]+info.Lo[0])/2, (info.Hi[0]-info.Lo[0])/2
	if half == 0 {
		half = 1
	}
	cells := map[[2]int]float64{}
	var order [][2]int
	b.Leaves(func(last []flat.Step, chance float64, payoff []float64) {
		at := [2]int{f.seq[0].At(last[0]), f.seq[1].At(last[1])}
		if _, ok := cells[at]; !ok {
			order = append(order, at)
		}
		cells[at] += chance * ((payoff[0] - middle) / half)
	})
	for _, at := range order {
		if x := cells[at]; x != 0 || keep {
			l := &lines[at[1]]
			f.cells[at] = len(l.Index)
			l.Index, l.Value = append(l.Index, at[0]), append(l.Value, x)
		}
	}
	return f, nil
}
