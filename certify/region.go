package certify

import "math"

// Region is where a certificate speaks.
type Region struct {
	Shape  string    `json:"shape"`  // all, box or ball
	Norm   string    `json:"norm"`   // of Radius: l2 in the metric, max, span, …
	Centre []float64 `json:"centre"` // nil for all
	Radius float64   `json:"radius"` // +Inf for all; of a box the half width of the narrowest side
	Lower  []float64 `json:"lower"`  // of a box
	Upper  []float64 `json:"upper"`  // as long as Lower
	// Ball is the radius, in the metric, of the largest ball inside; Invariant that
	// of the starts around Centre which surely stay and converge (section 7).
	Ball      float64 `json:"ball"`
	Invariant float64 `json:"invariant"`
	// Unique tells that exactly one zero of the field lies in the ball around
	// Centre, at most Distance from it in the norm of the certificate.
	Unique   bool    `json:"unique"`
	Distance float64 `json:"distance"`
}

// Everywhere makes c, whose margin and spectrum are known, speak of all points. What
// contracts everywhere has one zero, to which all starts converge; where nothing is
// certified no start is known to.
func (c *Certificate) Everywhere(norm string) {
	inf := math.Inf(1)
	c.Region = &Region{Shape: "all", Norm: norm, Radius: inf, Ball: inf, Invariant: math.NaN(), Distance: math.NaN()}
	if c.Certified() {
		c.Region.Invariant, c.Region.Unique = inf, true
	}
}

// Band is an interval of ratios, from and to, NaN if there are none; it then is null
// in files.
type Band [2]float64

// JSON is the two ends, or null.
func (b Band) JSON() any {
	if math.IsNaN(b[0]) {
		return nil
	}
	return b[:]
}

// Eigenpair refutes: the linearisation at the equilibrium grows along Vector.
type Eigenpair struct {
	Re     float64   `json:"re"`          // of the eigenvalue
	Im     float64   `json:"im"`          // likewise
	Vector []float64 `json:"vector,list"` // real part
	// Of a constant Jacobian G the proof: sym(Metric·(G + Shift)) ≻ 0, Shift ≥ 0, and
	// Metric is negative along Direction. Else nil, and Shift NaN.
	Metric    [][]float64 `json:"metric,omitempty"`
	Direction []float64   `json:"direction,omitempty"`
	Shift     float64     `json:"shift"`
}
