package report

import (
	"fmt"
	"math"
	"strings"
)

// Verification is what came of checking a certificate again.
type Verification struct {
	Schema    string    `json:"schema"`    // arbiter/verification/v1
	File      string    `json:"file"`      // the certificate's path, as given
	Game      string    `json:"game"`      // "" of a problem
	Form      string    `json:"form"`      // of the certificate
	Digest    string    `json:"digest"`    // of the game or problem, as the certificate has it; hex
	Certified bool      `json:"certified"` // what the certificate says of itself
	Confirmed bool      `json:"confirmed"` // all checks hold, and what it rests on was checked
	Mode      Mode      `json:"mode"`      // how it was checked
	Findings  []Finding `json:"findings"`  // in the order of the checks

	NotChecked []Unchecked `json:"not_checked"` // fields that may say anything
}

// Mode is a way to check a certificate.
type Mode string

// Modes.
const (
	AtWitnesses  Mode = "witnesses"            // the inequalities of its numbers, at its witnesses
	AskedSearch  Mode = "search"               // proofs were looked for
	ForcedSearch Mode = "search, no witnesses" // likewise, as it carries no witnesses
)

// says is the mode in words.
func (m Mode) says() string {
	switch m {
	case AtWitnesses:
		return "mode      inequalities decided at the witnesses of the certificate; --search looks for proofs of the rest"
	case ForcedSearch:
		return "mode      proofs were looked for: the certificate carries no witnesses"
	}
	return "mode      proofs were looked for"
}

// Unchecked is a field of a certificate that was not checked.
type Unchecked struct {
	Field string `json:"field"` // path in the certificate
	Why   string `json:"why"`   // a clause
}

// Finding is a claim and what was proved of it.
type Finding struct {
	What    string  `json:"what"`           // path in the certificate
	Claimed float64 `json:"claimed"`        // NaN: no number is claimed
	Found   float64 `json:"found"`          // proved here
	Holds   bool    `json:"holds"`          // the claim follows from what was found
	Note    string  `json:"note,omitempty"` // "" for none
}

// Records are a row per finding.
func (v *Verification) Records() ([]string, [][]any) {
	var rows [][]any
	for _, f := range v.Findings {
		rows = append(rows, []any{f.What, f.Claimed, f.Found, f.Holds, f.Note})
	}
	for _, u := range v.NotChecked {
		rows = append(rows, []any{u.Field, math.NaN(), math.NaN(), "not checked", u.Why})
	}
	return []string{"what", "claimed", "found", "holds", "note"}, rows
}

// fewFindings is how many a table shows, beside those that fail.
const fewFindings = 60

// Sections tell whether the certificate is confirmed, what fails first, then what
// was checked.
func (v *Verification) Sections() []Section {
	failed := 0
	for _, f := range v.Findings {
		if !f.Holds {
			failed++
		}
	}
	text := "verdict   confirmed by code that did not build it"
	switch {
	case !v.Confirmed && failed == 0:
		text = "verdict   not confirmed: what it rests on was not checked"
	case !v.Confirmed:
		text = fmt.Sprintf("verdict   not confirmed: %d of %d checks fail", failed, len(v.Findings))
	case !v.Certified:
		text = "verdict   what it says holds, but it certifies nothing"
	}
	verdict := []string{text, v.Mode.says()}
	for _, f := range v.Findings {
		if !f.Holds {
			verdict = append(verdict, "fails     "+heading(f.What, f.Note))
		}
	}
	g := &Grid{Columns: []Column{{Title: "check", Left: true, Name: true}, {Title: "claimed"}, {Title: "proved"}, {Title: "", Left: true}}, Bold: map[int]bool{}}
	blank := func(x float64) string {
		if math.IsNaN(x) {
			return ""
		}
		return precise(x)
	}
	for i, f := range v.Findings[:min(len(v.Findings), fewFindings)] {
		holds := "holds"
		if !f.Holds {
			holds, g.Bold[i] = "FAILS", true
		}
		g.add(f.What, blank(f.Claimed), blank(f.Found), holds)
	}
	if n := len(v.Findings); n > fewFindings {
		g.Below = []string{fmt.Sprintf("… and %d more; --format json has all", n-fewFindings)}
	}
	out := []Section{title(v.File, v.Game, v.Form+" form"), notes(verdict...), g}
	if len(v.NotChecked) > 0 {
		var names []string
		for _, u := range v.NotChecked {
			names = append(names, u.Field)
		}
		out = append(out, Lines{2, []string{"not checked: " + strings.Join(names, ", ")}})
	}
	return out
}
