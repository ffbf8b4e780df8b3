package certify

// Bound is the inequality that a row of steps rests on.
type Bound int

// The bounds. α is the margin, β the Lipschitz constant, c the cocoercivity.
const (
	FlowExp          Bound = iota + 1 // of fields, e^{-αt}
	Euler2AB                          // 2α/β²
	Euler2C                           // 2c
	RK42C                             // 2c, stage points in the region
	LinearGuide                       // 2.5/β, of quadratic games
	ExtragradientLip                  // 1/β
	OptimisticLip                     // 1/(α + √(α² + 4β²))
	EulerBlockMax                     // ρ(T(η)) < 1
	Spectral                          // of eigenvalues
	RK4Disc                           // 2rc, r half the real limit
	RK4FromEuler                      // 2c, by the Euler factor
	RK4HalfDisc                       // 2.6156/β, spectral radius
	RK4Measured                       // norm at most 1
	RegionEuler                       // 2α/β² on a region, projected
	RegionRK4                         // likewise, without projections
	RegionGuide                       // 2.5/β
	RegionMax                         // 1/max K_ii
	RegionSGN                         // 2α/β², α of the small-gain margin, β of block norms
	PointsEuler                       // 2α/β², of points
	FlowKL                            // divergence of behaviour
	EulerLogits                       // 1/max τ
	ProxKL                            // α/L_w²
	EulerProx                         // that of the prox step, as a step of logits
	EulerSimplex                      // none without a least probability
	FlowDilated                       // divergence of realisation plans
	ProxDilated                       // τ/L²
	EulerSpan                         // 1/max τ, of Markov games
	SweepMax                          // of values, V + η(TV - V)
	FlowStages                        // divergence in the game of a state
	ProxStages                        // T/L², in the game of every state
)

// bounds are the labels, with the norm a row speaks in; 0: that of the certificate, or
// none.
var bounds = []struct {
	text string
	norm Norm
}{
	FlowExp:          {"exp(-alpha t)", 0},
	Euler2AB:         {"2 alpha/beta^2", L2},
	Euler2C:          {"2c", L2},
	RK42C:            {"h < 2c", L2},
	LinearGuide:      {"2.5/beta", L2},
	ExtragradientLip: {"h < 1/beta", L2},
	OptimisticLip:    {"h <= 1/(alpha+sqrt(alpha^2+4beta^2))", L2},
	EulerBlockMax:    {"rho(T(eta)) < 1, block max norm", BlockMax},
	Spectral:         {"spectral radius < 1", L2},
	RK4Disc:          {"2 r c, r = 1.3926: norm at most 1", L2},
	RK4FromEuler:     {"h <= 2c: 3/8 + q/3 + q^2/4 + q^4/24, q the Euler factor", L2},
	RK4HalfDisc:      {"2.6156/beta: spectral radius < 1, no norm", L2},
	RK4Measured:      {"norm at most 1, measured", L2},
	RegionEuler:      {"0 < eta < 2 alpha/beta^2, l2 in the metric", L2},
	RegionRK4:        {"0 < h < 2 alpha/beta^2, stage points in the region, no projection", L2},
	RegionGuide:      {"h <= 2.5/beta", L2},
	RegionMax:        {"0 < eta <= 1/max K_ii, max norm", Max},
	RegionSGN:        {"0 < eta < 2 alpha/beta^2, alpha sgn, beta of block norms", L2},
	PointsEuler:      {"0 < eta < 2 alpha/beta^2, from points", L2},
	FlowKL:           {"V(t) ≤ e^{-αt} V(0), V = Σ w_i KL(π*_i‖π_i)", KL},
	EulerLogits:      {"logits, η ≤ 1/max τ: the span norm max_i s_i/ξ_i falls by 1-ηα, α of the span norm", Span},
	ProxKL:           {"η ≤ α/L_w²: V+ ≤ V/(1+ηα)", KL},
	EulerProx:        {"logits, η/(1+ητ) of the prox step: V+ ≤ V/(1+ηα)", KL},
	EulerSimplex:     {"simplex: needs a least probability π_min, ell_i = τ_i/π_min", 0},
	FlowDilated:      {"V(t) ≤ e^{-τt} V(0), V = B(z*,z)", DilatedKL},
	ProxDilated:      {"η ≤ τ/L²: V+ ≤ V/(1+ητ)", DilatedKL},
	EulerSpan:        {"0 < eta <= 1/max tau, span norm", Span},
	SweepMax:         {"V + η(TV - V), η ≤ 1: max norm times 1-ηα", Max},
	FlowStages:       {"stage games, values fixed: V(t) ≤ e^{-Tt} V(0), V = Σ KL(π*_i‖π_i)", KL},
	ProxStages:       {"stage games, values fixed: η ≤ T/L²: V+ ≤ V/(1+ηT)", KL},
}

// MarshalText is the bound in words or symbols, as files have it.
func (b Bound) MarshalText() ([]byte, error) {
	texts := make([]string, len(bounds))
	for i, x := range bounds {
		texts[i] = x.text
	}
	return label(texts, int(b), "bound")
}

// String is the same text.
func (b Bound) String() string { return said(b.MarshalText()) }

// Norm is what the factor of a row with this bound is of; 0: that of the certificate.
func (b Bound) Norm() Norm {
	if b < 0 || int(b) >= len(bounds) {
		return 0
	}
	return bounds[b].norm
}
