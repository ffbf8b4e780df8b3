package certify

// Entropy is what a certificate of an entropy-regularised game says beyond the
// common fields. Numbers that do not apply are NaN.
type Entropy struct {
	Temperature []float64 `json:"temperature,list"` // per block
	// Interaction[i][j] is D_ij: by how much block j can sway the comparison of two
	// actions of block i, the largest |B_ab - B_a'b - B_ab' + B_a'b'| over the
	// actions and the pure profiles of the other blocks, B = ∂q_i/∂π_j. Couplings of
	// the certificate are the D_ij/4.
	Interaction Matrix `json:"interaction"`
	// Exact tells whether all of them are these maxima up to rounding, or upper
	// bounds.
	Exact bool `json:"exact"`
	// Swayed[i][j] is D_ij(w), of w_i B + w_j B', at the weights of the certificate.
	Swayed Matrix `json:"swayed"`
	// Unsigned is the margin in the weighted span norm max_i s_i/Xi[i] of logits,
	// s = half the range; UnsignedWeights are the best of the Euclidean test with
	// the same constants.
	Unsigned        float64   `json:"unsigned"`
	Xi              []float64 `json:"xi,list"`
	UnsignedWeights []float64 `json:"unsigned_weights,list"`
	// Lipschitz is L_w of the payoffs, for the prox step.
	Lipschitz float64 `json:"lipschitz"`
	// Optimal tells that no weights have a better signed margin (within 1e-9 of it),
	// up to rounding.
	Optimal bool `json:"optimal"`
	// UnsignedThreshold and Threshold are temperatures, the same for all blocks,
	// above which the span norm and the signed margin certify.
	UnsignedThreshold float64 `json:"unsigned_threshold"`
	Threshold         float64 `json:"threshold"`
	// Primal is the Euclidean test on the simplex, up to rounding.
	Primal Primal `json:"primal"`
	// Distance bounds sqrt(Σ w_i |π_i - π*_i|₁²) of the equilibrium given from the
	// exact one, rounded up.
	Distance float64 `json:"distance"`
	// Witness is y > 0 with 2 w_i (τ_i - margin) y_i ≥ Σ_j D_ij(w) y_j/4, GainWitness z
	// with gain τ_i z_i ≥ Σ_j D_ij z_j/4, and LipschitzWitness the two vectors of
	// Lipschitz: what proves the numbers, exactly as they are written. Nil where no
	// vectors are needed.
	Witness          []float64   `json:"witness"`
	GainWitness      []float64   `json:"gain_witness"`
	LipschitzWitness [][]float64 `json:"lipschitz_witness"`
}

// Primal is projected gradient play on the simplex: curvature 2τ, couplings
// ‖Π A_ij Π‖₂. Its steps need a least probability.
type Primal struct {
	Mu       []float64   `json:"mu,list"`       // per block: 2τ
	Coupling [][]float64 `json:"coupling,list"` // upper bounds, blocks by blocks
	Margin   float64     `json:"margin"`        // at weights 1
}

// Lattice is what a certificate of method GridLipschitz rests on.
type Lattice struct {
	Points int     // per axis
	Slope  float64 // proved bound of |∂²Gᵢ/∂xⱼ∂xₖ| on the region, all i, j, k
}
