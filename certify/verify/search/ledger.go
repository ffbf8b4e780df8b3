package search

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
)

// Finding is a claim, what was proved of it, and whether it holds. What is a path of
// the file. Numbers that do not apply are NaN.
type Finding struct {
	What    string
	Claimed float64 // what the file says
	Found   float64 // what was proved here
	Holds   bool    // the claim is not better than what was proved
	Note    string  // why, "" for nothing to add
}

// Result is all there is to say of a certificate: what was looked at, and the
// fields that were not.
type Result struct {
	Findings   []Finding   // in the order of the checks
	NotChecked []Unchecked // what the file says besides
}

// Unchecked is a value, or all of a Field's, that nothing was proved about, with a
// clause that says Why.
type Unchecked struct{ Field, Why string }

// Holds tells whether all findings do, and that there are some.
func (r *Result) Holds() bool {
	return len(r.Findings) > 0 && !slices.ContainsFunc(r.Findings, func(f Finding) bool { return !f.Holds })
}

// relative is the slack of a claimed number, once, of the number itself.
const relative = 1e-9

// roundedSlack is that where matrices are too large for rationals, and what is
// proved of them keeps a distance for rounding.
const roundedSlack = 1e-8

// report collects findings and keeps the ledger of values of the file: a check
// takes the fields it looks at off the list, what is left at the end must be null.
type report struct {
	claim   *Claim
	result  Result
	checked map[string]bool // fields, or paths
	slack   float64         // relative, or more where proofs are rounded
	metrics []string        // beside weights, of which rows of steps may speak
}

func newReport(c *Claim) *report {
	return &report{claim: c, checked: map[string]bool{}, slack: relative}
}

var indices = regexp.MustCompile(`\[\d+\]`)

// seen takes fields off the list: paths without indices.
func (r *report) seen(fields ...string) {
	for _, f := range fields {
		r.checked[f] = true
	}
}

func (r *report) add(what string, claimed, found float64, holds bool, note string) {
	r.seen(indices.ReplaceAllString(what, ""))
	r.result.Findings = append(r.result.Findings, Finding{what, claimed, found, holds, note})
}

// plain is a finding without numbers.
func (r *report) plain(what string, holds bool, note string) {
	r.add(what, math.NaN(), math.NaN(), holds, note)
}

// pass lists a field, or a path, as not checked.
func (r *report) pass(why string, fields ...string) {
	for _, f := range fields {
		r.seen(f)
		r.result.NotChecked = append(r.result.NotChecked, Unchecked{f, why})
	}
}

// vain is why a margin that certifies nothing may be left open.
const vain = "of no more than 0, which certifies nothing and on which nothing rests; not proved to the last digits"

// margin is atMost for numbers of which only those above 0 say something: one that
// is not is found wrong where it is beyond rounding of numbers of that size, and
// else listed as not checked.
func (r *report) margin(what string, claimed, proved, size float64, note string) {
	if claimed <= 0 && finite(claimed) && !(claimed <= proved) && !(claimed-proved > max(relative*size, r.slack*math.Abs(claimed))) {
		r.pass(vain, indices.ReplaceAllString(what, ""))
		return
	}
	r.atMost(what, claimed, proved, note)
}

// atMost wants the claim at most what was proved, for margins, safe steps and
// radii; atLeast the reverse, for norms, factors and distances. NaN claims nothing.
func (r *report) atMost(what string, claimed, proved float64, note string) {
	if math.IsNaN(claimed) || math.IsInf(claimed, -1) {
		r.seen(indices.ReplaceAllString(what, ""))
		return
	}
	r.add(what, claimed, proved, claimed <= proved || finite(claimed) && claimed-proved <= r.slack*math.Abs(claimed), note)
}

func (r *report) atLeast(what string, claimed, proved float64, note string) {
	if math.IsNaN(claimed) || math.IsInf(claimed, 1) {
		r.seen(indices.ReplaceAllString(what, ""))
		return
	}
	r.add(what, claimed, proved, claimed >= proved || finite(claimed) && proved-claimed <= r.slack*math.Abs(claimed), note)
}

// is wants a word or a flag to be one of some.
func (r *report) is(what, claimed string, note string, right ...string) {
	r.plain(what, slices.Contains(right, claimed), fmt.Sprintf("found %.60q; %s", claimed, note))
}

func (r *report) flag(what string, claimed, right bool, note string) {
	r.plain(what, claimed == right, fmt.Sprintf("claimed %t; %s", claimed, note))
}

// strays is how many values out of place are listed one by one.
const strays = 20

// unchecked are fields of which nothing is ever proved, with the reason.
var unchecked = []Unchecked{
	{"attained", "nothing rests on it"},
	{"cells", "effort of the builder, nothing rests on it"},
	{"samples", "effort of the builder, nothing rests on it"},
	{"seed", "of points and simulations, which prove nothing"},
	{"reasons", "words"},
	{"temperature_chosen", "words"},
	{"simulation", "what play did proves nothing"},
	{"witnesses", "proofs are looked for without them"},
	{"entropy.optimal", "nothing rests on it"},
	{"entropy.unsigned_weights", "nothing rests on it"},
	{"entropy.primal", "the Euclidean test on the simplex, on which nothing rests"},
}

// present are the fields that every certificate has, be they null, and those of its
// parts. Needed ones are not repeated.
var (
	present = []string{
		"game", "converges", "concept", "field", "attained", "xi", "gain", "supremum", "best", "euclidean_margin", "spectral_abscissa",
		"timescale_band", "bands", "box_factor", "cocoercivity", "use", "noise", "model_error", "learning_rates", "reasons", "cells", "samples", "seed",
	}
	presentOf = []struct{ part, fields string }{
		{"margins", "sgn signed true_block lyapunov blockmax"},
		{"region", "shape norm centre radius lower upper ball invariant unique distance"},
		{"use", "scheme bound metric step factor"},
		{"noise", "scheme metric step per_noise"},
		{"model_error", "metric distance jacobian"},
		{"learning_rates", "low high rate"},
		{"unstable", "re im vector shift"},
		{"entropy", "temperature interaction exact swayed unsigned xi unsigned_weights lipschitz optimal unsigned_threshold threshold primal distance witness gain_witness lipschitz_witness"},
	}
)

// missing finds fields that are not there: null claims nothing, but is said.
func (r *report) missing() {
	there := map[string]bool{}
	null := map[string]bool{}
	for _, v := range r.claim.values {
		for k, x := range v.path {
			if x == '.' || x == '[' {
				there[v.path[:k]] = true
			}
		}
		there[v.path], null[v.path] = true, v.empty
	}
	want := func(part string, fields []string) {
		for _, f := range fields {
			if !there[part+f] {
				r.plain(part+f, false, "missing: null claims nothing, but must be there")
			}
		}
	}
	want("", present)
	for _, x := range presentOf {
		if there[x.part] && !null[x.part] {
			want(x.part+".", strings.Fields(x.fields))
		}
	}
	for i := range r.claim.Steps {
		want(pathOf("steps", i)+".", strings.Fields("scheme bound max best factor status metric"))
	}
}

// close looks at what no check has: fields of unchecked are listed, others must
// claim nothing.
func (r *report) close() *Result {
	r.missing()
	count := 0
	listed := map[string]bool{}
	for _, v := range r.claim.values {
		if r.checked[v.field] || r.checked[v.path] || v.empty {
			continue
		}
		if k := slices.IndexFunc(unchecked, func(u Unchecked) bool {
			return v.field == u.Field || len(v.field) > len(u.Field) && v.field[:len(u.Field)] == u.Field && v.field[len(u.Field)] == '.'
		}); k >= 0 {
			if !listed[unchecked[k].Field] {
				listed[unchecked[k].Field] = true
				r.result.NotChecked = append(r.result.NotChecked, unchecked[k])
			}
			continue
		}
		if count++; count <= strays {
			r.result.Findings = append(r.result.Findings, Finding{v.path, math.NaN(), math.NaN(), false, "expected null or nothing: no check of this form knows it"})
		}
	}
	if count > strays {
		r.result.Findings = append(r.result.Findings, Finding{"the file", math.NaN(), math.NaN(), false, fmt.Sprintf("%d more values that no check knows", count-strays)})
	}
	slices.SortFunc(r.result.NotChecked, func(a, b Unchecked) int {
		if a.Field < b.Field {
			return -1
		}
		return 1
	})
	return &r.result
}

// attain is a number for which holds was proved, as near the largest one as tries
// from the guesses downward get; size is that of the numbers compared. NaN if none
// was proved.
func attain(holds func(float64) bool, size float64, guesses ...float64) float64 {
	best := math.NaN()
	for _, g := range guesses {
		if !finite(g) || g <= best+relative*math.Abs(best)/4 {
			continue
		}
		if holds(g) {
			best = g
			continue
		}
		step := math.Abs(g) * ulp
		if step == 0 {
			step = size * ulp / 1024
		}
		if !finite(size) {
			continue
		}
		for last := 0.0; step > 0 && finite(step) && step/4 <= size; last, step = step, 4*step {
			x := g - step
			if x <= best {
				break
			}
			if !holds(x) {
				continue
			}
			// A few times half way back.
			for fails, k := g-last, 0; k < 4 && fails-x > relative/64*math.Abs(x); k++ {
				y := x/2 + fails/2
				if y <= x || y >= fails {
					break
				}
				if holds(y) {
					x = y
				} else {
					fails = y
				}
			}
			best = x
			break
		}
	}
	return best
}

// least is the same for bounds from above.
func least(holds func(float64) bool, size float64, guesses ...float64) float64 {
	var minus []float64
	for _, g := range guesses {
		minus = append(minus, -g)
	}
	return -attain(func(x float64) bool { return holds(-x) }, size, minus...)
}
