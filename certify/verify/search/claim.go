// Package search checks certificates of contraction by code that did not build
// them, and with no more than what every certificate has: it shares nothing with the
// rooms that build them nor with internal/interval, and looks for what proves a number
// where the certificate does not say it. That makes it the slow way, and more than can
// be trusted by reading. It is larger than 2,500 lines since it has a way for every form
// and none of them may lean on code of the builders. Certificates without witnesses have
// no other.
//
// From the game alone it derives constants that are true without any slack (the
// curvatures from below, couplings from above), from these the margin, and judges
// every claim by what it has proved itself, never by another claim.
//
// Matrices are decided in exact rationals (above exactOrder by Rump's
// floating-point criterion, see positive), enclosures are rounded by exact error
// terms, elementary functions come from series in big.Float.
//
// A number is confirmed if it is not better than what was proved. It may be worse,
// and null claims nothing. There is one slack, of relative times the number itself,
// for the last digits of formulas that were rounded on either side; whether a
// certificate certifies is decided without it. Every value of the file is looked
// at by a check, is null where it says nothing, or is listed as not checked.
package search

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"arbiter/internal/strict"
)

// mostBlocks bounds the blocks of a certificate.
const mostBlocks = 1 << 16

// Number is a float64 that a certificate holds: null is NaN, "inf" and "-inf" are
// infinite.
type Number float64

// UnmarshalJSON reads what is said at Number.
func (x *Number) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case "null":
		*x = Number(math.NaN())
	case `"inf"`:
		*x = Number(math.Inf(1))
	case `"-inf"`:
		*x = Number(math.Inf(-1))
	default:
		f, err := strconv.ParseFloat(string(b), 64)
		if err != nil {
			return fmt.Errorf("found %.40s, expected a number, null, \"inf\" or \"-inf\"", b)
		}
		*x = Number(f)
	}
	return nil
}

// Claim is a certificate as read from its file, nothing of it checked but its
// shape.
type Claim struct {
	Schema      string          // arbiter/certificate/v1
	Game        string          // canonical spec, "" of a problem
	Problem     json.RawMessage // compacted; nil of a named game
	Digest      string          // SHA-256 of Problem or of the game's data, hex
	Form        string          // normal, agent, sequence, markov, quadratic or smooth
	Temperature []Number        // per player, nil of a problem

	Certified, Converges                          bool   // what it says of itself, never believed
	Verdict, Method, Concept, Field, Norm, Source string // words, as certify.Certificate has them

	Blocks         []string    // names, one per block; what follows is per block, row by row
	Mu, Ell        []Number    // curvatures, and the largest singular values of own blocks
	Coupling       Grid        // L[i][j], 0 on the diagonal
	Weights, Xi    []Number    // of the metric, and ξ of the max norm
	Gain, Margin   Number      // spectral radius of diag(mu)⁻¹L, and the margin called certified
	Margins        Margins     // at Weights
	Supremum       Number      // of the small-gain margin over all weights
	Best           Best        // at weights and metrics of their own
	Euclidean      Number      `json:"euclidean_margin"`  // margin at unit weights
	Abscissa       Number      `json:"spectral_abscissa"` // smallest real part of an eigenvalue at Equilibrium
	Band           []Number    `json:"timescale_band"`    // ratios w₂/w₁ with a positive margin, from and to; nil: none
	Bands          [][]Number  // per block: factors of its weight, from and to
	BoxFactor      Number      `json:"box_factor"` // of weights that may all be off at once
	Lipschitz      Number      // in the metric
	Cocoercive     Number      `json:"cocoercivity"` // in the metric
	Rate           Number      // of the flow
	EulerMax       Number      `json:"euler_max_step"` // largest step of a row whose status is theorem
	RK4Max         Number      `json:"rk4_max_step"`   // likewise of Runge-Kutta
	Steps          []Step      // rows, in any metric
	Region         *Region     // nil: nowhere
	Equilibrium    []Number    // concatenated blocks, nil if unknown
	Residual       Number      // of Equilibrium
	Unstable       *Unstable   // nil: not refuted
	Cells, Samples int         // of the cover, and the points that were looked at
	Entropy        *Entropy    // of games with entropy, else nil
	Use            *Use        // nil: no step is advised
	Noise          *Noise      // nil: nothing is said of noise
	ModelError     *ModelError `json:"model_error"`    // nil: nothing is said of errors of the model
	Rates          *Rates      `json:"learning_rates"` // nil: nothing is said of rates of their own

	values []value
}

// Margins of the kinds of certificates, NaN where not worked out.
type Margins struct {
	SGN       Number // of curvatures and norms of couplings
	Signed    Number // that keeps signs of couplings
	TrueBlock Number `json:"true_block"` // of the blocks as they are
	Lyapunov  Number // of a metric of all coordinates
	BlockMax  Number // of the max norm
}

// Best are margins at weights, or in a metric, of their own. Bound is at least the
// margin at all weights, of which Dual is the witness: see quadraticCheck.dual.
type Best struct {
	Signed    *Optimum // over weights
	TrueBlock *Optimum `json:"true_block"` // over weights
	Lyapunov  *Optimum // over metrics of all coordinates
}

// Optimum is an element of Best.
type Optimum struct {
	Value, Bound Number     // the margin, and its bound over all weights
	Weights      []Number   // per block, nil of Lyapunov
	Metric, Dual [][]Number // of Lyapunov, coordinates by coordinates; the witness of Bound
	Condition    Number     // of Metric, in normalised coordinates
	Lipschitz    Number     // in the metric
	Cocoercive   Number     `json:"cocoercivity"` // in the metric
}

// Step is a row of the table of steps.
type Step struct {
	Scheme, Bound     string // flow, euler, rk4 or prox; the inequality, in words
	Max, Best, Factor Number // largest step it speaks of, the best one, and the factor per step there
	Status            string // theorem, asymptotic, guideline, …
	Metric            string // "", weights, true_block or lyapunov
}

// Use is the row that a player is told to take.
type Use struct {
	Scheme, Bound, Metric string // as in Step
	Step, Factor          Number // its length, and the factor per step
}

// Noise is where play with noisy gradients ends, relative to the noise.
type Noise struct {
	Scheme   string // euler
	Metric   string // as in Step
	Step     Number // its length
	PerNoise Number `json:"per_noise"` // distance in the long run, per unit of noise
}

// ModelError is by how much the field may be off.
type ModelError struct {
	Metric             string // as in Step
	Distance, Jacobian Number // of zeros, per unit of error; what the Jacobian may be off by
}

// Rates are the ratios of the players' own learning rates, from Low to High, and the
// Rate of play at them, times the least.
type Rates struct{ Low, High, Rate Number }

// Region is where the certificate speaks.
type Region struct {
	Shape, Norm     string   // all, box or ball; the norm of Radius
	Centre          []Number // nil for all
	Radius          Number   // +Inf for all
	Lower, Upper    []Number // corners of a box
	Ball, Invariant Number   // radius of a ball inside; of the starts that stay
	Unique          bool     // exactly one zero is in the ball around Centre
	Distance        Number   // from Centre, at most, of that zero
}

// Unstable is an eigenvalue that refutes, with the real part of its vector.
type Unstable struct {
	Re, Im    Number     // of the eigenvalue
	Vector    []Number   // one number per coordinate
	Metric    [][]Number // N, sym(N (G + shift)) > 0
	Shift     Number     // at least 0
	Direction []Number   // v'Nv < 0
}

// Entropy is the part of that name.
type Entropy struct {
	Temperature      []Number   // per block
	Interaction      Grid       // D_ij, see certify.Entropy
	Exact            bool       // D are maxima, not bounds
	Swayed           Grid       // D_ij(w) at the weights
	Unsigned         Number     // margin in the weighted span norm
	Xi               []Number   // of that norm, per block
	UnsignedWeights  []Number   `json:"unsigned_weights"` // best of the Euclidean test
	Lipschitz        Number     // of the payoffs, for the prox step
	Threshold        Number     // temperature above which the signed margin certifies
	Unbounded        Number     `json:"unsigned_threshold"` // temperature above which the span norm does
	Distance         Number     // from the equilibrium given to the exact one
	Witness          []Number   // of the signed margin
	GainWitness      []Number   `json:"gain_witness"`      // vector z, see certify.Entropy
	LipschitzWitness [][]Number `json:"lipschitz_witness"` // two vectors, of Lipschitz
}

const schema = "arbiter/certificate/v1"

var forms = []string{"normal", "agent", "sequence", "markov", "quadratic", "smooth"}

// needed are the fields without which there is no certificate.
var needed = []string{
	"schema", "digest", "form", "certified", "verdict", "method", "norm", "blocks", "mu", "ell", "coupling", "weights",
	"margin", "source", "margins", "lipschitz", "rate", "euler_max_step", "rk4_max_step", "steps", "region", "equilibrium", "residual", "unstable",
}

// Read reads the file of a certificate. Errors give name and the line or field.
func Read(body []byte, name string) (*Claim, error) {
	c, err := read(body)
	if err != nil {
		var at lined
		if errors.As(err, &at) {
			return nil, fmt.Errorf("%s:%d: %w", name, at.line, at.error)
		}
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return c, nil
}

// lined is an error of a line of the file.
type lined struct {
	line int
	error
}

// nothing is a claim in which no number says anything.
func nothing() *Claim {
	nan := Number(math.NaN())
	c := &Claim{}
	for v, todo := (reflect.Value{}), []reflect.Value{reflect.ValueOf(c).Elem()}; len(todo) > 0; {
		v, todo = todo[0], todo[1:]
		for k := range v.NumField() {
			switch f := v.Field(k); {
			case f.Type() == reflect.TypeOf(nan):
				f.SetFloat(math.NaN())
			case f.Type() == reflect.TypeOf(c.Margins):
				todo = append(todo, f)
			}
		}
	}
	return c
}

func read(body []byte) (*Claim, error) {
	if at, err := strict.Scan(body, strict.Limits{Values: mostValues, Depth: mostDepth, Text: mostText}, nil); err != nil {
		return nil, lined{1 + bytes.Count(body[:at], []byte("\n")), err}
	}
	var fields map[string]json.RawMessage
	if line, err := strict.Decode(body, "certificate", &fields); err != nil {
		return nil, lined{line, err}
	}
	var given string
	if json.Unmarshal(fields["schema"], &given) != nil || given != schema {
		return nil, fmt.Errorf("schema: found %.60s, expected %q", cmp.Or(string(fields["schema"]), "nothing"), schema)
	}
	c := nothing()
	into := reflect.ValueOf(c).Elem()
	for k := range into.NumField() {
		f := into.Type().Field(k)
		name := f.Tag.Get("json")
		if name == "" {
			name = strings.ToLower(f.Name)
		}
		text, ok := fields[name]
		if !ok || !f.IsExported() {
			continue
		}
		if err := json.Unmarshal(text, into.Field(k).Addr().Interface()); err != nil {
			var kind *json.UnmarshalTypeError
			if errors.As(err, &kind) {
				err = fmt.Errorf("found %s, expected %s", kind.Value, kind.Type)
				if kind.Field != "" {
					name += "." + kind.Field
				}
			}
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	fault := func(field, found, expected string) error {
		return fmt.Errorf("%s: found %s, expected %s", field, found, expected)
	}
	for _, field := range needed {
		if _, ok := fields[field]; !ok {
			return nil, fault(field, "nothing", "a value")
		}
	}
	if !slices.Contains(forms, c.Form) {
		return nil, fault("form", fmt.Sprintf("%.60q", c.Form), strings.Join(forms, ", "))
	}
	if string(c.Problem) == "null" {
		c.Problem = nil
	}
	if c.Problem != nil {
		var b bytes.Buffer
		if err := json.Compact(&b, c.Problem); err != nil {
			return nil, fmt.Errorf("problem: %w", err)
		}
		c.Problem = b.Bytes()
	}
	if boxed := c.Form == "quadratic" || c.Form == "smooth"; boxed != (c.Problem != nil) {
		return nil, fault("problem", map[bool]string{true: "one", false: "none"}[c.Problem != nil], "one with the forms quadratic and smooth only")
	}
	var err error
	if c.values, err = values(body); err != nil {
		return nil, err
	}
	return c, c.shapes()
}

// shapes wants lists to be as long as there are blocks, and weights that are some.
func (c *Claim) shapes() error {
	n := len(c.Blocks)
	if n == 0 || n > mostBlocks {
		return fmt.Errorf("blocks: found %d, expected 1 to %d", n, mostBlocks)
	}
	if len(c.Weights) != n {
		return fmt.Errorf("weights: found %d numbers, expected %d as in blocks", len(c.Weights), n)
	}
	type list struct {
		field    string
		x        []Number
		positive bool
	}
	lists := []list{{"mu", c.Mu, false}, {"ell", c.Ell, false}, {"weights", c.Weights, true}, {"xi", c.Xi, true}}
	grids := []struct {
		field string
		g     *Grid
	}{{"coupling", &c.Coupling}}
	for _, b := range c.Best.list() {
		if b.o == nil {
			continue
		}
		lists = append(lists, list{"best." + b.kind + ".weights", b.o.Weights, true})
	}
	if e := c.Entropy; e != nil {
		lists = append(lists, list{"entropy.temperature", e.Temperature, true}, list{"entropy.xi", e.Xi, true}, list{"entropy.unsigned_weights", e.UnsignedWeights, true},
			list{"entropy.witness", e.Witness, true}, list{"entropy.gain_witness", e.GainWitness, true})
		for k, x := range e.LipschitzWitness {
			lists = append(lists, list{fmt.Sprintf("entropy.lipschitz_witness[%d]", k), x, true})
		}
		grids = append(grids, grids[0], grids[0])
		grids[1].field, grids[1].g = "entropy.interaction", &e.Interaction
		grids[2].field, grids[2].g = "entropy.swayed", &e.Swayed
	}
	for _, l := range lists {
		if len(l.x) != n && len(l.x) != 0 {
			return fmt.Errorf("%s: found %d numbers, expected %d as in blocks", l.field, len(l.x), n)
		}
		for i, x := range l.x {
			if l.positive && (!(x > 0) || math.IsInf(float64(x), 1)) {
				return fmt.Errorf("%s[%d]: found %g, expected a finite number above 0", l.field, i, float64(x))
			}
		}
	}
	for _, g := range grids {
		if err := g.g.shape(g.field, n); err != nil {
			return err
		}
	}
	if c.Band != nil && len(c.Band) != 2 {
		return fmt.Errorf("timescale_band: found %d numbers, expected 2 or null", len(c.Band))
	}
	if len(c.Bands) != 0 && len(c.Bands) != n {
		return fmt.Errorf("bands: found %d, expected %d as in blocks", len(c.Bands), n)
	}
	for i, b := range c.Bands {
		if len(b) != 2 {
			return fmt.Errorf("bands[%d]: found %d numbers, expected 2", i, len(b))
		}
	}
	return nil
}

// list is the optima by name.
func (b *Best) list() []struct {
	kind string
	o    *Optimum
} {
	return []struct {
		kind string
		o    *Optimum
	}{{"signed", b.Signed}, {"true_block", b.TrueBlock}, {"lyapunov", b.Lyapunov}}
}

// ProblemDigest is what Digest must be of a certificate with a problem: the
// SHA-256 of its compacted text, in hex.
func (c *Claim) ProblemDigest() string {
	sum := sha256.Sum256(c.Problem)
	return hex.EncodeToString(sum[:])
}

func floats(x []Number) []float64 {
	if x == nil {
		return nil
	}
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = float64(v)
	}
	return out
}

// UnmarshalJSON leaves numbers that are not there NaN.
func (o *Optimum) UnmarshalJSON(b []byte) error {
	type plain Optimum
	nan := Number(math.NaN())
	x := plain{Value: nan, Bound: nan, Condition: nan, Lipschitz: nan, Cocoercive: nan}
	err := json.Unmarshal(b, &x)
	*o = Optimum(x)
	return err
}
