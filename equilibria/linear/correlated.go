package linear

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/mat"

	"arbiter/equilibria"
	"arbiter/equilibria/exact"
	"arbiter/lp"
)

// Correlated is a correlated or coarse correlated equilibrium.
type Correlated struct {
	Joint  []float64 // probabilities of profiles, row-major, last player fastest
	Values []float64 // expected payoff per player
	// Gains are what each player can gain by deviating, as measured.
	Gains []float64
	// Entropy of Joint, in nats.
	Entropy    float64
	Iterations int // pivots, or Newton steps for entropy
	// Gap is how far the objective can be from the best: measured for entropy by
	// the dual, for linear objectives by the dual programme.
	Gap float64
}

// mostIncentives bounds the entries of the incentive constraints: 30×30 strategies
// fit.
const mostIncentives = 2_000_000

// deviation is an incentive constraint: the gain of a player who does other when
// told told (-1: whatever was told).
type deviation struct{ player, told, other int }

// SolveCorrelated computes the correlated equilibrium, or the coarse one, that is
// best by an objective: welfare, min-welfare (the least sum of payoffs), entropy, or
// player0, player1, … (the most for one player). Objectives weigh the payoffs of
// every player with its unit; nil: as they are.
func SolveCorrelated(ctx context.Context, n *exact.Normal, coarse bool, objective string, units []float64) (Correlated, error) {
	if units == nil {
		units = slices.Repeat([]float64{1}, len(n.Shape))
	}
	seat := -1
	if text, ok := strings.CutPrefix(objective, "player"); ok {
		k, err := strconv.Atoi(text)
		if err != nil || k < 0 || k >= len(n.Shape) {
			return Correlated{}, fmt.Errorf("objective: found %q, expected player0 to player%d", objective, len(n.Shape)-1)
		}
		seat = k
	} else if objective != "welfare" && objective != "min-welfare" && objective != "entropy" {
		return Correlated{}, fmt.Errorf("objective: found %q, expected welfare, min-welfare, entropy or player0 to player%d", objective, len(n.Shape)-1)
	}
	var all []deviation
	for k, m := range n.Shape {
		for other := range m {
			if coarse {
				all = append(all, deviation{k, -1, other})
				continue
			}
			for told := range m {
				if told != other {
					all = append(all, deviation{k, told, other})
				}
			}
		}
	}
	u, scales := n.Scaled()
	weight := make([]float64, len(scales)) // in objectives
	scale := 0.0
	for k := range scales {
		weight[k] = scales[k] * units[k]
		scale = max(scale, weight[k])
	}
	cells := len(u[0])
	if size := float64(cells) * float64(len(all)+1); size > mostIncentives {
		return Correlated{}, fmt.Errorf("%s: %d profiles and %d incentive constraints, %.1e entries, of which %.0e fit: %w; use --solver cce, whose constraints are fewer, or a learner", n.Name, cells, len(all), size, float64(mostIncentives), equilibria.ErrTooLarge)
	}
	gains := deviationsOf(n, u, all)
	if objective == "entropy" {
		joint, gap, iterations, err := maxEntropy(ctx, gains, cells)
		if err != nil {
			return Correlated{}, err
		}
		c := measure(n, joint, u, all, gains, scales)
		c.Gap, c.Iterations = gap, iterations
		return c, nil
	}
	p := lp.Problem{Cost: make([]float64, cells)}
	sum := lp.Row{Relation: lp.Equal, Right: 1}
	for s := range cells {
		sum.Index, sum.Value = append(sum.Index, s), append(sum.Value, 1)
		for k := range u {
			switch {
			case objective == "min-welfare":
				p.Cost[s] += u[k][s] * (weight[k] / scale)
			case seat == k:
				p.Cost[s] -= u[k][s]
			case seat < 0:
				p.Cost[s] -= u[k][s] * (weight[k] / scale)
			}
		}
	}
	// Constants do not matter, and rounding is not to be optimised.
	least := slices.Min(p.Cost)
	for s := range p.Cost {
		if p.Cost[s] -= least; p.Cost[s] < 1e-13 {
			p.Cost[s] = 0
		}
	}
	p.Rows = append(p.Rows, sum)
	for _, g := range gains {
		r := lp.Row{Relation: lp.AtMost}
		for s, x := range g {
			if x != 0 {
				r.Index, r.Value = append(r.Index, s), append(r.Value, x)
			}
		}
		if len(r.Index) > 0 {
			p.Rows = append(p.Rows, r)
		}
	}
	found, err := lp.Solve(ctx, p, 0)
	if err != nil {
		return Correlated{}, err
	}
	total := 0.0
	for _, x := range found.X {
		total += x
	}
	for s := range found.X {
		found.X[s] /= total
	}
	c := measure(n, found.X, u, all, gains, scales)
	if seat >= 0 {
		scale = weight[seat]
	}
	c.Gap, c.Iterations = found.Error*scale, found.Pivots
	return c, nil
}

// deviationsOf are the gains of each deviation at each profile.
func deviationsOf(n *exact.Normal, u [][]float64, all []deviation) [][]float64 {
	stride := make([]int, len(n.Shape))
	for k, at := len(n.Shape)-1, 1; k >= 0; k-- {
		stride[k] = at
		at *= n.Shape[k]
	}
	out := make([][]float64, len(all))
	for c, d := range all {
		g := make([]float64, len(u[0]))
		for s := range g {
			own := s / stride[d.player] % n.Shape[d.player]
			if d.told < 0 || d.told == own {
				g[s] = u[d.player][s+(d.other-own)*stride[d.player]] - u[d.player][s]
			}
		}
		out[c] = g
	}
	return out
}

// measure judges a distribution by the definition.
func measure(n *exact.Normal, joint []float64, u [][]float64, all []deviation, gains [][]float64, scales []float64) Correlated {
	c := Correlated{Joint: joint, Values: make([]float64, len(u)), Gains: make([]float64, len(u))}
	for k, list := range n.Payoffs {
		for s, p := range joint {
			x, _ := list[s].Float64()
			c.Values[k] += p * x
		}
	}
	for i, d := range all {
		gain := 0.0
		for s, p := range joint {
			gain += p * gains[i][s]
		}
		c.Gains[d.player] = max(c.Gains[d.player], gain*scales[d.player])
	}
	for _, p := range joint {
		if p > 0 {
			c.Entropy -= p * math.Log(p)
		}
	}
	return c
}

// maxEntropy is the distribution of maximum entropy with no gain above 0: it is
// proportional to exp(-Σ a·gain) for multipliers a ≥ 0 that minimise the log of
// its sum, a convex function, by Newton steps on the multipliers that may move.
func maxEntropy(ctx context.Context, gains [][]float64, cells int) (p []float64, gap float64, steps int, err error) {
	const (
		enough = 1e-11
		most   = 1000
	)
	m := len(gains)
	a := make([]float64, m)
	p = make([]float64, cells)
	law := func(a []float64) (logSum float64) {
		for s := range p {
			p[s] = 0
		}
		for c, x := range a {
			if x != 0 {
				for s, g := range gains[c] {
					p[s] -= x * g
				}
			}
		}
		top := math.Inf(-1)
		for _, x := range p {
			top = max(top, x)
		}
		sum := 0.0
		for s, x := range p {
			p[s] = math.Exp(x - top)
			sum += p[s]
		}
		for s := range p {
			p[s] /= sum
		}
		return top + math.Log(sum)
	}
	value := law(a)
	mean := make([]float64, m)
	// judge measures p, the law of a: by its largest gain and the gap of a.
	judge := func(a []float64) (worst, gap float64) {
		for c, g := range gains {
			mean[c] = 0
			for s, x := range g {
				mean[c] += p[s] * x
			}
			worst = max(worst, mean[c])
			gap -= a[c] * mean[c]
		}
		return worst, gap
	}
	for ; steps < most; steps++ {
		if err := ctx.Err(); err != nil {
			return nil, 0, steps, err
		}
		var worst float64
		worst, gap = judge(a)
		if worst <= enough && math.Abs(gap) <= enough {
			break
		}
		var move []int
		for c := range a {
			if a[c] > 0 || mean[c] > 0 {
				move = append(move, c)
			}
		}
		h, right := mat.NewSymDense(len(move), nil), mat.NewVecDense(len(move), nil)
		for i, c := range move {
			right.SetVec(i, mean[c])
			for j, d := range move[:i+1] {
				x := 0.0
				for s, q := range p {
					x += q * gains[c][s] * gains[d][s]
				}
				h.SetSym(i, j, x-mean[c]*mean[d])
			}
		}
		trace := 0.0
		for i := range move {
			trace += h.At(i, i)
		}
		var step mat.VecDense
		for ridge := 1e-13*trace + 1e-300; ; ridge *= 100 {
			shifted := mat.NewSymDense(len(move), nil)
			shifted.CopySym(h)
			for i := range move {
				shifted.SetSym(i, i, h.At(i, i)+ridge)
			}
			var chol mat.Cholesky
			if chol.Factorize(shifted) && chol.SolveVecTo(&step, right) == nil || ridge > 1e6 {
				break
			}
		}
		next, better := make([]float64, m), false
		for size := 1.0; size > 1e-12 && !better; size /= 2 {
			copy(next, a)
			slope := 0.0
			for i, c := range move {
				next[c] = max(0, a[c]+size*step.AtVec(i))
				slope += (next[c] - a[c]) * mean[c]
			}
			switch v := law(next); {
			case slope > 0 && v <= value-1e-4*slope:
				value, better = v, true
			case slope > 0 && slope < 1e-9 && v <= value+1e-14*(1+math.Abs(value)):
				// Where rounding hides what the value gains, the measure still shows it.
				kept := slices.Clone(mean)
				if w, g := judge(next); max(w, math.Abs(g)) < .9*max(worst, math.Abs(gap)) {
					value, better = v, true
				}
				copy(mean, kept)
			}
		}
		if !better {
			law(a)
			break
		}
		a = next
	}
	return p, math.Abs(gap), steps, nil
}
