package certify

// StepIn is a row of steps in a metric of its own.
type StepIn struct {
	Step
	Metric string // true_block or lyapunov, whose metric is that of Best
}

// Use is the step that a certificate advises: of the theorems, the one that shrinks
// the most per gradient that is worked out.
type Use struct {
	Scheme string  // as in Step
	Step   float64 // its length
	Factor float64 // per step, in the norm of Metric
	Metric string  // weights, true_block or lyapunov
	Bound  string  // of the row
}

// Noise says where play ends whose gradients have an error of mean zero and, in the
// metric, E|error|² ≤ σ²: in the long run E|x - x*|² ≤ (PerNoise·σ)². Of Euler's
// step h and factor q, x⁺ - x* = T(x) - x* - h·error, so that
// E|x⁺ - x*|² ≤ q² E|x - x*|² + h²σ²: PerNoise = h/√(1 - q²).
type Noise struct {
	Step     float64 // its length
	PerNoise float64
	Metric   string // as in Use
}

// ModelError says what a wrong model costs, in the metric of the rate α. Zeros of
// fields that differ by at most ε lie within Distance·ε: strong monotonicity between
// them, α|x - y|² ≤ <G(x) - G(y), x - y> ≤ ε|x - y|. A Jacobian off by a norm below
// Jacobian still contracts: the margin falls by that norm at most.
type ModelError struct {
	Distance float64 // 1/α, rounded up
	Jacobian float64 // α
	Metric   string  // as in Use
}

// Rates are the learning rates of their own that players may have, x_i' = -s_i G_i.
// In the metric w_i/s_i the symmetric part of the weighted Jacobian is what it was:
// any rates do, with a margin of at least that of the weights times the least of
// them. In a metric that is not one of blocks, those of two players may have the
// ratios s_2/s_1 from Low to High, for which the inequality was proved.
type Rates struct {
	Low, High float64
	Rate      float64 // times the least rate; NaN in a metric that is not one of blocks
}
