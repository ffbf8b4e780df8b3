package stochastic

import (
	"context"
	"fmt"
	"math"
	"slices"

	"arbiter/equilibria"
	"arbiter/equilibria/path"
	"arbiter/games/markov"
)

// BackwardLogit computes the logit equilibrium of a Markov game with a horizon at
// a lambda: backwards, in every stage game the one at which its principal branch,
// from even play on, first has the temperatures of the options. That is defined
// and unique for almost all games, unlike the choice of a Nash equilibrium.
// Residual and Gains of the point are those of the whole game. folded counts
// stage games whose branch turned back before. End is not used.
func BackwardLogit(ctx context.Context, g *markov.Game, lambda float64, o Options) (p Point, folded int, err error) {
	weights, coldest, err := o.weights(g)
	if err != nil {
		return Point{}, 0, err
	}
	if err := checkLambdas([]float64{lambda}); err != nil {
		return Point{}, 0, err
	}
	if g.Horizon == 0 {
		return Point{}, 0, fmt.Errorf("%s: %w", g.Name, ErrHorizon)
	}
	unit, scales := g.Unit(), g.Scales()
	own := make([]float64, g.Players) // lambda per player, of the unit
	for k := range own {
		own[k] = scales[k].Up(lambda / coldest * weights[k])
	}
	bonus := stationary{players: g.Players}
	for range g.Players {
		bonus.bonus = append(bonus.bonus, make([]float64, g.Players))
	}
	bonus.variant(o, weights)
	n := len(g.States)
	p = Point{Lambda: lambda, Number: 1, Policy: g.Uniform(), Value: make(markov.Values, g.Players), Index: 1, Unique: true}
	// Values are in units of the player's temperature, which may be infinite.
	next := make([][]float64, g.Players)
	for k := range next {
		next[k] = make([]float64, n)
		p.Value[k] = make([][]float64, g.Horizon)
	}
	for h := g.Horizon - 1; h >= 0; h-- {
		now := make([][]float64, g.Players)
		for k := range now {
			now[k] = make([]float64, n)
		}
		for state := range n {
			s := oneStage(unit, h, state, own, next)
			s.bonus, s.even = bonus.bonus, bonus.even
			x, folds, err := s.principal(ctx)
			if err != nil {
				return p, folded, fmt.Errorf("%s, state %s: %w", g.Name, g.Key(h, state), err)
			}
			if folds {
				folded++
			}
			p.Residual = max(p.Residual, s.off(x, s.scale))
			p.Index *= s.index(x, s.scale)
			p.Unique = p.Unique && (o.Variant == Saddle || s.contracts(Options{Variant: Plain}, s.scale))
			policy := s.policy(x)
			for k := range policy {
				p.Policy[k][h*n+state] = policy[k][0]
				now[k][state] = s.w.At(0, k)
			}
		}
		next = now
		for k := range next {
			for _, w := range next[k] {
				p.Value[k][h] = append(p.Value[k][h], w/(lambda/coldest*weights[k])+scales[k].Shift*g.Total(h))
			}
		}
	}
	switch {
	case lambda > 0:
	case o.Variant == Plain:
		for k := range p.Value {
			p.Value[k] = g.Value(k, p.Policy)
		}
	default:
		p.Value = nil
	}
	p.Gains = gains(g, p.Policy)
	return p, folded, nil
}

// oneStage is the stage game of a step and state, its payoffs in units of the
// players' temperatures, with values next afterwards. Of the system the parameter at
// which payoffs are these is scale.
func oneStage(g *markov.Game, step, state int, lambda []float64, next [][]float64) *stationary {
	s := &stationary{players: g.Players, states: 1, weight: slices.Repeat([]float64{1}, g.Players), shape: [][]int{make([]int, g.Players)}, reward: make([][][]float64, g.Players)}
	for k := range g.Players {
		s.shape[0][k] = g.Actions[k][state]
		row := make([]float64, g.Joint(state))
		for j, list := range g.Step(step)[state] {
			for _, o := range list {
				x := lambda[k] * o.Reward[k]
				if o.Next >= 0 {
					x += next[k][o.Next]
				}
				row[j] += o.Prob * x
			}
		}
		lo, hi := slices.Min(row), slices.Max(row)
		s.scale = max(s.scale, hi-lo)
		s.reward[k] = [][]float64{row}
	}
	if s.scale == 0 {
		s.scale = 1
	}
	for _, row := range s.reward {
		for j := range row[0] {
			row[0][j] /= s.scale
		}
	}
	s.to = [][][]move{make([][]move, g.Joint(state))}
	s.prepare()
	return s
}

// principal is the first point of the branch of a system at its scale.
func (s *stationary) principal(ctx context.Context) (x []float64, folds bool, err error) {
	t, ok := newCurve(s, s.uniform(), bend)
	if !ok {
		return nil, false, equilibria.NoAnswerf("the branch has no direction at even play")
	}
	end := math.Asinh(s.scale / bend)
	trail, err := t.Follow(ctx, path.Way{End: end, Most: mostSteps})
	if err == nil && t.U() < end {
		err = equilibria.NoAnswerf("the branch was lost at a share of %g of lambda", lambda(t.U(), bend)/s.scale)
	}
	return t.Y[:s.n], len(trail.Folds) > 0, err
}
