// Package certify is the certificate of contraction as data (Small-Gain Nash, Sharma,
// arXiv 2512.06791): in this weighted metric, on this region, gradient play of a
// differentiable game contracts at this rate for step sizes up to this one. It also
// says precisely why no such statement can be made. Players minimise; x is the vector
// of all blocks, one per player or information set.
//
// The rooms below build certificates: gate and smallgain from constants to proved
// margins, quadratic of constant Jacobians, enclose over boxes, smooth of formulas,
// softmarkov and entropic of games with entropy. fit chooses among these by the
// kind of game, trial plays by them, verify checks them by other code.
package certify

// Method is what a certificate rests on, from best to none: the ladder of
// honesty.
type Method string

const (
	Exact         Method = "exact"          // constant Jacobian, right up to rounding
	Analytic      Method = "analytic"       // bounds in closed form
	Interval      Method = "interval"       // enclosures over cells, rounded outward
	GridLipschitz Method = "grid+lipschitz" // values at points and a proven bound between them
	Sampled       Method = "sampled"        // points alone: evidence, never a proof
)

// Proves tells whether what rests on m is more than evidence.
func (m Method) Proves() bool {
	switch m {
	case Exact, Analytic, Interval, GridLipschitz:
		return true
	}
	return false
}

// Verdict is a certificate in a word.
type Verdict string

const (
	Proven          Verdict = "proven"                // by bounds that rounding cannot break
	ExactToRounding Verdict = "exact up to rounding"  // of constant Jacobians
	SampledEvidence Verdict = "sampled evidence only" // no proof
	NotCertified    Verdict = "not certified"         // which is not divergence
	Refuted         Verdict = "refuted"               // an eigenvalue with negative real part at the equilibrium
)

// Step is what is known of a discretisation.
type Step struct {
	Scheme string  // flow, euler, rk4, prox
	Bound  string  // the inequality, in words or symbols
	Max    float64 // largest step it speaks of; +Inf for the flow; NaN if it does not apply
	Best   float64 // step of the best factor known, NaN if none
	Factor float64 // per step at Best, in the norm of the certificate; NaN if none is claimed
	Status string  // theorem, "theorem, constant Jacobian", asymptotic, guideline, …
}

// Margins are those of the certificates of section 5 that were worked out, NaN
// for the others. At the same weights SGN ≤ Signed ≤ TrueBlock ≤ the spectral
// abscissa.
type Margins struct {
	SGN, Signed, TrueBlock, Lyapunov, BlockMax float64 // section 5, by kind
}

// Region is where a certificate speaks.
type Region struct {
	Shape  string    // all | box | ball
	Norm   string    // of Radius: l2 in the metric, max, span, …
	Centre []float64 // nil for all
	Radius float64   // +Inf for all; of a box the half width of the narrowest side
	Lower  []float64 // of a box
	Upper  []float64 // as long as Lower
	// Ball is the radius, in the metric, of the largest ball inside; Invariant that
	// of the starts around Centre which surely stay and converge (section 7).
	Ball, Invariant float64
	// Unique tells that exactly one zero of the field lies in the ball around
	// Centre, at most Distance from it in the norm of the certificate.
	Unique   bool
	Distance float64
}

// Eigenpair refutes: the linearisation at the equilibrium grows along Vector.
type Eigenpair struct {
	Re, Im float64   // of the eigenvalue
	Vector []float64 // real part
	// Of a constant Jacobian G the proof: sym(Metric·(G + Shift)) ≻ 0, Shift ≥ 0, and
	// Metric is negative along Direction. Else nil.
	Metric    [][]float64
	Direction []float64
	Shift     float64
}

// Certificate is a statement of contraction, or the reasons why there is none.
// Slices belong to it. Numbers that do not apply are NaN.
type Certificate struct {
	Game   string // canonical name or file
	Digest string // of the game's data, SHA-256, hex

	Concept string   // what the zero is: nash, logit_qre, reach_weighted_agent_qre, sequence_qre, soft_qre, …
	Field   string   // plain, natural, or what moves
	Norm    string   // of the statement: l2, span, kl, max
	Method  Method   // what it rests on
	Blocks  []string // names, one per block

	Mu       []float64   // curvature per block
	Ell      []float64   // largest singular value of own blocks
	Coupling [][]float64 // L[i][j], 0 on the diagonal
	Weights  []float64   // Weights[0] is 1
	Attained bool        // whether the best margin is one of finite weights
	Xi       []float64   // of the max norm: |e| = max |eᵢ|/ξᵢ; nil if none is spoken of

	Gain      float64      // spectral radius of diag(mu)⁻¹L
	Margin    float64      // the certified one
	Margins   Margins      // by kind
	Euclidean float64      // smallest eigenvalue of the symmetric Jacobian, unit weights
	Abscissa  float64      // smallest real part of an eigenvalue of the Jacobian at the equilibrium
	Band      [2]float64   // ratios w₂/w₁ with positive margin; NaN, NaN if there are none or not two blocks
	Bands     [][2]float64 // per block: factors of its weight, the others fixed, that keep the margin positive
	BoxFactor float64      // of weights that may all be off at once

	Source   string      // whose margin is certified: sgn, signed, true_block, lyapunov
	Supremum float64     // of the small-gain margin over all weights
	Best     BestMargins // over weights and metrics

	Lipschitz    float64     // in the metric
	Cocoercivity float64     // in the metric
	Rate         float64     // of the flow, if certified: the best proved margin
	EulerMax     float64     // largest step of a row whose status is theorem
	RK4Max       float64     // as EulerMax, of the Runge-Kutta scheme
	Steps        []Step      // in the metric of Source
	Others       []StepIn    // steps in the metrics of Best that prove a better rate
	Use          *Use        // nil if no step is known to contract
	Noise        *Noise      // as the next two, of quadratic games that are certified
	ModelError   *ModelError // what a wrong model costs; as Noise
	Rates        *Rates      // learning rates of the players; as Noise

	Region      *Region    // where it speaks, nil if nowhere
	Equilibrium []float64  // concatenated blocks, nil if unknown
	Residual    float64    // of Equilibrium
	Unstable    *Eigenpair // nil if not refuted
	Reasons     []string   // of a missing certificate, or what to know about one

	Cells, Samples int      // of the cover; points looked at
	Seed           uint64   // of the points
	Lattice        *Lattice // of method GridLipschitz, else nil

	Entropy *Entropy // of entropy-regularised games, else nil

	Witnesses *Witnesses // nil: there are none, and only verify/search can check it
}

// Certified tells whether the statement is proved. It is worked out, never set,
// so that samples cannot certify.
func (c *Certificate) Certified() bool {
	return c.Method.Proves() && c.Margin > 0 && c.Unstable == nil
}

// Converges tells whether an equilibrium is proved to be in the region, to which
// certified play then comes.
func (c *Certificate) Converges() bool {
	return c.Certified() && c.Region != nil && (c.Region.Unique || c.Region.Shape == "all")
}

// Verdict is the certificate in a word.
func (c *Certificate) Verdict() Verdict {
	switch {
	case c.Unstable != nil:
		return Refuted
	case !(c.Margin > 0):
		return NotCertified
	case c.Method == Exact:
		return ExactToRounding
	case c.Method.Proves():
		return Proven
	}
	return SampledEvidence
}
