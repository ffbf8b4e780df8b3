package choose

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"arbiter/equilibria/exact"
	"arbiter/equilibria/stochastic"
	"arbiter/games/markov"
	"arbiter/games/normal"
	"arbiter/games/posed"
	"arbiter/spec"
)

// Game is a game that solvers are asked about. It is not safe for concurrent use.
type Game struct {
	*posed.Game
	// CertifiedStep is a step of mmd at temperatures, one per player, that is proved to
	// converge, and in words why; nil where nobody knows one.
	CertifiedStep func(ctx context.Context, temperature []float64) (float64, string, error)

	solvers []Solver
	form    *bimatrix // once it was asked for
}

// New makes ready a game for some solvers, of which nash chooses by name.
func New(g *posed.Game, solvers []Solver) *Game { return &Game{Game: g, solvers: solvers} }

// Solve runs a solver. A cancelled context is an error; so is a game of another
// form than the solver is for.
func (t *Game) Solve(ctx context.Context, name string, o Settings) (*Answer, error) {
	all := t.solvers
	i := slices.IndexFunc(all, func(s Solver) bool { return s.Name == name })
	if i < 0 {
		var list []string
		for _, s := range all {
			list = append(list, s.Name)
		}
		return nil, fmt.Errorf("no solver is called %q; %s", name, spec.Nearest(name, list))
	}
	if err := t.checkRanges(); err != nil {
		return nil, err
	}
	if o.Limits.Iterations == 0 {
		o.Limits.Iterations = Iterations
	}
	o.Regulariser, o.Objective = cmp.Or(o.Regulariser, stochastic.KL), cmp.Or(o.Objective, "welfare")
	info := t.Game.Info()
	seats := info.Seats
	if len(o.Temperature) == 1 {
		o.Temperature = slices.Repeat(o.Temperature, seats)
	}
	if o.Temperature != nil {
		if name != "mmd" && name != "soft-shapley" && name != "logit" {
			return nil, fmt.Errorf("%s takes no temperature; logit, mmd and soft-shapley do", name)
		}
		if len(o.Temperature) != seats {
			return nil, fmt.Errorf("temperature: found %d, expected 1 or %d, one per player", len(o.Temperature), seats)
		}
	}
	if o.Limits.Tolerance == 0 && name != "nash" { // which leaves it to the solver chosen
		if o.Limits.Tolerance = all[i].Tolerance; o.Temperature != nil && name == "mmd" {
			o.Limits.Tolerance = 1e-9 // of probabilities
		}
	}
	ratios := o.Exact
	if o.Exact {
		if err := checkExact(name); err != nil {
			return nil, err
		}
		o.Exact = false // of solvers that this one asks
	}
	s, err := all[i].Run(ctx, t, o)
	if err != nil {
		return nil, err
	}
	s.Solver = name
	if s.Concept == "" {
		s.Concept = all[i].Concept
	}
	if s.Selection == "" {
		s.Selection = all[i].Shows
	}
	if s.Tolerance == 0 {
		if s.Tolerance = o.Limits.Tolerance; s.Tolerance == 0 {
			s.Tolerance = all[i].Tolerance
		}
	}
	if ratios && s.Chosen != "" {
		if err := t.makeExact(ctx, s); err != nil {
			return nil, err
		}
	}
	if s.Chosen != "" && s.judged {
		return s, nil // by the solver that was chosen
	}
	if o.Selection != "" {
		if err := t.choose(ctx, s, o.Selection); err != nil {
			return nil, err
		}
	}
	if ratios && s.Chosen == "" {
		if err := t.makeExact(ctx, s); err != nil {
			return nil, err
		}
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
