// Package stochastic finds fixed points of Markov games as tables: values of
// zero-sum games with and without entropy (Shapley 1953), equilibria stage by stage
// from a horizon, and curves of stationary logit equilibria with their index.
package stochastic

import (
	"context"
	"errors"
	"fmt"
	"math"

	"arbiter/equilibria"
	"arbiter/equilibria/linear"
	"arbiter/games/flat"
	"arbiter/games/markov"
)

// Regulariser is what a soft solver adds to rewards.
type Regulariser string

const (
	Entropy Regulariser = "entropy" // temperature times the entropy of the mixture
	KL      Regulariser = "kl"      // minus temperature times its divergence from even play
)

// Solution is that of a zero-sum Markov game.
type Solution struct {
	Policy     markov.Policy // optimal for both, by steps with a horizon
	Value      [][]float64   // of player 0, [step][state]; with the regulariser if there is one
	Iterations int           // sweeps over all states
	Inner      int           // Newton steps within stage games, of Soft
	// Residual is the change that one more sweep makes, Error a bound on the
	// distance of Value from the exact one: Residual·discount plus what the values of
	// stage games can be off by, as their duality gaps and rounding tell, over
	// 1-discount; with a horizon the sum over steps of what stage games are off by.
	Residual, Error float64
	// Off is, per state and for the last sweep, what the value of the stage game can be
	// off by: its duality gap, and rounding.
	Off    []float64
	Status equilibria.Status // AtLimit if Error is above the tolerance
}

// ErrZeroSum says that a solver is for zero-sum Markov games.
var ErrZeroSum = errors.New("expected two players whose rewards sum to 0")

// Shapley computes the values and optimal policies of a Markov game that is
// zero-sum, up to the unit of a player's rewards:
// with a horizon by backward induction, else by Shapley's iteration (1953), each
// sweep followed by the evaluation of its policies (Pollatschek and Avi-Itzhak
// 1969) as long as that brings the residual down. It ends when Error is at most
// tolerance or after so many sweeps.
func Shapley(ctx context.Context, g *markov.Game, limits equilibria.Limits) (Solution, error) {
	if !g.Competitive() {
		return Solution{}, fmt.Errorf("%s: %w", g.Name, ErrZeroSum)
	}
	games := make([]linear.Matrix, len(g.States))
	return solveShapley(ctx, g, limits, hard(ctx, games), nil, nil)
}

// hard solves stage games without entropy.
func hard(ctx context.Context, games []linear.Matrix) stage {
	return func(s int, q [][]float64, x, y []float64) (v, off float64, err error) {
		if v, err = games[s].Solve(ctx, q, x, y); err != nil {
			return 0, 0, err
		}
		off, size := dualityGap(q, x, y)
		return v, off + float64(len(x)+len(y)+4)*0x1p-53*size, nil
	}
}

// dualityGap is what the players of a zero-sum game could gain together, and the
// largest of its numbers.
func dualityGap(q [][]float64, x, y []float64) (gap, size float64) {
	upper, lower := math.Inf(-1), math.Inf(1)
	for _, line := range q {
		earned := 0.0
		for j, v := range line {
			earned += v * y[j]
			size = max(size, math.Abs(v))
		}
		upper = max(upper, earned)
	}
	for j := range y {
		paid := 0.0
		for i, p := range x {
			paid += p * q[i][j]
		}
		lower = min(lower, paid)
	}
	return max(0, upper-lower), size
}

// stage solves a stage game q, writing the mixtures; its value is right up to off.
type stage func(state int, q [][]float64, x, y []float64) (value, off float64, err error)

// solveShapley works on the unit of g; solve and bonus are in it. start are values of
// g to begin with, nil for 0; a horizon needs none.
func solveShapley(ctx context.Context, g *markov.Game, limits equilibria.Limits, solve stage, bonus func(x, y []float64) float64, start []float64) (Solution, error) {
	if err := limits.Check(); err != nil {
		return Solution{}, err
	}
	scale, whole := g.Scales()[0], g
	g = g.Unit()
	tolerance := math.Ldexp(limits.Tolerance, -scale.Exp)
	n := len(g.States)
	s := Solution{Policy: g.Uniform(), Status: equilibria.Converged, Off: make([]float64, n)}
	qs := make([][][]float64, n)
	for i := range qs {
		qs[i] = make([][]float64, g.Actions[0][i])
		for a := range qs[i] {
			qs[i][a] = make([]float64, g.Actions[1][i])
		}
	}
	// sweep writes T of next, with policies, for a step; worst is what a value can be
	// off by.
	worst := 0.0
	sweep := func(step int, next, now []float64) error {
		worst = 0
		if err := ctx.Err(); err != nil {
			return err
		}
		s.Iterations++
		for i := range now {
			g.Stage(0, step, i, next, qs[i])
			at := step*n + i
			v, off, err := solve(i, qs[i], s.Policy[0][at], s.Policy[1][at])
			if err != nil {
				return err
			}
			now[i], s.Off[i], worst = v, off, max(worst, off)
		}
		return nil
	}
	if g.Horizon > 0 {
		s.Value = make([][]float64, g.Horizon)
		next := make([]float64, n)
		for h := g.Horizon - 1; h >= 0; h-- {
			s.Value[h] = make([]float64, n)
			if err := sweep(h, next, s.Value[h]); err != nil {
				return s, err
			}
			next = s.Value[h]
			s.Error += worst
		}
		s.restore(whole, scale)
		return s, nil
	}
	v, now := make([]float64, n), make([]float64, n)
	for i, x := range start {
		v[i] = scale.Down(x - scale.Shift*g.Total(0))
	}
	s.Value, s.Residual, s.Error = [][]float64{now}, math.Inf(1), math.Inf(1)
	s.Status = equilibria.AtLimit
	best := math.Inf(1) // residual by which evaluations are judged
	still := 0          // sweeps that changed nothing but the last bits
	for s.Iterations < limits.Iterations {
		if err := sweep(0, v, now); err != nil {
			return s, err
		}
		residual := 0.0
		for i := range now {
			residual = max(residual, math.Abs(now[i]-v[i]))
		}
		s.Residual = residual
		s.Error = (g.Discount*residual + worst) / (1 - g.Discount)
		if s.Error <= tolerance {
			s.Status = equilibria.Converged
			break
		}
		size := 0.0
		for _, x := range now {
			size = max(size, math.Abs(x))
		}
		// Temperatures far above the values make worst, and with it their rounding, that
		// of what they weigh.
		hopeless := worst > tolerance*(1-g.Discount)
		if residual > 0x1p-51*size && !(hopeless && residual <= worst) {
			still = 0
		} else if still++; still == mostStill {
			break // what the error is more than that is rounding
		}
		copy(v, now)
		// An evaluation that does not lead on is followed by plain sweeps until
		// the residual is below what it was.
		if residual < best {
			best = residual * .9
			copy(v, g.RegularisedValue(s.Policy, bonus, v))
		}
	}
	s.restore(whole, scale)
	return s, nil
}

// mostStill is how many sweeps may change nothing but the last bits.
const mostStill = 4

// restore turns what was found in the unit of g into its rewards.
func (s *Solution) restore(g *markov.Game, scale flat.Scale) {
	s.Residual, s.Error = scale.Up(s.Residual), scale.Up(s.Error)
	for i, x := range s.Off {
		s.Off[i] = scale.Up(x)
	}
	for h, row := range s.Value {
		for i, v := range row {
			if row[i] = scale.Up(v); scale.Shift != 0 {
				row[i] += scale.Shift * g.Total(h)
			}
		}
	}
}
