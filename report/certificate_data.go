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
	Schema      string          `json:"schema"`
	Game        string          `json:"game"`              // canonical spec, "" of a problem
	Problem     json.RawMessage `json:"problem,omitempty"` // the file, compacted
	Digest      string          `json:"digest"`            // SHA-256 of Problem or of the game's data, hex
	Form        string          `json:"form"`              // normal, agent, sequence, markov, quadratic or smooth
	Temperature []Number        `json:"temperature,omitempty"`

	Certified bool   `json:"certified"`
	Converges bool   `json:"converges"` // an equilibrium is proved to be in the region
	Verdict   string `json:"verdict"`
	Method    string `json:"method"`
	Concept   string `json:"concept"`
	Field     string `json:"field"`
	Norm      string `json:"norm"`

	Blocks   []string `json:"blocks"`
	Mu       []Number `json:"mu"`
	Ell      []Number `json:"ell"`
	Coupling Blocks   `json:"coupling"`
	Weights  []Number `json:"weights"`
	Attained bool     `json:"attained"`
	Xi       []Number `json:"xi"`

	Gain     Number  `json:"gain"`
	Margin   Number  `json:"margin"`
	Source   string  `json:"source"` // whose margin it is: sgn, signed, true_block, lyapunov or blockmax
	Margins  Margins `json:"margins"`
	Supremum Number  `json:"supremum"`
	Best     Best    `json:"best"`

	Euclidean Number     `json:"euclidean_margin"`
	Abscissa  Number     `json:"spectral_abscissa"`
	Band      []Number   `json:"timescale_band"`
	Bands     [][]Number `json:"bands"`
	BoxFactor Number     `json:"box_factor"`

	Lipschitz    Number   `json:"lipschitz"`
	Cocoercivity Number   `json:"cocoercivity"`
	Rate         Number   `json:"rate"`
	EulerMax     Number   `json:"euler_max_step"`
	RK4Max       Number   `json:"rk4_max_step"`
	Steps        []Scheme `json:"steps"`

	Use           *Use           `json:"use"`
	Noise         *Noise         `json:"noise"`
	ModelError    *ModelError    `json:"model_error"`
	LearningRates *LearningRates `json:"learning_rates"`

	Region      *Region   `json:"region"`
	Equilibrium []Number  `json:"equilibrium"`
	Residual    Number    `json:"residual"`
	Unstable    *Unstable `json:"unstable"`
	Reasons     []string  `json:"reasons"`

	Cells   int      `json:"cells"`
	Samples int      `json:"samples"`
	Seed    uint64   `json:"seed"`
	Entropy *Entropy `json:"entropy,omitempty"`

	Title      string      `json:"-"` // of the table, if it is not Game
	Dims       []int       `json:"-"` // numbers of Equilibrium per block; nil if unknown
	Chosen     string      `json:"temperature_chosen,omitempty"`
	Simulation *Simulation `json:"simulation,omitempty"`
}

// Margins are those of the certificates that were worked out.
type Margins struct {
	SGN       Number `json:"sgn"`
	Signed    Number `json:"signed"`
	TrueBlock Number `json:"true_block"`
	Lyapunov  Number `json:"lyapunov"`
	BlockMax  Number `json:"blockmax"`
}

// Scheme is what is known of a discretisation.
type Scheme struct {
	Scheme string `json:"scheme"`
	Bound  string `json:"bound"`
	Max    Number `json:"max"`
	Best   Number `json:"best"`
	Factor Number `json:"factor"`
	Status string `json:"status"`
	Metric string `json:"metric"` // weights: that of the certificate; true_block, lyapunov: that of best
}

// Region is where a certificate speaks.
type Region struct {
	Shape     string   `json:"shape"`
	Norm      string   `json:"norm"`
	Centre    []Number `json:"centre"`
	Radius    Number   `json:"radius"`
	Lower     []Number `json:"lower"`
	Upper     []Number `json:"upper"`
	Ball      Number   `json:"ball"`
	Invariant Number   `json:"invariant"`
	Unique    bool     `json:"unique"`
	Distance  Number   `json:"distance"`
}

// Unstable is an eigenvalue with negative real part at the equilibrium, and the
// direction in which play leaves it.
type Unstable struct {
	Re     Number   `json:"re"`
	Im     Number   `json:"im"`
	Vector []Number `json:"vector"`
	// The proof, of constant Jacobians G: sym(metric·(G + shift)) is positive definite
	// and metric negative along direction.
	Metric    [][]Number `json:"metric,omitempty"`
	Direction []Number   `json:"direction,omitempty"`
	Shift     Number     `json:"shift"`
}

// Entropy is what the certificate of an entropy-regularised game says beyond the
// common fields.
type Entropy struct {
	Temperature       []Number `json:"temperature"`
	Interaction       Blocks   `json:"interaction"`
	Exact             bool     `json:"exact"`
	Swayed            Blocks   `json:"swayed"`
	Unsigned          Number   `json:"unsigned"`
	Xi                []Number `json:"xi"`
	UnsignedWeights   []Number `json:"unsigned_weights"`
	Lipschitz         Number   `json:"lipschitz"`
	Optimal           bool     `json:"optimal"`
	UnsignedThreshold Number   `json:"unsigned_threshold"`
	Threshold         Number   `json:"threshold"`
	Primal            Primal   `json:"primal"`
	Distance          Number   `json:"distance"`

	// Vectors that prove the numbers, see certify.Entropy.
	Witness          []Number   `json:"witness"`
	GainWitness      []Number   `json:"gain_witness"`
	LipschitzWitness [][]Number `json:"lipschitz_witness"`
}

// Primal is the Euclidean test on the simplex.
type Primal struct {
	Mu       []Number   `json:"mu"`
	Coupling [][]Number `json:"coupling"`
	Margin   Number     `json:"margin"`
}

// Simulation is what play did from random starts beside what is certified.
type Simulation struct {
	Seed   uint64  `json:"seed"`
	Holds  bool    `json:"holds"`
	Trials []Trial `json:"trials"`
}

// Trial is a scheme at a step: the worst factor of all steps measured.
type Trial struct {
	Scheme    string `json:"scheme"`
	Measure   string `json:"measure"` // what shrinks
	Step      Number `json:"step"`
	Certified Number `json:"certified"`
	Worst     Number `json:"worst"` // null if no step could be measured
	Starts    int    `json:"starts"`
	Steps     int    `json:"steps"`
	Note      string `json:"note,omitempty"`
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
