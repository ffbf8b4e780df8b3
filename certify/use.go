package certify

// Step is what is known of a discretisation.
type Step struct {
	Scheme Scheme  `json:"scheme"` // how play moves
	Bound  Bound   `json:"bound"`  // the inequality
	Max    float64 `json:"max"`    // largest step it speaks of; +Inf for the flow; NaN if it does not apply
	Best   float64 `json:"best"`   // step of the best factor known, NaN if none
	Factor float64 `json:"factor"` // per step at Best, in the norm of the certificate; NaN if none is claimed
	Status Status  `json:"status"` // what Bound is worth
	Metric Metric  `json:"metric"` // that it speaks of
}

// StepsIn are the rows that speak of metric m.
func (c *Certificate) StepsIn(m Metric) []Step {
	var rows []Step
	for _, s := range c.Steps {
		if s.Metric == m {
			rows = append(rows, s)
		}
	}
	return rows
}

// Use is the step that a certificate advises: of the theorems, the one that shrinks
// the most per gradient that is worked out.
type Use struct {
	Scheme Scheme  `json:"scheme"` // as in Step
	Step   float64 `json:"step"`   // its length
	Factor float64 `json:"factor"` // per step, in the norm of Metric
	Metric Metric  `json:"metric"` // as in Step
	Bound  Bound   `json:"bound"`  // of the row
}

// Noise says where play ends whose gradients have an error of mean zero and, in the
// metric, E|error|² ≤ σ²: in the long run E|x - x*|² ≤ (PerNoise·σ)². Of Euler's
// step h and factor q, x⁺ - x* = T(x) - x* - h·error, so that
// E|x⁺ - x*|² ≤ q² E|x - x*|² + h²σ²: PerNoise = h/√(1 - q²).
type Noise struct {
	Scheme   Scheme  `json:"scheme"`    // Euler
	Step     float64 `json:"step"`      // its length
	PerNoise float64 `json:"per_noise"` // per unit of σ
	Metric   Metric  `json:"metric"`    // as in Use
}

// ModelError says what a wrong model costs, in the metric of the rate α. Zeros of
// fields that differ by at most ε lie within Distance·ε: strong monotonicity between
// them, α|x - y|² ≤ <G(x) - G(y), x - y> ≤ ε|x - y|. A Jacobian off by a norm below
// Jacobian still contracts: the margin falls by that norm at most.
type ModelError struct {
	Distance float64 `json:"distance"` // 1/α, rounded up
	Jacobian float64 `json:"jacobian"` // α
	Metric   Metric  `json:"metric"`   // as in Use
}

// Rates are the learning rates of their own that players may have, x_i' = -s_i G_i.
// In the metric w_i/s_i the symmetric part of the weighted Jacobian is what it was:
// any rates do, with a margin of at least that of the weights times the least of
// them. In a metric that is not one of blocks, those of two players may have the
// ratios s_2/s_1 from Low to High, for which the inequality was proved.
type Rates struct {
	Low  float64 `json:"low"`  // ratio, at least 0
	High float64 `json:"high"` // ratio, +Inf: any
	Rate float64 `json:"rate"` // times the least rate; NaN in a metric that is not one of blocks
}
