package certify

// Margins are those of the certificates of section 5 that were worked out, NaN
// for the others. At the same weights SGN ≤ Signed ≤ TrueBlock ≤ the spectral
// abscissa.
type Margins struct {
	SGN       float64 `json:"sgn"`        // of curvatures and norms of couplings
	Signed    float64 `json:"signed"`     // that keeps signs of couplings
	TrueBlock float64 `json:"true_block"` // of the blocks as they are
	Lyapunov  float64 `json:"lyapunov"`   // of a metric of all coordinates
	BlockMax  float64 `json:"blockmax"`   // of the max norm
}

// BestMargins are the largest margins over weights, or metrics, that were found and
// proved; nil where none was sought.
type BestMargins struct {
	Signed    *Optimum  `json:"signed"`     // over weights, signs of couplings kept
	TrueBlock *Optimum  `json:"true_block"` // over weights, the blocks as they are
	Lyapunov  *Lyapunov `json:"lyapunov"`   // over metrics of all coordinates
}

// Optimum is the best margin of a kind of certificate over the weights that was
// found, as proved at Weights.
type Optimum struct {
	Margin  float64   `json:"value"`   // proved at Weights
	Weights []float64 `json:"weights"` // per block
	// Bound is a proved upper bound of the margin of all weights, NaN if none is
	// known; Dual, of true-block margins, the vectors y, in the coordinates of the
	// game, that prove it: Σ_y (y·PGy)_i ≤ Bound·Σ_y (y·Py)_i for the part of every
	// block i.
	Bound float64     `json:"bound"`
	Dual  [][]float64 `json:"dual,omitempty"`
	// Both proved; NaN where not worked out.
	Lipschitz    float64 `json:"lipschitz"`    // of the Jacobian in the metric of Weights
	Cocoercivity float64 `json:"cocoercivity"` // likewise
}

// Lyapunov is a metric of a constant Jacobian G that is not one of weighted blocks:
// sym(M G) ⪰ Margin·M. Projections on products of sets are not Euclidean in it.
type Lyapunov struct {
	Margin    float64     `json:"value"`     // proved for Metric
	Metric    [][]float64 `json:"metric"`    // M, in the coordinates of the game, symmetric
	Condition float64     `json:"condition"` // in normalised coordinates; it explodes as Margin nears the spectral abscissa
	// Both proved.
	Lipschitz    float64 `json:"lipschitz"`    // of the Jacobian in Metric
	Cocoercivity float64 `json:"cocoercivity"` // likewise
}
