package ranking

import "math"

// LogFixation is the logarithm of the probability that one mutant with advantage
// u = alpha·Δ takes over a population of m: (1-e^-u)/(1-e^-mu), 1/m at u = 0
// (Omidshafiei et al. 2019, equation 11). The logarithm does not underflow.
func LogFixation(u float64, m int) float64 {
	if u == 0 {
		return -math.Log(float64(m))
	}
	a := math.Abs(u)
	log := logOneMinusExp(a) - logOneMinusExp(float64(m)*a)
	if u < 0 {
		log -= float64(m-1) * a
	}
	return log
}

// logOneMinusExp is ln(1-e^-a) for a > 0.
func logOneMinusExp(a float64) float64 {
	if a > math.Ln2 {
		return math.Log1p(-math.Exp(-a))
	}
	return math.Log(-math.Expm1(-a))
}

// logFixationMixed is LogFixation where fitness depends on the mix of the
// population ("population selection"): rr is the payoff of mutant against
// mutant, rs of mutant against resident, and so on.
func logFixationMixed(alpha, rr, rs, sr, ss float64, m int) float64 {
	exponent, top := 0.0, 0.0
	terms := make([]float64, 1, m)
	for p := 1; p < m; p++ {
		fp, fm := float64(p), float64(m)
		fr := ((fp-1)*rr + (fm-fp)*rs) / (fm - 1)
		fs := ((fm-fp-1)*ss + fp*sr) / (fm - 1)
		exponent -= alpha * (fr - fs)
		terms = append(terms, exponent)
		top = max(top, exponent)
	}
	sum := 0.0
	for _, t := range terms {
		sum += math.Exp(t - top)
	}
	return -top - math.Log(sum)
}
