package stochastic

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"

	"arbiter/equilibria"
	"arbiter/equilibria/exact"
	"arbiter/equilibria/linear"
	"arbiter/equilibria/many"
	"arbiter/games/markov"
)

// ErrHorizon says that a solver is for Markov games with a horizon.
var ErrHorizon = errors.New("expected a Markov game with a horizon")

// stageForm is a stage game of a Markov game in the form of the exact solvers.
// Payoffs are rounded to 2^-40 of their range, which keeps integers short.
func stageForm(g *markov.Game, step, state int, next [][]float64) *exact.Normal {
	n := &exact.Normal{Name: fmt.Sprintf("%s, state %s", g.Name, g.Key(step, state))}
	for k := range g.Players {
		n.Shape = append(n.Shape, g.Actions[k][state])
	}
	for k := range g.Players {
		u := make([]float64, g.Joint(state))
		lo, hi := math.Inf(1), math.Inf(-1)
		for j, list := range g.Step(step)[state] {
			for _, o := range list {
				x := o.Reward[k]
				if o.Next >= 0 {
					x += next[k][o.Next]
				}
				u[j] += o.Prob * x
			}
			lo, hi = min(lo, u[j]), max(hi, u[j])
		}
		unit := math.Exp2(math.Ceil(math.Log2(max(hi-lo, 1e-300))) - 40)
		list := make([]*big.Rat, len(u))
		for j, x := range u {
			if x = math.Round(x/unit) * unit; hi == lo || math.IsInf(x, 0) {
				x = u[j]
			}
			list[j] = new(big.Rat).SetFloat64(x)
		}
		n.Payoffs = append(n.Payoffs, list)
	}
	return n
}

// Selection names the stage equilibrium that BackwardInduction takes.
const Selection = "max-welfare stage equilibrium, every player's values in units of its own range of rewards, extreme ones compared, the first on ties"

// BackwardInduction computes a subgame-perfect equilibrium of a Markov game with a
// horizon, by equilibria of every stage game: of two players all extreme ones, of
// more those that Many finds. Which one is taken decides the values: see Selection.
func BackwardInduction(ctx context.Context, g *markov.Game) (markov.Policy, error) {
	if g.Horizon == 0 {
		return nil, fmt.Errorf("%s: %w; with a discount use --solver shapley or logit", g.Name, ErrHorizon)
	}
	ranges := g.Ranges()
	scales := g.Scales()
	g = g.Unit()
	weight := make([]float64, g.Players)
	for k, s := range scales {
		if weight[k] = 1; ranges[k] > 0 {
			weight[k] = 1 / math.Ldexp(s.Range, -s.Exp)
		}
	}
	p := g.Uniform()
	n := len(g.States)
	next := make([][]float64, g.Players)
	for k := range next {
		next[k] = make([]float64, n)
	}
	for h := g.Horizon - 1; h >= 0; h-- {
		now := make([][]float64, g.Players)
		for k := range now {
			now[k] = make([]float64, n)
		}
		for s := range n {
			form := stageForm(g, h, s, next)
			profiles, err := stageEquilibria(ctx, form)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", form.Name, err)
			}
			i := best(form, profiles, weight)
			for k, mixed := range profiles[i] {
				p[k][h*n+s] = mixed
			}
			for cell := range form.Payoffs[0] {
				reach := 1.0
				for k, rest := g.Players-1, cell; k >= 0; k-- {
					reach *= profiles[i][k][rest%form.Shape[k]]
					rest /= form.Shape[k]
				}
				if reach == 0 {
					continue
				}
				for k := range now {
					u, _ := form.Payoffs[k][cell].Float64()
					now[k][s] += reach * u
				}
			}
		}
		next = now
	}
	return p, nil
}

// best is the profile of the largest weighted sum of payoffs, the first of those that
// are equal up to rounding.
func best(n *exact.Normal, profiles [][][]float64, weight []float64) int {
	var u [][]float64
	for k, list := range n.Payoffs {
		row := make([]float64, len(list))
		for i, x := range list {
			f, _ := x.Float64()
			row[i] = weight[k] * f
		}
		u = append(u, row)
	}
	at, top := 0, n.Welfare(u, profiles[0])
	for i, p := range profiles[1:] {
		if v := n.Welfare(u, p); v > top+1e-9 {
			at, top = i+1, v
		}
	}
	return at
}

// stageEquilibria are those of a stage game, at least one.
func stageEquilibria(ctx context.Context, n *exact.Normal) (profiles [][][]float64, err error) {
	if len(n.Shape) == 2 {
		b, err := exact.NewBimatrix(n)
		if err != nil {
			return nil, err
		}
		e, err := b.Extreme(ctx)
		for _, q := range e.Equilibria {
			f := q.Float()
			profiles = append(profiles, f[:])
		}
		return profiles, err
	}
	m, err := many.Solve(ctx, n, many.Limits{Boxes: 100_000})
	for _, e := range m.Equilibria {
		profiles = append(profiles, e.Profile)
	}
	if err == nil && len(profiles) == 0 {
		err = equilibria.NoAnswerf("no equilibrium was found")
	}
	return profiles, err
}

// StageCorrelated is a correlated solution of a Markov game with a horizon: a
// joint distribution per step and state.
type StageCorrelated struct {
	Joint [][][]float64 // [step][state][joint action]
	Value markov.Values // [player][step][state]
	// Gains are, per player, the largest over states of what it can gain by deviating
	// at one stage, summed over steps: at least what it can gain over a match.
	Gains []float64
}

// BackwardCorrelated computes a (coarse) correlated equilibrium of every stage
// game, last step first, best by the objective: see linear.SolveCorrelated.
func BackwardCorrelated(ctx context.Context, g *markov.Game, coarse bool, objective string) (StageCorrelated, error) {
	if g.Horizon == 0 {
		return StageCorrelated{}, fmt.Errorf("%s: %w", g.Name, ErrHorizon)
	}
	whole, scales := g, g.Scales()
	g = g.Unit()
	n := len(g.States)
	c := StageCorrelated{Joint: make([][][]float64, g.Horizon), Value: make(markov.Values, g.Players), Gains: make([]float64, g.Players)}
	next := make([][]float64, g.Players)
	for k := range next {
		next[k] = make([]float64, n)
		c.Value[k] = make([][]float64, g.Horizon)
	}
	// Objectives are in payoffs.
	units := make([]float64, g.Players)
	for k, s := range scales {
		units[k] = math.Ldexp(1, s.Exp)
	}
	for h := g.Horizon - 1; h >= 0; h-- {
		step := make([]float64, g.Players)
		for k := range c.Value {
			c.Value[k][h] = make([]float64, n)
		}
		for s := range n {
			form := stageForm(g, h, s, next)
			found, err := linear.SolveCorrelated(ctx, form, coarse, objective, units)
			if err != nil {
				return c, fmt.Errorf("%s: %w", form.Name, err)
			}
			c.Joint[h] = append(c.Joint[h], found.Joint)
			for k := range c.Value {
				c.Value[k][h][s] = found.Values[k]
				step[k] = max(step[k], found.Gains[k])
			}
		}
		for k := range next {
			next[k] = c.Value[k][h]
			c.Gains[k] += scales[k].Up(step[k])
		}
	}
	whole.Restore(c.Value)
	return c, nil
}
