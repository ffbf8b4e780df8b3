package report

import (
	"encoding/json"
	"math"
	"strings"

	"arbiter/certify"
	"arbiter/certify/trial"
)

// Certificate is a statement that play contracts, or why there is none, with all
// that is needed to check it again. Null numbers do not apply.
type Certificate struct {
	Schema      string          `json:"schema"`                // arbiter/certificate/v1
	Game        string          `json:"game"`                  // canonical spec, "" of a problem
	Problem     json.RawMessage `json:"problem,omitempty"`     // the file, compacted
	Digest      string          `json:"digest"`                // SHA-256 of Problem or of the game's data, hex
	Form        string          `json:"form"`                  // normal, agent, sequence, markov, quadratic or smooth
	Temperature []Number        `json:"temperature,omitempty"` // one per player, nil of a problem

	Certified bool   `json:"certified"` // the statement is proved
	Converges bool   `json:"converges"` // an equilibrium is proved to be in the region
	Verdict   string `json:"verdict"`   // in a word, see certify.Verdict
	Method    string `json:"method"`    // what it rests on, see certify.Method
	Concept   string `json:"concept"`   // what the zero is: nash, logit_qre, …
	Field     string `json:"field"`     // plain, natural, or what moves
	Norm      string `json:"norm"`      // of the statement: l2, span, kl or max

	Blocks   []string `json:"blocks"`   // names, one per block
	Mu       []Number `json:"mu"`       // curvature per block
	Ell      []Number `json:"ell"`      // largest singular value of own blocks
	Coupling Blocks   `json:"coupling"` // 0 on the diagonal
	Weights  []Number `json:"weights"`  // the first is 1
	Attained bool     `json:"attained"` // the best margin is one of finite weights
	Xi       []Number `json:"xi"`       // of the max norm; null: none is spoken of

	Gain     Number  `json:"gain"`     // spectral radius of diag(mu)⁻¹L
	Margin   Number  `json:"margin"`   // the certified one
	Source   string  `json:"source"`   // whose margin it is: sgn, signed, true_block, lyapunov or blockmax
	Margins  Margins `json:"margins"`  // by kind
	Supremum Number  `json:"supremum"` // of the small-gain margin over all weights
	Best     Best    `json:"best"`     // over weights and metrics

	Euclidean Number     `json:"euclidean_margin"`  // margin at unit weights
	Abscissa  Number     `json:"spectral_abscissa"` // smallest real part of an eigenvalue at the equilibrium
	Band      []Number   `json:"timescale_band"`    // ratios w₂/w₁ with a positive margin, from and to
	Bands     [][]Number `json:"bands"`             // per block: factors of its weight, from and to
	BoxFactor Number     `json:"box_factor"`        // of weights that may all be off at once

	Lipschitz    Number   `json:"lipschitz"`      // in the metric
	Cocoercivity Number   `json:"cocoercivity"`   // in the metric
	Rate         Number   `json:"rate"`           // of the flow, if certified
	EulerMax     Number   `json:"euler_max_step"` // largest step of a row whose status is theorem
	RK4Max       Number   `json:"rk4_max_step"`   // likewise of Runge-Kutta
	Steps        []Scheme `json:"steps"`          // in any metric

	Use           *Use           `json:"use"`            // null: no step is known to contract
	Noise         *Noise         `json:"noise"`          // null: nothing is said of noise
	ModelError    *ModelError    `json:"model_error"`    // null: nothing is said of errors of the model
	LearningRates *LearningRates `json:"learning_rates"` // null: nothing is said of rates of their own

	Region      *Region   `json:"region"`      // null: it speaks nowhere
	Equilibrium []Number  `json:"equilibrium"` // concatenated blocks, null if unknown
	Residual    Number    `json:"residual"`    // of Equilibrium
	Unstable    *Unstable `json:"unstable"`    // null: not refuted
	Reasons     []string  `json:"reasons"`     // of a missing certificate, or what to know about one

	Cells   int      `json:"cells"`             // of the cover
	Samples int      `json:"samples"`           // points that were looked at
	Seed    uint64   `json:"seed"`              // of the points
	Entropy *Entropy `json:"entropy,omitempty"` // of games with entropy

	Title      string      `json:"-"`                            // of the table, if it is not Game
	Dims       []int       `json:"-"`                            // numbers of Equilibrium per block; nil if unknown
	Chosen     string      `json:"temperature_chosen,omitempty"` // how the temperature was found, if it was not given
	Simulation *Simulation `json:"simulation,omitempty"`         // null: nothing was played
}

// Margins are those of the certificates that were worked out.
type Margins struct {
	SGN       Number `json:"sgn"`        // of curvatures and norms of couplings
	Signed    Number `json:"signed"`     // that keeps signs of couplings
	TrueBlock Number `json:"true_block"` // of the blocks as they are
	Lyapunov  Number `json:"lyapunov"`   // of a metric of all coordinates
	BlockMax  Number `json:"blockmax"`   // of the max norm
}

// Scheme is what is known of a discretisation.
type Scheme struct {
	Scheme string `json:"scheme"` // flow, euler, rk4 or prox
	Bound  string `json:"bound"`  // the inequality, in words or symbols
	Max    Number `json:"max"`    // largest step it speaks of; inf for the flow
	Best   Number `json:"best"`   // step of the best factor known
	Factor Number `json:"factor"` // per step at Best
	Status string `json:"status"` // theorem, asymptotic, guideline, …
	Metric string `json:"metric"` // weights: that of the certificate; true_block, lyapunov: that of best
}

// Region is where a certificate speaks.
type Region struct {
	Shape     string   `json:"shape"`     // all, box or ball
	Norm      string   `json:"norm"`      // of Radius
	Centre    []Number `json:"centre"`    // null for all
	Radius    Number   `json:"radius"`    // inf for all; of a box half the narrowest side
	Lower     []Number `json:"lower"`     // of a box
	Upper     []Number `json:"upper"`     // of a box
	Ball      Number   `json:"ball"`      // radius, in the metric, of the largest ball inside
	Invariant Number   `json:"invariant"` // likewise, of the starts that surely stay and converge
	Unique    bool     `json:"unique"`    // exactly one zero lies in the ball around Centre
	Distance  Number   `json:"distance"`  // from Centre, at most, of that zero
}

// Unstable is an eigenvalue with negative real part at the equilibrium, and the
// direction in which play leaves it.
type Unstable struct {
	Re     Number   `json:"re"`     // of the eigenvalue
	Im     Number   `json:"im"`     // likewise
	Vector []Number `json:"vector"` // real part, one number per coordinate
	// The proof, of constant Jacobians G: sym(Metric·(G + Shift)) is positive definite
	// and Metric negative along Direction.
	Metric    [][]Number `json:"metric,omitempty"`
	Direction []Number   `json:"direction,omitempty"`
	Shift     Number     `json:"shift"` // at least 0
}

// Entropy is what the certificate of an entropy-regularised game says beyond the
// common fields.
type Entropy struct {
	Temperature       []Number `json:"temperature"`        // per block
	Interaction       Blocks   `json:"interaction"`        // D_ij, see certify.Entropy
	Exact             bool     `json:"exact"`              // D are maxima up to rounding, else upper bounds
	Swayed            Blocks   `json:"swayed"`             // D_ij(w) at the weights
	Unsigned          Number   `json:"unsigned"`           // margin in the weighted span norm
	Xi                []Number `json:"xi"`                 // of that norm, per block
	UnsignedWeights   []Number `json:"unsigned_weights"`   // best of the Euclidean test
	Lipschitz         Number   `json:"lipschitz"`          // of the payoffs, for the prox step
	Optimal           bool     `json:"optimal"`            // no weights have a better signed margin
	UnsignedThreshold Number   `json:"unsigned_threshold"` // temperature above which the span norm certifies
	Threshold         Number   `json:"threshold"`          // temperature above which the signed margin does
	Primal            Primal   `json:"primal"`             // projected gradient play, up to rounding
	Distance          Number   `json:"distance"`           // from the equilibrium given to the exact one, rounded up

	// Vectors that prove the numbers, see certify.Entropy.
	Witness          []Number   `json:"witness"`
	GainWitness      []Number   `json:"gain_witness"`      // vector z, of the certificate's gain
	LipschitzWitness [][]Number `json:"lipschitz_witness"` // two vectors, of Lipschitz
}

// Primal is the Euclidean test on the simplex.
type Primal struct {
	Mu       []Number   `json:"mu"`       // per block: 2τ
	Coupling [][]Number `json:"coupling"` // upper bounds, blocks by blocks
	Margin   Number     `json:"margin"`   // at weights 1
}

// Simulation is what play did from random starts beside what is certified.
type Simulation struct {
	Seed   uint64  `json:"seed"`   // of the starts
	Holds  bool    `json:"holds"`  // all trials do
	Trials []Trial `json:"trials"` // one per scheme and measure
}

// Trial is a scheme at a step: the worst factor of all steps measured.
type Trial struct {
	Scheme    string `json:"scheme"`         // as in Scheme
	Measure   string `json:"measure"`        // what shrinks
	Step      Number `json:"step"`           // its length
	Certified Number `json:"certified"`      // factor per step
	Worst     Number `json:"worst"`          // null if no step could be measured
	Starts    int    `json:"starts"`         // random ones
	Steps     int    `json:"steps"`          // measured, over all starts
	Note      string `json:"note,omitempty"` // "" for nothing to add
}

func matrix(xs [][]float64) [][]Number {
	out := make([][]Number, len(xs))
	for i, x := range xs {
		out[i] = Numbers(x)
	}
	return out
}

// optional is nil, JSON null, for nil.
func optional(xs []float64) []Number {
	if xs == nil {
		return nil
	}
	return Numbers(xs)
}

// NewCertificate lays out c. Game, problem, digest, form and temperature are the
// caller's.
func NewCertificate(c *certify.Certificate) *Certificate {
	r := &Certificate{
		Schema: "arbiter/certificate/v1", Certified: c.Certified(), Converges: c.Converges(), Verdict: string(c.Verdict()), Method: string(c.Method),
		Concept: c.Concept, Field: c.Field, Norm: c.Norm,
		Blocks: c.Blocks, Mu: Numbers(c.Mu), Ell: Numbers(c.Ell), Coupling: Blocks{rows: matrix(c.Coupling)},
		Weights: Numbers(c.Weights), Attained: c.Attained, Xi: optional(c.Xi),
		Gain: Number(c.Gain), Margin: Number(c.Margin), Source: c.Source, Supremum: Number(c.Supremum), Best: newBest(c.Best),
		Margins: Margins{
			SGN: Number(c.Margins.SGN), Signed: Number(c.Margins.Signed), TrueBlock: Number(c.Margins.TrueBlock),
			Lyapunov: Number(c.Margins.Lyapunov), BlockMax: Number(c.Margins.BlockMax),
		},
		Euclidean: Number(c.Euclidean), Abscissa: Number(c.Abscissa), Bands: [][]Number{}, BoxFactor: Number(c.BoxFactor),
		Lipschitz: Number(c.Lipschitz), Cocoercivity: Number(c.Cocoercivity), Rate: Number(c.Rate),
		EulerMax: Number(c.EulerMax), RK4Max: Number(c.RK4Max), Steps: []Scheme{},
		Equilibrium: optional(c.Equilibrium), Residual: Number(c.Residual), Reasons: append([]string{}, c.Reasons...),
		Cells: c.Cells, Samples: c.Samples, Seed: c.Seed,
	}
	if r.Source == "" {
		switch {
		case c.Method == certify.Sampled:
			r.Source = "sgn"
		case c.Norm == "l2":
			r.Source = "true_block"
		case strings.HasPrefix(c.Norm, "kl"):
			r.Source = "signed"
		default:
			r.Source = "blockmax"
		}
	}
	if c.Method != certify.Exact {
		r.Supremum = Number(math.NaN())
	}
	if !math.IsNaN(c.Band[0]) {
		r.Band = Numbers(c.Band[:])
	}
	for _, b := range c.Bands {
		r.Bands = append(r.Bands, Numbers(b[:]))
	}
	for _, s := range c.Steps {
		r.Steps = append(r.Steps, Scheme{s.Scheme, s.Bound, Number(s.Max), Number(s.Best), Number(s.Factor), s.Status, "weights"})
	}
	r.play(c)
	if g := c.Region; g != nil {
		r.Region = &Region{
			Shape: g.Shape, Norm: g.Norm, Centre: optional(g.Centre), Radius: Number(g.Radius), Lower: optional(g.Lower), Upper: optional(g.Upper),
			Ball: Number(g.Ball), Invariant: Number(g.Invariant), Distance: Number(g.Distance),
			// What contracts everywhere has one zero.
			Unique: g.Unique || g.Shape == "all" && c.Certified(),
		}
		if g.Shape == "all" && !c.Certified() {
			r.Region.Invariant = Number(math.NaN()) // no start is known to converge
		}
	}
	if u := c.Unstable; u != nil {
		r.Unstable = &Unstable{Re: Number(u.Re), Im: Number(u.Im), Vector: Numbers(u.Vector), Metric: rows(u.Metric), Direction: optional(u.Direction), Shift: Number(u.Shift)}
		if u.Metric == nil {
			r.Unstable.Shift = Number(math.NaN())
		}
	}
	if e := c.Entropy; e != nil {
		r.Entropy = &Entropy{
			Temperature: Numbers(e.Temperature), Interaction: blocks(e.Interaction), Exact: e.Exact, Swayed: blocks(e.Swayed),
			Unsigned: Number(e.Unsigned), Xi: Numbers(e.Xi), UnsignedWeights: Numbers(e.UnsignedWeights), Lipschitz: Number(e.Lipschitz),
			Optimal: e.Optimal, UnsignedThreshold: Number(e.UnsignedThreshold), Threshold: Number(e.Threshold),
			Primal:   Primal{Numbers(e.Primal.Mu), matrix(e.Primal.Coupling), Number(e.Primal.Margin)},
			Distance: Number(e.Distance),
			Witness:  optional(e.Witness), GainWitness: optional(e.GainWitness),
		}
		if e.Witness != nil {
			r.Entropy.LipschitzWitness = matrix(e.LipschitzWitness[:])
		}
		if e.Coupling.Sparse() {
			r.Coupling = blocks(e.Coupling)
		}
	}
	return r
}

// SetSimulation adds what play did.
func (r *Certificate) SetSimulation(trials []trial.Trial, seed uint64) {
	r.Simulation = &Simulation{Seed: seed, Holds: true, Trials: []Trial{}}
	for _, t := range trials {
		r.Simulation.Holds = r.Simulation.Holds && t.Holds()
		r.Simulation.Trials = append(r.Simulation.Trials, Trial{
			t.Scheme, t.Measure, Number(t.Step), Number(t.Certified), Number(t.Worst), t.Starts, t.Steps, t.Note,
		})
	}
}
