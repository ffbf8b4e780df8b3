package smallgain

import "arbiter/internal/interval"

// steps are the rows of section 6 that follow from the bounds of all cells
// together, and not from the margin of each: the paper's Euler row, from the
// small-gain margin sgn at weights and the norm of the blocks, and that of T(η) in
// a block max norm, whose proof takes own blocks to be symmetric; of one
// coordinate each (scalar) they are, of more if they are Hessians of costs.
func (b *bounds) steps(sgn float64, weights []float64, scalar bool) []Step {
	var out []Step
	if beta := b.blockBeta(weights); sgn > 0 && beta > 0 && finite(beta) {
		a, h := interval.Point(sgn), interval.Point(beta)
		best := a.Div(h.Sqr()).Lo
		out = append(out, Step{"euler", "0 < eta < 2 alpha/beta^2, alpha sgn, beta of block norms", 2 * best, best,
			interval.Point(1).Sub(a.Div(h).Sqr()).Sqrt().Hi, isTheorem})
	}
	most, best, _ := blockMax(b.mu, b.ell, b.l)
	if !(best > 0) {
		return out
	}
	// blockMax is right to rounding only. A margin proved at a step is one of all
	// smaller steps, with the same ξ.
	for short := 1e-12; short < 1e-9; short *= 8 {
		longest := most * (1 - short)
		if !(b.transition(longest) < 1) {
			continue
		}
		status := isTheorem
		if !scalar {
			status = "theorem if own blocks are symmetric"
		}
		best = min(best, longest)
		return append(out, Step{"euler", "rho(T(eta)) < 1, block max norm", longest, best, b.transition(best), status})
	}
	return out
}

// transition is a proved upper bound of ρ(T(η)) = 1 - η s (section 5), s the best
// margin of the curvatures min(mu, 2/η - ell) in a max norm.
func (b *bounds) transition(eta float64) float64 {
	m := make([]float64, len(b.mu))
	for i := range m {
		m[i] = min(b.mu[i], interval.Point(2).Div(interval.Point(eta)).Sub(interval.Point(b.ell[i])).Lo)
	}
	s := lowerMaxMargin(bestWeights(m, b.l).Xi, m, b.l)
	return interval.Point(1).Sub(interval.Point(eta).Scale(s)).Hi
}
