// Package verify checks certificates of contraction by code that did not build
// them: it shares nothing with equilibria/smallgain nor with internal/interval.
// What is claimed of matrices is decided in exact rationals (above exactOrder by
// Rump's floating-point criterion, see positive), enclosures are rounded by exact
// error terms and elementary functions come from series in big.Float.
//
// A claimed number x is taken for proved if it holds at x less 1e-9|x| and 1e-12 of
// the size of the numbers it is made of: claims of methods that say "up to
// rounding" are no better. Not checked, because nothing rests on them: attained,
// optimal, box factors of more than 10 blocks, thresholds of unequal temperatures,
// the Euclidean test on the simplex (primal), the distance of sequence forms,
// reasons and simulations. Eigenvalues that only inform (spectral_abscissa,
// asymptotic steps) are compared in floating point.
package verify

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"

	"arbiter/internal/strict"
)

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
			return fmt.Errorf("found %s, expected a number, null, \"inf\" or \"-inf\"", b)
		}
		*x = Number(f)
	}
	return nil
}

// Claim is a certificate as read from its file, nothing of it checked but its
// shape.
type Claim struct {
	Schema      string
	Game        string
	Problem     json.RawMessage // compacted; nil of a named game
	Digest      string
	Form        string // normal, agent, sequence, markov, quadratic or smooth
	Temperature []Number
	Chosen      string `json:"temperature_chosen"`

	Certified                             bool
	Verdict, Method, Concept, Field, Norm string

	Blocks      []string
	Mu, Ell     []Number
	Coupling    [][]Number
	Weights     []Number
	Attained    bool
	Xi          []Number
	Gain        Number
	Margin      Number
	Source      string
	Margins     Margins
	Supremum    Number
	Best        []Best
	Euclidean   Number   `json:"euclidean_margin"`
	Abscissa    Number   `json:"spectral_abscissa"`
	Band        []Number `json:"timescale_band"`
	Bands       [][]Number
	BoxFactor   Number `json:"box_factor"`
	Lipschitz   Number
	Cocoercive  Number `json:"cocoercivity"`
	Rate        Number
	EulerMax    Number `json:"euler_max_step"`
	RK4Max      Number `json:"rk4_max_step"`
	Steps       []Step
	Region      *Region
	Equilibrium []Number
	Residual    Number
	Unstable    *Unstable
	Reasons     []string
	Cells       int
	Samples     int
	Seed        uint64
	Entropy     json.RawMessage
	Simulation  json.RawMessage

	entropy *entropy
}

// Margins of the kinds of certificates, NaN where not worked out.
type Margins struct {
	SGN       Number
	Signed    Number
	TrueBlock Number `json:"true_block"`
	Lyapunov  Number
	BlockMax  Number
}

// Best is a margin at weights of its own.
type Best struct {
	Kind    string
	Margin  Number
	Weights []Number
}

// Step is a row of the table of steps.
type Step struct {
	Scheme, Bound     string
	Max, Best, Factor Number
	Status            string
}

// Region is where the certificate speaks.
type Region struct {
	Shape, Norm     string
	Centre          []Number
	Radius          Number
	Lower, Upper    []Number
	Ball, Invariant Number
	Unique          bool
	Distance        Number
}

// Unstable is an eigenvalue that refutes, with the real part of its vector.
type Unstable struct {
	Re, Im Number
	Vector []Number
}

// entropy is what is checked of the part of that name; its other fields are
// passed over.
type entropy struct {
	Temperature []Number
	Interaction [][]Number
	Exact       bool
	Swayed      [][]Number
	Unsigned    Number
	Xi          []Number
	Lipschitz   Number
	Threshold   Number
	Unbounded   Number `json:"unsigned_threshold"`
	Distance    Number
}

const schema = "arbiter/certificate/v1"

// needed are the fields without which there is no certificate.
var needed = []string{
	"schema", "digest", "form", "certified", "verdict", "method", "norm", "blocks", "mu", "ell", "coupling", "weights",
	"margin", "source", "margins", "lipschitz", "rate", "euler_max_step", "rk4_max_step", "steps", "region", "equilibrium", "residual", "unstable",
}

// Read reads the file of a certificate. Errors give name and the line or field.
func Read(body []byte, name string) (*Claim, error) {
	c := &Claim{}
	if line, err := strict.Decode(body, "certificate", c); err != nil {
		return nil, fmt.Errorf("%s:%d: %w", name, line, err)
	}
	fault := func(field, found, expected string) error {
		return fmt.Errorf("%s: %s: found %s, expected %s", name, field, found, expected)
	}
	if c.Schema != schema {
		return nil, fault("schema", strconv.Quote(c.Schema), strconv.Quote(schema))
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for _, field := range needed {
		if _, ok := fields[field]; !ok {
			return nil, fault(field, "nothing", "a value")
		}
	}
	if !slices.Contains([]string{"normal", "agent", "sequence", "markov", "quadratic", "smooth"}, c.Form) {
		return nil, fault("form", strconv.Quote(c.Form), "normal, agent, sequence, markov, quadratic or smooth")
	}
	// A field given twice would be read as one thing and hashed as another.
	if err := once(body); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if string(c.Problem) == "null" {
		c.Problem = nil
	}
	if c.Problem != nil {
		var b bytes.Buffer
		if err := json.Compact(&b, c.Problem); err != nil {
			return nil, fmt.Errorf("%s: problem: %w", name, err)
		}
		c.Problem = b.Bytes()
	}
	if boxed := c.Form == "quadratic" || c.Form == "smooth"; boxed != (c.Problem != nil) {
		return nil, fault("problem", map[bool]string{true: "one", false: "none"}[c.Problem != nil], "one with the forms quadratic and smooth only")
	}
	n := len(c.Blocks)
	if n == 0 {
		return nil, fault("blocks", "none", "at least one")
	}
	lengths := []struct {
		field string
		found int
		must  bool
	}{
		{"mu", len(c.Mu), false}, {"ell", len(c.Ell), false}, {"coupling", len(c.Coupling), false},
		{"weights", len(c.Weights), true}, {"xi", len(c.Xi), false},
	}
	for i, row := range c.Coupling {
		lengths = append(lengths, struct {
			field string
			found int
			must  bool
		}{fmt.Sprintf("coupling[%d]", i), len(row), true})
	}
	for _, l := range lengths {
		if l.found != n && (l.must || l.found != 0) {
			return nil, fault(l.field, fmt.Sprintf("%d numbers", l.found), fmt.Sprintf("%d as in blocks", n))
		}
	}
	for i, w := range c.Weights {
		if !(w > 0) || math.IsInf(float64(w), 1) {
			return nil, fault(fmt.Sprintf("weights[%d]", i), fmt.Sprint(w), "a finite number above 0")
		}
	}
	for i, x := range c.Xi {
		if !(x > 0) || math.IsInf(float64(x), 1) {
			return nil, fault(fmt.Sprintf("xi[%d]", i), fmt.Sprint(x), "a finite number above 0")
		}
	}
	if c.Band != nil && len(c.Band) != 2 {
		return nil, fault("timescale_band", fmt.Sprintf("%d numbers", len(c.Band)), "2 or null")
	}
	if c.Entropy != nil && string(c.Entropy) != "null" {
		c.entropy = &entropy{}
		if err := json.Unmarshal(c.Entropy, c.entropy); err != nil {
			return nil, fmt.Errorf("%s: entropy: %w", name, err)
		}
	}
	return c, nil
}

// once refuses objects with a field twice.
func once(body []byte) error {
	d := json.NewDecoder(bytes.NewReader(body))
	var seen []map[string]bool // per open bracket, nil for a list
	key := false
	for {
		t, err := d.Token()
		if err != nil {
			return nil // the end: the text was decoded before
		}
		switch t {
		case json.Delim('{'):
			seen, key = append(seen, map[string]bool{}), true
			continue
		case json.Delim('['):
			seen, key = append(seen, nil), false
			continue
		case json.Delim('}'), json.Delim(']'):
			seen = seen[:len(seen)-1]
		default:
			if key {
				names := seen[len(seen)-1]
				if names[t.(string)] {
					return fmt.Errorf("%s: found twice, expected once", t)
				}
				names[t.(string)], key = true, false
				continue
			}
		}
		key = len(seen) > 0 && seen[len(seen)-1] != nil
	}
}

// ProblemDigest is what Digest must be of a certificate with a problem: the
// SHA-256 of its compacted text, in hex.
func (c *Claim) ProblemDigest() string {
	sum := sha256.Sum256(c.Problem)
	return hex.EncodeToString(sum[:])
}

// SameDigest compares the digest claimed with that of the data at hand.
func (c *Claim) SameDigest(digest string) Finding {
	f := Finding{What: "digest", Claimed: math.NaN(), Found: math.NaN(), Holds: c.Digest == digest}
	if !f.Holds {
		f.Note = fmt.Sprintf("the certificate is about data of digest %.12s…, this is %.12s…", c.Digest, digest)
	}
	return f
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
