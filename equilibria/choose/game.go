package choose

import (
	"cmp"
	"context"
	"fmt"
	"math"

	"arbiter/equilibria/exact"
	"arbiter/games"
	"arbiter/games/markov"
	"arbiter/games/normal"
	"arbiter/games/posed"
)

// Game is a game that solvers are asked about. It is not safe for concurrent use.
type Game struct {
	*posed.Game
	// CertifiedStep is a step of mmd at temperatures, one per player, that is proved to
	// converge, and in words why; nil where nobody knows one.
	CertifiedStep func(ctx context.Context, temperature []float64) (float64, string, error)
	// Named is the policy of an agent by spec, or of a file; nil where nobody knows any.
	Named func(text string) ([]games.Behaviour, error)

	solvers []Solver
	form    *bimatrix // once it was asked for
}

// New makes ready a game for some solvers, of which nash chooses by name.
func New(g *posed.Game, solvers []Solver) *Game { return &Game{Game: g, solvers: solvers} }

// Solve runs the solver that a spec names. A cancelled context is an error; so is a
// game of another form than the solver is for.
func (t *Game) Solve(ctx context.Context, text string, o Settings) (*Answer, error) {
	solver, knobs, err := Find(t.solvers, text)
	if err != nil {
		return nil, err
	}
	if err := t.checkRanges(); err != nil {
		return nil, err
	}
	o.Limits.Iterations = cmp.Or(o.Limits.Iterations, Iterations)
	if o.untold = o.Limits.Tolerance == 0; o.untold {
		o.Limits.Tolerance = solver.Tolerance
	}
	s, err := solver.Run(ctx, t, knobs, o)
	if err == nil {
		err = ctx.Err() // which a quick solver may not have looked at
	}
	if err != nil {
		return nil, err
	}
	s.Solver = solver.Name
	s.Concept, s.Selection = cmp.Or(s.Concept, solver.Concept), cmp.Or(s.Selection, solver.Shows)
	s.Tolerance = cmp.Or(s.Tolerance, o.Limits.Tolerance, exactTolerance)
	if s.judged {
		return s, nil // by the solver that was chosen
	}
	s.judged = true
	return s, t.judge(s)
}

// checkRanges refuses payoffs that overflow as they are summed, over players, steps
// or what a discount makes of them.
func (t *Game) checkRanges() error {
	const most = math.MaxFloat64 / 8
	info := t.Game.Info()
	sum := 0.0
	for k := range info.Lo {
		lo, hi, times := info.Lo[k], info.Hi[k], 1.0
		if g := t.Markov; g != nil {
			lo, hi = g.Rewards(k)
			times = g.Total(0)
		}
		if math.IsInf(lo, 0) || math.IsInf(hi, 0) {
			continue // noise that no board holds
		}
		if sum += max(hi-lo, math.Abs(lo), math.Abs(hi)) * times; sum > most {
			return fmt.Errorf("%s: payoffs of player %d go from %g to %g, and those of all players would overflow in sums: expected a range that is a number, sums below %.3g", t.Name, k, lo, hi, most)
		}
	}
	return nil
}

// scaleOf is the range of payoffs of a player of a Markov game, or 1.
func (t *Game) scaleOf(k int) float64 {
	if size := t.Markov.Ranges()[k]; size > 0 {
		return size
	}
	return 1
}

// markovOnly is the Markov game of t.
func (t *Game) markovOnly() (*markov.Game, error) {
	if t.Markov == nil {
		return nil, fmt.Errorf("%s is no Markov game; use --solver lp or dcfr", t.Name)
	}
	return t.Markov, nil
}

// Normal is the reduced normal form of the game, with the payoffs of a table as they
// were written.
func (t *Game) Normal() (*exact.Normal, error) {
	board, err := t.Board()
	if err != nil {
		return nil, err
	}
	return exact.NormalForm(board, normal.Means(t.Game))
}
