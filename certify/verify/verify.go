// Package verify checks a certificate of contraction at the witnesses it carries. It
// is the kernel: under a thousand lines, so that who reads them need not trust those
// who build certificates, of which it imports none. It looks for nothing. Every
// number of the file is put into the inequality it stands for, at the weights,
// vectors and matrices that the file gives, and that inequality is decided in exact
// rationals: no bound has slack. Only what the program works out by a formula and
// prints in rounded digits, on which no margin rests, may be off by its last digits
// (see Last).
//
// A finding holds, fails, or says that a value was not checked, since the file gives
// no witness or the kernel knows no inequality: such a value is not refused, and
// never confirmed. All of the file is looked at or listed so.
//
// Where to begin: inequality.go has what margins rest on, steps.go what follows from
// them, verify/rational decides matrices. Rooms below say what the inequalities are made
// of in the games of a form each: verify/quadratic, verify/entropic. verify/search proves what has no
// witness.
package verify

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"arbiter/certify/verify/rational"
	"arbiter/internal/strict"
)

// State is what was made of a claim.
type State string

// States. Of what is NotChecked nothing is known.
const (
	Holds      State = "holds"
	Fails      State = "fails"
	NotChecked State = "not checked"
)

// Finding is a claim and what was made of it. What is a path of the file; a finding
// that is NotChecked may be about all of a field's parts, and its Note says why.
type Finding struct {
	What    string
	Claimed float64 // what the file says; NaN of what is no number
	State   State   // what was made of it
	Note    string  // the inequality that was decided, in words
}

// Result is all that was looked at, in the order of the checks, then what was not.
type Result struct {
	Findings []Finding // one per claim, and per field that was not checked
}

// State is what was made of the first finding of that name, NotChecked if there is none.
func (r *Result) State(what string) State {
	for _, f := range r.Findings {
		if f.What == what {
			return f.State
		}
	}
	return NotChecked
}

// Confirmed tells whether nothing fails and what the verdict rests on was checked
// and holds: the data, the flag, and the margin or the proof of a refutation.
func (r *Result) Confirmed() bool {
	rests := 0
	for _, f := range r.Findings {
		core := f.What == "digest" || f.What == "certified" || f.What == "verdict"
		if f.State == Fails || core && f.State != Holds {
			return false
		}
		if core {
			rests++
		}
	}
	return rests == 3
}

// Claim is a certificate as it is read: none of it checked.
type Claim struct {
	Form      string // as the file has it; "" for none
	Game      string // canonical name; "" of a problem
	Digest    string // of the data it is about, hex
	Problem   []byte // compacted; nil of a named game
	Certified bool   // what it says of itself
	file      map[string]any
}

// Limits of a file: values and brackets, brackets open at once, bytes of a text.
var limits = strict.Limits{Values: 3_000_000, Depth: 32, Text: 1 << 16}

// Read reads the file of a certificate. Errors give name and the line or field.
func Read(body []byte, name string) (*Claim, error) {
	if at, err := strict.Scan(body, limits, nil); err != nil {
		return nil, fmt.Errorf("%s:%d: %w", name, 1+bytes.Count(body[:at], []byte("\n")), err)
	}
	c := &Claim{}
	if line, err := strict.Decode(body, "certificate", &c.file); err != nil {
		return nil, fmt.Errorf("%s:%d: %w", name, line, err)
	}
	if s, _ := c.file["schema"].(string); s != "arbiter/certificate/v1" {
		return nil, fmt.Errorf("%s: schema: found %.60q, expected \"arbiter/certificate/v1\"", name, cmp.Or(s, "nothing"))
	}
	c.Form, _ = c.file["form"].(string)
	c.Game, _ = c.file["game"].(string)
	c.Digest, _ = c.file["digest"].(string)
	c.Certified, _ = c.file["certified"].(bool)
	var raw map[string]json.RawMessage // of a struct the names are read in upper case too
	var b bytes.Buffer
	if json.Unmarshal(body, &raw) == nil && json.Compact(&b, raw["problem"]) == nil && b.String() != "null" {
		c.Problem = b.Bytes()
	}
	return c, nil
}

// Witnessed tells whether the certificate carries witnesses, and so can be checked
// here; they may be none beyond those of its parts.
func (c *Claim) Witnessed() bool {
	_, ok := c.file["witnesses"].(map[string]any)
	return ok
}

// OtherData is the result for a certificate of other data than that of the digest.
func OtherData(c *Claim, digest string) *Result {
	k := NewCheck(c)
	k.Digest(digest)
	return &k.Result
}

// Check reads numbers of the file and writes down what is found of them.
type Check struct {
	Result
	Claim *Claim          // what is checked
	seen  map[string]bool // paths that were looked at, with all below
}

// NewCheck is a check of c that has found nothing yet.
func NewCheck(c *Claim) *Check { return &Check{Claim: c, seen: map[string]bool{}} }

// Last is the part of a number that the rounding of its formula may take, of numbers
// that say so.
var Last = rational.Of(0x1p-40)

var index = regexp.MustCompile(`\[\d+\]`)

// Get is the value at a path like steps[2].max, nil if there is none.
func (k *Check) Get(path string) any {
	at := any(k.Claim.file)
	for _, part := range strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == '[' || r == ']' }) {
		switch x := at.(type) {
		case map[string]any:
			at = x[part]
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i >= len(x) {
				return nil
			}
			at = x[i]
		default:
			return nil
		}
	}
	return at
}

// Number is a number of the file, NaN for null and for what is none.
func Number(x any) float64 {
	switch x := x.(type) {
	case float64:
		return x
	case string:
		switch x {
		case "inf":
			return math.Inf(1)
		case "-inf":
			return math.Inf(-1)
		}
	}
	return math.NaN()
}

// Num is Number of what is at a path.
func (k *Check) Num(path string) float64 { return Number(k.Get(path)) }

// Text is the text at a path, "" for none.
func (k *Check) Text(path string) string {
	s, _ := k.Get(path).(string)
	return s
}

// Vec is List of what is at a path.
func (k *Check) Vec(path string, n int) []float64 { return List(k.Get(path), n) }

// List is a list of n finite numbers, nil if it is none.
func List(x any, n int) []float64 {
	list, _ := x.([]any)
	if len(list) != n {
		return nil
	}
	out := make([]float64, n)
	for i := range out {
		if out[i] = Number(list[i]); !Finite(out[i]) {
			return nil
		}
	}
	return out
}

// Positive is List with numbers above 0.
func Positive(x any, n int) []float64 {
	v := List(x, n)
	if slices.ContainsFunc(v, func(x float64) bool { return !(x > 0) }) {
		return nil
	}
	return v
}

// Square is a matrix of finite numbers of order n, nil if it is none: rows, or a list
// of the entries that are not 0, in order.
func (k *Check) Square(path string, n int) [][]float64 {
	list, ok := k.Get(path).([]any)
	if !ok {
		return nil
	}
	out, last := make([][]float64, n), -1
	for i := range out {
		out[i] = make([]float64, n)
	}
	if _, sparse := append(list, nil)[0].(map[string]any); !sparse && len(list) != n {
		return nil
	} else if !sparse {
		for i, x := range list {
			if out[i] = List(x, n); out[i] == nil {
				return nil
			}
		}
		return out
	}
	for _, x := range list {
		entry, _ := x.(map[string]any)
		i, j, v := Number(entry["i"]), Number(entry["j"]), Number(entry["value"])
		if !(i >= 0 && i < float64(n) && j >= 0 && j < float64(n)) || !Finite(v) || int(i)*n+int(j) <= last {
			return nil
		}
		last = int(i)*n + int(j)
		out[int(i)][int(j)] = v
	}
	return out
}

// Finite tells whether x is a number that is not infinite.
func Finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// note writes a finding down.
func (k *Check) note(what string, claimed float64, s State, why string) {
	k.seen[what] = true
	k.Findings = append(k.Findings, Finding{what, claimed, s, why})
}

// Is says that something of the file is as it must be, or not.
func (k *Check) Is(what string, ok bool, why string) bool {
	s := Holds
	if !ok {
		s = Fails
	}
	k.note(what, math.NaN(), s, why)
	return ok
}

// Decide decides the inequality of a number and is false unless it holds. Null claims
// nothing; vacuous is the infinite number that claims nothing either.
func (k *Check) Decide(what string, vacuous float64, holds func(x float64) bool, why string) bool {
	x := k.Num(what)
	if k.Get(what) == nil || x == vacuous {
		k.See(what)
		return false
	}
	s := Fails
	if Finite(x) && holds(x) {
		s = Holds
	}
	k.note(what, x, s, why)
	return s == Holds
}

// AtMost and AtLeast are claims that only need to be no better than x.
func (k *Check) AtMost(what string, x float64, why string) bool {
	return k.Decide(what, math.Inf(-1), func(y float64) bool { return y <= x }, why)
}

// AtLeast: see AtMost.
func (k *Check) AtLeast(what string, x float64, why string) bool {
	return k.Decide(what, math.Inf(1), func(y float64) bool { return y >= x }, why)
}

// See takes paths off the list of what was not looked at: they claim nothing by
// themselves.
func (k *Check) See(what ...string) {
	for _, w := range what {
		k.seen[w] = true
	}
}

// Open says that a value was not checked.
func (k *Check) Open(what, why string) {
	if k.Get(what) != nil {
		k.note(what, k.Num(what), NotChecked, why)
	}
}

// Digest says whether the certificate is about data of that digest.
func (k *Check) Digest(digest string) bool {
	return k.Is("digest", k.Claim.Digest == digest, fmt.Sprintf("the certificate is about data of digest %.12s…, this is %.12s…", k.Claim.Digest, digest))
}

// ProblemDigest is the digest of the problem in the file.
func (c *Claim) ProblemDigest() string {
	sum := sha256.Sum256(c.Problem)
	return hex.EncodeToString(sum[:])
}

// Verdict checks the flag and the word by what was proved: a margin, or that the
// zero is unstable.
func (k *Check) Verdict(margin, unstable bool, best string) {
	certified, above, refuted := k.Claim.Certified, k.Num("margin") > 0, k.Get("unstable") != nil
	if certified && above && !refuted && k.State("margin") == NotChecked {
		k.Open("certified", "the margin was not checked")
	} else {
		k.Is("certified", !certified || margin && above && !refuted, "a margin above 0 that was decided, and no proof against it")
	}
	right := "not certified"
	switch {
	case refuted:
		right = "refuted"
	case certified:
		right = best
	}
	switch v := k.Text("verdict"); {
	case v == "refuted" && v == right && !unstable:
		k.Open("verdict", "no eigenvalue below 0 was proved")
	default:
		k.Is("verdict", v == right, "as the rest has it: "+right)
	}
}

// Rest lists what was not looked at, field by field, and ends the check.
func (k *Check) Rest() *Result {
	k.See("schema", "form", "game", "problem", "blocks", "temperature", "witnesses", "concept", "field", "reasons", "seed", "norm", "source", "method")
	left := map[string]bool{}
	var walk func(path string, x any)
	walk = func(path string, x any) {
		if k.seen[path] || x == nil {
			return
		}
		switch x := x.(type) {
		case map[string]any:
			for name, y := range x {
				walk(strings.TrimPrefix(path+"."+name, "."), y)
			}
		case []any:
			for i, y := range x {
				walk(fmt.Sprintf("%s[%d]", path, i), y)
			}
		default:
			left[index.ReplaceAllString(path, "")] = true
		}
	}
	walk("", k.Claim.file)
	for _, path := range slices.Sorted(maps.Keys(left)) {
		k.note(path, math.NaN(), NotChecked, "no witness")
	}
	return &k.Result
}
