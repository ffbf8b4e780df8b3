package equilibria

import (
	"context"
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"arbiter/games/markov"
)

// Regulariser is what a soft solver adds to rewards.
type Regulariser string

const (
	Entropy Regulariser = "entropy" // temperature times the entropy of the mixture
	KL      Regulariser = "kl"      // minus temperature times its divergence from even play
)

// Shapley is a solution of a zero-sum Markov game.
type Shapley struct {
	Policy     markov.Policy
	Value      [][]float64 // of player 0, [step][state]; with the regulariser if there is one
	Iterations int         // sweeps over all states
	// Residual is the change that one more sweep makes, Error a bound on the
	// distance of Value from the exact one: Residual·discount/(1-discount) plus
	// the rounding of stage games.
	Residual, Error float64
	Status          Status
}

// ErrMarkovZeroSum says that a solver is for zero-sum Markov games.
var ErrMarkovZeroSum = errors.New("expected two players whose rewards sum to 0")

// SolveShapley computes the values and optimal policies of a zero-sum Markov game:
// with a horizon by backward induction, else by Shapley's iteration (1953), each
// sweep followed by the evaluation of its policies (Pollatschek and Avi-Itzhak
// 1969) as long as that brings the residual down. It ends when Error is at most
// tolerance or after so many sweeps.
func SolveShapley(ctx context.Context, g *markov.Game, limits Limits) (Shapley, error) {
	games := make([]matrixGame, len(g.States))
	return solveShapley(ctx, g, limits, func(s int, q [][]float64, x, y []float64) (float64, error) {
		return games[s].solve(ctx, q, x, y)
	}, nil)
}

// SolveSoft computes the unique soft equilibrium of a zero-sum Markov game: each
// state's value is the saddle of xᵀQy plus what the regulariser gives player 0 and
// takes for player 1, at positive temperatures of the players, and so is part of
// the values before it.
func SolveSoft(ctx context.Context, g *markov.Game, temperature [2]float64, regulariser Regulariser, limits Limits) (Shapley, error) {
	for k, t := range temperature {
		if !(t > 0) || math.IsInf(t, 1) {
			return Shapley{}, fmt.Errorf("temperature %d: found %g, expected a positive number", k, t)
		}
	}
	if regulariser != Entropy && regulariser != KL {
		return Shapley{}, fmt.Errorf("regulariser: found %q, expected %s or %s", regulariser, KL, Entropy)
	}
	games := make([]softGame, len(g.States))
	bonus := func(x, y []float64) float64 {
		hx, hy := entropy(x), entropy(y)
		if regulariser == KL {
			hx, hy = hx-math.Log(float64(len(x))), hy-math.Log(float64(len(y)))
		}
		return temperature[0]*hx - temperature[1]*hy
	}
	return solveShapley(ctx, g, limits, func(s int, q [][]float64, x, y []float64) (float64, error) {
		if err := games[s].solve(q, temperature, x, y); err != nil {
			return 0, fmt.Errorf("state %s: %w", g.States[s], err)
		}
		v := bonus(x, y)
		for i, line := range q {
			for j, u := range line {
				v += x[i] * y[j] * u
			}
		}
		return v, nil
	}, bonus)
}

func entropy(p []float64) (h float64) {
	for _, x := range p {
		if x > 0 {
			h -= x * math.Log(x)
		}
	}
	return h
}

// stage solves a stage game q, writing the mixtures.
type stage func(state int, q [][]float64, x, y []float64) (float64, error)

func solveShapley(ctx context.Context, g *markov.Game, limits Limits, solve stage, bonus func(x, y []float64) float64) (Shapley, error) {
	if err := limits.Check(); err != nil {
		return Shapley{}, err
	}
	if !g.ZeroSum() {
		return Shapley{}, fmt.Errorf("%s: %w", g.Name, ErrMarkovZeroSum)
	}
	n := len(g.States)
	s := Shapley{Policy: g.Uniform(), Status: Converged}
	qs := make([][][]float64, n)
	for i := range qs {
		qs[i] = make([][]float64, g.Actions[0][i])
		for a := range qs[i] {
			qs[i][a] = make([]float64, g.Actions[1][i])
		}
	}
	// sweep writes T of next, with policies, for a step.
	sweep := func(step int, next, now []float64) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		s.Iterations++
		for i := range now {
			g.Stage(0, step, i, next, qs[i])
			at := step*n + i
			v, err := solve(i, qs[i], s.Policy[0][at], s.Policy[1][at])
			if err != nil {
				return err
			}
			now[i] = v
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
		}
		return s, nil
	}
	v, now := make([]float64, n), make([]float64, n)
	s.Value, s.Residual, s.Error = [][]float64{now}, math.Inf(1), math.Inf(1)
	s.Status = AtLimit
	best := math.Inf(1) // residual by which evaluations are judged
	for s.Iterations < limits.Iterations {
		if err := sweep(0, v, now); err != nil {
			return s, err
		}
		residual, size := 0.0, 1.0
		for i := range now {
			residual = max(residual, math.Abs(now[i]-v[i]))
			size = max(size, math.Abs(now[i]))
		}
		// Stage values are right to a few roundings of their size.
		s.Residual = residual
		s.Error = (g.Discount*residual + 8*0x1p-53*size) / (1 - g.Discount)
		if s.Error <= limits.Tolerance {
			s.Status = Converged
			return s, nil
		}
		copy(v, now)
		// An evaluation that does not lead on is followed by plain sweeps until
		// the residual is below what it was.
		if residual < best {
			best = residual * .9
			copy(v, g.RegularisedValue(s.Policy, bonus, v))
		}
	}
	return s, nil
}

// softGame solves soft matrix games of one shape one after the other: the logits
// of the column player solve w + Qᵀ·softmax(Q·softmax(w)/t₀)/t₁ = 0. Its Jacobian is
// the identity plus a product of two positive semidefinite matrices, so it is
// never singular and damped Newton steps converge from anywhere.
type softGame struct{ w []float64 }

var errSoft = errors.New("the soft stage game was not solved to rounding; use a higher temperature")

func (g *softGame) solve(q [][]float64, t [2]float64, x, y []float64) error {
	m, n := len(x), len(y)
	if g.w == nil {
		g.w = make([]float64, n)
	}
	residual := func(w, out []float64) float64 {
		softmax(w, 1, y)
		logits := make([]float64, m)
		for i, line := range q {
			for j, p := range y {
				logits[i] += line[j] * p
			}
		}
		softmax(logits, 1/t[0], x)
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

// softmax writes exp(scale·logits), normalised.
func softmax(logits []float64, scale float64, p []float64) {
	top := math.Inf(-1)
	for _, l := range logits {
		top = max(top, l)
	}
	sum := 0.0
	for i, l := range logits {
		p[i] = math.Exp(scale * (l - top))
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
}
