package enclose

import (
	"arbiter/certify"
	"arbiter/certify/smallgain"
	"arbiter/internal/interval"
)

// steps are the rows of section 6 that follow from the bounds of all cells
// together, and not from the margin of each: the paper's Euler row, from the
// small-gain margin sgn at weights and the norm of the blocks, and that of T(η) in
// a block max norm, whose proof takes own blocks to be symmetric; of one
// coordinate each (scalar) they are, of more if they are Hessians of costs.
func (b *Bounds) steps(sgn float64, weights []float64, scalar bool) []certify.Step {
	var out []certify.Step
	if beta := b.blockBeta(weights); sgn > 0 && beta > 0 && smallgain.Finite(beta) {
		a, h := interval.Point(sgn), interval.Point(beta)
		best := a.Div(h.Sqr()).Lo
		out = append(out, certify.Step{Scheme: certify.Euler, Bound: certify.RegionSGN, Max: 2 * best, Best: best,
			Factor: interval.Point(1).Sub(a.Div(h).Sqr()).Sqrt().Hi, Status: certify.Theorem})
	}
	most, best, _ := smallgain.BlockMax(b.Mu, b.Ell, b.L)
	if !(best > 0) {
		return out
	}
	// smallgain.BlockMax is right to rounding only. A margin proved at a step is one of all
	// smaller steps, with the same ξ.
	for short := 1e-12; short < 1e-9; short *= 8 {
		longest := most * (1 - short)
		if !(b.transition(longest) < 1) {
			continue
		}
		status := certify.Theorem
		if !scalar {
			status = certify.SymmetricTheorem
		}
		best = min(best, longest)
		return append(out, certify.Step{Scheme: certify.Euler, Bound: certify.EulerBlockMax, Max: longest, Best: best, Factor: b.transition(best), Status: status})
	}
	return out
}

// transition is a proved upper bound of ρ(T(η)) = 1 - η s (section 5), s the best
// margin of the curvatures min(mu, 2/η - ell) in a max norm.
func (b *Bounds) transition(eta float64) float64 {
	m := make([]float64, len(b.Mu))
	for i := range m {
		m[i] = min(b.Mu[i], interval.Point(2).Div(interval.Point(eta)).Sub(interval.Point(b.Ell[i])).Lo)
	}
	s := smallgain.LowerMaxMargin(smallgain.BestWeights(m, b.L).Xi, m, b.L)
	return interval.Point(1).Sub(interval.Point(eta).Scale(s)).Hi
}
