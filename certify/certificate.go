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

import (
	"encoding/json"
	"math"
)

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

// Subject is what a certificate is about.
type Subject struct {
	Game        string          `json:"game"`                  // canonical spec, "" of a problem
	Problem     json.RawMessage `json:"problem,omitempty"`     // the file, compacted; nil of a named game
	Digest      string          `json:"digest"`                // SHA-256 of Problem or of the game's data, hex
	Form        string          `json:"form"`                  // normal, agent, sequence, markov, soft-shapley, quadratic or smooth
	Temperature []float64       `json:"temperature,omitempty"` // one per player, nil of a problem
}

// Statement is what a certificate says, with all that is needed to check it again.
type Statement struct {
	Method  Method `json:"method"`  // what it rests on
	Concept string `json:"concept"` // what the zero is: nash, logit_qre, reach_weighted_agent_qre, sequence_qre, soft_qre, …
	Field   string `json:"field"`   // plain, natural, or what moves
	Norm    Norm   `json:"norm"`    // of the statement

	Blocks   []string  `json:"blocks"`       // names, one per block
	Mu       []float64 `json:"mu,list"`      // curvature per block
	Ell      []float64 `json:"ell,list"`     // largest singular value of own blocks
	Coupling Matrix    `json:"coupling"`     // L[i][j], 0 on the diagonal
	Weights  []float64 `json:"weights,list"` // Weights[0] is 1
	Attained bool      `json:"attained"`     // the best margin is one of finite weights
	Xi       []float64 `json:"xi"`           // of the max norm: |e| = max |eᵢ|/ξᵢ; nil if none is spoken of

	Gain     float64     `json:"gain"`     // spectral radius of diag(mu)⁻¹L
	Margin   float64     `json:"margin"`   // the certified one
	Source   Source      `json:"source"`   // whose margin it is
	Margins  Margins     `json:"margins"`  // by kind
	Supremum float64     `json:"supremum"` // of the small-gain margin over all weights
	Best     BestMargins `json:"best"`     // over weights and metrics

	Euclidean float64      `json:"euclidean_margin"`  // smallest eigenvalue of the symmetric Jacobian, unit weights
	Abscissa  float64      `json:"spectral_abscissa"` // smallest real part of an eigenvalue of the Jacobian at the equilibrium
	Band      Band         `json:"timescale_band"`    // ratios w₂/w₁ with positive margin
	Bands     [][2]float64 `json:"bands,list"`        // per block: factors of its weight, the others fixed, that keep the margin positive
	BoxFactor float64      `json:"box_factor"`        // of weights that may all be off at once

	Lipschitz    float64 `json:"lipschitz"`      // in the metric
	Cocoercivity float64 `json:"cocoercivity"`   // in the metric
	Rate         float64 `json:"rate"`           // of the flow, if certified: the best proved margin
	EulerMax     float64 `json:"euler_max_step"` // largest step of a row whose status is theorem
	RK4Max       float64 `json:"rk4_max_step"`   // as EulerMax, of the Runge-Kutta scheme
	Steps        []Step  `json:"steps,list"`     // in the metric of Source, then in others that prove a better rate

	Use        *Use        `json:"use"`            // nil if no step is known to contract
	Noise      *Noise      `json:"noise"`          // as the next two, of quadratic games that are certified
	ModelError *ModelError `json:"model_error"`    // what a wrong model costs; as Noise
	Rates      *Rates      `json:"learning_rates"` // learning rates of the players; as Noise

	Region      *Region    `json:"region"`       // where it speaks, nil if nowhere
	Equilibrium []float64  `json:"equilibrium"`  // concatenated blocks, nil if unknown
	Residual    float64    `json:"residual"`     // of Equilibrium
	Unstable    *Eigenpair `json:"unstable"`     // nil if not refuted
	Reasons     []string   `json:"reasons,list"` // of a missing certificate, or what to know about one

	Cells   int      `json:"cells"`             // of the cover
	Samples int      `json:"samples"`           // points that were looked at
	Seed    uint64   `json:"seed"`              // of the points
	Lattice *Lattice `json:"-"`                 // of method GridLipschitz, else nil
	Entropy *Entropy `json:"entropy,omitempty"` // of entropy-regularised games, else nil
	Stages  *Stages  `json:"stages,omitempty"`  // of the form soft-shapley, else nil

	Dims       []int       `json:"-"`                            // numbers of Equilibrium per block; nil if unknown
	Chosen     string      `json:"temperature_chosen,omitempty"` // how the temperature was found, if it was not given
	Simulation *Simulation `json:"simulation,omitempty"`         // nil: nothing was played

	Witnesses *Witnesses `json:"witnesses,omitempty"` // nil: there are none, and only verify/search can check it
}

// Certificate is a statement of contraction, or the reasons why there is none. It is
// what builders fill, pages lay out and files hold: one type. Slices belong to it.
// Numbers that do not apply are NaN, which is written as null.
type Certificate struct {
	Subject
	Statement
}

// Schema names the format of the file.
const Schema = "arbiter/certificate/v1"

// New is a certificate in which no number says anything.
func New() *Certificate {
	nan := math.NaN()
	return &Certificate{Statement: Statement{
		Gain: nan, Margin: nan, Margins: Margins{nan, nan, nan, nan, nan}, Supremum: nan,
		Euclidean: nan, Abscissa: nan, Band: Band{nan, nan}, BoxFactor: nan,
		Lipschitz: nan, Cocoercivity: nan, Rate: nan, EulerMax: nan, RK4Max: nan, Residual: nan,
	}}
}

// File is a certificate as it is written: with what it says of itself, which is worked
// out from the rest.
type File struct {
	Schema string `json:"schema"` // Schema, the format
	Subject
	Certified bool    `json:"certified"` // the statement is proved
	Converges bool    `json:"converges"` // an equilibrium is proved to be in the region
	Verdict   Verdict `json:"verdict"`   // in a word
	Statement
}

// JSON is the File of c.
func (c *Certificate) JSON() any {
	return File{Schema, c.Subject, c.Certified(), c.Converges(), c.Verdict(), c.Statement}
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
