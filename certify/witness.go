package certify

// Witnesses are what numbers of a certificate are checked at that the rest of it does
// not hold: certify/verify decides an inequality for each and looks for nothing. Nil of
// what has none. Of games with entropy there are none: those of Entropy, and Xi of Markov
// games, are all.
type Witnesses struct {
	// Signed[i][j] bounds ‖w_i K_ij + w_j K_ji'‖ from above, j < i, at the weights of
	// the certificate, BestSigned at those of the best signed margin.
	Signed     [][]float64 `json:"signed,omitempty"`
	BestSigned [][]float64 `json:"best_signed,omitempty"` // as Signed
	// Of B = diag(mu) - L: B y ≥ supremum·y, and of the gain gain·mu y ≥ L y.
	Supremum []Class `json:"supremum,omitempty"`
	Gain     []Class `json:"gain,omitempty"` // see Supremum
	// Of T(η) of the block max norm, at the largest step and at the best: T y ≤ y,
	// and T y ≤ factor·y.
	EulerMost []Class `json:"euler_most,omitempty"`
	EulerBest []Class `json:"euler_best,omitempty"` // see EulerMost
}

// Class is a set of blocks that sway one another, with a positive vector. Lists of them
// hold every block once, and none is swayed by a class after its own.
type Class struct {
	Blocks []int     `json:"blocks"` // numbers of blocks
	Vector []float64 `json:"vector"` // as long as Blocks, above 0
}
