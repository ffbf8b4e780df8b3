package stochastic

import (
	"context"
	"fmt"
	"math"

	"arbiter/equilibria"
	"arbiter/equilibria/linear"
	"arbiter/games/markov"
	"arbiter/internal/num"
)

// Soft computes the unique soft equilibrium of a zero-sum Markov game: each
// state's value is the saddle of xᵀQy plus what the regulariser gives player 0 and
// takes for player 1, at positive temperatures of the players, and so is part of
// the values before it.
func Soft(ctx context.Context, g *markov.Game, temperature [2]float64, regulariser Regulariser, limits equilibria.Limits) (Solution, error) {
	a, err := NewAnnealer(g, regulariser)
	if err != nil {
		return Solution{}, err
	}
	return a.Soft(ctx, temperature, limits)
}

// Annealer solves one zero-sum Markov game at a temperature after the other, each time
// from where it ended the last time: values as they were, logits in proportion to what
// temperatures became. It is not safe for concurrent use.
type Annealer struct {
	game        *markov.Game
	regulariser Regulariser
	soft        []softGame
	hard        []linear.Matrix
	value       []float64 // of the last solution; nil with a horizon and before the first
}

// NewAnnealer makes one that begins at values of 0 and even play.
func NewAnnealer(g *markov.Game, regulariser Regulariser) (*Annealer, error) {
	if regulariser != Entropy && regulariser != KL {
		return nil, fmt.Errorf("regulariser: found %q, expected %s or %s", regulariser, KL, Entropy)
	}
	if !g.ZeroSum() {
		return nil, fmt.Errorf("%s: %w", g.Name, ErrZeroSum)
	}
	n := len(g.States)
	return &Annealer{game: g, regulariser: regulariser, soft: make([]softGame, n), hard: make([]linear.Matrix, n)}, nil
}

// Soft solves the game at temperatures, one per player: see the function Soft.
func (a *Annealer) Soft(ctx context.Context, temperature [2]float64, limits equilibria.Limits) (Solution, error) {
	g := a.game
	for k, t := range temperature {
		if !(t > 0) || math.IsInf(t, 1) {
			return Solution{}, fmt.Errorf("temperature %d: found %g, expected a positive number", k, t)
		}
	}
	for k, scale := range g.Scales() { // temperatures are in rewards
		t := math.Ldexp(temperature[k], -scale.Exp)
		if t == 0 || math.IsInf(t, 1) {
			return Solution{}, equilibria.NoAnswerf("temperature %d: %g is too far from the range of rewards, %g, for a soft equilibrium to be told from others", k, temperature[k], scale.Range)
		}
		temperature[k] = t
	}
	paid := func(x, y []float64) (hx, hy float64) {
		hx, hy = num.Entropy(x), num.Entropy(y)
		if a.regulariser == KL {
			hx, hy = hx-math.Log(float64(len(x))), hy-math.Log(float64(len(y)))
		}
		return temperature[0] * hx, temperature[1] * hy
	}
	bonus := func(x, y []float64) float64 {
		hx, hy := paid(x, y)
		return hx - hy
	}
	inner := 0
	s, err := solveShapley(ctx, g, limits, func(s int, q [][]float64, x, y []float64) (v, off float64, err error) {
		steps, err := a.soft[s].solve(q, temperature, x, y)
		inner += steps
		if err != nil {
			return 0, 0, fmt.Errorf("state %s: %w", g.States[s], err)
		}
		hx, hy := paid(x, y)
		v = hx - hy
		for i, line := range q {
			for j, u := range line {
				v += x[i] * y[j] * u
			}
		}
		off = softGap(q, temperature, a.regulariser, x, y, hx, hy)
		return v, off, nil
	}, bonus, a.value)
	s.Inner = inner
	a.keep(s, err)
	return s, err
}

// Nash solves the game without entropy: see Shapley.
func (a *Annealer) Nash(ctx context.Context, limits equilibria.Limits) (Solution, error) {
	s, err := solveShapley(ctx, a.game, limits, hard(ctx, a.hard), nil, a.value)
	a.keep(s, err)
	return s, err
}

// keep remembers where a solution ended.
func (a *Annealer) keep(s Solution, err error) {
	if err == nil && a.game.Horizon == 0 {
		a.value = s.Value[0]
	}
}

// softGap bounds how far the value of a soft matrix game can be from what x and y,
// which the regulariser pays hx and hy, make of it: the best that either player could
// do is on both sides of the exact one. Rounding is added.
func softGap(q [][]float64, t [2]float64, regulariser Regulariser, x, y []float64, hx, hy float64) float64 {
	size := max(math.Abs(hx), math.Abs(hy), t[0], t[1])
	up, down := make([]float64, len(x)), make([]float64, len(y))
	for i, line := range q {
		for j, u := range line {
			up[i] += u * y[j] / t[0]
			down[j] -= u * x[i] / t[1]
			size = max(size, math.Abs(u))
		}
	}
	upper, lower := t[0]*num.LogSumExp(up)-hy, hx-t[1]*num.LogSumExp(down)
	if regulariser == KL {
		upper -= t[0] * math.Log(float64(len(x)))
		lower += t[1] * math.Log(float64(len(y)))
	}
	return max(0, upper-lower) + 4*float64(len(x)+len(y)+4)*0x1p-53*size
}

// SoftStage solves the soft game of one state, q[a][b] what the two choose for player 0,
// and writes the mixtures; its value, with the regulariser, is right up to off.
func SoftStage(q [][]float64, t [2]float64, regulariser Regulariser, x, y []float64) (v, off float64, err error) {
	var one softGame
	if _, err := one.solve(q, t, x, y); err != nil {
		return 0, 0, err
	}
	hx, hy := num.Entropy(x), num.Entropy(y)
	if regulariser == KL {
		hx, hy = hx-math.Log(float64(len(x))), hy-math.Log(float64(len(y)))
	}
	hx, hy = t[0]*hx, t[1]*hy
	v = hx - hy
	for i, line := range q {
		for j, u := range line {
			v += x[i] * y[j] * u
		}
	}
	return v, softGap(q, t, regulariser, x, y, hx, hy), nil
}
