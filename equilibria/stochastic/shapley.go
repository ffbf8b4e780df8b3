// Package stochastic finds fixed points of Markov games as tables: values of
// zero-sum games with and without entropy (Shapley 1953), equilibria stage by stage
// from a horizon, and curves of stationary logit equilibria with their index.
package stochastic

import (
	"context"
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"arbiter/equilibria"
	"arbiter/equilibria/linear"
	"arbiter/games/flat"
	"arbiter/games/markov"
	"arbiter/internal/num"
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
	// Residual is the change that one more sweep makes, Error a bound on the
	// distance of Value from the exact one: Residual·discount plus what the values of
	// stage games can be off by, as their duality gaps and rounding tell, over
	// 1-discount; with a horizon the sum over steps of what stage games are off by.
	Residual, Error float64
	Status          equilibria.Status // AtLimit if Error is above the tolerance
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
	return solveShapley(ctx, g, limits, func(s int, q [][]float64, x, y []float64) (v, off float64, err error) {
		if v, err = games[s].Solve(ctx, q, x, y); err != nil {
			return 0, 0, err
		}
		off, size := dualityGap(q, x, y)
		return v, off + float64(len(x)+len(y)+4)*0x1p-53*size, nil
	}, nil)
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

// Soft computes the unique soft equilibrium of a zero-sum Markov game: each
// state's value is the saddle of xᵀQy plus what the regulariser gives player 0 and
// takes for player 1, at positive temperatures of the players, and so is part of
// the values before it.
func Soft(ctx context.Context, g *markov.Game, temperature [2]float64, regulariser Regulariser, limits equilibria.Limits) (Solution, error) {
	for k, t := range temperature {
		if !(t > 0) || math.IsInf(t, 1) {
			return Solution{}, fmt.Errorf("temperature %d: found %g, expected a positive number", k, t)
		}
	}
	if regulariser != Entropy && regulariser != KL {
		return Solution{}, fmt.Errorf("regulariser: found %q, expected %s or %s", regulariser, KL, Entropy)
	}
	if !g.ZeroSum() {
		return Solution{}, fmt.Errorf("%s: %w", g.Name, ErrZeroSum)
	}
	for k, scale := range g.Scales() { // temperatures are in rewards
		t := math.Ldexp(temperature[k], -scale.Exp)
		if t == 0 || math.IsInf(t, 1) {
			return Solution{}, equilibria.NoAnswerf("temperature %d: %g is too far from the range of rewards, %g, for a soft equilibrium to be told from others", k, temperature[k], scale.Range)
		}
		temperature[k] = t
	}
	games := make([]softGame, len(g.States))
	paid := func(x, y []float64) (hx, hy float64) {
		hx, hy = num.Entropy(x), num.Entropy(y)
		if regulariser == KL {
			hx, hy = hx-math.Log(float64(len(x))), hy-math.Log(float64(len(y)))
		}
		return temperature[0] * hx, temperature[1] * hy
	}
	bonus := func(x, y []float64) float64 {
		hx, hy := paid(x, y)
		return hx - hy
	}
	return solveShapley(ctx, g, limits, func(s int, q [][]float64, x, y []float64) (v, off float64, err error) {
		if err := games[s].solve(q, temperature, x, y); err != nil {
			return 0, 0, fmt.Errorf("state %s: %w", g.States[s], err)
		}
		hx, hy := paid(x, y)
		v = hx - hy
		for i, line := range q {
			for j, u := range line {
				v += x[i] * y[j] * u
			}
		}
		off = softGap(q, temperature, regulariser, x, y, hx, hy)
		return v, off, nil
	}, bonus)
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

// stage solves a stage game q, writing the mixtures; its value is right up to off.
type stage func(state int, q [][]float64, x, y []float64) (value, off float64, err error)

// solveShapley works on the unit of g; solve and bonus are in it.
func solveShapley(ctx context.Context, g *markov.Game, limits equilibria.Limits, solve stage, bonus func(x, y []float64) float64) (Solution, error) {
	if err := limits.Check(); err != nil {
		return Solution{}, err
	}
	scale, whole := g.Scales()[0], g
	g = g.Unit()
	tolerance := math.Ldexp(limits.Tolerance, -scale.Exp)
	n := len(g.States)
	s := Solution{Policy: g.Uniform(), Status: equilibria.Converged}
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
			now[i], worst = v, max(worst, off)
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
	s.Value, s.Residual, s.Error = [][]float64{now}, math.Inf(1), math.Inf(1)
	s.Status = equilibria.AtLimit
	best := math.Inf(1) // residual by which evaluations are judged
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

// restore turns what was found in the unit of g into its rewards.
func (s *Solution) restore(g *markov.Game, scale flat.Scale) {
	s.Residual, s.Error = scale.Up(s.Residual), scale.Up(s.Error)
	for h, row := range s.Value {
		for i, v := range row {
			if row[i] = scale.Up(v); scale.Shift != 0 {
				row[i] += scale.Shift * g.Total(h)
			}
		}
	}
}

// softGame solves soft matrix games of one shape one after the other: the logits
// of the column player solve w + Qᵀ·softmax(Q·softmax(w)/t₀)/t₁ = 0. Its Jacobian is
// the identity plus a product of two positive semidefinite matrices, so it is
// never singular and damped Newton steps converge from anywhere.
type softGame struct{ w []float64 }

var errSoft = equilibria.NoAnswerf("the soft stage game was not solved to rounding; use a higher temperature")

func (g *softGame) solve(q [][]float64, t [2]float64, x, y []float64) error {
	m, n := len(x), len(y)
	if g.w == nil {
		g.w = make([]float64, n)
	}
	residual := func(w, out []float64) float64 {
		num.Softmax(y, w, 1)
		logits := make([]float64, m)
		for i, line := range q {
			for j, p := range y {
				logits[i] += line[j] * p
			}
		}
		num.Softmax(x, logits, 1/t[0])
		norm := 0.0
		for j := range out {
			out[j] = w[j]
			for i, p := range x {
				out[j] += q[i][j] * p / t[1]
			}
		}
		// Logits count up to a constant; it is kept at that of the equation.
		for _, v := range out {
			norm += v * v
		}
		return math.Sqrt(norm)
	}
	f, trial, next := make([]float64, n), make([]float64, n), make([]float64, n)
	norm := residual(g.w, f)
	for range 500 {
		size := 1.0
		for _, v := range g.w {
			size = max(size, math.Abs(v))
		}
		if norm <= 0x1p-50*size {
			return nil
		}
		// qx[j] = Σ x_i q_ij; M = Qᵀ(diag x - xxᵀ)Q.
		mean := make([]float64, n)
		for i, p := range x {
			for j := range mean {
				mean[j] += p * q[i][j]
			}
		}
		jac := mat.NewDense(n, n, nil)
		row := make([]float64, n)
		for j := range n {
			for k := range n {
				row[k] = 0
				for i, p := range x {
					row[k] += p * q[i][j] * (q[i][k] - mean[k])
				}
			}
			dot := 0.0
			for k, p := range y {
				dot += row[k] * p
			}
			for k, p := range y {
				v := p * (row[k] - dot) / (t[0] * t[1])
				if j == k {
					v++
				}
				jac.Set(j, k, v)
			}
		}
		var step mat.VecDense
		if err := step.SolveVec(jac, mat.NewVecDense(n, f)); err != nil {
			var condition mat.Condition
			if !errors.As(err, &condition) {
				return errSoft
			}
		}
		better := false
		for damp := 1.0; damp > 1e-9 && !better; damp /= 2 {
			for j := range trial {
				trial[j] = g.w[j] - damp*step.AtVec(j)
			}
			if r := residual(trial, next); r < norm {
				copy(g.w, trial)
				copy(f, next)
				norm, better = r, true
			}
		}
		if !better {
			norm = residual(g.w, f)
			if norm <= 1e-10*size {
				return nil // as far as rounding goes
			}
			return errSoft
		}
	}
	return errSoft
}
