package certify

// Lyapunov is a metric of a constant Jacobian G that is not one of weighted blocks:
// sym(M G) ⪰ Margin·M. Projections on products of sets are not Euclidean in it.
type Lyapunov struct {
	Margin    float64     // proved for Metric
	Metric    [][]float64 // M, in the coordinates of the game, symmetric
	Condition float64     // in normalised coordinates; it explodes as Margin nears the spectral abscissa
	// In the metric, proved.
	Lipschitz, Cocoercivity float64
}

// Optimum is the best margin of a kind of certificate over the weights that was
// found, as proved at Weights.
type Optimum struct {
	Margin  float64 // proved at Weights; of the next type at Metric
	Weights []float64
	// Bound is a proved upper bound of the margin of all weights, NaN if none is
	// known; Dual, of true-block margins, the vectors y, in the coordinates of the
	// game, that prove it: Σ_y (y·PGy)_i ≤ Bound·Σ_y (y·Py)_i for the part of every
	// block i.
	Bound float64
	Dual  [][]float64
	// Of the Jacobian in the metric of Weights, proved; NaN where not worked out.
	Lipschitz, Cocoercivity float64
}

// BestMargins are the largest margins over weights, or metrics, that were found and
// proved; nil where none was sought.
type BestMargins struct {
	Signed, TrueBlock *Optimum  // that keeps signs of couplings, and the exact one of weighted blocks
	Lyapunov          *Lyapunov // of metrics of all coordinates
}
